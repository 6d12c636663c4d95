package rule

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"zhike/internal/platform/clock"
)

// Conditions on facts as SQL, about one customer. Rows of a stream stand in a
// subquery without a condition of its own on the customer, which both engines
// dissolve: so its names never meet those of the query around it, and the index
// that begins with customer and day leads to the facts. Numbers, days and codes
// that the program has checked stand in the text; whatever a person typed is an
// argument.

func num(n int64) string { return strconv.FormatInt(n, 10) }

func numbers(list []int64) string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = num(n)
	}
	return strings.Join(out, ", ")
}

// apart makes a name that is not the alias in id.
func apart(id, name string) string {
	for strings.HasPrefix(id, name+".") {
		name += "x"
	}
	return name
}

// rows is how facts are read: the alias, whether only counted ones, and what is
// read of them beside customer and day.
type rows struct {
	f       string
	counted bool
	extra   []string // "expression AS name"
}

// write adds " FROM (facts) f WHERE …" for those of one customer, or where id is
// "" of all; the columns are who, day, happened and nr, and t0… of the tests.
func (c *chosen) write(add Add, id string, r rows) {
	st := c.st
	cols := append([]string{st.Customer + " AS who", st.Day + " AS day", st.Instant + " AS happened", st.ID + " AS nr"}, r.extra...)
	for i, t := range c.tests {
		expr := ""
		if t.measure != nil {
			expr = t.measure.Expr
		} else {
			expr = t.dim.Expr
		}
		cols = append(cols, expr+" AS t"+strconv.Itoa(i))
	}
	var where []string
	if st.Where != "" {
		where = append(where, "("+st.Where+")")
	}
	if r.counted && st.Counted != "" {
		where = append(where, "("+st.Counted+")")
	}
	text := " FROM (SELECT " + strings.Join(cols, ", ") + " FROM " + st.Table
	if len(where) > 0 {
		text += " WHERE " + strings.Join(where, " AND ")
	}
	add(text + ") " + r.f + " WHERE ")
	if id != "" {
		add(r.f + ".who = " + id + " AND ")
	}
	add(inSpan(r.f+".day", span{int64(c.from), int64(c.to)}))
	for i, t := range c.tests {
		add(" AND ")
		t.write(add, r.f+".t"+strconv.Itoa(i))
	}
}

// write adds a test of a value of a fact, which may be null; within WHERE.
func (t *factTest) write(add Add, x string) {
	switch {
	case t.measure != nil:
		add(inSpan(x, t.span))
	case t.not:
		add("(" + x + " IS NULL OR NOT ")
		t.dim.write(add, x, t.keys, t.words)
		add(")")
	default:
		t.dim.write(add, x, t.keys, t.words)
	}
}

// write says that a value, which is not null, is one of keys or words.
func (d *Dimension) write(add Add, x string, keys []int64, words []string) {
	if d.Codes != nil {
		add(x + " IN (" + numbers(keys) + ")")
		return
	}
	args := make([]any, len(words))
	for i, w := range words {
		args[i] = w
	}
	list := "(?" + strings.Repeat(", ?", len(words)-1) + ")"
	if d.Via != nil {
		// The second half keeps PostgreSQL from joining them fact by fact: it looks
		// facts up in a table of them that it makes once.
		add("("+x+" IN (SELECT "+d.Via.ID+" FROM "+d.Via.Table+" WHERE "+d.Via.Expr+" IN "+list+") OR 1 = 0)", args...)
		return
	}
	add(x+" IN "+list, args...)
}

// word is the text of a dimension for a value x of a fact; null where there is none.
func (d *Dimension) word(x string) string {
	switch {
	case d.Via != nil:
		return "(SELECT NULLIF(" + d.Via.Expr + ", '') FROM " + d.Via.Table + " WHERE " + d.Via.ID + " = " + x + ")"
	case d.Codes != nil:
		return x
	}
	return "NULLIF(" + x + ", '')"
}

// inSpan compares a number; null is within no span.
func inSpan(x string, s span) string {
	low, high := s.from > math.MinInt64, s.to < math.MaxInt64
	switch {
	case s.from > s.to:
		return "1 = 0"
	case s.from == s.to:
		return x + " = " + num(s.from)
	case low && high:
		return x + " BETWEEN " + num(s.from) + " AND " + num(s.to)
	case low:
		return x + " >= " + num(s.from)
	case high:
		return x + " <= " + num(s.to)
	}
	return x + " IS NOT NULL"
}

