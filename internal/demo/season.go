package demo

import (
	"time"

	"zhike/internal/platform/clock"
)

// festivals of the lunar calendar, as month*100+day of the civil year. The table
// bounds the dates for which the generator works (see firstYear and lastYear).
var (
	springFestival = map[int]int{
		2013: 210, 2014: 131, 2015: 219, 2016: 208, 2017: 128, 2018: 216, 2019: 205, 2020: 125,
		2021: 212, 2022: 201, 2023: 122, 2024: 210, 2025: 129, 2026: 217, 2027: 206, 2028: 126,
		2029: 213, 2030: 203, 2031: 123, 2032: 211, 2033: 131, 2034: 219, 2035: 208, 2036: 128,
	}
	midAutumn = map[int]int{
		2013: 919, 2014: 908, 2015: 927, 2016: 915, 2017: 1004, 2018: 924, 2019: 913, 2020: 1001,
		2021: 921, 2022: 910, 2023: 929, 2024: 917, 2025: 1006, 2026: 925, 2027: 915, 2028: 1003,
		2029: 922, 2030: 912, 2031: 1001, 2032: 919, 2033: 908, 2034: 927, 2035: 916, 2036: 1004,
	}
)

// firstYear and lastYear bound the years that the festival tables cover.
const (
	firstYear = 2013
	lastYear  = 2036
)

// season says how one day differs from an ordinary day, as factors.
type season struct {
	demand float64 // willingness to buy at all
	online float64 // share of 天猫 and the mini program
	store  float64 // share of the stores
	gift   float64 // share of gift boxes
	warm   float64 // 0 in deep winter, 1 in high summer
	office float64 // demand of business clients; 0 on days off
}

var monthDemand = [13]float64{0, 1.00, 0.92, 0.97, 0.98, 1.00, 1.05, 0.95, 0.93, 1.02, 1.03, 1.12, 1.08}

var monthWarmth = [13]float64{0, 0, 0.1, 0.3, 0.5, 0.7, 0.9, 1, 1, 0.8, 0.5, 0.25, 0.05}

// weekdayDemand starts with Sunday, as time.Weekday does.
var weekdayDemand = [7]float64{1.15, 0.88, 0.90, 0.93, 0.95, 1.08, 1.22}

func lunarDay(table map[int]int, year int) clock.Day {
	v := table[year]
	return clock.DateDay(year, time.Month(v/100), v%100)
}

// weekday of a day: 1970-01-01 was a Thursday.
func weekday(d clock.Day) int { return int(d+4) % 7 }

// seasonOf is the season of one day; the day must lie in firstYear … lastYear.
func seasonOf(d clock.Day) season {
	y, m, day := d.Date()
	wd := weekday(d)
	s := season{
		demand: monthDemand[m] * weekdayDemand[wd],
		online: 1, store: 1, gift: 1, office: 1,
		warm: monthWarmth[m],
	}
	if wd == 0 || wd == 6 {
		s.office = 0
		s.store *= 1.25
	}
	sale(&s, int(m)*100+day)
	spring(&s, int(d-lunarDay(springFestival, y)))
	moon(&s, int(d-lunarDay(midAutumn, y)))
	return s
}

// sale applies the days of the civil calendar; md is month*100+day.
func sale(s *season, md int) {
	boost := func(demand, online float64) {
		s.demand *= demand
		s.online *= online
	}
	switch {
	case md == 101:
		s.office = 0
	case md >= 306 && md <= 308: // 女神节
		boost(1.35, 1.4)
	case md >= 501 && md <= 505:
		s.demand, s.store, s.office = s.demand*1.08, s.store*1.4, 0
	case md >= 518 && md <= 520: // 520
		boost(1.3, 1.2)
	case md == 601:
		boost(1.6, 1.9)
	case md >= 602 && md <= 614:
		boost(1.15, 1.3)
	case md >= 615 && md <= 617:
		boost(1.7, 2)
	case md == 618:
		boost(2.6, 2.8)
	case md == 619 || md == 620:
		boost(1.2, 1.5)
	case md >= 1001 && md <= 1007:
		s.demand, s.store, s.office = s.demand*1.1, s.store*1.5, 0
	case md == 1101:
		boost(1.9, 2.2)
	case md >= 1102 && md <= 1109:
		boost(1.15, 1.4)
	case md == 1110:
		boost(1.6, 1.9)
	case md == 1111:
		boost(3.2, 3.4)
	case md >= 1112 && md <= 1118:
		boost(0.85, 1)
	case md == 1210 || md == 1211:
		boost(1.3, 1.5)
	case md == 1212:
		boost(2, 2.4)
	case md >= 1224 && md <= 1231:
		s.demand, s.store, s.gift = s.demand*1.12, s.store*1.2, 1.6
	}
}

// spring applies 春节; offset counts days from the first of the first month.
func spring(s *season, offset int) {
	switch {
	case offset >= -28 && offset < -7: // 年货
		s.demand *= 1.42
		s.gift *= 4.5
		s.office *= 2.2
	case offset >= -7 && offset < -2: // couriers stop
		s.gift *= 3
		s.online *= 0.5
		s.office *= 0.5
	case offset >= -2 && offset <= 6:
		s.demand *= 0.34
		s.online *= 0.45
		s.office = 0
	case offset > 6 && offset <= 12:
		s.demand *= 0.72
		s.office *= 0.4
	}
}

// moon applies 中秋; offset counts days from the fifteenth of the eighth month.
func moon(s *season, offset int) {
	switch {
	case offset >= -24 && offset < -2:
		s.demand *= 1.28
		s.gift *= 6
		s.office *= 2.6
	case offset >= -2 && offset <= 0:
		s.gift *= 2
		s.office = 0
	}
}

// almanac keeps the seasons of a range of days.
type almanac struct {
	first     clock.Day
	days      []season
	maxDemand float64
}

func newAlmanac(first, last clock.Day) *almanac {
	a := &almanac{first: first, days: make([]season, last-first+1)}
	for i := range a.days {
		a.days[i] = seasonOf(first + clock.Day(i))
		a.maxDemand = max(a.maxDemand, a.days[i].demand)
	}
	return a
}

func (a *almanac) of(d clock.Day) *season { return &a.days[d-a.first] }

// Weights of the hours of a day, 0 to 23.
var (
	storeHours  = newWeighted([]float64{0, 0, 0, 0, 0, 0, 0, 2, 7, 8, 7, 6, 6, 6, 8, 10, 8, 7, 7, 8, 7, 4, 0, 0})
	onlineHours = newWeighted([]float64{3, 1.2, .6, .3, .3, .5, 1, 2, 4, 6, 8, 7, 7, 7, 6, 6, 6, 5, 5, 7, 9, 10, 9, 6})
	officeHours = newWeighted([]float64{0, 0, 0, 0, 0, 0, 0, 0, 1, 8, 10, 8, 2, 4, 9, 9, 8, 4, 0, 0, 0, 0, 0, 0})
)

const (
	secondsPerHour = 3600
	secondsPerDay  = 24 * secondsPerHour
)

// timeOfDay draws the second of the day.
func timeOfDay(r random, hours weighted) int64 {
	return int64(hours.pick(r))*secondsPerHour + int64(r.IntN(secondsPerHour))
}
