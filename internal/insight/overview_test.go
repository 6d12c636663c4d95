package insight

import (
	"testing"
	"time"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
)

func TestSumFoldsDaysIntoWindows(t *testing.T) {
	today := clock.DateDay(2026, time.March, 10)
	got := sum(today, []dayTotal{
		{today + 1, 1, 1_000_000},    // tomorrow: in the total of orders only
		{today, 2, 2_000_500},        // half a fen rounds to even
		{today - 29, 3, 3_000_000},   // last day of the 30
		{today - 30, 4, 4_000_000},   // first of the 30 before
		{today - 364, 5, 5_000_000},  // last day of the year
		{today - 365, 6, 6_000_000},  // the year before
		{today - 730, 7, 70_000_000}, // neither
	})
	if got.Orders != (OrderTotals{Total: 28, Last: 5, Prior: 4}) {
		t.Errorf("orders %+v", got.Orders)
	}
	if got.Net365 != 14000 || got.NetPrior365 != 6000 {
		t.Errorf("net %d, before %d", got.Net365, got.NetPrior365)
	}
	if len(got.ByMonth) != months || got.ByMonth[0].Month != "2025-03" || got.ByMonth[months-1].Month != "2026-03" {
		t.Fatalf("months %+v", got.ByMonth)
	}
	// Tomorrow is still March.
	if got.ByMonth[months-1].Net != 3000 {
		t.Errorf("March %d", got.ByMonth[months-1].Net)
	}
}

func TestTodos(t *testing.T) {
	finished := int64(100)
	all := auth.System("test")
	imp := &LastImport{Rejected: 3, FinishedAt: &finished, Accepted: 9, Status: "finished"}
	for name, c := range map[string]struct {
		o    Overview
		want []Todo
	}{
		"nothing there":      {Overview{}, []Todo{}},
		"never graded":       {Overview{Customers: CustomerTotals{Total: 5}}, []Todo{{"tier_run_missing", 5}}},
		"graded and current": {Overview{Customers: CustomerTotals{Total: 5}, LastRun: &LastRun{FinishedAt: 1}}, []Todo{}},
		"older than the data": {
			Overview{Customers: CustomerTotals{Total: 5}, LastRun: &LastRun{FinishedAt: 50}, LastImport: imp},
			[]Todo{{"import_rejected", 3}, {"tier_run_old", 9}},
		},
	} {
		got := todos(all, c.o)
		if len(got) != len(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: %v, want %v", name, got, c.want)
			}
		}
	}
	if got := todos(&auth.Actor{}, Overview{Customers: CustomerTotals{Total: 5}, LastImport: imp}); len(got) != 0 {
		t.Errorf("who may do nothing is asked to do %v", got)
	}
}
