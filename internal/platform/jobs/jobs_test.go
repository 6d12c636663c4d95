package jobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
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
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/log"
)

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		child()
		return
	}
	os.Exit(m.Run())
}

type work struct {
	Name string `json:"name"`
}

func (work) Kind() string { return "test.work" }

type other struct{}

func (other) Kind() string { return "test.other" }

// system is a context in which everything is allowed.
func system() context.Context { return auth.With(context.Background(), auth.System("test")) }

// staff is a context of a person with permissions.
func staff(id int64, perms ...auth.Permission) context.Context {
	a := &auth.Actor{StaffID: id, Name: "Li", Permissions: map[auth.Permission]bool{}}
	for _, p := range perms {
		a.Permissions[p] = true
	}
	return auth.With(context.Background(), a)
}

func newClient(t testing.TB, d *db.DB, r *jobs.Registry, o jobs.Options) *jobs.Client {
	t.Helper()
	if o.Poll == 0 {
		o.Poll = 100 * time.Millisecond
	}
	if o.LeaseTTL == 0 {
		o.LeaseTTL = 900 * time.Millisecond
	}
	if o.Backoff == nil {
		o.Backoff = func(int) time.Duration { return 20 * time.Millisecond }
	}
	c, err := jobs.New(d, clock.System{}, log.Discard(), r, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func start(t testing.TB, c *jobs.Client) {
	t.Helper()
	if err := c.Start(system()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, c) })
}

func stop(t testing.TB, c *jobs.Client) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := c.Stop(ctx); err != nil {
		t.Errorf("stop: %v", err)
	}
}

