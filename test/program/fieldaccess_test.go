package program

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// A role with hidden and read-only fields and every permission, asked by every
// route: no answer holds a hidden value, every refusal leaves the database as
// it was.
func TestHiddenFieldsOnEveryRoute(t *testing.T) {
	onBoth(t, func(t *testing.T, in *install) {
		doc := in.must(nil, "openapi")
		v := newVeiledBase(t, in)
		v.planted(t)
		v.reads(t, doc)
		v.asks(t)
		v.exports(t)
		v.refusals(t)
		v.writes(t, doc)
	})
}

// planted makes sure that the secrets are there to be told: to somebody whose
// role hides nothing they are.
func (v *veiledBase) planted(t *testing.T) {
	t.Helper()
	var all []byte
	for _, path := range []string{"", "/record", "/orders", "/timeline?limit=100", "/fields", "/changes?limit=200", "/portrait"} {
		_, answer := v.admin.do("GET", fmt.Sprintf("/customers/%d%s", v.id, path), nil, nil)
		all = append(all, answer...)
	}
	for _, path := range []string{fmt.Sprintf("/bulk/%d", v.bulk), fmt.Sprintf("/imports/%d/rejects", v.imported), "/notes/next-steps?state=open", "/audit?limit=200"} {
		_, answer := v.admin.do("GET", path, nil, nil)
		all = append(all, answer...)
	}
	for _, secret := range []string{"13987650123", "****0123", "备注更绝密", "批量绝密", "1987-06-05", "330106", "西湖", "抬头绝密", "VIPSECRET77", "ORDSECRET88", "商品绝密", "7654321", "跟进绝密", "下一步绝密", "字段绝密"} {
		if !bytes.Contains(all, []byte(secret)) {
			t.Errorf("nobody is told %s: the test would find nothing", secret)
		}
	}
}

// reads asks every GET with the ids of everything there is.
func (v *veiledBase) reads(t *testing.T, doc string) {
	t.Helper()
	var d struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	if err := json.Unmarshal([]byte(doc), &d); err != nil {
		t.Fatal(err)
	}
	asked, answered := 0, 0
	for path, ops := range d.Paths {
		if ops["get"] == nil || strings.HasSuffix(path, "/stream") {
			continue
		}
		ids := []int64{0}
		if strings.Contains(path, "{id}") {
			ids = []int64{v.id, v.twin, v.note, v.bulk, v.imported, 0, 1, 2, 3}
		}
		slices.Sort(ids)
		for _, id := range slices.Compact(ids) {
			at := strings.NewReplacer("{id}", fmt.Sprint(id), "{customer_id}", fmt.Sprint(v.id), "{version}", "1", "{code}", "value-rules").Replace(path)
			status, answer := v.p.do("GET", at, nil, nil)
			if asked++; status == 200 {
				answered++
			}
			if status >= 500 {
				t.Errorf("GET %s answered %d %s", at, status, answer)
			}
			v.p.tellsNoSecret("GET "+at, answer)
		}
	}
	if asked < 200 || answered < 80 {
		t.Errorf("only %d requests with %d answers: the walk is wrong", asked, answered)
	}
}

