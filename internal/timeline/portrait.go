package timeline

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"zhike/internal/customer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/money"
)

// The windows of a portrait, in days, and its bounds.
const (
	portraitDays = 730
	trendDays    = 180
	spendMonths  = 24
	// maxBuys and maxThings bound what is read; beyond them the newest count.
	maxBuys   = 20_000
	maxThings = 40_000
	maxShares = 8
)

// MonthSpend is what a customer spent in a calendar month of the company.
type MonthSpend struct {
	Month  string `json:"month" doc:"2026-09"`
	Orders int64  `json:"orders" doc:"Purchases: orders with something left after refunds"`
	NetFen int64  `json:"net_fen" doc:"After refunds and returns"`
}

// SpendByMonth is net spend by month, oldest first, without gaps.
type SpendByMonth struct {
	AsOf   clock.Day    `json:"as_of"`
	Months []MonthSpend `json:"months" doc:"24 months up to that of as_of; none before the first purchase"`
	// Older says that there were purchases before the first month given.
	Older bool `json:"older" doc:"There were purchases before the first month given"`
}

// Share is a part of what a customer spends.
type Share struct {
	Name   string  `json:"name" doc:"Empty for all others together"`
	NetFen int64   `json:"net_fen"`
	Orders int64   `json:"orders" doc:"Purchases; 0 where lines are counted"`
	Share  float64 `json:"share" doc:"Of the sum of the parts, 0 to 1"`
}

// HeatCell is how often a customer buys in an hour of a weekday.
type HeatCell struct {
	Weekday int   `json:"weekday" doc:"1 Monday to 7 Sunday"`
	Hour    int   `json:"hour" doc:"0 to 23, company time"`
	Orders  int64 `json:"orders"`
}

// PriceBand is the middle half of the prices a customer pays for a piece.
type PriceBand struct {
	LowFen    int64 `json:"low_fen" doc:"A quarter of the pieces costs less"`
	MedianFen int64 `json:"median_fen"`
	HighFen   int64 `json:"high_fen" doc:"A quarter costs more"`
	Pieces    int64 `json:"pieces"`
}

// Trend compares the last 180 days with the 180 before them.
type Trend struct {
	NetFen      int64 `json:"net_180_fen"`
	PriorFen    int64 `json:"net_prior_180_fen"`
	Orders      int64 `json:"orders_180"`
	PriorOrders int64 `json:"orders_prior_180"`
	// Change is (last − prior) ÷ prior of the net spend.
	Change *float64 `json:"change" doc:"(last − prior) ÷ prior of net spend; null where nothing was spent before"`
}

// Average is what buyers spend: customers with a purchase in the last 365 days.
type Average struct {
	Scope      string          `json:"scope" enum:"company,level"`
	Level      *customer.Level `json:"level" doc:"Of scope level" access:"level"`
	AsOf       clock.Day       `json:"as_of"`
	ComputedAt int64           `json:"computed_at" doc:"unix ms"`
	Customers  int64           `json:"customers"`
	Buyers     int64           `json:"buyers"`
	NetFen     int64           `json:"net_365_fen" doc:"By buyer"`
	Orders     float64         `json:"orders_365" doc:"By buyer"`
	AOVFen     int64           `json:"aov_365_fen" doc:"By purchase"`
	Months     float64         `json:"months_365" doc:"Months with a purchase, by buyer"`
}

// SpendFigures are how much and how often.
type SpendFigures struct {
	NetFen       int64    `json:"net_365_fen"`
	Orders       int64    `json:"orders_365"`
	AOVFen       *int64   `json:"aov_365_fen" doc:"null without a purchase"`
	Months       int64    `json:"months_365" doc:"Months of the last 365 days with a purchase"`
	NetAllFen    int64    `json:"net_all_fen"`
	OrdersAll    int64    `json:"orders_all"`
	IntervalDays *float64 `json:"interval_days" doc:"Mean days between purchases: (last − first) ÷ (purchases − 1)"`
	// PriceSensitivity is that of the figures of package order.
	PriceSensitivity *int64 `json:"price_sensitivity" doc:"Per cent of the purchases of 365 days with a known discount that were bought at 5 % off the list price or more; null with fewer than three of them"`
}

// Portrait is how a customer buys. What, when and where are of the span
// from–to: two years up to the as-of day, or up to the last purchase where
// that is older.
type Portrait struct {
	AsOf       clock.Day    `json:"as_of"`
	Sentence   string       `json:"sentence" doc:"In the reader's language"`
	From       clock.Day    `json:"from"`
	To         clock.Day    `json:"to"`
	Cut        bool         `json:"cut" doc:"There is so much that only the newest was read"`
	Spend      SpendFigures `json:"spend"`
	Averages   []Average    `json:"averages" doc:"The company, then the customer's level; none before they were computed"`
	Trend      Trend        `json:"trend"`
	Months     []MonthSpend `json:"months"`
	Heat       []HeatCell   `json:"heat" doc:"Hours with a purchase"`
	Categories []Share      `json:"categories"`
	Brands     []Share      `json:"brands"`
	Price      *PriceBand   `json:"price" doc:"null without a price"`
	Provinces  []Share      `json:"provinces"`
	Cities     []Share      `json:"cities"`
	Stores     []Share      `json:"stores"`
	Channels   []Share      `json:"channels"`
}

