package jobs

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/riverqueue/river/rivertype"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// Counts is how many jobs each tab of the page has.
type Counts struct {
	Running   int64 `json:"running"`
	Scheduled int64 `json:"scheduled"`
	Failed    int64 `json:"failed"`
	Finished  int64 `json:"finished"`
}

// Group is a tab of the page: several of River's states.
type Group string

// The groups.
const (
	GroupAll       Group = ""
	GroupRunning   Group = "running"
	GroupScheduled Group = "scheduled" // everything that is still to start
	GroupFailed    Group = "failed"    // failed for good or cancelled
	GroupFinished  Group = "finished"
)

var groups = map[Group][]string{
	GroupAll:       nil,
	GroupRunning:   {"running"},
	GroupScheduled: {"available", "pending", "scheduled", "retryable"},
	GroupFailed:    {"discarded", "cancelled"},
	GroupFinished:  {"completed"},
}

// ListInput chooses jobs. Limit is 1 to 200; Before is an id, 0 for the newest.
type ListInput struct {
	Group  Group
	Kind   string
	Before int64
	Limit  int
}

// List gives jobs, the newest first, and how many match in all. A person
// without job.view sees the jobs that he or she started.
func (c *Client) List(ctx context.Context, in ListInput) (list []View, more bool, total int64, err error) {
	f := filter{states: groups[in.Group], kind: in.Kind}
	if f.staff, err = visibleTo(ctx); err != nil {
		return nil, false, 0, err
	}
	if err := c.st.countBy(ctx, f, func(_, _ string, n int64) { total += n }); err != nil {
		return nil, false, 0, err
	}
	list, more, err = c.page(ctx, f, in.Before, min(max(in.Limit, 1), 200))
	return list, more, total, err
}

// page gives up to n jobs with ids below before, 0 = from the newest.
func (c *Client) page(ctx context.Context, f filter, before int64, n int) (list []View, more bool, err error) {
	f.before, f.limit = before, n+1
	records, err := c.st.records(ctx, f)
	if err != nil {
		return nil, false, err
	}
	if more = len(records) == f.limit; more {
		records = records[:n]
	}
	list = make([]View, len(records))
	for i := range records {
		list[i] = c.view(ctx, &records[i])
	}
	return list, more, c.nameActors(ctx, list)
}

// Count counts the jobs of each group that the actor may see.
func (c *Client) Count(ctx context.Context) (n Counts, err error) {
	var f filter
	if f.staff, err = visibleTo(ctx); err != nil {
		return n, err
	}
	err = c.st.countBy(ctx, f, func(state, _ string, jobs int64) {
		switch rivertype.JobState(state) {
		case rivertype.JobStateRunning:
			n.Running += jobs
		case rivertype.JobStateDiscarded, rivertype.JobStateCancelled:
			n.Failed += jobs
		case rivertype.JobStateCompleted:
			n.Finished += jobs
		default:
			n.Scheduled += jobs
		}
	})
	return n, err
}

// Get gives one job; jobs.not_found also where the actor may not see it.
func (c *Client) Get(ctx context.Context, id int64) (Detail, error) {
	r, err := c.record(ctx, id)
	if err != nil {
		return Detail{}, err
	}
	views := []View{c.view(ctx, &r)}
	if err := c.nameActors(ctx, views); err != nil {
		return Detail{}, err
	}
	d := Detail{View: views[0], Attempts: r.attempts()}
	_ = json.Unmarshal([]byte(r.args), &d.Args)
	return d, nil
}

// Retry makes a failed, cancelled or waiting job start as soon as possible.
// Codes: jobs.not_found, jobs.is_running, jobs.is_finished, jobs.doubled (a
// job that is unique waits already).
func (c *Client) Retry(ctx context.Context, id int64) (Detail, error) {
	return c.act(ctx, id, "job.retry", PermManage, func(ctx context.Context, v View, r *record) error {
		switch v.State {
		case Running:
			return errs.New(errs.Conflict, "jobs.is_running")
		case Finished:
			return errs.New(errs.Conflict, "jobs.is_finished")
		}
		if c.reg.kinds[r.kind] == nil {
			return errs.New(errs.Conflict, "jobs.no_handler", "kind", r.kind)
		}
		_, err := c.eng.retry(ctx, id)
		if db.IsUnique(err) {
			return errs.Wrap(err, errs.Conflict, "jobs.doubled")
		}
		c.wakeAfterCommit(ctx, r.queue)
		return err
	})
}

