package customer

import (
	"context"
	"database/sql"
	"math"
	"strconv"
	"strings"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
)

const (
	// countCap is the largest number of matches that is counted.
	countCap = 10_000
	// gatherMax: with at most so many matches a page is found by gathering and
	// sorting them; with more by walking the index of the sort order until
	// enough are met. Both then stay within some tens of milliseconds.
	gatherMax = 4_000
	// firstHits is how many words a search looks at that wants ten customers.
	firstHits = 1000
	// sameStart is how many words with one beginning a name has at most, about:
	// the name, its reading, another reading, initials.
	sameStart = 4
)

const listColumns = `SELECT c.id, c.kind, c.name, c.gender, c.province, c.city, COALESCE(c.owner_id, 0), COALESCE(s.name, ''),
  m.net_365_fen, m.net_all_fen, m.orders_365, m.orders_all, m.last_day, m.favourite_category, COALESCE(a.level, -1), `

// The joins that only show something; the first argument is the run of levels.
const listJoins = ` LEFT JOIN staff s ON s.id = c.owner_id
 LEFT JOIN tier_assignments a ON a.run_id = ? AND a.customer_id = c.id`

// list reads up to n customers behind a position. gather chooses the plan:
// find all that match and sort them, or walk along the index of the sort order
// and keep those that match.
func (s *Store) list(ctx context.Context, a *auth.Actor, f *Filter, so sortOrder, from position, n int, gather bool) ([]listRow, error) {
	var q query
	// CROSS JOIN because SQLite then keeps the order of the tables.
	switch {
	case gather:
		// Three steps, each kept from the planner's sight: which match, which of
		// them are on the page, and what those look like.
		q.add(`WITH hits AS MATERIALIZED (`)
		f.matches(&q, a)
		q.add(` LIMIT ?), top AS MATERIALIZED (SELECT h.id FROM hits h CROSS JOIN `, gatherMax+1)
		if so.byID {
			q.add(`customers c WHERE c.id = h.id`)
		} else {
			q.add(`customer_metrics m WHERE m.customer_id = h.id`)
		}
		so.page(&q, from)
		q.add(` LIMIT ?) `+listColumns+so.column+` FROM top h CROSS JOIN customers c CROSS JOIN customer_metrics m`+listJoins+
			` WHERE c.id = h.id AND m.customer_id = h.id`+so.orderBy(), n, f.levelRun)
	case so.byID:
		q.add(listColumns+so.column+` FROM customers c CROSS JOIN customer_metrics m`+listJoins+` WHERE m.customer_id = c.id`, f.levelRun)
	default:
		q.add(listColumns+so.column+` FROM customer_metrics m CROSS JOIN customers c`+listJoins+` WHERE c.id = m.customer_id`, f.levelRun)
	}
	if !gather {
		f.conditions(&q, a)
		so.page(&q, from)
		q.add(` LIMIT ?`, n)
	}
	rows, err := s.db.Prepared(ctx).QueryContext(ctx, q.text(), q.args...)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	out := make([]listRow, 0, n)
	for rows.Next() {
		var r listRow
		var last sql.NullInt64
		if err := rows.Scan(&r.ID, &r.Kind, &r.Name, &r.Gender, &r.Province, &r.City, &r.OwnerID, &r.OwnerName,
			&r.Net365, &r.NetAll, &r.Orders365, &r.OrdersAll, &last, &r.Category, &r.LevelNo, &r.sortKey); err != nil {
			return nil, db.MapError(err)
		}
		r.LastDay = nullDay(last)
		out = append(out, r)
	}
	return out, db.MapError(rows.Err())
}

// start is the position before the first entry.
func (so sortOrder) start() position {
	p := position{math.MinInt64, math.MinInt64}
	if so.day {
		p.key = math.MinInt32
	}
	if so.desc {
		p = position{^p.key, math.MaxInt64}
	}
	return p
}

// id is the customer's id beside the column.
func (so sortOrder) id() string {
	if so.byID {
		return "c.id"
	}
	return "m.customer_id"
}

// page adds " AND … ORDER BY …" for what is behind a position.
func (so sortOrder) page(q *query, from position) {
	op := ` > `
	if so.desc {
		op = ` < `
	}
	switch {
	case so.byID:
		q.add(` AND c.id`+op+`?`, from.id)
	case so.day:
		// SQLite seeks an index of an expression for each side alone, not for both.
		q.add(` AND `+so.column+strings.TrimSuffix(op, " ")+`= ? AND (`+so.column+op+`? OR m.customer_id`+op+`?)`, from.key, from.key, from.id)
	default:
		q.add(` AND (`+so.column+`, m.customer_id)`+op+`(?, ?)`, from.key, from.id)
	}
	q.add(so.orderBy())
}

func (so sortOrder) orderBy() string {
	dir := ``
	if so.desc {
		dir = ` DESC`
	}
	if so.byID {
		return ` ORDER BY c.id` + dir
	}
	return ` ORDER BY ` + so.column + dir + `, m.customer_id` + dir
}

