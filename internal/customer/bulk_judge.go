package customer

import (
	"context"
	"maps"

	custom "zhike/internal/field"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/tag"
)

// verdict is what a bulk edit does to some customers, before it is done.
type verdict struct {
	plan      []planned        // rows with new fields
	values    []custom.Write   // custom values that differ
	add       map[int64]bool   // who gets tags
	remove    map[int64]bool   // who loses tags
	touched   map[int64]bool   // all who change
	refused   map[string]int64 // reason → how many
	unchanged int64
	moved     int64                             // come into another department because the owner is of it
	stayed    int64                             // stay in a department that is not the new owner's
	had       map[int64]map[string]custom.Value // custom values before
	tagged    map[int64][]*tag.Tag
	names     map[int64]string
}

// judge says what a bulk edit does to customers, by the scope that the actor
// has now. It writes nothing.
func (s *Service) judge(ctx context.Context, b *bulkEdit, ids []int64) (*verdict, error) {
	actor := auth.From(ctx)
	v := &verdict{add: map[int64]bool{}, remove: map[int64]bool{}, touched: map[int64]bool{}, refused: map[string]int64{}, names: map[int64]string{}}
	rows, err := s.store.stored(ctx, actor, ids, toWrite)
	if err != nil {
		return nil, err
	}
	batch := &editBatch{service: s, people: b.people.people, places: b.people.places}
	if b.people.gives {
		if err := batch.formers(ctx, rows); err != nil {
			return nil, err
		}
	}
	if err := s.whyNotMany(ctx, actor, ids, rows, v); err != nil {
		return nil, err
	}
	if len(b.values) > 0 {
		if v.had, err = s.Fields.Values(ctx, ids); err != nil {
			return nil, err
		}
	}
	if len(b.add)+len(b.remove) > 0 {
		if v.tagged, err = s.Tags.Of(ctx, ids); err != nil {
			return nil, err
		}
	}
	edits := make([]Edit, 0, len(rows))
	for _, id := range ids {
		was := rows[id]
		if was == nil {
			continue
		}
		v.names[id] = was.Name
		if b.release && was.OwnerID != 0 && was.OwnerID != actor.StaffID && !actor.Can(PermAssign) {
			v.refused["list.not_own"]++
			continue
		}
		changed := false
		if b.patched {
			edits = append(edits, Edit{ID: id, Patch: b.patch})
			batch.edits = edits
			pl, fault, err := batch.one(ctx, len(edits)-1, was)
			if err != nil {
				return nil, err
			}
			if fault != nil {
				v.refused[firstCode(errs.From(fault))]++
				continue
			}
			if len(pl.changes) > 0 {
				v.plan, changed = append(v.plan, pl), true
				v.countFollowers(b, &pl)
			}
		}
		w := custom.Write{CustomerID: id, Values: map[string]custom.Value{}}
		for code, value := range b.values {
			if !v.had[id][code].Equal(value) {
				w.Values[code] = value
			}
		}
		if len(w.Values) > 0 {
			v.values, changed = append(v.values, w), true
		}
		if s.judgeTags(b, v, id) {
			changed = true
		}
		if changed {
			v.touched[id] = true
		} else {
			v.unchanged++
		}
	}
	return v, nil
}

func (s *Service) judgeTags(b *bulkEdit, v *verdict, id int64) bool {
	has := map[int64]bool{}
	for _, t := range v.tagged[id] {
		has[t.ID] = true
	}
	for _, t := range b.add {
		v.add[id] = v.add[id] || !has[t]
	}
	for _, t := range b.remove {
		v.remove[id] = v.remove[id] || has[t]
	}
	if !v.add[id] {
		delete(v.add, id)
	}
	if !v.remove[id] {
		delete(v.remove, id)
	}
	return v.add[id] || v.remove[id]
}

