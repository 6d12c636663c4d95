package lifecycle_test

import (
	"context"
	"fmt"
	"slices"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/lifecycle"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/rule"
)

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
