package importer

import (
	"context"
	"slices"
	"strings"

	"zhike/internal/field"
	"zhike/internal/platform/errs"
	"zhike/internal/tag"
)

// wish is what the rows of a batch want of one customer.
type wish struct {
	values []field.Value // by place in extraPlace.fields; empty: nothing said
	tags   []*tag.Tag
	docs   []int
}

// holding is what a customer has.
type holding struct {
	values map[string]field.Value
	tags   []*tag.Tag
}

// extras is the part of a resolver that knows custom fields and tags; nil where
// the file has none.
type extras struct {
	place *extraPlace
	tags  map[string]*tag.Tag // by name as in the file; nil: not there, and not to be made
	made  map[string]bool     // of a dry run: what a real one would make
	cat   *tag.Catalogue
	held  map[int64]*holding
	wants map[int64]*wish
}

// newExtras reads the tags that the rows of a batch name, and makes those that
// are missing where the rules say so.
func (w *writer) newExtras(ctx context.Context, b *batch) (*extras, error) {
	if w.extra == nil {
		return nil, nil
	}
	x := &extras{place: w.extra, held: map[int64]*holding{}, wants: map[int64]*wish{}, tags: map[string]*tag.Tag{}, made: map[string]bool{}}
	var names []string
	for i := range b.docs {
		if e := b.docs[i].buyer.extra; e != nil {
			names = append(names, e.tags...)
		}
	}
	if w.tags == nil || w.extra.tags < 0 {
		return x, nil
	}
	slices.Sort(names)
	names = slices.Compact(names)
	var err error
	if w.rec.Mapping.Rules.NewTags == "create" {
		if err = w.makeTags(ctx, x, names); err != nil {
			return nil, err
		}
	}
	if x.cat, err = w.tags.Catalogue(ctx); err != nil {
		return nil, err
	}
	for _, name := range names {
		x.tags[name] = x.cat.Named(bareTag(name))
	}
	return x, nil
}

func bareTag(name string) string {
	if _, bare, ok := strings.Cut(name, "/"); ok {
		return strings.TrimSpace(bare)
	}
	return name
}

// makeTags makes the tags that are missing. Where there are as many as there
// may be, the rest counts as unknown.
func (w *writer) makeTags(ctx context.Context, x *extras, names []string) error {
	c, err := w.tags.Catalogue(ctx)
	if err != nil {
		return err
	}
	var missing []string
	for _, name := range names {
		if c.Named(bareTag(name)) != nil {
			continue
		}
		x.made[name] = true
		if group := w.rec.Mapping.Rules.TagGroup; group != "" && !strings.Contains(name, "/") {
			name = group + "/" + name
		}
		missing = append(missing, name)
	}
	if len(missing) == 0 {
		return nil
	}
	if !w.dry() {
		if _, _, err = w.tags.Named(ctx, missing, true); err != nil {
			if errs.KindOf(err) != errs.TooLarge {
				return err
			}
			clear(x.made)
			return nil
		}
	}
	for _, name := range missing {
		// Of a dry run the same name comes again and again.
		if name = strings.ToLower(bareTag(name)); !w.tagsMade[name] && len(w.tagsMade) < tag.MaxTags {
			w.tagsMade[name] = true
			w.rec.Counts.TagsMade++
		}
	}
	return nil
}

// lookup reads what customers have.
func (x *extras) lookup(ctx context.Context, w *writer, ids []int64) error {
	if x == nil || len(ids) == 0 {
		return nil
	}
	for _, id := range ids {
		x.held[id] = &holding{}
	}
	if len(x.place.fields) > 0 {
		values, err := w.fields.Values(ctx, ids)
		if err != nil {
			return err
		}
		for id, of := range values {
			x.held[id].values = of
		}
	}
	if x.cat != nil {
		tags, err := w.tags.Of(ctx, ids)
		if err != nil {
			return err
		}
		for id, of := range tags {
			x.held[id].tags = of
		}
	}
	return nil
}

func (x *extras) of(id int64) *holding {
	if h := x.held[id]; h != nil {
		return h
	}
	return &holding{}
}

// refused says why the customer cannot be given what the row says; nil where
// there is nothing against it.
func (x *extras) refused(d *doc, id int64) *fault {
	if x == nil || d.buyer.extra == nil {
		return nil
	}
	e, h := d.buyer.extra, x.of(id)
	for i, v := range e.values {
		f := x.place.fields[i]
		if !v.IsEmpty() && !f.def.Offers(v, h.values[f.def.Code]) {
			return &fault{col: f.col, code: "field.option_retired", params: map[string]any{"field": f.def.Name.ZH}}
		}
		if err := f.def.WithinOr(v, h.values[f.def.Code]); err != nil {
			e := errs.From(err)
			return &fault{col: f.col, code: e.Code, params: e.Params}
		}
	}
	n := len(h.tags)
	one := map[int64]*tag.Tag{}
	for _, name := range e.tags {
		t := x.tags[name]
		if t == nil {
			continue
		}
		if g := x.cat.Group(t.GroupID); g != nil && g.Exclusive && !t.Retired {
			if other := one[g.ID]; other != nil && other.ID != t.ID {
				return &fault{col: x.place.tags, code: "tag.exclusive", params: map[string]any{"group": g.Name.ZH}}
			}
			one[g.ID] = t
		}
		if !hasTag(h.tags, t) {
			n++
		}
	}
	if n > tag.MaxPerCustomer {
		return &fault{col: x.place.tags, code: "tag.too_many_of_one", params: map[string]any{"max": tag.MaxPerCustomer}}
	}
	return nil
}