// some says that there is a counted fact of one customer with its day in a span.
func (c *chosen) some(add Add, id string, days span) {
	part := *c
	part.from, part.to = max(c.from, clock.Day(max(days.from, int64(NoDay)))), min(c.to, clock.Day(min(days.to, int64(EverDay))))
	if part.from > part.to {
		add("1 = 0")
		return
	}
	add("EXISTS (SELECT 1")
	part.write(add, id, rows{f: apart(id, "f"), counted: true})
	add(")")
}

// writeDayIn compares the day of the first fact or the last one. Where nothing
// needs to be known of the facts on the other side of it, any fact will do.
func (r *reading) writeDayIn(add Add, id string, last bool, from, to clock.Day) {
	switch {
	case from > to:
		add("(1 = 0)")
	case last && to >= r.to, !last && from <= r.from:
		r.some(add, id, span{int64(from), int64(to)})
	default:
		add("COALESCE((")
		r.writeDay(add, id)
		add(") BETWEEN " + num(int64(from)) + " AND " + num(int64(to)) + ", FALSE)")
	}
}

func (r *reading) writeEndIs(add Add, id string, t factTest) {
	f := apart(id, "f")
	add("EXISTS (SELECT 1 FROM (")
	r.writeEnd(add, id, f)
	add(") " + f + "e WHERE ")
	t.write(add, f+"e.x")
	add(")")
}

// writeEnd adds the query of a dimension, x, of the first fact or the last one.
func (r *reading) writeEnd(add Add, id, f string) {
	add("SELECT " + f + ".x")
	r.write(add, id, rows{f: f, counted: true, extra: []string{r.dim.Expr + " AS x"}})
	// The day goes first because the index has it; instants agree with it.
	order := []string{f + ".day", f + ".happened", f + ".nr"}
	if r.agg == "last" {
		for i := range order {
			order[i] += " DESC"
		}
	}
	add(" ORDER BY " + strings.Join(order, ", ") + " LIMIT 1")
}

func (r *reading) writeWithin(add Add, id string, is span) {
	switch {
	case is.from > is.to:
		add("(1 = 0)")
	case r.agg == "count" && is.from <= 1 && is.from > 0 && is.to == math.MaxInt64:
		r.some(add, id, anyNumber)
	case r.agg == "count" && is.from <= 0 && is.to == 0:
		add("NOT ")
		r.some(add, id, anyNumber)
	case r.agg == "max" && is.to == math.MaxInt64, r.agg == "min" && is.from == math.MinInt64:
		// One fact that is beyond it says so.
		part := *r
		part.tests = append(slices.Clip(r.tests), factTest{measure: r.measure, span: is})
		part.some(add, id, anyNumber)
	case r.agg == "min" || r.agg == "max":
		a := apart(id, "a")
		add("EXISTS (SELECT 1 FROM (")
		r.writeValue(add, id)
		add(") " + a + " WHERE " + inSpan(a+".v", is) + ")")
	default:
		add("(")
		r.writeValue(add, id)
		add(")" + inSpan("", is))
	}
}

// writeValue adds a query of the number of one customer as column v: of count,
// sum and distinct 0 where there is none, of the others null; of an average its
// whole part, in the scale of averages.
func (r *reading) writeValue(add Add, id string) {
	f := apart(id, "f")
	of := rows{f: f, counted: r.agg != "sum"}
	v := "COUNT(*)"
	switch r.agg {
	case "distinct":
		of.extra = []string{r.dim.Expr + " AS x"}
		v = "COUNT(DISTINCT " + r.dim.word(f+".x") + ")"
	case "sum":
		of.extra = []string{r.measure.Expr + " AS x"}
		v = "COALESCE(CAST(SUM(" + f + ".x) AS BIGINT), 0)"
	case "min", "max":
		of.extra = []string{r.measure.Expr + " AS x"}
		v = strings.ToUpper(r.agg) + "(" + f + ".x)"
	case "avg":
		var sum, count string
		sum, count, of = r.sums(f)
		v = r.scaled(sum) + " / NULLIF(" + count + ", 0)"
	}
	add("SELECT " + v + " AS v")
	r.write(add, id, of)
}

// writeDay adds a query of the day of the first fact, of the last one, or of the
// next one by the own rhythm, as v.
func (r *reading) writeDay(add Add, id string) {
	f := apart(id, "f")
	day := "MAX(" + f + ".day)"
	switch r.agg {
	case "first", "days_since_first":
		day = "MIN(" + f + ".day)"
	case "next":
		day = NextDay("COUNT(*)", "MIN("+f+".day)", day)
	}
	add("SELECT " + day + " AS v")
	r.write(add, id, rows{f: f, counted: true})
}

