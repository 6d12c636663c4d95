package dedupe

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"
	"golang.org/x/text/unicode/norm"

	"zhike/internal/clean"
)

// value is a value made ready for comparing. id is equal exactly where two
// values of a field are the same.
type value struct {
	id     uint64
	text   string // "" for an opaque value
	opaque bool
	name   nameKeys // names and address lines
	same   uint32   // how many records of the index have it; 0 = not known
}

// normalise makes v ready; ok is false where it says nothing.
func normalise(v Value) (value, bool) {
	if len(v.Opaque) > 0 {
		return value{id: xxhash.Sum64(v.Opaque) | 1, opaque: true}, true
	}
	if len(v.Text) > 4*maxText {
		v.Text = shorten(v.Text, 4*maxText)
	}
	s, err := clean.Text(v.Text)
	if err != nil || clean.IsBlank(s) {
		return value{}, false
	}
	switch v.Field {
	case Birthday:
		s = birthday(s)
	case Phone:
		s = phone(s)
	case Email:
		s = email(s)
	case IDNumber, Code, Postcode, AddressNumber:
		// 4011.0 is what a table program makes of a column with gaps.
		if whole, ok := strings.CutSuffix(s, ".0"); ok && digits(whole) == whole {
			s = whole
		}
		s = alphanumeric(s)
	case City:
		s = plain(s)
		if hasHan(s) {
			if c, err := clean.City(s); err == nil {
				s = c
			}
		}
	case Region:
		s = plain(s)
		if hasHan(s) {
			if c, err := clean.Province(s); err == nil {
				s = c
			}
		}
	case GivenName, FamilyName, FullName:
		if strings.ContainsAny(s, "*＊") {
			return value{}, false // masked: nothing to compare
		}
		s = plain(s)
	default:
		s = plain(s)
	}
	s = shorten(s, maxText)
	if s == "" {
		return value{}, false
	}
	out := value{id: xxhash.Sum64String(s) | 1, text: s}
	switch v.Field {
	case GivenName, FamilyName:
		out.name = partKeys(s)
	case FullName:
		out.name = fullKeys(s)
	case AddressLine1, AddressLine2:
		out.name.sound = lineKey(s)
	}
	return out, true
}

// plain is s in lower case, without accents and signs; blanks between words
// stay, those between Han characters go.
func plain(s string) string {
	ascii := true
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			ascii = false
			break
		}
	}
	if !ascii && !hasHan(s) {
		s = norm.NFD.String(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	var prev rune
	for _, r := range s {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if gap && prev != 0 && !(han(prev) && han(r)) {
				b.WriteByte(' ')
			}
			gap = false
			r = unicode.ToLower(r)
			b.WriteRune(r)
			prev = r
		case unicode.Is(unicode.M, r) || r == '\'' || r == '’' || r == '`' || r == '.':
		default:
			gap = true
		}
	}
	return b.String()
}

func han(r rune) bool { return r >= 0x3400 && r <= 0x9fff || r >= 0x20000 && r <= 0x323af }

func hasHan(s string) bool {
	for _, r := range s {
		if han(r) {
			return true
		}
	}
	return false
}

// alphanumeric is s in upper case with letters and digits only.
func alphanumeric(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, s)
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// dates reads birthdays. Now is far away because an impossible birthday is
// compared as well: both records may have the same slip.
var dates = clean.Dates{
	Now: time.Date(2199, 1, 1, 0, 0, 0, 0, time.UTC),
	Min: time.Date(1800, 1, 1, 0, 0, 0, 0, time.UTC), NoSerial: true,
}

// birthday is YYYYMMDD; what cannot be read as a date stays as its digits, so
// that a date with a slip in it is still near the right one.
func birthday(s string) string {
	if len(s) == 8 && digits(s) == s {
		return s
	}
	if m, err := dates.Parse(s); err == nil {
		return m.Time.Format("20060102")
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if len(parts) >= 3 {
		a, b, c := parts[0], parts[1], parts[2]
		if len(c) == 4 { // day and month in some order
			a, c = c, a
		}
		if len(a) == 4 && len(b) <= 2 && len(c) <= 2 {
			return a + pad2(b) + pad2(c)
		}
	}
	return digits(s)
}

func pad2(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

func phone(s string) string {
	if p, err := clean.Phone(s); err == nil {
		return p.Text
	}
	if d := digits(s); len(d) >= 5 && !strings.Contains(s, "*") {
		return d
	}
	return ""
}

func email(s string) string {
	if e, err := clean.Email(s); err == nil {
		return clean.EmailKey(e)
	}
	s = strings.ToLower(strings.ReplaceAll(s, " ", ""))
	if !strings.ContainsAny(s, "*") {
		return s
	}
	return ""
}