// figures are the stored figures a portrait begins from.
type figures struct {
	bought                                 bool
	first, last                            clock.Day
	orders, net, months, ordersAll, netAll int64
	price                                  *int64 // sensitivity, per cent
}

// SpendByMonth gives a customer's net spend by month. Error: customer.not_found.
func (s *Service) SpendByMonth(ctx context.Context, customerID int64) (SpendByMonth, error) {
	out := SpendByMonth{Months: []MonthSpend{}}
	if err := customer.Shows(ctx, customer.AccessSpend, customer.AccessOrders); err != nil {
		return out, err
	}
	if err := s.Customers.Visible(ctx, customerID); err != nil {
		return out, err
	}
	asOf, err := s.Customers.Today(ctx)
	if err != nil {
		return out, err
	}
	out.AsOf = asOf
	f, err := s.st.figures(ctx, customerID)
	if err != nil {
		return out, err
	}
	days, err := s.st.spendByDay(ctx, customerID, monthStart(asOf, spendMonths-1), asOf)
	if err != nil {
		return out, err
	}
	out.Months = byMonth(days, f, asOf)
	out.Older = f.bought && f.first < monthStart(asOf, spendMonths-1)
	return out, nil
}

// monthStart is the first day of the month that lies n before that of a day.
func monthStart(d clock.Day, n int) clock.Day {
	y, m, _ := d.Date()
	return clock.DateDay(y, m-time.Month(n), 1)
}

// byMonth makes months of days, from the first purchase on or 24 of them.
func byMonth(days []dayRow, f figures, asOf clock.Day) []MonthSpend {
	out := []MonthSpend{}
	if !f.bought && len(days) == 0 {
		return out
	}
	from := monthStart(asOf, spendMonths-1)
	first := f.first
	if len(days) > 0 && (!f.bought || days[0].day < first) {
		first = days[0].day
	}
	from = max(from, monthStart(first, 0))
	k := 0
	for m := from; m <= asOf; m = monthStart(m, -1) {
		y, month, _ := m.Date()
		row, milli, end := MonthSpend{Month: fmt.Sprintf("%04d-%02d", y, int(month))}, int64(0), monthStart(m, -1)
		for ; k < len(days) && days[k].day < end; k++ {
			if days[k].day >= m {
				row.Orders += days[k].orders
				milli += days[k].milli
			}
		}
		row.NetFen = money.RoundMilli(milli)
		out = append(out, row)
	}
	return out
}

// Portrait tells how a customer buys. Errors: customer.not_found,
// customer.field_hidden: nothing of a portrait is without spend and purchases.
func (s *Service) Portrait(ctx context.Context, customerID int64, locale string) (Portrait, error) {
	p := Portrait{Averages: []Average{}}
	if err := customer.Shows(ctx, customer.AccessSpend, customer.AccessOrders); err != nil {
		return p, err
	}
	if err := s.Customers.Visible(ctx, customerID); err != nil {
		return p, err
	}
	asOf, err := s.Customers.Today(ctx)
	if err != nil {
		return p, err
	}
	f, err := s.st.figures(ctx, customerID)
	if err != nil {
		return p, err
	}
	p.AsOf, p.To = asOf, asOf
	if f.bought && f.last <= asOf-portraitDays {
		p.To = f.last
	}
	p.From = p.To - portraitDays + 1
	p.Spend = f.shown()
	days, err := s.st.spendByDay(ctx, customerID, min(monthStart(asOf, spendMonths-1), asOf-2*trendDays+1), asOf)
	if err != nil {
		return p, err
	}
	p.Months, p.Trend = byMonth(days, f, asOf), trendOf(days, asOf)
	buys, err := s.st.buys(ctx, customerID, p.From, p.To, maxBuys+1)
	if err != nil {
		return p, err
	}
	things, err := s.st.things(ctx, customerID, p.From, p.To, maxThings+1)
	if err != nil {
		return p, err
	}
	if p.Cut = len(buys) > maxBuys || len(things) > maxThings; p.Cut {
		buys, things = buys[:min(len(buys), maxBuys)], things[:min(len(things), maxThings)]
	}
	p.read(buys, things, s.Zone())
	if p.Averages, err = s.averagesFor(ctx, customerID); err != nil {
		return p, err
	}
	p.Sentence = s.sentence(&p, f, locale)
	return p, nil
}

