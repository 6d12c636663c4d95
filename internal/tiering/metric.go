package tiering

import "math"

// Metric names a figure of a customer on the run's day.
type Metric string

// The figures. "Window" is the scheme's window; money is in yuan where a
// scheme compares it with a number, and in 分 inside.
const (
	MetricSpend      Metric = "spend"           // by the scheme's measure, in the window
	MetricOrders     Metric = "orders"          // purchases in the window
	MetricAOV        Metric = "aov"             // spend ÷ orders (客单价)
	MetricRepurchase Metric = "repurchase_rate" // share of repeat orders, (orders − 1) ÷ orders; ≥ 0.5 from the second order on
	MetricMonths     Metric = "months_active"   // calendar months with a purchase, in the window
	MetricRecency    Metric = "recency_days"    // whole days since the last purchase, ever
	MetricTenure     Metric = "tenure_days"     // whole days since the first purchase, ever
	MetricOrdersAll  Metric = "orders_all"      // purchases ever
	MetricSpendAll   Metric = "spend_all"       // spend ever
	MetricGrowth     Metric = "growth"          // (spend in the window − spend in the window before it) ÷ the latter; 1 where there was none before
	MetricCarts      Metric = "unpaid_carts"    // put into the cart within 90 days and not bought since
	MetricRating     Metric = "rating"          // mean rating given, 1–5; none counts as no feedback
	// MetricRhythm is the days since the last purchase ÷ the own mean gap between
	// purchases, from the third purchase on: 2 is twice as long as usual.
	MetricRhythm Metric = "rhythm"
)

var metrics = map[Metric]bool{
	MetricSpend: true, MetricOrders: true, MetricAOV: true, MetricRepurchase: true,
	MetricMonths: true, MetricRecency: true, MetricTenure: true, MetricOrdersAll: true,
	MetricSpendAll: true, MetricGrowth: true, MetricCarts: true, MetricRating: true, MetricRhythm: true,
	MetricIndustryGrowth: true, MetricReferrals: true,
	MetricAlive: true, MetricExpected: true, MetricCLV: true, MetricChurn: true,
}

// Metrics lists the figures a scheme may use, in the order a page shows them.
var Metrics = []Metric{
	MetricSpend, MetricOrders, MetricAOV, MetricRepurchase, MetricMonths, MetricRecency,
	MetricTenure, MetricOrdersAll, MetricSpendAll, MetricGrowth, MetricCarts, MetricRating, MetricRhythm,
	MetricIndustryGrowth, MetricReferrals, MetricAlive, MetricExpected, MetricCLV, MetricChurn,
}

// valid says whether the figure exists, or is named as a custom field is.
func (m Metric) valid() bool {
	_, custom := m.field()
	return metrics[m] || custom
}

// isMoney says whether the figure is kept in 分 and written in yuan; of a custom
// field only [Facts.isMoney] knows.
func (m Metric) isMoney() bool {
	return m == MetricSpend || m == MetricAOV || m == MetricSpendAll || m == MetricCLV
}

// isShare says whether the figure is written in per cent.
func (m Metric) isShare() bool {
	switch m {
	case MetricRepurchase, MetricGrowth, MetricIndustryGrowth, MetricAlive, MetricChurn:
		return true
	}
	return false
}

// Facts are the figures of all customers of a run, one slice per figure, in
// rising order of customer id. Carts and ratings stay nil where a scheme does not
// need them.
type Facts struct {
	CustomerID []int64
	// Spend in thousandths of a 分, exact; see package money.
	SpendMilli    []int64
	Orders        []int32
	LastDay       []int32 // NoDay where there is none
	FirstDay      []int32
	OrdersAll     []int32
	SpendAllMilli []int64
	PrevMilli     []int64 // spend in the window before
	Months        []int16
	Carts         []int16
	RatingSum     []int32
	RatingCount   []int32
	AsOf          int32
	// who has whom the conditions mean that are rules of audiences, by their place
	// in Scheme.Conditions.
	who map[int]members
	// unknown are the numbers of customers that those rules compare and that are not
	// known of somebody.
	unknown []Missing
	// forecasts are the figures by models, nil where a scheme uses none.
	forecasts *Forecasts
	// referrals and industryGrowth (NaN: none) are nil where a scheme does not use them.
	referrals      []int32
	industryGrowth []float64
	// fields are the custom fields that the scheme uses.
	fields []fieldValues
}

// NoDay stands for "never".
const NoDay = math.MinInt32

// Len is the number of customers.
func (f *Facts) Len() int { return len(f.CustomerID) }

// needs says which figures of behaviours the loader must bring; those of
// orders always come.
type needs struct{ carts, rating bool }

func (n needs) and(o needs) needs { return needs{n.carts || o.carts, n.rating || o.rating} }

func (s *Scheme) needs() (n needs) {
	add := func(m Metric) {
		n.carts = n.carts || m == MetricCarts
		n.rating = n.rating || m == MetricRating
	}
	for _, c := range s.Conditions() {
		if !c.Off {
			add(c.Metric)
		}
	}
	if s.Score != nil {
		for _, p := range s.Score.Parts {
			for _, t := range p.Terms {
				add(t.Metric)
			}
		}
	}
	return n
}

