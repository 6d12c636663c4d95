package program

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// veiled is what a role hides or lets only be read in this test.
var veiled = map[string]string{
	"phone": "hidden", "address": "hidden", "remark": "hidden", "birthday": "hidden", "region": "hidden", "invoice": "hidden",
	"number": "hidden", "spend": "hidden", "orders": "hidden", "level": "hidden", "notes": "hidden", "f.secret": "hidden",
	"industry": "read", "gender": "read", "email": "read", "f.plain": "read",
}

// veiledSecrets are values of the hidden fields of one customer. None of them is
// anywhere else, so that an answer that holds one tells it.
var veiledSecrets = []string{
	"13987650123", "****0123", "文一西路", "备注绝密", "备注更绝密", "批量绝密", "1987-06-05", "06-05", "330106", "西湖", "抬头绝密", "VIPSECRET77",
	"ORDSECRET88", "商品绝密", "7654321", "76543.21", "76,543.21", "跟进绝密", "下一步绝密", "附件绝密", "字段绝密",
}

// Sums over the whole company are not those of a customer, and the regions of
// China are no secret.
var sums = regexp.MustCompile(`^GET (/overview|/regions|/tiering/runs/\d+)$`)

func (p *person) tellsNoSecret(what string, answer []byte) {
	p.s.t.Helper()
	for _, secret := range veiledSecrets {
		if bytes.Contains(answer, []byte(secret)) && !sums.MatchString(what) {
			at := bytes.Index(answer, []byte(secret))
			p.s.t.Errorf("%s tells %s: …%s", what, secret, answer[max(0, at-200):min(len(answer), at+100)])
			return
		}
	}
}

// veiledBase is an installation with one customer that has a secret in every field
// that a role can hide, and a person whose role hides them and may do everything
// else.
type veiledBase struct {
	in           *install
	admin, p     *person
	id, twin     int64
	phone, mail  int64
	note, bulk   int64
	file, merge  int64
	imported     int64
	secret       int64 // the custom field
	version      func() string
	jobs, change int64
}

