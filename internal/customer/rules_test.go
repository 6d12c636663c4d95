package customer_test

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"zhike/internal/customer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/rule"
)

// drawRules makes random rules over all kinds of conditions.
type drawRules struct {
	*rand.Rand
	s         *ruleSite
	fields    []customer.FieldInfo
	audiences []int64
	kinds     map[string]int
	told      map[string][]string
}

func (r *drawRules) one(list ...string) string { return list[r.IntN(len(list))] }

func raw(v any) json.RawMessage { b, _ := json.Marshal(v); return b }

func (r *drawRules) rule(depth int) customer.Node {
	switch kind := r.IntN(6); {
	case depth == 1 || kind < 2:
		return r.leaf()
	case kind == 2:
		inner := r.rule(depth - 1)
		return customer.Node{Not: &inner}
	default:
		var kids []customer.Node
		for range 1 + r.IntN(3) {
			kids = append(kids, r.rule(depth-1))
		}
		if kind == 3 {
			return customer.Node{Any: kids}
		}
		return customer.Node{All: kids}
	}
}

func (r *drawRules) leaf() customer.Node {
	r.kinds["conditions"]++
	switch r.IntN(13) {
	case 8:
		op := r.one("fell", "rose")
		r.kinds[op]++
		return node("f.score", op, drawValue(r.Rand, &customer.FieldInfo{}, op, r.s.listSite))
	case 0, 1, 2:
		f := &r.fields[r.IntN(len(r.fields))]
		op := f.Operators[r.IntN(len(f.Operators))]
		if f.Code == "audience" {
			return r.audience(op)
		}
		r.kinds["field "+f.Code]++
		return node(f.Code, op, drawValue(r.Rand, f, op, r.s.listSite))
	case 3:
		r.kinds["sequence"]++
		n := customer.Node{Sequence: &rule.Sequence{First: r.chosen(), Then: r.chosen(), Within: []int{0, 1, 5, 100, 1000}[r.IntN(5)], Without: r.IntN(2) == 0}}
		n.Sequence.Then.Window = rule.Window{}
		return n
	case 4, 5:
		return r.relative()
	case 6:
		r.kinds["sample"]++
		return customer.Node{Sample: &rule.Sample{Percent: json.Number(r.one("0.01", "10", "33.3", "50", "100")), Seed: r.one("", "a", "秋季")}}
	case 7:
		return r.audience(r.one("any", "all", "none"))
	}
	return r.facts()
}

func (r *drawRules) audience(op string) customer.Node {
	r.kinds["audience"]++
	if len(r.audiences) == 0 {
		return r.facts()
	}
	ids := []int64{}
	for range 1 + r.IntN(2) {
		ids = append(ids, r.audiences[r.IntN(len(r.audiences))])
	}
	slices.Sort(ids)
	return node("audience", op, slices.Compact(ids))
}

func (r *drawRules) window() (w rule.Window) {
	day := func() string { return (today - clock.Day(r.IntN(520)) + 10).String() }
	switch r.IntN(6) {
	case 0:
		w.Last = []int{1, 2, 7, 30, 365}[r.IntN(5)]
	case 1, 2:
		w.Unit = r.one("day", "week", "month", "quarter", "year")
		w.Back, w.Years, w.ToDate = []int{0, 0, 1, 3}[r.IntN(4)], []int{0, 0, 1}[r.IntN(3)], r.IntN(3) == 0
	case 3:
		w.From = day()
	case 4:
		w.From, w.To = day(), day()
		if w.From > w.To {
			w.From, w.To = w.To, w.From
		}
	}
	return w
}

func (r *drawRules) chosen() rule.Facts {
	all := r.s.rules.streams.All()
	st := all[r.IntN(len(all))]
	f := rule.Facts{Stream: st.Code, Window: r.window()}
	for range []int{0, 0, 1, 2}[r.IntN(4)] {
		if r.IntN(3) == 0 {
			m := st.Measures[r.IntN(len(st.Measures))]
			op := r.one("eq", "gt", "gte", "lt", "lte", "between")
			f.Where = append(f.Where, rule.Test{Field: m.Code, Op: op, Value: r.amount(m.Type, op)})
			continue
		}
		d := st.Dimensions[r.IntN(len(st.Dimensions))]
		f.Where = append(f.Where, rule.Test{Field: d.Code, Op: r.one("in", "in", "not_in"), Value: r.words(st, &d)})
	}
	return f
}

