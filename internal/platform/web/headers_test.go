package web_test

import (
	"compress/gzip"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"zhike/internal/platform/web"
)

func TestCrossOrigin(t *testing.T) {
	api := newAPI(t, func(o *web.Options) { o.PublicURL = "https://crm.example.com" })
	for name, c := range map[string]struct {
		method string
		header []string
		status int
	}{
		"another site":        {"POST", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		"sibling site":        {"POST", []string{"Sec-Fetch-Site", "same-site"}, 403},
		"old browser":         {"POST", []string{"Origin", "https://evil.example"}, 403},
		"own page":            {"POST", []string{"Sec-Fetch-Site", "same-origin", "Origin", "http://example.com"}, 201},
		"behind a proxy":      {"POST", []string{"Origin", "https://crm.example.com"}, 201},
		"no browser":          {"POST", nil, 201},
		"reads are no danger": {"GET", []string{"Sec-Fetch-Site", "cross-site"}, 200},
	} {
		t.Run(name, func(t *testing.T) {
			body := `{"name":"ab"}`
			if c.method == "GET" {
				body = ""
			}
			w := call(t, api, "full", c.method, web.Prefix+"/things", body, c.header...)
			if w.Code != c.status {
				t.Fatalf("status %d: %s", w.Code, w.Body)
			}
			if c.status == 403 && problemOf(t, w).Code != "web.cross_origin" {
				t.Fatalf("%s", w.Body)
			}
		})
	}
}

func TestSecurityHeaders(t *testing.T) {
	api := newAPI(t, func(o *web.Options) { o.PublicURL = "https://crm.example.com" })
	h := call(t, api, "full", "GET", web.Prefix+"/things/1", "").Header()
	for k, want := range map[string]string{
		"X-Content-Type-Options":       "nosniff",
		"Referrer-Policy":              "same-origin",
		"X-Frame-Options":              "DENY",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Cache-Control":                "no-store",
		"Strict-Transport-Security":    "max-age=31536000",
		"Vary":                         "Cookie, Accept-Language",
	} {
		if got := h.Get(k); got != want {
			t.Errorf("%s: %q, want %q", k, got, want)
		}
	}
	if !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") || h.Get("Permissions-Policy") == "" {
		t.Error(h)
	}
	if h := call(t, newAPI(t), "full", "GET", web.Prefix+"/open", "").Header(); h.Get("Strict-Transport-Security") != "" {
		t.Error("HSTS over plain HTTP")
	}
}

func TestClientIP(t *testing.T) {
	api := newAPI(t, func(o *web.Options) {
		o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.1/32")}
	})
	for name, c := range map[string]struct{ peer, forwarded, want string }{
		"direct":                 {"203.0.113.5:1", "", "203.0.113.5"},
		"forged by a stranger":   {"203.0.113.5:1", "1.1.1.1", "203.0.113.5"},
		"one proxy":              {"10.1.1.1:1", "198.51.100.7", "198.51.100.7"},
		"forged through proxy":   {"10.1.1.1:1", "1.1.1.1, 198.51.100.7", "198.51.100.7"},
		"two proxies":            {"10.1.1.1:1", "198.51.100.7, 10.9.9.9", "198.51.100.7"},
		"nonsense":               {"10.1.1.1:1", "1.1.1.1, junk", "10.1.1.1"},
		"only proxies":           {"10.1.1.1:1", "10.2.2.2", "10.2.2.2"},
		"IPv6":                   {"[2001:db8::1]:1", "", "2001:db8::1"},
		"IPv4 in IPv6 is a mask": {"[::ffff:10.1.1.1]:1", "198.51.100.7", "198.51.100.7"},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("GET", web.Prefix+"/open", nil)
			r.RemoteAddr = c.peer
			if c.forwarded != "" {
				r.Header.Set("X-Forwarded-For", c.forwarded)
			}
			w := httptest.NewRecorder()
			api.ServeHTTP(w, r)
			var got thing
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.Name != c.want {
				t.Fatalf("%q, want %q (%v)", got.Name, c.want, err)
			}
		})
	}
}

func TestCompression(t *testing.T) {
	api := newAPI(t)
	w := call(t, api, "full", "GET", web.Prefix+"/things?limit=200", "", "Accept-Encoding", "gzip, br")
	if w.Header().Get("Content-Encoding") != "gzip" {
		t.Fatalf("headers %v", w.Header())
	}
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	var p web.Page[thing]
	if err := json.NewDecoder(z).Decode(&p); err != nil || len(p.Items) != 200 {
		t.Fatalf("%d items, %v", len(p.Items), err)
	}
	for name, c := range map[string][2]string{
		"short":           {"/things?limit=2", "gzip"},
		"not wanted":      {"/things?limit=200", "br"},
		"refused by name": {"/things?limit=200", "gzip;q=0"},
		"no JSON":         {"/export", "gzip"},
	} {
		t.Run(name, func(t *testing.T) {
			w := call(t, api, "full", "GET", web.Prefix+c[0], "", "Accept-Encoding", c[1])
			if w.Header().Get("Content-Encoding") != "" {
				t.Fatal("compressed")
			}
		})
	}
}

func TestAcceptOfABrowser(t *testing.T) {
	for _, accept := range []string{"text/html,application/xhtml+xml", "*/*", "application/json", "nonsense"} {
		w := call(t, newAPI(t), "full", "GET", web.Prefix+"/things/1", "", "Accept", accept)
		if w.Code != 200 || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %s", accept, w.Code, w.Header().Get("Content-Type"))
		}
	}
}

func TestAttachment(t *testing.T) {
	for name, want := range map[string][2]string{
		"audit.csv":        {"text/csv; charset=utf-8", `attachment; filename="audit.csv"; filename*=UTF-8''audit.csv`},
		"分层 报告.xlsx":       {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", `attachment; filename="__ __.xlsx"; filename*=UTF-8''%E5%88%86%E5%B1%82%20%E6%8A%A5%E5%91%8A.xlsx`},
		"a\"b\r\nX: y.csv": {"text/csv; charset=utf-8", `attachment; filename="a_b__X: y.csv"; filename*=UTF-8''a%22b%0D%0AX%3A%20y.csv`},
	} {
		h := http.Header{}
		web.Attachment(h, name, "")
		if got := [2]string{h.Get("Content-Type"), h.Get("Content-Disposition")}; got != want {
			t.Errorf("%q:\n%q\n%q", name, got, want)
		}
	}
}

func TestParseSort(t *testing.T) {
	for in, want := range map[string]string{"": "-at", "name": "name", "-name": "-name", "nope": "!", "--at": "!", "-": "!"} {
		field, desc, err := web.ParseSort(in, "-at", "at", "name")
		got := field
		if desc {
			got = "-" + field
		}
		if err != nil {
			got = "!"
		}
		if got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
