package audience

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"zhike/internal/customer"
)

// shownWords is how many words of a part are shown; what is rarer among the
// members is "other".
const shownWords = 12

var profileParts = []string{
	customer.ByLevel, customer.ByKind, customer.ByRegion, customer.ByCategory, customer.BySpend, customer.ByChannel, customer.ByGender, customer.ByAge,
}

// Profile compares the members of an audience with all customers, within the
// actor's scope and without what the actor's role hides.
// i18n-keys: audience.profile.*, audience.channel.*, audience.spend.*, audience.age.*, customer.kind.*, customer.gender.*
func (s *Service) Profile(ctx context.Context, id int64, asOfText string) (out Profile, err error) {
	asOf, err := day(asOfText)
	if err != nil {
		return out, err
	}
	n, err := s.meant(ctx, nil, id)
	if err != nil {
		return out, err
	}
	out.Parts = []ProfilePart{}
	out.Answer, err = s.ask(ctx, func(ctx context.Context, a *Answer) error {
		inside, f, err := s.Customers.Breakdowns(ctx, customer.Who{Rule: n, AsOf: asOf}, profileParts)
		if err != nil {
			return err
		}
		a.of(f)
		all, f, err := s.Customers.Breakdowns(ctx, customer.Who{AsOf: asOf}, profileParts)
		if err != nil {
			return err
		}
		a.of(f)
		for i := range inside {
			out.Count, out.Total = inside[i].All, max(all[i].All, inside[i].All)
			out.Parts = append(out.Parts, s.part(ctx, &inside[i], &all[i]))
		}
		return nil
	})
	return out, err
}

// part lays members and all customers beside each other.
func (s *Service) part(ctx context.Context, in, all *customer.Breakdown) ProfilePart {
	p := ProfilePart{Code: in.Code, Label: s.t(ctx, "audience.profile."+in.Code, nil), Multiple: in.Code == customer.ByChannel, Buckets: []Bucket{}}
	keys := s.keys(ctx, in, all)
	add := func(key, label string, n, total int64) {
		if total == 0 && n == 0 {
			return
		}
		b := Bucket{Key: key, Label: label, Count: n, Share: share(n, in.All), TotalCount: total, TotalShare: share(total, all.All)}
		b.From, b.To = stretch(in.Code, key)
		p.Buckets = append(p.Buckets, b)
	}
	var shown, shownAll int64
	for _, k := range keys {
		add(k.Code, k.Label, in.Counts[k.Code], all.Counts[k.Code])
		shown, shownAll = shown+in.Counts[k.Code], shownAll+all.Counts[k.Code]
	}
	if !p.Multiple {
		// Words are many; a customer has one at most.
		add("other", s.t(ctx, "audience.profile.other", nil), in.All-in.None-shown, all.All-all.None-shownAll)
	}
	add("none", s.t(ctx, "audience.profile.none."+in.Code, nil), in.None, all.None)
	return p
}

func share(n, of int64) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// keys are the buckets of a part with their names: by rank, by size, or the
// words that most members have.
func (s *Service) keys(ctx context.Context, in, all *customer.Breakdown) (out []Choice) {
	named := func(prefix string, codes ...string) []Choice {
		for _, c := range codes {
			out = append(out, Choice{c, s.t(ctx, prefix+c, nil)})
		}
		return out
	}
	switch in.Code {
	case customer.ByLevel:
		for _, l := range all.Levels {
			out = append(out, Choice{l.Code, l.Name})
		}
		return out
	case customer.ByKind:
		return named("customer.kind.", "person", "company", "org")
	case customer.ByGender:
		return named("customer.gender.", "male", "female")
	case customer.ByChannel:
		for _, c := range []string{"phone", "email", "wecom", "app"} {
			if _, shown := all.Counts[c]; shown {
				named("audience.channel.", c)
			}
		}
		return out
	case customer.BySpend:
		return s.stretches(ctx, "audience.spend", customer.SpendBounds, 100)
	case customer.ByAge:
		return s.stretches(ctx, "audience.age", customer.AgeBounds, 1)
	}
	for word := range all.Counts {
		out = append(out, Choice{word, word})
	}
	slices.SortFunc(out, func(a, b Choice) int {
		return cmp.Or(cmp.Compare(in.Counts[b.Code], in.Counts[a.Code]), cmp.Compare(all.Counts[b.Code], all.Counts[a.Code]), cmp.Compare(a.Code, b.Code))
	})
	return out[:min(len(out), shownWords)]
}

// stretch gives the ends of a bucket of numbers, both included; nil is open.
func stretch(part, key string) (from, to *int64) {
	bounds := map[string][]int64{customer.BySpend: customer.SpendBounds, customer.ByAge: customer.AgeBounds}[part]
	i, err := strconv.Atoi(key)
	if err != nil || i < 0 || i > len(bounds) || len(bounds) == 0 {
		return nil, nil
	}
	if i > 0 {
		first := bounds[i-1]
		from = &first
	}
	if i < len(bounds) {
		last := bounds[i] - 1
		to = &last
	}
	return from, to
}

// stretches names those of numbers: "under 18", "18–24", "60 and over"; unit is
// what the bounds are divided by.
func (s *Service) stretches(ctx context.Context, key string, bounds []int64, unit int64) (out []Choice) {
	for i := 0; i <= len(bounds); i++ {
		params, which := map[string]any{}, ".between"
		switch {
		case i == 0:
			which = ".under"
			params["to"] = bounds[0] / unit
		case i == len(bounds):
			which = ".over"
			params["from"] = bounds[i-1] / unit
		default:
			params["from"], params["to"] = bounds[i-1]/unit, bounds[i]/unit
			if unit == 1 {
				params["to"] = bounds[i] - 1
			}
		}
		out = append(out, Choice{strconv.Itoa(i), s.t(ctx, key+which, params)})
	}
	return out
}
