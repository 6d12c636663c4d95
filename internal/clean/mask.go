package clean

import (
	"strings"
	"unicode/utf8"
)

// MaskPhone hides the middle of a canonical number: "138****8000",
// "010-****6666", "+852****4567". What is too short is hidden whole.
func MaskPhone(s string) string {
	if len(s) == 11 && isDigits(s) {
		return s[:3] + "****" + s[7:]
	}
	number, ext, _ := strings.Cut(strings.TrimPrefix(s, "+"), "-")
	switch {
	case strings.HasPrefix(s, "+") && len(number) >= 9:
		return "+" + number[:3] + "****" + number[len(number)-4:]
	case number != "" && number[0] == '0' && len(ext) >= 7: // area code and number
		local, _, _ := strings.Cut(ext, "-")
		if len(local) < 7 {
			return "****"
		}
		return number + "-****" + local[len(local)-4:]
	case len(number) >= 9 && isDigits(number):
		return number[:3] + "****" + number[len(number)-3:]
	}
	return "****"
}

// MaskEmail keeps the first character and the domain: "t***@example.com".
func MaskEmail(s string) string {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" {
		return "***"
	}
	_, n := utf8.DecodeRuneInString(local)
	return local[:n] + "***@" + domain
}

// MaskName keeps the surname: "张**", "欧阳*", and of a Latin name the first
// letter.
func MaskName(s string) string {
	if s == "" {
		return ""
	}
	keep := 1
	if r := []rune(s); len(r) > 2 && isCompound(string(r[:2])) {
		keep = 2
	}
	n, stars := 0, 0
	for i := range s {
		if keep > 0 {
			keep--
			continue
		}
		if n == 0 {
			n = i
		}
		stars++
	}
	if stars == 0 {
		return "*"
	}
	return s[:n] + strings.Repeat("*", min(stars, 2))
}

// MaskTail keeps the first and the last characters of a code: "9111**********341L"
// for head = 4, tail = 4. What is too short is hidden whole.
func MaskTail(s string, head, tail int) string {
	r := []rune(s)
	if len(r) < head+tail+4 {
		return strings.Repeat("*", min(len(r), 8))
	}
	return string(r[:head]) + strings.Repeat("*", len(r)-head-tail) + string(r[len(r)-tail:])
}
