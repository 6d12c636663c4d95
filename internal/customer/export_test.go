package customer_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"zhike/internal/customer"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/web"
)

func exported(t *testing.T, body []byte) [][]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff")))).ReadAll()
	must(t, err)
	return rows
}

func TestExportContent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d, []person{
			{
				c:     customer.Customer{Name: "=HYPERLINK(1)", Gender: "male", Province: "浙江省", City: "杭州市", OwnerID: 3},
				phone: "13800138000", email: "a@example.com", net365: 123456, orders: 2, last: today, category: "女装", level: 2,
			},
			{c: customer.Customer{Name: "无名,氏", Kind: "company", OwnerID: 4}},
		})
		w := f.call(t, "boss", "GET", "/customers/export?sort=id", "", nil)
		if w.Code != 200 || !strings.Contains(w.Header().Get("Content-Type"), "text/csv") ||
			!strings.Contains(w.Header().Get("Content-Disposition"), "filename*=UTF-8''%E5%AE%A2%E6%88%B7-2024-10-04.csv") {
			t.Fatalf("%d %v", w.Code, w.Header())
		}
		want := [][]string{
			{"编号", "姓名", "类型", "性别", "手机号", "邮箱", "省份", "城市", "等级", "近 365 天净消费", "近 365 天订单数", "近 365 天客单价", "累计净消费", "累计订单数", "最近购买日", "距今天数", "偏好类目", "负责人"},
			{"1", "'=HYPERLINK(1)", "个人", "男", "13800138000", "a@example.com", "浙江省", "杭州市", "中价值", "1234.56", "2", "617.28", "2469.12", "2", "2024-10-04", "0", "女装", "小李"},
			{"2", "无名,氏", "企业", "", "", "", "", "", "", "0.00", "0", "", "0.00", "0", "", "", "", "老王"},
		}
		if diff := gocmp.Diff(want, exported(t, w.Body.Bytes())); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		// Masked without customer.reveal, and only what the scope shows.
		w = f.call(t, "head", "GET", "/customers/export?columns=id,phone,name", "", nil)
		if diff := gocmp.Diff([][]string{{"编号", "手机号", "姓名"}, {"2", "", "无名,氏"}}, exported(t, w.Body.Bytes())); diff != "" {
			t.Errorf("department (-want +got):\n%s", diff)
		}
		actors["masked"] = actor(6, 3, customer.PermView, customer.PermExport)
		w = f.call(t, "masked", "GET", "/customers/export?columns=phone,email&owner=3", "", nil)
		if diff := gocmp.Diff([][]string{{"手机号", "邮箱"}, {"138****8000", "a***@example.com"}}, exported(t, w.Body.Bytes())); diff != "" {
			t.Errorf("masked (-want +got):\n%s", diff)
		}
		for name, c := range map[string]struct {
			actor, query string
			status       int
		}{
			"without permission": {"viewer", "", 403},
			"unknown column":     {"boss", "?columns=id,password", 400},
			"unknown format":     {"boss", "?format=pdf", 422},
			"bad filter":         {"boss", "?last_day_from=x", 400},
		} {
			w := f.call(t, c.actor, "GET", "/customers/export"+c.query, "", nil)
			if w.Code != c.status && !(c.status == 400 && w.Code == 422) {
				t.Errorf("%s: %d %s", name, w.Code, w.Body)
			}
		}
		begun, ended := auditEntries(t, d, "customer.export"), auditEntries(t, d, "customer.export_ended")
		if len(begun) != 3 || len(ended) != 3 || !strings.Contains(begun[0], `"contacts_clear":true`) || !strings.Contains(begun[2], `"owner":3`) ||
			!strings.Contains(begun[2], `"contacts_clear":false`) || !strings.Contains(ended[0], `"rows":2`) || !strings.Contains(ended[2], `"rows":1`) {
			t.Errorf("recorded %v and %v", begun, ended)
		}
	})
}

func TestExportXLSXOfManyPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		people := crowd(2300) // three batches
		f := setup(t, d, people)
		w := f.call(t, "viewer", "GET", "/customers/export?format=xlsx", "", nil)
		if w.Code != 403 {
			t.Fatalf("without permission: %d", w.Code)
		}
		w = f.call(t, "boss", "GET", "/customers/export?format=xlsx&sort=-net_365&columns=id", "", nil)
		z, err := zip.NewReader(bytes.NewReader(w.Body.Bytes()), int64(w.Body.Len()))
		must(t, err)
		part, err := z.Open("xl/worksheets/sheet1.xml")
		must(t, err)
		xml, err := io.ReadAll(part)
		must(t, err)
		at := 0
		for i, id := range wanted(f, people, nil, "-net_365") {
			next := strings.Index(string(xml[at:]), fmt.Sprintf("<v>%d</v>", id))
			if next < 0 {
				t.Fatalf("row %d, customer %d, is missing or out of order", i+2, id)
			}
			at += next + 1
		}
		if n := strings.Count(string(xml), "<row"); n != len(people)+1 {
			t.Errorf("%d rows", n)
		}
	})
}

func cursorOf(sort string, key, id int64) string { return web.EncodeCursor(sort, key, id) }
