package db

import (
	"context"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"zhike/internal/platform/errs"
)

// bulkRows is how many rows one INSERT carries on SQLite: beyond it the time
// per row no longer falls.
const bulkRows = 20

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
	if d.engine == Postgres {
		return MapError(d.Driver(ctx, nil, func(c *pgx.Conn) error {
			src := &copySource{n: n, i: -1, row: row, vals: make([]any, len(columns))}
			_, err := c.CopyFrom(ctx, pgx.Identifier{table}, columns, src)
			return err
		}))
	}
	w := len(columns)
	args := make([]any, bulkRows*w)
	full, err := t.tx.PrepareContext(ctx, insertSQL(table, columns, bulkRows))
	if err != nil {
		return MapError(err)
	}
	defer full.Close()
	i := 0
	for ; i+bulkRows <= n; i += bulkRows {
		for k := range bulkRows {
			row(i+k, args[k*w:(k+1)*w])
		}
		if _, err := full.ExecContext(ctx, args...); err != nil {
			return MapError(err)
		}
	}
	if rest := n - i; rest > 0 {
		for k := range rest {
			row(i+k, args[k*w:(k+1)*w])
		}
		if _, err := t.tx.ExecContext(ctx, insertSQL(table, columns, rest), args[:rest*w]...); err != nil {
			return MapError(err)
		}
	}
	return nil
}

func insertSQL(table string, columns []string, rows int) string {
	var b strings.Builder
	b.WriteString("INSERT OR FAIL INTO ")
	b.WriteString(table)
	b.WriteString(" (")
	b.WriteString(strings.Join(columns, ", "))
	b.WriteString(") VALUES ")
	for r := range rows {
		if r > 0 {
			b.WriteString(", ")
		}
		// Not $1…: SQLite keeps those as names and looks each up in a list when
		// it is bound, which takes a third of the whole insert.
		b.WriteString("(?")
		b.WriteString(strings.Repeat(", ?", len(columns)-1))
		b.WriteByte(')')
	}
	return b.String()
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

// MaxIn is the longest IN list; [InChunks] keeps to it.
const MaxIn = 1024

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

// InChunks calls fn with pieces of vals no longer than MaxIn.
func InChunks[T any](vals []T, fn func(chunk []T) error) error {
	for len(vals) > 0 {
		n := min(len(vals), MaxIn)
		if err := fn(vals[:n]); err != nil {
			return err
		}
		vals = vals[n:]
	}
	return nil
}

type copySource struct {
	n, i int
	row  func(i int, vals []any)
	vals []any
}

func (s *copySource) Next() bool {
	s.i++
	return s.i < s.n
}

func (s *copySource) Values() ([]any, error) {
	s.row(s.i, s.vals)
	return s.vals, nil
}

func (s *copySource) Err() error { return nil }
