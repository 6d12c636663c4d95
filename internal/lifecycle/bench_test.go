package lifecycle_test

import (
	"context"
	"math/rand/v2"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/lifecycle"
)

// BenchmarkTouched works out 50,000 customers who were touched by new orders,
// among ZHIKE_BENCH_CUSTOMERS (100,000) with ten orders each, and closes a day.
func BenchmarkTouched(b *testing.B) {
	n, err := strconv.Atoi(os.Getenv("ZHIKE_BENCH_CUSTOMERS"))
	if err != nil {
		n = 100_000
	}
	touched := min(50_000, n)
	if k, err := strconv.Atoi(os.Getenv("ZHIKE_BENCH_TOUCHED")); err == nil {
		touched = min(k, n)
	}
	w := newFirm(b, "sqlite", 1, 2<<30)
	r := rand.New(rand.NewPCG(1, 2))
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	for len(w.ids) < n {
		must(w.a.DB.InTx(w.ctx, func(ctx context.Context) error {
			list := make([]customer.Customer, min(20_000, n-len(w.ids)))
			for i := range list {
				list[i] = customer.Customer{Kind: customer.KindPerson, Name: "x", SourceID: 1, CreatedAt: 1}
			}
			if err := w.a.Customer.Store().InsertCustomers(ctx, list); err != nil {
				return err
			}
			for i := range list {
				w.ids = append(w.ids, list[i].ID)
			}
			return nil
		}))
	}
	orders := func(ids []int64, each int, back int) {
		for from := 0; from < len(ids); from += 20_000 {
			part := ids[from:min(from+20_000, len(ids))]
			must(w.a.DB.InTx(w.ctx, func(ctx context.Context) error {
				if err := column.Tell(ctx, w.a.DB, "orders", 1, part...); err != nil {
					return err
				}
				return w.a.DB.BulkInsert(ctx, "orders", []string{"id", "source_id", "external_id", "customer_id", "kind", "status", "paid_at", "day", "gross_fen", "gross_sub",
					"sales_fen", "sales_sub", "net_fen", "net_sub", "freight_fen", "quantity_milli", "line_count", "channel", "store", "province", "city", "content_hash", "import_id", "created_at", "updated_at"},
					len(part)*each, func(i int, v []any) {
						w.n++
						day := int64(w.day) - int64(r.IntN(back))
						fen := int64(1000 + r.IntN(100_000))
						copy(v, []any{int64(w.n), int64(1), strconv.Itoa(w.n), part[i/each], int64(0), int64(0), day * 86_400_000, day, fen, int64(0), fen, int64(0), fen, int64(0),
							int64(0), int64(1000), int64(1), "", "", "", "", []byte{0}, int64(0), int64(0), int64(0)})
					})
			}))
		}
	}
	began := busy()
	orders(w.ids, 10, 700)
	must(w.a.Metrics.RefreshAll(w.ctx, w.day, nil))
	b.Logf("%d customers with ten orders in %s of processors", n, (busy() - began).Round(time.Millisecond))
	w.pace = lifecycle.Pace{Batch: 5000, Few: 3000, Whole: 1e15}
	w.restart()
	began = busy()
	w.round()
	b.Logf("everybody begins in %s of processors", (busy() - began).Round(time.Millisecond))
	w.nextDays(1)
	began = busy()
	w.round()
	b.Logf("a day is over in %s of processors", (busy() - began).Round(time.Millisecond))
	for b.Loop() {
		b.StopTimer()
		orders(w.ids[:touched], 1, 1)
		b.StartTimer()
		began = busy()
		w.round()
		b.Logf("%d touched in %s of processors", touched, (busy() - began).Round(time.Millisecond))
	}
	moved := 0
	must(w.a.DB.Q(w.ctx).QueryRowContext(w.ctx, `SELECT COUNT(*) FROM lifecycle_history WHERE day = $1`, int64(w.day)).Scan(&moved))
	b.Logf("%d moved on the open day", moved)
}

// busy is the processor time of this process: timings by the clock say little
// where others work beside.
func busy() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
