package calendar

import (
	"maps"
	"slices"
	"time"

	"zhike/internal/platform/clock"
)

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

// Arranged says whether the holidays of a year are known. In other years only the
// weekday counts, and whoever shows what follows from it has to say so.
func Arranged(year int) bool {
	_, ok := arrangements[year]
	return ok
}

// arranged says whether a day is off though its weekday is worked, or worked
// though it is a weekend day.
func arranged(d clock.Day) (off, worked bool) {
	year, month, day := d.Date()
	a, date := arrangements[year], time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Format("01-02")
	return slices.Contains(a.off, date), slices.Contains(a.worked, date)
}

// KnownYears are the years of [Arranged], in their order.
func KnownYears() []int { return slices.Sorted(maps.Keys(arrangements)) }
