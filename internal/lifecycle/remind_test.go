package lifecycle_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"zhike/internal/customer"
	"zhike/internal/lifecycle"
	"zhike/internal/org"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/web"
)

// told are the notices about steps so far, "login kind count by".
func (w *firm) told() []string {
	w.t.Helper()
	out, err := db.Select(w.ctx, w.a.DB.Q(w.ctx), `SELECT s.login, n.kind, n.params FROM staff_notices n JOIN staff s ON s.id = n.staff_id
WHERE n.kind LIKE 'lifecycle%' ORDER BY n.id`, func(s *string, r db.Scanner) error {
		var login, kind, params string
		if err := r.Scan(&login, &kind, &params); err != nil {
			return err
		}
		var p struct {
			Count int
			By    string
		}
		err := json.Unmarshal([]byte(params), &p)
		*s = fmt.Sprint(login, " ", kind, " ", p.Count, " ", p.By)
		return err
	})
	w.must(err)
	return out
}

func (w *firm) wantTold(what string, want ...string) {
	w.t.Helper()
	w.must(w.a.Lifecycle.Remind(w.ctx))
	w.must(w.a.Lifecycle.Remind(w.ctx))
	if got := w.told(); !slices.Equal(got, want) {
		w.t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func (w *firm) set(at string) {
	w.t.Helper()
	to, err := time.ParseInLocation("2006-01-02 15:04", at, w.a.Org.Zone())
	w.must(err)
	w.clock.Advance(to.Sub(w.clock.Now()))
}

// Who owes a step is told working hours ahead, the head of the department when it
// is overdue, once each; by the company's office hours, which count for what is owed
// already as soon as they change.
func TestReminders(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			w := newFirm(t, engine, 7, 0)
			s := w.a.Lifecycle
			roles, err := w.a.Org.Roles(w.ctx)
			w.must(err)
			agent := slices.IndexFunc(roles, func(r org.Role) bool { return r.Code == "agent" })
			team, err := w.a.Org.CreateDepartment(w.ctx, org.DepartmentIn{Name: "服务部"})
			w.must(err)
			person := func(login string) int64 {
				made, err := w.a.Org.CreateStaff(w.ctx, org.StaffIn{Login: login, Name: login, DepartmentID: team.ID, RoleIDs: []int64{roles[agent].ID}})
				w.must(err)
				return made.Staff.ID
			}
			li, boss := person("lilei"), person("boss")
			_, err = w.a.Org.UpdateDepartment(w.ctx, team.ID, org.DepartmentPatch{HeadID: web.Optional[int64]{Sent: true, Value: &boss}})
			w.must(err)
			cfg := lifecycle.Shipped("retail")
			first := &cfg.Tools[0]
			first.Auto = nil
			first.Items = first.Items[:3]
			first.Items[0].Duty = lifecycle.Duty{DueHours: 8}
			first.Items[1].Duty = lifecycle.Duty{DueHours: 8}
			first.Items[2].Duty = lifecycle.Duty{}
			_, err = s.Save(w.ctx, *cfg, 0, "")
			w.must(err)
			owned := func() int64 {
				id := w.create("杭州市")
				_, err := w.a.Customer.Change(w.ctx, customer.Edit{ID: id, Patch: customer.Patch{OwnerID: web.Optional[int64]{Sent: true, Value: &li}}}, customer.WriteOptions{})
				w.must(err)
				return id
			}
			id, other := owned(), owned()
			w.round()
			begin := func(id int64) lifecycle.Task {
				task, err := s.OpenTask(auth.With(t.Context(), &auth.Actor{StaffID: li, Scope: auth.ScopeAll}), id, lifecycle.TaskIn{Tool: "first_order_service"})
				w.must(err)
				return task
			}
			// A Monday in 2023, whose holidays are not known.
			w.set("2023-02-06 09:00")
			task := begin(id)
			w.wantTold("at once")
			w.set("2023-02-06 13:59")
			w.wantTold("five hours ahead: lunch is no work")
			_, err = s.FillItem(w.ctx, id, task.ID, "adviser", lifecycle.TaskItemIn{Result: "done"})
			w.must(err)
			w.set("2023-02-06 14:00")
			want := []string{"lilei lifecycle_due 1 02-06 18:00"}
			w.wantTold("four hours ahead", want...)
			_, err = s.FillItem(w.ctx, id, task.ID, "adviser", lifecycle.TaskItemIn{})
			w.must(err)
			want = append(want, "lilei lifecycle_due 1 02-06 18:00")
			w.wantTold("what was taken back is owed again", want...)
			w.set("2023-02-06 18:01")
			want = append(want, "boss lifecycle_late_many 2 ")
			w.wantTold("overdue", want...)

			// Another calendar: the day ends at 12. What is owed is reckoned anew.
			w.set("2023-02-07 09:00")
			begin(other)
			in, err := w.a.Org.WorkHours(w.ctx)
			w.must(err)
			for i := range 5 {
				in.Week[i].Spans = in.Week[i].Spans[:1]
			}
			_, err = w.a.Org.SaveWorkHours(w.ctx, in.WorkHours)
			w.must(err)
			due := func() int64 {
				list, err := s.Tasks(w.ctx, other)
				w.must(err)
				return *list[0].Owed[0].DueAt
			}
			equal(t, "before", time.UnixMilli(due()).In(w.a.Org.Zone()).Format("01-02 15:04"), "02-07 18:00")
			w.wantTold("not yet", want...)
			equal(t, "after", time.UnixMilli(due()).In(w.a.Org.Zone()).Format("01-02 15:04"), "02-09 11:00")

			// A task from before duties were kept, and a job that dies on it.
			exec := func(text string, args ...any) {
				w.must(w.a.DB.InTx(w.ctx, func(ctx context.Context) error {
					_, err := w.a.DB.Q(ctx).ExecContext(ctx, text, args...)
					return err
				}))
			}
			exec(`DELETE FROM lifecycle_duties`)
			exec(`UPDATE lifecycle_reckoned SET by_key = '', task_id = 0`)
			dead, cancel := context.WithCancel(w.ctx)
			cancel()
			if err := s.Remind(dead); err == nil {
				t.Error("a job that was killed went on")
			}
			w.must(s.Remind(w.ctx))
			if list, err := s.Steps(w.ctx, true, false, 50, ""); err != nil || len(list.Items) != 6 {
				t.Errorf("taken in: %+v %v", list.Items, err)
			}
			w.wantTold("taken in: by the new hours nothing is due yet", want...)
			_, err = w.a.Org.UpdateDepartment(w.ctx, team.ID, org.DepartmentPatch{HeadID: web.Optional[int64]{Sent: true}})
			w.must(err)
			w.set("2023-02-20 09:00")
			want = append(want, "lilei lifecycle_late_mine_many 4 ")
			w.wantTold("nobody was warned, nobody leads the department", want...)
			var n int
			w.must(w.a.DB.Q(w.ctx).QueryRowContext(w.ctx, `SELECT COUNT(*) FROM events WHERE kind = 'lifecycle.steps_due'`).Scan(&n))
			if n != len(want) {
				t.Errorf("%d events for %d notices", n, len(want))
			}
		})
	}
}
