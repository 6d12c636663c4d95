package audit

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/log"
)

// Entry is what a service says about a write or an export. Before and After
// are anything that JSON can express, nil where there is nothing: of two
// objects only the fields that differ are kept, and values under names such
// as password or token are never written. They must not hold unmasked
// contacts.
type Entry struct {
	Action     string // "staff.update"
	ObjectType string // "staff"
	ObjectID   string
	Before     any
	After      any
}

// Record is an entry as it is stored.
type Record struct {
	ID         int64
	At         int64 // unix ms
	ActorID    int64 // 0 for the program itself and for nobody
	ActorName  string
	IP         string
	Action     string
	ObjectType string
	ObjectID   string
	Before     string // JSON object, "" for none
	After      string
	RequestID  string
	Hash       string // hex
}

// Bounds, in bytes. What is longer is cut, with a mark.
const (
	maxName = 200
	maxData = 24 << 10 // so that a cell of a sheet holds it
)

// Log appends, reads and verifies.
type Log struct {
	db  *db.DB
	clk clock.Clock
}

// New makes the log over an open database.
func New(d *db.DB, clk clock.Clock) *Log { return &Log{db: d, clk: clk} }

// Append writes an entry in the transaction of ctx, so that the record and
// what it records stand or fall together; outside of one it opens its own.
// The actor, the address and the request id come from ctx. A nil log keeps
// nothing: services that stand alone have none.
func (l *Log) Append(ctx context.Context, e Entry) error {
	if l == nil {
		return nil
	}
	if e.Action == "" || e.ObjectType == "" {
		return errs.New(errs.Internal, "internal", "detail", "an audit entry needs an action and an object type")
	}
	before, after, err := diff(e.Before, e.After)
	if err != nil {
		return errs.Wrap(err, errs.Internal, "internal")
	}
	r := Record{
		Action: cut(e.Action, maxName), ObjectType: cut(e.ObjectType, maxName), ObjectID: cut(e.ObjectID, maxName),
		Before: before, After: after, RequestID: cut(log.RequestID(ctx), maxName),
	}
	if a := auth.From(ctx); a != nil {
		r.ActorID, r.ActorName, r.IP = a.StaffID, cut(a.Name, maxName), cut(a.IP, maxName)
	}
	return l.db.InTx(ctx, func(ctx context.Context) error {
		prev, err := l.next(ctx, &r)
		if err != nil {
			return err
		}
		// Read under the lock, so that instants never run backwards against ids
		// for one clock.
		r.At = clock.Millis(l.clk.Now())
		r.Hash = r.chain(prev)
		return l.insert(ctx, &r)
	})
}

// chain is the hash of the record after prev.
func (r *Record) chain(prev string) string {
	h := sha256.New()
	var n [8]byte
	for _, f := range [...]string{
		strconv.FormatInt(r.ID, 10), strconv.FormatInt(r.At, 10), strconv.FormatInt(r.ActorID, 10),
		r.ActorName, r.IP, r.Action, r.ObjectType, r.ObjectID, r.Before, r.After, r.RequestID, prev,
	} {
		binary.BigEndian.PutUint64(n[:], uint64(len(f)))
		h.Write(n[:])
		h.Write([]byte(f))
	}
	return hex.EncodeToString(h.Sum(nil))
}
