package dedupe_test

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"zhike/internal/dedupe"
	"zhike/internal/platform/errs"
)

func rec(id int64, kv ...string) dedupe.Record {
	r := dedupe.Record{ID: id}
	for i := 0; i+1 < len(kv); i += 2 {
		f, err := dedupe.ParseField(kv[i])
		if err != nil {
			panic(err)
		}
		r.Values = append(r.Values, dedupe.Value{Field: f, Text: kv[i+1]})
	}
	return r
}

func scorer(t interface{ Fatal(...any) }) *dedupe.Scorer {
	s, err := dedupe.NewScorer(dedupe.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// One value against another: the level that is expected of a field.
func TestLevels(t *testing.T) {
	for _, c := range []struct{ field, a, b, want string }{
		{"name.full", "张三", "张 三", "exact"},
		{"name.full", "王小明", "王大明", "near"},
		{"name.full", "李娜", "李那", "close"},             // sounds the same
		{"name.full", "张三", "Zhang San", "close"},      // written otherwise
		{"name.full", "San Zhang", "张三", "close"},      // and turned round
		{"name.full", "单雄信", "Shan Xiongxin", "close"}, // read as a surname
		{"name.full", "王芳女士", "王芳", "close"},
		{"name.full", "张三", "李四", "differ"},
		{"name.full", "王小明", "王大锤", "partial"},
		{"name.full", "John Smith", "Smith, John", "close"},
		{"name.full", "John A. Smith", "john smith", "close"},
		{"name.full", "J. Smith", "John Smith", "near"},
		{"name.full", "José García", "Jose Garcia", "exact"},
		{"name.full", "上海某某贸易有限公司", "某某贸易(上海)有限公司", "close"},
		{"name.full", "上海某某贸易有限公司", "某某贸易有限责任公司", "near"},
		{"name.full", "上海某某贸易有限公司", "北京某某贸易有限公司", "partial"},
		{"name.full", "上海某某贸易有限公司", "上海另外科技有限公司", "differ"},
		{"name.full", "Acme Trading Co., Ltd.", "ACME Trading Inc", "close"},
		{"name.given", "jonathan", "jonathon", "close"},
		{"name.given", "elk i", "elki", "close"},
		{"name.given", "m", "mary", "near"},
		{"name.family", "smith", "nguyen", "differ"},
		{"birthday", "1990-03-12", "19900312", "exact"},
		{"birthday", "1990-03-12", "1990-12-03", "close"},
		{"birthday", "1990年3月12日", "1990/3/13", "close"},
		{"birthday", "1990-03-12", "1962-11-28", "differ"},
		{"phone", "138 0013 8000", "+86-13800138000", "exact"},
		{"phone", "13800138000", "13800138001", "close"},
		{"phone", "13800138000", "13912345678", "differ"},
		{"email", "Tom@Example.com", "tom@example.com", "exact"},
		{"email", "tomjones@qq.com", "tomjones@163.com", "near"},
		{"address.city", "深圳", "深圳市", "exact"},
		{"address.line1", "人民路12号3栋", "人民路12号3栋", "exact"},
		{"address.line1", "人民路12号3栋502室", "人民路88号7栋101室", "partial"},
		{"address.line1", "tullaroop street", "tullaroup street", "close"},
		{"address.postcode", "200120", "200102", "close"},
		{"code", "C-1001", "C-1002", "differ"},
		{"code", "c1001", "C-1001", "exact"},
		{"id_number", "11010519491231002X", "11010519491231002x", "exact"},
	} {
		a, b := rec(1, c.field, c.a), rec(2, c.field, c.b)
		_, reasons := scorer(t).Score(&a, &b)
		if len(reasons) == 0 || reasons[0].Level.String() != c.want {
			t.Errorf("%s %q %q: %+v, want %s", c.field, c.a, c.b, reasons, c.want)
		}
	}
}

func TestSwappedNamesAndLines(t *testing.T) {
	a := rec(1, "name.given", "harrison", "name.family", "thomas", "address.line1", "giblin street", "address.line2", "rosewood villa")
	b := rec(2, "name.given", "thomas", "name.family", "harrison", "address.line1", "rosewood villa", "address.line2", "giblin street")
	_, reasons := scorer(t).Score(&a, &b)
	for _, r := range reasons {
		if r.Level != dedupe.Swapped || r.Bits <= 0 {
			t.Errorf("%+v", r)
		}
	}
	if len(reasons) != 4 {
		t.Errorf("%+v", reasons)
	}
	// A full name against its parts.
	c := rec(3, "name.full", "Harrison Thomas")
	if _, r := scorer(t).Score(&a, &c); len(r) != 1 || r[0].Level != dedupe.Exact {
		t.Errorf("parts against the whole: %+v", r)
	}
}

// Hashes are equal or not; several values agree where one does.
func TestOpaqueAndSeveralValues(t *testing.T) {
	h := func(n byte) dedupe.Value {
		return dedupe.Value{Field: dedupe.Phone, Opaque: []byte{n, 2, 3, 4, 5, 6, 7, 8}}
	}
	a := dedupe.Record{ID: 1, Values: []dedupe.Value{h(1), h(2)}}
	b := dedupe.Record{ID: 2, Values: []dedupe.Value{h(3), h(2)}}
	c := dedupe.Record{ID: 3, Values: []dedupe.Value{h(4)}}
	d := rec(4, "phone", "13800138000")
	s := scorer(t)
	if _, r := s.Score(&a, &b); len(r) == 0 || r[0].Level != dedupe.Exact {
		t.Errorf("one phone in common: %+v", r)
	}
	if _, r := s.Score(&a, &c); len(r) != 1 || r[0].Level != dedupe.Differ {
		t.Errorf("no phone in common: %+v", r)
	}
	if _, r := s.Score(&a, &d); len(r) != 0 {
		t.Errorf("a hash against a clear text says %+v", r)
	}
	x := dedupe.NewIndex(dedupe.FullName, dedupe.Phone)
	for _, r := range []dedupe.Record{a, b, c} {
		r.Values = append(r.Values, dedupe.Value{Field: dedupe.FullName, Text: "欧阳娜娜"})
		if err := x.Add(&r); err != nil {
			t.Fatal(err)
		}
	}
	x.Finish()
	var got []dedupe.Pair
	if err := x.Pairs(context.Background(), dedupe.Shipped(), 0, nil, func(p dedupe.Pair) error { got = append(got, p); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].A != 1 || got[0].B != 2 {
		t.Errorf("%+v", got)
	}
}

var words = []string{"", "张三", "李四", "zhang san", "smith", "smyth", "john smith", "上海市", "北京", "19800312", "19801203", "13800138000", "13800138001", "a@example.com", "12", "21", "人民路1号", "有限公司", "某某有限公司", "x", "\x00", "é", "No. 5 Long Street", "王**"}

func genRecord(t *rapid.T, name string) dedupe.Record {
	r := dedupe.Record{ID: 1}
	for range rapid.IntRange(0, 16).Draw(t, name+" n") {
		f, _ := dedupe.ParseField(rapid.SampledFrom(dedupe.FieldNames()).Draw(t, name+" field"))
		v := dedupe.Value{Field: f}
		switch rapid.IntRange(0, 4).Draw(t, name+" kind") {
		case 0:
			v.Text = rapid.StringN(0, 80, 300).Draw(t, name+" text")
		case 1:
			v.Opaque = []byte{rapid.Byte().Draw(t, name+" hash") % 3, 0, 0, 0, 0, 0, 0, 1}
		default:
			v.Text = rapid.SampledFrom(words).Draw(t, name+" word")
		}
		r.Values = append(r.Values, v)
	}
	return r
}

func TestScoreProperties(t *testing.T) {
	s := scorer(t)
	rapid.Check(t, func(t *rapid.T) {
		a, b := genRecord(t, "a"), genRecord(t, "b")
		ab, reasons := s.Score(&a, &b)
		ba, _ := s.Score(&b, &a)
		if math.Abs(ab-ba) > 1e-12 {
			t.Fatalf("not symmetric: %v and %v", ab, ba)
		}
		if !(ab >= 0 && ab <= 1) {
			t.Fatalf("no probability: %v", ab)
		}
		for _, r := range reasons {
			if math.IsNaN(r.Bits) || math.IsInf(r.Bits, 0) {
				t.Fatalf("%+v", r)
			}
		}
		// A field of one side only says nothing.
		f := dedupe.Field(rapid.IntRange(0, int(dedupe.Code)).Draw(t, "field"))
		for _, v := range append(a.Values, b.Values...) {
			if v.Field == f {
				return
			}
		}
		more := a
		more.Values = append(append([]dedupe.Value(nil), a.Values...), dedupe.Value{Field: f, Text: "neu1"})
		if f > dedupe.FullName && f != dedupe.AddressLine1 && f != dedupe.AddressLine2 { // those look across fields
			if p, _ := s.Score(&more, &b); math.Abs(p-ab) > 1e-12 {
				t.Fatalf("a missing %s is not neutral: %v, then %v", f, ab, p)
			}
			// The same value on both sides never speaks against them.
			both := b
			both.Values = append(append([]dedupe.Value(nil), b.Values...), dedupe.Value{Field: f, Text: "neu1"})
			if p, _ := s.Score(&more, &both); p < ab-1e-12 {
				t.Fatalf("agreeing on %s lowers %v to %v", f, ab, p)
			}
		}
	})
}

// Whatever people decide, and however often, the weights stay usable.
func TestDecideStaysFinite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := dedupe.Shipped()
		var ds []dedupe.Decision
		for range rapid.IntRange(0, 12).Draw(t, "decisions") {
			ds = append(ds, dedupe.Decision{A: genRecord(t, "a"), B: genRecord(t, "b"), Same: rapid.Bool().Draw(t, "same")})
		}
		for range rapid.IntRange(1, 20).Draw(t, "rounds") {
			var err error
			if w, err = w.Decide(ds); err != nil {
				t.Fatal(err)
			}
		}
		for _, f := range w.Fields {
			for _, l := range f.Levels {
				if math.IsNaN(l.Bits) || math.Abs(l.Bits) > 60 {
					t.Fatalf("%s %+v", f.Field, l)
				}
			}
		}
		if err := w.Check(); err != nil {
			t.Fatal(err)
		}
	})
}

