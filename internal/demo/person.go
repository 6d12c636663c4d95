package demo

import (
	"fmt"
	"math"
	"slices"

	"zhike/internal/platform/clock"
)

// buyer is what an order needs to know of who bought: a person or a company.
type buyer struct {
	number   string // 会员编号 or 客户编号; empty for guests
	name     string
	phone    string // may be empty for members
	email    string
	city     *city
	spent    int64 // net 分 over all orders
	spent12  int64 // net 分 over the last 365 days
	orders   int   // orders that were paid, without returns
	orders12 int   // of them in the last 365 days
}

// person is one private customer.
type person struct {
	buyer
	nickname string // on 天猫
	sex      int    // 0 man, 1 woman, -1 unknown
	birth    clock.Day
	hasBirth bool
	address  string
	guest    bool // buys on 天猫 only and is no member
	idle     bool // registered, never bought
	joined   int64
	homeShop int // index of the store, -1 where the city has none

	rate     float64 // orders a day while active, before season and drift
	dropout  float64 // probability of leaving after an order
	drift    float64 // change of ln(rate) a year
	generous float64 // size of baskets, 1 on average
	taste    float64 // leans to dear products
	likes    [categories]float64
	channels [3]float64 // wish for store, mini program, 天猫
}

// Parameters of the purchase process, per day. With them the best fifth of the
// buyers brings about 70 % of the revenue of three years.
const (
	rateShape    = 1.0
	ratePerDay   = 0.038 // mean of the gamma distribution
	dropoutAlpha = 0.8
	dropoutBeta  = 4.4
	driftMean    = -0.12
	driftSpread  = 0.45

	guestShare   = 0.10
	idleShare    = 0.07
	noPhoneShare = 0.02
	veteranShare = 0.25 // joined before the first day of the window
	veteranDays  = 540
	onceShare    = 0.22 // never come back after the first order, whatever the model says
)

// joins draws the instants at which the persons joined, in ascending order, as
// seconds in company time. Growth is slow before the window and speeds up in it.
func (g *generator) joins() []int64 {
	r := newRandom(g.opt.Seed, streamJoin, 0)
	out := make([]int64, g.opt.Customers)
	span := float64(g.last - g.first + 1)
	for i := range out {
		var day clock.Day
		for {
			if r.chance(veteranShare) {
				day = g.first - 1 - clock.Day(r.IntN(veteranDays))
			} else {
				day = g.first + clock.Day(span*math.Pow(r.Float64(), 0.85))
			}
			// People join when they buy: sales bring more of them.
			if r.Float64()*math.Sqrt(g.almanac.maxDemand) < math.Sqrt(g.almanac.of(day).demand) {
				break
			}
		}
		out[i] = int64(day)*secondsPerDay + timeOfDay(r, onlineHours)
	}
	slices.Sort(out)
	return out
}

// person draws the i-th customer, who joined at the given second.
func (g *generator) person(i int, joined int64) person {
	r := newRandom(g.opt.Seed, streamPerson, uint64(i))
	p := person{joined: joined, sex: 1, homeShop: -1}
	if r.chance(0.41) {
		p.sex = 0
	}
	// Most customers are 22 to 45 years old.
	age := 19 + int(r.gamma(3.2)*5.2)
	age = min(age, 78)
	year, _, _ := clock.Day(joined / secondsPerDay).Date()
	p.birth = clock.DateDay(year-age, 1, 1) + clock.Day(r.IntN(365))
	p.hasBirth = r.chance(0.78)
	var surname, given string
	p.name, surname, given = g.names.draw(r, p.sex, year-age)
	p.city = g.cities.draw(r)
	if n := len(p.city.stores); n > 0 {
		p.homeShop = p.city.stores[r.IntN(n)]
	}
	p.phone = phoneNumber(i)
	p.nickname = nickname(r, i)
	p.address = address(r, p.city)

	day := clock.Day(joined / secondsPerDay)
	p.guest = day >= g.first && r.chance(guestShare/(1-veteranShare))
	if !p.guest {
		p.number = fmt.Sprintf("SL%08d", 10000001+i)
		p.idle = r.chance(idleShare)
		if r.chance(0.42) {
			p.email = emailAddress(r, surname, given, i)
		}
	}
	p.habits(r)
	return p
}

// habits draws how a person buys.
func (p *person) habits(r random) {
	p.rate = r.gamma(rateShape) * ratePerDay / rateShape
	p.dropout = r.beta(dropoutAlpha, dropoutBeta)
	p.drift = driftMean + driftSpread*r.NormFloat64()
	p.generous = r.logNormal(0.33)
	p.taste = 0.55*r.NormFloat64() + 0.6*(p.generous-1)
	for k := range p.likes {
		p.likes[k] = categoryPull[k] * r.gamma(0.9)
	}
	p.channels = [3]float64{0.15 * r.gamma(0.8), 1.1 * r.gamma(0.8), 1.0 * r.gamma(0.8)}
	if p.homeShop >= 0 {
		p.channels[channelStore] = 2.4 * r.gamma(0.8)
	}
	if p.guest {
		p.channels = [3]float64{0, 0, 1}
	} else if r.chance(noPhoneShare) {
		// Without a phone only the member's number tells who bought, and 天猫
		// does not know that number.
		p.phone, p.email = "", ""
		p.channels[channelTmall] = 0
		p.channels[channelMini] += 0.01
	}
}

// drop says whether the customer leaves after an order.
func (p *person) drop(r random, first bool) bool {
	return first && r.chance(onceShare) || r.chance(p.dropout)
}

// rateOn is the expected number of orders of a day with ordinary demand.
func (p *person) rateOn(day clock.Day) float64 {
	years := float64(day-clock.Day(p.joined/secondsPerDay)) / 365
	return p.rate * math.Exp(min(max(p.drift*years, -1.6), maxDrift))
}

// maxDrift bounds the growth of a customer's rate: e^0.9 ≈ 2.5 times.
const maxDrift = 0.9

// grade is the member's level in the member list, by the money spent.
func (p *person) grade() string {
	switch {
	case p.spent >= 3000_00:
		return "金卡会员"
	case p.spent >= 800_00:
		return "银卡会员"
	default:
		return "普通会员"
	}
}
