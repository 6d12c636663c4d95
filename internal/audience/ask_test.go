package audience_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"zhike/internal/audience"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
)

// Counts, members and memberships are within the scope of whoever asks, and
// what a role hides cannot be asked for.
func TestScopeAndAccess(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		id := s.make("boss", "浙江女士", both(zhejiang, women)) // 0, 6, 12, … 54
		for who, want := range map[string][2]int64{"boss": {10, 60}, "seller": {4, 20}, "reader": {10, 60}} {
			c := s.count(who, object{"audience_id": id, "examples": 3})
			if c.Count != want[0] || c.Total != want[1] || len(c.Examples) != 3 || c.AsOf != today || c.Examples[1].Name != "客户06" || *c.Examples[1].Phone != "138****0006" {
				t.Errorf("%s counts %+v", who, c)
			}
			var m audience.Members
			s.ok(who, "GET", at(id, "/members?limit=3"), 0, nil, &m)
			if m.Total != want[0] || len(m.Items) != 3 || m.Items[2].ID != s.ids[12] {
				t.Errorf("%s lists %+v", who, m)
			}
			seen := 3
			for m.NextCursor != nil {
				s.ok(who, "GET", at(id, "/members?limit=3&cursor="+*m.NextCursor), 0, nil, &m)
				seen += len(m.Items)
			}
			if int64(seen) != want[0] {
				t.Errorf("%s walked %d", who, seen)
			}
		}
		c := s.count("veiled", object{"audience_id": id, "examples": 1})
		if c.Count != 10 || c.Examples[0].Phone != nil {
			t.Errorf("a hidden phone is shown: %+v", c.Examples)
		}
		if got := s.refused("veiled", "POST", "/audiences/count", 0, object{"rule": json.RawMessage(both(women, rich))}); got != "403 customer.field_hidden customer.field_hidden at rule.all[1].field" {
			t.Error(got)
		}
		spend := s.make("boss", "大客户", rich)
		if got := s.refused("veiled", "GET", at(spend, "/members"), 0, nil); !strings.Contains(got, "customer.field_hidden") {
			t.Error(got)
		}
		if got := s.refused("blind", "POST", "/audiences/count", 0, object{"audience_id": id}); got != "403 forbidden" {
			t.Error(got)
		}
		if got := s.refused("seller", "GET", at(id, fmt.Sprintf("/customers/%d", s.ids[54])), 0, nil); got != "404 customer.not_found" {
			t.Error(got)
		}
		var m audience.Membership
		for i, want := range map[int]bool{6: true, 7: false} {
			if s.ok("seller", "GET", at(id, fmt.Sprintf("/customers/%d", s.ids[i])), 0, nil, &m); m.Member != want {
				t.Errorf("customer %d is a member: %v", i, m.Member)
			}
		}
		var all audience.OfCustomer
		s.ok("boss", "GET", fmt.Sprintf("/customers/%d/audiences", s.ids[54]), 0, nil, &all)
		if len(all.Items) != 2 || all.Asked != 2 || len(all.Unknown) != 0 {
			t.Errorf("of customer 54: %+v", all)
		}
		s.ok("veiled", "GET", fmt.Sprintf("/customers/%d/audiences", s.ids[54]), 0, nil, &all)
		if len(all.Items) != 1 || len(all.Unknown) != 1 || all.Unknown[0].ID != spend {
			t.Errorf("of customer 54 for the veiled: %+v", all)
		}
		if got := s.refused("seller", "GET", fmt.Sprintf("/customers/%d/audiences", s.ids[54]), 0, nil); got != "404 customer.not_found" {
			t.Error(got)
		}
	})
}

