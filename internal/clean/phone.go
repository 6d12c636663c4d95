package clean

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// PhoneKind is what sort of number it is.
type PhoneKind uint8

// The kinds. Only a mobile number can get an SMS.
const (
	PhoneMobile PhoneKind = iota + 1
	PhoneLandline
	PhoneService // 400, 800, 95…, 12345 and the like
	PhoneInternational
)

// String is the stable name of the kind.
func (k PhoneKind) String() string {
	switch k {
	case PhoneMobile:
		return "mobile"
	case PhoneLandline:
		return "landline"
	case PhoneService:
		return "service"
	case PhoneInternational:
		return "international"
	}
	return ""
}

// PhoneNumber is a number in canonical form: "13800138000",
// "010-88886666", "010-88886666-123", "4008889999", "95588", "+85291234567".
type PhoneNumber struct {
	Text string
	Kind PhoneKind
}

// Phone reads a number as people write it: with +86, 0086, 86-, blanks,
// dashes, brackets, full-width digits, "转123" or "ext. 123". Numbers outside
// the mainland need + or 00 and are checked against the numbering plans.
// Errors: clean.empty; clean.phone_scientific for "1.38E+10";
// clean.phone_masked for "138****8000"; clean.phone_several for two numbers in
// one cell; clean.phone_no_area for a landline without its area code;
// clean.bad_phone.
func Phone(s string) (PhoneNumber, error) {
	if len(s) == 11 && isMobile(s) {
		return PhoneNumber{s, PhoneMobile}, nil
	}
	s, err := value(s)
	if err != nil {
		return PhoneNumber{}, err
	}
	if Scientific(s) {
		return PhoneNumber{}, bad("clean.phone_scientific")
	}
	if strings.Contains(s, "**") {
		return PhoneNumber{}, bad("clean.phone_masked")
	}
	if t, ok := strings.CutSuffix(s, ".0"); ok && isDigits(t) {
		s = t
	}
	s, ext, ok := cutExtension(s)
	if !ok {
		return PhoneNumber{}, bad("clean.bad_phone")
	}
	if t, ok := strings.CutPrefix(s, "(+"); ok {
		s = "+" + strings.Replace(t, ")", " ", 1)
	}
	plus := strings.HasPrefix(s, "+")
	groups, ok := digitGroups(strings.TrimPrefix(s, "+"))
	if !ok {
		if several(s) {
			return PhoneNumber{}, bad("clean.phone_several")
		}
		return PhoneNumber{}, bad("clean.bad_phone")
	}
	if !plus && strings.HasPrefix(groups[0], "00") {
		plus = true
		groups[0] = groups[0][2:]
	}
	if plus {
		if p, done, err := international(groups, ext); done {
			return p, err
		}
	}
	groups = dropCountry(groups, plus)
	return mainland(groups, ext)
}

// isMobile is 1[3-9] and nine digits.
func isMobile(d string) bool {
	return len(d) == 11 && d[0] == '1' && d[1] >= '3' && isDigits(d)
}

// cutExtension takes an extension with a word or sign for it off the end.
func cutExtension(s string) (number, ext string, ok bool) {
	l := strings.ToLower(s)
	for _, mark := range []string{"转分机", "分机号", "分机", "转接", "转", "extension", "ext.", "ext", "#", "x"} {
		i := strings.Index(l, mark)
		if i < 1 || len(l) != len(s) {
			continue
		}
		ext = strings.Trim(s[i+len(mark):], " .:-()")
		if ext == "" || len(ext) > 6 || !isDigits(ext) {
			return "", "", false
		}
		return strings.Trim(s[:i], " -,("), ext, true
	}
	return s, "", true
}

// digitGroups cuts a number at its separators.
func digitGroups(s string) (groups []string, ok bool) {
	start := -1
	for i := 0; i <= len(s); i++ {
		if i < len(s) && s[i] >= '0' && s[i] <= '9' {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 {
			groups = append(groups, s[start:i])
			start = -1
		}
		if i == len(s) {
			break
		}
		switch c := s[i]; {
		case c == ' ' || c == '-' || c == '(' || c == ')' || c == '.' || c == '_':
		case strings.HasPrefix(s[i:], "—") || strings.HasPrefix(s[i:], "–") || strings.HasPrefix(s[i:], "‑") || strings.HasPrefix(s[i:], "−"):
			i += len("—") - 1
		default:
			return nil, false
		}
	}
	return groups, len(groups) > 0 && len(groups) <= 8
}

// several says whether s looks like two numbers.
func several(s string) bool {
	n := 0
	for _, p := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("/,;、|\\或和", r) }) {
		if g, ok := digitGroups(strings.TrimPrefix(strings.TrimSpace(p), "+")); ok && len(strings.Join(g, "")) >= 7 {
			n++
		}
	}
	return n >= 2
}

