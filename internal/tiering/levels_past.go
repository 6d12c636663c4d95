package tiering

import (
	"context"
	"slices"

	"zhike/internal/customer"
	"zhike/internal/platform/clock"
)

var _ customer.PastLevels = levelReader{}

// RunAsOf is the run in force on a day, nil without one.
func (l levelReader) RunAsOf(ctx context.Context, dimension string, day clock.Day) (*customer.PastRun, error) {
	list, err := l.RunsBetween(ctx, dimension, 0, day, 1)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	changed, err := l.s.store.changedBehind(ctx, list[0].RunID, day)
	if changed {
		list[0].Changed = &day
	}
	return &list[0], err
}

// RunsBetween are those whose levels count from days from from to to, at most
// limit of them, the newest first.
func (l levelReader) RunsBetween(ctx context.Context, dimension string, from, to clock.Day, limit int) ([]customer.PastRun, error) {
	rows, err := l.s.store.publishedRuns(ctx, dimension, from, to, l.s.now(), limit)
	if err != nil {
		return nil, err
	}
	out := make([]customer.PastRun, len(rows))
	for i, r := range rows {
		run, err := l.run(ctx, dimension, r.run, r.scheme)
		if err != nil {
			return nil, err
		}
		out[i] = customer.PastRun{LevelRun: *run, From: r.from, Previous: r.previous, ByHand: r.byHand}
	}
	return out, nil
}

// LevelCodes are those of all levels that schemes of the dimension have or had,
// each once.
func (l levelReader) LevelCodes(ctx context.Context, dimension string) (codes []string, err error) {
	ids, err := l.s.store.schemesOf(ctx, dimension)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		sch, err := l.s.schemeByID(ctx, id)
		if err != nil {
			return nil, err
		}
		for _, lv := range sch.Levels {
			if !slices.Contains(codes, lv.Code) {
				codes = append(codes, lv.Code)
			}
		}
	}
	return codes, nil
}
