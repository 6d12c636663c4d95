package document

import (
	"io"
	"math"
	"strings"

	"github.com/xuri/excelize/v2"
)

// MediaXLSX is the media type of workbooks.
const MediaXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// WriteXLSX writes what of the document is a table or a chart as a workbook: a
// first sheet with title and facts, and one for each section with figures. Numbers
// are numbers. Text is written as text, never as a formula.
func WriteXLSX(w io.Writer, d *Document) error {
	b := NewBook(d.zone(), d.Running)
	defer b.Close()
	b.Running.Left = d.full()
	names := map[string]bool{}
	b.Sheet(SheetName(names, d.Title), func(sheet string) { b.title(sheet, d) })
	for _, s := range d.Sections {
		if s.tabular() {
			b.Sheet(SheetName(names, s.sheet()), func(sheet string) { b.Section(sheet, s) })
		}
	}
	return b.Write(w, About{Title: d.full(), Subject: strings.Join(d.Headline, ""), Company: d.Company, Locale: d.Locale, MadeAt: d.MadeAt})
}

func (s *Section) sheet() string {
	if s.Sheet != "" {
		return s.Sheet
	}
	return s.Title
}

func (s *Section) tabular() bool {
	for _, b := range s.Blocks {
		switch b.(type) {
		case *Table, *Pair, *People:
			return true
		}
	}
	return false
}

// maxSheetName is how long names of sheets are at most.
const maxSheetName = 31

// SheetName makes a name that a workbook takes and that is not in use yet.
func SheetName(used map[string]bool, name string) string {
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) {
			return ' '
		}
		return r
	}, PlainLine(name)))
	if name == "" {
		name = Dash
	}
	r := []rune(name)
	for n := 1; ; n++ {
		end := ""
		if n > 1 {
			end = " " + KindID.Text(int64(n))
		}
		try := string(r[:min(len(r), maxSheetName-len(end))])
		if at := strings.LastIndexByte(try, ' '); len(try) < len(name) && at > maxSheetName/2 {
			try = try[:at] // not within a word
		}
		try = strings.TrimSpace(try) + end
		if key := strings.ToLower(try); !used[key] {
			used[key] = true
			return try
		}
	}
}

func (b *Book) title(sheet string, d *Document) {
	row := 1
	b.Put(sheet, 1, row, KindText, "title", d.full())
	b.Try(b.File.SetRowHeight(sheet, row, 30))
	row++
	for _, line := range d.Headline {
		b.Put(sheet, 1, row, KindText, "lead", line)
		row++
	}
	row++
	for _, f := range d.Facts {
		b.Put(sheet, 1, row, KindText, "term", f.Term)
		b.Put(sheet, 2, row, KindText, "left", f.Text)
		row++
	}
	for _, f := range d.Figures {
		b.Put(sheet, 1, row, KindText, "", f.Label)
		b.Put(sheet, 2, row, f.Kind, "", f.Value)
		b.Put(sheet, 3, row, KindText, "term", f.Note)
		row++
	}
	b.Widen(sheet, 2, 28)
}

// Section writes a section on a sheet: its tables one below the other under their
// captions, its charts beside the tables of their values.
func (b *Book) Section(sheet string, s Section) {
	row := 1
	b.Put(sheet, 1, row, KindText, "title", s.Title)
	b.Try(b.File.SetRowHeight(sheet, row, 26))
	row += 2
	for _, block := range s.Blocks {
		switch x := block.(type) {
		case Lead:
			b.Put(sheet, 1, row-1, KindText, "lead", string(x))
			row++
		case Heading:
			b.Put(sheet, 1, row, KindText, "group", x.Text)
			row++
		case Text:
			row = b.line(sheet, row, string(x))
		case Empty:
			row = b.line(sheet, row, string(x))
		case List:
			for _, item := range x.Items {
				row = b.line(sheet, row, item)
			}
			row++
		case Terms:
			for _, t := range x {
				row = b.line(sheet, row, t.Term+"  "+t.Text)
			}
			row++
		case *Table:
			row = b.captioned(sheet, row, x)
		case *People:
			row = b.captioned(sheet, row, x.table())
		case *Pair:
			row = b.pair(sheet, row, x)
		}
	}
}

// line writes a sentence that runs over the columns beside it.
func (b *Book) line(sheet string, row int, s string) int {
	b.Put(sheet, 1, row, KindText, "caption", PlainLine(s))
	return row + 1
}

func (b *Book) pair(sheet string, row int, x *Pair) int {
	if c := x.Chart; c != nil {
		switch {
		case c.Plot != nil && !c.Plot.Scatter:
			row = b.captioned(sheet, row, c.Plot.table(c.Title))
			b.plot(sheet, row-2-len(c.Plot.Categories), c) // the table ends two rows above
			row = max(row, row-len(c.Plot.Categories)+16)
		case c.Grid != nil:
			row = b.captioned(sheet, row, c.Grid)
		}
	}
	for _, t := range x.Side {
		row = b.captioned(sheet, row, t)
	}
	return row
}

// captioned writes a table under its caption and gives the row behind it, one
// left free. Long texts break inside their columns.
func (b *Book) captioned(sheet string, row int, t *Table) int {
	if t.Caption != "" {
		b.Put(sheet, 1, row, KindText, "caption", t.Caption)
		row++
	}
	next := b.Table(sheet, 1, row, t)
	for k, r := range t.Rows {
		lines := 1.0
		for i, v := range r {
			s, ok := v.(string)
			if !ok {
				continue
			}
			n := 0.0
			for _, part := range strings.Split(s, "\n") {
				n += max(1, math.Ceil(float64(TextColumns(part))/(MaxColumn-4)))
			}
			if n > 1 {
				b.Put(sheet, i+1, row+1+k, KindText, "sentence", s)
				b.Widen(sheet, i+1, MaxColumn-3)
				lines = max(lines, n)
			}
		}
		if lines > 1 {
			b.Try(b.File.SetRowHeight(sheet, row+1+k, min(15*lines+5, maxRow)))
		}
	}
	return next + 1
}

// maxRow is the highest row that spreadsheets know, in points.
const maxRow = 409

// table has the values of a plot.
func (p *Plot) table(caption string) *Table {
	t := &Table{Caption: caption, Cols: []Column{Col("", KindText)}}
	for _, s := range p.Series {
		t.Cols = append(t.Cols, Col(s.Name, p.Value))
	}
	for i, c := range p.Categories {
		row := []any{c}
		for _, s := range p.Series {
			if p.Value == KindShare {
				row = append(row, s.Values[i])
			} else {
				row = append(row, int64(math.RoundToEven(s.Values[i])))
			}
		}
		t.Add(row...)
	}
	return t
}

// plot draws the plot whose table has its head in a row.
func (b *Book) plot(sheet string, head int, c *Chart) {
	n, kind := len(c.Plot.Categories), excelize.Col
	if n == 0 {
		return
	}
	if c.Plot.Kind == Lines {
		kind = excelize.Line
	}
	chart := excelize.Chart{Type: kind, GapWidth: PtrTo(uint(60)), YAxis: excelize.ChartAxis{MajorGridLines: true, Minimum: PtrTo(0.0)}}
	for i, s := range c.Plot.Series {
		chart.Series = append(chart.Series, excelize.ChartSeries{Name: Ref(sheet, i+2, head, i+2, head), Categories: Ref(sheet, 1, head+1, 1, head+n),
			Values: Ref(sheet, i+2, head+1, i+2, head+n), Fill: SolidFill(s.color(-1, i))})
	}
	b.Chart(sheet, len(c.Plot.Series)+3, head, chart, c.Title, 560, 300)
}
