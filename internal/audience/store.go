package audience

import (
	"context"

	"zhike/internal/platform/db"
)

// store is the SQL of audiences.
type store struct{ db *db.DB }

// row is an audience as the database has it. Of lists rule is not read.
type row struct {
	id, version, ownerID, archivedAt int64
	name, fold, description          string
	kind                             Kind
	rule, preset, problem            string
	format                           int
	followed                         bool
	size, evaluatedAt, tookMillis    int64
	createdAt, updatedAt             int64
}

const rowColumns = `id, version, owner_id, archived_at, name, fold, description, kind, preset, problem, format, followed, size, evaluated_at, took_ms, created_at, updated_at`

func (r *row) into() []any {
	return []any{
		&r.id, &r.version, &r.ownerID, &r.archivedAt, &r.name, &r.fold, &r.description, &r.kind, &r.preset, &r.problem, &r.format,
		&r.followed, &r.size, &r.evaluatedAt, &r.tookMillis, &r.createdAt, &r.updatedAt,
	}
}

func (s *store) exec(ctx context.Context, text string, args ...any) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, text, args...)
	return db.MapError(err)
}

// lock makes writes of audiences come one after the other; inside InTx.
func (s *store) lock(ctx context.Context) error {
	return s.exec(ctx, `UPDATE audience_state SET version = version + 1 WHERE id = 1`)
}

// heads reads all audiences without their rules, by id.
func (s *store) heads(ctx context.Context) ([]row, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT `+rowColumns+` FROM audiences ORDER BY id`, func(r *row, sc db.Scanner) error {
		return sc.Scan(r.into()...)
	})
}

// ruled reads all audiences with a rule, and their rules, by id.
func (s *store) ruled(ctx context.Context) ([]row, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT `+rowColumns+`, rule FROM audiences WHERE rule <> '' ORDER BY id`,
		func(r *row, sc db.Scanner) error { return sc.Scan(append(r.into(), &r.rule)...) })
}

// get reads an audience, nil where there is none.
func (s *store) get(ctx context.Context, id int64) (*row, error) {
	var r row
	err := s.db.Prepared(ctx).QueryRowContext(ctx, `SELECT `+rowColumns+`, rule FROM audiences WHERE id = $1`, id).Scan(append(r.into(), &r.rule)...)
	if db.IsNoRow(err) {
		return nil, nil
	}
	return &r, db.MapError(err)
}

func (s *store) count(ctx context.Context) (n int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM audiences`).Scan(&n)
	return n, db.MapError(err)
}

// named gives the audience in use that has a name, 0 where none has.
func (s *store) named(ctx context.Context, fold string) (id int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT id FROM audiences WHERE fold = $1 AND archived_at = 0`, fold).Scan(&id)
	if db.IsNoRow(err) {
		return 0, nil
	}
	return id, db.MapError(err)
}

func (s *store) insert(ctx context.Context, r *row) error {
	return s.exec(ctx, `INSERT INTO audiences (id, version, owner_id, archived_at, name, fold, description, kind, preset, problem, format, followed,
  size, evaluated_at, took_ms, created_at, updated_at, rule) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		r.id, r.version, r.ownerID, r.archivedAt, r.name, r.fold, r.description, r.kind, r.preset, r.problem, r.format, r.followed,
		r.size, r.evaluatedAt, r.tookMillis, r.createdAt, r.updatedAt, r.rule)
}

// update writes what people change; what the follower knows is left alone.
func (s *store) update(ctx context.Context, r *row) error {
	return s.exec(ctx, `UPDATE audiences SET version = $1, owner_id = $2, archived_at = $3, name = $4, fold = $5, description = $6, rule = $7,
  format = $8, followed = $9, updated_at = $10 WHERE id = $11`,
		r.version, r.ownerID, r.archivedAt, r.name, r.fold, r.description, r.rule, r.format, r.followed, r.updatedAt, r.id)
}

// remove deletes an audience with all that hangs on it.
func (s *store) remove(ctx context.Context, id int64) error {
	for _, text := range []string{
		`DELETE FROM audience_entries WHERE audience_id = $1`, `DELETE FROM audience_parts WHERE audience_id = $1`, `DELETE FROM audience_versions WHERE audience_id = $1`,
		`DELETE FROM audience_uses WHERE used_by = $1`, `DELETE FROM audience_blocks WHERE audience_id = $1`,
		`DELETE FROM audience_changes WHERE audience_id = $1`, `DELETE FROM audience_sizes WHERE audience_id = $1`, `DELETE FROM audience_cursors WHERE audience_id = $1`,
		`DELETE FROM audiences WHERE id = $1`,
	} {
		if err := s.exec(ctx, text, id); err != nil {
			return err
		}
	}
	return nil
}

// link says that one audience names another.
type link struct{ used, by int64 }

// links reads who names whom, all of it.
func (s *store) links(ctx context.Context) ([]link, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT audience_id, used_by FROM audience_uses ORDER BY audience_id, used_by`, func(l *link, sc db.Scanner) error {
		return sc.Scan(&l.used, &l.by)
	})
}

// setUses replaces whom an audience names.
func (s *store) setUses(ctx context.Context, id int64, used []int64) error {
	if err := s.exec(ctx, `DELETE FROM audience_uses WHERE used_by = $1`, id); err != nil {
		return err
	}
	return s.db.BulkInsert(ctx, "audience_uses", []string{"audience_id", "used_by"}, len(used), func(i int, v []any) { v[0], v[1] = used[i], id })
}

// versionRow is a version as the database has it.
type versionRow struct {
	version, authorID, createdAt  int64
	rule, name, description, note string
	format                        int
}

func (s *store) insertVersion(ctx context.Context, id int64, v *versionRow) error {
	return s.exec(ctx, `INSERT INTO audience_versions (audience_id, version, rule, format, name, description, note, author_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, id, v.version, v.rule, v.format, v.name, v.description, v.note, v.authorID, v.createdAt)
}

// versions reads up to n versions before one, the newest first.
func (s *store) versions(ctx context.Context, id, before int64, n int) ([]versionRow, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT version, author_id, created_at, rule, name, description, note, format FROM audience_versions
WHERE audience_id = $1 AND version < $2 ORDER BY version DESC LIMIT $3`, func(v *versionRow, sc db.Scanner) error {
		return sc.Scan(&v.version, &v.authorID, &v.createdAt, &v.rule, &v.name, &v.description, &v.note, &v.format)
	}, id, before, n)
}

// inUse reads the first audiences that are not archived, with their rules, by name.
func (s *store) inUse(ctx context.Context, n int) ([]row, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT `+rowColumns+`, rule FROM audiences WHERE archived_at = 0 ORDER BY fold, id LIMIT $1`,
		func(r *row, sc db.Scanner) error { return sc.Scan(append(r.into(), &r.rule)...) }, n)
}
