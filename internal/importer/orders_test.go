package importer

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
)

const header = "订单编号,会员编号,姓名,手机号,付款时间,订单状态,商品名称,数量,实付金额,退款金额\n"

// orderRows are the orders as texts: number, status, sales, net, lines, kind.
func (r *rig) orderRows() []string {
	return r.lines(`SELECT external_id, status, sales_fen, net_fen, line_count, kind FROM orders ORDER BY external_id`)
}

func TestOrderStatesAndReturns(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		res := r.orders("a.csv", header+
			"A1,M1,王芳,13800000001,2026-01-02 10:00:00,已付款,拿铁,1,30.00,\n"+
			"A2,M1,王芳,13800000001,2026-01-03 10:00:00,卖家已发货，等待买家确认,拿铁,1,30.00,0\n"+
			"A3,M1,王芳,13800000001,2026-01-04 10:00:00,交易成功,拿铁,2,60.00,10\n"+
			"A4,M1,王芳,13800000001,2026-01-05 10:00:00,交易关闭,拿铁,1,30.00,\n"+
			"A5,M1,王芳,13800000001,2026-01-06 10:00:00,付款以后用户退款成功，交易自动关闭,拿铁,1,30.00,\n"+
			"A6,M1,王芳,13800000001,2026-01-07 10:00:00,交易成功,拿铁,-2,-60.00,\n"+
			"A7,M1,王芳,13800000001,2026-01-08 10:00:00,等待买家付款,拿铁,1,30.00,\n"+
			// Two rows, the refund of the whole order on the first: more than the row.
			"A8,M1,王芳,13800000001,2026-01-09 10:00:00,交易成功,拿铁,1,30.00,45\n"+
			"A8,,,,,,美式,1,20.00,\n"+
			// One row of two was refunded.
			"A9,M1,王芳,13800000001,2026-01-10 10:00:00,退款成功,拿铁,1,30.00,\n"+
			"A9,M1,王芳,13800000001,2026-01-10 10:00:00,交易成功,美式,1,20.00,\n"+
			// A return by its prefix, with a quantity only.
			"CA1,M1,王芳,13800000001,2026-01-11 10:00:00,交易成功,拿铁,-1,30.00,\n")
		if res.Rejected != 0 || res.OrdersCreated != 10 || res.CustomersCreated != 1 {
			t.Fatalf("%+v", res)
		}
		want := []string{
			"A1|2|3000|3000|1|1", "A2|3|3000|3000|1|1", "A3|7|6000|5000|1|1", "A4|5|0|0|1|1", "A5|6|3000|0|1|1",
			"A6|4|0|-6000|1|2", "A7|1|0|0|1|1", "A8|7|5000|500|2|1", "A9|7|5000|2000|2|1", "CA1|4|0|-3000|1|2",
		}
		if diff := cmp.Diff(want, r.orderRows()); diff != "" {
			t.Error(diff)
		}
		// What lines brought adds up to what orders brought.
		if n := r.one(`SELECT count(*) FROM orders o WHERE net_fen <> (SELECT sum(amount_fen) FROM order_lines l WHERE l.order_id = o.id)`); n != 0 {
			t.Errorf("%d orders whose lines do not add up", n)
		}
		c := res.Counts
		if c.Returns != 2 || c.Refunded != 1 || c.PartRefunded != 3 || c.Cancelled != 1 || c.Unpaid != 1 {
			t.Errorf("counts %+v", c)
		}
	})
}

