package idempotency_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/idempotency"
	"zhike/internal/platform/vault"
	"zhike/internal/platform/web"
)

// server has one route, which counts what it does in the database itself.
func server(t *testing.T, d *db.DB, clk clock.Clock) (*web.API, func() int64, *atomic.Bool) {
	t.Helper()
	v, err := vault.Ephemeral()
	if err != nil {
		t.Fatal(err)
	}
	api := web.New(web.Options{
		Clock: clk, Replay: &idempotency.Keys{DB: d, Clock: clk, Vault: v},
		Authenticate: func(_ context.Context, r *http.Request) (*auth.Actor, error) {
			id := int64(len(r.Header.Get("X-Who")))
			return &auth.Actor{StaffID: id, Permissions: map[auth.Permission]bool{"thing.edit": true}}, nil
		},
	})
	type in struct {
		Body struct {
			Name string `json:"name"`
		}
	}
	type out struct {
		N int64 `json:"n"`
	}
	var fail atomic.Bool
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/things", ID: "addThing", Permission: "thing.edit", Status: http.StatusCreated},
		func(ctx context.Context, in *in) (out, error) {
			var o out
			err := d.InTx(ctx, func(ctx context.Context) error {
				if o.N, err = d.NextID(ctx, "thing"); err != nil {
					return err
				}
				if _, err := d.Q(ctx).ExecContext(ctx, `INSERT INTO settings (name, value, updated_at) VALUES ($1, 'x', 0)`, "t"+time.Unix(o.N, 0).String()); err != nil {
					return err
				}
				if fail.Load() {
					return errs.New(errs.Conflict, "conflict")
				}
				return nil
			})
			web.Header(ctx).Set("ETag", `"v1"`)
			return o, err
		})
	count := func() (n int64) {
		if err := d.Q(t.Context()).QueryRowContext(t.Context(), `SELECT COUNT(*) FROM settings WHERE value = 'x'`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	return api, count, &fail
}

func send(api http.Handler, who, key, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/api/v1/things", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Who", who)
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	return w
}

func TestOncePerKey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		clk := clock.NewFixed(time.Unix(1_700_000_000, 0))
		api, count, fail := server(t, d, clk)
		first := send(api, "a", "k1", `{"name":"x"}`)
		again := send(api, "a", "k1", `{"name":"x"}`)
		if first.Code != http.StatusCreated || again.Code != http.StatusCreated || first.Body.String() != again.Body.String() {
			t.Fatalf("answers differ: %d %s, %d %s", first.Code, first.Body, again.Code, again.Body)
		}
		if again.Header().Get("Idempotency-Replayed") != "true" || again.Header().Get("ETag") != `"v1"` || first.Header().Get("Idempotency-Replayed") != "" {
			t.Errorf("headers: %v, %v", first.Header(), again.Header())
		}
		if n := count(); n != 1 {
			t.Fatalf("done %d times", n)
		}
		if w := send(api, "a", "k1", `{"name":"y"}`); w.Code != http.StatusUnprocessableEntity && w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "idempotency.other_request") {
			t.Errorf("another request under the key: %d %s", w.Code, w.Body)
		}
		if w := send(api, "bb", "k1", `{"name":"x"}`); w.Header().Get("Idempotency-Replayed") != "" {
			t.Error("somebody else got the answer")
		}
		if w := send(api, "a", "bad key", `{"name":"x"}`); !strings.Contains(w.Body.String(), "idempotency.bad_key") {
			t.Errorf("bad key: %s", w.Body)
		}
		fail.Store(true)
		if w := send(api, "a", "k2", `{"name":"x"}`); w.Code != http.StatusConflict {
			t.Fatalf("failing: %d", w.Code)
		}
		fail.Store(false)
		if w := send(api, "a", "k2", `{"name":"x"}`); w.Code != http.StatusCreated || w.Header().Get("Idempotency-Replayed") != "" {
			t.Errorf("after a failure the key is free: %d", w.Code)
		}
		if n := count(); n != 3 {
			t.Errorf("done %d times, want 3", n)
		}
	})
}

func TestOnceAtTheSameTime(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		api, count, _ := server(t, d, clock.System{})
		var wg sync.WaitGroup
		var replayed, bad atomic.Int64
		for range 8 {
			wg.Go(func() {
				w := send(api, "a", "same", `{"name":"x"}`)
				if w.Code != http.StatusCreated {
					bad.Add(1)
				}
				if w.Header().Get("Idempotency-Replayed") == "true" {
					replayed.Add(1)
				}
			})
		}
		wg.Wait()
		if bad.Load() != 0 || replayed.Load() != 7 || count() != 1 {
			t.Errorf("%d failed, %d replayed, done %d times", bad.Load(), replayed.Load(), count())
		}
	})
}

func TestForget(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		v, err := vault.Ephemeral()
		if err != nil {
			t.Fatal(err)
		}
		old := &idempotency.Keys{DB: d, Clock: clock.NewFixed(time.Unix(1_700_000_000, 0)), Vault: v}
		now := &idempotency.Keys{DB: d, Clock: clock.NewFixed(time.Unix(1_700_000_000, 0).Add(idempotency.Keep + time.Second)), Vault: v}
		answer := func(context.Context) ([]byte, error) { return []byte("1"), nil }
		for i, k := range []*idempotency.Keys{old, now} {
			if _, _, err := k.Do(t.Context(), int64(i), "k", []byte("f"), answer); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := now.Forget(t.Context()); n != 1 || err != nil {
			t.Fatalf("forgot %d, %v", n, err)
		}
		_, replayed, err := now.Do(t.Context(), 1, "k", []byte("f"), func(context.Context) ([]byte, error) { return nil, errors.New("ran") })
		if err != nil || !replayed {
			t.Errorf("the young answer is gone: %v", err)
		}
	})
}
