package importer

import (
	"slices"
	"time"

	"zhike/internal/order"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/money"
)

// orderUnit makes an order of the rows [from, to), which carry the number id,
// or refuses them. id "" is for a single row of a file without order numbers:
// then its content gives the number (see contentKey).
func (p *parser) orderUnit(b *batch, from, to int, id string) {
	drop := p.duplicates(b, from, to)
	p.own = p.own[:0]
	d := doc{from: from, to: to}
	f := p.readBuyer(b, from, to, &d.buyer)
	if f == nil && !d.buyer.named() {
		b.withoutBuyer += int64(to - from)
		b.refuseAll(from, to, fault{col: p.buyerColumn(), code: "import.no_buyer"})
		return
	}
	p.lines = slices.Grow(p.lines[:0], to-from)[:to-from]
	for i := from; i < to; i++ {
		if rf := p.orderRow(b, i, &p.lines[i-from]); rf != nil {
			p.own = append(p.own, *rf)
		} else if f != nil && f.row == i {
			p.own = append(p.own, *f)
		}
	}
	if len(p.own) > 0 {
		b.refuse(from, to, p.own)
		return
	}
	o := order.Order{ExternalID: id}
	if f := p.buildOrder(b, &d, &o, drop); f != nil {
		b.refuse(from, to, []fault{*f})
		return
	}
	first := &b.rows[from]
	if c, err := p.region(first, &o.Province, &o.City); err != nil {
		b.refuse(from, to, []fault{*faultOf(from, c, first.cells[c], err)})
		return
	}
	for _, w := range []struct {
		col int
		to  *string
	}{{p.at.channel, &o.Channel}, {p.at.store, &o.Store}} {
		for i := from; i < to && *w.to == ""; i++ {
			s, err := p.word(cell(&b.rows[i], w.col))
			if err != nil {
				b.refuse(from, to, []fault{*faultOf(i, w.col, b.rows[i].cells[w.col], err)})
				return
			}
			*w.to = cutText(s, maxLabel)
		}
	}
	p.sealOrder(b, &d, &o)
}

// sealOrder gives the order its content hash and puts it into the batch.
func (p *parser) sealOrder(b *batch, d *doc, o *order.Order) {
	h := &p.hash
	h.Reset()
	h.Order(o)
	for i := d.lineFrom; i < d.lineTo; i++ {
		pr := &b.products[i]
		h.Line(&b.lines[i], pr.Code)
		h.Text(pr.Name)
		h.Text(pr.Category)
		h.Text(pr.Brand)
	}
	h.Int(int64(d.buyer.said))
	o.ContentHash = h.Sum()
	d.order = len(b.orders)
	b.orders = append(b.orders, *o)
	b.docs = append(b.docs, *d)
}

// duplicates counts rows that repeat an earlier one, and lists them where the
// rule drops them.
func (p *parser) duplicates(b *batch, from, to int) (drop map[int]bool) {
	b.sameRows(from, to, func(i int) {
		b.duplicates++
		if p.rules.DuplicateLines == "drop" {
			b.dropped++
			if drop == nil {
				drop = map[int]bool{}
			}
			drop[i] = true
		}
	})
	return drop
}

// buyerColumn is the column to point at where nobody is named.
func (p *parser) buyerColumn() int {
	for _, c := range []int{p.at.buyerID, p.at.nickname, p.at.phone, p.at.email, p.at.name} {
		if c >= 0 {
			return c
		}
	}
	return -1
}

