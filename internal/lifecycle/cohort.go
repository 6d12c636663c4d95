package lifecycle

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

// Cohort is the customers who first bought in a month, and how many of them
// bought in that month and in those behind it.
type Cohort struct {
	Month     string  `json:"month" doc:"2026-01"`
	Customers int64   `json:"customers"`
	Active    []int64 `json:"active" doc:"Who bought in month +0, +1, …; +0 is everybody"`
}

// Retention is the cohorts by the month of the first purchase.
type Retention struct {
	Cohorts []Cohort `json:"cohorts"`
}

// MaxMonths bounds the months of a table of cohorts.
const MaxMonths = 600

func monthText(m int32) string {
	y := 1970 + int(m)/12
	k := int(m) % 12
	if k < 0 {
		y, k = y-1, k+12
	}
	return fmt.Sprintf("%04d-%02d", y, k+1)
}

// ReadMonth reads "2026-01" as the number that clock.Day.Month gives. Error:
// lifecycle.bad_month.
func ReadMonth(text, path string) (int32, error) {
	d, err := clock.ParseDay(text + "-01")
	if err != nil {
		return 0, errs.New(errs.Invalid, "invalid").WithField(path, "lifecycle.bad_month")
	}
	return d.Month(), nil
}

// retention counts purchases by month.
type retention struct {
	sizes  map[int32]int64
	active map[[2]int32]int64 // cohort, months behind it
	last   int32
}

func newRetention() *retention {
	return &retention{sizes: map[int32]int64{}, active: map[[2]int32]int64{}, last: -1 << 30}
}

// add takes the days of the purchases of one customer, ascending.
func (r *retention) add(days []clock.Day) {
	if len(days) == 0 {
		return
	}
	first, before := days[0].Month(), int32(-1<<30)
	r.sizes[first]++
	for _, d := range days {
		if m := d.Month(); m != before {
			r.active[[2]int32{first, m - first}]++
			r.last, before = max(r.last, m), m
		}
	}
}

func (r *retention) join(o *retention) {
	for k, n := range o.sizes {
		r.sizes[k] += n
	}
	for k, n := range o.active {
		r.active[k] += n
	}
	r.last = max(r.last, o.last)
}

// Retention gives the table of cohorts of the customers whom the actor sees, from
// the month of the first purchase from to the month to; a purchase is an order
// with something left after refunds. Errors: lifecycle.bad_months,
// customer.field_hidden.
func (s *Service) Retention(ctx context.Context, from, to int32) (Retention, error) {
	out := Retention{Cohorts: []Cohort{}}
	if err := customer.Shows(ctx, customer.AccessOrders); err != nil {
		return out, err
	}
	if from > to || to-from >= MaxMonths {
		return out, errs.New(errs.Invalid, "invalid").WithField("from", "lifecycle.bad_months", "max", MaxMonths)
	}
	scope, err := s.scope(ctx)
	if err != nil {
		return out, err
	}
	r, ok, err := s.retentionInMemory(ctx, scope)
	if err == nil && !ok {
		r, err = s.retentionBySQL(ctx, scope)
	}
	if err != nil {
		return out, err
	}
	for m := from; m <= to; m++ {
		if r.sizes[m] == 0 {
			continue
		}
		c := Cohort{Month: monthText(m), Customers: r.sizes[m]}
		for k := int32(0); m+k <= r.last; k++ {
			c.Active = append(c.Active, r.active[[2]int32{m, k}])
		}
		out.Cohorts = append(out.Cohorts, c)
	}
	return out, nil
}

// retentionInMemory counts in the columns, where they have the orders.
func (s *Service) retentionInMemory(ctx context.Context, scope *column.Matches) (*retention, bool, error) {
	st := s.Streams.Get("orders")
	if st == nil || s.Columns == nil {
		return nil, false, nil
	}
	net, ok := st.MeasureCol("net")
	if !ok {
		return nil, false, nil
	}
	all := newRetention()
	var mu sync.Mutex
	ok, err := s.Columns.Scan(ctx, []column.Col{st.DayCol(), net}, func(b *column.Block, _, _ int) {
		part := newRetention()
		allDays, allNets := b.Values(0), b.Values(1)
		var bought []clock.Day
		b.IDs(func(id int64) {
			if scope != nil && !scope.Has(id) {
				return
			}
			days, nets := allDays.Of(id), allNets.Of(id)
			bought = bought[:0]
			for i := range days {
				if nets[i] > 0 {
					bought = append(bought, clock.Day(days[i]))
				}
			}
			part.add(bought)
		})
		mu.Lock()
		defer mu.Unlock()
		all.join(part)
	})
	return all, ok, err
}

func (s *Service) retentionBySQL(ctx context.Context, scope *column.Matches) (*retention, error) {
	r := newRetention()
	var of int64
	var bought []clock.Day
	err := s.store.purchases(ctx, func(id int64, day clock.Day) {
		if id != of {
			r.add(bought)
			of, bought = id, bought[:0]
		}
		if scope == nil || scope.Has(id) {
			bought = append(bought, day)
		}
	})
	r.add(bought)
	return r, err
}

