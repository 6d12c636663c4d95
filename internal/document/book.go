package document

import (
	"io"
	"math"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
)

// Book writes a workbook whose sheets a domain lays out; the first error sticks
// and ends the writing. Text is written as text, never as a formula, and the same
// content gives the same bytes.
type Book struct {
	File    *excelize.File
	Running Running
	zone    *time.Location
	first   bool
	styles  map[bookStyle]int
	widths  map[string][]float64 // per sheet and column, in characters
	err     error
}

// NewBook begins a workbook; zone is company time. The caller closes it.
func NewBook(zone *time.Location, r Running) *Book {
	return &Book{File: excelize.NewFile(), Running: r, zone: zone, styles: map[bookStyle]int{}, widths: map[string][]float64{}}
}

// Close frees what the library holds.
func (b *Book) Close() { _ = b.File.Close() }

// bookStyle names a cell style.
type bookStyle struct {
	kind  Kind
	role  string // "", head, foot, title, lead, group, term, wrap, sentence, left
	stamp bool   // a day with its time
	chip  bool   // the name of a level, in its tone
	apart bool   // text that keeps off the number in the column before
	tone  int
}

// The widest and the narrowest column that fitted widths come to.
const (
	MinColumn, MaxColumn = 9.0, 46.0
	bookFont             = "Microsoft YaHei"
)

// Try keeps the first error.
func (b *Book) Try(err error) {
	if b.err == nil && err != nil {
		b.err = err
	}
}

// Sheet makes a sheet, lets write fill it, and sets widths and print layout.
func (b *Book) Sheet(name string, write func(sheet string)) {
	if b.err != nil {
		return
	}
	if !b.first {
		b.first = true
		b.Try(b.File.SetSheetName("Sheet1", name))
		b.Try(b.File.SetDefaultFont(bookFont))
	} else {
		_, err := b.File.NewSheet(name)
		b.Try(err)
	}
	write(name)
	for i, w := range b.widths[name] {
		if w > 0 {
			col, err := excelize.ColumnNumberToName(i + 1)
			b.Try(err)
			b.Try(b.File.SetColWidth(name, col, col, min(MaxColumn, max(MinColumn, w+2.5))))
		}
	}
	size, wide, one, free := 9, "landscape", 1, 0 // 9 is A4
	b.Try(b.File.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &size, Orientation: &wide, FitToWidth: &one, FitToHeight: &free}))
	fit, grid := true, false
	b.Try(b.File.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}))
	b.Try(b.File.SetSheetView(name, 0, &excelize.ViewOptions{ShowGridLines: &grid}))
	b.Try(b.File.SetHeaderFooter(name, &excelize.HeaderFooterOptions{
		OddHeader: "&L" + headerText(b.Running.Left) + "&R" + headerText(b.Running.Right),
		OddFooter: "&L" + headerText(name) + "&R" + b.Running.Pages,
	}))
}

// headerText keeps a name from being read as codes of a page header; digits
// after a code would be a type size.
func headerText(s string) string {
	return " " + strings.ReplaceAll(CutText(PlainLine(s), 80), "&", "&&")
}

// Frozen fixes rows at the top and columns at the left, and repeats the rows on
// each printed page.
func (b *Book) Frozen(sheet string, rows, cols int) {
	cell, err := excelize.CoordinatesToCellName(cols+1, rows+1)
	b.Try(err)
	pane := "bottomLeft"
	if cols > 0 {
		pane = "bottomRight"
	}
	b.Try(b.File.SetPanes(sheet, &excelize.Panes{Freeze: true, XSplit: cols, YSplit: rows, TopLeftCell: cell, ActivePane: pane}))
	from, err := excelize.CoordinatesToCellName(1, 1, true)
	b.Try(err)
	to, err := excelize.CoordinatesToCellName(1, rows, true)
	b.Try(err)
	row := func(ref string) string { return ref[strings.LastIndex(ref, "$"):] }
	b.Try(b.File.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", RefersTo: quoted(sheet) + "!" + row(from) + ":" + row(to), Scope: sheet,
	}))
}

func quoted(sheet string) string { return "'" + strings.ReplaceAll(sheet, "'", "''") + "'" }

