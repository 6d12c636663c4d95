package customer_test

import (
	"slices"
	"testing"

	"zhike/internal/customer"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// TestLiked: what a customer says to like is a list: none is empty, a word is in
// it as a whole, and signs of how it is kept are no words.
func TestLiked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := listSetup(t, d, 6)
		ids := s.ids
		// ids[3] was emptied, ids[4] and ids[5] never said anything.
		for i, patch := range []string{`["女装","鞋"]`, `["鞋帽"]`, `["a\"b<c","女装"]`, `["男装"]`} {
			must(t, s.change(ids[i], `{"favourite_categories":`+patch+`}`))
		}
		must(t, s.change(ids[3], `{"favourite_categories":[]}`))
		for _, x := range []struct {
			op    string
			value any
			want  []int
		}{
			{"empty", nil, []int{3, 4, 5}},
			{"not_empty", nil, []int{0, 1, 2}},
			{"eq", "女装", []int{0, 2}},
			{"ne", "女装", []int{1, 3, 4, 5}},
			{"in", []string{"鞋", "鞋帽"}, []int{0, 1}},
			{"not_in", []string{"鞋"}, []int{1, 2, 3, 4, 5}},
			{"eq", `a"b<c`, []int{2}},
			{"eq", "帽", nil},
			{"begins", "鞋", []int{0, 1}},
			{"begins", "帽", nil},
			{"contains", "帽", []int{1}},
			{"contains", `B<c`, []int{2}},
			{"contains", "[", nil},
			{"contains", ",", nil},
		} {
			n := node("favourite_categories", x.op, x.value)
			page, err := s.service.Query(s.as("boss"), customer.ListQuery{Filter: customer.Filter{Tree: &n}, Sort: "id", Limit: 50})
			must(t, err)
			var got []int
			for _, it := range page.Items {
				got = append(got, slices.Index(ids, it.ID))
			}
			slices.Sort(got)
			if !slices.Equal(got, x.want) {
				t.Errorf("%s %v: %v, want %v", x.op, x.value, got, x.want)
			}
		}
	})
}
