package sheet

import (
	"io"
	"strings"

	"zhike/internal/platform/errs"
)

// findHeader reads the first rows, decides which one holds the titles and
// leaves the rows after it in the queue.
func (f *File) findHeader() error {
	var seen []Row
	var end error
	if f.opt.HeaderLine > 0 && !f.opt.NoHeader {
		seen, end = f.readTo(f.opt.HeaderLine)
	} else {
		seen, end = f.readSome(headerSearch)
	}
	if end != nil && end != io.EOF && len(seen) == 0 {
		return end
	}
	if len(seen) == 0 {
		return errs.New(errs.Invalid, "sheet.empty")
	}
	f.err = end

	h := 0
	switch {
	case f.opt.NoHeader:
		f.Info.Header = letters(len(trimBlank(seen[0].Cells)))
		f.queue = seen
		return nil
	case f.opt.HeaderLine > 0:
		h = len(seen) - 1
		if seen[h].Line != f.opt.HeaderLine {
			return errs.New(errs.Invalid, "sheet.no_such_header", "line", f.opt.HeaderLine)
		}
	default:
		h = guessHeader(seen)
	}
	for _, r := range seen[:h] {
		f.Info.Skipped = append(f.Info.Skipped, Title{r.Line, joinCells(r.Cells)})
	}
	for _, c := range trimBlank(seen[h].Cells) {
		if !f.opt.KeepEscape {
			c = Unescape(c)
		}
		f.Info.Header = append(f.Info.Header, c)
	}
	f.Info.HeaderLine, f.top = seen[h].Line, seen[h].Number
	f.queue = seen[h+1:]
	if len(f.queue) == 0 && f.err == nil {
		f.queue, f.err = f.readSome(1)
	}
	if len(f.queue) == 0 && f.err == io.EOF {
		return errs.New(errs.Invalid, "sheet.header_only", "columns", len(f.Info.Header))
	}
	if len(f.queue) == 0 && f.err != nil {
		return f.err
	}
	return nil
}

// readSome copies up to n rows that are not blank.
func (f *File) readSome(n int) ([]Row, error) {
	var out []Row
	for len(out) < n {
		if err := f.read(); err != nil {
			return out, err
		}
		if blank(&f.row) {
			f.blank++
			continue
		}
		out = append(out, cloneRow(&f.row))
	}
	return out, nil
}

// readTo copies the rows up to the one at line.
func (f *File) readTo(line int64) ([]Row, error) {
	var out []Row
	for {
		if err := f.read(); err != nil {
			return out, err
		}
		if f.row.Line > line {
			return append(out, cloneRow(&f.row)), nil
		}
		if !blank(&f.row) {
			out = append(out, cloneRow(&f.row))
			if len(out) > headerSearch { // titles are reported, not hoarded
				out = out[1:]
			}
		}
		if f.row.Line == line {
			return out, nil
		}
	}
}

func cloneRow(r *Row) Row {
	c := *r
	c.Cells = append([]string(nil), r.Cells...)
	c.Kinds = append([]Kind(nil), r.Kinds...)
	return c
}

// guessHeader picks the first row with at least two cells of text; a table of
// one column has its first row as header. Where that row is a row of merged
// group titles over a complete row of titles, the lower one is taken.
func guessHeader(rows []Row) int {
	h := -1
	for i := range rows {
		if textCells(&rows[i]) >= 2 {
			h = i
			break
		}
	}
	if h < 0 {
		return 0
	}
	if h+1 < len(rows) && groupTitles(&rows[h], &rows[h+1]) {
		h++
	}
	return h
}

// groupTitles says whether up holds merged titles over the titles in low: up
// has at most half as many cells, and low is all text without a digit.
func groupTitles(up, low *Row) bool {
	u, l := 0, 0
	seen := map[string]bool{}
	for i, c := range low.Cells {
		c = strings.TrimSpace(c)
		if c == "" {
			continue
		}
		if !isText(low, i) || strings.ContainsAny(c, "0123456789") || seen[c] {
			return false
		}
		seen[c] = true
		l++
	}
	for _, c := range up.Cells {
		if !blankText(c) {
			u++
		}
	}
	return l >= 4 && u*2 <= l
}

func textCells(r *Row) int {
	n := 0
	for i, c := range r.Cells {
		if !blankText(c) && isText(r, i) {
			n++
		}
	}
	return n
}

// isText says whether cell i is neither a number nor a date.
func isText(r *Row, i int) bool {
	if i < len(r.Kinds) && r.Kinds[i] != KindText {
		return false
	}
	c := strings.TrimSpace(r.Cells[i])
	return strings.Trim(c, "0123456789.,:-/+%¥￥ ") != ""
}

func joinCells(cells []string) string {
	var b strings.Builder
	for _, c := range cells {
		if c = strings.TrimSpace(c); c == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(c)
		if b.Len() > 500 {
			break
		}
	}
	return b.String()
}

// letters are the column names A … Z, AA, …
func letters(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = columnName(i)
	}
	return out
}

func columnName(i int) string {
	var b [8]byte
	p := len(b)
	for i++; i > 0; i = (i - 1) / 26 {
		p--
		b[p] = byte('A' + (i-1)%26)
	}
	return string(b[p:])
}
