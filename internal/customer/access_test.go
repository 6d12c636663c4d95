package customer_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/web"
)

// restricted puts a person into the cast who sees all but what is restricted.
func restricted(name string, fields auth.FieldAccess) {
	ops := *actors["ops"]
	ops.Name, ops.Login, ops.StaffID, ops.Fields = name, name, 39, fields
	ops.Permissions = perms(append(permsOf(ops.Permissions), customer.PermBulk, customer.PermUpsert, customer.PermShareView)...)
	actors[name] = &ops
}

func permsOf(m map[auth.Permission]bool) (out []auth.Permission) {
	for p := range m {
		out = append(out, p)
	}
	return out
}

// veil puts the person into the cast from whom much is hidden.
func veil() {
	restricted("veiled", auth.FieldAccess{
		"phone": auth.AccessHidden, "remark": auth.AccessHidden, "birthday": auth.AccessHidden, "region": auth.AccessHidden,
		"invoice": auth.AccessHidden, "spend": auth.AccessHidden, "number": auth.AccessHidden,
		"industry": auth.AccessRead, "email": auth.AccessRead, "name": auth.AccessRead,
	})
}

// planted are values of hidden fields; each occurs nowhere else.
var planted = []string{"13987650123", "9876", "0123", "绝密备注", "1987-06-05", "6月5日", "杭州", "330100", "绝密抬头", "91330100MA27WXYT70"}

func veiledCustomer(t *testing.T, f *fixture) customer.Record {
	t.Helper()
	veil()
	r := f.record(t, "ops", "POST", "/customers", "", `{"name":"欧阳修","gender":"male","remark":"绝密备注","birthday":"1987-06-05",
		"region_code":"330100","industry":"零售","invoice":{"title":"绝密抬头","tax_number":"91330100MA27WXYT70"},
		"contacts":[{"kind":"phone","value":"13987650123","label":"私人"},{"kind":"email","value":"open@example.com"}]}`)
	r = f.record(t, "ops", "PATCH", fmt.Sprintf("/customers/%d/record", r.ID), web.ETag(r.Version), `{"remark":"绝密备注二","gender":"female"}`)
	return r
}

// What is hidden is told by no answer about the customer, and what is not
// hidden still is.
func TestHiddenFieldsAreNotTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setupRecord(t, d)
		r := veiledCustomer(t, f)
		id := fmt.Sprint(r.ID)
		for _, c := range []struct{ method, path, body, shows string }{
			{"GET", "/customers/" + id + "/record", "", "open@example.com"},
			{"GET", "/customers/" + id + "/card", "", "欧阳修"},
			{"GET", "/customers/" + id + "/changes", "", "gender"},
			{"GET", "/customers?limit=200", "", "欧阳修"},
			{"GET", "/customers?limit=200&q=" + url.QueryEscape("欧阳"), "", "欧阳修"},
			{"POST", "/customers/query", `{"columns":["email","industry"],"filter":{"field":"industry","op":"eq","value":"零售"}}`, "零售"},
			{"GET", "/customers/fields", "", `"industry"`},
			{"GET", "/customers/export", "", "欧阳修"},
			{"GET", "/customers/export?layout=zoho_contacts", "", "open@example.com"},
			{"GET", "/customers/export?filter=" + url.QueryEscape(`{"field":"industry","op":"eq","value":"零售"}`), "", "欧阳修"},
			{"GET", "/search?q=" + url.QueryEscape("欧阳"), "", "欧阳修"},
			{"POST", "/customers/similar", `{"name":"欧阳修"}`, "欧阳修"},
			{"GET", "/customers/board?group_by=stage", "", "欧阳修"},
		} {
			w := f.send("veiled", c.method, c.path, "", c.body)
			if w.Code != http.StatusOK || !strings.Contains(clearMask(w.Body.String()), clearMask(c.shows)) {
				t.Errorf("%s %s: %d without %s: %.400s", c.method, c.path, w.Code, c.shows, w.Body)
			}
			for _, secret := range append(planted, "net_365", `"remark"`, `"phone":`, `"code":"phone"`) {
				if strings.Contains(w.Body.String(), secret) {
					t.Errorf("%s %s tells %s: %.600s", c.method, c.path, secret, w.Body)
				}
			}
		}
		// Somebody without restrictions sees the same things as before.
		w := f.send("ops", "GET", "/customers/"+id+"/record", "", "")
		for _, shown := range []string{"绝密备注二", "1987-06-05", "330100", "绝密抬头", `"kind":"phone"`} {
			if !strings.Contains(w.Body.String(), shown) {
				t.Errorf("%s is hidden from everybody", shown)
			}
		}
	})
}

