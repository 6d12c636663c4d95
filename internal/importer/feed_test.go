package importer

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// TestFeedAndHistory: other systems hear which customers an import wrote, and
// the history says what it changed; the same file again says nothing.
func TestFeedAndHistory(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		in := func(name, text string) {
			t.Helper()
			r.run(RunInput{Kind: KindCustomers, Path: r.file(name, "会员编号,姓名,手机号,城市\n"+text), Source: "crm"})
		}
		in("a.csv", "C1,王芳,13800000001,深圳\nC2,李雷,13800000002,上海\nC3,赵六,13800000003,北京\n")
		feed := func() []string {
			return r.lines(`SELECT seq, kind, customer_id, other_id FROM customer_feed ORDER BY seq`)
		}
		if diff := cmp.Diff([]string{"3|created|1|3"}, feed()); diff != "" {
			t.Error(diff)
		}
		in("b.csv", "C1,王芳,13800000001,深圳\n")
		if n := len(feed()); n != 1 {
			t.Errorf("%d rows after nothing new", n)
		}
		in("c.csv", "C1,王小芳,13800000001,广州\nC3,赵六,13900000003,北京\nC4,孙七,13800000004,\n")
		if diff := cmp.Diff([]string{"3|created|1|3", "4|created|4|0", "5|updated|1|0", "6|updated|3|0"}, feed()); diff != "" {
			t.Error(diff)
		}
		got := r.lines(`SELECT customer_id, field, before_text, after_text, origin, version FROM customer_changes ORDER BY customer_id, field`)
		want := []string{
			"1|city|深圳市|广州市|import|2", "1|name|王芳|王小芳|import|2", "1|region_code|440300|440100|import|2",
			"3|phone||139****0003|import|0",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}
