package customer

import (
	"strconv"
	"strings"

	"zhike/internal/platform/auth"
)

// query builds one SQL text with its arguments. In what is added "?" stands
// for the next argument, so that $1… are numbered in order of appearance.
type query struct {
	b    strings.Builder
	args []any
	// part says that the text goes into another query: "?" stays as it is.
	part bool
}

func (q *query) add(text string, args ...any) {
	if q.part {
		q.b.WriteString(text)
		q.args = append(q.args, args...)
		return
	}
	for {
		i := strings.IndexByte(text, '?')
		if i < 0 {
			break
		}
		q.b.WriteString(text[:i])
		q.args = append(q.args, args[0])
		q.b.WriteByte('$')
		q.b.WriteString(strconv.Itoa(len(q.args)))
		text, args = text[i+1:], args[1:]
	}
	q.b.WriteString(text)
	if len(args) != 0 {
		panic("customer: more arguments than places in " + text)
	}
}

// in adds "column IN (…)", padded so that few texts come about.
func (q *query) in(column string, ids []int64) {
	n := len(ids)
	for _, size := range [...]int{1, 4, 16, 64, 256, 1024} {
		if size >= n {
			n = size
			break
		}
	}
	q.b.WriteString(column)
	q.b.WriteString(" IN (")
	for i := range n {
		if i > 0 {
			q.b.WriteString(", ")
		}
		q.add("?", ids[min(i, len(ids)-1)])
	}
	q.b.WriteByte(')')
}

// limit adds " LIMIT n" as a number of its own: of an argument PostgreSQL
// would assume that it is a tenth of everything, and plan anew each time.
func (q *query) limit(n int) {
	q.b.WriteString(" LIMIT ")
	q.b.WriteString(strconv.Itoa(n))
}

func (q *query) text() string { return q.b.String() }

// seesAll says whether no scope narrows what the actor sees.
func seesAll(a *auth.Actor) bool { return a != nil && a.Scope == auth.ScopeAll }

// scopeKey names a scope in a cache.
func scopeKey(a *auth.Actor) string {
	switch {
	case a == nil:
		return "-"
	case a.Scope == auth.ScopeAll:
		return "all"
	case a.Scope == auth.ScopeDepartment:
		return "dep " + strconv.FormatInt(a.StaffID, 10) + " " + strconv.FormatInt(a.DepartmentID, 10)
	}
	return "own " + strconv.FormatInt(a.StaffID, 10)
}

// whereHold ends "SELECT … FROM … customers c" with those for whom all parts
// hold; on are further conditions, each behind an AND.
func whereHold(q *query, on string, parts []expr) {
	if _, needM := needs(parts); needM {
		q.b.WriteString(" CROSS JOIN customer_metrics m")
		on += " AND m.customer_id = c.id"
	}
	q.b.WriteString(" WHERE 1 = 1" + on)
	and(q, parts, "c.id")
}

// and adds " AND …" for each part, about the customer whose id the text id gives.
func and(q *query, parts []expr, id string) {
	for i := range parts {
		q.b.WriteString(" AND ")
		parts[i].write(q, id)
	}
}

// needs says which of the aliases c and m the parts use.
func needs(parts []expr) (c, m bool) {
	for i := range parts {
		c, m = c || parts[i].c, m || parts[i].m
	}
	return c, m
}