// whyNotMany counts those that cannot be written, by reason.
func (s *Service) whyNotMany(ctx context.Context, a *auth.Actor, ids []int64, rows map[int64]*Stored, v *verdict) error {
	var missing []int64
	for _, id := range ids {
		if rows[id] == nil {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	seen, err := s.store.stored(ctx, a, missing, toRead)
	if err != nil {
		return err
	}
	if n := int64(len(seen)); n > 0 {
		v.refused["customer.claim_first"] += n
	}
	if n := int64(len(missing) - len(seen)); n > 0 {
		v.refused["customer.not_found"] += n
	}
	return nil
}

// again bounds how often rows that somebody else writes meanwhile are judged anew.
const again = 4

// applied is what was written of a part.
type applied struct {
	changed, unchanged int64
	refused            map[string]int64
}

// apply writes a bulk edit to customers, inside InTx.
func (s *Service) apply(ctx context.Context, b *bulkEdit, ids []int64, o WriteOptions) (applied, error) {
	out := applied{refused: map[string]int64{}}
	w := &editBatch{service: s, versions: map[int64]int64{}}
	var changes []Change
	for try := 0; len(ids) > 0; try++ {
		if try == again {
			out.refused["db.busy"] += int64(len(ids))
			break
		}
		v, err := s.judge(ctx, b, ids)
		if err != nil {
			return out, err
		}
		lost, err := w.lockPlan(ctx, v)
		if err != nil {
			return out, err
		}
		if err := s.applyParts(ctx, b, v, &changes); err != nil {
			return out, err
		}
		out.unchanged += v.unchanged
		for reason, n := range v.refused {
			out.refused[reason] += n
		}
		ids = lost
	}
	changes = append(w.changes, changes...)
	if b.release {
		for i := range w.changes {
			if c := &w.changes[i]; c.Field == fieldOwner {
				changes = append(changes, Change{CustomerID: c.CustomerID, Field: fieldReason, After: b.actions.Release})
			}
		}
	}
	written := make([]int64, 0, len(w.versions))
	for id := range w.versions {
		written = append(written, id)
	}
	out.changed = int64(len(written))
	_, err := s.finish(ctx, o, unique(written), w.versions, changes)
	return out, err
}

// lockPlan writes the rows of a verdict and raises the versions of the others
// it touches, which locks them. It gives those that somebody wrote meanwhile,
// and takes them out of the verdict.
func (b *editBatch) lockPlan(ctx context.Context, v *verdict) (lost []int64, err error) {
	b.edits = make([]Edit, len(v.plan))
	b.results = make([]EditResult, len(v.plan))
	inPlan := make(map[int64]bool, len(v.plan))
	for i := range v.plan {
		v.plan[i].at = i
		b.edits[i].ID = v.plan[i].row.ID
		inPlan[v.plan[i].row.ID] = true
	}
	late, err := b.write(ctx, v.plan)
	if err != nil {
		return nil, err
	}
	for _, i := range late {
		lost = append(lost, b.edits[i].ID)
		delete(v.touched, b.edits[i].ID)
	}
	var others []int64
	for id := range v.touched {
		if !inPlan[id] {
			others = append(others, id)
		}
	}
	versions, err := b.service.store.raise(ctx, others, b.service.now())
	maps.Copy(b.versions, versions)
	return lost, err
}

// applyParts writes custom values and tags of those that are locked.
func (s *Service) applyParts(ctx context.Context, b *bulkEdit, v *verdict, changes *[]Change) error {
	if !db.InTransaction(ctx) {
		return errs.New(errs.Internal, "internal", "detail", "a bulk edit outside a transaction")
	}
	var writes []custom.Write
	for _, w := range v.values {
		if v.touched[w.CustomerID] {
			writes = append(writes, w)
		}
	}
	if err := s.setValues(ctx, writes, changes, v.refused); err != nil {
		return err
	}
	in := func(set map[int64]bool) (ids []int64) {
		for id := range set {
			if v.touched[id] {
				ids = append(ids, id)
			}
		}
		return unique(ids)
	}
	if ids := in(v.remove); len(ids) > 0 {
		done, err := s.Tags.RemoveMany(ctx, ids, b.remove)
		if err != nil {
			return err
		}
		*changes = append(*changes, tagHistory(done)...)
	}
	return s.addTags(ctx, in(v.add), b.add, changes, v.refused)
}

// setValues writes custom values of many; where one is refused each alone, and
// those that cannot be are counted.
func (s *Service) setValues(ctx context.Context, writes []custom.Write, changes *[]Change, refused map[string]int64) error {
	if len(writes) == 0 {
		return nil
	}
	done, err := s.Fields.SetMany(ctx, writes)
	if err != nil && (errs.KindOf(err) != errs.Invalid || len(writes) == 1) {
		if errs.KindOf(err) == errs.Invalid {
			refused[firstCode(errs.From(err))]++
			return nil
		}
		return err
	}
	if err != nil {
		for i := range writes {
			if err := s.setValues(ctx, writes[i:i+1], changes, refused); err != nil {
				return err
			}
		}
		return nil
	}
	for i := range done {
		e := done[i].Entry()
		*changes = append(*changes, Change{CustomerID: e.CustomerID, Field: e.Field, Before: e.Before, After: e.After})
	}
	return nil
}

// addTags gives tags to many; whoever would have too many is counted instead.
func (s *Service) addTags(ctx context.Context, ids, tags []int64, changes *[]Change, refused map[string]int64) error {
	if len(ids) == 0 {
		return nil
	}
	done, err := s.Tags.AddMany(ctx, ids, tags)
	switch {
	case err == nil:
		*changes = append(*changes, tagHistory(done)...)
		return nil
	case errs.KindOf(err) != errs.Invalid && errs.KindOf(err) != errs.TooLarge:
		return err
	case len(ids) == 1:
		refused[firstCode(errs.From(err))]++
		return nil
	}
	for i := range ids {
		if err := s.addTags(ctx, ids[i:i+1], tags, changes, refused); err != nil {
			return err
		}
	}
	return nil
}

func tagHistory(list []tag.Change) []Change {
	out := make([]Change, len(list))
	for i, c := range list {
		out[i] = Change{CustomerID: c.CustomerID, Field: tag.HistoryField}
		out[i].Before, out[i].After = c.History()
	}
	return out
}
