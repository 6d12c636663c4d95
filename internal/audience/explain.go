package audience

import (
	"context"

	"zhike/internal/customer"
	"zhike/internal/platform/errs"
)

// Explain says which conditions of a rule, or of an audience, hold of a
// customer, with the values behind them. Errors: customer.not_found outside of
// the actor's scope, and those of Count.
func (s *Service) Explain(ctx context.Context, in ExplainIn) (out Explained, err error) {
	ctx = told(ctx)
	asOf, err := day(in.AsOf)
	if err != nil {
		return out, err
	}
	if given(in.Rule) && in.AudienceID != 0 {
		return out, errs.New(errs.Invalid, "invalid").WithField("audience_id", "audience.rule_or_audience")
	}
	out.CustomerID = in.CustomerID
	_, err = s.ask(ctx, func(ctx context.Context, _ *Answer) error {
		n, err := s.meant(ctx, in.Rule, in.AudienceID)
		if err != nil {
			return err
		}
		why, asOf, err := s.Customers.Explain(ctx, customer.Who{Rule: n, AsOf: asOf}, in.CustomerID)
		if err != nil {
			return s.everyFault(ctx, n, err)
		}
		names, err := s.Customers.Seen(ctx, []int64{in.CustomerID})
		if err != nil {
			return err
		}
		out.Name, out.AsOf, out.Holds = names[in.CustomerID], asOf, why.Holds
		out.Tree, err = s.reason(ctx, why)
		return err
	})
	return out, err
}

// reason is a part of the answer as the API has it.
func (s *Service) reason(ctx context.Context, y *customer.Why) (r Reason, err error) {
	r = Reason{Path: y.Path, Kind: "condition", Holds: y.Holds, Value: y.Value, Type: y.Type, Text: y.Text, Children: []Reason{}}
	switch n := y.Node; {
	case y.Audience != nil && y.Audience.Static != nil:
		r.Kind, r.Audience = "list", &Ref{y.Audience.ID, y.Audience.Name, Static}
	case y.Audience != nil:
		r.Kind, r.Audience = "audience", &Ref{y.Audience.ID, y.Audience.Name, Dynamic}
	case n.Not != nil:
		r.Kind = "not"
	case n.All != nil:
		r.Kind = "all"
	case n.Any != nil:
		r.Kind = "any"
	default:
		if r.Sentence, err = s.say(ctx, n); err != nil {
			return r, err
		}
	}
	for _, k := range y.Children {
		child, err := s.reason(ctx, k)
		if err != nil {
			return r, err
		}
		r.Children = append(r.Children, child)
	}
	return r, nil
}
