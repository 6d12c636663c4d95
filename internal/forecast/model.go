package forecast

import (
	"encoding/json"

	"zhike/internal/model"
	"zhike/internal/platform/clock"
)

// Status is where a model stands.
type Status string

// The statuses.
const (
	Waiting   Status = "waiting"
	Running   Status = "running"
	InUse     Status = "in_use"
	Retired   Status = "retired"
	Held      Status = "held"
	Discarded Status = "discarded"
	Failed    Status = "failed"
	Cancelled Status = "cancelled"
)

func (s Status) active() bool { return s == Waiting || s == Running }

// body is what a fit found. Whole is nil of churn, Learned of purchases.
type body struct {
	// Tested is the fit on calibration, with what it is worth on the holdout; nil
	// where there are too few days for one.
	Tested *model.Study `json:"tested,omitempty"`
	// Whole is the fit on everything: what forecasts are made by.
	Whole *model.Study `json:"whole,omitempty"`
	// Deviance is the mean Poisson deviance of a customer's purchases in the
	// holdout, Before that of what the model in use was when it was tested.
	Deviance float64  `json:"deviance,omitempty"`
	Before   *float64 `json:"before,omitempty"`

	Learned    *model.Logistic   `json:"learned,omitempty"`
	Validation *model.Validation `json:"validation,omitempty"`
	// SkillBefore is the skill of the model that was in use (see skill).
	SkillBefore *float64 `json:"skill_before,omitempty"`
	LeftOut     int64    `json:"left_out,omitempty"` // customers without a label
}

// notes are what speaks against trusting a fit.
func (b *body) notes() []model.Note {
	switch {
	case b.Tested != nil:
		return b.Tested.Notes()
	case b.Whole != nil:
		return b.Whole.Notes()
	}
	out := []model.Note{}
	if b.Learned != nil && !b.Learned.Converged {
		out = append(out, model.Note{Code: "not_converged"})
	}
	if v := b.Validation; v != nil {
		switch {
		case v.AUC > tooGood:
			out = append(out, model.Note{Code: "too_good", Params: map[string]any{"auc": v.AUC}})
		case v.AUCLow < 0.5:
			out = append(out, model.Note{Code: "churn_blind", Params: map[string]any{"auc": v.AUC}})
		}
	}
	return out
}

// tooGood is an AUC that only fields give which are filled in once a customer
// has left.
const tooGood = 0.99

// row is a model as it is stored.
type row struct {
	ID         int64
	Kind       Kind
	Version    int
	Status     Status
	Settings   Settings
	Body       *body // nil until fitted
	Doubts     []model.Note
	AsOf       clock.Day
	Customers  int64
	ErrorCode  string
	JobID      int64
	LeaseUntil int64
	CreatedBy  int64
	CreatedAt  int64
	FinishedAt int64
	DecidedBy  int64
	DecidedAt  int64
}

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // a type of this package that has no JSON
	}
	return string(b)
}
