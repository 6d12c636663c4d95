package customer

import "zhike/internal/rule"

// numberOf adds a number out of the one row that a customer has in a table; null
// where there is none.
func numberOf(table, expr, where string) func(add rule.Add, id string) {
	if where != "" {
		where = " AND " + where
	}
	return func(add rule.Add, id string) {
		add("(SELECT " + expr + " FROM " + table + " WHERE customer_id = " + id + where + ")")
	}
}
