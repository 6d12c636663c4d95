package tiering

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"
	"time"
	"unicode"

	"zhike/internal/platform/i18n"
)

// ReportCSP is the Content-Security-Policy under which the page of WriteHTML
// works: it holds its styles and drawings itself and loads and runs nothing.
const ReportCSP = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

//go:embed report.css
var reportCSS string

//go:embed report.gohtml
var reportPage string

var reportTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("report").Parse(reportPage))
})

// WriteHTML writes the report as one page that is complete in itself: no
// script, nothing loaded. It reads well on a screen from 360 px up and prints
// on A4 with running header and page numbers. zone is the company's; nil is
// China Standard Time.
func WriteHTML(w io.Writer, r *Report, zone *time.Location) error {
	p, err := newProse(r, zone)
	if err != nil {
		return err
	}
	return reportTemplate().Execute(w, p.page())
}

type htmlCell struct {
	Text, Label string
	Num         bool
	Level       string // class of the level's colour, for chips
}

type htmlTable struct {
	Caption string
	Quiet   bool // the caption is read out only: the section says it already
	Cards   bool // rows become cards on a phone
	Head    []htmlCell
	Rows    [][]htmlCell
	Foot    []htmlCell
}

type htmlPerson struct {
	N                          int
	Name, Level, Class         string
	Before, BeforeClass        string
	Spend, Orders, Last, Since string
	Reason, NextStep           string
}

type htmlSection struct {
	ID, Title, Lead string
	Wide, Scroll    bool // the chart takes the whole width; may scroll on a phone
	Chart           template.HTML
	Side, Below     []htmlTable
	Advice          []htmlAdvice
	People          []htmlPerson
	Empty           string
}

type htmlAdvice struct{ Name, Class, Text string }

type htmlFigure struct{ Label, Value, Note string }

type htmlPage struct {
	Lang, CSP, Title, Company           string
	Headline                            []string // clause by clause, so that a line breaks between two
	CSS                                 template.CSS
	FootLeft                            string
	Facts                               []reportNote
	Figures                             []htmlFigure
	Sections                            []htmlSection
	NotesTitle, MethodTitle, Method     string
	MethodLines                         []string
	Notes                               []reportNote
	Swipe, Person, SpendHead, OrderHead string
	LastHead, ReasonHead, NextHead      string
	Before, Contents                    string
}

// Term and Text let the template read a note.
func (n reportNote) Term() string { return n.term }

// Text is the definition.
func (n reportNote) Text() string { return n.text }

func (p *prose) page() *htmlPage {
	title := p.title()
	full := title
	if p.r.Company != "" {
		full = p.r.Company + " · " + title
	}
	foot := p.t("footer", "run", p.r.RunID, "at", p.computedAt())
	asOf := p.t("as_of", "day", p.s.AsOf.String())
	h := &htmlPage{
		Lang: p.locale, CSP: ReportCSP, Title: title, Company: p.r.Company, Headline: strings.SplitAfter(p.headline(), p.t("headline.join")),
		CSS:      template.CSS(reportCSS + runningCSS(full, asOf+" · "+p.schemeName(), foot)), //nolint:gosec // our own file and escaped strings
		FootLeft: foot,
		Facts:    p.facts(), NotesTitle: p.t("section.notes"), MethodTitle: p.t("section.method"),
		Method: p.methodName(), MethodLines: p.methodLines(), Notes: p.notes(),
		Swipe: p.t("swipe"), Person: p.t("col.customer"), SpendHead: p.measureHead(), OrderHead: p.t("col.orders"),
		LastHead: p.t("col.last_day"), ReasonHead: p.t("col.reason"), NextHead: p.t("col.next_step"), Before: p.t("col.previous_level"),
		Contents: p.t("contents"),
	}
	for _, f := range p.figures() {
		h.Figures = append(h.Figures, htmlFigure{f.label, f.kind.text(f.value), f.note})
	}
	h.Sections = []htmlSection{
		p.levelSection(), p.concentrationSection(), p.heatSection(), p.monthSection(), p.moveSection(),
		p.peopleSection("key", "section.key", "key.lead", "key.empty", p.r.KeyCustomers),
		p.peopleSection("slipping", "section.slipping", "slipping.lead", "slipping.empty", p.r.Slipping),
	}
	return h
}

