package tiering

import (
	"context"
	"encoding/binary"

	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

func noRun(err error) bool { return errs.Is(err, "tier.no_such_run") }

// changesRow is a part of the level changes of a decision.
type changesRow struct {
	seq, decision, run, base, inForceAt int64
	dimension                           string
	packed                              []byte
}

// insertChanges adds a part at the end of its transaction: whoever has taken a
// number is waited for by those behind, so that numbers commit in order.
func (s *store) insertChanges(ctx context.Context, d *Decision, base int64, part int, upTo int64, list []levelChange) error {
	return s.db.BeforeCommit(ctx, func(ctx context.Context) error {
		var seq int64
		if err := s.db.Q(ctx).QueryRowContext(ctx, `UPDATE tier_level_head SET seq = seq + 1 WHERE id = 1 RETURNING seq`).Scan(&seq); err != nil {
			return db.MapError(err)
		}
		_, err := s.exec(ctx, `INSERT INTO tier_level_changes (seq, decision_id, part, dimension, run_id, base_run_id, upto, changes, in_force_at, packed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, seq, d.ID, part, d.Dimension, d.RunID, base, upTo, len(list), d.InForceAt, packChanges(list))
		return err
	})
}

// lastChanges is the last part of a decision and up to which customer it goes; 0
// and -1 before the first.
func (s *store) lastChanges(ctx context.Context, decision int64) (part int, upTo int64, err error) {
	err = db.MapError(s.db.Q(ctx).QueryRowContext(ctx, `SELECT COALESCE(MAX(part), 0), COALESCE(MAX(upto), -1) FROM tier_level_changes WHERE decision_id = $1`, decision).
		Scan(&part, &upTo))
	return part, upTo, err
}

func (s *store) changesAfter(ctx context.Context, seq int64, n int) ([]changesRow, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT seq, decision_id, run_id, base_run_id, in_force_at, dimension, packed FROM tier_level_changes
WHERE seq > $1 ORDER BY seq LIMIT $2`, func(c *changesRow, r db.Scanner) error {
		return r.Scan(&c.seq, &c.decision, &c.run, &c.base, &c.inForceAt, &c.dimension, &c.packed)
	}, seq, n)
}

// levelChange is that of one customer by a published decision: numbers of levels, -1
// for none.
type levelChange struct {
	customer      int64
	before, after int16
}

func packChanges(list []levelChange) []byte {
	b := make([]byte, 0, len(list)*5)
	last := int64(0)
	for _, c := range list {
		b = binary.AppendUvarint(b, uint64(c.customer-last))
		b = append(b, byte(c.before+1), byte(c.after+1))
		last = c.customer
	}
	return b
}

func unpackChanges(b []byte) []levelChange {
	var out []levelChange
	last := int64(0)
	for len(b) > 2 {
		v, n := binary.Uvarint(b)
		if n <= 0 || len(b) < n+2 {
			return out
		}
		last += int64(v)
		out = append(out, levelChange{last, int16(b[n]) - 1, int16(b[n+1]) - 1})
		b = b[n+2:]
	}
	return out
}
