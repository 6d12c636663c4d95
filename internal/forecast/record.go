package forecast

import (
	"context"
	"math"
	"slices"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/money"
	"zhike/internal/tiering"
)

// What the models in use say of each customer is kept for lists and audiences,
// which ask of everybody at once. It is written each night, because an unchanged
// history says less from day to day, and when another model comes into use.

// FiguresArgs is the input of the job that writes them. ModelID is the model
// that came into use, 0 of the one each night: it is there so that a job that
// runs does not stand in for one that is newer.
type FiguresArgs struct {
	ModelID int64 `json:"model_id"`
}

// Kind names the job.
func (FiguresArgs) Kind() string { return "forecast.figures" }

func (s *Service) figuresJob(ctx context.Context, _ jobs.Job[FiguresArgs]) error {
	if err := s.Record(ctx); err != nil {
		return err
	}
	return s.tidyPasts(ctx)
}

// recordLater queues the job inside the transaction that puts a model in use.
func (s *Service) recordLater(ctx context.Context, r *row) error {
	if s.Jobs == nil {
		return nil
	}
	_, err := s.Jobs.Enqueue(ctx, FiguresArgs{r.ID}, jobs.EnqueueOpts{})
	return err
}

// kept is a row of figures, with pointers nil where a model says nothing.
type kept struct {
	customer                  int64
	alive, orders, clv, churn *int64
}

func (k *kept) same(o *kept) bool {
	eq := func(a, b *int64) bool { return a == b || a != nil && b != nil && *a == *b }
	return eq(k.alive, o.alive) && eq(k.orders, o.orders) && eq(k.clv, o.clv) && eq(k.churn, o.churn)
}

func (k *kept) none() bool {
	return k.alive == nil && k.orders == nil && k.clv == nil && k.churn == nil
}

// recordRows is how many customers one transaction writes at most.
const recordRows = 10_000

// Record writes the figures of all customers as of today by the models in use,
// changed ones only, and tells the columns. Where another model comes into use
// meanwhile it stops: the job of that one writes them.
func (s *Service) Record(ctx context.Context) error {
	by, err := s.inUseIDs(ctx)
	if err != nil {
		return err
	}
	var ids []int64
	err = s.DB.InReadTx(ctx, func(ctx context.Context) (err error) {
		ids, err = s.store.customers(ctx, 0, math.MaxInt64)
		return err
	})
	if err != nil {
		return err
	}
	q := tiering.ForecastQuery{IDs: ids, AsOf: s.Zone.Today(s.Clock), Horizon: defaultHorizon, Purchases: by[0] != 0, Churn: by[1] != 0}
	said, err := s.Forecasts(ctx, q)
	if err != nil {
		return err
	}
	for from := int64(0); ; {
		n := min(len(ids), recordRows)
		to := int64(math.MaxInt64) // rows behind the last customer are of nobody
		if n < len(ids) {
			to = ids[n-1]
		}
		done := len(q.IDs) - len(ids)
		ok := false
		err := s.DB.InTx(ctx, func(ctx context.Context) (err error) {
			ok, err = s.recordPart(ctx, by, from, to, ids[:n], func(i int) kept { return keptOf(said, done+i, ids[i]) })
			return err
		})
		if err != nil || !ok || to == math.MaxInt64 {
			return err
		}
		jobs.Report(ctx, int64(done+n), int64(len(q.IDs)), "customers", "forecast.step.record")
		ids, from = ids[n:], to+1
	}
}

// recordPart writes the rows of customers between two ids inside InTx; ok is
// false where other models are in use by now.
func (s *Service) recordPart(ctx context.Context, by [2]int64, from, to int64, ids []int64, of func(i int) kept) (ok bool, err error) {
	now, err := s.inUseIDs(ctx)
	if err != nil || now != by {
		return false, err
	}
	before, err := s.store.keptBetween(ctx, from, to)
	if err != nil {
		return false, err
	}
	there, err := s.store.customers(ctx, from, to)
	if err != nil {
		return false, err
	}
	var changed []kept
	for i, id := range ids {
		k := of(i)
		was, had := before[id]
		if _, exists := slices.BinarySearch(there, id); k.none() || !exists {
			continue
		}
		delete(before, id)
		if !had || !k.same(&was) {
			changed = append(changed, k)
		}
	}
	told := make([]int64, 0, len(changed)+len(before))
	gone := make([]int64, 0, len(before))
	for _, k := range changed {
		told = append(told, k.customer)
	}
	for id := range before {
		gone = append(gone, id)
	}
	if err := s.store.saveKept(ctx, changed); err != nil {
		return false, err
	}
	if err := s.store.dropKept(ctx, gone); err != nil {
		return false, err
	}
	return true, column.Tell(ctx, s.DB, customer.ForecastTable, s.now(), append(told, gone...)...)
}

// inUseIDs are the models in use, in the order of Kinds; 0 where there is none.
func (s *Service) inUseIDs(ctx context.Context) (out [2]int64, err error) {
	for i, k := range Kinds {
		out[i], err = s.store.inUseID(ctx, k)
		if err != nil && !errs.Is(err, "forecast.no_such_model") {
			return out, err
		}
	}
	return out, nil
}

// keptOf rounds what the models say at a place: per cent, hundredths of orders, 分.
func keptOf(f *tiering.Forecasts, i int, id int64) kept {
	whole := func(list []float64, times, most float64) *int64 {
		if list == nil || math.IsNaN(list[i]) {
			return nil
		}
		v := int64(math.RoundToEven(min(list[i]*times, most)))
		return &v
	}
	return kept{id, whole(f.Alive, 100, 100), whole(f.Orders, 100, 1e9), whole(f.CLV, 1, money.MaxFen), whole(f.Churn, 100, 100)}
}
