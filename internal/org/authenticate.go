package org

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/web"
)

// touchEvery is how often the last use of a session is written.
const touchEvery = time.Minute

// Authenticate finds who sent the request: nil without an error where nobody
// is signed in, the session has expired or was idle for too long, or the
// person's password, roles or status changed since it began. It is one query
// by key, at most one a second for each session; all else is in memory and
// holds for the version in the answer. What this process changes holds from the
// next request on, what another one changes within a second.
func (s *Service) Authenticate(ctx context.Context, r *http.Request) (*auth.Actor, error) {
	token := cookieValue(r.Header["Cookie"], s.sessions.Cookie.Name)
	if len(token) != tokenBytes {
		return nil, nil
	}
	hash := hashToken(token)
	now := s.now()
	row, err := s.session(ctx, hash, now)
	if db.IsNoRow(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if row.expiresAt <= now || row.seenAt+s.SessionIdle.Milliseconds() <= now {
		return nil, nil
	}
	p, err := s.people(ctx, row.version)
	if err != nil {
		return nil, err
	}
	m, err := p.member(ctx, s, row.staffID)
	if db.IsNoRow(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if m.disabled || m.authVersion != row.authVersion {
		return nil, nil
	}
	if now-row.seenAt >= touchEvery.Milliseconds() {
		s.touches.add(hash, now)
	}
	a := m.actor
	a.IP = web.ClientIP(ctx)
	return &a, nil
}

// cookieValue is r.Cookie without parsing every cookie of the request.
func cookieValue(lines []string, name string) string {
	for _, line := range lines {
		for len(line) > 0 {
			part, rest, _ := strings.Cut(line, ";")
			line = rest
			if v, ok := strings.CutPrefix(strings.TrimLeft(part, " "), name); ok && len(v) > 0 && v[0] == '=' {
				return strings.Trim(v[1:], " \"")
			}
		}
	}
	return ""
}

// toucher writes the last use of sessions in the background: a request never
// waits for the writer, and many sessions are one transaction. What is lost
// when the process dies is a minute of idle time.
type toucher struct {
	s       *Service
	mu      sync.Mutex
	pending map[string]int64
	running bool
	done    sync.WaitGroup
}

// maxPending bounds the sessions that wait to be written.
const maxPending = 10_000

func (t *toucher) add(hash string, at int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.pending == nil {
		t.pending = map[string]int64{}
	}
	if _, ok := t.pending[hash]; ok || len(t.pending) >= maxPending {
		return
	}
	t.pending[hash] = at
	if !t.running {
		t.running = true
		t.done.Add(1)
		go t.run()
	}
}

func (t *toucher) run() {
	defer t.done.Done()
	for {
		t.mu.Lock()
		batch := make(map[string]int64, len(t.pending))
		for k, v := range t.pending {
			batch[k] = v
		}
		if len(batch) == 0 {
			t.running = false
			t.mu.Unlock()
			return
		}
		t.mu.Unlock()
		t.write(batch)
		// Only now: until the write is seen, requests would add them again.
		t.mu.Lock()
		for k := range batch {
			delete(t.pending, k)
		}
		t.mu.Unlock()
	}
}

func (t *toucher) write(batch map[string]int64) {
	// Not the request's: it has ended by now.
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	err := t.s.DB.InTx(ctx, func(ctx context.Context) error {
		for hash, at := range batch {
			if err := t.s.touchSession(ctx, hash, at); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.s.Log.Warn("the last use of sessions was not written", "error", err)
	}
}

func (t *toucher) wait() { t.done.Wait() }
