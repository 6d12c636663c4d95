package importer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
)

// begun makes an import that stands in the middle, held by a runner.
func (r *rig) begun(source, runner string, until time.Duration) *Record {
	r.t.Helper()
	rec := &Record{Kind: KindOrders, SourceCode: source, SourceName: source, FileSHA256: "x", FileRef: "path:/x", Mapping: Mapping{Kind: KindOrders}}
	rec, err := r.s.open(r.ctx, rec)
	if err != nil {
		r.t.Fatal(err)
	}
	err = r.db.InTx(r.ctx, func(ctx context.Context) error {
		return r.s.st.exec(ctx, `UPDATE imports SET runner = $1, lease_until = $2, status = 'running' WHERE id = $3`,
			runner, r.s.now()+until.Milliseconds(), rec.ID)
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return rec
}

func TestOneImportIntoASourceAtATime(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		file := r.file("a.csv", goodRows(10))
		elsewhere := "another-machine/12/abcdef/1"
		r.begun("shop", elsewhere, leaseFor)
		if _, err := r.s.Run(r.ctx, RunInput{Path: file, Source: "shop"}); errs.CodeOf(err) != "import.source_busy" {
			t.Errorf("beside a live import: %v", err)
		}
		if res := r.run(RunInput{Path: file, Source: "pos"}); res.Accepted != 10 {
			t.Errorf("into another source: %+v", res)
		}
		if res := r.run(RunInput{Path: file, Source: "shop", DryRun: true}); res.Accepted != 10 {
			t.Errorf("a dry run beside it: %+v", res)
		}
		// A runner that is silent, or known to be dead, holds nobody up.
		r.begun("silent", elsewhere, -time.Second)
		if res := r.run(RunInput{Path: file, Source: "silent"}); res.Accepted != 10 {
			t.Errorf("after a silent one: %+v", res)
		}
		r.begun("dead", fmt.Sprintf("%s/%d/earlier/1", hostName, os.Getpid()), leaseFor)
		if res := r.run(RunInput{Path: file, Source: "dead"}); res.Accepted != 10 {
			t.Errorf("after a dead one: %+v", res)
		}
	})
}

func TestARunnerThatLostItsImportWritesNothing(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t))
	r.s.batch = 10
	path := r.file("a.csv", goodRows(100))
	stolen, before := false, int64(0)
	_, err := r.s.Run(r.ctx, RunInput{Path: path, Source: "shop", Progress: func(p Phase, done, _ int64) {
		if p != PhaseRows || done < 50 || stolen {
			return
		}
		stolen, before = true, done
		err := r.db.InTx(r.ctx, func(ctx context.Context) error {
			return r.s.st.exec(ctx, `UPDATE imports SET runner = $1, lease_until = $2`, "another-machine/1/a/1", r.s.now()+1000)
		})
		if err != nil {
			t.Error(err)
		}
	}})
	if errs.CodeOf(err) != "import.stopped" {
		t.Fatalf("got %v", err)
	}
	if n := r.one(`SELECT count(*) FROM orders`); n != before {
		t.Errorf("%d orders, want the %d from before", n, before)
	}
	if got := r.lines(`SELECT status, runner FROM imports`); got[0] != "running|another-machine/1/a/1" {
		t.Errorf("the import of the other runner was touched: %v", got)
	}
	// Once that one is silent, the same call goes on.
	time.Sleep(time.Millisecond)
	if err := r.db.InTx(r.ctx, func(ctx context.Context) error { return r.s.st.exec(ctx, `UPDATE imports SET lease_until = 1`) }); err != nil {
		t.Fatal(err)
	}
	if res := r.run(RunInput{Path: path, Source: "shop"}); res.Accepted != 100 || res.OrdersCreated != 100 || res.ImportID != 1 {
		t.Errorf("gone on: %+v", res)
	}
}