func TestOverlappingFileUpdates(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.orders("a.csv", header+
			"A1,M1,王芳,13800000001,2026-01-02 10:00:00,已付款,拿铁,1,30.00,\n"+
			"A2,M2,李雷,13800000002,2026-01-03 10:00:00,已付款,拿铁,1,30.00,\n"+
			"A3,M2,李雷,13800000002,2026-01-04 10:00:00,已付款,拿铁,1,30.00,\nA3,,,,,,美式,1,20.00,\n")
		before := r.lines(`SELECT external_id, id, created_at FROM orders ORDER BY id`)
		res := r.orders("b.csv", header+
			"A2,M2,李雷,13800000002,2026-01-03 10:00:00,已付款,拿铁,1,30.00,\n"+ // as it was
			"A3,M2,李雷,13800000002,2026-01-04 10:00:00,退款成功,拿铁,1,30.00,\n"+ // one line fewer, and refunded
			"A4,M3,,13800000003,2026-01-05 10:00:00,已付款,拿铁,1,30.00,\n"+ // new
			"A5,M1,王小芳,,2026-01-06 10:00:00,已付款,拿铁,1,30.00,\n") // M1 has another name now
		got := []int64{res.RowsRead, res.Accepted, res.Unchanged, res.OrdersCreated, res.OrdersUpdated, res.CustomersCreated, res.CustomersMatched, res.Counts.CustomersUpdated}
		if diff := cmp.Diff([]int64{4, 3, 1, 2, 1, 1, 2, 1}, got); diff != "" {
			t.Errorf("read, accepted, unchanged, created, updated, customers created, matched, updated: %s", diff)
		}
		want := []string{"A1|2|3000|3000|1|1", "A2|2|3000|3000|1|1", "A3|6|3000|0|1|1", "A4|2|3000|3000|1|1", "A5|2|3000|3000|1|1"}
		if diff := cmp.Diff(want, r.orderRows()); diff != "" {
			t.Error(diff)
		}
		after := r.lines(`SELECT external_id, id, created_at FROM orders ORDER BY id`)
		if diff := cmp.Diff(before, after[:len(before)]); diff != "" {
			t.Errorf("orders lost their ids: %s", diff)
		}
		if n := r.one(`SELECT count(*) FROM order_lines`); n != 5 {
			t.Errorf("%d lines, want 5", n)
		}
		names := r.lines(`SELECT name, version FROM customers ORDER BY id`)
		if diff := cmp.Diff([]string{"王小芳|2", "李雷|1", "M3|1"}, names); diff != "" {
			t.Error(diff)
		}
		// An empty cell erases nothing: M1 still has the phone.
		if n := r.one(`SELECT count(*) FROM contacts`); n != 3 {
			t.Errorf("%d contacts, want 3", n)
		}
		if n := r.one(`SELECT net_all_fen FROM customer_metrics WHERE customer_id = 2`); n != 3000 {
			t.Errorf("figures of the changed customer: net %d, want 3000", n)
		}
	})
}

func TestWhoTheBuyerIs(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		h := "订单编号,会员编号,姓名,手机号,邮箱,付款时间,实付金额\n"
		row := func(id, buyer, name, phone, mail string) string {
			return fmt.Sprintf("%s,%s,%s,%s,%s,2026-01-02 10:00:00,10\n", id, buyer, name, phone, mail)
		}
		res := r.orders("a.csv", h+
			row("B1", "M1", "王芳", "13800000001", "")+
			row("B2", "M2", "李雷", "13800000002", "li@example.com")+
			row("B3", "", "王芳", "+86 138-0000-0001", "")+ // by phone
			row("B4", "", "", "", "Li@Example.com")+ // by e-mail
			row("B5", "M9", "王芳", "13800000001", "")+ // a new number of the same person
			row("B6", "M1", "王芳", "13800000002", "")+ // claims the phone of M2
			row("B7", "", "13900000007", "", "")+ // a name that is a phone
			row("B8", "M8", "13900000008", "", "")+
			row("B9", "", "孙七", "", "")) // nobody
		if res.Reasons["import.contact_claimed"] != 1 || res.Rejected != 2+0 && res.Rejected != 3 {
			t.Fatalf("%+v", res.Reasons)
		}
		who := r.lines(`SELECT o.external_id, c.name, c.id FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY o.external_id`)
		want := []string{"B1|王芳|1", "B2|李雷|2", "B3|王芳|1", "B4|李雷|2", "B5|王芳|1", "B7|139****0007|3", "B8|139****0008|4"}
		if diff := cmp.Diff(want, who); diff != "" {
			t.Error(diff)
		}
		if n := r.one(`SELECT count(*) FROM customer_keys WHERE customer_id = 1`); n != 2 {
			t.Errorf("the first customer has %d numbers, want 2", n)
		}
		// Nobody's phone stands in clear anywhere in a name.
		if n := r.one(`SELECT count(*) FROM customers WHERE name LIKE '%1380000%' OR name LIKE '%13900000%'`); n != 0 {
			t.Error("a phone number is in a name")
		}
		rejects, _, _, err := r.s.Rejects(r.ctx, RejectsInput{ID: res.ImportID, Limit: 10}, "zh-CN")
		if err != nil {
			t.Fatal(err)
		}
		if rejects[0].Line != 7 || rejects[0].Column != "手机号" || !strings.Contains(rejects[0].Reason, "#1") || !strings.Contains(rejects[0].Reason, "#2") {
			t.Errorf("reject %+v", rejects[0])
		}
	})
}

