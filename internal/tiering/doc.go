// Package tiering grades customers and says why.
//
// Vocabulary (docs/glossary.md): a scheme 分层方案 says how customers are
// graded; it is versioned, and every number in it can be changed. A run
// 分层运行 applies one version of a scheme to the facts of one day and writes
// an assignment 分层结果 per customer: the level 等级, the reason 依据 and the
// figures the reason is told from. The report 《客户价值分层报告》 is made from a
// run alone, so that it reads the same years later.
//
// A dimension 分层维度 (value, need, loyalty, a company's own) gives each
// customer one level; one of its schemes is in use. A decision 分层决定 puts the
// levels of a run in force: at once, or as a panel decides in a review 分层审核,
// which is package review. The run in force is what everybody works with; a person changes the
// level of a single customer by a decision of its own, with its reason.
//
// Invariants: a run grades each customer known on its day exactly once; equal
// figures get equal levels; what a finished run found changes only by decisions,
// each of which keeps what was before; a published decision never changes.
//
// Imports: order and customer facts through the store's SQL; nothing imports
// this package but app and the domains above it. What package review needs of it
// is door.go, what it needs of package review is the interface Procedure.
package tiering
