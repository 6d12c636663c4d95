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

// ValueDimension is the dimension whose levels are "the level" of a customer;
// levels of others are named with their dimension.
const ValueDimension = "value"

// LevelDimension is a way of looking at customers that gives each a level.
type LevelDimension struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// LevelRun is the run whose levels are in force.
type LevelRun struct {
	RunID     int64
	Dimension string
	// Levels by the number that the assignments of the run carry.
	Levels map[int64]Level
	// Changed is the day behind which people changed levels of the run; nil where
	// its levels are as they were. Only runs of past days have it.
	Changed *clock.Day
}

// Reason is one statement of why a customer has a level: the text of the
// catalogue key Key with Params.
type Reason struct {
	Key    string         `json:"key"`
	Params map[string]any `json:"params"`
}

// LevelReason tells a level that is in force.
type LevelReason struct {
	Dimension string `json:"dimension" doc:"Code"`
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
	// Dimensions are those in use, in their order, with names in the language of
	// the request; value is the first.
	Dimensions(ctx context.Context) ([]LevelDimension, error)
	// CurrentRun is the run whose levels of a dimension are in force, nil before
	// the first, with names in the language of the request. The answer is not
	// changed by either side.
	CurrentRun(ctx context.Context, dimension string) (*LevelRun, error)
	// Explain tells a customer's level of a dimension, nil where the customer has
	// none.
	Explain(ctx context.Context, dimension string, customerID int64) (*LevelReason, error)
}

// noLevels stands in until something is graded.
type noLevels struct{}

func (noLevels) Dimensions(context.Context) ([]LevelDimension, error)         { return nil, nil }
func (noLevels) CurrentRun(context.Context, string) (*LevelRun, error)        { return nil, nil }
func (noLevels) Explain(context.Context, string, int64) (*LevelReason, error) { return nil, nil }
