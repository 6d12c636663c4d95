package audience

import (
	"context"

	"zhike/internal/column"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
)

// followStore is the SQL of what follows.
type followStore struct{ db *db.DB }

// followedRow is an audience as the follower sees it.
type followedRow struct {
	id       int64
	kind     string
	version  int64
	size     int64 // -1: not known
	at       int64 // evaluated_at
	took     int64
	problem  string
	dueSince int64
	followed bool // and not archived
	kept     bool // a membership is
}

// followed lists audiences that are followed, and those that were and still
// have a membership.
func (s followStore) followed(ctx context.Context) ([]followedRow, error) {
	return s.rows(ctx, `(followed AND archived_at = 0 OR kept)`)
}

func (s followStore) rows(ctx context.Context, where string, args ...any) ([]followedRow, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT id, kind, version, size, evaluated_at, took_ms, problem, due_since, followed AND archived_at = 0, kept
FROM audiences WHERE `+where+` ORDER BY id`, func(a *followedRow, r db.Scanner) error {
		return r.Scan(&a.id, &a.kind, &a.version, &a.size, &a.at, &a.took, &a.problem, &a.dueSince, &a.followed, &a.kept)
	}, args...)
}

func (s followStore) of(ctx context.Context, ids []int64) (out []followedRow, err error) {
	err = db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		part, err := s.rows(ctx, `id IN (`+in+`)`, args...)
		out = append(out, part...)
		return err
	})
	return out, err
}

// ruleOf reads rule, format and version of an audience.
func (s followStore) ruleOf(ctx context.Context, id int64) (r row, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT rule, format, version FROM audiences WHERE id = $1`, id).Scan(&r.rule, &r.format, &r.version)
	return r, db.MapError(err)
}

// print changes with every rule that another one can name.
func (s followStore) print(ctx context.Context) (p int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT version FROM audience_state WHERE id = 1`).Scan(&p)
	return p, db.MapError(err)
}

// head is audience_head.
type head struct {
	seq       int64
	node      string
	until     int64
	settledAt int64
	dropped   int64
}

func (s followStore) head(ctx context.Context) (h head, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT seq, node, lease_until, settled_at, dropped FROM audience_head WHERE id = 1`).
		Scan(&h.seq, &h.node, &h.until, &h.settledAt, &h.dropped)
	return h, db.MapError(err)
}

// takeLease gives the lease to node if it is as it was seen; inside InTx.
func (s followStore) takeLease(ctx context.Context, seen head, node string, until int64) (bool, error) {
	return s.changed(ctx, `UPDATE audience_head SET node = $1, lease_until = $2 WHERE id = 1 AND node = $3 AND lease_until = $4`,
		node, until, seen.node, seen.until)
}

// renewLease keeps the lease of node; inside InTx.
func (s followStore) renewLease(ctx context.Context, node string, until, settledAt int64) (bool, error) {
	return s.changed(ctx, `UPDATE audience_head SET lease_until = $1, settled_at = $2 WHERE id = 1 AND node = $3`, until, settledAt, node)
}

// fence takes n numbers of changes for whoever has the lease, and holds the
// head until the commit: two followers never write beside each other, and
// numbers come out in the order of commits. Inside InTx, first.
func (s followStore) fence(ctx context.Context, node string, n, until int64) (first int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `UPDATE audience_head SET seq = seq + $1, lease_until = $2 WHERE id = 1 AND node = $3 RETURNING seq`,
		n, until, node).Scan(&first)
	if db.IsNoRow(err) {
		return 0, errLeaseLost
	}
	return first - n + 1, db.MapError(err)
}

func (s followStore) changed(ctx context.Context, text string, args ...any) (bool, error) {
	res, err := s.db.Q(ctx).ExecContext(ctx, text, args...)
	if err != nil {
		return false, db.MapError(err)
	}
	n, err := res.RowsAffected()
	return n > 0, db.MapError(err)
}

