package customer_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"zhike/internal/clean"
	"zhike/internal/customer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/vault"
)

// BenchmarkReads measures the hot reads through the whole HTTP stack, without
// a network and a session store, at 16 clients.
//
//	ZHIKE_BENCH_CUSTOMERS=1000000 go test -run xx -bench Reads -timeout 60m ./internal/customer
func BenchmarkReads(b *testing.B) {
	eachBench(b, func(b *testing.B, d *db.DB, n int) {
		f := setup(b, d, nil)
		f.fillBench(b, n)
		id := func(r *rand.Rand) int64 { return 1 + r.Int64N(int64(n)) }
		name := func(r *rand.Rand) string { return url.QueryEscape(benchName(r)) }
		for _, c := range []struct {
			name   string
			target func(r *rand.Rand) string
		}{
			{"card", func(r *rand.Rand) string { return fmt.Sprintf("/customers/%d/card", id(r)) }},
			{"list_first", func(*rand.Rand) string { return "/customers" }},
			{"list_20", func(*rand.Rand) string { return "/customers?limit=20" }},
			{"list_deep", func(r *rand.Rand) string {
				return "/customers?cursor=" + cursorOf("-net_365", r.Int64N(1_000_000), id(r))
			}},
			{"list_last_day", func(*rand.Rand) string { return "/customers?sort=-last_day" }},
			{"list_level", func(r *rand.Rand) string { return []string{"/customers?level=high", "/customers?level=mid"}[r.IntN(2)] }},
			{"list_city", func(r *rand.Rand) string {
				return "/customers?city=" + url.QueryEscape(benchCities[r.IntN(len(benchCities))])
			}},
			{"list_kind", func(*rand.Rand) string { return "/customers?kind=company" }},
			{"list_name", func(r *rand.Rand) string { return "/customers?q=" + name(r) }},
			{"search_name", func(r *rand.Rand) string { return "/search?q=" + name(r) }},
			{"search_pinyin", func(r *rand.Rand) string {
				terms := clean.FoldSearch(benchName(r))
				t := terms[len(terms)-1]
				return "/search?q=" + t[:min(len(t), 2+r.IntN(8))]
			}},
			{"search_phone", func(r *rand.Rand) string { return "/search?q=" + benchPhone(id(r)) }},
			{"search_tail", func(r *rand.Rand) string { return fmt.Sprintf("/search?q=%04d", r.IntN(10_000)) }},
		} {
			b.Run(c.name, func(b *testing.B) { f.hammer(b, c.target) })
		}
	})
}

// eachBench runs a benchmark on both engines, for ZHIKE_BENCH_CUSTOMERS customers.
func eachBench(b *testing.B, fn func(b *testing.B, d *db.DB, n int)) {
	n, err := strconv.Atoi(os.Getenv("ZHIKE_BENCH_CUSTOMERS"))
	if err != nil {
		n = 20_000
	}
	b.Run("sqlite", func(b *testing.B) { fn(b, dbtest.SQLite(b), n) })
	b.Run("postgres", func(b *testing.B) { fn(b, dbtest.Postgres(b), n) })
}

var benchCities = []string{"上海市", "北京市", "杭州市", "南京市", "成都市", "绍兴市", "三亚市"}

const benchSurnames, benchGiven = "王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华文玲玉兰建国志红梅宇轩浩然梓涵欣怡子墨雨泽思远嘉"

func benchName(r *rand.Rand) string {
	s, g := []rune(benchSurnames), []rune(benchGiven)
	name := string(s[int(float64(len(s))*r.Float64()*r.Float64())]) + string(g[r.IntN(len(g))])
	if r.IntN(5) > 0 {
		name += string(g[r.IntN(len(g))])
	}
	return name
}

func benchPhone(id int64) string { return fmt.Sprintf("139%08d", (id*7919)%100_000_000) }

