package tiering

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

// WriteXLSX writes the report as a workbook: real numbers, dates, percentages
// and amounts in yuan, native charts, frozen headers. Text is written as text,
// never as a formula. The same report gives the same bytes. zone is the
// company's; nil is China Standard Time.
func WriteXLSX(w io.Writer, r *Report, zone *time.Location) error {
	p, err := newProse(r, zone)
	if err != nil {
		return err
	}
	b := &book{prose: p, f: excelize.NewFile(), styles: map[bookStyle]int{}, widths: map[string][]float64{}}
	defer func() { _ = b.f.Close() }()
	for _, s := range []struct {
		key   string
		write func(sheet string)
	}{
		{"sheet.overview", b.overview}, {"sheet.levels", b.levelSheet},
		{"sheet.key", func(sheet string) { b.people(sheet, r.KeyCustomers, "key.empty") }},
		{"sheet.slipping", func(sheet string) { b.people(sheet, r.Slipping, "slipping.empty") }},
		{"sheet.moves", b.moveSheet}, {"sheet.concentration", b.concentrationSheet},
		{"sheet.rfm", b.rfmSheet}, {"sheet.months", b.monthSheet},
	} {
		b.sheet(p.t(s.key), s.write)
	}
	b.properties()
	if b.err != nil {
		return errs.Wrap(b.err, errs.Internal, "internal")
	}
	_, err = b.f.WriteTo(w)
	return err
}

// book writes a workbook; the first error sticks and ends the writing.
type book struct {
	*prose
	f      *excelize.File
	first  bool
	styles map[bookStyle]int
	widths map[string][]float64 // per sheet and column, in characters
	err    error
}

// bookStyle names a cell style.
type bookStyle struct {
	kind  cellKind
	role  string // "", head, foot, title, lead, group, term, wrap, sentence, left
	stamp bool   // a day with its time
	chip  bool   // the name of a level, in its tone
	apart bool   // text that keeps off the number in the column before
	tone  int
}

// The widest and the narrowest column that fitted widths come to.
const (
	minColumn, maxColumn = 9.0, 46.0
	bookFont             = "Microsoft YaHei"
)

func (b *book) try(err error) {
	if b.err == nil && err != nil {
		b.err = err
	}
}

// sheet makes a sheet, lets write fill it, and sets widths and print layout.
func (b *book) sheet(name string, write func(string)) {
	if b.err != nil {
		return
	}
	if !b.first {
		b.first = true
		b.try(b.f.SetSheetName("Sheet1", name))
		b.try(b.f.SetDefaultFont(bookFont))
	} else {
		_, err := b.f.NewSheet(name)
		b.try(err)
	}
	write(name)
	for i, w := range b.widths[name] {
		if w > 0 {
			col, err := excelize.ColumnNumberToName(i + 1)
			b.try(err)
			b.try(b.f.SetColWidth(name, col, col, min(maxColumn, max(minColumn, w+2.5))))
		}
	}
	size, wide, one, free := 9, "landscape", 1, 0 // 9 is A4
	b.try(b.f.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &size, Orientation: &wide, FitToWidth: &one, FitToHeight: &free}))
	fit, grid := true, false
	b.try(b.f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}))
	b.try(b.f.SetSheetView(name, 0, &excelize.ViewOptions{ShowGridLines: &grid}))
	title := b.title()
	if b.r.Company != "" {
		title = b.r.Company + " · " + title
	}
	b.try(b.f.SetHeaderFooter(name, &excelize.HeaderFooterOptions{
		OddHeader: "&L" + headerText(title) + "&R" + headerText(b.t("as_of", "day", b.s.AsOf.String())),
		OddFooter: "&L" + headerText(name) + "&R" + b.t("page_footer"),
	}))
}

// headerText keeps a name from being read as codes of a page header; digits
// after a code would be a type size.
func headerText(s string) string {
	return " " + strings.ReplaceAll(cutText(plainLine(s), 80), "&", "&&")
}

