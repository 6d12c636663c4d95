package customer_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"zhike/internal/customer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// crowd makes n people whose figures have many ties.
func crowd(n int) []person {
	rnd := rand.New(rand.NewPCG(3, 4))
	pick := func(of ...string) string { return of[rnd.IntN(len(of))] }
	people := make([]person, n)
	for i := range people {
		p := person{
			c: customer.Customer{
				Name: pick("王", "李", "欧阳", "单") + pick("小明", "芳", "建国", "雄信"), Kind: customer.Kind(pick("person", "person", "person", "company")),
				SourceID: 1 + rnd.Int64N(2), Province: pick("浙江省", "江苏省"),
			},
			net365: rnd.Int64N(5)*1000 - 1000, orders: rnd.Int64N(4), level: rnd.Int64N(3),
			phone: fmt.Sprintf("138%08d", 10_000_000+i), category: pick("", "女装"),
		}
		p.c.City = map[string]string{"浙江省": "杭州市", "江苏省": "南京市"}[p.c.Province]
		if rnd.IntN(3) > 0 {
			p.last = today - clock.Day(rnd.Int32N(4))
		}
		if rnd.IntN(2) > 0 {
			p.c.OwnerID = 3 + rnd.Int64N(2)
		}
		if rnd.IntN(2) > 0 {
			p.c.DepartmentID = 10 + rnd.Int64N(3)
		}
		people[i] = p
	}
	return people
}

// wanted filters and sorts people the plain way and gives their ids.
func wanted(f *fixture, people []person, keep func(p person) bool, sort string) []int64 {
	type row struct{ key, id int64 }
	var rows []row
	for i, p := range people {
		if keep != nil && !keep(p) {
			continue
		}
		key := int64(0)
		switch strings.TrimPrefix(sort, "-") {
		case "net_365":
			key = p.net365
		case "net_all":
			key = p.net365 * 2
		case "last_day":
			if key = int64(p.last); key == 0 {
				key = -1_000_000
			}
		}
		rows = append(rows, row{key, f.ids[i]})
	}
	slices.SortFunc(rows, func(a, b row) int {
		c := cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.id, b.id))
		if strings.HasPrefix(sort, "-") {
			return -c
		}
		return c
	})
	ids := make([]int64, 0, len(rows))
	for _, r := range rows {
		ids = append(ids, r.id)
	}
	return ids
}

// pages reads a list page by page through the API.
func (f *fixture) pages(t *testing.T, actor, query string, limit int, between func()) (ids []int64, total *int64) {
	t.Helper()
	cursor := ""
	for range 1000 {
		var p customer.Page
		target := fmt.Sprintf("/customers?limit=%d&%s&cursor=%s", limit, query, url.QueryEscape(cursor))
		if w := f.call(t, actor, "GET", target, "", &p); w.Code != 200 {
			t.Fatalf("%s: %d %s", target, w.Code, w.Body)
		}
		for _, it := range p.Items {
			ids = append(ids, it.ID)
		}
		if cursor == "" {
			total = p.Total
		}
		if p.NextCursor == nil {
			return ids, total
		}
		cursor = *p.NextCursor
		if between != nil {
			between()
		}
	}
	t.Fatal("the list does not end")
	return nil, nil
}

