package lifecycle

import (
	"strings"

	"zhike/internal/customer"
	"zhike/internal/document"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
)

// handbook is 《客户生命周期管理手册》 (requirement 59): what each stage means, how
// customers come to it and leave it, what is done there and by whom, and what the
// figures mean.
func (m *manual) handbook() ([]document.Section, error) {
	figures, err := m.figures()
	if err != nil {
		return nil, err
	}
	return []document.Section{
		m.purpose(), m.stages(), m.begins(), m.moves(), m.byHand(), m.tools(), figures, m.loop(), m.changes(),
	}, nil
}

func (m *manual) section(key string, blocks ...document.Block) document.Section {
	return document.Section{ID: key, Title: m.t("part." + key), Blocks: blocks}
}

func (m *manual) purpose() document.Section {
	s := m.section("purpose", document.Text(m.t("purpose.why")), document.Text(m.t("purpose.from", "version", m.row.version)))
	if g := m.gaps(); len(g) > 0 {
		s.Blocks = append(s.Blocks, document.Callout{Warn: true, Title: m.t("gap.title"), Text: strings.Join(g, "\n")})
	}
	s.Blocks = append(s.Blocks, document.Heading{ID: "principles", Text: m.t("principles")}, document.List{Items: []string{
		m.t("principle.day"), m.t("principle.open"), m.t("principle.order"), m.t("principle.stay"), m.t("principle.hold"),
		m.t("principle.hand"), m.t("principle.late"),
	}})
	return s
}

// stages tells each stage on its own, behind a table of all.
func (m *manual) stages() document.Section {
	all := &document.Table{Caption: m.t("stages.caption"), Quiet: true, Cards: true, Cols: []document.Column{
		document.Col(m.t("col.stage"), document.KindLevel), document.WideCol(m.t("col.meaning"), 2.2), document.WideCol(m.t("col.owner"), 1),
		document.WideCol(m.t("col.due"), 0.9), document.WideCol(m.t("col.goal"), 1.8),
	}}
	s := m.section("stages", document.Lead(m.t("stages.lead")), all)
	for i := range m.c.Stages {
		st := &m.c.Stages[i]
		all.Add(m.level(st.Code), m.set(st.Advice), m.set(st.Owner), m.within(st.DueDays), m.set(st.Goal))
		s.Blocks = append(s.Blocks, document.Heading{ID: "stage-" + st.Code, Text: st.Name},
			document.Terms{
				{Term: m.t("col.meaning"), Text: m.set(st.Advice)}, {Term: m.t("col.owner"), Text: m.set(st.Owner)},
				{Term: m.t("col.due"), Text: m.within(st.DueDays)}, {Term: m.t("col.goal"), Text: m.set(st.Goal)},
				{Term: m.t("stage.tools"), Text: m.toolNames(st.Code)},
			})
		if in := m.waysIn(st.Code); len(in) > 0 {
			s.Blocks = append(s.Blocks, document.Text(m.t("stage.in", "stage", st.Name)), document.List{Items: in})
		}
		if out := m.waysOut(st.Code); len(out) > 0 {
			s.Blocks = append(s.Blocks, document.Text(m.t("stage.out", "stage", st.Name)), document.List{Items: out})
		} else {
			s.Blocks = append(s.Blocks, document.Text(m.t("stage.stays", "stage", st.Name)))
		}
	}
	return s
}

// waysIn are the rules by which customers come to a stage.
func (m *manual) waysIn(code string) []string {
	var out []string
	for i := range m.c.Begin {
		if m.c.Begin[i].To == code {
			out = append(out, m.t("way.begin", "n", i+1, "rule", m.rules[at("begin", i)+".rule"]))
		}
	}
	if m.c.Stages[0].Code == code {
		out = append(out, m.t("way.first"))
	}
	for i := range m.c.Moves {
		w := &m.c.Moves[i]
		if w.To == code {
			out = append(out, m.t("way.in", "from", m.from(w), "name", w.Name, "rule", m.rules[at("moves", i)+".rule"], "when", m.when(w)))
		}
	}
	return out
}

// waysOut are the rules by which they leave it, in their precedence.
func (m *manual) waysOut(code string) []string {
	var out []string
	for i := range m.c.Moves {
		w := &m.c.Moves[i]
		if w.leaves(code) {
			out = append(out, m.t("way.out", "to", m.level(w.To).Name, "name", w.Name, "rule", m.rules[at("moves", i)+".rule"], "when", m.when(w)))
		}
	}
	return out
}

// from names the stages that a move leaves.
func (m *manual) from(w *Move) string {
	if len(w.From) == 0 {
		return m.t("any_stage")
	}
	names := make([]string, len(w.From))
	for i, code := range w.From {
		names[i] = m.level(code).Name
	}
	return strings.Join(names, m.t("list"))
}

