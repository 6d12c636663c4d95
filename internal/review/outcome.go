package review

import (
	"cmp"
	"context"
	"slices"

	"zhike/internal/tiering"

	"zhike/internal/platform/errs"
)

// maxReasons bounds the reasons that a report names.
const maxReasons = 10

// Outcome counts what a panel decided, nil where none did.
func (s *Service) Outcome(ctx context.Context, decision int64) (*tiering.ReviewOutcome, error) {
	r, err := s.store.review(ctx, decision)
	if errs.Is(err, "tier.no_such_decision") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	b, err := s.board(ctx, r)
	if err != nil {
		return nil, err
	}
	out := &tiering.ReviewOutcome{StateCounts: b.counts(), Moves: r.Moves, Members: len(r.Panel.Members), Reasons: []tiering.ReasonCount{}}
	votes, err := s.store.votes(ctx, decision)
	if err != nil {
		return nil, err
	}
	for _, list := range votes {
		out.Votes += int64(len(list))
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	argued := map[int32]bool{}
	for _, a := range b.acts {
		if a.kind == actDispute {
			for _, p := range a.places {
				argued[p] = true
			}
		}
	}
	out.EverArgued = int64(len(argued))
	reasons := map[string]int64{}
	for p := range b.state {
		if b.last[p] < 0 {
			continue
		}
		a := &b.acts[b.last[p]]
		switch a.how {
		case "vote":
			out.ByVote++
		case "deadline":
			out.ByDeadline++
		}
		if b.state[p] == stateOverruled && a.reason != "" {
			reasons[a.reason]++
		}
	}
	for text, n := range reasons {
		out.Reasons = append(out.Reasons, tiering.ReasonCount{Reason: text, Customers: n})
	}
	slices.SortFunc(out.Reasons, func(a, b tiering.ReasonCount) int {
		return cmp.Or(cmp.Compare(b.Customers, a.Customers), cmp.Compare(a.Reason, b.Reason))
	})
	if len(out.Reasons) > maxReasons {
		for _, x := range out.Reasons[maxReasons:] {
			out.MoreReason += x.Customers
		}
		out.Reasons = out.Reasons[:maxReasons]
	}
	return out, nil
}
