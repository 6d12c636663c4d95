package customer

import (
	"context"

	"zhike/internal/platform/clock"
)

// Level is a grade as people read it.
type Level struct {
	Code string `json:"code"`
	Name string `json:"name"`
	// Rank counts the levels from the best, which is 1.
	Rank int64 `json:"rank"`
}

// LevelRun is the run whose levels are shown.
type LevelRun struct {
	RunID int64
	// Levels by the number that the assignments of the run carry.
	Levels map[int64]Level
}

// Reason is one statement of why a customer has a level: the text of the
// catalogue key Key with Params.
type Reason struct {
	Key    string         `json:"key"`
	Params map[string]any `json:"params"`
}

// LevelReason tells the level of a customer in the current run.
type LevelReason struct {
	Level
	RunID      int64     `json:"run_id"`
	SchemeCode string    `json:"scheme_code"`
	SchemeName string    `json:"scheme_name"`
	AsOf       clock.Day `json:"as_of"`
	Score      *float64  `json:"score" doc:"0 to 100; null where the scheme gives none" access:"spend,orders"`
	Reasons    []Reason  `json:"reasons" access:"spend,orders"`
	Advice     string    `json:"advice" doc:"Suggested next step of the scheme"`
}

// Levels is what customers need of grading; package tiering gives it.
type Levels interface {
	// CurrentRun is the finished run that pages show, nil before the first,
	// with names in the language of the request. The answer is not changed by
	// either side.
	CurrentRun(ctx context.Context) (*LevelRun, error)
	// Explain tells a customer's level in the current run, nil where the
	// customer is not graded.
	Explain(ctx context.Context, customerID int64) (*LevelReason, error)
}

// noLevels stands in until something is graded.
type noLevels struct{}

func (noLevels) CurrentRun(context.Context) (*LevelRun, error)        { return nil, nil }
func (noLevels) Explain(context.Context, int64) (*LevelReason, error) { return nil, nil }
