package audience

import (
	"context"
	"errors"
	"math"
	"time"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
	"zhike/internal/rule"
)

// ask runs a question about customers within askTime and notes how it was
// answered. Errors: forbidden without customer.view, audience.too_slow.
func (s *Service) ask(ctx context.Context, fn func(ctx context.Context, a *Answer) error) (a Answer, err error) {
	if err := auth.Require(ctx, customer.PermView); err != nil {
		return a, err
	}
	limit := s.limit
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	began := s.Clock.Now()
	a.FreshAt = clock.Millis(began)
	err = fn(limited, &a)
	if err != nil && ctx.Err() == nil && errors.Is(limited.Err(), context.DeadlineExceeded) {
		return a, errs.Wrap(err, errs.Unavailable, "audience.too_slow", "seconds", int(limit/time.Second))
	}
	a.TookMillis = s.Clock.Now().Sub(began).Milliseconds()
	return a, err
}

// of notes how a question was answered.
func (a *Answer) of(f customer.Found) {
	a.AsOf = f.AsOf
	if a.Engine != "sql" {
		a.Engine = f.Engine
	}
}

// day reads an as-of day; "" is none.
func day(text string) (*clock.Day, error) {
	if text == "" {
		return nil, nil
	}
	d, err := clock.ParseDay(text)
	if err != nil {
		return nil, rule.Bad("as_of", "customer.bad_day")
	}
	return &d, nil
}

// members is the condition of belonging to an audience.
func members(id int64) *rule.Node {
	return rule.Condition(customer.AudienceField, "any", []int64{id})
}

// meant gives the rule of a question: one that was sent, of an audience that is
// being edited where it is named, or that of an audience.
func (s *Service) meant(ctx context.Context, sent []byte, id int64) (*rule.Node, error) {
	if given(sent) {
		n, err := rule.Parse(sent, "rule", rule.RuleLimits)
		if err != nil {
			return nil, err
		}
		return n, s.circle(ctx, id, n)
	}
	if id == 0 {
		return nil, nil
	}
	r, n, err := s.open(ctx, id)
	if err != nil || r.kind == Dynamic {
		return n, err
	}
	return members(id), nil
}

// Count says how many a rule means within the actor's scope. Errors: those of
// the rule at "rule…", rule.future_day, audience.too_slow.
func (s *Service) Count(ctx context.Context, in CountIn) (out Count, err error) {
	asOf, err := day(in.AsOf)
	if err != nil {
		return out, err
	}
	out.Examples = []Example{}
	var n *rule.Node
	out.Answer, err = s.ask(ctx, func(ctx context.Context, a *Answer) error {
		if n, err = s.meant(ctx, in.Rule, in.AudienceID); err != nil {
			return err
		}
		ids, total, f, err := s.Customers.After(ctx, customer.Who{Rule: n, AsOf: asOf}, 0, min(in.Examples, maxExamples))
		if err != nil {
			return s.everyFault(ctx, n, err)
		}
		a.of(f)
		out.Count = total
		if out.Total, err = s.Customers.InScope(ctx); err != nil {
			return err
		}
		// What is counted anew must not be more than a total from a moment ago.
		out.Total = max(out.Total, out.Count)
		out.Examples, err = s.examples(ctx, ids)
		return err
	})
	if err != nil {
		return out, err
	}
	if out.Sentence, err = s.say(ctx, n); err != nil {
		return out, err
	}
	out.Problems, err = s.warnings(ctx, n)
	return out, err
}

func (s *Service) examples(ctx context.Context, ids []int64) ([]Example, error) {
	cards, err := s.Customers.Cards(ctx, ids)
	out := make([]Example, len(cards))
	for i := range cards {
		c := &cards[i]
		out[i] = Example{ID: c.ID, Name: c.Name, Phone: c.Phone}
		if c.Level != nil {
			out[i].Level = &c.Level.Name
		}
	}
	return out, err
}

// first gives a part of an answer: how many, and the first of them.
func (s *Service) first(ctx context.Context, m *column.Matches) (p Part, err error) {
	ids := make([]int64, 0, maxExamples)
	m.After(0, func(id int64) bool {
		ids = append(ids, id)
		return len(ids) < maxExamples
	})
	p.Count = m.Count()
	p.Examples, err = s.examples(ctx, ids)
	return p, err
}

// Impact says who would enter and leave an audience by a rule that is not
// saved. Errors: those of Count, audience.not_found, audience.rule_of_list.
func (s *Service) Impact(ctx context.Context, id int64, in ImpactIn) (out Impact, err error) {
	r, before, err := s.open(ctx, id)
	if err != nil {
		return out, err
	}
	if r.kind == Static {
		return out, rule.Bad("rule", "audience.rule_of_list")
	}
	n, err := s.checkRule(ctx, id, in.Rule)
	if err != nil {
		return out, err
	}
	out.Answer, err = s.ask(ctx, func(ctx context.Context, a *Answer) error {
		now, err := s.Customers.Find(ctx, customer.Who{Rule: before})
		if err != nil {
			return err
		}
		then, err := s.Customers.Find(ctx, customer.Who{Rule: n})
		if err != nil {
			return err
		}
		a.of(now)
		a.of(then)
		if out.Entering, err = s.first(ctx, then.Members.Less(now.Members)); err != nil {
			return err
		}
		if out.Leaving, err = s.first(ctx, now.Members.Less(then.Members)); err != nil {
			return err
		}
		out.Staying, err = s.first(ctx, now.Members.And(then.Members))
		return err
	})
	return out, err
}

