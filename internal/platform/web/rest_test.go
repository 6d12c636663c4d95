package web_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"zhike/internal/platform/log"
	"zhike/internal/platform/web"
)

func pages() http.Handler {
	return web.NewStatic(fstest.MapFS{
		"index.html":          {Data: []byte(`<meta content="__CSP_NONCE__"><p>ui</p>`)},
		"assets/app-1.js":     {Data: []byte(strings.Repeat("let a = 1;\n", 500))},
		"favicon.svg":         {Data: []byte("<svg/>")},
		"assets/small.css":    {Data: []byte("a{}")},
		"assets/kept-1.js.gz": {Data: squeezed("let kept = 1;")},
	})
}

func squeezed(text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return b.Bytes()
}

func restAPI(t *testing.T, h *web.Health, m *web.Metrics) *web.API {
	api := newAPI(t, func(o *web.Options) { o.Metrics = m })
	api.HandleRest(web.Rest(h, m, pages()))
	return api
}

func TestStatic(t *testing.T) {
	api := restAPI(t, web.NewHealth(), nil)
	nonce := regexp.MustCompile(`'nonce-([^']+)'`)
	w := call(t, api, "", "GET", "/customers/12", "")
	m := nonce.FindStringSubmatch(w.Header().Get("Content-Security-Policy"))
	if w.Code != 200 || m == nil || !strings.Contains(w.Body.String(), `content="`+m[1]+`"`) || w.Header().Get("Cache-Control") != "no-cache" {
		t.Fatalf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	for _, want := range []string{"default-src 'self'", "object-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "script-src 'self';"} {
		if !strings.Contains(w.Header().Get("Content-Security-Policy"), want) {
			t.Errorf("policy without %s", want)
		}
	}
	if again := nonce.FindStringSubmatch(call(t, api, "", "GET", "/", "").Header().Get("Content-Security-Policy")); again[1] == m[1] {
		t.Error("the nonce was used twice")
	}
	w = call(t, api, "", "GET", "/assets/app-1.js", "", "Accept-Encoding", "gzip")
	if w.Header().Get("Content-Encoding") != "gzip" || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Body.Len() > 1000 {
		t.Fatalf("%v %d", w.Header(), w.Body.Len())
	}
	tag := w.Header().Get("ETag")
	if w = call(t, api, "", "GET", "/assets/app-1.js", "", "If-None-Match", tag); w.Code != 304 || w.Body.Len() != 0 {
		t.Fatalf("%d", w.Code)
	}
	// What the build keeps squeezed goes out as it is, or plain to whoever cannot read it.
	if w = call(t, api, "", "GET", "/assets/kept-1.js", "", "Accept-Encoding", "gzip"); w.Header().Get("Content-Encoding") != "gzip" ||
		w.Body.String() != string(squeezed("let kept = 1;")) || !strings.Contains(w.Header().Get("Content-Type"), "javascript") {
		t.Errorf("%v %q", w.Header(), w.Body)
	}
	if w = call(t, api, "", "GET", "/assets/kept-1.js", "", "Accept-Encoding", "identity"); w.Header().Get("Content-Encoding") != "" || w.Body.String() != "let kept = 1;" {
		t.Errorf("%v %q", w.Header(), w.Body)
	}
	for path, status := range map[string]int{
		"/assets/none.js": 404, "/none.png": 404, "/../../etc/passwd": 307, "/favicon.svg": 200, "/index.html": 200,
	} {
		if w := call(t, api, "", "GET", path, ""); w.Code != status || strings.Contains(w.Body.String(), "root:") {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := call(t, api, "", "POST", "/", "{}"); w.Code != 405 {
		t.Errorf("POST: %d", w.Code)
	}
}

func TestHealth(t *testing.T) {
	h := web.NewHealth()
	var fail error
	h.Check("database", func(context.Context) error { return fail })
	api := restAPI(t, h, nil)
	look := func(path string, status int, has string) {
		t.Helper()
		if w := call(t, api, "", "GET", path, ""); w.Code != status || !strings.Contains(w.Body.String(), has) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	look("/healthz", 200, "ok")
	look("/readyz", 503, "starting")
	h.Ready()
	look("/readyz", 200, `"database":"ok"`)
	fail = errors.New("password in a text")
	look("/readyz", 503, `"database":"failed"`)
	fail = nil
	h.Stop()
	look("/readyz", 503, "stopping")
	h.Ready()
	look("/readyz", 503, "stopping")
}

func TestMetrics(t *testing.T) {
	read := func(token, peer string, header ...string) (int, string) {
		api := restAPI(t, web.NewHealth(), web.NewMetrics(token))
		call(t, api, "full", "GET", web.Prefix+"/things/12345", "")
		call(t, api, "", "GET", web.Prefix+"/things/1", "")
		r := httptest.NewRequest("GET", "/metrics", nil)
		r.RemoteAddr = peer
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	status, body := read("", "127.0.0.1:5")
	for _, want := range []string{
		`zhike_http_requests_total{method="GET",route="/api/v1/things/{id}",status="200"} 1`,
		`zhike_http_requests_total{method="GET",route="/api/v1/things/{id}",status="401"} 1`,
		"zhike_http_request_duration_seconds_bucket", "go_goroutines", "process_resident_memory_bytes",
	} {
		if status != 200 || !strings.Contains(body, want) {
			t.Errorf("%d: no %s", status, want)
		}
	}
	if strings.Contains(body, "12345") {
		t.Error("an id became a label")
	}
	for name, c := range map[string]struct {
		token, peer string
		header      []string
		status      int
	}{
		"from afar":           {"", "203.0.113.5:1", nil, 404},
		"through a proxy":     {"", "127.0.0.1:1", []string{"X-Forwarded-For", "203.0.113.5"}, 404},
		"token":               {"s3", "203.0.113.5:1", []string{"Authorization", "Bearer s3"}, 200},
		"wrong token":         {"s3", "203.0.113.5:1", []string{"Authorization", "Bearer s4"}, 404},
		"loopback, but token": {"s3", "127.0.0.1:1", nil, 404},
	} {
		if status, _ := read(c.token, c.peer, c.header...); status != c.status {
			t.Errorf("%s: %d, want %d", name, status, c.status)
		}
	}
}

func TestServeStopsGracefully(t *testing.T) {
	h := web.NewHealth()
	h.Ready()
	api := web.New(testOptions())
	entered, leave := make(chan struct{}), make(chan struct{})
	web.RegisterRaw(api, web.Route{Method: "GET", Path: "/hold", ID: "hold", Permission: "thing.view"},
		func(w http.ResponseWriter, _ *http.Request) error {
			close(entered)
			<-leave
			_, err := w.Write([]byte("whole"))
			return err
		})
	api.HandleRest(web.Rest(h, nil, pages()))
	l, err := web.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() {
		served <- web.Serve(ctx, web.Server{API: api, Health: h, Listener: l, ShutdownTimeout: 10 * time.Second, Log: log.Discard()})
	}()
	got := make(chan string, 1)
	go func() {
		req, _ := http.NewRequestWithContext(context.WithoutCancel(t.Context()), "GET", "http://"+l.Addr().String()+web.Prefix+"/hold", nil)
		req.Header.Set("X-Test-Actor", "full")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			got <- err.Error()
			return
		}
		defer res.Body.Close()
		b, _ := io.ReadAll(res.Body)
		got <- string(b)
	}()
	<-entered
	cancel()
	time.Sleep(20 * time.Millisecond)
	close(leave)
	if s := <-got; s != "whole" {
		t.Errorf("a running request got %q", s)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	if _, err := web.Listen(t.Context(), "127.0.0.1:99999"); err == nil {
		t.Error("a port beyond the range was opened")
	}
}
