package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/log"
)

// The codes that end up in a job's attempts beside those of its handler.
const (
	codeCancelled = "jobs.cancelled"
	codeDied      = "jobs.process_died"
	codePanic     = "jobs.panic"
	codeTimeout   = "jobs.timeout"
)

// long is from when on the memory of a job is given back at its end.
const long = time.Second

// failure is what River gets to see of an error: River stores the text.
type failure struct {
	code      string
	permanent bool
}

func (f failure) Error() string { return f.code }

// run executes one attempt of a job.
func (c *Client) run(ctx context.Context, row *rivertype.JobRow, fn func(ctx context.Context, staff int64) error) error {
	busy, err := c.heldElsewhere(ctx, row.ID)
	if ctx.Err() != nil {
		return context.Canceled // stopping: River hands back
	}
	if err != nil || busy {
		// Another process was late with its heartbeat and still runs the job.
		// Look again when its lease has ended or its result is stored.
		return river.JobSnooze(c.opts.LeaseTTL)
	}
	var meta metadata
	_ = json.Unmarshal(row.Metadata, &meta)

	hctx, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	defer context.AfterFunc(ctx, func() { cancel(causeOf(ctx)) })()
	r := &running{
		id: row.ID, kind: row.Kind, queue: row.Queue, staff: meta.StaffID,
		token: attemptToken(row.AttemptedAt), started: c.clk.Now(), cancel: cancel, c: c,
	}
	hctx = auth.With(hctx, auth.System("job:"+row.Kind))
	hctx = log.With(hctx, slog.Int64("job_id", row.ID), slog.String("job_kind", row.Kind))
	hctx = context.WithValue(hctx, runningKey{}, reporter(r))

	c.held.start(r)
	begun := time.Now()
	err = c.protect(hctx, func() error { return fn(hctx, meta.StaffID) })
	if r.reported() {
		final, done := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		c.flush(final)
		done()
	}
	c.held.end(r)
	err = c.outcome(hctx, row, err)
	took := time.Since(begun)
	c.metrics.finished(row.Kind, resultOf(err), took)
	if took > long {
		// What a walk over the whole base needed is not needed by what serves
		// requests: left to itself the runtime would keep it for minutes.
		debug.FreeOSMemory()
	}
	return err
}

// protect turns a panic into an error; its value and stack go to the log only.
func (c *Client) protect(ctx context.Context, fn func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			c.log.ErrorContext(ctx, "job panicked", "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
			err = failure{code: codePanic}
		}
	}()
	return fn()
}

// outcome turns a handler's error into what River is to do: nil completes,
// context.Canceled hands back, a snooze waits, a failure retries or ends.
func (c *Client) outcome(ctx context.Context, row *rivertype.JobRow, err error) error {
	if err == nil {
		return nil
	}
	var f failure
	var own *errs.Error
	switch cause := context.Cause(ctx); {
	case errors.As(err, &f):
	case errors.Is(err, ErrDiscard):
		f = failure{codeOf(err), true}
	case errors.As(err, &own) && permanent(own.Kind):
		f = failure{own.Code, true}
	case errors.Is(cause, ErrStopping):
		return context.Canceled // River hands back, the attempt does not count
	case errors.Is(cause, ErrLeaseLost):
		c.log.WarnContext(ctx, "job given up: its lease was lost")
		return river.JobSnooze(c.opts.LeaseTTL)
	case errors.Is(cause, ErrCancelled):
		return failure{codeCancelled, true}
	case errors.Is(cause, ErrTimeout):
		f = failure{code: codeTimeout}
	default:
		f = failure{code: codeOf(err)}
	}
	c.log.ErrorContext(ctx, "job failed", "code", f.code, "attempt", row.Attempt,
		"final", f.permanent || row.Attempt >= row.MaxAttempts, "error", err)
	return f
}

// Permanent says that an error would come again, however often the job is tried.
func Permanent(err error) bool { return permanent(errs.KindOf(err)) }

func permanent(k errs.Kind) bool {
	switch k {
	case errs.Invalid, errs.Forbidden, errs.Unauthenticated, errs.NotFound, errs.Conflict, errs.TooLarge:
		return true
	}
	return false
}

func codeOf(err error) string {
	var own *errs.Error
	if errors.As(err, &own) && codePattern.MatchString(own.Code) {
		return own.Code
	}
	return "internal"
}

// causeOf translates why River ended a context.
func causeOf(ctx context.Context) error {
	cause := context.Cause(ctx)
	switch {
	case errors.Is(cause, rivertype.ErrJobCancelledRemotely):
		return ErrCancelled
	case errors.Is(cause, context.DeadlineExceeded):
		return ErrTimeout
	}
	return ErrStopping
}

func resultOf(err error) string {
	var f failure
	switch {
	case err == nil:
		return "finished"
	case errors.As(err, &f) && f.code == codeCancelled:
		return "cancelled"
	case errors.As(err, &f):
		return "failed"
	}
	return "handed_back"
}

// errorHandler ends a job whose failure is permanent.
type errorHandler struct{}

func (errorHandler) HandleError(_ context.Context, _ *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	var f failure
	return &river.ErrorHandlerResult{SetCancelled: errors.As(err, &f) && f.permanent}
}

func (errorHandler) HandlePanic(context.Context, *rivertype.JobRow, any, string) *river.ErrorHandlerResult {
	return nil
}

type retryPolicy struct{ c *Client }

// NextRetry is asked after attempt number row.Attempt failed.
func (p retryPolicy) NextRetry(row *rivertype.JobRow) time.Time {
	return time.Now().Add(p.c.opts.Backoff(max(row.Attempt, 1)))
}

// backoff is 1 s, 3 s, 9 s … one hour, spread by ± 10 % so that jobs that
// failed together do not come back together.
func backoff(attempt int) time.Duration {
	d := time.Second
	for i := 1; i < attempt && d < time.Hour; i++ {
		d *= 3
	}
	d = min(d, time.Hour)
	return d + time.Duration((rand.Float64()-0.5)*0.2*float64(d))
}

// attemptToken tells one attempt from another: no two start a job in the same
// millisecond.
func attemptToken(t *time.Time) int64 {
	if t == nil {
		return 0
	}
	return t.UnixMilli()
}
