package db

import (
	"context"
	"database/sql/driver"
	"strconv"
	"strings"
)

// bulkRows is how many rows one INSERT carries on SQLite: beyond it the time
// per row no longer falls.
const bulkRows = 20

// bulk inserts rows on SQLite through the driver itself: database/sql looks at
// every argument once more, and with a context that can end the driver starts
// a goroutine per statement.
//
// To bind a value takes as long as to store it, and rows of one call often
// agree in many columns (source, import, time of writing). What the first rows
// agree in therefore stands in the text of the statement, until a row differs.
type bulk struct {
	conn    driver.ConnPrepareContext
	table   string
	columns []string
	tail    string // what happens to a row whose key is there; "" fails

	fixed []bool // by column: its value stands in the text
	value []any  // by column: that value
	args  []driver.NamedValue
	full  driver.Stmt // takes bulkRows rows
}

func (b *bulk) insert(ctx context.Context, n int, row func(i int, vals []any)) error {
	defer b.close()
	w := len(b.columns)
	first := min(n, bulkRows)
	vals := make([]any, first*w)
	fill := func(from, rows int) {
		for k := range rows {
			row(from+k, vals[k*w:(k+1)*w])
		}
	}
	b.args = make([]driver.NamedValue, 0, len(vals))
	for at := 0; at < n; {
		if err := ctx.Err(); err != nil {
			return err
		}
		rows := min(bulkRows, n-at)
		fill(at, rows)
		if at == 0 {
			b.fix(vals)
		} else if !b.hold(vals[:rows*w]) {
			b.close()
		}
		if err := b.exec(vals[:rows*w], rows); err != nil {
			return err
		}
		at += rows
	}
	return nil
}

// fix finds the columns in which the first rows agree.
func (b *bulk) fix(vals []any) {
	w := len(b.columns)
	b.fixed, b.value = make([]bool, w), make([]any, w)
	copy(b.value, vals)
	for c := range b.columns {
		_, b.fixed[c] = literal(b.value[c])
	}
	b.hold(vals)
}

// hold frees the columns in which a row differs and says whether there was none.
func (b *bulk) hold(vals []any) bool {
	w, same := len(b.columns), true
	for c, fixed := range b.fixed {
		if !fixed {
			continue
		}
		for i := c; i < len(vals); i += w {
			if !equal(vals[i], b.value[c]) {
				b.fixed[c], same = false, false
				break
			}
		}
	}
	return same
}

// equal compares with a value that literal takes.
func equal(v, fixed any) bool {
	switch f := fixed.(type) {
	case nil:
		return v == nil
	case int64:
		n, ok := v.(int64)
		return ok && n == f
	case string:
		s, ok := v.(string)
		return ok && s == f
	}
	return false
}

// literal writes what needs no quoting; ok is false for other values.
func literal(v any) (text string, ok bool) {
	switch x := v.(type) {
	case nil:
		return "NULL", true
	case int64:
		return strconv.FormatInt(x, 10), true
	case string:
		return "''", x == ""
	}
	return "", false
}

func (b *bulk) exec(vals []any, rows int) (err error) {
	// The end of the caller's context is looked at between statements.
	ctx := context.Background()
	w := len(b.columns)
	b.args = b.args[:0]
	for i, v := range vals {
		if !b.fixed[i%w] {
			b.args = append(b.args, driver.NamedValue{Ordinal: len(b.args) + 1, Value: v})
		}
	}
	stmt := b.full
	if stmt == nil || rows < bulkRows {
		if stmt, err = b.conn.PrepareContext(ctx, b.sql(rows)); err != nil {
			return err
		}
		if rows < bulkRows {
			defer func() { _ = stmt.Close() }()
		} else {
			b.full = stmt
		}
	}
	_, err = stmt.(driver.StmtExecContext).ExecContext(ctx, b.args)
	return err
}

func (b *bulk) close() {
	if b.full != nil {
		_ = b.full.Close()
		b.full = nil
	}
}

func (b *bulk) sql(rows int) string {
	// Not $1…: SQLite keeps those as names and looks each up in a list when it
	// is bound, which takes a third of the whole insert.
	var one strings.Builder
	for c := range b.columns {
		if c > 0 {
			one.WriteString(", ")
		}
		if b.fixed[c] {
			text, _ := literal(b.value[c])
			one.WriteString(text)
		} else {
			one.WriteByte('?')
		}
	}
	return "INSERT OR FAIL INTO " + b.table + " (" + strings.Join(b.columns, ", ") + ") VALUES (" + one.String() + ")" +
		strings.Repeat(", ("+one.String()+")", rows-1) + b.tail
}
