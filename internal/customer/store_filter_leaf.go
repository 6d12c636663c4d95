package customer

import (
	"strconv"
	"strings"
)

// Conditions as SQL. Numbers and codes that the program has checked stand in
// the text, so that PostgreSQL plans for the value; whatever a person typed is
// an argument.

func joined(kids []expr, word string) func(q *query, id string) {
	return func(q *query, id string) {
		q.b.WriteByte('(')
		for i := range kids {
			if i > 0 {
				q.b.WriteString(word)
			}
			kids[i].write(q, id)
		}
		q.b.WriteByte(')')
	}
}

func notTrue(inner func(q *query, id string)) func(q *query, id string) {
	return func(q *query, id string) {
		q.b.WriteString("NOT (")
		inner(q, id)
		q.b.WriteByte(')')
	}
}

func unionOf(kids []expr) func(q *query) {
	return func(q *query) {
		for i := range kids {
			if i > 0 {
				q.b.WriteString(" UNION ")
			}
			kids[i].drive(q)
		}
	}
}

func num(n int64) string { return strconv.FormatInt(n, 10) }

// numbers writes "1, 2, 3".
func numbers(list []int64) string {
	var b strings.Builder
	for i, n := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(num(n))
	}
	return b.String()
}

// quoted writes codes of the program's own lists: letters, digits, "_" and "-".
func quoted(codes []string) string {
	var b strings.Builder
	for i, c := range codes {
		if i > 0 {
			b.WriteString(", ")
		}
		if strings.Trim(c, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
			panic("customer: no code: " + strconv.Quote(c))
		}
		b.WriteString("'" + c + "'")
	}
	return b.String()
}

// plain is a condition without arguments over one of the tables.
func plain(table byte, text string) expr {
	e := expr{write: func(q *query, _ string) { q.b.WriteString("(" + text + ")") }}
	e.c, e.m = table == 'c', table == 'm'
	return e
}

// indexed is plain where an index of the table serves the condition.
func indexed(table byte, text string) expr {
	e := plain(table, text)
	from := "customers c"
	id := "c.id"
	if table == 'm' {
		from, id = "customer_metrics m", "m.customer_id"
	}
	e.exact = true
	e.drive = func(q *query) { q.b.WriteString("SELECT " + id + " AS id FROM " + from + " WHERE " + text) }
	return e
}

// withArgs is plain or indexed with arguments.
func withArgs(byIndex bool, text string, args ...any) expr {
	e := expr{c: true, write: func(q *query, _ string) { q.add("("+text+")", args...) }}
	if byIndex {
		e.exact = true
		e.drive = func(q *query) { q.add("SELECT c.id AS id FROM customers c WHERE "+text, args...) }
	}
	return e
}

// member says that a row of another table belongs to the customer. where is a
// condition over the alias x; several says that a customer may have many rows.
func member(table, column, where string, several bool, args ...any) expr {
	distinct := ""
	if several {
		distinct = "DISTINCT "
	}
	return expr{
		write: func(q *query, id string) {
			q.add("EXISTS (SELECT 1 FROM "+table+" x WHERE x."+column+" = "+id+" AND "+where+")", args...)
		},
		drive: func(q *query) {
			q.add("SELECT "+distinct+"x."+column+" AS id FROM "+table+" x WHERE "+where, args...)
		},
		exact: true,
	}
}

// lookup is member for conditions that no index serves.
func lookup(text string, args ...any) expr {
	return expr{write: func(q *query, id string) { q.add(strings.ReplaceAll(text, "{id}", id), args...) }}
}

// textHas says that a text has another in it, whatever the case of its letters.
// The same on both engines, and without signs of a special meaning.
func textHas(column string) string {
	return "REPLACE(LOWER(" + column + "), ?, '') <> LOWER(" + column + ")"
}

func textBegins(column string, runes int) string {
	return "SUBSTR(LOWER(" + column + "), 1, " + num(int64(runes)) + ") = ?"
}

// inTexts writes "column IN (?, …)" for texts of the caller.
func inTexts(column string, list []string) (text string, args []any) {
	args = make([]any, len(list))
	for i, t := range list {
		args[i] = t
	}
	return column + " IN (?" + strings.Repeat(", ?", len(list)-1) + ")", args
}

// birthDay is the day of a birthday without its year, as the index has it.
const birthDay = "(CASE WHEN LENGTH(c.birthday) = 10 THEN SUBSTR(c.birthday, 6, 5) ELSE c.birthday END)"

func bornOn(civil, lunar []string) string {
	var parts []string
	if len(civil) > 0 {
		parts = append(parts, birthDay+" IN ("+quoted(civil)+") AND c.birthday_lunar = FALSE")
	}
	if len(lunar) > 0 {
		parts = append(parts, birthDay+" IN ("+quoted(lunar)+") AND c.birthday_lunar = TRUE")
	}
	if len(parts) == 0 {
		return "1 = 0"
	}
	return "c.birthday <> '' AND (" + strings.Join(parts, " OR ") + ")"
}
