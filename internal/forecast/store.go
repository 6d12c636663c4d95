package forecast

import (
	"context"
	"encoding/json"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

type store struct{ db *db.DB }

const columns = `SELECT id, kind, version, status, settings, body, doubts, as_of_day, customers, error_code, job_id, lease_until,
  created_by, created_at, finished_at, decided_by, decided_at FROM forecast_models`

func scanRow(v **row, s db.Scanner) error {
	r := &row{}
	*v = r
	var settings, found, doubts string
	if err := s.Scan(&r.ID, &r.Kind, &r.Version, &r.Status, &settings, &found, &doubts, &r.AsOf, &r.Customers, &r.ErrorCode, &r.JobID,
		&r.LeaseUntil, &r.CreatedBy, &r.CreatedAt, &r.FinishedAt, &r.DecidedBy, &r.DecidedAt); err != nil {
		return err
	}
	for _, p := range []struct {
		text string
		into any
	}{{settings, &r.Settings}, {found, &r.Body}, {doubts, &r.Doubts}} {
		if p.text == "" {
			continue
		}
		if err := json.Unmarshal([]byte(p.text), p.into); err != nil {
			return errs.Wrap(err, errs.Internal, "internal")
		}
	}
	return nil
}

func (s store) one(ctx context.Context, where string, args ...any) (*row, error) {
	var r *row
	err := db.MapError(scanRow(&r, s.db.Q(ctx).QueryRowContext(ctx, columns+where, args...)))
	if db.IsNoRow(err) {
		return nil, errs.New(errs.NotFound, "forecast.no_such_model")
	}
	return r, err
}

// model reads one; error forecast.no_such_model.
func (s store) model(ctx context.Context, id int64) (*row, error) {
	return s.one(ctx, ` WHERE id = $1`, id)
}

// inUse is the model of a kind that is in use; error forecast.no_such_model.
func (s store) inUse(ctx context.Context, k Kind) (*row, error) {
	return s.one(ctx, ` WHERE kind = $1 AND status = 'in_use'`, string(k))
}

// active is the fit of a kind that waits or runs; error forecast.no_such_model.
func (s store) active(ctx context.Context, k Kind) (*row, error) {
	return s.one(ctx, ` WHERE kind = $1 AND status IN ('waiting', 'running')`, string(k))
}

// newest lists up to n models of a kind below a version, newest first.
func (s store) newest(ctx context.Context, k Kind, below, n int) ([]*row, error) {
	return db.Select(ctx, s.db.Q(ctx), columns+` WHERE kind = $1 AND version < $2 ORDER BY version DESC LIMIT $3`, scanRow, string(k), below, n)
}

// insert adds a waiting one inside InTx and sets id and version; db.unique where
// one of the kind waits or runs.
func (s store) insert(ctx context.Context, r *row) (err error) {
	if r.ID, err = s.db.NextID(ctx, "forecast_model"); err != nil {
		return err
	}
	if err := s.db.Q(ctx).QueryRowContext(ctx, `SELECT COALESCE(MAX(version), 0) + 1 FROM forecast_models WHERE kind = $1`, string(r.Kind)).Scan(&r.Version); err != nil {
		return db.MapError(err)
	}
	_, err = s.exec(ctx, `INSERT INTO forecast_models (id, kind, version, status, settings, body, doubts, as_of_day, customers, error_code,
  job_id, lease_until, created_by, created_at, finished_at, decided_by, decided_at)
VALUES ($1, $2, $3, $4, $5, '', '', 0, 0, '', 0, $6, $7, $8, 0, 0, 0)`,
		r.ID, string(r.Kind), r.Version, string(r.Status), asJSON(r.Settings), r.LeaseUntil, r.CreatedBy, r.CreatedAt)
	return err
}

func (s store) exec(ctx context.Context, text string, args ...any) (bool, error) {
	res, err := s.db.Q(ctx).ExecContext(ctx, text, args...)
	if err != nil {
		return false, db.MapError(err)
	}
	n, err := res.RowsAffected()
	return n > 0, db.MapError(err)
}

func (s store) setJob(ctx context.Context, id, job int64) error {
	_, err := s.exec(ctx, `UPDATE forecast_models SET job_id = $1 WHERE id = $2`, job, id)
	return err
}

// claim says that somebody fits; ok is false where the fit was ended.
func (s store) claim(ctx context.Context, id, until int64) (ok bool, err error) {
	return s.exec(ctx, `UPDATE forecast_models SET status = 'running', lease_until = $1 WHERE id = $2 AND status IN ('waiting', 'running')`, until, id)
}

// end ends a fit that found nothing; ok is false where it was over.
func (s store) end(ctx context.Context, id int64, status Status, code string, at int64) (ok bool, err error) {
	return s.exec(ctx, `UPDATE forecast_models SET status = $1, error_code = $2, finished_at = $3 WHERE id = $4 AND status IN ('waiting', 'running')`,
		string(status), code, at, id)
}

// finish stores what a fit found; ok is false where it was ended.
func (s store) finish(ctx context.Context, r *row) (ok bool, err error) {
	doubts := ""
	if len(r.Doubts) > 0 {
		doubts = asJSON(r.Doubts)
	}
	return s.exec(ctx, `UPDATE forecast_models SET status = $1, body = $2, doubts = $3, as_of_day = $4, customers = $5, finished_at = $6
WHERE id = $7 AND status = 'running'`, string(r.Status), asJSON(r.Body), doubts, int64(r.AsOf), r.Customers, r.FinishedAt, r.ID)
}

// retire takes the model of a kind out of use; inside InTx.
func (s store) retire(ctx context.Context, k Kind) error {
	_, err := s.exec(ctx, `UPDATE forecast_models SET status = 'retired' WHERE kind = $1 AND status = 'in_use'`, string(k))
	return err
}

// decide moves a model from one status to another by a person; ok is false
// where it has another status.
func (s store) decide(ctx context.Context, id int64, from, to Status, by, at int64) (ok bool, err error) {
	return s.exec(ctx, `UPDATE forecast_models SET status = $1, decided_by = $2, decided_at = $3 WHERE id = $4 AND status = $5`,
		string(to), by, at, id, string(from))
}

// keptSettings are the settings of a kind with their version, 0 as shipped.
type keptSettings struct {
	Settings
	Version   int
	UpdatedBy int64
	UpdatedAt int64
}

func (s store) settings(ctx context.Context, k Kind) (out keptSettings, err error) {
	var text string
	err = db.MapError(s.db.Q(ctx).QueryRowContext(ctx, `SELECT body, version, updated_by, updated_at FROM forecast_settings WHERE kind = $1`, string(k)).
		Scan(&text, &out.Version, &out.UpdatedBy, &out.UpdatedAt))
	if db.IsNoRow(err) {
		out.Settings = shippedSettings(k)
		return out, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(text), &out.Settings)
	}
	return out, err
}