// when says how long a customer stays at least and for how long a rule must hold.
func (m *manual) when(w *Move) string {
	var parts []string
	if w.MinStayDays > 0 {
		parts = append(parts, m.n("min_stay", w.MinStayDays))
	}
	if w.HoldDays > 1 {
		parts = append(parts, m.n("hold", w.HoldDays))
	}
	if len(parts) == 0 {
		return m.t("at_once")
	}
	return strings.Join(parts, m.t("list"))
}

func (m *manual) toolNames(stage string) string {
	var names []string
	for i := range m.c.Tools {
		if m.c.Tools[i].offered(stage) {
			names = append(names, m.c.Tools[i].Name)
		}
	}
	if len(names) == 0 {
		return m.t("no_tools")
	}
	return strings.Join(names, m.t("list"))
}

func (m *manual) begins() document.Section {
	t := &document.Table{Caption: m.t("part.begin"), Quiet: true, Cards: true, Cols: []document.Column{
		document.Col(m.t("col.order"), document.KindID), document.WideCol(m.t("col.rule"), 4), document.Col(m.t("col.stage"), document.KindLevel),
	}}
	for i := range m.c.Begin {
		t.Add(int64(i+1), m.rules[at("begin", i)+".rule"], m.level(m.c.Begin[i].To))
	}
	t.Add(int64(len(m.c.Begin)+1), m.t("begin.rest"), m.level(m.c.Stages[0].Code))
	return m.section("begin", document.Lead(m.t("begin.lead")), t)
}

func (m *manual) moves() document.Section {
	t := &document.Table{Caption: m.t("moves.caption"), Cards: true, Cols: []document.Column{
		document.Col(m.t("col.order"), document.KindID), document.WideCol(m.t("col.move"), 1.2), document.WideCol(m.t("col.from"), 1.1),
		document.WideCol(m.t("col.to"), 0.8), document.WideCol(m.t("col.rule"), 2.6), document.Col(m.t("col.min_stay"), document.KindInt), document.Col(m.t("col.hold"), document.KindInt),
	}}
	for i := range m.c.Moves {
		w := &m.c.Moves[i]
		t.Add(int64(i+1), w.Name, m.from(w), m.level(w.To), m.rules[at("moves", i)+".rule"], int64(w.MinStayDays), int64(w.HoldDays))
	}
	return m.section("moves", document.Lead(m.t("moves.lead")), m.ways(), t)
}

// ways is which stages lead to which, with the moves between them.
func (m *manual) ways() *document.Table {
	t := &document.Table{Caption: m.t("ways.caption"), Cols: []document.Column{document.Col(m.t("ways.corner"), document.KindLevel)}}
	for i := range m.c.Stages {
		t.Cols = append(t.Cols, document.WideCol(m.c.Stages[i].Name, 1))
	}
	for i := range m.c.Stages {
		from := m.c.Stages[i].Code
		row := []any{m.level(from)}
		for k := range m.c.Stages {
			to := m.c.Stages[k].Code
			var names []string
			for j := range m.c.Moves {
				if w := &m.c.Moves[j]; w.To == to && w.leaves(from) {
					names = append(names, w.Name)
				}
			}
			switch {
			case from == to:
				row = append(row, document.Shaded{Value: " ", Class: "same"})
			case len(names) == 0:
				row = append(row, nil)
			default:
				row = append(row, strings.Join(names, m.t("list")))
			}
		}
		t.Add(row...)
	}
	return t
}

func (m *manual) byHand() document.Section {
	return m.section("hand", document.Lead(m.t("hand.lead")), document.List{Items: []string{
		m.t("hand.who"), m.t("hand.reason"), m.t("hand.until"), m.t("hand.only"), m.t("hand.history"),
	}})
}

// tools are what staff work with, item by item.
func (m *manual) tools() document.Section {
	s := m.section("tools", document.Lead(m.t("tools.lead")))
	if len(m.c.Tools) == 0 {
		s.Blocks = append(s.Blocks, document.Empty(m.t("tools.none")))
	}
	for i := range m.c.Tools {
		tool := &m.c.Tools[i]
		s.Blocks = append(s.Blocks, document.Heading{ID: "tool-" + tool.Code, Text: tool.Name})
		if tool.About != "" {
			s.Blocks = append(s.Blocks, document.Text(tool.About))
		}
		terms := document.Terms{{Term: m.t("tool.kind"), Text: m.t("kind." + tool.Kind)}, {Term: m.t("tool.stages"), Text: m.toolStages(tool)},
			{Term: m.t("tool.records"), Text: m.t("records." + tool.Kind)}}
		// Of steps the table says it, each by itself.
		if tool.Kind != ToolSteps {
			terms = append(terms, document.Term{Term: m.t("col.owner"), Text: m.doerOr(tool.Duty)})
			if tool.DueDays > 0 || tool.DueHours > 0 {
				terms = append(terms, document.Term{Term: m.t("col.due"), Text: m.due(tool.Duty)})
			}
		}
		s.Blocks = append(s.Blocks, terms, m.toolTable(tool))
		if len(tool.Measures) > 0 {
			list := make([]string, len(tool.Measures))
			for k := range tool.Measures {
				list[k] = tool.Measures[k].Text
			}
			s.Blocks = append(s.Blocks, document.Text(m.t("tool.measures")), document.List{Items: list})
		}
	}
	return s
}

