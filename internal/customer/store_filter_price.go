package customer

import (
	mem "zhike/internal/column"
	"zhike/internal/platform/clock"
	"zhike/internal/rule"
)

// PriceField is the price sensitivity of a customer: per cent of the purchases of
// 365 days with a known discount that were bought at 5 % off the list price or
// more, null with fewer than three of them. Package order keeps it with the
// figures; discounts themselves are not in memory.
const PriceField = "price_sensitivity"

func priceField() listField {
	return listField{code: PriceField, typ: "number", ops: opsNumber, column: true, unit: "%", compile: priceCondition}
}

// priceCondition compares it; of whom it is not known nothing holds but "ne" and
// "empty". Of a past day the orders tell it.
func priceCondition(c *compiler, n *Node) (expr, error) {
	is := func(op string, from, to int64) string {
		if op == "between" {
			return " BETWEEN " + num(from) + " AND " + num(to)
		}
		return map[string]string{"eq": " = ", "ne": " = ", "gt": " > ", "gte": " >= ", "lt": " < ", "lte": " <= "}[op] + num(from)
	}
	col := memNumber("m." + PriceField)
	if n.Op == "empty" || n.Op == "not_empty" {
		if c.past {
			return flip(priceThen(c.asOf, ""), n.Op, "empty"), nil
		}
		return flip(plain('m', "m."+PriceField+" IS NOT NULL").inMemory(mem.Has(col)), n.Op, "empty"), nil
	}
	from, to, err := n.Wholes(rule.MaxFigure)
	if err != nil {
		return expr{}, err
	}
	if c.past {
		return flip(priceThen(c.asOf, is(n.Op, from, to)), n.Op, "ne"), nil
	}
	e := plain('m', "COALESCE(m."+PriceField+is(n.Op, from, to)+", FALSE)")
	return flip(e.inMemory(memCompare(col, n.Op, from, to)), n.Op, "ne"), nil
}

// priceThen holds for customers with a sensitivity as of a day for which is
// holds; it is counted as package order counts it.
func priceThen(asOf clock.Day, is string) expr {
	having := "COUNT(*) >= 3"
	if is != "" {
		having += " AND (200 * COUNT(CASE WHEN o.discount_fen > 0 AND o.discount_fen * 20000 >= o.sales_fen * 1000 + o.sales_sub + o.discount_fen * 1000 THEN 1 END)" +
			" + COUNT(*)) / (2 * COUNT(*))" + is
	}
	return lookup("{id} IN (SELECT o.customer_id FROM orders o WHERE o.day >= " + num(int64(asOf-yearDays+1)) + " AND o.day <= " + num(int64(asOf)) +
		" AND o.discount_fen IS NOT NULL AND (o.net_fen > 0 OR (o.net_fen = 0 AND o.net_sub > 0)) GROUP BY o.customer_id HAVING " + having + ")")
}
