package calendar

import (
	"testing"
	"time"

	"zhike/internal/platform/clock"
)

// The n-th working day behind a day, over the holidays of 2026.
func TestWorkingDays(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-02-12", 7, "2026-02-28"}, {"2026-02-13", 7, "2026-03-02"}, {"2026-09-18", 7, "2026-09-29"},
		{"2026-09-29", 7, "2026-10-14"}, {"2026-04-29", 3, "2026-05-07"},
	} {
		day, err := clock.ParseDay(c.from)
		if err != nil {
			t.Fatal(err)
		}
		for n := c.n; n > 0; {
			if day++; len(StandardHours().Spans(day)) > 0 {
				n--
			}
		}
		if day.String() != c.want {
			t.Errorf("%s + %d is %s, want %s", c.from, c.n, day, c.want)
		}
	}
	if !Arranged(2026) || Arranged(2031) {
		t.Error("known years")
	}
}

// Working time is counted forwards and backwards over lunch, nights, weekends,
// holidays, make-up days and the company's own days.
func TestWorkingTime(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	at := func(text string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	day := func(text string) clock.Day {
		d, err := clock.ParseDay(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	office := StandardHours()
	own := StandardHours()
	own.Days = map[clock.Day][]Span{day("2026-11-24"): nil, day("2026-11-28"): {{10 * 60, 14 * 60}}}
	hotel := &Hours{}
	for i := range hotel.Week {
		hotel.Week[i] = []Span{{7 * 60, 24 * 60}}
	}
	for _, c := range []struct {
		hours  *Hours
		from   string
		n      int
		to     string
		before string // from to back; "" where it is from
	}{
		{office, "2026-11-23 10:30", 1, "2026-11-23 11:30", ""},
		{office, "2026-11-23 11:30", 1, "2026-11-23 13:30", ""}, // over lunch
		{office, "2026-11-23 09:00", 8, "2026-11-23 18:00", ""},
		{office, "2026-11-23 17:00", 2, "2026-11-24 10:00", ""},
		{office, "2026-11-21 08:00", 4, "2026-11-23 14:00", "2026-11-23 09:00"}, // a Saturday
		{office, "2026-02-13 17:30", 1, "2026-02-14 09:30", ""},                 // a Saturday that is worked
		{office, "2026-02-14 17:30", 1, "2026-02-24 09:30", ""},                 // the Spring Festival
		{office, "2026-11-23 03:00", 0, "2026-11-23 03:00", ""},
		{own, "2026-11-23 17:00", 2, "2026-11-25 10:00", ""},   // its own day off
		{own, "2026-11-27 17:00", 3, "2026-11-28 12:00", ""},   // its own Saturday
		{hotel, "2026-10-01 23:00", 2, "2026-10-02 08:00", ""}, // works through holidays, to midnight
	} {
		got, err := c.hours.After(at(c.from), time.Duration(c.n)*time.Hour, zone)
		if err != nil || !got.Equal(at(c.to)) {
			t.Errorf("%s + %d h is %s, want %s (%v)", c.from, c.n, got.In(zone), c.to, err)
		}
		want := c.before
		if want == "" {
			want = c.from
		}
		got, err = c.hours.Before(at(c.to), time.Duration(c.n)*time.Hour, zone)
		if err != nil || !got.Equal(at(want)) {
			t.Errorf("%s - %d h is %s, want %s (%v)", c.to, c.n, got.In(zone), want, err)
		}
	}
	// The end of a Sunday is the end of Friday's work.
	if got, _ := office.Before(at("2026-11-22 23:59"), 4*time.Hour, zone); !got.Equal(at("2026-11-20 14:00")) {
		t.Errorf("four hours before the end of a Sunday: %s", got.In(zone))
	}
	if _, err := (&Hours{}).After(at("2026-11-22 10:00"), time.Hour, zone); err == nil {
		t.Error("hours of a company that never works were counted")
	}
}
