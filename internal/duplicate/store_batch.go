package duplicate

import (
	"context"

	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// batchRow is a batch as it is stored.
type batchRow struct {
	ID, MinScore       int64
	Status             string
	Skipped, Kept      int64
	JobID, StartedBy   int64
	StartedAt, EndedAt int64
}

const batchColumns = `id, min_score, status, skipped, kept, job_id, COALESCE(started_by, 0), started_at, ended_at`

func (b *batchRow) into() []any {
	return []any{&b.ID, &b.MinScore, &b.Status, &b.Skipped, &b.Kept, &b.JobID, &b.StartedBy, &b.StartedAt, &b.EndedAt}
}

func (s *Store) insertBatch(ctx context.Context, b *batchRow) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `INSERT INTO merge_batches (id, min_score, status, job_id, started_by, started_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		b.ID, b.MinScore, b.Status, b.JobID, b.StartedBy, b.StartedAt)
	return db.MapError(err)
}

// batch reads a batch and, inside InTx, keeps others from changing it meanwhile.
func (s *Store) batch(ctx context.Context, id int64) (b batchRow, err error) {
	if db.InTransaction(ctx) {
		if _, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE merge_batches SET id = id WHERE id = $1`, id); err != nil {
			return b, db.MapError(err)
		}
	}
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT `+batchColumns+` FROM merge_batches WHERE id = $1`, id).Scan(b.into()...)
	if db.IsNoRow(err) {
		return b, errs.New(errs.NotFound, "duplicate.no_batch", "id", id)
	}
	return b, db.MapError(err)
}

// batchOfJob gives the batch that a job works on, 0 for none.
func (s *Store) batchOfJob(ctx context.Context, job int64) (id int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) FROM merge_batches WHERE job_id = $1`, job).Scan(&id)
	return id, db.MapError(err)
}

func (s *Store) batches(ctx context.Context, n int) ([]batchRow, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT `+batchColumns+` FROM merge_batches ORDER BY id DESC LIMIT $1`,
		func(b *batchRow, r db.Scanner) error { return r.Scan(b.into()...) }, n)
}

func (s *Store) endBatch(ctx context.Context, id int64, status string, at int64) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE merge_batches SET status = $1, ended_at = $2 WHERE id = $3`, status, at, id)
	return db.MapError(err)
}

func (s *Store) undoingBatch(ctx context.Context, id, job int64) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE merge_batches SET status = 'undoing', job_id = $1, kept = 0 WHERE id = $2`, job, id)
	return db.MapError(err)
}

func (s *Store) addSkipped(ctx context.Context, id, n int64) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE merge_batches SET skipped = skipped + $1 WHERE id = $2`, n, id)
	return db.MapError(err)
}

func (s *Store) setKept(ctx context.Context, id, n int64) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE merge_batches SET kept = $1 WHERE id = $2`, n, id)
	return db.MapError(err)
}

type batchCount struct{ merged, undone int64 }

// batchCounts counts the merges of batches.
func (s *Store) batchCounts(ctx context.Context, batches []int64) (map[int64]batchCount, error) {
	out := map[int64]batchCount{}
	type counted struct {
		id int64
		batchCount
	}
	err := db.InChunks(batches, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		list, err := db.Select(ctx, s.db.Q(ctx), `SELECT batch_id, COUNT(*), SUM(CASE WHEN status = 'undone' THEN 1 ELSE 0 END)
FROM merges WHERE batch_id <> 0 AND batch_id IN (`+in+`) GROUP BY batch_id`,
			func(c *counted, r db.Scanner) error { return r.Scan(&c.id, &c.merged, &c.undone) }, args...)
		for _, c := range list {
			out[c.id] = c.batchCount
		}
		return err
	})
	return out, err
}

// mergesOf lists the merges of a batch that hold, newest first, behind an id
// (0 = from the start).
func (s *Store) mergesOf(ctx context.Context, batch, before int64, n int) ([]mergeRow, error) {
	if before == 0 {
		before = 1 << 62
	}
	return s.merges(ctx, `SELECT `+mergeColumns+` FROM merges WHERE batch_id <> 0 AND batch_id = $1 AND id < $2 AND status = 'done' ORDER BY id DESC LIMIT $3`,
		batch, before, n)
}

// nearest lists the pairs of a state that lie nearest above a score.
func (s *Store) nearest(ctx context.Context, status string, least int64, n int) ([]pairRow, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT `+pairColumns+` FROM duplicate_pairs WHERE status = $1 AND score >= $2 ORDER BY score, id LIMIT $3`,
		func(p *pairRow, r db.Scanner) error { return r.Scan(p.into()...) }, status, least, n)
}