// frozen fixes rows at the top and columns at the left, and repeats the rows on
// each printed page.
func (b *book) frozen(sheet string, rows, cols int) {
	cell, err := excelize.CoordinatesToCellName(cols+1, rows+1)
	b.try(err)
	pane := "bottomLeft"
	if cols > 0 {
		pane = "bottomRight"
	}
	b.try(b.f.SetPanes(sheet, &excelize.Panes{Freeze: true, XSplit: cols, YSplit: rows, TopLeftCell: cell, ActivePane: pane}))
	from, err := excelize.CoordinatesToCellName(1, 1, true)
	b.try(err)
	to, err := excelize.CoordinatesToCellName(1, rows, true)
	b.try(err)
	row := func(ref string) string { return ref[strings.LastIndex(ref, "$"):] }
	b.try(b.f.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", RefersTo: quoted(sheet) + "!" + row(from) + ":" + row(to), Scope: sheet,
	}))
}

func quoted(sheet string) string { return "'" + strings.ReplaceAll(sheet, "'", "''") + "'" }

// put writes one value in the style of its kind and counts its width.
func (b *book) put(sheet string, col, row int, kind cellKind, role string, v any) {
	if b.err != nil {
		return
	}
	cell, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		b.try(err)
		return
	}
	style := bookStyle{kind: kind, role: role, apart: col > 1 && !kind.numeric() && !slices.Contains([]string{"left", "wrap"}, role)}
	text := kind.text(v)
	switch x := v.(type) {
	case nil:
		err = nil
	case string:
		if kind == kindMonth {
			if d, perr := clock.ParseDay(x + "-01"); perr == nil {
				err = b.f.SetCellInt(sheet, cell, serialDay(d))
				break
			}
			style.kind = kindText
		}
		err = b.f.SetCellStr(sheet, cell, cleanXML(x))
	case levelRef:
		style.tone, style.chip = x.tone, true
		err = b.f.SetCellStr(sheet, cell, cleanXML(x.name))
	case clock.Day:
		err = b.f.SetCellInt(sheet, cell, serialDay(x))
	case time.Time:
		style.kind, style.stamp, text = kindDay, true, "2006-01-02 15:04"
		err = b.f.SetCellFloat(sheet, cell, serialTime(x.In(b.zone)), -1, 64)
	case int64:
		if kind == kindMoney {
			err = b.f.SetCellFloat(sheet, cell, float64(x)/100, -1, 64)
		} else {
			err = b.f.SetCellInt(sheet, cell, x)
		}
	case yuanValue:
		style.kind = kindMoney
		err = b.f.SetCellFloat(sheet, cell, float64(x), -1, 64)
	case float64:
		if isFinite(x) {
			err = b.f.SetCellFloat(sheet, cell, x, -1, 64)
		}
	}
	b.try(err)
	b.try(b.f.SetCellStyle(sheet, cell, cell, b.style(style)))
	if role != "title" && role != "lead" && role != "wrap" && role != "sentence" {
		b.widen(sheet, col, float64(textColumns(text)))
	}
}

// widen makes sure that column col holds n characters.
func (b *book) widen(sheet string, col int, n float64) {
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

// table writes a table with its header at (col, row) and gives the row after it.
func (b *book) table(sheet string, col, row int, t *reportTable) int {
	for i, c := range t.cols {
		kind := kindText
		if c.kind.numeric() {
			kind = c.kind
		}
		b.put(sheet, col+i, row, kind, "head", c.head)
	}
	row++
	write := func(values []any, role string) {
		for i, v := range values {
			b.put(sheet, col+i, row, t.cols[i].kind, role, v)
		}
		row++
	}
	for _, r := range t.rows {
		write(r, "")
	}
	if t.foot != nil {
		write(t.foot, "foot")
	}
	return row
}

func (b *book) properties() {
	at := time.UnixMilli(b.s.ComputedAt).UTC().Format(time.RFC3339)
	title := b.title()
	if b.r.Company != "" {
		title = cleanXML(b.r.Company) + " · " + title
	}
	b.try(b.f.SetDocProps(&excelize.DocProperties{
		Title: title, Creator: "Zhike", LastModifiedBy: "Zhike", Created: at, Modified: at,
		Subject: cleanXML(b.headline()), Language: b.locale,
	}))
	b.try(b.f.SetAppProps(&excelize.AppProperties{Application: "Zhike", Company: cleanXML(b.r.Company)}))
	b.f.SetActiveSheet(0)
	// The library lists file types in the order of a map.
	if types := b.f.ContentTypes; types != nil {
		sort.Slice(types.Defaults, func(i, k int) bool { return types.Defaults[i].Extension < types.Defaults[k].Extension })
	}
}
