package tiering

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"zhike/internal/customer"
	"zhike/internal/document"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/events"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/web"
)

// site is the real server, jobs and events around the service.
type site struct {
	t        *testing.T
	s        *Service
	url      string
	finished chan RunFinished
}

func permissions(list ...auth.Permission) map[auth.Permission]bool {
	m := map[auth.Permission]bool{}
	for _, p := range list {
		m[p] = true
	}
	return m
}

var people = map[string]*auth.Actor{
	"boss":   {StaffID: 1, Name: "老板", Scope: auth.ScopeAll, Permissions: permissions(append(slices.Clone(Permissions), customer.PermView)...)},
	"viewer": {StaffID: 2, Name: "看客", Scope: auth.ScopeAll, Permissions: permissions(PermView, PermReport, customer.PermView)},
	"seller": {StaffID: 3, Name: "销售", Scope: auth.ScopeOwn, Permissions: permissions(append(slices.Clone(Permissions), customer.PermView)...)},
	"nobody": {StaffID: 4, Name: "无", Scope: auth.ScopeAll},
}

func newSite(t *testing.T, d *db.DB) *site {
	t.Helper()
	clk := clock.System{}
	quiet := slog.New(slog.DiscardHandler)
	reg := jobs.NewRegistry()
	c, err := jobs.New(d, clk, quiet, reg, jobs.Options{Poll: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	bus := events.New(d, clk, quiet, c)
	st := &site{t: t, finished: make(chan RunFinished, 10)}
	st.s = NewService(Deps{
		DB: d, Vault: testVault(t, d), Clock: clk, Zone: clock.In(shanghai), Jobs: c, Events: bus, Audit: audit.New(d, clk),
		Company: func(context.Context) string { return "示例公司" },
		Names: func(context.Context, []int64) (map[int64]string, error) {
			return map[int64]string{1: people["boss"].Name}, nil
		},
		Find: func(context.Context, string) ([]int64, error) { return []int64{1, 9, 77}, nil },
	})
	st.s.RegisterJobs(reg)
	events.Subscribe(bus, "test", func(_ context.Context, e events.Delivery[RunFinished]) error {
		st.finished <- e.Event
		return nil
	})
	ctx := auth.With(context.Background(), auth.System("test"))
	if err := st.s.EnsureShipped(ctx); err != nil {
		t.Fatal(err)
	}
	if err := c.Start(ctx); err != nil {
		t.Fatal(err)
	}
	api := web.New(web.Options{
		Texts: i18n.Default(), Match: i18n.Match,
		Authenticate: func(_ context.Context, r *http.Request) (*auth.Actor, error) {
			return people[r.Header.Get("X-Who")], nil
		},
	})
	st.s.Routes(api)
	srv := httptest.NewServer(api)
	st.url = srv.URL + "/api/v1"
	t.Cleanup(func() {
		srv.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := c.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return st
}

// call sends a request, checks the status and decodes the answer into out.
func (s *site) call(who, method, path, body string, want int, out any) http.Header {
	s.t.Helper()
	req, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("X-Who", who)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if res.StatusCode != want {
		s.t.Fatalf("%s %s as %s: %d, want %d: %s", method, path, who, res.StatusCode, want, errs.Clip(string(b)))
	}
	switch o := out.(type) {
	case nil:
	case *[]byte:
		*o = b
	default:
		if err := json.Unmarshal(b, out); err != nil {
			s.t.Fatalf("%s %s: %v in %s", method, path, err, errs.Clip(string(b)))
		}
	}
	return res.Header
}

func TestOverHTTP(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		smallCompany().store(t, d)
		s := newSite(t, d)
		var schemes web.List[SchemeView]
		s.call("viewer", "GET", "/tiering/schemes", "", 200, &schemes)
		if len(schemes.Items) != len(Shipped()) {
			t.Fatalf("schemes %+v", schemes)
		}
		var runs [2]RunView
		for i, day := range []string{"2024-01-31", "2024-02-29"} {
			s.call("boss", "POST", "/tiering/runs", `{"scheme": "value-rules", "as_of": "`+day+`"}`, 202, &runs[i])
			select {
			case e := <-s.finished:
				if e.RunID != runs[i].ID || e.SchemeCode != "value-rules" || e.AsOf != day {
					t.Errorf("event %+v", e)
				}
			case <-time.After(30 * time.Second):
				t.Fatal("the run did not finish")
			}
		}
		run := "/tiering/runs/2"
		var detail RunDetail
		s.call("boss", "GET", run, "", 200, &detail)
		if detail.Status != StatusFinished || detail.Summary == nil || detail.Moves == nil || detail.JobID == nil || detail.CreatedBy != 1 {
			t.Errorf("run %+v", detail.RunView)
		}
		var page web.Page[RunView]
		s.call("viewer", "GET", "/tiering/runs?limit=1&scheme=value-rules", "", 200, &page)
		if len(page.Items) != 1 || page.Items[0].ID != 2 || page.NextCursor == nil {
			t.Errorf("runs %+v", page)
		}
		s.call("viewer", "GET", "/tiering/runs?limit=1&cursor="+*page.NextCursor, "", 200, &page)
		if len(page.Items) != 1 || page.Items[0].ID != 1 {
			t.Errorf("second page %+v", page)
		}
		var members web.Page[Member]
		s.call("viewer", "GET", run+"/customers?move=up", "", 200, &members)
		if len(members.Items) != 1 || members.Items[0].CustomerID != 1 || *members.Total != 1 {
			t.Errorf("moved up: %+v", members)
		}
		s.call("viewer", "GET", "/tiering/runs/0/customers?q=x", "", 200, &members)
		if len(members.Items) != 2 {
			t.Errorf("found by name: %+v", members)
		}
		var why Explanation
		s.call("viewer", "GET", run+"/customers/1", "", 200, &why)
		if why.Level != "high" || why.Text == "" || why.CustomerID != 1 || why.Name == "" || why.Name != s.nameOf(1) {
			t.Errorf("why: %+v", why)
		}
		s.call("viewer", "GET", "/tiering/runs/1/customers/1", "", 200, &why)
		if why.RunID != 1 || why.Level == "high" {
			t.Errorf("why in the first run: %+v", why)
		}
		s.call("viewer", "GET", "/tiering/runs/1/customers", "", 200, &members)
		if len(members.Items) != 11 {
			t.Errorf("%d in the first run", len(members.Items))
		}
		s.authorsAndStates()
		s.otherLanguage()
		s.refusals()
		s.reports(run)
		s.schemes()
		s.audited()
	})
}

// refusals are what bad input and missing rights get.
func (s *site) refusals() {
	for _, tt := range []struct {
		who, method, path, body string
		status                  int
		code                    string
	}{
		{"nobody", "GET", "/tiering/schemes", "", 403, "forbidden"},
		{"", "GET", "/tiering/runs", "", 401, "unauthenticated"},
		{"viewer", "POST", "/tiering/runs", `{"scheme": "rfm"}`, 403, "forbidden"},
		{"viewer", "POST", "/tiering/schemes", `{"from": "rfm", "code": "x-y", "name": "x"}`, 403, "forbidden"},
		{"viewer", "GET", "/tiering/runs/2/report.xlsx", "", 403, "forbidden"},
		{"seller", "GET", "/tiering/runs/2/report", "", 403, "tier.report_scope"},
		{"seller", "GET", "/tiering/runs/2/report.html", "", 403, "tier.report_scope"},
		{"seller", "GET", "/tiering/runs/2/customers/1", "", 404, "tier.not_graded"},
		{"boss", "GET", "/tiering/runs/99", "", 404, "tier.no_such_run"},
		{"boss", "GET", "/tiering/runs/2/customers/99", "", 404, "tier.not_graded"},
		{"boss", "GET", "/tiering/runs/2/customers?level=gold", "", 422, "invalid"},
		{"boss", "GET", "/tiering/runs/2/customers?move=sideways", "", 422, "invalid"},
		{"boss", "GET", "/tiering/runs/2/customers?cursor=AAAA", "", 422, "invalid"},
		{"boss", "GET", "/tiering/runs/2/customers?cursor=Wy01XQ", "", 422, "invalid"}, // [-5]
		{"boss", "POST", "/tiering/runs/2/cancel", "", 409, "tier.run_over"},
		{"boss", "POST", "/tiering/runs", `{"scheme": "rfm", "as_of": "2999-01-01"}`, 422, "tier.as_of_future"},
		{"boss", "POST", "/tiering/runs", `{"scheme": "none"}`, 404, "tier.no_such_scheme"},
		{"boss", "GET", "/tiering/schemes/none", "", 404, "tier.no_such_scheme"},
		{"boss", "GET", "/tiering/schemes/rfm/versions/9", "", 404, "tier.no_such_scheme"},
		{"boss", "PUT", "/tiering/default-scheme", `{"scheme": "none"}`, 404, "tier.no_such_scheme"},
	} {
		var p struct {
			Code string `json:"code"`
		}
		s.call(tt.who, tt.method, tt.path, tt.body, tt.status, &p)
		if p.Code != tt.code {
			s.t.Errorf("%s %s as %s: %s, want %s", tt.method, tt.path, tt.who, p.Code, tt.code)
		}
	}
	var p struct {
		Errors []struct{ Path, Code string } `json:"errors"`
	}
	s.call("boss", "POST", "/tiering/runs", `{"scheme": "rfm", "as_of": "tomorrow"}`, 422, &p)
	if len(p.Errors) != 1 || p.Errors[0].Path != "as_of" || p.Errors[0].Code != "web.date" {
		s.t.Errorf("what is no day: %+v", p.Errors)
	}
}

func (s *site) reports(run string) {
	var r Report
	s.call("viewer", "GET", run+"/report", "", 200, &r)
	if r.Company != "示例公司" || r.Summary == nil || len(r.KeyCustomers) == 0 {
		s.t.Errorf("report %+v", r)
	}
	var b []byte
	h := s.call("boss", "GET", run+"/report.xlsx", "", 200, &b)
	if !bytes.HasPrefix(b, []byte("PK")) || !strings.Contains(h.Get("Content-Disposition"), `filename="tiering-report-2.xlsx"`) {
		s.t.Errorf("workbook of %d bytes, %v", len(b), h)
	}
	h = s.call("boss", "GET", run+"/report.html", "", 200, &b)
	if !bytes.Contains(b, []byte("客户1")) || !strings.HasPrefix(h.Get("Content-Type"), "text/html") {
		s.t.Errorf("page of %d bytes, %v", len(b), h)
	}
	// It opens as a page, with its styles, and runs nothing.
	if !strings.HasPrefix(h.Get("Content-Disposition"), "inline") || !strings.HasPrefix(h.Get("Content-Security-Policy"), document.PageCSP) {
		s.t.Errorf("the page is not one to print: %v", h)
	}
}

func (s *site) schemes() {
	var v SchemeView
	s.call("boss", "POST", "/tiering/schemes", `{"from": "rfm", "code": "rfm-two", "name": "第二套"}`, 201, &v)
	body, _ := json.Marshal(map[string]any{"scheme": v.Scheme, "base_version": 1})
	s.call("boss", "PUT", "/tiering/schemes/rfm-two", strings.Replace(string(body), `"bins":5`, `"bins":3`, 1), 200, &v)
	if v.Version != 2 || v.Scheme.RFM.Bins != 3 {
		s.t.Errorf("saved %+v", v)
	}
	s.call("boss", "PUT", "/tiering/schemes/rfm-two", string(body), 409, nil)
	s.call("boss", "PUT", "/tiering/schemes/rfm", string(body), 422, nil)
	s.call("boss", "PUT", "/tiering/schemes/rfm-two", strings.Replace(string(body), `"bins":5`, `"bins":99`, 1), 422, nil)
	var diff web.List[Change]
	s.call("viewer", "GET", "/tiering/schemes/rfm-two/compare?from=1&to=2", "", 200, &diff)
	if len(diff.Items) != 1 || diff.Items[0].Path != "rfm.bins" {
		s.t.Errorf("compare %+v", diff)
	}
	var yaml []byte
	s.call("viewer", "GET", "/tiering/schemes/rfm-two/export?version=1", "", 200, &yaml)
	req, err := http.NewRequest("POST", s.url+"/tiering/schemes/import", bytes.NewReader(yaml))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("X-Who", "boss")
	req.Header.Set("Content-Type", "application/yaml")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&v); err != nil || res.StatusCode != 200 || v.Version != 3 || v.Scheme.RFM.Bins != 5 {
		s.t.Errorf("import: %d %+v %v", res.StatusCode, v, err)
	}
	var p Preview
	s.call("viewer", "POST", "/tiering/preview", `{"as_of": "2024-02-29", "scheme": `+asJSON(s.t, v.Scheme)+`}`, 200, &p)
	if p.Customers != 12 || len(p.Levels) != 9 || p.Moves != nil {
		s.t.Errorf("preview %+v", p)
	}
	s.call("boss", "PUT", "/tiering/default-scheme", `{"scheme": "rfm-two"}`, 204, nil)
	// What was published stays in force until a run of the other scheme is.
	s.call("boss", "GET", "/tiering/runs/0", "", 200, nil)
	var m web.List[MetricInfo]
	s.call("viewer", "GET", "/tiering/metrics", "", 200, &m)
	if len(m.Items) != len(Metrics) || m.Items[0].Name != "消费金额" {
		s.t.Errorf("metrics %+v", m)
	}
}

// audited: every write and export is in the log, and its chain holds.
func (s *site) audited() {
	ctx := auth.With(context.Background(), auth.System("test"))
	rows, err := s.s.DB.Q(ctx).QueryContext(ctx, `SELECT action, COUNT(*) FROM audit_log GROUP BY action ORDER BY action`)
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	got := map[string]int{}
	for rows.Next() {
		var action string
		var n int
		if err := rows.Scan(&action, &n); err != nil {
			s.t.Fatal(err)
		}
		got[action] = n
	}
	for action, n := range map[string]int{
		"tier.run_start": 2, "report.export": 2, "tier.scheme_create": 2, "tier.scheme_update": 3, "tier.dimension_update": 1,
	} {
		if got[action] != n {
			s.t.Errorf("%d entries of %s, want %d", got[action], action, n)
		}
	}
	v, err := audit.New(s.s.DB, clock.System{}).Verify(ctx, nil)
	if err != nil || !v.OK {
		s.t.Errorf("chain %+v, %v", v, err)
	}
}
