package audience_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"zhike/internal/audience"
	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

func each(t *testing.T, fn func(t *testing.T, w *firm)) {
	t.Helper()
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) { fn(t, newFirm(t, engine, 3, 64<<20)) })
	}
}

const isCustomer = `{"field":"stage","op":"in","value":["customer"]}`

func (w *firm) stages(list ...customer.Stage) {
	w.t.Helper()
	for i, s := range list {
		if i == len(w.ids) {
			w.n++
			w.create()
		}
		w.patch(w.ids[i], customer.Patch{Stage: &s})
	}
}

// story tells the changes of an audience: "begin", "+1@1" (the first customer
// entered by version 1), "-2@3", "end".
func (w *firm) story(id int64) (out []string) {
	w.t.Helper()
	p, err := w.f.Changes(w.ctx, 0, []int64{id}, 1000)
	w.must(err)
	for _, c := range p.Items {
		switch no := slices.Index(w.ids, c.CustomerID) + 1; {
		case c.CustomerID == 0 && c.Entered:
			out = append(out, "begin")
		case c.CustomerID == 0:
			out = append(out, "end")
		case c.Entered:
			out = append(out, fmt.Sprintf("+%d@%d", no, c.Version))
		default:
			out = append(out, fmt.Sprintf("-%d@%d", no, c.Version))
		}
	}
	return out
}

// TestFollowStory: the first members are no news; whoever comes and goes is;
// a new version moves people under its number; an end is told; a merged
// customer leaves.
func TestFollowStory(t *testing.T) {
	each(t, func(t *testing.T, w *firm) {
		w.restart()
		w.stages("customer", "customer", "prospect", "prospect")
		id := w.audience(isCustomer)
		w.settle()
		w.stages("customer", "prospect", "customer")
		w.settle()
		w.rule(id, `{"field":"stage","op":"in","value":["prospect"]}`)
		w.settle()
		w.mergeIDs(w.ids[3], w.ids[1]) // customer 2 goes into customer 4: both are prospects
		w.settle()
		w.follow(id, false)
		w.settle()
		w.stages("prospect")
		w.follow(id, true)
		w.settle()
		want := []string{"begin", "-2@1", "+3@1", "-1@2", "+2@2", "-3@2", "+4@2", "-2@2", "end", "begin"}
		if got := w.story(id); !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		m, err := w.f.Stored(w.ctx, id)
		w.must(err)
		if n := m.Count(); n != 2 {
			t.Errorf("%d members", n)
		}
	})
}

// TestFollowOthers: who is among the first moves with what others spend, and
// who is looked at with them, though nobody wrote to him; also where the rule
// stands in another audience.
func TestFollowOthers(t *testing.T) {
	each(t, func(t *testing.T, w *firm) {
		w.restart()
		w.stages("customer", "customer", "prospect")
		spend := func(i, fen int) {
			w.exec(`UPDATE customer_metrics SET net_90_fen = $1, orders_90 = 1, orders_all = 1, first_day = 20500, last_day = 20510 WHERE customer_id = $2`, fen, w.ids[i])
			w.must(w.a.DB.InTx(w.ctx, func(ctx context.Context) error { return column.Tell(ctx, w.a.DB, "customer_metrics", 1, w.ids[i]) }))
		}
		spend(0, 100)
		spend(1, 50)
		top := w.audience(`{"relative":{"field":"net_90"},"op":"top","value":1}`)
		inside := w.audience(fmt.Sprintf(`{"all":[{"field":"audience","op":"any","value":[%d]},{"field":"stage","op":"in","value":["customer"]}]}`, top))
		w.settle()
		spend(1, 200)
		w.settle()
		spend(2, 300)
		w.settle()
		for id, want := range map[int64][]string{top: {"begin", "-1@1", "+2@1", "-2@1", "+3@1"}, inside: {"begin", "-1@1", "+2@1", "-2@1"}} {
			if got := w.story(id); !slices.Equal(got, want) {
				t.Errorf("audience %d: %v, want %v", id, got, want)
			}
		}
		all, err := w.f.Fresh(w.ctx, []int64{top, inside})
		w.must(err)
		if all[top].Engine != "columns" || all[inside].Engine != "columns" {
			t.Errorf("%+v", all)
		}
	})
}

