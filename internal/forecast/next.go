package forecast

import (
	"context"
	"math"
	"slices"

	"zhike/internal/customer"
	"zhike/internal/model"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/money"
	"zhike/internal/platform/web"
)

// What a forecast of the next order is made from.
const (
	BasisModel  = "model"  // the company's model, with the customer's own history
	BasisRhythm = "rhythm" // the customer's own gaps: the company has no model
	BasisNone   = "none"   // too little is known
)

// Next is when the next order of a customer is expected, as of today.
type Next struct {
	CustomerID int64      `json:"customer_id"`
	AsOf       clock.Day  `json:"as_of"`
	Basis      string     `json:"basis" enum:"model,rhythm,none" doc:"model: the company's model with the own history; rhythm: the own gaps, as there is no model; none: too little is known"`
	Purchases  int        `json:"purchases" doc:"Days with a purchase"`
	LastDay    *clock.Day `json:"last_day" doc:"Of them the last; null without any"`
	// Date is by when the next order comes in one case out of two; From to To is
	// the middle half.
	Date     *clock.Day `json:"date" doc:"By when the next order comes in one case out of two, if the customer is still one; null where nothing can be said"`
	From     *clock.Day `json:"from" doc:"In one case out of four it comes before"`
	To       *clock.Day `json:"to" doc:"In one case out of four it comes after"`
	Overdue  bool       `json:"overdue" doc:"By the own rhythm it should have come already"`
	Alive    *float64   `json:"alive" doc:"Probability that the customer has not left; null without a model or with one purchase only, which says nothing about it"`
	Within30 *float64   `json:"within_30" doc:"Probability of an order within 30 days"`
	Within90 *float64   `json:"within_90"`
	Orders   *float64   `json:"orders_365" doc:"Orders expected in the next 365 days"`
	CLVFen   *int64     `json:"clv_365_fen" doc:"Value of the orders of the next twelve months, discounted by 10 % a year" access:"spend"`
	Sure     string     `json:"sure" enum:"high,medium,low,none"`
	Version  *int       `json:"model_version" doc:"Of the model that was used"`
	Text     string     `json:"text" doc:"The same in one sentence, in the language of the request"`
}

// From when a forecast is sure: how likely the customer still is one, and how
// many days the middle half of the wait has.
const (
	sureAlive, sureDays     = 0.8, 30
	mediumAlive, mediumDays = 0.5, 90
	// regularGaps is from how many own gaps they can be regular.
	regularGaps = 5
	// gone is below which probability of being one a customer is told to have left.
	gone = 0.1
	// ownDays is from how many days with a purchase own gaps say something.
	ownDays = 3
)

// defaultHorizon is what forecasts of single customers look ahead; schemes have
// their own.
var defaultHorizon = model.Horizon{Months: 12, Discount: 0.1, Margin: 1}

// Next tells when a customer's next order is expected. Errors:
// customer.not_found also for customers the actor may not see,
// customer.field_hidden where purchases are hidden.
func (s *Service) Next(ctx context.Context, id int64) (Next, error) {
	if err := s.Customers.Visible(ctx, id); err != nil {
		return Next{}, err
	}
	if err := customer.Shows(ctx, customer.AccessOrders); err != nil {
		return Next{}, err
	}
	today := s.Zone.Today(s.Clock)
	var list []model.Purchase
	if err := s.piece(ctx, id, id, today, func(_ int64, p []model.Purchase) { list = slices.Clone(p) }); err != nil {
		return Next{}, err
	}
	r, err := s.current(ctx, Purchases)
	if err != nil && !errs.Is(err, "forecast.no_such_model") {
		return Next{}, err
	}
	out := nextOf(list, r, today)
	out.CustomerID = id
	out.tell(web.Locale(ctx))
	return out, nil
}

// nextOf is the forecast of purchases, days ascending; r is the model in use,
// nil without one.
func nextOf(list []model.Purchase, r *row, today clock.Day) Next {
	out := Next{AsOf: today, Basis: BasisNone, Sure: "none"}
	p := model.Period{End: today, Until: today, Unit: unit}
	h := model.HistoryOf(list, p)
	if len(list) == 0 {
		return out
	}
	out.Purchases = int(h.Repeat) + 1
	out.LastDay = &h.Last
	if r != nil {
		out.byModel(h, p, r)
	} else if out.Purchases >= ownDays {
		out.byRhythm(list)
	}
	return out
}