func (m *manual) toolStages(t *Tool) string {
	if len(t.Stages) == 0 {
		return m.t("all_stages")
	}
	names := make([]string, len(t.Stages))
	for i, code := range t.Stages {
		names[i] = m.level(code).Name
	}
	return strings.Join(names, m.t("list"))
}

func (m *manual) toolTable(tool *Tool) *document.Table {
	t := &document.Table{Caption: tool.Name, Quiet: true, Cards: true, Cols: []document.Column{document.Col(m.t("col.order"), document.KindID), document.WideCol(m.t("item."+tool.Kind), 3)}}
	switch tool.Kind {
	case ToolSteps:
		t.Cols = append(t.Cols, document.WideCol(m.t("col.owner"), 1.2), document.WideCol(m.t("col.due"), 1))
	case ToolSurvey:
		t.Cols = append(t.Cols, document.WideCol(m.t("col.answers"), 2.4), document.WideCol(m.t("col.goes_to"), 1.4))
	}
	for i := range tool.Items {
		it := &tool.Items[i]
		row := []any{int64(i + 1), it.Text}
		switch tool.Kind {
		case ToolSteps:
			d := tool.duty(it)
			row = append(row, m.doerOr(d), m.due(d))
		case ToolSurvey:
			row = append(row, m.answers(it), m.goesTo(it))
		}
		t.Add(row...)
	}
	return t
}

func (m *manual) answers(it *ToolItem) string {
	if len(it.Choices) == 0 {
		return m.t("free_text")
	}
	list := make([]string, len(it.Choices))
	for i := range it.Choices {
		list[i] = it.Choices[i].Text
	}
	return strings.Join(list, m.t("list"))
}

// goesTo says where an answer is kept beside the task.
func (m *manual) goesTo(it *ToolItem) string {
	var out []string
	if it.Field != "" {
		out = append(out, m.t("goes.field", "field", strings.TrimPrefix(it.Field, "f.")))
	}
	tags := 0
	for i := range it.Choices {
		if it.Choices[i].Tag != "" {
			tags++
		}
	}
	if tags > 0 {
		out = append(out, m.n("goes.tags", tags))
	}
	if len(out) == 0 {
		return m.t("goes.task")
	}
	return strings.Join(out, m.t("list"))
}

// figures says how the figures are made, and what they are where the reader may
// know those of the whole company.
func (m *manual) figures() (document.Section, error) {
	s := m.section("figures", document.Lead(m.t("figures.lead")))
	s.Sheet = m.t("sheet.figures")
	if seesAll(m.ctx) {
		blocks, err := m.now()
		if err != nil && !errs.Is(err, "customer.field_hidden") {
			return s, err
		}
		s.Blocks = append(s.Blocks, blocks...)
	} else {
		s.Blocks = append(s.Blocks, document.Callout{Text: m.t("figures.scope")})
	}
	s.Blocks = append(s.Blocks, document.Heading{ID: "formulas", Text: m.t("formulas")})
	terms := document.Terms{}
	for _, key := range []string{"count", "flow", "reached", "days_to", "days_in", "retention", "win_back"} {
		terms = append(terms, document.Term{Term: m.t("formula." + key), Text: m.t("formula." + key + ".is")})
	}
	s.Blocks = append(s.Blocks, terms)
	return s, nil
}

// flowDays is how far back the streams of the handbook go.
const flowDays = 90

