package lifecycle

import (
	"context"
	"errors"
	"time"

	"zhike/internal/column"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
)

// NowIn says what [Engine.Now] is to do.
type NowIn struct {
	// From is the first day of the history, where the lifecycle has not begun.
	From *clock.Day
	// Rebuild forgets the history and begins again, on From.
	Rebuild bool
	// Progress hears of days that are over.
	Progress func(done, total int64)
}

// Now brings the lifecycle up to the present for a command, and waits for it.
// From days ago the whole time since is lived through again, day by day, with the
// facts that are known now. Errors: lifecycle.busy where a server works,
// lifecycle.begun_already, lifecycle.has_decisions, lifecycle.bad_from, and
// lifecycle.stopped where a rule cannot be evaluated.
func (e *Engine) Now(ctx context.Context, in NowIn) error {
	ctx = auth.With(ctx, auth.System("lifecycle"))
	if ok, err := e.lead(ctx); err != nil || !ok {
		if err == nil {
			err = errs.New(errs.Conflict, "lifecycle.busy")
		}
		return err
	}
	defer e.release(context.WithoutCancel(ctx))
	today, err := e.s.Customers.Today(ctx)
	if err != nil {
		return err
	}
	if in.From != nil && (*in.From > today || today-*in.From > maxBack) {
		return errs.New(errs.Invalid, "invalid").WithField("from", "lifecycle.bad_from", "from", (today - maxBack).String(), "to", today.String())
	}
	if in.Rebuild {
		if err := e.reset(ctx); err != nil {
			return err
		}
	}
	h, err := e.s.store.head(ctx)
	if err != nil {
		return err
	}
	if in.From != nil {
		if h.day != 0 {
			return errs.New(errs.Conflict, "lifecycle.begun_already", "day", h.begun.String())
		}
		if err := e.begin(ctx, *in.From); err != nil {
			return err
		}
		h.day = *in.From
	}
	first := h.day
	at := e.at
	defer func() { e.at = at }()
	e.at = func(place string) {
		if place == "closed" && in.Progress != nil && first != 0 {
			h.day++
			in.Progress(int64(h.day-first), int64(today-first))
		}
		at(place)
	}
	for {
		err := e.Round(ctx)
		if err != nil && !errors.Is(err, errMoved) {
			return err
		}
		if e.token == "" {
			return errs.New(errs.Conflict, "lifecycle.busy")
		}
		now, err := e.s.store.head(ctx)
		if err != nil {
			return err
		}
		if now.problem != "" {
			return errs.New(errs.Conflict, "lifecycle.stopped", "at", now.at)
		}
		if !e.soon && e.known.valid {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(engineSoon / 3):
		}
	}
}

// maxBack bounds how far back a history begins, in days: some thirty years.
const maxBack = 11_000

// reset forgets states and history. Decisions cannot be lived through again:
// where there are some it refuses.
func (e *Engine) reset(ctx context.Context) error {
	err := e.tx(ctx, func(ctx context.Context, _ clock.Day) error {
		n, err := e.s.store.countDecisions(ctx)
		if err != nil {
			return err
		}
		if n > 0 {
			return errs.New(errs.Conflict, "lifecycle.has_decisions", "count", n)
		}
		ids, err := e.s.store.wipe(ctx)
		if err != nil {
			return err
		}
		if err := column.Tell(ctx, e.s.DB, toldName, clock.Millis(e.s.Clock.Now()), ids...); err != nil {
			return err
		}
		return e.s.Audit.Append(ctx, audit.Entry{Action: "lifecycle.rebuild", ObjectType: "lifecycle", ObjectID: "history", After: map[string]any{"customers": len(ids)}})
	})
	if err == nil {
		e.book, e.known, e.held = nil, seen{}, heldDays{}
	}
	return err
}
