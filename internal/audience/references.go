package audience

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"zhike/internal/customer"
	"zhike/internal/rule"
)

// checkRule reads the rule of an audience (0: a new one), compiles it for the
// actor and looks for circles. Errors are those of rule.Parse and of compiling
// at "rule…", and rule.cycle.
func (s *Service) checkRule(ctx context.Context, id int64, raw json.RawMessage) (*rule.Node, error) {
	n, err := rule.Parse(raw, "rule", rule.RuleLimits)
	if err != nil {
		return nil, err
	}
	if n == nil {
		return nil, rule.Bad("rule", "audience.rule_missing")
	}
	if err := s.circle(ctx, id, n); err != nil {
		return nil, err
	}
	return n, s.Customers.Check(ctx, customer.Who{Rule: n})
}

// reference is a place where a rule names an audience.
type reference struct {
	id   int64
	path string
}

// references are all of them, in the order of the rule.
func references(n *rule.Node) (out []reference) {
	for _, m := range n.Mentions("rule") {
		if m.Kind == rule.NamesAudience {
			out = append(out, reference{m.Audience, m.Path})
		}
	}
	return out
}

// circle refuses a rule by which an audience would name itself. Error:
// rule.cycle at the reference, with the names along the way.
func (s *Service) circle(ctx context.Context, id int64, n *rule.Node) error {
	refs := references(n)
	if id == 0 || len(refs) == 0 {
		return nil
	}
	links, err := s.store.links(ctx)
	if err != nil {
		return err
	}
	names := map[int64][]int64{}
	for _, l := range links {
		names[l.by] = append(names[l.by], l.used)
	}
	for _, r := range refs {
		way := wayTo(names, r.id, id, map[int64]bool{})
		if way == nil {
			continue
		}
		var text []string
		for _, step := range append([]int64{id}, way...) {
			a, err := s.store.get(ctx, step)
			if err != nil {
				return err
			}
			if a != nil {
				text = append(text, a.name)
			}
		}
		return rule.Bad(r.path, "rule.cycle", "path", strings.Join(text, " → "))
	}
	return nil
}

// wayTo gives the audiences from one to another along what they name, both
// included; nil where there is no way.
func wayTo(names map[int64][]int64, from, to int64, seen map[int64]bool) []int64 {
	if from == to {
		return []int64{to}
	}
	if seen[from] {
		return nil
	}
	seen[from] = true
	for _, next := range names[from] {
		if way := wayTo(names, next, to, seen); way != nil {
			return append([]int64{from}, way...)
		}
	}
	return nil
}

// used are the audiences that a rule names, each once.
func used(n *rule.Node) []int64 {
	ids := []int64{}
	for _, r := range references(n) {
		ids = append(ids, r.id)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
