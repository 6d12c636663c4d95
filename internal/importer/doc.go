// Package importer brings files into the program: orders with their buyers,
// customers alone, and what customers did without buying.
//
// Words:
//
//   - source: where data comes from; the key of a record is unique within it.
//   - meaning: what a column says ("order.id", "buyer.phone"). A mapping gives
//     each column of a file one meaning, or none.
//   - unit: the rows that stand or fall together. For orders these are all rows
//     with one order number; for customers all rows of one buyer; for
//     behaviours a single row.
//   - far-apart unit: one whose rows are not next to each other in the file. Its
//     rows wait in import_pending, encrypted, until the file is read to its end.
//
// An import reads its file twice. The first pass checks the whole file and writes
// nothing, so that a damaged or mixed file is refused before anything of it is
// stored. The second applies it in batches; each batch commits its rows, its
// refusals, the counts and how far it came in one transaction. A killed import
// therefore goes on behind its last batch and ends as an undisturbed one does.
//
// Invariants:
//
//   - accepted + rejected + unchanged = read.
//   - A unit is taken whole or refused whole, so that the error file, corrected
//     and imported again, replaces nothing by a part of it.
//   - The same file twice changes nothing: (source, number) finds the record and
//     its content hash says whether anything is new.
//   - What a person typed is stored encrypted only; codes and counts are plain.
package importer
