package customer_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"zhike/internal/customer"
	"zhike/internal/platform/calendar"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

func decode(t testing.TB, b []byte, to any) {
	t.Helper()
	if err := json.Unmarshal(b, to); err != nil {
		t.Fatalf("%v in %s", err, b)
	}
}

func node(field, op string, value any) customer.Node {
	n := customer.Node{Field: field, Op: op}
	if value != nil {
		n.Value, _ = json.Marshal(value)
	}
	return n
}

// leaf is a condition and what it means, told the plain way.
type leaf struct {
	node customer.Node
	is   func(p *listed) bool
}

func (s *listSite) leaves() []leaf {
	yes := func(field, op string, value any, is func(p *listed) bool) leaf {
		return leaf{node(field, op, value), is}
	}
	next := func(p *listed) (clock.Day, bool) {
		b, err := calendar.ParseBirthday(p.birthday, p.lunar)
		if err != nil {
			return 0, false
		}
		return b.Next(today)
	}
	return []leaf{
		yes("name", "contains", "小明", func(p *listed) bool { return strings.Contains(p.c.Name, "小明") }),
		yes("name", "begins", "欧阳", func(p *listed) bool { return strings.HasPrefix(p.c.Name, "欧阳") }),
		yes("name", "in", []string{"王芳", "单雄信"}, func(p *listed) bool { return p.c.Name == "王芳" || p.c.Name == "单雄信" }),
		yes("name", "ne", "王芳", func(p *listed) bool { return p.c.Name != "王芳" }),
		yes("kind", "in", []string{"company"}, func(p *listed) bool { return p.c.Kind == "company" }),
		yes("stage", "not_in", []string{"prospect"}, func(p *listed) bool { return p.stage != "prospect" }),
		yes("gender", "empty", nil, func(*listed) bool { return true }),
		yes("source", "in", []int64{2}, func(p *listed) bool { return p.c.SourceID == 2 }),
		yes("province", "eq", "浙江省", func(p *listed) bool { return p.c.Province == "浙江省" }),
		yes("region", "within", []string{"330000"}, func(p *listed) bool { return p.c.Province == "浙江省" }),
		yes("region", "within", []string{"330100", "320100"}, func(*listed) bool { return true }),
		yes("region", "not_within", []string{"330106"}, func(p *listed) bool { return p.region != "330106" }),
		yes("owner", "in", []any{"me", 3}, func(p *listed) bool { return p.c.OwnerID == 3 }),
		yes("owner", "not_in", []int64{3}, func(p *listed) bool { return p.c.OwnerID != 3 }),
		yes("owner", "empty", nil, func(p *listed) bool { return p.c.OwnerID == 0 }),
		yes("department", "within", []int64{10}, func(p *listed) bool { return p.c.DepartmentID == 10 || p.c.DepartmentID == 11 }),
		yes("department", "in", []int64{10}, func(p *listed) bool { return p.c.DepartmentID == 10 }),
		yes("department", "not_empty", nil, func(p *listed) bool { return p.c.DepartmentID != 0 }),
		yes("created", "last_days", 2, func(p *listed) bool { return p.created >= today-1 }),
		yes("created", "before_days", 2, func(p *listed) bool { return p.created <= today-2 }),
		yes("created", "between", []string{"2024-10-01", "2024-10-02"}, func(p *listed) bool { return p.created >= today-3 && p.created <= today-2 }),
		yes("last_contact", "empty", nil, func(*listed) bool { return true }),
		yes("birthday", "within_days", 30, func(p *listed) bool { d, ok := next(p); return ok && d <= today+30 }),
		yes("birthday", "month", []int{5, 11}, func(p *listed) bool {
			b, err := calendar.ParseBirthday(p.birthday, p.lunar)
			if err != nil {
				return false
			}
			d, ok := b.Next(clock.DateDay(2024, 1, 1))
			year, m, _ := d.Date()
			return ok && year == 2024 && (m == 5 || m == 11)
		}),
		yes("birthday", "empty", nil, func(p *listed) bool { return p.birthday == "" }),
		yes("has_phone", "is", true, func(*listed) bool { return true }),
		yes("has_email", "is", true, func(*listed) bool { return false }),
		yes("net_365", "gte", 1000, func(p *listed) bool { return p.net365 >= 1000 }),
		yes("net_365", "ne", 1000, func(p *listed) bool { return p.net365 != 1000 }),
		yes("net_all", "between", []int64{0, 4000}, func(p *listed) bool { return p.net365*2 >= 0 && p.net365*2 <= 4000 }),
		yes("orders_365", "lt", 2, func(p *listed) bool { return p.orders < 2 }),
		yes("aov_365", "gte", 1000, func(p *listed) bool { return p.orders > 0 && p.net365 >= 1000*p.orders }),
		yes("aov_365", "empty", nil, func(p *listed) bool { return p.orders == 0 }),
		yes("last_day", "gte", "2024-10-03", func(p *listed) bool { return p.last >= today-1 }),
		yes("last_day", "empty", nil, func(p *listed) bool { return p.last == 0 }),
		yes("last_day", "before_days", 2, func(p *listed) bool { return p.last != 0 && p.last <= today-2 }),
		yes("days_since", "lte", 1, func(p *listed) bool { return p.last >= today-1 }),
		yes("days_since", "gt", 1, func(p *listed) bool { return p.last != 0 && p.last < today-1 }),
		yes("days_since", "eq", 2, func(p *listed) bool { return p.last == today-2 }),
		yes("favourite_category", "eq", "女装", func(p *listed) bool { return p.category == "女装" }),
		yes("level", "in", []string{"high"}, func(p *listed) bool { return p.level == 1 }),
		yes("level", "not_in", []string{"high"}, func(p *listed) bool { return p.level != 1 }),
		yes("level", "empty", nil, func(p *listed) bool { return p.level == 0 }),
		yes("tags", "any", s.tagIDs[:2], func(p *listed) bool { return slices.Contains(p.tags, 0) || slices.Contains(p.tags, 1) }),
		yes("tags", "all", s.tagIDs[:2], func(p *listed) bool { return slices.Contains(p.tags, 0) && slices.Contains(p.tags, 1) }),
		yes("tags", "none", s.tagIDs[2:], func(p *listed) bool { return !slices.Contains(p.tags, 2) }),
		yes("tags", "empty", nil, func(p *listed) bool { return len(p.tags) == 0 }),
		yes("f.score", "gte", "1.50", func(p *listed) bool { return p.score >= 150 }),
		yes("f.score", "between", []any{0.5, 1}, func(p *listed) bool { return p.score >= 50 && p.score <= 100 }),
		yes("f.score", "ne", 1, func(p *listed) bool { return p.score != 100 }),
		yes("f.score", "empty", nil, func(p *listed) bool { return p.score < 0 }),
		yes("f.plan", "in", []string{"gold", "trial"}, func(p *listed) bool { return p.plan == "gold" || p.plan == "trial" }),
		yes("f.plan", "not_in", []string{"gold"}, func(p *listed) bool { return p.plan != "gold" }),
		yes("f.ends", "next_days", 5, func(p *listed) bool { return p.ends >= today && p.ends <= today+5 }),
		yes("f.ends", "last_days", 3, func(p *listed) bool { return p.ends > today-3 && p.ends <= today }),
		yes("f.note", "contains", "ALPHA", func(p *listed) bool { return strings.Contains(lower(p.note), "alpha") }),
		yes("f.note", "contains", "0%", func(p *listed) bool { return strings.Contains(p.note, "0%") }),
		yes("f.note", "begins", "alpha", func(p *listed) bool { return strings.HasPrefix(lower(p.note), "alpha") }),
		yes("f.likes", "all", []string{"tea", "wine"}, func(p *listed) bool { return has(p.likes, "tea") && has(p.likes, "wine") }),
		yes("f.likes", "any", []string{"golf", "wine"}, func(p *listed) bool { return has(p.likes, "golf") || has(p.likes, "wine") }),
		yes("f.likes", "none", []string{"golf"}, func(p *listed) bool { return !has(p.likes, "golf") }),
		yes("issue", "empty", nil, func(*listed) bool { return true }),
		yes("relation", "any", []string{"parent"}, func(*listed) bool { return false }),
	}
}

