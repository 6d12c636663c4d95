package tiering

import (
	"context"
	"time"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
)

// previewTime bounds a preview: the person is waiting for it.
const previewTime = 25 * time.Second

// Preview is what a scheme would do, without writing anything.
type Preview struct {
	AsOf       clock.Day      `json:"as_of"`
	Customers  int64          `json:"customers"`
	Buyers     int64          `json:"buyers"`
	RevenueFen int64          `json:"revenue_fen"`
	Levels     []LevelSummary `json:"levels"`
	Thresholds []*float64     `json:"thresholds" doc:"Numbers the conditions came to, in the order of the rules; money in 分"`
	Moves      *Moves         `json:"moves" doc:"Against the newest run of the scheme with this code; null without one"`
}

// previewWait is how long a preview waits for the one before it.
const previewWait = 10 * time.Second

// previewAlone waits until no other preview is computed: each reads everybody. The
// one that somebody left a page with ends a moment after the page that follows asks.
func (s *Service) previewAlone(ctx context.Context) error {
	late := time.NewTimer(previewWait)
	defer late.Stop()
	select {
	case s.preview <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-late.C:
		return errs.New(errs.RateLimited, "tier.preview_busy")
	}
}

// PreviewScheme grades by a scheme that need not be stored. Errors:
// tier.scheme_invalid, tier.as_of_future, tier.as_of_past, tier.preview_busy
// where another takes longer than 10 s, tier.preview_slow after 25 s.
func (s *Service) PreviewScheme(ctx context.Context, sch *Scheme, day *clock.Day, locale string) (Preview, error) {
	if err := sch.Validate(); err != nil {
		return Preview{}, err
	}
	if err := s.checkPeople(ctx, sch); err != nil {
		return Preview{}, err
	}
	if err := s.checkFields(ctx, sch); err != nil {
		return Preview{}, err
	}
	if err := s.checkModels(ctx, sch); err != nil {
		return Preview{}, err
	}
	asOf, err := s.asOf(day)
	if err != nil {
		return Preview{}, err
	}
	if err := s.previewAlone(ctx); err != nil {
		return Preview{}, err
	}
	defer func() { <-s.preview }()
	outer := ctx
	ctx, done := context.WithTimeout(ctx, previewTime)
	defer done()
	before, beforeScheme, err := s.before(ctx, &runRow{SchemeCode: sch.Code, Dimension: sch.dimension()})
	if err != nil {
		return Preview{}, err
	}
	f, err := s.store.loadFacts(ctx, factsQuery{
		asOf: asOf, window: sch.WindowDays, measure: sch.Measure, need: sch.needs(),
		asOfEnd: clock.Millis(asOf.End(s.Zone())), previous: []int64{before.ID},
	}, func(int64, int64) error { return ctx.Err() })
	if err == nil {
		err = s.complete(ctx, sch, f.Facts)
	}
	if err != nil {
		if ctx.Err() != nil && outer.Err() == nil {
			return Preview{}, errs.Wrap(err, errs.Unavailable, "tier.preview_slow")
		}
		return Preview{}, err
	}
	g := sch.Grade(f.Facts)
	c := compare(sch, g, f.before[0], beforeScheme, before.ID, before.AsOf)
	sum := summarise(sch, f, g)
	shown := &finishedRun{runRow: &runRow{}, stored: stored{sum, c.moves}}
	local := shown.localized(sch.Localized(locale))
	return Preview{
		AsOf: asOf, Customers: sum.Customers, Buyers: sum.Buyers, RevenueFen: sum.RevenueFen,
		Levels: local.Levels, Thresholds: sum.Thresholds, Moves: shown.localMoves(locale),
	}, nil
}