// Decisions move the weights the way they point, within bounds.
func TestDecideMoves(t *testing.T) {
	a, b := rec(1, "name.full", "王小明", "phone", "13800138000"), rec(2, "name.full", "赵大宝", "phone", "13800138000")
	s := scorer(t)
	before, _ := s.Score(&a, &b)
	var two []dedupe.Decision
	for range 50 {
		two = append(two, dedupe.Decision{A: a, B: b})
	}
	w, err := dedupe.Shipped().Decide(two)
	if err != nil {
		t.Fatal(err)
	}
	s, _ = dedupe.NewScorer(w)
	after, _ := s.Score(&a, &b)
	if !(after < before) {
		t.Errorf("fifty times two customers: %v, then %v", before, after)
	}
	for i, f := range dedupe.Shipped().Fields {
		for j, l := range f.Levels {
			if d := math.Abs(w.Fields[i].Levels[j].Bits - l.Bits); d > 3.1 {
				t.Errorf("%s %s moved by %v bits", f.Field, l.Level, d)
			}
		}
	}
}

func TestCandidatesWhileTyping(t *testing.T) {
	typed := rec(0, "name.full", "张三丰", "phone", "13900139001")
	set := []dedupe.Record{
		rec(5, "name.full", "张三丰", "address.city", "上海"),
		rec(6, "name.full", "张三丰", "phone", "139 0013 9001"),
		rec(7, "name.full", "李四", "phone", "13911112222"),
	}
	got := scorer(t).Candidates(&typed, set, 0.5)
	if len(got) != 1 || got[0].B != 6 || got[0].Score < 0.99 {
		t.Errorf("%+v", got)
	}
}

