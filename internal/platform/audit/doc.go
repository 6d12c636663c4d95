// Package audit keeps the append-only record of every write and every export:
// who, what, when, from where, and what it was before and after.
//
// Entries are chained. The hash of an entry is
//
//	SHA-256( len(f1) f1 len(f2) f2 … )
//
// over its fields in the order id, at, actor_id, actor_name, ip, action,
// object_type, object_id, before, after, request_id and the hash of the entry
// before it; lengths are 8 bytes big-endian, integers are written in decimal.
// The row audit_head holds the number and the hash of the last entry: its
// update is the lock under which entries are appended, and by it a cut-off
// tail is noticed. Who can write to the database can still rewrite the whole
// chain; against that the head's hash is to be kept elsewhere, as the export
// and the verify command print it.
package audit
