package lifecycle

import (
	"zhike/internal/platform/clock"
)

// Cause says why a customer came to a stage.
type Cause int

// The causes, as they are stored.
const (
	CauseBegin Cause = iota // came new
	CauseRule               // the rule of a move
	CauseHand               // a person decided it
	CauseGone               // the configuration no longer has the stage before
)

var causeCodes = [...]string{"begin", "rule", "hand", "gone"}

// String is the code of the cause.
func (c Cause) String() string { return causeCodes[c] }

// State is a stage and the day that a customer came to it; the zero State is of
// somebody who is not in the lifecycle.
type State struct {
	Stage string
	Since clock.Day
}

// Hand is what people decided about a customer up to a day.
type Hand struct {
	// Day and Stage are those of the last decision that named a stage.
	Day   clock.Day
	Stage string
	// Until is the last day on which rules do not move the customer; 0 for none.
	Until clock.Day
}

// ByHandOnly is an Until that never comes.
const ByHandOnly clock.Day = 1<<31 - 1

// Facts are what rules say of a customer on a day.
type Facts struct {
	// Known says that the customer is there on that day.
	Known bool
	// Begins says whether the rule of a begin holds, by its place in the
	// configuration; Holds whether the rule of a move has held long enough.
	Begins, Holds func(i int) bool
}

// Outcome is the stage of a customer at the end of a day. A zero one is nobody.
type Outcome struct {
	State
	// Moved says that the customer came to the stage on that day, and why.
	Moved bool
	Cause Cause
	Move  string
}

// Machine is a configuration made ready to be applied.
type Machine struct {
	c *Config
	// ways has the moves that leave each stage, in their order.
	ways map[string][]int
}

// NewMachine prepares a configuration.
func NewMachine(c *Config) *Machine {
	m := &Machine{c: c, ways: make(map[string][]int, len(c.Stages))}
	for _, s := range c.Stages {
		m.ways[s.Code] = nil
		for i := range c.Moves {
			if c.Moves[i].leaves(s.Code) {
				m.ways[s.Code] = append(m.ways[s.Code], i)
			}
		}
	}
	return m
}

// Next gives the state at the end of a day from that at the end of the day
// before; see the package's documentation.
func (m *Machine) Next(base State, h Hand, day clock.Day, f Facts) Outcome {
	ways, is := m.ways[base.Stage]
	if h.Day == day && h.Stage != base.Stage {
		if _, there := m.ways[h.Stage]; there {
			return Outcome{State: State{h.Stage, day}, Moved: true, Cause: CauseHand}
		}
	}
	switch {
	case base.Stage == "" && !f.Known:
		return Outcome{}
	case !is:
		out := Outcome{State: State{m.begin(f), day}, Moved: true}
		if base.Stage != "" {
			out.Cause = CauseGone
		}
		return out
	case h.Day == day, h.Until >= day:
		return Outcome{State: base}
	}
	for _, i := range ways {
		if w := &m.c.Moves[i]; day-base.Since >= clock.Day(w.MinStayDays) && f.Holds(i) {
			return Outcome{State: State{w.To, day}, Moved: true, Cause: CauseRule, Move: w.Code}
		}
	}
	return Outcome{State: base}
}

func (m *Machine) begin(f Facts) string {
	for i := range m.c.Begin {
		if f.Begins(i) {
			return m.c.Begin[i].To
		}
	}
	return m.c.Stages[0].Code
}
