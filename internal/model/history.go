package model

import "zhike/internal/platform/clock"

// Purchase is what one customer bought on a day, or a part of it.
type Purchase struct {
	Day   clock.Day
	Milli int64 // thousandths of a 分, 0 and more
}

// HistoryOf is the history of one customer from all purchases, days ascending:
// what a [Ledger] makes of the same rows in any order. Purchases of one day are
// one. Without any the first day lies beyond every period.
func HistoryOf(purchases []Purchase, p Period) History {
	h := History{First: openEnd, Last: openEnd}
	if len(purchases) == 0 {
		return h
	}
	h.First, h.Last = purchases[0].Day, purchases[0].Day
	for i, b := range purchases {
		fresh := i > 0 && b.Day != purchases[i-1].Day
		switch {
		case b.Day <= p.End:
			if fresh {
				h.Repeat++
				h.Last = b.Day
			}
			if b.Day != h.First {
				h.Spent += float64(b.Milli)
			}
		case b.Day <= p.Until && fresh:
			h.Holdout++
		}
	}
	return h
}
