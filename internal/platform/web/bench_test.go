package web_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"zhike/internal/platform/web"
)

// discard is a response writer that costs nothing itself.
type discard struct {
	h http.Header
	n int
}

func (d *discard) Header() http.Header         { return d.h }
func (d *discard) Write(b []byte) (int, error) { d.n += len(b); return len(b), nil }
func (d *discard) WriteHeader(int)             {}

// BenchmarkGet is a trivial authorised GET through the whole stack without
// network and without a session store: what the web layer itself costs.
func BenchmarkGet(b *testing.B) {
	for name, target := range map[string]string{"one": "/things/12", "list50": "/things?limit=50"} {
		b.Run(name, func(b *testing.B) {
			api := newAPI(b, func(o *web.Options) { o.Metrics = web.NewMetrics("") })
			r := httptest.NewRequest("GET", web.Prefix+target, http.NoBody)
			r.Header.Set("X-Test-Actor", "full")
			r.Header.Set("Accept-Encoding", "br")
			b.ReportAllocs()
			for b.Loop() {
				w := &discard{h: make(http.Header, 16)}
				api.ServeHTTP(w, r)
				if w.n < 10 {
					b.Fatal("no answer")
				}
			}
		})
	}
}
