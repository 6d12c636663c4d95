package tiering

import (
	"testing"

	"zhike/internal/platform/clock"
)

// The margin says how far a customer stands from the threshold that the move
// crossed.
func TestMargins(t *testing.T) {
	score := &Scheme{Method: MethodScore, Levels: []Level{{Code: "aa"}, {Code: "bb"}, {Code: "cc"}}, Score: &Score{Cuts: []float64{70, 40}}}
	orders := &Scheme{Method: MethodRules, Levels: []Level{{Code: "aa"}, {Code: "bb"}, {Code: "cc"}, {Code: "dd"}}, Rules: []Rule{
		{Level: "aa", All: []Condition{{Metric: MetricOrders, Op: OpAtLeast, Value: 3}}},
		{Level: "bb", All: []Condition{{Metric: MetricOrders, Op: OpAtLeast, Value: 2}}},
		{Level: "cc", All: []Condition{{Metric: MetricOrders, Op: OpAtLeast, Value: 1}}},
	}}
	two, three, one := 2.0, 3.0, 1.0
	sum := &Summary{Thresholds: []*float64{&three, &two, &one}}
	row := &runRow{AsOf: clock.DateDay(2024, 2, 20)}
	for _, c := range []struct {
		s      *Scheme
		a      assignment
		before int
		want   int
	}{
		{score, assignment{Level: 0, Score: 7250}, 1, 2},                        // 72.5, up: 2.5 above 70
		{score, assignment{Level: 1, Score: 6900}, 0, 1},                        // 69, down: 1 below 70
		{score, assignment{Level: 1, Score: 4500}, 2, 5},                        // 45, up: 5 above 40
		{score, assignment{Level: 1, Score: 4500}, -1, 5},                       // new: the nearer of the two cuts
		{orders, assignment{Level: 0, Reason: 0, Orders: 4}, 3, 25},             // 4 orders, 3 asked for: 1/4
		{orders, assignment{Level: 0, Reason: 0, Orders: 3}, 3, 0},              // exactly on it
		{orders, assignment{Level: 2, Reason: 2, Orders: 1, Signals: 4}, 0, 50}, // down: 2 orders would be the next rule
		{orders, assignment{Level: 3, Reason: NoReason}, 2, 100},                // no order at all
	} {
		if got := c.s.margins(row, sum).of(&c.a, c.before); got != c.want {
			t.Errorf("%s level %d score %d orders %d: %d, want %d", c.s.Method, c.a.Level, c.a.Score, c.a.Orders, got, c.want)
		}
	}
}

func TestPackedChangesComeBack(t *testing.T) {
	changes := []levelChange{{3, -1, 2}, {900, 4, -1}}
	if back := unpackChanges(packChanges(changes)); len(back) != 2 || back[0] != changes[0] || back[1] != changes[1] {
		t.Error(back)
	}
}
