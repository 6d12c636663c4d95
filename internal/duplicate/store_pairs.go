package duplicate

import (
	"context"

	"zhike/internal/dedupe"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// pairRow is a pair as it is stored.
type pairRow struct {
	ID, A, B             int64
	Score                int64 // millionths
	Status               string
	DecidedBy, DecidedAt int64
	FoundAt              int64
}

const pairColumns = `id, a_id, b_id, score, status, COALESCE(decided_by, 0), decided_at, found_at`

func (p *pairRow) into() []any {
	return []any{&p.ID, &p.A, &p.B, &p.Score, &p.Status, &p.DecidedBy, &p.DecidedAt, &p.FoundAt}
}

// upsertPairs writes what a scan found, inside InTx: new pairs are open, known
// ones get the new score and keep what was decided.
func (s *Store) upsertPairs(ctx context.Context, pairs []dedupe.Pair, now int64) error {
	first, err := s.db.NextIDs(ctx, "duplicate_pair", len(pairs))
	if err != nil {
		return err
	}
	for i, p := range pairs {
		_, err := s.db.Q(ctx).ExecContext(ctx, `INSERT INTO duplicate_pairs (id, a_id, b_id, score, status, found_at) VALUES ($1, $2, $3, $4, 'open', $5)
ON CONFLICT (a_id, b_id) DO UPDATE SET score = excluded.score, found_at = excluded.found_at`,
			first+int64(i), min(p.A, p.B), max(p.A, p.B), int64(p.Score*1e6), now)
		if err != nil {
			return db.MapError(err)
		}
	}
	return nil
}

// dropStale removes undecided pairs that a scan begun at an instant did not
// find again, up to n; it says how many went.
func (s *Store) dropStale(ctx context.Context, began int64, n int) (int64, error) {
	res, err := s.db.Q(ctx).ExecContext(ctx, `DELETE FROM duplicate_pairs WHERE id IN
(SELECT id FROM duplicate_pairs WHERE status IN ('open', 'later') AND found_at < $1 ORDER BY id LIMIT $2)`, began, n)
	if err != nil {
		return 0, db.MapError(err)
	}
	k, err := res.RowsAffected()
	return k, db.MapError(err)
}

// pairs lists pairs of a state with a score of at least least, the likeliest
// first, behind a position.
func (s *Store) pairs(ctx context.Context, status string, least, afterScore, afterID int64, n int) ([]pairRow, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT `+pairColumns+` FROM duplicate_pairs
WHERE status = $1 AND score >= $2 AND (score, id) < ($3, $4) ORDER BY score DESC, id DESC LIMIT $5`,
		func(p *pairRow, r db.Scanner) error { return r.Scan(p.into()...) }, status, least, afterScore, afterID, n)
}

// pairsOf lists the undecided pairs of a customer.
func (s *Store) pairsOf(ctx context.Context, id int64) ([]pairRow, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT `+pairColumns+` FROM duplicate_pairs
WHERE (a_id = $1 OR b_id = $2) AND status IN ('open', 'later') ORDER BY score DESC, id DESC LIMIT 50`,
		func(p *pairRow, r db.Scanner) error { return r.Scan(p.into()...) }, id, id)
}

func (s *Store) pair(ctx context.Context, id int64) (p pairRow, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT `+pairColumns+` FROM duplicate_pairs WHERE id = $1`, id).Scan(p.into()...)
	if db.IsNoRow(err) {
		return p, errs.New(errs.NotFound, "duplicate.no_pair", "id", id)
	}
	return p, db.MapError(err)
}

// decide writes a decision where the state is still the one that was seen.
func (s *Store) decide(ctx context.Context, id int64, was, status string, by any, at int64) (bool, error) {
	res, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE duplicate_pairs SET status = $1, decided_by = $2, decided_at = $3 WHERE id = $4 AND status = $5`,
		status, by, at, id, was)
	if err != nil {
		return false, db.MapError(err)
	}
	n, err := res.RowsAffected()
	return n == 1, db.MapError(err)
}

// bands counts the open pairs whose score is at least each bound (millionths).
func (s *Store) bands(ctx context.Context, status string, bounds []int64) ([]int64, error) {
	out := make([]int64, len(bounds))
	for i, b := range bounds {
		err := s.db.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM duplicate_pairs WHERE status = $1 AND score >= $2`, status, b).Scan(&out[i])
		if err != nil {
			return nil, db.MapError(err)
		}
	}
	return out, nil
}

// person is what a scan reads of a customer.
type person struct {
	id                            int64
	kind, name, company, birthday string
	province, city                string
	orders, lastDay               int64
}

// people reads customers behind an id, in the order of ids, with their place
// and name.
func (s *Store) people(ctx context.Context, after int64, n int) ([]person, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT id, kind, name, company, birthday, province, city FROM customers
WHERE id > $1 ORDER BY id LIMIT $2`,
		func(p *person, r db.Scanner) error {
			return r.Scan(&p.id, &p.kind, &p.name, &p.company, &p.birthday, &p.province, &p.city)
		}, after, n)
}

// peopleByIDs reads customers by id.
func (s *Store) peopleByIDs(ctx context.Context, ids []int64) (out []person, err error) {
	err = db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		some, err := db.Select(ctx, s.db.Q(ctx), `SELECT id, kind, name, company, birthday, province, city FROM customers WHERE id IN (`+in+`) ORDER BY id`,
			func(p *person, r db.Scanner) error {
				return r.Scan(&p.id, &p.kind, &p.name, &p.company, &p.birthday, &p.province, &p.city)
			}, args...)
		out = append(out, some...)
		return err
	})
	return out, err
}

// hashRow is a contact as a scan may know it.
type hashRow struct {
	customerID int64
	kind       string
	blind      []byte
}

// hashes reads the keyed hashes of contacts of the customers from..to.
func (s *Store) hashes(ctx context.Context, from, to int64) ([]hashRow, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT customer_id, kind, blind FROM contacts WHERE customer_id BETWEEN $1 AND $2 ORDER BY customer_id, id`,
		func(h *hashRow, r db.Scanner) error { return r.Scan(&h.customerID, &h.kind, &h.blind) }, from, to)
}

func (s *Store) hashesOf(ctx context.Context, ids []int64) (out []hashRow, err error) {
	err = db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		some, err := db.Select(ctx, s.db.Q(ctx), `SELECT customer_id, kind, blind FROM contacts WHERE customer_id IN (`+in+`) ORDER BY customer_id, id`,
			func(h *hashRow, r db.Scanner) error { return r.Scan(&h.customerID, &h.kind, &h.blind) }, args...)
		out = append(out, some...)
		return err
	})
	return out, err
}

// customers counts all.
func (s *Store) customers(ctx context.Context) (n int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM customers`).Scan(&n)
	return n, db.MapError(err)
}

// footing tells how much each customer has, for choosing the one that stays;
// of those without orders nothing.
func (s *Store) footing(ctx context.Context, ids []int64, fn func(id, orders int64)) error {
	type pair struct{ id, n int64 }
	return db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		list, err := db.Select(ctx, s.db.Q(ctx), `SELECT customer_id, orders_all FROM customer_metrics WHERE customer_id IN (`+in+`)`,
			func(p *pair, r db.Scanner) error { return r.Scan(&p.id, &p.n) }, args...)
		for _, p := range list {
			fn(p.id, p.n)
		}
		return err
	})
}
