package audience_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"zhike/internal/audience"
	"zhike/internal/customer"
	"zhike/internal/platform/sheet"
	"zhike/internal/platform/vault"
)

// Customers go into a list by id, by what a list shows and by a file, each once,
// and only those whom the actor may see.
func TestEntries(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		id := s.make("boss", "名单", "")
		var out audience.EntriesOut
		s.ok("seller", "POST", at(id, "/entries"), 0, object{"customer_ids": []int64{s.ids[1], s.ids[2], s.ids[2], s.ids[30], 9999}}, &out)
		if out.Changed != 2 || out.NotFound != 2 || out.Unchanged != 0 || out.Size != 2 {
			t.Errorf("by id %+v", out)
		}
		s.ok("boss", "POST", at(id, "/entries"), 0, object{"filter": json.RawMessage(women)}, &out)
		if out.Changed != 20 || out.Size != 22 {
			t.Errorf("by filter %+v", out)
		}
		if got := s.refused("boss", "POST", at(id, "/entries"), 0, object{}); !strings.Contains(got, "list.nobody_selected") {
			t.Error(got)
		}
		if n := s.count("boss", object{"audience_id": id}).Count; n != 22 {
			t.Errorf("counted %d", n)
		}
		s.ok("boss", "POST", at(id, "/entries/remove"), 0, object{"filter": json.RawMessage(zhejiang)}, &out)
		if out.Changed != 11 || out.Unchanged != 19 || out.Size != 11 {
			t.Errorf("taken out %+v", out)
		}
		if n := s.count("boss", object{"audience_id": id}).Count; n != 11 {
			t.Errorf("counted %d after removal", n)
		}
		var full audience.Full
		s.ok("boss", "GET", at(id, ""), 0, nil, &full)
		if full.Size == nil || *full.Size != 11 || full.Version != 1 {
			t.Errorf("size %+v", full)
		}
		s.ok("boss", "POST", at(id, "/entries/remove"), 0, object{"filter": json.RawMessage("{}")}, &out)
		if out.Size != 0 {
			t.Errorf("emptied %+v", out)
		}
		dyn := s.make("boss", "规则", women)
		if got := s.refused("boss", "POST", at(dyn, "/entries"), 0, object{"customer_ids": s.ids[:1]}); got != "409 audience.not_a_list" {
			t.Error(got)
		}
		// A customer that is deleted leaves all lists.
		s.ok("boss", "POST", at(id, "/entries"), 0, object{"customer_ids": s.ids[:3]}, nil)
		must(t, s.customers.Delete(s.as("boss"), s.ids[0], 0))
		s.ok("boss", "GET", at(id, ""), 0, nil, &full)
		if n := s.count("boss", object{"audience_id": id}).Count; n != 2 || *full.Size != 2 {
			t.Errorf("after a deletion %d, size %d", n, *full.Size)
		}
		// A list that goes takes its entries along.
		s.ok("boss", "DELETE", at(id, ""), 0, nil, nil)
		var left int
		must(t, s.db.Q(s.as("boss")).QueryRowContext(s.as("boss"), `SELECT COUNT(*) FROM audience_entries`).Scan(&left))
		if left != 0 {
			t.Errorf("%d entries left", left)
		}
	})
}

