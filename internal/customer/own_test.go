package customer_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"zhike/internal/customer"
	"zhike/internal/field"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// ownSite is a site where the custom field "plan" is required.
func ownSite(t *testing.T, d *db.DB) (*listSite, string) {
	t.Helper()
	s := listSetup(t, d, 2)
	ctx := s.as("boss")
	must(t, d.InTx(ctx, func(ctx context.Context) error {
		_, err := d.Q(ctx).ExecContext(ctx, `INSERT INTO id_sequences (name, next) VALUES ('source', 10)`)
		return err
	}))
	yes := true
	_, err := s.fields.Update(ctx, s.defs["plan"].ID, field.Patch{Required: &yes})
	must(t, err)
	s.who["plain"] = &auth.Actor{StaffID: 1, Name: "plain", Scope: auth.ScopeAll, Permissions: perms(customer.PermView, customer.PermCreate, customer.PermEdit)}
	return s, strings.Join([]string{"customers", "contacts", "customer_values", "customer_tags", "customer_changes", "customer_feed", "audit_log"}, ",")
}

func TestCreateWithFieldsAndTags(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, tables := ownSite(t, d)
		before := s.fixture.dump(t, strings.Split(tables, ",")...)
		for name, c := range map[string]struct{ who, body, code, path string }{
			"required":     {"boss", `{"name":"甲","fields":{"score":"1.5"}}`, "field.required", "fields.plan"},
			"no option":    {"boss", `{"name":"甲","fields":{"plan":"platinum"}}`, "field.", "fields.plan"},
			"unknown":      {"boss", `{"name":"甲","fields":{"plan":"gold","nothing":1}}`, "field.unknown", "fields.nothing"},
			"no such tag":  {"boss", `{"name":"甲","fields":{"plan":"gold"},"tag_ids":[99999]}`, "tag.not_found", "tag_ids"},
			"without name": {"boss", `{"fields":{"plan":"gold"}}`, "customer.name_missing", "name"},
		} {
			status, got := s.problem(t, c.who, "POST", "/customers", c.body)
			if status != 422 || !strings.Contains(got, c.code) || !strings.Contains(got, " at "+c.path) {
				t.Errorf("%s: %d %s, want %s at %s", name, status, got, c.code, c.path)
			}
		}
		if status, got := s.problem(t, "plain", "POST", "/customers", fmt.Sprintf(`{"name":"甲","fields":{"plan":"gold"},"tag_ids":[%d]}`, s.tagIDs[0])); status != 403 {
			t.Errorf("tags without tag.assign: %d %s", status, got)
		}
		if after := s.fixture.dump(t, strings.Split(tables, ",")...); after != before {
			t.Error("a refused creation wrote something")
		}

		r := s.record(t, "boss", "POST", "/customers", "", fmt.Sprintf(
			`{"name":"顾一","fields":{"plan":"gold","likes":["tea","golf"],"score":"1.5"},"tag_ids":[%d,%d]}`, s.tagIDs[0], s.tagIDs[2]))
		if r.Version != 1 {
			t.Errorf("version %d: made in one go it is the first", r.Version)
		}
		values, err := s.fields.Values(s.as("boss"), []int64{r.ID})
		must(t, err)
		tags, err := s.tags.Of(s.as("boss"), []int64{r.ID})
		must(t, err)
		if v := values[r.ID]; v["plan"].Text != "gold" || v["score"].Num != 150 || len(v["likes"].Codes) != 2 || len(tags[r.ID]) != 2 {
			t.Errorf("values %+v, tags %+v", v, tags[r.ID])
		}
		if n := s.count(t, `SELECT COUNT(*) FROM audit_log WHERE action = 'customer.create' AND object_id = $1`, fmt.Sprint(r.ID)); n != 1 {
			t.Errorf("%d entries in the audit log", n)
		}
		if n := s.count(t, `SELECT COUNT(*) FROM customer_feed WHERE customer_id = $1`, r.ID); n != 1 {
			t.Errorf("%d entries in the feed", n)
		}
	})
}

func TestEditWithFieldsAndTags(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, tables := ownSite(t, d)
		r := s.record(t, "boss", "POST", "/customers", "", fmt.Sprintf(`{"name":"顾一","fields":{"plan":"gold"},"tag_ids":[%d]}`, s.tagIDs[0]))
		path := fmt.Sprintf("/customers/%d/record", r.ID)

		two := s.record(t, "boss", "PATCH", path, `"v1"`, fmt.Sprintf(`{"industry":"零售","fields":{"plan":"basic","note":"甲"},"tag_ids":[%d]}`, s.tagIDs[1]))
		if two.Version != 2 || two.Industry != "零售" {
			t.Fatalf("%+v", two)
		}
		var told []string
		for _, c := range s.changes(t, "boss", r.ID, "") {
			told = append(told, fmt.Sprintf("%d %s %s>%s", c.Version, c.Field, c.Before, c.After))
		}
		for _, want := range []string{"2 industry >零售", "2 f.plan gold>basic", "2 f.note >甲", "2 tag VIP>", "2 tag >沉睡"} {
			if !has(told, want) {
				t.Errorf("%q is not in the history %q", want, told)
			}
		}
		// The same again is nothing.
		if same := s.record(t, "boss", "PATCH", path, `"v2"`, fmt.Sprintf(`{"fields":{"plan":"basic"},"tag_ids":[%d]}`, s.tagIDs[1])); same.Version != 2 {
			t.Errorf("version %d after no change", same.Version)
		}
		before := s.fixture.dump(t, strings.Split(tables, ",")...)
		// What must stay cannot be emptied, and nothing of the call is done.
		if status, got := s.problemAt(t, "boss", "PATCH", path, `"v2"`, `{"name":"顾二","fields":{"plan":null}}`); status != 422 || !strings.Contains(got, "field.required at fields.plan") {
			t.Errorf("emptied: %d %s", status, got)
		}
		// Somebody with the first version does not take back what the second wrote …
		w := s.send("boss", "PATCH", path+"?merge=true", `"v1"`, `{"fields":{"plan":"trial"}}`)
		var p struct {
			Code   string
			Params struct{ Conflicts []customer.FieldConflict }
		}
		must(t, json.Unmarshal(w.Body.Bytes(), &p))
		if w.Code != 409 || p.Code != "customer.version_conflict" || len(p.Params.Conflicts) != 1 || p.Params.Conflicts[0].Field != "f.plan" ||
			p.Params.Conflicts[0].Yours != "trial" || p.Params.Conflicts[0].Theirs != "basic" {
			t.Errorf("conflict: %d %s", w.Code, w.Body)
		}
		if after := s.fixture.dump(t, strings.Split(tables, ",")...); after != before {
			t.Error("a refused edit wrote something")
		}
		// … but may write what nobody touched.
		three := s.record(t, "boss", "PATCH", path+"?merge=true", `"v1"`, `{"fields":{"score":2}}`)
		if three.Version != 3 {
			t.Errorf("version %d", three.Version)
		}
	})
}

// problemAt is problem with an If-Match.
func (s *listSite) problemAt(t testing.TB, who, method, target, etag, body string) (int, string) {
	t.Helper()
	w := s.send(who, method, target, etag, body)
	var p struct {
		Code   string
		Errors []struct{ Code, Path string }
	}
	decode(t, w.Body.Bytes(), &p)
	out := p.Code
	for _, e := range p.Errors {
		out += " " + e.Code + " at " + e.Path
	}
	return w.Code, out
}
