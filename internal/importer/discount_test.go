package importer

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// discounts are the orders with what was taken off them.
func (r *rig) discounts() []string {
	return r.lines(`SELECT external_id, net_fen, COALESCE(discount_fen, -1) FROM orders ORDER BY external_id`)
}

// sensitivity is that of the only customer; -1 for none.
func (r *rig) sensitivity() int64 {
	return r.one(`SELECT COALESCE(price_sensitivity, -1) FROM customer_metrics`)
}

const discountHeader = "订单编号,会员编号,付款时间,订单状态,商品名称,数量,商品总价,优惠金额,实付金额,退款金额\n"

// A file that tells discounts, after a program that did not keep them: the
// discount is filled in, once, and nothing else changes.
func TestDiscountIsFilledInLater(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		file := discountHeader +
			"A1,M1,2026-01-02,交易成功,拿铁,1,40.00,10.00,30.00,\n" +
			"A2,M1,2026-01-03,交易成功,拿铁,1,30.00,0.00,30.00,\n" +
			"A3,M1,2026-01-04,交易成功,拿铁,1,60.00,-20.00,40.00,10\n" + // some write it with a minus
			"A4,M1,2026-01-05,交易关闭,拿铁,1,60.00,20.00,40.00,\n" + // never paid: it was no purchase
			"A5,M1,2026-01-06,退款成功,拿铁,1,60.00,20.00,40.00,\n" + // nothing left of it
			"A6,M1,2026-01-07,交易成功,拿铁,1,30.00,0.05,29.95,\n" // rounding is no discount
		res := r.orders("a.csv", file)
		want := []string{"A1|3000|1000", "A2|3000|0", "A3|3000|2000", "A4|0|2000", "A5|0|2000", "A6|2995|5"}
		if diff := cmp.Diff(want, r.discounts()); diff != "" || res.OrdersCreated != 6 {
			t.Fatalf("%d created: %s", res.OrdersCreated, diff)
		}
		if n := r.sensitivity(); n != 50 { // A1 and A3 of A1, A2, A3, A6
			t.Errorf("sensitivity %d %%, want 50", n)
		}
		full := r.stamps()

		// As the program before left it.
		for _, q := range []string{`UPDATE orders SET discount_fen = NULL`, `UPDATE customer_metrics SET price_sensitivity = NULL`} {
			err := d.InTx(r.ctx, func(ctx context.Context) error {
				_, err := d.Q(ctx).ExecContext(ctx, q)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		// The dry run counts and writes nothing.
		dry := r.run(RunInput{Kind: KindOrders, Path: r.file("dry.csv", file), Source: "shop", DryRun: true})
		if dry.OrdersUpdated != 6 || r.one(`SELECT count(discount_fen) FROM orders`) != 0 {
			t.Errorf("dry run: %d updated, %v", dry.OrdersUpdated, r.discounts())
		}
		res = r.orders("a.csv", file)
		if res.OrdersUpdated != 6 || res.OrdersCreated != 0 || res.Rejected != 0 || res.CustomersCreated != 0 {
			t.Errorf("again: %+v", res)
		}
		if diff := cmp.Diff(want, r.discounts()); diff != "" {
			t.Error(diff)
		}
		if n := r.sensitivity(); n != 50 {
			t.Errorf("sensitivity %d %% after the second import, want 50", n)
		}
		sameDump(t, full, r.stamps())

		// And a third time there is nothing new.
		res = r.orders("b.csv", file)
		if res.OrdersUpdated != 0 || res.Unchanged != 6 || res.Counts.OrdersUnchanged != 6 {
			t.Errorf("third: %+v", res)
		}
		sameDump(t, full, r.stamps())
	})
}

// What a file does not tell is kept, also of an order that it changes; what it
// tells otherwise is corrected.
func TestDiscountIsNotForgotten(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.orders("a.csv", discountHeader+
			"A1,M1,2026-01-02,交易成功,拿铁,1,40.00,10.00,30.00,\n"+
			"A2,M1,2026-01-03,交易成功,拿铁,1,30.00,,30.00,\n")
		without := strings.NewReplacer("商品总价,优惠金额,", "").Replace(discountHeader)
		res := r.orders("b.csv", without+
			"A1,M1,2026-01-02,交易成功,拿铁,1,30.00,5.00\n"+ // refunded in part since
			"A3,M1,2026-01-04,交易成功,拿铁,1,30.00,\n")
		if res.OrdersUpdated != 1 || res.OrdersCreated != 1 {
			t.Errorf("%+v", res)
		}
		// A2: list price less what was paid; of A3 nothing is known, which is not 0.
		if diff := cmp.Diff([]string{"A1|2500|1000", "A2|3000|0", "A3|3000|-1"}, r.discounts()); diff != "" {
			t.Error(diff)
		}
		if n := r.sensitivity(); n != -1 {
			t.Errorf("sensitivity %d %% of two orders with a known discount", n)
		}
		r.orders("c.csv", discountHeader+"A2,M1,2026-01-03,交易成功,拿铁,1,30.00,12.00,30.00,\nA3,M1,2026-01-04,交易成功,拿铁,1,,9折,30.00,\n")
		if diff := cmp.Diff([]string{"A1|2500|1000", "A2|3000|1200", "A3|3000|-1"}, r.discounts()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestDiscountOfOrdersOfSeveralRows(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		// Each row has its own, and what was taken back counts nothing.
		r.orders("lines.csv", discountHeader+
			"L1,M1,2026-01-02,交易成功,拿铁,1,40.00,10.00,30.00,\nL1,M1,2026-01-02,交易成功,美式,1,30.00,5.00,25.00,\n"+
			"L2,M1,2026-01-02,交易成功,拿铁,1,40.00,10.00,30.00,\nL2,M1,2026-01-02,交易成功,美式,-1,20.00,5.00,-15.00,\n"+
			"L3,M1,2026-01-02,交易成功,拿铁,-1,40.00,10.00,-30.00,\n") // a return document
		if diff := cmp.Diff([]string{"L1|5500|1500", "L2|1500|1000", "L3|-3000|-1"}, r.discounts()); diff != "" {
			t.Error(diff)
		}
		// The amount is the order's and stands on each row, and so does the discount.
		h := "订单号,会员编号,付款时间,商品名称,单价,数量,优惠,订单金额\n"
		r.orders("repeated.csv", h+
			"R1,M1,2026-01-02,甲,30,1,9.99,80.01\nR1,M1,2026-01-02,乙,30,2,9.99,80.01\n"+
			"R3,M3,2026-01-02,甲,30,1,2,50\nR3,M3,2026-01-02,乙,25,1,3,50\n")
		// The amount is on the first row, the discount on each.
		r.orders("first.csv", h+"F1,M1,2026-01-02,甲,30,1,1,80\nF1,,,乙,25,2,1,\n")
		// The list price alone, in a column that exports call so.
		r.orders("list.csv", "订单号,会员编号,付款时间,商品名称,应付(原价)金额,优惠前金额,实付金额\nP1,M1,2026-01-02,甲,1,100,80\nP2,M1,2026-01-02,甲,1,80,88\n")
		got := r.lines(`SELECT external_id, COALESCE(discount_fen, -1) FROM orders WHERE external_id NOT LIKE 'L%' ORDER BY external_id`)
		if diff := cmp.Diff([]string{"F1|200", "P1|2000", "P2|0", "R1|999", "R3|500"}, got); diff != "" {
			t.Error(diff)
		}
	})
}
