package importer

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"zhike/internal/clean"
	"zhike/internal/platform/errs"
)

// oldestBirth is the earliest year of birth taken.
const oldestBirth = 1900

// birthday reads a date of birth: "1990-02-28" in any form that dates have, or
// a day without a year ("2-28", "2月28日") as "02-28". The 29th of February
// needs no leap year then.
func (p *parser) birthday(s string) (string, error) {
	t, err := clean.Text(s)
	if err != nil {
		return "", err
	}
	if m, d, ok := monthDay(t); ok {
		// 2000 was a leap year.
		day := time.Date(2000, time.Month(m), d, 0, 0, 0, 0, time.UTC)
		if m < 1 || m > 12 || day.Day() != d {
			return "", errs.New(errs.Invalid, "clean.bad_date")
		}
		return fmt.Sprintf("%02d-%02d", m, d), nil
	}
	dates := clean.Dates{Loc: p.zone, Now: p.now, Order: p.dates.Order, Min: time.Date(oldestBirth, 1, 1, 0, 0, 0, 0, p.zone)}
	b, err := dates.Parse(s)
	if err != nil {
		return "", err
	}
	if b.Time.After(p.now) {
		return "", errs.New(errs.Invalid, "import.birthday_ahead")
	}
	return b.Time.Format(time.DateOnly), nil
}

// monthDay reads "2-28", "02/28", "2.28" and "2月28日".
func monthDay(s string) (month, day int, ok bool) {
	s = strings.TrimSuffix(strings.TrimSuffix(s, "日"), "号")
	i := strings.IndexAny(s, "-/.月")
	if i < 1 || i > 2 {
		return 0, 0, false
	}
	rest := strings.TrimPrefix(s[i:], "月")
	if rest == s[i:] {
		rest = s[i+1:]
	}
	if len(rest) < 1 || len(rest) > 2 {
		return 0, 0, false
	}
	m, err1 := strconv.Atoi(s[:i])
	d, err2 := strconv.Atoi(rest)
	return m, d, err1 == nil && err2 == nil
}

// region reads province and city. What is not said is taken from the country
// for a foreign buyer, and from the city for its province.
func (p *parser) region(r *row, province, city *string) (col int, err error) {
	if s := cell(r, p.at.province); s != "" {
		if *province, err = clean.Province(s); err != nil {
			return p.at.province, err
		}
	}
	if s := cell(r, p.at.city); s != "" {
		if *city, err = clean.City(s); err != nil {
			return p.at.city, err
		}
	}
	if *province == "" && *city != "" {
		*province = clean.ProvinceOf(*city)
	}
	if *province == "" {
		if s := cell(r, p.at.country); s != "" {
			w, err := p.word(s)
			if err != nil {
				return p.at.country, err
			}
			if !home[strings.ToLower(w)] {
				*province = cutText(w, maxLabel)
			}
		}
	}
	return -1, nil
}

// home are the names of the country that say nothing about a province.
var home = map[string]bool{"中国": true, "中国大陆": true, "中华人民共和国": true, "大陆": true, "cn": true, "china": true, "chn": true, "prc": true}

func isCode(err error, code string) bool { return errs.Is(err, code) }