// Weights survive a round trip, and bad ones are refused.
func TestWeightsAsJSON(t *testing.T) {
	b, err := json.Marshal(dedupe.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	w, err := dedupe.ReadWeights(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	again, _ := json.Marshal(w)
	if !bytes.Equal(b, again) {
		t.Errorf("%s\n%s", b, again)
	}
	for _, bad := range []string{"", "{}", `{"threshold":2}`, string(bytes.Replace(b, []byte(`"m":0.8`), []byte(`"m":1.8`), 1)), string(bytes.Replace(b, []byte(`"phone"`), []byte(`"fone"`), 1))} {
		if _, err := dedupe.ReadWeights(bytes.NewReader([]byte(bad))); !errs.Is(err, "dedupe.bad_weights") {
			t.Errorf("%.40s: %v", bad, err)
		}
	}
}

// Families share name, phone and address; they are not one customer.
func TestFamiliesAreNotOne(t *testing.T) {
	m := newMaker(5)
	x := dedupe.NewIndex(madeFields...)
	var r dedupe.Record
	id := int64(0)
	for range 1500 {
		m.person()
		surname, city, add, phone := []rune(m.name)[0], m.city, m.add, m.phone
		for range 3 {
			m.person()
			given := []rune(m.name)[1:]
			m.name, m.city, m.add, m.phone = string(surname)+string(given), city, add, phone
			m.record(id, &r)
			if err := x.Add(&r); err != nil {
				t.Fatal(err)
			}
			id++
		}
	}
	x.Finish()
	w, err := x.Learn(context.Background(), dedupe.Shipped(), nil)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	_ = x.Pairs(context.Background(), w, 0, nil, func(p dedupe.Pair) error {
		if n++; n < 5 {
			_, why, _ := x.Explain(w, int(p.A), int(p.B))
			t.Logf("%+v %+v", p, why)
		}
		return nil
	})
	if n > 90 { // of 4,500 pairs of relatives
		t.Errorf("%d relatives were taken for one, learned %v duplicates a record", n, w.Duplicates)
	}
}

// The same records give the same pairs, and none of a pair twice.
func TestPairsAreStable(t *testing.T) {
	var first map[string]float64
	for round := range 2 {
		x := dedupe.NewIndex(madeFields...)
		newMaker(9).fill(t, x, 4000)
		w, err := x.Learn(context.Background(), dedupe.Shipped(), nil)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]float64{}
		if err := x.Pairs(context.Background(), w, 0, nil, func(p dedupe.Pair) error {
			key := strconv.FormatInt(p.A, 10) + " " + strconv.FormatInt(p.B, 10)
			if _, twice := got[key]; twice || p.A >= p.B {
				t.Errorf("%+v", p)
			}
			got[key] = math.Round(p.Score*1e6) / 1e6
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if round == 0 {
			first = got
			continue
		}
		if len(got) != len(first) {
			t.Errorf("%d pairs, then %d", len(first), len(got))
		}
		for k, v := range first {
			if math.Abs(got[k]-v) > 1e-5 {
				t.Errorf("%s: %v, then %v", k, v, got[k])
			}
		}
	}
}

func TestPairsStop(t *testing.T) {
	x := dedupe.NewIndex(madeFields...)
	newMaker(9).fill(t, x, 2000)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := x.Pairs(ctx, dedupe.Shipped(), 0, nil, func(dedupe.Pair) error { return nil }); !errs.Is(err, "canceled") {
		t.Errorf("ended context: %v", err)
	}
	full := errs.New(errs.Unavailable, "disk_full")
	if err := x.Pairs(context.Background(), dedupe.Shipped(), 0, nil, func(dedupe.Pair) error { return full }); !errs.Is(err, "disk_full") {
		t.Errorf("emit failed: %v", err)
	}
	if err := x.Pairs(context.Background(), dedupe.Shipped(), 1.5, nil, nil); !errs.Is(err, "dedupe.bad_threshold") {
		t.Errorf("threshold 1.5: %v", err)
	}
	// Nothing in, nothing out.
	e := dedupe.NewIndex()
	e.Finish()
	if w, err := e.Learn(context.Background(), dedupe.Shipped(), nil); err != nil || e.Pairs(context.Background(), w, 0, nil, nil) != nil {
		t.Errorf("empty index: %v", err)
	}
}
