package lifecycle

import (
	"context"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
)

const taskCols = `SELECT id, customer_id, tool, version, outcome, opened_at, opened_by, closed_at, closed_by, from_day FROM lifecycle_tasks `

func scanTask(t *taskRow, r db.Scanner) error {
	return r.Scan(&t.id, &t.customer, &t.tool, &t.version, &t.outcome, &t.openedAt, &t.openedBy, &t.closedAt, &t.closedBy, &t.from)
}

// anyBegun says whether any task that began by itself is open.
func (s store) anyBegun(ctx context.Context) (any bool, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM lifecycle_tasks WHERE opened_by = 0 AND outcome = '')`).Scan(&any)
	return any, db.MapError(err)
}

// begunOf reads open tasks of customers that began by themselves and that nobody
// has begun to work with, and keeps them from others until the commit: inside InTx.
func (s store) begunOf(ctx context.Context, customers []int64) (out []taskRow, err error) {
	err = db.InChunks(customers, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		const open = `opened_by = 0 AND outcome = '' AND customer_id IN (`
		if _, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE lifecycle_tasks SET closed_by = 0 WHERE `+open+in+`)`, args...); err != nil {
			return db.MapError(err)
		}
		part, err := db.Select(ctx, s.db.Q(ctx), taskCols+`WHERE `+open+in+`)
AND NOT EXISTS (SELECT 1 FROM lifecycle_task_items i WHERE i.task_id = lifecycle_tasks.id) ORDER BY id`, scanTask, args...)
		out = append(out, part...)
		return err
	})
	return out, err
}

// withdrawTasks closes tasks as withdrawn; nothing is owed of them any more. Inside InTx.
func (s store) withdrawTasks(ctx context.Context, tasks []int64, at int64) error {
	return db.InChunks(tasks, func(chunk []int64) error {
		in, args := db.InArgs(2, chunk)
		_, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE lifecycle_tasks SET outcome = 'withdrawn', closed_at = $1, closed_by = 0 WHERE id IN (`+in+`)`, append([]any{at}, args...)...)
		if err != nil {
			return db.MapError(err)
		}
		in, args = db.InArgs(1, chunk)
		_, err = s.db.Q(ctx).ExecContext(ctx, `DELETE FROM lifecycle_duties WHERE task_id IN (`+in+`)`, args...)
		return db.MapError(err)
	})
}

// tasksOf reads the tasks of customers with one tool.
func (s store) tasksOf(ctx context.Context, customers []int64, tool string) (map[int64][]taskRow, error) {
	out := map[int64][]taskRow{}
	err := db.InChunks(customers, func(chunk []int64) error {
		in, args := db.InArgs(2, chunk)
		rows, err := db.Select(ctx, s.db.Q(ctx), taskCols+`WHERE tool = $1 AND customer_id IN (`+in+`) ORDER BY id`, scanTask, append([]any{tool}, args...)...)
		for _, r := range rows {
			out[r.customer] = append(out[r.customer], r)
		}
		return err
	})
	return out, err
}

func (s store) insertTasks(ctx context.Context, list []taskRow) error {
	cols := []string{"id", "customer_id", "tool", "version", "outcome", "opened_at", "opened_by", "closed_at", "closed_by", "from_day"}
	return s.db.BulkInsert(ctx, "lifecycle_tasks", cols, len(list), func(i int, v []any) {
		t := &list[i]
		v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9] = t.id, t.customer, t.tool, t.version, t.outcome, t.openedAt, t.openedBy, t.closedAt, t.closedBy, int64(t.from)
	})
}

// firstOrders reads the day of the first order of customers who have one.
func (s store) firstOrders(ctx context.Context, customers []int64) (map[int64]clock.Day, error) {
	out := map[int64]clock.Day{}
	err := db.InChunks(customers, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		return db.Each(ctx, s.db.Q(ctx), `SELECT customer_id, MIN(day) FROM orders WHERE customer_id IN (`+in+`) GROUP BY customer_id`, func(r db.Scanner) error {
			var id int64
			var day clock.Day
			err := r.Scan(&id, &day)
			out[id] = day
			return err
		}, args...)
	})
	return out, err
}

// begunOn is how many tasks of a tool began by themselves on a day.
func (s store) begunOn(ctx context.Context, day clock.Day, tool string) (n int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT COALESCE(SUM(begun), 0) FROM lifecycle_begun WHERE day = $1 AND tool = $2`, int64(day), tool).Scan(&n)
	return n, db.MapError(err)
}

// addBegun adds to the counts of a day; inside InTx.
func (s store) addBegun(ctx context.Context, day clock.Day, counts map[string]*autoCount) error {
	for tool, n := range counts {
		if *n == (autoCount{}) {
			continue
		}
		_, err := s.db.Q(ctx).ExecContext(ctx, `INSERT INTO lifecycle_begun (day, tool, begun, withdrawn, left_out) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (day, tool) DO UPDATE SET begun = lifecycle_begun.begun + excluded.begun, withdrawn = lifecycle_begun.withdrawn + excluded.withdrawn,
left_out = lifecycle_begun.left_out + excluded.left_out`, int64(day), tool, n.begun, n.withdrawn, n.leftOut)
		if err != nil {
			return db.MapError(err)
		}
	}
	return nil
}

// begunDays reads what began by itself from a day on, by day and tool.
func (s store) begunDays(ctx context.Context, from clock.Day, fn func(day clock.Day, tool string, n autoCount)) error {
	return db.Each(ctx, s.db.Q(ctx), `SELECT day, tool, begun, withdrawn, left_out FROM lifecycle_begun WHERE day >= $1 ORDER BY day, tool`, func(r db.Scanner) error {
		var day clock.Day
		var tool string
		var n autoCount
		if err := r.Scan(&day, &tool, &n.begun, &n.withdrawn, &n.leftOut); err != nil {
			return err
		}
		fn(day, tool, n)
		return nil
	}, int64(from))
}

// ways counts who came from which stage to which on days that are over, ” for who
// came new.
func (s store) ways(ctx context.Context, from, before clock.Day) ([]StageWay, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT before_stage, stage, COUNT(*) FROM lifecycle_history WHERE day >= $1 AND day < $2
GROUP BY before_stage, stage ORDER BY before_stage, stage`, func(w *StageWay, r db.Scanner) error {
		return r.Scan(&w.From, &w.To, &w.Customers)
	}, int64(from), int64(before))
}
