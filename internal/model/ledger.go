package model

import (
	"math"
	"slices"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
)

// Bounds of a ledger.
const (
	MaxCustomers    = 1 << 26     // numbers of customers, gaps included
	MaxCustomerDays = 100_000_000 // distinct days with a purchase, over all customers: 400 MB
)

const (
	partBits = 14 // customers of a part
	dayBits  = 18 // days from 1970 on, to the year 2687
	openEnd  = clock.Day(math.MaxInt32)
)

// History is what the models know of a customer.
type History struct {
	Repeat  int32     // x: days with a purchase after the first, within calibration
	Holdout int32     // days with a purchase in the holdout
	First   clock.Day // of the first purchase; beyond every day for a number that never bought
	Last    clock.Day // of the last purchase within calibration
	Spent   float64   // on the repeat days within calibration, thousandths of a 分
}

// Average is the mean value of a repeat purchase in yuan, 0 without one.
func (h *History) Average() float64 {
	if h.Repeat == 0 {
		return 0
	}
	return h.Spent / float64(h.Repeat) / milliPerYuan
}

const milliPerYuan = 100_000

// Ledger collects purchases in any order, in memory that grows with the number
// of distinct customers and days (four bytes each, twice that while it sorts),
// not with the number of rows. Customers are numbers from 0 with few gaps.
type Ledger struct {
	end       clock.Day
	parts     []*part
	customers int
	stored    int64 // days kept, before what is kept twice was dropped
	first     clock.Day
	last      clock.Day
	returns   int64
	returned  float64
}

// part keeps 16,384 customers. A day of a purchase is one number: the customer
// within the part in the upper 14 bits, the day in the lower 18.
type part struct {
	days   []uint32
	unique int       // so many in front are sorted and without doubles
	first  []int32   // day of the first purchase
	opened []float64 // spent on that day
	spent  []float64 // spent in all
	late   []float64 // of that, after calibration
}

// NewLedger makes a ledger whose calibration ends with the given day; 0 where
// all days are calibration.
func NewLedger(end clock.Day) *Ledger {
	if end == 0 {
		end = openEnd
	}
	return &Ledger{end: end, first: openEnd, last: -1}
}

// Add takes a purchase; milli is its value in thousandths of a 分. One below
// zero is a return: it is counted (see Returns) and otherwise left out, because
// a row does not say which purchase it takes back. Errors: model.day_range,
// model.too_many_customers, model.too_many_orders.
func (l *Ledger) Add(customer int, day clock.Day, milli int64) error {
	if milli < 0 {
		l.returns++
		l.returned -= float64(milli)
		return nil
	}
	if day < 0 || day >= 1<<dayBits {
		return errs.New(errs.Invalid, "model.day_range")
	}
	if customer < 0 || customer >= MaxCustomers {
		return errs.New(errs.TooLarge, "model.too_many_customers", "max", MaxCustomers)
	}
	p := l.part(customer >> partBits)
	i := customer & (1<<partBits - 1)
	if len(p.days) >= 2*p.unique+1024 && len(p.days) == cap(p.days) {
		l.stored -= p.compact()
		if len(p.days) > 3*cap(p.days)/4 {
			p.days = slices.Grow(p.days, len(p.days)/2)
		}
	}
	if l.stored >= MaxCustomerDays {
		if l.Compact(); l.stored >= MaxCustomerDays*9/10 {
			return errs.New(errs.TooLarge, "model.too_many_orders", "max", MaxCustomerDays)
		}
	}
	p.days = append(p.days, uint32(i)<<dayBits|uint32(day))
	l.stored++
	l.first, l.last = min(l.first, day), max(l.last, day)
	l.customers = max(l.customers, customer+1)
	switch {
	case int32(day) < p.first[i]:
		p.first[i], p.opened[i] = int32(day), float64(milli)
	case int32(day) == p.first[i]:
		p.opened[i] += float64(milli)
	}
	p.spent[i] += float64(milli)
	if day > l.end {
		p.late[i] += float64(milli)
	}
	return nil
}

func (l *Ledger) part(n int) *part {
	for len(l.parts) <= n {
		l.parts = append(l.parts, nil)
	}
	if l.parts[n] == nil {
		p := &part{first: make([]int32, 1<<partBits), opened: make([]float64, 1<<partBits), spent: make([]float64, 1<<partBits), late: make([]float64, 1<<partBits)}
		for i := range p.first {
			p.first[i] = math.MaxInt32
		}
		l.parts[n] = p
	}
	return l.parts[n]
}

// compact sorts and drops doubles; the result says how many.
func (p *part) compact() int64 {
	n := len(p.days)
	if p.unique < n {
		slices.Sort(p.days)
		p.days = slices.Compact(p.days)
		p.unique = len(p.days)
	}
	return int64(n - p.unique)
}

// Compact drops what is kept twice.
func (l *Ledger) Compact() {
	for _, p := range l.parts {
		if p != nil {
			l.stored -= p.compact()
		}
	}
}

// Days are the first and the last day with a purchase; ok is false without any.
func (l *Ledger) Days() (first, last clock.Day, ok bool) { return l.first, l.last, l.last >= 0 }

// Returns is how many rows below zero were left out, and their value in
// thousandths of a 分, as a positive number.
func (l *Ledger) Returns() (n int64, milli float64) { return l.returns, l.returned }

// Period is the ledger's calibration, with the holdout up to until; 0 means up
// to the last purchase. Errors: model.no_orders; model.calibration_early and
// model.calibration_late where calibration ends before the first or after the
// last purchase.
func (l *Ledger) Period(unit Unit, until clock.Day) (Period, error) {
	first, last, ok := l.Days()
	if !ok {
		return Period{}, errs.New(errs.Invalid, "model.no_orders")
	}
	if until == 0 {
		until = last
	}
	p := Period{End: l.end, Until: until, Unit: unit}
	switch {
	case l.end == openEnd:
		p.End = until
	case l.end < first:
		return p, errs.New(errs.Invalid, "model.calibration_early", "day", l.end.String(), "first", first.String(), "last", last.String())
	case l.end > last:
		return p, errs.New(errs.Invalid, "model.calibration_late", "day", l.end.String(), "first", first.String(), "last", last.String())
	}
	p.Until = max(p.Until, p.End)
	return p, nil
}

// Histories gives the history of every customer by number, for the ledger's own
// calibration or for the whole of it (see Period and Whole): what was spent is
// kept for these two only. The ledger can take more purchases afterwards.
func (l *Ledger) Histories(p Period) []History {
	l.Compact()
	out := make([]History, l.customers)
	for i := range out {
		out[i].First, out[i].Last = openEnd, openEnd
	}
	for n, part := range l.parts {
		if part == nil {
			continue
		}
		for _, d := range part.days {
			i := d >> dayBits
			h := &out[n<<partBits|int(i)]
			day := clock.Day(d & (1<<dayBits - 1))
			switch {
			case h.First == openEnd:
				h.First, h.Last = day, day
				if h.Spent = part.spent[i] - part.opened[i]; day > p.End {
					h.Spent = 0
				} else if p.End == l.end {
					h.Spent -= part.late[i]
				}
			case day <= p.End:
				h.Repeat++
				h.Last = day
			case day <= p.Until:
				h.Holdout++
			}
		}
	}
	return out
}