// words are some that facts tell, and some that none does.
func (r *drawRules) words(st *rule.Stream, d *rule.Dimension) json.RawMessage {
	list := r.told[st.Code+d.Code]
	if list == nil {
		for _, c := range r.s.world.Customers {
			for _, f := range c.Facts[st.Code] {
				if w, has := f.Words[d.Code]; has && !slices.Contains(list, w) {
					list = append(list, w)
				}
			}
		}
		slices.Sort(list)
		if d.Codes == nil {
			list = append(list, "没有的")
		}
		r.told[st.Code+d.Code] = list
	}
	var out []string
	for range 1 + r.IntN(2) {
		out = append(out, list[r.IntN(len(list))])
	}
	return raw(out)
}

// amount is a value near those that facts have.
func (r *drawRules) amount(kind, op string) json.RawMessage {
	one := func() any {
		switch kind {
		case "money":
			return []int64{-2501, -1, 0, 1, 2, 99, 100, 999, 1000, 1001, 2000, 2500, 5000, 100_000}[r.IntN(14)]
		case "milli":
			return []int64{-1000, 0, 1, 333, 500, 999, 1000, 1250, 2500, 3000}[r.IntN(10)]
		case "decimal":
			return json.Number(r.one("0", "0.5", "1", "1.25", "2.5", "3", "0.333", "-1"))
		}
		return []int64{0, 1, 2, 3, 5}[r.IntN(5)]
	}
	if op == "between" {
		return raw([]any{one(), one()})
	}
	return raw(one())
}

// aggregate gives a choice of facts with something to make of it, and the kind
// of its value.
func (r *drawRules) aggregate() (f rule.Facts, kind string) {
	f = r.chosen()
	st := r.s.rules.streams.Get(f.Stream)
	f.Agg = r.one("", "count", "sum", "sum", "avg", "min", "max", "distinct", "first", "last", "first", "last", "days_since", "days_since_first", "next", "next")
	r.kinds["facts "+f.Agg]++
	switch f.Agg {
	case "sum", "avg", "min", "max":
		m := st.Measures[r.IntN(len(st.Measures))]
		if f.Of, kind = m.Code, m.Type; kind == "number" && f.Agg == "avg" {
			kind = "decimal"
		}
		return f, kind
	case "distinct":
		f.Of = st.Dimensions[r.IntN(len(st.Dimensions))].Code
	case "first", "last":
		if r.IntN(2) == 0 {
			return f, "day"
		}
		f.Of = st.Dimensions[r.IntN(len(st.Dimensions))].Code
		return f, "word"
	case "next":
		return f, "next"
	case "days_since", "days_since_first":
		return f, "days"
	}
	return f, "number"
}

func (r *drawRules) facts() customer.Node {
	f, kind := r.aggregate()
	n := customer.Node{Facts: &f}
	day := func() string { return (today - clock.Day([]int{0, 1, 3, 200, 400}[r.IntN(5)])).String() }
	switch kind {
	case "day", "next":
		n.Op = r.one(rule.Operators(f.Agg, false)...)
		switch n.Op {
		case "between":
			n.Value = raw([]string{day(), day()})
		case "last_days", "before_days", "next_days":
			n.Value = raw(1 + r.IntN(300))
		default:
			n.Value = raw(day())
		}
		return n
	case "word":
		st := r.s.rules.streams.Get(f.Stream)
		n.Op, n.Value = r.one("in", "not_in"), r.words(st, st.Dimension(f.Of))
		return n
	}
	n.Op = r.one("eq", "ne", "gt", "gte", "lt", "lte", "between")
	if kind == "days" {
		n.Value = raw(r.IntN(300))
		if n.Op == "between" {
			n.Value = raw([]int{r.IntN(100), r.IntN(400)})
		}
		return n
	}
	n.Value = r.amount(kind, n.Op)
	return n
}