// TestFiltersAndSorts: every filter with every sort gives exactly the matching
// customers once, in order, over pages.
func TestFiltersAndSorts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		people := crowd(120)
		f := setup(t, d, people)
		filters := map[string]func(p person) bool{
			"":                               nil,
			"kind=company":                   func(p person) bool { return p.c.Kind == "company" },
			"source=2":                       func(p person) bool { return p.c.SourceID == 2 },
			"province=浙江省&city=杭州市":          func(p person) bool { return p.c.City == "杭州市" },
			"owner=3":                        func(p person) bool { return p.c.OwnerID == 3 },
			"owner=-1":                       func(p person) bool { return p.c.OwnerID == 0 },
			"level=high":                     func(p person) bool { return p.level == 1 },
			"level=high,mid":                 func(p person) bool { return p.level > 0 },
			"net_365_min=0&net_365_max=2000": func(p person) bool { return p.net365 >= 0 && p.net365 <= 2000 },
			"orders_365_min=2":               func(p person) bool { return p.orders >= 2 },
			"orders_365_max=1&level=mid":     func(p person) bool { return p.orders <= 1 && p.level == 2 },
			"last_day_from=2024-10-03":       func(p person) bool { return p.last >= today-1 },
			"last_day_to=2024-10-02":         func(p person) bool { return p.last != 0 && p.last <= today-2 },
			"q=" + url.QueryEscape("欧阳"):     func(p person) bool { return strings.HasPrefix(p.c.Name, "欧阳") },
			"q=xiongxin":                     func(person) bool { return false },
			"q=shanxiong&kind=person":        func(p person) bool { return p.c.Name == "单雄信" && p.c.Kind == "person" },
			"q=" + url.QueryEscape("王小明"):    func(p person) bool { return p.c.Name == "王小明" },
			"q=" + url.QueryEscape("王") + "&source=1": func(p person) bool { return strings.HasPrefix(p.c.Name, "王") && p.c.SourceID == 1 },
			"q=13810000007": func(p person) bool { return p.phone == "13810000007" },
			"q=0007":        func(p person) bool { return p.phone == "13810000007" },
			"q=%2C%2C":      func(person) bool { return false },
		}
		for query, keep := range filters {
			for _, sort := range []string{"id", "-id", "net_365", "-net_365", "net_all", "-net_all", "last_day", "-last_day"} {
				got, total := f.pages(t, "viewer", strings.NewReplacer("浙江省", url.QueryEscape("浙江省"), "杭州市", url.QueryEscape("杭州市")).Replace(query)+"&sort="+sort, 7, nil)
				want := wanted(f, people, keep, sort)
				if diff := gocmp.Diff(want, append([]int64{}, got...)); diff != "" {
					t.Fatalf("%q sorted by %s (-want +got):\n%s", query, sort, diff)
				}
				if total == nil || *total != int64(len(want)) {
					t.Fatalf("%q: total %v, want %d", query, total, len(want))
				}
			}
		}
	})
}

// TestScopeMatrix: each scope sees exactly its customers, in lists, by id and
// in searches.
func TestScopeMatrix(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		people := crowd(60)
		f := setup(t, d, people)
		for name, may := range map[string]func(p person) bool{
			"boss":   func(person) bool { return true },
			"seller": func(p person) bool { return p.c.OwnerID == 3 },
			"head":   func(p person) bool { return p.c.OwnerID == 4 || p.c.DepartmentID == 10 || p.c.DepartmentID == 11 },
		} {
			got, total := f.pages(t, name, "sort=-net_365", 9, nil)
			want := wanted(f, people, may, "-net_365")
			if diff := gocmp.Diff(want, got); diff != "" || *total != int64(len(want)) {
				t.Errorf("%s: total %d (-want +got):\n%s", name, *total, diff)
			}
			for i, p := range people {
				status := 404
				if may(p) {
					status = 200
				}
				if w := f.call(t, name, "GET", fmt.Sprintf("/customers/%d/card", f.ids[i]), "", nil); w.Code != status {
					t.Errorf("%s, customer %d: %d, want %d", name, f.ids[i], w.Code, status)
				}
				var hits struct{ Items []customer.Hit }
				f.call(t, name, "GET", "/search?q="+p.phone, "", &hits)
				if (len(hits.Items) == 1) != may(p) {
					t.Errorf("%s finds %d for the phone of customer %d", name, len(hits.Items), f.ids[i])
				}
			}
		}
		if w := f.call(t, "nobody", "GET", "/customers", "", nil); w.Code != 403 {
			t.Errorf("without permission: %d", w.Code)
		}
		if w := f.call(t, "", "GET", "/customers", "", nil); w.Code != 401 {
			t.Errorf("nobody signed in: %d", w.Code)
		}
	})
}

// TestInsertsBetweenPages: who was there at the start comes exactly once,
// whatever is added meanwhile.
func TestInsertsBetweenPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		people := crowd(80)
		f := setup(t, d, people)
		before := slices.Clone(f.ids)
		for _, query := range []string{"sort=-net_365", "sort=last_day", "sort=id", "sort=-net_365&kind=person"} {
			got, _ := f.pages(t, "viewer", query, 11, func() { f.add(t, crowd(3)) })
			seen := map[int64]int{}
			for _, id := range got {
				seen[id]++
			}
			for i, id := range before {
				if strings.Contains(query, "kind") && people[i].c.Kind != "person" {
					continue
				}
				if seen[id] != 1 {
					t.Errorf("%s: customer %d came %d times", query, id, seen[id])
				}
			}
		}
	})
}

