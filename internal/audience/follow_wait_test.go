package audience_test

import (
	"slices"
	"testing"
	"time"
)

// SQL does not answer beside columns that are being read, for they need the
// time; where they are not, or it takes too long, it does.
func TestFollowerWaitsForReading(t *testing.T) {
	w := newFirm(t, "sqlite", 1, 1) // nothing fits: the columns never answer
	for range 8 {
		w.create()
	}
	w.f = w.follower("one")
	w.f.Reads(true)
	id := w.audience(`{"field":"stage","op":"in","value":["prospect"]}`)
	look := func(after time.Duration) string {
		w.clock.Advance(after)
		w.must(w.f.Round(w.ctx))
		all, err := w.f.Fresh(w.ctx, []int64{id})
		w.must(err)
		return all[id].Engine
	}
	if e := look(0) + look(time.Minute) + look(5*time.Minute); e != "" {
		t.Errorf("while columns were being read %q answered", e)
	}
	if s := w.f.Stats(); s.Waiting != 1 || s.LagMS < (5*time.Minute).Milliseconds() {
		t.Errorf("while it waits: %+v", s)
	}
	if e := look(5 * time.Minute); e != "sql" {
		t.Errorf("after eleven minutes %q answered", e)
	}
	w.rule(id, `{"field":"stage","op":"in","value":["customer"]}`)
	w.f.Reads(false)
	look(2 * time.Minute)
	if e := look(2 * time.Minute); e != "sql" || w.f.Stats().Waiting != 0 {
		t.Errorf("where none are read %q answered: %+v", e, w.f.Stats())
	}
}

// Each audience is told as fresh when it is, not when the round is over, and
// whoever is behind is told as behind while the round runs.
func TestFollowerTellsInTheRound(t *testing.T) {
	w := newFirm(t, "sqlite", 1, 64<<20)
	for range 8 {
		w.create()
	}
	w.f = w.follower("one")
	top := w.audience(`{"relative":{"field":"net_90"},"op":"top","value":3}`)
	w.audience(`{"field":"stage","op":"in","value":["prospect"]}`)
	w.audience(`{"field":"city","op":"eq","value":"杭州市"}`)
	w.settle()
	w.create()
	var waiting []int
	var lags []int64
	w.f.At(func(place string) {
		if place == "evaluated" {
			s := w.f.Stats()
			waiting, lags = append(waiting, s.Waiting), append(lags, s.LagMS)
			w.clock.Advance(time.Second)
			all, err := w.f.Fresh(w.ctx, []int64{top})
			w.must(err)
			if len(waiting) < 3 && all[top].LagMS == 0 {
				t.Errorf("the slowest one is fresh before the others")
			}
		}
	})
	w.clock.Advance(3 * time.Second)
	w.must(w.f.Round(w.ctx))
	if !slices.Equal(waiting, []int{3, 2, 1}) || lags[0] < 3000 || lags[2] < lags[0]+2000 {
		t.Errorf("in the round %v waited, %v ms behind", waiting, lags)
	}
	if s := w.f.Stats(); s.Waiting != 0 || s.LagMS != 0 {
		t.Errorf("after it: %+v", s)
	}
}
