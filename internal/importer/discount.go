package importer

import (
	"zhike/internal/order"
	"zhike/internal/platform/money"
)

// told is an amount without a sign, in thousandths of a 分, or none said.
type told struct {
	milli int64
	said  bool
}

// priced reads discount and list price beside what was paid. Neither makes an
// order: what is no amount ("9折") says nothing and refuses nothing.
func (p *parser) priced(r *row, out *orderRow) {
	read := func(col int) told {
		var m money.Exact
		var n int64
		ok, f := p.yuan(r, 0, col, &m, &n)
		return told{abs(m.Milli()), ok && f == nil}
	}
	out.discount, out.list = read(p.at.discount), read(p.at.listAmount)
}

// discountOfRows is what was taken off an order of rows with amounts of their
// own: of each what it says, else list price less amount. Cells that say
// nothing beside others count nothing; where all do, nothing is known.
func discountOfRows(rows []orderRow, dropped func(i int) bool) order.Discount {
	var sum told
	for i := range rows {
		r := &rows[i]
		if dropped(i) || r.amount.Milli() < 0 || r.quantity < 0 {
			continue // taken back: bought for another price in another order
		}
		switch {
		case r.discount.said:
			sum = told{sum.milli + r.discount.milli, true}
		case r.list.said && r.hasAmount:
			sum = told{sum.milli + max(0, r.list.milli-r.amount.Milli()), true}
		}
	}
	return sum.discount()
}

// discountOfOrder is that of an order whose amount is the order's: discount, else
// list price less total.
func discountOfOrder(rows []orderRow, total int64, dropped func(i int) bool) order.Discount {
	amounts := 0
	for i := range rows {
		if rows[i].hasAmount {
			amounts++
		}
	}
	// Said on as many rows as the amount, and the same on all, it is the order's
	// as the amount is; else each row's own.
	whole := func(of func(*orderRow) told) told {
		var sum, first told
		n, alike := 0, true
		for i := range rows {
			t := of(&rows[i])
			if !t.said {
				continue
			}
			if n++; n == 1 {
				first = t
			}
			alike = alike && t == first
			if !dropped(i) {
				sum = told{sum.milli + t.milli, true}
			}
		}
		if alike && n == amounts {
			return first
		}
		return sum
	}
	if d := whole(func(r *orderRow) told { return r.discount }); d.said {
		return d.discount()
	}
	if l := whole(func(r *orderRow) told { return r.list }); l.said {
		return told{max(0, l.milli-total), true}.discount()
	}
	return order.Discount{}
}

func (t told) discount() order.Discount {
	return order.Discount{Fen: money.RoundMilli(t.milli), Known: t.said}
}