// Members gives a page of members within the actor's scope, by id. Errors:
// those of Count, web.bad_cursor.
func (s *Service) Members(ctx context.Context, id int64, asOf, cursor string, limit int) (out Members, err error) {
	var after int64
	if err := web.DecodeCursor(cursor, &after); err != nil {
		return out, err
	}
	return s.page(ctx, CountIn{AudienceID: id, AsOf: asOf}, after, limit)
}

// page gives the members above an id.
func (s *Service) page(ctx context.Context, in CountIn, after int64, limit int) (out Members, err error) {
	asOf, err := day(in.AsOf)
	if err != nil {
		return out, err
	}
	n, err := s.meant(ctx, in.Rule, in.AudienceID)
	if err != nil {
		return out, err
	}
	out.Items = []Member{}
	out.Answer, err = s.ask(ctx, func(ctx context.Context, a *Answer) error {
		ids, total, f, err := s.Customers.After(ctx, customer.Who{Rule: n, AsOf: asOf}, after, limit+1)
		if err != nil {
			return s.everyFault(ctx, n, err)
		}
		a.of(f)
		out.Total = total
		if len(ids) > limit {
			ids = ids[:limit]
			next := web.EncodeCursor(ids[limit-1])
			out.NextCursor = &next
		}
		names, err := s.Customers.Seen(ctx, ids)
		for _, id := range ids {
			if name, ok := names[id]; ok { // not deleted meanwhile
				out.Items = append(out.Items, Member{id, name})
			}
		}
		return err
	})
	return out, err
}

// dumpStep is how many members one question of a dump gives.
const dumpStep = 10_000

// Dump calls fn with up to limit members above an id, in pieces; 0 is all of
// them. That it was done stands in the audit log before the first piece is out.
func (s *Service) Dump(ctx context.Context, in CountIn, after int64, limit int, fn func(Members) error) error {
	if limit <= 0 {
		limit = math.MaxInt
	}
	for first := true; limit > 0; first = false {
		p, err := s.page(ctx, in, after, min(limit, dumpStep))
		if err != nil {
			return err
		}
		if first {
			of := map[string]any{"members": min(p.Total, int64(limit))}
			if n, err := rule.Parse(in.Rule, "rule", rule.RuleLimits); err == nil && given(in.Rule) {
				of["fields"] = n.Names() // who was asked for; values may name people
			}
			if err := s.record(ctx, "dump", in.AudienceID, nil, of); err != nil {
				return err
			}
		}
		if err := fn(p); err != nil || p.NextCursor == nil {
			return err
		}
		limit -= dumpStep
		if err := web.DecodeCursor(*p.NextCursor, &after); err != nil {
			return err
		}
	}
	return nil
}

// Patience bounds questions by another time than askTime: a command has nobody
// who waits behind it.
func (s *Service) Patience(d time.Duration) { s.limit = d }

// Membership says whether a customer belongs. Errors: those of Count,
// customer.not_found.
func (s *Service) Membership(ctx context.Context, id, customerID int64, asOfText string) (out Membership, err error) {
	asOf, err := day(asOfText)
	if err != nil {
		return out, err
	}
	n, err := s.meant(ctx, nil, id)
	if err != nil {
		return out, err
	}
	_, err = s.ask(ctx, func(ctx context.Context, _ *Answer) error {
		if err := s.Customers.Visible(ctx, customerID); err != nil {
			return err
		}
		holds, problems, err := s.Customers.Holds(ctx, customerID, []customer.Who{{Rule: n, AsOf: asOf, Everybody: true}})
		if err == nil {
			err = problems[0]
		}
		if err != nil {
			return err
		}
		out = Membership{AudienceID: id, CustomerID: customerID, Member: holds[0]}
		out.AsOf, err = s.asOf(ctx, asOf)
		return err
	})
	return out, err
}

func (s *Service) asOf(ctx context.Context, d *clock.Day) (clock.Day, error) {
	if d != nil {
		return *d, nil
	}
	return s.Customers.Today(ctx)
}

// maxOfCustomer is how many audiences one customer is held against.
const maxOfCustomer = 200

// OfCustomer gives the audiences in use that a customer belongs to, by name.
// Error: customer.not_found outside of the actor's scope.
func (s *Service) OfCustomer(ctx context.Context, id int64) (out OfCustomer, err error) {
	out = OfCustomer{CustomerID: id, Items: []Ref{}, Unknown: []Ref{}}
	_, err = s.ask(ctx, func(ctx context.Context, _ *Answer) error {
		if err := s.Customers.Visible(ctx, id); err != nil {
			return err
		}
		if out.AsOf, err = s.Customers.Today(ctx); err != nil {
			return err
		}
		rules, err := s.rulesInUse(ctx)
		if err != nil {
			return err
		}
		out.Asked = len(rules.refs)
		holds, problems, err := s.Customers.Holds(ctx, id, rules.list)
		if err != nil {
			return err
		}
		for i, ref := range rules.refs {
			switch {
			case rules.unread[i] || problems[i] != nil:
				out.Unknown = append(out.Unknown, ref)
			case holds[i]:
				out.Items = append(out.Items, ref)
			}
		}
		return nil
	})
	return out, err
}
