package tiering

import (
	"zhike/internal/document"
	"zhike/internal/platform/i18n"
)

// dimensionSections are those behind the report proper: the decisions about its own
// dimension, and a section for each other one.
func (p *prose) dimensionSections() []document.Section {
	var out []document.Section
	for i := range p.r.Dimensions {
		d := &p.r.Dimensions[i]
		if d.Summary == nil {
			continue
		}
		q, err := newProse(&Report{RunID: d.RunID, Company: p.r.Company, Locale: p.locale, Summary: d.Summary, Moves: d.Moves, People: d.People}, p.zone)
		if err != nil {
			continue
		}
		out = append(out, q.dimensionSection(d, p))
	}
	return out
}

// dimensionSection tells of one dimension; main is the prose of the whole report.
func (p *prose) dimensionSection(d *DimensionReport, main *prose) document.Section {
	s := document.Section{ID: "dimension-" + d.Code, Title: p.t("dimension.title", "name", d.Name), Sheet: d.Name}
	if d.Own {
		s.Title, s.Sheet = p.t("dimension.own"), p.t("dimension.own")
	}
	s.Blocks = []document.Block{document.Lead(p.dimensionLead(d))}
	if !d.Own {
		s.Blocks = append(s.Blocks, &document.Pair{Chart: &document.Chart{Title: p.t("section.levels"), Plot: p.inForcePlot(d)}, Advice: p.advice()})
	}
	s.Blocks = append(s.Blocks, p.inForce(d))
	add := func(id, title string, blocks ...document.Block) {
		s.Blocks = append(s.Blocks, document.Heading{ID: d.Code + "-" + id, Text: title})
		s.Blocks = append(s.Blocks, blocks...)
	}
	if len(d.Cross) > 0 {
		add("cross", p.t("dimension.cross", "name", d.Name, "main", main.dimensionName()), main.cross(d, p))
		s.Blocks = append(s.Blocks, main.crossRevenue(d, p))
	}
	if d.Moves != nil {
		add("moves", p.t("dimension.moves"), document.Text(p.movesLine(d.Moves)+p.t("sentence_end")), &document.Pair{
			Chart: &document.Chart{Title: p.t("moves.label"), Grid: p.moveGrid(d.Moves)}, Wide: len(d.Moves.Codes) > 5,
		})
	} else if d.Outcome != nil && d.Outcome.Decision != nil {
		add("moves", p.t("dimension.moves"), document.Text(p.t("dimension.first")))
	}
	add("decisions", p.t("dimension.decisions"), p.outcome(d)...)
	if !d.Own {
		if lines := p.methodLines(); len(lines) > 0 {
			add("method", p.t("dimension.method"), document.Text(p.t("dimension.scheme", "scheme", p.schemeName(), "method", p.methodName())), document.List{Items: lines})
		}
		if lines := p.missing(); len(lines) > 0 {
			add("missing", p.t("note.missing_term"), document.List{Items: lines})
		}
	}
	return s
}

// dimensionName is that of the report's own dimension.
func (p *prose) dimensionName() string {
	if p.r.dimension != "" {
		return p.r.dimension
	}
	return p.title()
}

func (p *prose) dimensionLead(d *DimensionReport) string {
	n, _ := d.totals()
	kv := []any{"day", p.s.AsOf.String(), "scheme", p.schemeName()}
	if d.Outcome == nil || d.Outcome.Decision == nil {
		return p.n("dimension.lead_open", n, kv...)
	}
	return p.n("dimension.lead", n, append(kv, "from", d.Outcome.Decision.FromDay.String())...)
}

func (p *prose) advice() []document.Advice {
	var out []document.Advice
	for _, l := range p.s.Levels {
		if l.Advice != "" {
			out = append(out, document.Advice{Level: p.level(l.Code, l.Name), Text: l.Advice})
		}
	}
	return out
}