// buildOrder adds the rows of d up to an order with its lines.
func (p *parser) buildOrder(b *batch, d *doc, o *order.Order, drop map[int]bool) *fault {
	rows := p.lines
	var status order.Status
	hasAt := false
	for i := range rows {
		r := &rows[i]
		if r.hasAt && (!hasAt || r.at < o.PaidAt) {
			o.PaidAt, hasAt = r.at, true
		}
		if status == 0 {
			status = r.status
		}
		d.rounded += r.rounded
	}
	if !hasAt {
		return &fault{row: d.from, col: max(p.at.paidAt, p.at.orderedAt), code: "import.no_date"}
	}
	if status == 0 {
		status, _ = order.ParseStatus(p.rules.DefaultStatus)
	}
	o.Day = clock.DayOf(time.UnixMilli(o.PaidAt), p.zone)
	d.lineFrom = len(b.lines)
	var f *fault
	if p.rules.AmountIs == "order" && len(rows) > 1 {
		f = p.byOrder(b, d, o, status, drop)
	} else {
		f = p.byRow(b, d, o, status, drop)
	}
	if f != nil {
		b.lines, b.products = b.lines[:d.lineFrom], b.products[:d.lineFrom]
		return f
	}
	d.lineTo = len(b.lines)
	o.LineCount = int32(d.lineTo - d.lineFrom)
	return nil
}

// signed gives the amount of a row its sign: a negative quantity makes it
// negative, and a negative amount of goods that were handed over is a mistake.
func (p *parser) signed(i int, r *orderRow, id string) *fault {
	switch {
	case r.quantity < 0 && r.amount.Milli() > 0:
		r.amount = r.amount.Neg()
	case r.amount.Milli() < 0 && p.at.quantity >= 0 && r.quantity > 0:
		return &fault{row: i, col: p.amountColumn(), code: "import.negative_amount"}
	case r.amount.Milli() < 0 && p.at.quantity < 0:
		r.quantity = -1000
	}
	if (r.amount.Milli() < 0 || r.quantity < 0) && !p.returns(id) {
		return &fault{row: i, col: p.amountColumn(), code: "import.negative_refused"}
	}
	return nil
}

func (p *parser) amountColumn() int {
	for _, c := range []int{p.at.amount, p.at.unitPrice, p.at.listAmount} {
		if c >= 0 {
			return c
		}
	}
	return p.at.quantity
}

// byRow adds up rows that each have their own amount and status.
func (p *parser) byRow(b *batch, d *doc, o *order.Order, status order.Status, drop map[int]bool) *fault {
	rows := p.lines
	var gross, freight int64
	for i := range rows {
		r := &rows[i]
		if !r.hasAmount {
			return &fault{row: d.from + i, col: p.amountColumn(), code: "import.no_amount"}
		}
		if f := p.signed(d.from+i, r, o.ExternalID); f != nil {
			return f
		}
		if drop[d.from+i] {
			continue
		}
		gross += r.amount.Milli()
		freight += r.freight.Milli()
		o.QuantityMilli += r.quantity
	}
	o.Gross, o.FreightFen = money.FromMilli(gross), money.RoundMilli(freight)
	o.Kind = order.KindSale
	if gross < 0 || gross == 0 && o.QuantityMilli < 0 {
		o.Kind = order.KindReturn
	}
	var sales, net, excess int64
	var mix statusMix
	for i := range rows {
		r := &rows[i]
		if drop[d.from+i] {
			continue
		}
		st := r.status
		if st == 0 {
			st = status
		}
		amount := r.amount.Milli()
		lineNet := amount
		switch {
		case o.Kind == order.KindReturn:
		case amount < 0: // taken back within a sale
			if !st.Counts() {
				lineNet = 0
			}
		default:
			s, n := order.Value(st, order.KindSale, r.amount, r.refund)
			sales += s.Milli()
			lineNet = n.Milli()
			if over := abs(r.refund.Milli()) - amount; over > 0 && st.Counts() {
				excess += over
			}
		}
		mix.add(st)
		net += lineNet
		p.addLine(b, d, r, lineNet)
	}
	// A refund of the whole order may stand on its first row only: what is more
	// than that row, and more than the freight, comes off the others.
	if excess = excess - abs(freight); excess > 0 && o.Kind == order.KindSale {
		for i := d.lineFrom; i < len(b.lines) && excess > 0; i++ {
			m := b.lines[i].Amount.Milli()
			if take := min(excess, m); take > 0 {
				b.lines[i].Amount = money.FromMilli(m - take)
				net -= take
				excess -= take
			}
		}
	}
	if o.Kind == order.KindReturn {
		_, n := order.Value(status, order.KindReturn, o.Gross, money.Exact{})
		net = n.Milli()
	}
	o.Sales, o.Net = money.FromMilli(sales), money.FromMilli(net)
	if o.Kind == order.KindSale {
		o.Discount = discountOfRows(rows, func(i int) bool { return drop[d.from+i] })
	}
	o.Status = mix.status(sales, net, o.Kind)
	return nil
}

