package clean

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// MaxEmail bounds an address, in bytes (RFC 5321, 4.5.3.1.3, without the
// brackets).
const MaxEmail = 254

// Email reads an address. The domain comes out in lower case and, where it is
// international, in its ASCII form (xn--…), so that equal domains are equal
// text; the part before @ keeps its case. Error: clean.empty, clean.bad_email.
func Email(s string) (string, error) {
	s, err := value(s)
	if err != nil {
		return "", err
	}
	if len(s) > 7 && strings.EqualFold(s[:7], "mailto:") {
		s = s[7:]
	}
	local, domain, ok := strings.Cut(s, "@")
	if !ok || !localPart(local) {
		return "", bad("clean.bad_email")
	}
	domain, ok = domainName(domain)
	if !ok || len(local)+1+len(domain) > MaxEmail {
		return "", bad("clean.bad_email")
	}
	return local + "@" + domain, nil
}

// EmailKey is the form in which two addresses are compared: all lower case,
// because no provider in use tells Tom@ from tom@.
func EmailKey(email string) string { return strings.ToLower(email) }

// localPart is a dot-atom (RFC 5322, 3.2.3), letters of any script allowed
// (RFC 6531).
func localPart(s string) bool {
	if s == "" || len(s) > 64 || s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return false
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= utf8.RuneSelf, c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case strings.IndexByte(".!#$%&'*+-/=?^_`{|}~", c) >= 0:
		default:
			return false
		}
	}
	return !strings.Contains(s, "�")
}

func domainName(s string) (string, bool) {
	if s == "" || len(s) > 255 || strings.Contains(s, "@") {
		return "", false
	}
	s, err := idna.Lookup.ToASCII(s)
	if err != nil {
		return "", false
	}
	s = strings.ToLower(strings.TrimSuffix(s, "."))
	labels := strings.Split(s, ".")
	if len(labels) < 2 {
		return "", false
	}
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return "", false
		}
		for i := range len(l) {
			if c := l[i]; c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
				return "", false
			}
		}
	}
	top := labels[len(labels)-1]
	return s, len(top) >= 2 && !isDigits(top)
}
