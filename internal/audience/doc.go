// Package audience keeps audiences: rules that say whom one means, saved under
// a name, and lists of customers kept by hand.
//
// Words (docs/glossary.md has them beside the Chinese ones):
//
//   - audience (人群): a named rule, dynamic, or a static list (静态名单).
//   - version: what an audience was from one change to the next: rule, name,
//     description, who changed it and why.
//   - member: a customer whom the rule means, or who is in the list. What a
//     person is shown of members is always within the row scope of the actor.
//   - use: something that names an audience: another audience, a saved view.
//
// Invariants:
//
//   - no two audiences that are not archived have the same name;
//   - no audience names itself, not even through others: writes of audiences
//     come one after the other, and each looks for circles;
//   - an audience that something uses is archived, never deleted;
//   - a write commits with its version, its uses and its audit entry, or not at
//     all. The audit log keeps names of fields, not the values in rules.
package audience
