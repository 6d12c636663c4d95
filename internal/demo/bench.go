package demo

import (
	"fmt"
	"iter"
	"math"
	"time"

	"zhike/internal/platform/clock"
)

// BenchAsOf is the last day of the bench data, BenchDays its length in days.
var BenchAsOf = clock.DateDay(2026, time.June, 30)

// BenchDays is the number of days that bench orders are spread over.
const BenchDays = 3 * 365

// Bounds of the bench data.
const (
	maxBenchCustomers = 20_000_000
	maxBenchOrders    = 1_000_000_000
)

// companyOffset is the company time of bench data, UTC+8 without summer time, in
// seconds.
const companyOffset = 8 * secondsPerHour

// BenchOrder is one row of the bench data: an order of one article.
type BenchOrder struct {
	ID        string // unique, ascending
	BuyerID   string
	Buyer     int // 0 … customers−1; BuyerID is made from it
	Name      string
	Phone     string // one per buyer, no two buyers share one
	PaidAt    int64  // unix milliseconds UTC, ascending, whole seconds
	Day       clock.Day
	Status    string // 已付款, 已发货, 已完成, 已取消 or 已退款
	AmountFen int64  // paid for the order, whatever became of it
	Category  string
	Product   string
	Quantity  int
	Province  string
	City      string
}

// BenchOrders gives orders in time order, the same for the same arguments.
// Every customer has at least one order where orders ≥ customers. Buyers are
// heterogeneous: their rates follow a gamma distribution, they join over the
// whole time and leave again. Days follow the seasons of the sample company.
// It panics when an argument is out of bounds: customers 1 to 20 million, orders
// to a thousand million.
func BenchOrders(customers, orders int, seed uint64) iter.Seq[BenchOrder] {
	return func(yield func(BenchOrder) bool) {
		b, err := newBench(customers, orders, seed)
		if err != nil {
			panic(err)
		}
		var buf [benchIDLen + benchBuyerLen + 11]byte
		for b.next() {
			p := &b.catalogue.products[b.product]
			c := &b.cities.cities[b.cityOf(b.buyer)]
			b.putKeys((*[benchIDLen]byte)(buf[:]), (*[benchBuyerLen]byte)(buf[benchIDLen:]))
			putPhone((*[11]byte)(buf[benchIDLen+benchBuyerLen:]), b.buyer)
			keys := string(buf[:]) // one allocation for three strings
			ok := yield(BenchOrder{
				ID: keys[:benchIDLen], BuyerID: keys[benchIDLen : benchIDLen+benchBuyerLen],
				Phone: keys[benchIDLen+benchBuyerLen:], Buyer: b.buyer, Name: b.nameOf(b.buyer),
				PaidAt: (b.second - companyOffset) * 1000, Day: b.day, Status: stateNames[b.state],
				AmountFen: b.amount, Category: p.category, Product: p.name, Quantity: b.quantity,
				Province: c.province, City: c.name,
			})
			if !ok {
				return
			}
		}
	}
}

const (
	benchIDLen    = 11 // "B0000000001"
	benchBuyerLen = 9  // "C00000001"
	benchNames    = 1 << 14
	benchTable    = 1 << 12
	benchShape    = 0.75 // of the gamma distribution of the rates
	benchStep     = 64   // orders between two looks at the curve of joining
)

// bench is the state of the bench generator. After next the fields of the
// present row are set.
type bench struct {
	customers, orders int
	random            uint64 // state of splitmix64
	seed              uint64

	buyer    int
	product  int
	quantity int
	state    int
	amount   int64
	second   int64 // company time
	day      clock.Day

	index    int      // number of the next order
	joined   int      // buyers with an order so far
	target   int      // buyers that should have joined by the end of the step
	ends     []int    // index after the last order of each day
	dayIndex int      // day of the next order
	keep     []uint32 // alias table: threshold of each customer
	alias    []int32
	until    []uint16 // day index at which a joined customer has left

	quantiles [benchTable + 1]int64 // second of the day at each share of the orders
	products  [benchTable]uint8
	places    [benchTable]uint8
	names     []string
	catalogue *catalogue
	cities    *cityBook
}

