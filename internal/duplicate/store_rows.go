package duplicate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"zhike/internal/platform/db"
)

// Store reads and writes pairs, merges, and the rows that links point from.
type Store struct{ db *db.DB }

// customersLink is the loser's own row, kept like those that point to it.
var customersLink = Link{
	Table: "customers", Column: "id", Key: []string{"id"},
	Sealed: map[string]Sealed{"invoice_cipher": {Kind: "invoice"}},
}

// The texts below are put together from the names in links, which are
// constants of the program; values are arguments.

// rowsOf reads whole rows.
func (s *Store) rowsOf(ctx context.Context, table, where, order string, args ...any) ([]row, error) {
	return s.rows(ctx, `SELECT t.* FROM `+table+` t WHERE `+where+` ORDER BY `+order, args...)
}

// rows reads what a query gives, by the names of its columns.
func (s *Store) rows(ctx context.Context, text string, args ...any) ([]row, error) {
	rows, err := s.db.Q(ctx).QueryContext(ctx, text, args...)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, db.MapError(err)
	}
	var out []row
	for rows.Next() {
		vals := make([]any, len(names))
		into := make([]any, len(names))
		for i := range vals {
			into[i] = &vals[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, db.MapError(err)
		}
		r := make(row, len(names))
		for i, n := range names {
			if b, ok := vals[i].([]byte); ok {
				vals[i] = slices.Clone(b)
			}
			r[n] = vals[i]
		}
		out = append(out, r)
	}
	return out, db.MapError(rows.Err())
}

func (l *Link) order() string {
	cols := make([]string, len(l.Key))
	for i, k := range l.Key {
		cols[i] = "t." + k
	}
	return strings.Join(cols, ", ")
}

// clashing reads the rows of from that must not move to to: the same is there,
// or they would point to themselves.
func (s *Store) clashing(ctx context.Context, l *Link, from, to int64) ([]row, error) {
	var ways []string
	if l.Derived {
		ways = append(ways, "1 = 1")
	}
	args := []any{from}
	if len(l.Same) > 0 {
		same := make([]string, len(l.Same))
		for i, c := range l.Same {
			same[i] = "w." + c + " IS NOT DISTINCT FROM t." + c
		}
		args = append(args, to)
		ways = append(ways, fmt.Sprintf("EXISTS (SELECT 1 FROM %s w WHERE w.%s = $%d AND %s)", l.Table, l.Column, len(args), strings.Join(same, " AND ")))
	}
	if l.Clash != "" {
		args = append(args, to)
		ways = append(ways, strings.ReplaceAll(l.Clash, "{to}", fmt.Sprintf("$%d", len(args))))
	}
	if l.Other != "" {
		args = append(args, to)
		ways = append(ways, fmt.Sprintf("t.%s = $%d", l.Other, len(args)))
	}
	if len(ways) == 0 {
		return nil, nil
	}
	return s.rowsOf(ctx, l.Table, l.points("t.", 1)+" AND ("+strings.Join(ways, " OR ")+")", l.order(), args...)
}

// seconds reads the keys of the rows of from that are marked as the first where
// to has one that is.
func (s *Store) seconds(ctx context.Context, l *Link, from, to int64) ([]row, error) {
	rest := l.rest()
	return s.rows(ctx, fmt.Sprintf(`SELECT %s FROM %s t WHERE %s AND t.%s AND EXISTS (SELECT 1 FROM %s w WHERE w.%s = $2 AND w.%s AND w.%s = t.%s) ORDER BY %s`,
		strings.Join(rest, ", "), l.Table, l.points("t.", 1), l.First, l.Table, l.Column, l.First, l.Per, l.Per, strings.Join(rest, ", ")), from, to)
}

// mark sets or takes the mark of the first from rows of a customer.
func (s *Store) mark(ctx context.Context, l *Link, keys []row, of int64, first bool) error {
	rest := l.rest()
	where := ""
	for i, k := range rest {
		where += fmt.Sprintf(" AND %s = $%d", k, i+3)
	}
	text := `UPDATE ` + l.Table + ` SET ` + l.First + ` = $1 WHERE ` + l.Column + ` = $2` + where
	for _, k := range keys {
		if _, err := s.db.Q(ctx).ExecContext(ctx, text, append([]any{first, of}, k.values(rest)...)...); err != nil {
			return db.MapError(err)
		}
	}
	return nil
}

