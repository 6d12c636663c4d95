package calendar

import (
	"errors"
	"fmt"
	"time"

	"zhike/internal/platform/clock"
)

// Birthday is the day on which somebody was born, by the civil or the lunar
// calendar. Year is 0 where only the day is known. A birth in a leap month is
// kept as the ordinary month of its number, because that is when it is kept.
type Birthday struct {
	Year  int  `json:"year,omitempty"`
	Month int  `json:"month"`
	Day   int  `json:"day"`
	Lunar bool `json:"lunar"`
}

// ErrBirthday is what ParseBirthday gives for a text that is no such day.
var ErrBirthday = errors.New("calendar: no such birthday")

// ParseBirthday reads the form in which a birthday is stored: "1990-08-15", or
// "08-15" where the year is not known. With lunar it is a lunar date: the 30th
// is allowed in any month of an unknown year, and only in a month that has it
// (the leap one included) where the year is known. Without, 02-29 needs a leap
// year or none. Errors wrap ErrBirthday.
func ParseBirthday(s string, lunar bool) (Birthday, error) {
	b := Birthday{Lunar: lunar}
	var ok bool
	switch len(s) {
	case len("2006-01-02"):
		b.Year, ok = number(s[:4])
		ok = ok && b.Year > 0 && s[4] == '-'
		s = s[5:]
	case len("01-02"):
		ok = true
	}
	if !ok || s[2] != '-' {
		return Birthday{}, fmt.Errorf("%w: write 1990-08-15 or 08-15", ErrBirthday)
	}
	var okM, okD bool
	b.Month, okM = number(s[:2])
	b.Day, okD = number(s[3:])
	if !okM || !okD || !b.exists() {
		return Birthday{}, fmt.Errorf("%w: there is no such day", ErrBirthday)
	}
	return b, nil
}

func number(s string) (n int, ok bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

func (b Birthday) exists() bool {
	if b.Month < 1 || b.Month > 12 || b.Day < 1 {
		return false
	}
	switch {
	case b.Lunar && b.Year == 0:
		return b.Day <= 30
	case b.Lunar:
		return b.Day <= max(MonthDays(b.Year, b.Month, false), MonthDays(b.Year, b.Month, true))
	case b.Year == 0:
		return b.Day <= civilDays(2000, b.Month)
	}
	return b.Day <= civilDays(b.Year, b.Month)
}

func civilDays(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// String is the stored form, "1990-08-15" or "08-15".
func (b Birthday) String() string {
	if b.Year == 0 {
		return fmt.Sprintf("%02d-%02d", b.Month, b.Day)
	}
	return fmt.Sprintf("%04d-%02d-%02d", b.Year, b.Month, b.Day)
}

// In gives the day on which the birthday is kept in a year: the civil year, or
// for a lunar birthday the lunar one. Where the year has no such day it is the
// last one of the month: 29 February is kept on the 28th, the 30th of a lunar
// month on its 29th. A leap month has no birthdays. ok is false for lunar years
// outside the table.
func (b Birthday) In(year int) (d clock.Day, ok bool) {
	if !b.Lunar {
		if b.Month < 1 || b.Month > 12 || b.Day < 1 {
			return 0, false
		}
		return clock.DateDay(year, time.Month(b.Month), min(b.Day, civilDays(year, b.Month))), true
	}
	n := MonthDays(year, b.Month, false)
	return Lunar{Year: year, Month: b.Month, Day: min(b.Day, n)}.SolarDay()
}

// Next gives the first day on which the birthday is kept, on or after from.
// ok is false where that is outside the table of lunar years.
func (b Birthday) Next(from clock.Day) (d clock.Day, ok bool) {
	year, _, _ := from.Date()
	if b.Lunar {
		l, in := FromDay(from)
		if !in {
			return 0, false
		}
		year = l.Year
	}
	for y := year; y <= year+1; y++ {
		if d, ok = b.In(y); !ok || d >= from {
			return d, ok
		}
	}
	return 0, false
}

// Age is the number of birthdays kept up to and with the day; ok is false where
// the year of birth is not known, the day is before the birth, or a lunar year
// is outside the table.
func (b Birthday) Age(on clock.Day) (years int, ok bool) {
	if b.Year == 0 {
		return 0, false
	}
	year, _, _ := on.Date()
	if b.Lunar {
		l, in := FromDay(on)
		if !in {
			return 0, false
		}
		year = l.Year
	}
	d, ok := b.In(year)
	if !ok {
		return 0, false
	}
	years = year - b.Year
	if d > on {
		years--
	}
	return years, years >= 0
}

// Label is the birthday as it is said in Chinese: 农历八月十五, 8月15日.
func (b Birthday) Label() string {
	if b.Lunar {
		return Lunar{Year: b.Year, Month: b.Month, Day: b.Day}.String()
	}
	return fmt.Sprintf("%d月%d日", b.Month, b.Day)
}
