package calendar

import (
	"fmt"

	"zhike/internal/platform/clock"
)

// Lunar is a date of the lunar calendar. Year is the civil year in which the
// lunar one begins; Month is 1 to 12 and Day 1 to 30. Leap says that the month
// is the one that repeats Month (闰六月 is Month 6, Leap).
type Lunar struct {
	Year  int  `json:"year"`
	Month int  `json:"month"`
	Day   int  `json:"day"`
	Leap  bool `json:"leap"`
}

var (
	firstDay = clock.DateDay(1900, 1, 31)
	// yearStart is the day of 正月初一 of each year, and at the end the day
	// after the last one.
	yearStart = func() (s [len(lunarYears) + 1]clock.Day) {
		s[0] = firstDay
		for i := range lunarYears {
			s[i+1] = s[i] + clock.Day(DaysInYear(FirstYear+i))
		}
		return s
	}()
)

func known(year int) bool { return year >= FirstYear && year <= LastYear }

// LeapMonth is the month of the lunar year that is followed by a leap month of
// its number, 0 where there is none or the year is not in the table.
func LeapMonth(year int) int {
	if !known(year) {
		return 0
	}
	return int(lunarYears[year-FirstYear] >> 13)
}

// place is where a month stands in its year, from 0; -1 where it does not exist.
func place(year, month int, leap bool) int {
	if !known(year) || month < 1 || month > 12 {
		return -1
	}
	l := LeapMonth(year)
	if leap && month != l {
		return -1
	}
	if leap || l != 0 && month > l {
		return month
	}
	return month - 1
}

func length(year, place int) int { return 29 + int(lunarYears[year-FirstYear]>>place&1) }

func months(year int) int {
	if LeapMonth(year) != 0 {
		return 13
	}
	return 12
}

// MonthDays is 29 or 30, or 0 for a month that the year does not have.
func MonthDays(year, month int, leap bool) int {
	p := place(year, month, leap)
	if p < 0 {
		return 0
	}
	return length(year, p)
}

// DaysInYear is the number of days of a lunar year (353 to 385), 0 where the
// year is not in the table.
func DaysInYear(year int) int {
	if !known(year) {
		return 0
	}
	n := 0
	for p := range months(year) {
		n += length(year, p)
	}
	return n
}

// NewYear is the day of 正月初一 (春节) of a lunar year; ok is false outside the
// table.
func NewYear(year int) (day clock.Day, ok bool) {
	if !known(year) {
		return 0, false
	}
	return yearStart[year-FirstYear], true
}

// FromDay gives the lunar date of a day; ok is false outside 1900-01-31 to
// 2101-01-28.
func FromDay(d clock.Day) (l Lunar, ok bool) {
	if d < firstDay || d >= yearStart[len(lunarYears)] {
		return Lunar{}, false
	}
	// The lunar year is the civil one or the one before.
	y, _, _ := d.Date()
	i := min(y, LastYear) - FirstYear
	if yearStart[i] > d {
		i--
	}
	l.Year = FirstYear + i
	rest := int(d - yearStart[i])
	leap := LeapMonth(l.Year)
	for p := range months(l.Year) {
		n := length(l.Year, p)
		if rest >= n {
			rest -= n
			continue
		}
		l.Month, l.Day = p+1, rest+1
		if leap != 0 && p >= leap {
			l.Month, l.Leap = p, p == leap
		}
		break
	}
	return l, true
}

// Valid says that the table has such a date.
func (l Lunar) Valid() bool { return l.Day >= 1 && l.Day <= MonthDays(l.Year, l.Month, l.Leap) }

// SolarDay gives the day of a lunar date; ok is false for one that does not
// exist, such as the 30th of a month of 29 days.
func (l Lunar) SolarDay() (d clock.Day, ok bool) {
	if !l.Valid() {
		return 0, false
	}
	d = yearStart[l.Year-FirstYear] + clock.Day(l.Day-1)
	for p := range place(l.Year, l.Month, l.Leap) {
		d += clock.Day(length(l.Year, p))
	}
	return d, true
}

var (
	monthNames = [13]string{"", "正月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "冬月", "腊月"}
	dayTens    = [4]string{"初", "十", "廿", "三"}
	digits     = [10]string{"十", "一", "二", "三", "四", "五", "六", "七", "八", "九"}
	stems      = [10]string{"甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"}
	branches   = [12]string{"子", "丑", "寅", "卯", "辰", "巳", "午", "未", "申", "酉", "戌", "亥"}
	animals    = [12]string{"鼠", "牛", "虎", "兔", "龙", "蛇", "马", "羊", "猴", "鸡", "狗", "猪"}
)

// MonthDay is the date without its year as it is said in Chinese: 八月十五,
// 闰六月初一, 腊月廿三. "" for numbers that are no date.
func (l Lunar) MonthDay() string {
	if l.Month < 1 || l.Month > 12 || l.Day < 1 || l.Day > 30 {
		return ""
	}
	s := monthNames[l.Month]
	if l.Leap {
		s = "闰" + s
	}
	switch l.Day {
	case 10:
		return s + "初十"
	case 20:
		return s + "二十"
	case 30:
		return s + "三十"
	}
	return s + dayTens[l.Day/10] + digits[l.Day%10]
}

// String is the date as it is said in Chinese: 农历八月十五.
func (l Lunar) String() string {
	if s := l.MonthDay(); s != "" {
		return "农历" + s
	}
	return fmt.Sprintf("农历 %d-%02d-%02d", l.Year, l.Month, l.Day)
}

// YearName is the sexagenary name of a lunar year: 丙午 for 2026.
func YearName(year int) string {
	n := mod(year-4, 60)
	return stems[n%10] + branches[n%12]
}

// Zodiac is the animal of a lunar year: 马 for 2026. It changes with 正月初一.
func Zodiac(year int) string { return animals[mod(year-4, 12)] }

func mod(n, m int) int { return (n%m + m) % m }
