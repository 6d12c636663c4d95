package customer

import (
	"context"
	"slices"
	"strings"

	"zhike/internal/column"
	custom "zhike/internal/field"
	"zhike/internal/platform/db"
)

// order is a way to sort: a key that an index of its table holds together with
// the customer's id.
type order struct {
	table, key, id string
	text           bool // the key is a text
	day            bool // the key is an expression that SQLite seeks for each side alone
	plainID        bool // the key is the id
	custom         *custom.Definition
	levels         *levelOrder
	then           *thenBy
	scan           bool            // no index holds the key
	bytewise       bool            // a text that the database may sort by the customs of a language
	held           *column.Segment // the key in memory, where it is no column
	some           bool            // not everybody has a row in the table; the key says where the others stand
	down           *order          // the descending order, where it has another key
	made           func() *order   // the order itself, where it is made when first asked for
}

// segment is a stretch of a sorted list that one index gives: of a choice one
// per option, then those without a value.
type segment struct {
	from, where string // of alias k
	key         string // "" where the id alone sorts
	id          string
	text, day   bool
	bytewise    bool
}

// hit is a customer and the place in the order.
type hit struct {
	id   int64
	seg  int
	num  int64
	text string
	// Of the second key, where there is one.
	num2  int64
	text2 string
}

// segments gives the stretches in the order in which they come.
func (o *order) segments(desc bool) []segment {
	if o.levels != nil {
		return o.levels.segments(desc)
	}
	if o.custom == nil {
		g := segment{from: o.table + " k", key: o.key, id: "k." + o.id, text: o.text, day: o.day, bytewise: o.bytewise}
		switch {
		case o.plainID:
			g.key = ""
		case o.some:
			g.from, g.id = "customers everybody LEFT JOIN "+o.table+" k ON k."+o.id+" = everybody.id", "everybody.id"
		}
		return []segment{g}
	}
	col := o.custom.Column()
	of := "k.field_id = " + num(col.FieldID)
	none := segment{from: "customers k", id: "k.id",
		where: " AND NOT EXISTS (SELECT 1 FROM customer_values x WHERE x.customer_id = k.id AND x.field_id = " + num(col.FieldID) + ")"}
	if !o.custom.HasOptions() {
		return []segment{{from: col.Table + " k", id: "k.customer_id", where: " AND " + of + " AND k." + col.Name + " IS NOT NULL",
			key: "k." + col.Name, text: col.Name == "text"}, none}
	}
	var out []segment
	for i := range o.custom.Options {
		code := o.custom.Options[i].Code
		if desc {
			code = o.custom.Options[len(o.custom.Options)-1-i].Code
		}
		out = append(out, segment{from: col.Table + " k", id: "k.customer_id", where: " AND " + of + " AND k.text = " + quoted([]string{code})})
	}
	return append(out, none)
}

// keyed writes the key columns of a hit: number, text, and whether there is a value.
func (o *order) keyed() (columns, join, where string) {
	switch {
	case o.levels != nil:
		columns, join = o.levels.keyed()
		return columns, join, ""
	case o.custom != nil:
		col := o.custom.Column()
		has := ", CASE WHEN k.customer_id IS NULL THEN 0 ELSE 1 END"
		join = " LEFT JOIN " + col.Table + " k ON k.customer_id = {id} AND k.field_id = " + num(col.FieldID)
		if col.Name == "text" {
			return "0, COALESCE(k.text, '')" + has, join, ""
		}
		return "COALESCE(k.num, 0), ''" + has, join, ""
	case o.plainID:
		return "0, '', 1", "", ""
	}
	join, where = " CROSS JOIN "+o.table+" k", " AND k."+o.id+" = {id}"
	if o.some {
		join, where = " LEFT JOIN "+o.table+" k ON k."+o.id+" = {id}", ""
	}
	if o.text {
		return "0, " + o.key + ", 1", join, where
	}
	return o.key + ", '', 1", join, where
}