// asks lists, finds, compares and previews.
func (v *veiledBase) asks(t *testing.T) {
	t.Helper()
	for _, path := range []string{
		"/customers?limit=200", "/customers?limit=200&sort=-id&columns=email,education,industry,tags,f.plain", "/customers?q=" + url.QueryEscape("欧阳"),
		"/search?q=ouyang", "/search?q=" + url.QueryEscape("欧阳明示"), "/customers/board?group_by=stage", "/customers/board?group_by=owner&sort=name",
		"/views", "/duplicates?min_score=0", "/merges", "/feed?cursor=0", "/bulk", "/audit?limit=200", "/audit?object_type=customer", "/audit/export",
		"/notes/next-steps?state=open", "/imports", "/jobs?limit=200", "/tiering/runs",
		fmt.Sprintf("/customers/%d/timeline?limit=100", v.id), fmt.Sprintf("/customers/%d/timeline?kind=edit", v.id),
		fmt.Sprintf("/customers/%d/changes?limit=200", v.id), fmt.Sprintf("/customers/%d/changes?field=remark,phone,gender", v.id),
	} {
		status, answer := v.p.do("GET", path, nil, nil)
		if status != 200 {
			t.Errorf("GET %s answered %d %s", path, status, answer)
		}
		v.p.tellsNoSecret("GET "+path, answer)
	}
	// Values that would find the customer do not.
	for _, text := range []string{"13987650123", "0123", "VIPSECRET77", "ORDSECRET88"} {
		for _, path := range []string{"/search?q=", "/customers?q="} {
			if _, answer := v.p.do("GET", path+text, nil, nil); bytes.Contains(answer, []byte("欧阳明示")) {
				t.Errorf("GET %s%s finds the customer", path, text)
			}
		}
	}
	for path, body := range map[string]any{
		"/customers/query":   map[string]any{"columns": []string{"education", "f.plain"}, "filter": map[string]any{"field": "industry", "op": "eq", "value": "零售"}},
		"/customers/similar": map[string]any{"name": "欧阳明示", "phone": "13987650123", "birthday": "1987-06-05"},
		"/merges/preview":    map[string]any{"winner_id": v.id, "loser_id": v.twin},
		"/bulk/preview": map[string]any{"selection": map[string]any{"ids": []int64{v.id, v.twin}},
			"actions": map[string]any{"set": map[string]any{"education": "bachelor"}}},
	} {
		status, answer := v.p.do("POST", path, body, nil)
		if status != 200 {
			t.Errorf("POST %s answered %d %s", path, status, answer)
		}
		v.p.tellsNoSecret("POST "+path, answer)
	}
	// The conflict of a late edit.
	status, answer := v.p.doWith(withIfMatch, "PATCH", fmt.Sprintf("/customers/%d/record", v.id), map[string]any{"education": "bachelor"}, nil)
	if status != 409 {
		t.Errorf("a late edit answered %d %s", status, answer)
	}
	v.p.tellsNoSecret("a late edit", answer)
}

// exports writes every kind of file.
func (v *veiledBase) exports(t *testing.T) {
	t.Helper()
	for _, path := range []string{
		"/customers/export", "/customers/export?columns=id,name,email", "/customers/export?filter=" + url.QueryEscape(`{"field":"industry","op":"eq","value":"零售"}`),
		"/customers/export?layout=zoho_contacts", "/customers/export?layout=fxiaoke_contacts",
	} {
		status, answer := v.p.do("GET", path, nil, nil)
		if status != 200 || !bytes.Contains(answer, []byte("欧阳")) && !bytes.Contains(answer, []byte("明示")) {
			t.Errorf("GET %s answered %d %.300s", path, status, answer)
		}
		v.p.tellsNoSecret("GET "+path, answer)
	}
	var run struct {
		ID     int64
		Status string
	}
	v.p.must("POST", "/customers/exports", map[string]any{"columns": []string{"id", "name", "email", "f.plain", "education"}}, &run)
	v.fetch(t, run.ID)
	v.p.must("POST", "/customers/exports", map[string]any{}, &run)
	v.fetch(t, run.ID)
}

func (v *veiledBase) fetch(t *testing.T, id int64) {
	t.Helper()
	v.until(t, "the export", func() bool {
		var run struct{ Status string }
		v.p.must("GET", fmt.Sprintf("/customers/exports/%d", id), nil, &run)
		return run.Status == "finished"
	})
	status, answer := v.p.do("GET", fmt.Sprintf("/customers/exports/%d/file", id), nil, nil)
	if status != 200 || !bytes.Contains(answer, []byte("欧阳明示")) {
		t.Errorf("the file answered %d %.300s", status, answer)
	}
	v.p.tellsNoSecret("the file of an export", answer)
}

