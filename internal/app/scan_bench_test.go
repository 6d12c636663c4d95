//go:build unix

package app

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"zhike/internal/customer"
	"zhike/internal/duplicate"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/config"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/memory"
)

const benchStreets = "人民路 中山路 解放路 建设路 和平路 新华路 文化路 长江路 黄河路 朝阳路 光明路 胜利路 学府路 科技路 滨江路 湖滨路"

// benchCities are province and city by weight of their place in the list.
var benchCities = [][2]string{{"上海市", "上海市"}, {"北京市", "北京市"}, {"广东省", "深圳市"}, {"广东省", "广州市"}, {"浙江省", "杭州市"}, {"江苏省", "南京市"},
	{"江苏省", "苏州市"}, {"四川省", "成都市"}, {"重庆市", "重庆市"}, {"湖北省", "武汉市"}, {"陕西省", "西安市"}, {"天津市", "天津市"}, {"河南省", "郑州市"},
	{"湖南省", "长沙市"}, {"山东省", "青岛市"}, {"浙江省", "宁波市"}, {"广东省", "东莞市"}, {"广东省", "佛山市"}, {"安徽省", "合肥市"}, {"福建省", "福州市"},
	{"福建省", "厦门市"}, {"山东省", "济南市"}, {"辽宁省", "大连市"}, {"辽宁省", "沈阳市"}, {"云南省", "昆明市"}}

// people makes customers as a shop has them, of whom every twentieth stands
// twice, the second time with slips.
type people struct {
	r                          *rand.Rand
	surnames, given            []rune
	streets                    []string
	name, birthday, phone, box string
	street                     string
	place                      [2]string
}

func newPeople() *people {
	return &people{r: rand.New(rand.NewPCG(3, 7)), surnames: []rune(benchSurnames), given: []rune(benchGiven), streets: strings.Fields(benchStreets)}
}

func (p *people) skewed(n int) int { return int(float64(n) * p.r.Float64() * p.r.Float64()) }

func (p *people) newPhone() { p.phone = fmt.Sprintf("13%09d", p.r.IntN(1_000_000_000)) }

func (p *people) newBox() { p.box = fmt.Sprintf("u%x@example.com", p.r.Uint64()) }

func (p *people) newStreet() {
	p.street = fmt.Sprintf("%s%d号%d栋%d室", p.streets[p.r.IntN(len(p.streets))], 1+p.r.IntN(400), 1+p.r.IntN(30), 101+p.r.IntN(2500))
}

func (p *people) next() {
	name := []rune{p.surnames[p.skewed(len(p.surnames))], p.given[p.skewed(len(p.given))]}
	if p.r.IntN(5) > 0 {
		name = append(name, p.given[p.skewed(len(p.given))])
	}
	p.name = string(name)
	p.birthday = time.Date(1945, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, p.r.IntN(60*365)).Format("2006-01-02")
	p.place = benchCities[p.skewed(len(benchCities))]
	p.newPhone()
	p.newBox()
	p.newStreet()
}

// again changes the person the way a second entry differs from the first.
func (p *people) again() {
	if p.r.IntN(4) == 0 {
		p.newPhone()
	}
	if p.r.IntN(3) == 0 {
		p.newBox()
	}
	if p.r.IntN(3) == 0 {
		p.newStreet()
	}
	if p.r.IntN(8) == 0 {
		day := 1 + p.r.IntN(28)
		p.birthday = fmt.Sprintf("%s%02d", p.birthday[:8], day)
	}
	if p.r.IntN(12) == 0 {
		name := []rune(p.name)
		name[len(name)-1] = p.given[p.r.IntN(len(p.given))]
		p.name = string(name)
	}
}

func (p *people) upsert(i int) customer.Upsert {
	name, kind := p.name, customer.KindPerson
	u := customer.Upsert{Number: strconv.Itoa(i), Patch: customer.Patch{Name: &name, Kind: &kind}}
	if p.r.IntN(100) >= 30 {
		birthday := p.birthday
		u.Birthday = &birthday
	}
	if p.r.IntN(100) >= 10 {
		place := p.place
		u.Province, u.City = &place[0], &place[1]
	}
	contact := func(kind customer.ContactKind, value string, missing int) {
		if p.r.IntN(100) >= missing {
			u.Contacts = append(u.Contacts, customer.ContactIn{Kind: kind, Value: value})
		}
	}
	contact(customer.ContactPhone, p.phone, 10)
	contact(customer.ContactEmail, p.box, 40)
	contact(customer.ContactAddress, p.street, 30)
	return u
}

// fillPeople writes n customers through the bulk upsert.
func fillPeople(tb testing.TB, ctx context.Context, a *App, n int) {
	tb.Helper()
	p := newPeople()
	for from := 0; from < n; from += customer.MaxUpsert {
		in := customer.UpsertInput{Source: "bench"}
		for i := from; i < min(from+customer.MaxUpsert, n); i++ {
			if i%20 == 19 {
				p.again()
			} else {
				p.next()
			}
			in.Items = append(in.Items, p.upsert(i))
		}
		got, err := a.Customer.Upsert(ctx, in)
		if err != nil || got.Failed > 0 {
			for _, r := range got.Results {
				if r.Error != nil {
					tb.Fatalf("%+v", r.Error)
				}
			}
			tb.Fatalf("%v", err)
		}
	}
}

