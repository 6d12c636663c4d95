package demo

import "zhike/internal/platform/clock"

// Channels; the first three are those of private customers.
const (
	channelStore = iota
	channelMini
	channelTmall
	channelEnterprise
)

var channelNames = [...]string{"门店", "小程序", "天猫", "企业采购"}

// States of an order.
const (
	statePaid = iota
	stateShipped
	stateCompleted
	stateCancelled
	stateRefunded
	statePartRefunded
	stateCount
)

// stateNames are the words of the till and of 企业采购.
var stateNames = [stateCount]string{"已付款", "已发货", "已完成", "已取消", "已退款", "部分退款"}

// tmallStateNames are the words of 天猫, where an order with a part refunded
// stays successful and shows in 退款金额 alone.
var tmallStateNames = [stateCount]string{
	"买家已付款，等待卖家发货", "卖家已发货，等待买家确认", "交易成功", "交易关闭",
	"付款以后用户退款成功，交易自动关闭", "交易成功",
}

// stateKeys name the states in the manifest.
var stateKeys = [stateCount]string{"paid", "shipped", "completed", "cancelled", "refunded", "part_refunded"}

// line is one line of an order; money in 分.
type line struct {
	product  int32
	quantity int32 // negative in a return
	price    int32 // unit price
	discount int32
	paid     int32 // price·quantity − discount; 0 when cancelled
	refund   int32
}

// order is one order or one return. Times are seconds since 1970-01-01 00:00 in
// company time.
type order struct {
	at       int64
	payDelay int32 // seconds from ordering to paying
	who      int32 // index into generator.people or generator.companies
	channel  int8
	state    int8
	store    int16 // index of the store, -1 online
	freight  int32
	coupon   int8  // index into couponNames
	origin   int32 // index of the order that a return takes back, -1 otherwise
	lines    []line
	id       string
}

func (o *order) day() clock.Day { return clock.Day(o.at / secondsPerDay) }

// net is what the order brought: paid − refunded.
func (o *order) net() int64 {
	sum := int64(0)
	for _, l := range o.lines {
		sum += int64(l.paid) - int64(l.refund)
	}
	return sum
}

// totals sums quantity, list price, discount, paid and refund over the lines.
func (o *order) totals() (quantity int32, list, discount, paid, refund int64) {
	for _, l := range o.lines {
		quantity += l.quantity
		list += int64(l.price) * int64(l.quantity)
		discount += int64(l.discount)
		paid += int64(l.paid)
		refund += int64(l.refund)
	}
	return quantity, list, discount, paid, refund
}

var couponNames = [...]string{"", "满199减20", "满399减50", "满799减120", "会员9折", "大促8折"}

// discountOf finds the coupon of a basket worth list 分 and its value in 分.
// promo > 1 on the days of the great online sales.
func discountOf(r random, list int64, promo float64, member bool) (coupon int8, value int64) {
	switch {
	case promo >= 1.8 && r.chance(0.8):
		return 5, list / 5
	case list >= 799_00 && r.chance(0.5):
		return 3, 120_00
	case list >= 399_00 && r.chance(0.45):
		return 2, 50_00
	case list >= 199_00 && r.chance(0.4):
		return 1, 20_00
	case member && r.chance(0.12):
		return 4, list / 10
	}
	return 0, 0
}

// share spreads a discount over the lines in proportion to their list price; the
// last line takes the remainder, so that the parts sum to the whole.
func share(lines []line, discount int64) {
	list := int64(0)
	for _, l := range lines {
		list += int64(l.price) * int64(l.quantity)
	}
	rest := discount
	for i := range lines {
		l := &lines[i]
		worth := int64(l.price) * int64(l.quantity)
		part := discount * worth / list
		if i == len(lines)-1 {
			part = rest
		}
		rest -= part
		l.discount = int32(part)
		l.paid = int32(worth - part)
	}
}

// settle gives the order its state from its age and from chance, and the
// refunds that belong to it.
func (o *order) settle(r random, last clock.Day) {
	age := last - o.day()
	o.payDelay = int32(min(int64(o.payDelay), int64(last+1)*secondsPerDay-1-o.at))
	online := o.channel != channelStore
	cancel, refund, part := 0.01, 0.004, 0.003
	if online {
		cancel, refund, part = 0.045, 0.026, 0.017
	}
	x := r.Float64()
	switch {
	case x < cancel:
		o.state = stateCancelled
		o.freight, o.coupon = 0, 0
		for i := range o.lines {
			o.lines[i].discount, o.lines[i].paid = 0, 0
		}
	case online && age < clock.Day(r.between(1, 3)):
		o.state = statePaid
	case online && age < clock.Day(r.between(4, 8)):
		o.state = stateShipped
	case x < cancel+refund:
		o.state = stateRefunded
		for i := range o.lines {
			o.lines[i].refund = o.lines[i].paid
		}
	case x < cancel+refund+part:
		o.state = statePartRefunded
		l := &o.lines[r.IntN(len(o.lines))]
		// A whole line, or a third of it for a damaged parcel.
		l.refund = l.paid
		if len(o.lines) == 1 || r.chance(0.4) {
			l.refund = max(l.paid/3, 1)
		}
	default:
		o.state = stateCompleted
	}
}
