package lifecycle_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"slices"
	"testing"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/lifecycle"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/rule"
)

var (
	replayDays = flag.Int("replay.days", 0, "days of TestReplay; 0: three years on SQLite with columns, 100 days elsewhere")
	replaySeed = flag.Uint64("replay.seed", 5, "what TestReplay draws")
)

// The rules of the replay, as the program has them and as anybody would write
// them. Money is in 分.
type plainRule struct {
	json  string
	holds func(w *world, c *person, day clock.Day) bool
}

func count(c *person, from, to clock.Day) (n int) {
	for _, o := range c.orders {
		if o.day >= from && o.day <= to && o.fen > 0 {
			n++
		}
	}
	return n
}

func spend(c *person, from, to clock.Day) (fen int64) {
	for _, o := range c.orders {
		if o.day >= from && o.day <= to {
			fen += o.fen
		}
	}
	return fen
}

// silent is the days since the last purchase, -1 without one.
func silent(c *person, day clock.Day) int {
	last := clock.Day(-1)
	for _, o := range c.orders {
		if o.fen > 0 && o.day <= day {
			last = max(last, o.day)
		}
	}
	if last < 0 {
		return -1
	}
	return int(day - last)
}

var plainRules = map[string]plainRule{
	"bought": {`{"facts":{"stream":"orders","agg":"count"},"op":"gte","value":1}`,
		func(_ *world, c *person, d clock.Day) bool { return count(c, 0, d) >= 1 }},
	"nothing": {`{"facts":{"stream":"orders","agg":"count"},"op":"eq","value":0}`,
		func(_ *world, c *person, d clock.Day) bool { return count(c, 0, d) == 0 }},
	"silent": {`{"facts":{"stream":"orders","agg":"days_since"},"op":"gte","value":40}`,
		func(_ *world, c *person, d clock.Day) bool { return silent(c, d) >= 40 }},
	"recent": {`{"facts":{"stream":"orders","agg":"days_since"},"op":"lt","value":10}`,
		func(_ *world, c *person, d clock.Day) bool { n := silent(c, d); return n >= 0 && n < 10 }},
	"often": {`{"facts":{"stream":"orders","agg":"count","window":{"last":60}},"op":"gte","value":3}`,
		func(_ *world, c *person, d clock.Day) bool { return count(c, d-59, d) >= 3 }},
	"big": {`{"all":[{"facts":{"stream":"orders","agg":"sum","of":"net","window":{"last":120}},"op":"gte","value":9000},{"field":"city","op":"eq","value":"杭州市"}]}`,
		func(_ *world, c *person, d clock.Day) bool {
			return spend(c, d-119, d) >= 9000 && c.city == "杭州市"
		}},
	"little": {`{"not":{"field":"net_90","op":"gte","value":5000}}`,
		func(_ *world, c *person, d clock.Day) bool { return spend(c, d-89, d) < 5000 }},
	"best": {`{"relative":{"facts":{"stream":"orders","agg":"sum","of":"net","window":{"last":90}}},"op":"top","value":3}`,
		func(w *world, c *person, d clock.Day) bool {
			if count(c, d-89, d) == 0 {
				return false
			}
			better := 0
			for _, o := range w.people {
				if count(o, d-89, d) > 0 && spend(o, d-89, d) > spend(c, d-89, d) {
					better++
				}
			}
			return better < 3
		}},
}

type plainMove struct {
	code       string
	from       []string
	to, rule   string
	stay, hold int
}

// plan is a configuration of the replay.
type plan struct {
	stages []string
	begin  [][2]string // stage, rule
	moves  []plainMove
}

