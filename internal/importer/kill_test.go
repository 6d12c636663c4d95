package importer

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// A child is this program started again, to be killed in the middle.
const (
	childURL  = "ZHIKE_IMPORT_CHILD_URL" // "" = SQLite in childDir
	childDir  = "ZHIKE_IMPORT_CHILD_DIR"
	childFile = "ZHIKE_IMPORT_CHILD_FILE"
)

func TestMain(m *testing.M) {
	if os.Getenv(childFile) != "" {
		if err := child(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child imports the file.
func child() error {
	ctx := auth.With(context.Background(), auth.System("child"))
	d, err := db.Open(ctx, db.Config{URL: os.Getenv(childURL), Dir: os.Getenv(childDir), MaxConns: 8})
	if err != nil {
		return err
	}
	defer d.Close()
	s, _, _, err := serviceIn(ctx, d, os.Getenv(childDir))
	if err != nil {
		return err
	}
	s.batch, s.deferRows = killBatch, 1
	_, err = s.Run(ctx, RunInput{Kind: KindOrders, Path: os.Getenv(childFile), Source: "shop"})
	return err
}

// killBatch makes many edges at which a kill can fall.
const killBatch = 300

// killFile is an order file with all that an import can meet: orders of several
// rows, orders far apart, buyers that change their data, refused rows, returns.
func killFile(rows int) string {
	r := rand.New(rand.NewPCG(3, 4))
	var b strings.Builder
	b.WriteString("订单编号,会员编号,姓名,手机号,城市,付款时间,订单状态,商品编码,类目,数量,实付金额\n")
	for i := range rows {
		c := r.IntN(rows / 6)
		id := fmt.Sprintf("K%06d", i/2)
		switch {
		case i%97 == 0:
			id = fmt.Sprintf("F%03d", i/97%40) // comes again far below
			c = i / 97 % 40
		case i%2 == 1:
			c = 1_000_000 // the buyer stands on the first row
		}
		buyer := fmt.Sprintf("M%05d,客户%d,138%08d,%s", c, c%500, c, []string{"上海", "深圳", "杭州"}[r.IntN(3)])
		switch {
		case c == 1_000_000:
			buyer = ",,,"
		case i%331 == 2:
			buyer = fmt.Sprintf("M%05d,客户%d,1.38E+10,上海", c, c)
		}
		qty, amount := 1+r.IntN(4), r.IntN(50000)
		if i%50 == 0 {
			qty, amount = -qty, -amount
		}
		day := 1 + (i*300/rows)%28
		fmt.Fprintf(&b, "%s,%s,2025-%02d-%02d 10:%02d:00,%s,P%d,咖啡,%d,%d.%02d\n", id, buyer, 1+(i*300/rows)/28%12, day, r.IntN(60),
			[]string{"交易成功", "已付款", "已取消", "退款成功"}[r.IntN(4)], r.IntN(40), qty, amount/100, abs(int64(amount))%100)
	}
	return b.String()
}

func TestKilledImportEndsAsAnUndisturbedOne(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and kills programs")
	}
	const rows = 24_000
	engines := []struct {
		name string
		open func(t *testing.T) (d *db.DB, url string)
	}{
		{"sqlite", func(t *testing.T) (*db.DB, string) { return dbtest.SQLite(t), "" }},
		{"postgres", func(t *testing.T) (*db.DB, string) {
			url := dbtest.PostgresURL(t)
			d, err := db.Open(context.Background(), db.Config{URL: url, MaxConns: 4})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = d.Close() })
			return d, url
		}},
	}
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			calm := newRig(t, dbtest.SQLite(t))
			calm.s.batch = killBatch
			path := calm.file("orders.csv", killFile(rows))
			began := time.Now()
			want := calm.run(RunInput{Kind: KindOrders, Path: path, Source: "shop"})
			took := time.Since(began)
			if want.Rejected == 0 || want.Counts.FarApart == 0 || want.Counts.Returns == 0 || want.Counts.CustomersUpdated != 0 {
				t.Fatalf("the file does not have what it should: %+v", want)
			}

			d, url := e.open(t)
			dir := filepath.Dir(d.Path())
			if url != "" {
				dir = t.TempDir()
			}
			r := rigIn(t, d, dir)
			// A kill may fall between the end of the import and the child's last
			// word: what counts is what the database says of the import.
			finished := func() bool { return r.one(`SELECT count(*) FROM imports WHERE status = 'finished'`) > 0 }
			kills := untilDone(t, url, dir, path, took, finished)
			rec, err := r.s.st.byID(r.ctx, r.one(`SELECT min(id) FROM imports`))
			if err != nil {
				t.Fatal(err)
			}
			got := rec.Result()
			if kills < 3 {
				t.Errorf("only %d kills: the test proves little", kills)
			}
			want.ErrorFile, got.ErrorFile = "", ""
			got.ImportID = want.ImportID
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("result after %d kills (-calm +killed):\n%s", kills, diff)
			}
			sameDump(t, calm.dump(), r.dump())
			if n := r.one(`SELECT count(*) FROM import_pending`) + r.one(`SELECT count(*) FROM import_customers`); n != 0 {
				t.Errorf("%d rows of work are left behind", n)
			}
			if left, err := r.s.db.DeferredIndexes(r.ctx); err != nil || len(left) != 0 {
				t.Errorf("indexes are still away: %v %v", left, err)
			}
			for _, name := range secondaryOf(KindOrders) {
				if how, err := r.s.db.IndexStatement(r.ctx, name); err != nil || how == "" {
					t.Errorf("index %s is gone: %v", name, err)
				}
			}
			if n := r.one(`SELECT count(*) FROM imports`); n != 1 {
				t.Errorf("%d imports, want the one that went on", n)
			}
		})
	}
}

// untilDone starts the child again and again and kills it at random moments,
// until the import has finished.
func untilDone(t *testing.T, url, dir, path string, took time.Duration, finished func() bool) (kills int) {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(took), 1))
	const startUp = 60 * time.Millisecond
	for deadline := time.Now().Add(100 * time.Second); time.Now().Before(deadline); {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childURL+"="+url, childDir+"="+dir, childFile+"="+path)
		var errOut strings.Builder
		cmd.Stderr = &errOut
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- cmd.Wait() }()
		// Later kills come later, so that the import moves on.
		pause := startUp + time.Duration(float64(took)*(0.05+0.15*r.Float64()+0.03*float64(kills)))
		select {
		case err := <-done:
			if err != nil {
				t.Fatalf("child: %v\n%s", err, errOut.String())
			}
			return kills
		case <-time.After(pause):
			if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
				t.Fatal(err)
			}
			<-done
			kills++
			if finished() {
				return kills
			}
		}
	}
	t.Fatal("the import never ended")
	return kills
}
