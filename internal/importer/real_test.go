package importer

import (
	"fmt"
	"slices"
	"sort"
	"testing"
	"time"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/money"
	"zhike/test/realdata"
)

// Figures of shared/data/cn_orders/SOURCE.txt.
func TestChineseShopOrders(t *testing.T) {
	path := realdata.Path(t, "cn_orders/cn_orders.xlsx")
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		res := r.run(RunInput{Kind: KindOrders, Path: path, Source: "TGI"})
		if res.RowsRead != 28832 || res.Accepted != 28832 || res.Rejected != 0 || res.OrdersCreated != 28832 {
			t.Errorf("rows: %+v", res)
		}
		if res.CustomersCreated != 25948 || res.Counts.Refunded != 1040 || res.Counts.ExactDuplicates != 2 {
			t.Errorf("counts: %+v", res.Counts)
		}
		if n := r.one(`SELECT count(DISTINCT customer_id) FROM orders WHERE net_fen > 0 OR net_fen = 0 AND net_sub > 0`); n != 25419 {
			t.Errorf("successful buyers = %d, want 25,419", n)
		}
		exact := r.one(`SELECT sum(net_fen) * 1000 + sum(net_sub) FROM orders`)
		if exact != 150187378500 || money.RoundMilli(exact) != 150187378 {
			t.Errorf("net = %d thousandths of 分, want 1,501,873.785 yuan", exact)
		}
		// Source amounts have three decimals: the rule, and what it does to a sum
		// of rounded orders.
		ro := res.Rounding
		if ro.Rule != "half_even" || ro.Amounts != 2983 || ro.NetExact != "1501873.785" || ro.NetRounded != "1501873.78" {
			t.Errorf("rounding: %+v", ro)
		}
		rounded := r.one(`SELECT sum(net_fen) FROM orders`)
		if ro.NetOf != money.Format(rounded) || ro.Difference != milliText(rounded*1000-exact) {
			t.Errorf("rounding %+v, want sum of rounded orders %s", ro, money.Format(rounded))
		}
		if n := r.one(`SELECT count(*) FROM orders WHERE province = '上海市' AND net_fen > 0`); n == 0 {
			t.Error("provinces are not in their full form")
		}
		before := r.stamps()
		again := r.run(RunInput{Kind: KindOrders, Path: path, Source: "TGI"})
		if again.Unchanged != 28832 || again.CustomersMatched != 25948 || again.CustomersCreated != 0 {
			t.Errorf("second time: %+v", again)
		}
		sameDump(t, before, r.stamps())
		// The same table as CSV has the same content, so the same numbers.
		csv := r.run(RunInput{Kind: KindOrders, Path: realdata.Path(t, "cn_orders/cn_orders.csv.gz"), Source: "TGI"})
		if csv.Unchanged != 28832 {
			t.Errorf("as CSV: %+v", csv)
		}
		sameDump(t, before, r.stamps())
	})
}

