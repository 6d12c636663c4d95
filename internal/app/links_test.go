package app

import (
	"strings"
	"testing"
)

// A column that points to a customer and that merges do not know would leave
// rows behind that belong to nobody.
func TestEveryLinkToACustomerIsKnown(t *testing.T) {
	known := map[string]bool{}
	for _, l := range customerLinks() {
		known[l.Table+"."+l.Column] = true
	}
	found := 0
	schema(t, func(table, column, _ string) {
		if !strings.HasSuffix(column, "customer_id") && column != "other_id" {
			return
		}
		found++
		if at := table + "." + column; !known[at] && !pastLinks[at] {
			t.Errorf("%s points to a customer; add it to customerLinks or pastLinks", at)
		}
	})
	if found < 12 {
		t.Errorf("only %d columns found: the search is wrong", found)
	}
}
