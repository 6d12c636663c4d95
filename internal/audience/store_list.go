package audience

import (
	"context"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
)

// some reads audiences with their rules, by id; what is not there is missing.
func (s *store) some(ctx context.Context, ids []int64) (map[int64]*row, error) {
	out := make(map[int64]*row, len(ids))
	err := db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		return db.Each(ctx, s.db.Q(ctx), `SELECT `+rowColumns+`, rule FROM audiences WHERE id IN (`+in+`)`, func(sc db.Scanner) error {
			r := new(row)
			err := sc.Scan(append(r.into(), &r.rule)...)
			out[r.id] = r
			return err
		}, args...)
	})
	return out, err
}

// userRow is an audience that names another one.
type userRow struct {
	used, by, ownerID int64
	name              string
}

// usedBy gives the audiences that name each of some, by id.
func (s *store) usedBy(ctx context.Context, ids []int64) (out []userRow, err error) {
	err = db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		part, err := db.Select(ctx, s.db.Q(ctx), `SELECT u.audience_id, u.used_by, a.owner_id, a.name FROM audience_uses u
JOIN audiences a ON a.id = u.used_by WHERE u.audience_id IN (`+in+`) ORDER BY u.audience_id, u.used_by`,
			func(u *userRow, sc db.Scanner) error { return sc.Scan(&u.used, &u.by, &u.ownerID, &u.name) }, args...)
		out = append(out, part...)
		return err
	})
	return out, err
}

// sizesBefore gives the last sizes of some audiences from before a day.
func (s *store) sizesBefore(ctx context.Context, ids []int64, day clock.Day) (map[int64]int64, error) {
	out := make(map[int64]int64, len(ids))
	err := db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		return db.Each(ctx, s.db.Q(ctx), `SELECT s.audience_id, s.size FROM audience_sizes s WHERE s.audience_id IN (`+in+`)
  AND s.day = (SELECT MAX(b.day) FROM audience_sizes b WHERE b.audience_id = s.audience_id AND b.day < `+db.Placeholders(len(args)+1, 1)+`)`,
			func(sc db.Scanner) error {
				var id, size int64
				err := sc.Scan(&id, &size)
				out[id] = size
				return err
			}, append(args, int64(day))...)
	})
	return out, err
}
