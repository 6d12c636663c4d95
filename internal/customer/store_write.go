package customer

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"zhike/internal/platform/db"
)

// raise gives each of the customers the next version and says which that is.
// Ids that are not there are missing in the answer. It locks the rows.
func (s *Store) raise(ctx context.Context, ids []int64, now int64) (map[int64]int64, error) {
	versions := make(map[int64]int64, len(ids))
	sorted := slices.Clone(ids)
	slices.Sort(sorted)
	err := db.InChunks(slices.Compact(sorted), func(chunk []int64) error {
		in, args := db.InArgs(2, chunk)
		return s.versions(ctx, versions, `UPDATE customers SET version = version + 1, updated_at = $1 WHERE id IN (`+in+`) RETURNING id, version`,
			append([]any{now}, args...)...)
	})
	return versions, err
}

// lower takes one raise of a customer back, inside the transaction that raised it.
func (s *Store) lower(ctx context.Context, id int64) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE customers SET version = version - 1 WHERE id = $1`, id)
	return db.MapError(err)
}

func (s *Store) versions(ctx context.Context, into map[int64]int64, text string, args ...any) error {
	rows, err := s.db.Q(ctx).QueryContext(ctx, text, args...)
	if err != nil {
		return db.MapError(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, version int64
		if err := rows.Scan(&id, &version); err != nil {
			return db.MapError(err)
		}
		into[id] = version
	}
	return db.MapError(rows.Err())
}

type changeRow struct {
	id, customerID, at, actorID int64
	actorName                   string
	origin                      Origin
	changeSet, version          int64
	field, before, after        string
	beforeCipher, afterCipher   []byte
	fresh                       bool // see WriteOptions.Fresh
}

func (s *Store) insertChanges(ctx context.Context, rows []changeRow) error {
	if err := s.db.AssignIDs(ctx, "customer_change", len(rows), func(i int) *int64 { return &rows[i].id }); err != nil {
		return err
	}
	if err := s.insertStages(ctx, rows); err != nil {
		return err
	}
	if err := s.insertValueChanges(ctx, rows); err != nil {
		return err
	}
	cols := []string{"id", "customer_id", "at", "actor_id", "actor_name", "origin", "change_set", "version", "field",
		"before_text", "after_text", "before_cipher", "after_cipher"}
	return s.db.BulkInsert(ctx, "customer_changes", cols, len(rows), func(i int, v []any) {
		r := &rows[i]
		v[0], v[1], v[2], v[3], v[4] = r.id, r.customerID, r.at, r.actorID, r.actorName
		v[5], v[6], v[7], v[8] = string(r.origin), r.changeSet, r.version, r.field
		v[9], v[10], v[11], v[12] = r.before, r.after, bytesOrNull(r.beforeCipher), bytesOrNull(r.afterCipher)
	})
}

func bytesOrNull(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}

// setColumns writes the named columns of customers from rows, where a row's
// version is still the one it was read with, and raises the versions. The
// answer has the new versions of those that were written.
func (s *Store) setColumns(ctx context.Context, columns []field, rows []*Stored, now int64) (map[int64]int64, error) {
	versions := make(map[int64]int64, len(rows))
	width := len(columns) + 2
	for part := range slices.Chunk(rows, updateRows) {
		args := append(make([]any, 0, len(part)*width+1), now)
		for _, r := range part {
			args = append(args, r.ID, r.Version)
			for i := range columns {
				args = append(args, columns[i].value(r))
			}
		}
		if err := s.versions(ctx, versions, setColumnsSQL(columns, len(part)), args...); err != nil {
			return nil, err
		}
	}
	return versions, nil
}

func setColumnsSQL(columns []field, rows int) string {
	width := len(columns) + 2
	var b strings.Builder
	b.WriteString(`UPDATE customers SET updated_at = CAST($1 AS BIGINT), version = customers.version + 1`)
	for i := range columns {
		b.WriteString(`, ` + columns[i].column + ` = v.column` + itoa(i+3))
	}
	b.WriteString(` FROM (VALUES `)
	for r := range rows {
		if r > 0 {
			b.WriteString(`, (` + db.Placeholders(r*width+2, width) + `)`)
			continue
		}
		b.WriteString(`(CAST($2 AS BIGINT), CAST($3 AS BIGINT)`)
		for i := range columns {
			b.WriteString(`, CAST($` + itoa(i+4) + ` AS ` + columns[i].sqlType() + `)`)
		}
		b.WriteByte(')')
	}
	b.WriteString(`) AS v WHERE customers.id = v.column1 AND customers.version = v.column2 RETURNING customers.id, customers.version`)
	return b.String()
}

func itoa(n int) string { return strconv.Itoa(n) }
