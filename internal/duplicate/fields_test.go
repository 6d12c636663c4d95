package duplicate

import (
	"reflect"
	"testing"

	"zhike/internal/dedupe"
	"zhike/internal/platform/errs"
)

func TestPlan(t *testing.T) {
	full := func(more row) row {
		r := row{"name": "王芳", "kind": "person", "stage": "customer", "birthday": "", "birthday_lunar": false, "province": "", "city": "", "district": "",
			"region_code": "", "remark": "", "owner_id": int64(0), "department_id": int64(0), "owned_at": int64(0), "created_at": int64(100), "source_id": int64(1), "last_contact_at": int64(0),
			"favourite_categories": "[]"}
		for k, v := range more {
			r[k] = v
		}
		return r
	}
	for name, c := range map[string]struct {
		winner, loser row
		choices       map[string]Side
		want          row
	}{
		"nothing to do":                      {full(nil), full(nil), nil, row{}},
		"what the winner has stays":          {full(row{"remark": "a"}), full(row{"remark": "b"}), nil, row{}},
		"what it lacks comes from the loser": {full(nil), full(row{"remark": "b"}), nil, row{"remark": "b"}},
		"an empty list is nothing":           {full(nil), full(row{"favourite_categories": `["茶"]`}), nil, row{"favourite_categories": `["茶"]`}},
		"a choice overrules":                 {full(row{"remark": "a"}), full(row{"remark": "b"}), map[string]Side{"remark": Loser}, row{"remark": "b"}},
		"a choice may empty":                 {full(row{"remark": "a"}), full(nil), map[string]Side{"remark": Loser}, row{"remark": ""}},
		"columns of a group go together": {full(nil), full(row{"province": "浙江省", "city": "杭州市", "region_code": "330100"}), nil,
			row{"province": "浙江省", "city": "杭州市", "region_code": "330100"}},
		"a calendar goes with its day":         {full(row{"birthday": "01-02"}), full(row{"birthday": "1990-03-04", "birthday_lunar": true}), map[string]Side{"birthday": Loser}, row{"birthday": "1990-03-04", "birthday_lunar": true}},
		"who bought is no prospect":            {full(row{"stage": "prospect"}), full(nil), nil, row{"stage": "customer"}},
		"a customer does not become one":       {full(nil), full(row{"stage": "prospect"}), nil, row{}},
		"the earlier beginning":                {full(nil), full(row{"created_at": int64(50), "source_id": int64(2)}), nil, row{"created_at": int64(50), "source_id": int64(2)}},
		"the later contact":                    {full(row{"last_contact_at": int64(5)}), full(row{"last_contact_at": int64(9)}), nil, row{"last_contact_at": int64(9)}},
		"the earlier registration":             {full(row{"registered_at": int64(9)}), full(row{"registered_at": int64(5)}), nil, row{"registered_at": int64(5)}},
		"the earlier registration stays":       {full(row{"registered_at": int64(5)}), full(row{"registered_at": int64(9)}), nil, row{}},
		"the only registration":                {full(row{"registered_at": nil}), full(row{"registered_at": int64(9)}), nil, row{"registered_at": int64(9)}},
		"a registration that is known":         {full(row{"registered_at": int64(9)}), full(row{"registered_at": nil}), nil, row{}},
		"an owner comes with their department": {full(nil), full(row{"owner_id": int64(7), "department_id": int64(3), "owned_at": int64(70)}), nil, row{"owner_id": int64(7), "department_id": int64(3), "owned_at": int64(70)}},
	} {
		t.Run(name, func(t *testing.T) {
			got, chosen, err := plan(c.winner, c.loser, c.choices)
			if err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("%v, %v; want %v", got, err, c.want)
			}
			if len(chosen) != len(groups) {
				t.Errorf("%d of %d groups have a side", len(chosen), len(groups))
			}
		})
	}
	if got := said("registered_at", int64(18383)); got != "2020-05-01" {
		t.Errorf("the history says %s", got)
	}
	_, _, err := plan(full(nil), full(nil), map[string]Side{"phone": Loser, "remark": "both"})
	if !errs.Is(err, "invalid") || len(errs.From(err).Fields) != 2 {
		t.Errorf("wrong choices: %v", err)
	}
}

// A cell that came back as something else would be lost by an undo.
func TestCellsComeBack(t *testing.T) {
	for _, v := range []any{nil, int64(0), int64(-5), "", "王芳", []byte{}, []byte{0, 1}, 1.5, true, false} {
		c, err := cellOf(v)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.value(); !reflect.DeepEqual(got, v) {
			t.Errorf("%#v came back as %#v", v, got)
		}
	}
	if c, err := cellOf(int32(7)); err != nil || c.value() != int64(7) {
		t.Errorf("int32: %v, %v", c.value(), err)
	}
	if _, err := cellOf(struct{}{}); err == nil {
		t.Error("a type that is not known was taken")
	}
}

