package org

import (
	"hash/maphash"
	"sync"
	"time"

	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

const (
	// failuresToLock wrong passwords in a row lock a login.
	failuresToLock = 5
	firstLock      = 15 * time.Minute
	longestLock    = 24 * time.Hour
)

// lockFor is how long a login is locked after so many failures in a row: every
// fifth locks, 15 minutes at first, twice as long each time, at most a day.
func lockFor(failures int64) time.Duration {
	if failures == 0 || failures%failuresToLock != 0 {
		return 0
	}
	d := firstLock
	for n := failures / failuresToLock; n > 1 && d < longestLock; n-- {
		d *= 2
	}
	return min(d, longestLock)
}

// locked is the error for a login that is locked until the instant (unix ms).
func locked(until, now int64) error {
	return errs.New(errs.RateLimited, "org.locked", "until", until, web.RetryAfter, (until-now+999)/1000,
		"minutes", (until-now+59_999)/60_000)
}

// limits bound sign-ins in fixed memory. The one by address lets a whole
// office behind one address sign in at nine o'clock; the one by login bounds
// the work that a stranger can cause beside the lock.
type limits struct {
	ip, login *web.Limiter
	unknown   *unknownLogins
}

func newLimits() limits {
	return limits{
		ip:      web.NewLimiter(60, 60, time.Minute),
		login:   web.NewLimiter(20, 20, time.Minute),
		unknown: newUnknownLogins(),
	}
}

// allow fails with org.too_many_logins where one of the two is used up.
func (l *limits) allow(ip, login string, now time.Time) error {
	if ip != "" {
		if ok, wait := l.ip.Allow(ip, now); !ok {
			return tooMany(wait)
		}
	}
	if ok, wait := l.login.Allow(login, now); !ok {
		return tooMany(wait)
	}
	return nil
}

func tooMany(wait time.Duration) error {
	return errs.New(errs.RateLimited, "org.too_many_logins", web.RetryAfter, int64(wait/time.Second)+1)
}

// unknownLogins locks logins that do not exist as if they did, so that a lock
// does not tell which ones do. Two of them may share a cell: no harm, nobody
// can sign in with either.
type unknownLogins struct {
	mu    sync.Mutex
	seed  maphash.Seed
	cells []unknownLogin
}

type unknownLogin struct {
	key      uint64
	failures int64
	until    int64 // unix ms
}

const unknownCells = 1 << 13

func newUnknownLogins() *unknownLogins {
	return &unknownLogins{seed: maphash.MakeSeed(), cells: make([]unknownLogin, unknownCells)}
}

func (u *unknownLogins) cell(login string) *unknownLogin {
	key := maphash.String(u.seed, login)
	c := &u.cells[key%unknownCells]
	if c.key != key {
		*c = unknownLogin{key: key}
	}
	return c
}

func (u *unknownLogins) lockedUntil(login string) int64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.cell(login).until
}

// fail counts a failure and gives until when the login is locked, 0 for not.
func (u *unknownLogins) fail(login string, now int64) int64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	c := u.cell(login)
	c.failures++
	if d := lockFor(c.failures); d > 0 {
		c.until = now + d.Milliseconds()
		return c.until
	}
	return 0
}
