package duplicate

import (
	"context"

	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// States of a merge and actions on rows.
const (
	statusDone    = "done"
	statusUndone  = "undone"
	actionMoved   = "moved"
	actionDropped = "dropped"
	actionSecond  = "second" // lost the mark of Link.First
)

// mergeRow is a merge as it is stored.
type mergeRow struct {
	ID, WinnerID, LoserID int64
	LoserName, Status     string
	Origin                string
	Moved                 int64
	MergedBy, MergedAt    int64
	UndoneBy, UndoneAt    int64
	BatchID               int64 // 0 for none
	fields                []byte
}

const mergeColumns = `id, winner_id, loser_id, loser_name, status, origin, moved, merged_by, merged_at, COALESCE(undone_by, 0), undone_at, batch_id, fields_cipher`

func (m *mergeRow) into() []any {
	return []any{&m.ID, &m.WinnerID, &m.LoserID, &m.LoserName, &m.Status, &m.Origin, &m.Moved, &m.MergedBy, &m.MergedAt, &m.UndoneBy, &m.UndoneAt, &m.BatchID, &m.fields}
}

func (s *Store) insertMerge(ctx context.Context, m *mergeRow) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `INSERT INTO merges (id, winner_id, loser_id, loser_name, status, origin, fields_cipher, moved, merged_by, merged_at, batch_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		m.ID, m.WinnerID, m.LoserID, m.LoserName, m.Status, m.Origin, m.fields, m.Moved, m.MergedBy, m.MergedAt, m.BatchID)
	return db.MapError(err)
}

func (s *Store) endMerge(ctx context.Context, m *mergeRow) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE merges SET status = $1, undone_by = $2, undone_at = $3 WHERE id = $4`,
		m.Status, m.UndoneBy, m.UndoneAt, m.ID)
	return db.MapError(err)
}

// merge reads a merge and, inside InTx, keeps others from undoing it meanwhile.
func (s *Store) merge(ctx context.Context, id int64) (m mergeRow, err error) {
	if db.InTransaction(ctx) {
		if _, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE merges SET id = id WHERE id = $1`, id); err != nil {
			return m, db.MapError(err)
		}
	}
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT `+mergeColumns+` FROM merges WHERE id = $1`, id).Scan(m.into()...)
	if db.IsNoRow(err) {
		return m, errs.New(errs.NotFound, "duplicate.no_merge", "id", id)
	}
	return m, db.MapError(err)
}

// mergeOfLoser gives the merge by which a customer went into another, 0 for none.
func (s *Store) mergeOfLoser(ctx context.Context, id int64) (merge int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT id FROM merges WHERE loser_id = $1 AND status = 'done'`, id).Scan(&merge)
	if db.IsNoRow(err) {
		return 0, nil
	}
	return merge, db.MapError(err)
}

// followers lists the merges since an instant (unix ms) of whose loser a link
// still knows rows, the oldest first.
func (s *Store) followers(ctx context.Context, l *Link, at int64) ([]mergeRow, error) {
	return s.merges(ctx, `SELECT `+mergeColumns+` FROM merges WHERE merged_at >= $1 AND status = 'done'
AND EXISTS (SELECT 1 FROM `+l.Table+` t WHERE `+l.pointsTo("t.", "merges.loser_id")+`) ORDER BY merged_at, id`, at)
}

// mergesBefore lists merges, newest first, behind an id (0 = from the start);
// of customer where not 0.
func (s *Store) mergesBefore(ctx context.Context, customerID, before int64, n int) ([]mergeRow, error) {
	if before == 0 {
		before = 1 << 62
	}
	if customerID != 0 {
		return s.merges(ctx, `SELECT `+mergeColumns+` FROM merges WHERE winner_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, customerID, before, n)
	}
	return s.merges(ctx, `SELECT `+mergeColumns+` FROM merges WHERE id < $1 ORDER BY id DESC LIMIT $2`, before, n)
}

func (s *Store) merges(ctx context.Context, text string, args ...any) ([]mergeRow, error) {
	return db.Select(ctx, s.db.Q(ctx), text,
		func(m *mergeRow, r db.Scanner) error { return r.Scan(m.into()...) }, args...)
}

func (s *Store) insertPart(ctx context.Context, merge, part int64, link, action string, cipher []byte) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `INSERT INTO merge_rows (merge_id, part, link, action, rows_cipher) VALUES ($1, $2, $3, $4, $5)`,
		merge, part, link, action, cipher)
	return db.MapError(err)
}

type partRow struct {
	link, action string
	cipher       []byte
}

func (s *Store) parts(ctx context.Context, merge int64) ([]partRow, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT link, action, rows_cipher FROM merge_rows WHERE merge_id = $1 ORDER BY part`,
		func(p *partRow, r db.Scanner) error { return r.Scan(&p.link, &p.action, &p.cipher) }, merge)
}

func (s *Store) partCount(ctx context.Context, merge int64) (n int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT COALESCE(MAX(part) + 1, 0) FROM merge_rows WHERE merge_id = $1`, merge).Scan(&n)
	return n, db.MapError(err)
}

// forget removes what merges into a customer, and pairs with it, keep.
func (s *Store) forget(ctx context.Context, id int64) error {
	for _, text := range []string{
		`DELETE FROM merge_rows WHERE merge_id IN (SELECT id FROM merges WHERE winner_id = $1)`,
		`DELETE FROM merges WHERE winner_id = $1`,
		`DELETE FROM duplicate_pairs WHERE a_id = $1`,
		`DELETE FROM duplicate_pairs WHERE b_id = $1`,
		`DELETE FROM duplicate_decisions WHERE a_id = $1`,
		`DELETE FROM duplicate_decisions WHERE b_id = $1`,
	} {
		if _, err := s.db.Q(ctx).ExecContext(ctx, text, id); err != nil {
			return db.MapError(err)
		}
	}
	return nil
}
