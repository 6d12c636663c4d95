package lifecycle

import (
	"context"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
)

// decision is a row of lifecycle_decisions.
type decision struct {
	id, customer int64
	day          clock.Day
	stage        string
	until        clock.Day
	reason       []byte
	staff, at    int64
}

func (s store) insertDecision(ctx context.Context, d *decision) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `INSERT INTO lifecycle_decisions (id, customer_id, day, stage, until_day, reason_cipher, staff_id, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, d.id, d.customer, int64(d.day), d.stage, int64(d.until), d.reason, d.staff, d.at)
	return db.MapError(err)
}

// decisions reads those of a customer, newest first.
func (s store) decisions(ctx context.Context, customer int64, n int) ([]decision, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT id, customer_id, day, stage, until_day, reason_cipher, staff_id, at FROM lifecycle_decisions
WHERE customer_id = $1 ORDER BY id DESC LIMIT $2`, func(d *decision, r db.Scanner) error {
		return r.Scan(&d.id, &d.customer, &d.day, &d.stage, &d.until, &d.reason, &d.staff, &d.at)
	}, customer, n)
}

// past is a row of the history.
type past struct {
	customer int64
	day      clock.Day
	stage    string
	before   State
	why      why
	at       int64
}

const pastCols = `SELECT customer_id, day, stage, before_stage, before_since, cause, move, version, decision_id, at FROM lifecycle_history `

func scanPast(p *past, r db.Scanner) error {
	return r.Scan(&p.customer, &p.day, &p.stage, &p.before.Stage, &p.before.Since, &p.why.cause, &p.why.move, &p.why.version, &p.why.decision, &p.at)
}

// history reads rows of a customer on days before one, newest first.
func (s store) history(ctx context.Context, customer int64, before clock.Day, n int) ([]past, error) {
	return db.Select(ctx, s.db.Q(ctx), pastCols+`WHERE customer_id = $1 AND day < $2 ORDER BY day DESC LIMIT $3`, scanPast, customer, int64(before), n)
}

// pastAfter reads rows behind a place (day, customer) on days before one, in that order.
func (s store) pastAfter(ctx context.Context, day clock.Day, customer int64, before clock.Day, n int) ([]past, error) {
	return db.Select(ctx, s.db.Q(ctx), pastCols+`WHERE (day, customer_id) > ($1, $2) AND day < $3 ORDER BY day, customer_id LIMIT $4`,
		scanPast, int64(day), customer, int64(before), n)
}

// cursor gives how far a subscriber has read; ok is false where it is new.
func (s store) cursor(ctx context.Context, name string) (day clock.Day, customer int64, ok bool, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT day, customer_id FROM lifecycle_cursors WHERE name = $1`, name).Scan(&day, &customer)
	if db.IsNoRow(err) {
		return 0, 0, false, nil
	}
	return day, customer, err == nil, db.MapError(err)
}

// openCursor makes the cursor of a subscriber, at the end of what is final,
// where it has none; inside InTx.
func (s store) openCursor(ctx context.Context, name string) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `INSERT INTO lifecycle_cursors (name, day, customer_id)
SELECT $1, day, 0 FROM lifecycle_head WHERE id = 1 ON CONFLICT (name) DO NOTHING`, name)
	return db.MapError(err)
}

// moveCursor moves a cursor that is where it was seen; inside InTx.
func (s store) moveCursor(ctx context.Context, name string, fromDay clock.Day, from int64, toDay clock.Day, to int64) (bool, error) {
	return s.changed(ctx, `UPDATE lifecycle_cursors SET day = $1, customer_id = $2 WHERE name = $3 AND day = $4 AND customer_id = $5`,
		int64(toDay), to, name, int64(fromDay), from)
}

// forget removes what is kept about a customer; inside InTx.
func (s store) forget(ctx context.Context, id int64) error {
	for _, text := range []string{
		`DELETE FROM lifecycle_states WHERE customer_id = $1`, `DELETE FROM lifecycle_history WHERE customer_id = $1`,
		`DELETE FROM lifecycle_decisions WHERE customer_id = $1`,
		`DELETE FROM lifecycle_task_items WHERE task_id IN (SELECT t.id FROM lifecycle_tasks t WHERE t.customer_id = $1)`,
		`DELETE FROM lifecycle_duties WHERE task_id IN (SELECT t.id FROM lifecycle_tasks t WHERE t.customer_id = $1)`,
		`DELETE FROM lifecycle_tasks WHERE customer_id = $1`,
	} {
		if _, err := s.db.Q(ctx).ExecContext(ctx, text, id); err != nil {
			return db.MapError(err)
		}
	}
	return nil
}

// decisionsByID reads some decisions.
func (s store) decisionsByID(ctx context.Context, ids []int64) (out []decision, err error) {
	err = db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		part, err := db.Select(ctx, s.db.Q(ctx), `SELECT id, reason_cipher, staff_id FROM lifecycle_decisions WHERE id IN (`+in+`)`,
			func(d *decision, r db.Scanner) error { return r.Scan(&d.id, &d.reason, &d.staff) }, args...)
		out = append(out, part...)
		return err
	})
	return out, err
}

// heldDays counts on how many days in a row before one, at most n, a rule held
// for a customer.
func (s store) heldDays(ctx context.Context, rule string, customer int64, day clock.Day, n int) (held int, err error) {
	stopped := false
	err = db.Each(ctx, s.db.Q(ctx), `SELECT day, bits FROM lifecycle_held WHERE rule = $1 AND block = $2 AND day < $3 AND day >= $4 ORDER BY day DESC`,
		func(r db.Scanner) error {
			var d clock.Day
			var bits []byte
			if err := r.Scan(&d, &bits); err != nil || stopped {
				return err
			}
			row := customer % blockRows
			if d != day-clock.Day(held)-1 || len(bits) != blockRows/8 || bits[row/8]>>(row%8)&1 == 0 {
				stopped = true
				return nil
			}
			held++
			return nil
		}, rule, customer/blockRows, int64(day), int64(day)-int64(n))
	return held, err
}

func (s store) countDecisions(ctx context.Context) (n int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM lifecycle_decisions`).Scan(&n)
	return n, db.MapError(err)
}

// wipe forgets all states and all history, and gives whose; inside InTx.
func (s store) wipe(ctx context.Context) ([]int64, error) {
	ids, err := db.Select(ctx, s.db.Q(ctx), `SELECT customer_id FROM lifecycle_states`, db.Column[int64])
	if err != nil {
		return nil, err
	}
	for _, text := range []string{
		`DELETE FROM lifecycle_states`, `DELETE FROM lifecycle_history`, `DELETE FROM lifecycle_held`, `DELETE FROM lifecycle_days`,
		`UPDATE lifecycle_cursors SET day = 0, customer_id = 0`, `UPDATE lifecycle_head SET day = 0, begun_day = 0 WHERE id = 1`,
	} {
		if _, err := s.db.Q(ctx).ExecContext(ctx, text); err != nil {
			return nil, db.MapError(err)
		}
	}
	return ids, nil
}