// runningCSS puts the words into the margins of printed pages.
func runningCSS(left, right, foot string) string {
	return "\n@page {\n  @top-left { content: " + cssString(left) + "; }\n  @top-right { content: " + cssString(right) +
		"; }\n  @bottom-left { content: " + cssString(foot) + "; }\n}\n"
}

// cssString quotes s for a style sheet inside a page. All but letters, digits
// and spaces are escaped: the filter of html/template would take a name with a
// colon for an address and drop it.
func cssString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range cutText(plainLine(s), 70) {
		if r == ' ' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "\\%06x", r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// facts say what was computed, from what and when.
func (p *prose) facts() []reportNote {
	return []reportNote{
		{p.t("fact.as_of"), p.s.AsOf.String()},
		{p.t("fact.window"), p.window()},
		{p.t("fact.measure"), p.measureHead()},
		{p.t("fact.scheme"), p.schemeName() + " · " + p.methodName()},
		{p.t("fact.customers"), p.n("graded", p.s.Customers)},
		{p.t("fact.computed"), p.computedAt() + " (" + p.zoneName() + ")"},
	}
}

func (p *prose) zoneName() string { return p.zone.String() }

func (p *prose) levelSection() htmlSection {
	s := htmlSection{ID: "levels", Title: p.t("section.levels"), Lead: p.t("levels.lead", "measure", p.measure())}
	if p.s.Customers > 0 {
		s.Chart = p.levelChart()
	} else {
		s.Empty = p.t("empty.customers")
	}
	for _, l := range p.s.Levels {
		if l.Advice != "" {
			s.Advice = append(s.Advice, htmlAdvice{l.Name, toneClass(p.tone(l.Code)), l.Advice})
		}
	}
	t := p.levels().html(p.t("section.levels"))
	t.Cards, t.Quiet = true, true
	s.Below = []htmlTable{t}
	return s
}

func (p *prose) concentrationSection() htmlSection {
	s := htmlSection{ID: "concentration", Title: p.t("section.concentration")}
	if p.s.Buyers == 0 || len(p.s.Lorenz) == 0 {
		s.Empty = p.t("empty.buyers", "measure", p.measure())
		return s
	}
	s.Lead = p.t("concentration.lead", "measure", p.measure(), "share", i18n.Percent(p.s.Top20.Share, 1),
		"n", i18n.Number(p.s.Top20.Customers), "count", p.s.Top20.Customers,
		"people", i18n.Number(p.s.Revenue80.Customers), "most", i18n.Percent(p.s.Revenue80.Share, 1))
	s.Chart = p.lorenzChart()
	sets := p.concentration().html(p.t("set.caption") + p.t("list_end") + p.n("overlap", p.s.Overlap))
	sets.Cards = true
	s.Side = []htmlTable{p.deciles().html(p.t("deciles.caption"))}
	s.Below = []htmlTable{sets}
	return s
}

func (p *prose) heatSection() htmlSection {
	s := htmlSection{ID: "heat", Title: p.t("section.heat"), Lead: p.t("heat.lead")}
	rows, cols := p.s.heatSize()
	if rows == 0 {
		s.Empty, s.Lead = p.t("empty.rfm"), ""
		return s
	}
	s.Chart = p.heatChart()
	t := htmlTable{Caption: p.t("heat.caption", "measure", p.measure())}
	t.Head = []htmlCell{{Text: "R ＼ F"}}
	for f := 1; f <= cols; f++ {
		t.Head = append(t.Head, htmlCell{Text: "F" + i18n.Number(int64(f)), Num: true})
	}
	for r := rows; r >= 1; r-- {
		row := []htmlCell{{Text: "R" + i18n.Number(int64(r))}}
		for f := 1; f <= cols; f++ {
			x := p.s.heatCell(r, f)
			row = append(row, htmlCell{Text: i18n.ShortMoney(p.locale, x.RevenueFen), Num: true})
		}
		t.Rows = append(t.Rows, row)
	}
	s.Side = []htmlTable{t}
	if p.s.RFM != nil {
		t := p.rfmStats().html(p.n("rfm.caption", int64(p.s.RFM.Customers)))
		t.Cards = true
		s.Below = []htmlTable{t}
	}
	return s
}

func (p *prose) monthSection() htmlSection {
	s := htmlSection{ID: "months", Title: p.t("section.months"), Lead: p.t("months.lead", "measure", p.measure())}
	if len(p.s.Months) == 0 {
		s.Empty, s.Lead = p.t("empty.months"), ""
		return s
	}
	s.Chart = p.monthChart()
	s.Wide = len(p.s.Months) > 15
	s.Scroll = s.Wide
	t := p.months().html(p.t("section.months"))
	t.Quiet = true
	s.Side = []htmlTable{t}
	return s
}

// maxFlows bounds the list of moves beside the matrix.
const maxFlows = 15

func (p *prose) moveSection() htmlSection {
	m := p.r.Moves
	s := htmlSection{ID: "moves", Title: p.t("section.moves")}
	if m == nil {
		s.Empty = p.t("moves.first")
		return s
	}
	s.Lead = p.movesLine(m) + p.t("sentence_end")
	s.Chart = p.moveChart()
	s.Wide = len(m.Codes) > 5
	s.Scroll = s.Wide
	t := htmlTable{Caption: p.t("flows.caption"), Head: []htmlCell{
		{Text: p.t("col.from_level")}, {Text: p.t("col.to_level")}, {Text: p.t("col.customers"), Num: true},
	}}
	flows := m.flows()
	for _, f := range flows[:min(len(flows), maxFlows)] {
		t.Rows = append(t.Rows, []htmlCell{
			{Text: m.name(f.from), Level: toneClass(p.tone(m.Codes[f.from]))},
			{Text: m.name(f.to), Level: toneClass(p.tone(m.Codes[f.to]))},
			{Text: i18n.Number(f.n), Num: true},
		})
	}
	if more := len(flows) - maxFlows; more > 0 {
		t.Rows = append(t.Rows, []htmlCell{{Text: p.n("flows.more", int64(more))}, {}, {}})
	}
	s.Side = []htmlTable{t}
	return s
}

func (p *prose) peopleSection(id, title, lead, empty string, list []KeyCustomer) htmlSection {
	s := htmlSection{ID: id, Title: p.t(title)}
	if len(list) == 0 {
		s.Empty = p.t(empty)
		return s
	}
	s.Lead = p.n(lead, int64(len(list)))
	for i, c := range list {
		h := htmlPerson{
			N: i + 1, Name: orDash(c.Name), Level: orDash(c.LevelName), Class: toneClass(p.tone(c.Level)),
			Spend: i18n.Money(c.SpendFen), Orders: i18n.Number(c.Orders), Last: dash, Reason: orDash(c.Reason), NextStep: orDash(c.NextStep),
		}
		if c.PreviousLevel != "" && c.PreviousLevel != c.Level {
			h.Before, h.BeforeClass = orDash(c.PreviousName), toneClass(p.tone(c.PreviousLevel))
		}
		if d, ok := dayOf(c.LastDay); ok {
			h.Last = d.String()
			if c.DaysSince != nil {
				h.Since = p.n("days_ago", *c.DaysSince)
			}
		}
		s.People = append(s.People, h)
	}
	return s
}

// html turns a table into cells of text.
func (t *reportTable) html(caption string) htmlTable {
	out := htmlTable{Caption: strings.TrimSpace(caption)}
	row := func(values []any) []htmlCell {
		cells := make([]htmlCell, 0, len(values))
		for i, v := range values {
			c := htmlCell{Text: t.cols[i].kind.text(v), Label: t.cols[i].head, Num: t.cols[i].kind.numeric()}
			if l, ok := v.(levelRef); ok {
				c.Level = toneClass(l.tone)
			}
			cells = append(cells, c)
		}
		return cells
	}
	for _, c := range t.cols {
		out.Head = append(out.Head, htmlCell{Text: c.head, Num: c.kind.numeric()})
	}
	for _, r := range t.rows {
		out.Rows = append(out.Rows, row(r))
	}
	if t.foot != nil {
		out.Foot = row(t.foot)
	}
	return out
}
