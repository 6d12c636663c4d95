package field

import (
	"context"
	"encoding/json"

	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

const defColumns = `id, code, kind, scale, target, name_zh, name_en, help_zh, help_en, section_zh, section_en,
 unit, required, used, retired, position, options, created_at, updated_at, least_num, greatest_num`

func scanDefinition(scan func(...any) error) (*Definition, error) {
	d := &Definition{}
	var options string
	err := scan(&d.ID, &d.Code, &d.Kind, &d.Scale, &d.Target, &d.Name.ZH, &d.Name.EN, &d.Help.ZH, &d.Help.EN,
		&d.Section.ZH, &d.Section.EN, &d.Unit, &d.Required, &d.Used, &d.Retired, &d.Position, &options, &d.CreatedAt, &d.UpdatedAt,
		&d.least, &d.greatest)
	if err != nil {
		return nil, db.MapError(err)
	}
	if err := json.Unmarshal([]byte(options), &d.Options); err != nil {
		return nil, errs.Wrap(err, errs.Internal, "internal")
	}
	d.showBounds()
	d.index()
	return d, nil
}

func (s *Service) version(ctx context.Context) (v int64, err error) {
	err = s.DB.Prepared(ctx).QueryRowContext(ctx, "SELECT version FROM field_state WHERE id = 1").Scan(&v)
	return v, db.MapError(err)
}

func (s *Service) raiseVersion(ctx context.Context) error {
	_, err := s.DB.Q(ctx).ExecContext(ctx, "UPDATE field_state SET version = version + 1 WHERE id = 1")
	return db.MapError(err)
}

// allDefinitions reads every definition, retired ones too, in their order.
func (s *Service) allDefinitions(ctx context.Context) ([]*Definition, error) {
	rows, err := s.DB.Q(ctx).QueryContext(ctx, "SELECT "+defColumns+" FROM field_defs ORDER BY position, id")
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	out := []*Definition{}
	for rows.Next() {
		d, err := scanDefinition(rows.Scan)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, db.MapError(rows.Err())
}

func (s *Service) definitionByID(ctx context.Context, id int64) (*Definition, error) {
	d, err := scanDefinition(s.DB.Q(ctx).QueryRowContext(ctx, "SELECT "+defColumns+" FROM field_defs WHERE id = $1", id).Scan)
	if db.IsNoRow(err) {
		return nil, errs.New(errs.NotFound, "field.not_found")
	}
	return d, err
}

func (s *Service) insertDefinition(ctx context.Context, d *Definition) error {
	options, err := json.Marshal(d.Options)
	if err != nil {
		return errs.Wrap(err, errs.Internal, "internal")
	}
	_, err = s.DB.Q(ctx).ExecContext(ctx, "INSERT INTO field_defs ("+defColumns+") VALUES ("+db.Placeholders(1, 21)+")",
		d.ID, d.Code, string(d.Kind), d.Scale, d.Target, d.Name.ZH, d.Name.EN, d.Help.ZH, d.Help.EN, d.Section.ZH, d.Section.EN,
		d.Unit, d.Required, d.Used, d.Retired, d.Position, string(options), d.CreatedAt, d.UpdatedAt, d.least, d.greatest)
	return db.MapError(err)
}

// updateDefinition writes all but code, position and used. keep says that the
// kind stays; where it does not, a field that got its first value meanwhile
// makes it fail with field.in_use.
func (s *Service) updateDefinition(ctx context.Context, d *Definition, keep bool) error {
	options, err := json.Marshal(d.Options)
	if err != nil {
		return errs.Wrap(err, errs.Internal, "internal")
	}
	res, err := s.DB.Q(ctx).ExecContext(ctx, `UPDATE field_defs SET kind = $1, scale = $2, target = $3, name_zh = $4, name_en = $5,
 help_zh = $6, help_en = $7, section_zh = $8, section_en = $9, unit = $10, required = $11, retired = $12, options = $13, updated_at = $14,
 least_num = $15, greatest_num = $16 WHERE id = $17 AND (used = FALSE OR $18)`,
		string(d.Kind), d.Scale, d.Target, d.Name.ZH, d.Name.EN, d.Help.ZH, d.Help.EN, d.Section.ZH, d.Section.EN,
		d.Unit, d.Required, d.Retired, string(options), d.UpdatedAt, d.least, d.greatest, d.ID, keep)
	return oneRow(res, err)
}

func (s *Service) setPosition(ctx context.Context, id int64, position int) error {
	_, err := s.DB.Q(ctx).ExecContext(ctx, "UPDATE field_defs SET position = $1 WHERE id = $2", position, id)
	return db.MapError(err)
}

// deleteUnused removes a definition that never had a value; else field.in_use.
func (s *Service) deleteUnused(ctx context.Context, id int64) error {
	res, err := s.DB.Q(ctx).ExecContext(ctx, "DELETE FROM field_defs WHERE id = $1 AND used = FALSE", id)
	return oneRow(res, err)
}

// markUsed notes the first value of a field. It takes the row: a change of
// kind that runs at the same time comes first and is seen here as
// field.changed, or comes after and fails.
func (s *Service) markUsed(ctx context.Context, d *Definition) error {
	// First the row that orders the writes to definitions, as they do.
	if err := s.raiseVersion(ctx); err != nil {
		return err
	}
	res, err := s.DB.Q(ctx).ExecContext(ctx, "UPDATE field_defs SET used = TRUE WHERE id = $1 AND kind = $2 AND scale = $3 AND target = $4",
		d.ID, string(d.Kind), d.Scale, d.Target)
	if err := oneRow(res, err); errs.Is(err, "field.in_use") {
		return errs.New(errs.Conflict, "field.changed", "field", d.Name.ZH)
	} else if err != nil {
		return err
	}
	return nil
}

type result interface{ RowsAffected() (int64, error) }

func oneRow(res result, err error) error {
	if err != nil {
		return db.MapError(err)
	}
	n, err := res.RowsAffected()
	if err == nil && n == 0 {
		err = errs.New(errs.Conflict, "field.in_use")
	}
	return db.MapError(err)
}

// countValues counts the customers that have a value, up to most.
func (s *Service) countValues(ctx context.Context, d *Definition, most int) (n int64, err error) {
	query := "SELECT count(*) FROM (SELECT DISTINCT customer_id FROM customer_values WHERE field_id = $1 AND num IS NOT NULL LIMIT $2) part"
	if d.Column().Name == "text" {
		query = "SELECT count(*) FROM (SELECT DISTINCT customer_id FROM customer_values WHERE field_id = $1 AND text IS NOT NULL LIMIT $2) part"
	}
	err = s.DB.Q(ctx).QueryRowContext(ctx, query, d.ID, most).Scan(&n)
	return n, db.MapError(err)
}

// countOutside counts the values below least or above greatest, up to most.
func (s *Service) countOutside(ctx context.Context, id int64, least, greatest *int64, most int) (n int64, err error) {
	// A side at a time, each a stretch of the index of values.
	const count = "SELECT count(*) FROM (SELECT 1 FROM customer_values WHERE field_id = $1 AND num IS NOT NULL AND num "
	for _, side := range []struct {
		than  string
		bound *int64
	}{{"<", least}, {">", greatest}} {
		if side.bound == nil {
			continue
		}
		var some int64
		err := s.DB.Q(ctx).QueryRowContext(ctx, count+side.than+" $2 LIMIT $3) part", id, *side.bound, most).Scan(&some)
		if err != nil {
			return 0, db.MapError(err)
		}
		n += some
	}
	return min(n, int64(most)), nil
}

// hasOption says whether a customer has an option.
func (s *Service) hasOption(ctx context.Context, id int64, code string) (bool, error) {
	var n int64
	err := s.DB.Q(ctx).QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM customer_values WHERE field_id = $1 AND text = $2 LIMIT 1) one", id, code).Scan(&n)
	return n > 0, db.MapError(err)
}
