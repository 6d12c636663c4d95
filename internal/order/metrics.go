package order

import (
	"zhike/internal/customer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/money"
)

// The windows of the figures, in days up to and with the as-of day; the last
// is all time.
const (
	Window30 = iota
	Window90
	Window180
	Window365
	WindowAll
	Windows
)

// WindowDays is the length of each window; 0 is all time.
var WindowDays = [Windows]int32{30, 90, 180, 365, 0}

// cartDays is the window of carts_90 and views_90.
const cartDays = 90

// Metrics are the figures of one customer as of a day: the row of
// customer_metrics.
type Metrics struct {
	CustomerID int64
	AsOf       clock.Day
	// First and Last are the days of the first and last purchase, nil without one.
	First, Last   *clock.Day
	LastBehaviour *clock.Day
	Orders        [Windows]int64 // purchases
	Sales         [Windows]int64 // 分; sum rounded once, half to even
	Net           [Windows]int64 // 分; sum rounded once, half to even
	Months        [Windows]int64 // calendar months with a purchase
	// Carts90 counts what was put into the cart in 90 days and not paid
	// afterwards; Views90 counts views in 90 days.
	Carts90, Views90 int64
	// Category and Brand with the greatest net line amount in the last 365
	// days, for a customer without purchases in them of all time; ties go to
	// the name that sorts first by its bytes; "" where none is above 0.
	Category, Brand string
	UpdatedAt       int64
	// PriceSensitivity is the share, in per cent, of the purchases of 365 days
	// with a known discount that were bought for less (see boughtForLess); nil
	// with fewer than three of them.
	PriceSensitivity *int64
}

// boughtForLess says whether a discount was a twentieth of the list price or
// more: what is less is rounding. paid is before refunds; both in thousandths
// of a 分.
func boughtForLess(discount, paid int64) bool {
	return discount > 0 && discount >= (paid+discount+19)/20
}

// boughtForLessSQL is boughtForLess of the orders o, where their discount is known.
const boughtForLessSQL = "o.discount_fen > 0 AND o.discount_fen * 20000 >= o.sales_fen * 1000 + o.sales_sub + o.discount_fen * 1000"

// priceCodes are what an order tells of its price in the streams of orders and
// lines, where its discount is known.
var priceCodes = [...]string{"list", "reduced"}

// windowStart is the first day of window w as of day d.
func windowStart(w int, d clock.Day) clock.Day {
	if WindowDays[w] == 0 {
		return minDay
	}
	return d - clock.Day(WindowDays[w]) + 1
}

// minDay is before every day that an order can have.
const minDay clock.Day = -1 << 30

// tally adds up the orders of one customer, given in ascending order of days.
type tally struct {
	starts      [Windows]clock.Day
	orders      [Windows]int64
	sales, net  [Windows]int64 // thousandths of a 分
	months      [Windows]int64
	lastMonth   [Windows]int32
	first, last clock.Day
	known, less int64 // purchases of 365 days whose discount is known, and those of them bought for less
}

func (t *tally) reset(asOf clock.Day) {
	*t = tally{}
	for w := range Windows {
		t.starts[w] = windowStart(w, asOf)
		t.lastMonth[w] = -1 << 30
	}
}

func (t *tally) add(o placed) {
	day, net, sales := o.day, o.net, o.sales
	purchase := net > 0
	if purchase && o.discount >= 0 && day >= t.starts[Window365] {
		t.known++
		if boughtForLess(o.discount, sales) {
			t.less++
		}
	}
	var month int32
	if purchase {
		if month = day.Month(); t.orders[WindowAll] == 0 {
			t.first = day
		}
		t.last = day
	}
	// From all time down to 30 days: a day outside a window is outside all shorter ones.
	for w := WindowAll; w >= 0 && day >= t.starts[w]; w-- {
		t.net[w] += net
		t.sales[w] += sales
		if !purchase {
			continue
		}
		t.orders[w]++
		if t.lastMonth[w] != month {
			t.lastMonth[w] = month
			t.months[w]++
		}
	}
}

func (t *tally) into(m *Metrics) {
	m.Orders, m.Months = t.orders, t.months
	for w := range Windows {
		m.Sales[w] = money.RoundMilli(t.sales[w])
		m.Net[w] = money.RoundMilli(t.net[w])
	}
	if t.orders[WindowAll] > 0 {
		first, last := t.first, t.last
		m.First, m.Last = &first, &last
	}
	if t.known >= customer.LeastPrices {
		share := (200*t.less + t.known) / (2 * t.known) // half up
		m.PriceSensitivity = &share
	}
}

// amounts sums line amounts of one customer by name.
type amounts map[string]int64

// top is the name with the greatest amount above 0.
func (a amounts) top() string {
	best, most := "", int64(0)
	for name, milli := range a {
		if milli > most || (milli == most && milli > 0 && name < best) {
			best, most = name, milli
		}
	}
	return best
}
