package field

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
)

func at(f float64) *float64 { return &f }

// TestBounds: a number outside of the bounds of its field is refused with them,
// and what was there before the bounds stays until somebody changes it.
func TestBounds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		children := s.make(In{Code: "children", Kind: Number, Name: Label{"子女人数", "Children"}, Unit: "人"})
		if _, err := s.set(1, map[string]any{"children": 999}); err != nil {
			t.Fatal(err)
		}
		path := fmt.Sprint("/custom-fields/", children.ID)
		s.want("boss", "PATCH", path, `{"bounds":{"least":0,"greatest":20}}`, 200, `"bounds":{"least":0,"greatest":20}`)
		s.want("boss", "GET", path, "", 200, `"bounds":{"least":0,"greatest":20}`)

		for _, c := range []struct {
			id    int64
			value any
			want  string
		}{
			{2, 0, ""}, {2, 20, ""}, {2, 21, "field.out_of_bounds"}, {2, -1, "field.out_of_bounds"},
			{1, 999, ""}, // as it is
			{1, 998, "field.out_of_bounds"}, {1, 3, ""}, {1, 999, "field.out_of_bounds"}, {2, nil, ""},
		} {
			_, err := s.set(c.id, map[string]any{"children": c.value})
			code := ""
			if err != nil {
				f := errs.From(err).Fields
				if len(f) != 1 || f[0].Path != "values.children" || f[0].Params["least"] != "0人" || f[0].Params["greatest"] != "20人" || f[0].Params["field"] != "子女人数" {
					t.Fatalf("%v of %d: %+v", c.value, c.id, f)
				}
				code = f[0].Code
			}
			if code != c.want {
				t.Errorf("%v of %d: %q, want %q", c.value, c.id, code, c.want)
			}
		}
		// A condition may name any number.
		if v, err := children.Parse(500); err != nil || v.Num != 500 {
			t.Errorf("%+v, %v", v, err)
		}
		// One side, decimals and money.
		price := s.make(In{Code: "price", Kind: Money, Name: Label{"价位", ""}, Bounds: Bounds{Least: at(100)}})
		rate := s.make(In{Code: "rate", Kind: Number, Scale: 1, Unit: "%", Name: Label{"活跃率", ""}, Bounds: Bounds{Greatest: at(99.5)}})
		_, err := s.set(2, map[string]any{"price": 99, "rate": "99.6"})
		got := map[string]string{}
		for _, f := range errs.From(err).Fields {
			got[f.Path] = fmt.Sprint(f.Code, " ", f.Params["least"], f.Params["greatest"])
		}
		if fmt.Sprint(got) != "map[values.price:field.below_least 1.00<nil> values.rate:field.above_greatest <nil>99.5%]" {
			t.Errorf("%v", got)
		}
		if _, err := s.set(2, map[string]any{"price": 100, "rate": 99.5}); err != nil {
			t.Error(err)
		}
		// Taken away, they bind no more; another kind has none.
		s.want("boss", "PATCH", path, `{"bounds":{}}`, 200, `"bounds":{}`)
		if _, err := s.set(2, map[string]any{"children": 21}); err != nil {
			t.Error(err)
		}
		free := s.make(In{Code: "free", Kind: Number, Name: Label{"自由", ""}, Bounds: Bounds{Least: at(1)}})
		s.want("boss", "PATCH", fmt.Sprint("/custom-fields/", free.ID), `{"kind":"text"}`, 200, `"bounds":{}`)
		// Whoever reads them anew has them, and the log knows the change.
		set, err := NewService(s.s.Deps).Definitions(ctxBoss)
		if err != nil || *set.Code("rate").Bounds.Greatest != 99.5 || *set.Code("price").Bounds.Least != 100 || set.ID(price.ID).Bounds.Greatest != nil || set.ID(rate.ID).Bounds.Least != nil {
			t.Errorf("%v", err)
		}
		var text string
		if err := d.Q(ctxBoss).QueryRowContext(ctxBoss, `SELECT after_data FROM audit_log WHERE action = 'field.update' AND object_id = $1 ORDER BY id LIMIT 1`, fmt.Sprint(children.ID)).Scan(&text); err != nil || !strings.Contains(text, `"greatest":20`) {
			t.Errorf("audit: %s, %v", text, err)
		}
	})
}