func TestImportEntries(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		id := s.make("boss", "名单", "")
		s.ok("boss", "POST", at(id, "/entries"), 0, object{"customer_ids": s.ids[5:6]}, nil)
		own := exportNumber(s, s.ids[7])
		text := strings.Join([]string{"会员", "13800000001", "M002", own, "+86 138-0000-0001", "M005", "M999", "ZK-12-deadbeef", "nobody@example.com"}, "\n")
		var out audience.EntriesImported
		dry := func(who string) string {
			s.ok(who, "POST", at(id, "/entries/import"), 0, object{"text": text, "dry_run": true}, &out)
			problems := ""
			for _, p := range out.Problems {
				problems += fmt.Sprintf(" %d:%s", p.Row, p.Status)
			}
			return fmt.Sprintf("%d rows, %d found, %d added,%s", out.Rows, out.Found, out.Added, problems)
		}
		if got, want := dry("boss"), "8 rows, 4 found, 3 added, 5:twice 6:already 7:not_found 8:not_found 9:not_found"; got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
		if n := s.count("boss", object{"audience_id": id}).Count; n != 1 {
			t.Errorf("a dry run wrote: %d", n)
		}
		text = "M001\nM040\n13800000050"
		if got, want := dry("seller"), "3 rows, 1 found, 1 added, 2:not_found 3:not_found"; got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
		if got := s.refused("veiled", "POST", at(id, "/entries/import"), 0, object{"text": text, "by": "phone"}); !strings.Contains(got, "customer.field_hidden") {
			t.Error(got)
		}
		// A bare number is the customer's own where no member number is the same.
		text = fmt.Sprintf("%d\nzk-%d\n%d\n999999999", s.ids[9], s.ids[10], s.ids[9])
		if got, want := dry("boss"), "4 rows, 2 found, 2 added, 3:twice 4:not_found"; got != want {
			t.Errorf("bare numbers: got %s\nwant %s", got, want)
		}
		if want := (audience.ImportRead{Number: 4}); out.Read != want {
			t.Errorf("read as %+v, want %+v", out.Read, want)
		}
		s.number(s.ids[11], fmt.Sprint(s.ids[9]))
		s.number(s.ids[10], fmt.Sprint(s.ids[10]))
		text = fmt.Sprintf("%d\n%d\n13800000001\nx@example.com\nM002", s.ids[9], s.ids[10])
		if got, want := dry("boss"), "5 rows, 3 found, 3 added, 1:ambiguous 4:not_found"; got != want {
			t.Errorf("numbers of both kinds: got %s\nwant %s", got, want)
		}
		if want := (audience.ImportRead{Phone: 1, Email: 1, Member: 3}); out.Read != want {
			t.Errorf("read as %+v, want %+v", out.Read, want)
		}
		text = "会员"
		if got, want := dry("boss"), "1 rows, 0 found, 0 added, 1:not_found"; got != want {
			t.Errorf("a value alone is no title: got %s\nwant %s", got, want)
		}
		// The column is found by its title, or by what is in it.
		for _, c := range []struct {
			text, by, title string
			column, added   int
		}{
			{"姓名,手机号\n张三,13800000001\n李四,13800000002\n", "auto", "手机号", 2, 2},
			{"姓名,手机1\n张三,13800000001\n", "phone", "手机1", 2, 1},
			{"订单编号,电话\n20260901,13800000001\n", "auto", "电话", 2, 1},
			{"会员姓名,会员等级,手机号\n张三,金卡,13800000001\n", "auto", "手机号", 3, 1},
			{"会员编号,手机号\nM002,13800000009\n", "auto", "会员编号", 1, 1},
			{"会员编号,手机号\nM002,13800000009\n", "phone", "手机号", 2, 1},
			{"张三,13800000001\n李四,13800000002\n", "auto", "", 2, 2},
			{"备注,值\n好,13800000001\n", "auto", "值", 2, 1},
			{"M002,a\nM003,b\n", "auto", "", 1, 2},
			{"M002,a\n", "member", "", 1, 1},
		} {
			out = audience.EntriesImported{}
			s.ok("boss", "POST", at(id, "/entries/import"), 0, object{"text": c.text, "by": c.by, "dry_run": true}, &out)
			if out.Column != c.column || out.Title != c.title || out.Added != c.added || len(out.Problems) != 0 {
				t.Errorf("%q by %s: %+v", c.text, c.by, out)
			}
		}
		var file bytes.Buffer
		w, err := sheet.NewWriter(&file, "xlsx", "x", []sheet.Column{{Title: "手机号"}})
		must(t, err)
		for i := range 10 {
			must(t, w.Write(sheet.Text(fmt.Sprintf("138000000%02d", i))))
		}
		must(t, w.Close())
		s.ok("boss", "POST", at(id, "/entries/import"), 0, object{"file": file.Bytes(), "file_name": "x.xlsx"}, &out)
		if out.Rows != 10 || out.Added != 9 || out.Already != 1 {
			t.Errorf("file %+v", out)
		}
		if n := s.count("boss", object{"audience_id": id}).Count; n != 10 {
			t.Errorf("after the file %d", n)
		}
	})
}

// exportNumber is the number that an export gives a customer.
func exportNumber(s *site, id int64) string {
	text := fmt.Sprintf("ZK-%d", id)
	return text + "-" + hex.EncodeToString(s.vault.Blind(vault.KindExternalID, text)[:4])
}

// A static list takes more than a call's worth in the background, goes on after
// it was stopped, and ends with everybody once.
func TestManyEntries(t *testing.T) {
	s := newSite(t, sqlite(t), false)
	id := s.make("boss", "名单", "")
	s.crowd(25_000)
	var out audience.EntriesOut
	s.ok("boss", "POST", at(id, "/entries"), 0, object{"filter": json.RawMessage("{}")}, &out)
	if out.JobID == nil || out.Size != 0 {
		t.Fatalf("not in the background: %+v", out)
	}
	for range 2 { // a job may run twice
		s.work()
	}
	if n := s.count("boss", object{"audience_id": id}).Count; n != 25_060 {
		t.Errorf("%d in the list", n)
	}
	s.ok("boss", "POST", at(id, "/entries/remove"), 0, object{"filter": json.RawMessage(zhejiang)}, &out)
	if out.Changed != 30 || out.Size != 25_030 {
		t.Errorf("taken out %+v", out)
	}
}

// The list of customers, its export and bulk edits take an audience as a filter.
func TestListOfMembers(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		id := s.make("boss", "浙江女士", both(zhejiang, women))
		filter := of(id)
		for range 3 {
			var page customer.Page
			s.ok("seller", "POST", "/customers/query", 0, object{"filter": json.RawMessage(filter), "sort": "id"}, &page)
			if *page.Total != 4 || page.Items[3].ID != s.ids[18] {
				t.Fatalf("list %+v", page)
			}
		}
		var p customer.BulkPreview
		s.ok("boss", "POST", "/bulk/preview", 0, object{"selection": object{"filter": json.RawMessage(filter)}, "actions": object{"set": object{"industry": "x"}}}, &p)
		if p.Total != 10 || p.Changed != 10 {
			t.Errorf("bulk %+v", p)
		}
		w := s.send("boss", "GET", "/customers/export?columns=id&filter="+url.QueryEscape(filter), 0, nil)
		rows := slices.DeleteFunc(strings.Split(w.Body.String(), "\n"), func(l string) bool { return strings.TrimSpace(l) == "" })
		if w.Code != 200 || len(rows) != 11 {
			t.Errorf("export %d: %q", w.Code, rows)
		}
		var e struct {
			ID int64 `json:"id"`
		}
		s.ok("boss", "POST", "/customers/exports", 0, object{"filter": json.RawMessage(filter), "format": "csv"}, &e)
	})
}

// number gives a customer one more number in the source.
func (s *site) number(id int64, number string) {
	s.t.Helper()
	cipher, err := s.vault.Seal(vault.KindExternalID, number)
	must(s.t, err)
	must(s.t, s.db.InTx(context.Background(), func(ctx context.Context) error {
		return s.customers.Store().InsertKeys(ctx, []customer.Key{{SourceID: 1, Blind: s.vault.Blind(vault.KindExternalID, number), Cipher: cipher, CustomerID: id}})
	}))
}
