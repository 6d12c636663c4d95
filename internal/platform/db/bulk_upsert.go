package db

import (
	"context"
	"database/sql/driver"
	"strings"

	"zhike/internal/platform/errs"
)

// upsertRows is how many rows one statement of [DB.BulkUpsert] carries on PostgreSQL.
const upsertRows = 128

// BulkUpsert inserts n rows inside InTx as [DB.BulkInsert] does, and where a
// row's key is there already writes its other values over what stands. The
// first keys columns are the key, a primary key or a unique index; where they
// are all columns, what is there stays. No key twice in one call.
func (d *DB) BulkUpsert(ctx context.Context, table string, columns []string, keys, n int, row func(i int, vals []any)) error {
	if n == 0 {
		return nil
	}
	t := txFrom(ctx)
	if t == nil {
		return errs.New(errs.Internal, "internal", "detail", "BulkUpsert outside a transaction")
	}
	d.inserts(ctx, t, n)
	tail := onConflict(columns, keys)
	if d.engine == SQLite {
		return MapError(t.conn.Raw(func(dc any) error {
			b := bulk{conn: dc.(driver.ConnPrepareContext), table: table, columns: columns, tail: tail}
			return b.insert(ctx, n, row)
		}))
	}
	w := len(columns)
	args := make([]any, min(n, upsertRows)*w)
	for at := 0; at < n; at += upsertRows {
		rows := min(upsertRows, n-at)
		var text strings.Builder
		text.WriteString("INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES ")
		for k := range rows {
			row(at+k, args[k*w:(k+1)*w])
			if k > 0 {
				text.WriteString(", ")
			}
			text.WriteString("(" + Placeholders(k*w+1, w) + ")")
		}
		if _, err := t.tx.ExecContext(ctx, text.String()+tail, args[:rows*w]...); err != nil {
			return MapError(err)
		}
	}
	return nil
}

func onConflict(columns []string, keys int) string {
	tail := " ON CONFLICT (" + strings.Join(columns[:keys], ", ") + ") DO "
	if keys == len(columns) {
		return tail + "NOTHING"
	}
	tail += "UPDATE SET "
	for i, c := range columns[keys:] {
		if i > 0 {
			tail += ", "
		}
		tail += c + " = excluded." + c
	}
	return tail
}
