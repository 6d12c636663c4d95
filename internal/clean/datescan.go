package clean

import (
	"strings"
	"time"
)

// dateFields are the parts of a written date.
type dateFields struct {
	year, month, day     int
	hour, min, sec, nano int
	hasTime              bool
	zone                 *time.Location
}

// moment checks the fields and makes an instant of them.
func (f *dateFields) moment(loc *time.Location) (Moment, bool) {
	if f.year < 1 || f.year > 9999 || f.month < 1 || f.month > 12 || f.day < 1 || f.day > daysIn(f.year, f.month) ||
		f.hour < 0 || f.hour > 23 || f.min > 59 || f.sec > 59 || f.nano > 999_999_999 {
		return Moment{}, false
	}
	if f.zone != nil {
		return Moment{time.Date(f.year, time.Month(f.month), f.day, f.hour, f.min, f.sec, f.nano, f.zone).In(loc), f.hasTime}, true
	}
	return Moment{time.Date(f.year, time.Month(f.month), f.day, f.hour, f.min, f.sec, f.nano, loc), f.hasTime}, true
}

func daysIn(y, m int) int {
	switch m {
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

var monthNames = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}

var longMonths = []string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december", "sept"}

var weekdays = []string{"星期日", "星期天", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "周日", "周一", "周二", "周三", "周四", "周五", "周六",
	"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// scan reads a folded date with separators: the day first, then, if there is
// more, the time of day and the zone.
func (f *dateFields) scan(s string, order DateOrder) error {
	s = strings.ToLower(s)
	for _, w := range weekdays {
		if i := strings.Index(s, w); i >= 0 {
			rest := strings.TrimLeft(s[i+len(w):], "., )")
			s = strings.TrimSpace(strings.TrimRight(s[:i], "( ") + " " + rest)
			break
		}
	}
	if len(s) > 8 && isDigits(s[:8]) && (s[8] == ' ' || s[8] == 't') {
		s = s[:4] + "-" + s[4:6] + "-" + s[6:]
	}
	rest, err := f.scanDay(s, order)
	if err != nil {
		return err
	}
	rest = strings.TrimLeft(rest, " ,")
	rest = strings.TrimSpace(strings.TrimPrefix(rest, "t"))
	if rest == "" {
		return nil
	}
	if !f.scanTime(rest) {
		return bad("clean.bad_date")
	}
	return nil
}

// scanDay reads year, month and day and gives what follows.
func (f *dateFields) scanDay(s string, order DateOrder) (rest string, err error) {
	var part [3]int
	var width [3]int
	named := -1 // which part was a month's name
	for i := range 3 {
		s = strings.TrimLeft(s, " ")
		n, w, tail := leadingNumber(s)
		if w == 0 {
			m, tail2 := leadingMonth(s)
			if m == 0 || named >= 0 || i == 2 {
				return "", bad("clean.bad_date")
			}
			n, w, tail, named = m, 2, tail2, i
		}
		part[i], width[i] = n, w
		if i == 2 {
			s = tail
			break
		}
		sep := strings.TrimLeft(tail, " ")
		switch {
		case strings.HasPrefix(sep, "年") && i == 0 && w == 4, strings.HasPrefix(sep, "月") && i == 1:
			s = sep[3:]
		case sep != "" && strings.IndexByte("-/.,", sep[0]) >= 0:
			s = sep[1:]
		case len(sep) < len(tail) || named == i: // a blank, or "25sep2026"
			s = sep
		case named < 0 && i == 0 && sep != "" && sep[0] >= 'a' && sep[0] <= 'z':
			s = sep
		default:
			return "", bad("clean.bad_date")
		}
	}
	for _, suffix := range []string{"日", "号"} {
		s = strings.TrimPrefix(s, suffix)
	}
	return s, f.arrange(part, width, named, order)
}

// arrange decides which part is which.
func (f *dateFields) arrange(p, w [3]int, named int, order DateOrder) error {
	if w[0] == 4 {
		if w[1] > 2 || w[2] > 2 || named == 0 {
			return bad("clean.bad_date")
		}
		f.year, f.month, f.day = p[0], p[1], p[2]
		return nil
	}
	short := w[0] <= 2 && w[1] <= 2 && w[2] <= 2
	switch {
	case short && named < 0 && order == OrderUnknown:
		return bad("clean.date_ambiguous")
	case short && named < 0 && order == YearMonthDay && w[0] == 2:
		f.year, f.month, f.day = 2000+p[0], p[1], p[2]
		return nil
	case w[0] > 2 || w[1] > 2 || w[2] != 4 && w[2] != 2 || named < 0 && order == YearMonthDay:
		return bad("clean.bad_date")
	}
	f.year = p[2]
	if w[2] == 2 {
		f.year += 2000
	}
	switch {
	case named == 0:
		f.month, f.day = p[0], p[1]
	case named == 1:
		f.day, f.month = p[0], p[1]
	case order == DayMonthYear:
		f.day, f.month = p[0], p[1]
	case order == MonthDayYear:
		f.month, f.day = p[0], p[1]
	case p[0] > 12:
		f.day, f.month = p[0], p[1]
	case p[1] > 12, p[0] == p[1]:
		f.month, f.day = p[0], p[1]
	default:
		return bad("clean.date_ambiguous")
	}
	return nil
}

// leadingNumber reads up to four digits.
func leadingNumber(s string) (n, width int, rest string) {
	for width < len(s) && s[width] >= '0' && s[width] <= '9' {
		width++
	}
	if width > 4 {
		return 0, 0, s
	}
	return num(s[:width]), width, s[width:]
}

func leadingMonth(s string) (month int, rest string) {
	for i, m := range longMonths {
		if strings.HasPrefix(s, m) {
			if m == "sept" {
				i = 8
			}
			return i + 1, s[len(m):]
		}
	}
	for i, m := range monthNames {
		if strings.HasPrefix(s, m) {
			return i + 1, s[3:]
		}
	}
	return 0, s
}

// scanTime reads "14:05", "14:05:06.123", "14点05分06秒", "下午2:05", "2:05 pm"
// and a zone behind.
func (f *dateFields) scanTime(s string) bool {
	f.hasTime = true
	half := 0 // 1 morning, 2 afternoon, 3 evening
	for _, w := range []struct {
		word string
		half int
	}{{"上午", 1}, {"凌晨", 1}, {"早上", 1}, {"下午", 2}, {"晚上", 3}, {"中午", 2}} {
		if t, ok := strings.CutPrefix(s, w.word); ok {
			s, half = strings.TrimLeft(t, " "), w.half
		}
	}
	n, w, s := leadingNumber(s)
	if w == 0 || w > 2 {
		return false
	}
	f.hour = n
	switch {
	case strings.HasPrefix(s, ":"):
		if n, w, s = leadingNumber(s[1:]); w != 2 {
			return false
		}
		f.min = n
		if t, ok := strings.CutPrefix(s, ":"); ok {
			if n, w, s = leadingNumber(t); w != 2 {
				return false
			}
			f.sec = n
		}
	case strings.HasPrefix(s, "点"), strings.HasPrefix(s, "时"):
		s = strings.TrimPrefix(strings.TrimPrefix(s, "点"), "时")
		s = strings.TrimPrefix(s, "整")
		if n, w, t := leadingNumber(strings.TrimLeft(s, " ")); w > 0 && w <= 2 {
			f.min, s = n, strings.TrimPrefix(t, "分")
			if n, w, t := leadingNumber(strings.TrimLeft(s, " ")); w > 0 && w <= 2 {
				f.sec, s = n, strings.TrimPrefix(t, "秒")
			}
		} else if t, ok := strings.CutPrefix(s, "半"); ok {
			f.min, s = 30, t
		}
	default:
		if !strings.HasPrefix(strings.TrimLeft(s, " "), "am") && !strings.HasPrefix(strings.TrimLeft(s, " "), "pm") && half == 0 {
			return false
		}
	}
	if s != "" && (s[0] == '.' || s[0] == ',') {
		k := 1
		for k < len(s) && s[k] >= '0' && s[k] <= '9' {
			k++
		}
		if k == 1 || k > 10 {
			return false
		}
		f.nano = num((s[1:k] + "000")[:3]) * int(time.Millisecond)
		s = s[k:]
	}
	s = strings.TrimLeft(s, " ")
	if t, ok := strings.CutPrefix(s, "am"); ok && half == 0 {
		s, half = t, 1
		if f.hour == 12 {
			f.hour = 0
		}
	} else if t, ok := strings.CutPrefix(s, "pm"); ok && half == 0 {
		s, half = t, 2
	}
	switch {
	case half == 2 && f.hour < 12:
		f.hour += 12
	case half == 3: // "晚上12点" may be noon's opposite or the next day
		if f.hour < 5 || f.hour == 12 {
			return false
		}
		if f.hour < 12 {
			f.hour += 12
		}
	case half == 1 && f.hour > 12:
		return false
	}
	return f.scanZone(strings.TrimSpace(s))
}

// scanZone reads nothing, "z", "utc", "+08:00", "+0800" or "utc+8".
func (f *dateFields) scanZone(s string) bool {
	if s == "" {
		return true
	}
	if s == "z" || s == "utc" || s == "gmt" {
		f.zone = time.UTC
		return true
	}
	s = strings.TrimPrefix(strings.TrimPrefix(s, "utc"), "gmt")
	if s == "" || s[0] != '+' && s[0] != '-' {
		return false
	}
	neg, d := s[0] == '-', s[1:]
	d, _, _ = strings.Cut(d, " ") // "+0800 CST"
	h, m := d, "0"
	if a, b, ok := strings.Cut(d, ":"); ok {
		h, m = a, b
	} else if len(d) == 4 {
		h, m = d[:2], d[2:]
	}
	if h == "" || len(h) > 2 || len(m) > 2 || num(h) > 14 || num(m) > 59 {
		return false
	}
	off := num(h)*3600 + num(m)*60
	if neg {
		off = -off
	}
	f.zone = time.FixedZone("", off)
	return true
}
