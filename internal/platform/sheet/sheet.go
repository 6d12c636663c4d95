package sheet

import (
	"context"
	"strings"

	"zhike/internal/platform/errs"
)

// Formats that Info.Format reports.
const (
	FormatCSV   = "csv"
	FormatCSVGz = "csv.gz"
	FormatXLSX  = "xlsx"
)

// Encodings that Options.Encoding takes and Info.Encoding reports.
const (
	UTF8    = "utf-8"
	GB18030 = "gb18030"
	UTF16LE = "utf-16le"
	UTF16BE = "utf-16be"
)

// Options choose what detection would otherwise decide, and the bounds. The
// zero value detects everything and has the default bounds.
type Options struct {
	Encoding   string // "" = detect; one of the encodings above
	Delimiter  string // "" = detect; one of "," ";" "\t" "|"
	Sheet      string // XLSX: name of the sheet; "" = first visible one that is not empty
	HeaderLine int64  // line (CSV) or row number (XLSX) of the header; 0 = find it
	NoHeader   bool   // the first row is data; Info.Header gets A, B, C, …
	KeepEscape bool   // do not take the formula escape off (see Escape)

	MaxColumns  int   // default 150
	MaxCell     int   // bytes of one cell, default 1 MiB
	MaxXLSX     int64 // bytes of an XLSX file, default 64 MiB
	MaxUnpacked int64 // bytes after gunzip or of one sheet's XML, default 20 GiB and 4 GiB
	MaxMemory   int64 // bytes held for an XLSX (its copy and its shared strings), default 192 MiB
}

// DefaultMaxXLSX bounds a workbook, in bytes: it is held in memory.
const DefaultMaxXLSX = 64 << 20

const (
	maxRowBytes   = 32 << 20 // one CSV record
	bombRatio     = 200      // unpacked : packed
	bombAfter     = 64 << 20 // the ratio counts only after this many bytes
	headerSearch  = 10       // rows in which the header is looked for
	maxHeaderLine = 10_000
)

func (o Options) withDefaults() (Options, error) {
	if o.MaxColumns <= 0 {
		o.MaxColumns = 150
	}
	if o.MaxCell <= 0 {
		o.MaxCell = 1 << 20
	}
	if o.MaxXLSX <= 0 {
		o.MaxXLSX = DefaultMaxXLSX
	}
	if o.MaxMemory <= 0 {
		o.MaxMemory = 192 << 20
	}
	o.Encoding = strings.ToLower(o.Encoding)
	switch o.Encoding {
	case "gbk", "gb2312", "cp936":
		o.Encoding = GB18030
	case "utf8", "utf-8-sig":
		o.Encoding = UTF8
	case "", UTF8, GB18030, UTF16LE, UTF16BE:
	default:
		return o, errs.New(errs.Invalid, "sheet.bad_option", "option", "encoding")
	}
	switch o.Delimiter {
	case `\t`, "tab":
		o.Delimiter = "\t"
	case "", ",", ";", "\t", "|":
	default:
		return o, errs.New(errs.Invalid, "sheet.bad_option", "option", "delimiter")
	}
	if o.HeaderLine < 0 || o.HeaderLine > maxHeaderLine {
		return o, errs.New(errs.Invalid, "sheet.bad_option", "option", "header_line")
	}
	return o, nil
}

// Kind is what an XLSX cell was; every CSV cell is KindText.
type Kind uint8

// The kinds of cells.
const (
	KindText    Kind = iota
	KindNumber       // decimal text; a spreadsheet number, so at most 15 digits are trustworthy
	KindDate         // a real date: "2006-01-02" or "2006-01-02 15:04:05[.000]"
	KindTime         // a time of day without a date: "15:04:05"
	KindBool         // "TRUE" or "FALSE"
	KindError        // "#N/A", "#REF!", …
	KindNoValue      // a formula that was saved without its result; the text is empty
)

// Row is one data row.
//
// Cells, Kinds and Extra are reused by the following Next; the strings in
// Cells and Extra stay valid for as long as they are held.
type Row struct {
	Line     int64    // 1-based line of the file (CSV, the row's first) or row number (XLSX)
	Number   int64    // of the row behind the header, from 1; rows of blank cells count, empty lines of a CSV do not
	Cells    []string // exactly len(Info.Header); missing cells are ""
	Kinds    []Kind   // per cell for XLSX, nil for CSV
	Extra    []string // cells beyond the header, trailing empty ones left out
	Short    bool     // the row had fewer cells than the header (CSV only)
	BadQuote bool     // text followed a closing quote: quoting in this row is doubtful
}

// Info says what Open found.
type Info struct {
	Format     string
	Encoding   string // CSV
	BOM        bool   // CSV
	Delimiter  string // CSV
	Sheets     []string
	Sheet      string   // XLSX: the one being read
	Header     []string // titles as they stand, trailing empty ones left out
	HeaderLine int64    // 0 with Options.NoHeader
	Skipped    []Title  // rows above the header
	Size       int64    // what Offset counts up to; −1 = unknown
}

// Title is a row above the header, such as a merged caption.
type Title struct {
	Line int64
	Text string // its cells joined by a blank
}

