package sheet

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"time"
)

// dateStyle is what a number format makes of a number.
type dateStyle uint8

const (
	notDate  dateStyle = 0
	datePart dateStyle = 1
	timePart dateStyle = 2
)

// builtinStyle are the number formats without a code of their own (ECMA-376
// part 1, 18.8.30), the East Asian ones included.
func builtinStyle(id int) dateStyle {
	switch {
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58:
		return datePart
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id == 45, id == 47, id == 55, id == 56:
		return timePart
	case id == 22:
		return datePart | timePart
	}
	return notDate
}

// formatStyle reads the first section of a format code. Elapsed time ([h]:mm)
// is no date: it stays a number.
func formatStyle(code string) dateStyle {
	var st dateStyle
	months := false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case ';':
			i = len(code)
		case '"':
			k := strings.IndexByte(code[i+1:], '"')
			if k < 0 {
				return notDate
			}
			i += k + 1
		case '\\', '_', '*':
			i++
		case '[':
			k := strings.IndexByte(code[i:], ']')
			if k < 0 {
				return notDate
			}
			switch strings.ToLower(code[i+1 : i+k]) {
			case "h", "hh", "m", "mm", "s", "ss":
				return notDate
			}
			i += k
		case 'y', 'Y', 'd', 'D':
			st |= datePart
		case 'h', 'H', 's', 'S':
			st |= timePart
		case 'm', 'M':
			months = true
		case 'G', 'g': // "General"
			if len(code) >= i+7 && strings.EqualFold(code[i:i+7], "general") {
				i += 6
			}
		case '#', '?':
			return notDate
		}
	}
	if months && st == notDate { // "mm" alone is the month, beside hours it is minutes
		st = datePart
	}
	return st
}

// cellNumber is the decimal text of a numeric cell. Whole numbers written in
// digits stay as they are; anything else is given with the 15 digits that
// spreadsheets keep, so that 97.659999999999997 is 97.66 and 1.3800138E+10 is
// 13800138000.
func cellNumber(raw []byte) (string, bool) {
	raw = bytes.TrimSpace(raw)
	digits, plain, dot := 0, true, false
	for i, c := range raw {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '-' && i == 0:
		case c == '.':
			dot = true
		default:
			plain = false
		}
	}
	if digits == 0 || len(raw) > 400 {
		return string(raw), false
	}
	if plain && (!dot || digits <= 15) {
		return string(raw), true
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return string(raw), false
	}
	if g, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64); err == nil {
		f = g
	}
	if a := math.Abs(f); a != 0 && (a >= 1e40 || a < 1e-20) {
		return string(raw), true // no amount or id: left for the parser to refuse
	}
	return strconv.FormatFloat(f, 'f', -1, 64), true
}

// serialText turns a date serial into text: "2006-01-02" for whole days under
// a format without time, else "2006-01-02 15:04:05" with milliseconds where
// there are any; "15:04:05" for a bare time of day. ok is false for serials
// that are no date (negative, over the year 9999, the 29 February 1900 that
// never was).
func serialText(raw string, st dateStyle, date1904 bool) (text string, k Kind, ok bool) {
	v, err := strconv.ParseFloat(raw, 64)
	if err != nil || v < 0 || v >= 2_958_466 {
		return "", 0, false
	}
	ms := int64(math.Round(v * 86_400_000))
	days, rest := ms/86_400_000, ms%86_400_000
	clock := time.UnixMilli(rest).UTC()
	layout := "15:04:05"
	if clock.Nanosecond() != 0 {
		layout = "15:04:05.000"
	}
	if days == 0 && !date1904 {
		if st&timePart == 0 {
			return "", 0, false
		}
		return clock.Format(layout), KindTime, true
	}
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case date1904:
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case days == 60:
		return "", 0, false
	case days < 60:
		epoch = epoch.AddDate(0, 0, 1)
	}
	d := epoch.AddDate(0, 0, int(days))
	if d.Year() > 9999 {
		return "", 0, false
	}
	text = d.Format("2006-01-02")
	if st&timePart != 0 || rest != 0 {
		text += " " + clock.Format(layout)
	}
	return text, KindDate, true
}
