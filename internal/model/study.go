package model

import (
	"context"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
)

// Study is both models of repeat purchases on one sample, with all that is to
// be said about them. It can be kept as JSON, and forecasts be made from it
// later.
type Study struct {
	Period    Period `json:"period"`
	Customers int64  `json:"customers"`
	Repeaters int64  `json:"repeaters"`
	Distinct  int    `json:"distinct"` // (x, t_x, T)

	Orders    BGNBD `json:"orders"`
	OrdersFit Fit   `json:"orders_fit"`

	// Values is nil where no repeat purchase was worth anything.
	Values       *GammaGamma `json:"values"`
	ValuesFit    *Fit        `json:"values_fit"`
	Average      float64     `json:"average"`      // mean of the repeaters' averages, yuan
	Independence float64     `json:"independence"` // see Values.Independence

	Holdout *Holdout `json:"holdout"` // nil where the period has none
}

// NewStudy fits both models on the histories that the period covers, and
// measures BG/NBD on the holdout if there is one. To forecast from today,
// study twice from one ledger: Ledger.Period for what the model is worth,
// Ledger.Whole for the parameters. Errors: model.no_orders,
// model.no_repeaters, those of ctx.
func NewStudy(ctx context.Context, histories []History, p Period) (*Study, error) {
	table, err := NewTable(histories, p)
	if err != nil {
		return nil, err
	}
	s := &Study{Period: p, Customers: table.Customers(), Repeaters: table.Repeaters(), Distinct: table.Rows()}
	if s.Orders, s.OrdersFit, err = FitBGNBD(ctx, table); err != nil {
		return nil, err
	}
	values, err := NewValues(histories, p)
	switch {
	case err == nil:
		m, fit, err := FitGammaGamma(ctx, values)
		if err != nil {
			return nil, err
		}
		s.Values, s.ValuesFit = &m, &fit
		s.Average, s.Independence = values.Mean(), values.Independence()
	case !errs.Is(err, "model.no_values"):
		return nil, err
	}
	if p.Holdout() > 0 {
		h := NewHoldout(histories, p, s.Orders)
		s.Holdout = &h
	}
	return s, nil
}

// Notes are what speaks against trusting the study.
func (s *Study) Notes() []Note {
	out := append([]Note{}, s.OrdersFit.Warnings...)
	if s.ValuesFit != nil {
		for _, n := range s.ValuesFit.Warnings {
			if n.Code != "few_repeaters" { // said once
				out = append(out, n)
			}
		}
	} else {
		out = append(out, note("no_values"))
	}
	if s.Holdout == nil {
		return append(out, note("no_holdout"))
	}
	return append(out, s.Holdout.notes()...)
}

const (
	farOff = 0.25 // share by which a forecast of all orders may be off
	blind  = 0.1  // correlation below which a forecast does not tell customers apart
	tested = 100  // purchases in a holdout that say something
)

// notes are what the holdout says against the forecast.
func (h *Holdout) notes() []Note {
	var out []Note
	if h.Actual < tested && h.Expected < tested {
		return append(out, note("holdout_small", "actual", h.Actual, "enough", tested))
	}
	switch a := float64(h.Actual); {
	case h.Expected < a*(1-farOff):
		out = append(out, note("holdout_more", "actual", h.Actual, "expected", h.Expected))
	case h.Expected > a*(1+farOff):
		out = append(out, note("holdout_fewer", "actual", h.Actual, "expected", h.Expected))
	}
	if h.Correlation < blind {
		out = append(out, note("holdout_blind", "correlation", h.Correlation))
	}
	return out
}

// Whole is the period of all purchases up to a day, today as a rule, without a
// holdout.
func (l *Ledger) Whole(unit Unit, today clock.Day) Period {
	return Period{End: today, Until: today, Unit: unit}
}
