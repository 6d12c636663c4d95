package db

import (
	"context"
	"database/sql"
	"sync"
	"sync/atomic"

	"zhike/internal/platform/errs"
)

// On SQLite what commits stands in the write-ahead log first and is copied into
// the file by a checkpoint. SQLite makes it within the commit that fills the
// log, which then takes as long as all that was written since the last one.
// Here it is made beside the writer, on a connection of its own; durability is
// the same, since the log is synced at each commit and the file before the log
// begins anew. Only where that cannot keep up, at walBound, a commit does it.
const (
	// walPages is about how much of the log, in pages of 4 KiB, is copied at a time.
	walPages = 4000
	// walBound is the length of the log from which on commits copy it themselves.
	walBound = 64_000
	// pagesPerCommit and rowsPerPage guess what a transaction writes: SQLite
	// does not tell. Too high costs syncs, too low leaves the work to walBound.
	pagesPerCommit = 16
	rowsPerPage    = 2
)

// checkpointer copies the log into the file.
type checkpointer struct {
	db    *sql.DB
	pages atomic.Int64 // written since the last checkpoint, as guessed
	wake  chan struct{}
	stop  context.CancelFunc
	ended sync.WaitGroup
}

func newCheckpointer(path string) (*checkpointer, error) {
	conn, err := sql.Open("sqlite", sqliteDSN(path, 256))
	if err != nil {
		return nil, errs.Wrap(err, errs.Unavailable, "db.cannot_open", "path", path)
	}
	conn.SetMaxOpenConns(1)
	ctx, cancel := context.WithCancel(context.Background())
	c := &checkpointer{db: conn, wake: make(chan struct{}, 1), stop: cancel}
	c.ended.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-c.wake:
			}
			c.pages.Store(0)
			// Passive: it waits for nobody and nobody for it. What it could not
			// copy, because somebody still reads the older state, the next one does.
			_, _ = c.db.ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)")
		}
	})
	return c, nil
}

// committed hears of each transaction, with the rows that it inserted in bulk.
func (c *checkpointer) committed(rows int) {
	if c.pages.Add(pagesPerCommit+int64(rows/rowsPerPage)) < walPages {
		return
	}
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *checkpointer) close() {
	c.stop()
	c.ended.Wait()
	_ = c.db.Close()
}