// draw makes a random tree.
func draw(t *rapid.T, leaves []leaf, depth int) leaf {
	kind := rapid.IntRange(0, 5).Draw(t, "kind")
	if depth == 1 || kind < 2 {
		return rapid.SampledFrom(leaves).Draw(t, "leaf")
	}
	if kind == 2 {
		inner := draw(t, leaves, depth-1)
		return leaf{customer.Node{Not: &inner.node}, func(p *listed) bool { return !inner.is(p) }}
	}
	var kids []leaf
	var nodes []customer.Node
	for range rapid.IntRange(1, 4).Draw(t, "kids") {
		k := draw(t, leaves, depth-1)
		kids, nodes = append(kids, k), append(nodes, k.node)
	}
	if kind == 3 {
		return leaf{customer.Node{Any: nodes}, func(p *listed) bool { return slices.ContainsFunc(kids, func(k leaf) bool { return k.is(p) }) }}
	}
	return leaf{customer.Node{All: nodes}, func(p *listed) bool { return !slices.ContainsFunc(kids, func(k leaf) bool { return !k.is(p) }) }}
}

func (s *listSite) matching(is func(p *listed) bool) []int64 {
	ids := []int64{}
	for i := range s.people {
		if is(&s.people[i]) {
			ids = append(ids, s.ids[i])
		}
	}
	return ids
}

