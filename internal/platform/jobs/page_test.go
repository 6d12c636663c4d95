package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/web"
)

type recorder struct {
	mu      sync.Mutex
	entries []audit.Entry
}

func (r *recorder) Append(_ context.Context, e audit.Entry) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.entries = append(r.entries, e)
	return nil
}

func TestListPages(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		r := jobs.NewRegistry()
		jobs.Handle(r, func(context.Context, jobs.Job[work]) error { return nil })
		jobs.Handle(r, func(context.Context, jobs.Job[other]) error { return errs.New(errs.Invalid, "test.bad") })
		c := newClient(t, d, r, jobs.Options{Names: func(_ context.Context, ids []int64) (map[int64]string, error) {
			return map[int64]string{7: "Wang"}, nil
		}})
		var ids []int64
		for i := range 7 {
			id, err := c.Enqueue(staff(7), work{fmt.Sprint(i)}, jobs.EnqueueOpts{At: time.Now().Add(time.Hour)})
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
		}
		bad := enqueue(t, c, other{}, jobs.EnqueueOpts{})
		var seen []int64
		in := jobs.ListInput{Group: jobs.GroupScheduled, Kind: "test.work", Limit: 3}
		for pages := 0; ; pages++ {
			list, more, total, err := c.List(system(), in)
			if err != nil || total != 7 || pages > 3 {
				t.Fatalf("page %d: total %d, %v", pages, total, err)
			}
			for _, v := range list {
				seen = append(seen, v.ID)
				if v.ActorName != "Wang" || *v.StaffID != 7 || v.State != jobs.Scheduled {
					t.Errorf("%+v", v)
				}
			}
			if !more {
				break
			}
			in.Before = list[len(list)-1].ID
		}
		for i, id := range seen {
			if id != ids[len(ids)-1-i] {
				t.Fatalf("seen %v of %v", seen, ids)
			}
		}
		if len(seen) != 7 {
			t.Fatalf("seen %v", seen)
		}
		start(t, c)
		wait(t, c, bad, jobs.Failed)
		n, err := c.Count(system())
		if err != nil || n != (jobs.Counts{Scheduled: 7, Failed: 1}) {
			t.Errorf("counts %+v, %v", n, err)
		}
		reg := prometheus.NewRegistry()
		reg.MustRegister(c.Collector())
		families, err := reg.Gather()
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]float64{}
		for _, f := range families {
			for _, m := range f.GetMetric() {
				key := f.GetName()
				for _, l := range m.GetLabel() {
					key += " " + l.GetValue()
				}
				got[key] = m.GetGauge().GetValue() + m.GetCounter().GetValue()
			}
		}
		for key, want := range map[string]float64{
			"zhike_jobs test.work scheduled": 7, "zhike_jobs test.other failed": 1, "zhike_job_attempts_total test.other failed": 1,
		} {
			if got[key] != want {
				t.Errorf("%s is %v, want %v; all: %v", key, got[key], want, got)
			}
		}
	})
}

