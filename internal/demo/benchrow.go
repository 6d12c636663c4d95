package demo

import (
	"bufio"
	"io"
	"math"

	"zhike/internal/platform/clock"
)

// benchHeader is the header of the CSV of WriteBenchOrders.
const benchHeader = "订单编号,会员编号,买家姓名,手机号,付款时间,订单状态,实付金额,类目,商品名称,数量,省份,城市\n"

// WriteBenchOrders writes the rows of BenchOrders as UTF-8 CSV with the header
// 订单编号, 会员编号, 买家姓名, 手机号, 付款时间 (company time, UTC+8), 订单状态,
// 实付金额 (yuan), 类目, 商品名称, 数量, 省份, 城市. It streams: memory grows with the
// number of customers (10 bytes each, 30 while it starts), not with that of orders. Errors:
// ErrOptions, and those of w.
func WriteBenchOrders(w io.Writer, customers, orders int, seed uint64) error {
	b, err := newBench(customers, orders, seed)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 1<<20)
	if _, err := out.WriteString(benchHeader); err != nil {
		return err
	}
	articles := make([][]byte, len(b.catalogue.products))
	for i, p := range b.catalogue.products {
		articles[i] = []byte("," + p.category + "," + p.name + ",")
	}
	places := make([][]byte, len(b.cities.cities))
	for i, c := range b.cities.cities {
		places[i] = []byte("," + c.province + "," + c.name + "\n")
	}
	var (
		line  = make([]byte, 0, 256)
		id    [benchIDLen]byte
		buyer [benchBuyerLen]byte
		phone [11]byte
		date  []byte
		day   = clock.Day(-1)
	)
	for b.next() {
		if b.day != day {
			day = b.day
			date = append(appendDate(date[:0], day), ' ')
		}
		b.putKeys(&id, &buyer)
		putPhone(&phone, b.buyer)
		line = append(append(line[:0], id[:]...), ',')
		line = append(append(line, buyer[:]...), ',')
		line = append(append(line, b.nameOf(b.buyer)...), ',')
		line = append(append(line, phone[:]...), ',')
		line = appendClock(append(line, date...), int(b.second%secondsPerDay))
		line = append(append(append(line, ','), stateNames[b.state]...), ',')
		line = append(appendYuan(line, b.amount), articles[b.product]...)
		line = append(line, byte('0'+b.quantity)) // one digit, see next
		line = append(line, places[b.cityOf(b.buyer)]...)
		if _, err := out.Write(line); err != nil {
			return err
		}
	}
	return out.Flush()
}

// draw is the next 64 random bits.
func (b *bench) draw() uint64 {
	b.random += 0x9e3779b97f4a7c15
	x := b.random
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// next moves to the next order; it is false after the last.
func (b *bench) next() bool {
	if b.index >= b.orders {
		return false
	}
	start := 0
	for b.index >= b.ends[b.dayIndex] {
		b.dayIndex++
	}
	if b.dayIndex > 0 {
		start = b.ends[b.dayIndex-1]
	}
	b.day = BenchAsOf - BenchDays + 1 + clock.Day(b.dayIndex)
	bits := b.draw()

	// The k-th of n orders of a day lies in the k-th n-th part of the day's
	// orders: the times ascend and nothing has to be sorted.
	n := b.ends[b.dayIndex] - start
	x := (float64(b.index-start) + float64(bits>>40)/(1<<24)) / float64(n) * benchTable
	cell := int(x)
	from, to := b.quantiles[cell], b.quantiles[min(cell+1, benchTable)]
	second := from + int64((x-float64(cell))*float64(to-from))
	b.second = int64(b.day)*secondsPerDay + min(second, secondsPerDay-1)

	b.product = int(b.products[bits&(benchTable-1)])
	b.quantity = 1 + int(benchQuantity[bits>>12&15])
	b.amount = int64(b.catalogue.products[b.product].price) * int64(b.quantity)
	if bits>>16&7 == 0 {
		b.amount -= b.amount / 10
	}
	b.status(bits >> 20 & 1023)
	b.choose()
	b.index++
	return true
}

// benchQuantity are extra pieces beyond the first, by chance of a sixteenth each.
var benchQuantity = [16]uint8{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 4}

// status draws the state from 10 random bits.
func (b *bench) status(x uint64) {
	age := BenchDays - 1 - b.dayIndex
	switch {
	case x < 31:
		b.state = stateCancelled
	case age < 2:
		b.state = statePaid
	case age < 6:
		b.state = stateShipped
	case x < 62:
		b.state = stateRefunded
	default:
		b.state = stateCompleted
	}
}

// choose draws the buyer: a new one while fewer have joined than the curve
// customers·(orders so far / orders)^0.6 asks for, else one who has joined and
// has not left.
func (b *bench) choose() {
	if b.index%benchStep == 0 {
		end := min(b.index+benchStep, b.orders)
		b.target = int(math.Ceil(float64(b.customers) * math.Pow(float64(end)/float64(b.orders), 0.6)))
	}
	if b.joined < b.target {
		b.buyer = b.joined
		b.joined++
		// Tenure: exponential with a mean of 500 days, by inversion.
		tenure := -500 * math.Log(1-float64(b.draw()>>11)/(1<<53))
		b.until[b.buyer] = uint16(min(b.dayIndex+int(tenure), math.MaxUint16))
		return
	}
	// After so many misses, which happen at the very start only, anyone who has
	// joined will do.
	const tries = 48
	for range tries {
		x := b.draw()
		c := int(x >> 32 * uint64(b.customers) >> 32)
		if uint32(x) >= b.keep[c] {
			c = int(b.alias[c])
		}
		if c < b.joined && int(b.until[c]) >= b.dayIndex {
			b.buyer = c
			return
		}
	}
	b.buyer = int(b.draw() % uint64(b.joined))
}

// nameOf is the name of a buyer.
func (b *bench) nameOf(buyer int) string { return b.names[mix64(uint64(buyer)^b.seed)%benchNames] }

// cityOf is the index of a buyer's city.
func (b *bench) cityOf(buyer int) int {
	return int(b.places[mix64(uint64(buyer)+b.seed)>>40%benchTable])
}

// putKeys writes the ids of the order and of its buyer.
func (b *bench) putKeys(id *[benchIDLen]byte, buyer *[benchBuyerLen]byte) {
	id[0], buyer[0] = 'B', 'C'
	putDigits(id[1:], b.index)
	putDigits(buyer[1:], b.buyer+1)
}

// putDigits fills dst with the decimal digits of n and leading zeros.
func putDigits(dst []byte, n int) {
	for i := len(dst) - 1; i >= 0; i-- {
		dst[i] = byte('0' + n%10)
		n /= 10
	}
}
