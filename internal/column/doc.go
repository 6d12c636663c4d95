// Package column keeps values of customers in memory, in columns, and answers
// from them who matches a condition, how many do, and who comes next in an order.
//
// A [Col] says which value of which table it is; nothing is written by field.
// A column is read from the database when a condition first asks for it. From
// then on it follows the database: every write of a customer has a number in
// the change feed, and writers that do not use the feed say so by [Tell], in
// their transaction. Before an answer the numbers of the database are compared
// with those applied here; what came since is read again first. So an answer
// is never older than the moment it was asked for.
//
// What cannot be answered here (columns still being read, far behind, out of
// memory, switched off) is told as such, and the caller asks the database.
//
// A customer's id is the place of its values: ids are handed out in a row. They
// lie in blocks of [blockRows]; a block without customers takes no memory.
package column
