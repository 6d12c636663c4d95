package tag

import (
	"context"
	"slices"
	"strings"

	"zhike/internal/clean"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// Of gives the tags of customers, by group and name; customers without any are
// missing. It does not ask whether the actor may see the customers.
func (s *Service) Of(ctx context.Context, ids []int64) (map[int64][]*Tag, error) {
	c, err := s.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := s.tagsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[int64][]*Tag, len(ids))
	for _, h := range rows {
		// A tag that is being merged is shown as the one it goes into.
		if t := c.Tag(h.tagID); t != nil && !slices.Contains(out[h.customerID], t) {
			out[h.customerID] = append(out[h.customerID], t)
		}
	}
	for _, list := range out {
		c.sort(list)
	}
	return out, nil
}

// sort puts tags into the order of groups and names.
func (c *Catalogue) sort(list []*Tag) {
	slices.SortFunc(list, func(a, b *Tag) int {
		ga, gb := c.Group(a.GroupID), c.Group(b.GroupID)
		if ga != nil && gb != nil && ga.Position != gb.Position {
			return ga.Position - gb.Position
		}
		if a.GroupID != b.GroupID {
			return int(a.GroupID - b.GroupID)
		}
		return strings.Compare(a.fold, b.fold)
	})
}

// AddMany gives every customer every one of the tags, inside InTx, and says
// what changed; who has a tag already keeps it. A tag of an exclusive group
// takes the place of the one a customer has. The caller checks the scope and
// writes version and history, a few thousand customers a transaction. Errors:
// tag.not_found, tag.retired, tag.exclusive where two of the tags exclude each
// other, tag.too_many_of_one where a customer would have over 100.
func (s *Service) AddMany(ctx context.Context, customerIDs, tagIDs []int64) ([]Change, error) {
	c, err := s.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	tags, err := c.toGive(tagIDs)
	if err != nil || len(tags) == 0 {
		return nil, err
	}
	want := make(map[int64][]*Tag, len(customerIDs))
	for _, id := range customerIDs {
		want[id] = tags
	}
	return s.give(ctx, c, customerIDs, want)
}

// AddEach is AddMany with tags of its own for each customer, for imports.
func (s *Service) AddEach(ctx context.Context, tagIDs map[int64][]int64) ([]Change, error) {
	c, err := s.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, 0, len(tagIDs))
	want := make(map[int64][]*Tag, len(tagIDs))
	for id, list := range tagIDs {
		if want[id], err = c.toGive(list); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return s.give(ctx, c, ids, want)
}

// toGive resolves tags that customers are to be given.
func (c *Catalogue) toGive(tagIDs []int64) ([]*Tag, error) {
	var out []*Tag
	exclusive := map[int64]bool{}
	for _, id := range tagIDs {
		t := c.Tag(id)
		switch {
		case t == nil:
			return nil, errs.New(errs.Invalid, "invalid").WithField("tag_ids", "tag.not_found")
		case t.Retired:
			return nil, errs.New(errs.Invalid, "invalid").WithField("tag_ids", "tag.retired", "name", t.Name)
		case slices.Contains(out, t):
			continue
		}
		if g := c.Group(t.GroupID); g != nil && g.Exclusive {
			if exclusive[g.ID] {
				return nil, errs.New(errs.Invalid, "invalid").WithField("tag_ids", "tag.exclusive", "group", g.Name.ZH)
			}
			exclusive[g.ID] = true
		}
		out = append(out, t)
	}
	return out, nil
}

// give writes what is wanted beside what is there.
func (s *Service) give(ctx context.Context, c *Catalogue, customerIDs []int64, want map[int64][]*Tag) ([]Change, error) {
	ids := slices.Clone(customerIDs)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	rows, err := s.tagsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	has := map[int64][]int64{}
	for _, h := range rows {
		has[h.customerID] = append(has[h.customerID], h.tagID)
	}
	var changes []Change
	for _, id := range ids {
		n := len(has[id])
		for _, t := range want[id] {
			if slices.Contains(has[id], t.ID) {
				continue
			}
			if g := c.Group(t.GroupID); g != nil && g.Exclusive {
				for _, old := range has[id] {
					if o := c.tags[old]; o != nil && o.GroupID == g.ID {
						changes = append(changes, Change{id, o, false})
						n--
					}
				}
			}
			changes = append(changes, Change{id, t, true})
			n++
		}
		if n > MaxPerCustomer {
			return nil, errs.New(errs.TooLarge, "tag.too_many_of_one", "max", MaxPerCustomer)
		}
	}
	return changes, s.Apply(ctx, changes)
}

