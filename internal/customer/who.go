package customer

import (
	"cmp"
	"context"

	"zhike/internal/column"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/rule"
)

// Who asks for the customers that a rule means.
type Who struct {
	Rule *rule.Node // nil: everybody
	// AsOf is the day that "today" stands for; nil is the present one.
	AsOf *clock.Day
	// Everybody leaves the row scope of the actor aside: for memberships that the
	// program keeps, never for what a person is shown.
	Everybody bool
}

// Found is who a rule means.
type Found struct {
	Members *column.Matches
	AsOf    clock.Day
	// Engine is columns or sql.
	Engine string
}

// Find gives everybody whom a rule means, from the columns in memory where they
// can tell and else by SQL. Errors are those of compiling, at "rule…".
func (s *Service) Find(ctx context.Context, w Who) (Found, error) {
	parts, c, err := s.who(ctx, w)
	if err != nil {
		return Found{}, err
	}
	f := Found{AsOf: c.asOf, Engine: "columns"}
	m, ok, err := s.Columns.Match(ctx, column.All(mems(parts)...))
	if err != nil || ok {
		f.Members = m
		return f, err
	}
	f.Engine, f.Members = "sql", column.NewMatches()
	return f, s.store.matching(ctx, parts, -1, func(id int64) error {
		f.Members.Add(id)
		return nil
	})
}

// Holds says which of some rules mean a customer; none where the customer is
// not in the scope of the actor.
func (s *Service) Holds(ctx context.Context, id int64, list []Who) ([]bool, error) {
	holds, problems, err := s.HoldsEach(ctx, id, list)
	if err == nil {
		err = cmp.Or(problems...)
	}
	return holds, err
}

// who compiles a rule, and the scope of the actor.
func (s *Service) who(ctx context.Context, w Who) (parts []expr, c *compiler, err error) {
	if c, err = s.compiler(ctx); err != nil {
		return nil, nil, err
	}
	if w.AsOf != nil {
		if *w.AsOf > c.asOf {
			return nil, nil, errs.New(errs.Invalid, "invalid").WithField("as_of", "rule.future_day", "day", c.asOf.String())
		}
		c.past = *w.AsOf < c.asOf
		c.today, c.asOf = *w.AsOf, *w.AsOf
	}
	if !w.Rule.Empty() {
		e, err := c.compile(w.Rule, "rule")
		if err != nil {
			return nil, nil, err
		}
		parts = conjuncts(parts, e)
	}
	if !w.Everybody && !seesAll(c.actor) {
		var f Filter
		if f.team, err = s.team(ctx); err != nil {
			return nil, nil, err
		}
		parts = append(parts, f.scoped(auth.From(ctx)))
	}
	return parts, c, nil
}
