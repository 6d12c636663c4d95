package jobs_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/log"
)

// The tests of this file start this test binary again as a process that holds
// a job, and kill it.
const (
	childEnv     = "ZHIKE_TEST_JOBS_CHILD" // data folder or postgres://…
	childNodeEnv = "ZHIKE_TEST_JOBS_NODE"
)

func dbConfig(target string) db.Config {
	if strings.HasPrefix(target, "postgres") {
		return db.Config{URL: target}
	}
	return db.Config{Dir: target}
}

// child holds any job until it is killed.
func child() {
	fail := func(err error) {
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
	}
	ctx := context.Background()
	d, err := db.Open(ctx, dbConfig(os.Getenv(childEnv)))
	fail(err)
	r := jobs.NewRegistry()
	jobs.Handle(r, func(ctx context.Context, j jobs.Job[work]) error {
		jobs.Report(ctx, 40, 100, "rows", "first half")
		time.Sleep(600 * time.Millisecond) // a heartbeat passes: the lease is written
		fmt.Println("holding", j.ID)
		select {}
	}, jobs.Timeout(0))
	c, err := jobs.New(d, clock.System{}, log.Discard(), r, jobs.Options{
		Node: os.Getenv(childNodeEnv), LeaseTTL: 900 * time.Millisecond, Poll: 100 * time.Millisecond,
	})
	fail(err)
	fail(c.Start(ctx))
	select {}
}

// holdAndKill lets a child process take the job and kills it with SIGKILL.
func holdAndKill(t *testing.T, target, node string) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "-test.run=^$")
	cmd.Env = append(os.Environ(), childEnv+"="+target, childNodeEnv+"="+node)
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
	if !lines.Scan() || !strings.HasPrefix(lines.Text(), "holding") {
		_ = cmd.Process.Kill()
		t.Fatalf("the child said %q", lines.Text())
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
}

func TestJobOfAKilledProcessIsTakenBack(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		postgres    bool
		first, next string // node names
		within      time.Duration
	}{
		"sqlite":                  {false, "", "", 2 * time.Second},
		"postgres, same node":     {true, "main", "main", 2 * time.Second},
		"postgres, other process": {true, "", "", 8 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			target := t.TempDir()
			if tc.postgres {
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
			r := jobs.NewRegistry()
			var attempt atomic.Int64
			jobs.Handle(r, func(_ context.Context, j jobs.Job[work]) error {
				attempt.Store(int64(j.Attempt))
				return nil
			})
			c := newClient(t, d, r, jobs.Options{Node: tc.next})
			id := enqueue(t, c, work{"x"}, jobs.EnqueueOpts{})
			holdAndKill(t, target, tc.first)

			v, err := c.Get(system(), id)
			if err != nil || v.State != jobs.Running || v.Done != 40 || v.Total != 100 {
				t.Fatalf("after the kill: %s %d/%d %v", v.State, v.Done, v.Total, err)
			}
			began := time.Now()
			start(t, c)
			v = wait(t, c, id, jobs.Finished)
			if took := time.Since(began); took > tc.within {
				t.Errorf("taken back after %v", took)
			}
			if attempt.Load() != 2 || len(v.Attempts) != 1 || v.Attempts[0].Code != "jobs.process_died" {
				t.Errorf("attempt %d, attempts %+v", attempt.Load(), v.Attempts)
			}
			stop(t, c)
			var leases int
			if err := d.Q(system()).QueryRowContext(system(), "SELECT count(*) FROM job_leases").Scan(&leases); err != nil || leases != 0 {
				t.Errorf("%d leases left, %v", leases, err)
			}
		})
	}
}

// A job that kills its process each time must end as failed one day.
func TestDeathCountsAsAnAttempt(t *testing.T) {
	t.Parallel()
	target := t.TempDir()
	d, err := db.Open(system(), dbConfig(target))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if _, err := d.Migrate(system()); err != nil {
		t.Fatal(err)
	}
	r := jobs.NewRegistry()
	jobs.Handle(r, func(context.Context, jobs.Job[work]) error { return nil }, jobs.MaxAttempts(1))
	c := newClient(t, d, r, jobs.Options{})
	id := enqueue(t, c, work{"x"}, jobs.EnqueueOpts{})
	holdAndKill(t, target, "")
	start(t, c)
	wait(t, c, id, jobs.Failed)
}

// Two processes on PostgreSQL: a job that runs longer than a lease stays with
// its holder.
func TestLivingHolderKeepsItsJob(t *testing.T) {
	t.Parallel()
	d := dbtest.Postgres(t)
	var runs, both atomic.Int64
	var most atomic.Int64
	build := func() *jobs.Registry {
		r := jobs.NewRegistry()
		jobs.Handle(r, func(ctx context.Context, _ jobs.Job[work]) error {
			runs.Add(1)
			if n := both.Add(1); n > most.Load() {
				most.Store(n)
			}
			defer both.Add(-1)
			select {
			case <-time.After(3 * time.Second):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		return r
	}
	a := newClient(t, d, build(), jobs.Options{Node: "a"})
	start(t, a)
	start(t, newClient(t, d, build(), jobs.Options{Node: "b"}))
	id := enqueue(t, a, work{"x"}, jobs.EnqueueOpts{})
	wait(t, a, id, jobs.Finished)
	if runs.Load() != 1 || most.Load() != 1 {
		t.Errorf("%d runs, %d at once", runs.Load(), most.Load())
	}
}

// A process that stood still for longer than its lease finds that its job was
// given away, and stops it.
func TestLostLeaseEndsTheContext(t *testing.T) {
	t.Parallel()
	d := dbtest.Postgres(t)
	r := jobs.NewRegistry()
	entered := make(chan struct{}, 2)
	lost := make(chan error, 2)
	var attempts atomic.Int64
	jobs.Handle(r, func(ctx context.Context, j jobs.Job[work]) error {
		if attempts.Add(1) > 1 {
			return nil
		}
		entered <- struct{}{}
		<-ctx.Done()
		lost <- context.Cause(ctx)
		return ctx.Err()
	})
	c := newClient(t, d, r, jobs.Options{})
	start(t, c)
	id := enqueue(t, c, work{"x"}, jobs.EnqueueOpts{})
	<-entered
	err := d.InTx(system(), func(ctx context.Context) error {
		_, err := d.Q(ctx).ExecContext(ctx, "UPDATE river_job SET attempted_at = attempted_at + interval '1 second' WHERE id = $1", id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	select {
	case cause := <-lost:
		if cause != jobs.ErrLeaseLost {
			t.Errorf("cause %v", cause)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the context did not end")
	}
	wait(t, c, id, jobs.Finished)
}