// now is the figures of the day: customers by stage, streams of the last quarter,
// and how far those who first bought within a year have come.
func (m *manual) now() ([]document.Block, error) {
	h, err := m.s.store.head(m.ctx)
	if err != nil {
		return nil, err
	}
	if h.day == 0 {
		return []document.Block{document.Empty(m.t("figures.none"))}, nil
	}
	if err := customer.Shows(m.ctx, customer.LifecycleField); err != nil {
		return nil, err
	}
	counts, err := m.s.counts(m.ctx)
	if err != nil {
		return nil, err
	}
	var all int64
	for _, n := range counts {
		all += n
	}
	t := &document.Table{Caption: m.t("count.caption", "day", h.day.String()), Cols: []document.Column{
		document.Col(m.t("col.stage"), document.KindLevel), document.Col(m.t("col.customers"), document.KindInt), document.Col(m.t("col.share"), document.KindShare)},
		Foot: []any{m.t("total"), all, nil}}
	plot := &document.Plot{Kind: document.Bars, Value: document.KindInt, Series: []document.Series{{Name: m.t("col.customers")}}}
	for _, code := range m.c.order(counts) {
		l := m.level(code)
		var share any
		if all > 0 {
			share = float64(counts[code]) / float64(all)
		}
		t.Add(l, counts[code], share)
		plot.Categories = append(plot.Categories, l.Name)
		plot.Series[0].Values = append(plot.Series[0].Values, float64(counts[code]))
		plot.Series[0].Tones = append(plot.Series[0].Tones, l.Tone)
	}
	if all > 0 {
		t.Foot[2] = 1.0
	}
	out := []document.Block{
		document.Heading{ID: "now", Text: m.t("figures.now")},
		&document.Pair{Chart: &document.Chart{Title: m.t("count.caption", "day", h.day.String()), Plot: plot}, Side: []*document.Table{t}},
	}
	flow, err := m.s.Flow(m.ctx, h.day-flowDays, h.day)
	if err != nil {
		return nil, err
	}
	f := &document.Table{Caption: m.t("flow.caption", "from", flow.From.String(), "to", flow.To.String()), Cols: []document.Column{
		document.Col(m.t("col.from"), document.KindLevel), document.Col(m.t("col.to"), document.KindLevel), document.Col(m.t("col.customers"), document.KindInt)}}
	for _, l := range flow.Links {
		if l.Source == l.Target {
			continue
		}
		from := any(m.t("came_new"))
		if l.Source != "" {
			from = m.level(l.Source)
		}
		f.Add(from, m.level(l.Target), l.Customers)
	}
	if len(f.Rows) > 0 {
		out = append(out, f)
	}
	return m.withFunnel(out, h.day.Month())
}

// withFunnel adds how far the customers of twelve months of first purchases came.
func (m *manual) withFunnel(out []document.Block, last int32) ([]document.Block, error) {
	k, err := m.s.StageCohorts(m.ctx, last-11, last)
	if errs.Is(err, "customer.field_hidden") {
		return out, nil
	}
	if err != nil || k.Total.Customers == 0 {
		return out, err
	}
	t := &document.Table{Caption: m.t("funnel.caption", "from", monthText(last-11), "to", monthText(last), "n", i18n.Number(k.Total.Customers)), Cards: true, Cols: []document.Column{
		document.Col(m.t("col.stage"), document.KindLevel), document.Col(m.t("formula.reached"), document.KindInt), document.Col(m.t("col.share"), document.KindShare),
		document.Col(m.t("col.now"), document.KindInt), document.Col(m.t("formula.days_to"), document.KindDecimal), document.Col(m.t("formula.days_in"), document.KindDecimal),
	}}
	days := func(v *float64) any {
		if v == nil {
			return nil
		}
		return *v
	}
	for _, p := range k.Total.Stages {
		t.Add(m.level(p.Code), p.Reached, p.Share, p.Now, days(p.DaysTo), days(p.DaysIn))
	}
	return append(out, t), nil
}

// loop is how the configuration is kept right (requirement 64).
func (m *manual) loop() document.Section {
	return m.section("loop", document.Lead(m.t("loop.lead")), document.List{Ordered: true, Items: []string{
		m.t("loop.diagnose"), m.t("loop.execute"), m.t("loop.optimise"), m.t("loop.evaluate"),
	}})
}

// changes are the versions up to this one.
func (m *manual) changes() document.Section {
	t := &document.Table{Caption: m.t("part.changes"), Quiet: true, Cards: true, Cols: []document.Column{
		document.Col(m.t("col.version"), document.KindID), document.WideCol(m.t("col.changed_at"), 0.9), document.WideCol(m.t("col.changed_by"), 0.9),
		document.WideCol(m.t("col.note"), 2), document.WideCol(m.t("col.approved"), 1.4),
	}}
	for _, v := range m.history {
		approved := m.t("not_approved")
		if a := m.approved[v.Version]; a != nil {
			approved = m.who(a.ByName) + " " + m.day(a.At)
		}
		for _, w := range m.withdrawn[v.Version] {
			approved += "\n" + m.withdrawal(w)
		}
		t.Add(v.Version, m.day(v.CreatedAt), m.who(v.Author), v.Note, approved)
	}
	if len(t.Rows) == 0 {
		return m.section("changes", document.Empty(m.t("changes.none")))
	}
	return m.section("changes", document.Lead(m.t("changes.lead")), t)
}
