package tiering

import (
	"context"
	"math"
	"strings"

	"zhike/internal/model"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
)

// The figures by the company's models (package forecast).
const (
	MetricAlive    Metric = "p_alive"         // probability that the customer has not left, from the second purchase on
	MetricExpected Metric = "expected_orders" // within the scheme's horizon
	MetricCLV      Metric = "clv"             // discounted value of them
	MetricChurn    Metric = "p_churn"         // probability of the company's own churn label, from custom fields
)

// Models tells the figures of the company's models: *forecast.Service.
type Models interface {
	Forecasts(ctx context.Context, q ForecastQuery) (*Forecasts, error)
	// Ready fails with tier.no_model_purchases or tier.no_model_churn where a
	// model is asked for that there is not.
	Ready(ctx context.Context, purchases, churn bool) error
}

// ForecastQuery asks for figures of customers, ascending by id, as of a day.
type ForecastQuery struct {
	IDs              []int64
	AsOf             clock.Day
	Horizon          model.Horizon
	Purchases, Churn bool
}

// Forecasts are the figures, by place of the ids; NaN where there is none, nil
// where nobody asked. CLV is in 分.
type Forecasts struct {
	Alive, Orders, CLV, Churn []float64
	Models                    []ModelUse
}

// ModelUse is a model that a run went by.
type ModelUse struct {
	Kind    string    `json:"kind" enum:"purchases,churn"`
	ID      int64     `json:"id"`
	Version int       `json:"version"`
	AsOf    clock.Day `json:"as_of" doc:"Last day of the facts that it was fitted on"`
}

// Horizon is how far ahead the figures of models look, and what later money is
// worth.
type Horizon struct {
	Months   int     `yaml:"months" json:"months" doc:"1 to 120"`
	Discount float64 `yaml:"discount" json:"discount" doc:"A year: 0.1 for 10 %"`
	Margin   float64 `yaml:"margin,omitempty" json:"margin,omitempty" doc:"Share of an order that stays with the company; left out: all of it"`
}

// horizon of the scheme: a year at 10 % where it says none.
func (s *Scheme) horizon() model.Horizon {
	if s.Horizon == nil {
		return model.Horizon{Months: 12, Discount: 0.1, Margin: 1}
	}
	return model.Horizon{Months: s.Horizon.Months, Discount: s.Horizon.Discount, Margin: s.Horizon.Margin}
}

func (s *Scheme) validateHorizon(e *errs.Error) {
	h := s.Horizon
	if h == nil {
		return
	}
	if h.Months < 1 || h.Months > 120 {
		e.WithField("horizon.months", "model.months", "max", 120)
	}
	if !(h.Discount >= 0 && h.Discount <= 1) {
		e.WithField("horizon.discount", "model.share")
	}
	if !(h.Margin >= 0 && h.Margin <= 1) {
		e.WithField("horizon.margin", "model.share")
	}
}

// byModel says whether a figure comes from a model.
func (m Metric) byModel() bool {
	return m == MetricAlive || m == MetricExpected || m == MetricCLV || m == MetricChurn
}

// models says which models a scheme goes by.
func (s *Scheme) models() (purchases, churn bool) {
	for _, m := range s.metrics() {
		purchases = purchases || m == MetricAlive || m == MetricExpected || m == MetricCLV
		churn = churn || m == MetricChurn
	}
	return purchases, churn
}

// checkModels refuses a scheme by models that are not there.
func (s *Service) checkModels(ctx context.Context, sch *Scheme) error {
	purchases, churn := sch.models()
	if !purchases && !churn {
		return nil
	}
	if s.Models == nil {
		return errs.New(errs.Unavailable, "tier.no_model_purchases")
	}
	return s.Models.Ready(ctx, purchases, churn)
}

// forecast brings the figures of models that a scheme uses.
func (s *Service) forecast(ctx context.Context, sch *Scheme, f *Facts) error {
	purchases, churn := sch.models()
	if !purchases && !churn {
		return nil
	}
	if err := s.checkModels(ctx, sch); err != nil {
		return err
	}
	var err error
	f.forecasts, err = s.Models.Forecasts(ctx, ForecastQuery{
		IDs: f.CustomerID, AsOf: clock.Day(f.AsOf), Horizon: sch.horizon(), Purchases: purchases, Churn: churn,
	})
	return err
}

// value is figure m of customer i; false where there is none.
func (f *Forecasts) value(m Metric, i int) (float64, bool) {
	if f == nil {
		return 0, false
	}
	var of []float64
	switch m {
	case MetricAlive:
		of = f.Alive
	case MetricExpected:
		of = f.Orders
	case MetricCLV:
		of = f.CLV
	case MetricChurn:
		of = f.Churn
	}
	if i >= len(of) || math.IsNaN(of[i]) {
		return 0, false
	}
	return of[i], true
}

// used are the models of a run.
func (f *Forecasts) used() []ModelUse {
	if f == nil {
		return nil
	}
	return f.Models
}

// spoken ends the key of a sentence that a probability of a model has of its
// own: "p_alive_at_most".
func (c *ConditionView) spoken() string {
	if strings.HasPrefix(string(c.Metric), "p_") && (c.Op == OpAtLeast || c.Op == OpAtMost) {
		return string(c.Metric) + "_" + string(c.Op)
	}
	return string(c.Op)
}