func TestImpact(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		id := s.make("boss", "大客户", rich)                                   // 30 … 59
		now := `{"field":"net_365","op":"between","value":[250000,399999]}` // 25 … 39
		var out audience.Impact
		s.ok("boss", "POST", at(id, "/impact"), 0, object{"rule": json.RawMessage(now)}, &out)
		if out.Entering.Count != 5 || out.Leaving.Count != 20 || out.Staying.Count != 10 {
			t.Errorf("impact %+v", out)
		}
		if len(out.Leaving.Examples) != 10 || out.Leaving.Examples[0].ID != s.ids[40] || out.Entering.Examples[4].ID != s.ids[29] {
			t.Errorf("examples %+v", out)
		}
		s.ok("seller", "POST", at(id, "/impact"), 0, object{"rule": json.RawMessage(zhejiang)}, &out)
		if out.Entering.Count != 10 || out.Leaving.Count != 0 {
			t.Errorf("within the seller's scope %+v", out)
		}
	})
}

func TestOverlapAndCombine(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		a, b, c := s.make("boss", "浙江", zhejiang), s.make("boss", "女士", women), s.make("boss", "大客户", rich)
		var o audience.Overlap
		s.ok("boss", "POST", "/audiences/overlap", 0, object{"ids": []int64{a, b, c}}, &o)
		want := map[string][2]int64{ // exactly, together; counted by hand
			"1": {10, 30}, "2": {5, 20}, "3": {10, 30}, "12": {5, 10}, "13": {10, 15}, "23": {5, 10}, "123": {5, 5},
		}
		sum := int64(0)
		for _, cell := range o.Cells {
			key := ""
			for _, id := range cell.IDs {
				key += fmt.Sprint(slices.Index([]int64{a, b, c}, id) + 1)
			}
			if got := [2]int64{cell.Exactly, cell.Together}; got != want[key] {
				t.Errorf("cell %s is %v, want %v", key, got, want[key])
			}
			sum += cell.Exactly
		}
		if len(o.Cells) != 7 || sum != o.Total || o.Total != 50 || o.Sets[1].Size != 20 {
			t.Errorf("overlap %+v", o)
		}
		if got := s.refused("boss", "POST", "/audiences/overlap", 0, object{"ids": []int64{a, a}}); got != "422 invalid audience.ids at ids" {
			t.Error(got)
		}
		for i, op := range []string{"union", "intersection", "difference"} {
			n := []int64{40, 10, 20}[i]
			for _, as := range []string{"dynamic", "static"} {
				var full audience.Full
				s.ok("boss", "POST", "/audiences/combine", 0, object{"op": op, "ids": []int64{a, b}, "as": as, "name": op + as}, &full)
				if got := s.count("boss", object{"audience_id": full.ID}).Count; got != n || string(full.Kind) != as {
					t.Errorf("%s as %s has %d, want %d", op, as, got, n)
				}
			}
		}
		// A frozen list stays; a rule follows.
		s.ok("boss", "PATCH", at(a, ""), 1, object{"rule": json.RawMessage(rich)}, nil)
		var page struct {
			Items []audience.Item `json:"items"`
		}
		s.ok("boss", "GET", "/audiences?q=union", 0, nil, &page)
		for _, it := range page.Items {
			want := map[audience.Kind]int64{audience.Dynamic: 40, audience.Static: 40}[it.Kind] // 30 + 20 − 10 rich women
			if got := s.count("boss", object{"audience_id": it.ID}).Count; got != want {
				t.Errorf("%s has %d, want %d", it.Name, got, want)
			}
		}
	})
}

