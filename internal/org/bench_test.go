package org

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/web"
)

// BenchmarkAuthenticate is what a request pays to know who sent it.
func BenchmarkAuthenticate(b *testing.B) {
	for _, e := range []struct {
		name string
		open func(testing.TB) *db.DB
	}{{"sqlite", dbtest.SQLite}, {"postgres", dbtest.Postgres}} {
		b.Run(e.name, func(b *testing.B) {
			k := newKit(b, e.open(b))
			c := k.admin()
			r := httptest.NewRequest("GET", web.Prefix+"/customers", http.NoBody)
			r.AddCookie(&http.Cookie{Name: c.cookie.Name, Value: c.cookie.Value})
			// As the server's: it may be cancelled.
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			r = r.WithContext(ctx)
			b.ReportAllocs()
			for b.Loop() {
				if a, err := k.s.Authenticate(r.Context(), r); a == nil || err != nil {
					b.Fatal(a, err)
				}
			}
		})
	}
}

// BenchmarkAuthorisedGet is a trivial authorised GET through the whole stack
// but for the network, from several goroutines.
func BenchmarkAuthorisedGet(b *testing.B) {
	k := newKit(b, dbtest.SQLite(b), func(d *Deps) { d.Log = nil })
	c := k.admin()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		for pb.Next() {
			r := httptest.NewRequest("GET", web.Prefix+"/customers", http.NoBody).WithContext(ctx)
			r.AddCookie(&http.Cookie{Name: c.cookie.Name, Value: c.cookie.Value})
			w := httptest.NewRecorder()
			if k.api.ServeHTTP(w, r); w.Code != 200 {
				b.Fatal(w.Code)
			}
		}
	})
}
