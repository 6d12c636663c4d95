package document

import (
	"strconv"
)

// View is a document as pages draw it: every value is a text in the document's
// language.
type View struct {
	Title    string        `json:"title"`
	Company  string        `json:"company"`
	Headline []string      `json:"headline"`
	Draft    string        `json:"draft" doc:"The word for what nobody approved; empty of what is final"`
	Facts    []Term        `json:"facts"`
	Figures  []FigureView  `json:"figures"`
	Sections []SectionView `json:"sections"`
}

// FigureView is one number to remember.
type FigureView struct {
	Label string `json:"label"`
	Value string `json:"value"`
	Note  string `json:"note"`
}

// SectionView is a part under a heading.
type SectionView struct {
	ID     string      `json:"id"`
	Number string      `json:"number" doc:"1, 2, … in documents whose parts are numbered"`
	Title  string      `json:"title"`
	Blocks []BlockView `json:"blocks"`
}

// BlockView is a piece of a section; Kind says which of its fields count.
type BlockView struct {
	Kind    string       `json:"kind" enum:"lead,text,empty,heading,list,callout,terms,table,pair,people"`
	ID      string       `json:"id,omitempty" doc:"Of a heading"`
	Number  string       `json:"number,omitempty" doc:"Of a heading"`
	Title   string       `json:"title,omitempty"`
	Text    string       `json:"text,omitempty"`
	Warn    bool         `json:"warn,omitempty"`
	Ordered bool         `json:"ordered,omitempty"`
	Items   []string     `json:"items,omitempty"`
	Terms   []Term       `json:"terms,omitempty"`
	Table   *TableView   `json:"table,omitempty"`
	Side    []*TableView `json:"side,omitempty" doc:"Tables beside a chart"`
	Plot    *PlotView    `json:"plot,omitempty"`
	Grid    *TableView   `json:"grid,omitempty" doc:"A chart that is a table with shaded cells"`
	Advice  []AdviceView `json:"advice,omitempty"`

	pair   *Pair
	people *People
}

// AdviceView is what to do about a level.
type AdviceView struct {
	Level string `json:"level"`
	Tone  int    `json:"tone"`
	Text  string `json:"text"`
}

// TableView is a table of texts.
type TableView struct {
	Caption string       `json:"caption"`
	Quiet   bool         `json:"quiet" doc:"The caption is read out only"`
	Cards   bool         `json:"cards" doc:"Rows become cards on a phone"`
	Head    []CellView   `json:"head"`
	Rows    [][]CellView `json:"rows"`
	Foot    []CellView   `json:"foot"`
}

// CellView is one cell.
type CellView struct {
	Text  string `json:"text"`
	Num   bool   `json:"num,omitempty" doc:"Stands at the right"`
	Tone  *int   `json:"tone,omitempty" doc:"The name of a level, in its tone"`
	Class string `json:"class,omitempty" doc:"Ground of a shaded cell: h, u or d with 0–9, or same"`

	label string // head of its column
}

// Label is the head of the cell's column, for cards.
func (c CellView) Label() string { return c.label }

// Chip is the class of a level's colour, empty of other cells.
func (c CellView) Chip() string {
	if c.Tone == nil {
		return ""
	}
	return ToneClass(*c.Tone)
}

// PlotView is a chart by its values.
type PlotView struct {
	Title      string       `json:"title"`
	Kind       string       `json:"kind" enum:"bars,columns,lines"`
	Value      string       `json:"value" enum:"share,money,int" doc:"Shares are 0–1, money in 分"`
	Categories []string     `json:"categories"`
	Series     []SeriesView `json:"series"`
}

// SeriesView is a row of values.
type SeriesView struct {
	Name   string    `json:"name"`
	Values []float64 `json:"values"`
	Tones  []int     `json:"tones"`
}

// View gives the document for a page that draws it.
func (d *Document) View() View {
	v := View{Title: d.Title, Company: d.Company, Draft: d.Draft, Headline: append([]string{}, d.Headline...), Facts: append([]Term{}, d.Facts...),
		Figures: []FigureView{}}
	for _, f := range d.Figures {
		v.Figures = append(v.Figures, FigureView{f.Label, f.Kind.Text(f.Value), f.Note})
	}
	v.Sections = views(d.Sections, d.Long)
	return v
}

// Views gives sections for a page that draws them, without numbers.
func Views(list []Section) []SectionView { return views(list, false) }

