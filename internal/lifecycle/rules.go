package lifecycle

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/rule"
)

// asked is the rules of a configuration compiled for a day.
type asked struct {
	e      *Engine
	c      *Config
	day    clock.Day
	plans  []*customer.Plan // of c.rules(), in their order
	known  *customer.Plan
	kept   map[string]*column.Matches // by what was asked: equal rules are asked once
	held   map[string]*column.Matches // today, of moves that ask for several days
	ready  []*column.Matches          // of moves: held long enough
	begins []*column.Matches
	there  *column.Matches // who is known, where everybody was asked for
}

// compile prepares the rules for a day. Errors are at the places of the
// configuration.
func (e *Engine) compile(p *customer.Planner, c *Config, day clock.Day) (*asked, error) {
	p, err := p.On(day)
	if err != nil {
		return nil, err
	}
	a := &asked{e: e, c: c, day: day, held: map[string]*column.Matches{}, kept: map[string]*column.Matches{}}
	for _, r := range c.rules() {
		plan, err := p.Plan(r.node)
		if err != nil {
			f := &faults{errs.New(errs.Invalid, "lifecycle.invalid")}
			if err := f.within(r.path, err); err != nil {
				return nil, err
			}
			return nil, f.err
		}
		a.plans = append(a.plans, plan)
	}
	// There on a day is whoever had a record then, or an order.
	a.known, err = p.Plan(&rule.Node{Any: []rule.Node{
		*rule.Condition("created", "lte", day.String()),
		{Facts: &rule.Facts{Stream: "orders", Agg: "count"}, Op: "gte", Value: json.RawMessage("1")},
	}})
	return a, err
}

// sources are the names under which writers tell of what the rules read; nil
// where that is not known.
func (a *asked) sources() (of, apart map[string]bool) {
	of, apart = map[string]bool{}, map[string]bool{}
	for _, p := range append(slices.Clone(a.plans), a.known) {
		if !p.Columns() {
			return nil, nil
		}
		some, others := p.Sources()
		for name := range some {
			of[name] = true
		}
		for name := range others {
			apart[name] = true
		}
	}
	return of, apart
}

// who answers a plan, for some customers or with nil for everybody. Error:
// errNotReady where the columns are being read and it is too early for SQL.
func (a *asked) who(ctx context.Context, p *customer.Plan, ids []int64) (*column.Matches, error) {
	e := a.e
	if p.Columns() {
		var m *column.Matches
		var ok bool
		var err error
		if ids != nil && len(ids) <= e.few {
			m, ok, err = p.Among(ctx, ids)
		} else {
			m, ok, err = p.InMemory(ctx)
		}
		if err != nil || ok {
			e.waits = time.Time{}
			return m, err
		}
		if now := e.s.Clock.Now(); e.waits.IsZero() {
			e.waits = now
		}
		if e.s.Clock.Now().Sub(e.waits) < e.patience {
			return nil, errNotReady
		}
	}
	if ids != nil {
		return p.SomeBySQL(ctx, ids)
	}
	return p.BySQL(ctx)
}

// moves asks the rules of all moves, and puts beside each who held it long enough.
func (a *asked) moves(ctx context.Context, ids []int64) error {
	a.ready = make([]*column.Matches, len(a.c.Moves))
	for i := range a.c.Moves {
		w := &a.c.Moves[i]
		key := ruleKey(w.Rule)
		m, err := a.once(ctx, key, a.plans[len(a.c.Begin)+i], ids)
		if err != nil {
			return err
		}
		if w.HoldDays > 1 {
			a.held[key] = m
			before, err := a.e.heldBefore(ctx, key, a.day, w.HoldDays-1)
			if err != nil {
				return err
			}
			m = m.And(before)
		}
		a.ready[i] = m
	}
	return nil
}

func (a *asked) once(ctx context.Context, key string, p *customer.Plan, ids []int64) (*column.Matches, error) {
	if m := a.kept[key]; m != nil {
		return m, nil
	}
	m, err := a.who(ctx, p, ids)
	if err == nil {
		a.kept[key] = m
	}
	return m, err
}

// entries asks the rules of begin, for those who come new.
func (a *asked) entries(ctx context.Context, ids []int64) (err error) {
	a.begins = make([]*column.Matches, len(a.c.Begin))
	for i := range a.c.Begin {
		if a.begins[i], err = a.who(ctx, a.plans[i], ids); err != nil {
			return err
		}
	}
	return nil
}

func (a *asked) facts(id int64, known bool) Facts {
	return Facts{Known: known, Begins: func(i int) bool { return a.begins[i].Has(id) }, Holds: func(i int) bool { return a.ready[i].Has(id) }}
}

// relative says whether a rule compares customers with each other: one whom
// nothing touched may then move with the others.
func (e *Engine) relative(ctx context.Context, c *Config) bool {
	for _, r := range c.rules() {
		if !e.alone(ctx, r.node, nil) {
			return true
		}
	}
	return false
}

func (e *Engine) alone(ctx context.Context, n *rule.Node, open []int64) bool {
	if n == nil {
		return true
	}
	err := n.Walk("", func(n *rule.Node, _ string) error {
		if n.Relative != nil {
			return errMoved
		}
		return nil
	})
	if err != nil {
		return false
	}
	for _, m := range n.Mentions("") {
		if m.Kind != rule.NamesAudience || slices.Contains(open, m.Audience) || e.s.Customers.Rules == nil {
			continue
		}
		a, err := e.s.Customers.Rules.Audience(ctx, m.Audience)
		if err != nil || !e.alone(ctx, a.Rule, append(open, m.Audience)) {
			return false
		}
	}
	return true
}

// ruleKey names a rule by what it says.
func ruleKey(raw json.RawMessage) string {
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		v = string(raw)
	}
	b, _ := json.Marshal(v)
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:12])
}

// heldDays is for whom rules held at the end of days, by rule; a nil day was
// not looked at.
type heldDays map[string]map[clock.Day]*column.Matches

// heldBefore gives those for whom a rule held on each of the n days before one.
func (e *Engine) heldBefore(ctx context.Context, key string, day clock.Day, n int) (*column.Matches, error) {
	days := e.held[key]
	if days == nil {
		days = map[clock.Day]*column.Matches{}
		e.held[key] = days
	}
	for d := day - clock.Day(n); d < day; d++ {
		if _, ok := days[d]; ok {
			continue
		}
		read, err := e.s.store.held(ctx, key, day-maxHold, day-1)
		if err != nil {
			return nil, err
		}
		for d := day - maxHold; d < day; d++ {
			days[d] = read[d]
		}
		break
	}
	var out *column.Matches
	for d := day - clock.Day(n); d < day; d++ {
		m := days[d]
		if m == nil {
			return column.NewMatches(), nil
		}
		if out == nil {
			out = m
		} else {
			out = out.And(m)
		}
	}
	return out, nil
}

// keepHeld notes for whom rules held on a day that is over, and forgets what no
// rule asks for any more.
func (h heldDays) keep(day clock.Day, held map[string]*column.Matches) {
	for key := range h {
		if held[key] == nil {
			delete(h, key)
		}
	}
	for key, m := range held {
		if h[key] == nil {
			h[key] = map[clock.Day]*column.Matches{}
		}
		h[key][day] = m
		for d := range h[key] {
			if d <= day-maxHold {
				delete(h[key], d)
			}
		}
	}
}
