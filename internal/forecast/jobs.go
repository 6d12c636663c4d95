package forecast

import (
	"context"
	"errors"

	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
)

// fitJob fits a model in the background. After a crash it begins anew: nothing
// is written before the end.
func (s *Service) fitJob(ctx context.Context, j jobs.Job[FitArgs]) error {
	r, err := s.store.model(context.WithoutCancel(ctx), j.Args.ModelID)
	if err != nil {
		return err
	}
	err = s.fit(ctx, r, nil)
	switch {
	case err == nil, errors.Is(err, errEnded):
		return nil
	case errors.Is(context.Cause(ctx), jobs.ErrStopping), errors.Is(context.Cause(ctx), jobs.ErrLeaseLost):
		return err // goes on elsewhere or after the restart
	case errors.Is(context.Cause(ctx), jobs.ErrCancelled):
		err = errs.Wrap(err, errs.Canceled, "forecast.cancelled")
	case j.Attempt < attempts && !jobs.Permanent(err):
		return err
	}
	s.abandon(context.WithoutCancel(ctx), r.ID, err)
	return err
}

// dueJob queues a fit of each kind whose newest fit is as old as the company
// lets it become. A fit that failed counts: it would fail again each night.
func (s *Service) dueJob(ctx context.Context, _ jobs.Job[dueArgs]) error {
	for _, k := range Kinds {
		due, err := s.due(ctx, k)
		if err != nil {
			return err
		}
		if due == 0 || due > s.now() {
			continue
		}
		if _, err := s.Start(ctx, k); err != nil && !errs.Is(err, "forecast.in_progress") {
			return err
		}
	}
	return nil
}

const day = int64(24 * 60 * 60 * 1000)

// due is when a kind is to be fitted next (unix ms), 0 where only people say so:
// at once where it never was and there are orders to fit it on.
func (s *Service) due(ctx context.Context, k Kind) (int64, error) {
	set, err := s.store.settings(ctx, k)
	if err != nil || set.EveryDays == 0 || k == Churn && set.Label == "" {
		return 0, err
	}
	list, err := s.store.newest(ctx, k, 1<<30, 1)
	if err != nil {
		return 0, err
	}
	if len(list) == 0 {
		_, _, any, err := s.store.orderDays(ctx, s.Zone.Today(s.Clock))
		if err != nil || k == Purchases && !any {
			return 0, err
		}
		return s.now(), nil
	}
	return list[0].CreatedAt + int64(set.EveryDays)*day, nil
}