// hasTag says whether t is among list. Two readings of the catalogue have tags
// of their own, so ids are compared.
func hasTag(list []*tag.Tag, t *tag.Tag) bool {
	return slices.ContainsFunc(list, func(o *tag.Tag) bool { return o.ID == t.ID })
}

// want notes what a row says of its customer; the last row that says something
// counts.
func (x *extras) want(i int, d *doc) {
	if x == nil || d.buyer.extra == nil {
		return
	}
	e, w := d.buyer.extra, x.wants[d.customer]
	if w == nil {
		w = &wish{values: make([]field.Value, len(x.place.fields))}
		x.wants[d.customer] = w
	}
	w.docs = append(w.docs, i)
	for k, v := range e.values {
		if !v.IsEmpty() {
			w.values[k] = v
		}
	}
	h := x.of(d.customer)
	for _, name := range e.tags {
		t := x.tags[name]
		if t == nil || t.Retired && !hasTag(h.tags, t) || hasTag(w.tags, t) {
			continue
		}
		if g := x.cat.Group(t.GroupID); g != nil && g.Exclusive {
			w.tags = slices.DeleteFunc(w.tags, func(o *tag.Tag) bool { return o.GroupID == g.ID })
		}
		w.tags = append(w.tags, t)
	}
}

// news keeps of what is wanted only what the customers do not have, and tells
// the rows that brought it.
func (x *extras) news(docs []doc, novel []bool) {
	if x == nil {
		return
	}
	for id, w := range x.wants {
		h := x.of(id)
		for k, v := range w.values {
			if code := x.place.fields[k].def.Code; !v.IsEmpty() && v.Equal(h.values[code]) {
				w.values[k] = field.Value{}
			}
		}
		w.tags = slices.DeleteFunc(w.tags, func(t *tag.Tag) bool { return hasTag(h.tags, t) })
		isNew := len(w.tags) > 0 || slices.ContainsFunc(w.values, func(v field.Value) bool { return v.Set })
		for _, i := range w.docs {
			toMake := slices.ContainsFunc(docs[i].buyer.extra.tags, func(name string) bool { return x.tags[name] == nil && x.made[name] })
			novel[i] = novel[i] || isNew || toMake
		}
		if !isNew {
			delete(x.wants, id)
		}
	}
}

// writeExtra writes custom fields and tags of a batch inside its transaction.
func (w *writer) writeExtra(ctx context.Context, pl *plan, made []int64) error {
	x := pl.r.extras
	if x == nil || len(x.wants) == 0 {
		return nil
	}
	var writes []field.Write
	tags := map[int64][]int64{}
	for id, want := range x.wants {
		id = real(id, made)
		var values map[string]field.Value
		for k, v := range want.values {
			if v.Set {
				if values == nil {
					values = map[string]field.Value{}
				}
				values[x.place.fields[k].def.Code] = v
			}
		}
		if values != nil {
			writes = append(writes, field.Write{CustomerID: id, Values: values})
		}
		for _, t := range want.tags {
			tags[id] = append(tags[id], t.ID)
		}
	}
	slices.SortFunc(writes, func(a, b field.Write) int { return int(a.CustomerID - b.CustomerID) })
	var values []field.Change
	var given []tag.Change
	var err error
	if len(writes) > 0 {
		if values, err = w.fields.SetMany(ctx, writes); err != nil {
			return movedOn(err)
		}
	}
	if len(tags) > 0 {
		if given, err = w.tags.AddEach(ctx, tags); err != nil {
			return movedOn(err)
		}
	}
	fresh := make(map[int64]bool, len(made))
	for _, id := range made {
		fresh[id] = true
	}
	changed, err := w.customers.ImportParts(ctx, w.nowMS, w.rec.CreatedBy, historyOf(values, given), fresh)
	if err != nil {
		return err
	}
	for _, id := range changed {
		if fresh[id] {
			continue
		}
		pl.r.touched = append(pl.r.touched, id)
		if !w.met.sets[metCreated].has(id) && w.met.add(metUpdated, id) {
			w.rec.Counts.CustomersUpdated++
		}
	}
	return nil
}

// movedOn is what it means that something which was checked is refused while
// writing: an administrator changed it meanwhile. The next attempt reads it anew.
func movedOn(err error) error {
	if k := errs.KindOf(err); k == errs.Invalid || k == errs.Conflict || k == errs.NotFound || k == errs.TooLarge {
		return errs.Wrap(err, errs.Unavailable, "import.fields_changed")
	}
	return err
}
