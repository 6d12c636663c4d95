package forecast

import (
	"slices"

	"zhike/internal/field"
	"zhike/internal/model"
	"zhike/internal/platform/errs"
)

// Kind is what a model is about.
type Kind string

// The kinds.
const (
	Purchases Kind = "purchases"
	Churn     Kind = "churn"
)

// Kinds are all of them, in the order of pages.
var Kinds = []Kind{Purchases, Churn}

// Settings say how a kind is fitted and when.
type Settings struct {
	// EveryDays is how old the newest fit may become; 0 fits only when asked.
	EveryDays int `json:"every_days" minimum:"0" maximum:"366" doc:"Fitted anew after so many days; 0: only when somebody asks"`
	// HoldoutDays is how long orders are kept from the fit that is tested.
	HoldoutDays int `json:"holdout_days" minimum:"0" maximum:"1100" doc:"Of purchases: last days kept from the fit to test it on; 0: a quarter of the time with orders, at most 182 days"`
	// Label and Positive say who has left: a custom field and the choice of it.
	Label    string `json:"label" maxLength:"40" doc:"Of churn: code of the custom field that says who left; \"\" where none is chosen yet"`
	Positive string `json:"positive" maxLength:"40" doc:"Of churn: code of the choice that means left"`
	// Fields are what is learned from.
	Fields []string `json:"fields" maxItems:"60" doc:"Of churn: codes of the custom fields to learn from"`
}

// maxFields bounds what a churn model learns from.
const maxFields = 60

func shippedSettings(k Kind) Settings {
	s := Settings{Fields: []string{}}
	if k == Purchases {
		s.EveryDays = 30
	}
	return s
}

// learnable says whether a churn model can learn from a field: texts and
// references are of single customers.
func learnable(d *field.Definition) bool {
	switch d.Kind {
	case field.Number, field.Money, field.Date, field.Choice:
		return !d.Retired
	}
	return false
}

// check reports every wrong place at once.
func (s *Settings) check(k Kind, defs *field.Set) error {
	e := errs.New(errs.Invalid, "invalid")
	if s.EveryDays < 0 || s.EveryDays > 366 {
		e.WithField("every_days", "forecast.days", "max", 366)
	}
	if s.HoldoutDays < 0 || s.HoldoutDays > 1100 {
		e.WithField("holdout_days", "forecast.days", "max", 1100)
	}
	if s.Fields == nil {
		s.Fields = []string{}
	}
	if k == Purchases {
		if s.Label != "" || len(s.Fields) > 0 {
			e.WithField("label", "forecast.only_churn")
		}
		return e.OrNil()
	}
	if s.Label == "" {
		if s.EveryDays > 0 {
			e.WithField("label", "forecast.no_label")
		}
		return e.OrNil()
	}
	switch d := defs.Code(s.Label); {
	case d == nil || d.Kind != field.Choice:
		e.WithField("label", "forecast.bad_label")
	case d.Option(s.Positive) == nil:
		e.WithField("positive", "forecast.bad_choice")
	}
	if len(s.Fields) == 0 || len(s.Fields) > maxFields {
		e.WithField("fields", "forecast.field_count", "max", maxFields)
	}
	for i, code := range s.Fields {
		d := defs.Code(code)
		switch {
		case d == nil || !learnable(d):
			e.WithField("fields", "forecast.bad_field", "field", code)
		case code == s.Label:
			e.WithField("fields", "forecast.label_as_field")
		case slices.Contains(s.Fields[:i], code):
			e.WithField("fields", "forecast.field_twice", "field", code)
		}
	}
	return e.OrNil()
}

// unit is that of every purchase model: forecasts do not depend on it, and weeks
// are what the literature writes its parameters in.
const unit = model.Weekly