// members reads the kept membership.
func (s followStore) members(ctx context.Context, id int64) (*column.Matches, error) {
	m := column.NewMatches()
	err := db.Each(ctx, s.db.Q(ctx), `SELECT block, bits FROM audience_blocks WHERE audience_id = $1 ORDER BY block`, func(r db.Scanner) error {
		var block int
		var bits []byte
		if err := r.Scan(&block, &bits); err != nil {
			return err
		}
		if !m.SetBytes(block, bits) {
			return errDamaged
		}
		return nil
	}, id)
	return m, err
}

// putBlocks writes some blocks of a membership; inside InTx.
func (s followStore) putBlocks(ctx context.Context, id int64, blocks []int, m *column.Matches) error {
	err := db.InChunks(blocks, func(chunk []int) error {
		in, args := db.InArgs(2, chunk)
		_, err := s.db.Q(ctx).ExecContext(ctx, `DELETE FROM audience_blocks WHERE audience_id = $1 AND block IN (`+in+`)`, append([]any{id}, args...)...)
		return db.MapError(err)
	})
	if err != nil {
		return err
	}
	has := map[int]bool{}
	for _, b := range m.Blocks() {
		has[b] = true
	}
	kept := make([]int, 0, len(blocks))
	for _, b := range blocks {
		if has[b] {
			kept = append(kept, b)
		}
	}
	return s.db.BulkInsert(ctx, "audience_blocks", []string{"audience_id", "block", "bits"}, len(kept), func(i int, v []any) {
		v[0], v[1], v[2] = id, int64(kept[i]), m.Bytes(kept[i])
	})
}

// dropBlocks removes a membership; inside InTx.
func (s followStore) dropBlocks(ctx context.Context, id int64) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `DELETE FROM audience_blocks WHERE audience_id = $1`, id)
	return db.MapError(err)
}

// ended says that nothing is kept of an audience any more; inside InTx. It
// gives false where it is followed again.
func (s followStore) ended(ctx context.Context, id int64) (bool, error) {
	return s.changed(ctx, `UPDATE audiences SET kept = FALSE, problem = '', due_since = 0
WHERE id = $1 AND NOT (followed AND archived_at = 0)`, id)
}

// sized writes what was found, if the audience is still as it was evaluated;
// inside InTx. done says that nothing is left to be written.
func (s followStore) sized(ctx context.Context, a *followedRow, size, at, took int64, done bool) (bool, error) {
	if !done {
		return s.changed(ctx, `UPDATE audiences SET size = $1 WHERE id = $2 AND version = $3 AND followed AND archived_at = 0`, size, a.id, a.version)
	}
	return s.changed(ctx, `UPDATE audiences SET size = $1, evaluated_at = $2, took_ms = $3, kept = TRUE, problem = '', due_since = 0
WHERE id = $4 AND version = $5 AND followed AND archived_at = 0`, size, at, took, a.id, a.version)
}

// troubled writes why an audience was not evaluated, or since when it waits;
// inside InTx.
func (s followStore) troubled(ctx context.Context, a *followedRow, problem string, dueSince int64) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE audiences SET problem = $1, due_since = $2 WHERE id = $3 AND version = $4`,
		problem, dueSince, a.id, a.version)
	return db.MapError(err)
}

// looked writes when audiences were evaluated that stayed as they were; inside
// InTx. Lists are left out: who writes them writes that, several in one transaction.
func (s followStore) looked(ctx context.Context, ids []int64, at int64) error {
	return db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(2, chunk)
		_, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE audiences SET evaluated_at = $1 WHERE kept AND kind = 'dynamic' AND id IN (`+in+`)`, append([]any{at}, args...)...)
		return db.MapError(err)
	})
}

// sizeOf adds to the figures of a day; inside InTx.
func (s followStore) sizeOf(ctx context.Context, id int64, day clock.Day, size, entered, left int64) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `INSERT INTO audience_sizes (audience_id, day, size, entered, left_count) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (audience_id, day) DO UPDATE SET size = $3, entered = audience_sizes.entered + $4, left_count = audience_sizes.left_count + $5`,
		id, int64(day), size, entered, left)
	return db.MapError(err)
}