func (p *prose) inForcePlot(d *DimensionReport) *document.Plot {
	people := document.Series{Name: p.t("col.customer_share"), Pale: true}
	revenue := document.Series{Name: p.t("col.revenue_share", "measure", p.measure())}
	plot := &document.Plot{Kind: document.Bars, Value: document.KindShare}
	n, fen := d.totals()
	for _, l := range d.Levels {
		plot.Categories = append(plot.Categories, l.Name)
		people.Values, revenue.Values = append(people.Values, shareOf(l.Customers, n)), append(revenue.Values, max(0, shareOf(l.RevenueFen, fen)))
		people.Tones, revenue.Tones = append(people.Tones, p.tone(l.Code)), append(revenue.Tones, p.tone(l.Code))
	}
	plot.Series = []document.Series{people, revenue}
	return plot
}

func (d *DimensionReport) totals() (customers, fen int64) {
	for _, l := range d.Levels {
		customers += l.Customers
		fen += l.RevenueFen
	}
	return customers, fen
}

// inForce sets the levels in force beside what the scheme found.
func (p *prose) inForce(d *DimensionReport) *document.Table {
	n, fen := d.totals()
	t := &document.Table{Caption: p.t("dimension.levels"), Cards: true, Cols: []document.Column{
		document.Col(p.t("col.level"), document.KindLevel), document.Col(p.t("dimension.in_force"), document.KindInt), document.Col(p.t("col.customer_share"), document.KindShare),
		document.Col(p.t("dimension.found"), document.KindInt), document.Col(p.t("dimension.changed"), document.KindInt),
		document.Col(p.measureHead(), document.KindMoney), document.Col(p.t("col.revenue_share", "measure", p.measure()), document.KindShare),
		document.Col(p.t("col.avg_spend"), document.KindMoney),
	}}
	var found int64
	for _, l := range d.Levels {
		found += l.Found
		t.Add(p.level(l.Code, l.Name), l.Customers, shareOf(l.Customers, n), l.Found, l.Customers-l.Found, l.RevenueFen, shareOf(l.RevenueFen, fen), perCustomer(l.RevenueFen, l.Customers))
	}
	t.Foot = []any{p.t("total"), n, known(n, 1.0), found, n - found, fen, known(fen, 1.0), perCustomer(fen, n)}
	return t
}

// cross counts the customers of the report's levels (rows) by those of another
// dimension (columns), whose prose is q.
func (p *prose) cross(d *DimensionReport, q *prose) *document.Table {
	var most int64
	for _, row := range d.Cross {
		for _, c := range row {
			most = max(most, c.Customers)
		}
	}
	t := p.crossTable(d, q, document.KindInt, func(c CrossFigure) any {
		return document.Shaded{Value: c.Customers, Class: document.Shade(c.Customers, most)}
	}, func(c CrossFigure) int64 { return c.Customers })
	return t.Named(p.t("dimension.cross_customers"))
}

func (p *prose) crossRevenue(d *DimensionReport, q *prose) *document.Table {
	t := p.crossTable(d, q, document.KindMoney, func(c CrossFigure) any { return c.RevenueFen }, func(c CrossFigure) int64 { return c.RevenueFen })
	return t.Named(p.t("dimension.cross_revenue", "measure", p.measureHead()))
}

func (p *prose) crossTable(d *DimensionReport, q *prose, kind document.Kind, cell func(CrossFigure) any, number func(CrossFigure) int64) *document.Table {
	t := &document.Table{Cols: []document.Column{document.Col(p.t("dimension.corner", "rows", p.dimensionName(), "cols", d.Name), document.KindLevel)}}
	var none int64
	for _, row := range d.Cross {
		none += row[len(row)-1].Customers
	}
	cols := len(d.Levels)
	for _, l := range d.Levels {
		t.Cols = append(t.Cols, document.Col(l.Name, kind))
	}
	if none > 0 {
		t.Cols = append(t.Cols, document.Col(p.t("dimension.none"), kind))
		cols++
	}
	t.Cols = append(t.Cols, document.Col(p.t("total"), kind))
	sums := make([]int64, cols+1)
	for i, row := range d.Cross {
		if i >= len(p.s.Levels) {
			break
		}
		l := p.s.Levels[i]
		cells := []any{p.level(l.Code, l.Name)}
		var sum int64
		for k := range cols {
			cells = append(cells, cell(row[k]))
			sums[k] += number(row[k])
			sum += number(row[k])
		}
		sums[cols] += sum
		t.Add(append(cells, sum)...)
	}
	t.Foot = []any{p.t("total")}
	for _, n := range sums {
		t.Foot = append(t.Foot, n)
	}
	return t
}

