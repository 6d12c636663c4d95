package tiering

import (
	"context"
	"encoding/json"
	"fmt"

	"zhike/internal/customer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/rule"
)

// People asks rules of audiences whom they mean: *customer.Service.
type People interface {
	Find(ctx context.Context, w customer.Who) (customer.Found, error)
	Check(ctx context.Context, w customer.Who) error
}

// people is the rule of a condition that is one of audiences, nil of others.
func (c *Condition) people() (*rule.Node, error) {
	if c.Who == nil {
		return nil, nil
	}
	raw, err := json.Marshal(c.Who)
	if err != nil {
		return nil, errs.Wrap(err, errs.Invalid, "list.bad_filter")
	}
	return rule.Parse(raw, "who", rule.RuleLimits)
}

// sentences says the rules of audiences in a scheme back, by their place among
// the conditions.
func (s *Service) sentences(ctx context.Context, sch *Scheme, locale string) (map[int]string, error) {
	var out map[int]string
	conds := sch.Conditions()
	for k := range conds {
		if conds[k].Who == nil || s.Say == nil {
			continue
		}
		n, err := conds[k].people()
		if err != nil {
			return nil, err
		}
		if out == nil {
			out = map[int]string{}
		}
		if out[k], err = s.Say(ctx, n, locale); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// plain is a value as JSON reads it, whatever wrote it: a scheme from a YAML file
// and the same from the database are then equal.
func plain(v any) any {
	raw, err := json.Marshal(v)
	if err != nil {
		return v
	}
	var out any
	if json.Unmarshal(raw, &out) != nil {
		return v
	}
	return out
}

// members is a set of customers by their place in Facts.
type members []uint64

func (m members) has(i int) bool { return i>>6 < len(m) && m[i>>6]&(1<<(i&63)) != 0 }

// findPeople asks the conditions that are rules of audiences whom they mean on
// the day of the facts. What a rule cannot know of a past day (attributes, tags,
// custom fields) it takes as it is now.
func (s *Service) findPeople(ctx context.Context, sch *Scheme, f *Facts) error {
	conds := sch.Conditions()
	for k := range conds {
		if conds[k].Off || conds[k].Who == nil {
			continue
		}
		n, err := conds[k].people()
		if err != nil {
			return err
		}
		found, err := s.find(ctx, f, n)
		if err != nil {
			return err
		}
		set := make(members, (f.Len()+63)/64)
		for i, id := range f.CustomerID {
			if found.Members.Has(id) {
				set[i>>6] |= 1 << (i & 63)
			}
		}
		if f.who == nil {
			f.who = map[int]members{}
		}
		f.who[k] = set
	}
	return nil
}

// find gives whom a rule means on the day of the facts.
func (s *Service) find(ctx context.Context, f *Facts, n *rule.Node) (customer.Found, error) {
	if s.People == nil {
		return customer.Found{}, errs.New(errs.Unavailable, "tier.no_people")
	}
	day := clock.Day(f.AsOf)
	return s.People.Find(customer.Patient(ctx), customer.Who{Rule: n, AsOf: &day, Everybody: true})
}

// checkPeople compiles the rules of audiences in a scheme for the actor. Errors
// stand at their place: rules[0].all[1].who….
func (s *Service) checkPeople(ctx context.Context, sch *Scheme) error {
	if s.People == nil {
		return nil
	}
	for i := range sch.Rules {
		r := &sch.Rules[i]
		for name, list := range map[string][]Condition{"all": r.All, "any": r.Any} {
			for k := range list {
				n, err := list[k].people()
				if err != nil || n == nil {
					continue // refused by Validate
				}
				if err := s.People.Check(ctx, customer.Who{Rule: n}); err != nil {
					return within(err, fmt.Sprintf("rules[%d].%s[%d].who", i, name, k))
				}
			}
		}
	}
	return nil
}

// within puts the fields of an error about a rule, "rule…", at the place of the
// rule in a scheme.
func within(err error, place string) error {
	e := errs.From(err)
	if len(e.Fields) == 0 {
		return err
	}
	out := errs.New(errs.Invalid, "tier.scheme_invalid")
	for _, f := range e.Fields {
		path := f.Path
		if len(path) >= len("rule") && path[:len("rule")] == "rule" {
			path = path[len("rule"):]
		}
		out.Fields = append(out.Fields, errs.Field{Path: place + path, Code: f.Code, Params: f.Params})
	}
	return out
}
