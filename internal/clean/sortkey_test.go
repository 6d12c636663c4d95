package clean

import (
	"slices"
	"testing"
)

func TestSortKey(t *testing.T) {
	// In the order of the dictionary: surnames as surnames, syllables apart.
	want := []string{"7 天酒店", "Adele", "单雄信", "王芳", "西安饭庄", "先锋书店", "张伟"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, func(a, b string) int {
		if SortKey(a) < SortKey(b) {
			return -1
		}
		return 1
	})
	if !slices.Equal(got, want) {
		t.Errorf("sorted: %v", got)
	}
	if k := SortKey("单雄信"); k != "shan xiong xin" {
		t.Errorf("%q", k)
	}
}
