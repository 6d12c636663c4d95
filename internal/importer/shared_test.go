package importer

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// TestSharedPhone: a company and its contact person share a phone, two
// strangers share another.
func TestSharedPhone(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		h := "订单编号,会员编号,姓名,手机号,付款时间,实付金额,性别\n"
		row := func(id, buyer, name, phone, sex string) string {
			return fmt.Sprintf("%s,%s,%s,%s,2026-01-02 10:00:00,10,%s\n", id, buyer, name, phone, sex)
		}
		r.orders("a.csv", h+
			row("A1", "M1", "云杉科技有限公司", "13800000001", "")+row("A2", "M2", "王芳", "13800000002", "")+
			row("A3", "M3", "李雷", "13800000003", "")+row("A4", "M4", "韩梅", "13800000004", ""))
		ctx := context.Background()
		// Sharing comes about by hand: the importer never gives a phone to two.
		if err := d.InTx(ctx, func(ctx context.Context) error {
			for _, q := range []string{
				`UPDATE customers SET kind = 'company' WHERE id = 1`,
				`UPDATE contacts SET blind = (SELECT blind FROM contacts WHERE customer_id = 1), cipher = (SELECT cipher FROM contacts WHERE customer_id = 1) WHERE customer_id = 2`,
				`UPDATE contacts SET blind = (SELECT blind FROM contacts WHERE customer_id = 3), cipher = (SELECT cipher FROM contacts WHERE customer_id = 3) WHERE customer_id = 4`,
				`INSERT INTO customer_relations (id, from_id, to_id, kind, created_by, created_at) VALUES (1, 2, 1, 'contact', 0, 0)`,
			} {
				if _, err := d.Q(ctx).ExecContext(ctx, q); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		rows := h +
			row("B1", "", "", "13800000001", "") + // the company's
			row("B2", "", "王芳", "13800000001", "") + // named: her own, also behind B1
			row("B3", "", "云杉科技有限公司", "13800000001", "") +
			row("B4", "", "赵六", "13800000001", "") + // neither of them
			row("B5", "", "", "13800000001", "女") + // a person, but which
			row("B6", "M9", "", "13800000001", "") + // a new number of the company's
			row("B7", "", "", "13800000003", "") + // two strangers
			row("B8", "", "韩梅", "13800000003", "") +
			row("B9", "", "", "13800000001", "") + // as before
			row("BA", "", "王*", "13800000001", "") // somebody, but who
		dry := r.run(RunInput{Kind: KindOrders, Path: r.file("dry.csv", rows), Source: "shop", DryRun: true})
		res := r.orders("b.csv", rows)
		if res.Reasons["import.contact_shared"] != 4 || res.Rejected != 4 || dry.Rejected != 4 || res.CustomersCreated != 0 {
			t.Fatalf("%+v, dry %+v", res, dry)
		}
		want := []string{"B1|1", "B2|2", "B3|1", "B6|1", "B8|4", "B9|1"}
		if diff := cmp.Diff(want, r.lines(`SELECT external_id, customer_id FROM orders WHERE external_id LIKE 'B%' ORDER BY external_id`)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"1|云杉科技有限公司", "2|王芳", "3|李雷", "4|韩梅"}, r.lines(`SELECT id, name FROM customers ORDER BY id`)); diff != "" {
			t.Errorf("names: %s", diff)
		}
		// The same file again finds its orders where they are.
		if again := r.orders("b.csv", rows); again.OrdersCreated != 0 || again.Accepted != 0 {
			t.Errorf("again: %+v", again)
		}
	})
}
