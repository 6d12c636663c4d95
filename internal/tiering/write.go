package tiering

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"

	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
)

// writeChunk is how many assignments one transaction carries: some tenths of a
// second on the writer, so that pages go on saving.
const writeChunk = 50_000

// write stores assignments and lists of the nth run while its summary is made, and
// then shows it.
func (e *execution) write(ctx context.Context, m *making, nth int) error {
	var (
		sum    *Summary
		listed map[listKey][]int64
	)
	group, gctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		sum = summarise(m.sch.Scheme, m.f, m.g)
		listed = lists(m.g, m.f, m.c)
		return nil
	})
	group.Go(func() error { return e.writeAssignments(gctx, m, nth) })
	if err := group.Wait(); err != nil {
		return err
	}
	if err := e.writeLists(ctx, m, listed); err != nil {
		return err
	}
	if err := e.s.DB.Analyze(ctx, "tier_assignments", "run_id", "level"); err != nil {
		return err
	}
	sum.Version, sum.ComputedAt = m.sch.Version, e.s.now()
	body, err := json.Marshal(stored{sum, m.c.moves})
	if err != nil {
		return errs.Wrap(err, errs.Internal, "internal")
	}
	n, previous := int64(m.f.Len()), m.before.ID
	err = e.s.DB.InTx(ctx, func(ctx context.Context) error {
		ok, err := e.s.store.finish(ctx, m.row.ID, n, string(body), previous, e.s.now())
		if err != nil {
			return err
		}
		if !ok {
			return errEnded
		}
		if err := e.s.finishedOf(ctx, m.row); err != nil || e.s.Events == nil {
			return err
		}
		return e.s.Events.Publish(ctx, RunFinished{
			RunID: m.row.ID, SchemeCode: m.row.SchemeCode, AsOf: m.row.AsOf.String(), Customers: n, PreviousRunID: previous,
		})
	})
	if err == nil {
		m.row.Status = StatusFinished
	}
	return err
}

// writeAssignments writes in the order of customers; on PostgreSQL two
// transactions at a time.
func (e *execution) writeAssignments(ctx context.Context, m *making, nth int) error {
	n, all := m.f.Len(), len(e.runs)
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(1)
	if e.s.DB.Engine() == db.Postgres {
		group.SetLimit(2)
	}
	for from := 0; from < n && gctx.Err() == nil; from += writeChunk {
		if err := e.look(ctx); err != nil || m.err != nil {
			_ = group.Wait()
			return orEnded(err)
		}
		jobs.Report(ctx, int64(n/2+(nth*n+from)/(2*all)), int64(n), "customers", "tier.step.write")
		group.Go(func() error {
			return e.s.DB.InTx(gctx, func(ctx context.Context) error {
				return e.s.store.insertAssignments(ctx, m, from, min(n, from+writeChunk))
			})
		})
	}
	return group.Wait()
}

// orEnded is what stopped a run: an error, or somebody.
func orEnded(err error) error {
	if err == nil {
		err = errEnded
	}
	return err
}

func (e *execution) writeLists(ctx context.Context, m *making, listed map[listKey][]int64) error {
	keys := slices.SortedFunc(maps.Keys(listed), func(a, b listKey) int {
		return (int(a.level)-int(b.level))*100 + int(a.move) - int(b.move)
	})
	for _, k := range keys {
		if err := e.s.DB.InTx(ctx, func(ctx context.Context) error {
			return e.s.store.insertList(ctx, m.row.ID, k, listed[k])
		}); err != nil {
			return err
		}
	}
	return nil
}
