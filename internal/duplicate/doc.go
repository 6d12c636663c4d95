// Package duplicate finds customers that are one, lets people decide, folds
// two records into one and, if that was wrong, makes two of them again.
//
// Words (docs/glossary.md has them beside the Chinese ones):
//
//   - pair: two customers that may be one, with a score and its reasons.
//   - decision: same, different or later.
//   - winner, loser: of a merge, the record that stays and the one that goes.
//   - link: a column of some table that points to a customer. What points to
//     the loser moves to the winner.
//
// Invariants: a merge and its undo each commit as a whole; every row that
// pointed to the loser either points to the winner or is kept in merge_rows;
// an undo puts each of them back where it was, or refuses and says why. No
// sequence of edits, merges and undos loses a row (a property test).
package duplicate
