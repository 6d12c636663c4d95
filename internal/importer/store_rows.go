package importer

import (
	"context"

	"zhike/internal/column"
	"zhike/internal/platform/db"
)

// rejectRow is a refused row as it is stored.
type rejectRow struct {
	No     int64
	Line   int64
	Column string
	Code   string
	Params string // JSON, "" for none
	Value  []byte // sealed, nil for none
	Row    []byte // sealed
}

func (s *store) insertRejects(ctx context.Context, importID int64, rs []rejectRow) error {
	cols := []string{"import_id", "row_no", "line_no", "column_name", "code", "params", "value_cipher", "row_cipher"}
	return s.db.BulkInsert(ctx, "import_rejects", cols, len(rs), func(i int, v []any) {
		r := &rs[i]
		v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7] = importID, r.No, r.Line, r.Column, r.Code, r.Params, nil, r.Row
		if r.Value != nil {
			v[6] = r.Value
		}
	})
}

// rejects reads refused rows in file order, those behind row number after, and
// of one reason only unless code is "".
func (s *store) rejects(ctx context.Context, importID, after int64, code string, limit int) ([]rejectRow, error) {
	cond, args := `row_no > $2 ORDER BY row_no LIMIT $3`, []any{importID, after, limit}
	if code != "" {
		cond, args = `code = $2 AND row_no > $3 ORDER BY row_no LIMIT $4`, []any{importID, code, after, limit}
	}
	rows, err := s.db.Q(ctx).QueryContext(ctx, `SELECT row_no, line_no, column_name, code, params, value_cipher, row_cipher
		FROM import_rejects WHERE import_id = $1 AND `+cond, args...)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []rejectRow
	for rows.Next() {
		var r rejectRow
		if err := rows.Scan(&r.No, &r.Line, &r.Column, &r.Code, &r.Params, &r.Value, &r.Row); err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, r)
	}
	return out, db.MapError(rows.Err())
}

// pendingRow is a row held back.
type pendingRow struct {
	Hash int64
	No   int64
	Row  []byte // sealed
}

func (s *store) insertPending(ctx context.Context, importID int64, ps []pendingRow) error {
	cols := []string{"import_id", "order_hash", "row_no", "row_cipher"}
	return s.db.BulkInsert(ctx, "import_pending", cols, len(ps), func(i int, v []any) {
		v[0], v[1], v[2], v[3] = importID, ps[i].Hash, ps[i].No, ps[i].Row
	})
}

// pending reads held rows in the order of hash and row number, behind (hash, no).
func (s *store) pending(ctx context.Context, importID, hash, no int64, limit int) ([]pendingRow, error) {
	rows, err := s.db.Q(ctx).QueryContext(ctx, `SELECT order_hash, row_no, row_cipher FROM import_pending
		WHERE import_id = $1 AND (order_hash, row_no) > ($2, $3) ORDER BY order_hash, row_no LIMIT $4`, importID, hash, no, limit)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	out := make([]pendingRow, 0, limit)
	for rows.Next() {
		var p pendingRow
		if err := rows.Scan(&p.Hash, &p.No, &p.Row); err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, p)
	}
	return out, db.MapError(rows.Err())
}

func (s *store) deletePending(ctx context.Context, importID, upToHash int64) error {
	return s.exec(ctx, `DELETE FROM import_pending WHERE import_id = $1 AND order_hash <= $2`, importID, upToHash)
}

func (s *store) insertMet(ctx context.Context, importID, batch int64, ids []byte) error {
	return s.exec(ctx, `INSERT INTO import_customers (import_id, batch, ids) VALUES ($1, $2, $3)`, importID, batch, ids)
}

// met calls fn with the packed lists of the batches, in their order.
func (s *store) met(ctx context.Context, importID int64, fn func(batch int64, ids []byte) error) error {
	rows, err := s.db.Q(ctx).QueryContext(ctx, `SELECT batch, ids FROM import_customers WHERE import_id = $1 ORDER BY batch`, importID)
	if err != nil {
		return db.MapError(err)
	}
	defer rows.Close()
	for rows.Next() {
		var batch int64
		var ids []byte
		if err := rows.Scan(&batch, &ids); err != nil {
			return db.MapError(err)
		}
		if err := fn(batch, ids); err != nil {
			return err
		}
	}
	return db.MapError(rows.Err())
}

// clearWork drops what only a running import needs.
func (s *store) clearWork(ctx context.Context, importID int64) error {
	for _, table := range []string{"import_pending", "import_customers"} {
		if err := s.exec(ctx, `DELETE FROM `+table+` WHERE import_id = $1`, importID); err != nil {
			return err
		}
	}
	return nil
}

// Source is where data comes from.
type Source struct {
	ID        int64  `json:"id"`
	Code      string `json:"code"`
	Name      string `json:"name"`
	CreatedAt int64  `json:"created_at" doc:"unix milliseconds"`
}

func (s *store) sourceByCode(ctx context.Context, code string) (Source, error) {
	var o Source
	err := s.db.Q(ctx).QueryRowContext(ctx, `SELECT id, code, name, created_at FROM sources WHERE code = $1`, code).
		Scan(&o.ID, &o.Code, &o.Name, &o.CreatedAt)
	return o, db.MapError(err)
}

// maxSources bounds the list: a source is a shop or a system, not a file.
const maxSources = 1000

func (s *store) sources(ctx context.Context) ([]Source, error) {
	rows, err := s.db.Q(ctx).QueryContext(ctx, `SELECT id, code, name, created_at FROM sources ORDER BY name, id LIMIT $1`, maxSources)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	out := []Source{}
	for rows.Next() {
		var o Source
		if err := rows.Scan(&o.ID, &o.Code, &o.Name, &o.CreatedAt); err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, o)
	}
	return out, db.MapError(rows.Err())
}

// addSource inserts a source inside InTx; db.unique where the code is taken.
func (s *store) addSource(ctx context.Context, o *Source) error {
	id, err := s.db.NextID(ctx, "source")
	if err != nil {
		return err
	}
	o.ID = id
	if err := column.Tell(ctx, s.db, "sources", o.CreatedAt, id); err != nil {
		return err
	}
	return s.exec(ctx, `INSERT INTO sources (id, code, name, created_at) VALUES ($1, $2, $3, $4)`, o.ID, o.Code, o.Name, o.CreatedAt)
}

func (s *store) countSources(ctx context.Context) (n int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT count(*) FROM sources`).Scan(&n)
	return n, db.MapError(err)
}

// savedMapping finds the mapping of a header as JSON; "" where none is kept.
func (s *store) savedMapping(ctx context.Context, sourceID int64, kind Kind, hash string) (mapping string, err error) {
	err = db.MapError(s.db.Q(ctx).QueryRowContext(ctx, `SELECT mapping FROM import_mappings
		WHERE source_id = $1 AND kind = $2 AND header_hash = $3`, sourceID, string(kind), hash).Scan(&mapping))
	if isNoRow(err) {
		return "", nil
	}
	return mapping, err
}

func (s *store) saveMapping(ctx context.Context, sourceID int64, kind Kind, hash, mapping string, now int64) error {
	return s.exec(ctx, `INSERT INTO import_mappings (source_id, kind, header_hash, mapping, updated_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (source_id, kind, header_hash) DO UPDATE SET mapping = excluded.mapping, updated_at = excluded.updated_at`,
		sourceID, string(kind), hash, mapping, now)
}
