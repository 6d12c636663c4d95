package sheet

import (
	"bytes"
	"context"
	"io"
	"strings"

	"zhike/internal/platform/errs"
)

// csvReader splits verified text into records by RFC 4180, with the licence
// that real files take: LF, CRLF or (in files without LF) CR ends a record; a
// quote inside an unquoted cell is an ordinary character; text after a closing
// quote is kept and flags the row (Row.BadQuote).
type csvReader struct {
	t       *textReader
	in      *counter
	closer  io.Closer
	delim   byte
	special [256]bool // delimiter and record end
	maxCell int
	maxCols int
	fields  []field
}

// field is a cell within the record, as offsets from the record's start.
type field struct {
	start, end int
	closed     int  // offset of the closing quote with text behind it, −1 without
	escaped    bool // holds "" for "
}

func openCSV(ctx context.Context, src Source, opt Options, info *Info) (rowReader, error) {
	rc, err := src.Open()
	if err != nil {
		return nil, err
	}
	c := &csvReader{in: &counter{r: rc}, closer: rc, maxCell: opt.MaxCell, maxCols: opt.MaxColumns}
	info.Size = src.Size()
	if err := c.start(ctx, opt, info); err != nil {
		rc.Close()
		return nil, err
	}
	return c, nil
}

func (c *csvReader) start(ctx context.Context, opt Options, info *Info) error {
	var in io.Reader = c.in
	if info.Format == FormatCSVGz {
		if opt.MaxUnpacked <= 0 {
			opt.MaxUnpacked = 20 << 30
		}
		gz, err := newGunzip(c.in, opt.MaxUnpacked)
		if err != nil {
			return err
		}
		in = gz
	}
	c.t = &textReader{ctx: ctx, src: in}
	if err := c.t.open(opt.Encoding, info.Format == FormatCSVGz, info.Size); err != nil {
		return err
	}
	sample := c.t.buf
	switch d := c.separatorLine(sample); {
	case opt.Delimiter != "":
		c.delim = opt.Delimiter[0]
	case d != 0:
		c.delim = d
	default:
		c.delim = guessDelimiter(sample, c.t.eol)
	}
	c.special[c.delim], c.special[c.t.eol] = true, true
	info.Encoding, info.BOM, info.Delimiter = c.t.enc, c.t.bom, string(rune(c.delim))
	if info.Encoding == "" {
		info.Encoding = UTF8
	}
	return nil
}

// separatorLine consumes the line "sep=;" that Excel understands.
func (c *csvReader) separatorLine(b []byte) byte {
	if len(b) < 6 || !strings.EqualFold(string(b[:4]), "sep=") || strings.IndexByte(",;\t|", b[4]) < 0 {
		return 0
	}
	n := 5
	if b[n] == '\r' && c.t.eol == '\n' && len(b) > n+1 {
		n++
	}
	if b[n] != c.t.eol {
		return 0
	}
	c.t.r, c.t.line = n+1, 1
	return b[4]
}

const (
	atStart = iota
	inPlain
	inQuoted
	afterQuote
	inTail // text behind a closing quote
)

