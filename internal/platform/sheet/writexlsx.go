package sheet

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/klauspost/compress/flate"

	"zhike/internal/platform/errs"
)

// Bounds that Excel sets.
const (
	MaxXLSXRows     = 1_048_576 // per sheet, the header included
	MaxXLSXCellText = 32_767    // UTF-16 units of one cell
)

// XLSXOptions shape a workbook.
type XLSXOptions struct {
	Sheet string // name of the sheet, default "Sheet1"; at most 31 characters
}

// xlsxWriter writes the parts of a workbook straight into the ZIP, so that
// rows neither pile up in memory nor lie in a temporary file. Text is inline
// (no table of shared strings). When a sheet is full, a further one with the
// same header follows.
type xlsxWriter struct {
	zip     *zip.Writer
	part    *bufio.Writer
	columns []Column
	name    string
	sheets  int
	row     int
	maxRows int
	buf     []byte
	err     error
}

// The cell styles of stylesXML, by position in cellXfs.
const (
	styleText = iota + 1
	styleHeader
	styleInt
	styleYuan
	stylePercent
	styleDate
	styleDateTime
)

// NewXLSX starts a workbook on w: a frozen bold header, column widths, and
// real numbers, dates, percentages and ¥ amounts. Text longer than
// MaxXLSXCellText is refused with sheet.cell_too_long.
func NewXLSX(w io.Writer, columns []Column, opt XLSXOptions) (Writer, error) {
	x := &xlsxWriter{zip: zip.NewWriter(w), columns: columns, name: sheetName(opt.Sheet), maxRows: MaxXLSXRows}
	x.zip.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, 5)
	})
	x.err = x.startSheet()
	return x, x.err
}

// sheetName makes a name that Excel accepts.
func sheetName(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, r) || r < ' ' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if s == "" {
		return "Sheet1"
	}
	if r := []rune(s); len(r) > 27 { // room for " (2)"
		s = string(r[:27])
	}
	return s
}

func (x *xlsxWriter) create(name string) (*bufio.Writer, error) {
	w, err := x.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
	return bufio.NewWriterSize(w, 64<<10), err
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

func (x *xlsxWriter) startSheet() (err error) {
	x.sheets++
	x.row = 0
	x.part, err = x.create(fmt.Sprintf("xl/worksheets/sheet%d.xml", x.sheets))
	if err != nil {
		return err
	}
	b := append(x.buf[:0], xmlHead...)
	b = append(b, `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"`...)
	if x.sheets == 1 {
		b = append(b, ` tabSelected="1"`...)
	}
	b = append(b, `><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`...)
	if len(x.columns) > 0 {
		b = append(b, `<cols>`...)
		for i, c := range x.columns {
			b = fmt.Appendf(b, `<col min="%d" max="%d" width="%.1f" customWidth="1"/>`, i+1, i+1, columnWidth(c))
		}
		b = append(b, `</cols>`...)
	}
	b = append(b, `<sheetData>`...)
	x.buf = b
	if _, err := x.part.Write(b); err != nil {
		return err
	}
	titles := make([]Cell, len(x.columns))
	for i, c := range x.columns {
		titles[i] = Text(c.Title)
	}
	return x.writeRow(titles, styleHeader)
}

// columnWidth is the wish, or the title's width with a Han character as two.
func columnWidth(c Column) float64 {
	w := c.Width
	if w <= 0 {
		w = 4
		for _, r := range c.Title {
			if w++; r >= 0x1100 {
				w++
			}
		}
		w = max(w, 10)
	}
	return min(w, 120)
}

func (x *xlsxWriter) Write(cells ...Cell) error {
	if x.err != nil {
		return x.err
	}
	if err := checkWidth(cells, len(x.columns)); err != nil {
		return err
	}
	if x.row >= x.maxRows {
		if x.err = x.endSheet(); x.err == nil {
			x.err = x.startSheet()
		}
		if x.err != nil {
			return x.err
		}
	}
	err := x.writeRow(cells, styleText)
	if err != nil && !errs.Is(err, "sheet.cell_too_long") {
		x.err = err
	}
	return err
}

func (x *xlsxWriter) writeRow(cells []Cell, textStyle int) error {
	b := append(x.buf[:0], `<row r="`...)
	b = strconv.AppendInt(b, int64(x.row+1), 10)
	b = append(b, `">`...)
	for i, c := range cells {
		if c.empty() {
			continue
		}
		b = append(b, `<c r="`...)
		b = append(b, columnName(i)...)
		b = strconv.AppendInt(b, int64(x.row+1), 10)
		var err error
		if b, err = appendXLSXCell(b, c, textStyle); err != nil {
			return err
		}
		b = append(b, `</c>`...)
	}
	b = append(b, `</row>`...)
	x.buf = b
	x.row++
	_, err := x.part.Write(b)
	return err
}

// appendXLSXCell writes the rest of <c r="A1 up to its end tag.
func appendXLSXCell(b []byte, c Cell, textStyle int) ([]byte, error) {
	num := func(style int) {
		b = append(b, `" s="`...)
		b = strconv.AppendInt(b, int64(style), 10)
		b = append(b, `"><v>`...)
	}
	switch c.kind {
	case intCell:
		if c.i >= 1e15 || c.i <= -1e15 { // a spreadsheet would round it
			return appendInline(b, strconv.FormatInt(c.i, 10), styleText), nil
		}
		num(styleInt)
		b = strconv.AppendInt(b, c.i, 10)
	case fenCell:
		num(styleYuan)
		b = appendYuan(b, c.i)
	case floatCell:
		num(0)
		b = strconv.AppendFloat(b, c.f, 'g', -1, 64)
	case percentCell:
		num(stylePercent)
		b = strconv.AppendFloat(b, c.f, 'g', -1, 64)
	case dateCell, dateTimeCell:
		serial, ok := dateSerial(c)
		if !ok {
			return appendInline(b, string(c.appendPlain(nil)), styleText), nil
		}
		num(styleDate + int(c.kind-dateCell))
		b = strconv.AppendFloat(b, serial, 'f', -1, 64)
	default:
		s := storable(c.s)
		if len(s) > MaxXLSXCellText && utf16Len(s) > MaxXLSXCellText {
			return b, errs.New(errs.TooLarge, "sheet.cell_too_long", "max", MaxXLSXCellText)
		}
		return appendInline(b, s, textStyle), nil
	}
	return append(b, `</v>`...), nil
}

func appendInline(b []byte, s string, style int) []byte {
	b = append(b, `" s="`...)
	b = strconv.AppendInt(b, int64(style), 10)
	b = append(b, `" t="inlineStr"><is><t xml:space="preserve">`...)
	b = appendXMLText(b, s)
	return append(b, `</t></is>`...)
}

// appendXMLText escapes mark-up, and as _xHHHH_ the characters that XML
// cannot hold and what already looks like such an escape.
func appendXMLText(b []byte, s string) []byte {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			i++
			switch {
			case c == '&':
				b = append(b, "&amp;"...)
			case c == '<':
				b = append(b, "&lt;"...)
			case c == '>':
				b = append(b, "&gt;"...)
			case c == '_' && i+6 <= len(s) && s[i] == 'x' && s[i+5] == '_':
				b = append(b, "_x005F_"...)
			case c < ' ' && c != '\n' && c != '\t':
				b = fmt.Appendf(b, "_x%04X_", c)
			default:
				b = append(b, c)
			}
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == 0xfffe || r == 0xffff {
			b = fmt.Appendf(b, "_x%04X_", r)
		} else {
			b = append(b, s[i:i+n]...)
		}
		i += n
	}
	return b
}

