package demo

import (
	"slices"

	"zhike/internal/platform/clock"
)

// Kinds of behaviour events.
const (
	eventView = iota
	eventCart
	eventFavourite
	eventReview
	eventKinds
)

var (
	eventNames = [eventKinds]string{"浏览", "加购", "收藏", "评价"}
	eventKeys  = [eventKinds]string{"view", "add_to_cart", "favourite", "review"}
)

// event is something a member did in the mini program.
type event struct {
	at      int64
	who     int32
	product int32
	kind    int8
	rating  int8 // 1 to 5 in reviews
	text    int8 // index into reviewTexts[rating−1]
}

var reviewTexts = [5][]string{
	{"杯子收到时有裂纹，客服处理得很慢。", "味道和描述差太多，失望。", "等了九天才到，包装也破了。"},
	{"豆子不够新鲜，烘焙日期太早。", "尺寸比想象的小，性价比一般。", "香味几乎闻不到。"},
	{"中规中矩，没有惊喜。", "物流可以，味道偏苦。", "一般，活动价可以买。"},
	{"整体不错，包装再结实一点就好了。", "香气很好，回购中。", "颜值在线，用着顺手。", "朋友推荐来的，没踩雷。"},
	{"第三次回购了，家里人都喜欢。", "送人很体面，对方很满意。", "新鲜，冲出来层次很清楚。", "客服耐心，发货当天就到。", "杯子手感很好，已经推荐给同事。"},
}

// behaviour collects events. Only members leave any: the mini program knows them.
type behaviour struct {
	r      random
	events []event
}

// around appends what a member did before and after an order placed online.
func (b *behaviour) around(g *generator, o *order) {
	p := &g.people[o.who]
	if p.guest || o.channel != channelMini && b.r.chance(0.7) {
		return
	}
	r := b.r
	start := o.at - int64(r.between(120, 5400))
	for _, l := range o.lines {
		b.add(g, event{at: start + int64(r.IntN(100)), who: o.who, product: l.product, kind: eventView})
		if r.chance(0.6) {
			b.add(g, event{at: start + 105, who: o.who, product: l.product, kind: eventCart})
		}
		switch o.state {
		case stateCompleted, statePartRefunded, stateRefunded:
			if r.chance(0.15) {
				b.review(g, o, l.product)
			}
		}
	}
	if r.chance(0.3) {
		b.add(g, event{at: start + 60, who: o.who, product: g.anything(r), kind: eventView})
	}
}

func (b *behaviour) review(g *generator, o *order, product int32) {
	odds := []float64{2, 3, 7, 26, 62}
	if o.state != stateCompleted {
		odds = []float64{34, 30, 20, 10, 6}
	}
	rating := b.r.pickOf(odds)
	b.add(g, event{
		at: o.at + int64(b.r.between(3*secondsPerDay, 20*secondsPerDay)), who: o.who, product: product,
		kind: eventReview, rating: int8(rating + 1), text: int8(b.r.IntN(len(reviewTexts[rating]))),
	})
}

// wander appends visits that led to no order. Members who have been silent, or
// never bought, now and then put the same thing into the cart again and again:
// they are the potential customers of a grading.
func (b *behaviour) wander(g *generator, i int) {
	p := &g.people[i]
	if p.guest {
		return
	}
	r := b.r
	joinDay := clock.Day(p.joined / secondsPerDay)
	days := float64(g.last-max(joinDay, g.first)) + 1
	visits := int(r.gamma(0.7) * 1.5 * (0.3 + min(days/365, 2)))
	for range visits {
		at := g.moment(r, g.last-clock.Day(r.Float64()*days), p)
		what := g.anything(r)
		for k := range r.between(1, 2) {
			b.add(g, event{at: at + int64(k*r.between(20, 200)), who: int32(i), product: what, kind: eventView})
			if r.chance(0.6) {
				what = g.anything(r)
			}
		}
		switch {
		case r.chance(0.14):
			b.add(g, event{at: at + 300, who: int32(i), product: what, kind: eventFavourite})
		case r.chance(0.1):
			b.add(g, event{at: at + 330, who: int32(i), product: what, kind: eventCart})
		}
	}
	eager := 0.03
	if p.idle || p.orders <= 1 {
		eager = 0.09
	}
	if r.chance(eager) {
		want := g.anything(r)
		for range r.between(2, 6) {
			at := g.moment(r, g.last-clock.Day(r.IntN(min(120, int(days)))), p)
			b.add(g, event{at: at, who: int32(i), product: want, kind: eventView})
			b.add(g, event{at: at + int64(r.between(15, 240)), who: int32(i), product: want, kind: eventCart})
		}
	}
}

// moment is a time on a day, not before the person joined.
func (g *generator) moment(r random, day clock.Day, p *person) int64 {
	return max(int64(day)*secondsPerDay+timeOfDay(r, onlineHours), p.joined)
}

// anything draws a product by the pull of its category.
func (g *generator) anything(r random) int32 {
	return int32(g.catalogue.draw(r, r.pickOf(categoryPull[:]), 0))
}

// add keeps an event that lies in the window.
func (b *behaviour) add(g *generator, e event) {
	if e.at >= int64(g.first)*secondsPerDay && e.at < int64(g.last+1)*secondsPerDay {
		b.events = append(b.events, e)
	}
}

// sort orders the events by time; the sort is stable, so that the result is the
// same every time.
func (b *behaviour) sort() {
	slices.SortStableFunc(b.events, func(x, y event) int {
		switch {
		case x.at < y.at:
			return -1
		case x.at > y.at:
			return 1
		}
		return 0
	})
}
