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
	// firstHits is how many words a search looks at that wants ten customers.
	firstHits = 500
	// sameStart is how many words with one beginning a name has at most, about:
	// the name, its reading, another reading, initials.
	sameStart = 4
)

const listColumns = rowColumns + `
  (SELECT k.cipher FROM contacts k WHERE k.customer_id = c.id AND k.kind = 'phone' ORDER BY k.is_primary DESC, k.id LIMIT 1),
  (SELECT k.cipher FROM contacts k WHERE k.customer_id = c.id AND k.kind = 'email' ORDER BY k.is_primary DESC, k.id LIMIT 1), `

// The joins that only show something; the first argument is the run of levels.
const listJoins = ` LEFT JOIN staff s ON s.id = c.owner_id
 LEFT JOIN tier_assignments a ON a.run_id = ? AND a.customer_id = c.id`

// list is read with gather or walk.
func (s *Store) list(ctx context.Context, a *auth.Actor, f *Filter, so sortOrder, from position, n int, gathered bool) ([]listRow, error) {
	p := walk
	if gathered {
		p = gatherAll
	}
	return s.read(ctx, a, f, so, from, n, p)
}

// read reads up to n customers behind a position by a plan.
func (s *Store) read(ctx context.Context, a *auth.Actor, f *Filter, so sortOrder, from position, n int, p plan) ([]listRow, error) {
	var q query
	from = f.begins(so, from)
	// CROSS JOIN because SQLite then keeps the order of the tables.
	switch {
	case p == lookUp && !so.byID:
		// IS TRUE keeps PostgreSQL from joining and the limit from fearing for
		// its memory: it hashes the ids.
		q.add(`WITH top AS MATERIALIZED (SELECT m.customer_id AS id FROM customer_metrics m WHERE (m.customer_id IN (`)
		f.matches(&q, a)
		q.limit(sortMax + 1)
		q.add(`)) IS TRUE`)
		so.page(&q, from)
		q.limit(n)
		q.add(`) `+listColumns+so.column+` FROM top h CROSS JOIN customers c CROSS JOIN customer_metrics m`+listJoins+
			` WHERE c.id = h.id AND m.customer_id = h.id`+so.orderBy(), f.levelRun)
	case p == gather || p == gatherAll:
		// Three steps, each kept from the planner's sight: which match, which of
		// them are on the page, and what those look like.
		q.add(`WITH hits AS MATERIALIZED (`)
		f.matches(&q, a)
		if p == gather {
			q.limit(2 * gatherMax) // some may have come since they were counted
		} else {
			q.limit(sortMax + 1)
		}
		q.add(`), top AS MATERIALIZED (SELECT h.id FROM hits h CROSS JOIN `)
		if so.byID {
			q.add(`customers c WHERE c.id = h.id`)
		} else {
			q.add(`customer_metrics m WHERE m.customer_id = h.id`)
		}
		so.page(&q, from)
		q.limit(n)
		q.add(`) `+listColumns+so.column+` FROM top h CROSS JOIN customers c CROSS JOIN customer_metrics m`+listJoins+
			` WHERE c.id = h.id AND m.customer_id = h.id`+so.orderBy(), f.levelRun)
	case so.byID:
		q.add(listColumns+so.column+` FROM customers c CROSS JOIN customer_metrics m`+listJoins+` WHERE m.customer_id = c.id`, f.levelRun)
	default:
		q.add(listColumns+so.column+` FROM customer_metrics m CROSS JOIN customers c`+listJoins+` WHERE c.id = m.customer_id`, f.levelRun)
	}
	if p == walk || p == lookUp && so.byID {
		// The engines must not take another index and sort what it gives: of
		// cities, which are not in the order of ids, or of another figure.
		g := *f
		f, g.along = &g, so.column
		if so.byID && f.City != "" && f.Province == "" {
			g.lead = "id"
		}
		// Words are looked for by the table that is walked: the others are joined
		// for those alone who have them.
		id := "m.customer_id"
		if so.byID {
			id = "c.id"
		}
		f.conditions(&q, a, id)
		so.page(&q, from)
		q.limit(n)
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
		if err := rows.Scan(append(r.scanInto(&last), &r.phone, &r.email, &r.sortKey)...); err != nil {
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
	needT := len(f.terms) > 0 && !f.broad
	// Words are of customers that are there: to look at each of some hundred for
	// nothing else took a third of a search.
	needC := !seesAll(a) || f.Kind != "" || f.SourceID != 0 || f.Province != "" || f.City != "" ||
		f.OwnerID != 0 || f.phrase != "" || !needM && !needT
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
		cond, bounds := termCondition("x.term", f.terms[0])
		words := InEveryPart("customer_terms") + cond
		args = bounds
		switch {
		case f.first:
			join(`(SELECT DISTINCT customer_id FROM (SELECT x.customer_id FROM `+words+` LIMIT `+
				strconv.Itoa(firstHits)+`) w) t`, "t.customer_id")
		case len(bounds) == 1: // a customer has a word once
			join(`(SELECT x.customer_id FROM `+words+`) t`, "t.customer_id")
		default:
			join(`(SELECT DISTINCT x.customer_id FROM `+words+`) t`, "t.customer_id")
		}
	}
	if f.begin == byMetrics {
		join(`customer_metrics m`, "m.customer_id")
	}
	if f.begin == byCustomers {
		join(`customers c`, "c.id")
	}
	if len(f.levelNos) > 0 {
		join(`tier_assignments a`, "a.customer_id")
	}
	if needC && f.begin != byCustomers {
		join(`customers c`, "c.id")
	}
	if needM && f.begin != byMetrics {
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
	// Whoever reads this cuts it off. The order is that of the index that leads
	// here, which PostgreSQL would take to be hardly worth it.
	switch {
	case base != "m.customer_id":
	case f.LastFrom != nil || f.LastTo != nil:
		q.add(` ORDER BY COALESCE(m.last_day, -1000000), m.customer_id`)
	case f.NetMinFen != nil || f.NetMaxFen != nil:
		q.add(` ORDER BY m.net_365_fen, m.customer_id`)
	}
}

// conditions writes " AND …" for the whole filter over the aliases c, m and a; id
// gives the customer.
func (f *Filter) conditions(q *query, actor *auth.Actor, id string) {
	if len(f.ids) > 0 {
		q.add(` AND `)
		q.in("c.id", f.ids)
	}
	f.conditionsOn(q, id, false)
	f.scopeAndIdentity(q, actor)
}

func (f *Filter) conditionsOn(q *query, id string, firstTermDone bool) {
	for i, t := range f.terms {
		if i == 0 && firstTermDone {
			continue
		}
		cond, bounds := termCondition("x.term", t)
		q.add(` AND EXISTS (SELECT 1 FROM customer_terms x WHERE x.customer_id = `+id+` AND `+cond+`)`, bounds...)
	}
	if len(f.levelNos) > 0 {
		q.add(` AND `)
		q.in("a.level", f.levelNos)
	}
	last, net := f.column("COALESCE(m.last_day, -1000000)"), f.column("m.net_365_fen")
	if f.LastFrom != nil {
		q.add(` AND `+last+` >= ?`, int64(*f.LastFrom))
	}
	if f.LastTo != nil {
		q.add(` AND `+last+` <= ? AND `+last+` > -1000000`, int64(*f.LastTo))
	}
	if f.NetMinFen != nil {
		q.add(` AND `+net+` >= ?`, *f.NetMinFen)
	}
	if f.NetMaxFen != nil {
		q.add(` AND `+net+` <= ?`, *f.NetMaxFen)
	}
	if f.OrdersMin != nil {
		q.add(` AND m.orders_365 >= ?`, *f.OrdersMin)
	}
	if f.OrdersMax != nil {
		q.add(` AND m.orders_365 <= ?`, *f.OrdersMax)
	}
}

func (f *Filter) scopeAndIdentity(q *query, a *auth.Actor) {
	f.scope(q, a)
	// Few values, very unlike in number: as literals, so that PostgreSQL plans
	// for the value and not for the average one.
	if f.Kind.Valid() {
		q.add(` AND c.kind = '` + string(f.Kind) + `'`)
	}
	if f.SourceID != 0 {
		q.add(` AND c.source_id = ` + strconv.FormatInt(f.SourceID, 10))
	}
	place := f.beside("place", ` || ''`)
	if f.Province != "" {
		q.add(` AND c.province`+place+` = ?`, f.Province)
	}
	if f.City != "" {
		q.add(` AND c.city`+place+` = ?`, f.City)
	}
	switch {
	case f.OwnerID > 0:
		q.add(` AND c.owner_id`+f.beside("owner", ` + 0`)+` = ?`, f.OwnerID)
	case f.OwnerID < 0:
		q.add(` AND c.owner_id IS NULL`)
	}
	if f.phrase != "" {
		q.add(` AND (c.name LIKE ? OR c.company LIKE ?)`, "%"+f.phrase+"%", "%"+f.phrase+"%")
	}
}

// beside hides a column behind an expression from the choice of an index, where
// another condition has fewer matches.
func (f *Filter) beside(lead, expression string) string {
	if f.lead == "" || f.lead == lead {
		return ""
	}
	return expression
}

// column hides a figure from the choice of an index on a walk along another one.
func (f *Filter) column(figure string) string {
	if f.along == "" || f.along == figure {
		return figure
	}
	return figure + ` + 0`
}

// begins moves a position before all entries to where the matches begin.
func (f *Filter) begins(so sortOrder, from position) position {
	if f.noneInYear && so.desc && so.column == "m.net_365_fen" && from.key > 0 {
		return position{0, math.MaxInt64}
	}
	return from
}

// count counts the matches up to countCap; more are countCap + 1.
func (s *Store) count(ctx context.Context, a *auth.Actor, f *Filter) (n int64, err error) {
	return s.countUpTo(ctx, a, f, countCap)
}

func (s *Store) countUpTo(ctx context.Context, a *auth.Actor, f *Filter, most int) (n int64, err error) {
	var q query
	q.add(`SELECT COUNT(*) FROM (`)
	f.matches(&q, a)
	q.limit(most + 1)
	q.add(`) AS hits`)
	return s.one(ctx, q.text(), q.args...)
}

// countAll counts all customers.
func (s *Store) countAll(ctx context.Context) (int64, error) {
	return s.one(ctx, `SELECT COUNT(*) FROM customers`)
}

// termHits counts the words of names that a term finds, up to limit.
func (s *Store) termHits(ctx context.Context, term string, limit int) (int64, error) {
	var q query
	cond, bounds := termCondition("x.term", term)
	q.add(`SELECT COUNT(*) FROM (SELECT 1 FROM `+InEveryPart("customer_terms")+cond, bounds...)
	q.limit(limit)
	q.add(`) AS hits`)
	return s.one(ctx, q.text(), q.args...)
}

func (s *Store) one(ctx context.Context, text string, args ...any) (n int64, err error) {
	err = s.db.Prepared(ctx).QueryRowContext(ctx, text, args...).Scan(&n)
	return n, db.MapError(err)
}

// termCondition finds the words that begin with a term. Of a pair of Han
// characters it is enough to look for itself: every name with the pair in it
// has it as a word of its own, and equality keeps to one stretch of the key in
// which customers are in order.
func termCondition(column, t string) (cond string, args []any) {
	if len([]rune(t)) == 2 && allHan(t) {
		return column + ` = ?`, []any{t}
	}
	return column + ` >= ? AND ` + column + ` < ?`, []any{t, t + "\U0010FFFF"} // behind all that begin so
}

func nullDay(n sql.NullInt64) *clock.Day {
	if !n.Valid {
		return nil
	}
	d := clock.Day(n.Int64)
	return &d
}
