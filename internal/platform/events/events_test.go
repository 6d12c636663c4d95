package events_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/events"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/log"
)

const childEnv = "ZHIKE_TEST_EVENTS_CHILD" // data folder or postgres://…

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		child()
		return
	}
	os.Exit(m.Run())
}

type graded struct {
	CustomerID int64 `json:"customer_id"`
}

func (graded) EventKind() string { return "test.graded" }

type lonely struct{}

func (lonely) EventKind() string { return "test.lonely" }

func system() context.Context { return auth.With(context.Background(), auth.System("test")) }

type setup struct {
	d   *db.DB
	clk *clock.Fixed
	c   *jobs.Client
	bus *events.Bus
}

func build(d *db.DB) (*setup, error) {
	s := &setup{d: d, clk: clock.NewFixed(time.Now())}
	c, err := jobs.New(d, clock.System{}, log.Discard(), jobs.NewRegistry(), jobs.Options{
		Node: "main", Poll: 100 * time.Millisecond, LeaseTTL: 900 * time.Millisecond,
		Backoff: func(int) time.Duration { return 20 * time.Millisecond },
	})
	if err != nil {
		return nil, err
	}
	s.c, s.bus = c, events.New(d, s.clk, log.Discard(), c)
	return s, nil
}

func newSetup(t *testing.T, d *db.DB) *setup {
	t.Helper()
	s, err := build(d)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *setup) start(t *testing.T) {
	t.Helper()
	if err := s.c.Start(system()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.c.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
}

func (s *setup) publish(t *testing.T, e events.Event) {
	t.Helper()
	if err := s.d.InTx(system(), func(ctx context.Context) error { return s.bus.Publish(ctx, e) }); err != nil {
		t.Fatal(err)
	}
}

// note appends a letter to the row name: the effect of a subscriber.
func note(ctx context.Context, d *db.DB, name, letter string) error {
	_, err := d.Q(ctx).ExecContext(ctx, `INSERT INTO settings (name, value, updated_at) VALUES ($1, $2, 0)
ON CONFLICT (name) DO UPDATE SET value = settings.value || excluded.value`, name, letter)
	return err
}

func noted(t *testing.T, d *db.DB, name string) (v string) {
	t.Helper()
	err := d.Q(system()).QueryRowContext(system(), "SELECT value FROM settings WHERE name = $1", name).Scan(&v)
	if err != nil && !db.IsNoRow(err) {
		t.Fatal(err)
	}
	return v
}

func count(t *testing.T, d *db.DB, table string) (n int) {
	t.Helper()
	if err := d.Q(system()).QueryRowContext(system(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func until(t *testing.T, what string, cond func() bool) {
	t.Helper()
	for end := time.Now().Add(15 * time.Second); !cond(); {
		if time.Now().After(end) {
			t.Fatalf("after 15 s: %s", what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// settled waits until no delivery is left.
func (s *setup) settled(t *testing.T) {
	t.Helper()
	until(t, "deliveries are still to do", func() bool {
		n, err := s.c.Count(system())
		return err == nil && n.Running == 0 && n.Scheduled == 0
	})
}

func both(t *testing.T, fn func(t *testing.T, d *db.DB)) {
	t.Parallel()
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		t.Parallel()
		fn(t, d)
	})
}

func TestPublishBelongsToTheTransaction(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		s := newSetup(t, d)
		var mu sync.Mutex
		var got []int64
		events.Subscribe(s.bus, "a", func(_ context.Context, e events.Delivery[graded]) error {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, e.Event.CustomerID)
			return nil
		})
		s.start(t)
		if err := s.bus.Publish(system(), graded{1}); !errs.Is(err, "events.no_transaction") {
			t.Errorf("outside of a transaction: %v", err)
		}
		boom := errors.New("boom")
		err := d.InTx(system(), func(ctx context.Context) error {
			if err := s.bus.Publish(ctx, graded{2}); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		s.publish(t, graded{3})
		s.publish(t, lonely{}) // nobody subscribes
		s.settled(t)
		mu.Lock()
		defer mu.Unlock()
		if fmt.Sprint(got) != "[3]" || count(t, d, "events") != 2 || count(t, d, "event_receipts") != 1 {
			t.Errorf("got %v, %d events, %d receipts", got, count(t, d, "events"), count(t, d, "event_receipts"))
		}
	})
}

func TestSubscribersAreIndependent(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		s := newSetup(t, d)
		// Fails after it has written: the write and the receipt go with it.
		events.Subscribe(s.bus, "twice", func(ctx context.Context, e events.Delivery[graded]) error {
			if err := note(ctx, d, "twice", "x"); err != nil {
				return err
			}
			if e.Attempt == 1 {
				return errs.New(errs.Unavailable, "db.busy")
			}
			return nil
		})
		events.Subscribe(s.bus, "never", func(ctx context.Context, _ events.Delivery[graded]) error {
			if err := note(ctx, d, "never", "x"); err != nil {
				return err
			}
			return errs.New(errs.Invalid, "events.bad_payload")
		})
		events.Subscribe(s.bus, "once", func(ctx context.Context, e events.Delivery[graded]) error {
			return note(ctx, d, "once", fmt.Sprint(e.Event.CustomerID))
		})
		s.publish(t, graded{7})
		s.start(t)
		s.settled(t)
		for name, want := range map[string]string{"twice": "x", "never": "", "once": "7"} {
			if got := noted(t, d, name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		if n := count(t, d, "event_receipts"); n != 2 {
			t.Errorf("%d receipts", n)
		}
	})
}

func TestRepeatedDeliveryIsHarmless(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		s := newSetup(t, d)
		events.Subscribe(s.bus, "in", func(ctx context.Context, _ events.Delivery[graded]) error {
			return note(ctx, d, "in", "x")
		})
		events.Subscribe(s.bus, "out", func(ctx context.Context, _ events.Delivery[graded]) error {
			if db.InTransaction(ctx) {
				return errs.New(errs.Invalid, "events.bad_payload")
			}
			return d.InTx(ctx, func(ctx context.Context) error { return note(ctx, d, "out", "x") })
		}, events.OutsideTx())
		s.publish(t, graded{1})
		s.start(t)
		s.settled(t)
		// As if the result of the jobs had never been stored.
		err := d.InTx(system(), func(ctx context.Context) error {
			_, err := d.Q(ctx).ExecContext(ctx, "UPDATE river_job SET state = 'available', finalized_at = NULL")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		s.settled(t)
		if in, out := noted(t, d, "in"), noted(t, d, "out"); in != "x" || out != "x" {
			t.Errorf("in %q, out %q", in, out)
		}
	})
}

func TestCleanKeepsTheYoung(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		s := newSetup(t, d)
		events.Subscribe(s.bus, "a", func(context.Context, events.Delivery[graded]) error { return nil })
		now := s.clk.Now()
		s.clk.Set(now.AddDate(0, 0, -61))
		s.publish(t, graded{1})
		s.publish(t, graded{2})
		s.clk.Set(now.AddDate(0, 0, -59))
		s.publish(t, graded{3})
		s.clk.Set(now)
		s.start(t)
		s.settled(t)
		if _, err := s.c.Enqueue(system(), cleaning{}, jobs.EnqueueOpts{}); err != nil {
			t.Fatal(err)
		}
		s.settled(t)
		if e, r := count(t, d, "events"), count(t, d, "event_receipts"); e != 1 || r != 1 {
			t.Errorf("%d events, %d receipts", e, r)
		}
	})
}

type cleaning struct{}

func (cleaning) Kind() string { return "events.clean" }

// subscribeBoth makes one subscriber of each sort that leaves a letter; after
// runs when the letter is committed and the job not yet done.
func subscribeBoth(s *setup, after func(string)) {
	events.Subscribe(s.bus, "in", func(ctx context.Context, _ events.Delivery[graded]) error {
		db.AfterCommit(ctx, func() { after("in") })
		return note(ctx, s.d, "in", "x")
	})
	events.Subscribe(s.bus, "out", func(ctx context.Context, _ events.Delivery[graded]) error {
		if err := s.d.InTx(ctx, func(ctx context.Context) error { return note(ctx, s.d, "out", "x") }); err != nil {
			return err
		}
		after("out")
		return nil
	}, events.OutsideTx())
}

func dbConfig(target string) db.Config {
	if strings.HasPrefix(target, "postgres") {
		return db.Config{URL: target}
	}
	return db.Config{Dir: target}
}

// child delivers events until the first effect is committed, and waits there
// to be killed.
func child() {
	fail := func(err error) {
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
	}
	d, err := db.Open(context.Background(), dbConfig(os.Getenv(childEnv)))
	fail(err)
	s, err := build(d)
	fail(err)
	subscribeBoth(s, func(name string) {
		fmt.Println("committed", name)
		select {}
	})
	fail(s.c.Start(system()))
	select {}
}

// A process is killed after the effect of a subscriber has been committed and
// before its delivery job is done.
func TestKilledBetweenHandlerAndCompletion(t *testing.T) {
	t.Parallel()
	for name, postgres := range map[string]bool{"sqlite": false, "postgres": true} {
		for _, first := range []string{"in", "out"} {
			t.Run(name+" "+first, func(t *testing.T) {
				t.Parallel()
				target := t.TempDir()
				if postgres {
					target = dbtest.PostgresURL(t)
				}
				d, err := db.Open(system(), dbConfig(target))
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = d.Close() })
				if _, err := d.Migrate(system()); err != nil {
					t.Fatal(err)
				}
				s := newSetup(t, d)
				subscribeBoth(s, func(string) {})
				s.publish(t, graded{1})
				// Only one of the two deliveries is there for the child.
				if err := s.postpone(first, time.Hour); err != nil {
					t.Fatal(err)
				}
				runChildAndKill(t, target, "committed "+first)
				if got := noted(t, d, first); got != "x" {
					t.Fatalf("effect before the restart: %q", got)
				}
				s.start(t)
				until(t, "the delivery is not done", func() bool {
					n, err := s.c.Count(system())
					return err == nil && n.Running == 0 && n.Finished == 1
				})
				want := map[string]string{"in": "x", "out": "xx"}[first]
				if got := noted(t, d, first); got != want {
					t.Errorf("effect %q, want %q", got, want)
				}
			})
		}
	}
}

// postpone moves all deliveries but those to one subscriber into the future.
func (s *setup) postpone(but string, by time.Duration) error {
	return s.d.InTx(system(), func(ctx context.Context) error {
		at := time.Now().Add(by).UTC()
		if s.d.Engine() == db.Postgres {
			_, err := s.d.Q(ctx).ExecContext(ctx, "UPDATE river_job SET scheduled_at = $1 WHERE args ->> 'subscriber' <> $2", at, but)
			return err
		}
		_, err := s.d.Q(ctx).ExecContext(ctx, "UPDATE river_job SET scheduled_at = $1 WHERE json_extract(args, '$.subscriber') <> $2",
			at.Format("2006-01-02 15:04:05.000"), but)
		return err
	})
}

func runChildAndKill(t *testing.T, target, line string) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "-test.run=^$")
	cmd.Env = append(os.Environ(), childEnv+"="+target)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Wait() }()
	lines := bufio.NewScanner(out)
	ok := lines.Scan()
	if err := cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	if !ok || lines.Text() != line {
		t.Fatalf("the child said %q, want %q", lines.Text(), line)
	}
}
