package audience_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"zhike/internal/audience"
	"zhike/internal/field"
	"zhike/internal/platform/web"
)

func at(id int64, rest string) string { return fmt.Sprintf("/audiences/%d%s", id, rest) }

// What is saved comes back, every change is a version, and whoever saw an older
// one is told.
func TestVersions(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		id := s.make("boss", "浙江女士", both(zhejiang, women))
		var full audience.Full
		w := s.send("reader", "GET", at(id, ""), 0, nil)
		must(t, json.Unmarshal(w.Body.Bytes(), &full))
		if full.Version != 1 || full.Conditions != 2 || full.Owner.Name != "boss" || !full.Followed || w.Header().Get("ETag") != `"v1"` || full.Problem != nil {
			t.Fatalf("made %+v, ETag %s", full, w.Header().Get("ETag"))
		}
		if got := s.refused("boss", "PATCH", at(id, ""), 0, object{"name": "x"}); got != "428 web.version_missing" {
			t.Error(got)
		}
		s.ok("boss", "PATCH", at(id, ""), 1, object{"rule": json.RawMessage(both(zhejiang, rich)), "note": "有消费的"}, &full)
		if full.Version != 2 {
			t.Fatalf("version %d", full.Version)
		}
		if got := s.refused("seller", "PATCH", at(id, ""), 1, object{"name": "y"}); got != "409 audience.changed" {
			t.Error(got)
		}
		s.ok("boss", "PATCH", at(id, ""), 2, object{"followed": false}, &full)
		if full.Version != 2 || full.Followed {
			t.Errorf("switching following off made version %d", full.Version)
		}
		s.ok("seller", "PATCH", at(id, ""), 2, object{"name": "浙江大客户"}, &full)

		var list web.Page[audience.Version]
		s.ok("reader", "GET", at(id, "/versions?limit=2"), 0, nil, &list)
		if len(list.Items) != 2 || list.Items[0].Version != 3 || !list.Items[0].Current || list.Items[1].Note != "有消费的" || list.Items[0].Author.Name != "seller" {
			t.Errorf("versions %+v", list.Items)
		}
		s.ok("reader", "GET", at(id, "/versions?limit=2&cursor="+*list.NextCursor), 0, nil, &list)
		if len(list.Items) != 1 || list.Items[0].Version != 1 || list.NextCursor != nil {
			t.Errorf("second page %+v", list)
		}
		var v audience.FullVersion
		s.ok("reader", "GET", at(id, "/versions/2"), 0, nil, &v)
		if len(v.Differences) != 2 || v.Differences[0].Kind != "removed" || v.Differences[1].Kind != "added" || v.Differences[1].Path != "rule.all[1]" || v.NameBefore != nil {
			t.Errorf("differences %+v", v.Differences)
		}
		s.ok("reader", "GET", at(id, "/versions/3"), 0, nil, &v)
		if len(v.Differences) != 0 || v.NameBefore == nil || *v.NameBefore != "浙江女士" {
			t.Errorf("version 3 %+v", v)
		}
		s.ok("boss", "POST", at(id, "/versions/1/restore"), 3, nil, &full)
		var n any
		must(t, json.Unmarshal(full.Rule, &n))
		if full.Version != 4 || full.Name != "浙江女士" || !strings.Contains(string(full.Rule), "gender") {
			t.Errorf("restored %+v %s", full, full.Rule)
		}
		if got := s.refused("reader", "GET", at(id, "/versions/9"), 0, nil); got != "404 audience.no_version" {
			t.Error(got)
		}
	})
}

func TestNamesAndPlaces(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		a := s.make("boss", "浙江", zhejiang)
		for want, body := range map[string]string{
			"409 audience.name_taken audience.name_taken at name":                      `{"name":"浙江 ","kind":"dynamic","rule":` + women + `}`,
			"422 invalid audience.name_missing at name":                                `{"name":" ","kind":"static"}`,
			"422 invalid audience.too_long at name":                                    `{"name":"` + strings.Repeat("长", 61) + `","kind":"static"}`,
			"422 invalid audience.rule_missing at rule":                                `{"name":"x","kind":"dynamic","rule":{}}`,
			"422 invalid audience.rule_of_list at rule":                                `{"name":"x","kind":"static","rule":` + women + `}`,
			"422 invalid list.unknown_field at rule.all[1].field":                      `{"name":"x","kind":"dynamic","rule":` + both(women, `{"field":"moon","op":"eq","value":1}`) + `}`,
			"422 invalid list.bad_number at rule.not.value":                            `{"name":"x","kind":"dynamic","rule":{"not":{"field":"net_365","op":"gte","value":"2024-01-01"}}}`,
			"422 invalid rule.unknown_audience at rule.value":                          `{"name":"x","kind":"dynamic","rule":` + of(99) + `}`,
			"422 invalid customer.bad_day at rule.all[1].facts.window.from":            `{"name":"x","kind":"dynamic","rule":` + both(women, `{"facts":{"stream":"orders","window":{"from":20260101}},"op":"gte","value":1}`) + `}`,
			"422 invalid list.filter_too_deep at rule" + strings.Repeat(".all[0]", 10): `{"name":"x","kind":"dynamic","rule":` + strings.Repeat(`{"all":[`, 40) + women + strings.Repeat(`]}`, 40) + `}`,
			"422 invalid list.too_many_conditions at rule":                             `{"name":"x","kind":"dynamic","rule":{"any":[` + strings.Repeat(women+",", 500) + women + `]}}`,
		} {
			if got := s.refused("boss", "POST", "/audiences", 0, body); got != want && !(strings.Contains(want, "too_many") && strings.Contains(got, "list.bad_filter")) {
				t.Errorf("%.80s\n got %s\nwant %s", body, got, want)
			}
		}
		if got := s.refused("reader", "POST", "/audiences", 0, `{"name":"x","kind":"static"}`); got != "403 forbidden" {
			t.Error(got)
		}
		// Archived, the name is free; then it cannot come back.
		s.ok("boss", "POST", at(a, "/archive"), 0, nil, nil)
		b := s.make("boss", "浙江", women)
		if got := s.refused("boss", "POST", at(a, "/restore"), 0, nil); !strings.HasPrefix(got, "409 audience.name_taken") {
			t.Error(got)
		}
		var page web.Page[audience.Item]
		for query, want := range map[string][]int64{"": {b}, "?archived=yes": {a}, "?archived=all&sort=-created_at": {b, a}, "?q=zhej": {b}, "?q=江": {b}, "?kind=static": nil, "?owner=3": nil} {
			s.ok("reader", "GET", "/audiences"+query, 0, nil, &page)
			var ids []int64
			for _, it := range page.Items {
				ids = append(ids, it.ID)
			}
			if !slices.Equal(ids, want) || *page.Total != int64(len(want)) {
				t.Errorf("%s listed %v, want %v", query, ids, want)
			}
		}
		s.ok("reader", "GET", "/audiences?archived=all&limit=1", 0, nil, &page)
		first := page.Items[0].ID
		s.ok("reader", "GET", "/audiences?archived=all&limit=1&cursor="+*page.NextCursor, 0, nil, &page)
		if page.Items[0].ID == first || page.NextCursor != nil {
			t.Errorf("second page %+v", page)
		}
	})
}