// Cancel ends a job: at once where it waits, by its context where it runs. Who
// started a job may cancel it without job.manage. Codes: jobs.not_found,
// jobs.is_finished.
func (c *Client) Cancel(ctx context.Context, id int64) (Detail, error) {
	return c.act(ctx, id, "job.cancel", "", func(ctx context.Context, v View, r *record) error {
		if !v.CanCancel {
			return errs.New(errs.Conflict, "jobs.is_finished")
		}
		if _, err := c.eng.cancel(ctx, id); err != nil {
			return err
		}
		if c.bell != nil {
			db.AfterCommit(ctx, func() { c.bell.cancelled(r.queue, id) })
		}
		return nil
	})
}

// act runs one action on a job in a transaction and records who did it.
func (c *Client) act(ctx context.Context, id int64, action string, need auth.Permission, fn func(context.Context, View, *record) error) (d Detail, err error) {
	err = c.d.InTx(ctx, func(ctx context.Context) error {
		r, err := c.record(ctx, id)
		if err != nil {
			return err
		}
		if need == "" && !r.startedBy(auth.From(ctx)) {
			need = PermManage
		}
		if need != "" {
			if err := auth.Require(ctx, need); err != nil {
				return err
			}
		}
		before := c.view(ctx, &r)
		if err := fn(ctx, before, &r); err != nil {
			return err
		}
		if d, err = c.Get(ctx, id); err != nil || c.opts.Audit == nil {
			return err
		}
		return c.opts.Audit.Append(ctx, audit.Entry{
			Action: action, ObjectType: "job", ObjectID: strconv.FormatInt(id, 10),
			Before: map[string]any{"kind": before.Kind, "state": before.State},
			After:  map[string]any{"kind": d.Kind, "state": d.State},
		})
	})
	return d, err
}

// Wait looks after a job until it is finished, failed or cancelled, and calls
// each (which may be nil) with every look.
func (c *Client) Wait(ctx context.Context, id int64, each func(Detail)) (Detail, error) {
	for {
		d, err := c.Get(ctx, id)
		if err != nil {
			return d, err
		}
		if each != nil {
			each(d)
		}
		if d.State.final() {
			return d, nil
		}
		if !sleep(ctx, 100*time.Millisecond) {
			return d, errs.Wrap(context.Cause(ctx), errs.Canceled, "canceled")
		}
	}
}

// visibleTo is whose jobs the actor may see: 0 is everybody's.
func visibleTo(ctx context.Context) (staff int64, err error) {
	a := auth.From(ctx)
	if a.Can(PermView) {
		return 0, nil
	}
	if a == nil || a.StaffID == 0 {
		return 0, auth.Require(ctx, PermView)
	}
	return a.StaffID, nil
}

func (c *Client) record(ctx context.Context, id int64) (record, error) {
	staff, err := visibleTo(ctx)
	if err != nil {
		return record{}, err
	}
	list, err := c.st.records(ctx, filter{id: id, staff: staff, limit: 1})
	if err != nil {
		return record{}, err
	}
	if len(list) == 0 {
		return record{}, errs.New(errs.NotFound, "jobs.not_found")
	}
	return list[0], nil
}

// Alive says whether a job waits, runs or will be tried again; one that is not
// there is not.
func (c *Client) Alive(ctx context.Context, id int64) (bool, error) {
	d, err := c.Get(auth.With(ctx, auth.System("jobs")), id)
	if errs.Is(err, "jobs.not_found") {
		return false, nil
	}
	return err == nil && !d.State.final(), err
}
