package audience_test

import (
	"strings"
	"testing"

	"zhike/internal/audience"
)

// Names and descriptions stay as they were written; names are compared in one width.
func TestWordsStay(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		var a audience.Full
		s.ok("boss", "POST", "/audiences", 0, object{
			"name": " 老客（北京） ", "kind": "static", "description": "买过两次，\u202e近一年\n没来：请回访",
		}, &a)
		if a.Name != "老客（北京）" || a.Description != "买过两次，近一年 没来：请回访" {
			t.Errorf("%q, %q", a.Name, a.Description)
		}
		got := s.refused("boss", "POST", "/audiences", 0, object{"name": "老客(北京)", "kind": "static"})
		if !strings.Contains(got, "audience.name_taken") {
			t.Error(got)
		}
	})
}