// Imports into two sources run side by side and make one customer of a phone.
func TestTwoSourcesAtOnceShareTheirCustomers(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.s.batch = 40
		text := func(prefix string) string {
			var b strings.Builder
			b.WriteString("订单编号,会员编号,手机号,付款时间,实付金额\n")
			for i := range 1200 {
				fmt.Fprintf(&b, "%s%d,%s%d,138%08d,2026-01-02,10\n", prefix, i, prefix, i%300, i%300)
			}
			return b.String()
		}
		var wg sync.WaitGroup
		fail := make([]error, 2)
		for i, prefix := range []string{"A", "B"} {
			path := r.file(prefix+".csv", text(prefix))
			wg.Go(func() {
				_, fail[i] = r.s.Run(r.ctx, RunInput{Path: path, Source: prefix})
			})
		}
		wg.Wait()
		if err := errors.Join(fail...); err != nil {
			t.Fatal(err)
		}
		if n := r.one(`SELECT count(*) FROM customers`); n != 300 {
			t.Errorf("%d customers, want 300", n)
		}
		if n := r.one(`SELECT count(*) FROM orders`); n != 2400 {
			t.Errorf("%d orders, want 2,400", n)
		}
		if n := r.one(`SELECT sum(orders_all) FROM customer_metrics`); n != 2400 {
			t.Errorf("figures count %d orders, want 2,400", n)
		}
	})
}

func TestCancelledContextLeavesAnImportThatGoesOn(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t))
	r.s.batch = 10
	path := r.file("a.csv", goodRows(200))
	ctx, cancel := context.WithCancel(r.ctx)
	_, err := r.s.Run(ctx, RunInput{Path: path, Source: "shop", Progress: func(p Phase, done, _ int64) {
		if p == PhaseRows && done >= 60 {
			cancel()
		}
	}})
	if errs.KindOf(err) != errs.Canceled {
		t.Fatalf("got %v", err)
	}
	if got := r.lines(`SELECT status, runner FROM imports`); got[0] != "running|" {
		t.Errorf("import after its caller went away: %v", got)
	}
	if res := r.run(RunInput{Path: path, Source: "shop"}); res.ImportID != 1 || res.OrdersCreated != 200 {
		t.Errorf("gone on: %+v", res)
	}
	if n := len(r.bus.got); n != 1 {
		t.Errorf("%d events, want 1", n)
	}
}

func TestIndexesComeBackAfterADeadImport(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		how := map[string]string{}
		for _, name := range secondaryOf(KindOrders) {
			how[name], _ = r.s.db.IndexStatement(r.ctx, name)
		}
		r.s.batch, r.s.deferRows = 10, 50
		ctx, cancel := context.WithCancel(r.ctx)
		defer cancel()
		path := r.file("a.csv", goodRows(100))
		_, err := r.s.Run(ctx, RunInput{Path: path, Source: "shop", Progress: func(p Phase, done, _ int64) {
			if p == PhaseRows {
				cancel()
			}
		}})
		if errs.KindOf(err) != errs.Canceled {
			t.Fatalf("got %v", err)
		}
		if how, err := r.s.db.IndexStatement(r.ctx, "orders_customer"); err != nil || how != "" {
			t.Fatalf("the first large import keeps its indexes: %q %v", how, err)
		}
		if err := r.s.Recover(r.ctx); err != nil {
			t.Fatal(err)
		}
		for name, want := range how {
			if got, err := r.s.db.IndexStatement(r.ctx, name); err != nil || got != want {
				t.Errorf("%s came back as %q, want %q (%v)", name, got, want, err)
			}
		}
		// It goes on with them, as after an upgrade, and ends.
		if res := r.run(RunInput{Path: path, Source: "shop"}); res.ImportID != 1 || res.OrdersCreated != 100 {
			t.Errorf("gone on: %+v", res)
		}
		// A second import, or one into a table that has rows, leaves them alone.
		if res := r.run(RunInput{Path: r.file("b.csv", goodRows(120)), Source: "pos"}); res.Accepted != 120 {
			t.Errorf("%+v", res)
		}
	})
}