// TestOutside: the editor of a field learns how many values lie outside of bounds
// before they are set, and whoever watches over them hears when they are.
func TestOutside(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		heard := 0
		s.s.Rebound = func(context.Context) error { heard++; return nil }
		rate := s.make(In{Code: "rate", Kind: Number, Scale: 1, Name: Label{"活跃率", "Rate"}})
		other := s.make(In{Code: "other", Kind: Number, Name: Label{"其他", "Other"}, Bounds: Bounds{Least: at(0)}})
		path := fmt.Sprint("/custom-fields/", rate.ID)
		if _, err := s.s.Update(ctxBoss, other.ID, Patch{Bounds: &Bounds{Least: at(1)}}); err != nil || heard != 0 {
			t.Fatalf("%d %v", heard, err) // nobody has a value
		}
		for id, v := range []any{-0.5, 0, 50, 99.9, 100, 100.1} {
			if _, err := s.set(int64(id+1), map[string]any{"rate": v, "other": 7}); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct {
			query  string
			status int
			want   string
		}{
			{"", 200, `"values":0`}, {"?least=0", 200, `"values":1`}, {"?greatest=99.9", 200, `"values":2`},
			{"?least=0&greatest=100", 200, `"values":2`}, {"?least=0.1&greatest=50", 200, `"values":5`}, {"?least=-0.5&greatest=100.1", 200, `"values":0`},
			{"?least=2&greatest=1", 422, "invalid"}, {"?least=x", 422, "invalid"}, {"?least=0.05", 422, "invalid"},
		} {
			s.want("boss", "GET", path+"/outside"+c.query, "", c.status, c.want)
		}
		s.want("boss", "GET", "/custom-fields/999/outside", "", 404, "field.not_found")
		for i, p := range []Patch{{Bounds: &Bounds{at(0), at(100)}}, {Bounds: &Bounds{at(0), at(99)}}, {Bounds: &Bounds{}}} {
			if _, err := s.s.Update(ctxBoss, rate.ID, p); err != nil || heard != i+1 {
				t.Errorf("change %d: heard %d, %v", i, heard, err)
			}
			if _, err := s.s.Update(ctxBoss, rate.ID, p); err != nil || heard != i+1 {
				t.Errorf("the same again: heard %d, %v", heard, err)
			}
		}
		if _, err := s.s.Update(ctxBoss, rate.ID, Patch{Name: &Label{"率", "Rate"}}); err != nil || heard != 3 {
			t.Errorf("another name: heard %d, %v", heard, err)
		}
	})
}

func TestBoundsAreChecked(t *testing.T) {
	for _, c := range []struct {
		name, path, code string
		in               In
	}{
		{"turned round", "bounds.greatest", "field.bad_bounds", In{Kind: Number, Bounds: Bounds{at(2), at(1)}}},
		{"too many decimals", "bounds.least", "field.bad_number", In{Kind: Number, Scale: 1, Bounds: Bounds{Least: at(0.25)}}},
		{"half a fen", "bounds.greatest", "field.bad_money", In{Kind: Money, Bounds: Bounds{Greatest: at(0.5)}}},
		{"too large", "bounds.greatest", "field.bad_number", In{Kind: Number, Bounds: Bounds{Greatest: at(1e17)}}},
		{"one value", "", "", In{Kind: Number, Bounds: Bounds{at(1), at(1)}}},
		{"of a text they mean nothing", "", "", In{Kind: Text, Bounds: Bounds{at(2), at(1)}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := Definition{Kind: c.in.Kind, Scale: c.in.Scale, Bounds: c.in.Bounds, Name: Label{ZH: "甲"}}
			path, code := "", ""
			if e := errs.From(d.validate()); e != nil && len(e.Fields) > 0 {
				path, code = e.Fields[0].Path, e.Fields[0].Code
			}
			if path != c.path || code != c.code {
				t.Errorf("%s at %q, want %s at %q", code, path, c.code, c.path)
			}
		})
	}
}

// TestBoundOfWrites: which of many would be refused, without writing any.
func TestBoundOfWrites(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		f := s.make(In{Code: "nps", Kind: Number, Name: Label{"推荐分", ""}})
		if _, err := s.set(1, map[string]any{"nps": 50}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.s.Update(ctxBoss, f.ID, Patch{Bounds: &Bounds{at(0), at(10)}}); err != nil {
			t.Fatal(err)
		}
		is := func(n int64) map[string]Value { return map[string]Value{"nps": {Set: true, Num: n}} }
		faults, err := s.s.Bound(ctxBoss, "fields", []Write{{1, is(50)}, {1, is(51)}, {2, is(50)}, {2, is(10)}, {0, is(11)}, {0, nil}, {2, map[string]Value{"nps": {}}}})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range faults {
			text := "-"
			if f != nil {
				text = errs.From(f).Fields[0].Path
			}
			got = append(got, text)
		}
		if strings.Join(got, " ") != "- fields.nps fields.nps - fields.nps - -" {
			t.Errorf("%v", got)
		}
	})
}

// TestPresetsHaveBounds where they are plain, and where a help says them they agree.
func TestPresetsHaveBounds(t *testing.T) {
	want := map[string]string{
		"retail.children": `{"least":0,"greatest":20}`, "services.nps": `{"least":0,"greatest":10}`, "technology.active_rate": `{"least":0,"greatest":100}`,
	}
	for _, p := range Presets() {
		for _, f := range p.Fields {
			b, _ := json.Marshal(f.Bounds)
			if w := want[p.Code+"."+f.Code]; w != "" && string(b) != w {
				t.Errorf("%s.%s: %s, want %s", p.Code, f.Code, b, w)
			}
			delete(want, p.Code+"."+f.Code)
			if f.Unit == "%" && (f.Bounds.Least == nil || f.Bounds.Greatest == nil || *f.Bounds.Least != 0 || *f.Bounds.Greatest != 100) {
				t.Errorf("%s.%s is a percentage of %s", p.Code, f.Code, b)
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("not there: %v", want)
	}
}
