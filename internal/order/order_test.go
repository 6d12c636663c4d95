package order_test

import (
	"testing"

	"zhike/internal/order"
	"zhike/internal/platform/money"
)

func yuan(t *testing.T, s string) money.Exact {
	t.Helper()
	e, err := money.ParseDecimal(s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return e
}

func TestValue(t *testing.T) {
	for name, c := range map[string]struct {
		status        order.Status
		kind          order.Kind
		gross, refund string
		sales, net    string
	}{
		"unpaid":                        {order.StatusUnpaid, order.KindSale, "100", "0", "0", "0"},
		"paid":                          {order.StatusPaid, order.KindSale, "100.565", "0", "100.565", "100.565"},
		"shipped":                       {order.StatusShipped, order.KindSale, "100", "0", "100", "100"},
		"completed with a refund":       {order.StatusCompleted, order.KindSale, "100", "30.5", "100", "69.5"},
		"cancelled":                     {order.StatusCancelled, order.KindSale, "100", "100", "0", "0"},
		"refunded with the amount":      {order.StatusRefunded, order.KindSale, "100", "100", "100", "0"},
		"refunded without an amount":    {order.StatusRefunded, order.KindSale, "100", "0", "100", "0"},
		"refunded all but the postage":  {order.StatusRefunded, order.KindSale, "100", "88", "100", "12"},
		"part refunded":                 {order.StatusPartRefunded, order.KindSale, "100", "0.001", "100", "99.999"},
		"part refunded, amount unknown": {order.StatusPartRefunded, order.KindSale, "100", "0", "100", "100"},
		"refund with freight":           {order.StatusCompleted, order.KindSale, "100", "110", "100", "0"},
		"refund written with a minus":   {order.StatusCompleted, order.KindSale, "100", "-30", "100", "70"},
		"return":                        {order.StatusCompleted, order.KindReturn, "100", "0", "0", "-100"},
		"return written with a minus":   {order.StatusCompleted, order.KindReturn, "-100.005", "0", "0", "-100.005"},
		"return of a cancelled invoice": {order.StatusCancelled, order.KindReturn, "100", "0", "0", "-100"},
		"free":                          {order.StatusPaid, order.KindSale, "0", "0", "0", "0"},
		"unknown status":                {0, order.KindSale, "100", "0", "0", "0"},
	} {
		t.Run(name, func(t *testing.T) {
			sales, net := order.Value(c.status, c.kind, yuan(t, c.gross), yuan(t, c.refund))
			if sales != yuan(t, c.sales) || net != yuan(t, c.net) {
				t.Errorf("sales %v, net %v; want %s, %s", sales, net, c.sales, c.net)
			}
			if got, want := order.IsPurchase(net), yuan(t, c.net).Milli() > 0; got != want {
				t.Errorf("purchase %v", got)
			}
		})
	}
}

// TestCodesAreStored: the numbers are in databases and the codes in clients.
func TestCodesAreStored(t *testing.T) {
	for want, s := range map[string]order.Status{
		"unpaid": 1, "paid": 2, "shipped": 3, "completed": 4, "cancelled": 5, "refunded": 6, "part_refunded": 7, "": 8,
	} {
		if s.Code() != want {
			t.Errorf("status %d is %q, want %q", s, s.Code(), want)
		}
		if back, ok := order.ParseStatus(want); ok != (want != "") || (ok && back != s) {
			t.Errorf("%q reads as %d %v", want, back, ok)
		}
	}
	if order.Kind(1).Code() != "sale" || order.Kind(2).Code() != "return" || order.Kind(-1).Code() != "" {
		t.Error("kinds changed")
	}
	for want, k := range map[string]order.BehaviourKind{"view": 1, "cart": 2, "favourite": 3, "review": 4} {
		if k.Code() != want {
			t.Errorf("behaviour %d is %q", k, k.Code())
		}
	}
}

// TestContentHashIsStored: a hash that changed would make every import an update.
func TestContentHashIsStored(t *testing.T) {
	var h order.Hasher
	sum := func(o order.Order, code string) int64 {
		h.Reset()
		h.Order(&o)
		h.Line(&order.Line{No: 1, QuantityMilli: 1000, Amount: o.Gross}, code)
		return h.Sum()
	}
	o := order.Order{Kind: 1, Status: 4, PaidAt: 1_600_000_000_000, Gross: money.Exact{Fen: 100}, Channel: "天猫", LineCount: 1}
	if got := sum(o, "SKU1"); got != storedHash {
		t.Errorf("hash %d, want %d", got, int64(storedHash))
	}
	for name, change := range map[string]func(*order.Order){
		"status": func(o *order.Order) { o.Status = 5 },
		"amount": func(o *order.Order) { o.Gross.Sub = 1 },
		"place":  func(o *order.Order) { o.Channel, o.Store = "天", "猫" },
	} {
		c := o
		change(&c)
		if sum(c, "SKU1") == storedHash {
			t.Errorf("a change of %s does not show", name)
		}
	}
	if sum(o, "SKU2") == storedHash {
		t.Error("a change of product does not show")
	}
}

// storedHash was computed when the format was fixed.
const storedHash = -6552038192664715191

func TestSetLone(t *testing.T) {
	fen := func(n int64) money.Exact { return money.Exact{Fen: n} }
	for name, c := range map[string]struct {
		lines []order.Line
		want  int64
	}{
		"one line with the net":        {[]order.Line{{ProductID: 7, Amount: fen(500)}}, 7},
		"one line without a product":   {[]order.Line{{Amount: fen(500)}}, order.NoProduct},
		"one line with another amount": {[]order.Line{{ProductID: 7, Amount: fen(499)}}, 0},
		"two lines":                    {[]order.Line{{ProductID: 7, Amount: fen(500)}, {ProductID: 8}}, 0},
		"no line":                      {nil, 0},
	} {
		o := order.Order{Net: fen(500), Lone: 3}
		if o.SetLone(c.lines); o.Lone != c.want {
			t.Errorf("%s: %d, want %d", name, o.Lone, c.want)
		}
	}
}
