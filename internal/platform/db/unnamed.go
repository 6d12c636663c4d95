package db

import (
	"strconv"
	"strings"
)

// unnamed writes "?" for $1, $2, … where each stands once and in its order, and
// gives other texts as they are. To SQLite $1 is a name that it looks up among
// all names before it: of a list of 256 ids that takes longer than finding the
// rows.
func unnamed(query string) string {
	var b strings.Builder
	rest, next := query, 1
	for {
		i := strings.IndexAny(rest, "$'")
		if i < 0 {
			b.WriteString(rest)
			return b.String()
		}
		b.WriteString(rest[:i])
		if rest[i] == '\'' { // a text, to its end
			n := strings.IndexByte(rest[i+1:], '\'')
			if n < 0 {
				return query
			}
			b.WriteString(rest[i : i+n+2])
			rest = rest[i+n+2:]
			continue
		}
		digits := i + 1
		for digits < len(rest) && rest[digits] >= '0' && rest[digits] <= '9' {
			digits++
		}
		if rest[i+1:digits] != strconv.Itoa(next) {
			return query
		}
		b.WriteByte('?')
		rest, next = rest[digits:], next+1
	}
}
