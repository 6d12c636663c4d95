package rule

import "strings"

// write compares the customer's own number with a bound that the database finds
// once: it does not depend on the customer.
func (x *relative) write(add Add, id string) {
	top := x.op == "top" || x.op == "top_percent"
	add("COALESCE(")
	x.own(add, id)
	switch x.op {
	case "gt", "lte": // the greatest whole number that is not above the bound
		add(map[string]string{"gt": " > ", "lte": " <= "}[x.op])
		x.averaged(add, "low")
	case "gte", "lt":
		add(map[string]string{"gte": " >= ", "lt": " < "}[x.op])
		x.averaged(add, "high")
	default:
		add(map[bool]string{true: " >= ", false: " <= "}[top])
		x.ranked(add, top)
	}
	add(", FALSE)")
}

// own adds the number of one customer; null where there is none.
func (x *relative) own(add Add, id string) {
	if x.r == nil {
		x.field.Write(add, id)
		return
	}
	f := apart(id, "f")
	v, of := x.aggregate(f)
	add("(SELECT " + v)
	x.r.write(add, id, of)
	add(")")
}

// aggregate is the number over rows f; null where no fact counts.
func (x *relative) aggregate(f string) (v string, of rows) {
	r := x.r
	of = rows{f: f, counted: true}
	switch r.agg {
	case "count":
		return "NULLIF(COUNT(*), 0)", of
	case "distinct":
		of.extra = []string{r.dim.Expr + " AS x"}
		return "CASE WHEN COUNT(*) > 0 THEN COUNT(DISTINCT " + r.dim.word(f+".x") + ") END", of
	case "min", "max":
		of.extra = []string{r.measure.Expr + " AS x"}
		return x.whole(strings.ToUpper(r.agg) + "(" + f + ".x)"), of
	case "days_since":
		return num(int64(r.asOf)) + " - MAX(" + f + ".day)", of
	case "days_since_first":
		return num(int64(r.asOf)) + " - MIN(" + f + ".day)", of
	}
	sum, count, of := r.sums(f)
	if r.agg == "avg" { // equal where the averages are
		return "CAST(" + sum + " AS DOUBLE PRECISION) / NULLIF(" + count + ", 0)", of
	}
	return "CASE WHEN COUNT(CASE WHEN " + f + ".counts = 1 THEN 1 END) > 0 THEN " + x.whole("COALESCE("+sum+", 0)") + " END", of
}

// whole rounds money to 分: customers whose amounts read the same have the same.
func (x *relative) whole(v string) string {
	if x.r.measure.scale() == fen {
		return rounded(v)
	}
	return v
}

// others adds " FROM (…) q WHERE …": the numbers v of the customers who that
// have one.
func (x *relative) others(add Add) {
	add(" FROM (SELECT ")
	if x.r == nil {
		add("p.id AS who, ")
		x.field.Write(add, "p.id")
		add(" AS v FROM customers p")
	} else {
		v, of := x.aggregate("f")
		add("f.who AS who, " + v + " AS v")
		x.r.write(add, "", of)
		add(" GROUP BY f.who")
	}
	add(") q WHERE q.v IS NOT NULL")
	if x.population != nil {
		add(" AND ")
		x.population.Write(add, "q.who")
	}
}

// ranked adds the number of the last one who is in; null where nobody has one.
func (x *relative) ranked(add Add, top bool) {
	order, last := " ORDER BY q.v, q.who", "MAX"
	if top {
		order, last = " ORDER BY q.v DESC, q.who", "MIN"
	}
	if x.op == "top" || x.op == "bottom" {
		add("(SELECT " + last + "(w.v) FROM (SELECT q.v")
		x.others(add)
		add(order + " LIMIT " + num(x.n) + ") w)")
		return
	}
	add("(SELECT w.v FROM (SELECT q.v, ROW_NUMBER() OVER (" + strings.TrimPrefix(order, " ") + ") AS place, COUNT(*) OVER () AS n")
	x.others(add)
	add(") w WHERE w.place = (w.n * " + num(x.n) + " + 9999) / 10000)")
}

// averaged adds the whole number below (low) or above (high) a part of the
// average, see bound; for averages of averages the number itself.
func (x *relative) averaged(add Add, side string) {
	n := num(x.n)
	if x.r != nil && x.r.agg == "avg" {
		sign := " + "
		if x.op == "gte" || x.op == "lt" {
			sign = " - "
		}
		add("(SELECT t.b" + sign + "0.000000001 * ABS(t.b) FROM (SELECT " + n + " * SUM(q.v) / (100.0 * COUNT(*)) AS b")
		x.others(add)
		add(" HAVING COUNT(*) > 0) t)")
		return
	}
	const floor = "u.w / 100 - CASE WHEN u.w % 100 < 0 THEN 1 ELSE 0 END"
	const ceil = "u.w / 100 + CASE WHEN u.w % 100 > 0 THEN 1 ELSE 0 END"
	text := "CASE WHEN u.more < 0 THEN " + ceil + " - 1 ELSE " + floor + " END"
	if side == "high" {
		text = "CASE WHEN u.more > 0 THEN " + floor + " + 1 ELSE " + ceil + " END"
	}
	add("(SELECT " + text + " FROM (SELECT " + n + " * (t.s / t.n) + " + n + " * (t.s % t.n) / t.n AS w, " + n + " * (t.s % t.n) % t.n AS more" +
		" FROM (SELECT CAST(SUM(q.v) AS BIGINT) AS s, NULLIF(COUNT(*), 0) AS n")
	x.others(add)
	add(") t) u)")
}
