package customer_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"zhike/internal/customer"
	"zhike/internal/field"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/web"
	"zhike/internal/tag"
)

// queue takes jobs and runs none.
type queue struct{ n int64 }

func (q *queue) Enqueue(context.Context, jobs.Args, jobs.EnqueueOpts) (int64, error) {
	q.n++
	return q.n, nil
}

// listSite is a fixture with custom fields, tags and somebody for each role.
type listSite struct {
	*fixture
	fields *field.Service
	tags   *tag.Service
	people []listed
	defs   map[string]*field.Definition
	tagIDs []int64
	who    map[string]*auth.Actor
}

// listed is a person with what lists filter by beside the record.
type listed struct {
	person
	stage    string
	created  clock.Day
	region   string
	birthday string
	lunar    bool
	tags     []int
	score    int64 // hundredths; -1 none
	scores   []scored
	plan     string
	ends     clock.Day // 0 none
	note     string
	likes    []string
}

// scored is a score from an instant (unix ms) on.
type scored struct{ at, score int64 }

func listSetup(t testing.TB, d *db.DB, n int) *listSite {
	t.Helper()
	s := &listSite{fixture: setup(t, d, nil), defs: map[string]*field.Definition{}, who: map[string]*auth.Actor{}}
	log := audit.New(d, s.clock)
	s.fields = field.NewService(field.Deps{DB: d, Clock: s.clock, Audit: log})
	s.tags = tag.NewService(tag.Deps{DB: d, Clock: s.clock, Audit: log})
	all := perms(append([]auth.Permission{tag.PermAssign}, customer.Permissions...)...)
	s.who["boss"] = &auth.Actor{StaffID: 1, Name: "boss", Scope: auth.ScopeAll, Permissions: all}
	s.who["head"] = &auth.Actor{StaffID: 4, Name: "head", Scope: auth.ScopeDepartment, DepartmentID: 10, DepartmentIDs: []int64{10, 11}, Permissions: all}
	s.who["viewer"] = actors["viewer"]
	s.who["nobody"] = actors["nobody"]
	s.service = customer.NewService(customer.Deps{
		DB: d, Clock: s.clock, Vault: s.vault, Audit: log, Levels: fakeLevels{}, AsOf: fakeAsOf{}, Texts: i18n.Default(), Zone: clock.In(time.UTC),
		Fields: s.fields, Tags: s.tags, Jobs: &queue{}, Files: t.TempDir(), Issues: []customer.Issue{{Bit: 3, Code: "bad_phone"}},
		Actor: func(_ context.Context, id int64) (*auth.Actor, error) {
			for _, a := range s.who {
				if a.StaffID == id {
					return a, nil
				}
			}
			return nil, nil
		},
	})
	s.api = s.apiOf(s.service)
	ctx := auth.With(context.Background(), s.who["boss"])
	for _, in := range []field.In{
		{Code: "score", Kind: field.Number, Scale: 2, Unit: "分", Name: field.Label{ZH: "评分"}},
		{Code: "plan", Kind: field.Choice, Name: field.Label{ZH: "套餐"}, Options: []field.Option{
			{Code: "gold", Label: field.Label{ZH: "金"}}, {Code: "basic", Label: field.Label{ZH: "基础"}}, {Code: "trial", Label: field.Label{ZH: "试用"}}}},
		{Code: "ends", Kind: field.Date, Name: field.Label{ZH: "到期"}},
		{Code: "note", Kind: field.Text, Name: field.Label{ZH: "摘要"}},
		{Code: "likes", Kind: field.MultiChoice, Name: field.Label{ZH: "喜好"}, Options: []field.Option{
			{Code: "tea", Label: field.Label{ZH: "茶"}}, {Code: "wine", Label: field.Label{ZH: "酒"}}, {Code: "golf", Label: field.Label{ZH: "高尔夫"}}}},
	} {
		def, err := s.fields.Create(ctx, in)
		must(t, err)
		s.defs[in.Code] = def
	}
	must(t, d.InTx(ctx, func(ctx context.Context) error {
		_, err := d.Q(ctx).ExecContext(ctx, `INSERT INTO departments (id, parent_id, name, path, created_at, updated_at) VALUES (11, 10, 'b', '/10/11/', 0, 0), (12, NULL, 'c', '/12/', 0, 0)`)
		return err
	}))
	for _, name := range []string{"VIP", "沉睡", "教育"} {
		tg, err := s.tags.Create(ctx, tag.In{GroupID: 1, Name: name})
		must(t, err)
		s.tagIDs = append(s.tagIDs, tg.ID)
	}
	s.fill(t, ctx, n)
	return s
}

func (s *listSite) apiOf(service *customer.Service) *web.API {
	api := web.New(web.Options{Texts: i18n.Default(), Match: i18n.Match, Clock: s.clock,
		Authenticate: func(_ context.Context, r *http.Request) (*auth.Actor, error) {
			return s.who[r.Header.Get("X-Test-Actor")], nil
		}})
	service.Routes(api)
	return api
}