func enqueue(t testing.TB, c *jobs.Client, a jobs.Args, o jobs.EnqueueOpts) int64 {
	t.Helper()
	id, err := c.Enqueue(system(), a, o)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func wait(t testing.TB, c *jobs.Client, id int64, want jobs.State) jobs.Detail {
	t.Helper()
	ctx, cancel := context.WithTimeout(system(), 15*time.Second)
	defer cancel()
	d, err := c.Wait(ctx, id, nil)
	if err != nil {
		t.Fatalf("job %d is %s after 15 s: %v", id, d.State, err)
	}
	if d.State != want {
		t.Fatalf("job %d is %s, want %s; attempts %+v", id, d.State, want, d.Attempts)
	}
	return d
}

// until waits for a condition that another goroutine brings about.
func until(t testing.TB, what string, cond func() bool) {
	t.Helper()
	for end := time.Now().Add(15 * time.Second); !cond(); {
		if time.Now().After(end) {
			t.Fatalf("after 15 s: %s", what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// both runs fn on both engines at the same time.
func both(t *testing.T, fn func(t *testing.T, d *db.DB)) {
	t.Parallel()
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		t.Parallel()
		fn(t, d)
	})
}

func TestEnqueueBelongsToTheTransaction(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		r := jobs.NewRegistry()
		var mu sync.Mutex
		ran := map[string]int64{}
		jobs.Handle(r, func(ctx context.Context, j jobs.Job[work]) error {
			mu.Lock()
			defer mu.Unlock()
			ran[j.Args.Name] = j.StaffID
			if a := auth.From(ctx); !a.IsSystem() || a.Name != "job:test.work" {
				return errors.New("the handler does not act as the program")
			}
			return nil
		})
		c := newClient(t, d, r, jobs.Options{})
		start(t, c)
		boom := errors.New("boom")
		err := d.InTx(system(), func(ctx context.Context) error {
			if _, err := c.Enqueue(ctx, work{"rolled back"}, jobs.EnqueueOpts{}); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		var id int64
		err = d.InTx(staff(7), func(ctx context.Context) error {
			if id, err = c.Enqueue(ctx, work{"committed"}, jobs.EnqueueOpts{}); err != nil {
				return err
			}
			time.Sleep(300 * time.Millisecond)
			mu.Lock()
			defer mu.Unlock()
			if len(ran) != 0 {
				return fmt.Errorf("ran before the commit: %v", ran)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		wait(t, c, id, jobs.Finished)
		direct := enqueue(t, c, work{"direct"}, jobs.EnqueueOpts{})
		wait(t, c, direct, jobs.Finished)
		mu.Lock()
		defer mu.Unlock()
		if len(ran) != 2 || ran["committed"] != 7 || ran["direct"] != 0 {
			t.Fatalf("ran %v", ran)
		}
		list, _, total, err := c.List(system(), jobs.ListInput{Limit: 10})
		if err != nil || total != 2 || len(list) != 2 {
			t.Fatalf("%d jobs, total %d, %v", len(list), total, err)
		}
	})
}

func TestEnqueueRefuses(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		r := jobs.NewRegistry()
		jobs.Handle(r, func(context.Context, jobs.Job[work]) error { return nil })
		c := newClient(t, d, r, jobs.Options{})
		for name, tc := range map[string]struct {
			args jobs.Args
			code string
		}{
			"unknown kind": {other{}, "jobs.unknown_kind"},
			"long args":    {work{strings.Repeat("x", 70000)}, "jobs.args_too_large"},
		} {
			if _, err := c.Enqueue(system(), tc.args, jobs.EnqueueOpts{}); !errs.Is(err, tc.code) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestUnique(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		r := jobs.NewRegistry()
		jobs.Handle(r, func(context.Context, jobs.Job[work]) error { return nil })
		jobs.Handle(r, func(context.Context, jobs.Job[other]) error { return nil }, jobs.Unique())
		c := newClient(t, d, r, jobs.Options{})
		a := enqueue(t, c, work{"a"}, jobs.EnqueueOpts{UniqueKey: "k"})
		if b := enqueue(t, c, work{"b"}, jobs.EnqueueOpts{UniqueKey: "k"}); b != a {
			t.Errorf("same key: jobs %d and %d", a, b)
		}
		if b := enqueue(t, c, work{"a"}, jobs.EnqueueOpts{UniqueKey: "l"}); b == a {
			t.Error("other key: the same job")
		}
		if b := enqueue(t, c, other{}, jobs.EnqueueOpts{UniqueKey: "k"}); b == a {
			t.Error("other kind, same key: the same job")
		}
		if x, y := enqueue(t, c, work{"a"}, jobs.EnqueueOpts{}), enqueue(t, c, work{"a"}, jobs.EnqueueOpts{}); x == y {
			t.Error("no key: the same job")
		}
		x, y := enqueue(t, c, other{}, jobs.EnqueueOpts{}), enqueue(t, c, other{}, jobs.EnqueueOpts{})
		if x != y {
			t.Errorf("unique kind: jobs %d and %d", x, y)
		}
		start(t, c)
		wait(t, c, a, jobs.Finished)
		if b := enqueue(t, c, work{"c"}, jobs.EnqueueOpts{UniqueKey: "k"}); b == a {
			t.Error("a finished job keeps others out")
		}
	})
}

func TestScheduledAndPriority(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		r := jobs.NewRegistry()
		var mu sync.Mutex
		var order []string
		jobs.Handle(r, func(_ context.Context, j jobs.Job[work]) error {
			mu.Lock()
			defer mu.Unlock()
			order = append(order, j.Args.Name)
			return nil
		}, jobs.Queue("single", 1))
		c := newClient(t, d, r, jobs.Options{})
		due := time.Now().Add(1500 * time.Millisecond)
		later := enqueue(t, c, work{"later"}, jobs.EnqueueOpts{At: due})
		enqueue(t, c, work{"low"}, jobs.EnqueueOpts{Priority: 4})
		enqueue(t, c, work{"high"}, jobs.EnqueueOpts{Priority: 1})
		if v, err := c.Get(system(), later); err != nil || v.State != jobs.Scheduled {
			t.Fatalf("before: %s %v", v.State, err)
		}
		start(t, c)
		v := wait(t, c, later, jobs.Finished)
		if *v.StartedAt < due.UnixMilli()-5 {
			t.Errorf("started %d ms early", due.UnixMilli()-*v.StartedAt)
		}
		mu.Lock()
		defer mu.Unlock()
		if fmt.Sprint(order) != "[high low later]" {
			t.Errorf("order %v", order)
		}
	})
}

func TestFailures(t *testing.T) {
	type want struct {
		state jobs.State
		runs  int64
		codes string
	}
	const personal = "13800138000"
	both(t, func(t *testing.T, d *db.DB) {
		cases := map[string]struct {
			fn   func(ctx context.Context, attempt int) error
			want want
		}{
			"retry then success": {func(_ context.Context, n int) error {
				if n < 3 {
					return errs.New(errs.Unavailable, "db.busy", "value", personal)
				}
				return nil
			}, want{jobs.Finished, 3, "db.busy,db.busy"}},
			"gives up": {func(context.Context, int) error {
				return errors.New("the phone is " + personal)
			}, want{jobs.Failed, 4, "internal,internal,internal,internal"}},
			"permanent": {func(context.Context, int) error {
				return errs.Wrap(errors.New(personal), errs.Invalid, "import.bad_date", "value", personal)
			}, want{jobs.Failed, 1, "import.bad_date"}},
			"discard": {func(context.Context, int) error {
				return fmt.Errorf("%s: %w", personal, jobs.ErrDiscard)
			}, want{jobs.Failed, 1, "internal"}},
			"panic": {func(_ context.Context, n int) error {
				if n == 1 {
					panic(personal)
				}
				return nil
			}, want{jobs.Finished, 2, "jobs.panic"}},
			"timeout": {func(ctx context.Context, n int) error {
				if n > 1 {
					return nil
				}
				<-ctx.Done()
				if !errors.Is(context.Cause(ctx), jobs.ErrTimeout) {
					return errs.New(errs.Invalid, "test.wrong_cause")
				}
				return ctx.Err()
			}, want{jobs.Finished, 2, "jobs.timeout"}},
		}
		r := jobs.NewRegistry()
		var mu sync.Mutex
		runs := map[string]int64{}
		jobs.Handle(r, func(ctx context.Context, j jobs.Job[work]) error {
			mu.Lock()
			runs[j.Args.Name]++
			mu.Unlock()
			return cases[j.Args.Name].fn(ctx, j.Attempt)
		}, jobs.MaxAttempts(4), jobs.Timeout(300*time.Millisecond))
		c := newClient(t, d, r, jobs.Options{Workers: 4})
		start(t, c)
		ids := map[string]int64{}
		for name := range cases {
			ids[name] = enqueue(t, c, work{name}, jobs.EnqueueOpts{})
		}
		for name, tc := range cases {
			v := wait(t, c, ids[name], tc.want.state)
			var codes []string
			for _, a := range v.Attempts {
				codes = append(codes, a.Code)
			}
			mu.Lock()
			if got := strings.Join(codes, ","); got != tc.want.codes || runs[name] != tc.want.runs {
				t.Errorf("%s: %d runs, codes %s", name, runs[name], got)
			}
			mu.Unlock()
		}
		assertNowhere(t, d, personal)
	})
}

// assertNowhere fails where a text is in River's table.
func assertNowhere(t *testing.T, d *db.DB, text string) {
	t.Helper()
	q := "SELECT count(*) FROM river_job WHERE json(errors) LIKE $1 OR json(metadata) LIKE $2"
	if d.Engine() == db.Postgres {
		q = "SELECT count(*) FROM river_job WHERE errors::text LIKE $1 OR metadata::text LIKE $2"
	}
	var n int
	if err := d.Q(context.Background()).QueryRowContext(context.Background(), q, "%"+text+"%", "%"+text+"%").Scan(&n); err != nil || n != 0 {
		t.Errorf("%d jobs hold %q, %v", n, text, err)
	}
}

func TestBadArgsEndTheJob(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		r := jobs.NewRegistry()
		jobs.Handle(r, func(context.Context, jobs.Job[work]) error { return nil })
		c := newClient(t, d, r, jobs.Options{})
		id := enqueue(t, c, work{"x"}, jobs.EnqueueOpts{})
		set := "UPDATE river_job SET args = jsonb('{\"name\": 1}') WHERE id = $1"
		if d.Engine() == db.Postgres {
			set = "UPDATE river_job SET args = '{\"name\": 1}' WHERE id = $1"
		}
		err := d.InTx(system(), func(ctx context.Context) error {
			_, err := d.Q(ctx).ExecContext(ctx, set, id)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		start(t, c)
		if v := wait(t, c, id, jobs.Failed); *v.ErrorCode != "jobs.bad_args" {
			t.Errorf("code %s", *v.ErrorCode)
		}
	})
}

func TestStopHandsBack(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		entered := make(chan struct{}, 4)
		var cause atomic.Value
		var second atomic.Int64
		hold := func(r *jobs.Registry) {
			jobs.Handle(r, func(ctx context.Context, j jobs.Job[work]) error {
				entered <- struct{}{}
				<-ctx.Done()
				cause.Store(context.Cause(ctx))
				// Not the context's own error: a query that was interrupted.
				return errs.Wrap(ctx.Err(), errs.Unavailable, "db.busy")
			}, jobs.Timeout(0))
		}
		r := jobs.NewRegistry()
		hold(r)
		c := newClient(t, d, r, jobs.Options{})
		start(t, c)
		id := enqueue(t, c, work{"x"}, jobs.EnqueueOpts{})
		<-entered
		stop(t, c)
		if !errors.Is(cause.Load().(error), jobs.ErrStopping) {
			t.Errorf("cause %v", cause.Load())
		}
		v, err := c.Get(system(), id)
		if err != nil || v.State != jobs.Waiting || len(v.Attempts) != 0 || v.Attempt != 0 {
			t.Fatalf("after stop: %s, attempt %d, %v, %v", v.State, v.Attempt, v.Attempts, err)
		}
		r2 := jobs.NewRegistry()
		jobs.Handle(r2, func(_ context.Context, j jobs.Job[work]) error {
			second.Store(int64(j.Attempt))
			return nil
		})
		c2 := newClient(t, d, r2, jobs.Options{})
		start(t, c2)
		wait(t, c2, id, jobs.Finished)
		if second.Load() != 1 {
			t.Errorf("the stop counted as an attempt: now %d", second.Load())
		}
	})
}

func TestPeriodic(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		var runs atomic.Int64
		build := func() *jobs.Registry {
			r := jobs.NewRegistry()
			jobs.Handle(r, func(context.Context, jobs.Job[work]) error {
				runs.Add(1)
				return nil
			})
			r.Every("test.tick", jobs.Interval(time.Second), func() jobs.Args { return work{"tick"} })
			return r
		}
		// Two processes share the schedule: each slot runs once.
		a := newClient(t, d, build(), jobs.Options{Node: "a"})
		start(t, a)
		clients := int64(1)
		if d.Engine() == db.Postgres {
			start(t, newClient(t, d, build(), jobs.Options{Node: "b"}))
			clients = 2
		}
		began := time.Now()
		until(t, "the periodic job did not run twice", func() bool { return runs.Load() >= 2 })
		if n, most := runs.Load(), int64(time.Since(began)/time.Second)+2; n > most {
			t.Errorf("%d runs in %v with %d clients", n, time.Since(began), clients)
		}
	})
}

