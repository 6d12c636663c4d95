package org

import (
	"context"
	"database/sql"
	"encoding/json"

	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

func (s *Service) insertNotices(ctx context.Context, first int64, list []Notice, params []string, now int64) error {
	return s.DB.BulkInsert(ctx, "staff_notices", []string{"id", "staff_id", "kind", "params", "created_at", "read_at"}, len(list), func(i int, v []any) {
		v[0], v[1], v[2], v[3], v[4], v[5] = first+int64(i), list[i].StaffID, list[i].Kind, params[i], now, int64(0)
	})
}

func (s *Service) noticesOf(ctx context.Context, staff, below int64, n int) ([]Notice, error) {
	return db.Select(ctx, s.DB.Q(ctx), `SELECT id, kind, params, created_at, NULLIF(read_at, 0) FROM staff_notices
WHERE staff_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, func(v *Notice, r db.Scanner) error {
		var params string
		var read sql.NullInt64
		if err := r.Scan(&v.ID, &v.Kind, &params, &v.CreatedAt, &read); err != nil {
			return err
		}
		if read.Valid {
			v.ReadAt = &read.Int64
		}
		if err := json.Unmarshal([]byte(params), &v.Params); err != nil {
			return errs.Wrap(err, errs.Internal, "internal")
		}
		return nil
	}, staff, below, n)
}

func (s *Service) unread(ctx context.Context, staff int64) (n int64, err error) {
	err = s.DB.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM staff_notices WHERE staff_id = $1 AND read_at = 0`, staff).Scan(&n)
	return n, db.MapError(err)
}

// markRead marks unread notices of a person; none named are all.
func (s *Service) markRead(ctx context.Context, staff int64, ids []int64, now int64) error {
	where, args := "", []any{now, staff}
	if len(ids) > 0 {
		in, more := db.InArgs(3, ids)
		where, args = ` AND id IN (`+in+`)`, append(args, more...)
	}
	_, err := s.DB.Q(ctx).ExecContext(ctx, `UPDATE staff_notices SET read_at = $1 WHERE staff_id = $2 AND read_at = 0`+where, args...)
	return db.MapError(err)
}