func TestExplain(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		inner := s.make("boss", "浙江", zhejiang)
		list := s.make("boss", "名单", "")
		s.ok("boss", "POST", at(list, "/entries"), 0, object{"customer_ids": []int64{s.ids[9]}}, nil)
		rule := fmt.Sprintf(`{"any":[{"all":[%s,{"not":%s}]},{"field":"audience","op":"all","value":[%d,%d]}]}`, rich, women, inner, list)
		var out audience.Explained
		s.ok("boss", "POST", "/audiences/explain", 0, object{"rule": json.RawMessage(rule), "customer_id": s.ids[9]}, &out)
		if out.Holds || out.Name != "客户09" || out.Tree.Kind != "any" || len(out.Tree.Children) != 2 {
			t.Fatalf("explained %+v", out)
		}
		spend := out.Tree.Children[0].Children[0]
		if spend.Holds || spend.Value != 90000.0 || spend.Type != "money" || spend.Text != "900.00" || spend.Path != "rule.any[0].all[0]" {
			t.Errorf("spend %+v", spend)
		}
		not := out.Tree.Children[0].Children[1]
		if not.Holds || !not.Children[0].Holds || not.Children[0].Text != "Female" {
			t.Errorf("not %+v", not)
		}
		refs := out.Tree.Children[1]
		if refs.Holds || refs.Children[0].Kind != "audience" || refs.Children[0].Holds || refs.Children[0].Children[0].Text != "江苏省" ||
			refs.Children[1].Kind != "list" || !refs.Children[1].Holds || refs.Children[1].Audience.Name != "名单" {
			t.Errorf("audiences %+v", refs)
		}
		s.ok("boss", "POST", "/audiences/explain", 0, object{"audience_id": list, "customer_id": s.ids[9]}, &out)
		if !out.Holds {
			t.Errorf("list %+v", out)
		}
		if got := s.refused("seller", "POST", "/audiences/explain", 0, object{"rule": json.RawMessage(rich), "customer_id": s.ids[40]}); got != "404 customer.not_found" {
			t.Error(got)
		}
		// What explaining says is what counting says, of everybody.
		var m audience.Members
		id := s.make("boss", "全", rule)
		s.ok("boss", "GET", at(id, "/members?limit=100"), 0, nil, &m)
		in := map[int64]bool{}
		for _, c := range m.Items {
			in[c.ID] = true
		}
		for _, c := range s.ids {
			s.ok("boss", "POST", "/audiences/explain", 0, object{"audience_id": id, "customer_id": c}, &out)
			if out.Holds != in[c] {
				t.Errorf("customer %d: explained %v, member %v", c, out.Holds, in[c])
			}
		}
	})
}

func TestProfile(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		id := s.make("boss", "浙江大客户", both(zhejiang, rich)) // 30, 32 … 58
		if s.columns != nil {
			s.count("boss", object{"audience_id": id})
		}
		for range 50 {
			var p audience.Profile
			s.ok("boss", "GET", at(id, "/profile"), 0, nil, &p)
			if p.Count != 15 || p.Total != 60 || len(p.Parts) != 8 {
				t.Fatalf("profile %+v", p)
			}
			got := ""
			for _, part := range p.Parts {
				for _, b := range part.Buckets {
					got += fmt.Sprintf("%s/%s/%s %d of %d\n", part.Code, b.Key, b.Label, b.Count, b.TotalCount)
				}
			}
			want := `level/none/Not graded 15 of 60
kind/person/Person 15 of 60
region/浙江省/浙江省 15 of 30
region/江苏省/江苏省 0 of 30
category/none/No purchase 15 of 60
spend/0/None 0 of 1
spend/1/¥0 to under ¥500 0 of 4
spend/2/¥500 to under ¥1000 0 of 5
spend/3/¥1000 to under ¥3000 0 of 20
spend/4/¥3000 to under ¥10000 15 of 30
channel/phone/Phone 15 of 60
gender/female/Female 5 of 20
gender/none/Not known 10 of 40
age/none/Not known 15 of 60
`
			if got != want {
				t.Fatalf("profile:\n%s", got)
			}
			if s.columns == nil || p.Engine == "columns" {
				s.stretches(p)
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Error("columns do not answer a profile")
	})
}

// stretches asks for the ends of the buckets of spend: they mean whom the bucket
// counts.
func (s *site) stretches(p audience.Profile) {
	for _, part := range p.Parts {
		for _, b := range part.Buckets {
			if part.Code != "spend" {
				if b.From != nil || b.To != nil {
					s.t.Errorf("%s/%s has ends", part.Code, b.Key)
				}
				continue
			}
			var ends []string
			if b.From != nil {
				ends = append(ends, fmt.Sprintf(`{"field":"net_365","op":"gte","value":%d}`, *b.From))
			}
			if b.To != nil {
				ends = append(ends, fmt.Sprintf(`{"field":"net_365","op":"lte","value":%d}`, *b.To))
			}
			if n := s.count("boss", object{"rule": json.RawMessage(`{"all":[` + strings.Join(ends, ",") + `]}`)}).Count; n != b.TotalCount || len(ends) == 0 {
				s.t.Errorf("%s means %d customers, %d are told", ends, n, b.TotalCount)
			}
		}
	}
}

