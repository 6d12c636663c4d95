package field

import (
	"context"
	"strconv"

	"zhike/internal/platform/errs"
)

// Bounds are the least and the greatest value that a number or an amount may
// have, themselves included. They bind what is written: values that were there
// before stay, and conditions may name any value.
type Bounds struct {
	Least    *float64 `json:"least,omitempty" doc:"Of an amount in 分; left out: any"`
	Greatest *float64 `json:"greatest,omitempty" doc:"Of an amount in 分; left out: any"`
}

// validateBounds checks the bounds and keeps them in the form of values. Errors:
// field.bad_number, field.bad_money, field.bad_bounds.
func (d *Definition) validateBounds(wrong *errs.Error) {
	d.least, d.greatest = nil, nil
	if d.Kind != Number && d.Kind != Money {
		d.Bounds = Bounds{}
		return
	}
	for _, b := range []struct {
		path string
		in   *float64
		to   **int64
	}{{"bounds.least", d.Bounds.Least, &d.least}, {"bounds.greatest", d.Bounds.Greatest, &d.greatest}} {
		if b.in == nil {
			continue
		}
		v, err := d.Parse(*b.in)
		if err != nil {
			e := errs.From(err)
			wrong.Fields = append(wrong.Fields, errs.Field{Path: b.path, Code: e.Code, Params: e.Params})
			continue
		}
		*b.to = &v.Num
	}
	if d.least != nil && d.greatest != nil && *d.least > *d.greatest {
		_ = wrong.WithField("bounds.greatest", "field.bad_bounds")
	}
}

// showBounds gives the stored bounds the form of the API.
func (d *Definition) showBounds() {
	show := func(n *int64) *float64 {
		if n == nil {
			return nil
		}
		f, err := strconv.ParseFloat(decimal(*n, d.Scale), 64)
		if err != nil {
			return nil
		}
		return &f
	}
	d.Bounds = Bounds{show(d.least), show(d.greatest)}
}

// sameBounds compares what is stored.
func sameBounds(a, b *Definition) bool {
	same := func(x, y *int64) bool { return x == nil && y == nil || x != nil && y != nil && *x == *y }
	return same(a.least, b.least) && same(a.greatest, b.greatest)
}

// Within refuses a value outside of the bounds. Errors, with the params field
// and least or greatest: field.below_least, field.above_greatest, and
// field.out_of_bounds where there are both.
func (d *Definition) Within(v Value) error {
	low, high := d.least != nil && v.Num < *d.least, d.greatest != nil && v.Num > *d.greatest
	if v.IsEmpty() || !low && !high {
		return nil
	}
	text := func(n *int64) string { return d.Format(Value{Set: true, Num: *n}, "", nil) + d.Unit }
	switch {
	case d.least != nil && d.greatest != nil:
		return bad("field.out_of_bounds", "field", d.Name.ZH, "least", text(d.least), "greatest", text(d.greatest))
	case low:
		return bad("field.below_least", "field", d.Name.ZH, "least", text(d.least))
	}
	return bad("field.above_greatest", "field", d.Name.ZH, "greatest", text(d.greatest))
}

// WithinOr is Within for a customer who has before: what is there already stays.
func (d *Definition) WithinOr(v, before Value) error {
	if v.Equal(before) {
		return nil
	}
	return d.Within(v)
}

// Bound says by place which of the writes bring a value outside of the bounds of
// its field, as "invalid" with errors at "<path>.<code>"; nil for the others.
// CustomerID is 0 of a customer who is not there yet.
func (s *Service) Bound(ctx context.Context, path string, writes []Write) ([]error, error) {
	set, err := s.Definitions(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]error, len(writes))
	var ids []int64
	var at []int
	for i, w := range writes {
		for code, v := range w.Values {
			if d := set.Code(code); d != nil && d.Within(v) != nil {
				at = append(at, i)
				if w.CustomerID != 0 {
					ids = append(ids, w.CustomerID)
				}
				break
			}
		}
	}
	if len(at) == 0 {
		return out, nil
	}
	held, err := s.Values(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, i := range at {
		wrong := errs.New(errs.Invalid, "invalid")
		for _, code := range sortedCodes(writes[i].Values) {
			d := set.Code(code)
			if d == nil {
				continue
			}
			if err := d.WithinOr(writes[i].Values[code], held[writes[i].CustomerID][code]); err != nil {
				e := errs.From(err)
				wrong.Fields = append(wrong.Fields, errs.Field{Path: path + "." + code, Code: e.Code, Params: e.Params})
			}
		}
		out[i] = wrong.OrNil()
	}
	return out, nil
}
