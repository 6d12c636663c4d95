package customer_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"zhike/internal/customer"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// TestSearchKinds: a customer is found by company, code and own number, too.
func TestSearchKinds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setupRecord(t, d)
		made := func(body string) int64 { return f.record(t, "ops", "POST", "/customers", "", body).ID }
		ids := map[string]int64{
			"buyer": made(`{"name":"沈采购","company":"杭州云栖贸易有限公司","contacts":[{"kind":"wecom","value":"shen.caigou"}]}`),
			"firm":  made(`{"kind":"company","name":"滨江精密仪器厂","contacts":[{"kind":"code","value":"91350100M000100Y43"}]}`),
		}
		number := fmt.Sprintf("ZK-%d", ids["firm"])
		for q, want := range map[string]string{
			"云栖贸易": "buyer", "hangzhouyunqi": "buyer", "hzyqmy": "buyer", "杭州云栖贸易有限公司": "buyer", "沈采": "buyer", "scg": "buyer",
			"91350100M000100Y43": "firm", "91350100m000100y43": "firm", "精密仪器": "firm", number: "firm", strings.ToLower(number): "firm",
			"shen.caigou": "buyer", "云栖仪器": "", "91350100M000100Y44": "",
		} {
			var got struct{ Items []customer.Hit }
			f.call(t, "ops", "GET", "/search?q="+url.QueryEscape(q), "", &got)
			var found []string
			for _, h := range got.Items {
				for name, id := range ids {
					if id == h.ID {
						found = append(found, name)
					}
				}
			}
			if strings.Join(found, ",") != want {
				t.Errorf("%q finds %v, want %q", q, got.Items, want)
			}
		}
	})
}
