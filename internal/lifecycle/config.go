package lifecycle

import (
	"encoding/json"
	"slices"

	"zhike/internal/platform/errs"
	"zhike/internal/rule"
)

// Config is one version of the lifecycle: what `zhike lifecycle export` writes as
// YAML and what the editor in the browser changes.
type Config struct {
	// Stages in their order, from the first contact on. The first one takes whom
	// no rule of Begin takes.
	Stages []Stage `json:"stages" maxItems:"20"`
	// Begin says where customers who come new begin: the first rule that holds.
	Begin []Begin `json:"begin" maxItems:"20"`
	// Moves in order of precedence.
	Moves []Move `json:"moves" maxItems:"60"`
	// Tools that staff work with.
	Tools []Tool `json:"tools" maxItems:"40"`
	// RemindHours is how many working hours before something is due whoever owes it
	// is told; nil is [remindHours].
	RemindHours *int `json:"remind_hours,omitempty" minimum:"0" maximum:"80" doc:"Working hours before a step is due in which whoever owes it is told; 0: not before; left out: 4"`
}

// Stage is one stage; Code is stable, the rest is what people read.
type Stage struct {
	Code   string `json:"code" maxLength:"40"`
	Name   string `json:"name" maxLength:"100"`
	Advice string `json:"advice" maxLength:"1000" doc:"What to do with customers of this stage"`
	Tone   int    `json:"tone" minimum:"0" maximum:"8" doc:"One of the fixed colours"`
	// Owner, DueDays and Goal are what handbook and SOP say about the work on the
	// stage; no rule reads them.
	Owner   string `json:"owner,omitempty" maxLength:"100" doc:"Who is responsible for customers of the stage"`
	DueDays int    `json:"due_days,omitempty" minimum:"0" maximum:"3650" doc:"Within how many days of coming to the stage the work begins; 0: not laid down"`
	Goal    string `json:"goal,omitempty" maxLength:"1000" doc:"What counts as success"`
}

// Begin is where somebody who comes new begins.
type Begin struct {
	To   string          `json:"to" maxLength:"40"`
	Rule json.RawMessage `json:"rule" doc:"A rule as audiences have it"`

	node *rule.Node
}

// Move is a way from one stage to another.
type Move struct {
	Code string          `json:"code" maxLength:"40"`
	Name string          `json:"name" maxLength:"100"`
	From []string        `json:"from" maxItems:"20" doc:"Codes of stages; none is any"`
	To   string          `json:"to" maxLength:"40"`
	Rule json.RawMessage `json:"rule" doc:"A rule as audiences have it"`
	// MinStayDays is how long a customer stays in the stage that is left at
	// least: a customer who came on day S moves on day S + MinStayDays or later.
	MinStayDays int `json:"min_stay_days" minimum:"0" maximum:"3650" doc:"Days in the stage that is left, at least"`
	// HoldDays is on how many days in a row the rule must hold; 1 is today.
	HoldDays int `json:"hold_days" minimum:"1" maximum:"60" doc:"Days in a row on which the rule must hold"`

	node *rule.Node
}

// The bounds of a configuration.
const (
	maxStages = 20
	maxMoves  = 60
	maxTools  = 40
	maxItems  = 60
	maxStay   = 3650
	maxHold   = 60
	maxName   = 100
	maxText   = 1000
	maxCode   = 40
	maxConfig = 512 << 10 // bytes, of JSON and of YAML
	maxRemind = 80        // working hours

	remindHours = 4 // where a configuration says nothing
)

func (c *Config) stage(code string) int {
	return slices.IndexFunc(c.Stages, func(s Stage) bool { return s.Code == code })
}

// Stage gives a stage by its code, nil where there is none.
func (c *Config) Stage(code string) *Stage {
	if i := c.stage(code); i >= 0 {
		return &c.Stages[i]
	}
	return nil
}

// codes are those of its stages and moves.
func (c *Config) codes() []string {
	var out []string
	for i := range c.Stages {
		out = append(out, c.Stages[i].Code)
	}
	for i := range c.Moves {
		out = append(out, c.Moves[i].Code)
	}
	return out
}

// Move gives a move by its code, nil where there is none.
func (c *Config) Move(code string) *Move {
	for i := range c.Moves {
		if c.Moves[i].Code == code {
			return &c.Moves[i]
		}
	}
	return nil
}

// remind is how many working hours ahead of a deadline people are told.
func (c *Config) remind() int {
	if c.RemindHours == nil {
		return remindHours
	}
	return *c.RemindHours
}

// leaves says whether a move leaves a stage.
func (m *Move) leaves(stage string) bool {
	return m.To != stage && (len(m.From) == 0 || slices.Contains(m.From, stage))
}

// read parses the rules; errors are at the places of the configuration.
func (c *Config) read() error {
	for i := range c.Begin {
		n, err := rule.Parse(c.Begin[i].Rule, at("begin", i)+".rule", rule.RuleLimits)
		if err != nil {
			return err
		}
		c.Begin[i].node = n
	}
	for i := range c.Moves {
		n, err := rule.Parse(c.Moves[i].Rule, at("moves", i)+".rule", rule.RuleLimits)
		if err != nil {
			return err
		}
		c.Moves[i].node = n
	}
	return nil
}

// decode reads a stored configuration.
func decode(body []byte) (*Config, error) {
	c := &Config{}
	if err := json.Unmarshal(rule.CompleteSequences(body), c); err != nil {
		return nil, errs.Wrap(err, errs.Internal, "internal")
	}
	return c, c.read()
}

// plain gives the lists that a client left out and the values that stand for
// nothing their written form, so that equal configurations are equal texts.
func (c *Config) plain() {
	if c.Stages == nil {
		c.Stages = []Stage{}
	}
	if c.Begin == nil {
		c.Begin = []Begin{}
	}
	if c.Moves == nil {
		c.Moves = []Move{}
	}
	if c.Tools == nil {
		c.Tools = []Tool{}
	}
	for i := range c.Moves {
		if c.Moves[i].From == nil {
			c.Moves[i].From = []string{}
		}
		c.Moves[i].HoldDays = max(c.Moves[i].HoldDays, 1)
	}
	for i := range c.Tools {
		c.Tools[i].plain()
	}
}
