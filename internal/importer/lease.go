package importer

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
)

const (
	// leaseFor is how long the word of a silent runner holds.
	leaseFor = 30 * time.Second
	// renewEvery is how often a runner speaks.
	renewEvery = 8 * time.Second
)

// A runner is one attempt at an import: "host/pid/process/number". Host and
// pid tell another process of this machine at once whether it still lives;
// process tells a program that was started again under the same pid.
var (
	hostName    = host()
	processName = nonce()
	runnerCount atomic.Int64
)

func host() string {
	h, _ := os.Hostname()
	return strings.ReplaceAll(h, "/", "_")
}

func nonce() string {
	b := make([]byte, 8)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

func newRunner() string {
	return strings.Join([]string{hostName, strconv.Itoa(os.Getpid()), processName, strconv.FormatInt(runnerCount.Add(1), 10)}, "/")
}

// gone says whether a runner is known to be dead.
func gone(runner string) bool {
	p := strings.Split(runner, "/")
	if len(p) != 4 || p[0] != hostName {
		return false
	}
	pid, err := strconv.Atoi(p[1])
	if err != nil || p[2] == processName {
		return false
	}
	if pid == os.Getpid() {
		return true // an earlier program under our own number
	}
	proc, err := os.FindProcess(pid)
	if err != nil {
		return true
	}
	err = proc.Signal(syscall.Signal(0))
	return err != nil && strings.Contains(err.Error(), "already finished")
}

// acquire makes rec this runner's. Errors: import.over, import.running where
// another runner has it, import.source_busy where another import runs into the
// same source.
func (s *Service) acquire(ctx context.Context, rec *Record) error {
	runner := newRunner()
	err := s.db.InTx(ctx, func(ctx context.Context) error {
		if err := s.st.lockSource(ctx, rec.SourceID); err != nil {
			return err
		}
		cur, err := s.st.byID(ctx, rec.ID)
		if err != nil {
			return err
		}
		if cur.Status.Over() {
			return errs.New(errs.Conflict, "import.over", "id", rec.ID)
		}
		dead := "-"
		if cur.Runner != "" && gone(cur.Runner) {
			dead = cur.Runner
		}
		now := s.now()
		if !cur.DryRun {
			other, err := s.st.others(ctx, rec.SourceID, rec.ID, now)
			if err != nil {
				return err
			}
			if other != nil && !gone(other.Runner) {
				return errs.New(errs.Unavailable, "import.source_busy", "id", other.ID, "source", cur.SourceCode)
			}
		}
		ok, err := s.st.claim(ctx, rec.ID, runner, now, now+leaseFor.Milliseconds(), dead)
		if err == nil && !ok {
			err = errs.New(errs.Unavailable, "import.running", "id", rec.ID)
		}
		return err
	})
	if err != nil {
		return err
	}
	fresh, err := s.st.byID(ctx, rec.ID)
	if err != nil {
		return err
	}
	*rec = *fresh
	return nil
}

// keepLease renews the lease until stop is called; it ends the returned context
// with errStopped where the import was given to somebody else.
func (s *Service) keepLease(ctx context.Context, rec *Record) (held context.Context, stop func()) {
	held, cancel := context.WithCancelCause(ctx)
	done := make(chan struct{})
	id, runner := rec.ID, rec.Runner
	go func() {
		defer close(done)
		t := time.NewTicker(renewEvery)
		defer t.Stop()
		for {
			select {
			case <-held.Done():
				return
			case <-t.C:
			}
			var ok bool
			err := s.db.InTx(held, func(ctx context.Context) (err error) {
				ok, err = s.st.renew(ctx, id, runner, s.now()+leaseFor.Milliseconds())
				return err
			})
			if err == nil && !ok {
				cancel(errStopped)
			}
		}
	}()
	return held, func() {
		cancel(context.Canceled)
		<-done
	}
}

func (s *Service) now() int64 { return clock.Millis(s.clock.Now()) }
