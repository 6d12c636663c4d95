package audience_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"zhike/internal/audience"
	"zhike/internal/platform/auth"
)

// The audiences of a customer are kept read and compiled between questions;
// every write of an audience shows at once, and what one reader may ask for
// opens nothing to another.
func TestOfCustomerAfterWrites(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		rule := func(op string) string {
			return `{"facts":{"stream":"orders","agg":"count","window":{"last":90}},"op":"` + op + `","value":1}`
		}
		id := s.make("boss", "沉默", rule("lt"))
		other := s.make("boss", "浙江", zhejiang)
		of := func(who string, want string) {
			t.Helper()
			for range 2 { // the second time from what is kept
				var all audience.OfCustomer
				s.ok(who, "GET", fmt.Sprintf("/customers/%d/audiences", s.ids[6]), 0, nil, &all)
				got := ""
				for _, r := range all.Items {
					got += r.Name + " "
				}
				for _, r := range all.Unknown {
					got += "?" + r.Name + " "
				}
				if got != want {
					t.Errorf("%s is told %q, want %q", who, got, want)
				}
			}
		}
		s.who["veiled"].Fields["orders"] = auth.AccessHidden
		of("boss", "沉默 浙江 ")
		of("veiled", "浙江 ?沉默 ")
		of("boss", "沉默 浙江 ")
		s.ok("boss", "PATCH", at(id, ""), 1, object{"rule": json.RawMessage(rule("gte"))}, nil)
		of("boss", "浙江 ")
		s.ok("boss", "PATCH", at(id, ""), 2, object{"rule": json.RawMessage(rule("eq"))}, nil)
		of("boss", "浙江 ")
		s.ok("boss", "PATCH", at(id, ""), 3, object{"rule": json.RawMessage(rule("ne"))}, nil)
		of("boss", "沉默 浙江 ")
		s.ok("boss", "PATCH", at(other, ""), 1, object{"name": "江浙"}, nil)
		of("boss", "江浙 沉默 ")
		s.ok("boss", "POST", at(id, "/archive"), 0, nil, nil)
		of("boss", "江浙 ")
		s.ok("boss", "POST", at(id, "/restore"), 0, nil, nil)
		of("boss", "江浙 沉默 ")
		s.ok("boss", "DELETE", at(other, ""), 0, nil, nil)
		of("boss", "沉默 ")
	})
}
