package customer

import (
	"context"
	"encoding/json"
	"slices"

	custom "zhike/internal/field"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/rule"
)

// opFell and opRose compare a number of a custom field with what it was some days
// earlier. Whoever had none at the end of either day, or came later, is not meant.
const (
	opFell = "fell"
	opRose = "rose"
)

// maxShift bounds the days in between.
const maxShift = 3660

// opsShift are operators of numbers whose changes are kept.
func opsShift(ops []string) []string { return append(slices.Clone(ops), opFell, opRose) }

// shift is the value of both: by how much at least, as the field keeps it, and
// how many days earlier.
type shift struct {
	by   int64
	days clock.Day
}

// readShift reads {"by": 10, "days": 180}; by is a value of the field above 0, of
// amounts in 分. Errors: those of [custom.Definition.Parse], list.bad_value,
// rule.bad_by, list.bad_days.
func readShift(d *custom.Definition, n *Node) (v shift, err error) {
	var raw struct {
		By   any
		Days json.RawMessage
	}
	if rule.DecodeNumbers(n.Value, &raw) != nil || raw.By == nil {
		return v, rule.BadValue()
	}
	by, err := d.Parse(raw.By)
	if err != nil {
		return v, err
	}
	if by.Num <= 0 {
		return v, errs.New(errs.Invalid, "rule.bad_by")
	}
	days, err := rule.Whole(raw.Days, maxShift)
	if err != nil || days < 1 {
		return v, errs.New(errs.Invalid, "list.bad_days", "max", maxShift)
	}
	return shift{by.Num, clock.Day(days)}, nil
}

// endOf is when a day is over, in unix ms.
func (c *compiler) endOf(day clock.Day) int64 { return clock.Millis((day + 1).Start(c.s.Zone())) }

// shifted is what an explanation tells of a condition on a shift.
type shifted struct {
	d    *custom.Definition
	days [2]clock.Day // then and now
	ends [2]int64     // of the days
}

// shiftOf is nil for conditions of other kinds, which have compiled before.
func (c *compiler) shiftOf(f *listField, n *Node) *shifted {
	if n.Op != opFell && n.Op != opRose {
		return nil
	}
	v, err := readShift(f.def, n)
	if err != nil {
		return nil
	}
	then := c.asOf - v.days
	return &shifted{f.def, [2]clock.Day{then, c.asOf}, [2]int64{c.endOf(then), c.endOf(c.asOf)}}
}

// tellShift writes both values with their days in the reader's language.
func (s *Service) tellShift(ctx context.Context, v *shifted, id int64) (string, error) {
	locale := localeOf(ctx)
	p := map[string]any{}
	for i, name := range []string{"then", "now"} {
		num, known, err := s.store.valueThen(ctx, v.d.ID, id, v.ends[i])
		if err != nil {
			return "", err
		}
		p[name] = s.Texts.T(locale, "list.not_known", nil)
		if known {
			p[name] = inWords(v.d, custom.Value{Set: true, Num: num}, locale, nil)
		}
		p[name+"_day"] = v.days[i].String()
	}
	return s.Texts.T(locale, "list.then_now", p), nil
}
