package tiering

import (
	"math"
	"slices"
	"strconv"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/i18n"
)

// cellKind says what a column holds, so that each format can write it in its
// own way: text for people, real numbers for a spreadsheet.
type cellKind uint8

const (
	kindText    cellKind = iota
	kindLevel            // levelRef
	kindInt              // int64
	kindMoney            // int64, 分
	kindShare            // float64, 0–1
	kindDecimal          // float64, one decimal
	kindFine             // float64, four decimals
	kindDay              // clock.Day
	kindMonth            // string "2006-01"
	kindAny              // by the value itself
	kindID               // int64, written without separators
)

// yuanValue is money that is no whole number of 分, such as a quartile.
type yuanValue float64

type levelRef struct {
	tone int
	name string
}

type reportColumn struct {
	head string
	kind cellKind
}

// reportTable holds values by kind; nil stands for "none".
type reportTable struct {
	cols []reportColumn
	rows [][]any
	foot []any // totals, may be nil
}

func (k cellKind) numeric() bool { return k >= kindInt && k <= kindFine || k == kindAny }

// text writes a value for people.
func (k cellKind) text(v any) string {
	switch x := v.(type) {
	case nil:
		return dash
	case string:
		return orDash(x)
	case levelRef:
		return orDash(x.name)
	case clock.Day:
		return x.String()
	case int64:
		switch k {
		case kindMoney:
			return i18n.Money(x)
		case kindID:
			return strconv.FormatInt(x, 10)
		}
		return i18n.Number(x)
	case yuanValue:
		return yuanText(float64(x))
	case float64:
		switch k {
		case kindShare:
			return i18n.Percent(x, 1)
		case kindFine:
			return i18n.Decimal(x, 4)
		case kindAny:
			return trimDecimal(x)
		}
		return i18n.Decimal(x, 1)
	}
	return dash
}

// reportFigure is one number of the overview with what it means.
type reportFigure struct {
	label string
	kind  cellKind
	value any
	note  string
}

func (p *prose) figures() []reportFigure {
	s := p.s
	m := p.measure()
	return []reportFigure{
		{p.t("kpi.customers"), kindInt, s.Customers, p.t("kpi.customers_note")},
		{p.t("kpi.buyers"), kindInt, s.Buyers, p.t("kpi.buyers_note", "measure", m)},
		{p.t("kpi.orders"), kindInt, s.Orders, p.t("kpi.orders_note")},
		{p.measureHead(), kindMoney, s.RevenueFen, p.t("kpi.revenue_note")},
		{p.t("kpi.aov"), kindMoney, known(s.Orders, s.AOVFen), p.t("kpi.aov_note", "measure", m)},
		{p.t("kpi.repurchase"), kindShare, known(s.Buyers, s.Repurchase), p.t("kpi.repurchase_note")},
	}
}