// saveSettings writes version v; inside InTx. ok is false where it is not the next.
func (s store) saveSettings(ctx context.Context, k Kind, in keptSettings) (ok bool, err error) {
	if in.Version == 1 {
		_, err = s.exec(ctx, `INSERT INTO forecast_settings (kind, body, version, updated_by, updated_at) VALUES ($1, $2, 1, $3, $4)`,
			string(k), asJSON(in.Settings), in.UpdatedBy, in.UpdatedAt)
		if db.IsUnique(err) {
			return false, nil
		}
		return err == nil, err
	}
	return s.exec(ctx, `UPDATE forecast_settings SET body = $1, version = $2, updated_by = $3, updated_at = $4 WHERE kind = $5 AND version = $6`,
		asJSON(in.Settings), in.Version, in.UpdatedBy, in.UpdatedAt, string(k), in.Version-1)
}

// orderDays are the first and the last day with an order up to a day; ok is
// false without any.
func (s store) orderDays(ctx context.Context, upTo clock.Day) (first, last clock.Day, ok bool, err error) {
	err = db.MapError(s.db.Q(ctx).QueryRowContext(ctx, `SELECT COALESCE((SELECT MIN(day) FROM orders WHERE day >= 0), -1),
  COALESCE((SELECT MAX(day) FROM orders WHERE day <= $1), -1)`, int64(upTo)).Scan(&first, &last))
	return first, last, first >= 0 && last >= first, err
}

// inUseID is the id of the model of a kind in use; error forecast.no_such_model.
func (s store) inUseID(ctx context.Context, k Kind) (id int64, err error) {
	err = db.MapError(s.db.Q(ctx).QueryRowContext(ctx, `SELECT id FROM forecast_models WHERE kind = $1 AND status = 'in_use'`, string(k)).Scan(&id))
	if db.IsNoRow(err) {
		return 0, errs.New(errs.NotFound, "forecast.no_such_model")
	}
	return id, err
}
