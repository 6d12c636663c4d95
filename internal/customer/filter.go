package customer

import (
	"context"
	"strings"

	"zhike/internal/column"
	"zhike/internal/platform/auth"
	"zhike/internal/rule"
)

// Node is a nested filter; lists and audiences speak one language. What "…_id",
// operators and values mean is in the catalogue (see Service.ListFields).
type Node = rule.Node

// Rules gives what conditions about more than the record need; package audience
// gives it.
type Rules interface {
	// Streams are the facts that can be asked for.
	Streams() *rule.Streams
	// Audience gives an audience. Error: rule.unknown_audience without a path.
	Audience(ctx context.Context, id int64) (*rule.Audience, error)
}

func badFilter(path, code string, kv ...any) error { return rule.Bad(path, code, kv...) }

// ParseFilter reads the filter of a list; errors are those of rule.Parse, at
// "filter…".
func ParseFilter(text []byte) (*Node, error) { return rule.Parse(text, "filter", rule.ListLimits) }

// condition makes one condition.
func condition(field, op string, value any) *Node { return rule.Condition(field, op, value) }

// foreign compiles a condition that is not about the record.
func (c *compiler) foreign(n *Node, path string) (expr, error) {
	n, err := c.relativeThen(n, path)
	if err != nil {
		return expr{}, err
	}
	e, err := c.env().Compile(n, path)
	if err != nil {
		return expr{}, err
	}
	return expr{write: func(q *query, id string) { e.Write(q.add, id) }, mem: e.Mem}, nil
}

// env is what package rule needs to know of this request.
func (c *compiler) env() *rule.Env {
	env := &rule.Env{AsOf: c.asOf, Rule: c.asRule, Audience: c.asAudience, Number: c.number, Streams: c.streams()}
	env.Label = func(key string) string { return accessLabel(c.ctx, key) }
	env.Hidden = func(key string) bool { return auth.Hides(c.ctx, key) }
	return env
}

// streams are the facts that can be asked for; nil has none.
func (c *compiler) streams() *rule.Streams {
	if c.s.Rules == nil {
		return nil
	}
	return c.s.Rules.Streams()
}

// asRule compiles a rule for package rule. Its term names its own tables, c and
// m: the id that it is about must stand under another alias.
func (c *compiler) asRule(n *Node, path string) (rule.Expr, error) {
	e, err := c.compile(n, path)
	return e.alone(), err
}

// asAudience is asRule for the members of an audience.
func (c *compiler) asAudience(id int64, path string) (rule.Expr, error) {
	e, err := c.audience(id, path)
	return e.alone(), err
}

func (e *expr) alone() rule.Expr {
	return rule.Expr{Mem: e.mem, Write: func(add rule.Add, id string) { writeAlone(e, add, id) }}
}

// audience compiles the membership of an audience: its rule, or the rows of a list.
func (c *compiler) audience(id int64, path string) (expr, error) {
	if c.s.Rules == nil {
		return expr{}, badFilter(path, "rule.unknown_audience")
	}
	a, err := c.s.Rules.Audience(c.ctx, id)
	if err != nil {
		return expr{}, at(path, err)
	}
	if a.Static != nil {
		return member(a.Static.Table, a.Static.Customer, a.Static.Key+" = "+num(id), false).
			inMemory(column.HasKey(column.Col{Table: a.Static.Table, ID: a.Static.Customer, Expr: a.Static.Key, Kind: column.Keys}, id)), nil
	}
	for i, open := range c.open {
		if open.ID == id {
			names := make([]string, 0, len(c.open)+1)
			for _, o := range append(c.open[i:], a) {
				names = append(names, o.Name)
			}
			return expr{}, badFilter(path, "rule.cycle", "path", strings.Join(names, " → "))
		}
	}
	if len(c.open) == maxInside || c.inside+a.Rule.Count() > maxInsideConditions {
		return expr{}, badFilter(path, "rule.audience_too_deep", "max", maxInside, "conditions", maxInsideConditions)
	}
	c.inside += a.Rule.Count()
	c.open = append(c.open, a)
	defer func() { c.open = c.open[:len(c.open)-1] }()
	return c.compile(a.Rule, path)
}

// How many audiences may stand in each other, and how many conditions may come
// together in this way.
const (
	maxInside           = 10
	maxInsideConditions = 3000
)

// audienceField is the code of the membership of audiences. It has no compile:
// that would compile rules, and so need the table of fields that it stands in.
const audienceField = "audience"

// audiences is the membership of audiences: any, all or none of some.
func (c *compiler) audiences(n *Node, path string) (expr, error) {
	ids, err := n.IDs(nil)
	if err != nil {
		return expr{}, at(path+".value", err)
	}
	kids := make([]expr, len(ids))
	for i, id := range ids {
		if kids[i], err = c.audience(id, path+".value"); err != nil {
			return expr{}, err
		}
	}
	switch n.Op {
	case "all":
		return allOf(kids), nil
	case "none":
		return negate(anyOf(kids)), nil
	}
	return anyOf(kids), nil
}
