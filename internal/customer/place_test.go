package customer_test

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"zhike/internal/customer"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/log"
	"zhike/internal/platform/vault"
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
		emptied := f.ids[4]
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
		// It stops behind the first step, which is kept, and goes on from there.
		exec(`UPDATE customer_place_fill SET until_id = $1`, f.ids[499])
		must(t, f.service.FillPlaces(ctx))
		if got := f.count(t, `SELECT after_id FROM customer_place_fill`); got != f.ids[499] {
			t.Errorf("place %d, want %d", got, f.ids[499])
		}
		if n := f.count(t, `SELECT COUNT(*) FROM customers WHERE region_code = '510000'`); n != 494 {
			t.Errorf("%d of the first step", n)
		}
		half := feed()
		exec(`UPDATE customer_place_fill SET until_id = $1`, byHand.ID)
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

// TestFillPlacesStepsOver: an address that cannot be opened keeps nobody else
// from a region. It is logged once by the customer's number, and once it can be
// opened again the customer follows.
func TestFillPlacesStepsOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setupRecord(t, d)
		ctx := context.Background()
		const street = "浙江省杭州市西湖区文三路 1 号"
		f.add(t, []person{
			{c: customer.Customer{Name: "甲"}, address: street},
			{c: customer.Customer{Name: "乙"}, address: "北京市朝阳区建国路 1 号"},
			{c: customer.Customer{Name: "丙", Province: "四川省"}, address: street}, // its names say where
			{c: customer.Customer{Name: "丁"}, address: street},                  // and a second one, the first is damaged
			{c: customer.Customer{Name: "戊"}, address: street},                  // and a second one, which is damaged
			{c: customer.Customer{Name: "己"}, address: street},                  // gone before it is tried again
		})
		exec := func(text string, args ...any) {
			t.Helper()
			must(t, d.InTx(ctx, func(ctx context.Context) error {
				_, err := d.Q(ctx).ExecContext(ctx, text, args...)
				return err
			}))
		}
		must(t, d.InTx(ctx, func(ctx context.Context) error {
			var second []customer.Contact
			for _, id := range f.ids[3:5] {
				const text = "上海市浦东新区世纪大道 1 号"
				cipher, err := f.vault.Seal(vault.KindAddress, text)
				must(t, err)
				second = append(second, customer.Contact{CustomerID: id, Kind: customer.ContactAddress, Cipher: cipher, Blind: f.vault.Blind(vault.KindAddress, text), SourceID: 1})
			}
			return f.service.Store().InsertContacts(ctx, second)
		}))
		first := func(k int) string {
			return fmt.Sprintf("(SELECT MIN(id) FROM contacts WHERE customer_id = %d)", f.ids[k])
		}
		var sound []byte
		must(t, d.Q(ctx).QueryRowContext(ctx, `SELECT cipher FROM contacts WHERE customer_id = $1`, f.ids[0]).Scan(&sound))
		for _, k := range []int{0, 2, 3, 5} {
			exec(`UPDATE contacts SET cipher = $1 WHERE id = `+first(k), []byte("broken"))
		}
		exec(`UPDATE contacts SET cipher = $1 WHERE customer_id = $2 AND id <> `+first(4), []byte("broken"), f.ids[4])
		exec(`UPDATE customer_place_fill SET until_id = $1`, f.ids[5])

		var out bytes.Buffer
		f.service.Log = log.New(&out, log.Options{})
		logged := func() (ids []string) {
			for _, m := range regexp.MustCompile(`customer_id"?[=:](\d+)`).FindAllStringSubmatch(out.String(), -1) {
				ids = append(ids, m[1])
			}
			return ids
		}
		must(t, f.service.FillPlaces(ctx))
		if left := f.count(t, `SELECT until_id - after_id FROM customer_place_fill`); left != 0 {
			t.Errorf("%d ids were left", left)
		}
		places := func() (got []string) {
			got, err := db.Select(ctx, d.Q(ctx), `SELECT c.name, c.region_code, a.region_code FROM customers c
JOIN contacts a ON a.customer_id = c.id AND a.kind = 'address' ORDER BY c.id, a.id`,
				func(s *string, r db.Scanner) error {
					var v [3]string
					err := r.Scan(&v[0], &v[1], &v[2])
					*s = fmt.Sprintf("%s %s %s", v[0], v[1], v[2])
					return err
				})
			must(t, err)
			return got
		}
		want := []string{"甲  ", "乙 110105 110105", "丙 510000 ", "丁  ", "丁  310115", "戊 330106 330106", "戊 330106 ", "己  "}
		if diff := gocmp.Diff(want, places()); diff != "" {
			t.Error(diff)
		}
		text := func(k ...int) (ids []string) {
			for _, k := range k {
				ids = append(ids, fmt.Sprint(f.ids[k]))
			}
			return ids
		}
		if diff := gocmp.Diff(text(0, 2, 3, 4, 5), logged()); diff != "" {
			t.Errorf("logged: %s\n%s", diff, out.String())
		}
		if strings.Contains(out.String(), "broken") || strings.Contains(out.String(), "甲") || strings.Contains(out.String(), "世纪大道") {
			t.Errorf("the log tells more than who: %s", out.String())
		}

		// Tried again, as often as one likes: nothing is written and nothing logged.
		through := f.dump(t, watched...)
		for range 2 {
			must(t, f.service.FillPlaces(ctx))
		}
		if f.dump(t, watched...) != through || len(logged()) != 5 {
			t.Error("it wrote or logged anew what it knew")
		}

		// Addresses that are put right, and a customer who goes.
		exec(`UPDATE contacts SET cipher = $1 WHERE id = `+first(0), sound)
		exec(`UPDATE contacts SET cipher = $1 WHERE id = `+first(3), sound)
		if w := f.send("ops", "DELETE", fmt.Sprintf("/customers/%d", f.ids[5]), "", ""); w.Code >= 300 {
			t.Fatal(w.Code, w.Body)
		}
		if n := f.count(t, `SELECT COUNT(*) FROM customer_place_unread`); n != 4 {
			t.Errorf("%d are noted after one is gone", n)
		}
		must(t, f.service.FillPlaces(ctx))
		want = []string{"甲 330106 330106", "乙 110105 110105", "丙 510000 ", "丁 330106 330106", "丁 330106 310115", "戊 330106 330106", "戊 330106 "}
		if diff := gocmp.Diff(want, places()); diff != "" {
			t.Error(diff)
		}
		if n := f.count(t, `SELECT COUNT(*) FROM customer_place_unread WHERE customer_id IN ($1, $2)`, f.ids[2], f.ids[4]); n != 2 || f.count(t, `SELECT COUNT(*) FROM customer_place_unread`) != 2 {
			t.Error("those that still cannot be opened are not the ones noted")
		}
	})
}