func newVeiledBase(t *testing.T, in *install) *veiledBase {
	t.Helper()
	v := &veiledBase{in: in}
	var csv strings.Builder
	csv.WriteString("订单编号,会员编号,姓名,手机号,付款时间,实付金额,商品名称,省,市\n")
	csv.WriteString("ORDSECRET88,VIPSECRET77,欧阳明示,13987650123,2026-03-02 10:00:00,76543.21,商品绝密,浙江省,杭州市\n")
	for i := range 30 {
		fmt.Fprintf(&csv, "A%d,M%d,客户%d,1541234%04d,2026-03-%02d 10:00:00,%d.00,拿铁,四川省,成都市\n", i, i, i, i, 1+i%28, 30+i)
	}
	csv.WriteString("BAD,VIPSECRET77,欧阳明示,13987650123,not a day,1,商品绝密,浙江省,杭州市\n")
	file := filepath.Join(in.dir, "a.csv")
	if err := os.WriteFile(file, []byte(csv.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, errOut, code := in.run("import", "orders", file, "--source", "shop"); code != 0 && code != 4 && code != 5 {
		t.Fatalf("import ended with %d: %s", code, errOut)
	}
	in.must(nil, "tier", "run", "--scheme", "value-rules", "--as-of", "2026-03-31")
	s := in.serve()
	t.Cleanup(func() {
		if !t.Failed() {
			s.stop()
		}
	})
	v.admin = s.signIn(s.login, s.secret)
	v.admin.must("POST", "/session/password", map[string]string{"current": s.secret, "new": password}, nil)
	type item struct {
		ID int64 `json:"id"`
	}
	type items struct {
		Items []item `json:"items"`
	}
	var found items
	v.admin.must("GET", "/customers?q=VIPSECRET77", nil, &found)
	if len(found.Items) != 1 {
		t.Fatalf("the import made %d customers", len(found.Items))
	}
	v.id = found.Items[0].ID
	v.secret = v.customField(t, "secret", "密钥")
	v.customField(t, "plain", "明示")
	v.admin.must("PATCH", fmt.Sprintf("/customers/%d/fields", v.id), map[string]any{"values": map[string]any{"secret": "字段绝密", "plain": "字段明示"}}, nil)
	var rec struct {
		Version  int64
		Contacts []struct {
			ID   int64
			Kind string
		}
	}
	v.version = func() string {
		v.admin.must("GET", fmt.Sprintf("/customers/%d/record", v.id), nil, &rec)
		return fmt.Sprintf(`"v%d"`, rec.Version)
	}
	edit := func(body map[string]any) {
		tag := v.version()
		status, answer := v.admin.doWith(func(r *http.Request) { r.Header.Set("If-Match", tag) }, "PATCH", fmt.Sprintf("/customers/%d/record", v.id), body, nil)
		if status != 200 {
			t.Fatalf("the admin's edit answered %d %s", status, answer)
		}
	}
	edit(map[string]any{"name": "欧阳明示", "remark": "备注绝密", "birthday": "1987-06-05", "region_code": "330106", "industry": "零售", "gender": "male",
		"invoice": map[string]any{"title": "抬头绝密"}})
	edit(map[string]any{"remark": "备注更绝密", "education": "master", "birthday": "1987-06-05"})
	for _, c := range []map[string]any{{"kind": "address", "value": "浙江省杭州市西湖区文一西路77号"}, {"kind": "email", "value": "open@example.com"}} {
		v.admin.must("POST", fmt.Sprintf("/customers/%d/contacts", v.id), c, nil)
	}
	v.version()
	for _, c := range rec.Contacts {
		switch c.Kind {
		case "phone":
			v.phone = c.ID
		case "email":
			v.mail = c.ID
		}
	}
	v.aroundIt(t)
	v.restricted(t, s)
	return v
}

func (v *veiledBase) customField(t *testing.T, code, name string) int64 {
	t.Helper()
	var f struct {
		ID int64 `json:"id"`
	}
	v.admin.must("POST", "/custom-fields", map[string]any{"code": code, "kind": "text", "name": map[string]string{"zh": name, "en": name}}, &f)
	return f.ID
}

// aroundIt makes what hangs on the customer: a note with a step and a file, a
// bulk edit, a shared view, a duplicate, a merge.
func (v *veiledBase) aroundIt(t *testing.T) {
	t.Helper()
	var made struct {
		ID int64 `json:"id"`
	}
	v.admin.must("POST", fmt.Sprintf("/customers/%d/notes", v.id), map[string]any{"kind": "call", "subject": "跟进绝密", "text": "跟进绝密",
		"next_step": map[string]any{"text": "下一步绝密", "due": "2026-12-01", "staff_id": 1}}, &made)
	v.note = made.ID
	v.admin.must("POST", "/customers", map[string]any{"name": "欧阳明示", "birthday": "1987-06-05",
		"contacts": []any{map[string]any{"kind": "phone", "value": "13987650123"}}}, &made)
	v.twin = made.ID
	v.admin.must("POST", "/bulk/preview", map[string]any{"selection": map[string]any{"ids": []int64{v.twin}},
		"actions": map[string]any{"set": map[string]any{"remark": "批量绝密", "education": "doctor"}}}, &made)
	v.admin.must("POST", "/bulk", map[string]any{"preview_id": made.ID}, &made)
	v.bulk = made.ID
	v.until(t, "the bulk edit", func() bool {
		var b struct{ Status string }
		v.admin.must("GET", fmt.Sprintf("/bulk/%d", v.bulk), nil, &b)
		return b.Status == "finished"
	})
	v.admin.must("POST", "/duplicates/scan", map[string]any{}, nil)
	v.until(t, "the scan", func() bool {
		var d struct{ Items []any }
		v.admin.must("GET", fmt.Sprintf("/customers/%d/duplicates", v.id), nil, &d)
		return len(d.Items) > 0
	})
	v.admin.must("POST", "/views", map[string]any{"name": "全部字段", "shared": true, "body": map[string]any{
		"columns": []string{"name", "phone", "net_365", "education"}, "sort": "-net_365", "filter": map[string]any{"field": "remark", "op": "not_empty"}}}, nil)
	var imports struct {
		Items []struct {
			ID int64 `json:"id"`
		} `json:"items"`
	}
	v.admin.must("GET", "/imports", nil, &imports)
	v.imported = imports.Items[0].ID
}

func (v *veiledBase) until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); !done(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not end", what)
		}
	}
}

func (v *veiledBase) restricted(t *testing.T, s *server) {
	t.Helper()
	var all struct {
		Items []struct {
			Name string `json:"name"`
		} `json:"items"`
	}
	v.admin.must("GET", "/permissions", nil, &all)
	var names []string
	for _, p := range all.Items {
		names = append(names, p.Name)
	}
	var role struct {
		ID          int64             `json:"id"`
		FieldAccess map[string]string `json:"field_access"`
	}
	v.admin.must("POST", "/roles", map[string]any{"name": "蒙面", "scope": "all", "permissions": names, "field_access": veiled}, &role)
	if len(role.FieldAccess) != len(veiled) {
		t.Fatalf("the role has %v", role.FieldAccess)
	}
	var made struct {
		Password string `json:"password"`
	}
	v.admin.must("POST", "/staff", map[string]any{"login": "veiled", "name": "蒙面人", "department_id": 1, "role_ids": []int64{role.ID}}, &made)
	v.p = s.signIn("veiled", made.Password)
	v.p.must("POST", "/session/password", map[string]string{"current": made.Password, "new": password}, nil)
	var me struct {
		Fields map[string]string `json:"fields"`
	}
	v.p.must("GET", "/session", nil, &me)
	if me.Fields["phone"] != "hidden" || me.Fields["industry"] != "read" || len(me.Fields) != len(veiled) {
		t.Fatalf("the session tells %v", me.Fields)
	}
}

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