// varied runs a query whose text varies: on SQLite it would only fill the cache
// of prepared statements.
func (s *Store) varied(ctx context.Context) db.Querier {
	if s.db.Engine() == db.Postgres {
		return s.db.Prepared(ctx)
	}
	return s.db.Q(ctx)
}

// gather reads up to limit customers that match, in no order, with their keys.
// driver is the part whose ids are read first, -1 for none.
func (s *Store) gather(ctx context.Context, parts []expr, driver int, o *order, limit int) ([]hit, error) {
	var q query
	rest := parts
	if driver >= 0 && parts[driver].exact {
		rest = slices.Delete(slices.Clone(parts), driver, driver+1)
	}
	needC, needM := needs(rest)
	columns, join, where := o.keyed()
	id, from := "c.id", "customers c"
	if driver >= 0 {
		id, from = "h.id", ""
	}
	if o.then != nil {
		columns2, join2, where2 := o.then.keyed()
		columns, join, where = columns+", "+columns2, join+join2, where+where2
	} else {
		columns += ", 0, ''"
	}
	fill := func(text string) string { return strings.ReplaceAll(text, "{id}", id) }
	q.b.WriteString("SELECT " + id + ", " + columns + " FROM ")
	on := ""
	if driver >= 0 {
		q.b.WriteByte('(')
		parts[driver].drive(&q)
		q.b.WriteString(") h")
		if needC {
			from, on = " CROSS JOIN customers c", " AND c.id = h.id"
		}
	}
	if needM {
		from, on = from+" CROSS JOIN customer_metrics m", on+" AND m.customer_id = "+id
	}
	q.b.WriteString(from + fill(join) + " WHERE 1 = 1" + on + fill(where))
	and(&q, rest, id)
	q.limit(limit)
	return s.hits(ctx, &q, o)
}

func (s *Store) hits(ctx context.Context, q *query, o *order) ([]hit, error) {
	rows, err := s.varied(ctx).QueryContext(ctx, q.text(), q.args...)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var places map[string]int
	if o.custom != nil && o.custom.HasOptions() {
		places = make(map[string]int, len(o.custom.Options))
		for i := range o.custom.Options {
			places[o.custom.Options[i].Code] = i
		}
	}
	var out []hit
	for rows.Next() {
		var h hit
		var has int64
		if err := rows.Scan(&h.id, &h.num, &h.text, &has, &h.num2, &h.text2); err != nil {
			return nil, db.MapError(err)
		}
		switch {
		case o.levels != nil:
			h.seg, h.num = o.levels.place(h.num), 0
		case o.custom == nil:
		case has == 0:
			h.seg = 1
			if places != nil {
				h.seg = len(places)
			}
		case places != nil:
			h.seg, h.text = places[h.text], ""
		}
		out = append(out, h)
	}
	return out, db.MapError(rows.Err())
}

