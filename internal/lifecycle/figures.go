package lifecycle

import (
	"context"
	"slices"
	"time"

	"zhike/internal/customer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

// StageCount is how many customers a stage has.
type StageCount struct {
	StageRef
	Customers int64 `json:"customers"`
}

// Overview is the lifecycle now.
type Overview struct {
	Day         string       `json:"day" doc:"The open day; empty before the lifecycle has begun"`
	Begun       string       `json:"begun" doc:"The first day that there is a history of"`
	EvaluatedAt int64        `json:"evaluated_at" doc:"Stages are right as of then, unix ms; 0: not yet"`
	Version     int64        `json:"version" doc:"Of the configuration in force"`
	Problem     string       `json:"problem" doc:"What keeps rules from being evaluated, in words; empty: nothing"`
	ProblemAt   string       `json:"problem_at" doc:"Its place in the configuration"`
	Stages      []StageCount `json:"stages" doc:"Of customers within the reader's scope"`
	None        int64        `json:"none" doc:"Customers within the reader's scope who are not in the lifecycle"`
}

// Overview tells how many customers each stage has, of those whom the actor
// sees, and how fresh that is. Error: customer.field_hidden.
func (s *Service) Overview(ctx context.Context) (Overview, error) {
	o := Overview{Stages: []StageCount{}}
	c, row, err := s.config(ctx, 0)
	if err != nil {
		return o, err
	}
	h, err := s.store.head(ctx)
	if err != nil {
		return o, err
	}
	o.EvaluatedAt, o.Version, o.ProblemAt = max(h.evaluatedAt, s.fresh()), row.version, h.at
	if h.day != 0 {
		o.Day, o.Begun = h.day.String(), h.begun.String()
	}
	if h.problem != "" {
		o.Problem = s.Texts.T(web.Locale(ctx), "errors."+h.problem, nil)
	}
	counts, err := s.counts(ctx)
	if err != nil {
		return o, err
	}
	for _, code := range c.order(counts) {
		o.Stages = append(o.Stages, StageCount{c.ref(code, web.Locale(ctx)), counts[code]})
	}
	all, err := s.Customers.InScope(ctx)
	for _, n := range counts {
		all -= n
	}
	o.None = max(0, all)
	return o, err
}

// order are the codes of the stages in force, and behind them those of others
// that there are figures of.
func (c *Config) order(counts map[string]int64) []string {
	var out, old []string
	for i := range c.Stages {
		out = append(out, c.Stages[i].Code)
	}
	for code, n := range counts {
		if n != 0 && c.stage(code) < 0 {
			old = append(old, code)
		}
	}
	slices.Sort(old)
	return append(out, old...)
}

// counts are the customers of each stage, of those whom the actor sees: from the
// columns in memory where they can tell.
func (s *Service) counts(ctx context.Context) (map[string]int64, error) {
	if err := customer.Shows(ctx, customer.LifecycleField); err != nil {
		return nil, err
	}
	if counts, ok, err := s.Customers.LifecycleCounts(ctx); err != nil || ok {
		return counts, err
	}
	if seesAll(ctx) {
		return s.store.counts(ctx)
	}
	scope, err := s.scope(ctx)
	if err != nil {
		return nil, err
	}
	return s.store.countsOf(ctx, scope)
}

// TrendPoint is a stage at the end of a day, or of the last day of a week.
type TrendPoint struct {
	Day    clock.Day     `json:"day"`
	Stages []TrendFigure `json:"stages"`
}

// TrendFigure is how many customers a stage had, came to it and left it since
// the point before.
type TrendFigure struct {
	Code      string `json:"code"`
	Customers int64  `json:"customers"`
	Entered   int64  `json:"entered"`
	Left      int64  `json:"left"`
}

// Trend is the numbers of stages over time.
type Trend struct {
	Stages []StageRef   `json:"stages"`
	Points []TrendPoint `json:"points"`
}

// maxTrend bounds the days of a trend.
const maxTrend = 1100

// Trend gives the customers of each stage at the end of days, or of weeks, which
// end on Sundays; the open day is the last. Who sees everybody gets what was
// written when each day was over; others get it worked back for the customers
// whom they see now. Errors: lifecycle.bad_days, customer.field_hidden.
func (s *Service) Trend(ctx context.Context, from, to clock.Day, weekly bool) (Trend, error) {
	t := Trend{Stages: []StageRef{}, Points: []TrendPoint{}}
	c, _, err := s.config(ctx, 0)
	if err != nil {
		return t, err
	}
	h, err := s.store.head(ctx)
	if err != nil || h.day == 0 {
		return t, err
	}
	from, to = max(from, h.begun), min(to, h.day)
	if from > to || to-from > maxTrend {
		return t, errs.New(errs.Invalid, "invalid").WithField("from", "lifecycle.bad_days", "max", maxTrend)
	}
	days, err := s.days(ctx, from, to, h.day)
	if err != nil {
		return t, err
	}
	seen := map[string]int64{}
	sums := map[string]TrendFigure{}
	for d := from; d <= to; d++ {
		for code, f := range days[d] {
			seen[code]++
			sum := sums[code]
			sums[code] = TrendFigure{code, f.Customers, sum.Entered + f.Entered, sum.Left + f.Left}
		}
		if weekly && d != to && weekday(d) != time.Sunday {
			continue
		}
		p := TrendPoint{Day: d, Stages: []TrendFigure{}}
		for _, code := range c.order(seen) {
			f := sums[code]
			f.Code, f.Customers = code, days[d][code].Customers
			p.Stages = append(p.Stages, f)
		}
		t.Points = append(t.Points, p)
		clear(sums)
	}
	for _, code := range c.order(seen) {
		t.Stages = append(t.Stages, c.ref(code, web.Locale(ctx)))
	}
	return t, nil
}

// weekday is that of a day; 1970-01-01 was a Thursday.
func weekday(d clock.Day) time.Weekday { return time.Weekday(((int(d)+4)%7 + 7) % 7) }

// figuresOf are the figures of a day by stage.
type figuresOf map[string]TrendFigure

// days gives the figures of days.
func (s *Service) days(ctx context.Context, from, to, open clock.Day) (map[clock.Day]figuresOf, error) {
	counts, err := s.counts(ctx)
	if err != nil {
		return nil, err
	}
	out := map[clock.Day]figuresOf{}
	if seesAll(ctx) {
		if out, err = s.store.daysOf(ctx, from, min(to, open-1)); err != nil || to < open {
			return out, err
		}
	}
	// What is not written down is worked back from the present.
	first := from
	if seesAll(ctx) {
		first = open
	}
	moves := map[clock.Day]figuresOf{}
	err = s.walk(ctx, first-1, func(p *past) {
		if moves[p.day] == nil {
			moves[p.day] = figuresOf{}
		}
		in := moves[p.day][p.stage]
		in.Entered++
		moves[p.day][p.stage] = in
		if p.before.Stage != "" {
			out := moves[p.day][p.before.Stage]
			out.Left++
			moves[p.day][p.before.Stage] = out
		}
	})
	if err != nil {
		return nil, err
	}
	for d := open; d >= first; d-- {
		f := figuresOf{}
		for code, n := range counts {
			f[code] = TrendFigure{Code: code, Customers: n}
		}
		for code, m := range moves[d] {
			f[code] = TrendFigure{code, counts[code], m.Entered, m.Left}
			counts[code] += m.Left - m.Entered
		}
		if d <= to {
			out[d] = f
		}
	}
	return out, nil
}

// walk calls fn with what happened behind a day to customers who are still there
// and whom the actor sees, in the order of days.
func (s *Service) walk(ctx context.Context, behind clock.Day, fn func(p *past)) error {
	scope, err := s.scope(ctx)
	if err != nil {
		return err
	}
	return s.store.walk(ctx, behind, func(p *past) {
		if scope == nil || scope.Has(p.customer) {
			fn(p)
		}
	})
}

// Flow is who came from which stage to which between the ends of two days, for a
// diagram of streams.
type Flow struct {
	From   clock.Day  `json:"from"`
	To     clock.Day  `json:"to"`
	Stages []StageRef `json:"stages"`
	Links  []FlowLink `json:"links"`
}

// FlowLink is how many customers were in one stage and are in another, or in the
// same.
type FlowLink struct {
	Source    string `json:"source" doc:"Code of the stage on the first day; empty: came in between"`
	Target    string `json:"target" doc:"Code of the stage on the last day"`
	Customers int64  `json:"customers"`
}

// Flow gives the streams between the ends of two days, of customers who are still
// there and whom the actor sees. Errors: lifecycle.bad_days, customer.field_hidden.
func (s *Service) Flow(ctx context.Context, from, to clock.Day) (Flow, error) {
	out := Flow{From: from, To: to, Stages: []StageRef{}, Links: []FlowLink{}}
	c, _, err := s.config(ctx, 0)
	if err != nil {
		return out, err
	}
	h, err := s.store.head(ctx)
	if err != nil || h.day == 0 {
		return out, err
	}
	// The day before the first one has nobody: whoever is there came in between.
	from, to = max(from, h.begun-1), min(to, h.day)
	if from >= to || to-from > maxTrend {
		return out, errs.New(errs.Invalid, "invalid").WithField("from", "lifecycle.bad_days", "max", maxTrend)
	}
	out.From, out.To = from, to
	counts, err := s.counts(ctx)
	if err != nil {
		return out, err
	}
	type way struct{ from, to string }
	ways := map[int64]way{}
	err = s.walk(ctx, from, func(p *past) {
		if p.day > to { // back to the end of the last day
			counts[p.stage]--
			if p.before.Stage != "" {
				counts[p.before.Stage]++
			}
			return
		}
		w, ok := ways[p.customer]
		if !ok {
			w.from = p.before.Stage
		}
		w.to = p.stage
		ways[p.customer] = w
	})
	if err != nil {
		return out, err
	}
	links := map[way]int64{}
	for _, w := range ways {
		links[w]++
		counts[w.to]--
	}
	for code, n := range counts { // who did not move
		links[way{code, code}] += n
	}
	seen := map[string]int64{}
	for w, n := range links {
		if n > 0 {
			seen[w.from]++
			seen[w.to]++
			out.Links = append(out.Links, FlowLink{w.from, w.to, n})
		}
	}
	delete(seen, "")
	order := c.order(seen)
	at := func(code string) int { return slices.Index(order, code) }
	slices.SortFunc(out.Links, func(a, b FlowLink) int {
		if d := at(a.Source) - at(b.Source); d != 0 {
			return d
		}
		return at(a.Target) - at(b.Target)
	})
	for _, code := range order {
		out.Stages = append(out.Stages, c.ref(code, web.Locale(ctx)))
	}
	return out, nil
}
