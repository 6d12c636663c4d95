package lifecycle

import (
	"context"

	"zhike/internal/platform/db"
)

// tasks reads those of a customer, newest first.
func (s store) tasks(ctx context.Context, customer int64, n int) ([]taskRow, error) {
	return db.Select(ctx, s.db.Q(ctx), taskCols+`WHERE customer_id = $1 ORDER BY id DESC LIMIT $2`, scanTask, customer, n)
}

// holdTask keeps a task from others until the commit and gives its outcome: two who
// write at once must see what the other did. Inside InTx.
func (s store) holdTask(ctx context.Context, id int64) (outcome string, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `UPDATE lifecycle_tasks SET closed_by = closed_by WHERE id = $1 RETURNING outcome`, id).Scan(&outcome)
	return outcome, db.MapError(err)
}

func (s store) closeTask(ctx context.Context, t *taskRow) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE lifecycle_tasks SET outcome = $1, closed_at = $2, closed_by = $3 WHERE id = $4`, t.outcome, t.closedAt, t.closedBy, t.id)
	return db.MapError(err)
}

// items reads what was filled in, in the order of tasks and codes.
func (s store) items(ctx context.Context, tasks []int64) (out []itemRow, err error) {
	err = db.InChunks(tasks, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		part, err := db.Select(ctx, s.db.Q(ctx), `SELECT task_id, item, measure, result, note_cipher, changed_at, changed_by
FROM lifecycle_task_items WHERE task_id IN (`+in+`) ORDER BY task_id, item`, func(i *itemRow, r db.Scanner) error {
			return r.Scan(&i.task, &i.item, &i.measure, &i.result, &i.note, &i.at, &i.by)
		}, args...)
		out = append(out, part...)
		return err
	})
	return out, err
}

// putItem writes an item, or with an empty result takes it back; inside InTx.
func (s store) putItem(ctx context.Context, i *itemRow) error {
	if i.result == "" {
		_, err := s.db.Q(ctx).ExecContext(ctx, `DELETE FROM lifecycle_task_items WHERE task_id = $1 AND item = $2`, i.task, i.item)
		return db.MapError(err)
	}
	return s.db.BulkUpsert(ctx, "lifecycle_task_items", []string{"task_id", "item", "measure", "result", "note_cipher", "changed_at", "changed_by"}, 2, 1, func(_ int, v []any) {
		v[0], v[1], v[2], v[3], v[4], v[5], v[6] = i.task, i.item, i.measure, i.result, i.note, i.at, i.by
	})
}

// outcomes reads how the tasks of a tool ended, of customers who are still there.
func (s store) outcomes(ctx context.Context, tool string, fn func(id, customer int64, outcome string)) error {
	return db.Each(ctx, s.db.Q(ctx), `SELECT id, customer_id, outcome FROM lifecycle_tasks WHERE tool = $1`, func(r db.Scanner) error {
		var id, customer int64
		var outcome string
		if err := r.Scan(&id, &customer, &outcome); err != nil {
			return err
		}
		fn(id, customer, outcome)
		return nil
	}, tool)
}

// results reads the items of the tasks of a tool.
func (s store) results(ctx context.Context, tool string, fn func(i *itemRow)) error {
	return db.Each(ctx, s.db.Q(ctx), `SELECT i.task_id, i.item, i.measure, i.result FROM lifecycle_tasks t JOIN lifecycle_task_items i ON i.task_id = t.id
WHERE t.tool = $1 ORDER BY i.task_id, i.item`, func(r db.Scanner) error {
		var i itemRow
		if err := r.Scan(&i.task, &i.item, &i.measure, &i.result); err != nil {
			return err
		}
		fn(&i)
		return nil
	}, tool)
}
