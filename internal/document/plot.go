package document

import (
	"html/template"
	"math"
	"strings"

	"zhike/internal/platform/i18n"
)

// Plot is a chart by its values, for the forms that draw by themselves.
type Plot struct {
	// Kind is bars (sideways, one group a category), columns or lines.
	Kind       PlotKind
	Categories []string
	Series     []Series
	// Value says how numbers read: KindShare, KindMoney or KindInt.
	Value Kind
	// Scatter gives each point of a series its place on the x axis, 0–1, in place
	// of categories.
	Scatter bool
}

// PlotKind is the way a plot is drawn.
type PlotKind string

// The kinds.
const (
	Bars    PlotKind = "bars"
	Columns PlotKind = "columns"
	Lines   PlotKind = "lines"
)

// Series is one row of values. X has the places of a scatter. Tones colours each
// bar by its level; without them the series has its own colour.
type Series struct {
	Name   string
	X      []float64
	Values []float64
	Tones  []int
	Pale   bool // the tones' soft colours
	Dashed bool
	Tone   int
}

// svg draws bars for a page; other kinds are drawn by whoever makes the document.
func (p *Plot) svg(locale, label string) template.HTML {
	const (
		bar, gap, top, right = 15.0, 3.0, 30.0, 64.0
	)
	rowH := bar*float64(len(p.Series)) + gap*float64(len(p.Series)-1) + 13
	left := 40.0
	for _, c := range p.Categories {
		left = min(150, max(left, TextWidth(c, ChartType)+16))
	}
	head := top
	if len(p.Series) < 2 {
		head = 4
	}
	c := NewSVG(NarrowChart, head+rowH*float64(len(p.Categories))+4)
	most := 0.0
	for _, s := range p.Series {
		for _, v := range s.Values {
			most = max(most, v)
		}
	}
	scale := 0.0
	if most > 0 {
		scale = (c.W - left - right) / most
	}
	if len(p.Series) > 1 {
		x := left
		for _, s := range p.Series {
			c.Rect(s.class(-1), x, 4, 12, 12, "")
			c.Text("t", "start", x+17, 14.5, s.Name)
			x += 17 + TextWidth(s.Name, ChartType) + 18
		}
	}
	said := make([]string, 0, len(p.Categories))
	for i, name := range p.Categories {
		y := head + rowH*float64(i) + 4
		lines := WrapText(name, left-12, ChartType, 2)
		for k, s := range lines {
			c.Text("t b", "end", left-10, y+(rowH-13)/2+4.5+(float64(k)-float64(len(lines)-1)/2)*15, s)
		}
		values := make([]string, 0, len(p.Series))
		for k, s := range p.Series {
			yk := y + float64(k)*(bar+gap)
			w := max(s.Values[i]*scale, 1)
			c.Rect(s.class(i), left, yk, w, bar, name+" "+p.text(s.Values[i]))
			c.Text("t", "start", left+w+6, yk+bar-3, p.short(locale, s.Values[i]))
			values = append(values, p.text(s.Values[i]))
		}
		said = append(said, name+" "+strings.Join(values, " / "))
	}
	c.Line("axis", left, head, left, c.H-4)
	return c.Done(label + ": " + strings.Join(said, ", "))
}

func (s *Series) class(i int) string {
	class := "solid "
	if s.Pale {
		class = "soft "
	}
	switch {
	case len(s.Tones) > 0 && i < 0:
		return class + ToneClass(4)
	case i >= 0 && i < len(s.Tones):
		return class + ToneClass(s.Tones[i])
	case s.Pale:
		return class + ToneClass(4)
	}
	return class + "accent"
}

// text writes a value of the plot.
func (p *Plot) text(v float64) string {
	if p.Value == KindInt || p.Value == KindMoney {
		return p.Value.Text(int64(math.RoundToEven(v)))
	}
	return p.Value.Text(v)
}

func (p *Plot) short(locale string, v float64) string {
	switch p.Value {
	case KindMoney:
		return i18n.ShortMoney(locale, int64(v))
	case KindInt:
		return i18n.Number(int64(v))
	}
	return p.text(v)
}
