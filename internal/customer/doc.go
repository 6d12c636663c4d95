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
//     or all. It is applied in the store; a customer outside it is not found.
//
// Invariants: (source_id, external_blind) names at most one customer; every
// customer has a row in customer_metrics; no clear contact is in the database.
//
// SQL is in the files store*.go and nowhere else.
package customer