// walk reads up to n customers that match along one stretch, behind a place
// (nil: from its beginning), in its order or against it.
func (s *Store) walk(ctx context.Context, parts []expr, g *segment, then *thenBy, seg int, from *hit, desc, back bool, n int) ([]hit, error) {
	var q query
	key, by := "0, ''", g.key
	if g.key != "" {
		if key = g.key + ", ''"; g.text {
			key = "0, " + g.key
		}
		if g.bytewise && s.plansItself() {
			by += ` COLLATE "C"`
		}
	}
	needC, needM := needs(parts)
	join, where := "", ""
	if then == nil {
		key += ", 0, ''"
	} else {
		var second string
		second, join, where = then.keyed()
		key += ", " + second
	}
	fill := func(text string) string { return strings.ReplaceAll(text, "{id}", g.id) }
	q.b.WriteString("SELECT " + g.id + ", " + key + " FROM " + g.from + fill(join))
	on := fill(where)
	if needC {
		q.b.WriteString(" CROSS JOIN customers c")
		on += " AND c.id = " + g.id
	}
	if needM {
		q.b.WriteString(" CROSS JOIN customer_metrics m")
		on += " AND m.customer_id = " + g.id
	}
	q.b.WriteString(" WHERE 1 = 1" + on + g.where)
	and(&q, parts, g.id)
	op, dir := ">", ""
	if desc {
		op, dir = "<", " DESC"
	}
	if from != nil {
		var value any = from.num
		if g.text {
			value = from.text
		}
		switch {
		case then != nil:
			then.after(&q, g, by, from, value, desc, back, s.plansItself())
		case g.key == "":
			q.add(" AND "+g.id+" "+op+" ?", from.id)
		case g.day:
			q.add(" AND "+g.key+" "+op+"= ? AND ("+g.key+" "+op+" ? OR "+g.id+" "+op+" ?)", value, value, from.id)
		default:
			q.add(" AND ("+by+", "+g.id+") "+op+" (?, ?)", value, from.id)
		}
	}
	q.b.WriteString(" ORDER BY ")
	if g.key != "" {
		q.b.WriteString(by + dir + ", ")
	}
	if then != nil {
		q.b.WriteString(then.orderBy(desc, back, s.plansItself()))
	}
	q.b.WriteString(g.id + dir)
	q.limit(n)
	rows, err := s.varied(ctx).QueryContext(ctx, q.text(), q.args...)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []hit
	for rows.Next() {
		h := hit{seg: seg}
		if err := rows.Scan(&h.id, &h.num, &h.text, &h.num2, &h.text2); err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, h)
	}
	return out, db.MapError(rows.Err())
}

// estimate counts what a part finds by its index, up to limit.
func (s *Store) estimate(ctx context.Context, e *expr, limit int) (n int64, err error) {
	var q query
	q.b.WriteString("SELECT COUNT(*) FROM (SELECT 1 FROM (")
	e.drive(&q)
	q.b.WriteString(") d")
	q.limit(limit)
	q.b.WriteString(") AS part")
	err = s.varied(ctx).QueryRowContext(ctx, q.text(), q.args...).Scan(&n)
	return n, db.MapError(err)
}

// matching calls fn with the id of every customer that matches.
func (s *Store) matching(ctx context.Context, parts []expr, driver int, fn func(id int64) error) error {
	var q query
	on := ""
	q.b.WriteString("SELECT c.id FROM ")
	if driver >= 0 {
		q.b.WriteByte('(')
		parts[driver].drive(&q)
		q.b.WriteString(") h CROSS JOIN ")
		on = " AND c.id = h.id"
	}
	q.b.WriteString("customers c")
	whereHold(&q, on, parts)
	return s.db.InReadTx(ctx, func(ctx context.Context) error {
		return s.db.Numbers(ctx, q.text(), q.args, 1, func(v []int64) error { return fn(v[0]) })
	})
}

// holding counts those of some customers for whom conditions hold.
func (s *Store) holding(ctx context.Context, parts []expr, ids []int64) (n int64, err error) {
	var q query
	// In this order: SQLite would begin with an index of a condition.
	q.b.WriteString("SELECT COUNT(*) FROM customers h CROSS JOIN customers c")
	whereHold(&q, " AND h.id IN ("+numbers(ids)+") AND c.id = h.id", parts)
	err = s.varied(ctx).QueryRowContext(ctx, q.text(), q.args...).Scan(&n)
	return n, db.MapError(err)
}

// writeAlone adds a condition as a term about a customer of another query; id
// must not name the aliases c and m.
func writeAlone(e *expr, add func(text string, args ...any), id string) {
	q := query{part: true}
	q.b.WriteString("EXISTS (SELECT 1 FROM customers c")
	if e.m {
		q.b.WriteString(" CROSS JOIN customer_metrics m")
	}
	q.b.WriteString(" WHERE c.id = " + id)
	if e.m {
		q.b.WriteString(" AND m.customer_id = c.id")
	}
	q.b.WriteString(" AND ")
	e.write(&q, "c.id")
	q.b.WriteByte(')')
	add(q.text(), q.args...)
}
