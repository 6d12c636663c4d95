package field

import (
	"cmp"
	"context"
	"slices"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

// Write is the values of one customer to be set, by code; an empty Value
// clears. Fields that are not named stay as they are.
type Write struct {
	CustomerID int64
	Values     map[string]Value
}

// Values gives the values of customers by id and code, retired fields too.
// Customers without any are missing. It does not ask whether the actor may see
// the customers.
func (s *Service) Values(ctx context.Context, ids []int64) (map[int64]map[string]Value, error) {
	out := make(map[int64]map[string]Value, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	set, err := s.Definitions(ctx)
	if err != nil {
		return nil, err
	}
	err = s.readValues(ctx, ids, func(id int64, d *Definition, v Value) {
		of := out[id]
		if of == nil {
			of = map[string]Value{}
			out[id] = of
		}
		of[d.Code] = v
	}, set)
	return out, err
}

// ParseAll reads the values of a request by code; null clears. Errors:
// "invalid" with one field an error at "<path>.<code>", among them
// field.unknown and field.retired; customer.field_forbidden where the actor's
// roles do not let the field be edited.
func (s *Service) ParseAll(ctx context.Context, path string, in map[string]any) (map[string]Value, error) {
	set, err := s.Definitions(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[string]Value, len(in))
	wrong := errs.New(errs.Invalid, "invalid")
	for _, code := range sortedCodes(in) {
		d := set.Code(code)
		if d == nil {
			_ = wrong.WithField(path+"."+code, "field.unknown")
			continue
		}
		if err := mayEdit(ctx, path+"."+code, d); err != nil {
			return nil, err
		}
		v, err := d.Parse(in[code])
		if err != nil {
			e := errs.From(err)
			wrong.Fields = append(wrong.Fields, errs.Field{Path: path + "." + code, Code: e.Code, Params: e.Params})
			continue
		}
		out[code] = v
	}
	return out, wrong.OrNil()
}

// mayEdit refuses a field that the actor's roles hide or make read-only. Every
// write of values passes here.
func mayEdit(ctx context.Context, path string, d *Definition) error {
	if auth.From(ctx).Field(Prefix+d.Code) == auth.AccessEdit {
		return nil
	}
	name := d.Name.In(web.Locale(ctx))
	return errs.New(errs.Forbidden, "customer.field_forbidden", "fields", name).WithField(path, "customer.field_forbidden", "fields", name)
}

func sortedCodes[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for c := range m {
		out = append(out, c)
	}
	slices.Sort(out)
	return out
}

// CheckRequired fails with one field error (field.required) at "<path>.<code>"
// for each required field in use without a value: for a customer made by hand.
func (s *Service) CheckRequired(ctx context.Context, path string, values map[string]Value) error {
	set, err := s.Definitions(ctx)
	if err != nil {
		return err
	}
	wrong := errs.New(errs.Invalid, "invalid")
	for _, d := range set.all {
		if d.Required && !d.Retired && values[d.Code].IsEmpty() {
			_ = wrong.WithField(path+"."+d.Code, "field.required", "field", d.Name.ZH)
		}
	}
	return wrong.OrNil()
}

// Set writes values of one customer inside InTx and gives what changed, in the
// order of the fields. The caller writes the record's history and version.
// Errors: "invalid" with fields at "values.<code>": field.unknown,
// field.retired, field.option_retired, field.required where a required value
// would be cleared, those of [Definition.Within], field.bad_reference where it
// points to nobody;
// field.changed where the definition was changed at the same moment.
func (s *Service) Set(ctx context.Context, customerID int64, values map[string]Value) ([]Change, error) {
	changes, err := s.SetMany(ctx, []Write{{customerID, values}})
	if err != nil {
		return nil, err
	}
	return changes, nil
}

// SetMany is Set for many customers at once, by bulk and import. Customers may
// appear once each. Where one value is refused nothing is written.
func (s *Service) SetMany(ctx context.Context, writes []Write) ([]Change, error) {
	changes, err := s.Compare(ctx, writes)
	if err != nil {
		return nil, err
	}
	return changes, s.Apply(ctx, changes)
}

// Compare says what SetMany would change, in the order of the fields, with its
// errors; it writes nothing. Apply writes it: as long as nobody else wrote the
// values of these customers in between.
func (s *Service) Compare(ctx context.Context, writes []Write) ([]Change, error) {
	if len(writes) == 0 {
		return nil, nil
	}
	set, err := s.Definitions(ctx)
	if err != nil {
		return nil, err
	}
	touched := map[string]*Definition{}
	ids := make([]int64, 0, len(writes))
	for _, w := range writes {
		if len(w.Values) > 0 {
			ids = append(ids, w.CustomerID)
		}
		for code := range w.Values {
			if touched[code] == nil {
				d := set.Code(code)
				if d == nil {
					return nil, errs.New(errs.Invalid, "invalid").WithField("values."+code, "field.unknown")
				}
				if err := mayEdit(ctx, "values."+code, d); err != nil {
					return nil, err
				}
				touched[code] = d
			}
		}
	}
	fields := make([]*Definition, 0, len(touched))
	for _, d := range touched {
		fields = append(fields, d)
	}
	slices.SortFunc(fields, func(a, b *Definition) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
	})
	before := make(map[int64]map[int64]Value, len(ids)) // customer → field
	err = s.readValues(ctx, ids, func(id int64, d *Definition, v Value) {
		if touched[d.Code] == nil {
			return
		}
		of := before[id]
		if of == nil {
			of = map[int64]Value{}
			before[id] = of
		}
		of[d.ID] = v
	}, set)
	if err != nil {
		return nil, err
	}
	changes, err := compare(writes, fields, before)
	if err != nil {
		return nil, err
	}
	return changes, s.checkReferences(ctx, changes)
}

func compare(writes []Write, fields []*Definition, before map[int64]map[int64]Value) ([]Change, error) {
	var changes []Change
	wrong := errs.New(errs.Invalid, "invalid")
	for _, w := range writes {
		for _, d := range fields {
			v, named := w.Values[d.Code]
			if !named {
				continue
			}
			was := before[w.CustomerID][d.ID]
			if was.Equal(v) {
				continue
			}
			outside := d.Within(v)
			switch path := "values." + d.Code; {
			case d.Retired:
				_ = wrong.WithField(path, "field.retired")
			case v.IsEmpty() && d.Required:
				_ = wrong.WithField(path, "field.required", "field", d.Name.ZH)
			case !d.offers(v, was):
				_ = wrong.WithField(path, "field.option_retired")
			case outside != nil:
				e := errs.From(outside)
				wrong.Fields = append(wrong.Fields, errs.Field{Path: path, Code: e.Code, Params: e.Params})
			default:
				changes = append(changes, Change{w.CustomerID, d, was, v})
			}
			if len(wrong.Fields) >= 20 {
				return nil, wrong
			}
		}
	}
	return changes, wrong.OrNil()
}

// checkReferences refuses ids that name nobody the actor may know of.
func (s *Service) checkReferences(ctx context.Context, changes []Change) error {
	ids := map[string][]int64{}
	for _, c := range changes {
		if c.Field.Kind == Reference && c.After.Set {
			ids[c.Field.Target] = append(ids[c.Field.Target], c.After.Num)
		}
	}
	for target, list := range ids {
		if s.People == nil {
			continue
		}
		slices.Sort(list)
		names, err := s.People.Names(ctx, target, slices.Compact(list))
		if err != nil {
			return err
		}
		for _, c := range changes {
			if c.Field.Kind != Reference || c.Field.Target != target || !c.After.Set {
				continue
			}
			if _, ok := names[c.After.Num]; !ok || target == TargetCustomer && c.After.Num == c.CustomerID {
				return errs.New(errs.Invalid, "invalid").WithField("values."+c.Field.Code, "field.bad_reference")
			}
		}
	}
	return nil
}

// Apply writes the rows of changes inside InTx.
func (s *Service) Apply(ctx context.Context, changes []Change) error {
	if len(changes) == 0 {
		return nil
	}
	gone := map[*Definition][]int64{}
	var fields []*Definition
	var rows []valueRow
	for i := range changes {
		c := &changes[i]
		if _, met := gone[c.Field]; !met {
			gone[c.Field], fields = nil, append(fields, c.Field)
		}
		if c.Before.Set {
			gone[c.Field] = append(gone[c.Field], c.CustomerID)
		}
		for item, v := range c.Field.Stored(c.After) {
			rows = append(rows, valueRow{c.CustomerID, c.Field.ID, item, v})
		}
	}
	for _, d := range fields {
		if err := s.deleteValues(ctx, d.ID, gone[d]); err != nil {
			return err
		}
	}
	first := map[*Definition]bool{}
	for i := range changes {
		if d := changes[i].Field; changes[i].After.Set && !d.Used && !first[d] {
			first[d] = true
			if err := s.markUsed(ctx, d); err != nil {
				return err
			}
		}
	}
	return s.insertValues(ctx, rows)
}

// Forget removes every value of customers that are deleted, inside InTx.
func (s *Service) Forget(ctx context.Context, ids []int64) error { return s.deleteAllValues(ctx, ids) }
