package tiering

import (
	"io"
	"strconv"
	"strings"
	"time"

	"zhike/internal/document"
	"zhike/internal/platform/i18n"
)

// WriteHTML writes the report as one page that is complete in itself; see
// document.WriteHTML. zone is the company's; nil is China Standard Time.
func WriteHTML(w io.Writer, r *Report, zone *time.Location) error {
	p, err := newProse(r, zone)
	if err != nil {
		return err
	}
	return document.WriteHTML(w, p.document())
}

// WriteDOCX writes the report as a file for Word and WPS; see document.WriteDOCX.
func WriteDOCX(w io.Writer, r *Report, zone *time.Location) error {
	p, err := newProse(r, zone)
	if err != nil {
		return err
	}
	return document.WriteDOCX(w, p.document())
}

// full is the title behind whose report it is.
func (p *prose) full() string {
	if p.r.Company != "" {
		return p.r.Company + " · " + p.title()
	}
	return p.title()
}

// running is what stands in the margins of printed pages.
func (p *prose) running() document.Running {
	return document.Running{Left: p.full(), Right: p.t("as_of", "day", p.s.AsOf.String()), Pages: p.t("page_footer")}
}

// document fills the report in.
func (p *prose) document() *document.Document {
	d := &document.Document{
		Locale: p.locale, Zone: p.zone, Title: p.title(), Company: p.r.Company,
		Headline: strings.SplitAfter(p.headline(), p.t("headline.join")), Facts: p.facts(), Figures: p.figures(),
		Running: p.running(), MadeAt: p.s.ComputedAt,
	}
	d.Running.Right += " · " + p.schemeName()
	d.Running.Foot = p.t("footer", "run", p.r.RunID, "at", p.computedAt())
	d.Sections = []document.Section{
		p.levelSection(), p.concentrationSection(), p.heatSection(), p.monthSection(), p.moveSection(),
	}
	d.Sections = append(append(d.Sections, p.dimensionSections()...),
		p.peopleSection("key", "section.key", "key.lead", "key.empty", p.r.KeyCustomers),
		p.peopleSection("slipping", "section.slipping", "slipping.lead", "slipping.empty", p.r.Slipping),
		p.noteSection())
	return d
}

// facts say what was computed, from what and when.
func (p *prose) facts() []document.Term {
	return []document.Term{
		{Term: p.t("fact.as_of"), Text: p.s.AsOf.String()},
		{Term: p.t("fact.window"), Text: p.window()},
		{Term: p.t("fact.measure"), Text: p.measureHead()},
		{Term: p.t("fact.scheme"), Text: p.schemeName() + " · " + p.methodName()},
		{Term: p.t("fact.customers"), Text: p.n("graded", p.s.Customers)},
		{Term: p.t("fact.computed"), Text: p.computedAt() + " (" + p.zoneName() + ")"},
	}
}

func (p *prose) zoneName() string { return p.zone.String() }

func (p *prose) level(code, name string) document.Level {
	return document.Level{Tone: p.tone(code), Name: orDash(name)}
}

func (p *prose) levelSection() document.Section {
	s := document.Section{ID: "levels", Title: p.t("section.levels"), Blocks: []document.Block{document.Lead(p.t("levels.lead", "measure", p.measure()))}}
	pair := &document.Pair{}
	if p.s.Customers > 0 {
		pair.Chart = &document.Chart{Title: p.t("section.levels"), SVG: p.levelChart(), Plot: p.levelPlot()}
	} else {
		s.Blocks = append(s.Blocks, document.Empty(p.t("empty.customers")))
	}
	pair.Advice = p.advice()
	if pair.Chart != nil || pair.Advice != nil {
		s.Blocks = append(s.Blocks, pair)
	}
	t := p.levels().Named(p.t("section.levels"))
	t.Cards, t.Quiet = true, true
	s.Blocks = append(s.Blocks, t)
	return s
}

// levelPlot is levelChart by its values.
func (p *prose) levelPlot() *document.Plot {
	people := document.Series{Name: p.t("col.customer_share"), Pale: true}
	revenue := document.Series{Name: p.t("col.revenue_share", "measure", p.measure())}
	plot := &document.Plot{Kind: document.Bars, Value: document.KindShare}
	for _, l := range p.s.Levels {
		plot.Categories = append(plot.Categories, l.Name)
		people.Values = append(people.Values, shareOf(l.Customers, p.s.Customers))
		revenue.Values = append(revenue.Values, l.Share)
		people.Tones, revenue.Tones = append(people.Tones, p.tone(l.Code)), append(revenue.Tones, p.tone(l.Code))
	}
	plot.Series = []document.Series{people, revenue}
	return plot
}

