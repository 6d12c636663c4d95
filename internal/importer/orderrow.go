package importer

import (
	"strings"

	"zhike/internal/clean"
	"zhike/internal/order"
	"zhike/internal/platform/money"
	"zhike/internal/platform/sheet"
)

// orderRow is what one row says of its order.
type orderRow struct {
	at        int64 // unix ms
	hasAt     bool
	status    order.Status // 0 = not said
	amount    money.Exact
	hasAmount bool
	refund    money.Exact
	freight   money.Exact
	discount  told
	list      told
	quantity  int64 // thousandths
	rounded   int64
	product   order.Product
}

// maxAmount bounds one amount: 10¹⁰ yuan, far beyond any order, so that sums
// over a file hold.
const maxAmount = 10_000_000_000 * 100 * money.SubPerFen

// orderKey gives the order number of row r, at place i of its batch. more says that the row goes on
// with the order above it.
func (p *parser) orderKey(r *row, i int) (id string, more bool, f *fault) {
	s := cell(r, p.at.orderID)
	if s == "" {
		if p.rules.FillDown == "yes" && p.goesOn(r) {
			return "", true, nil
		}
		return "", false, &fault{row: i, col: p.at.orderID, code: "import.no_order_id"}
	}
	id, err := clean.ID(s, r.kind(p.at.orderID) == sheet.KindNumber)
	if err != nil {
		return "", false, faultOf(i, p.at.orderID, s, err)
	}
	return id, false, nil
}

// goesOn says whether a row without an order number belongs to the one above:
// nothing in it says who bought or when.
func (p *parser) goesOn(r *row) bool {
	for _, c := range []int{p.at.paidAt, p.at.orderedAt, p.at.buyerID, p.at.nickname, p.at.name, p.at.phone, p.at.email} {
		if cell(r, c) != "" {
			return false
		}
	}
	return true
}

// orderRow reads row i into out.
func (p *parser) orderRow(b *batch, i int, out *orderRow) *fault {
	*out = orderRow{}
	if f := p.sound(b, i); f != nil {
		return f
	}
	r := &b.rows[i]
	var err error
	var col int
	if out.at, out.hasAt, col, err = p.moment(r, p.at.paidAt, p.at.orderedAt); err != nil {
		return faultOf(i, col, r.cells[col], err)
	}
	if f := p.orderStatus(r, i, out); f != nil {
		return f
	}
	if f := p.orderMoney(r, i, out); f != nil {
		return f
	}
	p.priced(r, out)
	if out.product, col, err = p.product(r); err != nil {
		return faultOf(i, col, r.cells[col], err)
	}
	return nil
}

func (p *parser) orderStatus(r *row, i int, out *orderRow) *fault {
	if s := cell(r, p.at.status); s != "" {
		st, ok := p.statuses[s]
		if !ok {
			read, err := clean.Status(s)
			if err != nil {
				return faultOf(i, p.at.status, s, err)
			}
			st = order.Status(read)
		}
		out.status = st
	}
	if s := cell(r, p.at.refundStatus); s != "" {
		// Says only whether money went back; what is no word for that says nothing.
		st, ok := p.statuses[s]
		if !ok {
			read, err := clean.Status(s)
			if err != nil {
				return nil
			}
			st = order.Status(read)
		}
		if st == order.StatusRefunded || st == order.StatusPartRefunded {
			out.status = st
		}
	}
	return nil
}

// yuan reads an amount of money; ok is false for an empty cell.
func (p *parser) yuan(r *row, i, col int, out *money.Exact, rounded *int64) (ok bool, f *fault) {
	s := cell(r, col)
	if s == "" {
		return false, nil
	}
	m, err := clean.Money(s)
	if err != nil {
		return false, faultOf(i, col, s, err)
	}
	if v := m.Milli(); v > maxAmount || v < -maxAmount {
		return false, &fault{row: i, col: col, code: "import.amount_range", value: s, params: map[string]any{"max": maxAmount / 100 / money.SubPerFen}}
	}
	if m.Sub != 0 {
		*rounded++
	}
	*out = m
	return true, nil
}

func (p *parser) orderMoney(r *row, i int, out *orderRow) *fault {
	var f *fault
	if s := cell(r, p.at.quantity); s != "" {
		q, err := clean.Quantity(s)
		if err != nil {
			return faultOf(i, p.at.quantity, s, err)
		}
		out.quantity = q
	} else if p.at.quantity < 0 {
		out.quantity = 1000
	}
	if _, f = p.yuan(r, i, p.at.refund, &out.refund, &out.rounded); f != nil {
		return f
	}
	var rest int64
	if _, f = p.yuan(r, i, p.at.freight, &out.freight, &rest); f != nil {
		return f
	}
	if out.hasAmount, f = p.yuan(r, i, p.at.amount, &out.amount, &out.rounded); f != nil || out.hasAmount {
		return f
	}
	if p.at.amount >= 0 && p.rules.AmountIs == "order" {
		return nil // stands on another row of the order
	}
	// Without what was paid: price × quantity, then list less discount.
	var price, list, discount money.Exact
	has, f := p.yuan(r, i, p.at.unitPrice, &price, &rest)
	if f != nil {
		return f
	}
	if has && cell(r, p.at.quantity) != "" {
		// Exact in thousandths of a fen for prices of up to two decimals and for
		// whole quantities; what lies below is rounded half to even, once a row.
		m, ok := mulMilli(price.Milli(), out.quantity)
		if !ok || m > maxAmount || m < -maxAmount {
			return &fault{row: i, col: p.at.unitPrice, code: "import.amount_range", value: cell(r, p.at.unitPrice), params: map[string]any{"max": maxAmount / 100 / money.SubPerFen}}
		}
		out.amount, out.hasAmount = money.FromMilli(m), true
		if price.Sub != 0 {
			out.rounded++
		}
		return nil
	}
	has, f = p.yuan(r, i, p.at.listAmount, &list, &out.rounded)
	if f != nil || !has {
		return f
	}
	if _, f = p.yuan(r, i, p.at.discount, &discount, &out.rounded); f != nil {
		return f
	}
	if discount.Milli() > 0 {
		discount = discount.Neg()
	}
	out.amount, out.hasAmount = list.Add(discount), true
	return nil
}

// mulMilli multiplies thousandths of a fen by thousandths of pieces and rounds
// to thousandths of a fen, half to even.
func mulMilli(price, quantity int64) (int64, bool) {
	const one = 1000
	if quantity%one == 0 {
		q := quantity / one
		m := price * q
		return m, q == 0 || m/q == price
	}
	m := price * quantity
	if quantity != 0 && m/quantity != price {
		return 0, false
	}
	return money.RoundMilli(m), true
}

// returns says whether the rules make a negative order a return document.
func (p *parser) returns(id string) bool {
	if p.rules.NegativeQuantity == "return" {
		return true
	}
	prefix := p.rules.CancelledPrefix
	return prefix != "-" && id != "" && len(id) > len(prefix) && strings.EqualFold(id[:len(prefix)], prefix)
}