// international handles a number with a country code; done is false for +86.
func international(groups []string, ext string) (p PhoneNumber, done bool, err error) {
	d := strings.Join(groups, "")
	if strings.HasPrefix(d, "86") {
		return p, false, nil
	}
	n, perr := phonenumbers.Parse("+"+d, "")
	if perr != nil || !phonenumbers.IsValidNumber(n) {
		return p, true, bad("clean.bad_phone")
	}
	p = PhoneNumber{phonenumbers.Format(n, phonenumbers.E164), PhoneInternational}
	if ext != "" {
		p.Text += "-" + ext
	}
	return p, true, nil
}

// dropCountry takes 86 off and puts the 0 of the area code back.
func dropCountry(groups []string, plus bool) []string {
	first := groups[0]
	switch {
	case len(groups) > 1 && (first == "86" || first == "086"):
		groups = groups[1:]
	case strings.HasPrefix(first, "86") && (plus || len(first) == 13 && isMobile(first[2:])):
		groups = append([]string{first[2:]}, groups[1:]...)
	default:
		return groups
	}
	if d := strings.Join(groups, ""); d != "" && !isMobile(d) && d[0] != '0' && (d[0] == '1' || d[0] == '2' || len(d) >= 10) && serviceNumber(d) == "" {
		groups = append([]string{"0" + groups[0]}, groups[1:]...)
	}
	return groups
}

// mainland reads the national number.
func mainland(groups []string, ext string) (PhoneNumber, error) {
	d := strings.Join(groups, "")
	if len(d) < 5 {
		return PhoneNumber{}, bad("clean.bad_phone")
	}
	if len(d) == 12 && d[0] == '0' && isMobile(d[1:]) {
		d = d[1:] // dialled from another city
	}
	if isMobile(d) && ext == "" {
		return PhoneNumber{d, PhoneMobile}, nil
	}
	with := func(number, ext string, kind PhoneKind) (PhoneNumber, error) {
		if ext != "" {
			number += "-" + ext
		}
		return PhoneNumber{number, kind}, nil
	}
	// 010 88886666 123: with the area code apart, the third group is an extension.
	if ext == "" && len(groups) == 3 && areaCode(groups[0]) == groups[0] && len(groups[1]) >= 7 {
		if l := landline(groups[0] + groups[1]); l != "" && len(groups[2]) <= 6 {
			return with(l, groups[2], PhoneLandline)
		}
	}
	if l := landline(d); l != "" {
		return with(l, ext, PhoneLandline)
	}
	if s := serviceNumber(d); s != "" {
		return with(s, ext, PhoneService)
	}
	if last := groups[len(groups)-1]; ext == "" && len(groups) > 1 && len(last) <= 6 {
		head := strings.Join(groups[:len(groups)-1], "")
		if l := landline(head); l != "" {
			return with(l, last, PhoneLandline)
		}
		if s := serviceNumber(head); s != "" {
			return with(s, last, PhoneService)
		}
	}
	if (len(d) == 7 || len(d) == 8) && d[0] >= '2' {
		return PhoneNumber{}, bad("clean.phone_no_area")
	}
	return PhoneNumber{}, bad("clean.bad_phone")
}

// areaCode is the area code at the start of d: 010, 02x or 0[3-9]xx.
func areaCode(d string) string {
	switch {
	case len(d) < 3 || d[0] != '0':
	case d[1] == '1' && d[2] == '0', d[1] == '2' && d[2] != '6':
		return d[:3]
	case d[1] >= '3' && len(d) >= 4:
		return d[:4]
	}
	return ""
}

// landline gives "010-88886666" for area code and seven or eight digits.
func landline(d string) string {
	a := areaCode(d)
	if a == "" {
		return ""
	}
	local := d[len(a):]
	if len(local) < 7 || len(local) > 8 || local[0] < '2' {
		return ""
	}
	return a + "-" + local
}

// serviceNumber gives d if it is a 400 or 800 number or a short one.
func serviceNumber(d string) string {
	switch {
	case len(d) == 10 && (strings.HasPrefix(d, "400") || strings.HasPrefix(d, "800")):
		return d
	case (strings.HasPrefix(d, "95") || strings.HasPrefix(d, "96")) && len(d) >= 5 && len(d) <= 8:
		return d
	case len(d) == 5 && (strings.HasPrefix(d, "10") || strings.HasPrefix(d, "12")):
		return d
	}
	return ""
}
