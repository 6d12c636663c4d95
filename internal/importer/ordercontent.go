package importer

import (
	"encoding/base32"
	"encoding/binary"
	"strconv"

	"zhike/internal/order"
	"zhike/internal/platform/vault"
)

// statusMix finds the status of an order whose rows have their own.
type statusMix struct {
	uniform order.Status
	mixed   bool
	least   order.Status // the least advanced of those that count
	counts  bool
}

func (m *statusMix) add(s order.Status) {
	if m.uniform == 0 {
		m.uniform = s
	} else if m.uniform != s {
		m.mixed = true
	}
	if s.Counts() {
		m.counts = true
		if s != order.StatusRefunded && s != order.StatusPartRefunded && (m.least == 0 || s < m.least) {
			m.least = s
		}
	}
}

// status is that of the rows where they agree, but a sale of which something
// was paid back says so.
func (m *statusMix) status(sales, net int64, kind order.Kind) order.Status {
	s := m.uniform
	if m.mixed && m.counts {
		if s = m.least; s == 0 {
			s = order.StatusRefunded
		}
	}
	if kind == order.KindSale && s.Counts() && sales > 0 {
		switch {
		case net <= 0:
			return order.StatusRefunded
		case net < sales:
			return order.StatusPartRefunded
		case s == order.StatusRefunded || s == order.StatusPartRefunded:
			return order.StatusCompleted // nothing was paid back after all
		}
	}
	if s == 0 {
		s = order.StatusCompleted
	}
	return s
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}

var idText = base32.HexEncoding.WithPadding(base32.NoPadding)

// contentKey is the stable number of a row without one: a keyed hash of who,
// when, what and how much. Status and refund are left out, so that an order
// that is refunded later stays the same order.
func (p *parser) contentKey(b *batch, d *doc) blind {
	o := &b.orders[d.order]
	buf := append(p.buf[:0], d.buyer.identity[:]...)
	put := func(s string) {
		buf = binary.AppendUvarint(buf, uint64(len(s)))
		buf = append(buf, s...)
	}
	buf = binary.AppendVarint(buf, o.PaidAt)
	buf = binary.AppendVarint(buf, o.Gross.Milli())
	buf = binary.AppendVarint(buf, o.QuantityMilli)
	put(o.Channel)
	put(o.Store)
	for i := d.lineFrom; i < d.lineTo; i++ {
		pr := &b.products[i]
		put(pr.Code)
		put(pr.Name)
		put(pr.Category)
		put(pr.Brand)
	}
	p.buf = buf
	var k blind
	p.vault.AppendBlind(k[:0], vault.KindRow, string(buf))
	return k
}

// contentID writes a content key, and which of several equal rows it is, as a
// number of an order.
func contentID(k blind, occurrence int) string {
	s := "~" + idText.EncodeToString(k[:])
	if occurrence > 0 {
		s += "-" + strconv.Itoa(occurrence+1)
	}
	return s
}
