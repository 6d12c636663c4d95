// Package review is the procedure by which a panel decides about the levels that a
// run proposes.
//
// Vocabulary (docs/glossary.md): a panel 审核小组 decides about the runs of a
// dimension, by its rules of procedure. A review 分层审核 is its work on one run:
// the moves that the run proposes are gathered, members agree to them, overrule
// them or dispute them, disputed ones are discussed and voted on, and then the
// levels are published as decided. An appeal 异议 holds something against a level
// in force; an impact assessment 影响评估 comes before a panel may decide by a
// scheme (PIPL arts. 55, 56).
//
// Files: panel and away (who), review (from opening to withdrawing), board (a
// review in memory), filter, moves and dossier (what members read), decide and
// vote (what they do), publish (how it ends), outcome (what a report says of it),
// appeal, assessment; pack says how moves lie in the database.
//
// Invariants: the moves of a review never change, what becomes of them is a list of
// acts that only grows; a review goes by the panel as it was when it was opened;
// what a preview showed is carried out, or nothing is.
//
// Imports: package tiering through its door.go, which grades, explains, and puts
// decisions in force. It knows nothing of this package: what it asks is its
// interface Procedure, which *Service is. Decisions are read in SQL together with
// their reviews and written by tiering alone.
package review