// StageCohorts tells how the customers who first bought in some months came
// through the stages.
type StageCohorts struct {
	Stages  []StageRef    `json:"stages"`
	Total   StageCohort   `json:"total" doc:"All months together: the funnel"`
	Cohorts []StageCohort `json:"cohorts"`
}

// StageCohort is the customers who first bought in a month.
type StageCohort struct {
	Month     string         `json:"month" doc:"Empty of the total"`
	Customers int64          `json:"customers"`
	Stages    []StagePassage `json:"stages" doc:"In the order of stages"`
}

// StagePassage is what a cohort did with a stage.
type StagePassage struct {
	Code    string  `json:"code"`
	Reached int64   `json:"reached" doc:"Who were in the stage at some time"`
	Share   float64 `json:"share" doc:"Of the cohort"`
	Now     int64   `json:"now" doc:"Who are in it now"`
	// The medians are of whole days; null where nobody counts.
	DaysTo *float64 `json:"days_to" doc:"Median days from the first purchase to the stage, of those who came behind it"`
	DaysIn *float64 `json:"days_in" doc:"Median days of the stays that are over"`
}

// tally collects the figures of a cohort.
type tally struct {
	customers map[int64]bool
	reached   map[string]int64
	now       map[string]int64
	to, in    map[string][]int
}

func newTally() *tally {
	return &tally{map[int64]bool{}, map[string]int64{}, map[string]int64{}, map[string][]int{}, map[string][]int{}}
}

// customer takes the passages of one customer, ascending.
func (t *tally) customer(list []passed) {
	t.customers[list[0].customer] = true
	reached := map[string]bool{}
	for i := range list {
		p := &list[i]
		if !reached[p.stage] {
			reached[p.stage] = true
			t.reached[p.stage]++
			if d := int(p.day - p.first); d >= 0 {
				t.to[p.stage] = append(t.to[p.stage], d)
			}
		}
		if p.before.Stage != "" {
			t.in[p.before.Stage] = append(t.in[p.before.Stage], int(p.day-p.before.Since))
		}
	}
	t.now[list[len(list)-1].stage]++
}

func median(list []int) *float64 {
	if len(list) == 0 {
		return nil
	}
	slices.Sort(list)
	m := float64(list[len(list)/2])
	if len(list)%2 == 0 {
		m = (m + float64(list[len(list)/2-1])) / 2
	}
	return &m
}

func (t *tally) view(month string, order []string) StageCohort {
	out := StageCohort{Month: month, Customers: int64(len(t.customers)), Stages: []StagePassage{}}
	for _, code := range order {
		p := StagePassage{Code: code, Reached: t.reached[code], Now: t.now[code], DaysTo: median(t.to[code]), DaysIn: median(t.in[code])}
		if out.Customers > 0 {
			p.Share = float64(p.Reached) / float64(out.Customers)
		}
		out.Stages = append(out.Stages, p)
	}
	return out
}

// maxStageMonths bounds the months of StageCohorts.
const maxStageMonths = 36

// StageCohorts gives, of the customers whom the actor sees and who first bought
// in months from from to to, how many reached each stage, how long that took and
// how long they stayed. Errors: lifecycle.bad_months, customer.field_hidden.
func (s *Service) StageCohorts(ctx context.Context, from, to int32) (StageCohorts, error) {
	out := StageCohorts{Stages: []StageRef{}, Cohorts: []StageCohort{}}
	if err := cmp.Or(customer.Shows(ctx, customer.AccessOrders), customer.Shows(ctx, customer.LifecycleField)); err != nil {
		return out, err
	}
	if from > to || to-from >= maxStageMonths {
		return out, errs.New(errs.Invalid, "invalid").WithField("from", "lifecycle.bad_months", "max", maxStageMonths)
	}
	c, _, err := s.config(ctx, 0)
	if err != nil {
		return out, err
	}
	scope, err := s.scope(ctx)
	if err != nil {
		return out, err
	}
	total, months := newTally(), map[int32]*tally{}
	var list []passed
	end := func() {
		if len(list) == 0 {
			return
		}
		m := list[0].first.Month()
		if months[m] == nil {
			months[m] = newTally()
		}
		months[m].customer(list)
		total.customer(list)
		list = list[:0]
	}
	err = s.store.cohorts(ctx, firstOf(from), firstOf(to+1)-1, func(p *passed) {
		if len(list) > 0 && list[0].customer != p.customer {
			end()
		}
		if scope == nil || scope.Has(p.customer) {
			list = append(list, *p)
		}
	})
	if err != nil {
		return out, err
	}
	end()
	order := c.order(total.reached)
	for _, code := range order {
		out.Stages = append(out.Stages, c.ref(code, web.Locale(ctx)))
	}
	out.Total = total.view("", order)
	for m := from; m <= to; m++ {
		if t := months[m]; t != nil {
			out.Cohorts = append(out.Cohorts, t.view(monthText(m), order))
		}
	}
	return out, nil
}

// firstOf is the first day of a month.
func firstOf(m int32) clock.Day {
	return clock.DateDay(1970+int(m)/12, time.Month(int(m)%12+1), 1)
}
