package audience_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"zhike/internal/audience"
	"zhike/internal/customer"
	"zhike/internal/platform/clock"
)

// TestFollowOverHTTP: who sees what of changes, sizes and freshness.
func TestFollowOverHTTP(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		f := audience.NewFollower(audience.FollowDeps{DB: s.db, Clock: s.clock, Zone: clock.In(time.UTC), Customers: s.customers})
		f.Tune(audience.Pace{Slow: -1})
		f.Routes(s.api)
		round := func() {
			t.Helper()
			for range 20 {
				s.clock.Advance(3 * time.Second)
				must(t, f.Round(context.Background()))
				if s.columns != nil {
					must(t, s.columns.Settle(t.Context()))
				}
				if st := f.Stats(); st.Waiting == 0 {
					return
				}
			}
			t.Fatalf("%+v", f.Stats())
		}
		var women, spenders audience.Full
		s.ok("boss", "POST", "/audiences", 0, map[string]any{"name": "女", "kind": "dynamic", "rule": map[string]any{"field": "gender", "op": "in", "value": []string{"female"}}}, &women)
		s.ok("boss", "POST", "/audiences", 0, map[string]any{"name": "高", "kind": "dynamic", "rule": map[string]any{"field": "net_365", "op": "gte", "value": 300_000}}, &spenders)
		round()
		for _, i := range []int{1, 30, 2} { // of the seller are the first 20
			g := customer.GenderFemale
			if i == 30 {
				g = customer.GenderMale
			}
			_, err := s.customers.Change(s.as("boss"), customer.Edit{ID: s.ids[i], Patch: customer.Patch{Gender: &g}}, customer.WriteOptions{})
			must(t, err)
			round()
		}
		type page struct {
			Items []struct {
				CustomerID int64 `json:"customer_id"`
				Entered    bool
				Name       string
			}
			NextCursor int64 `json:"next_cursor"`
			More       bool
		}
		read := func(who, query string) (out []string, p page) {
			t.Helper()
			s.ok(who, "GET", fmt.Sprintf("/audiences/%d/changes%s", women.ID, query), 0, nil, &p)
			for _, c := range p.Items {
				out = append(out, fmt.Sprintf("%s%v", c.Name, c.Entered))
			}
			return out, p
		}
		if got, _ := read("boss", ""); !slices.Equal(got, []string{"true", "客户01true", "客户30false", "客户02true"}) {
			t.Errorf("boss: %v", got)
		}
		if got, p := read("boss", "?order=newest&limit=2"); !slices.Equal(got, []string{"客户02true", "客户30false"}) || !p.More {
			t.Errorf("newest: %v %+v", got, p)
		} else if got, p = read("boss", fmt.Sprintf("?order=newest&limit=2&cursor=%d", p.NextCursor)); !slices.Equal(got, []string{"客户01true", "true"}) || p.More {
			t.Errorf("before them: %v %+v", got, p)
		}
		if got, p := read("seller", ""); !slices.Equal(got, []string{"true", "客户01true", "客户02true"}) || p.More {
			t.Errorf("seller: %v", got)
		}
		if got, p := read("seller", "?limit=2"); len(got) != 2 || !p.More {
			t.Errorf("seller: %v, %+v", got, p)
		} else if got, _ = read("seller", fmt.Sprintf("?limit=2&cursor=%d", p.NextCursor)); !slices.Equal(got, []string{"客户02true"}) {
			t.Errorf("seller, further: %v", got)
		}
		var sizes struct {
			Items []struct {
				Day                 string
				Size, Entered, Left int64
			}
		}
		s.ok("boss", "GET", fmt.Sprintf("/audiences/%d/sizes?days=5", women.ID), 0, nil, &sizes)
		if n := len(sizes.Items); n != 1 || sizes.Items[0].Size != 21 || sizes.Items[0].Entered != 2 || sizes.Items[0].Left != 1 || sizes.Items[0].Day != today.String() {
			t.Errorf("%+v", sizes)
		}
		s.clock.Advance(3 * 24 * time.Hour) // nobody looked in between
		round()
		s.ok("boss", "GET", fmt.Sprintf("/audiences/%d/sizes?days=5", women.ID), 0, nil, &sizes)
		if n := len(sizes.Items); n != 4 || sizes.Items[1].Size != 21 || sizes.Items[3].Size != 21 || sizes.Items[2].Entered != 0 {
			t.Errorf("%+v", sizes)
		}
		var fresh struct{ Items []audience.Fresh }
		s.ok("boss", "GET", fmt.Sprintf("/audiences/freshness?ids=%d,%d,999", women.ID, spenders.ID), 0, nil, &fresh)
		now := clock.Millis(s.clock.Now())
		if len(fresh.Items) != 2 || fresh.Items[0].Size != 21 || !fresh.Items[0].Followed || fresh.Items[0].FreshAt != now || fresh.Items[0].LagMS != 0 || fresh.Items[1].Size != 30 {
			t.Errorf("%+v at %d", fresh, now)
		}
		s.ok("seller", "GET", fmt.Sprintf("/audiences/freshness?ids=%d", women.ID), 0, nil, &fresh)
		if fresh.Items[0].Size != -1 {
			t.Errorf("a seller is told the size %d", fresh.Items[0].Size)
		}
		for _, c := range []struct{ who, target, want string }{
			{"seller", fmt.Sprintf("/audiences/%d/sizes", women.ID), "audience.sizes_scope"},
			{"veiled", fmt.Sprintf("/audiences/%d/sizes", spenders.ID), "customer.field_hidden"},
			{"veiled", fmt.Sprintf("/audiences/%d/changes", spenders.ID), "customer.field_hidden"},
			{"blind", fmt.Sprintf("/audiences/%d/changes", women.ID), "forbidden"},
			{"boss", "/audiences/999/changes", "audience.not_found"},
			{"boss", "/audiences/999/sizes", "audience.not_found"},
			{"boss", "/audiences/freshness", "invalid"},
			{"boss", fmt.Sprintf("/audiences/%d/changes?cursor=99999", women.ID), "invalid"},
			{"boss", fmt.Sprintf("/audiences/%d/changes?surplus=1", women.ID), "invalid"},
		} {
			w := s.send(c.who, http.MethodGet, c.target, 0, nil)
			if w.Code < 400 || w.Code >= 500 || !strings.Contains(w.Body.String(), `"`+c.want+`"`) {
				t.Errorf("%s as %s: %d %s, want %s", c.target, c.who, w.Code, w.Body, c.want)
			}
		}
	})
}
