package jobs

import (
	"context"
	"encoding/json"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"zhike/internal/platform/db"
)

const (
	// endedBeats is for how many heartbeats an attempt whose handler returned
	// stays held while the database does not show its result. River gives up
	// storing a result after about half a minute.
	endedBeats = 12
	// sweepEvery is how often progress of jobs that River deleted is removed.
	sweepEvery = time.Hour
)

// runKeeper renews leases and takes back jobs of dead processes until ctx ends.
func (c *Client) runKeeper(ctx context.Context) {
	sweep := time.Now()
	for sleep(ctx, c.opts.LeaseTTL/3) {
		if err := c.heartbeat(ctx); err != nil && ctx.Err() == nil {
			c.log.WarnContext(ctx, "job leases not renewed", "error", err)
			c.fence(ctx)
		}
		if err := c.rescue(ctx); err != nil && ctx.Err() == nil {
			c.log.WarnContext(ctx, "jobs of dead processes not looked for", "error", err)
		}
		if time.Since(sweep) > sweepEvery {
			sweep = time.Now()
			if err := c.d.InTx(ctx, c.st.sweep); err != nil && ctx.Err() == nil {
				c.log.WarnContext(ctx, "old job progress not removed", "error", err)
			}
		}
	}
}

// heartbeat writes the leases of all held jobs, for the first time too: the
// start of an attempt counts as a lease of LeaseTTL, so short jobs cost no
// write. A job that the database no longer counts as this attempt was given to
// somebody else while this process stood still; its context ends.
func (c *Client) heartbeat(ctx context.Context) error {
	held := c.held.all()
	if len(held) == 0 {
		return nil
	}
	ids := make([]int64, len(held))
	for i, r := range held {
		ids[i] = r.id
	}
	return c.d.InTx(ctx, func(ctx context.Context) error {
		tokens, err := c.st.runningAttempts(ctx, ids)
		if err != nil {
			return err
		}
		var renew, drop []int64
		var renewed []*running
		for _, r := range held {
			token, isRunning := tokens[r.id]
			ours := isRunning && near(token, r.token)
			switch ended := r.beat(); {
			case ours && ended <= endedBeats:
				renew, renewed = append(renew, r.id), append(renewed, r)
			case ended > 0:
				c.held.drop(r)
				if !isRunning || ours {
					drop = append(drop, r.id)
				}
			default:
				r.cancel(ErrLeaseLost)
			}
		}
		if err := c.st.deleteLeases(ctx, c.node, drop); err != nil {
			return err
		}
		if err := c.st.renewLeases(ctx, c.node, renew, c.opts.LeaseTTL); err != nil {
			return err
		}
		db.AfterCommit(ctx, func() {
			for _, r := range renewed {
				r.mu.Lock()
				r.renewed = time.Now()
				r.mu.Unlock()
			}
		})
		return nil
	})
}

// beat counts heartbeats after the handler's return; 0 while it runs.
func (r *running) beat() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		r.beats++
	}
	return r.beats
}

// near compares attempt starts: SQLite's arithmetic on dates may be off by one.
func near(a, b int64) bool { return a-b <= 1 && b-a <= 1 }

// fence ends jobs whose lease may have run out unrenewed: others may already
// have them. On SQLite there are no others.
func (c *Client) fence(ctx context.Context) {
	if c.d.Engine() == db.SQLite {
		return
	}
	for _, r := range c.held.all() {
		r.mu.Lock()
		late := !r.ended && time.Since(r.renewed) > c.opts.LeaseTTL
		r.mu.Unlock()
		if late {
			c.log.WarnContext(ctx, "job stopped: its lease could not be renewed", "job_id", r.id)
			r.cancel(ErrLeaseLost)
		}
	}
}

// heldElsewhere says whether a live lease of another process is on the job.
func (c *Client) heldElsewhere(ctx context.Context, id int64) (bool, error) {
	if c.d.Engine() == db.SQLite {
		return false, nil
	}
	return c.st.liveLease(ctx, id, c.node)
}

// orphan is a job in state running whose process is gone.
type orphan struct {
	id                   int64
	queue                string
	attempt, maxAttempts int
	cancelled            bool // somebody asked for it
}

// takeBack makes the jobs of this node's dead predecessor available before the
// queues open: on SQLite all that run, because nobody else works jobs there.
func (c *Client) takeBack(ctx context.Context) error {
	node := c.node
	if c.d.Engine() == db.SQLite {
		node = ""
	}
	return c.d.InTx(ctx, func(ctx context.Context) error {
		// Its leadership too, or scheduled jobs would wait until it expires.
		if err := c.st.dropLeader(ctx, node); err != nil {
			return err
		}
		list, err := c.st.runningOf(ctx, node)
		if err != nil {
			return err
		}
		return c.release(ctx, list)
	})
}

// rescue makes jobs available whose lease has run out. The look is one indexed
// read; there is a write only where something is found.
func (c *Client) rescue(ctx context.Context) error {
	list, err := c.st.expired(ctx, c.opts.LeaseTTL, false)
	if err != nil || len(c.notHeld(list)) == 0 {
		return err
	}
	return c.d.InTx(ctx, func(ctx context.Context) error {
		list, err := c.st.expired(ctx, c.opts.LeaseTTL, true)
		if err != nil {
			return err
		}
		return c.release(ctx, c.notHeld(list))
	})
}

// notHeld leaves out what this process itself holds: it lives.
func (c *Client) notHeld(list []orphan) []orphan {
	free := list[:0]
	for _, o := range list {
		if !c.held.has(o.id) {
			free = append(free, o)
		}
	}
	return free
}

// release makes orphans available again. A death counts as a failed attempt,
// so that a job that kills its process does not do so for ever.
func (c *Client) release(ctx context.Context, list []orphan) error {
	if len(list) == 0 {
		return nil
	}
	var p riverdriver.JobRescueManyParams
	ids := make([]int64, 0, len(list))
	now := time.Now().UTC()
	for _, o := range list {
		state, code := rivertype.JobStateAvailable, codeDied
		var finalized *time.Time
		if o.attempt >= o.maxAttempts {
			state, finalized = rivertype.JobStateDiscarded, &now
		}
		if o.cancelled {
			state, finalized, code = rivertype.JobStateCancelled, &now, codeCancelled
		}
		text, err := json.Marshal(rivertype.AttemptError{At: now, Attempt: o.attempt, Error: code})
		if err != nil {
			return err
		}
		p.ID = append(p.ID, o.id)
		p.Error = append(p.Error, text)
		p.FinalizedAt = append(p.FinalizedAt, finalized)
		p.ScheduledAt = append(p.ScheduledAt, now)
		p.State = append(p.State, string(state))
		ids = append(ids, o.id)
		c.wakeAfterCommit(ctx, o.queue)
	}
	if err := c.eng.rescue(ctx, &p); err != nil {
		return err
	}
	if err := c.st.deleteLeases(ctx, "", ids); err != nil {
		return err
	}
	db.AfterCommit(ctx, func() {
		c.log.WarnContext(ctx, "jobs of a dead process taken back", "jobs", len(ids))
	})
	return nil
}
