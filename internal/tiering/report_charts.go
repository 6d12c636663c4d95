package tiering

import (
	"html/template"
	"math"
	"strconv"
	"strings"

	"zhike/internal/document"
	"zhike/internal/platform/i18n"
)

// levelChart sets the share of customers beside the share of revenue, level by
// level, from zero.
func (p *prose) levelChart() template.HTML {
	const (
		bar, gap, rowH, top = 15.0, 3.0, 46.0, 30.0
		right               = 52.0
	)
	left := 40.0
	for _, l := range p.s.Levels {
		left = min(124, max(left, document.TextWidth(l.Name, document.ChartType)+16))
	}
	c := document.NewSVG(document.NarrowChart, top+rowH*float64(len(p.s.Levels))+4)
	most := 0.0
	for _, l := range p.s.Levels {
		most = max(most, l.Share, shareOf(l.Customers, p.s.Customers))
	}
	scale := 0.0
	if most > 0 {
		scale = (c.W - left - right) / most
	}
	legendRevenue := p.t("col.revenue_share", "measure", p.measure())
	c.Rect("soft v4", left, 4, 12, 12, "")
	c.Text("t", "start", left+17, 14.5, p.t("col.customer_share"))
	at := left + 17 + document.TextWidth(p.t("col.customer_share"), document.ChartType) + 18
	c.Rect("solid v4", at, 4, 12, 12, "")
	c.Text("t", "start", at+17, 14.5, legendRevenue)
	said := make([]string, 0, len(p.s.Levels))
	for i, l := range p.s.Levels {
		y := top + rowH*float64(i) + 4
		lines := document.WrapText(l.Name, left-12, document.ChartType, 2)
		for k, s := range lines {
			c.Text("t b", "end", left-10, y+bar+gap/2+4.5+(float64(k)-float64(len(lines)-1)/2)*15, s)
		}
		people := shareOf(l.Customers, p.s.Customers)
		for k, v := range []float64{people, l.Share} {
			yk, class := y+float64(k)*(bar+gap), "soft "
			if k == 1 {
				class = "solid "
			}
			title := l.Name + " " + i18n.Number(l.Customers)
			if k == 1 {
				title = l.Name + " " + i18n.Money(l.RevenueFen)
			}
			w := max(v*scale, 0)
			c.Rect(class+document.ToneClass(p.tone(l.Code)), left, yk, max(w, 1), bar, title)
			c.Text("t", "start", left+max(w, 1)+6, yk+bar-3, i18n.Percent(v, 1))
		}
		said = append(said, l.Name+" "+i18n.Percent(people, 1)+" / "+i18n.Percent(l.Share, 1))
	}
	c.Line("axis", left, top, left, c.H-4)
	return c.Done(p.t("section.levels") + p.t("colon") + strings.Join(said, p.t("list")))
}

// lorenzChart draws the curve, the line of equality, and the two sets as points.
func (p *prose) lorenzChart() template.HTML {
	const left, top, size, bottom = 46.0, 10.0, 360.0, 44.0
	c := document.NewSVG(document.NarrowChart, top+size+bottom)
	at := func(x, y float64) document.Point { return document.Point{X: left + x*size, Y: top + (1-y)*size} }
	for k := range 6 {
		v := float64(k) / 5
		a, b := at(v, 0), at(0, v)
		c.Line("grid", a.X, top, a.X, top+size)
		c.Line("grid", left, b.Y, left+size, b.Y)
		anchor := "middle"
		if k == 5 {
			anchor = "end"
		}
		c.Text("m", anchor, a.X, top+size+17, i18n.Percent(v, 0))
		c.Text("m", "end", left-6, b.Y+4, i18n.Percent(v, 0))
	}
	points := make([]document.Point, 0, len(p.s.Lorenz)+2)
	if len(p.s.Lorenz) == 0 || p.s.Lorenz[0].Customers > 0 {
		points = append(points, at(0, 0))
	}
	for _, q := range p.s.Lorenz {
		points = append(points, at(clamp01(q.Customers), clamp01(q.Revenue)))
	}
	c.Poly("equal", []document.Point{at(0, 0), at(1, 1)})
	c.Area("under", append(points[:len(points):len(points)], at(1, 1)))
	c.Poly("curve", points)

	top20, rev80 := p.s.Top20, p.s.Revenue80
	a := at(clamp01(1-shareOf(top20.Customers, p.s.Buyers)), clamp01(1-top20.Share))
	b := at(clamp01(1-shareOf(rev80.Customers, p.s.Buyers)), clamp01(1-rev80.Share))
	c.Poly("drop", []document.Point{{X: a.X, Y: top + size}, a, {X: left + size, Y: a.Y}})
	c.Element("circle", "", "class", "dot2", "cx", b.X, "cy", b.Y, "r", 4.5)
	c.Element("circle", "", "class", "dot", "cx", a.X, "cy", a.Y, "r", 5.5)
	// The triangle above the line of equality is empty: the words go there.
	y := top + 24
	words := []string{
		p.t("lorenz.top20", "share", i18n.Percent(top20.Share, 1)),
		p.t("lorenz.revenue80", "people", i18n.Percent(shareOf(rev80.Customers, p.s.Buyers), 1), "share", i18n.Percent(rev80.Share, 1)),
		p.t("gini", "value", i18n.Decimal(p.s.Gini, 3)),
	}
	for k, s := range words {
		yk := y + float64(k)*24
		switch k {
		case 0:
			c.Element("circle", "", "class", "dot", "cx", left+16, "cy", yk-4.5, "r", 5.5)
		case 1:
			c.Element("circle", "", "class", "dot2", "cx", left+16, "cy", yk-4.5, "r", 4.5)
		}
		class := "t halo"
		if k == 0 {
			class = "t b halo"
		}
		c.Text(class, "start", left+29, yk, document.FitText(s, size-60-float64(k)*24, document.ChartType))
	}
	c.Text("m", "middle", left+size/2, top+size+37, p.t("lorenz.x"))
	return c.Done(p.t("section.concentration") + p.t("colon") + strings.Join(words, p.t("list")))
}

