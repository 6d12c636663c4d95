// Package timeline tells the history of one customer: what they bought and
// did, how they were graded, what was said and promised, what was changed.
//
// Words (docs/glossary.md has them beside the Chinese ones):
//
//   - entry: one thing that happened, from one source, of one kind. Entries
//     are in the order of their day (company time), instant, source and id,
//     newest first; that is also the cursor, so that what is added meanwhile
//     moves nothing.
//   - source: who knows entries of some kinds. Sources are registered when the
//     program is put together; a new one needs no change here.
//   - note: what a member of staff wrote down: a call, a visit, a consultation,
//     a complaint, a message or a plain note. Subject and text are personal
//     data and sealed; an edit keeps what was there before.
//   - next step: what a note promises, by whom and until when.
//   - attachment: a file of a note; its type is told from its content, it lies
//     encrypted in the folder of files, and is only ever given as a download.
//   - portrait 画像: how much, how often, when, what and where a customer buys,
//     beside the average of the company and of the same level.
//
// Invariants: whoever may not see a customer sees none of this and writes
// nothing; a file without a row is removed by the sweep, a row never stands
// without its file having been written; text of notes is in no log, event,
// job or address.
//
// SQL is in the files store*.go and nowhere else.
package timeline
