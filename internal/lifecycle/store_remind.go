package lifecycle

import (
	"context"

	"zhike/internal/platform/db"
)

// reckoned reads by what was reckoned last, and the task up to which; -1 is all.
func (s store) reckoned(ctx context.Context) (key string, task int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT by_key, task_id FROM lifecycle_reckoned WHERE id = 1`).Scan(&key, &task)
	return key, task, db.MapError(err)
}

// setReckoned notes how far was reckoned; inside InTx.
func (s store) setReckoned(ctx context.Context, key string, task int64) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE lifecycle_reckoned SET by_key = $1, task_id = $2 WHERE id = 1`, key, task)
	return db.MapError(err)
}

// openAfter reads open tasks behind one, and keeps them from others until the
// commit; inside InTx.
func (s store) openAfter(ctx context.Context, id int64, n int) ([]taskRow, error) {
	ids, err := db.Select(ctx, s.db.Q(ctx), `SELECT id FROM lifecycle_tasks WHERE id > $1 AND outcome = '' ORDER BY id LIMIT $2`, db.Column[int64], id, n)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	in, args := db.InArgs(1, ids)
	if _, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE lifecycle_tasks SET closed_by = closed_by WHERE id IN (`+in+`)`, args...); err != nil {
		return nil, db.MapError(err)
	}
	return db.Select(ctx, s.db.Q(ctx), taskCols+`WHERE id IN (`+in+`) ORDER BY id`, scanTask, args...)
}

func scanUntold(o *owedRow, r db.Scanner) error {
	return r.Scan(&o.item, &o.who, &o.whoID, &o.due, &o.byHour, &o.task.id, &o.task.customer, &o.task.tool, &o.task.version, &o.task.openedAt, &o.task.openedBy, &o.told)
}

const untoldCols = `SELECT d.item, d.who, d.who_id, d.due_at, d.by_hour, t.id, t.customer_id, t.tool, t.version, t.opened_at, t.opened_by, d.told
FROM lifecycle_duties d JOIN lifecycle_tasks t ON t.id = d.task_id `

// fallsDue reads what is due soon and of which nobody was told.
func (s store) fallsDue(ctx context.Context, now int64, n int) ([]owedRow, error) {
	return db.Select(ctx, s.db.Q(ctx), untoldCols+`WHERE d.told = 0 AND d.warn_at <= $1 AND d.due_at >= $2 ORDER BY d.warn_at, d.task_id, d.item LIMIT $3`, scanUntold, now, now, n)
}

// isLate reads what is overdue and of which it was not told.
func (s store) isLate(ctx context.Context, now int64, n int) ([]owedRow, error) {
	return db.Select(ctx, s.db.Q(ctx), untoldCols+`WHERE d.told < 2 AND d.due_at < $1 ORDER BY d.due_at, d.task_id, d.item LIMIT $2`, scanUntold, now, n)
}

// setTold notes what was told of duties; inside InTx.
func (s store) setTold(ctx context.Context, rows []owedRow, told int) error {
	for i := range rows {
		if _, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE lifecycle_duties SET told = $1 WHERE task_id = $2 AND item = $3`, told, rows[i].task.id, rows[i].item); err != nil {
			return db.MapError(err)
		}
	}
	return nil
}
