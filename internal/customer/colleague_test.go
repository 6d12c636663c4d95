package customer_test

import (
	"fmt"
	"strings"
	"testing"

	"zhike/internal/customer"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/web"
)

// TestColleaguesToChoose: whoever may edit a customer finds whom the server
// takes as owner, without the right to see the staff pages or to write notes.
func TestColleaguesToChoose(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setupRecord(t, d)
		names := func(actor, query string) string {
			var p web.List[customer.Colleague]
			if w := f.call(t, actor, "GET", "/colleagues?"+query, "", &p); w.Code != 200 {
				t.Fatalf("%s: %d %s", query, w.Code, w.Body)
			}
			out := make([]string, len(p.Items))
			for i, c := range p.Items {
				out[i] = c.Name
			}
			return strings.Join(out, " ")
		}
		for query, want := range map[string]string{
			"q=xl": "小李", "q=xiaoli": "小李", "q=李": "小李", "q=head": "老王", "q=ann": "ann", "q=gone": "", "q=%25": "", "q=_": "",
			"ids=39,3": "小李 gone", "ids=x": "",
		} {
			if got := names("ann", query); got != want {
				t.Errorf("%s: %q, want %q", query, got, want)
			}
		}
		// One's own departments come first; who left is not offered.
		if got := names("far", "q="); !strings.HasPrefix(got, "far ") || strings.Contains(got, "gone") || len(strings.Fields(got)) != 7 {
			t.Errorf("for far: %s", got)
		}
		if w := f.call(t, "nobody", "GET", "/colleagues", "", nil); w.Code != 403 {
			t.Errorf("without a right: %d", w.Code)
		}
		// Everybody who is offered is taken as owner.
		var p web.List[customer.Colleague]
		f.call(t, "ops", "GET", "/colleagues", "", &p)
		for _, c := range p.Items {
			r := f.record(t, "ops", "POST", "/customers", "", fmt.Sprintf(`{"name":"甲","owner_id":%d}`, c.ID))
			if r.Owner == nil || r.Owner.ID != c.ID {
				t.Errorf("%s: owner %+v", c.Name, r.Owner)
			}
		}
	})
}