func (r *drawRules) relative() customer.Node {
	r.kinds["relative"]++
	n := customer.Node{Relative: &rule.Relative{}}
	if r.IntN(5) == 0 {
		fields := []string{"f.score"}
		for _, f := range r.fields {
			if f.Group == "figures" && (f.Type == "number" || f.Type == "money") {
				fields = append(fields, f.Code)
			}
		}
		n.Relative.Field = r.one(fields...)
	} else {
		f, kind := r.aggregate()
		for kind == "day" || kind == "word" || kind == "next" {
			f, kind = r.aggregate()
		}
		n.Relative.Facts = &f
	}
	if len(r.audiences) > 0 && r.IntN(3) == 0 {
		n.Relative.Audience = r.audiences[r.IntN(len(r.audiences))]
	}
	switch n.Op = r.one("top_percent", "bottom_percent", "top", "bottom", "gt", "gte", "lt", "lte"); n.Op {
	case "top_percent", "bottom_percent":
		n.Value = raw(json.Number(r.one("0.01", "10", "20", "33.33", "50", "100")))
	case "top", "bottom":
		n.Value = raw([]int{1, 2, 5, 1000}[r.IntN(4)])
	default:
		n.Value = raw(json.Number(r.one("0.5", "1", "1.5", "1.01", "2")))
	}
	return n
}

// asOfDays are as-of days: near, a leap day, ends of months and years.
var asOfDays = []clock.Day{today - 1, today - 30, clock.DateDay(2024, 2, 29), clock.DateDay(2024, 3, 31), clock.DateDay(2023, 12, 31),
	clock.DateDay(2023, 3, 1), clock.DateDay(2024, 1, 1)}

// TestRulesAgree is what rules mean: of random rules over every kind of
// condition, now and as of past days, columns, SQL on both engines and the plain
// reading of package ruletest say the same of every customer.
//
//	ZHIKE_RULE_CASES=100000 go test -run TestRulesAgree -timeout 60m ./internal/customer
func TestRulesAgree(t *testing.T) {
	cases, _ := strconv.Atoi(os.Getenv("ZHIKE_RULE_CASES"))
	if cases == 0 {
		cases = 300
	}
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("ZHIKE_RULE_SEED"); text != "" {
		seed, _ = strconv.ParseUint(text, 10, 64)
	}
	t.Logf("ZHIKE_RULE_SEED=%d", seed)
	databases := []*db.DB{dbtest.SQLite(t)}
	if os.Getenv("ZHIKE_TEST_PG") != "" {
		databases = append(databases, dbtest.Postgres(t))
	}
	var sites []*ruleSite
	for _, d := range databases {
		sites = append(sites, newRuleSite(t, d, seed, 60))
	}
	one := sites[0]
	all, err := one.service.ListFields(one.as("boss"))
	must(t, err)
	r := &drawRules{Rand: rand.New(rand.NewPCG(seed, 1)), s: one, kinds: map[string]int{}, told: map[string][]string{}}
	for _, f := range all.Items {
		// What models say stands in no fact: TestFiguresOfModels and TestFiguresOfModelsThen (package forecast).
		if len(f.Operators) > 0 && f.Code != "updated" && f.Code != "favourite_categories" && !strings.HasPrefix(f.Code, "model_") {
			r.fields = append(r.fields, f)
		}
	}
	now := r.fields
	past := slices.DeleteFunc(slices.Clone(now), func(f customer.FieldInfo) bool {
		return f.Group == "level" || f.Code == "carts_90" || strings.HasPrefix(f.Code, "favourite_")
	})
	answered, some := 0, 0
	for i := range cases {
		if i%50 == 0 { // other audiences
			r.audiences, r.fields, one.world.AsOf = nil, past, asOfDays[0]
			for id := int64(1); id <= 6; id++ {
				a := &rule.Audience{ID: id, Name: "a"}
				if id%3 == 0 {
					a.Static = &rule.Set{Table: "audience_entries", Customer: "customer_id", Key: "audience_id"}
					one.world.Lists[id] = one.ids[:r.IntN(20)]
				} else {
					n := r.rule(2)
					a.Rule, one.world.Audiences[id] = &n, &n
				}
				for _, s := range sites {
					s.rules.audiences[id] = a
					s.list(t, id, one.world.Lists[id])
				}
				r.audiences = append(r.audiences, id)
			}
		}
		w := customer.Who{}
		one.world.AsOf, r.fields = today, now
		if r.IntN(3) == 0 {
			one.world.AsOf, r.fields = asOfDays[r.IntN(len(asOfDays))], past
			w.AsOf = &one.world.AsOf
		}
		n := r.rule(1 + r.IntN(3))
		w.Rule = &n
		b, _ := json.Marshal(n)
		want := []int64{}
		for _, c := range one.world.Customers {
			if one.world.Holds(&n, c) {
				want = append(want, c.ID)
			}
		}
		if len(want) > 0 && len(want) < len(one.world.Customers) {
			some++
		}
		for _, s := range sites {
			plain, engine := s.find(t, s.service, w)
			if diff := gocmp.Diff(want, plain); diff != "" {
				t.Fatalf("case %d, %s on %s as of %s:\n%s\n(-plain reading +%s):\n%s", i, engine, s.db.Engine(), one.world.AsOf, b, engine, diff)
			}
			mem, engine := s.find(t, s.mem, w)
			if diff := gocmp.Diff(want, mem); diff != "" {
				t.Fatalf("case %d, %s of %s as of %s:\n%s\n(-plain reading +%s):\n%s", i, engine, s.db.Engine(), one.world.AsOf, b, engine, diff)
			}
			if engine == "columns" {
				answered++
			}
			if i%10 == 0 { // and of one customer at a time
				id := s.ids[r.IntN(len(s.ids))]
				again := w
				again.Compiled = &customer.Compiled{}
				for _, of := range []*customer.Service{s.service, s.mem} {
					holds, problems, err := of.Holds(s.as("boss"), id, []customer.Who{w, again, again})
					if err != nil || problems[0] != nil || slices.Contains(holds, !slices.Contains(want, id)) {
						t.Fatalf("%d, %s as of %s: %v %v", id, b, one.world.AsOf, holds, err)
					}
				}
				plans, err := s.mem.Planner(s.as("boss"))
				if err == nil && w.AsOf != nil {
					plans, err = plans.On(*w.AsOf)
				}
				must(t, err)
				plan, err := plans.Plan(w.Rule)
				must(t, err)
				if some, ok, err := plan.Among(s.as("boss"), s.ids[:30]); plan.Columns() && (err != nil || ok && some.Count() != int64(within(want, s.ids[:30]))) {
					t.Fatalf("among 30, %s as of %s: %v %v", b, one.world.AsOf, some, err)
				}
			}
		}
	}
	t.Logf("%d rules on each engine, %d with somebody and not everybody, %d answered by columns; %v", cases, some, answered, r.kinds)
	if some < cases/3 {
		t.Errorf("only %d of %d rules tell customers apart", some, cases)
	}
}