func clamp01(v float64) float64 {
	if !isFinite(v) {
		return 0
	}
	return min(1, max(0, v))
}

// heatChart counts buyers by recency and frequency class, the best at the top
// right.
func (p *prose) heatChart() template.HTML {
	rows, cols := p.s.heatSize()
	const left, top, bottom, cellH, gap = 72.0, 6.0, 44.0, 50.0, 3.0
	c := document.NewSVG(document.NarrowChart, top+cellH*float64(rows)+bottom)
	cellW := (c.W - left - 2) / float64(cols)
	var most int64
	for _, x := range p.s.Heat {
		most = max(most, x.Customers)
	}
	for r := rows; r >= 1; r-- {
		y := top + float64(rows-r)*cellH
		c.Text("t b", "end", left-12, y+cellH/2+4, "R"+strconv.Itoa(r))
		if r == rows {
			c.Text("m", "end", left-12, y+cellH/2+20, p.t("heat.recent"))
		} else if r == 1 {
			c.Text("m", "end", left-12, y+cellH/2+20, p.t("heat.long_ago"))
		}
		for f := 1; f <= cols; f++ {
			x := p.s.heatCell(r, f)
			class := document.Shade(x.Customers, most)
			cx := left + float64(f-1)*cellW
			c.Rect(class, cx, y, cellW-gap, cellH-gap, p.t("heat.cell", "r", r, "f", f,
				"n", i18n.Number(x.Customers), "revenue", i18n.Money(x.RevenueFen)))
			c.Text("on "+class, "middle", cx+(cellW-gap)/2, y+(cellH-gap)/2+4.5, p.fitNumber(x.Customers, cellW-gap-8))
		}
	}
	y := top + float64(rows)*cellH + 14
	for f := 1; f <= cols; f++ {
		c.Text("t b", "middle", left+(float64(f)-0.5)*cellW-gap/2, y, "F"+strconv.Itoa(f))
	}
	c.Text("m", "start", left, y+20, p.t("heat.rare"))
	c.Text("m", "end", c.W-4, y+20, p.t("heat.often"))
	return c.Done(p.t("heat.label"))
}

// monthChart stacks two panels on one axis of months: revenue as columns,
// active customers as a line, both from zero.
func (p *prose) monthChart() template.HTML {
	n := len(p.s.Months)
	width := float64(document.NarrowChart)
	if n > 15 {
		width = document.WideChart
	}
	const left, right, gapY = 58.0, 8.0, 34.0
	const top1, h1, h2, bottom = 26.0, 150.0, 104.0, 38.0
	top2 := top1 + h1 + gapY
	c := document.NewSVG(width, top2+h2+bottom)
	slot := (width - left - right) / float64(max(n, 1))
	mid := func(i int) float64 { return left + (float64(i)+0.5)*slot }

	revenue, people := make([]float64, n), make([]float64, n)
	for i, m := range p.s.Months {
		revenue[i], people[i] = float64(m.RevenueFen), float64(m.Customers)
	}
	y1 := axis(c, left, width-right, top1, h1, revenue, func(v float64) string { return i18n.ShortMoney(p.locale, int64(v)) })
	y2 := axis(c, left, width-right, top2, h2, people, func(v float64) string { return i18n.Short(p.locale, int64(v)) })
	c.Text("t b", "start", 0, top1-11, p.measureHead())
	c.Text("t b", "start", 0, top2-11, p.t("col.active"))
	line := make([]document.Point, n)
	for i, m := range p.s.Months {
		a, b := y1(revenue[i]), y1(0)
		w := min(slot*0.64, 34)
		c.Rect("solid accent", mid(i)-w/2, min(a, b), w, math.Abs(a-b), m.Month+" "+i18n.Money(m.RevenueFen))
		line[i] = document.Point{X: mid(i), Y: y2(people[i])}
	}
	c.Poly("curve2", line)
	every := int(math.Ceil(26 / slot))
	for i, m := range p.s.Months {
		if n <= 40 {
			c.Element("circle", m.Month+" "+i18n.Number(m.Customers), "class", "dot3", "cx", line[i].X, "cy", line[i].Y, "r", 3.0)
		}
		year, month, _ := strings.Cut(m.Month, "-")
		if i%every == 0 {
			c.Text("m", "middle", mid(i), top2+h2+16, month)
			// The year stands under its first month, and under the first of
			// all where the next year does not follow too closely.
			if i > 0 && m.newYear(p.s.Months[i-every]) || i == 0 && !p.yearEndsWithin(int(32/slot)) {
				c.Text("m", "middle", mid(i), top2+h2+32, year)
			}
		}
	}
	return c.Done(p.t("months.label", "measure", p.measure()))
}