func TestFarApartOrders(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.s.batch = 50
		var b strings.Builder
		b.WriteString(header)
		for i := range 400 {
			fmt.Fprintf(&b, "N%03d,M%d,客户,,2026-01-02 10:00:00,已付款,拿铁,1,10.00,\n", i, i%20)
			if i%100 == 50 {
				fmt.Fprintf(&b, "FAR,M1,客户,,2026-01-02 10:00:00,已付款,商品%d,1,5.00,\n", i)
			}
		}
		text := b.String()
		res := r.orders("a.csv", text)
		if res.OrdersCreated != 401 || res.Counts.FarApart != 4 || res.Accepted != 404 {
			t.Fatalf("%+v", res)
		}
		if got := r.lines(`SELECT line_count, net_fen FROM orders WHERE external_id = 'FAR'`); got[0] != "4|2000" {
			t.Errorf("the far-apart order: %v", got)
		}
		before := r.stamps()
		again := r.orders("b.csv", text)
		if again.Unchanged != 404 {
			t.Errorf("again: %+v", again)
		}
		sameDump(t, before, r.stamps())
		// One wrong row refuses all of the order, wherever its rows are.
		res = r.orders("c.csv", strings.Replace(text, "商品250,1,5.00", "商品250,1,五块", 1))
		if res.Rejected != 4 || res.Reasons["clean.bad_money"] != 1 || res.Reasons["import.with_order"] != 3 {
			t.Errorf("with a fault: %+v", res)
		}
	})
}

func TestOrdersWithoutNumbers(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.s.batch = 2
		h := "手机号,付款时间,商品名称,实付金额,订单状态\n"
		row := "13800000001,2026-01-02 10:00:00,拿铁,30.00,已付款\n"
		other := "13800000002,2026-01-02 10:00:00,拿铁,30.00,已付款\n"
		res := r.orders("a.csv", h+row+other+row+row)
		if res.OrdersCreated != 4 || res.Counts.ExactDuplicates != 2 {
			t.Fatalf("%+v", res)
		}
		before := r.stamps()
		if again := r.orders("b.csv", h+other+row+row+row); again.Unchanged != 4 {
			t.Errorf("in another order: %+v", again)
		}
		sameDump(t, before, r.stamps())
		// A fourth cup is a fourth order; a refund changes one that is there.
		res = r.orders("c.csv", h+row+row+row+row+strings.Replace(other, "已付款", "退款成功", 1))
		if res.OrdersCreated != 1 || res.OrdersUpdated != 1 || res.Unchanged != 3 {
			t.Errorf("one more: %+v", res)
		}
	})
}

func TestErrorFileComesBack(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		text := header +
			"A1,M1,王芳,13800000001,2026-01-02 10:00:00,已付款,拿铁,1,30.00,\n" +
			"A2,M2,李雷,1.38E+10,2026-01-03 10:00:00,已付款,\"拿铁,大\",1,30.00,\n" +
			"A3,M3,韩梅,13800000003,2026-01-04 10:00:00,已付款,=1+1,1,30.00,\nA3,M3,韩梅,13800000003,2026-01-04 10:00:00,已付款,美式,1,二十,\n" +
			"A4,M4,吉姆,13800000004,2999-01-01 10:00:00,已付款,拿铁,1,30.00,\n" +
			"A5,M5,露西,13800000005,1900-01-01 10:00:00,已付款,拿铁,1,30.00,\n" +
			"A6,M6,莉莉,13800000006,2026-01-05 10:00:00,已付款,拿铁,1,-30.00,\n"
		res := r.orders("a.csv", text)
		if res.Accepted != 1 || res.Rejected != 6 || res.ErrorFile == "" {
			t.Fatalf("%+v", res)
		}
		back := string(read(t, res.ErrorFile))
		for _, want := range []string{"行号,列,值,原因", "1.38E+10", "3,手机号,1.38E+10,号码被表格软件改成了科学计数法", "8,实付金额,'-30.00,"} {
			if !strings.Contains(back, want) {
				t.Errorf("the error file lacks %q:\n%s", want, back)
			}
		}
		if n := strings.Count(back, "\r\n"); n != 7 {
			t.Errorf("%d lines in the error file, want 7", n)
		}
		if d.Engine() == db.SQLite {
			privateFile(t, res.ErrorFile)
		}
		// A minus is escaped in the file, as a formula would be.
		correct := strings.NewReplacer("1.38E+10,2026", "13800000002,2026", "美式,1,二十", "美式,1,20", "2999-", "2026-", "1900-", "2026-",
			"拿铁,1,-30.00", "拿铁,1,30.00", "拿铁,1,'-30.00", "拿铁,1,30.00")
		fixed := correct.Replace(back)
		if len(inDir(t, filepath.Join(r.dir, "files", "imports"))) != 1 {
			t.Error("something else lies beside the error file")
		}
		// The values beside the reasons stay as they were: those columns are passed over.
		res2 := r.orders("fixed.csv", fixed)
		if res2.Accepted != 6 || res2.Rejected != 0 {
			t.Fatalf("corrected: %+v\n%s", res2, fixed)
		}
		whole := r.orders("whole.csv", correct.Replace(text))
		if whole.Unchanged != 7 {
			t.Errorf("the corrected original: %+v", whole)
		}
	})
}