// TestFollowTrouble: a rule that cannot be evaluated any more keeps the members
// of before, says what is wrong and since when, and heals.
func TestFollowTrouble(t *testing.T) {
	each(t, func(t *testing.T, w *firm) {
		w.restart()
		w.stages("customer", "prospect")
		id, other := w.audience(isCustomer), w.audience(`{"field":"stage","op":"in","value":["prospect"]}`)
		w.settle()
		w.exec(`UPDATE audiences SET rule = '{"field":"f.gone","op":"gte","value":1}' WHERE id = $1`, id)
		w.restart() // which has not read the rule yet
		w.stages("prospect")
		for range 5 {
			w.clock.Advance(3 * time.Second)
			w.must(w.f.Round(w.ctx))
			w.must(w.a.Columns.Settle(w.ctx))
		}
		all, err := w.f.Fresh(w.ctx, []int64{id, other})
		w.must(err)
		if v := all[id]; v.Problem != "list.unknown_field" || v.LagMS < 9000 || v.Size != 1 {
			t.Errorf("%+v", v)
		}
		if v := all[other]; v.Problem != "" || v.LagMS != 0 || v.Size != 2 {
			t.Errorf("beside it: %+v", v)
		}
		// Another process tells the same from the database.
		beside, err := w.follower("beside").Fresh(w.ctx, []int64{id})
		w.must(err)
		if v := beside[id]; v.Problem != "list.unknown_field" || v.LagMS < 9000 {
			t.Errorf("told by another process: %+v", v)
		}
		w.exec(`UPDATE audiences SET rule = $1, version = version + 1 WHERE id = $2`, isCustomer, id)
		w.settle()
		if all, err = w.f.Fresh(w.ctx, []int64{id}); err != nil || all[id].Problem != "" || all[id].Size != 0 {
			t.Errorf("%+v, %v", all[id], err)
		}
	})
}

// TestTwoFollowers: of two processes one follows; when it stands still the other
// takes over, and what the first one was about to write is refused.
func TestTwoFollowers(t *testing.T) {
	w := newFirm(t, "postgres", 3, 64<<20)
	w.restart()
	a, b := w.f, w.follower("other")
	w.stages("customer", "prospect", "prospect")
	id := w.audience(isCustomer)
	w.settle()
	w.must(b.Round(w.ctx))
	if a.Stats().Leads == b.Stats().Leads {
		t.Fatalf("both: %v", a.Stats().Leads)
	}
	w.stages("prospect", "customer")
	paused := false
	a.At(func(place string) {
		if place != "evaluated" || paused {
			return
		}
		paused = true
		w.clock.Advance(10 * time.Minute) // it stands still; the lease runs out
		for range 20 {
			w.must(b.Round(w.ctx))
			w.clock.Advance(3 * time.Second)
		}
	})
	if err := a.Round(w.ctx); err == nil || !paused || a.Stats().Leads || !b.Stats().Leads {
		t.Fatalf("%v: paused %v, leads %v and %v", err, paused, a.Stats().Leads, b.Stats().Leads)
	}
	want := []string{"begin", "-1@1", "+2@1"}
	if got := w.story(id); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	// At once, with writes: each change is told once all the same.
	a.At(func(string) {})
	a.Tune(audience.Pace{Lease: time.Nanosecond})
	b.Tune(audience.Pace{Lease: time.Nanosecond})
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for _, f := range []*audience.Follower{a, b} {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				select {
				case <-stop:
					return
				default:
				}
				_ = f.Round(w.ctx)
				time.Sleep(time.Millisecond)
			}
		}()
	}
	for range 40 {
		w.write()
	}
	close(stop)
	wg.Wait()
	w.restart()
	w.settle()
	w.check()
}

