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
	f, parts, err := s.inMemory(ctx, w)
	if err != nil {
		return nil, 0, f, err
	}
	if f.Members == nil {
		if total, err = s.store.matchingCount(ctx, parts); err == nil && n > 0 {
			ids, err = s.store.matchingAfter(ctx, parts, after, n)
		}
		return ids, total, f, err
	}
	if n > 0 {
		f.Members.After(after, func(id int64) bool {
			ids = append(ids, id)
			return len(ids) < n
		})
	}
	return ids, f.Members.Count(), f, nil
}

// InScope is how many customers the actor may see; with SQL up to half a minute old.
func (s *Service) InScope(ctx context.Context) (int64, error) {
	a := auth.From(ctx)
	f, parts, err := s.inMemory(ctx, Who{})
	switch {
	case err != nil:
		return 0, err
	case f.Members != nil:
		return f.Members.Count(), nil
	case seesAll(a):
		return s.counts.get("everybody", func() (int64, error) { return s.store.countAll(ctx) })
	}
	return s.counts.get("scope "+scopeKey(a), func() (int64, error) { return s.store.matchingCount(ctx, parts) })
}

// LifecycleCounts counts the customers of the actor's scope by their stages of
// the lifecycle, all as of one moment; ok is false where the columns in memory
// cannot tell. Error: customer.field_hidden.
func (s *Service) LifecycleCounts(ctx context.Context) (counts map[string]int64, ok bool, err error) {
	if err := Shows(ctx, LifecycleField); err != nil {
		return nil, false, err
	}
	parts, _, err := s.who(ctx, Who{})
	if err != nil {
		return nil, false, err
	}
	return s.Columns.CountBy(ctx, column.All(mems(parts)...), memLifecycle)
}

// Holds says which of some rules mean a customer; none where the customer is
// not in the scope of the actor. Of a rule that does not compile problems has
// the error, one of [Service.Find].
func (s *Service) Holds(ctx context.Context, id int64, list []Who) (holds []bool, problems []error, err error) {
	conditions, conds, at := [][]expr{}, []*column.Cond{}, []int{}
	holds, problems = make([]bool, len(list)), make([]error, len(list))
	all, err := s.compiler(ctx)
	if err != nil {
		return nil, nil, err
	}
	for i, w := range list {
		c := *all
		parts, err := c.who(w)
		all.fields, all.tags = c.fields, c.tags // looked up once for all
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
func (s *Service) PastFields(ctx context.Context) ([]string, error) {
	out, err := s.AtFields(ctx)
	if err != nil {
		return nil, err
	}
	for i := range builtinFields {
		if f := &builtinFields[i]; f.group == "figures" {
			if m := modelFigureOf(f.code); m != nil && m.past && s.PastModels != nil {
				out = append(out, f.code)
			} else if _, err := pastFigure(f.code); err == nil || s.Rules != nil && s.Rules.Streams().Past(f.code) != nil {
				out = append(out, f.code)
			}
		}
	}
	return out, nil
}

// AtFields are those of [Service.PastFields] that keep a history.
func (s *Service) AtFields(ctx context.Context) ([]string, error) {
	out := []string{"level", "stage", LifecycleField}
	list, err := s.dimensions(ctx)
	for _, d := range list {
		out = append(out, levelPrefix+d.Code)
	}
	return out, err
}
