package customer

import (
	"context"

	"zhike/internal/column"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
)

// AudienceField is the code of the membership of audiences in rules.
const AudienceField = audienceField

// maxCards bounds the cards of one call.
const maxCards = 200

// Check compiles a rule for the actor and answers nothing. Errors are those of
// [Service.Find] before anything is asked.
func (s *Service) Check(ctx context.Context, w Who) error {
	_, _, err := s.who(ctx, w)
	return err
}

// After gives the first n customers with ids above after whom a rule means,
// ascending, and how many it means in all.
func (s *Service) After(ctx context.Context, w Who, after int64, n int) (ids []int64, total int64, f Found, err error) {
	parts, c, err := s.who(ctx, w)
	if err != nil {
		return nil, 0, Found{}, err
	}
	f = Found{AsOf: c.asOf, Engine: "columns"}
	m, ok, err := s.Columns.Match(ctx, column.All(mems(parts)...))
	if err != nil {
		return nil, 0, f, err
	}
	if !ok {
		f.Engine = "sql"
		if total, err = s.store.matchingCount(ctx, parts); err == nil && n > 0 {
			ids, err = s.store.matchingAfter(ctx, parts, after, n)
		}
		return ids, total, f, err
	}
	if n > 0 {
		m.After(after, func(id int64) bool {
			ids = append(ids, id)
			return len(ids) < n
		})
	}
	return ids, m.Count(), f, nil
}

// InScope is how many customers the actor may see; with SQL up to half a minute old.
func (s *Service) InScope(ctx context.Context) (int64, error) {
	a := auth.From(ctx)
	parts, _, err := s.who(ctx, Who{})
	if err != nil {
		return 0, err
	}
	m, ok, err := s.Columns.Match(ctx, column.All(mems(parts)...))
	switch {
	case err != nil:
		return 0, err
	case ok:
		return m.Count(), nil
	case seesAll(a):
		return s.counts.get("everybody", func() (int64, error) { return s.store.countAll(ctx) })
	}
	return s.counts.get("scope "+scopeKey(a), func() (int64, error) { return s.store.matchingCount(ctx, parts) })
}

// HoldsEach is [Service.Holds] for rules some of which may not compile: of
// those problems has the error.
func (s *Service) HoldsEach(ctx context.Context, id int64, list []Who) (holds []bool, problems []error, err error) {
	conditions, conds, at := [][]expr{}, []*column.Cond{}, []int{}
	holds, problems = make([]bool, len(list)), make([]error, len(list))
	for i, w := range list {
		parts, _, err := s.who(ctx, w)
		if err != nil {
			problems[i] = err
			continue
		}
		conditions, conds, at = append(conditions, parts), append(conds, column.All(mems(parts)...)), append(at, i)
	}
	if len(conds) == 0 {
		return holds, problems, nil
	}
	some, ok, err := s.Columns.Holds(ctx, id, conds)
	if err == nil && !ok {
		some, err = s.store.holdsOf(ctx, conditions, id)
	}
	if err != nil {
		return nil, nil, err
	}
	for k, i := range at {
		holds[i] = some[k]
	}
	return holds, problems, nil
}

// Cards gives customers in the form of a list, in the order of ids, at most
// 200. Who is shown which of them is for the caller to have asked.
func (s *Service) Cards(ctx context.Context, ids []int64) ([]Item, error) {
	ids = ids[:min(len(ids), maxCards)]
	run, err := s.run(ctx)
	if err != nil {
		return nil, err
	}
	var asOf clock.Day
	if asOf, err = s.Today(ctx); err != nil {
		return nil, err
	}
	hits := make([]hit, len(ids))
	for i, id := range ids {
		hits[i].id = id
	}
	rows, err := s.rowsOf(ctx, run.RunID, hits)
	if err != nil {
		return nil, err
	}
	return s.items(ctx, rows, asOf, s.masked)
}

// PastFields are the codes of fields whose value on a past as-of day is known,
// and AtFields those of which a condition can name a day itself. Others are as
// they are now, also for a past day.
func PastFields() []string {
	out := AtFields()
	for i := range builtinFields {
		if f := &builtinFields[i]; f.group == "figures" {
			if _, err := pastFigure(f.code); err == nil {
				out = append(out, f.code)
			}
		}
	}
	return out
}

// AtFields are those of [PastFields] that keep a history.
func AtFields() []string { return []string{"level", "stage"} }
