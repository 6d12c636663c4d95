package tiering

import (
	"context"
	"math"

	"zhike/internal/platform/clock"
)

// loadOrders adds up the orders. It is done here and not by SQL aggregates:
// these cost more than the rows do, and months, gaps and the window before
// come with the same pass.
func (s *store) loadOrders(ctx context.Context, q factsQuery, p *piece, from, to int64) error {
	sum := p.adder(q)
	last := int64(-1)
	var days, amounts []int64
	take := func() {
		if i, ok := p.find(last); ok { // else orders of nobody
			sum.customer(i, days, amounts)
		}
		days, amounts = days[:0], amounts[:0]
	}
	p.at = 0
	if err := s.orderRows(ctx, q.measure, from, to, int32(q.asOf), func(customer int64, day int32, milli int64) {
		if customer != last {
			take()
			last = customer
		}
		days, amounts = append(days, int64(day)), append(amounts, milli)
	}); err != nil {
		return err
	}
	take()
	sum.end()
	return nil
}

// adder adds up the orders of one customer after another.
type adder struct {
	p                   *piece
	start, before, asOf int64 // the first days of the window and of the one before it, and the last
	months              *monthTable
	sums                []monthSum // of the months of the table
}

func (p *piece) adder(q factsQuery) *adder {
	a := &adder{p: p, start: math.MinInt32, before: math.MinInt32, asOf: int64(q.asOf), months: q.months}
	if q.window > 0 {
		a.start = int64(q.asOf) - int64(q.window) + 1
		a.before = a.start - int64(q.window)
	}
	a.sums = make([]monthSum, a.months.months)
	return a
}

// customer takes the orders of the customer at a place of the piece, days ascending;
// those after the day of the run count nothing.
func (a *adder) customer(i int, days, amounts []int64) {
	for len(days) > 0 && days[len(days)-1] > a.asOf {
		days = days[:len(days)-1]
	}
	if len(days) == 0 {
		return
	}
	f := a.p.f
	a.p.known[i] = true
	first, last, lastMonth := int64(NoDay), int64(NoDay), int32(math.MinInt32)
	var all, in, months int32
	var spendAll, spend, prev int64
	for k, day := range days {
		milli := amounts[k]
		spendAll += milli
		if milli > 0 {
			if all == 0 {
				first = day
			}
			last = day
			all++
		}
		if day < a.start {
			if day >= a.before {
				prev += milli
			}
			continue
		}
		spend += milli
		month, sum := a.month(day)
		sum.milli += milli
		if milli <= 0 {
			continue
		}
		in++
		sum.orders++
		if month != lastMonth {
			lastMonth = month
			months++
			sum.customers++
		}
	}
	f.FirstDay[i], f.LastDay[i] = int32(first), int32(last)
	f.OrdersAll[i], f.Orders[i], f.Months[i] = all, in, int16(months)
	f.SpendAllMilli[i], f.SpendMilli[i], f.PrevMilli[i] = spendAll, spend, prev
}

// month is the number of a day's month, and what is added up of it.
func (a *adder) month(day int64) (month int32, sum *monthSum) {
	if k := day - a.months.from; k >= 0 && k < int64(len(a.months.of)) {
		n := a.months.of[k]
		return a.months.first + int32(n), &a.sums[n]
	}
	month = int32(clock.Day(day).Month())
	if sum = a.p.months[month]; sum == nil {
		sum = &monthSum{}
		a.p.months[month] = sum
	}
	return month, sum
}

// end puts the months of the table beside those before it.
func (a *adder) end() {
	for n := range a.sums {
		if a.sums[n] != (monthSum{}) {
			a.p.months[a.months.first+int32(n)] = &a.sums[n]
		}
	}
}

// monthTable has the months of days: turning a day into a month costs more than the
// rest of an order.
type monthTable struct {
	from   int64   // the first day
	first  int32   // its month
	of     []int16 // by day: how many months later
	months int
}

// tableDays is how far back the table goes where a run goes by all orders: nearly all
// of them are later.
const tableDays = 20 * 366

func monthsUpTo(asOf clock.Day, window int) *monthTable {
	if window <= 0 || window > tableDays {
		window = tableDays
	}
	from := asOf - clock.Day(window) + 1
	// Months begin with the first day, so that none is told by both ways.
	for from.Month() == (from - 1).Month() {
		from--
	}
	t := &monthTable{from: int64(from), first: int32(from.Month()), of: make([]int16, asOf-from+1)}
	for k := range t.of {
		t.of[k] = int16(int32((from + clock.Day(k)).Month()) - t.first)
	}
	t.months = int(t.of[len(t.of)-1]) + 1
	return t
}
