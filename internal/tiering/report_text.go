package tiering

import (
	"io"
	"strings"
	"time"

	"zhike/internal/document"
	"zhike/internal/platform/i18n"
)

// Headline is the one sentence to remember of a run: how much the best fifth
// of buyers make, how many are in the best level, how that changed, and how
// many fell from it. m is nil for the first run of a scheme.
func Headline(locale string, s *Summary, m *Moves) string {
	locale = i18n.Known(locale)
	t := func(key string, kv ...any) string { return reportText(locale, key, kv...) }
	count := func(key string, n int64, kv ...any) string {
		return t(key, append(kv, "count", n, "n", i18n.Number(n))...)
	}
	switch {
	case s == nil || s.Customers == 0:
		return t("headline.empty")
	case s.Buyers == 0 || s.RevenueFen <= 0 || len(s.Levels) == 0:
		return count("headline.no_revenue", s.Customers)
	}
	parts := []string{count("headline.top20", s.Top20.Customers,
		"share", i18n.Percent(s.Top20.Share, 1), "measure", measureWord(locale, s.Scheme))}
	best := s.Levels[0]
	name := strings.TrimSuffix(best.Name, "客户") // no 重要客户客户
	before, fell, known := m.ofLevel(best.Code)
	switch change := best.Customers - before; {
	case !known:
		parts = append(parts, count("headline.best", best.Customers, "level", name))
	case change == 0:
		parts = append(parts, count("headline.best_same", best.Customers, "level", name))
	default:
		parts = append(parts, count("headline.best_change", best.Customers, "level", name, "change", signedText(change)))
	}
	if fell > 0 {
		parts = append(parts, count("headline.fell", fell, "level", name))
	}
	return strings.Join(parts, t("headline.join"))
}

// ofLevel counts who was in a level in the run before, and who of them is in a
// lower one now. It is not known without a run before, for a level that run did
// not have, and where customers are gone whose level nobody says.
func (m *Moves) ofLevel(code string) (before, fell int64, known bool) {
	if m == nil {
		return 0, 0, false
	}
	for i, c := range m.Codes {
		if c != code || i >= len(m.Matrix) {
			continue
		}
		for j, n := range m.Matrix[i] {
			before += n
			if j > i {
				fell += n
			}
		}
		return before, fell, m.Gone == 0
	}
	return 0, 0, false
}

// textKey is how many customers the text names of each list.
const textKey = 5

// WriteText writes the report for a terminal: headline, a table of the levels
// and the few lines that matter most. Wide characters take two columns; control
// characters in names are left out. zone is the company's; nil is China
// Standard Time.
func WriteText(w io.Writer, r *Report, zone *time.Location) error {
	p, err := newProse(r, zone)
	if err != nil {
		return err
	}
	var b strings.Builder
	line := func(s ...string) {
		b.WriteString(strings.TrimRight(document.PlainLine(strings.Join(s, "")), " "))
		b.WriteByte('\n')
	}
	if r.Company != "" {
		line(r.Company, " · ", p.title())
	} else {
		line(p.title())
	}
	line(p.headline())
	line()
	line(p.t("as_of", "day", p.s.AsOf.String()), " · ", p.window(), " · ", p.measure(), " · ", p.schemeName())
	figures := make([]string, 0, len(p.figures()))
	for _, f := range p.figures() {
		figures = append(figures, f.Label+" "+f.Kind.Text(f.Value))
	}
	line(strings.Join(figures, "   "))
	line()
	levels := p.levels()
	for i, l := range p.s.Levels {
		levels.Rows[i][0] = document.Level{Name: document.CutText(document.PlainLine(l.Name), 32)}
	}
	for _, s := range levels.Pick(0, 1, 2, 5, 6, 7, 9).Lines() {
		line(s)
	}
	if p.s.Buyers > 0 {
		line()
		for _, s := range p.concentration().Pick(0, 1, 2, 3, 5).Lines() {
			line(s)
		}
		line(p.n("overlap", p.s.Overlap), p.t("list_end"), p.t("gini", "value", i18n.Decimal(p.s.Gini, 3)))
	}
	line()
	if m := r.Moves; m != nil {
		line(p.movesLine(m))
	} else {
		line(p.t("moves.first"))
	}
	p.textList(line, "section.key", r.KeyCustomers)
	p.textList(line, "section.slipping", r.Slipping)
	_, err = io.WriteString(w, b.String())
	return err
}

// movesLine says the whole comparison in one line.
func (p *prose) movesLine(m *Moves) string {
	t := p.moves()
	parts := make([]string, 0, len(t.Rows))
	for _, row := range t.Rows {
		parts = append(parts, row[0].(string)+" "+document.KindInt.Text(row[1]))
	}
	return p.t("moves.since", "day", m.PreviousAsOf.String()) + p.t("colon") + strings.Join(parts, p.t("list"))
}

func (p *prose) textList(line func(...string), title string, list []KeyCustomer) {
	if len(list) == 0 {
		return
	}
	line()
	line(p.t(title), p.t("colon"), p.n("people", int64(len(list))))
	t := &document.Table{Cols: []document.Column{
		document.Col(p.t("col.customer"), document.KindText), document.Col(p.measureHead(), document.KindMoney), document.Col(p.t("col.reason"), document.KindText),
	}}
	for _, c := range list[:min(len(list), textKey)] {
		t.Rows = append(t.Rows, []any{document.CutText(document.PlainLine(c.Name), 26), c.SpendFen, c.Reason})
	}
	for _, s := range t.Lines() {
		line(s)
	}
	if len(list) > textKey {
		line("…")
	}
}
