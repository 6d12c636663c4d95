package db

import (
	"context"
	"database/sql/driver"
	"encoding/binary"
	"io"

	"github.com/jackc/pgx/v5"

	"zhike/internal/platform/errs"
)

// Numbers runs a query inside InTx or InReadTx whose columns are all BIGINT
// and never null, and calls fn for each row; v is reused. It is for reads of
// millions of rows, where database/sql takes longer than the database: values
// come from the driver as they are. fn runs while the connection is busy and
// must not use the database.
func (d *DB) Numbers(ctx context.Context, query string, args []any, columns int, fn func(v []int64) error) error {
	t := txFrom(ctx)
	if t == nil {
		return errs.New(errs.Internal, "internal", "detail", "Numbers outside a transaction")
	}
	v := make([]int64, columns)
	if d.engine == Postgres {
		return MapError(d.Driver(ctx, nil, func(c *pgx.Conn) error { return pgNumbers(ctx, c, query, args, v, fn) }))
	}
	return MapError(t.conn.Raw(func(dc any) error {
		return sqliteNumbers(ctx, dc.(driver.QueryerContext), query, args, v, fn)
	}))
}

var errNotNumbers = errs.New(errs.Internal, "internal", "detail", "Numbers of a column that is no BIGINT")

func pgNumbers(ctx context.Context, c *pgx.Conn, query string, args []any, v []int64, fn func(v []int64) error) error {
	// Planned for these arguments: after five runs of a prepared statement
	// PostgreSQL plans ranges without knowing them.
	rows, err := c.Query(ctx, query, append([]any{pgx.QueryExecModeCacheDescribe}, args...)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		raw := rows.RawValues()
		if len(raw) != len(v) {
			return errNotNumbers
		}
		for i := range v {
			if len(raw[i]) != 8 {
				return errNotNumbers
			}
			v[i] = int64(binary.BigEndian.Uint64(raw[i]))
		}
		if err := fn(v); err != nil {
			return err
		}
	}
	return rows.Err()
}

// lookEvery is after how many rows the end of a context is looked for.
const lookEvery = 1024

func sqliteNumbers(ctx context.Context, c driver.QueryerContext, query string, args []any, v []int64, fn func(v []int64) error) error {
	named := make([]driver.NamedValue, len(args))
	for i, a := range args {
		v, err := driver.DefaultParameterConverter.ConvertValue(a)
		if err != nil {
			return err
		}
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	rows, err := c.QueryContext(context.WithoutCancel(ctx), query, named)
	if err != nil {
		return err
	}
	defer rows.Close()
	if len(rows.Columns()) != len(v) {
		return errNotNumbers
	}
	dest := make([]driver.Value, len(v))
	for n := 1; ; n++ {
		if n%lookEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		switch err := rows.Next(dest); err {
		case nil:
		case io.EOF:
			return nil
		default:
			return err
		}
		for i, d := range dest {
			n, ok := d.(int64)
			if !ok {
				return errNotNumbers
			}
			v[i] = n
		}
		if err := fn(v); err != nil {
			return err
		}
	}
}
