// Package tiering grades customers and says why.
//
// Vocabulary (docs/glossary.md): a scheme 分层方案 says how customers are
// graded; it is versioned, and every number in it can be changed. A run
// 分层运行 applies one version of a scheme to the facts of one day and writes
// an assignment 分层结果 per customer: the level 等级, the reason 依据 and the
// figures the reason is told from. The report 《客户价值分层报告》 is made from a
// run alone, so that it reads the same years later.
//
// Invariants: a run grades each customer known on its day exactly once; equal
// figures get equal levels; a finished run never changes.
//
// Imports: order and customer facts through the store's SQL; nothing imports
// this package but app and the domains above it.
package tiering
