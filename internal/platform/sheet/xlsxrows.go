package sheet

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"zhike/internal/platform/errs"
)

// xlsxRows reads the rows of one sheet.
type xlsxRows struct {
	w      *workbook
	part   *partReader
	x      *xmlScanner
	inData bool
	done   bool
	lastNo int64
	text   []byte
	value  []byte
	valued bool // the cell had a <v>
}

func (w *workbook) rows(s sheetRef, info *Info) (*xlsxRows, error) {
	p, err := w.part(s.part, w.opt.MaxUnpacked)
	if err != nil {
		return nil, err
	}
	info.Sheet = s.name
	info.Size = int64(w.files[strings.ToLower(s.part)].UncompressedSize64)
	return &xlsxRows{w: w, part: p, x: newXMLScanner(p, xmlTokenLimit)}, nil
}

func (r *xlsxRows) offset() int64 { return r.x.read }

func (r *xlsxRows) close() error {
	err := r.part.Close()
	return errors.Join(err, r.w.at.Close())
}

func (r *xlsxRows) next(row *Row) error {
	row.Cells, row.Kinds, row.BadQuote = row.Cells[:0], row.Kinds[:0], false
	for !r.done {
		tok, err := r.x.next()
		if err == io.EOF {
			if !r.inData { // a sheet without <sheetData> has no rows
				r.done = true
				break
			}
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return damaged(err, r.part.name)
		}
		name := string(r.x.name)
		switch {
		case tok == xmlStart && name == "sheetData":
			r.inData = !r.x.selfEnd
			r.done = r.x.selfEnd
		case tok == xmlEnd && name == "sheetData":
			r.inData, r.done = false, true
		case tok == xmlStart && name == "row" && r.inData:
			return r.row(row)
		case tok == xmlStart && !r.inData && name != "worksheet":
			if err := r.x.skip(); err != nil {
				return damaged(err, r.part.name)
			}
		}
	}
	return io.EOF
}

func (r *xlsxRows) row(row *Row) error {
	no := r.lastNo + 1
	if a := r.x.attr("r"); a != nil {
		n, err := strconv.ParseInt(string(a), 10, 64)
		if err != nil || n < 1 || n > maxRowNumber {
			return damaged(errXML, r.part.name)
		}
		no = n
	}
	r.lastNo, row.Line = no, no
	if r.x.selfEnd {
		return nil
	}
	col := 0
	for {
		tok, err := r.x.next()
		if err != nil {
			return damaged(eofIsCut(err), r.part.name)
		}
		switch {
		case tok == xmlEnd && string(r.x.name) == "row":
			return nil
		case tok == xmlStart && string(r.x.name) == "c":
			if ref := r.x.attr("r"); ref != nil {
				n, ok := columnIndex(ref)
				if !ok {
					return damaged(errXML, r.part.name)
				}
				col = n
			}
			if err := r.cell(row, col); err != nil {
				return err
			}
			col++
		case tok == xmlStart:
			if err := r.x.skip(); err != nil {
				return damaged(err, r.part.name)
			}
		}
	}
}

// cell reads <c>, whose start tag is the current token, into row.
func (r *xlsxRows) cell(row *Row, col int) error {
	x := r.x
	typ := byte('n')
	if t := x.attr("t"); len(t) > 0 {
		typ = t[0]
		switch string(t) {
		case "str":
			typ = 'f'
		case "inlineStr":
			typ = 'i'
		}
	}
	style := 0
	if s := x.attr("s"); s != nil {
		style, _ = strconv.Atoi(string(s))
	}
	r.text, r.value, r.valued = r.text[:0], r.value[:0], false
	formula, err := false, error(nil)
	if !x.selfEnd {
		formula, err = r.content(x)
	}
	if errors.Is(err, errCell) || errors.Is(err, errXMLToken) {
		return errs.New(errs.TooLarge, "sheet.cell_too_large", "line", row.Line, "column", col+1, "max_kb", r.w.opt.MaxCell>>10)
	}
	if err != nil {
		return damaged(err, r.part.name)
	}
	text, kind, err := r.convert(typ, style, formula)
	if err != nil {
		return err
	}
	if text == "" && kind != KindNoValue {
		return nil
	}
	if col >= r.w.opt.MaxColumns {
		if blankText(text) {
			return nil
		}
		return errs.New(errs.TooLarge, "sheet.too_many_columns", "columns", col+1, "max", r.w.opt.MaxColumns, "line", row.Line)
	}
	for len(row.Cells) <= col {
		row.Cells, row.Kinds = append(row.Cells, ""), append(row.Kinds, KindText)
	}
	row.Cells[col], row.Kinds[col] = text, kind
	return nil
}

