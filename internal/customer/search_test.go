package customer_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"zhike/internal/customer"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// TestSearchReadings: names are found as people type them.
func TestSearchReadings(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var people []person
		for i, name := range []string{
			"单雄信", "解缙", "仇英", "曾国藩", "欧阳修", "张重庆", "王小明", "王明", "Zhang Wei", "ALICE wang", "上海知客科技有限公司", "李Lily",
			"查良镛", "尉迟恭", "万俟卨", "朴树", "盖叫天",
		} {
			people = append(people, person{c: customer.Customer{Name: name}, net365: int64(i)})
		}
		f := setup(t, d, people)
		for q, want := range map[string]string{
			"shanx": "单雄信", "shan": "上海知客科技有限公司,单雄信", "sxx": "单雄信", "danxiongxin": "单雄信", "shanxiongxin": "单雄信", "雄信": "单雄信",
			"xie": "解缙", "xj": "解缙", "qiu": "仇英", "zeng": "曾国藩", "zgf": "曾国藩", "国藩": "曾国藩", "曾国藩": "曾国藩",
			"ouyang": "欧阳修", "oyx": "欧阳修", "欧阳": "欧阳修", "zhangchongqing": "张重庆", "zcq": "张重庆", "重庆": "张重庆",
			"王小明": "王小明", "王小": "王小明", "王": "王小明,王明", "wang": "ALICE wang,王小明,王明", "WANGXIAO": "王小明",
			"zhang wei": "Zhang Wei", "wei": "Zhang Wei", "alice": "ALICE wang", "ＡＬＩＣＥ": "ALICE wang", "知客科技": "上海知客科技有限公司",
			"zhal": "查良镛", "zhaliangyong": "查良镛", "zly": "查良镛", "yuchi": "尉迟恭", "ycg": "尉迟恭", "尉迟": "尉迟恭", "moqi": "万俟卨", "mq": "万俟卨", "万俟": "万俟卨",
			"piao": "朴树", "ge": "盖叫天", "gejiaotian": "盖叫天", "良镛": "查良镛",
			"lily": "李Lily", "李": "李Lily", "小王": "", "王国": "", "%": "", "_": "", "x'y": "", "明王": "",
		} {
			var got struct{ Items []customer.Hit }
			if w := f.call(t, "viewer", "GET", "/search?q="+url.QueryEscape(q), "", &got); w.Code != 200 {
				t.Fatalf("%s: %d %s", q, w.Code, w.Body)
			}
			var names []string
			for _, h := range got.Items {
				names = append(names, h.Title)
				if h.Match != customer.MatchName {
					t.Errorf("%s finds %s by %s", q, h.Title, h.Match)
				}
			}
			slices.Sort(names)
			if strings.Join(names, ",") != want {
				t.Errorf("%q finds %v, want %s", q, names, want)
			}
		}
	})
}

// TestSearchNumbers: whole numbers find their customer and say by what.
func TestSearchNumbers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		people := []person{
			{c: customer.Customer{Name: "甲", City: "杭州市"}, phone: "13800138000", email: "jia@example.com", number: "M-77", level: 1},
			{c: customer.Customer{Name: "乙"}, phone: "13911118000", number: "8000", net365: 9},
		}
		f := setup(t, d, people)
		for q, want := range map[string]string{
			"13800138000": "1 phone", "+86 138-0013-8000": "1 phone", "１３８００１３８０００": "1 phone",
			"JIA@EXAMPLE.COM": "1 email", "M-77": "1 external_id", "D-1001": "1 order", "m-77": "",
			// The whole number before the end of a phone, then who spent more.
			"8000": "2 external_id,1 phone_tail", "800": "", "1380013800": "",
		} {
			var got struct{ Items []customer.Hit }
			f.call(t, "viewer", "GET", "/search?q="+url.QueryEscape(q), "", &got)
			var found []string
			for _, h := range got.Items {
				found = append(found, fmt.Sprint(h.ID, " ", h.Match))
			}
			if strings.Join(found, ",") != want {
				t.Errorf("%s finds %v, want %s", q, found, want)
			}
			if len(got.Items) == 1 && got.Items[0].ID == 1 && got.Items[0].Subtitle != "138****8000 · 杭州市 · 高价值" {
				t.Errorf("shown as %+v", got.Items[0])
			}
		}
		if w := f.call(t, "viewer", "GET", "/search?q=", "", nil); w.Code != 422 && w.Code != 400 {
			t.Errorf("nothing to search for: %d", w.Code)
		}
	})
}