func (f *figures) shown() SpendFigures {
	out := SpendFigures{NetFen: f.net, Orders: f.orders, Months: f.months, NetAllFen: f.netAll, OrdersAll: f.ordersAll, PriceSensitivity: f.price}
	if f.orders > 0 {
		aov := customer.Ratio(f.net, f.orders)
		out.AOVFen = &aov
	}
	if f.ordersAll > 1 {
		mean := float64(f.last-f.first) / float64(f.ordersAll-1)
		out.IntervalDays = &mean
	}
	return out
}

func trendOf(days []dayRow, asOf clock.Day) (t Trend) {
	var last, prior int64
	for i := range days {
		switch d := &days[i]; {
		case d.day > asOf-trendDays:
			last += d.milli
			t.Orders += d.orders
		case d.day > asOf-2*trendDays:
			prior += d.milli
			t.PriorOrders += d.orders
		}
	}
	t.NetFen, t.PriorFen = money.RoundMilli(last), money.RoundMilli(prior)
	if t.PriorFen > 0 {
		c := float64(t.NetFen-t.PriorFen) / float64(t.PriorFen)
		t.Change = &c
	}
	return t
}

// parts adds up what belongs to each name.
type parts map[string]*part

type part struct{ milli, orders int64 }

func (p parts) add(name string, milli int64, order bool) {
	if name == "" {
		return
	}
	x := p[name]
	if x == nil {
		x = &part{}
		p[name] = x
	}
	x.milli += milli
	if order {
		x.orders++
	}
}

// shares are the largest parts above 0, the rest together as one.
func (p parts) shares() []Share {
	out, sum := []Share{}, int64(0)
	for name, x := range p {
		if x.milli > 0 {
			sum += x.milli
			out = append(out, Share{Name: name, NetFen: x.milli, Orders: x.orders})
		}
	}
	slices.SortFunc(out, func(a, b Share) int { return cmp.Or(cmp.Compare(b.NetFen, a.NetFen), cmp.Compare(a.Name, b.Name)) })
	if len(out) > maxShares {
		rest := Share{}
		for _, x := range out[maxShares-1:] {
			rest.NetFen += x.NetFen
			rest.Orders += x.Orders
		}
		out = append(out[:maxShares-1], rest)
	}
	for i := range out {
		out[i].Share = float64(out[i].NetFen) / float64(sum)
		out[i].NetFen = money.RoundMilli(out[i].NetFen)
	}
	return out
}

// read makes when, where, through what and what of orders and their lines.
func (p *Portrait) read(buys []buyRow, things []thingRow, zone *time.Location) {
	provinces, cities, stores, channels := parts{}, parts{}, parts{}, parts{}
	heat := map[[2]int]int64{}
	for i := range buys {
		b := &buys[i]
		bought := b.milli > 0
		channel := b.channel
		if channel == "" {
			channel = b.source
		}
		provinces.add(b.province, b.milli, bought)
		cities.add(b.city, b.milli, bought)
		stores.add(b.store, b.milli, bought)
		channels.add(channel, b.milli, bought)
		if bought {
			t := time.UnixMilli(b.at).In(zone)
			heat[[2]int{(int(t.Weekday())+6)%7 + 1, t.Hour()}]++
		}
	}
	p.Provinces, p.Cities, p.Stores, p.Channels = provinces.shares(), cities.shares(), stores.shares(), channels.shares()
	p.Heat = make([]HeatCell, 0, len(heat))
	for at, n := range heat {
		p.Heat = append(p.Heat, HeatCell{at[0], at[1], n})
	}
	slices.SortFunc(p.Heat, func(a, b HeatCell) int { return cmp.Or(a.Weekday-b.Weekday, a.Hour-b.Hour) })
	categories, brands := parts{}, parts{}
	for i := range things {
		categories.add(things[i].category, things[i].milli, false)
		brands.add(things[i].brand, things[i].milli, false)
	}
	p.Categories, p.Brands, p.Price = categories.shares(), brands.shares(), priceBand(things)
}

// priceBand finds the quartiles of the price of a piece, each piece counting
// once. Half pieces and returns do not count.
func priceBand(things []thingRow) *PriceBand {
	type price struct{ fen, pieces int64 }
	var list []price
	total := int64(0)
	for i := range things {
		if t := &things[i]; t.milli > 0 && t.quantity >= 1000 {
			n := t.quantity / 1000
			list = append(list, price{customer.Ratio(t.milli, t.quantity), n})
			total += n
		}
	}
	if total == 0 {
		return nil
	}
	slices.SortFunc(list, func(a, b price) int { return cmp.Compare(a.fen, b.fen) })
	at := func(rank int64) int64 { // the price of the rank-th piece, from 1
		for _, x := range list {
			if rank -= x.pieces; rank <= 0 {
				return x.fen
			}
		}
		return list[len(list)-1].fen
	}
	return &PriceBand{LowFen: at((total + 3) / 4), MedianFen: at((total + 1) / 2), HighFen: at((3*total + 3) / 4), Pieces: total}
}
