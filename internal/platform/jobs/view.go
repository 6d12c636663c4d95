package jobs

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"time"

	"github.com/riverqueue/river/rivertype"

	"zhike/internal/platform/auth"
)

// State is what a person sees of a job. The title of its kind is the catalogue
// entry "job.kind.<kind>", that of the state "job.state.<state>".
type State string

// The states.
const (
	Waiting   State = "waiting"   // due, but no worker is free yet
	Scheduled State = "scheduled" // due later
	Retrying  State = "retrying"  // failed, will be tried again
	Running   State = "running"
	Finished  State = "finished"
	Failed    State = "failed" // gave up
	Cancelled State = "cancelled"
)

// View is a job in a list. Instants are unix milliseconds.
type View struct {
	ID          int64   `json:"id"`
	Kind        string  `json:"kind"`
	State       State   `json:"state" enum:"waiting,scheduled,retrying,running,finished,failed,cancelled"`
	Done        int64   `json:"done"`
	Total       int64   `json:"total" doc:"0 while the size of the work is unknown"`
	Unit        string  `json:"unit" doc:"What is counted, such as rows"`
	Note        string  `json:"note" doc:"The step the job is at"`
	Rate        float64 `json:"rate" doc:"Units per second over the last seconds; 0 unless the job runs"`
	EtaSeconds  *int64  `json:"eta_seconds" doc:"Seconds to go at this rate"`
	Queue       string  `json:"queue"`
	Priority    int     `json:"priority"`
	Attempt     int     `json:"attempt"`
	MaxAttempts int     `json:"max_attempts"`
	CreatedAt   int64   `json:"created_at"`
	ScheduledAt int64   `json:"scheduled_at"`
	StartedAt   *int64  `json:"started_at" doc:"Start of the latest attempt"`
	UpdatedAt   int64   `json:"updated_at" doc:"Latest report or change of state"`
	FinishedAt  *int64  `json:"finished_at"`
	StaffID     *int64  `json:"staff_id" doc:"Who started it; null for the program itself"`
	ActorName   string  `json:"actor_name" doc:"Name of that person, empty where unknown"`
	ErrorCode   *string `json:"error_code" doc:"Of the latest attempt that failed"`
	ErrorDetail *string `json:"error_detail" doc:"Its text in the language of the request"`
	CanRetry    bool    `json:"can_retry"`
	CanCancel   bool    `json:"can_cancel"`
}

// Attempt is one start of a job that did not succeed.
type Attempt struct {
	Attempt int    `json:"attempt"`
	At      int64  `json:"at" doc:"unix milliseconds"`
	Code    string `json:"code"`
}

// Detail is a job with all its failed attempts.
type Detail struct {
	View
	Args     map[string]any `json:"args" doc:"what the job works on: ids and settings"`
	Attempts []Attempt      `json:"attempts"`
}

func (s State) final() bool { return s == Finished || s == Failed || s == Cancelled }

func (r *record) metadata() (m metadata) {
	_ = json.Unmarshal([]byte(r.meta), &m)
	return m
}

func (r *record) startedBy(a *auth.Actor) bool {
	return a != nil && a.StaffID != 0 && r.metadata().StaffID == a.StaffID
}

var codePattern = regexp.MustCompile(`^[a-z][a-z0-9_.]{0,79}$`)

// attempts reads River's list of errors. A text that is no code of ours, such
// as River's own, is told by the nearest code.
func (r *record) attempts() []Attempt {
	var raw []rivertype.AttemptError
	_ = json.Unmarshal([]byte(r.errors), &raw)
	list := make([]Attempt, len(raw))
	for i, e := range raw {
		list[i] = Attempt{Attempt: e.Attempt, At: e.At.UnixMilli(), Code: e.Error}
		if e.Error == rivertype.ErrJobCancelledRemotely.Error() {
			list[i].Code = codeCancelled
		} else if !codePattern.MatchString(e.Error) {
			list[i].Code = "internal"
		}
	}
	return list
}