func TestWhoSeesAndMayDoWhat(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		r := jobs.NewRegistry()
		jobs.Handle(r, func(context.Context, jobs.Job[work]) error { return nil })
		log := &recorder{}
		c := newClient(t, d, r, jobs.Options{Audit: log})
		later := jobs.EnqueueOpts{At: time.Now().Add(time.Hour)}
		mine, err := c.Enqueue(staff(7), work{"mine"}, later)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := c.Enqueue(staff(8), work{"theirs"}, later)
		if err != nil {
			t.Fatal(err)
		}
		owner, viewer, manager := staff(7), staff(9, jobs.PermView), staff(9, jobs.PermView, jobs.PermManage)
		for name, tc := range map[string]struct {
			ctx  context.Context
			want int
		}{"owner": {owner, 1}, "stranger": {staff(5), 0}, "viewer": {viewer, 2}} {
			list, _, total, err := c.List(tc.ctx, jobs.ListInput{Limit: 10})
			if err != nil || len(list) != tc.want || total != int64(tc.want) {
				t.Errorf("%s: %d jobs, total %d, %v", name, len(list), total, err)
			}
		}
		if _, _, _, err := c.List(context.Background(), jobs.ListInput{Limit: 10}); errs.KindOf(err) != errs.Unauthenticated {
			t.Errorf("nobody: %v", err)
		}
		if _, err := c.Get(owner, theirs); !errs.Is(err, "jobs.not_found") {
			t.Errorf("another's job: %v", err)
		}
		if _, err := c.Cancel(viewer, mine); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("viewer cancels: %v", err)
		}
		if v, err := c.Cancel(owner, mine); err != nil || v.State != jobs.Cancelled || v.CanCancel {
			t.Errorf("owner cancels: %s %v", v.State, err)
		}
		if _, err := c.Retry(owner, mine); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("owner retries: %v", err)
		}
		if v, err := c.Retry(manager, mine); err != nil || v.State != jobs.Waiting {
			t.Errorf("manager retries: %s %v", v.State, err)
		}
		if _, err := c.Retry(manager, 999999); !errs.Is(err, "jobs.not_found") {
			t.Errorf("no such job: %v", err)
		}
		start(t, c)
		wait(t, c, mine, jobs.Finished)
		if _, err := c.Retry(manager, mine); !errs.Is(err, "jobs.is_finished") {
			t.Errorf("retry of a finished job: %v", err)
		}
		if _, err := c.Cancel(manager, mine); !errs.Is(err, "jobs.is_finished") {
			t.Errorf("cancel of a finished job: %v", err)
		}
		var actions []string
		for _, e := range log.entries {
			actions = append(actions, e.Action+" "+e.ObjectID)
		}
		if want := fmt.Sprintf("[job.cancel %d job.retry %d]", mine, mine); fmt.Sprint(actions) != want {
			t.Errorf("audit %v, want %s", actions, want)
		}
	})
}

func TestRetryOfAUniqueJobThatWaitsAlready(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		r := jobs.NewRegistry()
		jobs.Handle(r, func(context.Context, jobs.Job[work]) error { return nil })
		c := newClient(t, d, r, jobs.Options{})
		first := enqueue(t, c, work{"a"}, jobs.EnqueueOpts{UniqueKey: "k"})
		if _, err := c.Cancel(system(), first); err != nil {
			t.Fatal(err)
		}
		enqueue(t, c, work{"b"}, jobs.EnqueueOpts{UniqueKey: "k"})
		if _, err := c.Retry(system(), first); !errs.Is(err, "jobs.doubled") {
			t.Errorf("%v", err)
		}
	})
}

func TestCancelOfARunningJob(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		r := jobs.NewRegistry()
		entered := make(chan struct{}, 1)
		var cause atomic.Value
		jobs.Handle(r, func(ctx context.Context, _ jobs.Job[work]) error {
			entered <- struct{}{}
			<-ctx.Done()
			cause.Store(context.Cause(ctx))
			return ctx.Err()
		})
		c := newClient(t, d, r, jobs.Options{})
		start(t, c)
		id := enqueue(t, c, work{"x"}, jobs.EnqueueOpts{})
		<-entered
		if _, err := c.Retry(system(), id); !errs.Is(err, "jobs.is_running") {
			t.Errorf("retry of a running job: %v", err)
		}
		if _, err := c.Cancel(system(), id); err != nil {
			t.Fatal(err)
		}
		v := wait(t, c, id, jobs.Cancelled)
		if !errors.Is(cause.Load().(error), jobs.ErrCancelled) || *v.ErrorCode != "jobs.cancelled" {
			t.Errorf("cause %v, code %s", cause.Load(), *v.ErrorCode)
		}
	})
}

