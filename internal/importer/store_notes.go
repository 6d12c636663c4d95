package importer

import (
	"context"

	"zhike/internal/platform/db"
)

// setNotes keeps what an import has to say, sealed.
func (s *store) setNotes(ctx context.Context, id int64, cipher []byte) error {
	return s.exec(ctx, `UPDATE imports SET notes_cipher = $1 WHERE id = $2`, cipher, id)
}

// saveCreated keeps which customers an import made; it may be called again.
func (s *store) saveCreated(ctx context.Context, importID int64, ranges []idRange) error {
	if err := s.exec(ctx, `DELETE FROM import_created WHERE import_id = $1`, importID); err != nil {
		return err
	}
	return s.db.BulkInsert(ctx, "import_created", []string{"import_id", "first_id", "last_id"}, len(ranges), func(i int, v []any) {
		v[0], v[1], v[2] = importID, ranges[i].First, ranges[i].Last
	})
}

// maxRanges bounds the rows that remember what an import made. Ids come in one
// piece unless others make customers at the same time.
const maxRanges = 5000

// savedRow is a mapping kept under a name, as it is stored.
type savedRow struct {
	id                   int64
	name                 string
	kind                 Kind
	mapping              string
	createdBy, createdAt int64
	updatedBy, updatedAt int64
}

const savedColumns = `id, name, kind, mapping, created_by, created_at, updated_by, updated_at`

func (r *savedRow) into() []any {
	return []any{&r.id, &r.name, &r.kind, &r.mapping, &r.createdBy, &r.createdAt, &r.updatedBy, &r.updatedAt}
}

// savedMappings lists the mappings kept under names.
func (s *store) savedMappings(ctx context.Context) ([]savedRow, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT `+savedColumns+` FROM saved_mappings ORDER BY name, id`,
		func(r *savedRow, row db.Scanner) error { return row.Scan(r.into()...) })
}

func (s *store) savedByID(ctx context.Context, id int64) (r savedRow, err error) {
	err = db.MapError(s.db.Q(ctx).QueryRowContext(ctx, `SELECT `+savedColumns+` FROM saved_mappings WHERE id = $1`, id).Scan(r.into()...))
	return r, err
}

func (s *store) savedByName(ctx context.Context, name string) (r savedRow, err error) {
	err = db.MapError(s.db.Q(ctx).QueryRowContext(ctx, `SELECT `+savedColumns+` FROM saved_mappings WHERE name = $1`, name).Scan(r.into()...))
	return r, err
}

// insertSaved adds a mapping under a name; db.unique where the name is taken.
func (s *store) insertSaved(ctx context.Context, r *savedRow) error {
	return s.exec(ctx, `INSERT INTO saved_mappings (`+savedColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		r.id, r.name, string(r.kind), r.mapping, r.createdBy, r.createdAt, r.updatedBy, r.updatedAt)
}

// updateSaved writes name and mapping of one that is still as it was read.
func (s *store) updateSaved(ctx context.Context, r *savedRow, was int64) (bool, error) {
	return s.changed(ctx, `UPDATE saved_mappings SET name = $1, mapping = $2, updated_by = $3, updated_at = $4 WHERE id = $5 AND updated_at = $6`,
		r.name, r.mapping, r.updatedBy, r.updatedAt, r.id, was)
}

func (s *store) deleteSaved(ctx context.Context, id int64) error {
	return s.exec(ctx, `DELETE FROM saved_mappings WHERE id = $1`, id)
}
