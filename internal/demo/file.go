package demo

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"
)

// tableFile is a file being written row by row.
type tableFile interface {
	row(cells []cell) error
	close() error
}

// csvFile writes CSV through a buffer.
type csvFile struct {
	file    *os.File
	buffer  *bufio.Writer
	encoder io.Closer // nil for UTF-8
	out     io.Writer
	end     string
	line    []byte
}

// csvStyle is how a program exports CSV.
type csvStyle struct {
	gb18030 bool
	bom     bool
	crlf    bool
}

func (s csvStyle) encoding() string {
	switch {
	case s.gb18030:
		return "GB18030"
	case s.bom:
		return "UTF-8 BOM"
	}
	return "UTF-8"
}

func createCSV(path string, style csvStyle, header []string) (*csvFile, error) {
	f, err := createFile(path)
	if err != nil {
		return nil, err
	}
	c := &csvFile{file: f, buffer: bufio.NewWriterSize(f, 1<<18), end: "\n"}
	c.out = c.buffer
	if style.crlf {
		c.end = "\r\n"
	}
	if style.gb18030 {
		w := transform.NewWriter(c.buffer, simplifiedchinese.GB18030.NewEncoder())
		c.out, c.encoder = w, w
	}
	if style.bom {
		// An error of the buffer shows again at close.
		_, _ = c.buffer.WriteString("\ufeff")
	}
	return c, c.row(headerCells(header))
}

func createFile(path string) (*os.File, error) {
	return os.OpenFile(filepath.Clean(path), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
}

func headerCells(header []string) []cell {
	cells := make([]cell, len(header))
	for i, h := range header {
		cells[i] = text(h)
	}
	return cells
}

func (c *csvFile) row(cells []cell) error {
	c.line = c.line[:0]
	for i, v := range cells {
		if i > 0 {
			c.line = append(c.line, ',')
		}
		c.line = appendField(c.line, v)
	}
	c.line = append(c.line, c.end...)
	_, err := c.out.Write(c.line)
	return err
}

func (c *csvFile) close() error {
	var err error
	if c.encoder != nil {
		err = c.encoder.Close()
	}
	return errors.Join(err, c.buffer.Flush(), c.file.Close())
}

// xlsxFile writes one sheet as a stream.
type xlsxFile struct {
	path   string
	book   *excelize.File
	stream *excelize.StreamWriter
	styles [5]int // by cellKind
	next   int
	values []any
}

func createXLSX(path, sheet string, header []string, widths []float64) (*xlsxFile, error) {
	x := &xlsxFile{path: path, book: excelize.NewFile(), next: 1, values: make([]any, len(header))}
	if err := x.open(sheet, header, widths); err != nil {
		return nil, errors.Join(err, x.book.Close())
	}
	return x, nil
}

func (x *xlsxFile) open(sheet string, header []string, widths []float64) error {
	if err := x.book.SetSheetName("Sheet1", sheet); err != nil {
		return err
	}
	dateTime, date, money := "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd", "#,##0.00"
	formats := [5]*string{cellTime: &dateTime, cellDay: &date, cellFen: &money}
	for kind, format := range formats {
		if format == nil {
			continue
		}
		id, err := x.book.NewStyle(&excelize.Style{CustomNumFmt: format})
		if err != nil {
			return err
		}
		x.styles[kind] = id
	}
	bold, err := x.book.NewStyle(&excelize.Style{
		Font: &excelize.Font{Bold: true},
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"EFE6DC"}},
	})
	if err != nil {
		return err
	}
	if x.stream, err = x.book.NewStreamWriter(sheet); err != nil {
		return err
	}
	for i, w := range widths {
		if err := x.stream.SetColWidth(i+1, i+1, w); err != nil {
			return err
		}
	}
	err = x.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
	if err != nil {
		return err
	}
	values := make([]any, len(header))
	for i, h := range header {
		values[i] = excelize.Cell{StyleID: bold, Value: h}
	}
	x.next = 2
	return x.stream.SetRow("A1", values)
}

// excelEpoch is 1899-12-30, day 0 of Excel's serials, in days from 1970-01-01.
const excelEpoch = -25569

func (x *xlsxFile) row(cells []cell) error {
	for i, c := range cells {
		switch {
		case c.empty():
			x.values[i] = nil
		case c.kind == cellText:
			x.values[i] = c.text
		case c.kind == cellWhole:
			x.values[i] = c.n
		case c.kind == cellFen:
			x.values[i] = excelize.Cell{StyleID: x.styles[c.kind], Value: float64(c.n) / 100}
		case c.kind == cellDay:
			x.values[i] = excelize.Cell{StyleID: x.styles[c.kind], Value: c.n - excelEpoch}
		case c.kind == cellTime:
			x.values[i] = excelize.Cell{
				StyleID: x.styles[c.kind], Value: float64(c.n)/secondsPerDay - excelEpoch,
			}
		}
	}
	at, err := excelize.CoordinatesToCellName(1, x.next)
	if err != nil {
		return err
	}
	x.next++
	return x.stream.SetRow(at, x.values[:len(cells)])
}

func (x *xlsxFile) close() error {
	err := x.stream.Flush()
	if err == nil {
		err = x.save()
	}
	return errors.Join(err, x.book.Close())
}

func (x *xlsxFile) save() error {
	f, err := createFile(x.path)
	if err != nil {
		return err
	}
	buffer := bufio.NewWriterSize(f, 1<<18)
	_, err = x.book.WriteTo(buffer)
	return errors.Join(err, buffer.Flush(), f.Close())
}
