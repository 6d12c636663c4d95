package insight

import (
	"context"
	"encoding/json"
	"fmt"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/money"
)

// settingName is the row of settings that keeps the computed totals.
const settingName = "insight.totals"

type store struct{ d *db.DB }

type dayTotal struct {
	day    clock.Day
	orders int64
	milli  int64 // net, thousandths of a 分
}

func round(milli int64) int64 { return money.RoundMilli(milli) }

func monthName(m int32) string { return fmt.Sprintf("%04d-%02d", 1970+m/12, m%12+1) }

// perDay sums purchases by day; it reads the covering index from end to end.
func (s store) perDay(ctx context.Context) ([]dayTotal, error) {
	return db.Select(ctx, s.d.Q(ctx), `SELECT day,
  count(*) FILTER (WHERE net_fen > 0 OR (net_fen = 0 AND net_sub > 0)),
  sum(net_fen * 1000 + net_sub)
FROM orders GROUP BY day ORDER BY day`, func(d *dayTotal, r db.Scanner) error { return r.Scan(&d.day, &d.orders, &d.milli) })
}

func (s store) customers(ctx context.Context, day clock.Day) (c CustomerTotals, err error) {
	row := s.d.Q(ctx).QueryRowContext(ctx, `SELECT
  count(*) FILTER (WHERE first_day > $1 AND first_day <= $2),
  count(*) FILTER (WHERE first_day > $3 AND first_day <= $1)
FROM customer_metrics`, day-30, day, day-60)
	if err := row.Scan(&c.New, &c.NewPrior); err != nil {
		return c, db.MapError(err)
	}
	err = s.d.Q(ctx).QueryRowContext(ctx, "SELECT count(*) FROM customers").Scan(&c.Total)
	return c, db.MapError(err)
}

func (s store) save(ctx context.Context, t totals, now int64) error {
	b, err := json.Marshal(t)
	if err != nil {
		return errs.Wrap(err, errs.Internal, "internal")
	}
	_, err = s.d.Q(ctx).ExecContext(ctx, `INSERT INTO settings (name, value, updated_at) VALUES ($1, $2, $3)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`, settingName, string(b), now)
	return db.MapError(err)
}

// load gives the totals kept; the zero value where none were computed yet.
func (s store) load(ctx context.Context) (t totals, err error) {
	var b string
	err = s.d.Q(ctx).QueryRowContext(ctx, "SELECT value FROM settings WHERE name = $1", settingName).Scan(&b)
	if db.IsNoRow(err) {
		return t, nil
	}
	if err != nil {
		return t, db.MapError(err)
	}
	if err := json.Unmarshal([]byte(b), &t); err != nil {
		return t, errs.Wrap(err, errs.Internal, "internal")
	}
	return t, nil
}

// lastImport gives the newest import that was not a dry run; nil for none.
func (s store) lastImport(ctx context.Context) (*LastImport, error) {
	var i LastImport
	var finished int64
	err := s.d.Q(ctx).QueryRowContext(ctx, `SELECT id, kind, file_name, status, finished_at, rows_read, accepted, rejected, unchanged
FROM imports WHERE NOT dry_run ORDER BY id DESC LIMIT 1`).Scan(&i.ID, &i.Kind, &i.FileName, &i.Status, &finished, &i.RowsRead, &i.Accepted, &i.Rejected, &i.Unchanged)
	if db.IsNoRow(err) {
		return nil, nil
	}
	if err != nil {
		return nil, db.MapError(err)
	}
	if finished > 0 {
		i.FinishedAt = &finished
	}
	return &i, nil
}