// File is an open table. It is used by one goroutine.
type File struct {
	Info  Info
	rows  rowReader
	opt   Options
	queue []Row // rows read while the header was looked for
	row   Row
	extra []string
	blank int64
	seen  int64 // rows so far; CSV lines without any cell are none
	top   int64 // what seen was at the header
	err   error // sticky
}

// rowReader gives the rows of a format as they stand; File adds the rest.
type rowReader interface {
	// next fills row with all cells of the next row, trailing ones included.
	next(row *Row) error
	// offset is how far the source was read, in the unit of Info.Size.
	offset() int64
	close() error
}

// Open looks at src, decides what it is, finds the header and makes sure that
// there is a first row. It reads about 1 MiB of a CSV and, of an XLSX, the
// directory, styles and shared strings. The caller closes the File. Errors
// have the codes of the package comment; a failing src is passed on.
func Open(ctx context.Context, src Source, opt Options) (*File, error) {
	opt, err := opt.withDefaults()
	if err != nil {
		return nil, err
	}
	f := &File{opt: opt}
	if err := f.open(ctx, src); err != nil {
		if f.rows != nil {
			_ = f.rows.close()
		}
		return nil, err
	}
	return f, nil
}

func (f *File) open(ctx context.Context, src Source) error {
	what, err := detect(src)
	if err != nil {
		return err
	}
	f.Info.Format = what
	if what == FormatXLSX {
		f.rows, err = openXLSX(ctx, src, f.opt, &f.Info)
	} else {
		f.rows, err = openCSV(ctx, src, f.opt, &f.Info)
	}
	if err != nil {
		return err
	}
	return f.findHeader()
}

// Next gives the next row that is not blank, io.EOF after the last. Any other
// error is final: the file cannot be read on.
func (f *File) Next() (*Row, error) {
	for {
		if len(f.queue) > 0 {
			f.row.Line, f.row.Number, f.row.BadQuote = f.queue[0].Line, f.queue[0].Number, f.queue[0].BadQuote
			f.row.Cells = append(f.row.Cells[:0], f.queue[0].Cells...)
			f.row.Kinds = append(f.row.Kinds[:0], f.queue[0].Kinds...)
			f.queue = f.queue[1:]
		} else {
			if f.err != nil {
				return nil, f.err
			}
			if f.err = f.read(); f.err != nil {
				return nil, f.err
			}
		}
		if blank(&f.row) {
			f.blank++
			continue
		}
		f.fit()
		f.row.Number -= f.top
		return &f.row, nil
	}
}

// read reads the next row as it stands and numbers it.
func (f *File) read() error {
	if err := f.rows.next(&f.row); err != nil {
		return err
	}
	if f.Info.Format == FormatXLSX {
		f.seen = f.row.Line
	} else if len(f.row.Cells) > 1 || !blank(&f.row) {
		f.seen++
	}
	f.row.Number = f.seen
	return nil
}

// fit brings a row to the header's width and takes the formula escape off.
func (f *File) fit() {
	r, n := &f.row, len(f.Info.Header)
	r.Extra, r.Short = nil, false
	if len(r.Cells) > n {
		rest := trimBlank(r.Cells[n:])
		if len(rest) > 0 {
			f.extra = append(f.extra[:0], rest...)
			r.Extra = f.extra
		}
		r.Cells = r.Cells[:n]
	}
	if len(r.Cells) < n {
		r.Short = r.Kinds == nil
		for len(r.Cells) < n {
			r.Cells = append(r.Cells, "")
		}
	}
	if len(r.Kinds) > 0 {
		r.Kinds = r.Kinds[:min(n, len(r.Kinds))]
		for len(r.Kinds) < n {
			r.Kinds = append(r.Kinds, KindText)
		}
	}
	if f.opt.KeepEscape {
		return
	}
	for i, c := range r.Cells {
		if len(c) > 1 && c[0] == '\'' {
			r.Cells[i] = Unescape(c)
		}
	}
	for i, c := range r.Extra {
		r.Extra[i] = Unescape(c)
	}
}

// Blank is how many blank rows Next has passed over so far.
func (f *File) Blank() int64 { return f.blank }

// Offset is how much of Info.Size has been read: bytes of the file for a CSV
// (packed ones for gzip), bytes of the sheet's XML for an XLSX. For progress.
func (f *File) Offset() int64 { return f.rows.offset() }

// Close releases what Open opened.
func (f *File) Close() error { return f.rows.close() }

func blank(r *Row) bool {
	for i, c := range r.Cells {
		if c != "" && !blankText(c) {
			return false
		}
		if i < len(r.Kinds) && r.Kinds[i] == KindNoValue {
			return false
		}
	}
	return true
}

func blankText(s string) bool {
	if s == "" {
		return true
	}
	if s[0] > ' ' && s[0] < 0x80 {
		return false
	}
	return strings.TrimSpace(strings.Trim(s, "\ufeff\u200b")) == ""
}

func trimBlank(cells []string) []string {
	n := len(cells)
	for n > 0 && blankText(cells[n-1]) {
		n--
	}
	return cells[:n]
}