// Apply writes changes inside InTx and forgets the counts once they are committed.
func (s *Service) Apply(ctx context.Context, changes []Change) error {
	gone := map[int64][]int64{}
	var order []int64
	now, by := s.now(), auth.StaffID(ctx)
	var rows []held
	for _, c := range changes {
		if c.Added {
			rows = append(rows, held{c.CustomerID, c.Tag.ID, now, by})
			continue
		}
		if gone[c.Tag.ID] == nil {
			order = append(order, c.Tag.ID)
		}
		gone[c.Tag.ID] = append(gone[c.Tag.ID], c.CustomerID)
	}
	for _, id := range order {
		if err := s.deleteHeld(ctx, id, gone[id]); err != nil {
			return err
		}
	}
	if len(changes) > 0 {
		db.AfterCommit(ctx, s.counts.forget)
	}
	return s.insertHeld(ctx, rows)
}

// RemoveMany takes the tags from every customer that has them, inside InTx,
// and says what changed. Retired tags are taken too. Error: tag.not_found.
func (s *Service) RemoveMany(ctx context.Context, customerIDs, tagIDs []int64) ([]Change, error) {
	c, err := s.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	take := map[int64]bool{}
	for _, id := range tagIDs {
		t := c.Tag(id)
		if t == nil {
			return nil, errs.New(errs.Invalid, "invalid").WithField("tag_ids", "tag.not_found")
		}
		take[t.ID] = true
	}
	ids := slices.Clone(customerIDs)
	slices.Sort(ids)
	rows, err := s.tagsOf(ctx, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	var changes []Change
	for _, h := range rows {
		// Also under the name it is being merged from.
		if t := c.Tag(h.tagID); t != nil && take[t.ID] {
			changes = append(changes, Change{h.customerID, c.tags[h.tagID], false})
		}
	}
	return changes, s.Apply(ctx, changes)
}

// SetOf makes the tags of one customer exactly the given ones, inside InTx;
// retired tags that the customer has may stay. Errors: those of AddMany.
func (s *Service) SetOf(ctx context.Context, customerID int64, tagIDs []int64) ([]Change, error) {
	changes, err := s.CompareSet(ctx, customerID, tagIDs)
	if err != nil {
		return nil, err
	}
	return changes, s.Apply(ctx, changes)
}

// CompareSet says what SetOf would change, with its errors; it writes nothing.
// Apply does, as long as nobody else changed the tags in between.
func (s *Service) CompareSet(ctx context.Context, customerID int64, tagIDs []int64) ([]Change, error) {
	c, err := s.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := s.tagsOf(ctx, []int64{customerID})
	if err != nil {
		return nil, err
	}
	keep, anew := map[int64]bool{}, []int64{}
	has := map[int64]bool{}
	for _, h := range rows {
		has[h.tagID] = true
	}
	for _, id := range tagIDs {
		if t := c.Tag(id); t != nil && has[t.ID] {
			keep[t.ID] = true
		} else {
			anew = append(anew, id)
		}
	}
	tags, err := c.toGive(anew)
	if err != nil {
		return nil, err
	}
	var changes []Change
	for _, h := range rows {
		if t := c.tags[h.tagID]; t != nil && !keep[t.ID] {
			changes = append(changes, Change{customerID, t, false})
		}
	}
	for _, t := range tags {
		g := c.Group(t.GroupID)
		for id := range keep {
			if o := c.tags[id]; g != nil && g.Exclusive && o.GroupID == g.ID {
				return nil, errs.New(errs.Invalid, "invalid").WithField("tag_ids", "tag.exclusive", "group", g.Name.ZH)
			}
		}
		changes = append(changes, Change{customerID, t, true})
	}
	if len(keep)+len(tags) > MaxPerCustomer {
		return nil, errs.New(errs.TooLarge, "tag.too_many_of_one", "max", MaxPerCustomer)
	}
	return changes, nil
}

// Forget removes all tags of customers that are deleted, inside InTx.
func (s *Service) Forget(ctx context.Context, ids []int64) error {
	db.AfterCommit(ctx, s.counts.forget)
	return s.deleteAllHeld(ctx, ids)
}

// Split parts the cell of a file into the names of tags: "教育，母婴;VIP|行业/零售".
func Split(cell string) []string {
	var out []string
	for _, part := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(separators+"\n\r\t", r) }) {
		part, err := clean.Text(part)
		if err == nil && part != "" && !clean.IsBlank(part) && !slices.Contains(out, part) {
			out = append(out, part)
		}
	}
	return out
}

// splitGroup parts "行业/教育"; a name without a group has "".
func splitGroup(name string) (group, bare string) {
	name, _ = clean.Text(name)
	if group, bare, ok := strings.Cut(name, "/"); ok {
		return strings.TrimSpace(group), strings.TrimSpace(bare)
	}
	return "", name
}