// A question that takes too long ends with advice, and nothing is left open.
func TestTooSlow(t *testing.T) {
	s := newSite(t, sqlite(t), false)
	s.audiences.Patience(1)
	if got := s.refused("boss", "POST", "/audiences/count", 0, object{"rule": json.RawMessage(women)}); got != "503 audience.too_slow" {
		t.Error(got)
	}
	s.audiences.Patience(time.Minute)
	if n := s.count("boss", object{"rule": json.RawMessage(women)}).Count; n != 20 {
		t.Errorf("counted %d afterwards", n)
	}
}

// Conditions on facts are counted, explained with what stands behind them, and
// hidden with their stream.
func TestFacts(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		must(t, s.db.InTx(s.as("boss"), func(ctx context.Context) error {
			for i, c := range []int{3, 3, 3, 4} {
				if err := s.exec(ctx, `INSERT INTO behaviours (id, customer_id, kind, day, at, source_id, external_id, quantity_milli, content_hash, import_id, created_at)
VALUES ($1, $2, $3, $4, $5, 1, $6, 1000, 0, 0, 0)`,
					i+1, s.ids[c], 2, int64(today)-int64(i), clock.Millis((today - clock.Day(i)).Start(time.UTC)), fmt.Sprint(i)); err != nil {
					return err
				}
			}
			return nil
		}))
		rule := `{"facts":{"stream":"behaviours","agg":"count","window":{"last":3}},"op":"gte","value":2}`
		if c := s.count("boss", object{"rule": json.RawMessage(rule), "examples": 5}); c.Count != 1 || c.Examples[0].ID != s.ids[3] || c.Sentence == "" {
			t.Errorf("counted %+v", c)
		}
		var out audience.Explained
		for c, want := range map[int]float64{3: 3, 4: 0, 5: 0} {
			s.ok("boss", "POST", "/audiences/explain", 0, object{"rule": json.RawMessage(rule), "customer_id": s.ids[c]}, &out)
			if out.Tree.Value != want || out.Tree.Type != "number" || out.Holds != (c == 3) || out.Tree.Sentence == "" {
				t.Errorf("customer %d: %+v", c, out.Tree)
			}
		}
		if c := s.count("boss", object{"rule": json.RawMessage(rule), "as_of": (today - 2).String()}); c.Count != 0 || c.AsOf != today-2 {
			t.Errorf("two days before %+v", c)
		}
		if got := s.refused("boss", "POST", "/audiences/count", 0, object{"rule": json.RawMessage(rule), "as_of": (today + 1).String()}); got != "422 invalid rule.future_day at as_of" {
			t.Error(got)
		}
		var page struct{ Total int64 }
		s.ok("boss", "POST", "/customers/query", 0, object{"filter": json.RawMessage(rule)}, &page)
		if page.Total != 1 {
			t.Errorf("the list has %d", page.Total)
		}
		var cat audience.Catalogue
		s.ok("boss", "GET", "/audiences/catalogue", 0, nil, &cat)
		streams, measures := len(cat.Streams), len(cat.Streams[0].Measures)
		if streams < 3 || cat.Columns != (s.columns != nil) || cat.AsOf != today || len(cat.Aggregates) != 11 || cat.Aggregates[0].Label != "number of times" {
			t.Errorf("catalogue %+v", cat)
		}
		s.who["veiled"].Fields["orders"] = auth.AccessHidden
		s.ok("veiled", "GET", "/audiences/catalogue", 0, nil, &cat)
		if len(cat.Streams) >= streams && len(cat.Streams) > 0 && len(cat.Streams[0].Measures) >= measures {
			t.Errorf("hidden streams are offered: %+v", cat.Streams)
		}
		if got := s.refused("veiled", "POST", "/audiences/count", 0, object{"rule": json.RawMessage(rule)}); !strings.Contains(got, "403") {
			t.Error(got)
		}
	})
}
