// Package events is the outbox: what one domain tells others.
//
// An event is stored in the transaction of the data it is about, together with
// one delivery job for each subscriber of its kind. So it exists exactly when
// the data does, and it is delivered at least once, also after a crash. A
// receipt for each event and subscriber makes a repeated delivery harmless: it
// is written in the transaction in which the subscriber works, so that the
// effects of a subscriber in the database happen once.
//
// Subscribers of one event run independently and in no particular order; two
// events may be delivered in the opposite order of their publication. Payloads
// hold ids and codes, never personal data.
package events

import "context"

// Event is a fact that happened: a value type that encodes to JSON. EventKind
// names it ("order.imported") and must not depend on the value.
type Event interface {
	EventKind() string
}

// Delivery is one event as a subscriber sees it.
type Delivery[E Event] struct {
	ID      int64 // the same for all subscribers and all repetitions
	At      int64 // publication, unix ms
	Attempt int   // 1 on the first delivery
	Event   E
}

// Publisher is what domains need of a [Bus].
type Publisher interface {
	Publish(ctx context.Context, e Event) error
}
