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
			if day++; WorkingDay(day) {
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

func TestAddWorkingHours(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	at := func(text string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		from  string
		hours int
		want  string
	}{
		{"2026-11-23 10:30", 1, "2026-11-23 11:30"},
		{"2026-11-23 11:30", 1, "2026-11-23 13:30"}, // over lunch
		{"2026-11-23 09:00", 8, "2026-11-23 18:00"},
		{"2026-11-23 17:00", 2, "2026-11-24 10:00"},
		{"2026-11-21 08:00", 4, "2026-11-23 14:00"}, // a Saturday
		{"2026-02-13 17:30", 1, "2026-02-14 09:30"}, // a Saturday that is worked
		{"2026-02-14 17:30", 1, "2026-02-24 09:30"}, // the Spring Festival
		{"2026-11-23 03:00", 0, "2026-11-23 03:00"},
	} {
		if got := AddWorkingHours(at(c.from), c.hours, zone); !got.Equal(at(c.want)) {
			t.Errorf("%s + %d h is %s, want %s", c.from, c.hours, got.In(zone), c.want)
		}
	}
}
