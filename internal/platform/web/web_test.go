package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/web"
)

type thing struct {
	ID   int64   `json:"id"`
	Name string  `json:"name"`
	Note *string `json:"note"`
}

type thingInput struct {
	Name  string `json:"name" minLength:"2" maxLength:"10"`
	Size  int    `json:"size,omitempty" minimum:"1" maximum:"5"`
	Color string `json:"color,omitempty" enum:"red,blue"`
}

var actors = map[string]*auth.Actor{
	"full": {StaffID: 1, Name: "full", Permissions: map[auth.Permission]bool{"thing.view": true, "thing.edit": true}, Scope: auth.ScopeAll},
	"none": {StaffID: 2, Name: "none", Scope: auth.ScopeOwn},
	"must": {StaffID: 3, Name: "must", MustChangePass: true, Permissions: map[auth.Permission]bool{"thing.view": true}},
}

func testOptions() web.Options {
	return web.Options{
		Texts: i18n.Default(), Match: i18n.Match,
		Authenticate: func(_ context.Context, r *http.Request) (*auth.Actor, error) {
			return actors[r.Header.Get("X-Test-Actor")], nil
		},
	}
}

func newAPI(t testing.TB, change ...func(*web.Options)) *web.API {
	t.Helper()
	o := testOptions()
	for _, f := range change {
		f(&o)
	}
	api := web.New(o)
	type one struct {
		ID int64 `path:"id" minimum:"1"`
	}
	web.Register(api, web.Route{Method: "GET", Path: "/things/{id}", ID: "getThing", Tag: "things", Permission: "thing.view"},
		func(_ context.Context, in *one) (thing, error) {
			switch in.ID {
			case 404:
				return thing{}, errs.New(errs.NotFound, "not_found")
			case 500:
				return thing{}, errs.Wrap(errors.New("disk 13800138000 broke"), errs.Internal, "db.migration_failed", "secret", "x")
			case 429:
				return thing{}, errs.New(errs.RateLimited, "rate_limited", web.RetryAfter, 7)
			case 666:
				panic("boom")
			}
			return thing{ID: in.ID, Name: "知客"}, nil
		})
	type list struct {
		web.ListQuery
		Q string `query:"q"`
	}
	web.Register(api, web.Route{Method: "GET", Path: "/things", ID: "listThings", Tag: "things", Permission: "thing.view"},
		func(_ context.Context, in *list) (web.Page[thing], error) {
			var a int64
			if err := web.DecodeCursor(in.Cursor, &a); err != nil {
				return web.Page[thing]{}, err
			}
			items := make([]thing, in.Limit)
			return web.NewPage(items, web.EncodeCursor(a+int64(in.Limit)), nil), nil
		})
	type create struct{ Body thingInput }
	web.Register(api, web.Route{Method: "POST", Path: "/things", ID: "createThing", Tag: "things", Permission: "thing.edit", Status: 201},
		func(_ context.Context, in *create) (thing, error) { return thing{ID: 1, Name: in.Body.Name}, nil })
	web.Register(api, web.Route{Method: "DELETE", Path: "/things/{id}", ID: "deleteThing", Tag: "things", Permission: "thing.edit"},
		func(context.Context, *one) (struct{}, error) { return struct{}{}, nil })
	web.Register(api, web.Route{Method: "GET", Path: "/open", ID: "open", Permission: auth.Public},
		func(ctx context.Context, _ *struct{}) (thing, error) { return thing{Name: web.ClientIP(ctx)}, nil })
	web.Register(api, web.Route{Method: "GET", Path: "/password", ID: "password", Permission: auth.SignedIn, AllowMustChange: true},
		func(context.Context, *struct{}) (struct{}, error) { return struct{}{}, nil })
	web.Register(api, web.Route{Method: "GET", Path: "/slow", ID: "slow", Permission: auth.Public, Timeout: 20 * time.Millisecond},
		func(ctx context.Context, _ *struct{}) (struct{}, error) { <-ctx.Done(); return struct{}{}, ctx.Err() })
	web.RegisterRaw(api, web.Route{Method: "POST", Path: "/files", ID: "upload", Permission: "thing.edit", MaxBody: 100, Consumes: "text/csv"},
		func(w http.ResponseWriter, r *http.Request) error {
			b, err := io.ReadAll(r.Body)
			if err != nil {
				return err
			}
			_, err = w.Write(b)
			return err
		})
	web.RegisterDownload(api, web.Route{Method: "GET", Path: "/export", ID: "export", Permission: "thing.view", Produces: "text/csv"},
		func(_ context.Context, in *list, w http.ResponseWriter) error {
			switch in.Q {
			case "early":
				return errs.New(errs.Conflict, "conflict")
			case "late":
				_, _ = w.Write([]byte("a,b\n"))
				return errors.New("late")
			}
			w.Header().Set("Content-Type", "text/csv")
			_, err := w.Write([]byte("a,b\n"))
			return err
		})
	web.RegisterStream(api, web.Route{Method: "GET", Path: "/events", ID: "events", Permission: "thing.view"},
		func(_ context.Context, r *http.Request, send func(string, any) error) error {
			if r.URL.Query().Get("bad") != "" {
				return errs.New(errs.NotFound, "not_found")
			}
			if err := send("tick", map[string]int{"n": 1}); err != nil {
				return err
			}
			return errs.New(errs.Conflict, "conflict")
		})
	return api
}