func (s *listSite) fill(t testing.TB, ctx context.Context, n int) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(11, 12))
	for _, p := range crowd(n) {
		l := listed{person: p, stage: []string{"customer", "prospect"}[rnd.IntN(2)], created: today - clock.Day(rnd.IntN(6)), score: -1,
			region: []string{"", "330106", "330108", "320100"}[rnd.IntN(4)], lunar: rnd.IntN(3) == 0}
		if l.region != "" {
			l.c.Province, l.c.City = map[bool]string{true: "浙江省", false: "江苏省"}[l.region[:2] == "33"], map[bool]string{true: "杭州市", false: "南京市"}[l.region[:2] == "33"]
		}
		if rnd.IntN(2) == 0 && l.c.Kind == customer.KindPerson {
			l.birthday = fmt.Sprintf("%02d-%02d", 1+rnd.IntN(12), 1+rnd.IntN(28))
			if rnd.IntN(2) == 0 {
				l.birthday = "1990-" + l.birthday
			}
		} else {
			l.lunar = false
		}
		if rnd.IntN(3) > 0 {
			l.score = int64(rnd.IntN(5)) * 50
		}
		l.plan = []string{"", "gold", "basic", "trial"}[rnd.IntN(4)]
		if rnd.IntN(2) == 0 {
			l.ends = today + clock.Day(rnd.IntN(20)-10)
		}
		l.note = []string{"", "Alpha 项目", "beta 100%", "alphabet_x"}[rnd.IntN(4)]
		for i, code := range []string{"tea", "wine", "golf"} {
			if rnd.IntN(3) == 0 {
				l.likes = append(l.likes, code)
			}
			if rnd.IntN(3) == 0 {
				l.tags = append(l.tags, i)
			}
		}
		s.people = append(s.people, l)
	}
	plain := make([]person, len(s.people))
	for i := range s.people {
		s.people[i].c.CreatedAt = clock.Millis(s.people[i].created.Start(time.UTC)) + 5000
		plain[i] = s.people[i].person
	}
	s.add(t, plain)
	must(t, s.db.InTx(ctx, func(ctx context.Context) error {
		var writes []field.Write
		for i := range s.people {
			l := &s.people[i]
			id := s.ids[i]
			if _, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE customers SET stage = $1, region_code = $2, birthday = $3, birthday_lunar = $4 WHERE id = $5`,
				l.stage, l.region, l.birthday, l.lunar, id); err != nil {
				return err
			}
			v := map[string]field.Value{}
			if l.score >= 0 {
				v["score"] = field.Value{Set: true, Num: l.score}
			}
			if l.plan != "" {
				v["plan"] = field.Value{Set: true, Text: l.plan}
			}
			if l.ends != 0 {
				v["ends"] = field.Value{Set: true, Num: int64(l.ends)}
			}
			if l.note != "" {
				v["note"] = field.Value{Set: true, Text: l.note}
			}
			if len(l.likes) > 0 {
				v["likes"] = field.Value{Set: true, Codes: l.likes}
			}
			writes = append(writes, field.Write{CustomerID: id, Values: v})
			for _, k := range l.tags {
				if _, err := s.tags.AddMany(ctx, []int64{id}, []int64{s.tagIDs[k]}); err != nil {
					return err
				}
			}
		}
		_, err := s.fields.SetMany(ctx, writes)
		return err
	}))
}

// forecast writes what models say: of some customers nothing, of others not all.
func (s *listSite) forecast(t testing.TB) {
	t.Helper()
	must(t, s.db.InTx(t.Context(), func(ctx context.Context) error {
		_, err := s.db.Q(ctx).ExecContext(ctx, `INSERT INTO customer_forecasts (customer_id, alive, orders_centi, clv_fen, churn)
SELECT id, CASE WHEN id % 3 > 0 THEN id % 5 END, CASE WHEN id % 5 > 0 THEN 50 * (id % 4) END, 1000 * (id % 6), CASE WHEN id % 7 < 5 THEN id % 2 END
FROM customers WHERE id % 4 > 0`)
		return err
	}))
}

// problem reads the codes of a refused request: "list.bad_value at filter.value".
func (s *listSite) problem(t testing.TB, who, method, target, body string) (int, string) {
	t.Helper()
	var p struct {
		Code   string
		Errors []struct{ Code, Path string }
	}
	w := s.call(t, who, method, target, body, nil)
	if w.Code < 400 {
		return w.Code, ""
	}
	decode(t, w.Body.Bytes(), &p)
	out := p.Code
	for _, e := range p.Errors {
		out += " " + e.Code + " at " + e.Path
	}
	return w.Code, out
}

func (s *listSite) as(who string) context.Context { return auth.With(context.Background(), s.who[who]) }

func has(list []string, x string) bool {
	for _, v := range list {
		if v == x {
			return true
		}
	}
	return false
}

type jsonText = json.RawMessage

func lower(s string) string { return strings.ToLower(s) }
