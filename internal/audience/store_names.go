package audience

import (
	"context"

	"zhike/internal/platform/db"
)

// audienceNames and departmentNames give names by id; what is not there is missing.
func (s *store) audienceNames(ctx context.Context, ids []int64) (map[int64]string, error) {
	return s.names(ctx, `SELECT id, name FROM audiences WHERE id IN (`, ids)
}

func (s *store) departmentNames(ctx context.Context, ids []int64) (map[int64]string, error) {
	return s.names(ctx, `SELECT id, name FROM departments WHERE id IN (`, ids)
}

func (s *store) names(ctx context.Context, head string, ids []int64) (map[int64]string, error) {
	out := make(map[int64]string, len(ids))
	err := db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		return db.Each(ctx, s.db.Q(ctx), head+in+`)`, func(r db.Scanner) error {
			var id int64
			var name string
			err := r.Scan(&id, &name)
			out[id] = name
			return err
		}, args...)
	})
	return out, err
}
