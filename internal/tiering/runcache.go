package tiering

import (
	"context"
	"encoding/json"
	"sync"

	"zhike/internal/customer"
	"zhike/internal/platform/errs"
)

// finishedRun is a finished run with what it found. It never changes, so that
// pages that show thousands of customers read it once.
type finishedRun struct {
	*runRow
	stored
	mu         sync.Mutex
	explainers map[string]*explainer // by language
}

// maxRunsKept bounds the runs kept in memory, some ten KiB each.
const maxRunsKept = 16

type runCache struct {
	mu   sync.Mutex
	byID map[int64]*finishedRun
}

func (c *runCache) get(id int64) *finishedRun {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.byID[id]
}

func (c *runCache) put(r *finishedRun) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byID == nil || len(c.byID) >= maxRunsKept {
		c.byID = map[int64]*finishedRun{}
	}
	c.byID[r.ID] = r
}

// finished reads a finished run; 0 is the one of value that is in force. Errors:
// tier.no_such_run, tier.run_unfinished.
func (s *Service) finished(ctx context.Context, id int64) (*finishedRun, error) {
	if id == 0 {
		var err error
		if id, err = s.store.runInForce(ctx, DimensionValue, s.now()); err != nil {
			return nil, err
		}
	}
	if r := s.runs.get(id); r != nil {
		return r, nil
	}
	row, err := s.store.run(ctx, id)
	if err != nil {
		return nil, err
	}
	if row.Status != StatusFinished {
		return nil, errs.New(errs.Conflict, "tier.run_unfinished", "status", string(row.Status))
	}
	r := &finishedRun{runRow: row}
	if r.stored, err = row.found(); err != nil {
		return nil, err
	}
	s.runs.put(r)
	return r, nil
}

func (r *runRow) found() (stored, error) {
	var st stored
	if err := json.Unmarshal([]byte(r.Summary), &st); err != nil {
		return st, errs.Wrap(err, errs.Internal, "internal")
	}
	return st, nil
}

// explainer gets what the reasons of a finished run are told from. Error:
// customer.field_hidden where the run went by a custom field that the actor may
// not see.
func (s *Service) explainer(ctx context.Context, r *finishedRun, locale string) (*explainer, error) {
	if err := customer.Shows(ctx, r.stored.Summary.fieldKeys()...); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if x := r.explainers[locale]; x != nil {
		return x, nil
	}
	sch, err := s.schemeByID(ctx, r.SchemeID)
	if err != nil {
		return nil, err
	}
	x := &explainer{row: r.runRow, version: sch.Version, s: sch.Localized(locale), sum: r.stored.Summary, locale: locale}
	if x.people, err = s.sentences(ctx, sch.Scheme, locale); err != nil {
		return nil, err
	}
	if r.PreviousID != 0 {
		before, err := s.store.run(ctx, r.PreviousID)
		if err != nil {
			return nil, err
		}
		bs, err := s.schemeByID(ctx, before.SchemeID)
		if err != nil {
			return nil, err
		}
		x.before = bs.Localized(locale)
	}
	if r.explainers == nil {
		r.explainers = map[string]*explainer{}
	}
	r.explainers[locale] = x
	return x, nil
}
