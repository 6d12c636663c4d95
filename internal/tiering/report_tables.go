package tiering

import (
	"math"
	"slices"

	"zhike/internal/document"
	"zhike/internal/platform/i18n"
)

func (p *prose) figures() []document.Figure {
	s := p.s
	m := p.measure()
	return []document.Figure{
		{Label: p.t("kpi.customers"), Kind: document.KindInt, Value: s.Customers, Note: p.t("kpi.customers_note")},
		{Label: p.t("kpi.buyers"), Kind: document.KindInt, Value: s.Buyers, Note: p.t("kpi.buyers_note", "measure", m)},
		{Label: p.t("kpi.orders"), Kind: document.KindInt, Value: s.Orders, Note: p.t("kpi.orders_note")},
		{Label: p.measureHead(), Kind: document.KindMoney, Value: s.RevenueFen, Note: p.t("kpi.revenue_note")},
		{Label: p.t("kpi.aov"), Kind: document.KindMoney, Value: known(s.Orders, s.AOVFen), Note: p.t("kpi.aov_note", "measure", m)},
		{Label: p.t("kpi.repurchase"), Kind: document.KindShare, Value: known(s.Buyers, s.Repurchase), Note: p.t("kpi.repurchase_note")},
	}
}

func (p *prose) levels() *document.Table {
	t := &document.Table{Cols: []document.Column{
		document.Col(p.t("col.level"), document.KindLevel), document.Col(p.t("col.customers"), document.KindInt), document.Col(p.t("col.customer_share"), document.KindShare),
		document.Col(p.t("col.buyers"), document.KindInt), document.Col(p.t("col.orders"), document.KindInt),
		document.Col(p.measureHead(), document.KindMoney), document.Col(p.t("col.revenue_share", "measure", p.measure()), document.KindShare),
		document.Col(p.t("col.avg_spend"), document.KindMoney), document.Col(p.t("col.avg_orders"), document.KindDecimal), document.Col(p.t("col.aov"), document.KindMoney),
		document.Col(p.t("col.avg_recency"), document.KindDecimal),
	}}
	for _, l := range p.s.Levels {
		t.Rows = append(t.Rows, []any{
			document.Level{Tone: p.tone(l.Code), Name: l.Name}, l.Customers, shareOf(l.Customers, p.s.Customers), l.Buyers, l.Orders,
			l.RevenueFen, l.Share, known(l.Customers, l.AvgSpendFen), known(l.Customers, l.AvgOrders), known(l.Orders, l.AOVFen),
			known(l.Orders+int64(math.Ceil(l.AvgRecency)), l.AvgRecency),
		})
	}
	var whole, all any
	if p.s.Customers > 0 {
		whole = 1.0
	}
	if p.s.RevenueFen > 0 {
		all = 1.0
	}
	var orders any // per customer
	if n := p.s.Customers; n > 0 {
		orders = shareOf(p.s.Orders, n)
	}
	t.Foot = []any{p.t("total"), p.s.Customers, whole, p.s.Buyers, p.s.Orders, p.s.RevenueFen, all, perCustomer(p.s.RevenueFen, p.s.Customers), orders, known(p.s.Orders, p.s.AOVFen), nil}
	return t
}

// perCustomer is the mean in 分 of an amount in 分, or none without customers.
func perCustomer(fen, n int64) any {
	if n == 0 {
		return nil
	}
	return int64(math.RoundToEven(float64(fen) / float64(n)))
}

// known is v, or none where nothing was divided by.
func known[T any](by int64, v T) any {
	if by == 0 {
		return nil
	}
	return v
}

// concentration puts the top-20 % set beside the 80 %-of-revenue set.
func (p *prose) concentration() *document.Table {
	t := &document.Table{Cols: []document.Column{
		document.Col(p.t("col.set"), document.KindText), document.Col(p.t("col.customers"), document.KindInt), document.Col(p.t("col.buyer_share"), document.KindShare),
		document.Col(p.t("col.threshold"), document.KindMoney), document.Col(p.measureHead(), document.KindMoney),
		document.Col(p.t("col.revenue_share", "measure", p.measure()), document.KindShare),
	}}
	for _, x := range []struct {
		name string
		c    Concentration
	}{{p.t("set.top20"), p.s.Top20}, {p.t("set.revenue80"), p.s.Revenue80}} {
		t.Rows = append(t.Rows, []any{x.name, x.c.Customers, shareOf(x.c.Customers, p.s.Buyers), x.c.ThresholdFen, x.c.RevenueFen, x.c.Share})
	}
	return t
}

// deciles reads the Lorenz curve from the rich end: what the best 10, 20, …
// percent of buyers hold.
func (p *prose) deciles() *document.Table {
	t := &document.Table{Cols: []document.Column{
		document.Col(p.t("col.best_buyers"), document.KindText),
		document.Col(p.t("col.cumulative", "measure", p.measure()), document.KindShare),
	}}
	if len(p.s.Lorenz) == 0 {
		return t
	}
	for d := 1; d <= 10; d++ {
		at := float64(d) / 10
		t.Rows = append(t.Rows, []any{
			p.t("best_share", "share", i18n.Percent(at, 0)), 1 - lorenzAt(p.s.Lorenz, 1-at),
		})
	}
	return t
}

