package clean

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// DateOrder says in which order a column writes a date. It matters where the
// year is not written first with four digits.
type DateOrder uint8

// The orders. OrderUnknown accepts "25/9/2026" and "9/25/2026", where only one
// reading is possible, and refuses "5/9/2026".
const (
	OrderUnknown DateOrder = iota
	DayMonthYear
	MonthDayYear
	YearMonthDay // "26-9-5"
)

// Moment is a date, with HasTime where a time of day was written.
type Moment struct {
	Time    time.Time
	HasTime bool
}

// Dates reads the dates of one column.
type Dates struct {
	Loc   *time.Location // zone of dates without one; nil = UTC
	Now   time.Time      // dates later than a year after it are refused
	Order DateOrder
	Min   time.Time // earliest date taken; zero = 1970-01-01. Birthdays need an earlier one.
	// NoSerial refuses spreadsheet serials and unix times, for columns where a
	// bare number is no date.
	NoSerial bool
}

// Parse reads "2026-09-25 14:05:06.123", with / or . instead of -, "20260925",
// "20260925140506", "2026年9月25日 14点05分", ISO 8601 with T and zone, "25 Sep
// 2026", day and month first (see DateOrder), spreadsheet serials such as
// 43573.002 and unix seconds or milliseconds. Fractions are kept to the
// millisecond. Errors: clean.empty; clean.bad_date; clean.date_ambiguous where
// day and month cannot be told apart; clean.date_range with min and max;
// clean.scientific.
func (p *Dates) Parse(s string) (Moment, error) {
	if m, ok := p.plain(s); ok {
		return p.inRange(m)
	}
	s, err := value(s)
	if err != nil {
		return Moment{}, err
	}
	if Scientific(s) {
		return Moment{}, bad("clean.scientific")
	}
	if s[0] >= '0' && s[0] <= '9' && isDigits(strings.Replace(s, ".", "", 1)) && !dotted(s) {
		m, err := p.number(s)
		if err != nil {
			return m, err
		}
		return p.inRange(m)
	}
	var f dateFields
	if err := f.scan(s, p.Order); err != nil {
		return Moment{}, err
	}
	m, ok := f.moment(p.loc())
	if !ok {
		return Moment{}, bad("clean.bad_date")
	}
	return p.inRange(m)
}

func (p *Dates) loc() *time.Location {
	if p.Loc == nil {
		return time.UTC
	}
	return p.Loc
}

// inRange refuses what nobody can have meant: 1900 and 2999 come from empty
// cells and from typing errors.
func (p *Dates) inRange(m Moment) (Moment, error) {
	lo := p.Min
	if lo.IsZero() {
		lo = time.Date(1970, 1, 1, 0, 0, 0, 0, p.loc())
	}
	hi := p.Now.AddDate(1, 0, 0)
	if m.Time.Before(lo) || m.Time.After(hi) {
		return Moment{}, bad("clean.date_range", "min", lo.In(p.loc()).Format(time.DateOnly), "max", hi.In(p.loc()).Format(time.DateOnly))
	}
	return m, nil
}

// plain is the way of the bulk: "2006-01-02", with " 15:04:05" and ".000".
func (p *Dates) plain(s string) (Moment, bool) {
	if len(s) < 10 || len(s) > 23 || s[4] != '-' || s[7] != '-' {
		return Moment{}, false
	}
	f := dateFields{year: num(s[:4]), month: num(s[5:7]), day: num(s[8:10])}
	if len(s) > 10 {
		if len(s) < 19 || s[10] != ' ' || s[13] != ':' || s[16] != ':' {
			return Moment{}, false
		}
		f.hasTime = true
		f.hour, f.min, f.sec = num(s[11:13]), num(s[14:16]), num(s[17:19])
		if len(s) > 19 {
			if s[19] != '.' || len(s) != 23 {
				return Moment{}, false
			}
			f.nano = num(s[20:23]) * int(time.Millisecond)
		}
	}
	return f.moment(p.loc())
}

// num reads digits; a large number where there is anything else.
func num(s string) int {
	n := 0
	for i := range len(s) {
		c := s[i] - '0'
		if c > 9 {
			return 1 << 20
		}
		n = n*10 + int(c)
	}
	return n
}

// dotted tells "2026.9" and "26.9" of a date from a serial such as 43573.002.
func dotted(s string) bool {
	i := strings.IndexByte(s, '.')
	return i >= 0 && i != 5
}

// number reads a date without separators.
func (p *Dates) number(s string) (Moment, error) {
	whole, frac, _ := strings.Cut(s, ".")
	switch {
	case frac != "" && len(whole) != 5:
	case len(whole) == 8, len(whole) == 12, len(whole) == 14:
		f := dateFields{year: num(s[:4]), month: num(s[4:6]), day: num(s[6:8])}
		if len(s) > 8 {
			f.hasTime = true
			f.hour, f.min = num(s[8:10]), num(s[10:12])
		}
		if len(s) > 12 {
			f.sec = num(s[12:14])
		}
		if m, ok := f.moment(p.loc()); ok {
			return m, nil
		}
	case p.NoSerial:
	case len(whole) == 10 || len(whole) == 13:
		n, _ := strconv.ParseInt(whole, 10, 64)
		if len(whole) == 10 {
			n *= 1000
		}
		return Moment{time.UnixMilli(n).In(p.loc()), true}, nil
	case len(whole) == 5:
		v, _ := strconv.ParseFloat(s, 64)
		days, part := math.Modf(v)
		ms := int(math.Round(part * 86_400_000))
		t := time.Date(1899, 12, 30+int(days), 0, 0, 0, ms*int(time.Millisecond), time.UTC)
		y, mo, d := t.Date()
		h, mi, sec := t.Clock()
		return Moment{time.Date(y, mo, d, h, mi, sec, t.Nanosecond(), p.loc()), !allZero(frac)}, nil
	}
	return Moment{}, bad("clean.bad_date")
}

// Date is Dates.Parse with the usual settings.
func Date(s string, loc *time.Location, now time.Time) (Moment, error) {
	return (&Dates{Loc: loc, Now: now}).Parse(s)
}

// GuessDateOrder looks at values of a column for one that can be read in one
// way only, such as "25/9/2026". OrderUnknown where there is none, where the
// values contradict each other, or where the year may come first ("26-9-25").
func GuessDateOrder(values []string) DateOrder {
	var dmy, mdy bool
	for _, v := range values {
		s, err := value(v)
		if err != nil {
			continue
		}
		a, b, long, ok := leadingPair(s)
		switch {
		case !ok:
		case a > 12 && !long: // the year may be in front
		case a > 12 && a <= 31 && b <= 12:
			dmy = true
		case b > 12 && b <= 31 && a <= 12:
			mdy = true
		}
	}
	switch {
	case dmy && !mdy:
		return DayMonthYear
	case mdy && !dmy:
		return MonthDayYear
	}
	return OrderUnknown
}

// leadingPair reads the two numbers in front of the year in "5/9/2026…"; long
// says that the year has four digits.
func leadingPair(s string) (a, b int, long, ok bool) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if len(parts) < 3 || len(parts[0]) > 2 || len(parts[1]) > 2 || len(parts[2]) != 4 && len(parts[2]) != 2 {
		return 0, 0, false, false
	}
	return num(parts[0]), num(parts[1]), len(parts[2]) == 4, true
}