func (p *prose) concentrationSection() document.Section {
	s := document.Section{ID: "concentration", Title: p.t("section.concentration")}
	if p.s.Buyers == 0 || len(p.s.Lorenz) == 0 {
		s.Blocks = []document.Block{document.Empty(p.t("empty.buyers", "measure", p.measure()))}
		return s
	}
	sets := p.concentration().Named(p.t("set.caption") + p.t("list_end") + p.n("overlap", p.s.Overlap))
	sets.Cards = true
	s.Blocks = []document.Block{
		document.Lead(p.t("concentration.lead", "measure", p.measure(), "share", i18n.Percent(p.s.Top20.Share, 1),
			"n", i18n.Number(p.s.Top20.Customers), "count", p.s.Top20.Customers,
			"people", i18n.Number(p.s.Revenue80.Customers), "most", i18n.Percent(p.s.Revenue80.Share, 1))),
		&document.Pair{
			Chart: &document.Chart{Title: p.t("lorenz.top20", "share", i18n.Percent(p.s.Top20.Share, 1)), SVG: p.lorenzChart(), Plot: p.lorenzPlot()},
			Side:  []*document.Table{p.deciles().Named(p.t("deciles.caption"))},
		},
		sets,
	}
	return s
}

// lorenzPlot is lorenzChart by its values.
func (p *prose) lorenzPlot() *document.Plot {
	curve := document.Series{Name: p.t("col.cumulative", "measure", p.measure()), X: []float64{0}, Values: []float64{0}}
	for _, q := range p.s.Lorenz {
		curve.X, curve.Values = append(curve.X, clamp01(q.Customers)), append(curve.Values, clamp01(q.Revenue))
	}
	equal := document.Series{Name: p.t("col.lorenz_equal"), X: []float64{0, 1}, Values: []float64{0, 1}, Dashed: true}
	return &document.Plot{Kind: document.Lines, Scatter: true, Value: document.KindShare, Series: []document.Series{curve, equal}}
}

func (p *prose) heatSection() document.Section {
	s := document.Section{ID: "heat", Title: p.t("section.heat")}
	rows, cols := p.s.heatSize()
	if rows == 0 {
		s.Blocks = []document.Block{document.Empty(p.t("empty.rfm"))}
		return s
	}
	var most int64
	for _, x := range p.s.Heat {
		most = max(most, x.Customers)
	}
	grid := p.heatTable(rows, cols, func(x HeatCell) any {
		return document.Shaded{Value: i18n.Number(x.Customers), Class: document.Shade(x.Customers, most)}
	})
	revenue := p.heatTable(rows, cols, func(x HeatCell) any { return i18n.ShortMoney(p.locale, x.RevenueFen) })
	s.Blocks = []document.Block{
		document.Lead(p.t("heat.lead")),
		&document.Pair{
			Chart: &document.Chart{Title: p.t("heat.label"), SVG: p.heatChart(), Grid: grid.Named(p.t("heat.label"))},
			Side:  []*document.Table{revenue.Named(p.t("heat.caption", "measure", p.measure()))},
		},
	}
	if p.s.RFM != nil {
		t := p.rfmStats().Named(p.n("rfm.caption", int64(p.s.RFM.Customers)))
		t.Cards = true
		s.Blocks = append(s.Blocks, t)
	}
	return s
}

// heatTable has a row for each recency class, the best first.
func (p *prose) heatTable(rows, cols int, value func(HeatCell) any) *document.Table {
	t := &document.Table{Cols: []document.Column{document.Col(`R \ F`, document.KindText)}}
	for f := 1; f <= cols; f++ {
		t.Cols = append(t.Cols, document.Col("F"+strconv.Itoa(f), document.KindAny))
	}
	for r := rows; r >= 1; r-- {
		row := []any{"R" + strconv.Itoa(r)}
		for f := 1; f <= cols; f++ {
			row = append(row, value(p.s.heatCell(r, f)))
		}
		t.Add(row...)
	}
	return t
}

func (p *prose) monthSection() document.Section {
	s := document.Section{ID: "months", Title: p.t("section.months")}
	if len(p.s.Months) == 0 {
		s.Blocks = []document.Block{document.Empty(p.t("empty.months"))}
		return s
	}
	revenue := document.Series{Name: p.measureHead()}
	plot := &document.Plot{Kind: document.Columns, Value: document.KindMoney}
	for _, m := range p.s.Months {
		plot.Categories = append(plot.Categories, m.Month)
		revenue.Values = append(revenue.Values, float64(m.RevenueFen))
	}
	plot.Series = []document.Series{revenue}
	t := p.months().Named(p.t("section.months"))
	t.Quiet = true
	s.Blocks = []document.Block{
		document.Lead(p.t("months.lead", "measure", p.measure())),
		&document.Pair{Chart: &document.Chart{Title: p.t("section.months"), SVG: p.monthChart(), Plot: plot}, Side: []*document.Table{t}, Wide: len(p.s.Months) > 15},
	}
	return s
}