func TestDryRunCountsAndChangesNothing(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.s.batch = 100
		r.orders("before.csv", header+
			"K000001,M00001,甲,13800000001,2026-01-02 10:00:00,已付款,拿铁,1,30.00,\n"+
			"Z1,Z1,乙,13800000900,2026-01-02 10:00:00,已付款,拿铁,1,30.00,\n")
		before := r.stamps()
		path := r.file("a.csv", killFile(3000))
		in := RunInput{Kind: KindOrders, Path: path, Source: "shop", DryRun: true}
		dry := r.run(in)
		if dry.Rejected == 0 || dry.ErrorFile != "" {
			t.Errorf("%d rows refused, written to %q", dry.Rejected, dry.ErrorFile)
		}
		sameDump(t, before, r.stamps())
		if n := r.one(`SELECT count(*) FROM import_pending`) + r.one(`SELECT count(*) FROM import_mappings WHERE kind = 'customers'`); n != 0 {
			t.Error("work of the dry run is left behind")
		}
		in.DryRun = false
		wet := r.run(in)
		dry.ErrorFile, wet.ErrorFile, dry.DryRun = "", "", false
		dry.ImportID = wet.ImportID
		if diff := cmp.Diff(dry, wet); diff != "" {
			t.Errorf("dry and real differ:\n%s", diff)
		}
	})
}

func TestAmountsOfTheWholeOrder(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		h := "订单号,会员编号,付款时间,商品名称,单价,数量,订单金额\n"
		res := r.orders("repeated.csv", h+
			"R1,M1,2026-01-02,甲,30,1,80.01\nR1,M1,2026-01-02,乙,25,2,80.01\n"+
			"R2,M2,2026-01-02,甲,30,1,30\n"+
			"R3,M3,2026-01-02,甲,30,1,55\nR3,M3,2026-01-02,乙,25,1,55\n")
		if res.Counts.NetFen != 16501 || res.OrdersCreated != 3 {
			t.Errorf("repeated totals: %+v", res.Counts)
		}
		res = r.orders("first.csv", h+"F1,M1,2026-01-02,甲,30,1,80\nF1,,,乙,25,2,\n")
		if res.Counts.NetFen != 8000 || res.Rejected != 0 {
			t.Errorf("total on the first row only: %+v %v", res.Counts, res.Reasons)
		}
		if n := r.one(`SELECT count(*) FROM orders o WHERE net_fen * 1000 + net_sub <>
			(SELECT sum(amount_fen * 1000 + amount_sub) FROM order_lines l WHERE l.order_id = o.id)`); n != 0 {
			t.Errorf("%d orders whose lines do not add up", n)
		}
	})
}

func TestMergedCellsGoOnWithTheOrderAbove(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t))
	res := r.orders("a.csv", "订单编号,会员编号,付款时间,商品名称,数量,实付金额\n"+
		"A1,M1,2026-01-02,甲,1,10\n,,,乙,1,20\n,,,丙,1,30\nA2,M1,2026-01-03,甲,1,10\n,M9,,丁,1,10\n")
	if res.OrdersCreated != 2 || res.Counts.NetFen != 7000 || res.Reasons["import.no_order_id"] != 1 {
		t.Errorf("%+v %v", res, res.Reasons)
	}
}

func TestSourcesDoNotMix(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t))
	text := header + "A1,M1,王芳,,2026-01-02 10:00:00,已付款,拿铁,1,30.00,\n"
	path := r.file("a.csv", text)
	r.run(RunInput{Path: path, Source: "天猫 旗舰店"})
	res := r.run(RunInput{Path: path, Source: "门店"})
	if res.OrdersCreated != 1 || res.CustomersCreated != 1 {
		t.Errorf("the same numbers of another source: %+v", res)
	}
	if got := r.lines(`SELECT code, name FROM sources ORDER BY id`); got[0] != "天猫-旗舰店|天猫 旗舰店" || got[1] != "门店|门店" {
		t.Errorf("sources %v", got)
	}
	if _, err := r.s.Run(r.ctx, RunInput{Path: path, Source: "a/b"}); errs.CodeOf(err) != "import.bad_source" {
		t.Errorf("a source with a slash: %v", err)
	}
}
