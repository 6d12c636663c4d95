package jobs

import (
	"context"
	"fmt"
	"time"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
)

// Schedule says when a periodic job is due.
type Schedule interface {
	// Next is the first due instant after t.
	Next(t time.Time) time.Time
}

type interval time.Duration

// Interval is due at every multiple of d since 1970-01-01 UTC, so that a
// restart does not shift it. d is at least a second.
func Interval(d time.Duration) Schedule { return interval(max(d, time.Second)) }

func (i interval) Next(t time.Time) time.Time {
	step := time.Duration(i).Milliseconds()
	ms := t.UnixMilli()
	return time.UnixMilli((ms/step + 1) * step)
}

type daily struct {
	hour, minute int
	zone         clock.Zone
}

// Daily is due once a day at the given wall-clock time of the company's zone,
// which is asked each time: after a change the next one is due by the new zone.
func Daily(hour, minute int, zone clock.Zone) Schedule { return daily{hour, minute, zone} }

func (d daily) Next(t time.Time) time.Time {
	zone := d.zone()
	y, m, day := t.In(zone).Date()
	at := time.Date(y, m, day, d.hour, d.minute, 0, 0, zone)
	if !at.After(t) {
		at = time.Date(y, m, day+1, d.hour, d.minute, 0, 0, zone)
	}
	return at
}

type periodic struct {
	name string
	when Schedule
	args func() Args
}

// Every enqueues args() whenever s is due, once for all processes that share
// the database. What fell due while no process ran is made up for by one job
// at the next start; a job that is still waiting or running is not doubled.
func (r *Registry) Every(name string, s Schedule, args func() Args) {
	for _, p := range r.every {
		if p.name == name {
			panic(fmt.Sprintf("jobs: periodic job %q is registered already", name))
		}
	}
	r.every = append(r.every, periodic{name: name, when: s, args: args})
}

// maxSleep bounds the wait for the next periodic job, so that a clock that was
// set forward is noticed.
const maxSleep = time.Minute

// runPeriodic enqueues due jobs until ctx ends.
func (c *Client) runPeriodic(ctx context.Context) {
	if len(c.reg.every) == 0 {
		return
	}
	for {
		wait := maxSleep
		for _, p := range c.reg.every {
			next, err := c.periodicOnce(ctx, p)
			if err != nil {
				if ctx.Err() == nil {
					c.log.ErrorContext(ctx, "periodic job not enqueued", "job", p.name, "error", err)
				}
				wait = min(wait, 10*time.Second)
				continue
			}
			wait = min(wait, next.Sub(c.clk.Now()))
		}
		if !sleep(ctx, max(wait, 10*time.Millisecond)) {
			return
		}
	}
}

// periodicOnce enqueues p where it is due and gives the next due instant. The
// row of job_periods decides which process does it.
func (c *Client) periodicOnce(ctx context.Context, p periodic) (next time.Time, err error) {
	now := c.clk.Now()
	last, found, err := c.st.lastPeriod(ctx, p.name)
	if err != nil {
		return next, err
	}
	if !found {
		return p.when.Next(now), c.d.InTx(ctx, func(ctx context.Context) error {
			return c.st.startPeriod(ctx, p.name, clock.Millis(now))
		})
	}
	due := p.when.Next(time.UnixMilli(last))
	if due.After(now) {
		return due, nil
	}
	err = c.d.InTx(ctx, func(ctx context.Context) error {
		won, err := c.st.advancePeriod(ctx, p.name, last, clock.Millis(now))
		if err != nil || !won {
			return err
		}
		_, err = c.Enqueue(ctx, p.args(), EnqueueOpts{UniqueKey: "every:" + p.name})
		return err
	})
	return p.when.Next(now), db.MapError(err)
}

// sleep waits for d; false when ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
