package org

import (
	"context"
	"sync"

	"zhike/internal/platform/db"
)

const (
	// sessionTTL is how long a session that was found may be taken for good
	// without asking again, in ms: how late a process hears of what another
	// one changed. What it changes itself it hears at once.
	sessionTTL = 1000
	// maxKeptSessions bounds the sessions in memory.
	maxKeptSessions = 10_000
)

// keptSessions are the sessions that this process found within the last
// second, with the version of the organisation of that moment. Nobody's end is
// delayed by it in the process that ends the session: every write to sessions
// or to the organisation empties it when it commits, and what was read before
// such a write is not kept after it.
type keptSessions struct {
	mu    sync.RWMutex
	rows  map[string]keptSession
	round uint64 // of writes
}

type keptSession struct {
	sessionRow
	from int64 // unix ms
}

// get gives a session found within [sessionTTL], and otherwise the round to
// hand to put.
func (k *keptSessions) get(hash string, now int64) (r sessionRow, ok bool, round uint64) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	s, ok := k.rows[hash]
	// A clock that was set back does not prolong anything.
	ok = ok && now >= s.from && now-s.from < sessionTTL
	return s.sessionRow, ok, k.round
}

// put keeps a session that was asked for in a round, unless something has been
// written since.
func (k *keptSessions) put(hash string, r sessionRow, now int64, round uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.round != round {
		return
	}
	if k.rows == nil {
		k.rows = map[string]keptSession{}
	}
	if len(k.rows) >= maxKeptSessions {
		clear(k.rows)
	}
	k.rows[hash] = keptSession{r, now}
}

func (k *keptSessions) drop() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.round++
	clear(k.rows)
}

// session finds a session in memory or in the database.
func (s *Service) session(ctx context.Context, hash string, now int64) (sessionRow, error) {
	row, ok, round := s.kept.get(hash, now)
	if ok {
		return row, nil
	}
	row, err := s.find.session(ctx, s.DB, hash)
	if err == nil && !db.InTransaction(ctx) {
		s.kept.put(hash, row, now, round)
	}
	return row, err
}

// changed makes this process ask for every session again once the transaction
// of ctx has committed. It is called after the write.
func (s *Service) changed(ctx context.Context) { db.AfterCommit(ctx, s.kept.drop) }
