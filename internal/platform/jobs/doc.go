// Package jobs runs background work on River, on SQLite and on PostgreSQL.
//
// A job is a small typed value ([Args]) that is stored in the transaction that
// causes it and handled later, at least once, by the handler registered for
// its kind ([Handle]). Around River this package adds what the program needs:
// inserts that join db.InTx on both engines, leases by which the job of a dead
// process is found again within seconds, progress, error texts that are codes
// only, periodic jobs that survive a restart, and the pages of the jobs screen.
//
// Invariants:
//   - args, notes and error texts hold no personal data: they are ids and codes;
//   - a job is not run twice at once while the process that holds it lives;
//   - a handler may be run again after a crash, so it is idempotent.
package jobs

import (
	"context"
	"errors"
	"time"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
)

// The permissions of this package.
const (
	PermView   auth.Permission = "job.view"
	PermManage auth.Permission = "job.manage"
)

// Permissions lists them for the role editor.
var Permissions = []auth.Permission{PermView, PermManage}

// Args is the input of a job: a value type that encodes to JSON. Kind names
// the handler ("import.run"); it must not depend on the value.
type Args interface {
	Kind() string
}

// Job is one run of a job as its handler sees it.
type Job[A Args] struct {
	ID      int64
	Args    A
	Attempt int   // 1 on the first run
	StaffID int64 // who enqueued it; 0 for the program itself
}

// EnqueueOpts vary one insert; the zero value runs the job as soon as possible.
type EnqueueOpts struct {
	// At is the earliest start; zero means now.
	At time.Time
	// UniqueKey admits one unfinished job of the kind with this key; a second
	// Enqueue returns the id of the first.
	UniqueKey string
	// Priority is 1 (first) to 4 (last); 0 means 1.
	Priority int
}

// Why the context of a handler ended, as context.Cause gives it.
var (
	// ErrStopping: the process is shutting down. Whatever error the handler
	// then returns, the job is handed back and starts again elsewhere.
	ErrStopping = errors.New("jobs: the process is stopping")
	// ErrCancelled: somebody cancelled the job.
	ErrCancelled = errors.New("jobs: cancelled")
	// ErrTimeout: the kind's time limit passed.
	ErrTimeout = errors.New("jobs: timeout")
	// ErrLeaseLost: the job was given to another process because this one
	// could not renew its lease in time.
	ErrLeaseLost = errors.New("jobs: lease lost")
	// ErrDiscard, wrapped by a handler's error, ends the job without a retry.
	ErrDiscard = errors.New("jobs: discard")
)

// Enqueuer is what domains need of a [Client].
type Enqueuer interface {
	Enqueue(ctx context.Context, args Args, o EnqueueOpts) (jobID int64, err error)
}

// Auditor records what people do to jobs: *audit.Log.
type Auditor interface {
	Append(ctx context.Context, e audit.Entry) error
}
