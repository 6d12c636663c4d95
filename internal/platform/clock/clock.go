// Package clock gives the time, and the business day in company time.
//
// No other package calls time.Now: a test can then stand on 29 February or at
// 23:59 of a make-up working day.
package clock

import (
	"fmt"
	"sync"
	"time"
)

// Clock is a source of the present instant.
type Clock interface {
	// Now is the present instant; its location carries no meaning.
	Now() time.Time
}

// System is the machine's clock.
type System struct{}

// Now is time.Now.
func (System) Now() time.Time { return time.Now() }

// Fixed is a clock that moves only when told. It is safe for concurrent use.
type Fixed struct {
	mu sync.Mutex
	t  time.Time
}

// NewFixed makes a clock that stands at t.
func NewFixed(t time.Time) *Fixed { return &Fixed{t: t} }

// Now is the instant the clock stands at.
func (f *Fixed) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.t
}

// Set moves the clock to t.
func (f *Fixed) Set(t time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.t = t
}

// Advance moves the clock by d.
func (f *Fixed) Advance(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.t = f.t.Add(d)
}

// Day is a calendar day in company time, counted from 1970-01-01 = 0. Business
// windows ("the last 365 days") are differences of days, never of instants.
type Day int32

const secondsPerDay = 24 * 60 * 60

// DayOf is the calendar day of instant t in the company's zone.
func DayOf(t time.Time, company *time.Location) Day {
	y, m, d := t.In(company).Date()
	return DateDay(y, m, d)
}

// DateDay is the day of a civil date.
func DateDay(year int, month time.Month, day int) Day {
	s := time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix()
	// Floor division, so that days before 1970 count down and not toward zero.
	q := s / secondsPerDay
	if s%secondsPerDay < 0 {
		q--
	}
	return Day(q)
}

// ParseDay reads "2006-01-02".
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("day %q is not of the form 2006-01-02", s)
	}
	return DateDay(t.Date()), nil
}

// Date gives the civil date.
func (d Day) Date() (year int, month time.Month, day int) {
	return time.Unix(int64(d)*secondsPerDay, 0).UTC().Date()
}

// Start is the first instant of the day in the company's zone.
func (d Day) Start(company *time.Location) time.Time {
	y, m, dd := d.Date()
	return time.Date(y, m, dd, 0, 0, 0, 0, company)
}

// End is the first instant after the day in the company's zone.
func (d Day) End(company *time.Location) time.Time { return (d + 1).Start(company) }

// Month counts calendar months from 1970-01 = 0.
func (d Day) Month() int32 {
	y, m, _ := d.Date()
	return int32(y-1970)*12 + int32(m) - 1
}

// String is the day as "2006-01-02".
func (d Day) String() string {
	y, m, dd := d.Date()
	return fmt.Sprintf("%04d-%02d-%02d", y, int(m), dd)
}

// MarshalText writes the day as "2006-01-02".
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads "2006-01-02".
func (d *Day) UnmarshalText(b []byte) error {
	v, err := ParseDay(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// Millis is an instant as the database keeps it: unix milliseconds UTC.
func Millis(t time.Time) int64 { return t.UnixMilli() }
