package quality

import (
	"context"
	"net/http"

	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

// RuleCount is a rule with how many records break it.
type RuleCount struct {
	Code    string `json:"code"`
	Class   Class  `json:"class" enum:"format,missing,outdated,impossible,contradictory"`
	Takes   int    `json:"takes" doc:"What it takes from 100"`
	On      bool   `json:"on"`
	Records int64  `json:"records" doc:"Records that break it now"`
}

// GroupScore is a department or a source on the last day.
type GroupScore struct {
	ID      int64   `json:"id" doc:"0 = none"`
	Name    string  `json:"name"`
	Records int64   `json:"records"`
	Score   float64 `json:"score" doc:"Mean, 0 to 100"`
}

// DayScore is the whole base on a day.
type DayScore struct {
	Day     clock.Day `json:"day"`
	Records int64     `json:"records"`
	Score   float64   `json:"score" doc:"Mean, 0 to 100"`
}

// Summary says how good the base is.
type Summary struct {
	Day         *clock.Day   `json:"day" doc:"Of the last look at everything; null before any"`
	Records     int64        `json:"records"`
	Score       *float64     `json:"score" doc:"Mean, 0 to 100"`
	Rules       []RuleCount  `json:"rules"`
	Departments []GroupScore `json:"departments"`
	Sources     []GroupScore `json:"sources"`
	Trend       []DayScore   `json:"trend" doc:"The last 90 days that were looked at"`
}

// Verdict is what the rules say about one record.
type Verdict struct {
	Score     *int64   `json:"score" doc:"0 to 100; null before the first look"`
	Issues    []string `json:"issues" doc:"Codes of broken rules"`
	CheckedAt *int64   `json:"checked_at"`
}

// trendDays is how far the trend goes back.
const trendDays = 90

// Overview sums the whole base up.
func (s *Service) Overview(ctx context.Context) (Summary, error) {
	v := Summary{Rules: []RuleCount{}, Departments: []GroupScore{}, Sources: []GroupScore{}, Trend: []DayScore{}}
	counts, err := s.store.counts(ctx)
	if err != nil {
		return v, err
	}
	off, err := s.off(ctx)
	if err != nil {
		return v, err
	}
	for _, r := range Rules {
		v.Rules = append(v.Rules, RuleCount{Code: r.Code, Class: r.Class, Takes: r.Takes, On: off>>r.Bit&1 == 0, Records: counts[r.Bit]})
	}
	newest, err := s.store.newest(ctx)
	if err != nil {
		return v, err
	}
	sources, err := s.store.sources(ctx)
	if err != nil {
		return v, err
	}
	departments, err := s.store.departments(ctx)
	if err != nil {
		return v, err
	}
	for _, d := range newest {
		g := GroupScore{ID: d.GroupID, Records: d.Records, Score: d.mean()}
		switch d.Grouping {
		case "all":
			score := d.mean()
			v.Day, v.Records, v.Score = &d.Day, d.Records, &score
		case "department":
			g.Name = departments[d.GroupID]
			v.Departments = append(v.Departments, g)
		case "source":
			g.Name = sources[d.GroupID]
			v.Sources = append(v.Sources, g)
		}
	}
	trend, err := s.store.trend(ctx, s.today()-trendDays)
	for _, d := range trend {
		v.Trend = append(v.Trend, DayScore{d.Day, d.Records, d.mean()})
	}
	return v, err
}

func (d *dayRow) mean() float64 {
	if d.Records == 0 {
		return 0
	}
	return float64(d.ScoreSum) / float64(d.Records)
}

// List gives a page of the records that break a rule, of those the actor may
// see. Errors: quality.no_rule, customer.field_hidden for a rule about what is
// hidden from the actor.
func (s *Service) List(ctx context.Context, code string, limit int, cursor string) (web.Page[customer.Item], error) {
	var none web.Page[customer.Item]
	rule := ByCode(code)
	if rule == nil {
		return none, errs.New(errs.NotFound, "quality.no_rule", "rule", code)
	}
	if err := customer.Shows(ctx, rule.Fields()...); err != nil {
		return none, err
	}
	after := int64(0)
	if cursor != "" {
		if err := web.DecodeCursor(cursor, &after); err != nil {
			return none, err
		}
	}
	var ids []int64
	next := ""
	// Whoever sees few customers gets shorter pages, never a scan of the list.
	for range 10 {
		some, err := s.store.listed(ctx, rule.Bit, after, 200)
		if err != nil {
			return none, err
		}
		seen, err := s.Customers.Seen(ctx, some)
		if err != nil {
			return none, err
		}
		next = ""
		for _, id := range some {
			if _, ok := seen[id]; ok && len(ids) < limit {
				ids = append(ids, id)
			} else if ok {
				next = web.EncodeCursor(ids[len(ids)-1])
				break
			}
			after = id
		}
		if next != "" || len(some) < 200 {
			break
		}
		next = web.EncodeCursor(after)
	}
	items := make([]customer.Item, 0, len(ids))
	for _, id := range ids {
		item, err := s.Customers.Card(ctx, id)
		if errs.Is(err, "customer.not_found") {
			continue
		}
		if err != nil {
			return none, err
		}
		items = append(items, item)
	}
	return web.NewPage(items, next, nil), nil
}

// Of says what the rules found about one customer.
func (s *Service) Of(ctx context.Context, id int64) (Verdict, error) {
	v := Verdict{Issues: []string{}}
	seen, err := s.Customers.Seen(ctx, []int64{id})
	if err != nil {
		return v, err
	}
	if _, ok := seen[id]; !ok {
		return v, errs.New(errs.NotFound, "customer.not_found", "id", id)
	}
	issues, score, at, ok, err := s.store.of(ctx, id)
	if err != nil || !ok {
		return v, err
	}
	v.Score, v.CheckedAt = &score, &at
	for _, r := range Rules {
		if issues>>r.Bit&1 == 1 && !auth.Hides(ctx, r.Fields()...) {
			v.Issues = append(v.Issues, r.Code)
		}
	}
	return v, nil
}

type noInput struct{}

type ruleInput struct {
	Code string `path:"code" maxLength:"64"`
	Body struct {
		On bool `json:"on"`
	}
}

type listInput struct {
	Code   string `path:"code" maxLength:"64"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
	Cursor string `query:"cursor" maxLength:"2048"`
}

type oneInput struct {
	ID int64 `path:"id" minimum:"1"`
}

// Routes puts the routes of quality into the table.
func (s *Service) Routes(api *web.API) {
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/quality", ID: "qualitySummary", Tag: "quality",
		Summary: "Score of the base, by rule, department and source, and its trend", Permission: PermView},
		func(ctx context.Context, _ *noInput) (Summary, error) { return s.Overview(ctx) })
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/quality/scan", ID: "scanQuality", Tag: "quality", Status: http.StatusAccepted,
		Summary: "Look at every record now, in the background", Permission: PermManage},
		func(ctx context.Context, _ *noInput) (Started, error) { return s.StartScan(ctx) })
	web.Register(api, web.Route{Method: http.MethodPut, Path: "/quality/rules/{code}", ID: "switchQualityRule", Tag: "quality", Status: http.StatusAccepted,
		Summary: "Switch a rule on or off", Permission: PermManage},
		func(ctx context.Context, in *ruleInput) (Started, error) { return s.Switch(ctx, in.Code, in.Body.On) })
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/quality/rules/{code}/customers", ID: "listQualityIssues", Tag: "quality",
		Summary: "Records that break a rule", Permission: PermView},
		func(ctx context.Context, in *listInput) (web.Page[customer.Item], error) {
			return s.List(ctx, in.Code, in.Limit, in.Cursor)
		})
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/customers/{id}/quality", ID: "customerQuality", Tag: "quality",
		Summary: "What the rules say about one customer", Permission: PermView},
		func(ctx context.Context, in *oneInput) (Verdict, error) { return s.Of(ctx, in.ID) })
}
