package tiering

import (
	"context"

	"zhike/internal/platform/db"
)

// runsAhead are the published runs of a dimension that come into force later,
// the next first.
func (s *store) runsAhead(ctx context.Context, dimension string, now int64) ([]scheduled, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT run_id, from_day FROM tier_decisions
WHERE dimension = $1 AND kind = 'run' AND status = 'published' AND in_force_at > $2 ORDER BY in_force_at, id LIMIT 20`, func(r *scheduled, row db.Scanner) error {
		return row.Scan(&r.run, &r.from)
	}, dimension, now)
}

// insertHand adds a customer whom the run has not graded.
func (s *store) insertHand(ctx context.Context, run, customer int64, level int) error {
	_, err := s.exec(ctx, `INSERT INTO tier_assignments (run_id, customer_id, level, reason) VALUES ($1, $2, $3, $4)`, run, customer, level, reasonHand)
	return err
}

// keepLevels sets customers to the level they had.
func (s *store) keepLevels(ctx context.Context, run int64, level int, ids []int64) error {
	return db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(4, chunk)
		_, err := s.exec(ctx, `UPDATE tier_assignments SET level = $1, move = 0, reason = $2 WHERE run_id = $3 AND customer_id IN (`+in+`)`,
			append([]any{level, reasonHand, run}, args...)...)
		return err
	})
}

func (s *store) removeLevels(ctx context.Context, run int64, ids []int64) error {
	return db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(2, chunk)
		_, err := s.exec(ctx, `DELETE FROM tier_assignments WHERE run_id = $1 AND customer_id IN (`+in+`)`, append([]any{run}, args...)...)
		return err
	})
}

// handOnlyIn are the customers whom only people grade, or one of them, with their
// levels in a base and in a run, -1 for none.
func (s *store) handOnlyIn(ctx context.Context, run, base, only int64) ([]levelChange, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT h.customer_id, COALESCE(b.level, -1), COALESCE(a.level, -1) FROM tier_hand_only h
LEFT JOIN tier_assignments a ON a.run_id = $1 AND a.customer_id = h.customer_id
LEFT JOIN tier_assignments b ON b.run_id = $2 AND b.customer_id = h.customer_id
WHERE h.customer_id = $3 OR $4 = 0 ORDER BY h.customer_id`, func(c *levelChange, r db.Scanner) error {
		return r.Scan(&c.customer, &c.before, &c.after)
	}, run, base, only, only)
}

// handOnlyAmong are all customers whom only people grade.
func (s *store) handOnlyAmong(ctx context.Context) (map[int64]bool, error) {
	out := map[int64]bool{}
	err := db.Each(ctx, s.db.Q(ctx), `SELECT customer_id FROM tier_hand_only ORDER BY customer_id`, func(r db.Scanner) error {
		var id int64
		err := r.Scan(&id)
		out[id] = true
		return err
	})
	return out, err
}

// handOnly reads the switch of a customer; it is off where there is no row.
func (s *store) handOnly(ctx context.Context, customer int64) (HandOnly, error) {
	h := HandOnly{CustomerID: customer}
	err := db.MapError(s.db.Q(ctx).QueryRowContext(ctx, `SELECT reason_cipher, set_by, since FROM tier_hand_only WHERE customer_id = $1`, customer).
		Scan(s.opened(&h.Reason), &h.By, &h.Since))
	if db.IsNoRow(err) {
		return h, nil
	}
	h.On = err == nil
	return h, err
}

func (s *store) setHandOnly(ctx context.Context, customer int64, on bool, reason string, by, now int64) error {
	if !on {
		_, err := s.exec(ctx, `DELETE FROM tier_hand_only WHERE customer_id = $1`, customer)
		return err
	}
	sealed, err := s.seal(reason)
	if err != nil {
		return err
	}
	_, err = s.exec(ctx, `INSERT INTO tier_hand_only (customer_id, reason, reason_cipher, set_by, since) VALUES ($1, '', $2, $3, $4) ON CONFLICT (customer_id) DO NOTHING`,
		customer, sealed, by, now)
	return err
}

// forgetCustomer removes what people decided about a customer.
func (s *store) forgetCustomer(ctx context.Context, id int64) error {
	for _, text := range []string{
		`DELETE FROM tier_decision_items WHERE customer_id = $1 AND run_id IN (SELECT id FROM tier_runs)`,
		`DELETE FROM tier_hand_only WHERE customer_id = $1`,
	} {
		if _, err := s.exec(ctx, text, id); err != nil {
			return err
		}
	}
	return nil
}
