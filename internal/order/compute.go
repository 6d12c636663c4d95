package order

import (
	"cmp"
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
	bought bought
	lines  []lineSum // of the customers of a chunk
	// apart lists the customers of a chunk with orders whose products stand in
	// their lines only: those with a purchase in 365 days, and the others.
	apart struct{ recent, old []int64 }
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
	if err := u.favourites(ctx, rows); err != nil {
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
	t, year := &u.tally, windowStart(Window365, u.asOf)
	u.lines, u.apart.recent, u.apart.old = u.lines[:0], u.apart.recent[:0], u.apart.old[:0]
	flush := func() {
		if m != nil {
			t.into(m)
			u.take(m)
		}
	}
	err := u.r.store.eachOrder(ctx, sp, u.asOf, func(o placed) {
		if m == nil || m.CustomerID != o.customer {
			next := find(o.customer)
			if next == nil { // an orphan: no such customer
				return
			}
			flush()
			m = next
			t.reset(u.asOf)
			u.bought.reset()
		}
		t.add(o)
		if o.net != 0 {
			u.bought.add(o.day >= year, o.lone, o.net)
		}
	})
	flush()
	return err
}

// take keeps what the orders of a customer say of products by themselves: of
// the last 365 days, and of all time for who bought nothing in them.
func (u *run) take(m *Metrics) {
	if m.Orders[WindowAll] == 0 {
		return // who bought nothing has no favourite
	}
	b := &u.bought
	recent := m.Orders[Window365] > 0
	switch {
	case recent && b.apart[1]:
		u.apart.recent = append(u.apart.recent, m.CustomerID)
	case !recent && (b.apart[0] || b.apart[1]):
		u.apart.old = append(u.apart.old, m.CustomerID)
	}
	for _, p := range b.sums[1] {
		u.lines = append(u.lines, lineSum{m.CustomerID, p.product, p.milli})
	}
	if !recent {
		for _, p := range b.sums[0] {
			u.lines = append(u.lines, lineSum{m.CustomerID, p.product, p.milli})
		}
	}
}

// bought is what the orders of one customer say of products, those before the
// last 365 days at place 0 and those in them at place 1.
type bought struct {
	sums  [2][]productSum
	apart [2]bool // some products stand in the lines
}

type productSum struct{ product, milli int64 }

func (b *bought) reset() {
	b.sums[0], b.sums[1], b.apart = b.sums[0][:0], b.sums[1][:0], [2]bool{}
}

func (b *bought) add(recent bool, lone, milli int64) {
	at := 0
	if recent {
		at = 1
	}
	switch lone {
	case 0:
		b.apart[at] = true
	case NoProduct:
	default:
		b.sums[at] = compact(append(b.sums[at], productSum{lone, milli}))
	}
}

// compact adds sums of one product up once there are many, so that a customer
// with a million orders takes no more room than there are products.
func compact(sums []productSum) []productSum {
	if n := len(sums); n < 4096 || n < cap(sums) {
		return sums
	}
	slices.SortFunc(sums, func(a, b productSum) int { return cmp.Compare(a.product, b.product) })
	out := sums[:1]
	for _, s := range sums[1:] {
		if last := &out[len(out)-1]; last.product == s.product {
			last.milli += s.milli
		} else {
			out = append(out, s)
		}
	}
	if len(out) > cap(sums)/2 {
		out = slices.Grow(out, cap(sums))
	}
	return out
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

func (u *run) favourites(ctx context.Context, rows []Metrics) error {
	collect := func(customer, product, milli int64) {
		u.lines = append(u.lines, lineSum{customer, product, milli})
	}
	for _, part := range []struct {
		ids  []int64
		from clock.Day
	}{{u.apart.recent, windowStart(Window365, u.asOf)}, {u.apart.old, minDay}} {
		err := db.InChunks(part.ids, func(chunk []int64) error {
			return u.r.store.eachLine(ctx, span{ids: chunk}, part.from, u.asOf, collect)
		})
		if err != nil {
			return err
		}
	}
	if err := u.need(ctx, u.lines); err != nil {
		return err
	}
	u.choose(u.lines, finder(rows))
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