// TestBroadSearch: a word that very many names begin with is found without
// reading them all, and a list by it has no exact total.
func TestBroadSearch(t *testing.T) {
	f := setup(t, dbtest.SQLite(t), nil)
	var people []person
	for i := range 12_000 {
		p := person{c: customer.Customer{Name: fmt.Sprintf("王a%d b%d c%d", i, i, i)}, net365: int64(i % 977)}
		if i%5000 == 7 {
			p.c.OwnerID = 3
		}
		people = append(people, p)
	}
	f.add(t, people)
	// Behind more hits of each of its parts than a search looks at.
	people = nil
	for i := range 4200 {
		people = append(people, person{c: customer.Customer{Name: []string{"王小", "小明", "李王小"}[i%3] + string(rune(0x4e00+i))}})
	}
	f.add(t, append(people, person{c: customer.Customer{Name: "王小明"}}))
	var one struct{ Items []customer.Hit }
	f.call(t, "viewer", "GET", "/search?q="+url.QueryEscape("王小明"), "", &one)
	if len(one.Items) != 1 || one.Items[0].Title != "王小明" {
		t.Errorf("王小明 among namesakes: %+v", one.Items)
	}
	var own customer.Page
	f.call(t, "seller", "GET", "/customers?q=wang", "", &own)
	if len(own.Items) != 3 || *own.Total != 3 || own.TotalCapped {
		t.Errorf("the owner of three sees %d of %v", len(own.Items), own.Total)
	}
	var hits struct{ Items []customer.Hit }
	f.call(t, "viewer", "GET", "/search?q=wang", "", &hits)
	if len(hits.Items) != 10 {
		t.Fatalf("%d hits", len(hits.Items))
	}
	var p customer.Page
	f.call(t, "viewer", "GET", "/customers?q=wang", "", &p)
	if p.Total == nil || *p.Total != 10_000 || !p.TotalCapped || p.Items[0].Net365 != 976 || p.Items[49].Net365 != 972 {
		t.Errorf("total %v capped %v, first %d", *p.Total, p.TotalCapped, p.Items[0].Net365)
	}
}

func auditEntries(t *testing.T, d *db.DB, action string) (out []string) {
	t.Helper()
	rows, err := d.Q(context.Background()).QueryContext(context.Background(),
		`SELECT actor_id, object_id, after_data FROM audit_log WHERE action = $1 ORDER BY id`, action)
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var actor int64
		var object, after string
		must(t, rows.Scan(&actor, &object, &after))
		out = append(out, fmt.Sprint(actor, " ", object, " ", after))
	}
	must(t, rows.Err())
	return out
}

func TestReveal(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d, []person{
			{c: customer.Customer{Name: "甲", OwnerID: 3}, phone: "13800138000", number: "13800138000"},
			{c: customer.Customer{Name: "乙", OwnerID: 9}, phone: "13911112222"},
		})
		id, err := f.service.Identity(as("viewer"), 1)
		must(t, err)
		if len(id.Contacts) != 1 || id.Contacts[0].Masked != "138****8000" || len(id.Sources) != 1 || id.Sources[0].Number != "138****8000" || !id.Sources[0].Hidden {
			t.Fatalf("shown: %+v", id)
		}
		contact := fmt.Sprintf(`{"contact_id":%d}`, id.Contacts[0].ID)
		for name, c := range map[string]struct {
			actor, target, body string
			status              int
			code                string
		}{
			"without permission":    {"viewer", "/customers/1/reveal", contact, 403, "forbidden"},
			"outside the scope":     {"seller", "/customers/2/reveal", contact, 404, "customer.not_found"},
			"contact of another":    {"boss", "/customers/2/reveal", contact, 404, "customer.contact_not_found"},
			"no number there":       {"boss", "/customers/1/reveal", `{"source_id":2}`, 404, "customer.contact_not_found"},
			"neither":               {"boss", "/customers/1/reveal", `{}`, 404, "customer.contact_not_found"},
			"no such customer":      {"boss", "/customers/99/reveal", contact, 404, "customer.not_found"},
			"nobody is signed in":   {"", "/customers/1/reveal", contact, 401, "unauthenticated"},
			"not JSON, no contacts": {"boss", "/customers/1/reveal", `[1]`, 422, ""},
		} {
			w := f.call(t, c.actor, "POST", c.target, c.body, nil)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.code) || strings.Contains(w.Body.String(), "13800138000") {
				t.Errorf("%s: %d %s", name, w.Code, w.Body)
			}
		}
		if _, err := f.service.Reveal(as("viewer"), 1, id.Contacts[0].ID, 0); err == nil {
			t.Error("the service reveals without permission")
		}
		if e := auditEntries(t, d, "customer.reveal"); len(e) != 0 {
			t.Fatalf("refusals left %v", e)
		}
		var got customer.Revealed
		f.call(t, "seller", "POST", "/customers/1/reveal", contact, &got)
		if got != (customer.Revealed{Kind: "phone", Text: "13800138000"}) {
			t.Errorf("revealed %+v", got)
		}
		f.call(t, "boss", "POST", "/customers/1/reveal", `{"source_id":1}`, &got)
		if got.Kind != "external_id" || got.Text != "13800138000" {
			t.Errorf("revealed %+v", got)
		}
		e := auditEntries(t, d, "customer.reveal")
		if len(e) != 2 || !strings.HasPrefix(e[0], "3 1 ") || !strings.HasPrefix(e[1], "1 1 ") || strings.Contains(strings.Join(e, ""), "138") {
			t.Errorf("recorded %v", e)
		}
		if v, err := audit.New(d, f.clock).Verify(context.Background(), nil); err != nil || !v.OK {
			t.Errorf("the chain: %+v %v", v, err)
		}
	})
}

