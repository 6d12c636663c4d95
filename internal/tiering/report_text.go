package tiering

import (
	"io"
	"strings"
	"time"

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
		b.WriteString(strings.TrimRight(plainLine(strings.Join(s, "")), " "))
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
		figures = append(figures, f.label+" "+f.kind.text(f.value))
	}
	line(strings.Join(figures, "   "))
	line()
	levels := p.levels()
	for i, l := range p.s.Levels {
		levels.rows[i][0] = levelRef{name: cutText(plainLine(l.Name), 32)}
	}
	for _, s := range levels.pick(0, 1, 2, 5, 6, 7, 9).lines() {
		line(s)
	}
	if p.s.Buyers > 0 {
		line()
		for _, s := range p.concentration().pick(0, 1, 2, 3, 5).lines() {
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
	parts := make([]string, 0, len(t.rows))
	for _, row := range t.rows {
		parts = append(parts, row[0].(string)+" "+kindInt.text(row[1]))
	}
	return p.t("moves.since", "day", m.PreviousAsOf.String()) + p.t("colon") + strings.Join(parts, p.t("list"))
}

func (p *prose) textList(line func(...string), title string, list []KeyCustomer) {
	if len(list) == 0 {
		return
	}
	line()
	line(p.t(title), p.t("colon"), p.n("people", int64(len(list))))
	t := &reportTable{cols: []reportColumn{
		{p.t("col.customer"), kindText}, {p.measureHead(), kindMoney}, {p.t("col.reason"), kindText},
	}}
	for _, c := range list[:min(len(list), textKey)] {
		t.rows = append(t.rows, []any{cutText(plainLine(c.Name), 26), c.SpendFen, c.Reason})
	}
	for _, s := range t.lines() {
		line(s)
	}
	if len(list) > textKey {
		line("…")
	}
}

// pick keeps some columns.
func (t *reportTable) pick(at ...int) *reportTable {
	take := func(row []any) []any {
		if row == nil {
			return nil
		}
		out := make([]any, 0, len(at))
		for _, i := range at {
			out = append(out, row[i])
		}
		return out
	}
	out := &reportTable{foot: take(t.foot)}
	for _, i := range at {
		out.cols = append(out.cols, t.cols[i])
	}
	for _, row := range t.rows {
		out.rows = append(out.rows, take(row))
	}
	return out
}

// lines sets the table for a fixed-width font.
func (t *reportTable) lines() []string {
	const widest = 84 // columns of a cell
	grid := make([][]string, 0, len(t.rows)+2)
	head := make([]string, len(t.cols))
	for i, c := range t.cols {
		head[i] = c.head
	}
	grid = append(grid, head)
	rows := t.rows
	if t.foot != nil {
		rows = append(rows[:len(rows):len(rows)], t.foot)
	}
	for _, row := range rows {
		line := make([]string, len(t.cols))
		for i, c := range t.cols {
			line[i] = cutText(plainLine(c.kind.text(row[i])), widest)
		}
		grid = append(grid, line)
	}
	widths := make([]int, len(t.cols))
	for _, row := range grid {
		for i, s := range row {
			widths[i] = max(widths[i], textColumns(s))
		}
	}
	out := make([]string, 0, len(grid)+1)
	for k, row := range grid {
		var b strings.Builder
		for i, s := range row {
			if i > 0 {
				b.WriteString("  ")
			}
			pad := strings.Repeat(" ", widths[i]-textColumns(s))
			if t.cols[i].kind.numeric() {
				b.WriteString(pad + s)
			} else {
				b.WriteString(s + pad)
			}
		}
		out = append(out, b.String())
		if k == 0 {
			total := 2 * (len(widths) - 1)
			for _, w := range widths {
				total += w
			}
			out = append(out, strings.Repeat("─", total))
		}
	}
	return out
}
