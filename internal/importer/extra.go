package importer

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"zhike/internal/customer"
	"zhike/internal/field"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/tag"
)

// Custom fields are meanings of their own: fieldPrefix and the code of the
// field. They and tags belong to the customer a row names.
const fieldPrefix = "field."

// FieldMeaning is the meaning of a column with values of a custom field.
func FieldMeaning(code string) Meaning { return Meaning(fieldPrefix + code) }

// fieldCode is the code of the custom field that a meaning names.
func (m Meaning) fieldCode() (string, bool) { return strings.CutPrefix(string(m), fieldPrefix) }

// takesExtra says whether files of a kind may carry custom fields and tags.
func takesExtra(k Kind) bool { return k == KindCustomers || k == KindOrders }

// wellFormed says whether m has the form of a custom field's meaning; whether
// there is such a field is the business of checkTargets.
func (m Meaning) wellFormed() bool {
	code, ok := m.fieldCode()
	if !ok || code == "" || len(code) > 40 {
		return false
	}
	return !strings.ContainsFunc(code, func(r rune) bool {
		return r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
}

// extra is what a row says of custom fields and tags.
type extra struct {
	values []field.Value // by place in extraPlace.fields
	tags   []string
}

func (e *extra) hash(p *extraPlace, put func(string)) {
	for i, v := range e.values {
		put(p.fields[i].def.Plain(v))
	}
	for _, t := range e.tags {
		put(t)
	}
}

// extraField is a column with values of a custom field.
type extraField struct {
	col int
	def *field.Definition
}

// extraPlace is where a file has custom fields and tags.
type extraPlace struct {
	fields []extraField
	tags   int // −1 without
	read   func(d *field.Definition, text string) (field.Value, error)
	failed error // of the database, while a reference was looked up
}

// Finder gives the id of whom a reference names; errs.NotFound for nobody, and
// where several bear the name.
type Finder func(ctx context.Context, target, text string) (int64, error)

// maxFound bounds the references that are remembered.
const maxFound = 20_000

// extraFor finds custom fields and tags among the columns of a file; nil where
// it has none. Errors: import.unknown_field, import.field_retired.
func (s *Service) extraFor(ctx context.Context, rec *Record, cols *columns) (*extraPlace, error) {
	p := &extraPlace{tags: cols.col(Tags)}
	custom := false
	for m := range cols.at {
		_, is := m.fieldCode()
		custom = custom || is
	}
	if p.tags < 0 && !custom {
		return nil, nil
	}
	if err := s.checkTargets(ctx, &rec.Mapping); err != nil {
		return nil, err
	}
	if s.fields != nil {
		set, err := s.fields.Definitions(ctx)
		if err != nil {
			return nil, err
		}
		for m, col := range cols.at {
			if code, is := m.fieldCode(); is {
				p.fields = append(p.fields, extraField{col, set.Code(code)})
			}
		}
		slices.SortFunc(p.fields, func(a, b extraField) int { return a.col - b.col })
	}
	if s.tags != nil {
		// Read outside a transaction the catalogue is kept; each batch would read it
		// anew otherwise.
		if _, err := s.tags.Catalogue(ctx); err != nil {
			return nil, err
		}
	}
	r := field.Reader{Zone: s.zone(), Now: s.clock.Now(), Order: rec.Mapping.dateOrder()}
	if s.find != nil {
		r.Find = p.remembering(s.asOwner(ctx, rec), s.find)
	}
	p.read = func(d *field.Definition, text string) (field.Value, error) { return r.Read(ctx, d, text) }
	return p, nil
}

// asOwner gives the context in which references are looked up: whoever began
// the import finds whom he or she may see.
func (s *Service) asOwner(ctx context.Context, rec *Record) context.Context {
	if s.actor == nil || rec.CreatedBy == 0 {
		return ctx
	}
	a, err := s.actor(ctx, rec.CreatedBy)
	if err != nil {
		a = &auth.Actor{StaffID: rec.CreatedBy} // gone: sees nobody
	}
	return auth.With(ctx, a)
}

// remembering asks once for each name.
func (p *extraPlace) remembering(as context.Context, find Finder) func(context.Context, string, string) (int64, error) {
	found := map[string]int64{}
	return func(_ context.Context, target, text string) (int64, error) {
		key := target + "\x00" + text
		if id, known := found[key]; known {
			return id, nil
		}
		id, err := find(as, target, text)
		if err != nil {
			if k := errs.KindOf(err); k != errs.NotFound && k != errs.Invalid {
				p.failed = err
				return 0, err
			}
			id = 0
		}
		if len(found) >= maxFound {
			clear(found)
		}
		found[strings.Clone(key)] = id
		return id, nil
	}
}

// Bounds of the tags of a row.
const (
	maxTagName = 40 // characters, as package tag has it
)

// readExtra reads custom fields and tags of a row.
func (p *parser) readExtra(at int, r *row, out *buyer) *fault {
	if p.extra == nil {
		return nil
	}
	var e extra
	for i := range p.extra.fields {
		f := &p.extra.fields[i]
		s := cell(r, f.col)
		if s == "" {
			continue
		}
		v, err := p.extra.read(f.def, s)
		if err != nil {
			return fieldFault(at, f, s, err)
		}
		if v.IsEmpty() {
			continue
		}
		if e.values == nil {
			e.values = make([]field.Value, len(p.extra.fields))
		}
		e.values[i] = v
	}
	if s := cell(r, p.extra.tags); s != "" {
		e.tags = tag.Split(s)
		for _, name := range e.tags {
			if f := badTag(name); f != nil {
				f.row, f.col, f.value = at, p.extra.tags, s
				return f
			}
		}
		if len(e.tags) > tag.MaxPerCustomer {
			return &fault{row: at, col: p.extra.tags, code: "tag.too_many_of_one", params: map[string]any{"max": tag.MaxPerCustomer}, value: s}
		}
	}
	if e.values != nil || e.tags != nil {
		out.extra = &e
	}
	return nil
}

// fieldFault says why a cell is no value of a custom field; of choices it names
// some that would be.
func fieldFault(at int, f *extraField, text string, err error) *fault {
	out := faultOf(at, f.col, text, err)
	if out.code != "field.unknown_option" {
		return out
	}
	var labels []string
	for i := range f.def.Options {
		if o := &f.def.Options[i]; !o.Retired && len(labels) < maxChoicesShown {
			labels = append(labels, o.Label.ZH)
		}
	}
	out.code = "import.unknown_option"
	out.params = map[string]any{"field": f.def.Name.ZH, "choices": strings.Join(labels, ", ")}
	return out
}

// maxChoicesShown bounds the choices that a reason names.
const maxChoicesShown = 12

// badTag says why a text of a file can be no tag; nil where it can.
func badTag(name string) *fault {
	group, bare, ok := strings.Cut(name, "/")
	if !ok {
		group, bare = "", name
	}
	switch group, bare = strings.TrimSpace(group), strings.TrimSpace(bare); {
	case utf8.RuneCountInString(bare) > maxTagName || utf8.RuneCountInString(group) > maxTagName:
		return &fault{code: "tag.name_long", params: map[string]any{"max": maxTagName}}
	case bare == "" || strings.Contains(bare, "/"):
		return &fault{code: "tag.name_separator"}
	}
	return nil
}

// checkTargets checks the custom fields and the rules of tags that a mapping
// names. Error: import.bad_mapping with import.unknown_field,
// import.field_retired, or import.may_not_make_tags for an actor who may not.
func (s *Service) checkTargets(ctx context.Context, m *Mapping) error {
	e := errs.New(errs.Invalid, "import.bad_mapping")
	var set *field.Set
	for _, col := range sortedKeys(m.Columns) {
		code, is := m.Columns[col].fieldCode()
		if !is {
			continue
		}
		if set == nil && s.fields != nil {
			var err error
			if set, err = s.fields.Definitions(ctx); err != nil {
				return err
			}
		}
		var d *field.Definition
		if set != nil {
			d = set.Code(code)
		}
		switch {
		case d == nil:
			e.WithField("columns."+col, "import.unknown_field", "column", col, "field", code)
		case d.Retired:
			e.WithField("columns."+col, "import.field_retired", "column", col, "field", d.Name.ZH)
		}
	}
	return e.OrNil()
}

// mayTag takes what the actor may not do out of a mapping: whoever may not give
// tags imports none. Error: import.may_not_make_tags where the rules make new
// ones and the actor may not.
func (m *Mapping) mayTag(ctx context.Context) error {
	a := auth.From(ctx)
	for col, what := range m.Columns {
		if what != Tags {
			continue
		}
		if !a.Can(tag.PermAssign) {
			m.Columns[col] = Ignore
		} else if m.Rules.NewTags == "create" && !a.Can(tag.PermManage) {
			return errs.New(errs.Forbidden, "import.bad_mapping").WithField("rules.new_tags", "import.may_not_make_tags")
		}
	}
	return nil
}

// without forgets columns for which drop is true.
func (m *Mapping) without(drop func(col string, what Meaning) bool) {
	for col, what := range m.Columns {
		if drop(col, what) {
			delete(m.Columns, col)
		}
	}
}

// prune takes custom fields out of a remembered mapping that are gone since.
func (s *Service) prune(ctx context.Context, m *Mapping) error {
	if s.fields == nil {
		return nil
	}
	set, err := s.fields.Definitions(ctx)
	if err != nil {
		return err
	}
	m.without(func(_ string, what Meaning) bool {
		code, is := what.fieldCode()
		d := set.Code(code)
		return is && (d == nil || d.Retired)
	})
	return nil
}

// historyOf gives changes of custom fields and tags as the record's history
// writes them.
func historyOf(values []field.Change, tags []tag.Change) []customer.Change {
	out := make([]customer.Change, 0, len(values)+len(tags))
	for _, c := range values {
		e := c.Entry()
		out = append(out, customer.Change{CustomerID: e.CustomerID, Field: e.Field, Before: e.Before, After: e.After})
	}
	for _, c := range tags {
		before, after := c.History()
		out = append(out, customer.Change{CustomerID: c.CustomerID, Field: tag.HistoryField, Before: before, After: after})
	}
	return out
}

// fit makes a mapping ready for a file and checks all that it names; see
// Mapping.fit and checkTargets.
func (s *Service) fit(ctx context.Context, m *Mapping, header []string) error {
	if err := m.fit(ctx, header); err != nil {
		return err
	}
	return s.checkTargets(ctx, m)
}

// checked sends no batch that was read while the database could not be asked.
func (p *extraPlace) checked(send func(*batch) (*batch, error)) func(*batch) (*batch, error) {
	if p == nil {
		return send
	}
	return func(b *batch) (*batch, error) {
		if p.failed != nil {
			return nil, p.failed
		}
		return send(b)
	}
}
