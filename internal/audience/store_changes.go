package audience

import (
	"context"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
)

// insertChanges writes changes with their numbers; inside InTx.
func (s followStore) insertChanges(ctx context.Context, list []Change) error {
	return s.db.BulkInsert(ctx, "audience_changes", []string{"seq", "audience_id", "customer_id", "entered", "version", "at"}, len(list),
		func(i int, v []any) {
			c := &list[i]
			v[0], v[1], v[2], v[3], v[4], v[5] = c.Seq, c.AudienceID, c.CustomerID, c.Entered, c.Version, c.At
		})
}

const changeCols = `SELECT seq, audience_id, customer_id, entered, version, at FROM audience_changes WHERE `

func scanChange(c *Change, r db.Scanner) error {
	return r.Scan(&c.Seq, &c.AudienceID, &c.CustomerID, &c.Entered, &c.Version, &c.At)
}

// changesAfter gives up to n changes behind seq, of some audiences or, with
// none, of all.
func (s followStore) changesAfter(ctx context.Context, seq int64, audiences []int64, n int) ([]Change, error) {
	if len(audiences) == 0 {
		return db.Select(ctx, s.db.Q(ctx), changeCols+`seq > $1 ORDER BY seq LIMIT $2`, scanChange, seq, n)
	}
	in, args := db.InArgs(1, audiences)
	k := len(args)
	return db.Select(ctx, s.db.Q(ctx), changeCols+`audience_id IN (`+in+`) AND seq > `+db.Placeholders(k+1, 1)+` ORDER BY seq LIMIT `+db.Placeholders(k+2, 1),
		scanChange, append(args, seq, n)...)
}

// changesBefore gives up to n changes of an audience before seq, newest first.
func (s followStore) changesBefore(ctx context.Context, seq, audience int64, n int) ([]Change, error) {
	return db.Select(ctx, s.db.Q(ctx), changeCols+`audience_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3`, scanChange, audience, seq, n)
}

// dropChanges removes up to n changes from before an instant, oldest first,
// and notes how far; inside InTx.
func (s followStore) dropChanges(ctx context.Context, before int64, n int) (gone int64, err error) {
	var last int64
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT COALESCE(MAX(seq), 0) FROM (SELECT seq, at FROM audience_changes ORDER BY seq LIMIT $1) oldest WHERE at < $2`,
		n, before).Scan(&last)
	if err != nil || last == 0 {
		return 0, db.MapError(err)
	}
	if _, err := s.changed(ctx, `UPDATE audience_head SET dropped = $1 WHERE id = 1`, last); err != nil {
		return 0, err
	}
	res, err := s.db.Q(ctx).ExecContext(ctx, `DELETE FROM audience_changes WHERE seq <= $1`, last)
	if err != nil {
		return 0, db.MapError(err)
	}
	gone, err = res.RowsAffected()
	return gone, db.MapError(err)
}

// sizes gives the sizes of an audience from a day on, and the last one before it.
func (s followStore) sizes(ctx context.Context, audience int64, from clock.Day) ([]SizeDay, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT day, size, entered, left_count FROM audience_sizes
WHERE audience_id = $1 AND day >= COALESCE((SELECT MAX(day) FROM audience_sizes WHERE audience_id = $2 AND day < $3), $4) ORDER BY day`,
		func(d *SizeDay, r db.Scanner) error { return r.Scan(&d.Day, &d.Size, &d.Entered, &d.Left) }, audience, audience, int64(from), int64(from))
}

// openCursor makes the cursor of a subscriber, at the newest change, where it
// has none; inside InTx.
func (s followStore) openCursor(ctx context.Context, name string, audience int64) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `INSERT INTO audience_cursors (name, audience_id, seq)
SELECT $1, $2, seq FROM audience_head WHERE id = 1 ON CONFLICT (name, audience_id) DO NOTHING`, name, audience)
	return db.MapError(err)
}

func (s followStore) cursor(ctx context.Context, name string, audience int64) (seq int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT seq FROM audience_cursors WHERE name = $1 AND audience_id = $2`, name, audience).Scan(&seq)
	return seq, db.MapError(err)
}

// moveCursor moves a cursor that is where it was seen; inside InTx.
func (s followStore) moveCursor(ctx context.Context, name string, audience, from, to int64) (bool, error) {
	return s.changed(ctx, `UPDATE audience_cursors SET seq = $1 WHERE name = $2 AND audience_id = $3 AND seq = $4`, to, name, audience, from)
}

// closeCursor forgets a subscriber; inside InTx.
func (s followStore) closeCursor(ctx context.Context, name string, audience int64) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `DELETE FROM audience_cursors WHERE name = $1 AND audience_id = $2`, name, audience)
	return db.MapError(err)
}
