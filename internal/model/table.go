package model

import (
	"slices"

	"zhike/internal/platform/errs"
)

// Table is a sample for BG/NBD: each distinct (x, t_x, T) once. A million
// customers have some hundred thousand, and the logarithms of a likelihood
// need only be taken once for each distinct time and each x.
type Table struct {
	groups    []group // by x, ascending
	customers int64
	repeaters int64
	perUnit   float64 // ticks of time in one unit
	maxTick   int32
	meanAge   float64 // mean T in units
}

type group struct {
	x    int32
	rows []tableRow
}

type tableRow struct {
	last, age int32 // t_x and T in ticks
	count     float64
}

const (
	tickBits = 22
	maxX     = 1<<(64-2*tickBits) - 1
)

// NewTable makes the table of the histories that the period covers. Times are
// differences of days, so a tick is a day.
func NewTable(histories []History, p Period) (*Table, error) {
	keys := make([]uint64, 0, len(histories))
	for i := range histories {
		if h := &histories[i]; p.Covers(h) {
			keys = append(keys, packRow(h.Repeat, int32(h.Last-h.First), int32(p.End-h.First)))
		}
	}
	return newTable(keys, p.Unit.Days())
}

func packRow(x, last, age int32) uint64 {
	return uint64(x)<<(2*tickBits) | uint64(age)<<tickBits | uint64(last)
}

// newTable takes rows from packRow. Errors: model.no_orders without a row,
// model.no_repeaters where nobody bought twice: then the data say nothing about
// how often anybody buys or stops.
func newTable(keys []uint64, perUnit float64) (*Table, error) {
	if len(keys) == 0 {
		return nil, errs.New(errs.Invalid, "model.no_orders")
	}
	slices.Sort(keys)
	t := &Table{customers: int64(len(keys)), perUnit: perUnit}
	for i := 0; i < len(keys); {
		j := i + 1
		for j < len(keys) && keys[j] == keys[i] {
			j++
		}
		x := int32(keys[i] >> (2 * tickBits))
		r := tableRow{
			last: int32(keys[i] & (1<<tickBits - 1)), age: int32(keys[i] >> tickBits & (1<<tickBits - 1)), count: float64(j - i),
		}
		if n := len(t.groups); n == 0 || t.groups[n-1].x != x {
			t.groups = append(t.groups, group{x: x})
		}
		g := &t.groups[len(t.groups)-1]
		g.rows = append(g.rows, r)
		t.maxTick = max(t.maxTick, r.age)
		t.meanAge += r.count * float64(r.age)
		if x > 0 {
			t.repeaters += int64(j - i)
		}
		i = j
	}
	if t.repeaters == 0 {
		return nil, errs.New(errs.Invalid, "model.no_repeaters", "customers", t.customers)
	}
	t.meanAge /= float64(t.customers) * perUnit
	return t, nil
}

// thin keeps every kth customer in the order of (x, T, t_x), so that the sample
// has as many of each kind as the whole.
func (t *Table) thin(k int64) *Table {
	out := &Table{perUnit: t.perUnit, maxTick: t.maxTick, meanAge: t.meanAge}
	var seen int64
	for _, g := range t.groups {
		few := group{x: g.x}
		for _, r := range g.rows {
			before := seen / k
			seen += int64(r.count)
			if n := seen/k - before; n > 0 {
				r.count = float64(n)
				few.rows = append(few.rows, r)
				out.customers += n
				if g.x > 0 {
					out.repeaters += n
				}
			}
		}
		if len(few.rows) > 0 {
			out.groups = append(out.groups, few)
		}
	}
	return out
}

// Customers is how many customers the table stands for.
func (t *Table) Customers() int64 { return t.customers }

// Repeaters is how many customers bought on more than one day.
func (t *Table) Repeaters() int64 { return t.repeaters }

// Rows is how many distinct (x, t_x, T) there are.
func (t *Table) Rows() int {
	n := 0
	for _, g := range t.groups {
		n += len(g.rows)
	}
	return n
}
