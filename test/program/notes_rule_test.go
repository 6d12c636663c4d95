package program

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// Who complained, and whom nobody reached, can be asked for: as soon as a note is
// written, edited or deleted, from memory as by SQL.
func TestNotesAreFactsOfRules(t *testing.T) {
	onBoth(t, func(t *testing.T, in *install) {
		s := in.serve()
		admin := s.signIn(s.login, s.secret)
		admin.must("POST", "/session/password", map[string]string{"current": s.secret, "new": password}, nil)
		var ids []int64
		for i := range 3 {
			var made struct{ ID int64 }
			admin.must("POST", "/customers", map[string]any{"name": fmt.Sprintf("客户%d", i)}, &made)
			ids = append(ids, made.ID)
		}
		rule := func(field, word string, times int) string {
			return fmt.Sprintf(`{"facts":{"stream":"notes","agg":"count","where":[{"field":%q,"op":"in","value":[%q]}],"window":{"last":90}},"op":"gte","value":%d}`, field, word, times)
		}
		count := func(want int64, rule string) {
			t.Helper()
			var n struct {
				Count    int64
				Sentence string
			}
			admin.must("POST", "/audiences/count", map[string]any{"rule": json.RawMessage(rule)}, &n)
			if n.Count != want || !strings.Contains(n.Sentence, "跟进记录") {
				t.Errorf("%+v, want %d of %s", n, want, rule)
			}
		}
		complained, unreached := rule("kind", "complaint", 1), rule("outcome", "no_answer", 2)
		count(0, complained)
		type note struct {
			ID      int64
			Version int
		}
		write := func(id int64, kind, outcome string) (n note) {
			admin.must("POST", fmt.Sprintf("/customers/%d/notes", id), map[string]any{"kind": kind, "outcome": outcome, "text": "包装破损"}, &n)
			return n
		}
		n := write(ids[0], "complaint", "open")
		write(ids[1], "call", "no_answer")
		count(1, complained)
		count(0, unreached)
		write(ids[1], "message", "no_answer")
		count(1, unreached)
		admin.must("PUT", fmt.Sprintf("/notes/%d", n.ID), map[string]any{"kind": "visit", "text": "上门换货", "version": n.Version}, nil)
		count(0, complained)
		write(ids[2], "complaint", "")
		n = write(ids[0], "complaint", "solved")
		count(2, complained)
		admin.must("DELETE", fmt.Sprintf("/notes/%d", n.ID), nil, nil)
		count(1, complained)
	})
}