func TestProgressAndStream(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		r := jobs.NewRegistry()
		step := make(chan struct{})
		jobs.Handle(r, func(ctx context.Context, _ jobs.Job[work]) error {
			jobs.Report(ctx, 1000, 5000, "rows", "reading")
			<-step
			// A report from inside a transaction must not wait for it.
			err := d.InTx(ctx, func(ctx context.Context) error {
				if _, err := d.Q(ctx).ExecContext(ctx, "INSERT INTO settings (name, value, updated_at) VALUES ('a', 'b', 1)"); err != nil {
					return err
				}
				for i := range 100 {
					jobs.Report(ctx, 2000+int64(i)*10, 5000, "rows", "writing")
				}
				<-step
				return nil
			})
			jobs.Report(ctx, 5000, 5000, "rows", "done")
			return err
		})
		c := newClient(t, d, r, jobs.Options{})
		start(t, c)
		ctx, cancel := context.WithCancel(staff(9, jobs.PermView))
		defer cancel()
		events := make(chan jobs.View, 100)
		go func() {
			_ = c.Stream(ctx, func(event string, data any) error {
				if event == "job" {
					events <- data.(jobs.View)
				}
				return nil
			})
		}()
		id := enqueue(t, c, work{"x"}, jobs.EnqueueOpts{})
		next := func(what string, is func(jobs.View) bool) {
			t.Helper()
			for {
				select {
				case v := <-events:
					if v.ID == id && is(v) {
						return
					}
				case <-time.After(5 * time.Second):
					t.Fatalf("no event: %s", what)
				}
			}
		}
		next("first report", func(v jobs.View) bool { return v.Done == 1000 && v.Total == 5000 && v.Note == "reading" })
		until(t, "the report is not in the database", func() bool {
			var n int64
			err := d.Q(ctx).QueryRowContext(ctx, "SELECT done FROM job_progress WHERE job_id = $1", id).Scan(&n)
			return err == nil && n == 1000
		})
		time.Sleep(150 * time.Millisecond) // a rate needs a span
		step <- struct{}{}
		next("report inside a transaction", func(v jobs.View) bool { return v.Done == 2990 && v.Rate > 0 && v.EtaSeconds != nil })
		step <- struct{}{}
		next("the end", func(v jobs.View) bool { return v.State == jobs.Finished && v.Done == 5000 && v.Rate == 0 })
		v := wait(t, c, id, jobs.Finished)
		if v.Done != 5000 || v.Note != "done" || v.Unit != "rows" {
			t.Errorf("final progress %+v", v.View)
		}
		one := 0
		if err := c.StreamOne(system(), id, func(string, any) error { one++; return nil }); err != nil || one != 1 {
			t.Errorf("stream of an ended job: %d events, %v", one, err)
		}
	})
}

func TestReportWithoutAJob(t *testing.T) {
	jobs.Report(context.Background(), 1, 2, "rows", "")
	var got []int64
	ctx := jobs.WithReporter(context.Background(), func(done, total int64, _, _ string) { got = append(got, done, total) })
	jobs.Report(ctx, 1, 2, "rows", "")
	if fmt.Sprint(got) != "[1 2]" {
		t.Errorf("%v", got)
	}
}

func TestRoutes(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		r := jobs.NewRegistry()
		jobs.Handle(r, func(context.Context, jobs.Job[work]) error { return errs.New(errs.Invalid, "jobs.bad_args") })
		c := newClient(t, d, r, jobs.Options{})
		api := web.New(web.Options{Authenticate: func(context.Context, *http.Request) (*auth.Actor, error) {
			return auth.From(staff(9, jobs.PermView, jobs.PermManage)), nil
		}})
		c.Routes(api)
		call := func(method, path string) (int, string) {
			w := httptest.NewRecorder()
			req := httptest.NewRequest(method, "http://zhike.test/api/v1"+path, nil)
			api.ServeHTTP(w, req)
			return w.Code, w.Body.String()
		}
		first := enqueue(t, c, work{"a"}, jobs.EnqueueOpts{})
		second := enqueue(t, c, work{"b"}, jobs.EnqueueOpts{})
		start(t, c)
		wait(t, c, first, jobs.Failed)
		wait(t, c, second, jobs.Failed)
		for _, tc := range []struct {
			method, path string
			code         int
			has          string
		}{
			{"GET", "/jobs?state=failed&limit=1", 200, `"next_cursor":"`},
			{"GET", "/jobs?state=failed", 200, `"error_detail":"`},
			{"GET", "/jobs?state=nonsense", 422, `"code"`},
			{"GET", "/jobs?cursor=nonsense", 422, `web.bad_cursor`},
			{"GET", "/jobs/counts", 200, `"failed":2`},
			{"GET", "/jobs/kinds", 200, `"test.work"`},
			{"GET", fmt.Sprintf("/jobs/%d", first), 200, `"attempts":[{"attempt":1`},
			{"GET", "/jobs/999999", 404, `jobs.not_found`},
			{"GET", fmt.Sprintf("/jobs/%d/stream", first), 200, "event: job\ndata: {"},
			{"POST", fmt.Sprintf("/jobs/%d/cancel", first), 409, `jobs.is_finished`},
			{"POST", fmt.Sprintf("/jobs/%d/retry", first), 200, `"state":"`},
		} {
			code, body := call(tc.method, tc.path)
			if code != tc.code || !strings.Contains(body, tc.has) {
				t.Errorf("%s %s: %d %s", tc.method, tc.path, code, body)
			}
		}
	})
}
