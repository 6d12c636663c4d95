package clock

import "time"

// Zone gives the company's time zone as it is when called: it is a setting,
// and may change while the program runs. Work that has to be of one piece,
// such as an import or a run, asks once, when it begins.
type Zone func() *time.Location

// In is a Zone that stays.
func In(l *time.Location) Zone { return func() *time.Location { return l } }

// Today is the present day in the zone.
func (z Zone) Today(c Clock) Day { return DayOf(c.Now(), z()) }
