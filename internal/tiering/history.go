package tiering

import (
	"cmp"
	"context"
	"slices"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/web"
)

// LevelChange is a run that moved a customer to another level, or graded it
// for the first time beside a run before.
type LevelChange struct {
	RunID      int64
	At         int64 // when the run finished, unix ms
	AsOf       clock.Day
	SchemeName string
	Dimension  string // code
	Move       Move
	LevelName  string
	// PrevLevelName is "" where there was none.
	PrevLevelName string
}

// History reads up to n changes of a customer's level behind (at, run), newest
// first, over the finished runs of all schemes. The row scope is the caller's.
func (s *Service) History(ctx context.Context, customerID, at, run int64, n int, locale string) ([]LevelChange, error) {
	rows, err := s.store.history(ctx, customerID, at, run, n)
	if err != nil {
		return nil, err
	}
	out := make([]LevelChange, 0, len(rows))
	for i := range rows {
		r := &rows[i]
		sch, err := s.schemeByID(ctx, r.scheme)
		if err != nil {
			return nil, err
		}
		now := sch.Localized(locale)
		c := LevelChange{RunID: r.run, At: r.at, AsOf: r.asOf, SchemeName: now.Name, Dimension: now.dimension(), Move: r.move, LevelName: now.LevelName(r.level)}
		if r.prev != nil && r.prevScheme != 0 {
			if sch, err = s.schemeByID(ctx, r.prevScheme); err != nil {
				return nil, err
			}
			c.PrevLevelName = sch.Localized(locale).LevelName(*r.prev)
		}
		out = append(out, c)
	}
	return out, nil
}

// LevelStep is a change of a customer's level.
type LevelStep struct {
	At         int64  `json:"at" doc:"Unix milliseconds"`
	RunID      int64  `json:"run_id"`
	DecisionID int64  `json:"decision_id" doc:"0 where a run moved the customer"`
	Dimension  string `json:"dimension" doc:"Code"`
	By         string `json:"by" enum:"run,panel,hand"`
	From       string `json:"from" doc:"Name of the level; \"\" for none"`
	To         string `json:"to"`
	Reason     string `json:"reason" doc:"Of a panel or by hand"`
	Name       string `json:"name" doc:"Who decided by hand, or for the panel"`
	SchemeName string `json:"scheme_name"`
}

// LevelHistory lists how the level of a customer changed, by runs and by people,
// newest first. Error: tier.no_such_customer.
func (s *Service) LevelHistory(ctx context.Context, customer int64, n int) ([]LevelStep, error) {
	if err := s.Seen(ctx, customer); err != nil {
		return nil, err
	}
	locale := web.Locale(ctx)
	runs, err := s.History(ctx, customer, 1<<53, 1<<53, n, locale)
	if err != nil {
		return nil, err
	}
	items, err := s.store.customerItems(ctx, customer, n)
	if err != nil {
		return nil, err
	}
	out := make([]LevelStep, 0, len(runs)+len(items))
	people := make([]auth.Author, 0, len(items))
	for _, c := range runs {
		// What the run said, before people changed its row.
		for _, it := range items {
			if it.run == c.RunID {
				sch, err := s.LocalScheme(ctx, it.run)
				if err != nil {
					return nil, err
				}
				c.LevelName = sch.LevelName(int64(it.before))
			}
		}
		out = append(out, LevelStep{At: c.At, RunID: c.RunID, Dimension: c.Dimension, By: "run", From: c.PrevLevelName, To: c.LevelName, SchemeName: c.SchemeName})
	}
	for _, it := range items {
		sch, err := s.LocalScheme(ctx, it.run)
		if err != nil {
			return nil, err
		}
		by := "panel"
		if it.kind == DecisionHand {
			by = "hand"
		}
		out = append(out, LevelStep{At: it.at, RunID: it.run, DecisionID: it.decision, Dimension: sch.dimension(), By: by,
			From: sch.LevelName(int64(it.before)), To: sch.LevelName(int64(it.after)), Reason: it.reason, SchemeName: sch.Name})
		people = append(people, auth.By(it.by, &out[len(out)-1].Name))
	}
	if err := s.Names.Sign(ctx, people...); err != nil {
		return nil, err
	}
	sortSteps(out)
	return out[:min(len(out), n)], nil
}

func sortSteps(list []LevelStep) {
	slices.SortStableFunc(list, func(a, b LevelStep) int { return cmp.Compare(b.At, a.At) })
}
