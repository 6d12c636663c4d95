package program

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
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
	if _, errOut, code := in.run("import", "orders", file, "--source", "shop"); code != exitRefused {
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
