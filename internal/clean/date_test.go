package clean

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var (
	shanghai = time.FixedZone("CST", 8*3600)
	today    = time.Date(2026, 9, 25, 12, 0, 0, 0, shanghai)
)

func TestDate(t *testing.T) {
	const day, full = "2026-09-25", "2026-09-25 14:05:00"
	for _, c := range []struct {
		in, want string
		hasTime  bool
		code     string
	}{
		{"2026-09-25", day, false, ""}, {"2026/9/5", "2026-09-05", false, ""}, {"2026.9.5", "2026-09-05", false, ""}, {"20260925", day, false, ""}, {"2026年9月25日", day, false, ""}, {"2026年09月25号", day, false, ""},
		{"２０２６－０９－２５", day, false, ""}, {"2026 9 25", day, false, ""}, {"2026-9-25 星期五", day, false, ""}, {"2026年9月25日(周五) 14:05", full, true, ""},
		{"2026年9月25日 14点05分", full, true, ""}, {"2026年9月25日14时05分00秒", full, true, ""}, {"2026-09-25 14:05", full, true, ""}, {"2026-09-25  14:05:00", full, true, ""}, {"2026/9/25 14:05:00", full, true, ""}, {"20260925140500", full, true, ""}, {"202609251405", full, true, ""}, {"20260925 14:05:00", full, true, ""},
		{"2026-09-25T14:05:00", full, true, ""}, {"2026-09-25T06:05:00Z", full, true, ""}, {"2026-09-25T14:05:00+08:00", full, true, ""}, {"2026-09-25T14:05:00.000+0800", full, true, ""}, {"2026-09-25 06:05:00 UTC", full, true, ""}, {"2026-09-25 01:05:00-05:00", full, true, ""}, {"2026-09-25 14:05:00 +0800 CST", full, true, ""},
		{"2026-09-25 下午2:05", full, true, ""}, {"2026/9/25 2:05 PM", full, true, ""}, {"2026/9/25 下午 2点05分", full, true, ""}, {"2026/9/25 12:05 AM", "2026-09-25 00:05:00", true, ""}, {"2026-9-25 8点半", "2026-09-25 08:30:00", true, ""}, {"2026-9-25 晚上8点", "2026-09-25 20:00:00", true, ""},
		{"2019-04-18 00:03:00.000", "2019-04-18 00:03:00", true, ""}, {"2019-06-30 22:46:22.511", "2019-06-30 22:46:22.511", true, ""}, {"2019-06-30 22:46:22.511999", "2019-06-30 22:46:22.511", true, ""},
		{"43573.00208333333", "2019-04-18 00:03:00", true, ""}, {"43573", "2019-04-18", false, ""}, {"43573.0", "2019-04-18", false, ""}, {"1569303900", "2019-09-24 13:45:00", true, ""}, {"1569303900123", "2019-09-24 13:45:00.123", true, ""},
		{"25 Sep 2026", day, false, ""}, {"Sep 25, 2026", day, false, ""}, {"September 25 2026 2:05 pm", full, true, ""}, {"25-Sep-26", day, false, ""}, {"25Sep2026", day, false, ""}, {"Fri, 25 Sep 2026 14:05:00 +0800", full, true, ""},
		{"9/25/2026", day, false, ""}, {"25/9/2026", day, false, ""}, {"5/5/2026", "2026-05-05", false, ""}, {"9/5/2026", "", false, "clean.date_ambiguous"}, {"26-9-5", "", false, "clean.date_ambiguous"}, {"9/25/26", "", false, "clean.date_ambiguous"},
		{"1970-01-01", "1970-01-01", false, ""}, {"1969-12-31", "", false, "clean.date_range"}, {"1900-01-01", "", false, "clean.date_range"}, {"2999-12-31", "", false, "clean.date_range"}, {"2027-09-24", "2027-09-24", false, ""}, {"2027-09-26", "", false, "clean.date_range"}, {"12345", "", false, "clean.date_range"}, {"9999999999", "", false, "clean.date_range"},
		{"2026-02-30", "", false, "clean.bad_date"}, {"2026-13-01", "", false, "clean.bad_date"}, {"2024-02-29", "2024-02-29", false, ""}, {"2026-02-29", "", false, "clean.bad_date"}, {"2026-00-10", "", false, "clean.bad_date"}, {"2026-09-25 25:00", "", false, "clean.bad_date"}, {"2026-09-25 24:00:00", "", false, "clean.bad_date"}, {"2026-09-25 14:60", "", false, "clean.bad_date"},
		{"", "", false, "clean.empty"}, {"NULL", "", false, "clean.empty"}, {"abc", "", false, "clean.bad_date"}, {"2026", "", false, "clean.bad_date"}, {"2026-09", "", false, "clean.bad_date"}, {"2026.9", "", false, "clean.bad_date"}, {"123456", "", false, "clean.bad_date"}, {"2026-09-25x", "", false, "clean.bad_date"}, {"2026-09-25 14", "", false, "clean.bad_date"}, {"1.38E+10", "", false, "clean.scientific"}, {"14:05", "", false, "clean.bad_date"}, {"20260230", "", false, "clean.bad_date"}, {"2026-09-25 晚上12点", "", false, "clean.bad_date"}, {"2026-09-25 14:05 pm x", "", false, "clean.bad_date"},
	} {
		got, err := Date(c.in, shanghai, today)
		text := ""
		if err == nil {
			layout := "2006-01-02"
			if got.HasTime {
				layout = "2006-01-02 15:04:05.999"
			}
			text = got.Time.Format(layout)
		}
		check(t, "Date", c.in, text, err, c.want, c.code)
		if got.HasTime != c.hasTime {
			t.Errorf("Date(%q).HasTime = %v", c.in, got.HasTime)
		}
	}
}

