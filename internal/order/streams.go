package order

import (
	"zhike/internal/customer"
	"zhike/internal/rule"
)

// The names under which writers tell of facts and of what facts point to. Lines
// are told of with their order.
const (
	toldOrders     = "orders"
	toldBehaviours = "behaviours"
	toldProducts   = "products"
)

// An order with one line that brought what the order did names the product
// itself (Order.Lone): its line is not looked at, and most orders are such.
// SQLite does not even look for it where what it would look for is null.
const (
	linesSQL       = "orders o LEFT JOIN order_lines l ON l.order_id = CASE WHEN o.lone_product_id IS NULL THEN o.id END"
	lineProductSQL = "(CASE WHEN o.lone_product_id IS NULL THEN l.product_id ELSE NULLIF(o.lone_product_id, -1) END)"
	lineMilliSQL   = "(CASE WHEN o.lone_product_id IS NULL THEN l.amount_fen * 1000 + l.amount_sub ELSE o.net_fen * 1000 + o.net_sub END)"
	// purchaseSQL is what is counted: an order with something left after refunds.
	purchaseSQL = "(o.net_fen > 0 OR (o.net_fen = 0 AND o.net_sub > 0))"
)

// Streams are the facts that rules can ask for: orders, their lines, and what
// customers did without buying. A purchase, which is what is counted, is an
// order with something left after refunds (package doc).
//
// i18n-keys: order.kind.* order.status.* order.behaviour.* order.price.*
func Streams() []rule.Stream {
	// Products without a name go by their code.
	product := rule.Lookup{Table: "products", ID: "id", Expr: "CASE WHEN name = '' THEN code ELSE name END", Source: toldProducts}
	of := func(expr string) *rule.Lookup {
		l := product
		l.Expr = expr
		return &l
	}
	products := func(id string) []rule.Dimension {
		return []rule.Dimension{
			{Code: "category", Label: "stream.category", Expr: id, Via: of("category")},
			{Code: "brand", Label: "stream.brand", Expr: id, Via: of("brand")},
			{Code: "product", Label: "stream.product", Expr: id, Via: &product},
			{Code: "product_code", Label: "stream.product_code", Expr: id, Via: of("code")},
		}
	}
	source := func(expr string) rule.Dimension {
		return rule.Dimension{Code: "source", Label: "stream.source", Expr: expr,
			Via: &rule.Lookup{Table: "sources", ID: "id", Expr: "name", Source: "sources"}}
	}
	money := func(code, column string) rule.Measure {
		return rule.Measure{Code: code, Label: "stream." + code, Type: "money", Access: customer.AccessSpend,
			Expr: "(o." + column + "_fen * 1000 + o." + column + "_sub)"}
	}
	ofOrder := []rule.Dimension{
		{Code: "channel", Label: "stream.channel", Expr: "o.channel"},
		{Code: "store", Label: "stream.store", Expr: "o.store"},
		{Code: "province", Label: "stream.province", Expr: "o.province"},
		{Code: "city", Label: "stream.city", Expr: "o.city"},
		{Code: "kind", Label: "stream.kind", Expr: "o.kind", Words: "order.kind.", Codes: codesOf(kindCodes[:])},
		{Code: "status", Label: "stream.status", Expr: "o.status", Words: "order.status.", Codes: codesOf(statusCodes[:])},
		source("o.source_id"),
		{Code: "price", Label: "stream.price", Expr: "CASE WHEN o.discount_fen IS NOT NULL THEN CASE WHEN " + boughtForLessSQL + " THEN 1 ELSE 0 END END",
			Words: "order.price.", Codes: codesOf(priceCodes[:])},
	}
	return []rule.Stream{
		{
			Code: "orders", Label: "stream.orders", Access: customer.AccessOrders, Source: toldOrders,
			Table: "orders o", Customer: "o.customer_id", Day: "o.day", Instant: "o.paid_at", ID: "o.id", Counted: purchaseSQL,
			Measures: []rule.Measure{
				money("net", "net"), money("sales", "sales"), money("gross", "gross"),
				{Code: "freight", Label: "stream.freight", Type: "money", Access: customer.AccessSpend, Expr: "(o.freight_fen * 1000)"},
				{Code: "quantity", Label: "stream.quantity", Type: "milli", Expr: "o.quantity_milli"},
				{Code: "lines", Label: "stream.line_count", Type: "number", Expr: "o.line_count"},
			},
			Dimensions: ofOrder,
		},
		{
			Code: "lines", Label: "stream.lines", Access: customer.AccessOrders, Source: toldOrders,
			// Lines of an order have its instant and come in their order; no order has a million.
			Table: linesSQL, Customer: "o.customer_id", Day: "o.day", Instant: "o.paid_at", ID: "(o.id * 1000000 + COALESCE(l.line_no, 0))",
			Where: "(o.lone_product_id IS NOT NULL OR l.order_id IS NOT NULL)", Counted: purchaseSQL,
			Measures: []rule.Measure{
				{Code: "amount", Label: "stream.amount", Type: "money", Access: customer.AccessSpend,
					Expr: lineMilliSQL},
				{Code: "quantity", Label: "stream.quantity", Type: "milli", Expr: "(CASE WHEN o.lone_product_id IS NULL THEN l.quantity_milli ELSE o.quantity_milli END)"},
			},
			Dimensions: append(products(lineProductSQL), ofOrder...),
		},
		{
			Code: "behaviours", Label: "stream.behaviours", Access: customer.AccessOrders, Source: toldBehaviours,
			Table: "behaviours b", Customer: "b.customer_id", Day: "b.day", Instant: "b.at", ID: "b.id",
			Measures: []rule.Measure{
				{Code: "rating", Label: "stream.rating", Type: "number", Expr: "b.rating"},
				{Code: "quantity", Label: "stream.quantity", Type: "milli", Expr: "b.quantity_milli"},
			},
			Dimensions: append([]rule.Dimension{
				{Code: "kind", Label: "stream.behaviour", Expr: "b.kind", Words: "order.behaviour.", Codes: codesOf(behaviourCodes[:])},
				source("b.source_id"),
			}, products("b.product_id")...),
		},
	}
}

// codesOf gives the codes by the numbers that are stored.
func codesOf(list []string) map[int64]string {
	out := map[int64]string{}
	for i, code := range list {
		if code != "" {
			out[int64(i)] = code
		}
	}
	return out
}
