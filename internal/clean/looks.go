package clean

import (
	"strings"
	"time"
	"unicode"
)

// The LooksLike functions say whether a value could be of a column's meaning.
// They are for guessing a mapping from a sample of values: a bare number looks
// like several things, so the caller weighs them against each other and
// against the header.

// LooksLikePhone is true for any number that Phone takes and for masked ones.
func LooksLikePhone(s string) bool {
	_, err := Phone(s)
	if err == nil {
		return true
	}
	t := fold(s)
	return len(t) == 11 && strings.HasPrefix(t, "1") && strings.Count(t, "*") >= 3 && strings.Trim(t, "0123456789*") == ""
}

// LooksLikeMobile is true for a mainland mobile number.
func LooksLikeMobile(s string) bool {
	p, err := Phone(s)
	return err == nil && p.Kind == PhoneMobile
}

// LooksLikeEmail is true for an address that Email takes.
func LooksLikeEmail(s string) bool {
	if strings.IndexByte(s, '@') < 1 && !strings.Contains(s, "＠") {
		return false
	}
	_, err := Email(s)
	return err == nil
}

// LooksLikeDate is true for a written date; bare numbers only where they are
// eight or fourteen digits that make one.
func LooksLikeDate(s string) bool {
	p := Dates{Now: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC), Min: time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), NoSerial: true}
	_, err := p.Parse(s)
	if err != nil {
		e := codeOf(err)
		return e == "clean.date_ambiguous"
	}
	return true
}

// LooksLikeDateSerial is true for a spreadsheet serial of the years 2000 to
// 2050 with a time of day, and for unix times of those years.
func LooksLikeDateSerial(s string) bool {
	p := Dates{Now: time.Date(2049, 1, 1, 0, 0, 0, 0, time.UTC), Min: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)}
	m, err := p.Parse(s)
	return err == nil && m.HasTime && isDigits(strings.Replace(fold(s), ".", "", 1))
}

// LooksLikeMoney is true for an amount with a currency sign, with one to five
// decimals, or with separators of thousands.
func LooksLikeMoney(s string) bool {
	t := fold(s)
	if _, err := Money(t); err != nil || t == "" {
		return false
	}
	return strings.IndexFunc(t, func(r rune) bool { return r != '-' && (r < '0' || r > '9') }) >= 0
}

// LooksLikeNumber is true for a decimal number without a sign of what it is.
func LooksLikeNumber(s string) bool {
	num, shift, ok := decimal(fold(s))
	return ok && shift == 0 && num != ""
}

// LooksLikeCount is true for a small whole number, such as a quantity.
func LooksLikeCount(s string) bool {
	q, err := Quantity(s)
	return err == nil && q%1000 == 0 && q >= -100_000_000 && q <= 100_000_000
}

// LooksLikeID is true for a single word of digits, letters and - _ . of six to
// 64 characters with a digit in it, which is no date, phone or decimal number.
func LooksLikeID(s string) bool {
	t := fold(s)
	if len(t) < 6 || len(t) > 64 || !strings.ContainsAny(t, "0123456789") {
		return false
	}
	for i := range len(t) {
		c := t[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	if isDigits(strings.Replace(strings.TrimPrefix(t, "-"), ".", "", 1)) && strings.ContainsAny(t, ".-") {
		return strings.HasSuffix(t, ".0")
	}
	return !LooksLikeDate(t) && !LooksLikeMobile(t)
}

// LooksLikeStatus is true for the state of an order.
func LooksLikeStatus(s string) bool { return statusMemo.get(s, status) != 0 }

// LooksLikeGender is true for words of sex, not for the codes 0, 1 and 2.
func LooksLikeGender(s string) bool {
	t := fold(s)
	if t == "" || isDigits(t) {
		return false
	}
	_, err := Gender(t)
	return err == nil
}

// LooksLikeProvince is true for a province in any of its forms.
func LooksLikeProvince(s string) bool {
	_, ok := regionIndex().province[fold(s)]
	return ok
}

// LooksLikeCity is true for a city or another division under a province.
func LooksLikeCity(s string) bool {
	_, ok := regionIndex().city[fold(s)]
	return ok
}

// LooksLikeAddress is true for a text that begins with a province or a city
// and goes on.
func LooksLikeAddress(s string) bool {
	p, c, rest, err := SplitAddress(s)
	return err == nil && (p != "" || c != "") && len(rest) >= 9
}

// LooksLikePersonName is true for two to four Han characters that begin with
// a common surname.
func LooksLikePersonName(s string) bool {
	r := []rune(fold(s))
	if len(r) < 2 || len(r) > 4 {
		return false
	}
	for _, c := range r {
		if !unicode.Is(unicode.Han, c) && c != '·' {
			return false
		}
	}
	return isCompound(string(r[:2])) || strings.ContainsRune(commonSurnames, r[0])
}

// LooksLikeCompany is true for a name with a company's ending.
func LooksLikeCompany(s string) bool {
	t := fold(s)
	for _, w := range []string{"公司", "集团", "厂", "商行", "经营部", "事务所", "合作社", "医院", "学校", "中心", "工作室"} {
		if strings.HasSuffix(t, w) || w == "公司" && strings.Contains(t, w) {
			return true
		}
	}
	l := strings.ToLower(strings.TrimRight(t, "."))
	for _, w := range []string{" ltd", " inc", " llc", " corp", " gmbh", " co"} {
		if strings.HasSuffix(l, w) {
			return true
		}
	}
	return false
}
