package program

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// notKnown is what a run says was not there.
type notKnown struct {
	Metric    string
	Field     string
	Customers int64
	Name      struct{ ZH, EN string }
}

// Of whom the price sensitivity is not known, that the rules of need compare, is
// told by the run and by its report, as of the day of the run: by SQL on the
// command line, from memory in the server.
func TestRunTellsWhatItsRulesCouldNotKnow(t *testing.T) {
	onBoth(t, func(t *testing.T, in *install) {
		now := time.Now()
		ago := func(days int) string { return now.AddDate(0, 0, -days).Format(time.DateOnly) }
		rows := "订单编号,会员编号,付款时间,订单状态,商品名称,数量,商品总价,优惠金额,实付金额,退款金额\n"
		order := func(who string, days int, known bool) {
			prices := "40.00,10.00"
			if !known {
				prices = ","
			}
			rows += fmt.Sprintf("%s-%d,%s,%s,交易成功,拿铁,1,%s,30.00,\n", who, days, who, ago(days), prices)
		}
		for _, days := range []int{60, 50, 40} {
			order("M1", days, true)
			order("M2", days, days != 40)
		}
		order("M3", 10, true)
		order("M4", 20, true)
		file := filepath.Join(t.TempDir(), "orders.csv")
		if err := os.WriteFile(file, []byte(rows), 0o600); err != nil {
			t.Fatal(err)
		}
		in.must(nil, "import", "orders", file, "--json")
		in.must(nil, "tier", "run", "--scheme", "need-rules", "--as-of", ago(45), "--json")

		s := in.serve()
		admin := s.signIn(s.login, s.secret)
		admin.must("POST", "/session/password", map[string]string{"current": s.secret, "new": password}, nil)
		type run struct {
			ID      int64
			Status  string
			Summary *struct {
				Customers int64
				Missing   []notKnown
			}
		}
		grade := func(days int) int64 {
			t.Helper()
			var r run
			admin.must("POST", "/tiering/runs", map[string]any{"scheme": "need-rules", "as_of": ago(days)}, &r)
			for range 600 {
				if admin.must("GET", fmt.Sprintf("/tiering/runs/%d", r.ID), nil, &r); r.Status == "finished" {
					return r.ID
				}
				time.Sleep(100 * time.Millisecond)
			}
			t.Fatalf("the run did not end: %+v", r)
			return 0
		}
		var list struct{ Items []run }
		admin.must("GET", "/tiering/runs", nil, &list)
		if len(list.Items) != 1 {
			t.Fatalf("%+v", list)
		}
		last := grade(1)
		for _, tt := range []struct {
			run             int64
			graded, unknown int64
		}{
			{list.Items[0].ID, 2, 2}, // the third purchase came later
			{grade(45), 2, 2},
			{last, 4, 3}, // of M1 alone three with a known discount are there
		} {
			var r run
			admin.must("GET", fmt.Sprintf("/tiering/runs/%d", tt.run), nil, &r)
			want := fmt.Sprintf("[{ price_sensitivity %d {近 365 天价格敏感度 Price sensitivity, last 365 days}}]", tt.unknown)
			if got := fmt.Sprint(r.Summary.Missing); r.Summary.Customers != tt.graded || got != want {
				t.Errorf("run %d of %d customers says %s, want %s", tt.run, r.Summary.Customers, got, want)
			}
		}
		for locale, want := range map[string]string{
			"zh-CN": "3 位的「近 365 天价格敏感度」未知", "en": "“Price sensitivity, last 365 days” is not known of 3 customers",
		} {
			status, page := admin.doWith(func(r *http.Request) { r.Header.Set("Accept-Language", locale) }, "GET", fmt.Sprintf("/tiering/runs/%d/report.html", last), nil, nil)
			if status != http.StatusOK || !strings.Contains(string(page), want) {
				t.Errorf("%s: %d, the report lacks %q", locale, status, want)
			}
		}
	})
}
