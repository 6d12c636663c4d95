// Package dedupe finds records that are about the same customer.
//
// It is the model of Fellegi and Sunter ("A Theory for Record Linkage", JASA
// 64, 1969): every field of a pair agrees on one of a few levels, each level
// has m = P(level | same customer) and u = P(level | two customers), its
// weight is log2(m/u) bits, and the weights of the fields add up. With the
// odds that two records drawn at random are the same (the prior) the sum is a
// probability, the score. A field that one of the two does not have says
// nothing: zero bits.
//
// Vocabulary:
//
//   - [Field] is the meaning of a value (name.full, phone, birthday …);
//     [Value] is one value, in clear text or as an opaque keyed hash that can
//     only be compared for equality; [Record] is what is known of a customer,
//     with any number of values a field.
//   - [Weights] are m, u and bits of every field and level, readable as JSON or
//     YAML; [Shipped] are those the program starts with.
//   - [Index] holds a whole base compactly and gives its pairs: Add, Finish,
//     Learn, Pairs. Candidates come from blocks of records that share a key
//     (see keys.go); all pairs are never looked at, and blocks have a bound.
//   - [Scorer] scores single pairs with reasons, for the work list and for the
//     warning while a customer is typed in.
//
// Agreement on a rare value weighs more than on a common one (Winkler,
// "Frequency-based matching in the Fellegi-Sunter model", 1989/2000): the u of
// an exact agreement is the share of other records with that value. u of the
// other levels comes from random pairs, m and the prior from EM over the
// candidates, both held near the shipped weights by pseudo-counts, so that a
// small file is judged by the shipped weights and a large one by its own.
//
// The package is pure: no database, no clock, no randomness that differs
// between two runs.
package dedupe
