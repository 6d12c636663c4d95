package review

import (
	"context"
	"encoding/json"

	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// panel reads that of a dimension; db.no_row without one.
func (s *store) panel(ctx context.Context, dimension string) (p Panel, err error) {
	var body string
	var version int
	var at int64
	err = db.MapError(s.db.Q(ctx).QueryRowContext(ctx, `SELECT body, version, updated_at FROM tier_panels WHERE dimension = $1`, dimension).
		Scan(&body, &version, &at))
	if err != nil {
		return p, err
	}
	err = readPanel(body, &p)
	p.Dimension, p.Version, p.UpdatedAt = dimension, version, at
	return p, err
}

func readPanel(body string, p *Panel) error {
	if err := json.Unmarshal([]byte(body), p); err != nil {
		return errs.Wrap(err, errs.Internal, "internal")
	}
	return nil
}

func (s *store) savePanel(ctx context.Context, p *Panel, by int64) error {
	body, err := json.Marshal(p)
	if err != nil {
		return errs.Wrap(err, errs.Internal, "internal")
	}
	_, err = s.exec(ctx, `INSERT INTO tier_panels (dimension, body, version, updated_by, updated_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (dimension) DO UPDATE SET body = excluded.body, version = excluded.version, updated_by = excluded.updated_by, updated_at = excluded.updated_at`,
		p.Dimension, string(body), p.Version, by, p.UpdatedAt)
	return err
}

// away are the members of staff who are.
func (s *store) away(ctx context.Context) (map[int64]bool, error) {
	out := map[int64]bool{}
	err := db.Each(ctx, s.db.Q(ctx), `SELECT staff_id FROM tier_away ORDER BY staff_id LIMIT 10000`, func(r db.Scanner) error {
		var id int64
		err := r.Scan(&id)
		out[id] = true
		return err
	})
	return out, err
}

func (s *store) setAway(ctx context.Context, staff, by int64, away bool, now int64) (changed bool, err error) {
	var n int64
	if away {
		n, err = s.exec(ctx, `INSERT INTO tier_away (staff_id, set_by, since) VALUES ($1, $2, $3) ON CONFLICT (staff_id) DO NOTHING`, staff, by, now)
	} else {
		n, err = s.exec(ctx, `DELETE FROM tier_away WHERE staff_id = $1`, staff)
	}
	return n > 0, err
}
