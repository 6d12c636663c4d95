package org

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"zhike/internal/platform/calendar"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
)

// WorkHours are when the company works: what deadlines in working hours are
// counted by.
type WorkHours struct {
	Week     []WorkWeekday `json:"week" minItems:"7" maxItems:"7" doc:"Monday to Sunday"`
	Holidays bool          `json:"holidays" doc:"The holidays and make-up days that the State Council announces count; a make-up day has the hours of the first weekday that has some"`
	Days     []WorkDay     `json:"days" maxItems:"400" doc:"Own days off and days with other hours; they go before holidays"`
}

// WorkWeekday is when a weekday is worked.
type WorkWeekday struct {
	Spans []WorkSpan `json:"spans" maxItems:"6" doc:"In their order; none: not worked"`
}

// WorkDay is one day that is worked otherwise than its weekday says.
type WorkDay struct {
	Day   string     `json:"day" maxLength:"10" doc:"2026-12-31"`
	Note  string     `json:"note" maxLength:"50"`
	Spans []WorkSpan `json:"spans" maxItems:"6" doc:"None: not worked"`
}

// WorkSpan is from when to when, in company time.
type WorkSpan struct {
	From string `json:"from" maxLength:"5" doc:"09:00"`
	To   string `json:"to" maxLength:"5" doc:"12:00, at the latest 24:00"`
}

// WorkHoursOut are the hours that hold, and of which years holidays are known.
type WorkHoursOut struct {
	WorkHours
	KnownYears []int `json:"known_years" doc:"Years whose holidays this version of the program knows; in others only weekdays count"`
}

const (
	hoursSetting = "company.hours"
	maxWorkDays  = 400
	maxSpans     = 6
	maxDayNote   = 50
)

// Hours are when the company works, for what counts in working hours.
func (s *Service) Hours(ctx context.Context) (*calendar.Hours, error) {
	p, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	return p.hours, nil
}

// WorkHours gives when the company works.
func (s *Service) WorkHours(ctx context.Context) (WorkHoursOut, error) {
	p, err := s.current(ctx)
	if err != nil {
		return WorkHoursOut{}, err
	}
	return WorkHoursOut{p.work, calendar.KnownYears()}, nil
}

// SaveWorkHours changes when the company works. What is owed by the hour is
// reckoned anew within minutes. Errors, each at its place: org.hours_week,
// org.hours_time, org.hours_order, org.hours_spans, org.hours_day,
// org.hours_day_twice, org.hours_days, org.hours_note, org.hours_never.
func (s *Service) SaveWorkHours(ctx context.Context, in WorkHours) (WorkHoursOut, error) {
	in.plain()
	if _, err := in.read(); err != nil {
		return WorkHoursOut{}, err
	}
	slices.SortFunc(in.Days, func(a, b WorkDay) int { return strings.Compare(a.Day, b.Day) })
	after, err := json.Marshal(in)
	if err != nil {
		return WorkHoursOut{}, errs.Wrap(err, errs.Internal, "internal")
	}
	err = s.change(ctx, func(ctx context.Context) error {
		before, _, err := s.readHours(ctx)
		if err != nil {
			return err
		}
		if was, err := json.Marshal(before); err != nil || string(was) == string(after) {
			return err
		}
		if err := s.putSetting(ctx, hoursSetting, string(after), s.now()); err != nil {
			return err
		}
		return s.record(ctx, "settings.hours", "settings", 0, before, in)
	})
	if err != nil {
		return WorkHoursOut{}, err
	}
	return s.WorkHours(ctx)
}

// readHours reads what is stored, or what holds until somebody says otherwise.
func (s *Service) readHours(ctx context.Context) (WorkHours, *calendar.Hours, error) {
	stored, err := s.allSettings(ctx)
	if err != nil {
		return WorkHours{}, nil, err
	}
	w := standardHours()
	if text := stored[hoursSetting]; text != "" {
		w = WorkHours{}
		if err := json.Unmarshal([]byte(text), &w); err != nil {
			return w, nil, errs.Wrap(err, errs.Internal, "internal")
		}
	}
	w.plain()
	hours, err := w.read()
	return w, hours, err
}

