// Package customer knows who the customers are: people and organisations,
// their numbers in each source, their contacts, and the words they are found by.
//
// Words (docs/glossary.md has them beside the Chinese ones):
//
//   - source: where data comes from; a customer has one number in each.
//   - contact: a phone, e-mail, address or code. Sealed from its first write,
//     found by keyed hashes ("blind"), shown masked; clear only by Reveal,
//     which is audited.
//   - term: a folded word of a name by which it is searched.
//   - row scope: whoever works here sees own customers, those of a department,
//     or all, and those of whose service team he or she is. It is applied in the
//     store; a customer outside it is not found.
//   - pool: the customers without an owner. Who holds customer.pool sees those of
//     the own departments and of none, and may claim them; nothing else before.
//   - record: a customer with everything that can be edited. Its version rises
//     by one with every write.
//   - change: one field of one customer before and after; those made together
//     are a change set.
//   - feed: which customers were written, in the order of commits.
//
// Every write of a record goes through [Service.Record] or something that does:
// [Service.Change], [Service.ChangeMany], [Service.CreateMany],
// [Service.EditPart]. It writes version, history, audit entry, event and feed
// with the rows. A transaction takes its locks in one order: rows of customers
// by ascending id, the audit log, the feed.
//
// Invariants: (source_id, external_blind) names at most one customer; every
// customer has a row in customer_metrics; no clear contact is in the database;
// a number of the feed, once a reader has passed it, never comes up again.
//
// SQL is in the files store*.go and nowhere else.
package customer
