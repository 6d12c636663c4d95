package customer_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"zhike/internal/customer"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/web"
)

const newPerson = `{"name":"欧阳 明月","gender":"female","birthday":"1990-08-15","birthday_lunar":true,"company":"云杉科技","city":"深圳",
 "education":"master","preferred_channel":"wecom","favourite_categories":["女装","女装"," 鞋 "],"remark":"喜欢下午\r\n联系",
 "invoice":{"title":"云杉科技有限公司","tax_number":"91110000600037341l","account":"6222 0212 3456 7890"},
 "contacts":[{"kind":"phone","value":"+86 138 0013 8000","label":"手机"},{"kind":"phone","value":"010-88886666","is_primary":true},
 {"kind":"email","value":"Ming@Example.com"},{"kind":"address","value":"广东省深圳市南山区科技路1号"},{"kind":"wecom","value":"wmABC-1_x"}]}`

// secrets are the clear values of newPerson in the forms in which they could be
// anywhere.
var secrets = []string{"13800138000", "88886666", "Ming@", "ming@", "科技路", "wmABC", "91110000600037341", "6222021234567890", "4567890"}

func (f *fixture) noSecrets(t *testing.T, text string, secrets ...string) {
	t.Helper()
	for _, s := range secrets {
		if i := strings.Index(text, s); i >= 0 {
			t.Errorf("%q is in the clear: …%s…", s, text[max(0, i-80):min(len(text), i+40)])
		}
	}
}

func TestCreateReadAndKeepSealed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setupRecord(t, d)
		r := f.record(t, "ann", "POST", "/customers", "", newPerson)
		if r.Owner == nil || r.Owner.ID != 32 || r.Department == nil || r.Department.ID != 11 || r.Stage != "prospect" || r.Version != 1 || !r.Editable {
			t.Fatalf("who made it owns it: %+v", r)
		}
		if r.Province != "广东省" || r.City != "深圳市" || r.RegionCode != "440300" {
			t.Errorf("place: %s %s %s", r.Province, r.City, r.RegionCode)
		}
		if diff := gocmp.Diff([]string{"女装", "鞋"}, r.Favourites); diff != "" {
			t.Error(diff)
		}
		if r.Remark != "喜欢下午\n联系" || r.BirthdayInfo == nil || r.BirthdayInfo.Label != "农历八月十五" && !strings.Contains(r.BirthdayInfo.Label, "八月十五") {
			t.Errorf("remark %q, birthday %+v", r.Remark, r.BirthdayInfo)
		}
		got := map[customer.ContactKind][]string{}
		for _, c := range r.Contacts {
			got[c.Kind] = append(got[c.Kind], fmt.Sprintf("%s %v %s", c.Masked, c.Primary, c.RegionCode))
		}
		want := map[customer.ContactKind][]string{
			"phone": {"138****8000 false ", "010-****6666 true "}, "email": {"M***@example.com true "},
			"address": {"广东省深圳市**** true 440305"}, "wecom": {"wm****** true "},
		}
		want["wecom"] = got["wecom"] // how an identifier is masked is told by noSecrets
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if r.Invoice == nil || r.Invoice.TaxNumber != "9111**********341L" || !strings.HasSuffix(r.Invoice.Account, "7890") {
			t.Errorf("invoice: %+v", r.Invoice)
		}
		f.noSecrets(t, f.dump(t, watched...), secrets...)
		answer, _ := json.Marshal(r)
		f.noSecrets(t, string(answer), secrets...)

		// It is found at once by phone, end of phone, name, pinyin and company.
		for _, q := range []string{"13800138000", "6666", "明月", "ouyang", "云杉"} {
			var list web.List[customer.Hit]
			f.call(t, "ann", "GET", "/search?q="+q, "", &list)
			if len(list.Items) != 1 || list.Items[0].ID != r.ID {
				t.Errorf("search %s: %+v", q, list.Items)
			}
		}
		w := f.send("ann", "POST", fmt.Sprintf("/customers/%d/invoice/reveal", r.ID), "", "")
		if w.Code != 200 || !strings.Contains(w.Body.String(), "6222021234567890") {
			t.Errorf("invoice in clear: %d %s", w.Code, w.Body)
		}
		if n := f.count(t, `SELECT COUNT(*) FROM audit_log WHERE action = 'customer.reveal'`); n != 1 {
			t.Errorf("%d reveals recorded", n)
		}
	})
}

