package forecast

import (
	"context"

	"zhike/internal/model"
	"zhike/internal/platform/jobs"
)

// Tested is the fit of a model on calibration.
func (s *Service) Tested(ctx context.Context, id int64) *model.Study {
	r, err := s.store.model(ctx, id)
	if err != nil {
		panic(err)
	}
	return r.Body.Tested
}

// Learned is the churn model of an id.
func (s *Service) Learned(ctx context.Context, id int64) *model.Logistic {
	r, err := s.store.model(ctx, id)
	if err != nil {
		panic(err)
	}
	return r.Body.Learned
}

// Due is what happens each night.
func (s *Service) Due(ctx context.Context) error { return s.dueJob(ctx, jobs.Job[dueArgs]{}) }

// Work is what the job of a model does.
func (s *Service) Work(ctx context.Context, id int64) error {
	return s.fitJob(ctx, jobs.Job[FitArgs]{Args: FitArgs{id}, Attempt: attempts})
}

// Tidy is what happens to past days each night.
func (s *Service) Tidy(ctx context.Context) error { return s.tidyPasts(ctx) }

// OnPiece calls fn after every piece of a past day.
func (s *Service) OnPiece(fn func(ctx context.Context)) { s.worked = fn }