// BenchmarkScan is a scan of 1,000,000 customers (or ZHIKE_BENCH_CUSTOMERS) in
// the product, on SQLite and on PostgreSQL. ZHIKE_BENCH_DIR keeps the SQLite
// base for `zhike serve`, and finds it again.
func BenchmarkScan(b *testing.B) {
	n := 1_000_000
	if s := os.Getenv("ZHIKE_BENCH_CUSTOMERS"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			cfg := &config.Config{Data: b.TempDir(), TimeZone: "Asia/Shanghai", Locale: "zh-CN", DBConns: 8}
			if dir := os.Getenv("ZHIKE_BENCH_DIR"); dir != "" && engine == "sqlite" {
				cfg.Data = dir
			}
			if engine == "postgres" {
				cfg.DB = config.NewSecret(dbtest.PostgresURL(b))
			}
			a, err := Open(b.Context(), cfg, Options{Stderr: io.Discard})
			if err != nil {
				b.Fatal(err)
			}
			defer a.Close()
			ctx := auth.With(b.Context(), auth.System("bench"))
			var have int
			if err := a.DB.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM customers`).Scan(&have); err != nil {
				b.Fatal(err)
			}
			if have == 0 {
				at := time.Now()
				fillPeople(b, ctx, a, n)
				b.Logf("%d customers written in %v", n, time.Since(at))
			}
			for b.Loop() {
				debug.FreeOSMemory()
				_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // the peak begins anew
				cpu := cpuTime()
				slowest := writeMeanwhile(b, ctx, a)
				back := memory.Frugal()
				err := a.Duplicates.Scan(ctx, func(int64, int64, string) {})
				back()
				b.Logf("CPU %v, largest resident memory %s, slowest of the writes meanwhile %v", cpuTime()-cpu, peak(), slowest())
				if err != nil {
					b.Fatal(err)
				}
			}
			s, err := a.Duplicates.Overview(ctx)
			if err != nil {
				b.Fatal(err)
			}
			b.Logf("%+v", s)
		})
	}
}

// writeMeanwhile edits a customer twenty times a second until the result is
// called, which gives how long the slowest edit took.
func writeMeanwhile(tb testing.TB, ctx context.Context, a *App) func() time.Duration {
	tb.Helper()
	stop, done := make(chan struct{}), make(chan time.Duration)
	go func() {
		slowest := time.Duration(0)
		for i := 0; ; i++ {
			select {
			case <-stop:
				done <- slowest
				return
			case <-time.After(50 * time.Millisecond):
			}
			remark := strconv.Itoa(i)
			at := time.Now()
			if _, err := a.Customer.Change(ctx, customer.Edit{ID: 1, Patch: customer.Patch{Remark: &remark}}, customer.WriteOptions{}); err != nil {
				tb.Error(err)
			}
			slowest = max(slowest, time.Since(at))
		}
	}()
	return func() time.Duration {
		close(stop)
		return <-done
	}
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peak is the largest resident memory of the process, on Linux.
func peak() string {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if v, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			return strings.TrimSpace(v)
		}
	}
	return "?"
}

// BenchmarkMergeAll merges the sure pairs of 40,000 customers (or
// ZHIKE_BENCH_CUSTOMERS) as a batch, follows late rows and undoes all.
func BenchmarkMergeAll(b *testing.B) {
	n := 40_000
	if s := os.Getenv("ZHIKE_BENCH_CUSTOMERS"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			a := openApp(b, engine)
			ctx := auth.With(b.Context(), auth.System("bench"))
			fillPeople(b, ctx, a, n)
			if err := a.Duplicates.Scan(ctx, func(int64, int64, string) {}); err != nil {
				b.Fatal(err)
			}
			if err := a.Jobs.Start(ctx); err != nil {
				b.Fatal(err)
			}
			defer func() { _ = a.Jobs.Stop(context.Background()) }()
			wait := func(job int64) {
				if d, err := a.Jobs.Wait(ctx, job, nil); err != nil || d.State != jobs.Finished {
					b.Fatalf("%+v, %v", d, err)
				}
			}
			for b.Loop() {
				at, cpu := time.Now(), cpuTime()
				step := func(what string) {
					b.Logf("%s: %v, CPU %v", what, time.Since(at), cpuTime()-cpu)
					at, cpu = time.Now(), cpuTime()
				}
				batch, err := a.Duplicates.StartBulk(ctx, 0.9)
				if err != nil {
					b.Fatal(err)
				}
				wait(batch.JobID)
				step("merge")
				if err := a.Duplicates.Follow(ctx, 0); err != nil {
					b.Fatal(err)
				}
				step("follow")
				undo, err := a.Duplicates.UndoBatch(ctx, batch.BatchID, duplicate.UndoInput{})
				if err != nil {
					b.Fatal(err)
				}
				wait(undo.JobID)
				step("undo")
				list, err := a.Duplicates.Batches(ctx)
				if err != nil {
					b.Fatal(err)
				}
				b.Logf("%+v", list.Items[0])
			}
		})
	}
}