func TestEditWithVersions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setupRecord(t, d)
		r := f.record(t, "ops", "POST", "/customers", "", `{"name":"王小明","city":"杭州市","remark":"a"}`)
		path := fmt.Sprintf("/customers/%d/record", r.ID)
		f.refuse(t, "ops", "PATCH", path, "", `{"name":"王大明"}`, 428, "web.version_missing", "")
		f.refuse(t, "ops", "PATCH", path, "12", `{"name":"王大明"}`, 422, "web.bad_etag", "If-Match")

		// Nothing new: the version stays.
		if same := f.record(t, "ops", "PATCH", path, `"v1"`, `{"name":"王小明"}`); same.Version != 1 {
			t.Errorf("version %d after no change", same.Version)
		}
		two := f.record(t, "ops", "PATCH", path, `"v1"`, `{"name":"王大明","remark":"b"}`)
		if two.Version != 2 || two.Name != "王大明" {
			t.Fatalf("%+v", two)
		}
		f.record(t, "ops", "PATCH", path, `"v2"`, `{"industry":"零售"}`)

		// Somebody with version 1 changes the name, the city and the remark to what it is now.
		before := f.dump(t, "customers", "customer_changes", "customer_feed", "audit_log")
		p := f.refuse(t, "ann", "PATCH", path, `"v1"`, `{"name":"x"}`, 404, "customer.not_found", "")
		p = f.refuse(t, "ops", "PATCH", path, `"v1"`, `{"name":"王二明","city":"宁波","remark":"b"}`, 409, "customer.version_conflict", "")
		var got struct {
			Version   int64                    `json:"version"`
			By        string                   `json:"by"`
			Others    []string                 `json:"others"`
			Conflicts []customer.FieldConflict `json:"conflicts"`
		}
		raw, _ := json.Marshal(p.Params)
		must(t, json.Unmarshal(raw, &got))
		text := func(s string) *string { return &s }
		byField := map[string]customer.FieldConflict{}
		for _, c := range got.Conflicts {
			byField[c.Field] = c
		}
		want := map[string]customer.FieldConflict{
			"name":        {Field: "name", Base: text("王小明"), Yours: "王二明", Theirs: "王大明", Collides: true},
			"city":        {Field: "city", Base: text("杭州市"), Yours: "宁波市", Theirs: "杭州市"},
			"region_code": {Field: "region_code", Base: text("330100"), Yours: "330200", Theirs: "330100"},
		}
		if diff := gocmp.Diff(want, byField); diff != "" {
			t.Error(diff)
		}
		if diff := gocmp.Diff([]string{"remark", "industry"}, got.Others); diff != "" || got.Version != 3 || got.By != "ops" {
			t.Error(diff, got.Version, got.By)
		}
		if after := f.dump(t, "customers", "customer_changes", "customer_feed", "audit_log"); after != before {
			t.Errorf("a refused edit left something:\n%s", gocmp.Diff(before, after))
		}
		// Where nobody touched the same field, merge takes it.
		merged := f.record(t, "ops", "PATCH", path+"?merge=true", `"v1"`, `{"city":"宁波"}`)
		if merged.Version != 4 || merged.City != "宁波市" || merged.Name != "王大明" {
			t.Errorf("merged: %+v", merged)
		}
		f.refuse(t, "ops", "PATCH", path+"?merge=true", `"v1"`, `{"city":"温州"}`, 409, "customer.version_conflict", "")

		// An import raises versions without a history: then anything may collide.
		must(t, f.db.InTx(t.Context(), func(ctx context.Context) error {
			all, err := f.service.Store().ByIDs(ctx, []int64{r.ID})
			if err != nil {
				return err
			}
			c := all[r.ID]
			c.Birthday = "01-01"
			return f.service.Store().UpdateCustomers(ctx, []customer.Customer{c})
		}))
		p = f.refuse(t, "ops", "PATCH", path+"?merge=true", `"v4"`, `{"gender":"male"}`, 409, "customer.version_conflict", "")
		// Nobody's name is known then: the sentence stands without one.
		if p.Params["by"] != "" || strings.Contains(p.Detail, "， ") || strings.HasPrefix(p.Detail, " ") {
			t.Errorf("by %q: %s", p.Params["by"], p.Detail)
		}

		history := f.changes(t, "ops", r.ID, "&field=name,city")
		if len(history) != 2 || history[0].Field != "city" || history[1].Before != "王小明" || history[1].After != "王大明" || history[1].ActorName != "ops" || history[1].Version != 2 {
			t.Errorf("history: %+v", history)
		}
	})
}

