package customer

import (
	"context"
	"encoding/json"
	"slices"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/rule"
)

// PastRun is a run whose levels were in force.
type PastRun struct {
	LevelRun
	From clock.Day // from which its levels count
	// Previous is the run that it was compared with, 0 for none.
	Previous int64
	// ByHand says that people changed levels of it, in its review or later.
	ByHand bool
}

// PastLevels is what conditions on levels of other days need; where
// [Deps.Levels] has it, too, they can be asked for.
type PastLevels interface {
	// RunAsOf is the run in force on a day, nil without one.
	RunAsOf(ctx context.Context, dimension string, day clock.Day) (*PastRun, error)
	// RunsBetween are those that came into force from from to to, at most limit
	// of them, the newest first.
	RunsBetween(ctx context.Context, dimension string, from, to clock.Day, limit int) ([]PastRun, error)
	// LevelCodes are those of all levels that the dimension has or had, each once.
	LevelCodes(ctx context.Context, dimension string) ([]string, error)
}

// maxRuns bounds the runs that one condition looks at: more than one a day for
// a year.
const maxRuns = 400

// maxWithin bounds the days of "changed within … days".
const maxWithin = 366

// levelRun is the run whose levels a condition means: the present one, or that
// of a day.
func (c *compiler) levelRun(dimension string, n *Node) (*LevelRun, error) {
	day, now, err := c.dayOf(n)
	if err != nil {
		return nil, err
	}
	if now {
		return c.runOf(dimension)
	}
	past, ok := c.s.Levels.(PastLevels)
	if !ok {
		return &LevelRun{}, nil
	}
	r, err := past.RunAsOf(c.ctx, dimension, day)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return &LevelRun{}, nil
	}
	return &r.LevelRun, nil
}

// runOf is the run of a dimension that is in force.
func (c *compiler) runOf(dimension string) (*LevelRun, error) {
	if dimension == ValueDimension {
		return c.run, nil
	}
	return c.s.runOf(c.ctx, dimension)
}

// dayOf is the day whose value a condition means; now says that it is the
// present one. Errors, at the path of the day: customer.bad_day, rule.future_day.
func (c *compiler) dayOf(n *Node) (day clock.Day, now bool, err error) {
	if n.At == "" {
		return c.asOf, !c.past, nil
	}
	raw, _ := json.Marshal(n.At)
	if day, err = rule.ReadDay(raw); err != nil {
		return 0, false, at(c.path+".at", err)
	}
	if day > c.asOf {
		return 0, false, badFilter(c.path+".at", "rule.future_day", "day", c.asOf.String())
	}
	return day, false, nil
}

// changed is the value of the operator of that name: what it was, what it
// became, each any where it is left out, within so many days up to the as-of day.
type changed struct {
	From []string `json:"from,omitempty"`
	To   []string `json:"to,omitempty"`
	Days int64    `json:"days"`
}

// readChanged reads a value of "changed"; is says which codes there are.
func (c *compiler) readChanged(n *Node, is func(code string) bool) (v changed, from clock.Day, err error) {
	if n.At != "" {
		return v, 0, badFilter(c.path+".at", "rule.at_and_changed")
	}
	var raw struct {
		From, To json.RawMessage
		Days     json.RawMessage
	}
	if json.Unmarshal(n.Value, &raw) != nil {
		return v, 0, rule.BadValue()
	}
	for _, part := range []struct {
		raw  json.RawMessage
		into *[]string
	}{{raw.From, &v.From}, {raw.To, &v.To}} {
		if len(part.raw) == 0 || string(part.raw) == "null" || string(part.raw) == "[]" {
			continue
		}
		if *part.into, err = (&Node{Value: part.raw}).Texts(); err != nil {
			return v, 0, err
		}
		for _, code := range *part.into {
			if !is(code) {
				return v, 0, errs.New(errs.Invalid, "list.unknown_option", "value", rule.Shortened(code))
			}
		}
	}
	if v.Days, err = rule.Whole(raw.Days, maxWithin); err != nil || v.Days < 1 {
		return v, 0, errs.New(errs.Invalid, "list.bad_days", "max", maxWithin)
	}
	slices.Sort(v.From)
	slices.Sort(v.To)
	v.From, v.To = slices.Compact(v.From), slices.Compact(v.To)
	return v, c.asOf - clock.Day(v.Days) + 1, nil
}
