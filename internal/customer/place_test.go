package customer_test

import (
	"context"
	"fmt"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"zhike/internal/customer"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// TestFillPlaces: customers of old imports get the region that their names or
// addresses mean; what people chose stays, the work goes on where it was
// interrupted, and once it is through there is nothing more to do.
func TestFillPlaces(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setupRecord(t, d)
		ctx := context.Background()
		people := []person{
			{c: customer.Customer{Name: "甲", Province: "广东省", City: "深圳市", District: "南山区"}, address: "科技园 1 号"},
			{c: customer.Customer{Name: "乙"}, address: "浙江省杭州市西湖区文三路 1 号"},
			{c: customer.Customer{Name: "丙", Province: "加拿大"}, address: "某某大厦 3 楼"},
			{c: customer.Customer{Name: "丁", Province: "江苏省", RegionCode: "320100", City: "南京市"}, address: "浙江省杭州市西湖区文三路 2 号"},
			{c: customer.Customer{Name: "戊"}, address: "浙江省杭州市西湖区文三路 3 号"}, // emptied by hand below
			{c: customer.Customer{Name: "己"}},
		}
		for i := range 500 {
			people = append(people, person{c: customer.Customer{Name: fmt.Sprintf("众%d", i), Province: "四川省"}})
		}
		people = append(people, person{c: customer.Customer{Name: "末"}, address: "北京市朝阳区建国路 1 号"})
		f.add(t, people)
		emptied, last := f.ids[4], f.ids[len(f.ids)-1]
		f.record(t, "ops", "PATCH", fmt.Sprintf("/customers/%d/record", emptied), `"v1"`, `{"region_code":"330106"}`)
		f.record(t, "ops", "PATCH", fmt.Sprintf("/customers/%d/record", emptied), `"v2"`, `{"region_code":"","province":"","city":"","district":""}`)
		byHand := f.record(t, "ops", "POST", "/customers", "", `{"name":"手工","contacts":[{"kind":"address","value":"浙江省杭州市西湖区文三路 4 号"}]}`)
		exec := func(text string, args ...any) {
			t.Helper()
			must(t, d.InTx(ctx, func(ctx context.Context) error {
				_, err := d.Q(ctx).ExecContext(ctx, text, args...)
				return err
			}))
		}
		feed := func() int64 { return f.count(t, `SELECT seq FROM feed_head`) }
		before := feed()

		// A base without old customers has nothing to do.
		must(t, f.service.FillPlaces(ctx))
		if feed() != before {
			t.Error("customers that came later were written")
		}
		exec(`UPDATE customer_place_fill SET until_id = $1`, byHand.ID)

		// It stops in the second step; the first is kept.
		var cipher []byte
		must(t, d.Q(ctx).QueryRowContext(ctx, `SELECT cipher FROM contacts WHERE customer_id = $1`, last).Scan(&cipher))
		exec(`UPDATE contacts SET cipher = $1 WHERE customer_id = $2`, []byte("broken"), last)
		if err := f.service.FillPlaces(ctx); err == nil {
			t.Fatal("an address that cannot be opened")
		}
		if got := f.count(t, `SELECT after_id FROM customer_place_fill`); got != f.ids[499] {
			t.Errorf("place %d, want %d", got, f.ids[499])
		}
		if n := f.count(t, `SELECT COUNT(*) FROM customers WHERE region_code = '510000'`); n != 494 {
			t.Errorf("%d of the first step", n)
		}
		half := feed()
		exec(`UPDATE contacts SET cipher = $1 WHERE customer_id = $2`, cipher, last)
		must(t, f.service.FillPlaces(ctx))
		if n := feed() - half; n != 7 { // the last 6 and 末
			t.Errorf("%d told of after the stop", n)
		}

		want := []string{
			"甲 440305 广东省 深圳市 南山区 440305", "乙 330106 浙江省 杭州市 西湖区 330106", "丙  加拿大   ",
			"丁 320100 江苏省 南京市  330106", "戊     330106", "己     -", "末 110105 北京市 北京市 朝阳区 110105", "手工     330106",
		}
		got, err := db.Select(ctx, d.Q(ctx), `SELECT c.name, c.region_code, c.province, c.city, c.district, COALESCE(a.region_code, '-')
FROM customers c LEFT JOIN contacts a ON a.customer_id = c.id AND a.kind = 'address' WHERE c.name NOT LIKE '众%' ORDER BY c.id`,
			func(s *string, r db.Scanner) error {
				var v [6]string
				err := r.Scan(&v[0], &v[1], &v[2], &v[3], &v[4], &v[5])
				*s = fmt.Sprintf("%s %s %s %s %s %s", v[0], v[1], v[2], v[3], v[4], v[5])
				return err
			})
		must(t, err)
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if n := f.count(t, `SELECT COUNT(*) FROM customers WHERE region_code = '510000'`); n != 500 {
			t.Errorf("%d of 500", n)
		}
		var told []string
		for _, c := range f.changes(t, "ops", f.ids[1], "") {
			told = append(told, fmt.Sprint(c.Field, " ", c.Before, ">", c.After, " ", c.Origin))
		}
		if len(told) != 4 {
			t.Errorf("history %v", told)
		}
		if n := f.count(t, `SELECT COUNT(*) FROM customer_changes WHERE customer_id IN ($1, $2) AND origin = 'import'`, f.ids[3], emptied); n != 0 {
			t.Error("a known or chosen place has a history of the job")
		}
		through := f.dump(t, watched...)
		must(t, f.service.FillPlaces(ctx))
		if f.dump(t, watched...) != through {
			t.Error("it wrote once it was through")
		}
	})
}