func (n *Next) byModel(h model.History, p model.Period, r *row) {
	st := *r.Body.Whole
	st.Period = p
	m := st.Orders
	x := int(h.Repeat)
	tx, age := p.Recency(&h)
	alive := m.Alive(x, tx, age)
	day := func(q float64) *clock.Day {
		d := n.AsOf + clock.Day(math.Ceil(min(m.NextWithin(x, age, q)*p.Unit.Days(), farDays)))
		return &d
	}
	within := func(days float64) *float64 {
		t := days / p.Unit.Days()
		v := alive * -math.Expm1((m.R+float64(x))*(math.Log(m.Alpha+age)-math.Log(m.Alpha+age+t)))
		return &v
	}
	n.Basis, n.Version = BasisModel, &r.Version
	n.Date, n.From, n.To = day(0.5), day(0.25), day(0.75)
	n.Within30, n.Within90 = within(30), within(90)
	orders := alive * m.IfAlive(x, age, 365/p.Unit.Days())
	n.Orders = &orders
	n.Sure = "low"
	if x > 0 {
		n.Alive = &alive
	}
	switch {
	case x == 0: // mostly what others do
	case alive >= sureAlive && *n.To-*n.From <= sureDays:
		n.Sure = "high"
	case alive >= mediumAlive && *n.To-*n.From <= mediumDays:
		n.Sure = "medium"
	}
	if list, err := st.Forecasts(context.Background(), []model.History{h}, defaultHorizon); err == nil && st.Values != nil {
		clv := int64(min(list[0].CLV, money.MaxFen))
		n.CLVFen = &clv
	}
}

// farDays bounds how far ahead a date is told: forty years.
const farDays = 14_600

// byRhythm goes by the own gaps between days with a purchase: the middle one and
// the quarters around it.
func (n *Next) byRhythm(list []model.Purchase) {
	var gaps []clock.Day
	for i := 1; i < len(list); i++ {
		if d := list[i].Day - list[i-1].Day; d > 0 {
			gaps = append(gaps, d)
		}
	}
	slices.Sort(gaps)
	at := func(q float64) *clock.Day {
		d := list[len(list)-1].Day + gaps[int(math.Round(q*float64(len(gaps)-1)))]
		return &d
	}
	n.Basis, n.Sure = BasisRhythm, "low"
	n.Date, n.From, n.To = at(0.5), at(0.25), at(0.75)
	n.Overdue = *n.Date < n.AsOf
	if spread := *n.To - *n.From; len(gaps) >= regularGaps && 2*spread <= *n.Date-*n.LastDay && !n.Overdue {
		n.Sure = "medium"
	}
}

// tell writes the sentence. i18n-keys: forecast.next.*
func (n *Next) tell(locale string) {
	key, p := "forecast.next.none", i18n.Params{"purchases": n.Purchases}
	date := func(d *clock.Day) string {
		if d == nil {
			return ""
		}
		return d.String()
	}
	share := func(v *float64) string {
		if v == nil {
			return ""
		}
		return i18n.Percent(*v, 0)
	}
	p["date"], p["from"], p["to"], p["last"] = date(n.Date), date(n.From), date(n.To), date(n.LastDay)
	p["within"], p["alive"] = share(n.Within90), share(n.Alive)
	switch {
	case n.Purchases == 0:
		key = "forecast.next.never"
	case n.Basis == BasisModel && n.Alive == nil:
		key = "forecast.next.once"
	case n.Basis == BasisModel && *n.Alive < gone:
		key = "forecast.next.gone"
	case n.Basis == BasisModel:
		key = "forecast.next.model"
	case n.Basis == BasisRhythm && n.Overdue:
		key = "forecast.next.overdue"
	case n.Basis == BasisRhythm:
		key = "forecast.next.rhythm"
	}
	n.Text = i18n.T(locale, key, p)
}

// current is the model of a kind in use; error forecast.no_such_model. Bodies
// are kept: reading one costs more than what is told by it.
func (s *Service) current(ctx context.Context, k Kind) (*row, error) {
	id, err := s.store.inUseID(ctx, k)
	if err != nil {
		return nil, err
	}
	return s.fitted(ctx, id)
}

// fitted is a model that was in use once.
func (s *Service) fitted(ctx context.Context, id int64) (r *row, err error) {
	s.mu.Lock()
	r = s.kept[id]
	s.mu.Unlock()
	if r != nil {
		return r, nil
	}
	if r, err = s.store.model(ctx, id); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.kept) > 2*len(Kinds) {
		clear(s.kept)
	}
	s.kept[id] = r
	return r, nil
}