// An audience that something names is archived, not deleted, and circles are
// refused at the reference with the way.
func TestUsesAndCircles(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		a := s.make("boss", "甲", zhejiang)
		b := s.make("boss", "乙", both(of(a), women))
		c := s.make("boss", "丙", `{"not":`+of(b)+`}`)
		loop := object{"rule": json.RawMessage(both(rich, of(c)))}
		w := s.send("boss", "PATCH", at(a, ""), 1, loop)
		if w.Code != 422 || !strings.Contains(w.Body.String(), "rule.all[1].value") || !strings.Contains(w.Body.String(), "甲 → 丙 → 乙 → 甲") {
			t.Errorf("circle: %d %s", w.Code, w.Body)
		}
		if got := s.refused("boss", "POST", "/audiences/count", 0, object{"rule": loop["rule"], "audience_id": a}); got != "422 invalid rule.cycle at rule.all[1].value" {
			t.Error(got)
		}
		if got := s.refused("boss", "PATCH", at(a, ""), 1, object{"rule": json.RawMessage(of(a))}); got != "422 invalid rule.cycle at rule.value" {
			t.Error(got)
		}
		s.ok("boss", "POST", "/views", 0, object{"name": "我的", "body": object{"filter": json.RawMessage(of(a))}}, nil)
		var uses web.List[audience.Use]
		s.ok("boss", "GET", at(a, "/uses"), 0, nil, &uses)
		if len(uses.Items) != 2 || uses.Items[0].Kind != "audience" || uses.Items[0].Name != "乙" || uses.Items[1].Kind != "view" || uses.Items[1].Name != "我的" {
			t.Errorf("uses %+v", uses.Items)
		}
		s.ok("reader", "GET", at(a, "/uses"), 0, nil, &uses)
		if uses.Items[1].Name != "" || uses.Items[1].ID != 0 {
			t.Errorf("a view of somebody else is named: %+v", uses.Items[1])
		}
		if got := s.refused("boss", "DELETE", at(b, ""), 0, nil); got != "409 audience.in_use" {
			t.Error(got)
		}
		s.ok("boss", "POST", at(a, "/archive"), 0, nil, nil)
		if n := s.count("boss", object{"audience_id": b}).Count; n != 10 {
			t.Errorf("of an archived audience and a condition %d", n)
		}
		s.ok("boss", "DELETE", at(c, ""), 0, nil, nil)
		s.ok("boss", "DELETE", at(b, ""), 0, nil, nil)
		if got := s.refused("boss", "GET", at(b, ""), 0, nil); got != "404 audience.not_found" {
			t.Error(got)
		}
	})
}

// A rule whose field went away says so in the list, and at its place when counted.
func TestFieldsThatGo(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		ctx := s.as("boss")
		def, err := s.fields.Create(ctx, field.In{Code: "plan", Kind: field.Text, Name: field.Label{ZH: "套餐"}})
		must(t, err)
		id := s.make("boss", "套餐", both(women, `{"field":"f.plan","op":"not_empty"}`))
		yes := true
		_, err = s.fields.Update(ctx, def.ID, field.Patch{Retired: &yes})
		must(t, err)
		var full audience.Full
		s.ok("boss", "GET", at(id, ""), 0, nil, &full)
		if full.Problem != nil || len(full.Problems) != 1 || full.Problems[0].Code != "rule.field_retired" || full.Problems[0].Path != "rule.all[1].field" {
			t.Errorf("retired: %+v", full.Problems)
		}
		must(t, s.fields.Delete(ctx, def.ID))
		var page web.Page[audience.Item]
		s.ok("boss", "GET", "/audiences", 0, nil, &page)
		if p := page.Items[0].Problem; p == nil || p.Code != "list.unknown_field" || p.Path != "rule.all[1].field" || p.Message == "" {
			t.Errorf("gone: %+v", p)
		}
		if got := s.refused("boss", "POST", "/audiences/count", 0, object{"audience_id": id}); got != "422 invalid list.unknown_field at rule.all[1].field" {
			t.Error(got)
		}
	})
}
