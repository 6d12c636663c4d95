package sheet

import (
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"zhike/internal/platform/errs"
)

// Writer writes rows of cells. Write keeps nothing of the row; Close finishes
// the file but leaves the io.Writer below open.
type Writer interface {
	// Write adds a row. Missing cells at its end are left empty; more cells
	// than columns are sheet.too_many_cells.
	Write(cells ...Cell) error
	// Close writes what is still held. A file that was not closed is damaged.
	Close() error
}

// NewWriter begins a table of a format, "csv" or "xlsx"; name is that of the
// sheet.
func NewWriter(w io.Writer, format, name string, columns []Column) (Writer, error) {
	if format == "xlsx" {
		return NewXLSX(w, columns, XLSXOptions{Sheet: name})
	}
	return NewCSV(w, columns, CSVOptions{})
}

// Column is a title, and for XLSX a width in characters (0 = by the title).
type Column struct {
	Title string
	Width float64
}

type cellKind uint8

const (
	blankCell cellKind = iota
	textCell
	intCell
	fenCell
	floatCell
	percentCell
	dateCell
	dateTimeCell
)

// Cell is one value to be written; the zero Cell is empty.
type Cell struct {
	kind cellKind
	s    string
	i    int64
	f    float64
	t    time.Time
}

// Text is text. What a spreadsheet would run as a formula is escaped.
func Text(s string) Cell { return Cell{kind: textCell, s: s} }

// Int is a whole number.
func Int(n int64) Cell { return Cell{kind: intCell, i: n} }

// Fen is an amount of money in 分, shown as yuan.
func Fen(n int64) Cell { return Cell{kind: fenCell, i: n} }

// Float is any number; NaN and infinities are written as empty cells.
func Float(f float64) Cell {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Cell{}
	}
	return Cell{kind: floatCell, f: f}
}

// Percent is a share, 0.25 for 25 %.
func Percent(f float64) Cell {
	c := Float(f)
	if c.kind == floatCell {
		c.kind = percentCell
	}
	return c
}

// Date is the day that t shows in its location.
func Date(t time.Time) Cell { return Cell{kind: dateCell, t: t} }

// DateTime is the date and time of day, to the second, that t shows in its
// location. The zero time is an empty cell.
func DateTime(t time.Time) Cell { return Cell{kind: dateTimeCell, t: t} }

// empty says whether the cell has nothing to write.
func (c Cell) empty() bool {
	switch c.kind {
	case blankCell:
		return true
	case textCell:
		return c.s == ""
	case dateCell, dateTimeCell:
		return c.t.IsZero()
	}
	return false
}

// appendPlain writes the value as a CSV shows it.
func (c Cell) appendPlain(b []byte) []byte {
	switch c.kind {
	case textCell:
		return append(b, c.s...)
	case intCell:
		return strconv.AppendInt(b, c.i, 10)
	case fenCell:
		return appendYuan(b, c.i)
	case floatCell:
		return strconv.AppendFloat(b, c.f, 'f', -1, 64)
	case percentCell:
		return append(strconv.AppendFloat(b, c.f*100, 'f', 2, 64), '%')
	case dateCell:
		return c.t.AppendFormat(b, "2006-01-02")
	case dateTimeCell:
		return c.t.AppendFormat(b, "2006-01-02 15:04:05")
	}
	return b
}

// appendYuan writes fen as yuan with two decimals.
func appendYuan(b []byte, fen int64) []byte {
	u := uint64(fen)
	if fen < 0 {
		b, u = append(b, '-'), -u
	}
	b = strconv.AppendUint(b, u/100, 10)
	return append(b, '.', byte('0'+u%100/10), byte('0'+u%10))
}

// storable is s as both formats can hold it: valid UTF-8 without NUL, escaped.
func storable(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "\ufffd")
	}
	return Escape(s)
}

func checkWidth(cells []Cell, columns int) error {
	if len(cells) > columns {
		return errs.New(errs.Internal, "sheet.too_many_cells", "cells", len(cells), "columns", columns)
	}
	return nil
}