// remove deletes rows that were read.
func (s *Store) remove(ctx context.Context, l *Link, rows []row) error {
	where := make([]string, len(l.Key))
	for i, k := range l.Key {
		where[i] = fmt.Sprintf("%s = $%d", k, i+1)
	}
	text := `DELETE FROM ` + l.Table + ` WHERE ` + strings.Join(where, " AND ")
	for _, r := range rows {
		if _, err := s.db.Q(ctx).ExecContext(ctx, text, r.values(l.Key)...); err != nil {
			return db.MapError(err)
		}
	}
	return nil
}

func (r row) values(columns []string) []any {
	out := make([]any, len(columns))
	for i, c := range columns {
		out[i] = r[c]
	}
	return out
}

// keysOf reads the keys, without the pointing column, of the rows that point
// to a customer.
func (s *Store) keysOf(ctx context.Context, l *Link, id int64) ([]row, error) {
	rest := l.rest()
	if len(rest) == 0 {
		rest = []string{l.Column}
	}
	cols := strings.Join(rest, ", ")
	return s.rows(ctx, `SELECT `+cols+` FROM `+l.Table+` WHERE `+l.points("", 1)+` ORDER BY `+cols, id)
}

// pointAll makes every row that points to from point to to.
func (s *Store) pointAll(ctx context.Context, l *Link, from, to int64) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE `+l.Table+` SET `+l.Column+` = $1 WHERE `+l.points("", 2), to, from)
	return db.MapError(err)
}

// pointBack makes the rows with these keys that still point to from point to
// to again, and counts them.
func (s *Store) pointBack(ctx context.Context, l *Link, keys []row, from, to int64) (n int64, err error) {
	rest := l.rest()
	where := ""
	for i, k := range rest {
		where += fmt.Sprintf(" AND %s = $%d", k, i+3)
	}
	text := `UPDATE ` + l.Table + ` SET ` + l.Column + ` = $1 WHERE ` + l.Column + ` = $2` + where
	for _, k := range keys {
		res, err := s.db.Q(ctx).ExecContext(ctx, text, append([]any{to, from}, k.values(rest)...)...)
		if err != nil {
			return n, db.MapError(err)
		}
		m, err := res.RowsAffected()
		if err != nil {
			return n, db.MapError(err)
		}
		n += m
	}
	return n, nil
}

// putBack inserts rows as they were; one that is there again already stays.
func (s *Store) putBack(ctx context.Context, table string, rows []row) (n int64, err error) {
	for _, r := range rows {
		names := make([]string, 0, len(r))
		for name := range r {
			names = append(names, name)
		}
		slices.Sort(names)
		res, err := s.db.Q(ctx).ExecContext(ctx, `INSERT INTO `+table+` (`+strings.Join(names, ", ")+`) VALUES (`+
			db.Placeholders(1, len(names))+`) ON CONFLICT DO NOTHING`, r.values(names)...)
		if err != nil {
			return n, db.MapError(err)
		}
		m, err := res.RowsAffected()
		if err != nil {
			return n, db.MapError(err)
		}
		n += m
	}
	return n, nil
}

// count counts the rows that point to a customer.
func (s *Store) count(ctx context.Context, l *Link, id int64) (n int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM `+l.Table+` WHERE `+l.points("", 1), id).Scan(&n)
	return n, db.MapError(err)
}

// customer reads the row of a customer and locks it until the transaction ends;
// nil where there is none.
func (s *Store) customer(ctx context.Context, id int64) (row, error) {
	if _, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE customers SET id = id WHERE id = $1`, id); err != nil {
		return nil, db.MapError(err)
	}
	return s.plainCustomer(ctx, id)
}

// setCustomer writes columns of a customer.
func (s *Store) setCustomer(ctx context.Context, id int64, set row) error {
	if len(set) == 0 {
		return nil
	}
	names := make([]string, 0, len(set))
	for n := range set {
		names = append(names, n)
	}
	slices.Sort(names)
	parts := make([]string, len(names))
	for i, n := range names {
		parts[i] = fmt.Sprintf("%s = $%d", n, i+1)
	}
	_, err := s.db.Q(ctx).ExecContext(ctx, fmt.Sprintf(`UPDATE customers SET %s WHERE id = $%d`, strings.Join(parts, ", "), len(names)+1),
		append(set.values(names), id)...)
	return db.MapError(err)
}

// plainCustomer reads the row of a customer; nil where there is none.
func (s *Store) plainCustomer(ctx context.Context, id int64) (row, error) {
	rows, err := s.rowsOf(ctx, "customers", "t.id = $1", "t.id", id)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}
