// Package order keeps the facts: products, orders with their lines, and what
// customers did without buying. From them it computes the figures per customer.
//
// Words (docs/glossary.md has them beside the Chinese ones):
//
//   - gross: the amount of an order as its source says it, 分 and thousandths.
//   - sales: gross where the order counts as a sale, else 0.
//   - net: sales less what was refunded. A return document has sales 0 and a
//     negative net. Net is what counts for the value of a customer.
//   - purchase: an order with net > 0. Numbers of orders count purchases.
//   - day: the calendar day of payment in company time.
//   - window w as of day D: the days D−w+1 … D. Facts after D do not exist then.
//
// Invariants: (source_id, external_id) names an order and a behaviour; sums are
// exact and rounded once, half to even, at their end; row scope belongs to the
// customer, so whoever may not see a customer sees none of these facts.
//
// SQL is in the files store*.go and nowhere else.
package order
