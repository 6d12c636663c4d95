package importer

import (
	"encoding/binary"
	"strings"
	"time"

	"zhike/internal/clean"
	"zhike/internal/order"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/sheet"
	"zhike/internal/platform/vault"
)

// customerUnit makes a document of rows [from, to), which name one buyer.
func (p *parser) customerUnit(b *batch, from, to int) {
	p.duplicates(b, from, to)
	d := doc{from: from, to: to}
	p.own = p.own[:0]
	for i := from; i < to; i++ {
		if f := p.sound(b, i); f != nil {
			p.own = append(p.own, *f)
		}
	}
	if len(p.own) == 0 {
		if f := p.readBuyer(b, from, to, &d.buyer); f != nil {
			p.own = append(p.own, *f)
		}
	}
	if len(p.own) > 0 {
		b.refuse(from, to, p.own)
		return
	}
	if !d.buyer.named() {
		b.withoutBuyer += int64(to - from)
		b.refuseAll(from, to, fault{col: p.buyerColumn(), code: "import.no_buyer"})
		return
	}
	b.docs = append(b.docs, d)
}

// eventUnit makes a behaviour of the last of the rows [from, to), which carry
// one number: the rows before it were replaced by it.
func (p *parser) eventUnit(b *batch, from, to int, id string) {
	p.duplicates(b, from, to)
	d := doc{from: from, to: to, order: len(b.events)}
	last := to - 1
	e := order.Behaviour{ExternalID: id}
	product, f := p.readEvent(b, last, &e)
	if f == nil {
		f = p.buyerOf(b, last, &b.rows[last], &d.buyer)
	}
	if f != nil {
		b.refuse(from, to, []fault{*f})
		return
	}
	if !d.buyer.named() {
		b.withoutBuyer += int64(to - from)
		b.refuseAll(from, to, fault{col: p.buyerColumn(), code: "import.no_buyer"})
		return
	}
	h := &p.hash
	h.Reset()
	h.Behaviour(&e, product.Code)
	h.Text(product.Name)
	h.Text(product.Category)
	h.Text(product.Brand)
	h.Int(int64(d.buyer.said))
	e.ContentHash = h.Sum()
	b.events = append(b.events, e)
	b.products = append(b.products, product)
	b.docs = append(b.docs, d)
}

func (p *parser) readEvent(b *batch, i int, e *order.Behaviour) (product order.Product, f *fault) {
	if f := p.sound(b, i); f != nil {
		return product, f
	}
	r := &b.rows[i]
	if e.ExternalID == "" {
		if s := cell(r, p.at.eventID); s != "" {
			id, err := clean.ID(s, r.kind(p.at.eventID) == sheet.KindNumber)
			if err != nil {
				return product, faultOf(i, p.at.eventID, s, err)
			}
			e.ExternalID = id
		}
	}
	at, ok, col, err := p.moment(r, p.at.eventAt)
	if err != nil {
		return product, faultOf(i, col, r.cells[col], err)
	}
	if !ok {
		return product, &fault{row: i, col: p.at.eventAt, code: "import.no_date"}
	}
	e.At, e.Day = at, clock.DayOf(time.UnixMilli(at), p.zone)
	s := cell(r, p.at.eventKind)
	if e.Kind = p.eventKind(s); e.Kind == 0 {
		return product, &fault{row: i, col: p.at.eventKind, code: "import.bad_event", value: s}
	}
	e.QuantityMilli = 1000
	if s := cell(r, p.at.quantity); s != "" {
		if e.QuantityMilli, err = clean.Quantity(s); err != nil {
			return product, faultOf(i, p.at.quantity, s, err)
		}
		if e.QuantityMilli < 0 {
			return product, &fault{row: i, col: p.at.quantity, code: "clean.quantity_range", value: s}
		}
	}
	if s := cell(r, p.at.rating); s != "" {
		n, ok := rating(s)
		if !ok {
			return product, &fault{row: i, col: p.at.rating, code: "import.bad_rating", value: s}
		}
		e.Rating = n
	}
	product, col, err = p.product(r)
	if err != nil {
		return product, faultOf(i, col, r.cells[col], err)
	}
	return product, nil
}

// eventWords are what sources call the kinds of behaviour; compared squashed.
var eventWords = func() map[string]order.BehaviourKind {
	m := map[string]order.BehaviourKind{}
	for k, words := range map[order.BehaviourKind]string{
		order.BehaviourView:      `浏览 查看 访问 点击 浏览商品 商品浏览 页面浏览 看 view viewed pv click pageview productview viewitem visit browse detail`,
		order.BehaviourCart:      `加购 加入购物车 加购物车 购物车 加车 添加购物车 放入购物车 cart addtocart addcart addedtocart tocart basket`,
		order.BehaviourFavourite: `收藏 关注 喜欢 想要 收藏商品 心愿单 点赞 fav favourite favorite wishlist like collect addtowishlist bookmark`,
		order.BehaviourReview:    `评价 评论 点评 打分 评分 商品评价 晒单 review rate rating comment`,
	} {
		for _, w := range strings.Fields(words) {
			m[w] = k
		}
	}
	return m
}()

// eventKind reads a kind of behaviour; 0 for a text that is none.
func (p *parser) eventKind(s string) order.BehaviourKind {
	if s == "" {
		k, _ := order.ParseBehaviourKind(p.rules.DefaultEvent)
		return k
	}
	if k, ok := p.events[s]; ok {
		return k
	}
	t, err := clean.Text(s)
	if err != nil {
		return 0
	}
	k := eventWords[foldHeader(t)]
	if k != 0 && len(p.events) < maxWords {
		p.events[strings.Clone(s)] = k
	}
	return k
}

// rating reads 1 … 5: "5", "4.0", "5星", "5分".
func rating(s string) (int16, bool) {
	s, err := clean.Text(s)
	if err != nil {
		return 0, false
	}
	s = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(s, "星"), "分"), ".0")
	if len(s) != 1 || s[0] < '1' || s[0] > '5' {
		return 0, false
	}
	return int16(s[0] - '0'), true
}

// eventKey is the stable number of a behaviour without one.
func (p *parser) eventKey(b *batch, d *doc) blind {
	e := &b.events[d.order]
	buf := append(p.buf[:0], d.buyer.identity[:]...)
	buf = binary.AppendVarint(buf, int64(e.Kind))
	buf = binary.AppendVarint(buf, e.At)
	buf = binary.AppendVarint(buf, e.QuantityMilli)
	buf = append(buf, b.products[d.order].Code...)
	p.buf = buf
	var k blind
	p.vault.AppendBlind(k[:0], vault.KindRow, string(buf))
	return k
}

// numberKey is the key of a behaviour that has a number.
func (p *parser) numberKey(id string) (k blind) {
	p.vault.AppendBlind(k[:0], vault.KindRow, "id:"+id)
	return k
}
