package customer

import (
	"context"

	"zhike/internal/column"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
)

// Day is the as-of day that the planner compiles for.
func (p *Planner) Day() clock.Day { return p.c.asOf }

// On gives a planner for another day, which is not behind the present one.
// Error: rule.future_day.
func (p *Planner) On(day clock.Day) (*Planner, error) {
	if day == p.c.asOf {
		return p, nil
	}
	if day > p.c.asOf {
		return nil, errs.New(errs.Invalid, "invalid").WithField("as_of", "rule.future_day", "day", p.c.asOf.String())
	}
	c := *p.c
	c.past, c.closes, c.today, c.asOf, c.days, c.models = true, true, day, day, nil, nil
	return &Planner{c: &c, At: p.At, Key: p.Key}, nil
}

// SomeBySQL is BySQL for some customers.
func (p *Plan) SomeBySQL(ctx context.Context, ids []int64) (*column.Matches, error) {
	m := column.NewMatches()
	for len(ids) > 0 {
		n := min(len(ids), 1000)
		parts := append([]expr{plain('c', "c.id IN ("+numbers(ids[:n])+")")}, p.parts...)
		err := p.s.store.matching(ctx, parts, -1, func(id int64) error {
			m.Add(id)
			return nil
		})
		if err != nil {
			return nil, err
		}
		ids = ids[n:]
	}
	return m, nil
}
