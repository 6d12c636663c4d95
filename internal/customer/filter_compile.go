package customer

import (
	"context"
	"strconv"

	"zhike/internal/column"
	custom "zhike/internal/field"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/rule"
	"zhike/internal/tag"
)

// expr is a condition ready to be written as SQL. write adds it as one term
// that is true or false, never unknown, about the customer whose id the text
// id gives; it may use the aliases c (customers) and m (customer_metrics) where
// it says that it needs them.
type expr struct {
	write func(q *query, id string)
	c, m  bool
	// drive, where there is one, adds a query whose column id has, each once, at
	// least all customers for which the condition holds, found by an index.
	drive func(q *query)
	// kids are the parts of an "all" or, with any set, of an "any".
	kids []expr
	any  bool
	// exact says that drive gives those customers and no others.
	exact bool
	// mem is the same condition for the columns in memory; nil where they have none.
	mem *column.Cond
}

// compiler turns filters into conditions for one request.
type compiler struct {
	ctx    context.Context
	s      *Service
	actor  *auth.Actor
	run    *LevelRun
	today  clock.Day // of the company
	asOf   clock.Day // of the figures
	fields *custom.Set
	tags   *tag.Catalogue
	days   *birthdays
	// past says that a day was asked for on which figures were other than they are kept.
	past bool
	// closes says that the rule is asked of day after day by the program (see Who).
	closes bool
	models *modelRows       // as of the day; nil until they are asked for
	path   string           // of the condition that is being compiled
	open   []*rule.Audience // those being compiled, each inside the one before
	// inside counts conditions of audiences in the rule.
	inside int
	known  *Compiled // what conditions came to before; nil remembers nothing
}

func (s *Service) compiler(ctx context.Context) (*compiler, error) {
	c := &compiler{ctx: ctx, s: s, actor: auth.From(ctx), today: s.Zone.Today(s.Clock)}
	var err error
	if c.run, err = s.run(ctx); err != nil {
		return nil, err
	}
	if c.asOf, err = s.Today(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

// custom gives the definitions of custom fields, none where there are no fields.
func (c *compiler) custom() (*custom.Set, error) {
	if c.fields == nil && c.s.Fields != nil {
		var err error
		if c.fields, err = c.s.Fields.Definitions(c.ctx); err != nil {
			return nil, err
		}
	}
	if c.fields == nil {
		c.fields = &custom.Set{}
	}
	return c.fields, nil
}

func (c *compiler) catalogue() (*tag.Catalogue, error) {
	if c.tags == nil && c.s.Tags != nil {
		var err error
		if c.tags, err = c.s.Tags.Catalogue(c.ctx); err != nil {
			return nil, err
		}
	}
	if c.tags == nil {
		c.tags = &tag.Catalogue{}
	}
	return c.tags, nil
}

// compile makes the condition of a node.
func (c *compiler) compile(n *Node, path string) (expr, error) {
	switch {
	case n.Not != nil:
		e, err := c.compile(n.Not, path+".not")
		return negate(e), err
	case n.All != nil || n.Any != nil:
		list, name := n.All, ".all["
		if n.Any != nil {
			list, name = n.Any, ".any["
		}
		kids := make([]expr, len(list))
		for i := range list {
			var err error
			if kids[i], err = c.compile(&list[i], path+name+strconv.Itoa(i)+"]"); err != nil {
				return expr{}, err
			}
		}
		if n.Any != nil {
			return anyOf(kids), nil
		}
		return allOf(kids), nil
	}
	if n.Foreign() {
		return c.remembered(n, path)
	}
	f, err := c.listField(n.Field)
	if err != nil {
		return expr{}, atField(path+".field", err)
	}
	if f == nil || f.compile == nil && f.code != audienceField {
		return expr{}, badFilter(path+".field", "list.unknown_field", "field", rule.Shortened(n.Field))
	}
	if err := rule.KnownOp(n.Op, f.ops, path+".op"); err != nil {
		return expr{}, err
	}
	if f.code == audienceField {
		return c.audiences(n, path)
	}
	if n.At != "" && !f.kept() {
		return expr{}, badFilter(path+".at", "rule.no_history")
	}
	if f.group == "figures" && f.typ == "number" && f.scale == 0 && n.Value != nil {
		if err := n.NotNegative(); err != nil {
			return expr{}, at(path+".value", err)
		}
	}
	c.path = path
	if c.past && f.group == "figures" && f.code != SimilarField && f.code != PriceField {
		return c.figureThen(f, n, path)
	}
	e, err := f.compile(c, n)
	if err != nil {
		return expr{}, at(path+".value", err)
	}
	return e, nil
}

// atField puts the place of a condition beside an error about its field.
func atField(path string, err error) error {
	if e := errs.From(err); e.Code == "customer.field_hidden" {
		e.Fields = append(e.Fields, errs.Field{Path: path, Code: e.Code, Params: e.Params})
	}
	return err
}

// at puts an error without fields at the place of a value.
func at(path string, err error) error {
	e := errs.From(err)
	if e.Kind != errs.Invalid || len(e.Fields) > 0 {
		return err
	}
	out := errs.New(errs.Invalid, "invalid")
	out.Fields = []errs.Field{{Path: path, Code: e.Code, Params: e.Params}}
	return out
}

func allOf(kids []expr) expr {
	e := expr{kids: kids, mem: column.All(mems(kids)...)}
	for i := range kids {
		e.c, e.m = e.c || kids[i].c, e.m || kids[i].m
	}
	e.write = joined(kids, " AND ")
	return e
}

func anyOf(kids []expr) expr {
	e := expr{kids: kids, any: true, mem: column.Any(mems(kids)...)}
	drivable := true
	for i := range kids {
		e.c, e.m = e.c || kids[i].c, e.m || kids[i].m
		drivable = drivable && kids[i].drive != nil
	}
	e.write = joined(kids, " OR ")
	if drivable {
		e.drive = unionOf(kids)
	}
	return e
}

func negate(e expr) expr {
	inner := e.write
	return expr{c: e.c, m: e.m, write: notTrue(inner), mem: column.Not(e.mem)}
}

// conjuncts takes "all" apart into its parts.
func conjuncts(list []expr, e expr) []expr {
	if e.kids == nil || e.any {
		return append(list, e)
	}
	for _, k := range e.kids {
		list = conjuncts(list, k)
	}
	return list
}
