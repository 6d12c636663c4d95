package lifecycle_test

import (
	"context"
	"fmt"
	"testing"

	"zhike/internal/lifecycle"
	"zhike/internal/platform/clock"
)

// TestStepsInPages: what is owed comes once and in its order over several
// readings, whichever page is asked for; the counts are of all pages.
func TestStepsInPages(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			w := newFirm(t, engine, 3, 0)
			s := w.a.Lifecycle
			id := w.create("杭州市")
			w.round()
			w.must(s.Decide(w.ctx, id, lifecycle.DecisionIn{Stage: lifecycle.New, Reason: "首单"}))
			w.nextDays(1)
			w.round()
			task, err := s.OpenTask(w.ctx, id, lifecycle.TaskIn{Tool: "first_order_service"})
			w.must(err)
			now := clock.Millis(w.clock.Now())
			// n steps, so many of them overdue.
			owe := func(n, overdue int) {
				t.Helper()
				w.exec(`DELETE FROM lifecycle_duties`)
				w.must(w.a.DB.InTx(w.ctx, func(ctx context.Context) error {
					return w.a.DB.BulkInsert(ctx, "lifecycle_duties", []string{"task_id", "item", "who", "who_id", "due_at", "by_hour", "warn_at", "told"}, n, func(i int, v []any) {
						v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7] = task.ID, fmt.Sprintf("i%04d", i), lifecycle.WhoDepartment, int64(1), now+int64(i-overdue)*1000, false, int64(0), int64(0)
					})
				}))
			}
			for _, c := range []struct{ n, overdue int }{{0, 0}, {3, 1}, {500, 0}, {500, 500}, {501, 100}, {1100, 700}} {
				owe(c.n, c.overdue)
				for _, only := range []bool{false, true} {
					for _, limit := range []int{7, 400, 500, 5000} {
						if limit == 7 && c.n > 3 {
							continue
						}
						next, pages := 0, 0
						for cursor := ""; ; pages++ {
							list, err := s.Steps(w.ctx, true, only, limit, cursor)
							w.must(err)
							if list.Open != min(c.n, 500) || list.Overdue != min(c.overdue, 500) || len(list.Items) > limit {
								t.Fatalf("%+v, overdue %v: %d open, %d overdue, %d shown", c, only, list.Open, list.Overdue, len(list.Items))
							}
							for _, o := range list.Items {
								if want := fmt.Sprintf("i%04d", next); o.Item != want {
									t.Fatalf("%+v, overdue %v, by %d: %s, want %s", c, only, limit, o.Item, want)
								}
								next++
							}
							if list.NextCursor == nil {
								break
							}
							cursor = *list.NextCursor
						}
						want := c.n
						if only {
							want = c.overdue
						}
						if next != want || pages != max(0, want-1)/limit {
							t.Errorf("%+v, overdue %v, by %d: %d in %d pages, want %d", c, only, limit, next, pages+1, want)
						}
					}
				}
			}
		})
	}
}