func TestBadInput(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setupRecord(t, d)
		company := f.record(t, "ops", "POST", "/customers", "", `{"kind":"company","name":"云杉科技","contacts":[{"kind":"code","value":"91110000600037341L"}]}`)
		person := f.record(t, "ops", "POST", "/customers", "", `{"name":"王明","contacts":[{"kind":"phone","value":"13800138000"}]}`)
		before := f.dump(t, watched[:len(watched)-1]...)
		create, edit := "/customers", fmt.Sprintf("/customers/%d/record", person.ID)
		contacts := fmt.Sprintf("/customers/%d/contacts", person.ID)
		for _, c := range []struct {
			method, path, body string
			status             int
			code, field        string
		}{
			{"POST", create, `{}`, 422, "customer.name_missing", "name"},
			{"POST", create, `{"name":"  "}`, 422, "customer.name_missing", "name"},
			{"POST", create, `{"name":"` + strings.Repeat("长", 201) + `"}`, 422, "customer.too_long", "name"},
			{"POST", create, `{"name":"a","kind":"cat"}`, 422, "web.one_of", "kind"},
			{"POST", create, `{"name":"a","birthday":"1990-02-30"}`, 422, "customer.bad_birthday", "birthday"},
			{"POST", create, `{"name":"a","birthday":"2999-01-01"}`, 422, "customer.bad_birthday", "birthday"},
			{"POST", create, `{"name":"a","birthday":"12-31","birthday_lunar":true}`, 422, "customer.bad_birthday", "birthday"},
			{"POST", create, `{"name":"a","kind":"company","gender":"male"}`, 422, "customer.person_only", "gender"},
			{"POST", create, `{"name":"a","region_code":"999999"}`, 422, "customer.bad_region", "region_code"},
			{"POST", create, `{"name":"a","education":"phd"}`, 422, "web.one_of", "education"},
			{"POST", create, `{"name":"a","owner_id":999}`, 422, "customer.no_staff", "owner_id"},
			{"POST", create, `{"name":"a","owner_id":39}`, 422, "customer.no_staff", "owner_id"},
			{"POST", create, `{"name":"a","department_id":999}`, 422, "customer.no_department", "department_id"},
			{"POST", create, `{"name":"a","invoice":{"title":"","account":"12ab"}}`, 422, "customer.bad_account", "invoice.account"},
			{"POST", create, `{"name":"a","invoice":{"title":"t","tax_number":"91110000600037341X"}}`, 422, "clean.bad_credit_code", "invoice.tax_number"},
			{"POST", create, `{"name":"a","contacts":[{"kind":"phone","value":"1380013800"}]}`, 422, "clean.bad_phone", "contacts[0].value"},
			{"POST", create, `{"name":"a","contacts":[{"kind":"phone","value":"138****8000"}]}`, 422, "clean.phone_masked", "contacts[0].value"},
			{"POST", create, `{"name":"a","contacts":[{"kind":"code","value":"91110000600037341A"}]}`, 422, "clean.bad_credit_code", "contacts[0].value"},
			{"POST", create, `{"name":"a","contacts":[{"kind":"app","value":"ab cd"}]}`, 422, "customer.bad_identifier", "contacts[0].value"},
			{"POST", create, `{"name":"a","contacts":[{"kind":"email","value":"a@b.cn"},{"kind":"email","value":"a@b.cn"}]}`, 422, "customer.contact_exists", "contacts[1].value"},
			{"POST", create, `{"name":"a","nickname":"b"}`, 422, "web.unknown_field", "nickname"},
			{"PATCH", edit, `{"name":""}`, 422, "customer.name_missing", "name"},
			{"PATCH", edit, `{"remark":"` + strings.Repeat("长", 2001) + `"}`, 422, "customer.too_long", "remark"},
			{"PATCH", edit, `{"kind":"company","gender":"male"}`, 422, "customer.person_only", "gender"},
			{"POST", contacts, `{"kind":"phone","value":"+86 13800138000"}`, 409, "customer.contact_exists", ""},
			{"POST", contacts, `{"kind":"email","value":"no"}`, 422, "clean.bad_email", "value"},
			{"POST", contacts, `{"kind":"phone","value":"13900139000","label":"` + strings.Repeat("x", 21) + `"}`, 422, "customer.too_long", "label"},
			{"POST", fmt.Sprintf("/customers/%d/contacts", company.ID), `{"kind":"code","value":"91330106MA2CFG7X0Q"}`, 422, "clean.bad_credit_code", "value"},
			{"DELETE", contacts + "/999", ``, 404, "customer.contact_not_found", ""},
			{"POST", fmt.Sprintf("/customers/%d/relations", person.ID), fmt.Sprintf(`{"kind":"parent","other_id":%d}`, company.ID), 422, "customer.relation_kinds", ""},
			{"POST", fmt.Sprintf("/customers/%d/relations", person.ID), fmt.Sprintf(`{"kind":"household","other_id":%d}`, person.ID), 422, "customer.relation_self", "other_id"},
			{"POST", fmt.Sprintf("/customers/%d/relations", person.ID), `{"kind":"household","other_id":99999}`, 422, "customer.not_found", "other_id"},
			{"DELETE", fmt.Sprintf("/customers/%d/relations/77", person.ID), ``, 404, "customer.relation_not_found", ""},
			{"PUT", fmt.Sprintf("/customers/%d/team/39", person.ID), `{"role":"sales"}`, 422, "customer.no_staff", "staff_id"},
			{"DELETE", fmt.Sprintf("/customers/%d/team/33", person.ID), ``, 404, "customer.not_in_team", ""},
			{"POST", fmt.Sprintf("/customers/%d/release", person.ID), `{"reason":" "}`, 422, "customer.reason_missing", "reason"},
			{"POST", fmt.Sprintf("/customers/%d/claim", person.ID), ``, 409, "customer.already_owned", ""},
			{"PUT", "/pool/rules", `{"claim_limit":-1,"recover":true,"recover_days":0}`, 422, "web.minimum", "claim_limit"},
			{"GET", "/feed?cursor=99", ``, 422, "customer.cursor_ahead", "cursor"},
			{"GET", fmt.Sprintf("/customers/%d/changes?cursor=x", person.ID), ``, 422, "web.bad_cursor", "cursor"},
			{"GET", fmt.Sprintf("/customers/%d/changes?sort=x", person.ID), ``, 422, "web.unknown_field", "sort"},
		} {
			etag := ""
			if c.method == "PATCH" {
				etag = `"v1"`
			}
			f.refuse(t, "ops", c.method, c.path, etag, c.body, c.status, c.code, c.field)
		}
		if after := f.dump(t, watched[:len(watched)-1]...); after != before {
			t.Errorf("a refusal left something:\n%s", gocmp.Diff(before, after))
		}
	})
}