func TestChooser(t *testing.T) {
	c := chooser{1: 0, 2: 0, 3: 5, 4: 5, 5: 9}
	for _, step := range []struct {
		a, b, winner, loser int64
		ok                  bool
	}{
		{2, 1, 1, 2, true},   // of equals the older stays
		{1, 3, 3, 1, true},   // of others the one with more orders
		{1, 5, 0, 0, false},  // 1 is gone
		{2, 4, 0, 0, false},  // and 2
		{3, 4, 3, 4, true},   // together ten
		{3, 5, 3, 5, true},   // which is more than nine
		{3, 9, 3, 9, true},   // one without orders, not heard of before
		{9, 10, 0, 0, false}, // gone
	} {
		winner, loser, ok := c.pick(step.a, step.b)
		if winner != step.winner || loser != step.loser || ok != step.ok {
			t.Errorf("%d and %d: %d stays, %d goes, %v; want %+v", step.a, step.b, winner, loser, ok, step)
		}
	}
}

func TestPersonAsRecord(t *testing.T) {
	text := func(p person, hashes ...hashRow) map[string]int {
		out := map[string]int{}
		for _, v := range p.record(hashes).Values {
			if v.Opaque != nil {
				out[v.Field.String()+" hash"]++
			} else {
				out[v.Field.String()+" "+v.Text]++
			}
		}
		return out
	}
	for name, c := range map[string]struct{ got, want map[string]int }{
		"a person": {text(person{kind: "person", name: "王芳", company: "某某公司", birthday: "1990-01-02", province: "浙江省", city: "杭州市"}),
			map[string]int{"name.full 王芳": 1, "birthday 1990-01-02": 1, "address.region 浙江省": 1, "address.city 杭州市": 1}},
		"a birthday without its year says too little": {text(person{kind: "person", name: "王芳", birthday: "01-02"}), map[string]int{"name.full 王芳": 1}},
		"a company has two names":                     {text(person{kind: "company", name: "某某", company: "某某贸易有限公司"}), map[string]int{"name.full 某某": 1, "name.full 某某贸易有限公司": 1}},
		"contacts as hashes, others not": {text(person{kind: "person", name: "王芳"}, hashRow{kind: "phone", blind: []byte("12345678")}, hashRow{kind: "wecom", blind: []byte("12345678")}),
			map[string]int{"name.full 王芳": 1, "phone hash": 1}},
	} {
		t.Run(name, func(t *testing.T) {
			if !reflect.DeepEqual(c.got, c.want) {
				t.Errorf("%v, want %v", c.got, c.want)
			}
		})
	}
}

func TestLinkTexts(t *testing.T) {
	l := Link{Table: "customer_values", Column: "num", Key: []string{"customer_id", "field_id", "num"}, Where: "field_id IN (SELECT 1)"}
	if got := l.points("t.", 2); got != "t.num = $2 AND field_id IN (SELECT 1)" {
		t.Error(got)
	}
	if got := l.pointsTo("", "merges.loser_id"); got != "num = merges.loser_id AND field_id IN (SELECT 1)" {
		t.Error(got)
	}
	if got := l.rest(); !reflect.DeepEqual(got, []string{"customer_id", "field_id"}) {
		t.Error(got)
	}
}

// The model shows what customers are compared by, and of hashes only what they can tell.
func TestModelFields(t *testing.T) {
	base := dedupe.Shipped()
	var tally dedupe.Tally
	for range 200 {
		a, err := dedupe.ParseAgreement("name.full=exact,birthday=differ")
		if err != nil {
			t.Fatal(err)
		}
		tally.Add(a, true)
	}
	now, err := base.Learned(&tally)
	if err != nil {
		t.Fatal(err)
	}
	fields := modelFields(&now, &base, &base, &tally)
	if len(fields) != len(scanFields) {
		t.Fatalf("%d fields of %d", len(fields), len(scanFields))
	}
	for _, f := range fields {
		if f.Hashed && len(f.Levels) != 2 || !f.Hashed && len(f.Levels) < 4 {
			t.Errorf("%s: %d levels", f.Field, len(f.Levels))
		}
		for _, l := range f.Levels {
			if l.ExampleA == "" || l.Shipped != l.Base || l.Proposed == nil {
				t.Errorf("%s %s: %+v", f.Field, l.Level, l)
			}
			if f.Field == dedupe.Birthday && l.Level == dedupe.Differ && (l.Same != 200 || l.Bits <= l.Base) {
				t.Errorf("another birthday among the same: %+v", l)
			}
		}
	}
	// A lesson of another program does not stop anybody.
	for _, bad := range []string{"", "{", `{"same":{"levels":{"nick":{"exact":1}}}}`} {
		if w, err := taught(base, bad); err != nil || !reflect.DeepEqual(w, base) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
