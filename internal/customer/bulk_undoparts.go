package customer

import (
	"context"
	"slices"

	custom "zhike/internal/field"
	"zhike/internal/tag"
)

// undoParts are the custom values and tags of customers whose bulk edit is
// undone.
type undoParts struct {
	set    *custom.Set
	cat    *tag.Catalogue
	values map[int64]map[string]custom.Value
	tags   map[int64][]*tag.Tag
	give   map[int64][]int64 // tag → customers
	take   map[int64][]int64
}

// read reads what the changes are compared with.
func (p *undoParts) read(ctx context.Context, s *Service, done map[int64][]changeRow, ids []int64) (err error) {
	values, tags := false, false
	for _, id := range ids {
		for i := range done[id] {
			_, isCustom := cutPrefix(done[id][i].field, custom.Prefix)
			values, tags = values || isCustom, tags || done[id][i].field == tag.HistoryField
		}
	}
	c := &compiler{ctx: ctx, s: s}
	if values {
		if p.set, err = c.custom(); err != nil {
			return err
		}
		if p.values, err = s.Fields.Values(ctx, ids); err != nil {
			return err
		}
	}
	if tags {
		if p.cat, err = c.catalogue(); err != nil {
			return err
		}
		p.tags, err = s.Tags.Of(ctx, ids)
	}
	return err
}

// value gives the value before a change, or why it cannot be restored.
func (p *undoParts) value(id int64, code string, c *changeRow) (custom.Value, string) {
	d := p.set.Code(code)
	if d == nil || d.Retired {
		return custom.Value{}, "field.retired"
	}
	if d.Plain(p.values[id][code]) != c.after {
		return custom.Value{}, reasonChanged
	}
	v, err := d.ParsePlain(c.before)
	if err != nil {
		return v, "field.unknown_option"
	}
	if d.Within(v) != nil {
		return v, "field.out_of_bounds_now"
	}
	return v, ""
}

// tag notes that a tag is to be given back or taken again, or says why it cannot be.
func (p *undoParts) tag(id int64, c *changeRow) string {
	name := c.after
	if name == "" {
		name = c.before
	}
	t := p.cat.Named(name)
	if t == nil || c.after == "" && t.Retired {
		return "tag.not_found"
	}
	has := slices.ContainsFunc(p.tags[id], func(o *tag.Tag) bool { return o.ID == t.ID })
	if has == (c.after == "") { // given by the edit and gone, or taken and there again
		return reasonChanged
	}
	if c.after != "" {
		p.take[t.ID] = append(p.take[t.ID], id)
	} else {
		p.give[t.ID] = append(p.give[t.ID], id)
	}
	return ""
}

// touched notes all whom the undo writes.
func (p *undoParts) touched(v *verdict) {
	for i := range v.plan {
		v.touched[v.plan[i].row.ID] = true
	}
	for i := range v.values {
		v.touched[v.values[i].CustomerID] = true
	}
	for _, of := range []map[int64][]int64{p.give, p.take} {
		for _, ids := range of {
			for _, id := range ids {
				v.touched[id] = true
			}
		}
	}
}

// parts writes custom values and tags of those that are locked.
func (u *undoing) parts(ctx context.Context, p *undoParts, v *verdict, changes *[]Change) error {
	var writes []custom.Write
	for _, w := range v.values {
		if v.touched[w.CustomerID] {
			writes = append(writes, w)
		}
	}
	refused := map[string]int64{}
	if err := u.s.setValues(ctx, writes, changes, refused); err != nil {
		return err
	}
	locked := func(ids []int64) []int64 {
		return slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return !v.touched[id] })
	}
	for _, t := range sortedKeys(p.take) {
		done, err := u.s.Tags.RemoveMany(ctx, locked(p.take[t]), []int64{t})
		if err != nil {
			return err
		}
		*changes = append(*changes, tagHistory(done)...)
	}
	for _, t := range sortedKeys(p.give) {
		if err := u.s.addTags(ctx, locked(p.give[t]), []int64{t}, changes, refused); err != nil {
			return err
		}
	}
	for reason, n := range refused {
		u.counts[reason] += n
	}
	return nil
}

func sortedKeys(m map[int64][]int64) []int64 {
	out := make([]int64, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
