package demo

import (
	"bytes"
	"strconv"

	"zhike/internal/platform/clock"
)

// cell is a value of a table before it is written to CSV or XLSX.
type cell struct {
	kind cellKind
	text string
	n    int64
}

type cellKind uint8

const (
	cellText  cellKind = iota
	cellFen            // n is an amount in 分
	cellWhole          // n is a whole number
	cellTime           // n is seconds since 1970-01-01 in company time
	cellDay            // n is a day since 1970-01-01
)

func text(s string) cell           { return cell{text: s} }
func fen(n int64) cell             { return cell{kind: cellFen, n: n} }
func whole(n int64) cell           { return cell{kind: cellWhole, n: n} }
func instant(seconds int64) cell   { return cell{kind: cellTime, n: seconds} }
func calendarDay(d clock.Day) cell { return cell{kind: cellDay, n: int64(d)} }
func (c cell) empty() bool         { return c.kind == cellText && c.text == "" }
func (c cell) String() string      { return string(c.appendTo(nil)) }
func civil(seconds int64) (clock.Day, int) {
	return clock.Day(seconds / secondsPerDay), int(seconds % secondsPerDay)
}

// appendTo writes the plain form: "128.00", "2025-03-08 09:05:33".
func (c cell) appendTo(dst []byte) []byte {
	switch c.kind {
	case cellFen:
		return appendYuan(dst, c.n)
	case cellWhole:
		return strconv.AppendInt(dst, c.n, 10)
	case cellTime:
		day, second := civil(c.n)
		dst = appendDate(dst, day)
		return appendClock(append(dst, ' '), second)
	case cellDay:
		return appendDate(dst, clock.Day(c.n))
	}
	return append(dst, c.text...)
}

// appendYuan writes an amount in 分 as yuan with two decimals.
func appendYuan(dst []byte, fen int64) []byte {
	if fen < 0 {
		dst = append(dst, '-')
		fen = -fen
	}
	dst = strconv.AppendInt(dst, fen/100, 10)
	return append(dst, '.', byte('0'+fen/10%10), byte('0'+fen%10))
}

func appendTwo(dst []byte, n int) []byte { return append(dst, byte('0'+n/10), byte('0'+n%10)) }

func appendDate(dst []byte, d clock.Day) []byte {
	y, m, day := d.Date()
	dst = append(appendTwo(appendTwo(dst, y/100), y%100), '-')
	return appendTwo(append(appendTwo(dst, int(m)), '-'), day)
}

func appendClock(dst []byte, second int) []byte {
	dst = append(appendTwo(dst, second/3600), ':')
	dst = append(appendTwo(dst, second/60%60), ':')
	return appendTwo(dst, second%60)
}

// appendField writes a CSV field, quoted where RFC 4180 asks for it.
func appendField(dst []byte, c cell) []byte {
	start := len(dst)
	dst = c.appendTo(dst)
	if c.kind != cellText || bytes.IndexAny(dst[start:], ",\"\r\n") < 0 {
		return dst
	}
	quoted := bytes.ReplaceAll(dst[start:], []byte(`"`), []byte(`""`))
	dst = append(append(dst[:start], '"'), quoted...)
	return append(dst, '"')
}