var plans = []plan{
	{
		stages: []string{"p", "n", "m", "h", "w", "r"},
		begin:  [][2]string{{"w", "silent"}, {"m", "often"}, {"n", "bought"}},
		moves: []plainMove{
			{"first", []string{"p"}, "n", "bought", 0, 1},
			{"silent", nil, "w", "silent", 0, 2},
			{"back", []string{"w"}, "r", "recent", 0, 1},
			{"best", []string{"n", "m", "r"}, "h", "best", 4, 3},
			{"recovered", []string{"r"}, "m", "often", 5, 1},
			{"big", []string{"n", "m"}, "h", "big", 0, 2},
			{"settled", []string{"n"}, "m", "often", 7, 1},
			{"less", []string{"h"}, "m", "little", 10, 5},
			{"undone", []string{"n", "m", "h", "w"}, "p", "nothing", 0, 2},
		},
	},
	{ // without recovery and without comparing: few are looked at by themselves
		stages: []string{"p", "n", "m", "h", "w"},
		begin:  [][2]string{{"h", "big"}, {"n", "bought"}},
		moves: []plainMove{
			{"less", []string{"h"}, "m", "little", 0, 12},
			{"silent", []string{"n", "m", "h"}, "w", "silent", 0, 2},
			{"back", []string{"w"}, "n", "recent", 3, 1},
			{"often", []string{"n"}, "m", "often", 0, 4},
			{"grown", []string{"n", "m"}, "h", "big", 20, 3},
			{"first", []string{"p"}, "n", "bought", 0, 1},
		},
	},
}

func (p plan) config() lifecycle.Config {
	var c lifecycle.Config
	for _, s := range p.stages {
		c.Stages = append(c.Stages, lifecycle.Stage{Code: s, Name: s})
	}
	for _, b := range p.begin {
		c.Begin = append(c.Begin, lifecycle.Begin{To: b[0], Rule: json.RawMessage(plainRules[b[1]].json)})
	}
	for _, m := range p.moves {
		c.Moves = append(c.Moves, lifecycle.Move{Code: m.code, Name: m.code, From: m.from, To: m.to, Rule: json.RawMessage(plainRules[m.rule].json),
			MinStayDays: m.stay, HoldDays: m.hold})
	}
	return c
}

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

// TestReplay lives through three years with orders at random, late ones and
// returns among them, customers who move house, decisions by hand, a new
// configuration, rounds that die, repeat and come days late. The history must be
// that of the paper, and so must the open day after every round.
func TestReplay(t *testing.T) {
	for _, engine := range engines {
		for _, columns := range []int64{64 << 20, 0} {
			t.Run(fmt.Sprint(engine, "/columns=", columns > 0), func(t *testing.T) {
				days := *replayDays
				if days == 0 {
					if days = 100; engine == "sqlite" && columns > 0 {
						days = 1096
					}
				}
				replay(t, newFirm(t, engine, *replaySeed, columns), days)
			})
		}
	}
}

