package field

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/web"
)

// fakeRecords knows customers 1 to 9 and keeps their versions.
type fakeRecords struct {
	d       *db.DB
	version map[int64]int64
	entries []Entry
}

func (f *fakeRecords) Version(_ context.Context, id int64) (int64, error) {
	if id > 9 {
		return 0, errs.New(errs.NotFound, "customer.not_found", "id", id)
	}
	return f.version[id] + 1, nil
}

func (f *fakeRecords) Edit(ctx context.Context, id, version int64, fn func(ctx context.Context) ([]Entry, error)) (int64, error) {
	now, err := f.Version(ctx, id)
	if err != nil {
		return 0, err
	}
	if version != 0 && version != now {
		return 0, errs.New(errs.Conflict, "customer.version_conflict", "version", now)
	}
	err = f.d.InTx(ctx, func(ctx context.Context) error {
		entries, err := fn(ctx)
		if err == nil && len(entries) > 0 {
			f.version[id]++
			f.entries = append(f.entries, entries...)
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	return f.Version(ctx, id)
}

type fakePeople struct{}

func (fakePeople) Names(_ context.Context, target string, ids []int64) (map[int64]string, error) {
	out := map[int64]string{}
	for _, id := range ids {
		if id < 10 {
			out[id] = fmt.Sprint(target, " ", id)
		}
	}
	return out, nil
}

func (fakePeople) Find(_ context.Context, target, text string, _ int) ([]Candidate, error) {
	return []Candidate{{4, target + " " + text, "销售部"}}, nil
}

type site struct {
	*testing.T
	s       *Service
	d       *db.DB
	records *fakeRecords
	api     *web.API
}

var actors = map[string]*auth.Actor{
	"boss":   {StaffID: 1, Name: "boss", Scope: auth.ScopeAll, Permissions: map[auth.Permission]bool{PermManage: true, permView: true, permEdit: true}},
	"seller": {StaffID: 2, Name: "seller", Scope: auth.ScopeOwn, Permissions: map[auth.Permission]bool{permView: true, permEdit: true}},
	"nobody": {StaffID: 3, Name: "nobody", Scope: auth.ScopeAll},
}

func newSite(t *testing.T, d *db.DB) *site {
	clk := clock.NewFixed(time.UnixMilli(1_700_000_000_000))
	st := &site{T: t, d: d, records: &fakeRecords{d: d, version: map[int64]int64{}}}
	st.s = NewService(Deps{DB: d, Clock: clk, Audit: audit.New(d, clk), Records: st.records, People: fakePeople{}})
	st.api = web.New(web.Options{Texts: i18n.Default(), Match: i18n.Match, Clock: clk,
		Authenticate: func(_ context.Context, r *http.Request) (*auth.Actor, error) {
			return actors[r.Header.Get("X-Who")], nil
		}})
	st.s.Routes(st.api)
	return st
}

// call sends a request and gives status and body, or the code of the problem.
func (s *site) call(who, method, path, body string) (int, string) {
	s.Helper()
	r := httptest.NewRequest(method, web.Prefix+path, strings.NewReader(body))
	r.Header.Set("X-Who", who)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	s.api.ServeHTTP(w, r)
	if w.Code < 400 {
		return w.Code, w.Body.String()
	}
	var p struct {
		Code   string
		Detail string
		Errors []struct{ Code, Path string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		s.Fatalf("%s %s: %v in %s", method, path, err, w.Body)
	}
	if strings.Contains(p.Detail, "errors.") {
		s.Errorf("%s %s: no text for %s", method, path, p.Code)
	}
	return w.Code, p.Code
}

func (s *site) want(who, method, path, body string, status int, part string) string {
	s.Helper()
	got, text := s.call(who, method, path, body)
	if got != status || !strings.Contains(text, part) {
		s.Errorf("%s %s %s as %s: %d %s, want %d with %s", method, path, body, who, got, text, status, part)
	}
	return text
}

var ctxBoss = auth.With(context.Background(), actors["boss"])

func (s *site) make(in In) *Definition {
	s.Helper()
	d, err := s.s.Create(ctxBoss, in)
	if err != nil {
		s.Fatal(in.Name.ZH, err)
	}
	return d
}

func (s *site) set(id int64, values map[string]any) ([]Change, error) {
	parsed, err := s.s.ParseAll(ctxBoss, "values", values)
	if err != nil {
		return nil, err
	}
	var out []Change
	err = s.d.InTx(ctxBoss, func(ctx context.Context) (err error) {
		out, err = s.s.Set(ctx, id, parsed)
		return err
	})
	return out, err
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	e := errs.From(err)
	if e == nil || e.Code != code && !slices.ContainsFunc(e.Fields, func(f errs.Field) bool { return f.Code == code }) {
		t.Errorf("error %v, want %s", err, code)
	}
}

func TestAFieldThatHadAValueKeepsItsKind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		color := s.make(In{Kind: Choice, Name: Label{"颜色", "Colour"}, Options: []Option{{Label: Label{"红", "Red"}}, {Label: Label{"绿", ""}}, {Label: Label{"蓝", "Blue"}}}})
		if color.Code != "colour" || color.Options[1].Code != "lv" {
			t.Errorf("codes made: %s, %s", color.Code, color.Options[1].Code)
		}
		// Before the first value anything may change.
		number := Number
		if _, err := s.s.Update(ctxBoss, color.ID, Patch{Kind: &number}); err != nil {
			t.Fatal(err)
		}
		choice := Choice
		if _, err := s.s.Update(ctxBoss, color.ID, Patch{Kind: &choice, Options: &color.Options}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.set(1, map[string]any{"colour": "red"}); err != nil {
			t.Fatal(err)
		}
		_, err := s.s.Update(ctxBoss, color.ID, Patch{Kind: &number})
		wantCode(t, err, "field.in_use")
		wantCode(t, s.s.Delete(ctxBoss, color.ID), "field.delete_in_use")
		without := color.Options[1:]
		_, err = s.s.Update(ctxBoss, color.ID, Patch{Options: &without})
		wantCode(t, err, "field.option_in_use")
		// An option nobody has may go, one that somebody has may be retired and renamed.
		fewer := []Option{{Code: "red", Label: Label{"正红", "Red"}, Retired: true}, color.Options[2]}
		got, err := s.s.Update(ctxBoss, color.ID, Patch{Options: &fewer})
		if err != nil || len(got.Options) != 2 {
			t.Fatalf("%+v, %v", got, err)
		}
		_, err = s.set(2, map[string]any{"colour": "red"})
		wantCode(t, err, "field.option_retired")
		// A customer that has it may be saved again as it is.
		if changes, err := s.set(1, map[string]any{"colour": "red"}); err != nil || len(changes) != 0 {
			t.Errorf("%v, %v", changes, err)
		}
		yes, no := true, false
		if _, err := s.s.Update(ctxBoss, color.ID, Patch{Retired: &yes}); err != nil {
			t.Fatal(err)
		}
		_, err = s.set(1, map[string]any{"colour": "blue"})
		wantCode(t, err, "field.retired")
		values, err := s.s.Values(ctxBoss, []int64{1, 2})
		if err != nil || values[1]["colour"].Text != "red" {
			t.Errorf("a retired field lost its value: %v, %v", values, err)
		}
		if _, err := s.s.Update(ctxBoss, color.ID, Patch{Retired: &no}); err != nil {
			t.Fatal(err)
		}
		if _, err = s.set(1, map[string]any{"colour": "blue"}); err != nil {
			t.Error(err)
		}
	})
}

func TestDefinitionsAreChecked(t *testing.T) {
	d := dbtest.SQLite(t)
	s := newSite(t, d)
	s.make(In{Code: "size", Kind: Text, Name: Label{"尺码", "Size"}})
	cases := []struct {
		name, code string
		in         In
	}{
		{"code taken", "field.code_taken", In{Code: "size", Kind: Text, Name: Label{"别的", ""}}},
		{"name taken, other case and language", "field.name_taken", In{Kind: Text, Name: Label{"ｓｉｚｅ", ""}}},
		{"bad code", "field.bad_code", In{Code: "9a", Kind: Text, Name: Label{"甲", ""}}},
		{"no name", "field.name_missing", In{Kind: Text, Name: Label{" ", ""}}},
		{"name too long", "field.too_long", In{Kind: Text, Name: Label{strings.Repeat("长", 61), ""}}},
		{"no options", "field.no_options", In{Kind: Choice, Name: Label{"甲", ""}}},
		{"same option twice", "field.option_taken", In{Kind: Choice, Name: Label{"甲", ""}, Options: []Option{{Label: Label{"A", ""}}, {Label: Label{"b", "a"}}}}},
		{"separator in label", "field.label_separator", In{Kind: Choice, Name: Label{"甲", ""}, Options: []Option{{Label: Label{"A;B", ""}}}}},
		{"target missing", "field.bad_target", In{Kind: Reference, Name: Label{"甲", ""}}},
		{"scale", "field.bad_scale", In{Kind: Number, Scale: 7, Name: Label{"甲", ""}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := s.s.Create(ctxBoss, c.in)
			wantCode(t, err, c.code)
		})
	}
	for i := range MaxFields - 1 {
		s.make(In{Kind: Text, Name: Label{fmt.Sprint("字段", i), ""}})
	}
	_, err := s.s.Create(ctxBoss, In{Kind: Text, Name: Label{"一个太多", ""}})
	wantCode(t, err, "field.too_many")
	set, err := s.s.Definitions(ctxBoss)
	if err != nil || len(set.All()) != MaxFields {
		t.Fatalf("%d fields, %v", len(set.All()), err)
	}
	last := set.All()[MaxFields-1]
	ordered, err := s.s.Order(ctxBoss, []int64{last.ID})
	if err != nil || ordered[0].ID != last.ID || ordered[1].Code != "size" {
		t.Errorf("order: %v", err)
	}
	set, err = s.s.Definitions(ctxBoss)
	if err != nil || set.All()[0].ID != last.ID {
		t.Errorf("order was not kept: %v", err)
	}
}

func TestPresets(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		seen := 0
		for _, p := range Presets() {
			got, err := s.s.ImportPreset(ctxBoss, p.Code, nil)
			if err != nil {
				t.Fatalf("%s: %v", p.Code, err)
			}
			if len(got.Created)+len(got.Skipped) != len(p.Fields) || len(got.Created) < 8 {
				t.Errorf("%s: %d made, %v left out of %d", p.Code, len(got.Created), got.Skipped, len(p.Fields))
			}
			for _, f := range got.Created {
				if f.Name.EN == "" || f.Section.EN == "" {
					t.Errorf("%s.%s has no English name or section", p.Code, f.Code)
				}
			}
			seen += len(got.Created)
			again, err := s.s.ImportPreset(ctxBoss, p.Code, nil)
			if err != nil || len(again.Created) != 0 {
				t.Errorf("%s twice: %d, %v", p.Code, len(again.Created), err)
			}
		}
		if len(Presets()) != 5 {
			t.Errorf("%d presets", len(Presets()))
		}
		set, err := s.s.Definitions(ctxBoss)
		if err != nil || len(set.All()) != seen {
			t.Errorf("%d fields, %d made, %v", len(set.All()), seen, err)
		}
		_, err = s.s.ImportPreset(ctxBoss, "retail", []string{"nothing"})
		wantCode(t, err, "field.unknown")
		_, err = s.s.ImportPreset(ctxBoss, "moon", nil)
		wantCode(t, err, "field.no_preset")
	})
}