func views(list []Section, numbered bool) []SectionView {
	out := make([]SectionView, 0, len(list))
	for i, s := range list {
		sv := SectionView{ID: s.ID, Title: s.Title, Blocks: []BlockView{}}
		if numbered {
			sv.Number = strconv.Itoa(i + 1)
		}
		heads := 0
		for _, b := range s.Blocks {
			bv := view(b)
			if bv.Kind == "heading" && numbered {
				heads++
				bv.Number = sv.Number + "." + strconv.Itoa(heads)
			}
			sv.Blocks = append(sv.Blocks, bv)
		}
		out = append(out, sv)
	}
	return out
}

func view(b Block) BlockView {
	v := BlockView{Kind: b.kind()}
	switch x := b.(type) {
	case Lead:
		v.Text = string(x)
	case Text:
		v.Text = string(x)
	case Empty:
		v.Text = string(x)
	case Heading:
		v.ID, v.Text = x.ID, x.Text
	case List:
		v.Items, v.Ordered = x.Items, x.Ordered
	case Callout:
		v.Title, v.Text, v.Warn = x.Title, x.Text, x.Warn
	case Terms:
		v.Terms = x
	case *Table:
		v.Table = x.view()
	case *Pair:
		v.pair = x
		for _, t := range x.Side {
			v.Side = append(v.Side, t.view())
		}
		for _, a := range x.Advice {
			v.Advice = append(v.Advice, AdviceView{a.Level.Name, a.Level.Tone, a.Text})
		}
		if x.Chart != nil {
			v.Title = x.Chart.Title
			v.Plot = x.Chart.Plot.view(x.Chart.Title)
			if x.Chart.Grid != nil {
				v.Grid = x.Chart.Grid.view()
			}
		}
	case *People:
		v.people, v.Table = x, x.table().view()
	}
	return v
}

func (p *Plot) view(title string) *PlotView {
	if p == nil || p.Scatter {
		return nil
	}
	v := &PlotView{Title: title, Kind: string(p.Kind), Value: "share", Categories: p.Categories, Series: []SeriesView{}}
	switch p.Value {
	case KindMoney:
		v.Value = "money"
	case KindInt:
		v.Value = "int"
	}
	for _, s := range p.Series {
		v.Series = append(v.Series, SeriesView{s.Name, s.Values, append([]int{}, s.Tones...)})
	}
	return v
}

func (t *Table) view() *TableView {
	out := &TableView{Caption: t.Caption, Quiet: t.Quiet, Cards: t.Cards, Head: []CellView{}, Rows: [][]CellView{}, Foot: []CellView{}}
	row := func(values []any) []CellView {
		cells := make([]CellView, 0, len(values))
		for i, v := range values {
			cells = append(cells, t.Cols[i].cell(v))
		}
		return cells
	}
	for _, c := range t.Cols {
		out.Head = append(out.Head, CellView{Text: c.Head, Num: c.Kind.Numeric()})
	}
	for _, r := range t.Rows {
		out.Rows = append(out.Rows, row(r))
	}
	if t.Foot != nil {
		out.Foot = row(t.Foot)
	}
	return out
}

func (c *Column) cell(v any) CellView {
	out := CellView{label: c.Head, Num: c.Kind.Numeric()}
	if s, ok := v.(Shaded); ok {
		out.Class, v = s.Class, s.Value
	}
	if l, ok := v.(Level); ok {
		out.Tone = &l.Tone
	}
	out.Text = c.Kind.Text(v)
	return out
}

// table sets people as a plain table.
func (p *People) table() *Table {
	t := &Table{Caption: p.Caption, Quiet: true, Cards: true, Cols: []Column{
		WideCol(p.Who, 1.2), Col(p.Spend, KindMoney), Col(p.Orders, KindInt), WideCol(p.Last, 0.75), WideCol(p.Reason, 1.7), WideCol(p.NextStep, 1.5),
	}}
	for i, x := range p.List {
		who := strconv.Itoa(i+1) + " " + x.Name
		if x.Level != nil {
			who += "\n"
			if x.Before != nil {
				who += x.Before.Name + " → "
			}
			who += x.Level.Name
		}
		last := x.Last
		if x.Since != "" {
			last += "\n" + x.Since
		}
		t.Add(who, x.SpendFen, x.Orders, last, x.Reason, x.Next)
	}
	return t
}