// NextDay is the day on which the next of some facts comes by their own rhythm,
// as SQL: the mean gap between them behind the last one, rounded to days, from
// the third on; null where they are fewer, or all of one day.
func NextDay(count, first, last string) string {
	return "CASE WHEN " + count + " >= 3 AND " + last + " > " + first + " THEN " + last +
		" + (2 * (" + last + " - " + first + ") + " + count + " - 1) / (2 * (" + count + " - 1)) END"
}

// sums are the sum and the number that an average is made of, in the alias f;
// null and 0 where there is nothing.
func (r *reading) sums(f string) (sum, count string, of rows) {
	of = rows{f: f, extra: []string{r.measure.Expr + " AS x", "1 AS counts"}}
	if r.st.Counted != "" {
		of.extra[1] = "CASE WHEN " + r.st.Counted + " THEN 1 ELSE 0 END AS counts"
	}
	return "CAST(SUM(" + f + ".x) AS BIGINT)", "COUNT(CASE WHEN " + f + ".counts = 1 THEN " + f + ".x END)", of
}

// scaled brings a sum to the scale of averages.
func (r *reading) scaled(sum string) string {
	if times, _ := r.averageScale(); times != 1 {
		return sum + " * " + num(times)
	}
	return sum
}

// writeAverage compares an average exactly without leaving 64 bits: its whole
// part first and the rest, which has the sign of the sum, where that is equal.
func (r *reading) writeAverage(add Add, id, op string, from, to int64) {
	f := apart(id, "f")
	sum, count, of := r.sums(f)
	add("EXISTS (SELECT 1 FROM (SELECT " + r.scaled(sum) + " AS s, NULLIF(" + count + ", 0) AS n")
	r.write(add, id, of)
	a := f + "a"
	add(") " + a + " WHERE ")
	compare := func(op string, v int64) string {
		first, rest := " > ", " >= 0"
		switch op {
		case "gt":
			rest = " > 0"
		case "lt":
			first, rest = " < ", " < 0"
		case "lte":
			first, rest = " < ", " <= 0"
		}
		q := a + ".s / " + a + ".n"
		return "(" + q + first + num(v) + " OR " + q + " = " + num(v) + " AND " + a + ".s % " + a + ".n" + rest + ")"
	}
	switch op {
	case "gt", "gte", "lt", "lte":
		add(compare(op, from))
	default:
		add(compare("gte", from) + " AND " + compare("lte", to))
	}
	add(")")
}

// rounded writes thousandths as whole ones, half to even. Both engines divide
// toward zero; what is added first keeps numbers above it.
func rounded(v string) string {
	const lift = 4_000_000_000_000_000
	up := "(" + v + " + " + num(1000*lift) + ")"
	return "(" + up + " + 499 + " + up + " / 1000 % 2) / 1000 - " + num(lift)
}

// spoken is word, for people: codes instead of what stands for them.
func (d *Dimension) spoken(x string) string {
	if d.Codes == nil {
		return d.word(x)
	}
	text := "CASE " + x
	for _, key := range slices.Sorted(maps.Keys(d.Codes)) {
		if strings.Trim(d.Codes[key], "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
			panic("rule: no code: " + strconv.Quote(d.Codes[key]))
		}
		text += " WHEN " + num(key) + " THEN '" + d.Codes[key] + "'"
	}
	return text + " END"
}

// value gives the aggregate for explanations.
func (r *reading) value() (write func(add Add, id string), kind string) {
	scalar := func(shown string, query func(add Add, id string)) func(add Add, id string) {
		return func(add Add, id string) {
			add("(SELECT " + shown + " FROM (")
			query(add, id)
			add(") " + apart(id, "v") + ")")
		}
	}
	switch {
	case r.agg == "first" || r.agg == "last" || r.agg == "next":
		if r.dim == nil {
			return scalar("v", r.writeDay), "day"
		}
		return scalar(r.dim.spoken("x"), func(add Add, id string) { r.writeEnd(add, id, apart(id, "f")) }), "text"
	case r.agg == "days_since" || r.agg == "days_since_first":
		return scalar(num(int64(r.asOf))+" - v", r.writeDay), "number"
	case r.scale() == fen:
		return scalar(rounded("v"), r.writeValue), "money"
	case r.scale() == fraction || r.measure != nil && r.measure.Type == "milli":
		return scalar("v", r.writeValue), "milli"
	}
	return scalar("v", r.writeValue), "number"
}
