package tiering

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/vault"
)

// A fixture company: rows as the tables hold them.
type fixOrder struct {
	customer   int64
	day        clock.Day
	net, sales int64 // thousandths of a 分
	paidAt     int64
	product    int64 // one line, 0 = no line
}

type fixBehaviour struct {
	customer int64
	kind     int64
	day      clock.Day
	at       int64
	product  int64 // 0 = none
	rating   int64 // 0 = none
}

type company struct {
	created    map[int64]clock.Day // customers and the day they were created
	orders     []fixOrder
	behaviours []fixBehaviour
}

func split1000(milli int64) (fen, sub int64) {
	fen = milli / 1000
	return fen, milli - fen*1000
}

// store writes the company into d. Products 1 and 2 are the same article in two
// sources, 3 is another one.
func (c *company) store(t testing.TB, d *db.DB) {
	t.Helper()
	ctx := context.Background()
	err := d.InTx(ctx, func(ctx context.Context) error {
		var ids []int64
		for id := range c.created {
			ids = append(ids, id)
		}
		if err := d.BulkInsert(ctx, "customers", customerColumns, len(ids), func(i int, v []any) {
			at := clock.Millis(c.created[ids[i]].Start(shanghai))
			v[0], v[1], v[2], v[3], v[4], v[5], v[6] = ids[i], "person", fmt.Sprintf("客户%d", ids[i]), int64(1), int64(1), at, at
		}); err != nil {
			return err
		}
		codes := []string{"A", "A", "B"}
		if err := d.BulkInsert(ctx, "products", []string{"id", "source_id", "code", "name", "category", "brand", "created_at", "updated_at"}, 3,
			func(i int, v []any) {
				v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7] = int64(i+1), int64(i+1), codes[i], "商品", "类目", "", int64(0), int64(0)
			}); err != nil {
			return err
		}
		if err := d.BulkInsert(ctx, "orders", orderColumns, len(c.orders), func(i int, v []any) {
			o := c.orders[i]
			nf, ns := split1000(o.net)
			sf, ss := split1000(o.sales)
			for k, x := range []any{
				int64(i + 1), int64(1), fmt.Sprint("O", i), o.customer, int64(1), int64(4), o.paidAt, int64(o.day),
				sf, ss, sf, ss, nf, ns, int64(0), int64(1000), int64(1), "", "", "", "", int64(0), int64(1), int64(0), int64(0),
			} {
				v[k] = x
			}
		}); err != nil {
			return err
		}
		var lines []int
		for i, o := range c.orders {
			if o.product != 0 {
				lines = append(lines, i)
			}
		}
		if err := d.BulkInsert(ctx, "order_lines", []string{"order_id", "line_no", "product_id", "quantity_milli", "amount_fen", "amount_sub"},
			len(lines), func(i int, v []any) {
				o := c.orders[lines[i]]
				v[0], v[1], v[2], v[3], v[4], v[5] = int64(lines[i]+1), int64(1), o.product, int64(1000), o.net/1000, int64(0)
			}); err != nil {
			return err
		}
		return d.BulkInsert(ctx, "behaviours", []string{"id", "source_id", "external_id", "customer_id", "kind", "at", "day", "product_id",
			"quantity_milli", "rating", "content_hash", "import_id", "created_at"}, len(c.behaviours), func(i int, v []any) {
			b := c.behaviours[i]
			v[0], v[1], v[2], v[3], v[4], v[5], v[6] = int64(i+1), int64(1), fmt.Sprint("B", i), b.customer, b.kind, b.at, int64(b.day)
			v[7], v[8], v[9], v[10], v[11], v[12] = nil, int64(1000), nil, int64(0), int64(1), int64(0)
			if b.product != 0 {
				v[7] = b.product
			}
			if b.rating != 0 {
				v[9] = b.rating
			}
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// facts is what the loader must find: each customer by itself, from the rows.
func (c *company) facts(q factsQuery) map[int64]refRow {
	out := map[int64]refRow{}
	productCode := map[int64]string{1: "A", 2: "A", 3: "B"}
	for id, created := range c.created {
		r := refRow{last: NoDay, first: NoDay}
		known := created <= q.asOf
		months := map[int32]bool{}
		for _, o := range c.orders {
			if o.customer != id || o.day > q.asOf {
				continue
			}
			known = true
			m := o.net
			if q.measure == MeasureSales {
				m = o.sales
			}
			age := int(q.asOf - o.day)
			in, before := q.window == 0 || age < q.window, q.window > 0 && age >= q.window && age < 2*q.window
			r.spendAll += m
			if in {
				r.spend += m
			}
			if before {
				r.prev += m
			}
			if m <= 0 {
				continue
			}
			r.ordersAll++
			r.last = max(r.last, int32(o.day))
			if r.first == NoDay {
				r.first = int32(o.day)
			}
			r.first = min(r.first, int32(o.day))
			if in {
				r.orders++
				months[o.day.Month()] = true
			}
		}
		r.months = int16(len(months))
		for _, b := range c.behaviours {
			if b.customer != id || b.day > q.asOf {
				continue
			}
			known = true
			switch b.kind {
			case 2:
				if q.asOf-b.day >= cartDays {
					continue
				}
				paid := false
				for _, o := range c.orders {
					same := b.product == 0 || (o.product != 0 && productCode[o.product] == productCode[b.product])
					if o.customer == id && o.day <= q.asOf && o.paidAt >= b.at && o.day >= b.day && o.sales > 0 && same {
						paid = true
					}
				}
				if !paid {
					r.carts++
				}
			case 4:
				if b.rating > 0 {
					r.ratingSum += int32(b.rating)
					r.ratings++
				}
			}
		}
		if known {
			out[id] = r
		}
	}
	return out
}

type refRow struct {
	spend, spendAll, prev int64
	orders, ordersAll     int32
	last, first           int32
	months, carts         int16
	ratingSum, ratings    int32
}

// row is customer i of loaded facts in the form of the reference.
func (f *Facts) row(i int) refRow {
	r := refRow{
		spend: f.SpendMilli[i], spendAll: f.SpendAllMilli[i], prev: f.PrevMilli[i], orders: f.Orders[i], ordersAll: f.OrdersAll[i],
		last: f.LastDay[i], first: f.FirstDay[i], months: f.Months[i],
	}
	if f.Carts != nil {
		r.carts = f.Carts[i]
	}
	if f.RatingSum != nil {
		r.ratingSum, r.ratings = f.RatingSum[i], f.RatingCount[i]
	}
	return r
}

var fixNow = time.Date(2024, 3, 1, 10, 0, 0, 0, time.UTC)

// newTestService makes a service with an actor who may do everything.
// testVault is a vault whose keys end with the test.
func testVault(t testing.TB, d *db.DB) *vault.Vault {
	t.Helper()
	v, err := vault.New(context.Background(), vault.Options{DB: d, Clock: clock.System{}, KeyFile: filepath.Join(t.TempDir(), "master.key")})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func newTestService(t testing.TB, d *db.DB) (*Service, context.Context) {
	t.Helper()
	s := NewService(Deps{DB: d, Vault: testVault(t, d), Clock: clock.NewFixed(fixNow), Zone: clock.In(shanghai)})
	ctx := auth.With(context.Background(), auth.System("test"))
	if err := s.EnsureShipped(ctx); err != nil {
		t.Fatal(err)
	}
	return s, ctx
}

func mustDay(s string) clock.Day {
	d, err := clock.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}
