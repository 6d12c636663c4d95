// Package forecast keeps the company's own models and says by them what a
// customer will do: package model fitted on the orders and fields of the
// database.
//
// Words (docs/glossary.md has them beside the Chinese ones):
//
//   - kind: purchases (BG/NBD and Gamma-Gamma on the orders) or churn (a logistic
//     regression on a label of the company's own).
//   - model: one fit of a kind, with a version, the day of its facts, parameters,
//     and what they are worth on customers or days that the fit has not seen.
//   - in use: the model of a kind that schemes and pages go by; at most one.
//   - held: a fit that did not converge, or is worse than the one in use on the
//     same holdout. It waits for a person; the one in use stays.
//   - purchase: an order with something left after refunds, or a sale for nothing.
//     Purchases of one customer on one day are one (package model).
//
// Invariants:
//
//   - the parameters of a model never change; which is in use changes only by a
//     fit without doubts or by a person, and both are in the audit log;
//   - what a model is worth is measured on days (purchases) or customers (churn)
//     that were kept from it; forecasts are made by a second fit on everything;
//   - a body holds parameters, sums and words that many customers share, never
//     what is known of a single customer.
package forecast
