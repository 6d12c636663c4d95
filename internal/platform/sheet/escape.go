package sheet

import "strings"

// Escape puts an apostrophe before text that a spreadsheet would take for a
// formula: text beginning with = + - @, a tab or a carriage return. Text that
// already looks like an escaped one gets a further apostrophe, so that
// Unescape(Escape(s)) == s for every s.
func Escape(s string) string {
	if formulaLike(s) {
		return "'" + s
	}
	return s
}

// Unescape takes one apostrophe off text that Escape, or a person, put before
// a formula sign; any other text stays as it is.
func Unescape(s string) string {
	if len(s) > 1 && s[0] == '\'' && formulaLike(s) {
		return s[1:]
	}
	return s
}

// formulaLike matches ^'*[=+\-@\t\r].
func formulaLike(s string) bool {
	if s == "" || s[0] > '@' {
		return false
	}
	s = strings.TrimLeft(s, "'")
	if s == "" {
		return false
	}
	switch s[0] {
	case '=', '+', '-', '@', '\t', '\r':
		return true
	}
	return false
}
