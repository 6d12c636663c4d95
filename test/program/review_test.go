package program

import (
	"fmt"
	"net/url"
	"testing"
	"time"
)

// A run that a panel decides about, through the browser's routes and the real
// jobs: nothing is in force before it is published, and everybody concerned is
// told once.
func TestAPanelDecides(t *testing.T) {
	in := newInstall(t, "")
	s := in.serve()
	defer s.stop()
	admin := s.signIn(s.login, s.secret)
	admin.must("POST", "/session/password", map[string]string{"current": s.secret, "new": password}, nil)
	var me struct {
		Staff struct {
			ID int64 `json:"id"`
		} `json:"staff"`
	}
	admin.must("GET", "/session", nil, &me)
	wait := func(what, path string, done func(v map[string]any) bool) map[string]any {
		t.Helper()
		for range 300 {
			var v map[string]any
			admin.must("GET", path, nil, &v)
			if done(v) {
				return v
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Fatal("waiting for", what)
		return nil
	}
	run := func() int64 {
		t.Helper()
		var r struct {
			ID int64 `json:"id"`
		}
		admin.must("POST", "/tiering/runs", map[string]any{"scheme": "value-rules"}, &r)
		wait("the run", fmt.Sprintf("/tiering/runs/%d", r.ID), func(v map[string]any) bool { return v["status"] == "finished" })
		return r.ID
	}
	var first, second struct {
		ID int64 `json:"id"`
	}
	admin.must("POST", "/customers", map[string]any{"name": "甲公司", "contacts": []any{}}, &first)
	run()
	admin.must("PUT", "/tiering/dimensions/value/panel", map[string]any{"dimension": "value", "members": []any{map[string]any{"staff_id": me.Staff.ID, "department_id": 0, "deputy_id": 0}},
		"reach": "all", "rule": "majority", "quorum": 1, "days": 7, "on_deadline": "keep", "version": 0, "updated_at": 0}, nil)
	var d struct {
		Items []struct {
			Code    string `json:"code"`
			Version int    `json:"version"`
		} `json:"items"`
	}
	admin.must("GET", "/tiering/dimensions", nil, &d)
	review := map[string]any{"review": true, "version": d.Items[0].Version}
	if status, answer := admin.do("PATCH", "/tiering/dimensions/value", review, nil); status != 409 {
		t.Fatalf("without an assessment: %d %s", status, answer)
	}
	admin.must("POST", "/tiering/assessments", map[string]any{"dimension": "value", "scheme": "value-rules", "purpose": "分级服务", "necessity": "必要", "impact": "小", "measures": "人工审核"}, nil)
	admin.must("PATCH", "/tiering/dimensions/value", review, nil)
	admin.must("POST", "/customers", map[string]any{"name": "乙公司", "contacts": []any{}}, &second)
	var v struct {
		ID int64 `json:"id"`
	}
	admin.must("POST", "/tiering/reviews", map[string]any{"run_id": run()}, &v)
	path := fmt.Sprintf("/tiering/reviews/%d", v.ID)
	if got := wait("the moves", path, func(v map[string]any) bool { return v["step"] == "open" }); got["moves"] != 1.0 {
		t.Fatal(got)
	}
	admin.must("POST", path+"/decide", map[string]any{"act": "overrule", "customer_id": second.ID, "level": "high", "reason": "集团客户"}, nil)
	admin.must("GET", fmt.Sprintf("%s/moves/%d", path, second.ID), nil, nil)
	if status, _ := admin.do("GET", path+"/moves?nonsense=1", nil, nil); status != 422 {
		t.Errorf("an unknown filter: %d", status)
	}
	admin.must("POST", path+"/publish", map[string]any{}, nil)
	wait("the levels", path, func(v map[string]any) bool { return v["step"] == "closed" })
	var steps struct {
		Items []struct {
			By, Reason, From, To string
		} `json:"items"`
	}
	admin.must("GET", fmt.Sprintf("/customers/%d/levels", second.ID), nil, &steps)
	if len(steps.Items) != 2 || steps.Items[0].By != "panel" || steps.Items[0].Reason != "集团客户" || steps.Items[0].From != steps.Items[1].To {
		t.Errorf("%+v", steps)
	}
	var told struct {
		Unread int64 `json:"unread"`
		Items  []struct {
			Kind string `json:"kind"`
		} `json:"items"`
	}
	admin.must("GET", "/notices", nil, &told)
	if told.Unread != 2 && told.Unread != 3 || told.Items[len(told.Items)-1].Kind != "review_opened" {
		t.Errorf("%+v", told)
	}
	admin.must("POST", "/tiering/dimensions/value/hand", map[string]any{"customer_id": second.ID, "level": "mid", "reason": "更正"}, nil)
	admin.must("PUT", fmt.Sprintf("/customers/%d/hand-only", second.ID), map[string]any{"on": true, "reason": "本人要求"}, nil)
	var list struct {
		Items []struct {
			ID int64 `json:"id"`
		} `json:"items"`
	}
	// Lists learn of another run in force after some seconds.
	for range 100 {
		if status, _ := admin.do("GET", "/customers?filter="+url.QueryEscape(`{"field":"level","op":"in","value":["mid"]}`), nil, &list); status == 200 && len(list.Items) > 0 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if len(list.Items) != 1 || list.Items[0].ID != second.ID {
		t.Errorf("lists read the level in force: %+v", list)
	}
}
