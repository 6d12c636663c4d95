package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"zhike/internal/platform/errs"
)

// Bounds of text, in bytes.
const (
	MaxText  = 64 << 10
	MaxName  = 600 // 200 Han characters
	maxValue = 300 // what a number, date or phone may be written in
)

// bad makes the error of a code; catalogue_test.go holds the codes against the
// catalogues. i18n-keys: errors.clean.*
func bad(code string, kv ...any) error { return errs.New(errs.Invalid, code, kv...) }

func empty() error { return bad("clean.empty") }

// Text gives s in NFKC on one line: white space runs become one blank, control
// and invisible characters go, invalid bytes become U+FFFD, and the wrapping
// ="…" by which some exports protect digits is taken off. "" is allowed.
// Error: clean.too_long over MaxText bytes.
func Text(s string) (string, error) {
	if len(s) > MaxText {
		return "", bad("clean.too_long", "max", MaxText)
	}
	s = fold(s)
	if len(s) > MaxText {
		return "", bad("clean.too_long", "max", MaxText)
	}
	return s, nil
}

// Name is the name or nickname of a person or company: Text of at most
// MaxName bytes with something to read in it.
// Errors: clean.empty, clean.too_long, clean.bad_name (signs only).
func Name(s string) (string, error) {
	if len(s) > 4*MaxName {
		return "", bad("clean.too_long", "max", MaxName)
	}
	s = fold(s)
	switch {
	case s == "" || IsBlank(s):
		return "", empty()
	case len(s) > MaxName:
		return "", bad("clean.too_long", "max", MaxName)
	case s[0] < utf8.RuneSelf && strings.Trim(s, "-_.,;:/\\*#?!'\"()[]{}<>|~`+=^&%$@ ") == "":
		return "", bad("clean.bad_name")
	}
	return s, nil
}

// fold is the one form; see Text. ASCII that is already in it costs no memory.
func fold(s string) string {
	if plainASCII(s) {
		return unwrap(s)
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	switch stable, wide := simpleHan(s); {
	case stable && wide:
		s = halfWidth(s)
	case !stable && !norm.NFKC.IsNormalString(s):
		s = norm.NFKC.String(s)
	}
	if tidy(s) {
		return unwrap(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	gap, prev := false, rune(0)
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || r == '\u2028' || r == '\u2029':
			gap = b.Len() > 0
			continue
		case invisible(r, prev):
			continue
		}
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		b.WriteRune(r)
		prev = r
	}
	return unwrap(b.String())
}

// plainASCII says that s is printable ASCII without blanks around it and
// without two blanks together.
func plainASCII(s string) bool {
	space := true
	for i := range len(s) {
		c := s[i]
		if c <= ' ' || c >= 0x7f {
			if c != ' ' || space {
				return false
			}
			space = true
		} else {
			space = false
		}
	}
	return !space || s == ""
}

// simpleHan says that s has only ASCII, Han characters, Chinese punctuation and
// full-width signs: the usual case, which needs no tables of package norm.
// wide says that there are full-width signs, the only ones NFKC changes.
func simpleHan(s string) (stable, wide bool) {
	for _, r := range s {
		switch {
		case r < 0x80 || r >= 0x4e00 && r <= 0x9fff:
		case r >= 0xff01 && r <= 0xff5e || r == 0x3000:
			wide = true
		case r >= 0x3001 && r <= 0x3003 || r >= 0x3008 && r <= 0x3011 || r == 0x2014 || r >= 0x2018 && r <= 0x201d || r == 0xb7:
		default:
			return false, false
		}
	}
	return true, wide
}

// halfWidth is NFKC for the strings that simpleHan accepts.
func halfWidth(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0xff01 && r <= 0xff5e:
			return r - 0xfee0
		case r == 0x3000:
			return ' '
		}
		return r
	}, s)
}

// tidy says that fold has nothing left to do.
func tidy(s string) bool {
	space, prev := true, rune(0)
	for _, r := range s {
		if r == ' ' {
			if space {
				return false
			}
			space = true
			continue
		}
		if unicode.IsSpace(r) || r == '\u2028' || r == '\u2029' || invisible(r, prev) {
			return false
		}
		space, prev = false, r
	}
	return !space || s == ""
}

// invisible are control and format characters, except the joiner within an
// emoji.
func invisible(r, prev rune) bool {
	if r < 0x7f {
		return r < ' '
	}
	if r == '\u200d' {
		return prev < 0x2600 || prev >= 0x2e80 && prev < 0xfe00
	}
	return (r < 0x4e00 || r > 0x9fff) && (unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r))
}

// unwrap takes ="…" off.
func unwrap(s string) string {
	if len(s) >= 3 && s[0] == '=' && s[1] == '"' && s[len(s)-1] == '"' && strings.IndexByte(s[2:len(s)-1], '"') < 0 {
		return strings.TrimSpace(s[2 : len(s)-1])
	}
	return s
}

// value folds s for a parser of values: also without an apostrophe in front,
// and refused where it is blank or too long to be one.
func value(s string) (string, error) {
	if len(s) > 4*maxValue {
		return "", bad("clean.too_long", "max", maxValue)
	}
	s = fold(s)
	if len(s) > 1 && s[0] == '\'' {
		s = strings.TrimSpace(s[1:])
	}
	if IsBlank(s) {
		return "", empty()
	}
	if len(s) > maxValue {
		return "", bad("clean.too_long", "max", maxValue)
	}
	return s, nil
}

// IsBlank says whether a cell says "nothing": empty, or one of the signs that
// exports write for a missing value (NULL, \N, N/A, NaN, None, -, --, 无, 空).
func IsBlank(s string) bool {
	if len(s) > 24 {
		return strings.TrimSpace(s) == ""
	}
	switch s {
	case "", "-", "--", "---", "/", `\N`, "—", "——", "无", "空", "null", "NULL", "Null", "(null)", "<null>",
		"N/A", "n/a", "#N/A", "NaN", "nan", "NA", "None", "none", "nil", "undefined":
		return true
	}
	if c := s[0]; c > ' ' && c < 0x80 && s[len(s)-1] > ' ' && s[len(s)-1] < 0x80 {
		return false
	}
	if t := strings.TrimSpace(s); t != s {
		return IsBlank(t)
	}
	return false
}

// Scientific says whether s is what a spreadsheet makes of a long number, such
// as "1.38E+10": digits are lost, and nobody can tell which.
func Scientific(s string) bool {
	i := strings.IndexAny(s, "eE")
	if i < 1 || i+2 >= len(s) || s[i+1] != '+' {
		return false
	}
	m := strings.TrimLeft(s[:i], "+-")
	whole, frac, _ := strings.Cut(m, ".")
	return len(whole) == 1 && isDigits(whole) && isDigits(frac) && isDigits(s[i+2:])
}

// isDigits says whether s has nothing but ASCII digits; true for "".
func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func allZero(s string) bool { return strings.Trim(s, "0") == "" }

// codeOf is the code of one of our errors.
func codeOf(err error) string { return errs.CodeOf(err) }
