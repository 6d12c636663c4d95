// Package affinity finds what similar customers bought: for each customer the
// category of products that others with the same purchases have bought and this
// one has not. It is the need that nobody stated.
//
// Words (docs/glossary.md has them beside the Chinese ones):
//
//   - category: that of a product, as the company writes it; products without one
//     tell nothing.
//   - bought: in an order with something left after refunds, within the window.
//   - rule A → B: of the customers who bought A, so many bought B (see [Settings]).
//   - suggestion: the B of a customer's strongest rule among what was not bought.
//   - version: rules and suggestions as they were worked out once, in force until
//     the next one takes their place.
//
// The formulas are those of association rules (Agrawal, Imieliński and Swami, 1993)
// on sets of two, with the customer in the place of the basket, and so item-based
// co-purchase (Sarwar et al., 2001) with the conditional probability in the place
// of the cosine, because that is what can be told in words:
//
//	support(A, B)  = customers who bought A and B
//	confidence     = support(A, B) / customers who bought A
//	lift           = confidence / (customers who bought B / customers who bought anything)
//
// Invariants:
//
//   - a suggestion is never a category that the customer bought in the window. The
//     record asks the rules in force about today's purchases; lists and audiences
//     have what was found with the version, so that a purchase of today leaves them
//     when the next version comes;
//   - the same orders give the same rules and suggestions: ties go by code;
//   - rules are sums over many customers (Settings.Support), never what is known of one;
//   - lists, audiences and the record go by one version; another one takes its place
//     in one transaction.
package affinity