func (f *fixture) fillBench(b *testing.B, n int) {
	begin := time.Now()
	s, ctx := f.service.Store(), context.Background()
	r := rand.New(rand.NewPCG(1, 2))
	const batch = 5000
	for from := 0; from < n; from += batch {
		must(b, f.db.InTx(ctx, func(ctx context.Context) error {
			people := make([]customer.Customer, batch)
			for i := range people {
				city := benchCities[int(float64(len(benchCities))*r.Float64()*r.Float64())]
				people[i] = customer.Customer{Kind: "person", Name: benchName(r), SourceID: 1, Province: clean.ProvinceOf(city), City: city, CreatedAt: 1}
				if r.IntN(100) == 0 {
					people[i].Kind = "company"
				}
			}
			must(b, s.InsertCustomers(ctx, people))
			contacts, keys, terms := make([]customer.Contact, 0, 2*batch), make([]customer.Key, batch), make([]customer.Terms, batch)
			for i, c := range people {
				phone := benchPhone(c.ID)
				cipher, err := f.vault.Seal(vault.KindPhone, phone)
				must(b, err)
				contacts = append(contacts, customer.Contact{
					CustomerID: c.ID, Kind: customer.ContactPhone, Cipher: cipher, Blind: f.vault.Blind(vault.KindPhone, phone),
					TailBlind: f.vault.BlindTail(vault.KindPhone, phone[7:]),
				})
				if i%2 == 0 {
					mail := fmt.Sprintf("user%d@example.com", c.ID)
					cipher, err := f.vault.Seal(vault.KindEmail, mail)
					must(b, err)
					contacts = append(contacts, customer.Contact{CustomerID: c.ID, Kind: customer.ContactEmail, Cipher: cipher, Blind: f.vault.Blind(vault.KindEmail, mail)})
				}
				cipher, err = f.vault.Seal(vault.KindExternalID, fmt.Sprint("M", c.ID))
				must(b, err)
				keys[i] = customer.Key{SourceID: 1, Blind: f.vault.Blind(vault.KindExternalID, fmt.Sprint("M", c.ID)), Cipher: cipher, CustomerID: c.ID}
				terms[i] = customer.Terms{CustomerID: c.ID, Terms: clean.FoldSearch(c.Name)}
			}
			must(b, s.InsertContacts(ctx, contacts))
			must(b, s.InsertKeys(ctx, keys))
			must(b, s.InsertTerms(ctx, terms))
			// The figures a refresh would write.
			ids := make([]any, 0, 1)
			_, err := f.db.Q(ctx).ExecContext(ctx, `DELETE FROM customer_metrics WHERE customer_id >= $1`, append(ids, people[0].ID)...)
			must(b, err)
			cols := []string{"customer_id", "as_of_day", "orders_365", "orders_all", "net_365_fen", "net_all_fen", "last_day", "favourite_category", "updated_at"}
			must(b, f.db.BulkInsert(ctx, "customer_metrics", cols, batch, func(i int, v []any) {
				net := int64(r.ExpFloat64() * 100_000)
				v[0], v[1], v[2], v[3] = people[i].ID, int64(today), 1+net/30_000, 2+net/20_000
				v[4], v[5], v[6], v[7], v[8] = net, net*2, int64(today-clock.Day(r.Int32N(400))), "女装", int64(0)
			}))
			return f.db.BulkInsert(ctx, "tier_assignments", []string{"run_id", "customer_id", "level"}, batch, func(i int, v []any) {
				v[0], v[1], v[2] = int64(7), people[i].ID, 1+int64(i%5+3)/4
			})
		}))
	}
	if f.db.Engine() == db.Postgres {
		_, err := f.db.Pool().Exec(ctx, "VACUUM ANALYZE")
		must(b, err)
	}
	b.Logf("%d customers in %v", n, time.Since(begin).Round(time.Millisecond))
}

// cpuTime is what the program has used of the CPUs so far.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// hammer sends requests from 16 clients and reports the rate, the 95th
// percentile and the CPU time of this program.
func (f *fixture) hammer(b *testing.B, target func(r *rand.Rand) string) {
	const clients = 16
	var mu sync.Mutex
	var all []time.Duration
	var seed uint64
	b.SetParallelism(clients / 2) // times GOMAXPROCS = 2
	used := cpuTime()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		mu.Lock()
		seed++
		r := rand.New(rand.NewPCG(seed, 99))
		mu.Unlock()
		var times []time.Duration
		for pb.Next() {
			to := target(r)
			at := time.Now()
			if w := f.call(b, "viewer", "GET", to, "", nil); w.Code != 200 && w.Code != 404 {
				b.Errorf("%s: %d %s", to, w.Code, w.Body)
				return
			}
			times = append(times, time.Since(at))
		}
		mu.Lock()
		all = append(all, times...)
		mu.Unlock()
	})
	b.StopTimer()
	b.ReportMetric(float64((cpuTime()-used).Microseconds())/float64(b.N), "cpu-µs")
	if len(all) == 0 { // every request failed
		return
	}
	slices.Sort(all)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
	b.ReportMetric(float64(all[len(all)*95/100].Microseconds())/1000, "p95-ms")
}
