// Package lifecycle keeps the stage of every customer: potential, new, mature,
// high value, churn warning, recovery, or as a company configures them
// (requirements 53–64).
//
// Words (docs/glossary.md has them beside the Chinese ones):
//
//   - stage: where a customer is in the lifecycle. It has nothing to do with the
//     stage of the record (prospect, customer).
//   - move: a way from some stages to another one, with a rule in the language of
//     audiences, the days to stay in the stage that is left, and the days in a row
//     on which the rule must hold.
//   - configuration: stages, moves, tools; versioned, the newest is in force.
//   - open day: the day that is not over. What was up to the day before is final.
//   - decision: what a person decided about the stage of one customer, and why.
//   - change: a customer who came to another stage on a day that is over.
//   - tool: steps, a diagnosis or a questionnaire that staff work through with a
//     customer of a stage; one in use is a task.
//   - duty: who owes a step, or a diagnosis or questionnaire as a whole, and until
//     when; of an open task it stands in lifecycle_duties until it is done.
//   - approval: that somebody stands for handbook or SOP of a version; withdrawn,
//     it stays in the history with the reason.
//
// What a stage is. The stage at the end of a day D follows from three things and
// nothing else ([Machine.Next]):
//
//   - the stage at the end of D−1 with the day it began;
//   - the decisions of people up to D;
//   - for whom the rules hold as of D, and held on the days before D (a move with
//     hold_days n asks for D and the n−1 days before it, each as it was found at
//     the end of that day).
//
// In order of precedence: a stage that somebody chose on D; no move where somebody
// keeps rules off; of the moves that leave the stage, the first whose rule held long
// enough and whose customer stayed long enough. So a customer moves at most once a
// day, and the history has at most one row for a customer and a day. Who comes new
// begins in the first stage of begin whose rule holds, and is there from the day of
// the record or of the first order on.
//
// During D the state is provisional: it is worked out anew from the state at the end
// of D−1 whenever something changes, and a row of the history that no longer holds
// is taken back. Working it out once, a hundred times, or again after a kill −9 gives
// the same. When the day is over it is worked out for everybody once more, as of D,
// and closed: head.day moves on, and what has happened on D is a change that whoever
// follows ([Engine.Subscribe]) hears of exactly once. Facts that become known later
// count for the day that is open then: the past does not change. Days that were
// missed are closed one after the other.
//
// Invariants:
//
//   - every writer of states raises head.seq in its transaction first: an evaluation
//     and a decision never write beside each other;
//   - a rule that cannot be compiled stops the whole lifecycle, with the reason in
//     head.problem, and the missed days are closed when it is mended: skipping one
//     move would make a history that nobody configured;
//   - a rule does not ask for the lifecycle itself, not even through an audience;
//   - what a decision says is personal data and sealed.
package lifecycle
