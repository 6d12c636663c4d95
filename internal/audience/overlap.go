package audience

import (
	"cmp"
	"context"
	"encoding/json"
	"math/bits"
	"slices"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/rule"
)

// several reads two to five different ids. Errors at "ids": audience.ids,
// rule.unknown_audience.
func (s *Service) several(ctx context.Context, ids []int64) ([]Ref, error) {
	sorted := slices.Compact(slices.Sorted(slices.Values(ids)))
	if len(ids) < 2 || len(ids) > maxOverlap || len(sorted) != len(ids) {
		return nil, rule.Bad("ids", "audience.ids", "max", maxOverlap)
	}
	out := make([]Ref, len(ids))
	for i, id := range ids {
		r, err := s.store.get(ctx, id)
		if err != nil {
			return nil, err
		}
		if r == nil {
			return nil, rule.Bad("ids", "rule.unknown_audience")
		}
		out[i] = Ref{r.id, r.name, r.kind}
	}
	return out, nil
}

// Overlap gives the sizes of all intersections of two to five audiences,
// within the actor's scope.
func (s *Service) Overlap(ctx context.Context, ids []int64) (out Overlap, err error) {
	refs, err := s.several(ctx, ids)
	if err != nil {
		return out, err
	}
	out.Answer, err = s.ask(ctx, func(ctx context.Context, a *Answer) error {
		sets := make([]*column.Matches, len(ids))
		either := column.NewMatches()
		for i, id := range ids {
			f, err := s.Customers.Find(ctx, customer.Who{Rule: members(id)})
			if err != nil {
				return err
			}
			a.of(f)
			sets[i], either = f.Members, either.Or(f.Members)
			out.Sets = append(out.Sets, OverlapSet{refs[i], f.Members.Count()})
		}
		out.Total = either.Count()
		out.Cells = cells(ids, sets)
		return nil
	})
	return out, err
}

// cells are all intersections, the largest first.
func cells(ids []int64, sets []*column.Matches) []OverlapCell {
	n := 1 << len(sets)
	together := make([]int64, n)
	at := make([]*column.Matches, n)
	for mask := 1; mask < n; mask++ {
		low := bits.TrailingZeros(uint(mask))
		if at[mask] = sets[low]; mask&(mask-1) != 0 {
			at[mask] = at[mask&(mask-1)].And(sets[low])
		}
		together[mask] = at[mask].Count()
	}
	var out []OverlapCell
	for mask := 1; mask < n; mask++ {
		c := OverlapCell{Together: together[mask]}
		for i, id := range ids {
			if mask&(1<<i) != 0 {
				c.IDs = append(c.IDs, id)
			}
		}
		// Exactly these: with every greater intersection added or taken off.
		for more := mask; more < n; more = (more + 1) | mask {
			if bits.OnesCount(uint(more^mask))%2 == 0 {
				c.Exactly += together[more]
			} else {
				c.Exactly -= together[more]
			}
		}
		out = append(out, c)
	}
	slices.SortStableFunc(out, func(a, b OverlapCell) int { return cmp.Compare(b.Exactly, a.Exactly) })
	return out
}

// combined is the rule of a union, an intersection or a difference.
func combined(op string, ids []int64) *rule.Node {
	switch op {
	case "union":
		return rule.Condition(customer.AudienceField, "any", ids)
	case "intersection":
		return rule.Condition(customer.AudienceField, "all", ids)
	}
	return &rule.Node{All: []rule.Node{*members(ids[0]), *rule.Condition(customer.AudienceField, "none", ids[1:])}}
}

// Combine makes an audience of others: a rule that names them, or a list of
// those who belong now, within the actor's scope.
func (s *Service) Combine(ctx context.Context, in CombineIn) (Full, error) {
	if err := auth.Require(ctx, PermEdit); err != nil {
		return Full{}, err
	}
	if _, err := s.several(ctx, in.IDs); err != nil {
		return Full{}, err
	}
	n := combined(in.Op, in.IDs)
	made := In{Name: in.Name, Description: in.Description, Kind: in.As}
	if in.As == Dynamic {
		made.Rule = encode(n)
		return s.create(ctx, made, "", nil)
	}
	var ids []int64
	_, err := s.ask(ctx, func(ctx context.Context, _ *Answer) error {
		f, err := s.Customers.Find(ctx, customer.Who{Rule: n})
		if err != nil {
			return err
		}
		if count := f.Members.Count(); count > maxListed {
			return errs.New(errs.TooLarge, "audience.list_too_long", "max", maxListed)
		}
		f.Members.After(0, func(id int64) bool { ids = append(ids, id); return true })
		return nil
	})
	if err != nil {
		return Full{}, err
	}
	return s.create(ctx, made, "", func(ctx context.Context, id int64) error {
		_, _, err := s.enterIn(ctx, id, ids, true)
		return err
	})
}

// encode is a rule as JSON.
func encode(n *rule.Node) json.RawMessage {
	text, err := json.Marshal(n)
	if err != nil {
		panic("audience: " + err.Error()) // a tree of texts and numbers
	}
	return text
}
