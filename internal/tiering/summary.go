package tiering

import (
	"zhike/internal/field"
	"zhike/internal/platform/clock"
)

// Summary is what a finished run keeps beside its assignments
// (tier_runs.summary, JSON): everything the report says about the whole. Money
// is in 分 unless said otherwise; shares are 0–1.
type Summary struct {
	Scheme     *Scheme   `json:"scheme"`
	Version    int       `json:"version"`
	AsOf       clock.Day `json:"as_of"`
	From       clock.Day `json:"from"` // first day of the window
	ComputedAt int64     `json:"computed_at"`

	Customers  int64   `json:"customers"`   // graded
	Buyers     int64   `json:"buyers"`      // with spend above zero in the window
	Orders     int64   `json:"orders"`      // purchases in the window
	RevenueFen int64   `json:"revenue_fen"` // exact sum, rounded once half to even
	RevenueSub int64   `json:"revenue_sub"` // what the rounding took away, thousandths of a 分
	AOVFen     int64   `json:"aov_fen"`
	Repurchase float64 `json:"repurchase"` // buyers with two orders or more ÷ buyers

	Levels     []LevelSummary `json:"levels"`
	Thresholds []*float64     `json:"thresholds,omitempty"` // see Grades.Thresholds; null where there is none
	Top20      Concentration  `json:"top20"`                // the best fifth of buyers, by number
	Revenue80  Concentration  `json:"revenue80"`            // the fewest buyers who make 80 % of revenue
	Overlap    int64          `json:"overlap"`              // customers in both sets
	Gini       float64        `json:"gini"`
	Lorenz     []LorenzPoint  `json:"lorenz"` // at most 101 points, poorest first
	RFM        *RFMStats      `json:"rfm,omitempty"`
	Heat       []HeatCell     `json:"heat,omitempty"` // R × F classes, quintiles of buyers whatever the method
	Months     []MonthRow     `json:"months"`         // calendar months of the window; by the scheme's measure
	Missing    []Missing      `json:"missing,omitempty"`
	Models     []ModelUse     `json:"models,omitempty"` // that figures came from
	Fields     []FieldFigure  `json:"fields,omitempty"` // custom fields that were figures
}

// LevelSummary sums one level up; the revenues of all levels add up to
// Summary.RevenueFen (largest remainder).
type LevelSummary struct {
	Code        string  `json:"code"`
	Name        string  `json:"name"`
	Advice      string  `json:"advice,omitempty"`
	Customers   int64   `json:"customers"`
	Buyers      int64   `json:"buyers"`
	Orders      int64   `json:"orders"`
	RevenueFen  int64   `json:"revenue_fen"`
	Share       float64 `json:"share"` // of revenue
	AvgSpendFen int64   `json:"avg_spend_fen"`
	AvgOrders   float64 `json:"avg_orders"`
	AOVFen      int64   `json:"aov_fen"`
	AvgRecency  float64 `json:"avg_recency_days"` // of those who ever bought
}

// Concentration describes a set of the biggest buyers.
type Concentration struct {
	Customers    int64   `json:"customers"`
	ThresholdFen int64   `json:"threshold_fen"` // least spend in the set
	RevenueFen   int64   `json:"revenue_fen"`
	Share        float64 `json:"share"` // of revenue
}

// LorenzPoint says that the poorest Customers share of buyers hold Revenue
// share of the revenue.
type LorenzPoint struct {
	Customers float64 `json:"customers"`
	Revenue   float64 `json:"revenue"`
}

// HeatCell counts buyers of one recency and frequency class and their revenue.
type HeatCell struct {
	R          int   `json:"r"`
	F          int   `json:"f"`
	Customers  int64 `json:"customers"`
	RevenueFen int64 `json:"revenue_fen"`
}

// MonthRow is one calendar month in company time, "2026-09".
type MonthRow struct {
	Month      string `json:"month"`
	Customers  int64  `json:"customers"` // who bought
	Orders     int64  `json:"orders"`
	RevenueFen int64  `json:"revenue_fen"`
	RevenueSub int64  `json:"revenue_sub"`
}

// Missing says which figure was not there for how many customers, so that a
// reader knows what the grading could not see.
type Missing struct {
	Metric    Metric `json:"metric,omitempty"`
	Customers int64  `json:"customers"`
	// Field is a field of lists in place of a figure, Name what it was called.
	Field string       `json:"field,omitempty" doc:"In place of metric: a field of customers that a rule of audiences compares"`
	Name  *field.Label `json:"name,omitempty" doc:"Of the field, when the run was made"`
}

// Moves compares a run with the one before it of the same scheme.
type Moves struct {
	PreviousRunID int64     `json:"previous_run_id"`
	PreviousAsOf  clock.Day `json:"previous_as_of"`
	Up            int64     `json:"up"`
	Down          int64     `json:"down"`
	New           int64     `json:"new"`
	Gone          int64     `json:"gone"`
	Unchanged     int64     `json:"unchanged"`
	// Changed came from a level that the scheme no longer has.
	Changed int64 `json:"changed"`
	// Matrix[from][to] counts customers; levels by code in Codes. Levels that
	// only one of the two runs knows are listed too.
	Codes  []string  `json:"codes"`
	Names  []string  `json:"names"`
	Matrix [][]int64 `json:"matrix"`
}

// KeyCustomer is a customer named in the report.
type KeyCustomer struct {
	ID            int64   `json:"id"`
	Name          string  `json:"name"`
	Level         string  `json:"level"`
	LevelName     string  `json:"level_name"`
	PreviousLevel string  `json:"previous_level,omitempty"`
	PreviousName  string  `json:"previous_level_name,omitempty"`
	SpendFen      int64   `json:"spend_fen"`
	Orders        int64   `json:"orders"`
	LastDay       *string `json:"last_day"`
	DaysSince     *int64  `json:"days_since"`
	Reason        string  `json:"reason"` // in the reader's language
	NextStep      string  `json:"next_step"`
}

// Report is 《客户价值分层报告》 of one run, in one language.
type Report struct {
	RunID    int64    `json:"run_id"`
	Company  string   `json:"company"`
	Locale   string   `json:"locale"`
	Headline string   `json:"headline"` // the one sentence to remember
	Summary  *Summary `json:"summary"`
	Moves    *Moves   `json:"moves"` // nil for the first run
	// KeyCustomers are the biggest of the best level; Slipping are those who
	// fell from it or are overdue against their own rhythm.
	KeyCustomers []KeyCustomer `json:"key_customers"`
	Slipping     []KeyCustomer `json:"slipping"`
	// People says the conditions back that are rules of audiences, by their place.
	People map[int]string `json:"people,omitempty"`
	// Dimensions are what FullReport adds.
	Dimensions []DimensionReport `json:"dimensions,omitempty"`
	dimension  string            // name of the run's own one, where others are told of
}
