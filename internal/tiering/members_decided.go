package tiering

import (
	"cmp"
	"context"
	"math"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

// Which levels a list of customers of a run goes by.
const (
	LevelsDecided  = "decided"  // as people left them; those of the run where nobody decided otherwise
	LevelsProposed = "proposed" // as the run found them
)

// decidedList pages through a list of a run as people left it, by falling spend:
// what the run stored without those about whom somebody decided, merged with these
// by what they are now. The cursor is the place in what is stored with spend and id
// of the last of the others.
func (s *Service) decidedList(ctx context.Context, actor *auth.Actor, run int64, k listKey, cursor string, n int) ([]assignment, string, error) {
	pos, spend, id := 0, int64(math.MaxInt64), int64(0)
	if err := web.DecodeCursor(cursor, &pos, &spend, &id); err != nil {
		return nil, "", err
	}
	if pos < 0 {
		return nil, "", errs.New(errs.Invalid, "invalid").WithField("cursor", "web.bad_cursor")
	}
	others, err := s.store.decidedAssignments(ctx, actor, run, k, spend, id, n+1)
	if err != nil {
		return nil, "", err
	}
	var out []assignment
	// take moves those of the others to the page who come before a customer, nil for
	// the end of the list.
	take := func(before *assignment) {
		for len(others) > 0 && len(out) < n && (before == nil || bySpend(&others[0], before) < 0) {
			out = append(out, others[0])
			spend, id, others = others[0].SpendFen, others[0].CustomerID, others[1:]
		}
	}
	for {
		ids, err := s.store.listPart(ctx, run, k, pos/packedIDs)
		if err != nil {
			return nil, "", err
		}
		if pos%packedIDs >= len(ids) {
			break
		}
		ids = ids[pos%packedIDs:]
		ids = ids[:min(len(ids), max(200, n))]
		rows, err := s.store.assignmentsOf(ctx, actor, run, ids)
		if err != nil {
			return nil, "", err
		}
		decided, err := s.store.decidedAmong(ctx, run, ids)
		if err != nil {
			return nil, "", err
		}
		for _, of := range ids {
			if len(rows) > 0 && rows[0].CustomerID == of {
				a := rows[0]
				if !decided[of] && (k.level == listAll || a.Level == int(k.level)) {
					if take(&a); len(out) == n {
						return out, web.EncodeCursor(pos, spend, id), nil
					}
					out = append(out, a)
				}
				rows = rows[1:]
			}
			pos++
		}
	}
	if take(nil); len(others) > 0 {
		return out, web.EncodeCursor(pos, spend, id), nil
	}
	return out, "", nil
}

func bySpend(a, b *assignment) int {
	return cmp.Or(cmp.Compare(b.SpendFen, a.SpendFen), cmp.Compare(a.CustomerID, b.CustomerID))
}

// byProposal says whether a list is shown as the run stored it. Who fell from the
// best level, who is long silent and who is gone is what the run found: people
// decide about levels.
func (r *finishedRun) byProposal(k listKey, levels string) bool {
	return levels == LevelsProposed || k.move > int16(MoveChanged) || k == listKey{listAll, listAll}
}

// proposed is what the run found for a customer of a list, in the numbers of its
// scheme; -1 where it did not grade the customer.
func proposed(a *assignment, k listKey, levels string) int {
	switch {
	case len(a.items) > 0:
		return a.items[0].before
	case levels == LevelsProposed && k.level >= 0:
		return int(k.level)
	}
	return a.Level
}