// TestLeaves: each condition alone finds whom it says, gathered and walked.
func TestLeaves(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := listSetup(t, d, 90)
		for _, l := range s.leaves() {
			for _, walk := range []bool{false, true} {
				got, total := s.all(t, "boss", l.node, "id", 40, walk)
				if diff := gocmp.Diff(s.matching(l.is), got); diff != "" || !walk && total != len(got) {
					b, _ := json.Marshal(l.node)
					t.Errorf("%s, walk %v, total %d (-want +got):\n%s", b, walk, total, diff)
				}
			}
		}
	})
}

// all reads a list from its beginning to its end.
func (s *listSite) all(t testing.TB, who string, n customer.Node, sort string, limit int, walk bool) (ids []int64, total int) {
	t.Helper()
	f := customer.Filter{Tree: &n}
	must(t, s.service.ForgetPlans(s.as(who), f, walk))
	total = -1
	ids = []int64{}
	for cursor := ""; ; {
		p, err := s.service.Query(s.as(who), customer.ListQuery{Filter: f, Sort: sort, Limit: limit, Cursor: cursor})
		must(t, err)
		for _, it := range p.Items {
			ids = append(ids, it.ID)
		}
		if p.Total != nil {
			total = int(*p.Total)
		}
		if p.NextCursor == nil {
			return ids, total
		}
		cursor = *p.NextCursor
	}
}

// TestRandomTrees: random trees of conditions against the plain reading.
func TestRandomTrees(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := listSetup(t, d, 90)
		leaves := s.leaves()
		rapid.Check(t, func(r *rapid.T) {
			l := draw(r, leaves, 4)
			got, _ := s.all(t, "boss", l.node, "id", 50, rapid.Bool().Draw(r, "walk"))
			if diff := gocmp.Diff(s.matching(l.is), got); diff != "" {
				b, _ := json.Marshal(l.node)
				r.Fatalf("%s (-want +got):\n%s", b, diff)
			}
		})
	})
}

// TestSortsBothWays: each sort gives everybody once, the same gathered and
// walked, backward the same as forward.
func TestSortsBothWays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := listSetup(t, d, 60)
		n := node("stage", "in", []string{"customer"})
		want := len(s.matching(func(p *listed) bool { return p.stage == "customer" }))
		for _, sort := range []string{"id", "name", "created", "updated", "last_contact", "net_365", "net_all", "last_day", "f.score", "f.plan", "f.ends", "f.note"} {
			for _, sort := range []string{sort, "-" + sort} {
				gathered, _ := s.all(t, "boss", n, sort, 7, false)
				walked, _ := s.all(t, "boss", n, sort, 7, true)
				if len(gathered) != want {
					t.Fatalf("%s: %d of %d", sort, len(gathered), want)
				}
				if diff := gocmp.Diff(gathered, walked); diff != "" {
					t.Fatalf("%s (-gathered +walked):\n%s", sort, diff)
				}
				for _, walk := range []bool{false, true} {
					if back := s.backward(t, n, sort, 7, walk); !slices.Equal(back, gathered) {
						t.Fatalf("%s backward, walk %v:\n%v\n%v", sort, walk, back, gathered)
					}
				}
			}
		}
		// By name means by pinyin; by a choice, in the order of its options.
		byName, _ := s.all(t, "boss", n, "name", 100, false)
		first, last := s.person(byName[0]), s.person(byName[len(byName)-1])
		if !strings.HasPrefix(first.c.Name, "李") || !strings.HasPrefix(last.c.Name, "王") {
			t.Errorf("by name from %s to %s", first.c.Name, last.c.Name)
		}
		byPlan, _ := s.all(t, "boss", n, "f.plan", 100, true)
		order := []string{"gold", "basic", "trial", ""}
		for i := 1; i < len(byPlan); i++ {
			if slices.Index(order, s.person(byPlan[i-1]).plan) > slices.Index(order, s.person(byPlan[i]).plan) {
				t.Fatalf("by choice: %s before %s", s.person(byPlan[i-1]).plan, s.person(byPlan[i]).plan)
			}
		}
	})
}

