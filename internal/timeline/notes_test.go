package timeline

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

const secretText = "客户说预算三十万，孩子叫小明 <script>alert(1)</script>"

func TestNoteIsWrittenEditedAndDeleted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d)
		at := clock.Millis(f.clock.Now()) - 3_600_000
		n := f.note(t, "seller", "1", fmt.Sprintf(`{"kind":"call","at":%d,"direction":"out","subject":" 回访\n","text":%q,"outcome":"reached","colleagues":[4,4,3],
 "next_step":{"text":"寄样品","due":"2024-10-07","staff_id":4}}`, at, secretText))
		if n.Subject != "回访" || n.Text != secretText || n.Day != today || n.Author.Name != "小李" || !n.CanEdit || n.CanDelete || n.Version != 1 ||
			len(n.Colleagues) != 1 || n.Colleagues[0].Name != "老王" || n.NextStep.Person.Name != "老王" || n.NextStep.Due.String() != "2024-10-07" || !n.NextStep.CanFinish {
			t.Fatalf("%+v %+v", n, n.NextStep)
		}
		if c := f.count(t, `SELECT last_contact_at FROM customers WHERE id = 1`); c != at {
			t.Errorf("last contact %d, want %d", c, at)
		}
		// Nothing readable anywhere but in the answer.
		var raw []byte
		must(t, d.Q(context.Background()).QueryRowContext(context.Background(), `SELECT body_cipher FROM customer_notes`).Scan(&raw))
		if bytes.Contains(raw, []byte("预算")) {
			t.Error("the text is not sealed")
		}
		if c := f.count(t, `SELECT COUNT(*) FROM audit_log WHERE action = 'note.created' AND after_data NOT LIKE '%预算%' AND after_data NOT LIKE '%回访%'`); c != 1 {
			t.Errorf("%d audit entries", c)
		}
		if len(f.told.events) != 1 || f.told.events[0] != (NoteWritten{n.ID, 1, "call", "created"}) {
			t.Errorf("events %+v", f.told.events)
		}

		edit := fmt.Sprintf(`{"version":1,"kind":"visit","at":%d,"direction":"out","subject":"上门","text":"换成上门","colleagues":[],"next_step":{"text":"寄样品","due":"2024-10-07","staff_id":4}}`, at+1000)
		path := fmt.Sprint("/notes/", n.ID)
		for actor, want := range map[string]int{"head": 403, "boss": 403, "other": 404, "viewer": 403, "nobody": 403} {
			if w := f.call(t, actor, "PUT", path, edit, nil); w.Code != want {
				t.Errorf("%s edits: %d %s", actor, w.Code, w.Body)
			}
		}
		var e Note
		if w := f.call(t, "seller", "PUT", path, edit, &e); w.Code != 200 || e.Version != 2 || e.Kind != "visit" || e.Outcome != "" || len(e.Colleagues) != 0 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if w := f.call(t, "seller", "PUT", path, edit, nil); w.Code != 409 || !strings.Contains(w.Body.String(), "note.changed") {
			t.Errorf("an old version: %d %s", w.Code, w.Body)
		}
		if c := f.count(t, `SELECT last_contact_at FROM customers WHERE id = 1`); c != at+1000 {
			t.Errorf("last contact %d after the edit", c)
		}
		w := f.call(t, "head", "GET", path+"/history", "", nil)
		if w.Code != 200 || !strings.Contains(w.Body.String(), "孩子叫小明") || !strings.Contains(w.Body.String(), `"version":1`) {
			t.Errorf("history: %d %s", w.Code, w.Body)
		}
		f.clock.Advance(30 * 24 * time.Hour)
		if w := f.call(t, "seller", "PUT", path, strings.Replace(edit, `"version":1`, `"version":2`, 1), nil); w.Code != 409 || !strings.Contains(w.Body.String(), "note.edit_over") {
			t.Errorf("after 30 days: %d %s", w.Code, w.Body)
		}
		for actor, want := range map[string]int{"seller": 403, "other": 404, "boss": 204} {
			if actor == "boss" {
				continue
			}
			if w := f.call(t, actor, "DELETE", path, "", nil); w.Code != want {
				t.Errorf("%s deletes: %d %s", actor, w.Code, w.Body)
			}
		}
		if w := f.call(t, "boss", "DELETE", path, "", nil); w.Code != 204 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		for _, table := range []string{"customer_notes", "note_revisions", "note_steps", "note_colleagues"} {
			if c := f.count(t, `SELECT COUNT(*) FROM `+table); c != 0 {
				t.Errorf("%d rows left in %s", c, table)
			}
		}
	})
}