// next reads one record. Positions are relative to t.r, because fill may move
// the window.
func (c *csvReader) next(row *Row) error {
	t := c.t
	c.fields = c.fields[:0]
	total, last := 0, 0 // cells in the record, and the last that is not empty
	state, i := atStart, 0
	f := field{closed: -1}
	quoted, bad := false, false
	b := t.buf[t.r:]
	size := -1 // bytes of the record with its end

	for size < 0 {
		if i == len(b) {
			if i-f.start > c.maxCell+2 && (!f.escaped || i-f.start > 2*c.maxCell+2) {
				return c.cellTooLarge(total+1, b[:f.start])
			}
			err := t.fill()
			b = t.buf[t.r:]
			if err == nil {
				continue
			}
			if err != io.EOF {
				return err
			}
			if len(b) == 0 {
				return io.EOF
			}
			if state == inQuoted {
				at := bytes.Count(b[:f.start], []byte{t.eol})
				return errs.New(errs.Invalid, "sheet.unterminated_quote", "line", t.line+int64(at)+1, "column", total+1)
			}
			size = len(b)
		} else {
			switch state {
			case atStart:
				if b[i] == '"' {
					state, quoted = inQuoted, true
					i++
					f.start = i
					continue
				}
				state = inPlain
				fallthrough
			case inPlain, inTail:
				for i < len(b) && !c.special[b[i]] {
					i++
				}
				if i == len(b) {
					continue
				}
			case inQuoted:
				k := bytes.IndexByte(b[i:], '"')
				if k < 0 {
					i = len(b)
					continue
				}
				i += k
				f.end = i
				i++
				state = afterQuote
				continue
			case afterQuote:
				switch {
				case b[i] == '"':
					f.escaped = true
					state = inQuoted
					i++
					continue
				case c.special[b[i]]:
				case b[i] == '\r' && t.eol == '\n':
					if i+1 == len(b) {
						if err := t.fill(); err != nil && err != io.EOF {
							return err
						}
						b = t.buf[t.r:]
					}
					if i+1 < len(b) && b[i+1] != '\n' {
						f.closed, state, bad = f.end, inTail, true
					} else {
						i++ // to the line feed, or to the end of the file
					}
					continue
				default:
					f.closed, state, bad = f.end, inTail, true
					continue
				}
			}
			if b[i] == t.eol {
				size = i + 1
			}
		}
		// A cell ends at i.
		if state != afterQuote {
			f.end = i
			if (size >= 0 && state != inQuoted) && t.eol == '\n' && f.end > f.start && b[f.end-1] == '\r' {
				f.end--
			}
		}
		if f.end-f.start > c.maxCell && (!f.escaped || f.end-f.start-bytes.Count(b[f.start:f.end], []byte(`""`)) > c.maxCell) {
			return c.cellTooLarge(total+1, b[:f.start])
		}
		total++
		if f.end > f.start {
			last = total
		}
		if total <= c.maxCols {
			c.fields = append(c.fields, f)
		}
		i++
		f = field{start: i, closed: -1}
		state = atStart
	}
	if last > c.maxCols {
		return errs.New(errs.TooLarge, "sheet.too_many_columns", "columns", last, "max", c.maxCols, "line", t.line+1)
	}
	c.cells(row, b[:size])
	row.Line, row.BadQuote = t.line+1, bad
	t.r += size
	if quoted {
		t.line += int64(bytes.Count(b[:size], []byte{t.eol}))
	} else {
		t.line++
	}
	return nil
}

// cells makes the strings of a record: one allocation, cut into cells.
func (c *csvReader) cells(row *Row, rec []byte) {
	line := string(rec)
	out := row.Cells[:0]
	for _, f := range c.fields {
		switch {
		case f.closed >= 0:
			s := strings.ReplaceAll(line[f.start:f.closed], `""`, `"`)
			out = append(out, s+line[f.closed+1:f.end])
		case f.escaped:
			out = append(out, strings.ReplaceAll(line[f.start:f.end], `""`, `"`))
		default:
			out = append(out, line[f.start:f.end])
		}
	}
	row.Cells, row.Kinds = out, nil
}

func (c *csvReader) cellTooLarge(col int, before []byte) error {
	line := c.t.line + int64(bytes.Count(before, []byte{c.t.eol})) + 1
	return errs.New(errs.TooLarge, "sheet.cell_too_large", "line", line, "column", col, "max_kb", c.maxCell>>10)
}

func (c *csvReader) offset() int64 { return c.in.n }
func (c *csvReader) close() error  { return c.closer.Close() }

// guessDelimiter splits the first records by each candidate and takes the one
// by which most of them have the same number of cells, at least two. Without
// any, the table has one column and the delimiter is a comma.
func guessDelimiter(sample []byte, eol byte) byte {
	const records = 50
	best, bestScore := byte(','), 0
	for _, d := range []byte{',', '\t', ';', '|'} {
		counts := map[int]int{}
		c := &csvReader{delim: d, maxCell: 1 << 20, maxCols: 20_000}
		c.t = &textReader{ctx: context.Background(), buf: sample[:min(len(sample), 256<<10)], err: io.EOF, eol: eol}
		c.special[d], c.special[eol] = true, true
		bad := 0
		var row Row
		for range records {
			if c.next(&row) != nil {
				break
			}
			if n := len(trimBlank(row.Cells)); n >= 2 {
				counts[len(row.Cells)]++
			}
			if row.BadQuote {
				bad++
			}
		}
		for n, k := range counts {
			// Records that agree weigh most, then the number of columns.
			if score := k*1000 + min(n, 150) - bad*500; score > bestScore {
				best, bestScore = d, score
			}
		}
	}
	return best
}
