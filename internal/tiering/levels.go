package tiering

import (
	"context"

	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

// Levels gives package customer the levels that are in force. It implements
// customer.Levels and customer.PastLevels.
func (s *Service) Levels() customer.Levels { return levelReader{s} }

type levelReader struct{ s *Service }

// Dimensions are those in use.
func (l levelReader) Dimensions(ctx context.Context) ([]customer.LevelDimension, error) {
	list, err := l.s.Dimensions(ctx, false)
	out := make([]customer.LevelDimension, len(list))
	for i, d := range list {
		out[i] = customer.LevelDimension{Code: d.Code, Name: d.Localized(web.Locale(ctx)).Name}
	}
	return out, err
}

// CurrentRun is the run whose levels of a dimension are in force, nil before the first.
func (l levelReader) CurrentRun(ctx context.Context, dimension string) (*customer.LevelRun, error) {
	r, err := l.s.inForce(ctx, dimension)
	if errs.Is(err, "tier.no_such_run") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return l.run(ctx, dimension, r.ID, r.SchemeID)
}

// run names the levels of a run of a version of a scheme.
func (l levelReader) run(ctx context.Context, dimension string, id, scheme int64) (*customer.LevelRun, error) {
	sch, err := l.s.schemeByID(ctx, scheme)
	if err != nil {
		return nil, err
	}
	out := &customer.LevelRun{RunID: id, Dimension: dimension, Levels: map[int64]customer.Level{}}
	for i, lv := range sch.Localized(web.Locale(ctx)).Levels {
		out.Levels[int64(i)] = customer.Level{Code: lv.Code, Name: lv.Name, Rank: int64(i + 1)}
	}
	return out, nil
}

// Explain tells a customer's level that is in force, nil where there is none.
// The caller has made sure that the actor may see the customer.
func (l levelReader) Explain(ctx context.Context, dimension string, customerID int64) (*customer.LevelReason, error) {
	r, err := l.s.inForce(ctx, dimension)
	if errs.Is(err, "tier.no_such_run") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	// Who may not see a field that the level was made of sees the level alone.
	hidden := auth.Hides(ctx, r.stored.Summary.fieldKeys()...)
	told := ctx
	if hidden {
		told = auth.With(ctx, auth.System("tiering"))
	}
	x, err := l.s.explainer(told, r, web.Locale(ctx))
	if err != nil {
		return nil, err
	}
	a, err := l.s.store.assignment(ctx, r.ID, customerID)
	if db.IsNoRow(err) {
		return nil, nil
	}
	if err == nil {
		err = l.s.withItems(ctx, r.ID, &a)
	}
	if err != nil {
		return nil, err
	}
	e := x.explain(&a)
	if hidden {
		e.Score, e.Reasons = nil, []customer.Reason{}
	}
	return &customer.LevelReason{
		Dimension: dimension,
		Level:     customer.Level{Code: e.Level, Name: e.LevelName, Rank: int64(e.Rank)}, RunID: r.ID, SchemeCode: e.Scheme,
		SchemeName: e.SchemeName, AsOf: e.AsOf, Score: e.Score, Reasons: e.Reasons, Advice: e.Advice,
	}, nil
}

// Explain tells why a customer has its level in a run; run 0 is the
// one of value that is in force. Errors: tier.no_such_run, tier.run_unfinished,
// tier.not_graded, also where the actor may not see the customer.
func (s *Service) Explain(ctx context.Context, run, customerID int64, locale string) (Explanation, error) {
	if err := Shown(ctx); err != nil {
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
	if err == nil {
		err = s.withItems(ctx, r.ID, &a)
	}
	if err != nil {
		return Explanation{}, err
	}
	return x.explain(&a), nil
}

// withItems adds to assignments of a run what people decided about them.
func (s *Service) withItems(ctx context.Context, run int64, list ...*assignment) error {
	ids := make([]int64, len(list))
	for i, a := range list {
		ids[i] = a.CustomerID
	}
	items, err := s.store.itemsOf(ctx, run, ids)
	for _, a := range list {
		a.items = items[a.CustomerID]
	}
	return err
}
