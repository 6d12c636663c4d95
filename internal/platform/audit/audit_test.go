package audit_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/log"
)

var start = time.Date(2026, 2, 28, 23, 59, 59, 0, time.UTC)

func actorContext() context.Context {
	ctx := auth.With(context.Background(), &auth.Actor{StaffID: 7, Name: "王芳", IP: "203.0.113.9"})
	return log.WithRequestID(ctx, "req-1")
}

func fill(t testing.TB, l *audit.Log, n int) {
	t.Helper()
	for i := range n {
		err := l.Append(actorContext(), audit.Entry{
			Action: fmt.Sprintf("thing.%d", i%3), ObjectType: "thing", ObjectID: fmt.Sprint(i),
			Before: map[string]any{"name": "a", "same": 1}, After: map[string]any{"name": "b", "same": 1},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func verify(t interface {
	Helper()
	Fatal(...any)
}, ctx context.Context, l *audit.Log) audit.Verification {
	t.Helper()
	v, err := l.Verify(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAppendAndVerify(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := audit.New(d, clock.NewFixed(start))
		if v := verify(t, context.Background(), l); !v.OK || v.Checked != 0 {
			t.Fatalf("empty: %+v", v)
		}
		fill(t, l, 1203) // more than two batches
		var heard []int64
		v, err := l.Verify(context.Background(), func(done, total int64) { heard = append(heard, done, total) })
		if err != nil || !v.OK || v.Checked != 1203 || len(v.HeadHash) != 64 {
			t.Fatalf("%+v %v", v, err)
		}
		if len(heard) != 6 || heard[4] != 1203 || heard[5] != 1203 {
			t.Fatalf("progress %v", heard)
		}
		var r audit.Record
		err = d.Q(context.Background()).QueryRowContext(context.Background(),
			"SELECT id, at, actor_id, actor_name, ip, action, before_data, after_data, request_id FROM audit_log WHERE id = 2").
			Scan(&r.ID, &r.At, &r.ActorID, &r.ActorName, &r.IP, &r.Action, &r.Before, &r.After, &r.RequestID)
		want := audit.Record{ID: 2, At: start.UnixMilli(), ActorID: 7, ActorName: "王芳", IP: "203.0.113.9", Action: "thing.1",
			Before: `{"name":"a"}`, After: `{"name":"b"}`, RequestID: "req-1"}
		if err != nil || r != want {
			t.Fatalf("%+v %v", r, err)
		}
	})
}

func TestAppendRollsBackWithItsWrite(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := audit.New(d, clock.NewFixed(start))
		fill(t, l, 2)
		boom := errors.New("boom")
		err := d.InTx(actorContext(), func(ctx context.Context) error {
			if err := l.Append(ctx, audit.Entry{Action: "a", ObjectType: "b"}); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		fill(t, l, 1)
		if v := verify(t, context.Background(), l); !v.OK || v.Checked != 3 {
			t.Fatalf("%+v", v)
		}
	})
}

func TestConcurrentAppends(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		l := audit.New(d, clock.System{})
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 15 {
					if err := l.Append(actorContext(), audit.Entry{Action: "a", ObjectType: "b"}); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		// Verification goes on beside appending.
		for range 5 {
			if v := verify(t, context.Background(), l); !v.OK {
				t.Errorf("while appending: %+v", v)
			}
		}
		wg.Wait()
		if v := verify(t, context.Background(), l); !v.OK || v.Checked != 120 {
			t.Fatalf("%+v", v)
		}
	})
}

// Any change of one field of one entry, any missing, foreign or cut-off entry
// is found, and named.
func TestTamperingIsFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := audit.New(d, clock.NewFixed(start))
		const n = 20
		fill(t, l, n)
		fields := []string{
			"at", "actor_id", "actor_name", "ip", "action", "object_type", "object_id", "before_data", "after_data", "request_id", "hash",
		}
		rapid.Check(t, func(rt *rapid.T) {
			id := rapid.Int64Range(1, n).Draw(rt, "id")
			what := rapid.SampledFrom([]string{"field", "delete", "truncate", "extra", "extra low", "head hash", "head back", "swap"}).Draw(rt, "what")
			field := rapid.SampledFrom(fields).Draw(rt, "field")
			rollback := errors.New("rollback")
			err := d.InTx(context.Background(), func(ctx context.Context) error {
				exec := func(query string, args ...any) {
					if _, err := d.Q(ctx).ExecContext(ctx, query, args...); err != nil {
						rt.Fatal(err)
					}
				}
				bad := id
				switch what {
				case "field":
					if field == "at" || field == "actor_id" {
						exec("UPDATE audit_log SET "+field+" = "+field+" + $1 WHERE id = $2", rapid.Int64Range(1, 1e6).Draw(rt, "by"), id)
					} else {
						exec("UPDATE audit_log SET "+field+" = $1 WHERE id = $2", rapid.StringMatching(`[a-z0-9]{0,10}#`).Draw(rt, "to"), id)
					}
				case "delete":
					exec("DELETE FROM audit_log WHERE id = $1", id)
				case "truncate":
					exec("DELETE FROM audit_log WHERE id >= $1", id)
				case "extra", "extra low":
					bad = n + 1
					if what == "extra low" {
						bad = 0
					}
					exec(`INSERT INTO audit_log (id, at, actor_id, actor_name, ip, action, object_type, object_id, before_data, after_data, request_id, hash)
						SELECT $1, at, actor_id, actor_name, ip, action, object_type, object_id, before_data, after_data, request_id, hash FROM audit_log WHERE id = $2`, bad, id)
				case "head hash":
					bad = n
					exec("UPDATE audit_head SET hash = $1", strings.Repeat("0", 64))
				case "head back":
					// The tail is cut and the head put back, but not its hash.
					if id == n {
						return rollback
					}
					bad = id
					exec("DELETE FROM audit_log WHERE id > $1", id)
					exec("UPDATE audit_head SET seq = $1", id)
				case "swap":
					if id == n {
						return rollback
					}
					exec("UPDATE audit_log SET id = 1000 WHERE id = $1", id)
					exec("UPDATE audit_log SET id = $1 WHERE id = $2", id, id+1)
					exec("UPDATE audit_log SET id = $1 WHERE id = 1000", id+1)
				}
				v := verify(rt, ctx, l)
				if v.OK || v.FirstBadID == nil || *v.FirstBadID != bad {
					rt.Fatalf("%s of %s at %d: %+v", what, field, id, v)
				}
				return rollback
			})
			if !errors.Is(err, rollback) {
				rt.Fatal(err)
			}
		})
		if v := verify(t, context.Background(), l); !v.OK {
			t.Fatalf("%+v", v)
		}
	})
}

