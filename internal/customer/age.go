package customer

import (
	"fmt"

	"zhike/internal/platform/calendar"
	"zhike/internal/platform/clock"
)

// maxAge bounds ages in conditions.
const maxAge = 150

// ages turns ages on a day into dates of birth as numbers, 19900815. Whoever was
// born on or before born(a) in a calendar has had the birthday a times up to that
// day, as calendar.Birthday counts them; 29 February is kept on the 28th of
// ordinary years.
type ages struct {
	year, month, day [2]int // civil, lunar
	lunar            bool   // the lunar year of the day is in the table
}

func agesOn(on clock.Day) (a ages) {
	y, m, d := on.Date()
	a.year[0], a.month[0], a.day[0] = y, int(m), d
	if m == 2 && d == 28 {
		if leap, _ := (calendar.Birthday{Month: 2, Day: 29}).In(y); leap == on {
			a.day[0] = 29
		}
	}
	l, ok := calendar.FromDay(on)
	a.lunar = ok
	for month := 1; ok && month <= 12; month++ {
		for day := 1; day <= 30; day++ {
			if kept, is := (calendar.Birthday{Month: month, Day: day, Lunar: true}).In(l.Year); is && kept <= on {
				a.year[1], a.month[1], a.day[1] = l.Year, month, day
			}
		}
	}
	return a
}

// born is the last date of birth, as a number, of those who are at least so old.
func (a *ages) born(age int64, lunar bool) int64 {
	k := 0
	if lunar {
		k = 1
	}
	return (int64(a.year[k])-age)*10_000 + int64(a.month[k])*100 + int64(a.day[k])
}

// between gives the dates of birth, first and last, of those who are from so old
// to so old.
func (a *ages) between(from, to int64, lunar bool) (first, last int64) {
	if lunar && !a.lunar {
		return 1, 0
	}
	return a.born(to+1, lunar) + 1, a.born(max(from, 0), lunar)
}

// bornNumber is the date of birth as a number where the year is known, else null.
func bornNumber(column string) string {
	return fmt.Sprintf("(CASE WHEN LENGTH(%[1]sbirthday) = 10 THEN CAST(REPLACE(%[1]sbirthday, '-', '') AS INTEGER) END)", column)
}
