package demo

import (
	"fmt"
	"math"
	"strings"

	"zhike/internal/platform/clock"
)

// company is one business client.
type company struct {
	buyer
	creditCode string
	contact    string
	address    string
	joined     int64
	rate       float64 // orders a working day
	size       float64 // how much an order takes, 1 on average
	since      clock.Day
	until      clock.Day
	likes      [categories]float64
}

// Words of invented company names. The first two are joined to a name that no
// register needs to have.
var (
	companyFirst  = strings.Fields("岚汀 墨屿 澄野 云麓 栀川 鹿原 拾岸 青渚 沐禾 朗泊 星湄 禾渡 半川 砚溪 柏渚 岭棠 屿白 素汀 临川野 望舒岸")
	companySecond = strings.Fields("致 合 源 和 达 行 远 成 朴 见 里 一")
	companyTrade  = strings.Fields("餐饮管理 酒店管理 文化传播 信息技术 商贸 会展服务 物业服务 教育科技 医疗器械 建筑设计 广告传媒 人力资源 供应链管理 软件")
)

// Business clients buy for the pantry, for guests and as presents.
var companyPull = [categories]float64{26, 22, 10, 3, 6, 14, 12, 9, 2, 2}

// With these rates business clients bring about an eighth of the revenue.
const (
	companyRate = 0.0135
	companyMax  = 5.0 // highest rate factor that draws are thinned against
)

// company draws the i-th business client.
func (g *generator) company(i int) company {
	r := newRandom(g.opt.Seed, streamCompany, uint64(i))
	c := company{}
	c.city = g.cities.draw(r)
	trade := companyTrade[r.IntN(len(companyTrade))]
	// The first words are numbered through, so that names do not repeat below
	// the bound of Options.Companies.
	first := companyFirst[i%len(companyFirst)] + companySecond[(i/len(companyFirst)+i%len(companyFirst))%len(companySecond)]
	if turn := i / (len(companyFirst) * len(companySecond)); turn > 0 {
		first += companyFirst[turn%len(companyFirst)]
	}
	c.name = strings.TrimSuffix(c.city.name, "市") + first + trade + "有限公司"
	c.number = fmt.Sprintf("QY%06d", 100001+i)
	c.creditCode = creditCode(c.city.region, i+1)
	contact, surname, given := g.names.draw(r, r.IntN(2), r.between(1968, 1998))
	c.contact = contact
	c.phone = phoneNumber(g.opt.Customers + i)
	if r.chance(0.8) {
		c.email = emailAddress(r, surname, given, g.opt.Customers+i)
	}
	c.address = address(r, c.city)
	span := int(g.last - g.first + 1)
	c.since = g.first - 300 + clock.Day(float64(span+270)*math.Pow(r.Float64(), 0.9))
	c.until = g.last
	if r.chance(0.24) {
		c.until = min(g.last, c.since+clock.Day(120+r.IntN(span)))
	}
	c.joined = int64(c.since)*secondsPerDay + timeOfDay(r, officeHours)
	c.rate = companyRate * r.gamma(1.1)
	c.size = r.logNormal(0.6)
	for k := range c.likes {
		c.likes[k] = companyPull[k] * r.gamma(1.2)
	}
	return c
}

// procure appends the orders of one business client.
func (g *generator) procure(i int) {
	c := &g.companies[i]
	r := newRandom(g.opt.Seed, streamCompany, uint64(i)|1<<40)
	t := float64(max(c.since, g.first))
	for {
		t += r.ExpFloat64() / (c.rate * companyMax)
		if t >= float64(c.until+1) {
			return
		}
		day := clock.Day(t)
		s := g.almanac.of(day)
		if r.Float64()*companyMax >= s.office {
			continue
		}
		o := order{who: int32(i), channel: channelEnterprise, store: -1, origin: -1}
		o.at = int64(day)*secondsPerDay + timeOfDay(r, officeHours)
		// Business clients pay on account, a few hours or a day later.
		o.payDelay = int32(600 + r.ExpFloat64()*4*secondsPerHour)
		g.stock(r, c, &o, s)
		o.settle(r, g.last)
		g.orders = append(g.orders, o)
	}
}

// stock fills a business order: more lines, larger quantities, a trade discount.
func (g *generator) stock(r random, c *company, o *order, s *season) {
	wish := c.likes
	wish[catGift] *= s.gift
	g.reserve()
	start := len(g.lines)
	n := 1 + r.IntN(3)
	list := int64(0)
	for range n {
		category := r.pickOf(wish[:])
		l := line{product: int32(g.catalogue.draw(r, category, 0))}
		if repeats(g.lines[start:], l.product) {
			continue
		}
		l.price = g.catalogue.products[l.product].price
		few := 2.2 * c.size
		if category == catGear {
			few = 0.6
		}
		if category == catGift && s.gift > 2 {
			few *= 2.5
		}
		l.quantity = int32(min(1+math.Round(few*r.gamma(1.6)), 400))
		list += int64(l.price) * int64(l.quantity)
		g.lines = append(g.lines, l)
	}
	o.lines = g.lines[start:len(g.lines):len(g.lines)]
	percent := int64(8)
	if list >= 3000_00 {
		percent = 15
	}
	share(o.lines, list*percent/100)
	if list < 500_00 {
		o.freight = int32(r.between(12, 30) * 100)
	}
}
