package rule

import (
	"bytes"
	"encoding/json"
	"time"

	"zhike/internal/platform/clock"
)

// Bounds of windows: periods and years back.
const (
	maxBack  = MaxDays
	maxYears = 100
)

// UnmarshalJSON notes which part is given as nothing ("last": 0, "from": ""):
// that is a form not yet filled in, and must not be taken for all time.
func (w *Window) UnmarshalJSON(text []byte) error {
	type plain Window
	*w = Window{}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode((*plain)(w)); err != nil {
		return err
	}
	var given struct {
		Last           *int
		Unit, From, To *string
	}
	if err := json.Unmarshal(text, &given); err != nil {
		return err
	}
	empty := func(text *string) bool { return text != nil && *text == "" }
	switch {
	case given.Last != nil && *given.Last == 0:
		w.blank = "last"
	case empty(given.Unit):
		w.blank = "unit"
	case empty(given.From):
		w.blank = "from"
	case empty(given.To):
		w.blank = "to"
	}
	return nil
}

// check says what is wrong with a window.
func (w Window) check(path string) error {
	switch w.blank {
	case "last":
		return Bad(path+".last", "list.bad_days", "max", MaxDays)
	case "unit":
		return Bad(path+".unit", "rule.window_unit", "unit", "")
	case "from", "to":
		return Bad(path+"."+w.blank, "customer.bad_day")
	}
	forms := 0
	for _, has := range []bool{w.Last != 0, w.Unit != "" || w.Back != 0 || w.Years != 0 || w.ToDate, w.From != "" || w.To != ""} {
		if has {
			forms++
		}
	}
	switch {
	case forms > 1:
		return Bad(path, "rule.window_forms")
	case w.Last < 0 || w.Last > MaxDays:
		return Bad(path+".last", "list.bad_days", "max", MaxDays)
	case w.Unit != "" && months[w.Unit] == 0 && w.Unit != "day" && w.Unit != "week",
		w.Unit == "" && (w.Back != 0 || w.Years != 0 || w.ToDate):
		return Bad(path+".unit", "rule.window_unit", "unit", Shortened(w.Unit))
	case w.Back < 0 || w.Back > maxBack:
		return Bad(path+".back", "rule.window_back", "max", maxBack)
	case w.Years < 0 || w.Years > maxYears:
		return Bad(path+".years", "rule.window_back", "max", maxYears)
	}
	var ends [2]clock.Day
	for i, text := range []string{w.From, w.To} {
		if text == "" {
			ends[i] = []clock.Day{NoDay, EverDay}[i]
			continue
		}
		d, err := clock.ParseDay(text)
		if err != nil || d < FirstDay || d > LastDay {
			return Bad(path+[]string{".from", ".to"}[i], "customer.bad_day")
		}
		ends[i] = d
	}
	if ends[0] > ends[1] {
		return Bad(path+".to", "rule.window_order")
	}
	return nil
}

// months says how long the units are that are made of months.
var months = map[string]int{"month": 1, "quarter": 3, "year": 12}

// Days gives the first and the last day that count as of a day; a window that
// lies behind it has none, and from is greater than to then. The window must be
// one that a rule was compiled with.
func (w Window) Days(asOf clock.Day) (from, to clock.Day) {
	from, to = NoDay, asOf
	switch {
	case w.Last > 0:
		from = asOf - clock.Day(w.Last) + 1
	case w.Unit != "":
		from, to = w.period(asOf)
	default:
		if w.From != "" {
			from, _ = clock.ParseDay(w.From)
		}
		if w.To != "" {
			to, _ = clock.ParseDay(w.To)
		}
	}
	return from, min(to, asOf)
}

// period is the calendar period that the window means, whole.
func (w Window) period(asOf clock.Day) (from, to clock.Day) {
	y, m, d := asOf.Date()
	size := months[w.Unit]
	if size == 0 {
		length := clock.Day(1)
		if w.Unit == "week" {
			length = 7
		}
		own := asOf - place(asOf, length)
		from = own - clock.Day(w.Back)*length
		if w.Years > 0 {
			from = yearsBefore(from, w.Years)
		}
		if to = from + length - 1; w.ToDate {
			to = from + asOf - own
		}
		return from, to
	}
	// Counted in months, January of the year 0 being 0.
	own := y*12 + int(m) - 1
	inside := own % size
	first := own - inside - w.Back*size - 12*w.Years
	from, to = dayOfMonth(first, 1), dayOfMonth(first+size, 1)-1
	if w.ToDate {
		to = dayOfMonth(first+inside, d)
	}
	return from, to
}

// place is how many days lie before a day in its week; 1970-01-01 was a Thursday.
func place(d, length clock.Day) clock.Day {
	if length == 1 {
		return 0
	}
	return ((d+3)%7 + 7) % 7
}

// dayOfMonth is a day of a month counted as in period, or its last day.
func dayOfMonth(month, day int) clock.Day {
	y, m := month/12, month%12
	if m < 0 {
		y, m = y-1, m+12
	}
	last := clock.DateDay(y, time.Month(m+2), 1) - 1
	return min(clock.DateDay(y, time.Month(m+1), 1)+clock.Day(day-1), last)
}

// yearsBefore is the same date some years before, 28 February for the 29th.
func yearsBefore(d clock.Day, years int) clock.Day {
	y, m, day := d.Date()
	return dayOfMonth((y-years)*12+int(m)-1, day)
}
