// Package model holds the statistical models of grading: how many orders a
// customer will still place, what they will be worth, and who is likely to
// leave. It is pure computation: no database, no clock, no randomness that
// differs between two runs.
//
// Vocabulary:
//
//   - A [Ledger] takes purchases in any order and makes a [History] of each
//     customer: x repeat purchases, the day of the last one, the age, what the
//     repeats were worth. Purchases of one customer on one day are one.
//   - A [Period] says where calibration ends, how long the holdout after it is,
//     and in which unit times are counted.
//   - A [Table] is the sample in the form that a fit reads: each distinct
//     (x, t_x, T) once, with the number of customers that have it.
//   - [BGNBD] (Fader, Hardie and Lee 2005) gives P(alive), expected orders and
//     when the next one is due; [GammaGamma] (Fader and Hardie 2013) the value
//     of an order. A [Study] fits both; its [Forecast] of a customer puts them
//     together, customer lifetime value included. [Holdout] is what the forecast
//     is worth, measured on orders that the fit has not seen.
//   - A [Fit] says how a maximum was found: from which starts, how far they
//     agree, what speaks against trusting it.
//   - A [Frame] is a table of fields of customers; a [Logistic] is learned from
//     it and a label of the company's own, and gives probabilities. A
//     [Validation] says how good they are on customers it has not seen.
//
// Times are counted in the period's unit, amounts in yuan inside the formulas,
// in thousandths of a 分 where they come in and in 分 where they leave.
package model