// value gives figure m of customer i, money in 分. The second result is false
// where the customer has no such figure (no purchase, no rating).
func (f *Facts) value(m Metric, i int) (float64, bool) {
	switch m {
	case MetricSpend:
		return float64(f.SpendMilli[i]) / 1000, true
	case MetricOrders:
		return float64(f.Orders[i]), true
	case MetricAOV:
		if f.Orders[i] == 0 {
			return 0, false
		}
		return float64(f.SpendMilli[i]) / 1000 / float64(f.Orders[i]), true
	case MetricRepurchase:
		if f.Orders[i] == 0 {
			return 0, false
		}
		return float64(f.Orders[i]-1) / float64(f.Orders[i]), true
	case MetricMonths:
		return float64(f.Months[i]), true
	case MetricRecency:
		if f.LastDay[i] == NoDay {
			return 0, false
		}
		return float64(f.AsOf - f.LastDay[i]), true
	case MetricTenure:
		if f.FirstDay[i] == NoDay {
			return 0, false
		}
		return float64(f.AsOf - f.FirstDay[i]), true
	case MetricOrdersAll:
		return float64(f.OrdersAll[i]), true
	case MetricSpendAll:
		return float64(f.SpendAllMilli[i]) / 1000, true
	case MetricGrowth:
		return growth(f.SpendMilli[i], f.PrevMilli[i])
	case MetricCarts:
		return float64(f.Carts[i]), true
	case MetricRating:
		if f.RatingCount[i] == 0 {
			return 0, false
		}
		return float64(f.RatingSum[i]) / float64(f.RatingCount[i]), true
	case MetricRhythm:
		return f.rhythm(i)
	case MetricIndustryGrowth, MetricReferrals:
		return f.axis(m, i)
	}
	if d := f.field(m); d != nil {
		return d.values[i], !math.IsNaN(d.values[i])
	}
	return f.forecasts.value(m, i)
}

// rhythm is the silence of a customer against the own mean gap; false below
// three purchases, or where all are of one day.
func (f *Facts) rhythm(i int) (float64, bool) {
	if f.OrdersAll[i] < minOwnOrders || f.LastDay[i] == NoDay || f.LastDay[i] == f.FirstDay[i] {
		return 0, false
	}
	// Rounded once, so that a threshold that is met exactly is met.
	silent, gaps := int64(f.AsOf-f.LastDay[i]), int64(f.OrdersAll[i]-1)
	return float64(silent*gaps) / float64(f.LastDay[i]-f.FirstDay[i]), true
}

func growth(now, before int64) (float64, bool) {
	switch {
	case before > 0:
		// Not now ÷ before − 1, which makes 0.3999… of 140 after 100.
		return float64(now-before) / float64(before), true
	case now > 0:
		return 1, true
	}
	return 0, false
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// newFacts makes facts of n customers. Figures of orders always come; those of
// behaviours only where they are needed.
func newFacts(n int, need needs) *Facts {
	f := &Facts{
		CustomerID: make([]int64, n), SpendMilli: make([]int64, n), SpendAllMilli: make([]int64, n), PrevMilli: make([]int64, n),
		Orders: make([]int32, n), OrdersAll: make([]int32, n), LastDay: make([]int32, n), FirstDay: make([]int32, n),
		Months: make([]int16, n),
	}
	if need.carts {
		f.Carts = make([]int16, n)
	}
	if need.rating {
		f.RatingSum, f.RatingCount = make([]int32, n), make([]int32, n)
	}
	return f
}

// each calls fn with every slice that is there.
func (f *Facts) each(fn64 func(*[]int64), fn32 func(*[]int32), fn16 func(*[]int16)) {
	for _, s := range []*[]int64{&f.CustomerID, &f.SpendMilli, &f.SpendAllMilli, &f.PrevMilli} {
		fn64(s)
	}
	for _, s := range []*[]int32{&f.Orders, &f.OrdersAll, &f.LastDay, &f.FirstDay, &f.RatingSum, &f.RatingCount} {
		if *s != nil {
			fn32(s)
		}
	}
	for _, s := range []*[]int16{&f.Months, &f.Carts} {
		if *s != nil {
			fn16(s)
		}
	}
}

// move copies customer from to the place of customer to.
func (f *Facts) move(to, from int) {
	f.each(func(s *[]int64) { (*s)[to] = (*s)[from] }, func(s *[]int32) { (*s)[to] = (*s)[from] },
		func(s *[]int16) { (*s)[to] = (*s)[from] })
}

func (f *Facts) truncate(n int) {
	f.each(func(s *[]int64) { *s = (*s)[:n] }, func(s *[]int32) { *s = (*s)[:n] }, func(s *[]int16) { *s = (*s)[:n] })
}

// part are the facts of the customers from one place to another, not included: what
// is written to them is written to f.
func (f *Facts) part(from, to int) *Facts {
	p := *f
	p.each(func(s *[]int64) { *s = (*s)[from:to:to] }, func(s *[]int32) { *s = (*s)[from:to:to] }, func(s *[]int16) { *s = (*s)[from:to:to] })
	return &p
}

// copyAt puts the customers of o at place at and behind; they may be there already.
func (f *Facts) copyAt(at int, o *Facts) {
	copy(f.CustomerID[at:], o.CustomerID)
	copy(f.SpendMilli[at:], o.SpendMilli)
	copy(f.SpendAllMilli[at:], o.SpendAllMilli)
	copy(f.PrevMilli[at:], o.PrevMilli)
	copy(f.Orders[at:], o.Orders)
	copy(f.OrdersAll[at:], o.OrdersAll)
	copy(f.LastDay[at:], o.LastDay)
	copy(f.FirstDay[at:], o.FirstDay)
	copy(f.Months[at:], o.Months)
	if f.Carts != nil {
		copy(f.Carts[at:], o.Carts)
	}
	if f.RatingSum != nil {
		copy(f.RatingSum[at:], o.RatingSum)
		copy(f.RatingCount[at:], o.RatingCount)
	}
}