func newBench(customers, orders int, seed uint64) (*bench, error) {
	if customers < 1 || customers > maxBenchCustomers || orders < 0 || orders > maxBenchOrders {
		return nil, fmt.Errorf("%w: bench customers 1 to %d, orders to %d", ErrOptions, maxBenchCustomers, maxBenchOrders)
	}
	b := &bench{
		customers: customers, orders: orders, seed: mix64(seed), random: mix64(seed ^ streamBench),
		until: make([]uint16, customers), catalogue: newCatalogue(), cities: newCityBook(),
	}
	r := newRandom(seed, streamBench, 0)
	b.rates(r)
	b.calendar()
	b.tables(r)
	return b, nil
}

// rates draws how often each customer buys and makes the alias table (Vose 1991)
// from which a buyer is drawn in constant time.
func (b *bench) rates(r random) {
	n := b.customers
	scaled := make([]float64, n)
	sum := 0.0
	for i := range scaled {
		scaled[i] = r.gamma(benchShape)
		sum += scaled[i]
	}
	b.keep, b.alias = make([]uint32, n), make([]int32, n)
	var small, large []int32
	for i := range scaled {
		scaled[i] *= float64(n) / sum
		if scaled[i] < 1 {
			small = append(small, int32(i))
		} else {
			large = append(large, int32(i))
		}
	}
	for len(small) > 0 && len(large) > 0 {
		s, l := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		b.keep[s], b.alias[s] = uint32(scaled[s]*math.MaxUint32), l
		if scaled[l] -= 1 - scaled[s]; scaled[l] < 1 {
			large = large[:len(large)-1]
			small = append(small, l)
		}
	}
	for _, i := range append(small, large...) {
		b.keep[i], b.alias[i] = math.MaxUint32, i
	}
}

// calendar spreads the orders over the days by their season and a growth of a
// fifth a year.
func (b *bench) calendar() {
	first := BenchAsOf - BenchDays + 1
	weights := make([]float64, BenchDays)
	sum := 0.0
	for i := range weights {
		weights[i] = seasonOf(first+clock.Day(i)).demand * math.Pow(1.2, float64(i)/365)
		sum += weights[i]
	}
	b.ends = make([]int, BenchDays)
	run := 0.0
	for i, w := range weights {
		run += w
		b.ends[i] = int(math.Round(float64(b.orders) * run / sum))
	}
	b.ends[BenchDays-1] = b.orders
}

// tables prepares what a row looks up.
func (b *bench) tables(r random) {
	hours := onlineHours.cumulative
	total := hours[len(hours)-1]
	hour := 0
	for i := range b.quantiles {
		x := total * float64(i) / benchTable
		for hour < 23 && hours[hour] < x {
			hour++
		}
		before := 0.0
		if hour > 0 {
			before = hours[hour-1]
		}
		b.quantiles[i] = min(int64((float64(hour)+(x-before)/(hours[hour]-before))*secondsPerHour), secondsPerDay)
	}
	weights := make([]float64, len(b.catalogue.products))
	for i, p := range b.catalogue.products {
		weights[i] = categoryPull[p.kind] * p.popularity
	}
	spread(newWeighted(weights), b.products[:])
	spread(b.cities.weight, b.places[:])
	book := newNameBook()
	b.names = make([]string, benchNames)
	for i := range b.names {
		b.names[i], _, _ = book.draw(r, i&1, r.between(1962, 2006))
	}
}

// spread fills a table with indexes in proportion to their weights.
func spread(w weighted, table []uint8) {
	at := 0
	total := w.cumulative[len(w.cumulative)-1]
	for i := range table {
		for w.cumulative[at] < total*(float64(i)+0.5)/float64(len(table)) {
			at++
		}
		table[i] = uint8(at)
	}
}