func TestDiff(t *testing.T) {
	type row struct {
		Name     string         `json:"name"`
		Roles    []int64        `json:"roles"`
		Password string         `json:"password"`
		Nested   map[string]any `json:"nested"`
		Must     bool           `json:"must_change_password"`
	}
	for name, c := range map[string]struct {
		before, after any
		wantB, wantA  string
	}{
		"nothing":     {nil, nil, "", ""},
		"created":     {nil, row{Name: "a"}, "", `{"must_change_password":false,"name":"a","nested":null,"password":"","roles":null}`},
		"one field":   {row{Name: "a", Roles: []int64{1}}, row{Name: "b", Roles: []int64{1}}, `{"name":"a"}`, `{"name":"b"}`},
		"a list":      {row{Roles: []int64{1}}, row{Roles: []int64{1, 2}}, `{"roles":[1]}`, `{"roles":[1,2]}`},
		"same":        {row{Name: "a"}, row{Name: "a"}, "{}", "{}"},
		"secret":      {nil, map[string]any{"API_Token": "x", "deep": []any{map[string]any{"passwd": "y"}}}, "", `{"API_Token":"[redacted]","deep":[{"passwd":"[redacted]"}]}`},
		"both secret": {row{Password: "old"}, row{Password: "new"}, "{}", "{}"},
		"flag":        {row{}, row{Must: true}, `{"must_change_password":false}`, `{"must_change_password":true}`},
		"large ids":   {nil, map[string]any{"id": int64(9007199254740993)}, "", `{"id":9007199254740993}`},
		"text":        {"a", "b", `"a"`, `"b"`},
		"html":        {nil, map[string]any{"x": "<a&b>"}, "", `{"x":"<a&b>"}`},
		"NUL":         {nil, map[string]any{"x": "a\x00b"}, "", `{"x":"ab"}`},
	} {
		t.Run(name, func(t *testing.T) {
			b, a, err := audit.Diff(c.before, c.after)
			if err != nil || b != c.wantB || a != c.wantA {
				t.Fatalf("\n%s\n%s\nwant\n%s\n%s (%v)", b, a, c.wantB, c.wantA, err)
			}
		})
	}
	huge := map[string]any{}
	for i := range 100 {
		huge[fmt.Sprint(i)] = strings.Repeat("文", 500)
	}
	if _, a, err := audit.Diff(nil, huge); err != nil || !strings.Contains(a, "too_large") || len(a) > 100 {
		t.Fatalf("%d bytes: %v", len(a), err)
	}
	if _, _, err := audit.Diff(nil, make(chan int)); err == nil {
		t.Fatal("a channel was taken")
	}
}

func BenchmarkAppend(b *testing.B) {
	d := dbtest.SQLite(b)
	l := audit.New(d, clock.System{})
	for b.Loop() {
		if err := l.Append(actorContext(), audit.Entry{Action: "a", ObjectType: "b", ObjectID: fmt.Sprint(rand.Int64())}); err != nil {
			b.Fatal(err)
		}
	}
}
