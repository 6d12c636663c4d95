package org

import (
	"context"
	"testing"
	"time"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// Office hours are the company's: read by everybody, changed by whoever manages
// settings, refused where they make no sense, with nothing changed then.
func TestWorkHours(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		admin := k.admin()
		agent, _ := k.signedIn(admin, "li.na", "agent", k.root())
		std := admin.do("GET", "/settings/hours", nil).want(t, 200)
		if len(std.body["week"].([]any)) != 7 || std.body["holidays"] != true || len(std.body["known_years"].([]any)) < 2 {
			t.Fatal(std.raw)
		}
		span := func(from, to string) map[string]any { return map[string]any{"from": from, "to": to} }
		spans := func(list ...any) map[string]any { return map[string]any{"spans": append([]any{}, list...)} }
		week := func(of map[string]any, closed int) []any {
			out := []any{}
			for i := range 7 {
				if i >= 7-closed {
					of = spans()
				}
				out = append(out, of)
			}
			return out
		}
		day := func(text string, list ...any) map[string]any {
			return map[string]any{"day": text, "note": "", "spans": append([]any{}, list...)}
		}
		in := func(week []any, days ...any) map[string]any {
			return map[string]any{"week": week, "holidays": false, "days": append([]any{}, days...)}
		}
		agent.do("PUT", "/settings/hours", in(week(spans(span("10:00", "19:00")), 1))).want(t, 403)
		for at, bad := range map[string]map[string]any{
			"week[0].spans[0].from": in(week(spans(span("9", "12:00")), 2)),
			"week[0].spans[1].from": in(week(spans(span("09:00", "12:00"), span("11:00", "18:00")), 2)),
			"week[6].spans[0].to":   in(week(spans(span("09:00", "24:30")), 0)),
			"week":                  in(week(spans(), 0)),
			"days[0].day":           in(week(spans(span("09:00", "12:00")), 2), day("2026-02-30")),
			"days[1].day":           in(week(spans(span("09:00", "12:00")), 2), day("2026-12-31"), day("2026-12-31")),
		} {
			a := admin.do("PUT", "/settings/hours", bad).want(t, 422)
			found := false
			for _, f := range a.body["errors"].([]any) {
				found = found || f.(map[string]any)["path"] == at
			}
			if !found {
				t.Errorf("%s: %s", at, a.raw)
			}
		}
		if a := admin.do("GET", "/settings/hours", nil).want(t, 200); a.raw != std.raw {
			t.Errorf("what was refused changed something: %s", a.raw)
		}
		admin.do("PUT", "/settings/hours", in(week(spans(span("10:00", "12:00"), span("13:00", "24:00")), 1), day("2026-11-24"), day("2026-11-22", span("10:00", "11:00")))).want(t, 200)
		h, err := k.s.Hours(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		zone := time.FixedZone("CST", 8*3600)
		// Sunday's own hour, Monday's last three, Tuesday off.
		got, err := h.After(time.Date(2026, 11, 22, 8, 0, 0, 0, zone), 15*time.Hour, zone)
		if err != nil || !got.Equal(time.Date(2026, 11, 25, 11, 0, 0, 0, zone)) {
			t.Errorf("fifteen hours on: %s, %v", got.In(zone), err)
		}
		holiday, _ := clock.ParseDay("2026-10-01")
		if len(h.Spans(holiday)) != 2 || !h.Known(2099) {
			t.Error("holidays count though the company works through them")
		}
	})
}

// Who leads a department is told of its people; who is gone, or is meant, is not.
func TestHeads(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		admin := k.admin()
		ctx := auth.With(context.Background(), auth.System("test"))
		var top, below int64
		dep := func(name string, parent any) int64 {
			return int64(admin.do("POST", "/departments", map[string]any{"name": name, "parent_id": parent}).want(t, 201).body["id"].(float64))
		}
		top = dep("服务部", nil)
		below = dep("一组", top)
		_, boss := k.signedIn(admin, "boss", "agent", top)
		_, lead := k.signedIn(admin, "lead", "agent", below)
		path := func(id int64) string { return "/departments/" + idText(id) }
		a := admin.do("PATCH", path(top), map[string]any{"head_id": boss}).want(t, 200)
		if a.body["head_id"] != float64(boss) {
			t.Fatal(a.raw)
		}
		admin.do("PATCH", path(below), map[string]any{"head_id": lead}).want(t, 200)
		admin.do("PATCH", path(below), map[string]any{"head_id": 9999}).want(t, 422)
		admin.do("PATCH", path(below), map[string]any{"name": "第一组"}).want(t, 200)
		head := func(department, but, want int64) {
			t.Helper()
			if got, err := k.s.HeadOf(ctx, department, but); err != nil || got != want {
				t.Errorf("head of %d but %d: %d, want %d (%v)", department, but, got, want, err)
			}
		}
		head(below, 0, lead)
		head(below, lead, boss)
		head(top, boss, 0)
		admin.do("PATCH", "/staff/"+idText(lead), map[string]any{"disabled": true}).want(t, 200)
		head(below, 0, boss)
		if got, err := k.s.Members(ctx, below, 0, 9); err != nil || len(got) != 0 {
			t.Errorf("members: %v %v", got, err)
		}
		admin.do("PATCH", path(top), map[string]any{"head_id": nil}).want(t, 200)
		head(below, 0, 0)
	})
}
