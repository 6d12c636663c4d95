package customer

import (
	"math"

	mem "zhike/internal/column"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/rule"
)

// PriceField is the price sensitivity of a customer: per cent of the purchases of
// 365 days with a known discount that were bought at 5 % off the list price or
// more, null with fewer than three of them. Package order keeps it with the
// figures, and tells of each order in the stream of orders.
const PriceField = "price_sensitivity"

func priceField() listField {
	return listField{code: PriceField, typ: "number", ops: opsNumber, column: true, unit: "%", compile: priceCondition}
}

// priceCondition compares it; of whom it is not known nothing holds but "ne" and
// "empty". Of a past day the orders tell it. Error: rule.not_as_of, where no
// stream has them.
func priceCondition(c *compiler, n *Node) (expr, error) {
	from, to := int64(0), int64(100)
	if n.Op != "empty" && n.Op != "not_empty" {
		a, b, err := n.Wholes(rule.MaxFigure)
		if err != nil {
			return expr{}, err
		}
		a, b = rangeOf(n.Op, a, b)
		from, to = max(from, a), min(to, b)
	}
	if c.past {
		st, told := c.streams().Get("orders"), c.streams().Past(PriceField)
		if st == nil || told == nil {
			return expr{}, errs.New(errs.Invalid, "rule.not_as_of")
		}
		return flip(priceThen(st, told, c.asOf, from, to), n.Op, "ne", "empty"), nil
	}
	e := plain('m', "COALESCE(m."+PriceField+" BETWEEN "+num(from)+" AND "+num(to)+", FALSE)")
	return flip(e.inMemory(mem.Between(memNumber("m."+PriceField), from, to)), n.Op, "ne", "empty"), nil
}

// priceThen holds where the sensitivity as of a day lies from from to to. It is
// counted as package order counts it: a half is rounded up, so that from reaches
// from half a per cent below.
func priceThen(st *rule.Stream, told *rule.Past, asOf clock.Day, from, to int64) expr {
	first := int64(asOf - yearDays + 1)
	e := lookup("COALESCE(" + told.Expr(asOf, "{id}") + " BETWEEN " + num(from) + " AND " + num(to) + ", FALSE)")
	of, ok := st.CodeCol("price")
	if !ok {
		return e
	}
	facts := mem.Facts{Day: st.DayCol(), From: first, To: int64(asOf),
		Tests: []mem.FactTest{{Col: st.CountedCol(), Range: true, From: 1, To: 1}}}
	known := facts
	known.Tests = append(known.Tests, mem.FactTest{Col: of, Range: true, From: 0, To: 1})
	share := func(least int64) *mem.Cond { // of 200 times the average of 0 and 1
		return mem.CompareAverage(mem.Value{Facts: &facts, Of: of}, mem.AverageRange{Times: 200, From: least, To: math.MaxInt64})
	}
	return e.inMemory(mem.All(mem.Compare(mem.Value{Facts: &known, Agg: mem.Count}, LeastPrices, math.MaxInt64), share(2*from-1), mem.Not(share(2*to+1))))
}

// LeastPrices is how many purchases with a known discount a price sensitivity
// stands on.
const LeastPrices = 3
