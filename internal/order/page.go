package order

import (
	"context"

	"zhike/internal/customer"
	"zhike/internal/platform/clock"
)

// WindowFigures are the figures of one window.
type WindowFigures struct {
	Days        int32  `json:"days" doc:"Length of the window up to the as-of day; 0 is all time"`
	Orders      int64  `json:"orders" doc:"Purchases: orders with something left after refunds" access:"orders"`
	SalesFen    int64  `json:"sales_fen" doc:"Before refunds and returns" access:"spend"`
	NetFen      int64  `json:"net_fen" doc:"After refunds and returns" access:"spend"`
	RefundedFen int64  `json:"refunded_fen" doc:"Refunds and returns" access:"spend"`
	AOVFen      *int64 `json:"aov_fen" doc:"Net by purchase; null without one" access:"spend"`
	Months      int64  `json:"months" doc:"Calendar months with a purchase" access:"orders"`
	// RepurchaseRate is the share of repeat orders, (orders − 1) ÷ orders.
	RepurchaseRate *float64 `json:"repurchase_rate" doc:"Share of repeat orders, (orders − 1) ÷ orders; null without a purchase" access:"orders"`
}

// Figures are the stored figures of a customer.
type Figures struct {
	AsOf             clock.Day       `json:"as_of"`
	Windows          []WindowFigures `json:"windows" doc:"30, 90, 180 and 365 days and all time"`
	FirstDay         *clock.Day      `json:"first_day" doc:"Of the first purchase" access:"orders"`
	LastDay          *clock.Day      `json:"last_day" doc:"Of the last purchase" access:"orders"`
	DaysSince        *int64          `json:"days_since" doc:"Days from the last purchase to the as-of day" access:"orders"`
	LastBehaviourDay *clock.Day      `json:"last_behaviour_day" access:"orders"`
	// IntervalDays is the mean distance between purchases: (last − first) ÷ (orders − 1).
	IntervalDays *float64 `json:"interval_days" doc:"Mean days between purchases; null with fewer than two" access:"orders"`
	UnpaidCarts  int64    `json:"carts_90" doc:"Put into the cart in 90 days and not bought since" access:"orders"`
	Views90      int64    `json:"views_90" access:"orders"`
	Category     string   `json:"favourite_category" access:"orders"`
	Brand        string   `json:"favourite_brand" access:"orders"`
	UpdatedAt    int64    `json:"updated_at"`
	// PriceSensitivity is as Metrics has it.
	PriceSensitivity *int64 `json:"price_sensitivity" doc:"Per cent of the purchases of 365 days with a known discount that were bought at 5 % off the list price or more; null with fewer than three of them" access:"orders"`
}

// CustomerPage is everything the page of one customer shows.
type CustomerPage struct {
	Customer   *customer.Identity     `json:"customer" nullable:"false"`
	Figures    Figures                `json:"figures"`
	Level      *customer.LevelReason  `json:"level" doc:"Of value, with the reason; null where there is none" access:"level"`
	Levels     []DimensionLevel       `json:"levels" doc:"Of every dimension in use, in their order" access:"level"`
	Lifecycle  *customer.LifecycleNow `json:"lifecycle" doc:"Null where not in the lifecycle yet" access:"lifecycle"`
	Orders     []Item                 `json:"orders" doc:"The newest 10" access:"orders"`
	Behaviours []BehaviourItem        `json:"behaviours" doc:"The newest 10" access:"orders"`
}

// CustomerPage reads the page of a customer; customer.not_found also where the
// actor may not see the customer.
func (s *Service) CustomerPage(ctx context.Context, id int64) (CustomerPage, error) {
	p := CustomerPage{Levels: []DimensionLevel{}}
	var err error
	if p.Customer, err = s.Customers.Identity(ctx, id); err != nil {
		return p, err
	}
	asOf, err := s.Customers.Today(ctx)
	if err != nil {
		return p, err
	}
	m, err := s.store.metricsOne(ctx, id)
	if err != nil {
		return p, err
	}
	p.Figures = m.figures(asOf)
	if s.Levels != nil {
		if err := s.levels(ctx, &p, id); err != nil {
			return p, err
		}
	}
	if p.Lifecycle, err = s.Customers.LifecycleNow(ctx, id); err != nil {
		return p, err
	}
	if p.Orders, err = s.items(ctx, id, newest, recent); err != nil {
		return p, err
	}
	rows, err := s.store.behavioursOf(ctx, id, 0, newest, recent)
	p.Behaviours = behaviourItems(rows)
	return p, err
}

// DimensionLevel is the level of a customer in a dimension.
type DimensionLevel struct {
	customer.LevelDimension
	Level *customer.LevelReason `json:"level" doc:"Null where the customer has none" access:"level"`
}

// levels fills in the levels that are in force.
func (s *Service) levels(ctx context.Context, p *CustomerPage, id int64) error {
	list, err := s.Levels.Dimensions(ctx)
	if err != nil {
		return err
	}
	p.Levels = make([]DimensionLevel, len(list))
	for i, d := range list {
		p.Levels[i].LevelDimension = d
		if p.Levels[i].Level, err = s.Levels.Explain(ctx, d.Code, id); err != nil {
			return err
		}
		if d.Code == customer.ValueDimension {
			p.Level = p.Levels[i].Level
		}
	}
	return nil
}

// figures makes the shown form; asOf is the day figures are kept for, for
// which the row is true even where it was computed earlier.
func (m *Metrics) figures(asOf clock.Day) Figures {
	f := Figures{
		AsOf: asOf, FirstDay: m.First, LastDay: m.Last, LastBehaviourDay: m.LastBehaviour,
		UnpaidCarts: m.Carts90, Views90: m.Views90, Category: m.Category, Brand: m.Brand, UpdatedAt: m.UpdatedAt,
		PriceSensitivity: m.PriceSensitivity,
	}
	for w := range Windows {
		v := WindowFigures{
			Days: WindowDays[w], Orders: m.Orders[w], SalesFen: m.Sales[w], NetFen: m.Net[w],
			RefundedFen: m.Sales[w] - m.Net[w], Months: m.Months[w],
		}
		if n := m.Orders[w]; n > 0 {
			aov, rate := customer.Ratio(m.Net[w], n), float64(n-1)/float64(n)
			v.AOVFen, v.RepurchaseRate = &aov, &rate
		}
		f.Windows = append(f.Windows, v)
	}
	if m.Last != nil {
		days := int64(asOf - *m.Last)
		f.DaysSince = &days
		if n := m.Orders[WindowAll]; n > 1 {
			mean := float64(*m.Last-*m.First) / float64(n-1)
			f.IntervalDays = &mean
		}
	}
	return f
}