// outcome says how the levels came into force and what people decided.
func (p *prose) outcome(d *DimensionReport) []document.Block {
	o := d.Outcome
	if o == nil || o.Decision == nil {
		return []document.Block{document.Empty(p.t("outcome.open"))}
	}
	by := o.By
	if by == "" {
		by = p.t("outcome.program")
	}
	facts := document.Terms{{Term: p.t("outcome.published"), Text: p.t("outcome.by", "day", o.Decision.FromDay.String(), "name", by)}}
	var out []document.Block
	if r := o.Review; r == nil {
		facts = append(facts, document.Term{Term: p.t("outcome.panel"), Text: p.t("outcome.no_panel")})
	} else {
		facts = append(facts, document.Term{Term: p.t("outcome.panel"), Text: p.n("outcome.members", int64(r.Members))})
		t := &document.Table{Caption: p.t("outcome.moves"), Cols: []document.Column{
			document.Col(p.t("outcome.what"), document.KindText), document.Col(p.t("col.customers"), document.KindInt), document.Col(p.t("col.share"), document.KindShare)}}
		for _, x := range []struct {
			what string
			n    int64
		}{{p.t("outcome.agreed"), r.Agreed}, {p.t("outcome.overruled"), r.Overruled}, {p.t("outcome.still_disputed"), r.Disputed}, {p.t("outcome.undecided"), r.Open}} {
			t.Add(x.what, x.n, known(r.Moves, shareOf(x.n, r.Moves)))
		}
		t.Foot = []any{p.t("outcome.proposed"), r.Moves, known(r.Moves, 1.0)}
		votes := &document.Table{Caption: p.t("outcome.disputes"), Cols: []document.Column{document.Col(p.t("outcome.what"), document.KindText), document.Col(p.t("outcome.number"), document.KindInt)}}
		votes.Add(p.t("outcome.disputed"), r.EverArgued)
		votes.Add(p.t("outcome.votes"), r.Votes)
		votes.Add(p.t("outcome.by_vote"), r.ByVote)
		votes.Add(p.t("outcome.by_deadline"), r.ByDeadline)
		out = append(out, t, votes)
		if len(r.Reasons) > 0 {
			why := &document.Table{Caption: p.t("outcome.reasons"), Cards: true, Cols: []document.Column{document.WideCol(p.t("outcome.reason"), 3), document.Col(p.t("col.customers"), document.KindInt)}}
			for _, x := range r.Reasons {
				why.Add(x.Reason, x.Customers)
			}
			if r.MoreReason > 0 {
				why.Add(p.t("outcome.more_reasons"), r.MoreReason)
			}
			out = append(out, why)
		}
	}
	facts = append(facts, document.Term{Term: p.t("outcome.hand"), Text: p.n("people", o.Hand)},
		document.Term{Term: p.t("outcome.appeals"), Text: p.t("outcome.appeal_counts", "open", i18n.Number(o.Appeals.Open), "upheld", i18n.Number(o.Appeals.Upheld),
			"declined", i18n.Number(o.Appeals.Declined), "withdrawn", i18n.Number(o.Appeals.Withdrawn))})
	return append([]document.Block{facts}, out...)
}

// missing says which figures were not there for how many customers.
func (p *prose) missing() []string {
	out := make([]string, 0, len(p.s.Missing))
	for _, x := range p.s.Missing {
		if x.Name != nil {
			out = append(out, p.n("missing_field", x.Customers, "field", x.Name.In(p.locale)))
			continue
		}
		out = append(out, p.n("missing", x.Customers, "metric", p.metric(x.Metric)))
	}
	return out
}
