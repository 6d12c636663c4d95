package tiering

import (
	"context"
	"slices"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
)

const (
	maxKeyCustomers = 50
	maxSlipping     = 50
)

// Report makes 《客户价值分层报告》 of a finished run in a language; run 0 is the
// newest of the default scheme. It is about the whole company, so that whoever
// sees less than all customers gets tier.report_scope. Other errors:
// tier.no_such_run, tier.run_unfinished.
func (s *Service) Report(ctx context.Context, run int64, locale string) (*Report, error) {
	actor := auth.From(ctx)
	if actor == nil || actor.Scope != auth.ScopeAll {
		return nil, errs.New(errs.Forbidden, "tier.report_scope")
	}
	if err := Shown(ctx); err != nil {
		return nil, err
	}
	locale = i18n.Known(locale)
	r, err := s.finished(ctx, run)
	if err != nil {
		return nil, err
	}
	x, err := s.explainer(ctx, r, locale)
	if err != nil {
		return nil, err
	}
	out := &Report{RunID: r.ID, Locale: locale, Summary: r.localized(x.s), Moves: r.localMoves(locale), People: x.people}
	if s.Company != nil {
		out.Company = s.Company(ctx)
	}
	out.Headline = Headline(locale, out.Summary, out.Moves)
	if out.KeyCustomers, err = s.keyCustomers(ctx, actor, r, x); err != nil {
		return nil, err
	}
	out.Slipping, err = s.slipping(ctx, actor, r, x)
	return out, err
}

// localized is the summary with the texts of the scheme in another language.
func (r *finishedRun) localized(s *Scheme) *Summary {
	sum := *r.stored.Summary
	sum.Scheme = s
	sum.Levels = append([]LevelSummary(nil), sum.Levels...)
	for i := range sum.Levels {
		sum.Levels[i].Name, sum.Levels[i].Advice = s.Levels[i].Name, s.Levels[i].Advice
	}
	return &sum
}

func (r *finishedRun) localMoves(locale string) *Moves {
	if r.Moves == nil {
		return nil
	}
	m := *r.Moves
	m.Names = append([]string(nil), m.Names...)
	for i := range m.Names {
		m.Names[i] = localText(locale, m.Names[i])
	}
	return &m
}

func (s *Service) keyCustomers(ctx context.Context, actor *auth.Actor, r *finishedRun, x *explainer) ([]KeyCustomer, error) {
	list, _, err := s.decidedList(ctx, actor, r.ID, listKey{0, listAll}, "", maxKeyCustomers)
	out := make([]KeyCustomer, 0, len(list))
	for i := range list {
		out = append(out, x.keyCustomer(&list[i]))
	}
	return out, err
}

// slipping are those who fell from the best level, and those of the best level
// who have been silent for more than twice their own gap. Each half gets its
// place; what one does not need goes to the other.
func (s *Service) slipping(ctx context.Context, actor *auth.Actor, r *finishedRun, x *explainer) ([]KeyCustomer, error) {
	fell, _, err := s.listed(ctx, actor, r.ID, r.ID, listKey{listAll, listFell}, "", maxSlipping)
	if err != nil {
		return nil, err
	}
	overdue, _, err := s.listed(ctx, actor, r.ID, r.ID, listKey{0, listOverdue}, "", maxSlipping)
	if err != nil {
		return nil, err
	}
	// As people left them: who was overruled has neither fallen nor the best level.
	fell = slices.DeleteFunc(fell, func(a assignment) bool { return a.Level == 0 })
	overdue = slices.DeleteFunc(overdue, func(a assignment) bool { return a.Level != 0 })
	half := maxSlipping / 2
	nFell := min(len(fell), max(half, maxSlipping-len(overdue)))
	nOver := min(len(overdue), maxSlipping-nFell)
	out := make([]KeyCustomer, 0, nFell+nOver)
	for i := range fell[:nFell] {
		k := x.keyCustomer(&fell[i])
		k.NextStep = i18n.T(x.locale, "tier.next.fell", i18n.Params{"level": k.LevelName, "before": k.PreviousName})
		out = append(out, k)
	}
	for i := range overdue[:nOver] {
		k := x.keyCustomer(&overdue[i])
		days := "–"
		if k.DaysSince != nil {
			days = i18n.Number(*k.DaysSince)
		}
		k.NextStep = i18n.T(x.locale, "tier.next.overdue", i18n.Params{"days": days})
		out = append(out, k)
	}
	return out, nil
}

func (x *explainer) keyCustomer(a *assignment) KeyCustomer {
	e := x.explain(a)
	k := KeyCustomer{
		ID: a.CustomerID, Name: a.Name, Level: e.Level, LevelName: e.LevelName, SpendFen: a.SpendFen, Orders: a.Orders,
		DaysSince: e.Days, Reason: e.Text, NextStep: e.Advice,
	}
	if a.LastDay != nil {
		d := a.LastDay.String()
		k.LastDay = &d
	}
	if e.PreviousLevel != nil {
		k.PreviousLevel, k.PreviousName = x.before.Levels[*a.PrevLevel].Code, *e.PreviousLevel
	}
	return k
}
