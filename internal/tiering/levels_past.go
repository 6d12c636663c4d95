package tiering

import (
	"context"
	"slices"

	"zhike/internal/customer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/web"
)

var _ customer.PastLevels = levelReader{}

// RunAsOf is the finished run of the scheme that pages show with the latest
// as-of day up to a day, nil without one.
func (l levelReader) RunAsOf(ctx context.Context, day clock.Day) (*customer.PastRun, error) {
	list, err := l.RunsBetween(ctx, 0, day, 1)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// RunsBetween are those with as-of days from from to to, at most limit of them,
// the newest first.
func (l levelReader) RunsBetween(ctx context.Context, from, to clock.Day, limit int) ([]customer.PastRun, error) {
	code, err := l.s.defaultCode(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := l.s.store.runsAsOf(ctx, code, from, to, limit)
	if err != nil {
		return nil, err
	}
	var previous []int64
	for _, r := range rows {
		if r.PreviousID != 0 {
			previous = append(previous, r.PreviousID)
		}
	}
	schemes, err := l.s.store.schemesOfRuns(ctx, previous)
	if err != nil {
		return nil, err
	}
	out := make([]customer.PastRun, len(rows))
	for i, r := range rows {
		sch, err := l.s.schemeByID(ctx, r.SchemeID)
		if err != nil {
			return nil, err
		}
		out[i].LevelRun = customer.LevelRun{RunID: r.ID, Levels: map[int64]customer.Level{}}
		for k, lv := range sch.Localized(web.Locale(ctx)).Levels {
			out[i].Levels[int64(k)] = customer.Level{Code: lv.Code, Name: lv.Name, Rank: int64(k + 1)}
		}
		id, ok := schemes[r.PreviousID]
		if !ok {
			continue
		}
		before, err := l.s.schemeByID(ctx, id)
		if err != nil {
			return nil, err
		}
		out[i].Before = map[int64]string{}
		for k, lv := range before.Levels {
			out[i].Before[int64(k)] = lv.Code
		}
	}
	return out, nil
}

// LevelCodes are those of all levels that the scheme has or had, each once.
func (l levelReader) LevelCodes(ctx context.Context) (codes []string, err error) {
	code, err := l.s.defaultCode(ctx)
	if err != nil {
		return nil, err
	}
	ids, err := l.s.store.versionsOf(ctx, code)
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
