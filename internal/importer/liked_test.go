package importer

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// TestRemarkAndFavourites: a plain file of customers gives the remark and what
// somebody likes; the remark of an order is about the order. What is said again
// changes nothing.
func TestRemarkAndFavourites(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		text := "会员编号,姓名,偏好品类,备注\n" +
			"C1,甲,\"咖啡、茶，咖啡\",喜欢靠窗\nC2,乙,,\nC3,丙," + strings.Repeat("长", 51) + ",\n" +
			"C4,丁,\"1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21\",\nC5,戊,瑜伽,\n"
		res := r.run(RunInput{Kind: KindCustomers, Source: "crm", Path: r.file("a.csv", text)})
		if res.Accepted != 3 || res.Reasons["import.favourite_too_long"] != 1 || res.Reasons["import.too_many_favourites"] != 1 {
			t.Fatalf("%+v %v", res, res.Reasons)
		}
		liked := func() []string {
			return r.lines(`SELECT name, favourite_categories, remark FROM customers ORDER BY id`)
		}
		want := []string{`甲|["咖啡","茶"]|喜欢靠窗`, `乙|[]|`, `戊|["瑜伽"]|`}
		if diff := cmp.Diff(want, liked()); diff != "" {
			t.Error(diff)
		}
		before := r.stamps()
		if again := r.run(RunInput{Kind: KindCustomers, Source: "crm", Path: r.file("b.csv", text)}); again.Accepted != 0 || again.Unchanged != 3 {
			t.Errorf("again: %+v", again)
		}
		sameDump(t, before, r.stamps())
		// A later file replaces what it says, with a history, and empties nothing.
		r.run(RunInput{Kind: KindCustomers, Source: "crm", Path: r.file("c.csv", "会员编号,姓名,偏好品类,备注\nC1,甲,茶,\nC2,乙,咖啡,新来的\n")})
		want[0], want[1] = `甲|["茶"]|喜欢靠窗`, `乙|["咖啡"]|新来的`
		if diff := cmp.Diff(want, liked()); diff != "" {
			t.Error(diff)
		}
		if got := r.lines(`SELECT customer_id, before_text, after_text FROM customer_changes WHERE field = 'favourite_categories' ORDER BY customer_id`); len(got) != 2 || got[0] != `1|["咖啡","茶"]|["茶"]` {
			t.Errorf("history: %v", got)
		}
	})
	orders := GuessMapping(strings.Split("订单编号,付款时间,实付金额,手机号,备注", ","), [][]string{{"1", "2026-01-02", "3", "13800000001", "送人"}}, "")
	if orders.Mapping.Kind != KindOrders || orders.Columns[4].Meaning != Ignore {
		t.Errorf("remark of an order: %+v", orders.Columns[4])
	}
}

// TestPlacesOfAddresses: an imported address has the code of its place, from
// itself, or from the columns beside it.
func TestPlacesOfAddresses(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.run(RunInput{Kind: KindCustomers, Source: "crm", Path: r.file("a.csv", "会员编号,姓名,省份,城市,详细地址\n"+
			"C1,甲,,,浙江省杭州市西湖区文三路 1 号\nC2,乙,广东,深圳,南山区科技园 1 号\nC3,丙,江苏,南京,某某大厦 3 楼\nC4,丁,,,某某大厦 3 楼\nC5,戊,广东,深圳,浙江省杭州市西湖区文三路 2 号\n")})
		got := r.lines(`SELECT customer_id, region_code FROM contacts WHERE kind = 'address' ORDER BY customer_id`)
		if diff := cmp.Diff([]string{"1|330106", "2|440305", "3|320100", "4|", "5|330106"}, got); diff != "" {
			t.Error(diff)
		}
	})
}
