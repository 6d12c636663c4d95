package lifecycle_test

import (
	"strings"
	"testing"
	"time"

	"zhike/internal/customer"
	"zhike/internal/lifecycle"
	"zhike/internal/org"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/web"
)

// Who owes which step until when: by the customer's owner, by department and by
// role, in days of the stage and in working hours; what is done is owed no longer.
func TestSteps(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			w := newFirm(t, engine, 3, 0)
			s := w.a.Lifecycle
			team, err := w.a.Org.CreateDepartment(w.ctx, org.DepartmentIn{Name: "服务部"})
			w.must(err)
			roles, err := w.a.Org.Roles(w.ctx)
			w.must(err)
			made, err := w.a.Org.CreateStaff(w.ctx, org.StaffIn{Login: "lilei", Name: "李雷", DepartmentID: team.ID, RoleIDs: []int64{roles[1].ID}})
			w.must(err)
			seller := made.Staff
			actor, err := w.a.Org.ActorOf(w.ctx, seller.ID)
			w.must(err)
			actor.Scope = auth.ScopeAll
			li := auth.With(t.Context(), actor)

			cfg := lifecycle.Shipped("retail")
			first := &cfg.Tools[0]
			first.Auto = nil // one step is owed by whoever begins it
			first.Items[1].Duty = lifecycle.Duty{Who: lifecycle.WhoDepartment, WhoID: team.ID, DueHours: 2}
			first.Items[2].Duty = lifecycle.Duty{Who: lifecycle.WhoRole, WhoID: roles[0].ID, DueDays: 3}
			first.Items[3].Duty = lifecycle.Duty{Who: lifecycle.WhoOpener, DueDays: 7}
			bad := *lifecycle.Shipped("retail")
			bad.Tools[0].Duty = lifecycle.Duty{Who: lifecycle.WhoRole, WhoID: 9999, DueDays: 1}
			bad.Tools[1].Duty = lifecycle.Duty{Who: "boss", DueDays: 1, DueHours: 1}
			if _, err := s.Save(w.ctx, bad, 0, ""); fieldsOf(err)["tools[1].who"] != "lifecycle.bad_who" || fieldsOf(err)["tools[1].due_hours"] != "lifecycle.due_twice" {
				t.Errorf("nobody by that name: %v", fieldsOf(err))
			}
			bad.Tools[1].Duty = lifecycle.Duty{}
			if _, err := s.Save(w.ctx, bad, 0, ""); fieldsOf(err)["tools[0].who_id"] != "lifecycle.who_gone" {
				t.Errorf("a role that is not there: %v", fieldsOf(err))
			}
			_, err = s.Save(w.ctx, *cfg, 0, "")
			w.must(err)

			id := w.create("杭州市")
			_, err = w.a.Customer.Change(w.ctx, customer.Edit{ID: id, Patch: customer.Patch{OwnerID: web.Optional[int64]{Sent: true, Value: &seller.ID}}}, customer.WriteOptions{})
			w.must(err)
			w.round()
			w.must(s.Decide(w.ctx, id, lifecycle.DecisionIn{Stage: lifecycle.New, Reason: "首单"}))
			came := w.today()
			w.nextDays(1)
			w.round()
			task, err := s.OpenTask(w.ctx, id, lifecycle.TaskIn{Tool: "first_order_service"})
			w.must(err)
			opened := w.clock.Now()
			zone := w.a.Org.Zone()
			due := map[string]lifecycle.Owed{}
			for _, o := range task.Owed {
				due[o.Item] = o
			}
			endOf := func(day clock.Day) int64 { return clock.Millis(day.End(zone)) - 1 }
			if o := due["adviser"]; o.Who != "owner" || o.WhoName != "李雷" || o.DueAt == nil || *o.DueAt != endOf(came+1) || o.Mine {
				t.Errorf("the owner's step: %+v", o)
			}
			// 2023-01-02, a Monday, at noon: the second hour is over at 15:00. The
			// holidays of that year are not known.
			if o := due["guide"]; o.WhoName != "服务部" || o.DueAt == nil || *o.DueAt != time.Date(2023, 1, 2, 15, 0, 0, 0, zone).UnixMilli() || !o.ByHour || !o.Guessed {
				t.Errorf("the department's step, begun %s: %+v", opened.In(zone), o)
			}
			if o := due["usage"]; o.Who != "opener" || o.DueAt == nil || *o.DueAt != endOf(came+7) {
				t.Errorf("the beginner's step has the days of its own configuration: %+v", o)
			}
			steps := func(everybody bool, overdue bool) (out []string, n int) {
				for cursor := ""; ; {
					list, err := s.Steps(li, everybody, overdue, 2, cursor)
					w.must(err)
					for _, o := range list.Items {
						out = append(out, o.Item)
						if !everybody && !o.Mine {
							t.Errorf("not mine: %+v", o)
						}
					}
					if list.NextCursor == nil {
						return out, list.Overdue
					}
					cursor = *list.NextCursor
				}
			}
			equal(t, "mine", inOrder(steps(false, false)), "guide adviser feedback")
			equal(t, "all", inOrder(steps(true, false)), "guide adviser arrival usage feedback")
			if list, _ := s.Steps(auth.With(t.Context(), &auth.Actor{StaffID: seller.ID, DepartmentID: team.ID, Scope: auth.ScopeOwn}), true, false, 9, ""); len(list.Items) != 5 {
				t.Errorf("the owner sees %d of the customer's steps", len(list.Items))
			}
			if list, _ := s.Steps(auth.With(t.Context(), &auth.Actor{StaffID: 99, Scope: auth.ScopeOwn}), true, false, 9, ""); len(list.Items) != 0 {
				t.Errorf("a stranger sees %+v", list.Items)
			}
			w.nextDays(1)
			if out, n := steps(false, true); n != 2 || len(out) != 2 {
				t.Errorf("overdue: %v, %d", out, n)
			}
			for _, item := range []string{"adviser", "guide"} {
				_, err = s.FillItem(w.ctx, id, task.ID, item, lifecycle.TaskItemIn{Result: "done"})
				w.must(err)
			}
			equal(t, "done", inOrder(steps(false, false)), "feedback")
			_, err = s.FillItem(w.ctx, id, task.ID, "guide", lifecycle.TaskItemIn{})
			w.must(err)
			equal(t, "taken back", inOrder(steps(false, false)), "guide feedback")
			_, err = s.CloseTask(w.ctx, id, task.ID, lifecycle.TaskOutcome{Outcome: "done"})
			w.must(err)
			equal(t, "closed", inOrder(steps(true, false)), "")
			// A second time in the same stage the days run from its beginning.
			again, err := s.OpenTask(w.ctx, id, lifecycle.TaskIn{Tool: "first_order_service"})
			w.must(err)
			for _, o := range again.Owed {
				if o.Item == "adviser" && *o.DueAt != endOf(w.today()+1) {
					t.Errorf("begun again: %+v", o)
				}
			}
			v, err := w.a.Customer.Version(w.ctx, id)
			w.must(err)
			w.must(w.a.Customer.Delete(w.ctx, id, v))
			equal(t, "deleted", inOrder(steps(true, false)), "")
		})
	}
}

func inOrder(items []string, _ int) string { return strings.Join(items, " ") }

func equal(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}
