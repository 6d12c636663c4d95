package app

import (
	"context"
	"time"

	"zhike/internal/platform/idempotency"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/web"
)

// forgetArgs removes answers that are remembered no longer.
type forgetArgs struct{}

// Kind names the job.
func (forgetArgs) Kind() string { return "exchange.forget_answers" }

// answers makes writes with an Idempotency-Key happen once.
func (a *App) answers() web.Replayer {
	return &idempotency.Keys{DB: a.DB, Clock: a.Clock, Vault: a.Vault}
}

func (a *App) registerForget(r *jobs.Registry) {
	jobs.Handle(r, func(ctx context.Context, _ jobs.Job[forgetArgs]) error {
		_, err := (&idempotency.Keys{DB: a.DB, Clock: a.Clock, Vault: a.Vault}).Forget(ctx)
		return err
	}, jobs.Unique())
	r.Every("exchange.forget_answers", jobs.Interval(6*time.Hour), func() jobs.Args { return forgetArgs{} })
}
