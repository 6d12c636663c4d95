package web_test

import (
	"io"
	"net"
	"net/http"
	"testing"

	"zhike/internal/platform/log"
	"zhike/internal/platform/web"
)

// BenchmarkLoopback is a trivial authorised GET over a real connection, client
// included: what remains for the session and the data of a request.
func BenchmarkLoopback(b *testing.B) {
	api := newAPI(b, func(o *web.Options) { o.Metrics, o.Log = web.NewMetrics(""), log.New(io.Discard, log.Options{}) })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	srv := &http.Server{Handler: api}
	go func() { _ = srv.Serve(l) }()
	b.Cleanup(func() { _ = srv.Close() })
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}}
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			req, _ := http.NewRequest("GET", "http://"+l.Addr().String()+web.Prefix+"/things/12", nil)
			req.Header.Set("X-Test-Actor", "full")
			res, err := client.Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
		}
	})
}
