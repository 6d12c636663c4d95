package model

import (
	"testing"

	"pgregory.net/rapid"

	"zhike/internal/platform/clock"
)

// What a history makes of one customer's purchases in order, a ledger makes of
// the same rows: in the database and in a file a model sees the same.
func TestHistoryIsThatOfTheLedger(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		end := clock.Day(rapid.IntRange(1, 45).Draw(rt, "end"))
		l := NewLedger(end)
		var list []Purchase
		day, last := clock.Day(0), clock.Day(-1)
		for range rapid.IntRange(1, 30).Draw(rt, "purchases") {
			day += clock.Day(rapid.SampledFrom([]int{0, 0, 1, 2, 7}).Draw(rt, "gap"))
			milli := int64(rapid.IntRange(0, 5).Draw(rt, "milli")) * 1000
			if err := l.Add(0, day, milli); err != nil {
				rt.Fatal(err)
			}
			list = append(list, Purchase{day, milli})
			last = day
		}
		for _, p := range []Period{{End: end, Until: max(last, end), Unit: Daily}, l.Whole(Daily, last)} {
			want, got := l.Histories(p)[0], HistoryOf(list, p)
			if !p.Covers(&want) {
				if p.Covers(&got) {
					rt.Errorf("%+v: covered", p)
				}
				continue
			}
			if got != want {
				rt.Errorf("%+v: %+v, want %+v", p, got, want)
			}
		}
	})
}
