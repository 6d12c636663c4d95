package calendar

import (
	"errors"
	"slices"
	"time"

	"zhike/internal/platform/clock"
)

// Span is a part of a day in which people work, in minutes from midnight of
// company time: 540 to 720 is 9:00 to 12:00.
type Span struct{ From, To int }

// Hours are when a company works. The zero value never works, and nothing can be
// counted in it; [StandardHours] are those of a company that said nothing.
type Hours struct {
	// Week has the spans of each weekday, from Sunday on as in [time.Weekday], in
	// their order and apart from each other.
	Week [7][]Span
	// Holidays says that the year's arrangement by the State Council counts: its
	// days off are not worked, and a weekend day that is worked for them (调休) has
	// the hours of the first weekday that has some.
	Holidays bool
	// Days are the company's own: days that are worked otherwise than their
	// weekday says, with no spans not at all. They go before holidays.
	Days map[clock.Day][]Span
}

// StandardHours are 9:00 to 12:00 and 13:00 to 18:00 from Monday to Friday, by
// the arrangement of the State Council.
func StandardHours() *Hours {
	h := &Hours{Holidays: true}
	for day := time.Monday; day <= time.Friday; day++ {
		h.Week[day] = []Span{{9 * 60, 12 * 60}, {13 * 60, 18 * 60}}
	}
	return h
}

// Spans are when a day is worked; none where it is not.
func (h *Hours) Spans(d clock.Day) []Span {
	if own, ok := h.Days[d]; ok {
		return own
	}
	weekday := d.Start(time.UTC).Weekday()
	if !h.Holidays {
		return h.Week[weekday]
	}
	switch off, worked := arranged(d); {
	case off:
		return nil
	case worked && len(h.Week[weekday]) == 0:
		for day := time.Monday; day <= time.Friday; day++ {
			if len(h.Week[day]) > 0 {
				return h.Week[day]
			}
		}
	}
	return h.Week[weekday]
}

// Known says whether the holidays of a year are known, or do not count.
func (h *Hours) Known(year int) bool { return !h.Holidays || Arranged(year) }

// maxSearch bounds how many days are looked through: a company that works one day
// a year still has its hours counted.
const maxSearch = 20 * 366

var errNeverWorked = errors.New("calendar: no working hours within twenty years")

// After is the instant at which so much working time is over, counted from an
// instant on. None is over at once; the last hour of a day is over on that day.
func (h *Hours) After(from time.Time, work time.Duration, company *time.Location) (time.Time, error) {
	if work <= 0 {
		return from, nil
	}
	first := clock.DayOf(from, company)
	for day := first; day < first+maxSearch; day++ {
		for _, s := range h.Spans(day) {
			begin, end := s.on(day, company)
			if begin.Before(from) {
				begin = from
			}
			if worked := end.Sub(begin); worked >= work {
				return begin.Add(work), nil
			} else if worked > 0 {
				work -= worked
			}
		}
	}
	return from, errNeverWorked
}

// Before is the latest instant from which on so much working time is left up to
// another one: After of it is that instant, or the end of the last work before it.
func (h *Hours) Before(to time.Time, work time.Duration, company *time.Location) (time.Time, error) {
	if work <= 0 {
		return to, nil
	}
	last := clock.DayOf(to, company)
	for day := last; day > last-maxSearch; day-- {
		for _, s := range slices.Backward(h.Spans(day)) {
			begin, end := s.on(day, company)
			if end.After(to) {
				end = to
			}
			if worked := end.Sub(begin); worked >= work {
				return end.Add(-work), nil
			} else if worked > 0 {
				work -= worked
			}
		}
	}
	return to, errNeverWorked
}

func (s Span) on(d clock.Day, company *time.Location) (begin, end time.Time) {
	y, m, day := d.Date()
	return time.Date(y, m, day, 0, s.From, 0, 0, company), time.Date(y, m, day, 0, s.To, 0, 0, company)
}
