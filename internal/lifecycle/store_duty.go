package lifecycle

import (
	"context"

	"zhike/internal/platform/db"
)

// putDuties writes what is owed of tasks in place of what was; what stays owed
// keeps what was told of it, also where it is due at another time now. Inside InTx.
func (s store) putDuties(ctx context.Context, tasks []int64, rows []dutyRow) error {
	type place struct {
		task int64
		item string
	}
	told := map[place]int64{}
	err := db.InChunks(tasks, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		err := db.Each(ctx, s.db.Q(ctx), `SELECT task_id, item, told FROM lifecycle_duties WHERE task_id IN (`+in+`)`, func(r db.Scanner) error {
			var p place
			var n int64
			err := r.Scan(&p.task, &p.item, &n)
			told[p] = n
			return err
		}, args...)
		if err != nil {
			return err
		}
		_, err = s.db.Q(ctx).ExecContext(ctx, `DELETE FROM lifecycle_duties WHERE task_id IN (`+in+`)`, args...)
		return db.MapError(err)
	})
	if err != nil {
		return err
	}
	return s.db.BulkInsert(ctx, "lifecycle_duties", []string{"task_id", "item", "who", "who_id", "due_at", "by_hour", "warn_at", "told"}, len(rows), func(i int, v []any) {
		r := &rows[i]
		v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7] = r.task, r.item, r.who, r.whoID, r.due, r.byHour, r.warn, told[place{r.task, r.item}]
	})
}

// owedRow is a duty with its task.
type owedRow struct {
	dutyRow
	task taskRow
}

func scanOwed(o *owedRow, r db.Scanner) error {
	return r.Scan(&o.item, &o.who, &o.whoID, &o.due, &o.byHour, &o.task.id, &o.task.customer, &o.task.tool, &o.task.version, &o.task.openedAt, &o.task.openedBy)
}

const owedCols = `SELECT d.item, d.who, d.who_id, d.due_at, d.by_hour, t.id, t.customer_id, t.tool, t.version, t.opened_at, t.opened_by FROM `

// owedAfter is where a list goes on, and up to when what it lists is due.
type owedAfter struct {
	due, task int64
	item      string
	before    int64
}

// owedOf reads what is owed of tasks, the longest overdue first.
func (s store) owedOf(ctx context.Context, tasks []int64) (out []owedRow, err error) {
	err = db.InChunks(tasks, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		part, err := db.Select(ctx, s.db.Q(ctx), owedCols+`lifecycle_duties d JOIN lifecycle_tasks t ON t.id = d.task_id
WHERE d.task_id IN (`+in+`) ORDER BY d.due_at, d.task_id, d.item`, scanOwed, args...)
		out = append(out, part...)
		return err
	})
	return out, err
}

// owed reads what anybody owes, the longest overdue first.
func (s store) owed(ctx context.Context, a owedAfter, n int) ([]owedRow, error) {
	return db.Select(ctx, s.db.Q(ctx), owedCols+`lifecycle_duties d JOIN lifecycle_tasks t ON t.id = d.task_id
WHERE (d.due_at, d.task_id, d.item) > ($1, $2, $3) AND d.due_at < $4 ORDER BY d.due_at, d.task_id, d.item LIMIT $5`, scanOwed, a.due, a.task, a.item, a.before, n)
}

// owedBy reads what one person owes: by name, for the department, for a role, as
// owner or adviser of the customer.
func (s store) owedBy(ctx context.Context, me duties, a owedAfter, n int) ([]owedRow, error) {
	const behind = `(d.due_at, d.task_id, d.item) > ($1, $2, $3) AND d.due_at < $4`
	in, roles := db.InArgs(7, append([]int64{0}, me.roles...))
	args := append([]any{a.due, a.task, a.item, a.before, me.staff, me.department}, roles...)
	return db.Select(ctx, s.db.Q(ctx), `SELECT item, who, who_id, due_at, by_hour, id, customer_id, tool, version, opened_at, opened_by FROM (
`+owedCols+`lifecycle_duties d JOIN lifecycle_tasks t ON t.id = d.task_id WHERE `+behind+`
 AND (d.who = 'opener' AND d.who_id = $5 OR d.who = 'department' AND d.who_id = $6 OR d.who = 'role' AND d.who_id IN (`+in+`))
UNION ALL
`+owedCols+`customers c JOIN lifecycle_tasks t ON t.customer_id = c.id JOIN lifecycle_duties d ON d.task_id = t.id
WHERE c.owner_id = $5 AND (d.who = 'owner' OR d.who = 'adviser' AND c.adviser_id IS NULL) AND `+behind+`
UNION ALL
`+owedCols+`customers c JOIN lifecycle_tasks t ON t.customer_id = c.id JOIN lifecycle_duties d ON d.task_id = t.id
WHERE c.adviser_id = $5 AND d.who = 'adviser' AND `+behind+`) x ORDER BY due_at, id, item LIMIT `+db.Placeholders(len(args)+1, 1), scanOwed, append(args, n)...)
}

// keeper is who looks after a customer, and for which department; 0 for nobody.
type keeper struct{ id, owner, adviser, department int64 }

// keepers reads who looks after customers.
func (s store) keepers(ctx context.Context, customers []int64) (map[int64]keeper, error) {
	out := map[int64]keeper{}
	err := db.InChunks(customers, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		rows, err := db.Select(ctx, s.db.Q(ctx), `SELECT id, COALESCE(owner_id, 0), COALESCE(adviser_id, owner_id, 0), COALESCE(department_id, 0) FROM customers WHERE id IN (`+in+`) ORDER BY id`,
			func(k *keeper, r db.Scanner) error { return r.Scan(&k.id, &k.owner, &k.adviser, &k.department) }, args...)
		for _, k := range rows {
			out[k.id] = k
		}
		return err
	})
	return out, err
}