func TestValuesOfMany(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		s.make(In{Code: "size", Kind: MultiChoice, Name: Label{"尺码", ""}, Options: sizes[:2]})
		s.make(In{Code: "budget", Kind: Money, Name: Label{"预算", ""}})
		friend := s.make(In{Code: "friend", Kind: Reference, Target: TargetCustomer, Name: Label{"介绍人", ""}})
		s.make(In{Code: "must", Kind: Text, Required: true, Name: Label{"必填", ""}})
		var writes []Write
		for id := range int64(2500) {
			w := Write{id + 1, map[string]Value{"budget": {Set: true, Num: id}, "size": {Set: true, Codes: []string{"s", "m"}}}}
			if id%2 == 0 {
				w.Values["friend"] = Value{Set: true, Num: 7}
			}
			writes = append(writes, w)
		}
		writes[6].Values["friend"] = Value{} // 7 itself
		write := func(w []Write) (out []Change, err error) {
			err = d.InTx(ctxBoss, func(ctx context.Context) (err error) {
				out, err = s.s.SetMany(ctx, w)
				return err
			})
			return out, err
		}
		changes, err := write(writes)
		if err != nil || len(changes) != 2*2500+1249 {
			t.Fatalf("%d changes, %v", len(changes), err)
		}
		if changes, err = write(writes); err != nil || len(changes) != 0 {
			t.Fatalf("the same again: %d changes, %v", len(changes), err)
		}
		got, err := s.s.Values(ctxBoss, []int64{2, 2500})
		if err != nil || got[2500]["budget"].Num != 2499 || !slices.Equal(got[2]["size"].Codes, []string{"s", "m"}) || len(got[2]) != 2 {
			t.Errorf("%+v, %v", got, err)
		}
		// One wrong value keeps all of them back.
		_, err = write([]Write{{1, map[string]Value{"budget": {Set: true, Num: 1}}}, {2, map[string]Value{"friend": {Set: true, Num: 99}}}})
		wantCode(t, err, "field.bad_reference")
		_, err = write([]Write{{3, map[string]Value{"friend": {Set: true, Num: 3}}}})
		wantCode(t, err, "field.bad_reference")
		_, err = write([]Write{{1, map[string]Value{"nothing": {}}}})
		wantCode(t, err, "field.unknown")
		if got, _ := s.s.Values(ctxBoss, []int64{1}); got[1]["budget"].Num != 0 {
			t.Error("a refused call wrote something")
		}
		if _, err := write([]Write{{1, map[string]Value{"must": {Set: true, Text: "有"}}}}); err != nil {
			t.Fatal(err)
		}
		_, err = write([]Write{{1, map[string]Value{"must": {}}}})
		wantCode(t, err, "field.required")
		wantCode(t, s.s.CheckRequired(ctxBoss, "values", map[string]Value{"budget": {Set: true}}), "field.required")

		// What filters look at: the column a definition names.
		var n int
		c := friend.Column()
		if err := d.Q(ctxBoss).QueryRowContext(ctxBoss, "SELECT count(*) FROM "+c.Table+" WHERE field_id = $1 AND "+c.Name+" = $2", c.FieldID, 7).Scan(&n); err != nil || n != 1249 {
			t.Errorf("%d point to 7, %v", n, err)
		}
		used, err := s.s.Used(ctxBoss, friend.ID)
		if err != nil || used.Values != 1249 || !used.Used {
			t.Errorf("%+v, %v", used, err)
		}
		err = d.InTx(ctxBoss, func(ctx context.Context) error { return s.s.Forget(ctx, []int64{1, 7}) })
		if err != nil {
			t.Fatal(err)
		}
		got, err = s.s.Values(ctxBoss, []int64{1, 5, 7})
		if err != nil || got[5]["friend"].Num != 7 || len(got) != 1 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestFieldRoutes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		body := `{"code":"price","kind":"number","scale":2,"name":{"zh":"心理价位","en":"Price"},"unit":"元"}`
		s.want("seller", "POST", "/custom-fields", body, 403, "forbidden")
		s.want("boss", "POST", "/custom-fields", body, 201, `"code":"price"`)
		s.want("boss", "POST", "/custom-fields", body, 409, "field.code_taken")
		s.want("boss", "POST", "/custom-fields", `{"kind":"reference","target":"staff","name":{"zh":"顾问"}}`, 201, `"code":"guwen"`)
		s.want("nobody", "GET", "/custom-fields", "", 200, `"price"`)
		s.want("nobody", "GET", "/custom-fields/presets", "", 200, `"hotel"`)
		s.want("nobody", "GET", "/customers/1/fields", "", 403, "forbidden")
		s.want("nobody", "GET", "/custom-fields/2/candidates?q=x", "", 403, "forbidden")
		s.want("seller", "GET", "/custom-fields/2/candidates?q=x", "", 200, `"name":"staff x"`)
		s.want("seller", "GET", "/custom-fields/1/candidates?q=x", "", 200, `"items":[]`)
		s.want("seller", "GET", "/customers/10/fields", "", 404, "customer.not_found")
		s.want("seller", "PATCH", "/customers/1/fields", `{"values":{"price":"12.345"}}`, 422, "invalid")
		s.want("seller", "PATCH", "/customers/1/fields", `{"values":{"price":"12.30","guwen":4}}`, 200, `"price":12.30`)
		s.want("seller", "PATCH", "/customers/1/fields", `{"values":{"guwen":77}}`, 422, "invalid")
		s.want("seller", "GET", "/customers/1/fields", "", 200, `"names":{"staff":{"4":"staff 4"}}`)
		s.want("seller", "GET", "/customers/1/fields", "", 200, `"version":2`)
		// The same again changes nothing.
		s.want("seller", "PATCH", "/customers/1/fields", `{"values":{"price":12.3}}`, 200, `"version":2`)
		r := httptest.NewRequest("PATCH", web.Prefix+"/customers/1/fields", strings.NewReader(`{"values":{"price":5}}`))
		r.Header.Set("X-Who", "seller")
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("If-Match", `"1"`)
		w := httptest.NewRecorder()
		s.api.ServeHTTP(w, r)
		if w.Code != 409 {
			t.Errorf("an old version: %d %s", w.Code, w.Body)
		}
		want := []Entry{{1, "f.price", "", "12.30"}, {1, "f.guwen", "", "4"}}
		if !slices.Equal(s.records.entries, want) {
			t.Errorf("history %v, want %v", s.records.entries, want)
		}
		list, err := s.s.Definitions(ctxBoss)
		if err != nil {
			t.Fatal(err)
		}
		s.want("seller", "PUT", "/custom-fields/order", `{"ids":[1]}`, 403, "forbidden")
		s.want("boss", "PUT", "/custom-fields/order", fmt.Sprintf(`{"ids":[%d]}`, list.Code("guwen").ID), 200, `{"items":[{"id":2`)
		one := fmt.Sprint("/custom-fields/", list.Code("price").ID)
		s.want("boss", "GET", one, "", 200, `"values":1`)
		s.want("seller", "PATCH", one, `{"retired":true}`, 403, "forbidden")
		s.want("boss", "PATCH", one, `{"retired":true}`, 200, `"retired":true`)
		s.want("boss", "DELETE", one, "", 409, "field.delete_in_use")
		s.want("seller", "PATCH", "/customers/1/fields", `{"values":{"price":1}}`, 422, "invalid")
		s.want("boss", "POST", "/custom-fields/presets/hotel", `{"codes":["pillow"]}`, 200, `"created":[{`)
		s.want("boss", "GET", "/custom-fields/999", "", 404, "field.not_found")
		var n int
		if err := d.Q(ctxBoss).QueryRowContext(ctxBoss, "SELECT count(*) FROM audit_log WHERE object_type = 'field'").Scan(&n); err != nil || n != 5 {
			t.Errorf("%d audit entries, %v; want 3 made, 1 order, 1 retired", n, err)
		}
	})
}

// TestNamesThatDiffer: digits tell names apart, widths and cases do not; where
// two names are one, the error stands at the language they are one in.
func TestNamesThatDiffer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		ctx := auth.With(context.Background(), actors["boss"])
		for _, c := range []struct{ zh, en, path string }{
			{"预算1", "Budget 1", ""}, {"预算2", "Budget 2", ""}, {"预算12", "", ""}, {"预算一", "", ""}, {"预算", "Budget", ""}, {"1", "", ""}, {"2", "", ""},
			{"预算１", "", "name.zh"}, {"另一预算", "budget 2", "name.en"}, {"BUDGET 1", "", "name.zh"}, {"预算 3", "预算2", "name.en"},
		} {
			_, err := s.s.Create(ctx, In{Kind: Money, Name: Label{ZH: c.zh, EN: c.en}})
			path := ""
			if err != nil {
				e := errs.From(err)
				if e.Code != "field.name_taken" {
					t.Fatalf("%s: %v", c.zh, err)
				}
				path = e.Fields[0].Path
			}
			if path != c.path {
				t.Errorf("%s / %s: %q, want %q", c.zh, c.en, path, c.path)
			}
		}
	})
}