// yearEndsWithin says whether one of the n months after the first is in another
// year.
func (p *prose) yearEndsWithin(n int) bool {
	for _, m := range p.s.Months[1:min(n+1, len(p.s.Months))] {
		if m.newYear(p.s.Months[0]) {
			return true
		}
	}
	return false
}

func (m MonthRow) newYear(before MonthRow) bool {
	a, _, _ := strings.Cut(m.Month, "-")
	b, _, _ := strings.Cut(before.Month, "-")
	return a != b
}

// axis draws gridlines with their numbers and gives the place of a value.
func axis(c *document.SVG, x1, x2, top, height float64, values []float64, label func(float64) string) func(float64) float64 {
	low, high := 0.0, 0.0
	for _, v := range values {
		low, high = min(low, v), max(high, v)
	}
	ticks := niceSteps(low, high, max(2, int(height/38)))
	from, to := ticks[0], ticks[len(ticks)-1]
	y := func(v float64) float64 { return top + (to-v)/(to-from)*height }
	for _, v := range ticks {
		class := "grid"
		if v == 0 {
			class = "axis"
		}
		c.Line(class, x1, y(v), x2, y(v))
		c.Text("m", "end", x1-7, y(v)+4, label(v))
	}
	return y
}

// moveChart is the matrix of moves: rows are the level before, columns the
// level now, better levels first. What stayed is grey.
func (p *prose) moveChart() template.HTML {
	m := p.r.Moves
	n := min(len(m.Codes), len(m.Matrix))
	width, left := float64(document.NarrowChart), 88.0
	if n > 5 {
		width, left = document.WideChart, 110
	}
	const gap = 3.0
	cellW := (width - left) / float64(max(n, 1))
	cellH := min(46, max(26, cellW*0.6))
	lines := 1
	for i := range n {
		lines = max(lines, len(document.WrapText(m.name(i), cellW-gap-2, document.ChartType, 4)))
	}
	top := 24 + 15*float64(lines) + 6
	c := document.NewSVG(width, top+cellH*float64(n)+2)
	c.Text("m", "start", left, 12, p.t("moves.now"))
	c.Text("m", "end", left-10, top-10, p.t("moves.before"))
	var most int64
	for _, f := range m.flows() {
		most = max(most, f.n)
	}
	for i := range n {
		x, y := left+float64(i)*cellW, top+float64(i)*cellH
		head := document.WrapText(m.name(i), cellW-gap-2, document.ChartType, 4)
		for k, s := range head {
			c.Text("t b", "middle", x+(cellW-gap)/2, top-8-15*float64(len(head)-1-k), s)
		}
		c.Text("t b", "end", left-10, y+cellH/2+3, document.FitText(m.name(i), left-14, document.ChartType))
		for j := range min(n, len(m.Matrix[i])) {
			v := m.Matrix[i][j]
			class := "same"
			if i != j {
				class = p.moveClass(i, j) + document.Shade(v, most)[1:]
			}
			cx, s := left+float64(j)*cellW, p.fitNumber(v, cellW-gap-8)
			c.Rect(class, cx, y, cellW-gap, cellH-gap, m.name(i)+" → "+m.name(j)+" "+i18n.Number(v))
			size := "on "
			if document.TextWidth(s, document.ChartType) > cellW-gap-6 {
				size = "on tiny "
			}
			c.Text(size+class, "middle", cx+(cellW-gap)/2, y+(cellH-gap)/2+4.5, s)
		}
	}
	return c.Done(p.t("moves.label"))
}

// fitNumber writes n in full where it fits the width, else short.
func (p *prose) fitNumber(n int64, width float64) string {
	if s := i18n.Number(n); document.TextWidth(s, document.ChartType) <= width {
		return s
	}
	return i18n.Short(p.locale, n)
}

// moveClass begins the colour class of a move: up, down, or h where the level
// before is one the scheme no longer has.
func (p *prose) moveClass(from, to int) string {
	switch {
	case from >= len(p.s.Levels):
		return "h"
	case to < from:
		return "u"
	}
	return "d"
}
