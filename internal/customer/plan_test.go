package customer_test

import (
	"slices"
	"testing"

	"zhike/internal/customer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

func ref[T any](v T) *T { return &v }

// TestPlansAgree: whatever way a page is found, it is the same page.
func TestPlansAgree(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d, crowd(150))
		filters := []customer.Filter{
			{}, {Kind: "company"}, {Kind: "company", SourceID: 2, Province: "浙江省"}, {City: "杭州市"}, {City: "杭州市", OwnerID: 3},
			{Levels: []string{"high"}}, {Levels: []string{"high", "mid"}, Province: "江苏省", Kind: "person"},
			{LastFrom: ref(today - 1)}, {LastTo: ref(today - 2), Levels: []string{"mid"}}, {NetMaxFen: ref(int64(0)), City: "南京市"},
			{NetMinFen: ref(int64(0)), NetMaxFen: ref(int64(1000)), LastFrom: ref(today - clock.Day(2))}, {OrdersMin: ref(int64(2))},
			{Text: "王小明"}, {Text: "欧阳", Kind: "person"}, {Text: "shan", OrdersMin: ref(int64(1))}, {OwnerID: -1, SourceID: 1},
		}
		for i, filter := range filters {
			for _, who := range []string{"viewer", "seller", "head"} {
				for _, sort := range []string{"id", "-id", "net_365", "-net_365", "-net_all", "last_day", "-last_day"} {
					for _, skip := range []int{0, 5} {
						want, err := f.service.ReadBy(as(who), filter, sort, "walk", skip, 9)
						must(t, err)
						for by := range customer.Plans {
							got, err := f.service.ReadBy(as(who), filter, sort, by, skip, 9)
							must(t, err)
							if !slices.Equal(got, want) {
								t.Errorf("filter %d of %s by %s behind %d: %s gives %v, walk %v", i, who, sort, skip, by, got, want)
							}
						}
					}
				}
			}
		}
	})
}

func TestPlanChoice(t *testing.T) {
	f := setup(t, dbtest.SQLite(t), nil)
	city, many := customer.Filter{City: "杭州市"}, customer.Filter{OrdersMin: ref(int64(12))}
	for _, c := range []struct {
		who    string
		filter customer.Filter
		sort   string
		total  int64
		known  bool
		want   string
	}{
		{"viewer", customer.Filter{}, "-net_365", 3, true, "walk"}, // all of them
		{"seller", customer.Filter{}, "-net_365", 3, true, "gather"},
		{"viewer", city, "-net_365", 1000, true, "gather"},
		{"viewer", city, "-net_365", 1001, true, "lookUp"},
		{"viewer", city, "-net_365", 10_000, true, "lookUp"},
		{"viewer", city, "-net_365", 10_001, true, "walk"}, // there may be any number
		{"viewer", city, "-net_365", 0, false, "walk"},
		{"viewer", city, "id", 3000, true, "gatherAll"},
		{"viewer", city, "id", 5000, true, "walk"},
		{"viewer", many, "id", 150, true, "gather"}, // no index leads to them
		{"viewer", many, "id", 900, true, "walk"},
		{"viewer", customer.Filter{Kind: "company", SourceID: 2}, "id", 900, true, "walk"},
		{"seller", many, "id", 900, true, "gather"}, // the scope does
	} {
		if got := f.service.Choice(as(c.who), c.filter, c.sort, c.total, c.known); got != c.want {
			t.Errorf("%s, %d of %+v by %s: %s, want %s", c.who, c.total, c.filter, c.sort, got, c.want)
		}
	}
}

// TestLongAgo: who bought nothing within the year of net_365 is found at once,
// also in the order of it.
func TestLongAgo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d, []person{
			{net365: 500, last: today}, {net365: 0, last: today - 365}, {net365: -7, last: today - 400}, {net365: 3, last: today - 364}, {net365: 0},
		})
		for sort, want := range map[string][]int64{"-net_365": {2, 3}, "net_365": {3, 2}} {
			got, total := f.pages(t, "viewer", "last_day_to="+(today-365).String()+"&sort="+sort, 1, nil)
			if !slices.Equal(got, want) || *total != 2 {
				t.Errorf("%s: %v of %d, want %v", sort, got, *total, want)
			}
		}
	})
}