// TestNoPlainContactInDatabase: neither the file nor any column holds one.
func TestNoPlainContactInDatabase(t *testing.T) {
	secrets := []string{"13800138000", "jia.secret@example.com", "文三路477号", "M-SECRET-77", "8000138000"}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d, []person{{
			c: customer.Customer{Name: "甲"}, phone: secrets[0], email: secrets[1], address: "浙江省杭州市" + secrets[2], number: secrets[3],
		}})
		// Reading, searching, revealing and exporting leave none either.
		f.call(t, "boss", "GET", "/search?q=13800138000", "", nil)
		f.call(t, "boss", "GET", "/customers?q=13800138000", "", nil)
		f.call(t, "boss", "GET", "/customers/export?q=13800138000", "", nil)
		id, err := f.service.Identity(as("boss"), 1)
		must(t, err)
		for _, c := range id.Contacts {
			f.call(t, "boss", "POST", "/customers/1/reveal", fmt.Sprintf(`{"contact_id":%d}`, c.ID), nil)
			if strings.Contains(c.Masked, "477") || strings.Contains(c.Masked, "secret") {
				t.Errorf("not masked: %s", c.Masked)
			}
		}
		var dump string
		if d.Engine() == db.SQLite {
			for _, name := range []string{d.Path(), d.Path() + "-wal"} {
				b, err := os.ReadFile(name)
				must(t, err)
				dump += string(b)
			}
		} else {
			dump = postgresDump(t, d)
		}
		if !strings.Contains(dump, "甲") {
			t.Fatal("the dump misses what is there")
		}
		for _, s := range secrets {
			if strings.Contains(dump, s) {
				t.Errorf("%s is in the database", s)
			}
		}
	})
}

// postgresDump is every row of every table as text.
func postgresDump(t *testing.T, d *db.DB) string {
	t.Helper()
	ctx := context.Background()
	rows, err := d.Q(ctx).QueryContext(ctx, `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`)
	must(t, err)
	var tables []string
	for rows.Next() {
		var n string
		must(t, rows.Scan(&n))
		tables = append(tables, n)
	}
	must(t, rows.Err())
	var b strings.Builder
	for _, table := range tables {
		rows, err := d.Q(ctx).QueryContext(ctx, `SELECT t::text || encode(convert_to(t::text, 'UTF8'), 'escape') FROM "`+table+`" t`)
		must(t, err)
		for rows.Next() {
			var s string
			must(t, rows.Scan(&s))
			b.WriteString(s)
		}
		must(t, rows.Err())
	}
	// Binary columns come as hex: as bytes too.
	rows, err = d.Q(ctx).QueryContext(ctx, `SELECT encode(cipher, 'escape') || encode(blind, 'escape') FROM contacts
UNION ALL SELECT encode(external_cipher, 'escape') || encode(external_blind, 'escape') FROM customer_keys`)
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var s string
		must(t, rows.Scan(&s))
		b.WriteString(s)
	}
	return b.String()
}
