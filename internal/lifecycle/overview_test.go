package lifecycle_test

import (
	"fmt"
	"testing"

	"zhike/internal/customer"
	"zhike/internal/lifecycle"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/web"
)

// TestOverviewFromMemory: once the columns are read the overview asks the database
// for no states, and says the same: at once after a decision, a deletion, and in
// the scope of whoever asks.
func TestOverviewFromMemory(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			w := newFirm(t, engine, 5, 1<<28)
			for range 5 {
				w.create("杭州市")
			}
			w.round()
			s := w.a.Lifecycle
			told := func(who auth.Scope, memory bool) string {
				t.Helper()
				ctx := w.ctx
				if who != auth.ScopeAll {
					ctx = auth.With(t.Context(), &auth.Actor{StaffID: 7, Scope: who, Permissions: map[auth.Permission]bool{customer.PermView: true, lifecycle.PermView: true}})
				}
				before := w.a.Columns.Stats()
				o, err := s.Overview(ctx)
				w.must(err)
				after := w.a.Columns.Stats()
				// One answer is the stages, one how many there are in all.
				if memory && (after.Answered != before.Answered+2 || after.Passed != before.Passed) {
					t.Errorf("%d answers of columns, %d of the database", after.Answered-before.Answered, after.Passed-before.Passed)
				}
				out := ""
				for _, st := range o.Stages {
					if st.Customers > 0 {
						out += fmt.Sprint(st.Code, " ", st.Customers, ", ")
					}
				}
				return fmt.Sprint(out, "none ", o.None)
			}
			equal(t, "before the columns are there", told(auth.ScopeAll, false), "potential 5, none 0")
			w.must(w.a.Columns.Settle(w.ctx))
			equal(t, "from memory", told(auth.ScopeAll, true), "potential 5, none 0")
			w.must(s.Decide(w.ctx, w.ids[0], lifecycle.DecisionIn{Stage: lifecycle.Mature, Reason: "签约"}))
			equal(t, "after a decision", told(auth.ScopeAll, true), "potential 4, mature 1, none 0")
			w.create("杭州市") // the next round is to come
			equal(t, "with somebody new", told(auth.ScopeAll, true), "potential 4, mature 1, none 1")
			w.must(w.a.Customer.Delete(w.ctx, w.ids[1], 0))
			equal(t, "after a deletion", told(auth.ScopeAll, true), "potential 3, mature 1, none 1")
			equal(t, "of somebody who owns nobody", told(auth.ScopeOwn, false), "none 0")
			w.exec(`INSERT INTO staff (id, login, name, department_id, password_hash, must_change, disabled, auth_version, created_at, updated_at)
 SELECT 7, 'seven', '七', MIN(id), '', FALSE, FALSE, 1, 0, 0 FROM departments`)
			seven := int64(7)
			_, err := w.a.Customer.Change(w.ctx, customer.Edit{ID: w.ids[0], Patch: customer.Patch{OwnerID: web.Optional[int64]{Sent: true, Value: &seven}}}, customer.WriteOptions{})
			w.must(err)
			w.must(w.a.Columns.Settle(w.ctx))
			equal(t, "of the owner", told(auth.ScopeOwn, true), "mature 1, none 0")
		})
	}
}