// refusals asks for what the role does not allow, one by one.
func (v *veiledBase) refusals(t *testing.T) {
	t.Helper()
	base := fmt.Sprintf("/customers/%d", v.id)
	tag := v.version()
	node := func(field string) string { return url.QueryEscape(fmt.Sprintf(`{"field":%q,"op":"not_empty"}`, field)) }
	upload := v.p.upload("b.csv", []byte("会员编号,姓名,手机号,备注\nM1,张三,15412340000,x\n"))
	before := contents(t, v.in)
	for _, c := range []struct {
		method, path string
		body         any
		status       int
	}{
		{"PATCH", base + "/record", map[string]any{"remark": "x", "education": "doctor"}, 403},
		{"PATCH", base + "/record", map[string]any{"industry": "x"}, 403},
		{"PATCH", base + "/record", map[string]any{"gender": "female"}, 403},
		{"PATCH", base + "/record", map[string]any{"province": "x"}, 403},
		{"PATCH", base + "/record", map[string]any{"invoice": nil}, 403},
		{"PATCH", base + "/fields", map[string]any{"values": map[string]any{"secret": "x"}}, 403},
		{"PATCH", base + "/fields", map[string]any{"values": map[string]any{"plain": "x"}}, 403},
		{"POST", base + "/contacts", map[string]any{"kind": "phone", "value": "13800000000"}, 403},
		{"POST", base + "/contacts", map[string]any{"kind": "email", "value": "a@b.cn"}, 403},
		{"PATCH", fmt.Sprintf("%s/contacts/%d", base, v.phone), map[string]any{"label": "x"}, 404},
		{"PATCH", fmt.Sprintf("%s/contacts/%d", base, v.mail), map[string]any{"label": "x"}, 403},
		{"DELETE", fmt.Sprintf("%s/contacts/%d", base, v.mail), nil, 403},
		{"POST", fmt.Sprintf("%s/contacts/%d/verify", base, v.phone), map[string]any{"validity": "valid"}, 404},
		{"POST", base + "/reveal", map[string]any{"contact_id": v.phone}, 404},
		{"POST", base + "/reveal", map[string]any{"source_id": 2}, 403},
		{"POST", base + "/invoice/reveal", nil, 403},
		{"POST", base + "/notes", map[string]any{"kind": "note", "text": "x"}, 403},
		{"GET", fmt.Sprintf("/notes/%d", v.note), nil, 404},
		{"GET", fmt.Sprintf("/notes/%d/history", v.note), nil, 404},
		{"PUT", fmt.Sprintf("/notes/%d", v.note), map[string]any{"kind": "note", "text": "x", "version": 1}, 404},
		{"PUT", fmt.Sprintf("/notes/%d/next-step", v.note), map[string]any{"done": true}, 404},
		{"DELETE", fmt.Sprintf("/notes/%d", v.note), nil, 404},
		{"GET", base + "/orders", nil, 403},
		{"GET", base + "/behaviours", nil, 403},
		{"GET", base + "/portrait", nil, 403},
		{"GET", base + "/spend-by-month", nil, 403},
		{"GET", base + "/timeline?kind=order", nil, 403},
		{"GET", base + "/timeline?kind=call", nil, 403},
		{"GET", "/tiering/runs/0/customers", nil, 403},
		{"GET", fmt.Sprintf("/tiering/runs/0/customers/%d", v.id), nil, 403},
		{"GET", "/tiering/runs/0/report", nil, 403},
		{"GET", "/tiering/runs/0/report.xlsx", nil, 403},
		{"GET", "/quality/rules/bad_phone/customers", nil, 403},
		{"GET", fmt.Sprintf("/imports/%d/rejects", v.imported), nil, 403},
		{"GET", fmt.Sprintf("/imports/%d/errors.csv", v.imported), nil, 403},
		{"GET", "/customers?province=x", nil, 403},
		{"GET", "/customers?net_365_min=1", nil, 403},
		{"GET", "/customers?level=x", nil, 403},
		{"GET", "/customers?last_day_from=2026-01-01", nil, 403},
		{"GET", "/customers?sort=-net_365", nil, 403},
		{"GET", "/customers?sort=f.secret", nil, 403},
		{"GET", "/customers?columns=phone", nil, 403},
		{"GET", "/customers?columns=f.secret", nil, 403},
		{"GET", "/customers?filter=" + node("remark"), nil, 403},
		{"GET", "/customers?filter=" + node("f.secret"), nil, 403},
		{"GET", "/customers?filter=" + url.QueryEscape(`{"field":"issue","op":"any","value":["bad_phone"]}`), nil, 403},
		{"GET", "/customers/board?group_by=level", nil, 403},
		{"GET", "/customers/export?columns=phone", nil, 403},
		{"GET", "/customers/export?sort=-net_365", nil, 403},
		{"POST", "/customers/exports", map[string]any{"columns": []string{"id", "remark"}}, 403},
		{"POST", "/customers/exports", map[string]any{"sort": "-net_365"}, 403},
		{"POST", "/customers/exports", map[string]any{"filter": map[string]any{"field": "birthday", "op": "not_empty"}}, 403},
		{"POST", "/customers", map[string]any{"name": "新人", "remark": "x"}, 403},
		{"POST", "/customers", map[string]any{"name": "新人", "contacts": []any{map[string]any{"kind": "phone", "value": "13800000001"}}}, 403},
		{"POST", "/bulk/preview", map[string]any{"selection": map[string]any{"ids": []int64{v.id}}, "actions": map[string]any{"set": map[string]any{"industry": "x"}}}, 403},
		{"POST", "/bulk/preview", map[string]any{"selection": map[string]any{"ids": []int64{v.id}}, "actions": map[string]any{"set": map[string]any{"f.secret": "x"}}}, 403},
		{"POST", fmt.Sprintf("/bulk/%d/undo", v.bulk), map[string]any{}, 403},
		{"POST", "/merges", map[string]any{"winner_id": v.id, "loser_id": v.twin, "choices": map[string]any{"remark": "loser"}}, 403},
		{"POST", "/merges/preview", map[string]any{"winner_id": v.id, "loser_id": v.twin, "choices": map[string]any{"industry": "loser"}}, 403},
		{"POST", "/imports", map[string]any{"upload_id": upload, "kind": "customers", "source": "neu", "mapping": map[string]any{
			"columns": map[string]any{"姓名": "buyer.name", "备注": "remark", "手机号": "buyer.phone"}}}, 403},
		{"PATCH", "/roles/2", map[string]any{"permissions": []string{}}, 403},
		{"POST", "/roles", map[string]any{"name": "offen", "scope": "own", "permissions": []string{}}, 403},
	} {
		status, answer := v.p.doWith(func(r *http.Request) { r.Header.Set("If-Match", tag) }, c.method, c.path, c.body, nil)
		what := c.method + " " + c.path
		if status != c.status {
			t.Errorf("%s %v answered %d, not %d: %.300s", what, c.body, status, c.status, answer)
		}
		v.p.tellsNoSecret(what, answer)
		if c.method == "GET" {
			continue // looked at once, below
		}
		if d := differing(before, contents(t, v.in)); len(d) > 0 {
			t.Fatalf("%s %v was refused and changed %s", what, c.body, strings.Join(d, ", "))
		}
	}
	if d := differing(before, contents(t, v.in)); len(d) > 0 {
		t.Errorf("refused calls changed %s", strings.Join(d, ", "))
	}
	// A row of an upsert is refused by itself.
	status, answer := v.p.do("POST", "/customers/upsert", map[string]any{"source": "erp", "items": []any{
		map[string]any{"id": v.id, "remark": "x"}, map[string]any{"number": "VIPSECRET77", "education": "doctor"}, map[string]any{"id": v.id, "fields": map[string]any{"secret": "x"}},
	}}, nil)
	if status != 200 || !bytes.Contains(answer, []byte(`"failed":3`)) {
		t.Errorf("an upsert answered %d %s", status, answer)
	}
	if d := differing(before, contents(t, v.in)); slices.Contains(d, "customers") || slices.Contains(d, "customer_changes") {
		t.Errorf("refused rows changed %s", strings.Join(d, ", "))
	}
}