func (p *prose) levels() *reportTable {
	t := &reportTable{cols: []reportColumn{
		{p.t("col.level"), kindLevel}, {p.t("col.customers"), kindInt}, {p.t("col.customer_share"), kindShare},
		{p.t("col.buyers"), kindInt}, {p.t("col.orders"), kindInt},
		{p.measureHead(), kindMoney}, {p.t("col.revenue_share", "measure", p.measure()), kindShare},
		{p.t("col.avg_spend"), kindMoney}, {p.t("col.avg_orders"), kindDecimal}, {p.t("col.aov"), kindMoney},
		{p.t("col.avg_recency"), kindDecimal},
	}}
	for _, l := range p.s.Levels {
		t.rows = append(t.rows, []any{
			levelRef{p.tone(l.Code), l.Name}, l.Customers, shareOf(l.Customers, p.s.Customers), l.Buyers, l.Orders,
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
	var spend, orders any // per customer
	if n := p.s.Customers; n > 0 {
		spend = int64(math.RoundToEven(float64(p.s.RevenueFen) / float64(n)))
		orders = shareOf(p.s.Orders, n)
	}
	t.foot = []any{p.t("total"), p.s.Customers, whole, p.s.Buyers, p.s.Orders, p.s.RevenueFen, all, spend, orders, known(p.s.Orders, p.s.AOVFen), nil}
	return t
}

// known is v, or none where nothing was divided by.
func known[T any](by int64, v T) any {
	if by == 0 {
		return nil
	}
	return v
}

// concentration puts the top-20 % set beside the 80 %-of-revenue set.
func (p *prose) concentration() *reportTable {
	t := &reportTable{cols: []reportColumn{
		{p.t("col.set"), kindText}, {p.t("col.customers"), kindInt}, {p.t("col.buyer_share"), kindShare},
		{p.t("col.threshold"), kindMoney}, {p.measureHead(), kindMoney},
		{p.t("col.revenue_share", "measure", p.measure()), kindShare},
	}}
	for _, x := range []struct {
		name string
		c    Concentration
	}{{p.t("set.top20"), p.s.Top20}, {p.t("set.revenue80"), p.s.Revenue80}} {
		t.rows = append(t.rows, []any{x.name, x.c.Customers, shareOf(x.c.Customers, p.s.Buyers), x.c.ThresholdFen, x.c.RevenueFen, x.c.Share})
	}
	return t
}

// deciles reads the Lorenz curve from the rich end: what the best 10, 20, …
// percent of buyers hold.
func (p *prose) deciles() *reportTable {
	t := &reportTable{cols: []reportColumn{
		{p.t("col.best_buyers"), kindText},
		{p.t("col.cumulative", "measure", p.measure()), kindShare},
	}}
	if len(p.s.Lorenz) == 0 {
		return t
	}
	for d := 1; d <= 10; d++ {
		at := float64(d) / 10
		t.rows = append(t.rows, []any{
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

func (p *prose) months() *reportTable {
	t := &reportTable{cols: []reportColumn{
		{p.t("col.month"), kindMonth}, {p.t("col.active"), kindInt}, {p.t("col.orders"), kindInt}, {p.measureHead(), kindMoney},
	}}
	for _, m := range p.s.Months {
		t.rows = append(t.rows, []any{m.Month, m.Customers, m.Orders, m.RevenueFen})
	}
	if len(t.rows) > 0 {
		t.foot = []any{p.t("total"), nil, p.s.Orders, p.s.RevenueFen}
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
func (p *prose) moves() *reportTable {
	m := p.r.Moves
	t := &reportTable{cols: []reportColumn{{p.t("col.change"), kindText}, {p.t("col.customers"), kindInt}}}
	if m == nil {
		return t
	}
	t.rows = [][]any{
		{p.t("move.up"), m.Up}, {p.t("move.down"), m.Down}, {p.t("move.new"), m.New},
		{p.t("move.gone"), m.Gone}, {p.t("move.unchanged"), m.Unchanged},
	}
	if m.Changed != 0 {
		t.rows = append(t.rows, []any{p.t("move.changed"), m.Changed})
	}
	return t
}

// rfmStats describes the three figures, present for schemes of method rfm only.
func (p *prose) rfmStats() *reportTable {
	st := p.s.RFM
	t := &reportTable{cols: []reportColumn{
		{p.t("col.figure"), kindText}, {p.t("col.min"), kindAny}, {p.t("col.q1"), kindAny}, {p.t("col.q2"), kindAny},
		{p.t("col.q3"), kindAny}, {p.t("col.max"), kindAny}, {p.t("col.mean"), kindDecimal},
	}}
	if st == nil {
		return t
	}
	row := func(name string, q Quartile) {
		t.rows = append(t.rows, []any{name, q.Min, q.Q1, q.Q2, q.Q3, q.Max, q.Mean})
	}
	row(p.t("rfm.recency"), st.Recency)
	row(p.t("rfm.frequency"), st.Frequency)
	q := st.Monetary
	t.rows = append(t.rows, []any{
		p.t("rfm.monetary"), yuanValue(q.Min), yuanValue(q.Q1), yuanValue(q.Q2), yuanValue(q.Q3), yuanValue(q.Max), yuanValue(q.Mean),
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
