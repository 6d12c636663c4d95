package forecast

import (
	"context"
	"time"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
)

// Of a past day the model in use says what its parameters make of the purchases
// up to that day: it is a definition like those of other figures, which are of
// now for every day. SQL has no hypergeometric function, so that the figures of a
// day are worked out once, when a rule asks for it, and kept while it is asked
// for. A row of forecast_past is a set of them; its number never stands for
// another day or model, so that conditions and columns in memory name it.

// The states of a set.
const (
	pastWorking = "working"
	pastReady   = "ready"
	pastStopped = "stopped" // somebody cancelled it, or it failed
	pastDropped = "dropped" // its rows are to go
)

const (
	// keptPasts is how many days are kept, those asked for last.
	keptPasts = 4
	// pastGrace is for how long a set is not taken away that was just asked for:
	// a rule may have been compiled with its number.
	pastGrace = time.Minute
	// pastPause is how long a set that was stopped is not begun again.
	pastPause = 5 * time.Minute
	// atOnce is up to how many customers a day is worked out within the question.
	atOnce = 20_000
	// pastPiece is how many customers one transaction writes.
	pastPiece = 5_000
	// mostRepaired is up to how many customers with other purchases are worked
	// out anew in a set, and not the whole of it.
	mostRepaired = 500
)

// past is a set of figures.
type past struct {
	id, model, upTo, customers int64
	job, asked, changed        int64
	day                        clock.Day
	status                     string
	at                         column.Place
}

// PastFigures gives the number under which customer_forecasts_past has the
// figures of a past day by the model in use, as of the orders of now; 0 where no
// model is in use. They are worked out where they are not there: with few
// customers, or with wait, before it returns, else by a job. Errors (Invalid):
// rule.model_working while it runs, rule.model_stopped for some minutes where it
// was cancelled or failed.
func (s *Service) PastFigures(ctx context.Context, day clock.Day, wait bool) (int64, error) {
	for range 5 {
		model, err := s.store.inUseID(ctx, Purchases)
		if errs.Is(err, "forecast.no_such_model") {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		p, err := s.pastNow(ctx, day, model, wait)
		if err != nil {
			return 0, err
		}
		if p.status == pastReady {
			return p.id, nil
		}
		if p.job != 0 && !wait {
			break
		}
		if err := s.workPast(ctx, p.id); err != nil {
			return 0, err
		}
	}
	return 0, errs.New(errs.Invalid, "rule.model_working", "day", day.String())
}

// pastNow gives the set of a day, brought up to the orders of now where it is
// ready; it begins one where there is none of the model.
func (s *Service) pastNow(ctx context.Context, day clock.Day, model int64, wait bool) (p past, err error) {
	p, found, err := s.store.past(ctx, day)
	if err != nil {
		return p, err
	}
	if found && p.status == pastReady && p.model == model && s.now()-p.asked < pastGrace.Milliseconds() {
		if head, err := column.Head(ctx, s.DB); err != nil || head == p.at {
			return p, err
		}
	}
	ended := false // the job, and its work is not done
	if found && p.status == pastWorking && p.job != 0 && s.JobAlive != nil {
		alive, err := s.JobAlive(ctx, p.job)
		if err != nil {
			return p, err
		}
		ended = !alive
	}
	r, err := s.fitted(ctx, model)
	if err != nil {
		return p, err
	}
	job := p.job
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		p, found, err = s.store.askPast(ctx, day, s.now())
		if err != nil {
			return err
		}
		if ended && found && p.status == pastWorking && p.job == job {
			p.status = pastStopped
			if _, err := s.store.endPast(ctx, p.id, pastStopped, s.now()); err != nil {
				return err
			}
			p.changed = s.now()
		}
		return s.settlePast(ctx, &p, found, day, r, wait)
	})
	if db.IsUnique(err) { // begun by somebody else just now
		p, _, err = s.store.past(ctx, day)
	}
	if err == nil && p.status == pastStopped {
		err = errs.New(errs.Invalid, "rule.model_stopped", "day", day.String())
	}
	return p, err
}

// settlePast is the part of pastNow inside InTx, with the set locked.
func (s *Service) settlePast(ctx context.Context, p *past, found bool, day clock.Day, r *row, wait bool) error {
	good := found && p.model == r.ID
	if good && p.status == pastReady {
		var err error
		if good, err = s.repairPast(ctx, p, r); err != nil {
			return err
		}
	}
	if found && !good {
		if _, err := s.store.endPast(ctx, p.id, pastDropped, s.now()); err != nil {
			return err
		}
	}
	switch {
	case !good:
		if err := s.beginPast(ctx, p, day, r); err != nil {
			return err
		}
	case p.status == pastReady:
		return nil
	case p.status == pastStopped:
		if s.now()-p.changed < pastPause.Milliseconds() && !wait {
			return nil
		}
		p.status, p.job = pastWorking, 0
		if err := s.store.goOn(ctx, p.id, s.now()); err != nil {
			return err
		}
	}
	if p.job != 0 || wait || s.Jobs == nil {
		return nil
	}
	many, err := s.store.moreCustomers(ctx, s.AtOnce)
	if err != nil || !many {
		return err
	}
	if p.job, err = s.Jobs.Enqueue(ctx, PastArgs{p.id}, jobs.EnqueueOpts{}); err != nil {
		return err
	}
	return s.store.setPastJob(ctx, p.id, p.job)
}

// beginPast makes a set that nothing is in yet, and marks those that are too many.
func (s *Service) beginPast(ctx context.Context, p *past, day clock.Day, r *row) (err error) {
	now := s.now()
	*p = past{model: r.ID, day: day, status: pastWorking, asked: now, changed: now}
	if p.at, err = column.Head(ctx, s.DB); err != nil {
		return err
	}
	if p.id, err = s.DB.NextID(ctx, "forecast_past"); err != nil {
		return err
	}
	if err := s.store.insertPast(ctx, p); err != nil {
		return err
	}
	return s.store.dropPasts(ctx, 0, keptPasts, now-pastGrace.Milliseconds(), now)
}

// repairPast works out anew whose purchases changed since the set was brought up
// to date; good is false where those are too many.
func (s *Service) repairPast(ctx context.Context, p *past, r *row) (good bool, err error) {
	head, err := column.Head(ctx, s.DB)
	if err != nil || head == p.at {
		return true, err
	}
	ids, ok, err := column.Touched(ctx, s.DB, p.at, head, mostRepaired, s.Orders.Day.Source)
	if err != nil || !ok {
		return false, err
	}
	if ids = sortedOnce(ids); len(ids) > 0 {
		var rows []kept
		for _, id := range ids {
			some, err := s.saidThen(ctx, r, p.day, id, id)
			if err != nil {
				return false, err
			}
			rows = append(rows, some...)
		}
		if err := s.store.replacePast(ctx, p.id, ids, rows); err != nil {
			return false, err
		}
		if err := column.Tell(ctx, s.DB, customer.PastForecastTable, s.now(), ids...); err != nil {
			return false, err
		}
	}
	p.at = head
	return true, s.store.pastAt(ctx, p.id, head)
}