// matches writes a query for the ids (named id) of customers that match, from
// the tables that the filter needs, the most telling first.
func (f *Filter) matches(q *query, a *auth.Actor) {
	needM := f.LastFrom != nil || f.LastTo != nil || f.NetMinFen != nil || f.NetMaxFen != nil ||
		f.OrdersMin != nil || f.OrdersMax != nil || len(f.ids) > 0
	needC := !seesAll(a) || f.Kind != "" || f.SourceID != 0 || f.Province != "" || f.City != "" ||
		f.OwnerID != 0 || f.phrase != "" || !needM
	needT := len(f.terms) > 0 && !f.broad
	// base is the column that gives the id; the other tables hang on it.
	base, from, on := "", "", ""
	join := func(table, column string) {
		if base == "" {
			base, from = column, table
			return
		}
		from += ` CROSS JOIN ` + table
		on += ` AND ` + column + ` = ` + base
	}
	var args []any
	if needT {
		if args = append(args, f.terms[0], termEnd(f.terms[0])); f.first {
			join(`(SELECT DISTINCT customer_id FROM (SELECT customer_id FROM customer_terms WHERE term >= ? AND term < ? LIMIT ?) w) t`, "t.customer_id")
			args = append(args, firstHits)
		} else {
			join(`(SELECT DISTINCT customer_id FROM customer_terms WHERE term >= ? AND term < ?) t`, "t.customer_id")
		}
	}
	if len(f.levelNos) > 0 {
		join(`tier_assignments a`, "a.customer_id")
	}
	if needC {
		join(`customers c`, "c.id")
	}
	if needM {
		join(`customer_metrics m`, "m.customer_id")
	}
	q.add(`SELECT `+base+` AS id FROM `+from+` WHERE 1 = 1`+on, args...)
	if len(f.levelNos) > 0 {
		q.add(` AND a.run_id = ?`, f.levelRun)
	}
	if len(f.ids) > 0 {
		q.add(` AND `)
		q.in(base, f.ids)
	}
	f.conditionsOn(q, base, needT)
	if needC {
		f.scopeAndIdentity(q, a)
	}
}

// conditions writes " AND …" for the whole filter over the aliases c, m and a.
func (f *Filter) conditions(q *query, actor *auth.Actor) {
	if len(f.ids) > 0 {
		q.add(` AND `)
		q.in("c.id", f.ids)
	}
	f.conditionsOn(q, "c.id", false)
	f.scopeAndIdentity(q, actor)
}

func (f *Filter) conditionsOn(q *query, id string, firstTermDone bool) {
	for i, t := range f.terms {
		if i == 0 && firstTermDone {
			continue
		}
		q.add(` AND EXISTS (SELECT 1 FROM customer_terms x WHERE x.customer_id = `+id+` AND x.term >= ? AND x.term < ?)`, t, termEnd(t))
	}
	if len(f.levelNos) > 0 {
		q.add(` AND `)
		q.in("a.level", f.levelNos)
	}
	if f.LastFrom != nil {
		q.add(` AND COALESCE(m.last_day, -1000000) >= ?`, int64(*f.LastFrom))
	}
	if f.LastTo != nil {
		q.add(` AND COALESCE(m.last_day, -1000000) <= ? AND COALESCE(m.last_day, -1000000) > -1000000`, int64(*f.LastTo))
	}
	if f.NetMinFen != nil {
		q.add(` AND m.net_365_fen >= ?`, *f.NetMinFen)
	}
	if f.NetMaxFen != nil {
		q.add(` AND m.net_365_fen <= ?`, *f.NetMaxFen)
	}
	if f.OrdersMin != nil {
		q.add(` AND m.orders_365 >= ?`, *f.OrdersMin)
	}
	if f.OrdersMax != nil {
		q.add(` AND m.orders_365 <= ?`, *f.OrdersMax)
	}
}

func (f *Filter) scopeAndIdentity(q *query, a *auth.Actor) {
	q.scope(a)
	// Few values, very unlike in number: as literals, so that PostgreSQL plans
	// for the value and not for the average one.
	if f.Kind.Valid() {
		q.add(` AND c.kind = '` + string(f.Kind) + `'`)
	}
	if f.SourceID != 0 {
		q.add(` AND c.source_id = ` + strconv.FormatInt(f.SourceID, 10))
	}
	if f.Province != "" {
		q.add(` AND c.province = ?`, f.Province)
	}
	if f.City != "" {
		q.add(` AND c.city = ?`, f.City)
	}
	switch {
	case f.OwnerID > 0:
		q.add(` AND c.owner_id = ?`, f.OwnerID)
	case f.OwnerID < 0:
		q.add(` AND c.owner_id IS NULL`)
	}
	if f.phrase != "" {
		q.add(` AND c.name LIKE ?`, "%"+f.phrase+"%")
	}
}

// count counts the matches up to countCap; more are countCap + 1.
func (s *Store) count(ctx context.Context, a *auth.Actor, f *Filter) (n int64, err error) {
	var q query
	q.add(`SELECT COUNT(*) FROM (`)
	f.matches(&q, a)
	q.add(` LIMIT ?) AS hits`, countCap+1)
	return s.one(ctx, q.text(), q.args...)
}

// countAll counts all customers.
func (s *Store) countAll(ctx context.Context) (int64, error) {
	return s.one(ctx, `SELECT COUNT(*) FROM customers`)
}

// termHits counts the words of names that begin so, up to limit.
func (s *Store) termHits(ctx context.Context, term string, limit int64) (int64, error) {
	return s.one(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM customer_terms WHERE term >= $1 AND term < $2 LIMIT $3) AS hits`,
		term, termEnd(term), limit)
}

func (s *Store) one(ctx context.Context, text string, args ...any) (n int64, err error) {
	err = s.db.Prepared(ctx).QueryRowContext(ctx, text, args...).Scan(&n)
	return n, db.MapError(err)
}

// termEnd is behind every term that begins with p.
func termEnd(p string) string { return p + "\U0010FFFF" }

func nullDay(n sql.NullInt64) *clock.Day {
	if !n.Valid {
		return nil
	}
	d := clock.Day(n.Int64)
	return &d
}
