package insight

import "zhike/internal/platform/clock"

// Overview is the workbench: totals, their comparison, and what waits.
type Overview struct {
	// AsOf is when the totals were computed, unix ms; 0 = not yet.
	AsOf         int64           `json:"as_of"`
	Customers    CustomerTotals  `json:"customers"`
	Orders       OrderTotals     `json:"orders"`
	Net365       int64           `json:"net_revenue_365d_fen" doc:"net sales of the last 365 days, 分"`
	NetPrior365  int64           `json:"net_revenue_prior_365d_fen" doc:"of the 365 days before those"`
	ByMonth      []MonthRevenue  `json:"revenue_by_month"`
	Levels       *LevelsOverview `json:"levels"`
	LastImport   *LastImport     `json:"last_import"`
	LastRun      *LastRun        `json:"last_run"`
	Todos        []Todo          `json:"todos"`
	TotalsHidden bool            `json:"totals_hidden" doc:"the person may not see company-wide totals"`
}

// CustomerTotals counts customers; new ones by the day of their first purchase.
type CustomerTotals struct {
	Total    int64 `json:"total"`
	New      int64 `json:"new_30d"`
	NewPrior int64 `json:"new_prior_30d"`
}

// OrderTotals counts purchases: orders with net above zero.
type OrderTotals struct {
	Total int64 `json:"total"`
	Last  int64 `json:"last_30d"`
	Prior int64 `json:"prior_30d"`
}

// MonthRevenue is the net of one calendar month in company time, "2026-09".
type MonthRevenue struct {
	Month string `json:"month"`
	Net   int64  `json:"net_fen"`
}

// LevelsOverview is the outcome of the newest run of the default scheme.
type LevelsOverview struct {
	SchemeCode string          `json:"scheme_code"`
	SchemeName string          `json:"scheme_name"`
	AsOfDay    clock.Day       `json:"as_of_day"`
	Items      []OverviewLevel `json:"items"`
}

// OverviewLevel is one level; Rank 0 is the best.
type OverviewLevel struct {
	Code      string `json:"code"`
	Name      string `json:"name"`
	Rank      int    `json:"rank"`
	Customers int64  `json:"customers"`
	Revenue   int64  `json:"revenue_fen"`
}

// LastImport is the newest import, whatever became of it.
type LastImport struct {
	ID         int64  `json:"id"`
	Kind       string `json:"kind"`
	FileName   string `json:"file_name"`
	Status     string `json:"status"`
	FinishedAt *int64 `json:"finished_at"`
	RowsRead   int64  `json:"rows_read"`
	Accepted   int64  `json:"accepted"`
	Rejected   int64  `json:"rejected"`
	Unchanged  int64  `json:"unchanged"`
}

// LastRun is the newest finished grading.
type LastRun struct {
	ID         int64     `json:"id"`
	SchemeCode string    `json:"scheme_code"`
	SchemeName string    `json:"scheme_name"`
	AsOfDay    clock.Day `json:"as_of_day"`
	FinishedAt int64     `json:"finished_at"`
	Customers  int64     `json:"customers"`
	MovedUp    int64     `json:"moved_up"`
	MovedDown  int64     `json:"moved_down"`
}

// Todo is something that waits for a person; its text is the catalogue entry
// "overview.todo.<code>".
type Todo struct {
	Code  string `json:"code"`
	Count int64  `json:"count"`
}

// totals is what the background job computes and keeps.
type totals struct {
	AsOf        int64          `json:"as_of"`
	Day         clock.Day      `json:"day"`
	Customers   CustomerTotals `json:"customers"`
	Orders      OrderTotals    `json:"orders"`
	Net365      int64          `json:"net_365"`
	NetPrior365 int64          `json:"net_prior_365"`
	ByMonth     []MonthRevenue `json:"by_month"`
}

// months is how many calendar months the chart shows.
const months = 13

// sum folds sums per day into the totals as of day.
func sum(day clock.Day, perDay []dayTotal) (t totals) {
	t.Day = day
	milli := map[int32]int64{}
	var net, prior int64
	for _, d := range perDay {
		t.Orders.Total += d.orders
		age := int(day - d.day)
		switch {
		case age < 0: // dated ahead of today: counted in no window
		case age < 30:
			t.Orders.Last += d.orders
		case age < 60:
			t.Orders.Prior += d.orders
		}
		switch {
		case age < 0:
		case age < 365:
			net += d.milli
		case age < 730:
			prior += d.milli
		}
		milli[d.day.Month()] += d.milli
	}
	t.Net365, t.NetPrior365 = round(net), round(prior)
	last := day.Month()
	for m := last - months + 1; m <= last; m++ {
		t.ByMonth = append(t.ByMonth, MonthRevenue{Month: monthName(m), Net: round(milli[m])})
	}
	return t
}
