// Package rule is the language in which the program says whom it means: a tree
// of conditions over fields of customers and over facts about them. Lists,
// audiences and whatever asks "who" use the same tree, the same fields and the
// same two ways to an answer: columns in memory and SQL.
//
// Words (docs/glossary.md has them beside the Chinese ones):
//
//   - rule: a [Node], the whole tree.
//   - condition: a leaf of it. Its form is one of: a field of the customer
//     (scalar or set), an aggregate over a stream of facts, a sequence of facts,
//     a place among others, a random sample.
//   - stream: facts with a day, measures and dimensions, many per customer.
//   - as-of day: the day that "today" stands for. Facts behind it do not exist.
//   - window: the days, up to the as-of day, whose facts count.
//
// Facts that are counted (Stream.Counted; of orders, purchases) are what counts,
// first, last, days since, distinct, least and greatest ones, sequences and places
// among others look at; sums add up all facts, so that returns take off, and an
// average divides that sum by the number of those that are counted and tell the
// number. Of no facts, count, sum and distinct are 0 and the others nothing;
// beside other customers, whoever has no fact that is counted has no number.
// Money is compared in 分, rounded half to even once, at the end of a sum;
// averages are compared as the fractions that they are. A dimension that a fact
// does not tell ("" or null) is in no list.
//
// What all this means is said once more, as plainly as can be, by package
// ruletest; customer.TestRulesAgree holds columns and SQL on both databases
// against it.
//
// A condition holds or does not hold, never neither. Fields of customers are
// compiled by package customer, which knows their access by role; the other
// forms are compiled here. Streams are registered by the packages that keep the
// facts, with names of tables and columns; nothing a person typed becomes SQL.
package rule
