package calendar_test

import (
	"fmt"
	"testing"
	"time"

	"zhike/internal/platform/calendar"
	"zhike/internal/platform/clock"
)

func day(t *testing.T, s string) clock.Day {
	t.Helper()
	d, err := clock.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The days of festivals that the company's calendar gives.
func TestFestivals(t *testing.T) {
	for _, c := range []struct {
		lunar calendar.Lunar
		name  string
		solar string
	}{
		{calendar.Lunar{Year: 2025, Month: 12, Day: 8}, "腊八", "2026-01-26"},
		{calendar.Lunar{Year: 2026, Month: 12, Day: 8}, "腊八", "2027-01-15"},
		{calendar.Lunar{Year: 2025, Month: 12, Day: 23}, "北小年", "2026-02-10"},
		{calendar.Lunar{Year: 2026, Month: 12, Day: 23}, "北小年", "2027-01-30"},
		{calendar.Lunar{Year: 2025, Month: 12, Day: 29}, "除夕", "2026-02-16"},
		{calendar.Lunar{Year: 2026, Month: 12, Day: 29}, "除夕", "2027-02-05"},
		{calendar.Lunar{Year: 2026, Month: 1, Day: 1}, "春节", "2026-02-17"},
		{calendar.Lunar{Year: 2027, Month: 1, Day: 1}, "春节", "2027-02-06"},
		{calendar.Lunar{Year: 2026, Month: 1, Day: 15}, "元宵", "2026-03-03"},
		{calendar.Lunar{Year: 2027, Month: 1, Day: 15}, "元宵", "2027-02-20"},
		{calendar.Lunar{Year: 2026, Month: 5, Day: 5}, "端午", "2026-06-19"},
		{calendar.Lunar{Year: 2027, Month: 5, Day: 5}, "端午", "2027-06-09"},
		{calendar.Lunar{Year: 2026, Month: 7, Day: 7}, "七夕", "2026-08-19"},
		{calendar.Lunar{Year: 2027, Month: 7, Day: 7}, "七夕", "2027-08-08"},
		{calendar.Lunar{Year: 2026, Month: 8, Day: 15}, "中秋", "2026-09-25"},
		{calendar.Lunar{Year: 2027, Month: 8, Day: 15}, "中秋", "2027-09-15"},
		{calendar.Lunar{Year: 2026, Month: 9, Day: 9}, "重阳", "2026-10-18"},
		{calendar.Lunar{Year: 2027, Month: 9, Day: 9}, "重阳", "2027-10-08"},
		// Leap months, and the years where other tables are wrong by a day.
		{calendar.Lunar{Year: 2025, Month: 6, Day: 1, Leap: true}, "闰六月", "2025-07-25"},
		{calendar.Lunar{Year: 2033, Month: 11, Day: 1, Leap: true}, "闰冬月", "2033-12-22"},
		{calendar.Lunar{Year: 1996, Month: 6, Day: 1}, "六月", "1996-07-16"},
		{calendar.Lunar{Year: 1900, Month: 1, Day: 1}, "first", "1900-01-31"},
		{calendar.Lunar{Year: 2100, Month: 12, Day: 29}, "last", "2101-01-28"},
	} {
		d := day(t, c.solar)
		if got, ok := c.lunar.SolarDay(); !ok || got != d {
			t.Errorf("%s %d: %v %v, want %s", c.name, c.lunar.Year, got, ok, c.solar)
		}
		if got, ok := calendar.FromDay(d); !ok || got != c.lunar {
			t.Errorf("%s: %+v %v, want %+v", c.solar, got, ok, c.lunar)
		}
	}
	for year, want := range map[int]int{2025: 6, 2028: 5, 2031: 3, 2033: 11, 2026: 0, 2027: 0, 1899: 0, 2101: 0} {
		if got := calendar.LeapMonth(year); got != want {
			t.Errorf("leap month of %d: %d, want %d", year, got, want)
		}
	}
	for year := 2024; year <= 2028; year++ {
		if n := calendar.MonthDays(year, 12, false); n != 29 {
			t.Errorf("%d has 腊月三十 (%d days)", year, n)
		}
	}
}

// Every day from the first to the last has one lunar date, the dates follow
// each other without a gap, and the way back gives the day again.
func TestEveryDay(t *testing.T) {
	d, n, leaps := day(t, "1900-01-31"), 0, 0
	last := day(t, "2101-01-28")
	if _, ok := calendar.FromDay(d - 1); ok {
		t.Error("the day before the table has a date")
	}
	if _, ok := calendar.FromDay(last + 1); ok {
		t.Error("the day after the table has a date")
	}
	var before calendar.Lunar
	for ; d <= last; d++ {
		l, ok := calendar.FromDay(d)
		if !ok || !l.Valid() {
			t.Fatalf("%s: %+v %v", d, l, ok)
		}
		if back, ok := l.SolarDay(); !ok || back != d {
			t.Fatalf("%s is %+v, which is %s", d, l, back)
		}
		if n > 0 {
			next := before
			switch {
			case before.Day < calendar.MonthDays(before.Year, before.Month, before.Leap):
				next.Day++
			case !before.Leap && calendar.LeapMonth(before.Year) == before.Month:
				next.Leap, next.Day = true, 1
				leaps++
			case before.Month == 12:
				next = calendar.Lunar{Year: before.Year + 1, Month: 1, Day: 1}
			default:
				next = calendar.Lunar{Year: before.Year, Month: before.Month + 1, Day: 1}
			}
			if l != next {
				t.Fatalf("%s: after %+v comes %+v, want %+v", d, before, l, next)
			}
		}
		before = l
		n++
	}
	if n != 73412 || leaps != 74 {
		t.Errorf("%d days, %d leap months", n, leaps)
	}
	for y := calendar.FirstYear; y <= calendar.LastYear; y++ {
		got := calendar.DaysInYear(y)
		if got < 353 || got > 355 && calendar.LeapMonth(y) == 0 || got > 385 || got < 383 && calendar.LeapMonth(y) != 0 {
			t.Errorf("%d has %d days", y, got)
		}
		// New Year lies between the 21st of January and the 21st of February.
		s, _ := calendar.NewYear(y)
		if _, m, dd := s.Date(); m == time.January && dd < 21 || m == time.February && dd > 21 || m > time.February {
			t.Errorf("New Year of %d is on %s", y, s)
		}
	}
}

func TestInvalidLunar(t *testing.T) {
	for _, l := range []calendar.Lunar{
		{}, {Year: 2026, Month: 13, Day: 1}, {Year: 2026, Month: 12, Day: 30}, {Year: 2026, Month: 1, Day: 0}, {Year: 2026, Month: 6, Day: 1, Leap: true},
		{Year: 1899, Month: 1, Day: 1}, {Year: 2101, Month: 1, Day: 1}, {Year: 2025, Month: 5, Day: 1, Leap: true}, {Year: 2026, Month: -1, Day: 1},
	} {
		if d, ok := l.SolarDay(); ok || l.Valid() {
			t.Errorf("%+v is %s", l, d)
		}
	}
	if _, ok := calendar.NewYear(2200); ok {
		t.Error("New Year of 2200")
	}
}

func TestNames(t *testing.T) {
	for want, l := range map[string]calendar.Lunar{
		"农历八月十五": {Month: 8, Day: 15}, "农历正月初一": {Month: 1, Day: 1}, "农历闰六月初十": {Month: 6, Day: 10, Leap: true}, "农历腊月廿三": {Month: 12, Day: 23},
		"农历冬月二十": {Month: 11, Day: 20}, "农历十月三十": {Month: 10, Day: 30}, "农历二月十一": {Month: 2, Day: 11}, "农历三月廿九": {Month: 3, Day: 29}, "农历四月十九": {Month: 4, Day: 19}, "农历 0-00-00": {},
	} {
		if got := fmt.Sprint(l); got != want {
			t.Errorf("%+v is %q, want %q", l, got, want)
		}
	}
	for year, want := range map[int]string{2026: "丙午马", 2024: "甲辰龙", 1984: "甲子鼠", 1900: "庚子鼠", 2027: "丁未羊"} {
		if got := calendar.YearName(year) + calendar.Zodiac(year); got != want {
			t.Errorf("%d: %s", year, got)
		}
	}
}