// clearMask leaves of a text what its masked form shares with it.
func clearMask(s string) string { return strings.ReplaceAll(s, "open@example.com", "@example.com") }

// Hidden fields find nobody: who may ask often enough would know the value.
func TestHiddenFieldsFindNobody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setupRecord(t, d)
		r := veiledCustomer(t, f)
		for _, path := range []string{
			"/search?q=13987650123", "/search?q=0123", "/customers?q=13987650123", "/customers?q=0123",
		} {
			if w := f.send("ops", "GET", path, "", ""); !strings.Contains(w.Body.String(), "欧阳修") {
				t.Fatalf("%s finds nobody anyway: %s", path, w.Body)
			}
			if w := f.send("veiled", "GET", path, "", ""); w.Code != 200 || strings.Contains(w.Body.String(), "欧阳修") {
				t.Errorf("%s finds by a hidden phone: %d %s", path, w.Code, w.Body)
			}
		}
		if w := f.send("veiled", "POST", "/customers/similar", "", `{"phone":"13987650123","name":"别人"}`); strings.Contains(w.Body.String(), "欧阳修") {
			t.Errorf("the warning finds by a hidden phone: %s", w.Body)
		}
		before := f.dump(t, watched...)
		node := func(field, op, value string) string {
			return url.QueryEscape(fmt.Sprintf(`{"field":%q,"op":%q,"value":%s}`, field, op, value))
		}
		for _, path := range []string{
			"/customers?province=x", "/customers?city=x", "/customers?net_365_min=1", "/customers?net_365_max=1",
			"/customers?sort=net_365", "/customers?sort=-net_all", "/customers?sort=-aov_30", "/customers?sort=-model_clv", "/customers?sort=name,model_clv", "/customers?sort=city", "/customers?sort=name,-net_all", "/customers/export?sort=name,net_all", "/customers?columns=phone", "/customers?columns=email,remark",
			"/customers?filter=" + node("remark", "contains", `"绝"`), "/customers?filter=" + node("birthday", "month", "6"),
			"/customers?filter=" + node("has_phone", "is", "true"), "/customers?filter=" + node("region", "within", `"330100"`),
			"/customers?filter=" + url.QueryEscape(`{"not":{"any":[{"field":"kind","op":"in","value":["person"]},{"field":"aov_365","op":"gte","value":1}]}}`),
			"/customers/export?columns=id,phone", "/customers/export?sort=-net_365", "/customers/export?net_365_min=1",
			"/customers/board?group_by=stage&sort=net_365", "/customers/board?group_by=stage&province=x",
			"/customers/board/column?group_by=stage&key=prospect&columns=remark",
		} {
			f.refuse(t, "veiled", "GET", path, "", "", 403, "customer.field_hidden", "")
		}
		for path, body := range map[string]string{
			"/customers/query": `{"sort":"-net_365"}`,
			"/views":           `{"name":"x","body":{"columns":["phone"]}}`,
			"/bulk/preview":    `{"selection":{"filter":{"field":"remark","op":"not_empty"}},"actions":{"set":{"gender":"male"}}}`,
		} {
			f.refuse(t, "veiled", "POST", path, "", body, 403, "customer.field_hidden", "")
		}
		// The place of the condition is named.
		f.refuse(t, "veiled", "POST", "/customers/query", "", `{"filter":{"all":[{"field":"kind","op":"in","value":["person"]},{"field":"remark","op":"not_empty"}]}}`,
			403, "customer.field_hidden", "filter.all[1].field")
		if d := diffLines(before, f.dump(t, watched...)); d != "" {
			t.Errorf("refusals wrote: %s", d)
		}
		_ = r
	})
}