func TestBadNotes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d)
		now := clock.Millis(f.clock.Now())
		long := strings.Repeat("字", 10_001)
		for body, code := range map[string]string{
			`{"kind":"call"}`:                                                                      "note.empty",
			`{"kind":"call","text":" \n\t "}`:                                                      "note.empty",
			`{"kind":"dance","text":"x"}`:                                                          "kind",
			`{"kind":"call","text":"` + long + `"}`:                                                "text",
			`{"kind":"call","text":"x","at":1}`:                                                    "note.too_old",
			`{"kind":"call","text":"x","outcome":1}`:                                               "outcome",
			`{"kind":"call","text":"x","direction":"up"}`:                                          "direction",
			fmt.Sprintf(`{"kind":"call","text":"x","at":%d}`, now+600_000):                         "note.in_future",
			`{"kind":"call","text":"x","at":9007199254740991}`:                                     "note.in_future",
			`{"kind":"call","text":"x","colleagues":[99]}`:                                         "note.no_person",
			`{"kind":"call","text":"x","colleagues":[9]}`:                                          "note.no_person",
			`{"kind":"call","text":"x","next_step":{"text":" ","due":"2024-10-07"}}`:               "note.step_empty",
			`{"kind":"call","text":"x","next_step":{"text":"y","due":"2024-10-03"}}`:               "note.due_past",
			`{"kind":"call","text":"x","next_step":{"text":"y","due":"2124-10-03"}}`:               "note.due_far",
			`{"kind":"call","text":"x","next_step":{"text":"y","due":"2024-13-03"}}`:               "note.bad_day",
			`{"kind":"call","text":"x","next_step":{"text":"y","due":"2024-10-07","staff_id":99}}`: "note.no_person",
		} {
			if w := f.call(t, "seller", "POST", "/customers/1/notes", body, nil); w.Code != 422 || !strings.Contains(w.Body.String(), code) {
				t.Errorf("%.60s: %d %s", body, w.Code, w.Body)
			}
		}
		if c := f.count(t, `SELECT COUNT(*) FROM customer_notes`) + f.count(t, `SELECT COUNT(*) FROM audit_log`) + f.count(t, `SELECT COUNT(*) FROM note_steps`); c != 0 || len(f.told.events) != 0 {
			t.Errorf("%d rows were written", c)
		}
	})
}

// Whoever may not see a customer, or may not write, gets refused by every
// route, and nothing is written.
func TestNobodyWritesOutsideTheScope(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d)
		n := f.note(t, "seller", "1", `{"kind":"call","text":"x","next_step":{"text":"y","due":"2024-10-07"}}`)
		a, w := f.upload(t, "seller", n.ID, "a.png", pngFile)
		if w.Code != 201 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		state := func() string {
			s := ""
			for _, table := range []string{"customer_notes", "note_revisions", "note_steps", "note_colleagues", "note_attachments", "audit_log"} {
				s += fmt.Sprint(f.count(t, `SELECT COUNT(*) FROM `+table), " ")
			}
			return s + fmt.Sprint(f.count(t, `SELECT SUM(version) + SUM(updated_at) FROM customer_notes`), f.count(t, `SELECT SUM(done_at) FROM note_steps`),
				f.count(t, `SELECT last_contact_at FROM customers WHERE id = 1`), len(f.told.events), len(f.filesOnDisk(t)))
		}
		before := state()
		id, file := fmt.Sprint("/notes/", n.ID), fmt.Sprint("/attachments/", a.ID)
		body := `{"kind":"call","text":"z"}`
		for _, r := range []struct{ method, target, body string }{
			{"GET", "/customers/1/timeline", ""}, {"GET", "/customers/1/portrait", ""}, {"GET", "/customers/1/spend-by-month", ""},
			{"POST", "/customers/1/notes", body}, {"GET", id, ""}, {"PUT", id, `{"version":1,` + body[1:]}, {"DELETE", id, ""},
			{"GET", id + "/history", ""}, {"PUT", id + "/next-step", `{"done":true}`}, {"GET", file, ""}, {"DELETE", file, ""},
		} {
			if w := f.call(t, "other", r.method, r.target, r.body, nil); w.Code != 404 {
				t.Errorf("another department: %s %s: %d %s", r.method, r.target, w.Code, w.Body)
			}
			if w := f.call(t, "nobody", r.method, r.target, r.body, nil); w.Code != 403 {
				t.Errorf("without permission: %s %s: %d", r.method, r.target, w.Code)
			}
		}
		for actor, want := range map[string]int{"other": 404, "viewer": 403, "nobody": 403, "head": 403} {
			if _, w := f.upload(t, actor, n.ID, "b.pdf", "%PDF-1.7"); w.Code != want {
				t.Errorf("%s uploads: %d %s", actor, w.Code, w.Body)
			}
		}
		if w := f.call(t, "viewer", "PUT", id+"/next-step", `{"done":true}`, nil); w.Code != 403 {
			t.Errorf("a viewer finishes a step: %d", w.Code)
		}
		if after := state(); after != before {
			t.Errorf("something was written: %s, then %s", before, after)
		}
	})
}

