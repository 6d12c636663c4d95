package column

import (
	"context"
	"fmt"
	"hash/crc32"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The benchmarks below ask a million customers with ten million facts, in
// memory alone. Most customers have few facts and few have many.
const benchToday = 20_400

// ZHIKE_BENCH_CUSTOMERS takes another number than a million; each has ten facts.
var benchCustomers = func() int64 {
	if n, err := strconv.ParseInt(os.Getenv("ZHIKE_BENCH_CUSTOMERS"), 10, 64); err == nil {
		return n
	}
	return 1_000_000
}()

var (
	benchLevel = Col{Table: "t", ID: "id", Expr: "level", Kind: Keys}
	benchScore = Col{Table: "t", ID: "id", Expr: "score", Kind: Number}
)

var benchColumns = sync.OnceValue(func() map[Col]data {
	r := rand.New(rand.NewPCG(1, 2))
	cols := map[Col]data{}
	for _, c := range slices.Concat([]Col{everybody, lookupCol, benchLevel, benchScore}, buysCols.list()) {
		cols[c] = newData(c.Kind)
	}
	for p := range int64(5000) {
		_ = cols[lookupCol].addText(p, []byte([]string{"茶", "咖啡", "酒", "糖", "米", "面", "油", "果", "花", "书"}[r.IntN(10)]))
	}
	days := []int64{}
	dayOf, atOf, countedOf, moneyOf, productOf, channelOf := cols[buysCols.day], cols[buysCols.at], cols[buysCols.counted], cols[buysCols.money], cols[buysCols.product], cols[buysCols.channel]
	shops := [][]byte{[]byte("店"), []byte("网"), []byte("会")}
	for id := int64(1); id <= benchCustomers; id++ {
		_ = cols[everybody].addNumber(id, 1)
		_ = cols[benchLevel].addNumber(id, r.Int64N(4))
		_ = cols[benchScore].addNumber(id, r.Int64N(1000))
		days = days[:0]
		n := int(r.ExpFloat64() * 10)
		for range n {
			days = append(days, benchToday-int64(r.Float64()*r.Float64()*1800))
		}
		slices.Sort(days)
		for _, day := range days {
			_ = dayOf.addNumber(id, day)
			_ = atOf.addNumber(id, (day*86_400+r.Int64N(86_400))*1000)
			counted := int64(1)
			if r.IntN(30) == 0 {
				counted = 0
			}
			_ = countedOf.addNumber(id, counted)
			_ = moneyOf.addNumber(id, (1+int64(r.ExpFloat64()*20_000))*1000)
			_ = productOf.addNumber(id, r.Int64N(5000))
			_ = channelOf.addText(id, shops[r.IntN(3)])
		}
	}
	for _, d := range cols {
		d.tidy()
	}
	if err := alignAll(cols, true); err != nil {
		panic(err)
	}
	return cols
})

func benchView(kept *leaves) *view {
	cols := benchColumns()
	return &view{ctx: context.Background(), get: func(c Col) data { return cols[c] }, kept: kept, at: place{1, 1}}
}

// benchShift makes windows differ.
var benchShift int64

// lastDays are the facts of the last days that are counted.
func lastDays(n int64, tests ...FactTest) *Facts {
	return &Facts{Day: buysCols.day, From: benchToday - n - benchShift + 1, To: benchToday, Counted: &buysCols.counted, Tests: tests}
}

func coffee() FactTest {
	return FactTest{Col: buysCols.product, Via: &lookupCol, Words: []string{"咖啡"}}
}

// benchConds are conditions as people make them; n makes them differ.
func benchConds(n int64) map[string]*Cond {
	all := lastDays(100_000)
	return map[string]*Cond{
		"count_180":           Compare(Value{Facts: lastDays(180)}, 2+n%5, LastDay),
		"sum_90_category":     Compare(Value{Facts: lastDays(90, coffee()), Agg: Sum, Of: buysCols.money, Per: 1000}, 50_000+n, LastDay),
		"none_60":             Not(Compare(Value{Facts: lastDays(60)}, 1+n%1, LastDay)),
		"sum_ever":            Compare(Value{Facts: all, Agg: Sum, Of: buysCols.money, Per: 1000}, 500_000+n, LastDay),
		"average_365":         Compare(Value{Facts: lastDays(365), Agg: Average, Of: buysCols.money}, 25_000_000+n, LastDay),
		"distinct_category":   Compare(Value{Facts: lastDays(365), Agg: Distinct, Of: buysCols.product, Via: &lookupCol}, 3+n%3, LastDay),
		"days_since":          Compare(Value{Facts: all, Agg: Last}, benchToday-90-n%90, benchToday-30),
		"next_order":          Compare(Value{Facts: all, Agg: Next}, benchToday+n%90, benchToday+n%90+7),
		"first_channel":       Ends(*all, false, FactTest{Col: buysCols.channel, Words: []string{"网"}}),
		"sequence_7_days":     Follows(*lastDays(365, coffee()), *all, buysCols.at, buysCols.at, 7+n%3, false),
		"sequence_category_7": Follows(*all, *lastDays(100_000, coffee()), buysCols.at, buysCols.at, 7+n%3, false),
		"not_followed_30":     Follows(*lastDays(365), *all, buysCols.at, buysCols.at, 30+n%3, true),
		"top_20_percent_sum":  Ranked(nil, Value{Facts: lastDays(365), Agg: Sum, Of: buysCols.money, Per: 1000}, TopPercent, 2000+n),
		"above_average_sum": Averaged(nil, Value{Facts: lastDays(365), Agg: Sum, Of: buysCols.money}, fmt.Sprint("1.5 ", n), func(sum float64, customers int64) Fits {
			return Fits{From: int64(math.Ceil(1.5 * sum / float64(customers))), To: LastDay}
		}),
	}
}

// benchTyped are the same with another window each time, as an editor tries them.
func benchTyped(n int64) map[string]*Cond {
	benchShift = n % 200
	defer func() { benchShift = 0 }()
	return benchConds(n)
}

// nested is a rule of three conditions in two groups.
func nested(n int64) *Cond {
	c := benchConds(n)
	return All(HasKey(benchLevel, 1, 2), Any(c["count_180"], c["sum_90_category"]), Not(c["days_since"]))
}

// BenchmarkCount counts whom one condition means: cold looks at everybody,
// kept knows the answer, and changed has 1,000 customers to look at again.
func BenchmarkCount(b *testing.B) {
	names := []string{}
	for name := range benchConds(0) {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		b.Run(name+"/cold", func(b *testing.B) {
			v := benchView(nil)
			n := int64(0)
			defer cpu(b)()
			for b.Loop() {
				n++
				count(b, v, benchConds(n)[name])
			}
		})
		b.Run(name+"/typed", func(b *testing.B) {
			v := benchView(newLeaves(64 << 20))
			n := int64(0)
			defer cpu(b)()
			for b.Loop() {
				n++
				count(b, v, benchTyped(n)[name])
			}
		})
		b.Run(name+"/changed", func(b *testing.B) {
			v := benchView(newLeaves(64 << 20))
			c := benchConds(0)[name]
			count(b, v, c)
			ch := changes{}
			for id := range int64(1000) {
				ch.all = append(ch.all, id*997)
			}
			defer cpu(b)()
			for b.Loop() {
				v.kept.changed(&ch)
				v.at.marks++
				count(b, v, c)
			}
		})
	}
}

// cpu reports the processor time of each round beside the clock: on a machine
// that others use it says more.
func cpu(b *testing.B) func() {
	used := func() time.Duration {
		var u syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	began := used()
	return func() { b.ReportMetric(float64((used()-began).Microseconds())/1000/float64(b.N), "cpu_ms/op") }
}

func count(b *testing.B, v *view, c *Cond) (n int) {
	slots <- struct{}{}
	defer func() { <-slots }()
	_, found, err := v.matching(c)
	if err != nil {
		b.Fatal(err)
	}
	v.giveBack()
	for _, r := range found {
		if r != nil {
			n += r.count()
		}
	}
	return n
}

// BenchmarkEditors counts different nested rules at eight places at once, with
// nothing known; p95_ms is of one count.
func BenchmarkEditors(b *testing.B) {
	v := benchView(nil)
	var mu sync.Mutex
	var took []time.Duration
	n := int64(0)
	defer cpu(b)()
	for b.Loop() {
		var wait sync.WaitGroup
		for range 8 {
			n++
			c := nested(n)
			wait.Go(func() {
				began := time.Now()
				count(b, v, c)
				mu.Lock()
				took = append(took, time.Since(began))
				mu.Unlock()
			})
		}
		wait.Wait()
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95_ms")
}

// BenchmarkAudiences evaluates 200 rules in full; then asks for one customer.
func BenchmarkAudiences(b *testing.B) {
	var conds []*Cond
	for n := range int64(16) {
		for name, c := range benchConds(n) {
			if len(conds) < 200 {
				conds = append(conds, c)
				_ = name
			}
		}
	}
	for len(conds) < 200 {
		conds = append(conds, nested(int64(len(conds))))
	}
	b.Run("200_in_full", func(b *testing.B) {
		defer cpu(b)()
		for b.Loop() {
			v := benchView(newLeaves(64 << 20))
			for _, c := range conds {
				count(b, v, c)
			}
		}
	})
	b.Run("200_of_one", func(b *testing.B) {
		v := benchView(newLeaves(64 << 20))
		v.one = true
		id := int64(0)
		defer cpu(b)()
		for b.Loop() {
			id += 12_345
			block, row := split(1 + id%benchCustomers)
			var in, out rows
			in.set(row)
			for _, c := range conds {
				if c.op == opRanked || c.op == opAveraged {
					continue
				}
				t := c.bind(v)
				t.eval(block, &in, &out)
			}
		}
	})
}

// BenchmarkFollow writes 1,000 customers into six series; mib_… is what they take.
func BenchmarkFollow(b *testing.B) {
	cols := benchColumns()
	series := map[Col]data{}
	for _, c := range buysCols.list() {
		series[c] = cols[c]
		b.ReportMetric(float64(cols[c].size())/(1<<20), "mib_"+c.Expr)
	}
	r := rand.New(rand.NewPCG(1, 2))
	defer cpu(b)()
	for b.Loop() {
		b.StopTimer()
		p := patch{col: buysCols.list(), values: make([][]value, 6)}
		for range 1000 {
			p.ids = append(p.ids, 1+r.Int64N(benchCustomers))
		}
		slices.Sort(p.ids)
		p.ids = slices.Compact(p.ids)
		for _, id := range p.ids {
			block, row := split(id)
			for i, c := range p.col {
				for _, v := range cols[c].(interface {
					of(list []int64, b int, row uint16) []int64
				}).of(nil, block, row) {
					x := value{id: id, num: v}
					if c == buysCols.channel {
						x.text = []byte("网")
					}
					p.values[i] = append(p.values[i], x)
				}
			}
		}
		b.StartTimer()
		if err := into([]patch{p}, series); err != nil {
			b.Fatal(err)
		}
	}
	for _, c := range buysCols.list() {
		b.ReportMetric(float64(cols[c].size())/(1<<20), "mib_"+c.Expr)
	}
}

// BenchmarkSnapshot writes all columns into a buffer and reads them back;
// mib is what they take in a file.
func BenchmarkSnapshot(b *testing.B) {
	cols := benchColumns()
	var e encoder
	written := map[Col][]byte{}
	size := 0
	for c, d := range cols {
		e.b = nil
		encodeData(&e, d)
		written[c] = e.b
		size += len(e.b)
	}
	e.b = nil
	b.Run("write", func(b *testing.B) {
		defer cpu(b)()
		for b.Loop() {
			for _, d := range cols {
				e.b = e.b[:0]
				encodeData(&e, d)
				crc32.Checksum(e.b, castagnoli)
			}
		}
		b.ReportMetric(float64(size)/(1<<20), "mib")
	})
	b.Run("read", func(b *testing.B) {
		defer cpu(b)()
		for b.Loop() {
			back := map[Col]data{}
			for c, w := range written {
				crc32.Checksum(w, castagnoli)
				d, err := decodeData(c.Kind, w)
				if err != nil {
					b.Fatal(err)
				}
				back[c] = d
			}
			if err := alignAll(back, true); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// mixed draws three conditions of different kinds, every number anew, nested as
// test/bench does it.
func mixed(r *rand.Rand) *Cond {
	window := func(tests ...FactTest) *Facts {
		f := lastDays(30+r.Int64N(300), tests...)
		return f
	}
	categories := []string{"茶", "咖啡", "酒", "糖", "米", "面", "油", "果", "花", "书"}
	kinds := []func() *Cond{
		func() *Cond { return HasKey(benchLevel, r.Int64N(4)) },
		func() *Cond { return Between(benchScore, r.Int64N(1000), LastDay) },
		func() *Cond {
			return Compare(Value{Facts: window(), Agg: Sum, Of: buysCols.money, Per: 1000}, 10_000+r.Int64N(200_000), LastDay)
		},
		func() *Cond {
			of := FactTest{Col: buysCols.product, Via: &lookupCol, Words: categories[r.IntN(10):][:1]}
			return Compare(Value{Facts: window(of)}, 2, LastDay)
		},
		func() *Cond { return Compare(Value{Facts: window()}, 0, 0) },
		func() *Cond {
			return CompareAverage(Value{Facts: window(), Of: buysCols.money}, AverageRange{Times: 1, From: (5000 + r.Int64N(50_000)) * 1000, To: LastDay})
		},
		func() *Cond {
			return Follows(*window(), *lastDays(100_000), buysCols.at, buysCols.at, 1+r.Int64N(14), false)
		},
		func() *Cond {
			f := window()
			has := Compare(Value{Facts: f}, 1, LastDay)
			return All(has, Ranked(has, Value{Facts: f, Agg: Sum, Of: buysCols.money, Per: 1000}, TopPercent, 100*(1+r.Int64N(40))))
		},
	}
	k := r.Perm(len(kinds))
	return All(kinds[k[0]](), Any(kinds[k[1]](), Not(kinds[k[2]]())))
}

// BenchmarkMixed counts rules of three conditions one after the other.
func BenchmarkMixed(b *testing.B) {
	v := benchView(newLeaves(64 << 20))
	r := rand.New(rand.NewPCG(5, 6))
	for range 100 {
		count(b, v, mixed(r))
	}
	defer cpu(b)()
	for b.Loop() {
		count(b, v, mixed(r))
	}
}
