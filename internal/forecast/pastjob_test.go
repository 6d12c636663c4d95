package forecast_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"zhike/internal/app"
	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/forecast"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/config"
	"zhike/internal/platform/errs"
)

// A child is this test started again, to be killed while it works out a day.
const (
	childDir = "ZHIKE_FORECAST_CHILD_DIR"
	childURL = "ZHIKE_FORECAST_CHILD_URL"
)

func TestMain(m *testing.M) {
	if os.Getenv(childDir) != "" {
		if err := child(); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// pastDay is asked of in these tests, and pieces is how far the child comes.
var pastDay = clock.DateDay(1998, 2, 2)

const (
	pieceSize = 200
	pieces    = 3
)

// child asks for the day and works it out until it is killed.
func child() error {
	ctx := auth.With(context.Background(), auth.System("child"))
	cfg := &config.Config{Data: os.Getenv(childDir), TimeZone: "Asia/Shanghai", Locale: "zh-CN", DBConns: 8}
	if url := os.Getenv(childURL); url != "" {
		cfg.DB = config.NewSecret(url)
	}
	a, err := app.Open(ctx, cfg, app.Options{Stderr: io.Discard, Clock: clock.NewFixed(time.Date(1998, 7, 15, 4, 0, 0, 0, time.UTC))})
	if err != nil {
		return err
	}
	a.Forecast.AtOnce, a.Forecast.PastPiece = 1, pieceSize
	done := 0
	a.Forecast.OnPiece(func(context.Context) {
		if done++; done == pieces {
			fmt.Println("holding")
			select {}
		}
	})
	if _, err := a.Forecast.PastFigures(ctx, pastDay, false); !errs.Is(err, "rule.model_working") {
		return fmt.Errorf("asked: %w", err)
	}
	if err := a.Jobs.Start(ctx); err != nil {
		return err
	}
	select {}
}

// work runs the jobs of the program until the test ends.
func (w *firm) work() {
	w.t.Helper()
	w.must(w.a.Jobs.Start(w.ctx))
	w.t.Cleanup(func() {
		stop, done := context.WithTimeout(context.Background(), time.Minute)
		defer done()
		if err := w.a.Jobs.Stop(stop); err != nil {
			w.t.Error(err)
		}
	})
}

// patiently asks until the day is there.
func (w *firm) patiently(n *customer.Node) *column.Matches {
	w.t.Helper()
	for deadline := time.Now().Add(4 * time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		f, err := w.a.Customer.Find(w.ctx, customer.Who{Rule: n, AsOf: &pastDay})
		if err == nil {
			return f.Members
		}
		if got := fields(err); len(got) != 1 || got[0] != "rule.field rule.model_working" {
			w.t.Fatalf("while it is worked out: %v (%v)", got, err)
		}
	}
	w.t.Fatal("the day is never there")
	return nil
}

// rowsOf are the figures of the day, one line a customer.
func (w *firm) rowsOf() (out []string) {
	w.t.Helper()
	list, err := w.a.DB.Q(w.ctx).QueryContext(w.ctx, `SELECT customer_id, COALESCE(alive, -1), orders_centi, clv_fen FROM customer_forecasts_past ORDER BY customer_id`)
	w.must(err)
	defer list.Close()
	for list.Next() {
		var v [4]int64
		w.must(list.Scan(&v[0], &v[1], &v[2], &v[3]))
		out = append(out, fmt.Sprint(v))
	}
	w.must(list.Err())
	return out
}

// forget removes what was worked out.
func (w *firm) forget() {
	w.t.Helper()
	w.must(w.a.DB.InTx(w.ctx, func(ctx context.Context) error {
		for _, table := range []string{"customer_forecasts_past", "forecast_past"} {
			if _, err := w.a.DB.Q(ctx).ExecContext(ctx, "DELETE FROM "+table); err != nil {
				return err
			}
		}
		return nil
	}))
}

// With many customers a job works out the day. Killed in the middle it goes on
// behind its last transaction, and ends as if nothing had happened.
func TestPastDayOfAKilledProcess(t *testing.T) {
	each(t, 0, func(w *firm) {
		w.cdnow()
		_, err := w.a.Forecast.FitNow(w.ctx, forecast.Purchases, nil)
		w.must(err)
		n := condition("model_clv", "gt", 4000)
		calm, err := w.a.Customer.Find(w.ctx, customer.Who{Rule: &n, AsOf: &pastDay})
		w.must(err)
		want := w.rowsOf()
		w.forget()

		cmd := exec.Command(os.Args[0], "-test.run=^$")
		cmd.Env = append(os.Environ(), childDir+"="+w.a.Config.Data, childURL+"="+w.a.Config.DB.Reveal())
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		w.must(err)
		w.must(cmd.Start())
		lines := bufio.NewScanner(out)
		if !lines.Scan() || !strings.HasPrefix(lines.Text(), "holding") {
			t.Errorf("the child said %q", lines.Text())
		}
		w.must(cmd.Process.Kill())
		_ = cmd.Wait()

		before := w.rowsOf()
		if len(before) == 0 || len(before) > pieces*pieceSize || !slices.Equal(before, want[:len(before)]) {
			t.Fatalf("%d rows of %d when it was killed", len(before), len(want))
		}
		w.a.Forecast.AtOnce, w.a.Forecast.PastPiece = 1, pieceSize
		var worked atomic.Int64
		w.a.Forecast.OnPiece(func(context.Context) { worked.Add(1) })
		_, err = w.a.Customer.Find(w.ctx, customer.Who{Rule: &n, AsOf: &pastDay})
		w.refused(err, "rule.field rule.model_working")
		if got := w.rowsOf(); len(got) != len(before) {
			t.Errorf("a question wrote %d rows", len(got)-len(before))
		}
		w.work()
		got := w.patiently(&n)
		if !same(got, calm.Members) || got.Count() == 0 {
			t.Errorf("%d, undisturbed %d", got.Count(), calm.Members.Count())
		}
		if rows := w.rowsOf(); !slices.Equal(rows, want) {
			t.Errorf("%d rows, undisturbed %d", len(rows), len(want))
		}
		var customers int64
		w.must(w.a.DB.Q(w.ctx).QueryRowContext(w.ctx, `SELECT COUNT(*) FROM customers`).Scan(&customers))
		if all := customers/pieceSize + 1; worked.Load() != all-pieces {
			t.Errorf("%d pieces of %d after the kill", worked.Load(), all)
		}
		var jobs int
		w.must(w.a.DB.Q(w.ctx).QueryRowContext(w.ctx, `SELECT COUNT(*) FROM river_job WHERE kind = 'forecast.past'`).Scan(&jobs))
		if jobs != 1 {
			t.Errorf("%d jobs", jobs)
		}
	})
}

// Who cancels the job has it stopped for some minutes; after that a question goes
// on with it.
func TestPastDayIsCancelled(t *testing.T) {
	each(t, 0, func(w *firm) {
		w.cdnow()
		_, err := w.a.Forecast.FitNow(w.ctx, forecast.Purchases, nil)
		w.must(err)
		w.a.Forecast.AtOnce, w.a.Forecast.PastPiece = 1, pieceSize
		reached := make(chan struct{})
		var worked atomic.Int64
		w.a.Forecast.OnPiece(func(ctx context.Context) {
			if worked.Add(1) == 2 {
				close(reached)
				<-ctx.Done()
			}
		})
		n := condition("model_alive", "gte", 50)
		ask := func() error {
			_, err := w.a.Customer.Find(w.ctx, customer.Who{Rule: &n, AsOf: &pastDay})
			return err
		}
		w.refused(ask(), "rule.field rule.model_working")
		w.work()
		<-reached
		w.refused(ask(), "rule.field rule.model_working")
		var job int64
		w.must(w.a.DB.Q(w.ctx).QueryRowContext(w.ctx, `SELECT job_id FROM forecast_past`).Scan(&job))
		_, err = w.a.Jobs.Cancel(w.ctx, job)
		w.must(err)
		_, err = w.a.Jobs.Wait(w.ctx, job, nil)
		w.must(err)
		if n := len(w.rowsOf()); n == 0 || n > 2000 {
			t.Errorf("%d rows when it was cancelled", n)
		}
		w.refused(ask(), "rule.field rule.model_stopped")
		w.refused(ask(), "rule.field rule.model_stopped")
		w.clock.Advance(6 * time.Minute)
		if got := w.patiently(&n); got.Count() == 0 {
			t.Error("nobody")
		}
		// A question that waits needs no job.
		w.forget()
		if f, err := w.a.Customer.Find(customer.Patient(w.ctx), customer.Who{Rule: &n, AsOf: &pastDay}); err != nil || f.Members.Count() == 0 {
			t.Errorf("patiently: %v", err)
		}
	})
}