// maxFlows bounds the list of moves beside the matrix.
const maxFlows = 15

func (p *prose) moveSection() document.Section {
	m := p.r.Moves
	s := document.Section{ID: "moves", Title: p.t("section.moves")}
	if m == nil {
		s.Blocks = []document.Block{document.Empty(p.t("moves.first"))}
		return s
	}
	t := &document.Table{Caption: p.t("flows.caption"), Cols: []document.Column{
		document.Col(p.t("col.from_level"), document.KindLevel), document.Col(p.t("col.to_level"), document.KindLevel),
		document.Col(p.t("col.customers"), document.KindInt),
	}}
	flows := m.flows()
	for _, f := range flows[:min(len(flows), maxFlows)] {
		t.Add(p.level(m.Codes[f.from], m.name(f.from)), p.level(m.Codes[f.to], m.name(f.to)), f.n)
	}
	if more := len(flows) - maxFlows; more > 0 {
		t.Add(p.n("flows.more", int64(more)), "", "")
	}
	s.Blocks = []document.Block{
		document.Lead(p.movesLine(m) + p.t("sentence_end")),
		&document.Pair{
			Chart: &document.Chart{Title: p.t("moves.label"), SVG: p.moveChart(), Grid: p.moveGrid(m)},
			Side:  []*document.Table{t}, Wide: len(m.Codes) > 5,
		},
	}
	return s
}

// moveGrid is moveChart as a table.
func (p *prose) moveGrid(m *Moves) *document.Table {
	var most int64
	for _, f := range m.flows() {
		most = max(most, f.n)
	}
	n := min(len(m.Codes), len(m.Matrix))
	t := &document.Table{Caption: p.t("moves.label"), Cols: []document.Column{document.Col(p.t("moves.corner"), document.KindLevel)}}
	for j := range n {
		t.Cols = append(t.Cols, document.Col(m.name(j), document.KindInt))
	}
	for i := range n {
		row := []any{p.level(m.Codes[i], m.name(i))}
		for j := range n {
			var v int64
			if j < len(m.Matrix[i]) {
				v = m.Matrix[i][j]
			}
			class := "same"
			if i != j {
				class = p.moveClass(i, j) + document.Shade(v, most)[1:]
			}
			row = append(row, document.Shaded{Value: v, Class: class})
		}
		t.Add(row...)
	}
	return t
}

func (p *prose) peopleSection(id, title, lead, empty string, list []KeyCustomer) document.Section {
	s := document.Section{ID: id, Title: p.t(title)}
	if len(list) == 0 {
		s.Blocks = []document.Block{document.Empty(p.t(empty))}
		return s
	}
	people := &document.People{Caption: s.Title, Who: p.t("col.customer"), Spend: p.measureHead(), Orders: p.t("col.orders"),
		Last: p.t("col.last_day"), Reason: p.t("col.reason"), NextStep: p.t("col.next_step")}
	for _, c := range list {
		level := p.level(c.Level, c.LevelName)
		h := document.Person{Name: c.Name, Level: &level, SpendFen: c.SpendFen, Orders: c.Orders, Reason: c.Reason, Next: c.NextStep}
		if c.PreviousLevel != "" && c.PreviousLevel != c.Level {
			before := p.level(c.PreviousLevel, c.PreviousName)
			h.Before = &before
		}
		if d, ok := dayOf(c.LastDay); ok {
			h.Last = d.String()
			if c.DaysSince != nil {
				h.Since = p.n("days_ago", *c.DaysSince)
			}
		}
		people.List = append(people.List, h)
	}
	s.Blocks = []document.Block{document.Lead(p.n(lead, int64(len(list)))), people}
	return s
}

// noteSection says how the scheme grades and what the figures mean.
func (p *prose) noteSection() document.Section {
	s := document.Section{ID: "notes", Title: p.t("section.notes"), Blocks: []document.Block{
		document.Heading{ID: "method", Text: p.t("section.method") + " · " + p.methodName()},
	}}
	if lines := p.methodLines(); len(lines) > 0 {
		s.Blocks = append(s.Blocks, document.List{Items: lines})
	}
	s.Blocks = append(s.Blocks, document.Terms(p.notes()))
	return s
}
