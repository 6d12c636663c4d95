package lifecycle_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"zhike/internal/lifecycle"
	"zhike/internal/platform/db"
)

// begunTasks are what began by itself, as "customer tool outcome", by task.
func (w *firm) begunTasks() []string {
	w.t.Helper()
	out, err := db.Select(w.ctx, w.a.DB.Q(w.ctx), `SELECT customer_id, tool, outcome FROM lifecycle_tasks WHERE opened_by = 0 ORDER BY id`,
		func(s *string, r db.Scanner) error {
			var id int64
			var tool, outcome string
			err := r.Scan(&id, &tool, &outcome)
			*s = strings.TrimSpace(fmt.Sprint(id, " ", tool, " ", outcome))
			return err
		})
	w.must(err)
	return out
}

func (w *firm) wantBegun(what string, want ...string) {
	w.t.Helper()
	if got := w.begunTasks(); !slices.Equal(got, want) {
		w.t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func (w *firm) to(id int64, stage string) {
	w.t.Helper()
	w.must(w.a.Lifecycle.Decide(w.ctx, id, lifecycle.DecisionIn{Stage: stage, Reason: "测试"}))
}

// Tools begin by themselves when a customer comes to their stage: once a visit,
// withdrawn with the move or when the customer leaves, not for those who were there
// before, and not for whom a file of old orders brings.
func TestToolsBegin(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			w := newFirm(t, engine, 5, 0)
			s := w.a.Lifecycle
			base := w.create("杭州市")
			w.order(base, w.day, 100_00)
			w.round()
			equal(t, "the base", w.states()[base].Stage, lifecycle.New)
			w.wantBegun("who is there when the lifecycle begins")

			w.nextDays(1)
			old, young, first := w.create("杭州市"), w.create("杭州市"), w.create("杭州市")
			w.order(old, w.day-30, 100_00)
			w.order(young, w.day, 100_00)
			w.round()
			tool := "first_order_service"
			w.wantBegun("came new", fmt.Sprint(young, " ", tool))
			var done int
			w.order(first, w.day, 100_00)
			done = w.n
			w.round()
			w.round()
			w.wantBegun("came from potential, once", fmt.Sprint(young, " ", tool), fmt.Sprint(first, " ", tool))
			list, err := s.Tasks(w.ctx, first)
			w.must(err)
			zone := w.a.Org.Zone()
			if len(list) != 1 || !list[0].Auto || len(list[0].Owed) != 5 || *list[0].Owed[0].DueAt != (w.day+1).End(zone).UnixMilli()-1 {
				t.Fatalf("what is owed: %+v", list)
			}
			// What happened today is taken back, and happens again.
			w.cancel(first, done)
			w.round()
			w.wantBegun("taken back", fmt.Sprint(young, " ", tool), fmt.Sprint(first, " ", tool, " withdrawn"))
			w.order(first, w.day, 50_00)
			w.round()
			w.wantBegun("again on the same day", fmt.Sprint(young, " ", tool), fmt.Sprint(first, " ", tool))
			f, err := s.Begun(w.ctx)
			w.must(err)
			if len(f.Tools) != 1 || f.Tools[0] != (lifecycle.ToolBegun{Tool: tool, Today: 2, Begun: 2}) {
				t.Errorf("counts: %+v", f)
			}

			// Whoever works with a task keeps it; the other one goes with the stage.
			tasks, err := s.Tasks(w.ctx, young)
			w.must(err)
			_, err = s.FillItem(w.ctx, young, tasks[0].ID, "adviser", lifecycle.TaskItemIn{Result: "done"})
			w.must(err)
			w.nextDays(1)
			w.round()
			w.to(young, lifecycle.Mature)
			w.to(first, lifecycle.Mature)
			w.wantBegun("left", fmt.Sprint(young, " ", tool), fmt.Sprint(first, " ", tool, " withdrawn"))
			steps, err := s.Steps(w.ctx, true, false, 50, "")
			w.must(err)
			for _, o := range steps.Items {
				if o.CustomerID == first {
					t.Errorf("owed of what was withdrawn: %+v", o)
				}
			}
			// To a stage of churn warning from a mature one; on to recovery it goes on.
			w.nextDays(1)
			w.round()
			w.to(first, lifecycle.Warning)
			w.nextDays(1)
			w.round()
			w.to(first, lifecycle.Recovery)
			w.wantBegun("warned", fmt.Sprint(young, " ", tool), fmt.Sprint(first, " ", tool, " withdrawn"), fmt.Sprint(first, " churn_diagnosis"))
			if f, err := s.Begun(w.ctx); err != nil || f.Days == 0 || !slices.ContainsFunc(f.Ways, func(x lifecycle.StageWay) bool {
				return x == (lifecycle.StageWay{From: lifecycle.Mature, To: lifecycle.Warning, Customers: 1})
			}) {
				t.Errorf("ways: %+v %v", f, err)
			}
		})
	}
}