func (p *parser) addLine(b *batch, d *doc, r *orderRow, net int64) {
	if r.amount.IsZero() {
		d.zero++
		if p.rules.ZeroPrice == "drop" {
			return
		}
	}
	b.lines = append(b.lines, order.Line{
		No: int32(len(b.lines) - d.lineFrom + 1), QuantityMilli: r.quantity, Amount: money.FromMilli(net),
	})
	b.products = append(b.products, r.product)
}

// byOrder takes amount, refund and freight as those of the order and shares
// what it brought out among its lines, by price × quantity where there is one,
// else by quantity.
func (p *parser) byOrder(b *batch, d *doc, o *order.Order, status order.Status, drop map[int]bool) *fault {
	rows := p.lines
	var total, refund, freight money.Exact
	has := false
	for i := range rows {
		r := &rows[i]
		if r.hasAmount && !has {
			total, has = r.amount, true
		} else if r.hasAmount && r.amount != total && !r.amount.IsZero() {
			return &fault{row: d.from + i, col: p.amountColumn(), code: "import.order_amounts_differ"}
		}
		if refund.IsZero() {
			refund = r.refund
		}
		if freight.IsZero() {
			freight = r.freight
		}
		if !drop[d.from+i] {
			o.QuantityMilli += r.quantity
		}
	}
	if !has {
		return &fault{row: d.from, col: p.amountColumn(), code: "import.no_amount"}
	}
	head := orderRow{amount: total, quantity: o.QuantityMilli}
	if f := p.signed(d.from, &head, o.ExternalID); f != nil {
		return f
	}
	o.Gross, o.FreightFen = head.amount, freight.Fen
	o.Kind = order.KindSale
	if m := head.amount.Milli(); m < 0 || m == 0 && o.QuantityMilli < 0 {
		o.Kind = order.KindReturn
	}
	o.Sales, o.Net = order.Value(status, o.Kind, o.Gross, refund)
	if o.Kind == order.KindSale {
		o.Discount = discountOfOrder(rows, o.Gross.Milli(), func(i int) bool { return drop[d.from+i] })
	}
	var mix statusMix
	mix.add(status)
	o.Status = mix.status(o.Sales.Milli(), o.Net.Milli(), o.Kind)

	var weights []int64
	sum := int64(0)
	for i := range rows {
		if drop[d.from+i] {
			continue
		}
		w := abs(rows[i].quantity)
		if price, ok := p.price(&b.rows[d.from+i]); ok {
			w, _ = mulMilli(price, w)
			w /= money.SubPerFen // in fen: the sum stays small
		}
		weights = append(weights, w)
		sum += w
	}
	left, k := o.Net.Milli(), 0
	for i := range rows {
		if drop[d.from+i] {
			continue
		}
		part := left
		if k < len(weights)-1 {
			part = share(o.Net.Milli(), weights[k], sum, len(weights))
		}
		left -= part
		k++
		r := rows[i]
		r.amount = money.Exact{Fen: 1} // the order's, not this row's: never "zero price"
		p.addLine(b, d, &r, part)
	}
	return nil
}

func (p *parser) price(r *row) (int64, bool) {
	var m money.Exact
	var n int64
	ok, f := p.yuan(r, 0, p.at.unitPrice, &m, &n)
	return abs(m.Milli()), ok && f == nil
}

// share is total·w/sum; an equal share where the weights say nothing.
func share(total, w, sum int64, n int) int64 {
	if sum <= 0 {
		return total / int64(n)
	}
	return int64(float64(total) * (float64(w) / float64(sum)))
}