// lorenzAt reads the curve at x, between its points on a straight line.
func lorenzAt(points []LorenzPoint, x float64) float64 {
	before := LorenzPoint{}
	for _, q := range points {
		if q.Customers >= x {
			if q.Customers <= before.Customers {
				return q.Revenue
			}
			return before.Revenue + (x-before.Customers)/(q.Customers-before.Customers)*(q.Revenue-before.Revenue)
		}
		before = q
	}
	return 1
}

func (p *prose) months() *document.Table {
	t := &document.Table{Cols: []document.Column{
		document.Col(p.t("col.month"), document.KindMonth), document.Col(p.t("col.active"), document.KindInt), document.Col(p.t("col.orders"), document.KindInt), document.Col(p.measureHead(), document.KindMoney),
	}}
	for _, m := range p.s.Months {
		t.Rows = append(t.Rows, []any{m.Month, m.Customers, m.Orders, m.RevenueFen})
	}
	if len(t.Rows) > 0 {
		t.Foot = []any{p.t("total"), nil, p.s.Orders, p.s.RevenueFen}
	}
	return t
}

// moveFlow is one cell of the matrix of moves.
type moveFlow struct {
	from, to int // places in Moves.Codes
	n        int64
}

// flows lists the moves from one level to another, the largest first.
func (m *Moves) flows() []moveFlow {
	var out []moveFlow
	for i, row := range m.Matrix {
		for j, n := range row {
			if i != j && n != 0 {
				out = append(out, moveFlow{i, j, n})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b moveFlow) int {
		switch {
		case a.n > b.n:
			return -1
		case a.n < b.n:
			return 1
		}
		return 0
	})
	return out
}

func (m *Moves) name(i int) string {
	if i < len(m.Names) && m.Names[i] != "" {
		return m.Names[i]
	}
	if i < len(m.Codes) {
		return m.Codes[i]
	}
	return dash
}

// moves is the summary of the comparison.
func (p *prose) moves() *document.Table {
	m := p.r.Moves
	t := &document.Table{Cols: []document.Column{document.Col(p.t("col.change"), document.KindText), document.Col(p.t("col.customers"), document.KindInt)}}
	if m == nil {
		return t
	}
	t.Rows = [][]any{
		{p.t("move.up"), m.Up}, {p.t("move.down"), m.Down}, {p.t("move.new"), m.New},
		{p.t("move.gone"), m.Gone}, {p.t("move.unchanged"), m.Unchanged},
	}
	if m.Changed != 0 {
		t.Rows = append(t.Rows, []any{p.t("move.changed"), m.Changed})
	}
	return t
}

// rfmStats describes the three figures, present for schemes of method rfm only.
func (p *prose) rfmStats() *document.Table {
	st := p.s.RFM
	t := &document.Table{Cols: []document.Column{
		document.Col(p.t("col.figure"), document.KindText), document.Col(p.t("col.min"), document.KindAny), document.Col(p.t("col.q1"), document.KindAny), document.Col(p.t("col.q2"), document.KindAny),
		document.Col(p.t("col.q3"), document.KindAny), document.Col(p.t("col.max"), document.KindAny), document.Col(p.t("col.mean"), document.KindDecimal),
	}}
	if st == nil {
		return t
	}
	row := func(name string, q Quartile) {
		t.Rows = append(t.Rows, []any{name, q.Min, q.Q1, q.Q2, q.Q3, q.Max, q.Mean})
	}
	row(p.t("rfm.recency"), st.Recency)
	row(p.t("rfm.frequency"), st.Frequency)
	q := st.Monetary
	t.Rows = append(t.Rows, []any{
		p.t("rfm.monetary"), document.Yuan(q.Min), document.Yuan(q.Q1), document.Yuan(q.Q2), document.Yuan(q.Q3), document.Yuan(q.Max), document.Yuan(q.Mean),
	})
	return t
}

// heatSize is the number of recency and frequency classes in the heat map.
func (s *Summary) heatSize() (r, f int) {
	for _, c := range s.Heat {
		if c.R < 1 || c.F < 1 || c.R > maxHeat || c.F > maxHeat {
			continue
		}
		r, f = max(r, c.R), max(f, c.F)
	}
	return r, f
}

// maxHeat bounds the classes that are drawn.
const maxHeat = 10

// heatCell finds a cell; an empty one where nobody is in it.
func (s *Summary) heatCell(r, f int) HeatCell {
	out := HeatCell{R: r, F: f}
	for _, c := range s.Heat {
		if c.R == r && c.F == f {
			out.Customers += c.Customers
			out.RevenueFen += c.RevenueFen
		}
	}
	return out
}

// niceSteps gives the ticks of an axis that holds low to high: about n round
// steps (1, 2, 2.5 or 5 times a power of ten), zero among them.
func niceSteps(low, high float64, n int) []float64 {
	low, high = min(low, 0), max(high, 0)
	if high-low <= 0 || !isFinite(high-low) {
		return []float64{0, 1}
	}
	raw := (high - low) / float64(n)
	unit := math.Pow(10, math.Floor(math.Log10(raw)))
	step := 10 * unit
	for _, m := range []float64{1, 2, 2.5, 5} {
		if m*unit >= raw {
			step = m * unit
			break
		}
	}
	var out []float64
	for k := math.Floor(low / step); ; k++ {
		out = append(out, k*step)
		if k*step >= high {
			return out
		}
	}
}