func TestDateOrder(t *testing.T) {
	for _, c := range []struct {
		order          DateOrder
		in, want, code string
	}{
		{DayMonthYear, "9/5/2026", "2026-05-09", ""}, {MonthDayYear, "9/5/2026", "2026-09-05", ""}, {DayMonthYear, "5/9/26 14:05", "2026-09-05", ""}, {MonthDayYear, "9/25/26", "2026-09-25", ""},
		{DayMonthYear, "9/25/2026", "", "clean.bad_date"}, {MonthDayYear, "25.9.2026", "", "clean.bad_date"}, {DayMonthYear, "2026/9/5", "2026-09-05", ""}, {YearMonthDay, "26-9-5", "2026-09-05", ""}, {YearMonthDay, "26/09/25 14:05", "2026-09-25", ""}, {YearMonthDay, "9/5/2026", "", "clean.bad_date"},
	} {
		p := Dates{Loc: shanghai, Now: today, Order: c.order}
		got, err := p.Parse(c.in)
		text := ""
		if err == nil {
			text = got.Time.Format(time.DateOnly)
		}
		check(t, "Parse", c.in, text, err, c.want, c.code)
	}
	for _, c := range []struct {
		in   []string
		want DateOrder
	}{
		{[]string{"1/2/2026", "25/2/2026"}, DayMonthYear}, {[]string{"1/2/26", "2/25/26 10:00"}, MonthDayYear}, {[]string{"1/2/2026"}, OrderUnknown}, {[]string{"25/2/2026", "2/25/2026"}, OrderUnknown}, {[]string{"2026/2/25", "x"}, OrderUnknown},
	} {
		if got := GuessDateOrder(c.in); got != c.want {
			t.Errorf("GuessDateOrder(%v) = %d", c.in, got)
		}
	}
	p := Dates{Loc: shanghai, Now: today, NoSerial: true, Min: time.Date(1900, 1, 1, 0, 0, 0, 0, shanghai)}
	if _, err := p.Parse("43573"); codeOf(err) != "clean.bad_date" {
		t.Error(err)
	}
	if m, err := p.Parse("1949-10-01"); err != nil || m.Time.Year() != 1949 {
		t.Error(m, err)
	}
}

// Every instant reads back from each usual way of writing it.
func TestDateForms(t *testing.T) {
	p := Dates{Loc: shanghai, Now: today}
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(0, today.Unix()).Draw(t, "unix"), 0).In(shanghai)
		if at.Year() < 1970 {
			return
		}
		for _, layout := range []string{
			"2006-01-02 15:04:05", "2006/1/2 15:04:05", "2006.1.2 15:04:05", "20060102150405", "2006年1月2日 15点04分05秒", time.RFC3339, "2006-01-02T15:04:05.000Z07:00",
			"2 Jan 2006 15:04:05", "Jan 2, 2006 15:04:05", "Monday, 02-Jan-06 15:04:05 -0700", "2006-01-02 03:04:05 PM",
		} {
			s := at.Format(layout)
			m, err := p.Parse(s)
			if layout == "Monday, 02-Jan-06 15:04:05 -0700" && at.Year() < 2000 {
				continue // two digits mean this century
			}
			if err != nil || !m.Time.Equal(at) || !m.HasTime {
				t.Fatalf("%q = %v %v", s, m.Time, err)
			}
		}
	})
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"2026年9月25日 14点05分", "9/25/2026 2:05 PM", "43573.002", "1569303900123", "25 Sep 2026", "2026-09-25T14:05:00.000+0800", "下午", "2026-9-25 +", "9-9-99 9:"} {
		f.Add(s, uint8(0))
	}
	f.Fuzz(func(t *testing.T, s string, order uint8) {
		p := Dates{Loc: shanghai, Now: today, Order: DateOrder(order % 3)}
		m, err := p.Parse(s)
		if err != nil {
			coded(t, s, err)
			return
		}
		if m.Time.Before(time.Unix(-8*3600, 0)) || m.Time.After(today.AddDate(1, 0, 0)) {
			t.Fatalf("Parse(%q) = %v", s, m.Time)
		}
		again, err := p.Parse(m.Time.Format("2006-01-02 15:04:05.000"))
		if err != nil || !again.Time.Equal(m.Time) {
			t.Fatalf("Parse(%q) = %v, again %v %v", s, m.Time, again.Time, err)
		}
		GuessDateOrder([]string{s})
		LooksLikeDate(s)
	})
}
