package app

import (
	"context"
	"time"

	"zhike/internal/platform/idempotency"
	"zhike/internal/platform/jobs"
)

// forgetArgs removes answers that are remembered no longer.
type forgetArgs struct{}

// Kind names the job.
func (forgetArgs) Kind() string { return "exchange.forget_answers" }

// keys remembers the answers to writes with an Idempotency-Key.
func (a *App) keys() *idempotency.Keys {
	return &idempotency.Keys{DB: a.DB, Clock: a.Clock, Vault: a.Vault}
}

func (a *App) registerForget(r *jobs.Registry) {
	jobs.Handle(r, func(ctx context.Context, _ jobs.Job[forgetArgs]) error {
		_, err := a.keys().Forget(ctx)
		return err
	}, jobs.Unique())
	r.Every("exchange.forget_answers", jobs.Interval(6*time.Hour), func() jobs.Args { return forgetArgs{} })
}
