package customer

import (
	"context"
	"fmt"

	"zhike/internal/column"
	"zhike/internal/rule"
)

// Planner compiles many rules with one view of fields, tags, levels and days,
// for memberships that the program keeps: nobody's row scope is in them.
type Planner struct {
	c *compiler
	// At is how far the feed and the marks were before anything was looked up.
	At column.Place
	// Key names what memberships depend on beside the values of customers: the
	// days, the company's time zone, the run of the levels. Where it stays and
	// At does, so do all members.
	Key string
}

// Planner makes one. The actor of ctx is to be the program itself: what a
// person may not see could not be asked for.
func (s *Service) Planner(ctx context.Context) (*Planner, error) {
	at, err := column.Head(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	c, err := s.compiler(ctx)
	if err != nil {
		return nil, err
	}
	runs, err := c.levelRuns()
	if err != nil {
		return nil, err
	}
	return &Planner{c: c, At: at, Key: fmt.Sprint(c.asOf, " ", c.today, " ", s.Zone(), " ", runs)}, nil
}

// Plan is a compiled rule.
type Plan struct {
	s     *Service
	parts []expr
	cond  *column.Cond
}

// Plan compiles a rule; nil means everybody. Errors are those of [Service.Find].
func (p *Planner) Plan(n *rule.Node) (*Plan, error) {
	c := *p.c
	c.open, c.inside, c.path = nil, 0, ""
	plan := &Plan{s: c.s}
	if !n.Empty() {
		e, err := c.compile(n, "rule")
		if err != nil {
			return nil, err
		}
		plan.parts = conjuncts(nil, e)
	}
	p.c.fields, p.c.tags = c.fields, c.tags // looked up once for all
	plan.cond = column.All(mems(plan.parts)...)
	return plan, nil
}

// Columns says whether the rule can be answered from columns in memory at all.
func (p *Plan) Columns() bool { return p.cond != nil && p.s.Columns != nil }

// Sources are those of [column.Cond.Sources]; only for plans with Columns.
func (p *Plan) Sources() (of, apart map[string]bool) { return p.cond.Sources() }

// InMemory gives all members from the columns, as of now; ok is false while
// they cannot tell.
func (p *Plan) InMemory(ctx context.Context) (m *column.Matches, ok bool, err error) {
	return p.s.Columns.Match(ctx, p.cond)
}

// Among is InMemory for some customers.
func (p *Plan) Among(ctx context.Context, ids []int64) (m *column.Matches, ok bool, err error) {
	return p.s.Columns.Among(ctx, p.cond, ids)
}

// BySQL gives all members from the database, as of the query's beginning or later.
func (p *Plan) BySQL(ctx context.Context) (*column.Matches, error) {
	return p.s.bySQL(ctx, p.parts)
}

// NamesOf gives the names of customers whom the actor is known to see: the row
// scope is not looked at again. Who is gone is left out.
func (s *Service) NamesOf(ctx context.Context, ids []int64) (map[int64]string, error) {
	return s.store.customerNames(ctx, ids)
}