// within is how many of ids are in a list.
func within(list, ids []int64) (n int) {
	for _, id := range ids {
		if slices.Contains(list, id) {
			n++
		}
	}
	return n
}

// TestCompiledOfAnotherDay asks the same rule, compiled once, as of two days.
func TestCompiledOfAnotherDay(t *testing.T) {
	s := newRuleSite(t, dbtest.SQLite(t), 1, 60)
	n := customer.Node{Facts: &rule.Facts{Stream: "orders", Agg: "count", Window: rule.Window{Last: 200}}, Op: "gte", Value: raw(1)}
	known := &customer.Compiled{}
	told := map[bool]int{}
	for i, id := range s.ids {
		s.world.AsOf = asOfDays[i%3*2]
		holds, problems, err := s.mem.Holds(s.as("boss"), id, []customer.Who{{Rule: &n, AsOf: &s.world.AsOf, Compiled: known}})
		if err != nil || problems[0] != nil {
			t.Fatal(err, problems)
		}
		want := false
		for _, c := range s.world.Customers {
			want = want || c.ID == id && s.world.Holds(&n, c)
		}
		if told[want]++; holds[0] != want {
			t.Errorf("customer %d as of %s: %v", id, s.world.AsOf, holds[0])
		}
	}
	if len(told) < 2 {
		t.Error("all the same")
	}
}

func (s *ruleSite) find(t testing.TB, of *customer.Service, w customer.Who) (ids []int64, engine string) {
	t.Helper()
	b, _ := json.Marshal(w.Rule)
	for range 50 {
		before := s.columns.Stats()
		f, err := of.Find(s.as("boss"), w)
		if err != nil {
			t.Fatalf("%s: %s: %v", s.db.Engine(), b, err)
		}
		if of == s.mem && f.Engine == "sql" && s.columns.Stats().Passed > before.Passed { // still being read
			must(t, s.columns.Settle(t.Context()))
			continue
		}
		if st := s.columns.Stats(); st.Broke > 0 {
			t.Fatalf("%s: the columns broke: %+v", b, st)
		}
		ids = []int64{}
		f.Members.After(0, func(id int64) bool { ids = append(ids, id); return true })
		return ids, f.Engine
	}
	t.Fatalf("the columns never answer: %+v", s.columns.Stats())
	return nil, ""
}