// Put writes one value in the style of its kind and counts its width.
func (b *Book) Put(sheet string, col, row int, kind Kind, role string, v any) {
	if b.err != nil {
		return
	}
	cell, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		b.Try(err)
		return
	}
	style := bookStyle{kind: kind, role: role, apart: col > 1 && !kind.Numeric() && !slices.Contains([]string{"left", "wrap"}, role)}
	text := kind.Text(v)
	switch x := v.(type) {
	case nil:
		err = nil
	case string:
		if kind == KindMonth {
			if d, perr := clock.ParseDay(x + "-01"); perr == nil {
				err = b.File.SetCellInt(sheet, cell, serialDay(d))
				break
			}
			style.kind = KindText
		}
		err = b.File.SetCellStr(sheet, cell, CleanXML(x))
	case Shaded:
		b.Put(sheet, col, row, kind, role, x.Value)
		return
	case Level:
		style.tone, style.chip = x.Tone, true
		err = b.File.SetCellStr(sheet, cell, CleanXML(x.Name))
	case clock.Day:
		err = b.File.SetCellInt(sheet, cell, serialDay(x))
	case time.Time:
		style.kind, style.stamp, text = KindDay, true, "2006-01-02 15:04"
		err = b.File.SetCellFloat(sheet, cell, serialTime(x.In(b.zone)), -1, 64)
	case int64:
		if kind == KindMoney {
			err = b.File.SetCellFloat(sheet, cell, float64(x)/100, -1, 64)
		} else {
			err = b.File.SetCellInt(sheet, cell, x)
		}
	case Yuan:
		style.kind = KindMoney
		err = b.File.SetCellFloat(sheet, cell, float64(x), -1, 64)
	case float64:
		if isFinite(x) {
			err = b.File.SetCellFloat(sheet, cell, x, -1, 64)
		}
	}
	b.Try(err)
	b.Try(b.File.SetCellStyle(sheet, cell, cell, b.style(style)))
	if !slices.Contains([]string{"title", "lead", "wrap", "sentence", "caption", "group"}, role) {
		b.Widen(sheet, col, float64(TextColumns(text)))
	}
}

// Widen makes sure that column col holds n characters.
func (b *Book) Widen(sheet string, col int, n float64) {
	w := b.widths[sheet]
	for len(w) < col {
		w = append(w, 0)
	}
	w[col-1] = max(w[col-1], n)
	b.widths[sheet] = w
}

// serialDay is a day as spreadsheets count: 1 is 1900-01-01, with the leap day
// that never was.
func serialDay(d clock.Day) int64 { return int64(d) + 25_569 }

// serialTime is the wall clock of t, to the second.
func serialTime(t time.Time) float64 {
	y, m, d := t.Date()
	h, mi, s := t.Clock()
	return float64(serialDay(clock.DateDay(y, m, d))) + math.Round(float64(h*3600+mi*60+s)/86_400*1e9)/1e9
}

// Table writes a table with its header at (col, row) and gives the row after it.
func (b *Book) Table(sheet string, col, row int, t *Table) int {
	for i, c := range t.Cols {
		kind := KindText
		if c.Kind.Numeric() {
			kind = c.Kind
		}
		b.Put(sheet, col+i, row, kind, "head", c.Head)
	}
	row++
	write := func(values []any, role string) {
		for i, v := range values {
			b.Put(sheet, col+i, row, t.Cols[i].Kind, role, v)
		}
		row++
	}
	for _, r := range t.Rows {
		write(r, "")
	}
	if t.Foot != nil {
		write(t.Foot, "foot")
	}
	return row
}

// About is what a workbook says of itself. MadeAt is in unix ms.
type About struct {
	Title, Subject, Company, Locale string
	MadeAt                          int64
}

// Write ends the workbook.
func (b *Book) Write(w io.Writer, about About) error {
	at := time.UnixMilli(about.MadeAt).UTC().Format(time.RFC3339)
	b.Try(b.File.SetDocProps(&excelize.DocProperties{
		Title: CleanXML(about.Title), Creator: "Zhike", LastModifiedBy: "Zhike", Created: at, Modified: at,
		Subject: CleanXML(about.Subject), Language: about.Locale,
	}))
	b.Try(b.File.SetAppProps(&excelize.AppProperties{Application: "Zhike", Company: CleanXML(about.Company)}))
	b.File.SetActiveSheet(0)
	// The library lists file types in the order of a map.
	if types := b.File.ContentTypes; types != nil {
		sort.Slice(types.Defaults, func(i, k int) bool { return types.Defaults[i].Extension < types.Defaults[k].Extension })
	}
	if b.err != nil {
		return errs.Wrap(b.err, errs.Internal, "internal")
	}
	_, err := b.File.WriteTo(w)
	return err
}
