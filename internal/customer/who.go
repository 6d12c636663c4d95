package customer

import (
	"context"

	"zhike/internal/column"
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
	// program keeps, and for one customer whom the actor is known to see. It is
	// never for a list or a number that a person is shown.
	Everybody bool
	// Closes says that the rule is to close days that are over, each at its end:
	// what is worked out only where somebody asks of a past day is refused.
	Closes bool
	// Compiled, where not nil, remembers the conditions of a Rule that stays as it is.
	Compiled *Compiled
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
	f, parts, err := s.inMemory(ctx, w)
	if err != nil || f.Members != nil {
		return f, err
	}
	f.Members, err = s.bySQL(ctx, parts)
	return f, err
}

// inMemory compiles a rule and asks the columns; Members is nil where SQL has to
// answer the parts.
func (s *Service) inMemory(ctx context.Context, w Who) (f Found, parts []expr, err error) {
	parts, c, err := s.who(ctx, w)
	if err != nil {
		return f, nil, err
	}
	f = Found{AsOf: c.asOf, Engine: "sql"}
	m, ok, err := s.Columns.Match(ctx, column.All(mems(parts)...))
	if ok {
		f.Engine, f.Members = "columns", m
	}
	return f, parts, err
}

func (s *Service) bySQL(ctx context.Context, parts []expr) (*column.Matches, error) {
	m := column.NewMatches()
	err := s.store.matching(ctx, parts, -1, func(id int64) error {
		m.Add(id)
		return nil
	})
	return m, err
}

// who compiles a rule, and the scope of the actor.
func (s *Service) who(ctx context.Context, w Who) (parts []expr, c *compiler, err error) {
	if c, err = s.compiler(ctx); err != nil {
		return nil, nil, err
	}
	parts, err = c.who(w)
	return parts, c, err
}

// who is [Service.who] with a compiler of its own, whose day it sets.
func (c *compiler) who(w Who) (parts []expr, err error) {
	if w.AsOf != nil {
		if *w.AsOf > c.asOf {
			return nil, errs.New(errs.Invalid, "invalid").WithField("as_of", "rule.future_day", "day", c.asOf.String())
		}
		c.past = *w.AsOf < c.asOf
		c.today, c.asOf = *w.AsOf, *w.AsOf
	}
	c.known, c.closes = w.Compiled, w.Closes
	if !w.Rule.Empty() {
		e, err := c.compile(w.Rule, "rule")
		if err != nil {
			return nil, err
		}
		parts = conjuncts(parts, e)
	}
	if !w.Everybody && !seesAll(c.actor) {
		var f Filter
		if f.team, err = c.s.team(c.ctx); err != nil {
			return nil, err
		}
		parts = append(parts, f.scoped(c.actor))
	}
	return parts, nil
}