func TestBadListInput(t *testing.T) {
	f := setup(t, dbtest.SQLite(t), crowd(30))
	var p customer.Page
	f.call(t, "viewer", "GET", "/customers?limit=5&sort=-last_day", "", &p)
	for query, code := range map[string]string{
		"sort=colour":                            "customer.unknown_sort",
		"sort=-net_365&cursor=" + *p.NextCursor:  "web.bad_cursor",
		"cursor=xx":                              "web.bad_cursor",
		"level=gold":                             "customer.unknown_level",
		"last_day_from=2024-13-01":               "customer.bad_day",
		"net_365_min=1e9":                        "customer.bad_number",
		"q=" + strings.Repeat("a", 101):          "customer.text_too_long",
		"limit=0":                                "",
		"limit=100000":                           "",
		"kind=robot":                             "",
		"owner=-2":                               "",
		"net_365_min=" + strings.Repeat("9", 16): "",
	} {
		w := f.call(t, "viewer", "GET", "/customers?"+query, "", nil)
		if w.Code != 400 && w.Code != 422 || !strings.Contains(w.Body.String(), code) {
			t.Errorf("%s: %d %s", query, w.Code, w.Body)
		}
	}
	if w := f.call(t, "viewer", "GET", "/customers/9999/card", "", nil); w.Code != 404 || !strings.Contains(w.Body.String(), "customer.not_found") {
		t.Errorf("no such customer: %d %s", w.Code, w.Body)
	}
}

// TestItem: what one entry shows.
func TestItem(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d, []person{{
			c:     customer.Customer{Name: "欧阳娜娜", Gender: "female", Province: "上海市", City: "上海市", OwnerID: 3},
			phone: "13800138000", email: "Nana@Example.com", net365: 1001, orders: 2, last: today - 5, category: "护肤", level: 1,
		}, {c: customer.Customer{Name: "无"}}})
		var got customer.Item
		f.call(t, "viewer", "GET", "/customers/1/card", "", &got)
		phone, email, aov, days, last := "138****8000", "N***@Example.com", int64(500), int64(5), today-5
		want := customer.Item{
			ID: 1, Name: "欧阳娜娜", Kind: "person", Gender: "female", Phone: &phone, Email: &email, Province: "上海市", City: "上海市",
			Owner: &customer.Owner{ID: 3, Name: "小李"}, Level: &customer.Level{Code: "high", Name: "高价值", Rank: 1},
			Net365: 1001, NetAll: 2002, Orders365: 2, OrdersAll: 2, AOV365: &aov, LastDay: &last, DaysSince: &days, Category: "护肤",
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		got = customer.Item{}
		f.call(t, "viewer", "GET", "/customers/2/card", "", &got)
		if diff := gocmp.Diff(customer.Item{ID: 2, Name: "无", Kind: "person"}, got); diff != "" {
			t.Errorf("without anything (-want +got):\n%s", diff)
		}
	})
}

func TestRatioRoundsHalfToEven(t *testing.T) {
	for _, c := range [][3]int64{{5, 2, 2}, {7, 2, 4}, {-5, 2, -2}, {-7, 2, -4}, {10, 3, 3}, {11, 3, 4}, {-10, 3, -3}, {0, 3, 0}, {6, 3, 2}} {
		if got := customer.Ratio(c[0], c[1]); got != c[2] {
			t.Errorf("%d / %d = %d, want %d", c[0], c[1], got, c[2])
		}
	}
}

func TestOptions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d, crowd(40))
		f.add(t, []person{{c: customer.Customer{Province: "浙江省", City: "宁波市"}}, {c: customer.Customer{Province: "江苏省"}}})
		var got customer.Options
		f.call(t, "viewer", "GET", "/customers/options", "", &got)
		want := customer.Options{
			Sources: []customer.Source{{ID: 1, Code: "tmall", Name: "天猫店"}, {ID: 2, Code: "pos", Name: "门店"}},
			Levels:  []customer.Level{{Code: "high", Name: "高价值", Rank: 1}, {Code: "mid", Name: "中价值", Rank: 2}},
			Regions: []customer.Region{{Province: "江苏省", Cities: []string{"南京市"}}, {Province: "浙江省", Cities: []string{"宁波市", "杭州市"}}},
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
