package customer

import (
	"slices"
	"time"

	"zhike/internal/platform/calendar"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/rule"
)

// anniversaryDays bounds "its anniversary comes within … days".
const anniversaryDays = 60

// fourYears is how many days four years have; from 1901 to 2099 they come again
// and again, so that a day's place among them says its month, its day, and
// whether it is a 29 February.
const fourYears = 1461

var (
	firstKept = clock.DateDay(1901, 1, 1)
	lastKept  = clock.DateDay(2099, 12, 31)
)

// keptDays are the days whose anniversaries fall on some days: by their place among
// four years, and before today. 29 February is kept as a birthday is
// (package calendar), on the 28th of ordinary years.
type keptDays struct {
	today  clock.Day
	places [][2]int64 // from, to
}

// keptWithin reads the value of "anniversary_days": from today on so many days.
// Error: list.bad_days.
func keptWithin(n *Node, today clock.Day) (k keptDays, err error) {
	within, err := rule.Whole(n.Value, anniversaryDays)
	if err != nil || within < 0 {
		return k, errs.New(errs.Invalid, "list.bad_days", "max", anniversaryDays)
	}
	k.today = today
	first := true
	// Any four years have all places.
	for day := firstKept; day < firstKept+fourYears; day++ {
		if on, ok := nextOf(day, today); !ok || on > today+clock.Day(within) {
			first = true
			continue
		}
		place := int64(day - firstKept)
		if first {
			k.places = append(k.places, [2]int64{place, place})
		}
		k.places[len(k.places)-1][1], first = place, false
	}
	return k, nil
}

// nextOf is the day on which a day's anniversary is kept first, from a day on.
func nextOf(day, from clock.Day) (clock.Day, bool) {
	_, month, d := day.Date()
	return calendar.Birthday{Month: int(month), Day: d}.Next(from)
}

// has says whether a day's anniversary is among them.
func (k *keptDays) has(day int64) bool {
	if day < int64(firstKept) || day >= int64(k.today) || day > int64(lastKept) {
		return false
	}
	place := (day - int64(firstKept)) % fourYears
	return slices.ContainsFunc(k.places, func(p [2]int64) bool { return place >= p[0] && place <= p[1] })
}

// keptYears is how many years back instants are looked at.
const keptYears = 60

// instants gives the stretches of time, in unix ms, first and last, that the
// days make in company time.
func (k *keptDays) instants(zone *time.Location) (out [][2]int64) {
	year, _, _ := k.today.Date()
	begin := max(firstKept, clock.DateDay(year-keptYears, 1, 1))
	for day := begin; day < k.today; day++ {
		if !k.has(int64(day)) {
			continue
		}
		from, to := clock.Millis(day.Start(zone)), clock.Millis((day+1).Start(zone))-1
		if n := len(out); n > 0 && out[n-1][1]+1 == from {
			out[n-1][1] = to
		} else {
			out = append(out, [2]int64{from, to})
		}
	}
	return out
}
