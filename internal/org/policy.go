package org

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"zhike/internal/platform/errs"
)

const (
	minPassword = 10  // characters after NFKC
	maxPassword = 200 // characters; more is no safer and costs time
	// longPassword is from when on one kind of characters is enough.
	longPassword = 16
)

//go:embed common.txt
var commonText string

// common are the passwords that are tried first, lower-case.
var common = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(commonText) {
		m[w] = true
	}
	return m
})

// checkPassword says what is wrong with a new password, as a field error at
// path; nil where nothing is. The password itself is never part of it.
// i18n-keys: errors.org.password_*
func checkPassword(path, password, login, name string) error {
	bad := func(code string, kv ...any) error {
		return errs.New(errs.Invalid, "invalid").WithField(path, code, kv...)
	}
	p := norm.NFKC.String(password)
	n := utf8.RuneCountInString(p)
	lower := strings.ToLower(p)
	switch {
	case !utf8.ValidString(password) || strings.ContainsFunc(p, unicode.IsControl):
		return bad("org.password_characters")
	case n < minPassword:
		return bad("org.password_short", "min", minPassword)
	case n > maxPassword:
		return bad("org.password_long", "max", maxPassword)
	case n < longPassword && kindsOf(p) < 2:
		return bad("org.password_kinds", "min", longPassword)
	case holds(lower, login) || holds(lower, strings.SplitN(login, "@", 2)[0]):
		return bad("org.password_login")
	case holdsName(lower, name):
		return bad("org.password_name")
	case isCommon(lower):
		return bad("org.password_common")
	}
	return nil
}

// kindsOf counts lower-case, upper-case, digits and the rest.
func kindsOf(p string) int {
	var kinds [4]int
	for _, r := range p {
		switch {
		case r >= 'a' && r <= 'z':
			kinds[0] = 1
		case r >= 'A' && r <= 'Z':
			kinds[1] = 1
		case unicode.IsDigit(r):
			kinds[2] = 1
		default:
			kinds[3] = 1
		}
	}
	return kinds[0] + kinds[1] + kinds[2] + kinds[3]
}

func holds(lower, word string) bool {
	word = strings.ToLower(norm.NFKC.String(word))
	return utf8.RuneCountInString(word) >= 3 && strings.Contains(lower, word)
}

// holdsName looks for the whole name; a Chinese one counts from two characters.
func holdsName(lower, name string) bool {
	name = strings.ToLower(norm.NFKC.String(strings.TrimSpace(name)))
	if name == "" || !strings.Contains(lower, name) {
		return false
	}
	n := utf8.RuneCountInString(name)
	return n >= 3 || n == 2 && len(name) > 2
}

// isCommon finds a common password also behind up to eight digits and signs at
// its ends, and one short piece repeated.
func isCommon(lower string) bool {
	list := common()
	if list[lower] {
		return true
	}
	core := strings.TrimFunc(lower, func(r rune) bool { return !unicode.IsLetter(r) })
	rest := utf8.RuneCountInString(lower) - utf8.RuneCountInString(core)
	if core != "" && list[core] && rest <= 8 {
		return true
	}
	return repeated([]rune(lower)) || sequence([]rune(lower))
}

// repeated is a piece of at most four characters again and again: abcabcabca.
func repeated(p []rune) bool {
	for n := 1; n <= 4; n++ {
		same := true
		for i := n; i < len(p) && same; i++ {
			same = p[i] == p[i-n]
		}
		if same {
			return true
		}
	}
	return false
}

var rows = []string{"abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm"}

// sequence is made of at most three runs along the alphabet, the digits or the
// keyboard, but for two characters: abcdef123456, qwertyuiop12.
func sequence(p []rune) bool {
	runs, rest := 0, 0
	for i := 0; i < len(p); {
		n := 0
		for _, row := range rows {
			n = max(n, along(p[i:], row, 1), along(p[i:], row, -1))
		}
		if n >= 3 {
			runs++
			i += n
		} else {
			rest++
			i++
		}
	}
	return runs <= 3 && rest <= 2
}

// along counts how far p follows the row in a direction.
func along(p []rune, row string, step int) int {
	at := strings.IndexRune(row, p[0])
	if at < 0 {
		return 0
	}
	n := 1
	for n < len(p) {
		at += step
		if at < 0 || at >= len(row) || rune(row[at]) != p[n] {
			break
		}
		n++
	}
	return n
}
