package lifecycle_test

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"testing"

	"zhike/internal/lifecycle"
	"zhike/internal/platform/clock"
)

var (
	replayDays = flag.Int("replay.days", 0, "days of TestReplay; 0: three years on SQLite with columns, 100 days elsewhere")
	replaySeed = flag.Uint64("replay.seed", 5, "what TestReplay draws")
)

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