// A day has a bound: those from the later stage go first, the others are counted;
// an engine that dies between begins nothing twice.
func TestToolsBeginUpToABound(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			w := newFirm(t, engine, 9, 0)
			w.pace.Batch = 2
			w.restart()
			s := w.a.Lifecycle
			cfg := lifecycle.Shipped("retail")
			cfg.Tools[0].Auto.Most = 3
			_, err := s.Save(w.ctx, *cfg, 0, "")
			w.must(err)
			var ids []int64
			for range 7 {
				ids = append(ids, w.create("杭州市"))
			}
			w.round()
			w.nextDays(1)
			for _, id := range ids {
				w.order(id, w.day, 100_00)
			}
			for range 12 {
				w.kill()
				if w.rnd.IntN(3) == 0 {
					w.restart()
				}
			}
			w.round()
			if got := w.begunTasks(); len(got) != 3 || strings.Contains(strings.Join(got, ","), "withdrawn") {
				t.Errorf("begun: %q", got)
			}
			f, err := s.Begun(w.ctx)
			w.must(err)
			if len(f.Tools) != 1 || f.Tools[0] != (lifecycle.ToolBegun{Tool: "first_order_service", Today: 3, LeftOutToday: 4, Begun: 3, LeftOut: 4}) {
				t.Errorf("counts: %+v", f.Tools)
			}
			// Another configuration takes a stage away: nobody begins anything for it.
			w.nextDays(1)
			w.round()
			before := len(w.begunTasks())
			less := lifecycle.Shipped("retail")
			less.Tools[0].Auto.Most = 5000
			for i := range less.Tools {
				less.Tools[i].Stages = slices.DeleteFunc(less.Tools[i].Stages, func(s string) bool { return s == lifecycle.New })
			}
			less.Tools[0].Stages = []string{lifecycle.Mature}
			v, err := s.Current(w.ctx, 0)
			w.must(err)
			less.Stages = slices.DeleteFunc(less.Stages, func(s lifecycle.Stage) bool { return s.Code == lifecycle.New })
			less.Begin = slices.DeleteFunc(less.Begin, func(b lifecycle.Begin) bool { return b.To == lifecycle.New })
			less.Begin = append(less.Begin, lifecycle.Begin{To: lifecycle.Mature, Rule: []byte(`{"facts":{"stream":"orders","agg":"count"},"op":"gte","value":1}`)})
			less.Moves = slices.DeleteFunc(less.Moves, func(m lifecycle.Move) bool { return m.To == lifecycle.New })
			for i := range less.Moves {
				less.Moves[i].From = slices.DeleteFunc(less.Moves[i].From, func(s string) bool { return s == lifecycle.New })
			}
			less.Moves = slices.DeleteFunc(less.Moves, func(m lifecycle.Move) bool { return len(m.From) == 0 })
			_, err = s.Save(w.ctx, *less, v.Version, "")
			w.must(err)
			w.round()
			if got := w.begunTasks(); len(got) != before {
				t.Errorf("a stage that is gone: %q", got)
			}
		})
	}
}

// What is wrong with a tool that begins by itself is told at its place.
func TestAutoIsChecked(t *testing.T) {
	w := newFirm(t, "sqlite", 1, 0)
	c := lifecycle.Shipped("retail")
	c.Tools[0].Auto.Most = 0
	c.Tools[0].Items[1].Who = lifecycle.WhoOpener
	c.Tools[1].Auto.From = []string{lifecycle.Recovery, "nowhere"}
	c.Tools[2].Stages, c.Tools[2].Auto = nil, &lifecycle.Auto{Most: 5}
	hours := 99
	c.RemindHours = &hours
	_, err := w.a.Lifecycle.Save(w.ctx, *c, 0, "")
	for path, code := range map[string]string{
		"tools[0].auto.most": "lifecycle.bad_number", "tools[0].auto": "lifecycle.auto_opener", "tools[1].auto.from[0]": "lifecycle.auto_from",
		"tools[1].auto.from[1]": "lifecycle.no_stage", "tools[2].auto": "lifecycle.auto_stages", "remind_hours": "lifecycle.bad_number",
	} {
		if got := fieldsOf(err)[path]; got != code {
			t.Errorf("%s: %q, want %q", path, got, code)
		}
	}
}
