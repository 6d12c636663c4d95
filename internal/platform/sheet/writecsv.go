package sheet

import (
	"bufio"
	"bytes"
	"io"
)

// CSVOptions shape a CSV. The zero value is what Excel and WPS open without
// asking: UTF-8 with a BOM, commas, CRLF.
type CSVOptions struct {
	GB18030 bool // for programs that know no UTF-8; without a BOM
	NoBOM   bool
	NoTitle bool // leave the header row out
}

type csvWriter struct {
	w    *bufio.Writer
	gb   bool
	cols int
	buf  []byte
	out  []byte
	one  []byte
	err  error
}

// NewCSV starts a CSV on w and writes its header. Text that is not valid
// UTF-8, and NUL, is written as U+FFFD.
func NewCSV(w io.Writer, columns []Column, opt CSVOptions) (Writer, error) {
	c := &csvWriter{cols: len(columns), gb: opt.GB18030, w: bufio.NewWriterSize(w, 64<<10)}
	if !opt.GB18030 && !opt.NoBOM {
		c.w.WriteString("\ufeff")
	}
	if opt.NoTitle {
		return c, nil
	}
	titles := make([]Cell, len(columns))
	for i, col := range columns {
		titles[i] = Text(col.Title)
	}
	return c, c.Write(titles...)
}

func (c *csvWriter) Write(cells ...Cell) error {
	if c.err != nil {
		return c.err
	}
	if err := checkWidth(cells, c.cols); err != nil {
		return err
	}
	b := c.buf[:0]
	for i := range c.cols {
		if i > 0 {
			b = append(b, ',')
		}
		if i >= len(cells) || cells[i].empty() {
			if c.cols == 1 {
				b = append(b, `""`...) // an empty line would be no row
			}
			continue
		}
		if cells[i].kind != textCell {
			b = cells[i].appendPlain(b)
			continue
		}
		b = c.appendText(b, cells[i].s)
	}
	b = append(b, '\r', '\n')
	c.buf = b
	if c.gb {
		c.out = appendGB(c.out[:0], b)
		b = c.out
	}
	_, c.err = c.w.Write(b)
	return c.err
}

func (c *csvWriter) appendText(b []byte, s string) []byte {
	c.one = append(c.one[:0], storable(s)...)
	edge := c.one[0] == ' ' || c.one[len(c.one)-1] == ' '
	if !edge && bytes.IndexAny(c.one, ",\"\r\n\t;") < 0 {
		return append(b, c.one...)
	}
	b = append(b, '"')
	for _, ch := range c.one {
		if ch == '"' {
			b = append(b, '"')
		}
		b = append(b, ch)
	}
	return append(b, '"')
}

func (c *csvWriter) Close() error {
	if c.err == nil {
		c.err = c.w.Flush()
	}
	return c.err
}