func TestPeriodicMakesUpForMissedTime(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		clk := clock.NewFixed(time.Date(2026, 2, 28, 3, 0, 0, 0, time.UTC))
		var runs atomic.Int64
		run := func() *jobs.Client {
			r := jobs.NewRegistry()
			jobs.Handle(r, func(context.Context, jobs.Job[work]) error {
				runs.Add(1)
				return nil
			})
			r.Every("test.daily", jobs.Daily(2, 30, clock.In(time.UTC)), func() jobs.Args { return work{"daily"} })
			c, err := jobs.New(d, clk, log.Discard(), r, jobs.Options{Poll: 100 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Start(system()); err != nil {
				t.Fatal(err)
			}
			return c
		}
		c := run()
		time.Sleep(300 * time.Millisecond)
		stop(t, c)
		if runs.Load() != 0 {
			t.Fatal("ran at the first start")
		}
		clk.Advance(5 * 24 * time.Hour)
		c = run()
		until(t, "what was missed is not made up for", func() bool { return runs.Load() > 0 })
		time.Sleep(300 * time.Millisecond)
		stop(t, c)
		if runs.Load() != 1 {
			t.Errorf("five missed days: %d runs", runs.Load())
		}
	})
}

func TestSchedules(t *testing.T) {
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for name, tc := range map[string]struct {
		s          jobs.Schedule
		from, want string
	}{
		"later today":      {jobs.Daily(2, 30, clock.In(shanghai)), "2026-03-01T01:00:00+08:00", "2026-03-01T02:30:00+08:00"},
		"exactly now":      {jobs.Daily(2, 30, clock.In(shanghai)), "2026-03-01T02:30:00+08:00", "2026-03-02T02:30:00+08:00"},
		"company's day":    {jobs.Daily(2, 30, clock.In(shanghai)), "2026-02-28T18:31:00Z", "2026-03-01T18:30:00Z"},
		"leap day":         {jobs.Daily(0, 0, clock.In(time.UTC)), "2028-02-28T12:00:00Z", "2028-02-29T00:00:00Z"},
		"interval":         {jobs.Interval(10 * time.Minute), "2026-03-01T00:03:00Z", "2026-03-01T00:10:00Z"},
		"interval on slot": {jobs.Interval(10 * time.Minute), "2026-03-01T00:10:00Z", "2026-03-01T00:20:00Z"},
	} {
		if got := tc.s.Next(at(tc.from)); !got.Equal(at(tc.want)) {
			t.Errorf("%s: %v, want %s", name, got, tc.want)
		}
	}
	// The company moves: the same schedule is due by the new zone.
	zone := shanghai
	moving := jobs.Daily(2, 30, func() *time.Location { return zone })
	zone = time.UTC
	if got := moving.Next(at("2026-03-01T01:00:00Z")); !got.Equal(at("2026-03-01T02:30:00Z")) {
		t.Errorf("after the zone changed: %v", got)
	}
}

func TestDetailJSON(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		r := jobs.NewRegistry()
		jobs.Handle(r, func(context.Context, jobs.Job[work]) error { return nil })
		c := newClient(t, d, r, jobs.Options{})
		id := enqueue(t, c, work{"a"}, jobs.EnqueueOpts{})
		v, err := c.Get(system(), id)
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(v)
		if err != nil || v.Args["name"] != "a" || v.Attempts == nil {
			t.Fatalf("%s %v", b, err)
		}
		for _, key := range []string{`"state":"waiting"`, `"attempts":[]`, `"done":0`, `"error_code":null`} {
			if !strings.Contains(string(b), key) {
				t.Errorf("%s lacks %s", b, key)
			}
		}
	})
}