// writes carries out what the role allows by every route about the customer.
func (v *veiledBase) writes(t *testing.T, doc string) {
	t.Helper()
	for _, r := range customerRoutes(t, doc) {
		if r.method == "GET" {
			continue
		}
		for _, contact := range []int64{v.phone, v.mail} {
			path := strings.NewReplacer("{id}", fmt.Sprint(v.id), "{contact_id}", fmt.Sprint(contact), "{relation_id}", "1", "{staff_id}", "1",
				"{change_id}", "1", "{tag_id}", "1", "{source_id}", "2").Replace(r.path)
			tag := v.version()
			_, answer := v.p.doWith(func(r *http.Request) { r.Header.Set("If-Match", tag) }, r.method, path, r.body, nil)
			v.p.tellsNoSecret(r.method+" "+r.path, answer)
		}
	}
	// A merge keeps what is hidden by the rule.
	var twin struct {
		Version int64 `json:"version"`
	}
	v.admin.must("GET", fmt.Sprintf("/customers/%d/record", v.twin), nil, &twin)
	status, answer := v.p.do("POST", "/merges", map[string]any{"winner_id": v.id, "loser_id": v.twin}, nil)
	if status != 201 {
		t.Fatalf("a merge by the rule answered %d %s", status, answer)
	}
	v.p.tellsNoSecret("POST /merges", answer)
	var rec struct{ Remark, Birthday string }
	v.admin.must("GET", fmt.Sprintf("/customers/%d/record", v.id), nil, &rec)
	if rec.Remark != "备注更绝密" || rec.Birthday != "1987-06-05" {
		t.Errorf("a merge by somebody who sees less lost values: %+v", rec)
	}
}