// TestPhoneHistory: who changed which phone, when, from what; clear only by a
// reveal, which is recorded.
func TestPhoneHistory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setupRecord(t, d)
		r := f.record(t, "ann", "POST", "/customers", "", `{"name":"王明"}`)
		path := fmt.Sprintf("/customers/%d/contacts", r.ID)
		r = f.record(t, "ann", "POST", path, `"v1"`, `{"kind":"phone","value":"13800138000"}`)
		first := r.Contacts[0]
		r = f.record(t, "ann", "POST", path, "", `{"kind":"phone","value":"13900139000","is_primary":true,"label":"家"}`)
		if r.Version != 3 || r.Contacts[0].Primary || !r.Contacts[1].Primary {
			t.Fatalf("primary: %+v", r.Contacts)
		}
		one := fmt.Sprintf("%s/%d", path, first.ID)
		f.refuse(t, "ann", "PATCH", one, "", `{"value":"13700137000"}`, 428, "web.version_missing", "")
		f.refuse(t, "ann", "PATCH", one, `"v1"`, `{"value":"13700137000"}`, 409, "customer.version_conflict", "")
		r = f.record(t, "ann", "POST", one+"/verify", "", `{"validity":"valid"}`)
		if c := r.Contacts[0]; c.Validity != "valid" || c.VerifiedAt == nil {
			t.Errorf("verified: %+v", c)
		}
		r = f.record(t, "ann", "PATCH", one, web.ETag(r.Version), `{"value":"137 0013 7000"}`)
		if c := r.Contacts[0]; c.Masked != "137****7000" || c.Validity != "unknown" || c.VerifiedAt != nil {
			t.Errorf("a new number is unverified: %+v", c)
		}
		f.refuse(t, "ann", "PATCH", one, web.ETag(r.Version), `{"value":"13900139000"}`, 409, "customer.contact_exists", "")
		r = f.record(t, "ann", "DELETE", fmt.Sprintf("%s/%d", path, r.Contacts[1].ID), "", "")
		if len(r.Contacts) != 1 || !r.Contacts[0].Primary {
			t.Errorf("the one that is left is the primary one: %+v", r.Contacts)
		}
		var got []string
		for _, c := range f.changes(t, "ann", r.ID, "&field=phone") {
			got = append(got, fmt.Sprintf("%s>%s %s %v", c.Before, c.After, c.ActorName, c.Sealed))
		}
		want := []string{"139****9000> ann true", "138****8000>137****7000 ann true", ">139****9000 ann true", ">138****8000 ann true"}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		change := f.changes(t, "ann", r.ID, "&field=phone")[1]
		var clear customer.RevealedChange
		f.call(t, "ann", "POST", fmt.Sprintf("/customers/%d/changes/%d/reveal", r.ID, change.ID), "", &clear)
		if clear.Before != "13800138000" || clear.After != "13700137000" {
			t.Errorf("%+v", clear)
		}
		f.refuse(t, "viewer", "POST", fmt.Sprintf("/customers/%d/changes/%d/reveal", r.ID, change.ID), "", "", 403, "forbidden", "")
		f.refuse(t, "bob", "POST", fmt.Sprintf("/customers/%d/changes/%d/reveal", r.ID, change.ID), "", "", 404, "customer.not_found", "")
		if n := f.count(t, `SELECT COUNT(*) FROM audit_log WHERE action = 'customer.reveal'`); n != 1 {
			t.Errorf("%d reveals recorded", n)
		}
		f.noSecrets(t, f.dump(t, watched...), "13800138000", "13900139000", "13700137000", "00138000")
		// The old number no longer finds the customer, the new one does.
		for q, n := range map[string]int{"13800138000": 0, "13900139000": 0, "13700137000": 1} {
			var list web.List[customer.Hit]
			f.call(t, "ann", "GET", "/search?q="+q, "", &list)
			if len(list.Items) != n {
				t.Errorf("%s finds %d", q, len(list.Items))
			}
		}
	})
}
