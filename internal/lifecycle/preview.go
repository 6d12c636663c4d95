package lifecycle

import (
	"cmp"
	"context"
	"slices"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/memory"
	"zhike/internal/platform/web"
)

// Preview is what a configuration would make of the open day.
type Preview struct {
	Day    clock.Day     `json:"day" doc:"The open day"`
	Stages []PreviewSize `json:"stages" doc:"In the order of the configuration; behind them those that it no longer has"`
	Links  []FlowLink    `json:"links" doc:"Who would be in another stage than now, the most first"`
	Waits  bool          `json:"waits" doc:"A changed rule has to hold on several days: its customers move only then and are not counted"`
}

// PreviewSize is a stage with its customers now and then.
type PreviewSize struct {
	StageRef
	Now  int64 `json:"now"`
	Then int64 `json:"then"`
}

// Preview works the open day out by a configuration and writes nothing. It counts
// the whole company. Errors: those of Check, lifecycle.not_begun,
// lifecycle.preview_scope for who does not see everybody.
func (s *Service) Preview(ctx context.Context, c Config) (Preview, error) {
	out := Preview{Stages: []PreviewSize{}, Links: []FlowLink{}}
	if !seesAll(ctx) {
		return out, errs.New(errs.Forbidden, "lifecycle.preview_scope")
	}
	c = *c.canonical(web.Locale(ctx))
	if err := s.Check(ctx, c); err != nil {
		return out, err
	}
	// Each reads the states of everybody: one at a time.
	select {
	case s.preview <- struct{}{}:
		defer func() { <-s.preview }()
	case <-ctx.Done():
		return out, ctx.Err()
	}
	now, _, err := s.config(ctx, 0)
	if err != nil {
		return out, err
	}
	h, err := s.store.head(ctx)
	if err != nil {
		return out, err
	}
	if h.day == 0 {
		return out, notBegun()
	}
	type way struct{ from, to string }
	ways := map[way]int64{}
	e := &Engine{s: s, few: engineFew, held: heldDays{}, at: func(string) {}}
	// Stages are those of everybody, whoever asks.
	err = e.try(auth.With(ctx, auth.System("lifecycle")), h, &c, func(before, after string) { ways[way{before, after}]++ })
	if err != nil {
		return out, err
	}
	out.Day, out.Waits = h.day, waits(now, &c)
	sizes := map[string]int{}
	for _, of := range []*Config{&c, now} {
		for i := range of.Stages {
			code := of.Stages[i].Code
			if _, there := sizes[code]; !there {
				sizes[code] = len(out.Stages)
				out.Stages = append(out.Stages, PreviewSize{StageRef: of.ref(code, web.Locale(ctx))})
			}
		}
	}
	for w, n := range ways {
		if i, ok := sizes[w.from]; ok {
			out.Stages[i].Now += n
		}
		if i, ok := sizes[w.to]; ok {
			out.Stages[i].Then += n
		}
		if w.from != w.to {
			out.Links = append(out.Links, FlowLink{w.from, w.to, n})
		}
	}
	slices.SortFunc(out.Links, func(a, b FlowLink) int {
		return cmp.Or(cmp.Compare(b.Customers, a.Customers), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Target, b.Target))
	})
	return out, nil
}

// try works the open day out by a configuration that is not in force: each gets
// the stage a customer has, and the one that would come out; "" for none.
func (e *Engine) try(ctx context.Context, h head, c *Config, each func(before, after string)) error {
	plans, err := e.s.Customers.Planner(ctx)
	if err != nil {
		return err
	}
	a, err := e.compile(plans, c, h.day)
	if err != nil {
		return err
	}
	defer memory.FreeSoon()
	b, err := e.s.store.book(ctx, h.day, c.codes())
	if err != nil {
		return err
	}
	r := &ready{head: h, open: h.day, config: c, machine: NewMachine(c), plans: plans}
	return e.outcomes(ctx, r, a, b, func(_ int64, old row, _ bool, out Outcome) error {
		each(old.Stage, out.Stage)
		return nil
	})
}

// waits says whether a rule that asks for several days differs from those in force.
func waits(before, after *Config) bool {
	known := map[string]bool{}
	for i := range before.Moves {
		known[ruleKey(before.Moves[i].Rule)] = before.Moves[i].HoldDays > 1
	}
	return slices.ContainsFunc(after.Moves, func(m Move) bool { return m.HoldDays > 1 && !known[ruleKey(m.Rule)] })
}