// content collects the value and the inline text of a cell.
func (r *xlsxRows) content(x *xmlScanner) (formula bool, err error) {
	for {
		tok, err := x.next()
		if err != nil {
			return formula, eofIsCut(err)
		}
		if tok == xmlEnd { // children are consumed below, so this is </c>
			return formula, nil
		}
		if tok != xmlStart {
			continue
		}
		switch string(x.name) {
		case "v":
			r.valued = true
			if x.selfEnd {
				continue
			}
			for {
				tok, err := x.next()
				if err != nil {
					return formula, eofIsCut(err)
				}
				if tok == xmlEnd {
					break
				}
				if tok == xmlStart {
					return formula, errXML
				}
				if r.value, err = x.appendText(r.value); err != nil {
					return formula, err
				}
				if len(r.value) > r.w.opt.MaxCell {
					return formula, errCell
				}
			}
		case "is":
			if r.text, err = richText(x, r.text, r.w.opt.MaxCell); err != nil {
				return formula, err
			}
		case "f":
			formula = true
			if err := x.skip(); err != nil {
				return formula, err
			}
		default:
			if err := x.skip(); err != nil {
				return formula, err
			}
		}
	}
}

// convert makes text of a cell's value by its type and style.
func (r *xlsxRows) convert(typ byte, style int, formula bool) (string, Kind, error) {
	if formula && !r.valued {
		return "", KindNoValue, nil
	}
	switch typ {
	case 's':
		if len(r.value) == 0 {
			return "", KindText, nil
		}
		i, err := strconv.Atoi(string(bytes.TrimSpace(r.value)))
		s, ok := r.w.shared.get(i)
		if err != nil || !ok {
			return "", 0, errs.New(errs.Invalid, "sheet.damaged", "part", "sharedStrings.xml")
		}
		return s, KindText, nil
	case 'i':
		return string(r.text), KindText, nil
	case 'f':
		return string(unescapeX(r.value)), KindText, nil
	}
	if len(r.value) == 0 {
		return "", KindText, nil
	}
	switch typ {
	case 'b':
		if string(r.value) == "1" || string(r.value) == "true" {
			return "TRUE", KindBool, nil
		}
		return "FALSE", KindBool, nil
	case 'e':
		return string(r.value), KindError, nil
	case 'd':
		return strings.Replace(string(r.value), "T", " ", 1), KindDate, nil
	}
	num, ok := cellNumber(r.value)
	if !ok {
		return num, KindText, nil
	}
	if style > 0 && style < len(r.w.styles) && r.w.styles[style] != notDate {
		if s, k, ok := serialText(num, r.w.styles[style], r.w.date1904); ok {
			return s, k, nil
		}
	}
	return num, KindNumber, nil
}

// columnIndex reads the letters of a cell reference such as "AB12".
func columnIndex(ref []byte) (int, bool) {
	n := 0
	for i, c := range ref {
		switch {
		case c >= 'A' && c <= 'Z':
			n = n*26 + int(c-'A') + 1
		case c >= 'a' && c <= 'z':
			n = n*26 + int(c-'a') + 1
		case c >= '0' && c <= '9' && i > 0 && n > 0 && n <= maxColumnNumber:
			return n - 1, true
		default:
			return 0, false
		}
		if n > maxColumnNumber {
			return 0, false
		}
	}
	return n - 1, n > 0
}
