package forecast

import (
	"context"
	"errors"
	"math"
	"slices"

	"zhike/internal/model"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
	"zhike/internal/tiering"
)

// PastArgs is the input of the job that works out the figures of a past day.
type PastArgs struct {
	PastID int64 `json:"past_id"`
}

// Kind names the job.
func (PastArgs) Kind() string { return "forecast.past" }

// pastJob works out a set. After a crash it goes on where the last transaction
// ended; whoever cancels it has stopped the set for a while.
func (s *Service) pastJob(ctx context.Context, j jobs.Job[PastArgs]) error {
	err := s.workPast(ctx, j.Args.PastID)
	switch {
	case err == nil:
		return s.sweepPasts(ctx)
	case errors.Is(context.Cause(ctx), jobs.ErrStopping), errors.Is(context.Cause(ctx), jobs.ErrLeaseLost):
		return err // goes on elsewhere or after the restart
	case errors.Is(context.Cause(ctx), jobs.ErrCancelled):
	case j.Attempt < attempts && !jobs.Permanent(err):
		return err
	}
	keep := context.WithoutCancel(ctx)
	if end := s.DB.InTx(keep, func(ctx context.Context) error {
		_, err := s.store.endPast(ctx, j.Args.PastID, pastStopped, s.now())
		return err
	}); end != nil {
		s.Log.ErrorContext(keep, "figures of a past day not stopped", "past_id", j.Args.PastID, "error", end)
	}
	return err
}

// workPast works out what is missing of a set, piece by piece. Several may do so
// at once: a piece is written by whoever is first.
func (s *Service) workPast(ctx context.Context, id int64) error {
	all, err := s.store.customerCount(ctx)
	if err != nil {
		return err
	}
	for {
		p, found, err := s.store.pastByID(ctx, id)
		if err != nil {
			return err
		}
		if p.status == pastReady {
			all = p.customers
		}
		jobs.Report(ctx, min(p.customers, all), all, "customers", "forecast.step.past")
		if !found || p.status != pastWorking {
			return nil // done, or ended by somebody
		}
		ids, err := s.store.customersAfter(ctx, p.upTo, s.PastPiece)
		if err != nil {
			return err
		}
		r, err := s.fitted(ctx, p.model)
		if err != nil {
			return err
		}
		var rows []kept
		last := len(ids) < s.PastPiece
		upTo := p.upTo
		if len(ids) > 0 {
			upTo = ids[len(ids)-1]
			if rows, err = s.saidThen(ctx, r, p.day, ids[0], upTo); err != nil {
				return err
			}
		}
		err = s.DB.InTx(ctx, func(ctx context.Context) error {
			ok, err := s.store.advancePast(ctx, &p, upTo, len(ids), last, s.now())
			if err != nil || !ok { // somebody wrote this piece, or ended the set
				return err
			}
			return s.store.addPast(ctx, id, p.upTo+1, upTo, rows)
		})
		if err != nil {
			return err
		}
		if s.worked != nil {
			s.worked(ctx)
		}
	}
}

// saidThen is what a purchases model says, as of the end of a day, of customers
// between two ids who bought something by then.
func (s *Service) saidThen(ctx context.Context, r *row, day clock.Day, from, to int64) ([]kept, error) {
	st := *r.Body.Whole
	st.Period = model.Period{End: day, Until: day, Unit: unit}
	var ids []int64
	var histories []model.History
	err := s.piece(ctx, from, to, day, func(id int64, list []model.Purchase) {
		ids, histories = append(ids, id), append(histories, model.HistoryOf(list, st.Period))
	})
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	list, err := st.Forecasts(ctx, histories, defaultHorizon)
	if err != nil {
		return nil, err
	}
	n := len(ids)
	said := &tiering.Forecasts{Alive: unknown(n), Orders: unknown(n), CLV: unknown(n)}
	out := make([]kept, n)
	for i, id := range ids {
		take(said, &st, i, &histories[i], &list[i])
		out[i] = keptOf(said, i, id)
	}
	return out, nil
}

// tidyPasts is what happens each night, and when another model comes into use:
// of the days that were asked for only the last ones stay.
func (s *Service) tidyPasts(ctx context.Context) error {
	id, err := s.store.inUseID(ctx, Purchases)
	if err != nil && !errs.Is(err, "forecast.no_such_model") {
		return err
	}
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		now := s.now()
		return s.store.dropPasts(ctx, id, keptPasts, now-pastGrace.Milliseconds(), now)
	})
	if err != nil {
		return err
	}
	return s.sweepPasts(ctx)
}

// sweepPasts removes the rows of sets that were dropped, in parts.
func (s *Service) sweepPasts(ctx context.Context) error {
	list, err := s.store.droppedPasts(ctx, s.now()-2*pastGrace.Milliseconds())
	if err != nil {
		return err
	}
	for _, id := range list {
		for from := int64(0); from != math.MaxInt64; {
			err := s.DB.InTx(ctx, func(ctx context.Context) (err error) {
				from, err = s.store.clearPast(ctx, id, from, recordRows)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func sortedOnce(ids []int64) []int64 {
	slices.Sort(ids)
	return slices.Compact(ids)
}