// Figures of shared/data/online_retail/SOURCE.txt: CLEAN is the sales side.
func TestOnlineRetail(t *testing.T) {
	path := realdata.Path(t, "online_retail/online_retail.csv.gz")
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		res := r.run(RunInput{Kind: KindOrders, Path: path, Source: "online retail"})
		want := map[string][2]int64{
			"rows read":         {res.RowsRead, 541909},
			"without a buyer":   {res.Counts.WithoutBuyer, 135080},
			"rejected":          {res.Rejected, 135080},
			"for that reason":   {res.Reasons["import.no_buyer"], 135080},
			"accepted":          {res.Accepted, 406829},
			"exact duplicates":  {res.Counts.ExactDuplicates, 5268},
			"customers":         {res.CustomersCreated, 4372},
			"returns":           {res.Counts.Returns, 3654},
			"zero-price lines":  {res.Counts.ZeroPrice, 40},
			"orders with sales": {r.one(`SELECT count(*) FROM orders WHERE sales_fen > 0 OR sales_sub > 0`), 18532},
			"customers, sales":  {r.one(`SELECT count(DISTINCT customer_id) FROM orders WHERE sales_fen > 0 OR sales_sub > 0`), 4338},
			"sales":             {r.one(`SELECT sum(sales_fen) * 1000 + sum(sales_sub) FROM orders`), 891140790400},
			"return documents":  {r.one(`SELECT count(*) FROM orders WHERE kind = 2 AND net_fen <= 0 AND sales_fen = 0`), 3654},
			"return net":        {r.one(`SELECT sum(net_fen) * 1000 + sum(net_sub) FROM orders WHERE kind = 2`), 830006581400 - 891140790400},
			"net":               {r.one(`SELECT sum(net_fen) * 1000 + sum(net_sub) FROM orders`), 830006581400},
			"lines":             {r.one(`SELECT count(*) FROM order_lines`), 406829},
		}
		for name, w := range want {
			if w[0] != w[1] {
				t.Errorf("%s = %d, want %d", name, w[0], w[1])
			}
		}
		monthlySales(t, r)
		topShare(t, r)
		if d.Engine() == db.SQLite {
			before := r.stamps()
			again := r.run(RunInput{Kind: KindOrders, Path: path, Source: "online retail"})
			if again.Accepted != 0 || again.Unchanged != 406829 || again.CustomersMatched != 4372 || again.Counts.Returns != 3654 {
				t.Errorf("second time: %+v", again)
			}
			sameDump(t, before, r.stamps())
		}
	})
}

func monthlySales(t *testing.T, r *rig) {
	t.Helper()
	want := []string{
		"2010-12 885 1400 572713.89", "2011-01 741 987 569445.04", "2011-02 758 997 447137.35", "2011-03 974 1321 595500.76",
		"2011-04 856 1149 469200.361", "2011-05 1056 1555 678594.56", "2011-06 991 1393 661213.69", "2011-07 949 1331 600091.011",
		"2011-08 935 1280 645343.90", "2011-09 1266 1755 952838.382", "2011-10 1364 1929 1039318.79", "2011-11 1664 2657 1161817.38",
		"2011-12 615 778 518192.79",
	}
	type month struct {
		customers map[int64]bool
		orders    int
		milli     int64
	}
	months := map[string]*month{}
	rows, err := r.db.Q(r.ctx).QueryContext(r.ctx, `SELECT paid_at, customer_id, sales_fen, sales_sub FROM orders WHERE sales_fen > 0 OR sales_sub > 0`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var at, who, fen, sub int64
		if err := rows.Scan(&at, &who, &fen, &sub); err != nil {
			t.Fatal(err)
		}
		k := time.UnixMilli(at).In(shanghai).Format("2006-01")
		if months[k] == nil {
			months[k] = &month{customers: map[int64]bool{}}
		}
		months[k].customers[who] = true
		months[k].orders++
		months[k].milli += fen*1000 + sub
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for k, m := range months {
		got = append(got, fmt.Sprintf("%s %d %d %s", k, len(m.customers), m.orders, milliText(m.milli)))
	}
	sort.Strings(got)
	if !slices.Equal(got, want) {
		t.Errorf("monthly sales\n got %q\nwant %q", got, want)
	}
}

func topShare(t *testing.T, r *rig) {
	t.Helper()
	rows, err := r.db.Q(r.ctx).QueryContext(r.ctx, `SELECT sum(sales_fen) * 1000 + sum(sales_sub) FROM orders
		WHERE sales_fen > 0 OR sales_sub > 0 GROUP BY customer_id`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var sums []int64
	var all, top int64
	for rows.Next() {
		var m int64
		if err := rows.Scan(&m); err != nil {
			t.Fatal(err)
		}
		sums = append(sums, m)
		all += m
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(sums)
	for _, m := range sums[len(sums)-867:] {
		top += m
	}
	if got := fmt.Sprintf("%.3f", 100*float64(top)/float64(all)); got != "74.594" {
		t.Errorf("the top 20 %% (867 of %d) hold %s %% of sales, want 74.594", len(sums), got)
	}
}
