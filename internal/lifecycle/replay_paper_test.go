package lifecycle_test

import (
	"slices"

	"zhike/internal/lifecycle"
	"zhike/internal/platform/clock"
)

// world is what happened, and the lifecycle as a patient person would keep it on
// paper: every evening once through all customers.
type world struct {
	people  []*person
	plan    plan
	open    clock.Day
	held    map[string]map[clock.Day]map[int64]bool // rule → evening → who
	history []past
	all     []past // with what happened on the open day, as of the last look
}

type person struct {
	id      int64
	created clock.Day
	city    string
	orders  []bought
	// On paper.
	stage string
	since clock.Day
	hand  []decided
}

type bought struct {
	id  int
	day clock.Day
	fen int64
}

type decided struct {
	day   clock.Day
	stage string
	until clock.Day
}

// evening gives what a customer's stage is at the end of a day; "" cause is none.
func (w *world) evening(c *person, day clock.Day) (stage, why, move string) {
	holds := func(rule string) bool { return plainRules[rule].holds(w, c, day) }
	if c.stage == "" && c.created > day && count(c, 0, day) == 0 {
		return "", "", ""
	}
	var until clock.Day
	chosen := ""
	for _, h := range c.hand {
		until = h.until
		if h.day == day && h.stage != "" {
			chosen = h.stage
		}
	}
	if chosen != "" && chosen != c.stage && slices.Contains(w.plan.stages, chosen) {
		return chosen, "hand", ""
	}
	if !slices.Contains(w.plan.stages, c.stage) {
		why = "begin"
		if c.stage != "" {
			why = "gone"
		}
		for _, b := range w.plan.begin {
			if holds(b[1]) {
				return b[0], why, ""
			}
		}
		return w.plan.stages[0], why, ""
	}
	if chosen != "" || until >= day {
		return c.stage, "", ""
	}
	for _, m := range w.plan.moves {
		if m.to == c.stage || m.from != nil && !slices.Contains(m.from, c.stage) || int(day-c.since) < m.stay || !holds(m.rule) {
			continue
		}
		long := true
		for d := day - clock.Day(m.hold) + 1; d < day; d++ {
			long = long && w.held[m.rule][d][c.id]
		}
		if long {
			return m.to, "rule", m.code
		}
	}
	return c.stage, "", ""
}

// close writes the evening of the open day down.
func (w *world) close() {
	day := w.open
	type line struct{ stage, why, move string }
	lines := make([]line, len(w.people))
	for i, c := range w.people {
		lines[i].stage, lines[i].why, lines[i].move = w.evening(c, day)
	}
	for _, m := range w.plan.moves {
		if m.hold == 1 {
			continue
		}
		if w.held[m.rule] == nil {
			w.held[m.rule] = map[clock.Day]map[int64]bool{}
		}
		w.held[m.rule][day] = map[int64]bool{}
		for _, c := range w.people {
			if plainRules[m.rule].holds(w, c, day) {
				w.held[m.rule][day][c.id] = true
			}
		}
	}
	var today []past
	for i, c := range w.people {
		if l := lines[i]; l.why != "" {
			cause := map[string]lifecycle.Cause{"begin": lifecycle.CauseBegin, "rule": lifecycle.CauseRule, "hand": lifecycle.CauseHand, "gone": lifecycle.CauseGone}[l.why]
			today = append(today, past{c.id, day, c.stage, l.stage, cause, l.move})
			c.stage, c.since = l.stage, day
		}
	}
	slices.SortFunc(today, func(a, b past) int { return int(a.id - b.id) })
	w.history = append(w.history, today...)
	w.open++
}

// on is the stage that a customer had at the end of a day, on paper.
func (w *world) on(c *person, day clock.Day) (stage string) {
	for _, p := range w.all {
		if p.id == c.id && p.day <= day {
			stage = p.stage
		}
	}
	return stage
}
