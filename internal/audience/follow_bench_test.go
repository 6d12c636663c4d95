package audience_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"zhike/internal/app"
	"zhike/internal/audience"
	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/config"
	"zhike/internal/platform/db/dbtest"
)

var (
	benchCustomers = flag.Int("follow.customers", 100_000, "customers of BenchmarkFollow")
	benchAudiences = flag.Int("follow.audiences", 50, "audiences of BenchmarkFollow")
)

// BenchmarkFollow measures rounds: the first one, one over everybody, one after
// 2,000 customers changed, one after nothing did, a new version that moves half
// of all customers, and the time from a commit to the change that tells of it
// while 1,000 customers change each second.
//
//	go test ./internal/audience -run - -bench Follow -benchtime 1x
func BenchmarkFollow(b *testing.B) {
	for _, engine := range engines {
		b.Run(engine, func(b *testing.B) { benchFollow(b, engine) })
	}
}

func benchFollow(b *testing.B, engine string) {
	cfg := &config.Config{Data: b.TempDir(), TimeZone: "Asia/Shanghai", Locale: "zh-CN", DBConns: 8, ColumnsMaxBytes: 256 << 20}
	if engine == "postgres" {
		cfg.DB = config.NewSecret(dbtest.PostgresURL(b))
	}
	a, err := app.Open(b.Context(), cfg, app.Options{Stderr: io.Discard})
	must(b, err)
	b.Cleanup(a.Close)
	ctx := auth.With(b.Context(), auth.System("bench"))
	ids := benchPeople(b, ctx, a)
	for i := range *benchAudiences {
		text := []string{
			`{"field":"net_365","op":"gte","value":%d000}`,
			`{"all":[{"field":"stage","op":"in","value":["customer"]},{"not":{"field":"net_90","op":"lt","value":%d00}}]}`,
			`{"any":[{"field":"orders_365","op":"gte","value":%d},{"field":"gender","op":"in","value":["female"]}]}`,
			`{"all":[{"sample":{"percent":%d}},{"field":"province","op":"eq","value":"浙江省"}]}`,
			`{"field":"days_since","op":"lte","value":%d}`,
		}[i%5]
		_, err := a.Audiences.Create(ctx, audience.In{Name: fmt.Sprint("人群", i), Kind: audience.Dynamic, Rule: json.RawMessage(fmt.Sprintf(text, i+1))})
		must(b, err)
	}
	f := audience.NewFollower(audience.FollowDeps{DB: a.DB, Clock: clock.System{}, Zone: a.Org.Zone, Log: a.Log, Customers: a.Customer, Node: "bench"})
	round := func(name string) {
		b.Helper()
		began := time.Now()
		must(b, f.Round(ctx))
		for f.Stats().Waiting > 0 && time.Since(began) < 20*time.Second {
			must(b, a.Columns.Settle(ctx))
			must(b, f.Round(ctx))
		}
		s := f.Stats()
		if s.Waiting > 0 {
			b.Fatalf("%s: %+v", name, s)
		}
		b.Logf("%s %s: %d ms, %d evaluated, %d of them by changed customers", engine, name, time.Since(began).Milliseconds(), s.Evaluated, s.Partly)
	}
	began := time.Now()
	for f.Stats().Evaluated == 0 || f.Stats().Waiting > 0 { // columns are read meanwhile
		must(b, f.Round(ctx))
		must(b, a.Columns.Settle(ctx))
	}
	b.Logf("%s first members, columns read: %d ms", engine, time.Since(began).Milliseconds())
	round("nothing changed")
	n := 0
	change := func(many int) (some []int64) {
		must(b, a.DB.InTx(ctx, func(ctx context.Context) error {
			some = make([]int64, many)
			for i := range some {
				n++
				some[i] = ids[n*7919%len(ids)]
			}
			slices.Sort(some)
			some = slices.Compact(some)
			for _, id := range some {
				if _, err := a.DB.Q(ctx).ExecContext(ctx, `UPDATE customers SET stage = CASE WHEN stage = 'customer' THEN 'prospect' ELSE 'customer' END WHERE id = $1`, id); err != nil {
					return err
				}
			}
			_, _, err := a.Customer.Store().Feed(ctx, customer.FeedUpdated, 0, time.Now().UnixMilli(), some)
			return err
		}))
		return some
	}
	change(2000)
	round("2,000 changed")
	f.Tune(audience.Pace{Few: -1})
	change(2000)
	round("everybody, 2,000 changed")
	f.Tune(audience.Pace{Few: 3000})
	list, err := a.Audiences.Get(ctx, 1)
	must(b, err)
	_, err = a.Audiences.Update(ctx, 1, list.Version, audience.Patch{Rule: json.RawMessage(`{"sample":{"percent":50}}`)})
	must(b, err)
	round("a new version that moves about half")

	// From the commit to the change that tells of it.
	live, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { f.Run(live); close(done) }()
	from, written := time.Now().UnixMilli(), map[int64]int64{}
	for range 40 {
		began := time.Now()
		for _, id := range change(250) {
			written[id] = time.Now().UnixMilli() // the next time is long after
		}
		if rest := 250*time.Millisecond - time.Since(began); rest > 0 {
			time.Sleep(rest)
		}
	}
	time.Sleep(5 * time.Second)
	stop()
	<-done
	var lags []int64
	for cursor, more := int64(0), true; more; {
		p, err := f.Changes(ctx, cursor, nil, 1000)
		must(b, err)
		for _, c := range p.Items {
			if at := written[c.CustomerID]; at > 0 && c.At > from {
				lags = append(lags, c.At-at)
			}
		}
		cursor, more = p.NextCursor, p.More
	}
	slices.Sort(lags)
	if len(lags) == 0 {
		b.Fatal("no change was told")
	}
	b.Logf("%s from commit to change at 1,000 customers a second: %d ms in the middle, %d ms at the 95th percentile, of %d", engine, lags[len(lags)/2], lags[len(lags)*95/100], len(lags))
	for range b.N {
	}
}

func benchPeople(b *testing.B, ctx context.Context, a *app.App) (ids []int64) {
	b.Helper()
	for first := 0; first < *benchCustomers; first += 10_000 {
		must(b, a.DB.InTx(ctx, func(ctx context.Context) error {
			list := make([]customer.Customer, min(10_000, *benchCustomers-first))
			for i := range list {
				no := first + i
				list[i] = customer.Customer{Kind: customer.KindPerson, Name: fmt.Sprint("客户", no), SourceID: 1, Province: []string{"浙江省", "江苏省", "广东省"}[no%3]}
				if no%2 == 0 {
					list[i].Gender = "female"
				}
			}
			if err := a.Customer.Store().InsertCustomers(ctx, list); err != nil {
				return err
			}
			for i := range list {
				ids = append(ids, list[i].ID)
			}
			return nil
		}))
	}
	must(b, a.DB.InTx(ctx, func(ctx context.Context) error {
		_, err := a.DB.Q(ctx).ExecContext(ctx, `UPDATE customer_metrics SET net_365_fen = customer_id * 7919 % 500000, net_90_fen = customer_id * 104729 % 90000,
orders_365 = customer_id % 60, last_day = 20000 + customer_id % 500`)
		return err
	}))
	return ids
}
