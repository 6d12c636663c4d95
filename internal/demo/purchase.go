package demo

import (
	"math"

	"zhike/internal/platform/clock"
)

// buy lets one person live through the window and appends the orders.
func (g *generator) buy(i int) {
	p := &g.people[i]
	if p.idle {
		return
	}
	r := newRandom(g.opt.Seed, streamPurchase, uint64(i))
	joinDay := clock.Day(p.joined / secondsPerDay)
	g.place(r, i, joinDay, p.joined%secondsPerDay)
	if p.drop(r, true) {
		return
	}
	// Thinning (Lewis and Shedler 1979): candidates at the highest possible rate,
	// kept in proportion to the rate of their day.
	highest := p.rate * math.Exp(maxDrift) * g.almanac.maxDemand
	t := float64(joinDay) + 1
	for {
		t += r.ExpFloat64() / highest
		// The comparison is in floating point: a tiny rate gives a t beyond int32.
		if t >= float64(g.last+1) {
			return
		}
		day := clock.Day(t)
		if r.Float64()*highest >= p.rateOn(day)*g.almanac.of(day).demand {
			continue
		}
		g.place(r, i, day, -1)
		if p.drop(r, false) {
			return
		}
	}
}

// place makes one order of a person on a day, unless the day lies before the
// window. second is the time of day, or −1 to draw it.
func (g *generator) place(r random, i int, day clock.Day, second int64) {
	if day < g.first {
		return
	}
	p := &g.people[i]
	s := g.almanac.of(day)
	channel := r.pickOf([]float64{p.channels[0] * s.store, p.channels[1] * (1 + s.online) / 2, p.channels[2] * s.online})
	o := order{who: int32(i), channel: int8(channel), store: -1, origin: -1}
	hours := onlineHours
	if channel == channelStore {
		hours = storeHours
		o.store = int16(g.shopOf(r, p))
	}
	first := second >= 0
	if !first || channel == channelStore {
		second = timeOfDay(r, hours)
	}
	o.at = int64(day)*secondsPerDay + second
	if first {
		// A member signs up at the till or minutes before the first order.
		p.joined = max(o.at-int64(r.between(30, 600)), int64(day)*secondsPerDay)
	}
	if channel != channelStore {
		o.payDelay = int32(8 + r.ExpFloat64()*90)
	}
	g.fill(r, p, &o, s)
	o.settle(r, g.last)
	g.orders = append(g.orders, o)
	g.behave.around(g, &g.orders[len(g.orders)-1])
	if o.channel == channelStore && o.state == stateCompleted && r.chance(0.016) {
		g.takeBack(r, len(g.orders)-1)
	}
}

// shopOf is the store of a person's purchase: mostly the one at home.
func (g *generator) shopOf(r random, p *person) int {
	if p.homeShop >= 0 && r.chance(0.85) {
		return p.homeShop
	}
	if n := len(p.city.stores); n > 0 {
		return p.city.stores[r.IntN(n)]
	}
	return r.IntN(len(g.cities.stores))
}

// fill puts products into the basket of a person.
func (g *generator) fill(r random, p *person, o *order, s *season) {
	wish := p.likes
	wish[catGift] *= s.gift
	wish[catCold] *= 0.5 + s.warm
	wish[catScent] *= 1.4 - 0.8*s.warm
	wish[catTea] *= 1.2 - 0.4*s.warm
	n := 1
	more := 0.36 + 0.16*min(p.generous-1, 1.2)
	for n < maxLines && r.chance(more) {
		n++
	}
	g.reserve()
	start := len(g.lines)
	category := r.pickOf(wish[:])
	list := int64(0)
	for k := range n {
		if k > 0 {
			next := wish
			for c := range next {
				next[c] = (next[c] + 0.4*categoryPull[c]) * affinity[category][c]
			}
			category = r.pickOf(next[:])
		}
		l := line{product: int32(g.catalogue.draw(r, category, p.taste)), quantity: g.quantity(r, category, p.generous)}
		if repeats(g.lines[start:], l.product) {
			continue
		}
		l.price = g.catalogue.products[l.product].price
		list += int64(l.price) * int64(l.quantity)
		g.lines = append(g.lines, l)
	}
	o.lines = g.lines[start:len(g.lines):len(g.lines)]
	promo := s.online
	if o.channel == channelStore {
		promo = 1
	}
	var discount int64
	o.coupon, discount = discountOf(r, list, promo, !p.guest)
	share(o.lines, discount)
	if o.channel != channelStore && list-discount < 99_00 {
		o.freight = int32(r.between(8, 12) * 100)
	}
}

// reserve makes room for the lines of one order, so that they stay together and
// never move: orders hold slices of the slab.
func (g *generator) reserve() {
	const slab = 1 << 14
	if cap(g.lines)-len(g.lines) < maxLines {
		g.lines = make([]line, 0, slab)
	}
}

// maxLines bounds the lines of one order.
const maxLines = 8

func repeats(lines []line, product int32) bool {
	for _, l := range lines {
		if l.product == product {
			return true
		}
	}
	return false
}

// quantity is how many of one article are taken.
func (g *generator) quantity(r random, category int, generous float64) int32 {
	switch category {
	case catGear, catHome:
		return 1
	case catGift:
		if r.chance(0.12 * generous) {
			return int32(r.between(2, 6))
		}
		return 1
	}
	n := int32(1)
	for n < 8 && r.chance(0.17*generous) {
		n++
	}
	return n
}

// takeBack appends the return of one line over the counter, some days later and
// only if that is still in the window.
func (g *generator) takeBack(r random, index int) {
	o := &g.orders[index]
	day := o.day() + clock.Day(r.between(1, 10))
	if day > g.last {
		return
	}
	l := o.lines[r.IntN(len(o.lines))]
	back := order{
		at: int64(day)*secondsPerDay + timeOfDay(r, storeHours), who: o.who, channel: o.channel,
		store: o.store, state: stateCompleted, origin: int32(index),
	}
	g.reserve()
	g.lines = append(g.lines, line{
		product: l.product, quantity: -l.quantity, price: l.price, discount: -l.discount, paid: -l.paid,
	})
	back.lines = g.lines[len(g.lines)-1 : len(g.lines) : len(g.lines)]
	g.orders = append(g.orders, back)
}