// TestSubscribers: what a subscriber writes happens once for each change, also
// where it fails, two processes deliver, or it comes back later.
func TestSubscribers(t *testing.T) {
	each(t, func(t *testing.T, w *firm) {
		w.restart()
		w.stages("customer", "prospect", "prospect")
		id := w.audience(isCustomer)
		w.settle()
		// What it makes of changes, in a table of the database.
		note := func(ctx context.Context, list []audience.Change) error {
			for _, c := range list {
				entry := fmt.Sprint(slices.Index(w.ids, c.CustomerID)+1, c.Entered)
				if _, err := w.a.DB.Q(ctx).ExecContext(ctx, `INSERT INTO job_periods (name, last_at) VALUES ($1, $2)`, fmt.Sprint(entry, " ", c.Seq), c.Seq); err != nil {
					return err
				}
			}
			return nil
		}
		first, cancel := context.WithCancel(w.ctx)
		w.must(w.f.Subscribe(first, "test", id, note))
		cancel() // it is asked by hand below
		w.stages("prospect", "customer", "customer")
		w.settle()
		broken := errors.New("broken")
		if _, err := w.f.Deliver(w.ctx, "test", id, func(ctx context.Context, list []audience.Change) error {
			w.must(note(ctx, list))
			return broken
		}); !errors.Is(err, broken) {
			t.Fatal(err)
		}
		// Another process comes in between.
		second := w.follower("second")
		n, err := second.Deliver(w.ctx, "test", id, note)
		if n != 3 || err != nil {
			t.Fatal(n, err)
		}
		if n, err := w.f.Deliver(w.ctx, "test", id, note); n != 0 || err != nil {
			t.Fatal(n, err)
		}
		// It comes back later and goes on where it was, by itself.
		w.stages("customer")
		w.settle()
		live, stop := context.WithCancel(w.ctx)
		defer stop()
		heard := make(chan []audience.Change, 10)
		w.must(w.f.Subscribe(live, "test", id, func(ctx context.Context, list []audience.Change) error {
			db.AfterCommit(ctx, func() { heard <- list })
			return note(ctx, list)
		}))
		for _, want := range []string{"1 true", "2 false"} {
			select {
			case list := <-heard:
				if got := fmt.Sprint(slices.Index(w.ids, list[0].CustomerID)+1, list[0].Entered); len(list) != 1 || got != want {
					t.Errorf("%s of %d, want %s", got, len(list), want)
				}
			case <-time.After(20 * time.Second):
				t.Fatal("nothing was heard")
			}
			if want == "1 true" {
				w.stages("customer", "prospect")
				w.settle()
			}
		}
		var rows int
		w.must(w.a.DB.Q(w.ctx).QueryRowContext(w.ctx, `SELECT COUNT(*) FROM job_periods WHERE name LIKE '%true %' OR name LIKE '%false %'`).Scan(&rows))
		if rows != 5 {
			t.Errorf("%d notes of 5 changes", rows)
		}
	})
}

// TestChangesAge: after a year changes go, and a reader who is behind is told.
func TestChangesAge(t *testing.T) {
	each(t, func(t *testing.T, w *firm) {
		w.restart()
		w.stages("customer", "prospect")
		w.audience(isCustomer)
		w.settle()
		w.stages("prospect", "customer")
		w.settle()
		w.clock.Advance(366 * 24 * time.Hour)
		w.stages("customer")
		w.settle()
		w.must(w.f.CleanChanges(w.ctx))
		if _, err := w.f.Changes(w.ctx, 1, nil, 10); !errs.Is(err, "audience.cursor_expired") {
			t.Errorf("%v", err)
		}
		p, err := w.f.Changes(w.ctx, 0, nil, 10)
		w.must(err)
		if len(p.Items) != 1 || p.Items[0].Seq != 4 || p.NextCursor != 4 {
			t.Errorf("%+v", p)
		}
		if p, err := w.f.Changes(w.ctx, 3, nil, 10); err != nil || len(p.Items) != 1 {
			t.Errorf("%+v, %v", p, err)
		}
	})
}
