package log

import (
	"encoding"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Redacted stands where something was taken out.
const Redacted = "[redacted]"

// maxText bounds one value or message in the log, in bytes: a foreign error can
// quote a whole document.
const maxText = 4096

// Words that make an attribute personal or secret wherever they stand in its
// name: phone, buyer_phone and phoneNumber alike.
var secretWords = words(`password passwd pwd passphrase secret token authorization cookie
	session credential credentials phone phones mobile tel telephone email emails mail address
	birthday birthdate idcard identity wechat openid unionid whatsapp bearer otp totp csrf
	dsn signature plaintext receiver recipient buyer contact nickname surname`)

// A name is personal unless it is the name of a thing of the program.
var thingNames = words(`host scheme job queue table column index kind file_kind level setting key metric
	migration event subscriber route module constraint worker engine command service`)

func words(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// sensitiveKey says whether the name of an attribute alone forbids its value.
func sensitiveKey(key string) bool {
	parts := splitKey(key)
	for i, w := range parts {
		switch {
		case secretWords[w]:
			// session_id, phone_id … are references and safe; session itself is a credential.
			if i+1 < len(parts) && (parts[i+1] == "id" || parts[i+1] == "ids" || parts[i+1] == "count") && w != "session" {
				continue
			}
			return true
		case w == "name" || w == "names" || w == "filename":
			if i == 0 || !thingNames[parts[i-1]] {
				return true
			}
		case w == "key" && i > 0:
			switch parts[i-1] {
			case "master", "api", "private", "data", "access", "encryption":
				return true
			}
		}
	}
	return false
}

// splitKey parts snake_case, kebab-case, dotted and camelCase into lower-case words.
func splitKey(key string) []string {
	var out []string
	var w strings.Builder
	flush := func() {
		if w.Len() > 0 {
			out = append(out, strings.TrimRight(w.String(), "0123456789"))
			w.Reset()
		}
	}
	lower := false
	for _, r := range key {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			lower = false
		case unicode.IsUpper(r) && lower:
			flush()
			w.WriteRune(unicode.ToLower(r))
			lower = false
		default:
			lower = unicode.IsLower(r)
			w.WriteRune(unicode.ToLower(r))
		}
	}
	flush()
	return out
}

func redact(a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	if v.Kind() == slog.KindGroup {
		// A group under a secret name is secret as a whole.
		if a.Key != "" && sensitiveKey(a.Key) {
			return slog.String(a.Key, Redacted)
		}
		in := v.Group()
		out := make([]slog.Attr, len(in))
		for i := range in {
			out[i] = redact(in[i])
		}
		return slog.Attr{Key: a.Key, Value: slog.GroupValue(out...)}
	}
	if sensitiveKey(a.Key) && !empty(v) {
		return slog.String(a.Key, Redacted)
	}
	switch v.Kind() {
	case slog.KindString:
		return slog.String(a.Key, Scrub(v.String()))
	case slog.KindAny:
		return slog.Attr{Key: a.Key, Value: plain(v.Any())}
	}
	return slog.Attr{Key: a.Key, Value: v}
}

// empty values are shown as they are: that a token is missing is worth knowing.
func empty(v slog.Value) bool {
	return v.Kind() == slog.KindString && v.String() == "" || v.Kind() == slog.KindAny && v.Any() == nil
}

// plain turns what is not a basic value into scrubbed text; what has no text of
// its own is named by its type only, because its fields may be anybody's.
func plain(v any) slog.Value {
	switch x := v.(type) {
	case nil:
		return slog.AnyValue(nil)
	case error:
		return slog.StringValue(Scrub(text(x.Error)))
	case fmt.Stringer:
		return slog.StringValue(Scrub(text(x.String)))
	case encoding.TextMarshaler:
		return slog.StringValue(Scrub(text(func() string {
			b, err := x.MarshalText()
			if err != nil {
				return Redacted
			}
			return string(b)
		})))
	case []string:
		return slog.StringValue(Scrub(strings.Join(x, " ")))
	case []int64, []int, []int32, []float64, []bool:
		return slog.StringValue(cut(fmt.Sprint(x)))
	}
	return slog.StringValue(fmt.Sprintf("[%T]", v))
}

// text calls f and survives the panic of a nil receiver, as slog's own handlers do.
func text(f func() string) (s string) {
	defer func() {
		if recover() != nil {
			s = "[unprintable]"
		}
	}()
	return f()
}

var (
	emailLike = regexp.MustCompile(`[\p{L}\p{N}._%+\-]+@[\p{L}\p{N}\-]+(?:\.[\p{L}\p{N}\-]+)+`)
	// Mainland mobile numbers with or without +86 and separators, land lines with
	// their area code, and 18-digit identity numbers.
	phoneLike = regexp.MustCompile(`(?:\+?86[ \-]?|0086[ \-]?)?1[3-9]\d[ \-]?\d{4}[ \-]?\d{4}` +
		`|(?:\+86[ \-]?)?\(?0\d{2,3}\)?[ \-]\d{7,8}` +
		`|\+[1-9]\d{0,2}[ \-]?\d{2,4}[ \-]?\d{3,4}[ \-]?\d{3,4}` +
		`|[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]`)
	credentialLike = regexp.MustCompile(`(?i)://[^/\s:@]*:[^@\s]+@` +
		`|\b(?:bearer|basic)\s+[a-z0-9._~+/=\-]{8,}` +
		`|\b(?:password|passwd|pwd|secret|token|api_?key)\s*[=:]\s*[^\s,;&"']+`)
)

// Scrub replaces what looks like a phone number, an e-mail address, an identity
// number or a credential in a text, and cuts it at 4,096 bytes. A number of the
// program that looks the same is lost with it; that is the price.
func Scrub(s string) string {
	if s == "" {
		return s
	}
	s = cut(s)
	at, digits, mark, wide := look(s)
	if wide {
		s = narrow(s)
		at, digits, mark, _ = look(s)
	}
	if mark {
		s = credentialLike.ReplaceAllStringFunc(s, func(m string) string {
			if strings.HasPrefix(m, "://") {
				return "://" + Redacted + "@"
			}
			if i := strings.IndexAny(m, "=: \t"); i > 0 {
				return m[:i+1] + Redacted
			}
			return Redacted
		})
	}
	if at {
		s = emailLike.ReplaceAllString(s, Redacted)
	}
	if digits >= 10 {
		s = scrubNumbers(s)
	}
	return s
}

// look scans once for what the expressions need, because most texts need none.
func look(s string) (at bool, digits int, mark, wide bool) {
	for _, r := range s {
		switch {
		case r == '@':
			at = true
		case r >= '0' && r <= '9':
			digits++
		case r == '=' || r == ':' || r == ' ':
			mark = true
		case r >= '！' && r <= '～':
			wide = true
		}
	}
	return at, digits, mark || at, wide
}

// narrow folds full-width digits, letters and signs to ASCII, so that １３８… is
// seen for what it is. Full-width punctuation of sentences stays.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９', r >= 'Ａ' && r <= 'Ｚ', r >= 'ａ' && r <= 'ｚ', r == '＠', r == '．', r == '＋', r == '－':
			return r - '！' + '!'
		}
		return r
	}, s)
}

// scrubNumbers replaces numbers of people, but not a part of a longer run of
// digits: ids and instants stay.
func scrubNumbers(s string) string {
	var b strings.Builder
	for {
		m := phoneLike.FindStringIndex(s)
		if m == nil {
			b.WriteString(s)
			return b.String()
		}
		if glued(s, m[0], m[1]) {
			// Step over the whole run, or its tail would be looked at alone.
			end := m[1]
			for end < len(s) && isDigit(s[end]) {
				end++
			}
			b.WriteString(s[:end])
			s = s[end:]
			continue
		}
		b.WriteString(s[:m[0]])
		b.WriteString(Redacted)
		s = s[m[1]:]
	}
}

func glued(s string, from, to int) bool {
	return from > 0 && isDigit(s[from-1]) || to < len(s) && isDigit(s[to])
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func cut(s string) string {
	if len(s) <= maxText {
		return s
	}
	end := maxText
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}
