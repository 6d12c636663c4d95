package ruletest

import (
	"time"

	"zhike/internal/platform/clock"
	"zhike/internal/rule"
)

// inWindow looks at one day: is it in the window as of another?
func inWindow(w rule.Window, asOf, d clock.Day) bool {
	if d > asOf {
		return false
	}
	switch {
	case w.Last > 0:
		return int(asOf-d) < w.Last
	case w.Unit == "":
		return (w.From == "" || d.String() >= w.From) && (w.To == "" || d.String() <= w.To)
	}
	y, m, dom := d.Date()
	ay, am, adom := asOf.Date()
	switch w.Unit {
	case "day":
		target := asOf - clock.Day(w.Back)
		return d == earlier(target, w.Years)
	case "week":
		weekday := func(d clock.Day) clock.Day { // Monday is 0
			y, m, dom := d.Date()
			return clock.Day(time.Date(y, m, dom, 0, 0, 0, 0, time.UTC).Weekday()+6) % 7
		}
		monday := earlier(asOf-weekday(asOf)-clock.Day(7*w.Back), w.Years)
		return d >= monday && d < monday+7 && (!w.ToDate || d-monday <= weekday(asOf))
	}
	size := map[string]int{"month": 1, "quarter": 3, "year": 12}[w.Unit]
	month, asOfMonth := 12*y+int(m)-1, 12*ay+int(am)-1
	if month/size != asOfMonth/size-w.Back-w.Years*12/size {
		return false
	}
	return !w.ToDate || month%size < asOfMonth%size || month%size == asOfMonth%size && dom <= adom
}

// earlier is the same date years before.
func earlier(d clock.Day, years int) clock.Day {
	y, m, dom := d.Date()
	if m == time.February && dom == 29 && years > 0 && clock.DateDay(y-years, 3, 1)-clock.DateDay(y-years, 2, 28) == 1 {
		dom = 28
	}
	return clock.DateDay(y-years, m, dom)
}