func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// dateSerial is the wall clock of c.t as days since 1899-12-30; ok is false
// before 1 March 1900, where spreadsheets count a day that never was.
func dateSerial(c Cell) (float64, bool) {
	y, m, d := c.t.Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	days := math.Round(day.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24)
	if days < 61 || y > 9999 {
		return 0, false
	}
	if c.kind == dateTimeCell {
		h, mi, s := c.t.Clock()
		days += float64(h*3600+mi*60+s) / 86400
	}
	return days, true
}

func (x *xlsxWriter) endSheet() error {
	last := columnName(max(len(x.columns), 1) - 1)
	fmt.Fprintf(x.part, `</sheetData><autoFilter ref="A1:%s%d"/></worksheet>`, last, max(x.row, 1))
	return x.part.Flush()
}

func (x *xlsxWriter) Close() error {
	if x.err != nil {
		return x.err
	}
	if x.err = x.endSheet(); x.err != nil {
		return x.err
	}
	var types, book, rels strings.Builder
	for i := 1; i <= x.sheets; i++ {
		name := x.name
		if i > 1 {
			name = fmt.Sprintf("%s (%d)", x.name, i)
		}
		fmt.Fprintf(&types, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`, i)
		book.WriteString(`<sheet name="`)
		_ = xml.EscapeText(&book, []byte(name))
		fmt.Fprintf(&book, `" sheetId="%d" r:id="rId%d"/>`, i, i)
		fmt.Fprintf(&rels, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i, relNS, i)
	}
	fmt.Fprintf(&rels, `<Relationship Id="rId%d" Type="%s/styles" Target="styles.xml"/>`, x.sheets+1, relNS)
	const ns = `http://schemas.openxmlformats.org/package/2006/`
	parts := []struct{ name, text string }{
		{"[Content_Types].xml", `<Types xmlns="` + ns + `content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>` + types.String() + `</Types>`},
		{"_rels/.rels", `<Relationships xmlns="` + ns + `relationships"><Relationship Id="rId1" Type="` + relNS + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="` + relNS + `"><sheets>` + book.String() + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + ns + `relationships">` + rels.String() + `</Relationships>`},
		{"xl/styles.xml", stylesXML},
	}
	for _, p := range parts {
		var w *bufio.Writer
		if w, x.err = x.create(p.name); x.err != nil {
			return x.err
		}
		w.WriteString(xmlHead)
		w.WriteString(p.text)
		if x.err = w.Flush(); x.err != nil {
			return x.err
		}
	}
	x.err = x.zip.Close()
	return x.err
}

const relNS = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`

const stylesXML = `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` +
	`<numFmts count="3"><numFmt numFmtId="164" formatCode="&quot;¥&quot;#,##0.00;[Red]\-&quot;¥&quot;#,##0.00"/><numFmt numFmtId="165" formatCode="yyyy\-mm\-dd"/><numFmt numFmtId="166" formatCode="yyyy\-mm\-dd\ hh:mm:ss"/></numFmts>` +
	`<fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font><font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>` +
	`<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFF2F4F7"/><bgColor indexed="64"/></patternFill></fill></fills>` +
	`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
	`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
	`<cellXfs count="8"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
	`<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
	`<xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"/>` +
	`<xf numFmtId="1" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
	`<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
	`<xf numFmtId="10" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
	`<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
	`<xf numFmtId="166" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>` +
	`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
