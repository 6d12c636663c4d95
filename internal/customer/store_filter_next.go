package customer

import (
	mem "zhike/internal/column"
	"zhike/internal/rule"
)

// nextOrderDay is when the next order comes by the customer's own rhythm: the last
// purchase and the mean gap between purchases behind it, rounded to days, from the
// third purchase on, as grading counts the rhythm. It depends on the purchases
// alone, so that it may lie in the past: whoever is overdue is found by it. The
// models' date of the record does not: it is the next order of somebody who is
// still a customer, from today on.
var nextOrderDay = rule.NextDay("orders_all", "first_day", "last_day")

func nextOrderField() listField {
	sql := rule.NextDay("m.orders_all", "m.first_day", "m.last_day")
	col := memNumber("m." + nextOrderDay)
	return listField{code: "next_order_day", typ: "date", ops: []string{"eq", "gte", "lte", "between", "last_days", "before_days", "next_days", "empty", "not_empty"},
		column: true, width: 130, compile: func(c *compiler, n *Node) (expr, error) {
			if n.Op == "empty" || n.Op == "not_empty" {
				return flip(plain('m', "("+sql+") IS NOT NULL").inMemory(mem.Has(col)), n.Op, "empty"), nil
			}
			from, to, err := n.Days(c.asOf)
			if err != nil {
				return expr{}, err
			}
			return plain('m', "COALESCE("+sql+" BETWEEN "+num(int64(from))+" AND "+num(int64(to))+", FALSE)").
				inMemory(mem.Between(col, int64(from), int64(to))), nil
		}}
}
