package calendar_test

import (
	"errors"
	"testing"

	"zhike/internal/platform/calendar"
)

func TestNextBirthday(t *testing.T) {
	for _, c := range []struct {
		birthday string
		lunar    bool
		from     string
		want     string // "" = not known
	}{
		{"1990-08-15", false, "2026-08-15", "2026-08-15"},
		{"1990-08-15", false, "2026-08-16", "2027-08-15"},
		{"08-15", false, "2026-12-31", "2027-08-15"},
		// 29 February is kept on the 28th in ordinary years.
		{"1992-02-29", false, "2026-02-01", "2026-02-28"},
		{"1992-02-29", false, "2028-02-28", "2028-02-29"},
		{"02-29", false, "2026-03-01", "2027-02-28"},
		{"1990-08-15", true, "2026-01-01", "2026-09-25"},
		{"1990-08-15", true, "2026-09-26", "2027-09-15"},
		// A lunar birthday at the end of the year lies in the next civil one.
		{"12-08", true, "2026-01-27", "2027-01-15"},
		{"12-08", true, "2026-01-20", "2026-01-26"},
		// No 腊月三十 from 2024 to 2028: the last day of the month.
		{"12-30", true, "2026-02-01", "2026-02-16"},
		{"12-30", true, "2026-02-17", "2027-02-05"},
		{"1980-12-30", true, "2024-02-09", "2024-02-09"},
		// In 2025 the sixth month comes twice: the ordinary one is kept.
		{"1987-06-15", true, "2025-07-01", "2025-07-09"},
		{"1987-06-15", true, "2025-07-10", "2026-07-28"},
		{"01-01", true, "2100-12-31", ""},
		{"12-29", true, "2101-01-28", "2101-01-28"},
		{"01-01", true, "1899-01-01", ""},
		{"01-01", false, "2150-06-01", "2151-01-01"},
	} {
		b, err := calendar.ParseBirthday(c.birthday, c.lunar)
		if err != nil {
			t.Errorf("%s: %v", c.birthday, err)
			continue
		}
		if b.String() != c.birthday {
			t.Errorf("%s is written %s", c.birthday, b)
		}
		d, ok := b.Next(day(t, c.from))
		if got := d.String(); ok != (c.want != "") || ok && got != c.want {
			t.Errorf("%s lunar=%v from %s: %s %v, want %s", c.birthday, c.lunar, c.from, got, ok, c.want)
		}
	}
}

// Any birthday comes once a year, never before the day asked for, and the day
// after it the next one is most of a year away.
func TestNextBirthdayProperty(t *testing.T) {
	for _, lunar := range []bool{false, true} {
		for m := 1; m <= 12; m++ {
			for dd := 1; dd <= 30; dd++ {
				if !lunar && (m == 2 && dd > 29) {
					continue
				}
				b := calendar.Birthday{Month: m, Day: dd, Lunar: lunar}
				for from := day(t, "2024-01-01"); from < day(t, "2034-01-01"); from += 97 {
					d, ok := b.Next(from)
					if !ok || d < from || d > from+385 {
						t.Fatalf("%+v from %s: %s %v", b, from, d, ok)
					}
					if lunar {
						if l, _ := calendar.FromDay(d); l.Leap || l.Month != m || l.Day != min(dd, calendar.MonthDays(l.Year, m, false)) {
							t.Fatalf("%+v from %s: %+v", b, from, l)
						}
					}
					after, ok := b.Next(d + 1)
					if gap := after - d; !ok || gap < 350 || gap > 386 {
						t.Fatalf("%+v: %s, then %s", b, d, after)
					}
				}
			}
		}
	}
}

func TestParseBirthdayRefuses(t *testing.T) {
	for _, s := range []string{"", "1990", "1990-13-01", "1990-00-10", "1990-02-29", "02-30", "1990-2-3", "0000-01-01", "1990/01/01", "19a0-01-01", "1990-01-0x", "04-31", "农历八月"} {
		if b, err := calendar.ParseBirthday(s, false); !errors.Is(err, calendar.ErrBirthday) {
			t.Errorf("%q: %+v %v", s, b, err)
		}
	}
	for s, good := range map[string]bool{"02-30": true, "12-30": true, "12-31": false, "2026-12-30": false, "2026-12-29": true, "1990-03-30": false, "1990-03-29": true, "1850-01-01": false,
		// 2025: the sixth month has 30 days, its leap month 29; 2020: the fourth 30, its leap month 29.
		"2025-06-30": true, "2020-04-30": true, "2020-06-30": false} {
		if _, err := calendar.ParseBirthday(s, true); (err == nil) != good {
			t.Errorf("lunar %s: %v", s, err)
		}
	}
}

func TestAge(t *testing.T) {
	for _, c := range []struct {
		birthday string
		lunar    bool
		on       string
		want     int // -1 = not known
	}{
		{"1990-08-15", false, "2026-08-14", 35}, {"1990-08-15", false, "2026-08-15", 36}, {"2004-02-29", false, "2026-02-28", 22}, {"08-15", false, "2026-08-15", -1}, {"2030-01-01", false, "2026-08-15", -1},
		{"1990-08-15", true, "2026-09-24", 35}, {"1990-08-15", true, "2026-09-25", 36}, {"1990-12-08", true, "2026-01-26", 35},
	} {
		b, err := calendar.ParseBirthday(c.birthday, c.lunar)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := b.Age(day(t, c.on))
		if ok != (c.want >= 0) || ok && got != c.want {
			t.Errorf("%s on %s: %d %v, want %d", c.birthday, c.on, got, ok, c.want)
		}
	}
	if got := (calendar.Birthday{Month: 8, Day: 15, Lunar: true}).Label(); got != "农历八月十五" {
		t.Error(got)
	}
	if got := (calendar.Birthday{Month: 8, Day: 15}).Label(); got != "8月15日" {
		t.Error(got)
	}
}