// standardHours are [calendar.StandardHours] as people write them.
func standardHours() WorkHours {
	std := calendar.StandardHours()
	w := WorkHours{Week: make([]WorkWeekday, 7), Holidays: std.Holidays}
	for day, spans := range std.Week {
		at := &w.Week[(day+6)%7]
		for _, sp := range spans {
			at.Spans = append(at.Spans, WorkSpan{timeText(sp.From), timeText(sp.To)})
		}
	}
	return w
}

func timeText(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// plain gives lists that were left out their written form, and names no spaces.
func (w *WorkHours) plain() {
	for i := range w.Week {
		w.Week[i].Spans = append([]WorkSpan{}, w.Week[i].Spans...)
	}
	w.Days = append([]WorkDay{}, w.Days...)
	for i := range w.Days {
		w.Days[i].Note = strings.TrimSpace(w.Days[i].Note)
		w.Days[i].Spans = append([]WorkSpan{}, w.Days[i].Spans...)
	}
}

// read checks hours and makes them countable. i18n-keys: errors.org.hours_*
func (w *WorkHours) read() (*calendar.Hours, error) {
	e := errs.New(errs.Invalid, "invalid")
	h := &calendar.Hours{Holidays: w.Holidays, Days: map[clock.Day][]calendar.Span{}}
	worked := false
	if len(w.Week) != 7 {
		e.WithField("week", "org.hours_week")
	}
	for i := range w.Week[:min(len(w.Week), 7)] {
		h.Week[(i+1)%7] = readSpans(e, "week["+strconv.Itoa(i)+"].spans", w.Week[i].Spans)
		worked = worked || len(w.Week[i].Spans) > 0
	}
	if len(w.Week) == 7 && !worked {
		e.WithField("week", "org.hours_never")
	}
	if len(w.Days) > maxWorkDays {
		e.WithField("days", "org.hours_days", "max", maxWorkDays)
		return nil, e
	}
	for i := range w.Days {
		d, at := &w.Days[i], "days["+strconv.Itoa(i)+"]"
		day, err := clock.ParseDay(d.Day)
		if err != nil {
			e.WithField(at+".day", "org.hours_day")
			continue
		}
		if _, twice := h.Days[day]; twice {
			e.WithField(at+".day", "org.hours_day_twice", "day", d.Day)
		}
		if utf8.RuneCountInString(d.Note) > maxDayNote {
			e.WithField(at+".note", "org.hours_note", "max", maxDayNote)
		}
		h.Days[day] = readSpans(e, at+".spans", d.Spans)
	}
	return h, e.OrNil()
}

func readSpans(e *errs.Error, path string, list []WorkSpan) (out []calendar.Span) {
	if len(list) > maxSpans {
		e.WithField(path, "org.hours_spans", "max", maxSpans)
		return nil
	}
	end := 0
	for i, sp := range list {
		at := path + "[" + strconv.Itoa(i) + "]"
		from, ok := readTime(sp.From)
		to, good := readTime(sp.To)
		switch {
		case !ok:
			e.WithField(at+".from", "org.hours_time")
		case !good:
			e.WithField(at+".to", "org.hours_time")
		case from >= to, from < end:
			e.WithField(at+".from", "org.hours_order")
		default:
			out, end = append(out, calendar.Span{From: from, To: to}), to
		}
	}
	return out
}

// readTime reads 09:30 as minutes from midnight; 24:00 is the end of the day.
func readTime(text string) (minutes int, ok bool) {
	if text == "24:00" {
		return 24 * 60, true
	}
	t, err := time.Parse("15:04", text)
	return t.Hour()*60 + t.Minute(), err == nil && len(text) == 5
}