// What may not be edited is refused with its name, by every door, and nothing
// else of the same call is written.
func TestFieldsThatMayNotBeEdited(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setupRecord(t, d)
		r := veiledCustomer(t, f)
		base := fmt.Sprintf("/customers/%d", r.ID)
		var phone, mail int64
		for _, c := range r.Contacts {
			if c.Kind == customer.ContactPhone {
				phone = c.ID
			} else {
				mail = c.ID
			}
		}
		tag := web.ETag(r.Version)
		before := f.dump(t, watched...)
		for _, c := range []struct{ method, path, etag, body, code, field string }{
			{"PATCH", base + "/record", tag, `{"remark":"x","gender":"male"}`, "customer.field_forbidden", "remark"},
			{"PATCH", base + "/record", tag, `{"industry":"x"}`, "customer.field_forbidden", "industry"},
			{"PATCH", base + "/record", tag, `{"city":"x"}`, "customer.field_forbidden", "city"},
			{"PATCH", base + "/record", tag, `{"invoice":null}`, "customer.field_forbidden", "invoice"},
			{"PATCH", base + "/record", tag, `{"birthday_lunar":true}`, "customer.field_forbidden", "birthday_lunar"},
			// A stale version is no way around it, and no way to see the difference.
			{"PATCH", base + "/record", `"v1"`, `{"remark":"x"}`, "customer.field_forbidden", "remark"},
			{"POST", base + "/contacts", "", `{"kind":"phone","value":"13800000000"}`, "customer.field_forbidden", "value"},
			{"POST", base + "/contacts", "", `{"kind":"email","value":"a@b.cn"}`, "customer.field_forbidden", "value"},
			{"PATCH", fmt.Sprintf("%s/contacts/%d", base, mail), tag, `{"label":"x"}`, "customer.field_forbidden", "email"},
			{"DELETE", fmt.Sprintf("%s/contacts/%d", base, mail), "", "", "customer.field_forbidden", "email"},
			{"POST", fmt.Sprintf("%s/contacts/%d/verify", base, mail), "", `{"validity":"valid"}`, "customer.field_forbidden", "email"},
			{"POST", "/customers", "", `{"name":"新人"}`, "customer.field_forbidden", "name"},
			{"POST", base + "/invoice/reveal", "", "", "customer.field_hidden", ""},
			{"POST", base + "/reveal", "", fmt.Sprintf(`{"source_id":%d}`, 1), "customer.field_hidden", ""},
			{"POST", "/bulk/preview", "", fmt.Sprintf(`{"selection":{"ids":[%d]},"actions":{"set":{"industry":"x","gender":"male"}}}`, r.ID), "customer.field_forbidden", "actions.set.industry"},
			{"POST", "/bulk/preview", "", fmt.Sprintf(`{"selection":{"ids":[%d]},"actions":{"set":{"remark":"x"}}}`, r.ID), "customer.field_hidden", ""},
		} {
			f.refuse(t, "veiled", c.method, c.path, c.etag, c.body, 403, c.code, c.field)
		}
		// A contact of a hidden kind is not there.
		for _, c := range []struct{ method, path, etag, body string }{
			{"PATCH", fmt.Sprintf("%s/contacts/%d", base, phone), tag, `{"label":"x"}`},
			{"DELETE", fmt.Sprintf("%s/contacts/%d", base, phone), "", ""},
			{"POST", fmt.Sprintf("%s/contacts/%d/verify", base, phone), "", `{"validity":"valid"}`},
			{"POST", base + "/reveal", "", fmt.Sprintf(`{"contact_id":%d}`, phone)},
		} {
			f.refuse(t, "veiled", c.method, c.path, c.etag, c.body, 404, "customer.contact_not_found", "")
		}
		if d := diffLines(before, f.dump(t, watched...)); d != "" {
			t.Errorf("refusals wrote: %s", d)
		}
		// Read-only is read, also in clear.
		if w := f.send("veiled", "POST", base+"/reveal", "", fmt.Sprintf(`{"contact_id":%d}`, mail)); w.Code != 200 || !strings.Contains(w.Body.String(), "open@example.com") {
			t.Errorf("a read-only e-mail is not revealed: %d %s", w.Code, w.Body)
		}
		// What others changed in hidden fields is not named to a late editor.
		r = f.record(t, "ops", "PATCH", base+"/record", tag, `{"remark":"绝密备注三","gender":"male"}`)
		p := f.refuse(t, "veiled", "PATCH", base+"/record", tag, `{"gender":""}`, 409, "customer.version_conflict", "")
		if text := fmt.Sprint(p.Params); strings.Contains(text, "remark") || !strings.Contains(text, "gender") {
			t.Errorf("the difference tells: %s", text)
		}
		// The rest can be edited, and hidden values stay what they are.
		after := f.record(t, "veiled", "PATCH", base+"/record", web.ETag(r.Version), `{"gender":"","education":"master"}`)
		if after.Remark != "" {
			t.Error("the answer to an edit shows the remark")
		}
		if now := f.record(t, "ops", "GET", base+"/record", "", ""); now.Remark != "绝密备注三" || now.Education != "master" || now.Invoice == nil || len(now.Contacts) != 2 {
			t.Errorf("an edit by somebody who sees less lost something: %+v", now)
		}
	})
}