func (s *listSite) person(id int64) *listed { return &s.people[slices.Index(s.ids, id)] }

// backward goes to the last page and comes back by prev_cursor.
func (s *listSite) backward(t testing.TB, n customer.Node, sort string, limit int, walk bool) []int64 {
	t.Helper()
	f := customer.Filter{Tree: &n}
	must(t, s.service.ForgetPlans(s.as("boss"), f, walk))
	q := customer.ListQuery{Filter: f, Sort: sort, Limit: limit}
	p, err := s.service.Query(s.as("boss"), q)
	must(t, err)
	for p.NextCursor != nil {
		q.Cursor = *p.NextCursor
		p, err = s.service.Query(s.as("boss"), q)
		must(t, err)
	}
	var ids []int64
	for {
		var page []int64
		for _, it := range p.Items {
			page = append(page, it.ID)
		}
		ids = append(page, ids...)
		if p.PrevCursor == nil {
			return ids
		}
		q.Cursor = *p.PrevCursor
		p, err = s.service.Query(s.as("boss"), q)
		must(t, err)
	}
}

// TestBadFilters: what is wrong is told where it is.
func TestBadFilters(t *testing.T) {
	s := listSetup(t, dbtest.SQLite(t), 5)
	deep := `{"field":"kind","op":"in","value":["person"]}`
	for range 5 {
		deep = `{"not":` + deep + `}`
	}
	many := `{"field":"kind","op":"in","value":["person"]}` + strings.Repeat(`,{"field":"kind","op":"in","value":["person"]}`, 30)
	for filter, want := range map[string]string{
		`{`:                  "rule.bad_json at filter",
		`[]`:                 "list.bad_filter at filter",
		`{"all":[]}`:         "list.bad_filter at filter",
		`{"all":[{}],"x":1}`: "rule.unknown_key at filter.x",
		`{"field":"kind"}`:   "rule.op_missing at filter.op",
		`{"field":"orders_365","op":"gte","value":-1}`:                     "rule.negative at filter.value",
		`{"all":[{"field":"kind","op":"in","value":["person"],"not":{}}]}`: "list.bad_filter at filter.all[0]",
		deep: "list.filter_too_deep at filter.not.not.not.not.not",
		`{"all":[{"any":[` + many + `]},{"any":[` + many + `]}]}`: "list.too_many_conditions at filter.all[1].any[19]",
		`{"field":"salary","op":"eq","value":1}`:                  "list.unknown_field at filter.field",
		`{"field":"f.nothing","op":"eq","value":1}`:               "list.unknown_field at filter.field",
		`{"field":"kind","op":"like","value":"p"}`:                "list.unknown_op at filter.op",
		`{"all":[{"field":"kind","op":"in","value":["dog"]}]}`:    "list.unknown_option at filter.all[0].value",
		`{"field":"net_365","op":"gt","value":"1; DROP TABLE"}`:   "list.bad_number at filter.value",
		`{"field":"last_day","op":"gte","value":"yesterday"}`:     "customer.bad_day at filter.value",
		`{"field":"tags","op":"any","value":[99]}`:                "tag.not_found at filter.value",
		`{"field":"f.plan","op":"in","value":["x' OR 1=1"]}`:      "field.unknown_option at filter.value",
		`{"field":"f.score","op":"eq","value":1.234}`:             "field.bad_number at filter.value",
		`{"field":"region","op":"within","value":["999999"]}`:     "customer.bad_region at filter.value",
		`{"field":"birthday","op":"month","value":[13]}`:          "list.bad_month at filter.value",
	} {
		status, got := s.problem(t, "boss", "GET", "/customers?filter="+url.QueryEscape(filter), "")
		if status != 422 || !strings.HasSuffix(got, want) {
			t.Errorf("%s: %d %s, want %s", filter, status, got, want)
		}
	}
	if status, got := s.problem(t, "boss", "GET", "/customers?sort=remark", ""); status != 422 || !strings.Contains(got, "customer.unknown_sort") {
		t.Errorf("sort: %d %s", status, got)
	}
}

