package lifecycle_test

import (
	"encoding/json"
	"testing"

	"zhike/internal/lifecycle"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
)

// A preview says what saving then does, and writes nothing itself.
func TestPreview(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			w := newFirm(t, engine, 1, 64<<20)
			for i := range 9 {
				id := w.create([]string{"杭州市", "宁波市", "温州市"}[i%3])
				if i%2 == 0 {
					w.order(id, w.day-10, int64(1000*(i+1)))
				}
			}
			c := *lifecycle.Shipped("retail")
			if _, err := w.a.Lifecycle.Preview(w.ctx, c); !errs.Is(err, "lifecycle.not_begun") {
				t.Errorf("before the beginning: %v", err)
			}
			w.round()
			w.nextDays(1) // minimum stays are over where they ask for none
			w.round()
			kept := w.a.Lifecycle
			w.must(kept.Decide(w.ctx, w.ids[0], lifecycle.DecisionIn{Stage: lifecycle.Mature, Reason: "x", ByHandOnly: true}))
			w.round()
			// Another stage, for whoever lives in Hangzhou; of the first one people decided.
			c.Stages = append(c.Stages[:0:0], c.Stages...)
			c.Stages = append(c.Stages, lifecycle.Stage{Code: "near", Name: "本地", Tone: 3})
			c.Moves = append([]lifecycle.Move{{Code: "near", Name: "本地客户", From: []string{}, To: "near", HoldDays: 1,
				Rule: json.RawMessage(`{"field":"city","op":"eq","value":"杭州市"}`)}}, c.Moves...)
			before := w.states()
			p, err := kept.Preview(w.ctx, c)
			w.must(err)
			if after := w.states(); len(after) != len(before) || after[w.ids[3]] != before[w.ids[3]] {
				t.Error("a preview writes nothing")
			}
			v, err := kept.Current(w.ctx, 0)
			w.must(err)
			_, err = kept.Save(w.ctx, c, v.Version, "")
			w.must(err)
			w.round()
			now := map[string]int64{}
			then, moved := map[string]int64{}, map[[2]string]int64{}
			for id, s := range w.states() {
				now[before[id].Stage]++
				then[s.Stage]++
				if s.Stage != before[id].Stage {
					moved[[2]string{before[id].Stage, s.Stage}]++
				}
			}
			for _, s := range p.Stages {
				if s.Now != now[s.Code] || s.Then != then[s.Code] {
					t.Errorf("%s: preview %d → %d, came %d → %d", s.Code, s.Now, s.Then, now[s.Code], then[s.Code])
				}
			}
			if len(moved) == 0 || len(p.Links) != len(moved) {
				t.Errorf("%+v, moved %v", p.Links, moved)
			}
			for _, l := range p.Links {
				if moved[[2]string{l.Source, l.Target}] != l.Customers {
					t.Errorf("%+v, moved %v", l, moved)
				}
			}
			if p.Day != w.day || p.Stages[len(p.Stages)-1].Code != "near" {
				t.Errorf("%+v", p)
			}
			some := auth.With(w.ctx, &auth.Actor{StaffID: 9, Scope: auth.ScopeOwn, Permissions: map[auth.Permission]bool{lifecycle.PermConfig: true}})
			if _, err := kept.Preview(some, c); !errs.Is(err, "lifecycle.preview_scope") {
				t.Error(err)
			}
			c.Moves[0].To = "nowhere"
			if _, err := kept.Preview(w.ctx, c); !errs.Is(err, "lifecycle.invalid") {
				t.Error(err)
			}
		})
	}
}
