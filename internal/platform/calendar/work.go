package calendar

import (
	"slices"
	"time"

	"zhike/internal/platform/clock"
)

// The hours of a working day in company time: 9:00 to 12:00 and 13:00 to 18:00.
var officeHours = [][2]int{{9, 12}, {13, 18}}

// arrangement is a year as the General Office of the State Council announced
// it: weekdays that are off, and weekend days that are worked (调休).
type arrangement struct{ off, worked []string }

var arrangements = map[int]arrangement{
	2025: {
		off: []string{"01-01", "01-28", "01-29", "01-30", "01-31", "02-03", "02-04", "04-04", "05-01", "05-02", "05-05", "06-02",
			"10-01", "10-02", "10-03", "10-06", "10-07", "10-08"},
		worked: []string{"01-26", "02-08", "04-27", "09-28", "10-11"},
	},
	2026: {
		off: []string{"01-01", "01-02", "02-16", "02-17", "02-18", "02-19", "02-20", "02-23", "04-06", "05-01", "05-04", "05-05", "06-19",
			"09-25", "10-01", "10-02", "10-05", "10-06", "10-07"},
		worked: []string{"01-04", "02-14", "02-28", "05-09", "09-20", "10-10"},
	},
}

// Arranged says whether the working days of a year are known. Those of other
// years are taken to be Monday to Friday, and whoever shows them has to say so.
func Arranged(year int) bool {
	_, ok := arrangements[year]
	return ok
}

// WorkingDay says whether a day is worked.
func WorkingDay(d clock.Day) bool {
	year, month, day := d.Date()
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	a, date := arrangements[year], t.Format("01-02")
	if weekday := t.Weekday(); weekday == time.Saturday || weekday == time.Sunday {
		return slices.Contains(a.worked, date)
	}
	return !slices.Contains(a.off, date)
}

// AddWorkingHours is the instant at which so many working hours are over. None
// are over at once; the last hour of a day is over on that day.
func AddWorkingHours(from time.Time, hours int, company *time.Location) time.Time {
	left := time.Duration(hours) * time.Hour
	if left <= 0 {
		return from
	}
	for day := clock.DayOf(from, company); ; day++ {
		if !WorkingDay(day) {
			continue
		}
		y, m, d := day.Date()
		for _, span := range officeHours {
			begin, end := time.Date(y, m, d, span[0], 0, 0, 0, company), time.Date(y, m, d, span[1], 0, 0, 0, company)
			if begin.Before(from) {
				begin = from
			}
			if worked := end.Sub(begin); worked >= left {
				return begin.Add(left)
			} else if worked > 0 {
				left -= worked
			}
		}
	}
}