// FuzzFilter: no text of a caller becomes SQL, and whatever compiles runs.
func FuzzFilter(f *testing.F) {
	s := listSetup(f, dbtest.SQLite(f), 3)
	for _, seed := range []string{`{"field":"name","op":"contains","value":"zq'; DROP TABLE customers; --"}`, `{"field":"f.note","op":"in","value":["zq","a"]}`,
		`{"all":[{"field":"kind","op":"in","value":["person"]},{"not":{"field":"net_365","op":"gt","value":5}}]}`, `{"field":"city","op":"eq","value":"zq"}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := customer.ParseFilter([]byte(text))
		if err != nil || n == nil {
			return
		}
		sql, _, err := s.service.FilterSQL(s.as("boss"), n)
		if err != nil {
			return
		}
		var texts func(n *customer.Node) []string
		texts = func(n *customer.Node) (out []string) {
			var one string
			var list []string
			if json.Unmarshal(n.Value, &one) == nil {
				list = []string{one}
			} else {
				_ = json.Unmarshal(n.Value, &list)
			}
			out = append(out, list...)
			for _, kids := range [][]customer.Node{n.All, n.Any} {
				for i := range kids {
					out = append(out, texts(&kids[i])...)
				}
			}
			if n.Not != nil {
				out = append(out, texts(n.Not)...)
			}
			return out
		}
		for _, v := range texts(n) {
			if strings.ContainsAny(v, `'";\`) && strings.Contains(sql, v) {
				t.Fatalf("%q stands in %s", v, sql)
			}
		}
		if _, err := s.service.Query(s.as("boss"), customer.ListQuery{Filter: customer.Filter{Tree: n}, Sort: "id", Limit: 5}); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	})
}

// TestColumns: the values of a page, masked and in few statements.
func TestColumns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := listSetup(t, d, 20)
		var p customer.Page
		w := s.call(t, "boss", "GET", "/customers?sort=id&limit=20&columns=name,stage,owner,department,tags,region,created,f.score,f.plan,f.likes,net_all,aov_365,phone", "", &p)
		if w.Code != 200 {
			t.Fatal(w.Code, w.Body)
		}
		for i, it := range p.Items {
			l := &s.people[i]
			v := it.Values
			if v["stage"] != l.stage || v["name"] != l.c.Name {
				t.Errorf("%d: %v", it.ID, v)
			}
			if owner, ok := v["owner"].(map[string]any); ok != (l.c.OwnerID != 0) || ok && owner["id"] != float64(l.c.OwnerID) {
				t.Errorf("%d: owner %v", it.ID, v["owner"])
			}
			if tags := v["tags"].([]any); len(tags) != len(l.tags) {
				t.Errorf("%d: tags %v", it.ID, tags)
			}
			if score := v["f.score"]; l.score >= 0 && fmt.Sprintf("%.2f", score) != fmt.Sprintf("%.2f", float64(l.score)/100) || l.score < 0 && score != nil {
				t.Errorf("%d: score %v, want %d", it.ID, score, l.score)
			}
			if !strings.Contains(v["phone"].(string), "****") {
				t.Errorf("%d: phone %v", it.ID, v["phone"])
			}
		}
		if status, got := s.problem(t, "boss", "GET", "/customers?columns=password", ""); status != 422 || !strings.Contains(got, "list.unknown_field") {
			t.Errorf("%d %s", status, got)
		}
	})
}