func call(t testing.TB, h http.Handler, actor, method, target, body string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if body == "" {
		r.Body = http.NoBody
	} else {
		r.Header.Set("Content-Type", "application/json")
	}
	if actor != "" {
		r.Header.Set("X-Test-Actor", actor)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func problemOf(t testing.TB, w *httptest.ResponseRecorder) web.Problem {
	t.Helper()
	if ct := w.Header().Get("Content-Type"); ct != "application/problem+json" {
		t.Fatalf("status %d, content type %q, body %s", w.Code, ct, w.Body)
	}
	var p web.Problem
	d := json.NewDecoder(bytes.NewReader(w.Body.Bytes()))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		t.Fatal(err)
	}
	if p.Status != w.Code || p.RequestID == "" || p.RequestID != w.Header().Get("X-Request-Id") || p.Title == "" || p.Detail == "" {
		t.Fatalf("incomplete problem %s", w.Body)
	}
	return p
}

func TestOrderOfChecks(t *testing.T) {
	api := newAPI(t)
	for name, c := range map[string]struct {
		actor, method, path, body string
		status                    int
		code                      string
	}{
		"no session":               {"", "POST", "/things", "{", 401, "unauthenticated"},
		"no permission, bad body":  {"none", "POST", "/things", "{", 403, "forbidden"},
		"no permission, bad path":  {"none", "GET", "/things/x", "", 403, "forbidden"},
		"no permission, large":     {"none", "POST", "/things", strings.Repeat("x", 2<<20), 403, "forbidden"},
		"must change":              {"must", "GET", "/things/1", "", 403, "org.must_change_password"},
		"must change, allowed":     {"must", "GET", "/password", "", 204, ""},
		"allowed":                  {"full", "GET", "/things/1", "", 200, ""},
		"created":                  {"full", "POST", "/things", `{"name":"ab"}`, 201, ""},
		"deleted":                  {"full", "DELETE", "/things/1", "", 204, ""},
		"bad path":                 {"full", "GET", "/things/x", "", 422, "invalid"},
		"small path":               {"full", "GET", "/things/0", "", 422, "invalid"},
		"bad json":                 {"full", "POST", "/things", "{", 400, "web.bad_json"},
		"no body":                  {"full", "POST", "/things", "", 400, "web.no_body"},
		"NUL in body":              {"full", "POST", "/things", `{"name":"a\u0000b"}`, 422, "web.bad_text"},
		"backslash is no NUL":      {"full", "POST", "/things", `{"name":"a\\u0000"}`, 201, ""},
		"NUL in query":             {"full", "GET", "/things?q=%00", "", 422, "web.bad_text"},
		"no UTF-8 in query":        {"full", "GET", "/things?q=%ff", "", 422, "web.bad_text"},
		"unknown query":            {"full", "GET", "/things?nope=1", "", 422, "invalid"},
		"bad cursor":               {"full", "GET", "/things?cursor=zz", "", 422, "invalid"},
		"too large":                {"full", "POST", "/things", strings.Repeat(" ", 2<<20), 413, "web.body_too_large"},
		"too large raw":            {"full", "POST", "/files", strings.Repeat("x", 101), 413, "web.body_too_large"},
		"raw":                      {"full", "POST", "/files", "a,b", 200, ""},
		"no route":                 {"full", "GET", "/nope", "", 404, "web.no_route"},
		"no method":                {"full", "PATCH", "/things", "", 405, "web.method_not_allowed"},
		"not found":                {"full", "GET", "/things/404", "", 404, "not_found"},
		"panic":                    {"full", "GET", "/things/666", "", 500, "internal"},
		"internal shows no code":   {"full", "GET", "/things/500", "", 500, "internal"},
		"rate limited":             {"full", "GET", "/things/429", "", 429, "rate_limited"},
		"time limit":               {"", "GET", "/slow", "", 503, "web.timeout"},
		"download":                 {"full", "GET", "/export", "", 200, ""},
		"download, early error":    {"full", "GET", "/export?q=early", "", 409, "conflict"},
		"download, bad query":      {"full", "GET", "/export?limit=0", "", 422, "invalid"},
		"stream, error before all": {"full", "GET", "/events?bad=1", "", 404, "not_found"},
	} {
		t.Run(name, func(t *testing.T) {
			w := call(t, api, c.actor, c.method, web.Prefix+c.path, c.body)
			if w.Code != c.status {
				t.Fatalf("status %d, want %d: %s", w.Code, c.status, w.Body)
			}
			if c.code != "" {
				if p := problemOf(t, w); p.Code != c.code {
					t.Fatalf("code %q, want %q: %s", p.Code, c.code, w.Body)
				}
			}
		})
	}
}

func TestProblemLanguagesAndFields(t *testing.T) {
	api := newAPI(t)
	body := `{"name":"a","size":9,"color":"green","extra":1}`
	get := func(lang string) (map[string]string, web.Problem) {
		p := problemOf(t, call(t, api, "full", "POST", web.Prefix+"/things", body, "Accept-Language", lang))
		m := map[string]string{}
		for _, f := range p.Errors {
			m[f.Path+" "+f.Code] = f.Message
		}
		return m, p
	}
	en, p := get("en-GB,en;q=0.9")
	want := map[string]string{
		"name web.min_length":     "At least 2 characters",
		"size web.maximum":        "Not more than 5",
		"color web.one_of":        "One of: red, blue",
		"extra web.unknown_field": "There is no such field",
	}
	if d := cmp.Diff(want, en); d != "" {
		t.Error(d)
	}
	if p.Title != "Invalid input" {
		t.Errorf("title %q", p.Title)
	}
	zh, p := get("zh-CN")
	want = map[string]string{
		"name web.min_length":     "至少 2 个字符",
		"size web.maximum":        "不能大于 5",
		"color web.one_of":        "可选值：red, blue",
		"extra web.unknown_field": "没有这一项",
	}
	if d := cmp.Diff(want, zh); d != "" {
		t.Error(d)
	}
	if p.Title != "内容有误" || p.Type != "about:blank" {
		t.Errorf("title %q type %q", p.Title, p.Type)
	}
	// A missing field is named itself, not its object.
	p = problemOf(t, call(t, api, "full", "POST", web.Prefix+"/things", `{}`))
	if len(p.Errors) != 1 || p.Errors[0].Path != "name" || p.Errors[0].Code != "web.required" {
		t.Errorf("%+v", p.Errors)
	}
}

func TestInternalErrorsTellNothing(t *testing.T) {
	var log bytes.Buffer
	api := newAPI(t, func(o *web.Options) { o.Log = slog.New(slog.NewJSONHandler(&log, nil)) })
	w := call(t, api, "full", "GET", web.Prefix+"/things/500", "")
	p := problemOf(t, w)
	if p.Code != "internal" || len(p.Params) != 0 || strings.Contains(w.Body.String(), "disk") {
		t.Fatalf("%s", w.Body)
	}
	if !strings.Contains(log.String(), "disk") {
		t.Fatalf("the cause is not in the log: %s", log.String())
	}
}

func TestRetryAfter(t *testing.T) {
	w := call(t, newAPI(t), "full", "GET", web.Prefix+"/things/429", "")
	if got := w.Header().Get("Retry-After"); got != "7" {
		t.Fatalf("Retry-After %q", got)
	}
}

func TestAccessLogHasNoQueryValues(t *testing.T) {
	var log bytes.Buffer
	api := newAPI(t, func(o *web.Options) {
		o.Log = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	call(t, api, "full", "GET", web.Prefix+"/things?q=searchedname", "")
	call(t, api, "full", "GET", web.Prefix+"/things/77", "")
	if s := log.String(); strings.Contains(s, "searchedname") || strings.Contains(s, "/77") || !strings.Contains(s, `"GET /api/v1/things/{id}"`) {
		t.Fatal(s)
	}
}
