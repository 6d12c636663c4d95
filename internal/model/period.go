package model

import (
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
)

// Unit is the unit of time that a model counts in. It changes how alpha is
// written down (alpha is a time), never what is forecast.
type Unit string

// The units.
const (
	Daily  Unit = "day"
	Weekly Unit = "week"
)

// ParseUnit reads "day" or "week"; model.unit for anything else.
func ParseUnit(s string) (Unit, error) {
	switch u := Unit(s); u {
	case Daily, Weekly:
		return u, nil
	}
	return "", errs.New(errs.Invalid, "model.unit", "value", s)
}

// Days is how many days one unit has.
func (u Unit) Days() float64 {
	if u == Weekly {
		return 7
	}
	return 1
}

// Period is what of the facts a model is fitted on and tested on.
type Period struct {
	End   clock.Day `json:"end"`   // last day of calibration
	Until clock.Day `json:"until"` // last day of the holdout; End where there is none
	Unit  Unit      `json:"unit"`
}

// Holdout is the length of the holdout in units, 0 without one.
func (p Period) Holdout() float64 { return max(0, float64(p.Until-p.End)/p.Unit.Days()) }

// Covers says whether the customer bought before calibration ended, and so
// belongs to the sample.
func (p Period) Covers(h *History) bool { return h.First <= p.End }

// Recency is t_x, from the first purchase to the last one within calibration,
// and T, from the first purchase to the end of it, in units.
func (p Period) Recency(h *History) (tx, age float64) {
	d := p.Unit.Days()
	return float64(h.Last-h.First) / d, float64(p.End-h.First) / d
}
