package order

import (
	"context"
	"slices"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
)

// maxLabels bounds the labels of products kept during a refresh.
const maxLabels = 200_000

// run is the working memory of one refresh.
type run struct {
	r      *Refresher
	asOf   clock.Day
	labels map[int64]label
	tally  tally
}

func (r *Refresher) newRun(asOf clock.Day) *run {
	return &run{r: r, asOf: asOf, labels: map[int64]label{}}
}

// listed computes a list of at most db.MaxIn ids, inside InTx.
func (u *run) listed(ctx context.Context, ids []int64) error {
	ids, err := u.r.store.existing(ctx, ids)
	if err != nil || len(ids) == 0 {
		return err
	}
	return u.chunk(ctx, span{ids: ids}, ids)
}

// chunk computes the customers ids (ascending), which are those of sp.
func (u *run) chunk(ctx context.Context, sp span, ids []int64) error {
	s := u.r.store
	if err := s.lockMetrics(ctx); err != nil {
		return err
	}
	now := u.r.now()
	rows := make([]Metrics, len(ids))
	for i, id := range ids {
		rows[i] = Metrics{CustomerID: id, AsOf: u.asOf, UpdatedAt: now}
	}
	find := finder(rows)
	if err := u.orders(ctx, sp, find); err != nil {
		return err
	}
	if err := u.favourites(ctx, sp, rows); err != nil {
		return err
	}
	if err := u.behaviours(ctx, sp, find); err != nil {
		return err
	}
	return s.writeMetrics(ctx, sp, rows)
}

// finder looks rows up by customer; ascending lookups are cheapest.
func finder(rows []Metrics) func(id int64) *Metrics {
	at := 0
	return func(id int64) *Metrics {
		if at >= len(rows) || rows[at].CustomerID > id {
			at = 0
		}
		for at < len(rows) && rows[at].CustomerID < id {
			at++
		}
		if at < len(rows) && rows[at].CustomerID == id {
			return &rows[at]
		}
		return nil
	}
}

func (u *run) orders(ctx context.Context, sp span, find func(int64) *Metrics) error {
	var m *Metrics
	t := &u.tally
	flush := func() {
		if m != nil {
			t.into(m)
		}
	}
	err := u.r.store.eachOrder(ctx, sp, u.asOf, func(customer int64, day clock.Day, net, sales int64) {
		if m == nil || m.CustomerID != customer {
			next := find(customer)
			if next == nil { // an orphan: no such customer
				return
			}
			flush()
			m = next
			t.reset(u.asOf)
		}
		t.add(day, net, sales)
	})
	flush()
	return err
}

func (u *run) behaviours(ctx context.Context, sp span, find func(int64) *Metrics) error {
	since, carts := u.asOf-cartDays+1, int64(0)
	err := u.r.store.eachBehaved(ctx, sp, since, u.asOf, func(customer int64, last clock.Day, views, put int64) {
		if m := find(customer); m != nil {
			m.LastBehaviour, m.Views90, m.Carts90 = &last, views, put
			carts += put
		}
	})
	if err != nil || carts == 0 {
		return err
	}
	return u.r.store.eachPaidCart(ctx, sp, since, u.asOf, func(customer, paid int64) {
		if m := find(customer); m != nil {
			m.Carts90 -= paid
		}
	})
}

// lineSum is a line whose product has yet to be looked up.
type lineSum struct{ customer, product, milli int64 }

func (u *run) favourites(ctx context.Context, sp span, rows []Metrics) error {
	var lines []lineSum
	collect := func(customer, product, milli int64) {
		lines = append(lines, lineSum{customer, product, milli})
	}
	var recent, former bool
	var old []int64
	isOld := map[int64]bool{}
	for i := range rows {
		switch m := &rows[i]; {
		case m.Orders[Window365] > 0:
			recent = true
		case m.Orders[WindowAll] > 0:
			former = true
			old = append(old, m.CustomerID)
			isOld[m.CustomerID] = true
		}
	}
	if recent {
		err := u.r.store.eachLine(ctx, sp, windowStart(Window365, u.asOf), u.asOf, func(customer, product, milli int64) {
			if !isOld[customer] {
				collect(customer, product, milli)
			}
		})
		if err != nil {
			return err
		}
	}
	if former {
		err := db.InChunks(old, func(chunk []int64) error {
			return u.r.store.eachLine(ctx, span{ids: chunk}, minDay, u.asOf, collect)
		})
		if err != nil {
			return err
		}
	}
	if err := u.need(ctx, lines); err != nil {
		return err
	}
	u.choose(lines, finder(rows))
	return nil
}

// need looks up the labels of products not known yet.
func (u *run) need(ctx context.Context, lines []lineSum) error {
	var unknown []int64
	for _, l := range lines {
		if _, ok := u.labels[l.product]; !ok {
			unknown = append(unknown, l.product)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	slices.Sort(unknown)
	unknown = slices.Compact(unknown)
	if len(u.labels)+len(unknown) > maxLabels {
		clear(u.labels)
		for _, l := range lines {
			unknown = append(unknown, l.product)
		}
		slices.Sort(unknown)
		unknown = slices.Compact(unknown)
	}
	return u.r.store.labels(ctx, unknown, u.labels)
}

// choose sets category and brand of each customer of the lines.
func (u *run) choose(lines []lineSum, find func(int64) *Metrics) {
	slices.SortFunc(lines, func(a, b lineSum) int {
		switch {
		case a.customer < b.customer:
			return -1
		case a.customer > b.customer:
			return 1
		}
		return 0
	})
	category, brand := amounts{}, amounts{}
	for i := 0; i < len(lines); {
		customer := lines[i].customer
		clear(category)
		clear(brand)
		for ; i < len(lines) && lines[i].customer == customer; i++ {
			l := u.labels[lines[i].product]
			if l.category != "" {
				category[l.category] += lines[i].milli
			}
			if l.brand != "" {
				brand[l.brand] += lines[i].milli
			}
		}
		if m := find(customer); m != nil {
			m.Category, m.Brand = category.top(), brand.top()
		}
	}
}