func replay(t *testing.T, f *firm, days int) {
	f.pace = lifecycle.Pace{Batch: 2, Whole: 1e15, Others: -1}
	f.restart()
	w := &world{plan: plans[0], held: map[string]map[clock.Day]map[int64]bool{}, open: f.day}
	_, err := f.a.Lifecycle.Save(f.ctx, w.plan.config(), 0, "")
	f.must(err)
	var heard []past
	hear := func(_ context.Context, list []lifecycle.Change) error {
		for _, c := range list {
			heard = append(heard, past{c.CustomerID, c.Day, c.Before, c.Stage, c.Why, c.Move})
		}
		return nil
	}
	kills := map[string]int{}
	settle := func() {
		t.Helper()
		open, err := f.a.Lifecycle.OpenDay(f.ctx)
		f.must(err)
		for w.open < open {
			w.close()
		}
	}
	f.must(f.a.Lifecycle.OpenCursor(f.ctx, "test"))
	for f.day < w.open+1 && len(f.ids) < 5 || int(f.day)-int(clock.DateDay(2023, 1, 1)) < days {
		f.live(w)
		for f.rnd.IntN(4) == 0 {
			if place := f.kill(); place != "" {
				kills[place]++
				f.restart()
			}
			settle()
			if f.rnd.IntN(2) == 0 {
				f.live(w)
			}
		}
		for range 1 + f.rnd.IntN(2) {
			f.round()
			settle()
			f.compare(w)
			if f.rnd.IntN(2) == 0 { // later that day
				f.live(w)
				f.round()
				settle()
				f.compare(w)
			}
		}
		if f.rnd.IntN(8) == 0 {
			f.ask(w)
			f.figures(w)
		}
		if t.Failed() {
			return
		}
		for {
			n, err := f.a.Lifecycle.Deliver(f.ctx, "test", 5, hear)
			f.must(err)
			if n == 0 {
				break
			}
		}
		if len(heard) != len(w.history) {
			t.Fatalf("%d changes heard, there are %d", len(heard), len(w.history))
		}
		change := clock.DateDay(2023, 1, 1) + clock.Day(days/3)
		if c := w.people[0]; f.day >= change-6 && f.day < change-2 && w.plan.stages[len(w.plan.stages)-1] == "r" && c.stage != "r" {
			// Somebody is in the stage that will not be there any more.
			until := w.open + 20
			f.must(f.a.Lifecycle.Decide(f.ctx, c.id, lifecycle.DecisionIn{Stage: "r", Reason: "x", Until: until.String()}))
			c.hand = append(c.hand, decided{w.open, "r", until})
		}
		if f.day >= change && w.plan.stages[len(w.plan.stages)-1] == "r" {
			v, err := f.a.Lifecycle.Current(f.ctx, 0)
			f.must(err)
			w.plan = plans[1]
			_, err = f.a.Lifecycle.Save(f.ctx, w.plan.config(), v.Version, "")
			f.must(err)
		}
		n := 1
		if f.rnd.IntN(12) == 0 {
			n = 2 + f.rnd.IntN(4)
		}
		f.nextDays(n)
	}
	if !slices.Equal(heard, w.history) {
		t.Error("what was heard is not the history")
	}
	causes := map[string]int{}
	for _, p := range w.history {
		causes[fmt.Sprint(p.cause, " ", p.move)]++
	}
	t.Logf("%d customers, %d changes: %v; killed at %v", len(f.ids), len(w.history), causes, kills)
	if len(kills) < 3 || len(causes) < 8 || causes["gone "] == 0 || days > 1000 && len(causes) < 11 {
		t.Error("too little happened")
	}
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

// ask holds conditions on the stage, now, on a day and how it changed, against
// the paper.
func (f *firm) ask(w *world) {
	f.t.Helper()
	first := clock.DateDay(2023, 1, 1)
	stages := []string{"p", "n", "m", "h", "w", "r"}
	pick := func() string { return stages[f.rnd.IntN(len(w.plan.stages))] }
	day := first + clock.Day(f.rnd.IntN(int(w.open-first)+1))
	a, b, days := pick(), pick(), 1+f.rnd.IntN(200)
	for _, q := range []struct {
		rule  string
		means func(c *person) bool
	}{
		{fmt.Sprintf(`{"field":"lifecycle","op":"in","value":["%s","%s"]}`, a, b), func(c *person) bool { s := w.on(c, w.open); return s == a || s == b }},
		{fmt.Sprintf(`{"field":"lifecycle","op":"not_in","value":["%s"],"at":"%s"}`, a, day), func(c *person) bool { return w.on(c, day) != a }},
		{fmt.Sprintf(`{"field":"lifecycle","op":"in","value":["%s"],"at":"%s"}`, a, day), func(c *person) bool { return w.on(c, day) == a }},
		{fmt.Sprintf(`{"field":"lifecycle","op":"empty","at":"%s"}`, day), func(c *person) bool { return w.on(c, day) == "" }},
		{fmt.Sprintf(`{"field":"lifecycle","op":"changed","value":{"from":["%s"],"to":["%s"],"days":%d}}`, a, b, days), func(c *person) bool {
			return slices.ContainsFunc(w.all, func(p past) bool {
				return p.id == c.id && p.before == a && p.stage == b && p.day > w.open-clock.Day(days)
			})
		}},
		{fmt.Sprintf(`{"field":"lifecycle","op":"changed","value":{"to":["%s"],"days":%d}}`, a, days), func(c *person) bool {
			return slices.ContainsFunc(w.all, func(p past) bool {
				return p.id == c.id && p.stage == a && p.day > w.open-clock.Day(days) && (p.before != "" || p.day > first)
			})
		}},
	} {
		n, err := rule.Parse([]byte(q.rule), "rule", rule.RuleLimits)
		f.must(err)
		found, err := f.a.Customer.Find(f.ctx, customer.Who{Rule: n})
		f.must(err)
		for _, c := range w.people {
			if got := found.Members.Has(c.id); got != q.means(c) {
				f.t.Errorf("%s: %s by %s says %v of customer %d", w.open, q.rule, found.Engine, got, c.id)
			}
		}
	}
}

// figures holds the trend and the flow against the paper, for somebody who sees
// everybody and for somebody who sees a part.
func (f *firm) figures(w *world) {
	f.t.Helper()
	first := clock.DateDay(2023, 1, 1)
	if w.open == first {
		return
	}
	from := first + clock.Day(f.rnd.IntN(int(w.open-first)))
	from = max(from, w.open-300)
	to := from + 1 + clock.Day(f.rnd.IntN(int(w.open-from)))
	part := auth.With(f.ctx, &auth.Actor{StaffID: 77, Scope: auth.ScopeOwn, Permissions: map[auth.Permission]bool{customer.PermView: true}})
	f.must(f.a.DB.InTx(f.ctx, func(ctx context.Context) error {
		_, err := f.a.DB.Q(ctx).ExecContext(ctx, `UPDATE customers SET owner_id = 77 WHERE id % 2 = 0 AND owner_id IS NULL`)
		if err == nil {
			err = column.Tell(ctx, f.a.DB, "", 1, f.ids...)
		}
		return err
	}))
	for name, ctx := range map[string]context.Context{"everybody": f.ctx, "a part": part} {
		in := func(id int64) bool { return name == "everybody" || id%2 == 0 }
		trend, err := f.a.Lifecycle.Trend(ctx, from, to, false)
		f.must(err)
		for _, p := range trend.Points {
			for _, s := range p.Stages {
				want := lifecycle.TrendFigure{Code: s.Code}
				for _, c := range w.people {
					if in(c.id) && w.on(c, p.Day) == s.Code {
						want.Customers++
					}
				}
				for _, h := range w.all {
					if h.day == p.Day && in(h.id) && h.stage == s.Code {
						want.Entered++
					}
					if h.day == p.Day && in(h.id) && h.before == s.Code {
						want.Left++
					}
				}
				if s != want {
					f.t.Errorf("trend of %s on %s: %+v, on paper %+v", name, p.Day, s, want)
				}
			}
		}
		if len(trend.Points) != int(to-from)+1 {
			f.t.Errorf("trend of %d days from %s to %s", len(trend.Points), from, to)
		}
		flow, err := f.a.Lifecycle.Flow(ctx, from, to)
		f.must(err)
		want := map[[2]string]int64{}
		for _, c := range w.people {
			if s := w.on(c, to); in(c.id) && s != "" {
				want[[2]string{w.on(c, from), s}]++
			}
		}
		for _, l := range flow.Links {
			if k := [2]string{l.Source, l.Target}; want[k] != l.Customers {
				f.t.Errorf("flow of %s, %s to %s: %+v, on paper %d", name, from, to, l, want[k])
			}
			delete(want, [2]string{l.Source, l.Target})
		}
		if len(want) > 0 {
			f.t.Errorf("flow of %s, %s to %s lacks %v", name, from, to, want)
		}
	}
}

// live is what may happen on a day.
func (f *firm) live(w *world) {
	if len(f.ids) < 5 || f.rnd.IntN(40) == 0 && len(f.ids) < 30 {
		city := []string{"杭州市", "宁波市"}[f.rnd.IntN(2)]
		id := f.create(city)
		w.people = append(w.people, &person{id: id, created: f.day, city: city})
	}
	for range f.rnd.IntN(3) {
		c := w.people[f.rnd.IntN(len(w.people))]
		if int(f.day/60)%3 == int(c.id)%3 {
			continue // buys nothing in these two months
		}
		o := bought{day: f.day, fen: int64(200 * (1 + f.rnd.IntN(20)))}
		switch f.rnd.IntN(8) {
		case 0:
			o.day -= clock.Day(f.rnd.IntN(30)) // known late
		case 1:
			o.fen = -o.fen // sent back
		}
		o.id = f.order(c.id, o.day, o.fen)
		c.orders = append(c.orders, o)
	}
	// An order of these days is cancelled: what came of it today is taken back.
	if c := w.people[f.rnd.IntN(len(w.people))]; f.rnd.IntN(3) == 0 && len(c.orders) > 0 {
		if o := &c.orders[len(c.orders)-1]; o.day >= f.day-1 && o.fen != 0 {
			o.fen = 0
			f.cancel(c.id, o.id)
		}
	}
	if f.rnd.IntN(50) == 0 {
		c := w.people[f.rnd.IntN(len(w.people))]
		c.city = []string{"杭州市", "宁波市"}[f.rnd.IntN(2)]
		f.patchCity(c.id, c.city)
	}
	if f.rnd.IntN(25) == 0 {
		f.decide(w, w.people[f.rnd.IntN(len(w.people))])
	}
}

// decide decides something by hand; the day that it counts for is the open one.
func (f *firm) decide(w *world, c *person) {
	open, err := f.a.Lifecycle.OpenDay(f.ctx)
	f.must(err)
	if open == 0 || f.states()[c.id].Stage == "" {
		return
	}
	in := lifecycle.DecisionIn{Reason: "客户来电", Stage: w.plan.stages[f.rnd.IntN(len(w.plan.stages))]}
	d := decided{day: open, stage: in.Stage}
	switch f.rnd.IntN(5) {
	case 0:
		in.Stage, d.stage = "", ""
	case 1:
		in.ByHandOnly, d.until = true, lifecycle.ByHandOnly
	case 2, 3:
		d.until = open + clock.Day(f.rnd.IntN(60))
		in.Until = d.until.String()
	}
	f.must(f.a.Lifecycle.Decide(f.ctx, c.id, in))
	c.hand = append(c.hand, d)
}

// compare holds what is stored against the paper.
func (f *firm) compare(w *world) {
	f.t.Helper()
	if f.day != w.open {
		f.t.Fatalf("open is %s, it should be %s", w.open, f.day)
	}
	want := slices.Clone(w.history)
	states := f.states()
	for _, c := range w.people {
		stage, why, move := w.evening(c, w.open)
		since := c.since
		if why != "" {
			since = w.open
			cause := map[string]lifecycle.Cause{"begin": lifecycle.CauseBegin, "rule": lifecycle.CauseRule, "hand": lifecycle.CauseHand, "gone": lifecycle.CauseGone}[why]
			want = append(want, past{c.id, w.open, c.stage, stage, cause, move})
		}
		if got := states[c.id]; got != (lifecycle.State{Stage: stage, Since: since}) {
			f.t.Errorf("%s: customer %d has %v, on paper %s since %s", w.open, c.id, got, stage, since)
		}
	}
	got := f.history()
	w.all = want
	slices.SortFunc(want[len(w.history):], func(a, b past) int { return int(a.id - b.id) })
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			at := func(l []past) string {
				if i < len(l) {
					return l[i].String()
				}
				return "nothing"
			}
			f.t.Errorf("%s: history at %d: %s, on paper %s", w.open, i, at(got), at(want))
			return
		}
	}
}
