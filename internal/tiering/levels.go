package tiering

import (
	"context"

	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

// Levels gives package customer the levels of the newest run of the default
// scheme. It implements customer.Levels.
func (s *Service) Levels() customer.Levels { return levelReader{s} }

type levelReader struct{ s *Service }

// CurrentRun is the finished run that lists show, nil before the first.
func (l levelReader) CurrentRun(ctx context.Context) (*customer.LevelRun, error) {
	r, err := l.s.finished(ctx, 0)
	if errs.Is(err, "tier.no_such_run") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	sch, err := l.s.schemeByID(ctx, r.SchemeID)
	if err != nil {
		return nil, err
	}
	out := &customer.LevelRun{RunID: r.ID, Levels: map[int64]customer.Level{}}
	for i, lv := range sch.Localized(web.Locale(ctx)).Levels {
		out.Levels[int64(i)] = customer.Level{Code: lv.Code, Name: lv.Name, Rank: int64(i + 1)}
	}
	return out, nil
}

// Explain tells a customer's level in that run, nil where it is not graded. The
// caller has made sure that the actor may see the customer.
func (l levelReader) Explain(ctx context.Context, customerID int64) (*customer.LevelReason, error) {
	r, err := l.s.finished(ctx, 0)
	if errs.Is(err, "tier.no_such_run") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	x, err := l.s.explainer(ctx, r, web.Locale(ctx))
	if err != nil {
		return nil, err
	}
	a, err := l.s.store.assignment(ctx, r.ID, customerID)
	if db.IsNoRow(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	e := x.explain(&a)
	return &customer.LevelReason{
		Level: customer.Level{Code: e.Level, Name: e.LevelName, Rank: int64(e.Rank)}, RunID: r.ID, SchemeCode: e.Scheme,
		SchemeName: e.SchemeName, AsOf: e.AsOf, Score: e.Score, Reasons: e.Reasons, Advice: e.Advice,
	}, nil
}

// Explain tells why a customer has its level in a run; run 0 is the newest of
// the default scheme. Errors: tier.no_such_run, tier.run_unfinished,
// tier.not_graded, also where the actor may not see the customer.
func (s *Service) Explain(ctx context.Context, run, customerID int64, locale string) (Explanation, error) {
	if err := shown(ctx); err != nil {
		return Explanation{}, err
	}
	r, err := s.finished(ctx, run)
	if err != nil {
		return Explanation{}, err
	}
	ok, err := s.store.visible(ctx, auth.From(ctx), customerID)
	if err != nil {
		return Explanation{}, err
	}
	if !ok {
		return Explanation{}, errs.New(errs.NotFound, "tier.not_graded")
	}
	x, err := s.explainer(ctx, r, locale)
	if err != nil {
		return Explanation{}, err
	}
	a, err := s.store.assignment(ctx, r.ID, customerID)
	if db.IsNoRow(err) {
		return Explanation{}, errs.New(errs.NotFound, "tier.not_graded")
	}
	if err != nil {
		return Explanation{}, err
	}
	return x.explain(&a), nil
}
