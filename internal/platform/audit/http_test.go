package audit_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/web"
)

func server(l *audit.Log) *web.API {
	api := web.New(web.Options{
		Texts: i18n.Default(), Match: i18n.Match,
		Authenticate: func(context.Context, *http.Request) (*auth.Actor, error) {
			return &auth.Actor{StaffID: 7, Name: "王芳", IP: "203.0.113.9", Permissions: map[auth.Permission]bool{audit.PermView: true}}, nil
		},
	})
	shanghai, _ := time.LoadLocation("Asia/Shanghai")
	l.Routes(api, audit.HTTP{
		Title: func(locale, key string) string { return i18n.T(locale, key, nil) },
		Zone:  func() *time.Location { return shanghai },
		People: func(_ context.Context, text string) ([]int64, error) {
			if text == "fang" {
				return []int64{7}, nil
			}
			return nil, nil
		},
	})
	return api
}

func get(t *testing.T, h http.Handler, path string, q url.Values) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", web.Prefix+path+"?"+q.Encode(), http.NoBody))
	return w
}

func TestHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		clk := clock.NewFixed(start)
		l := audit.New(d, clk)
		api := server(l)
		fill(t, l, 30)
		clk.Advance(24 * time.Hour)
		if err := l.Append(auth.With(context.Background(), auth.System("job:x")), audit.Entry{Action: "other_x.do", ObjectType: "other"}); err != nil {
			t.Fatal(err)
		}
		clk.Advance(24 * time.Hour)
		list := func(kv ...string) (ids []int64) {
			t.Helper()
			q := url.Values{}
			for i := 0; i < len(kv); i += 2 {
				q.Set(kv[i], kv[i+1])
			}
			q.Set("limit", "7")
			for {
				var p web.Page[audit.View]
				w := get(t, api, "/audit", q)
				if err := json.Unmarshal(w.Body.Bytes(), &p); w.Code != 200 || err != nil {
					t.Fatalf("%v: %d %s", kv, w.Code, w.Body)
				}
				for _, v := range p.Items {
					if n := len(ids); n > 0 && v.ID >= ids[n-1] {
						t.Fatalf("not newest first: %v then %d", ids, v.ID)
					}
					ids = append(ids, v.ID)
				}
				if p.NextCursor == nil {
					return ids
				}
				q.Set("cursor", *p.NextCursor)
			}
		}
		for name, c := range map[string]struct {
			filter []string
			want   int
		}{
			"all":               {nil, 31},
			"action":            {[]string{"action", "thing.1"}, 10},
			"actions":           {[]string{"action", "thing."}, 30},
			"no wildcard":       {[]string{"action", "other%."}, 0},
			"underscore":        {[]string{"action", "other_x."}, 1},
			"object":            {[]string{"object_type", "thing", "object_id", "3"}, 1},
			"actor by name":     {[]string{"actor", "王芳"}, 30},
			"actor by login":    {[]string{"actor", "fang"}, 30},
			"actor unknown":     {[]string{"actor", "nobody"}, 0},
			"program":           {[]string{"actor", "job:x"}, 1},
			"days":              {[]string{"at_from", "2026-03-01", "at_to", "2026-03-01"}, 30},
			"from the next day": {[]string{"at_from", "2026-03-02"}, 1},
			"to the day before": {[]string{"at_to", "2026-02-28"}, 0},
		} {
			if got := list(c.filter...); len(got) != c.want {
				t.Errorf("%s: %d entries, want %d", name, len(got), c.want)
			}
		}
		if w := get(t, api, "/audit", url.Values{"at_from": {"yesterday"}}); w.Code != 422 {
			t.Errorf("bad day: %d", w.Code)
		}
		w := get(t, api, "/audit/verify", nil)
		var v audit.Verification
		if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil || !v.OK || v.Checked != 31 {
			t.Errorf("verify: %s", w.Body)
		}
		w = get(t, api, "/audit/export", url.Values{"action": {"thing."}, "columns": {"action,at"}, "format": {"csv"}})
		rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(w.Body.Bytes(), []byte("\ufeff")))).ReadAll()
		if err != nil || len(rows) != 31 || rows[0][2] != "操作人" || rows[1][0] != "30" || rows[1][1] != "2026-03-01 07:59:59" {
			t.Errorf("export: %d rows, %v: %v", len(rows), err, rows[:min(2, len(rows))])
		}
		if !strings.Contains(w.Header().Get("Content-Disposition"), ".csv") {
			t.Error(w.Header())
		}
		if w = get(t, api, "/audit/export", url.Values{"format": {"xlsx"}}); !bytes.HasPrefix(w.Body.Bytes(), []byte("PK")) {
			t.Errorf("xlsx: %d %q", w.Code, w.Body.String()[:min(50, w.Body.Len())])
		}
		if got := list("action", "audit.export"); len(got) != 2 {
			t.Errorf("exports are not recorded: %v", got)
		}
	})
}
