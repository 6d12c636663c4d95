package db

import (
	"context"
	"database/sql/driver"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"zhike/internal/platform/errs"
)

// BulkInsert inserts n rows inside InTx by the engine's fastest way: COPY on
// PostgreSQL, many rows a statement on SQLite. row fills vals (one value per
// column, int64, float64, string, bool, []byte or nil) for row i; vals is
// reused. A duplicate key fails the whole call (code db.unique).
func (d *DB) BulkInsert(ctx context.Context, table string, columns []string, n int, row func(i int, vals []any)) error {
	if n == 0 {
		return nil
	}
	t := txFrom(ctx)
	if t == nil {
		return errs.New(errs.Internal, "internal", "detail", "BulkInsert outside a transaction")
	}
	d.inserts(ctx, t, n)
	if d.engine == Postgres {
		return MapError(d.Driver(ctx, nil, func(c *pgx.Conn) error { return d.copyIn(ctx, c, table, columns, n, row) }))
	}
	return MapError(t.conn.Raw(func(dc any) error {
		b := bulk{conn: dc.(driver.ConnPrepareContext), table: table, columns: columns}
		return b.insert(ctx, n, row)
	}))
}

// Placeholders writes "$3, $4, $5" for (3, 3).
func Placeholders(first, n int) string {
	b := make([]byte, 0, n*6)
	for i := range n {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(b, '$')
		b = strconv.AppendInt(b, int64(first+i), 10)
	}
	return string(b)
}

// inSizes are the lengths IN lists are padded to, so that a statement has few
// texts and the engines' statement caches hold.
var inSizes = [...]int{1, 4, 16, 64, 256, 1024}

// MaxIn is the longest IN list.
const MaxIn = 1024

// chunkIn is the length of the lists that [InChunks] makes: SQLite looks each
// name $1… up among those before it, so that four lists of 256 cost it a
// quarter of one of 1024.
const chunkIn = 256

// InArgs makes the placeholders from $first and the arguments of an IN list of
// at most MaxIn values, padded by repeating the last value.
func InArgs[T any](first int, vals []T) (placeholders string, args []any) {
	n := len(vals)
	for _, s := range inSizes {
		if s >= n {
			n = s
			break
		}
	}
	args = make([]any, n)
	for i := range args {
		args[i] = vals[min(i, len(vals)-1)]
	}
	return Placeholders(first, n), args
}

// OneOf writes the right side of "column is one of vals", a list of at most MaxIn,
// whose first argument is number first: one argument on PostgreSQL, which keeps
// one plan for any number of them, and a list of as many as [InArgs] makes on
// SQLite.
func (d *DB) OneOf(first int, vals []int64) (is string, args []any) {
	if d.engine == Postgres {
		return "= ANY($" + strconv.Itoa(first) + ")", []any{vals}
	}
	in, args := InArgs(first, vals)
	return "IN (" + in + ")", args
}

// BytesRows makes a table, in parentheses, whose one column b has the values of
// a list of at most MaxIn: for queries that look each of them up. It comes last
// in the text, its first argument is number first.
func (d *DB) BytesRows(first int, vals [][]byte) (table string, args []any) {
	if d.engine == Postgres {
		return "(SELECT UNNEST(CAST($" + strconv.Itoa(first) + " AS BYTEA[])) AS b)", []any{vals}
	}
	_, args = InArgs(first, vals)
	// Not $1…, see bulk.sql.
	return "(SELECT column1 AS b FROM (VALUES (?)" + strings.Repeat(", (?)", len(args)-1) + "))", args
}

// InChunks calls fn with pieces of vals that make good IN lists, none longer
// than MaxIn.
func InChunks[T any](vals []T, fn func(chunk []T) error) error {
	for len(vals) > 0 {
		n := min(len(vals), chunkIn)
		if err := fn(vals[:n]); err != nil {
			return err
		}
		vals = vals[n:]
	}
	return nil
}