func (r *record) shown(now time.Time, failed []Attempt) State {
	switch rivertype.JobState(r.state) {
	case rivertype.JobStateRunning:
		return Running
	case rivertype.JobStateCompleted:
		return Finished
	case rivertype.JobStateDiscarded:
		return Failed
	case rivertype.JobStateCancelled:
		// River calls a failure without retry cancelled too.
		if r.metadata().CancelAttempted == "" && len(failed) > 0 {
			return Failed
		}
		return Cancelled
	case rivertype.JobStateRetryable:
		return Retrying
	case rivertype.JobStateAvailable:
		// River makes a job available some seconds before it is due.
		if r.scheduled <= now.UnixMilli() {
			return Waiting
		}
		if len(failed) > 0 {
			return Retrying
		}
	}
	return Scheduled
}

// view shapes a record for the actor of ctx.
func (c *Client) view(ctx context.Context, r *record) View {
	failed, now := r.attempts(), c.clk.Now()
	v := View{
		ID: r.id, Kind: r.kind, State: r.shown(now, failed), Queue: r.queue, Priority: r.priority,
		Attempt: r.attempt, MaxAttempts: r.maxAttempts, CreatedAt: r.created, ScheduledAt: r.scheduled,
		StartedAt: r.attempted, FinishedAt: r.finalized,
	}
	if m := r.metadata(); m.StaffID != 0 {
		v.StaffID = &m.StaffID
	}
	if len(failed) > 0 && v.State != Finished {
		v.ErrorCode = &failed[len(failed)-1].Code
	}
	v.UpdatedAt = max(r.created, deref(r.attempted), deref(r.finalized))
	if r.scheduled <= now.UnixMilli() {
		v.UpdatedAt = max(v.UpdatedAt, r.scheduled)
	}
	if p := c.progress(r, v.State); p != nil {
		v.Done, v.Total, v.Unit, v.Note = p.Done, p.Total, p.Unit, p.Note
		v.UpdatedAt = max(v.UpdatedAt, p.UpdatedAt)
		if v.State == Running {
			v.Rate, v.EtaSeconds = p.Rate, p.EtaSeconds
		}
	}
	a := auth.From(ctx)
	v.CanRetry = a.Can(PermManage) && (v.State == Failed || v.State == Cancelled || v.State == Retrying || v.State == Scheduled)
	v.CanCancel = !v.State.final() && (a.Can(PermManage) || r.startedBy(a))
	return v
}

// progress is the latest report of a job: that of this process where the job
// runs here, else what the database has.
func (c *Client) progress(r *record, state State) *Progress {
	if state == Running {
		if p := c.held.progressOf(r.id); p != nil {
			return p
		}
	}
	if !r.hasProg.Valid {
		return nil
	}
	p := &Progress{
		Done: r.done.Int64, Total: r.total.Int64, Unit: r.unit.String, Note: r.note.String,
		StartedAt: r.startedAt.Int64, UpdatedAt: r.updatedAt.Int64,
	}
	p.setRate(p.Done, time.Duration(p.UpdatedAt-p.StartedAt)*time.Millisecond)
	return p
}

// nameActors fills in who started the jobs.
func (c *Client) nameActors(ctx context.Context, list []View) error {
	if c.opts.Names == nil {
		return nil
	}
	var ids []int64
	for _, v := range list {
		if v.StaffID != nil && !slices.Contains(ids, *v.StaffID) {
			ids = append(ids, *v.StaffID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	names, err := c.opts.Names(ctx, ids)
	if err != nil {
		return err
	}
	for i, v := range list {
		if v.StaffID != nil {
			list[i].ActorName = names[*v.StaffID]
		}
	}
	return nil
}

func deref(p *int64) int64 {
	if p == nil {
		return 0
	}
	return *p
}