func TestLastContact(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d)
		at := clock.Millis(f.clock.Now())
		want := int64(0)
		for i, c := range []struct {
			kind, outcome string
			counts        bool
		}{{"note", "", false}, {"complaint", "", false}, {"call", "no_answer", false}, {"call", "reached", true}, {"visit", "", true}, {"message", "", true}, {"consultation", "solved", true}} {
			when := at - int64(100-i)*1000
			f.note(t, "seller", "1", fmt.Sprintf(`{"kind":%q,"outcome":%q,"text":"x","at":%d}`, c.kind, c.outcome, when))
			if c.counts {
				want = when
			}
			if got := f.count(t, `SELECT last_contact_at FROM customers WHERE id = 1`); got != want {
				t.Errorf("after %s %s: %d, want %d", c.kind, c.outcome, got, want)
			}
		}
		f.note(t, "seller", "1", fmt.Sprintf(`{"kind":"call","text":"noted late","at":%d}`, at-1_000_000))
		if got := f.count(t, `SELECT last_contact_at FROM customers WHERE id = 1`); got != want {
			t.Errorf("an older one lowers it to %d", got)
		}
	})
}

func TestNextSteps(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d)
		var ids []int64
		for i, due := range []string{"2024-10-04", "2024-10-05", "2024-10-04", "2024-10-20"} {
			n := f.note(t, "head", "1", fmt.Sprintf(`{"kind":"call","subject":"主题%d","text":"x","next_step":{"text":"做%d","due":%q,"staff_id":3}}`, i, i, due))
			ids = append(ids, n.ID)
		}
		f.clock.Advance(24 * time.Hour)
		var s Steps
		f.call(t, "seller", "GET", "/notes/next-steps", "", &s)
		if len(s.Items) != 3 || s.Overdue != 2 || s.DueToday != 1 || s.Items[0].NoteID != ids[0] || !s.Items[0].Overdue || s.Items[2].Overdue ||
			s.Items[0].Text != "做0" || s.Items[0].Subject != "主题0" || s.Items[0].CustomerName != "王小明" || s.Items[0].Person.Name != "小李" {
			t.Fatalf("%+v", s)
		}
		// Page by page, while one is done in between.
		var got []int64
		cursor := ""
		for {
			var p Steps
			f.call(t, "seller", "GET", "/notes/next-steps?state=open&limit=1&cursor="+cursor, "", &p)
			for _, it := range p.Items {
				got = append(got, it.NoteID)
				if w := f.call(t, "seller", "PUT", fmt.Sprintf("/notes/%d/next-step", it.NoteID), `{"done":true}`, nil); w.Code != 200 {
					t.Fatalf("%d %s", w.Code, w.Body)
				}
			}
			if p.NextCursor == nil {
				break
			}
			cursor = *p.NextCursor
		}
		if fmt.Sprint(got) != fmt.Sprint([]int64{ids[0], ids[2], ids[1], ids[3]}) {
			t.Errorf("order %v of %v", got, ids)
		}
		f.call(t, "seller", "GET", "/notes/next-steps?state=done", "", &s)
		if len(s.Items) != 4 || s.Overdue+s.DueToday != 0 || s.Items[0].DoneAt == nil {
			t.Errorf("done: %+v", s)
		}
		events := len(f.told.events)
		for range 2 { // undo, twice
			if w := f.call(t, "head", "PUT", fmt.Sprintf("/notes/%d/next-step", ids[0]), `{"done":false}`, nil); w.Code != 200 {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		}
		if len(f.told.events) != events+1 {
			t.Errorf("%d events for one undo", len(f.told.events)-events)
		}
		f.call(t, "seller", "GET", "/notes/next-steps", "", &s)
		if len(s.Items) != 1 || s.Overdue != 1 {
			t.Errorf("after undo: %+v", s)
		}
		// The customer goes to another department: the step is not shown any more.
		f.exec(t, `UPDATE customers SET owner_id = 6, department_id = 20 WHERE id = 1`)
		f.call(t, "seller", "GET", "/notes/next-steps?state=open", "", &s)
		if len(s.Items) != 0 || s.Overdue != 0 {
			t.Errorf("of a customer out of sight: %+v", s)
		}
		if w := f.call(t, "seller", "GET", "/notes/next-steps?state=open&cursor=WzEsMl0x", "", nil); w.Code != 422 {
			t.Errorf("bad cursor: %d", w.Code)
		}
	})
}

// An edit that leaves the step alone leaves it done; another step is open.
func TestEditKeepsADoneStep(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d)
		n := f.note(t, "seller", "1", `{"kind":"call","text":"x","next_step":{"text":"y","due":"2024-10-04"}}`)
		path := fmt.Sprint("/notes/", n.ID)
		f.call(t, "seller", "PUT", path+"/next-step", `{"done":true}`, nil)
		f.clock.Advance(48 * time.Hour) // the due day has passed
		for i, c := range []struct {
			step string
			done bool
			due  int64
		}{{`,"next_step":{"text":"y","due":"2024-10-04"}`, true, 1}, {`,"next_step":{"text":"z","due":"2024-10-08"}`, false, 1}, {``, false, 0}} {
			var e Note
			if w := f.call(t, "seller", "PUT", path, fmt.Sprintf(`{"version":%d,"kind":"call","text":"x2"%s}`, i+1, c.step), &e); w.Code != 200 {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			if (e.NextStep != nil && e.NextStep.DoneAt != nil) != c.done || f.count(t, `SELECT COUNT(*) FROM note_steps`) != c.due {
				t.Errorf("%d: %+v", i, e.NextStep)
			}
		}
	})
}