// Rows of an upsert that touch what may not be edited fail each by itself.
func TestUpsertOfRestrictedFields(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setupRecord(t, d)
		r := veiledCustomer(t, f)
		ctx := auth.With(context.Background(), actors["veiled"])
		text := "x"
		male := customer.GenderMale
		out, err := f.service.Upsert(ctx, customer.UpsertInput{Source: "erp", Items: []customer.Upsert{
			{ID: r.ID, Patch: customer.Patch{Remark: &text}},
			{ID: r.ID + 1000, Patch: customer.Patch{Gender: &male}},
			{Number: "A1", Patch: customer.Patch{Gender: &male}},
			{Patch: customer.Patch{Name: &text}},
			{ID: r.ID, Contacts: []customer.ContactIn{{Kind: customer.ContactPhone, Value: "13800000001"}}},
		}})
		must(t, err)
		var got []string
		for _, res := range out.Results {
			code := res.Status
			if res.Error != nil {
				code = res.Error.Code
			}
			got = append(got, code)
		}
		want := []string{"customer.field_forbidden", "customer.not_found", "customer.field_hidden", "customer.field_forbidden", "customer.row_twice"}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got %v, want %v", got, want)
		}
		out, err = f.service.Upsert(ctx, customer.UpsertInput{Source: "erp", Items: []customer.Upsert{
			{ID: r.ID, Contacts: []customer.ContactIn{{Kind: customer.ContactPhone, Value: "13800000001"}}},
		}})
		must(t, err)
		if res := out.Results[0]; res.Error == nil || res.Error.Code != "customer.field_forbidden" {
			t.Errorf("a hidden kind of contact was added: %+v", res)
		}
		if now := f.record(t, "ops", "GET", fmt.Sprintf("/customers/%d/record", r.ID), "", ""); len(now.Contacts) != 2 || now.Version != r.Version {
			t.Errorf("a refused row was written: %+v", now)
		}
	})
}

// A view that others made loses hidden columns, and its filter is refused by the
// list with the name of the field.
func TestViewsWithHiddenFields(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setupRecord(t, d)
		veil()
		restricted("sharer", nil)
		w := f.send("sharer", "POST", "/views", "", `{"name":"全国","shared":true,"body":{"columns":["name","phone","net_365","industry"],"sort":"-net_365",
			"filter":{"field":"remark","op":"not_empty"},"layout":"board","group_by":"stage"}}`)
		if w.Code != 201 {
			t.Fatal(w.Body)
		}
		w = f.send("veiled", "GET", "/views", "", "")
		if body := w.Body.String(); !strings.Contains(body, `"columns":["name","industry"]`) || strings.Contains(body, "net_365") || !strings.Contains(body, `"group_by":"stage"`) {
			t.Errorf("the view as it is shown: %s", body)
		}
	})
}

func diffLines(a, b string) string {
	if a == b {
		return ""
	}
	have := map[string]bool{}
	for l := range strings.Lines(a) {
		have[l] = true
	}
	var out []string
	for l := range strings.Lines(b) {
		if !have[l] {
			out = append(out, l)
		}
	}
	return strings.Join(out, "")
}
