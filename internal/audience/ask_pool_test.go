package audience_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"zhike/internal/audience"
)

// TestPoolIsTold: of a customer of the pool, whom a reader sees though no list
// of his own has it, one hears the same as of others.
func TestPoolIsTold(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		id := s.make("boss", "浙江女士", both(zhejiang, women))
		customer := s.ids[54]
		s.ok("boss", "POST", fmt.Sprintf("/customers/%d/release", customer), 0, object{"reason": "无人跟进"}, nil)
		var m audience.Membership
		if s.ok("seller", "GET", at(id, fmt.Sprintf("/customers/%d", customer)), 0, nil, &m); !m.Member {
			t.Errorf("belongs: %+v", m)
		}
		var all audience.OfCustomer
		if s.ok("seller", "GET", fmt.Sprintf("/customers/%d/audiences", customer), 0, nil, &all); len(all.Items) != 1 || all.Items[0].ID != id {
			t.Errorf("audiences of the customer: %+v", all)
		}
		var why audience.Explained
		s.ok("seller", "POST", "/audiences/explain", 0, object{"rule": json.RawMessage(women), "customer_id": customer}, &why)
		if !why.Holds || why.Name == "" {
			t.Errorf("explained: %+v", why)
		}
		if c := s.count("seller", object{"audience_id": id}); c.Total != 20 {
			t.Errorf("counts what is not the seller's: %+v", c)
		}
	})
}
