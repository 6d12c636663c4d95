package tag

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"zhike/internal/field"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/web"
)

// fakeRecords knows customers below 1,000,000 and what was told about them.
type fakeRecords struct {
	d       *db.DB
	changes []Change
}

func (f *fakeRecords) Version(_ context.Context, id int64) (int64, error) {
	if id >= 1_000_000 {
		return 0, errs.New(errs.NotFound, "customer.not_found", "id", id)
	}
	return 1, nil
}

func (f *fakeRecords) Edit(ctx context.Context, id int64, fn func(ctx context.Context) ([]Change, error)) (int64, error) {
	if _, err := f.Version(ctx, id); err != nil {
		return 0, err
	}
	err := f.d.InTx(ctx, func(ctx context.Context) error {
		changes, err := fn(ctx)
		f.changes = append(f.changes, changes...)
		return err
	})
	return 2, err
}

func (f *fakeRecords) Note(_ context.Context, changes []Change) error {
	f.changes = append(f.changes, changes...)
	return nil
}

// fakeJobs notes what is enqueued.
type fakeJobs struct{ args []jobs.Args }

func (f *fakeJobs) Enqueue(_ context.Context, a jobs.Args, _ jobs.EnqueueOpts) (int64, error) {
	f.args = append(f.args, a)
	return 42, nil
}

type site struct {
	*testing.T
	s       *Service
	d       *db.DB
	records *fakeRecords
	jobs    *fakeJobs
	api     *web.API
}

var actors = map[string]*auth.Actor{
	"boss":   {StaffID: 1, Name: "boss", Scope: auth.ScopeAll, Permissions: map[auth.Permission]bool{PermManage: true, PermAssign: true, permView: true}},
	"seller": {StaffID: 2, Name: "seller", Scope: auth.ScopeOwn, Permissions: map[auth.Permission]bool{PermAssign: true, permView: true}},
	"viewer": {StaffID: 3, Name: "viewer", Scope: auth.ScopeAll, Permissions: map[auth.Permission]bool{permView: true}},
}

var ctxBoss = auth.With(context.Background(), actors["boss"])

func newSite(t *testing.T, d *db.DB) *site {
	clk := clock.NewFixed(time.UnixMilli(1_700_000_000_000))
	st := &site{T: t, d: d, records: &fakeRecords{d: d}, jobs: &fakeJobs{}}
	st.s = NewService(Deps{DB: d, Clock: clk, Audit: audit.New(d, clk), Records: st.records, Jobs: st.jobs, Log: slog.New(slog.DiscardHandler)})
	st.api = web.New(web.Options{Texts: i18n.Default(), Match: i18n.Match, Clock: clk,
		Authenticate: func(_ context.Context, r *http.Request) (*auth.Actor, error) {
			return actors[r.Header.Get("X-Who")], nil
		}})
	st.s.Routes(st.api)
	return st
}

func (s *site) want(who, method, path, body string, status int, part string) {
	s.Helper()
	r := httptest.NewRequest(method, web.Prefix+path, strings.NewReader(body))
	r.Header.Set("X-Who", who)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	s.api.ServeHTTP(w, r)
	if w.Code != status || !strings.Contains(w.Body.String(), part) || strings.Contains(w.Body.String(), `"errors.`) {
		s.Errorf("%s %s %s as %s: %d %s, want %d with %s", method, path, body, who, w.Code, w.Body, status, part)
	}
}

// make adds tags to a group.
func (s *site) make(group int64, names ...string) []int64 {
	s.Helper()
	ids := make([]int64, len(names))
	for i, n := range names {
		t, err := s.s.Create(ctxBoss, In{GroupID: group, Name: n})
		if err != nil {
			s.Fatal(n, err)
		}
		ids[i] = t.ID
	}
	return ids
}

func (s *site) tx(fn func(ctx context.Context) ([]Change, error)) (out []Change, err error) {
	err = s.d.InTx(ctxBoss, func(ctx context.Context) (err error) {
		out, err = fn(ctx)
		return err
	})
	return out, err
}

func (s *site) add(customers []int64, tags ...int64) []Change {
	s.Helper()
	out, err := s.tx(func(ctx context.Context) ([]Change, error) { return s.s.AddMany(ctx, customers, tags) })
	if err != nil {
		s.Fatal(err)
	}
	return out
}

// names gives the tags of a customer.
func (s *site) names(id int64) string {
	s.Helper()
	of, err := s.s.Of(ctxBoss, []int64{id})
	if err != nil {
		s.Fatal(err)
	}
	var out []string
	for _, t := range of[id] {
		out = append(out, t.Name)
	}
	return strings.Join(out, " ")
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	e := errs.From(err)
	if e == nil || e.Code != code && !slices.ContainsFunc(e.Fields, func(f errs.Field) bool { return f.Code == code }) {
		t.Errorf("error %v, want %s", err, code)
	}
}

func ids(n int64) []int64 {
	out := make([]int64, n)
	for i := range out {
		out[i] = int64(i) + 1
	}
	return out
}

func TestMergeLosesNobody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		tags := s.make(1, "教育", "教培", "培训", "医疗")
		s.add(ids(3000), tags[1])
		s.add(ids(100), tags[0])
		s.add([]int64{5000, 5001}, tags[2])
		// Few: at once.
		got, err := s.s.Merge(ctxBoss, tags[2], tags[1])
		if err != nil || got.JobID != nil || got.Moved != 2 {
			t.Fatalf("%+v, %v", got, err)
		}
		// Many: by a job, but shown with the other already.
		got, err = s.s.Merge(ctxBoss, tags[1], tags[0])
		if err != nil || got.JobID == nil || *got.JobID != 42 || got.Moved != 3002 {
			t.Fatalf("%+v, %v", got, err)
		}
		if n := s.names(2000); n != "教育" {
			t.Errorf("before the job: %s", n)
		}
		counts, err := s.s.Counts(ctxBoss)
		if err != nil || counts[tags[0]] < 3002 {
			t.Errorf("before the job: %v, %v", counts, err)
		}
		told := len(s.records.changes)
		s.s.step = 700
		if err := s.s.moveMembers(ctxBoss, s.jobs.args[0].(MergeArgs).TagID); err != nil {
			t.Fatal(err)
		}
		// Twice does no harm.
		if err := s.s.moveMembers(ctxBoss, tags[1]); err != nil {
			t.Fatal(err)
		}
		if counts, err = s.s.Counts(ctxBoss); err != nil || counts[tags[0]] != 3002 || len(counts) != 1 {
			t.Errorf("%v, %v", counts, err)
		}
		// Every member lost one, and who did not have the other was given it.
		if n := len(s.records.changes) - told; n != 3002+2902 {
			t.Errorf("%d changes told", n)
		}
		// The old names still name it, through two merges.
		found, missing, err := s.s.Named(ctxBoss, []string{"培训", "教培", "医疗", "金融"}, false)
		if err != nil || found["培训"].ID != tags[0] || found["教培"].ID != tags[0] || !slices.Equal(missing, []string{"金融"}) {
			t.Errorf("%v, %v, %v", found, missing, err)
		}
		s.add([]int64{9}, tags[2])
		if n := s.names(9); n != "教育" {
			t.Errorf("given under an old name: %s", n)
		}
		// A name that nobody has any more may be used anew.
		anew := s.make(2, "培训")[0]
		s.add([]int64{9}, anew)
		if n := s.names(9); n != "教育 培训" {
			t.Errorf("%s", n)
		}
		_, err = s.s.Merge(ctxBoss, tags[0], tags[0])
		wantCode(t, err, "tag.merge_self")
		_, err = s.s.Merge(ctxBoss, tags[1], tags[3])
		wantCode(t, err, "tag.not_found")
	})
}

func TestGivingAndTaking(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		stage, err := s.s.CreateGroup(ctxBoss, GroupIn{Name: field.Label{ZH: "意向", EN: "Intent"}, Exclusive: true})
		if err != nil {
			t.Fatal(err)
		}
		level := s.make(stage.ID, "高意向", "低意向")
		industry := s.make(1, "零售", "酒店")
		everybody := ids(2500)
		if c := s.add(everybody, industry[0], level[1]); len(c) != 5000 {
			t.Errorf("%d changes", len(c))
		}
		// Again, with repeated customers: nothing.
		if c := s.add(append(everybody, everybody...), industry[0]); len(c) != 0 {
			t.Errorf("%d changes the second time", len(c))
		}
		// Of an exclusive group the new one takes the place of the old one.
		if c := s.add([]int64{1, 2}, level[0]); len(c) != 4 || c[0].Added || !c[1].Added {
			t.Errorf("%+v", c)
		}
		if n := s.names(1); n != "零售 高意向" {
			t.Errorf("1 has %s", n)
		}
		_, err = s.tx(func(ctx context.Context) ([]Change, error) { return s.s.AddMany(ctx, []int64{1}, level) })
		wantCode(t, err, "tag.exclusive")
		_, err = s.tx(func(ctx context.Context) ([]Change, error) { return s.s.SetOf(ctx, 1, level) })
		wantCode(t, err, "tag.exclusive")
		yes := true
		if _, err := s.s.Update(ctxBoss, industry[0], Patch{Retired: &yes}); err != nil {
			t.Fatal(err)
		}
		_, err = s.tx(func(ctx context.Context) ([]Change, error) { return s.s.AddMany(ctx, []int64{9000}, industry) })
		wantCode(t, err, "tag.retired")
		if s.names(9000) != "" {
			t.Error("a refused call gave a tag")
		}
		// Members keep a retired tag, also when the others are set.
		c, err := s.tx(func(ctx context.Context) ([]Change, error) {
			return s.s.SetOf(ctx, 1, []int64{industry[0], industry[1]})
		})
		if err != nil || len(c) != 2 || s.names(1) != "酒店 零售" {
			t.Errorf("%+v, %v: %s", c, err, s.names(1))
		}
		c, err = s.tx(func(ctx context.Context) ([]Change, error) {
			return s.s.RemoveMany(ctx, everybody, []int64{industry[0]})
		})
		if err != nil || len(c) != 2500 {
			t.Errorf("%d taken, %v", len(c), err)
		}
		c, err = s.tx(func(ctx context.Context) ([]Change, error) {
			return s.s.AddEach(ctx, map[int64][]int64{7: {industry[1]}, 8: {level[0], industry[1]}})
		})
		if err != nil || len(c) != 4 || s.names(8) != "酒店 高意向" {
			t.Errorf("%+v, %v: %s", c, err, s.names(8))
		}
		wantCode(t, s.s.Delete(ctxBoss, industry[1]), "tag.in_use")
		if err := s.s.Delete(ctxBoss, industry[0]); err != nil {
			t.Error(err)
		}
		wantCode(t, s.s.DeleteGroup(ctxBoss, stage.ID), "tag.group_in_use")
		if err := s.s.DeleteGroup(ctxBoss, 3); err != nil {
			t.Error(err)
		}
		if _, err := s.tx(func(ctx context.Context) ([]Change, error) { return nil, s.s.Forget(ctx, []int64{8}) }); err != nil || s.names(8) != "" {
			t.Errorf("%v, %s", err, s.names(8))
		}
	})
}

func TestTagsOfFiles(t *testing.T) {
	if got := Split(" 教育，母婴;VIP|行业/零售、教育\n,,"); !slices.Equal(got, []string{"教育", "母婴", "VIP", "行业/零售"}) {
		t.Errorf("%q", got)
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		s.make(1, "VIP")
		found, missing, err := s.s.Named(ctxBoss, []string{"ｖｉｐ", "行业/零售", "来源/展会", "母婴", "零售"}, true)
		if err != nil || len(missing) != 0 || len(found) != 5 || found["零售"] != found["行业/零售"] {
			t.Fatalf("%v, %v, %v", found, missing, err)
		}
		c, err := s.s.Catalogue(ctxBoss)
		if err != nil {
			t.Fatal(err)
		}
		groups := map[string]string{}
		for name, tag := range found {
			groups[name] = c.Group(tag.GroupID).Name.ZH
		}
		if groups["ｖｉｐ"] != "行业" || groups["零售"] != "行业" || groups["来源/展会"] != "来源" || groups["母婴"] != "导入" {
			t.Errorf("%v", groups)
		}
		_, _, err = s.s.Named(ctxBoss, []string{strings.Repeat("长", 41)}, true)
		wantCode(t, err, "tag.name_long")
	})
}

func TestFind(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	s.make(1, "重庆火锅", "教育", "教育培训", "VIP客户", "单身")
	for text, want := range map[string]string{
		"教育": "教育 教育培训", "jiaoyu": "教育 教育培训", "jypx": "教育培训", "火锅": "重庆火锅", "chongqing": "重庆火锅", "vip": "VIP客户", "无": "", " ": "",
	} {
		list, err := s.s.Find(ctxBoss, text, 10)
		var got []string
		for _, t := range list {
			got = append(got, t.Name)
		}
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%q finds %v, want %s, %v", text, got, want, err)
		}
	}
}

func TestTagRoutes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		s.want("viewer", "GET", "/tag-groups", "", 200, `"zh":"痛点","en":"Pain point"`)
		s.want("seller", "POST", "/tags", `{"group_id":1,"name":"零售"}`, 403, "forbidden")
		s.want("boss", "POST", "/tags", `{"group_id":1,"name":"零售","tone":3}`, 201, `"tone":3`)
		s.want("boss", "POST", "/tags", `{"group_id":2,"name":" 零售 "}`, 409, "tag.name_taken")
		s.want("boss", "POST", "/tags", `{"group_id":99,"name":"别的"}`, 422, "tag.group_not_found")
		s.want("boss", "POST", "/tags", `{"group_id":1,"name":"a;b"}`, 422, "tag.name_separator")
		id := s.make(3, "摄影")[0]
		s.want("viewer", "PUT", fmt.Sprint("/customers/5/tags/", id), "", 403, "forbidden")
		s.want("seller", "PUT", fmt.Sprint("/customers/1000000/tags/", id), "", 404, "customer.not_found")
		s.want("seller", "PUT", fmt.Sprint("/customers/5/tags/", id), "", 200, `"name":"摄影"`)
		s.want("seller", "PUT", "/customers/5/tags/999", "", 422, "tag.not_found")
		s.want("seller", "PUT", "/customers/5/tags", `{"tag_ids":[1]}`, 200, `"name":"零售"`)
		s.want("viewer", "GET", "/customers/5/tags", "", 200, `"items":[{"id":1,`)
		s.want("viewer", "GET", "/tags?counts=true&q=ls", "", 200, `"members":1`)
		s.want("viewer", "GET", "/tags?group=3", "", 200, `"members":null`)
		s.want("viewer", "GET", "/tags?q=zzz", "", 200, `"items":[]`)
		s.want("seller", "DELETE", "/customers/5/tags/1", "", 200, `"items":[]`)
		s.want("boss", "PATCH", "/tags/1", `{"name":"零售业","retired":true}`, 200, `"retired":true`)
		s.want("seller", "PUT", "/customers/5/tags/1", "", 422, "tag.retired")
		s.want("seller", "POST", "/tags/1/merge", fmt.Sprintf(`{"into_id":%d}`, id), 403, "forbidden")
		s.want("boss", "POST", "/tags/1/merge", fmt.Sprintf(`{"into_id":%d}`, id), 200, `"job_id":null`)
		s.want("boss", "POST", "/tag-groups", `{"name":{"zh":"渠道"},"exclusive":true}`, 201, `"position":4`)
		s.want("boss", "PATCH", "/tag-groups/4", `{"position":1}`, 200, `"position":1`)
		s.want("viewer", "GET", "/tag-groups", "", 200, `{"items":[{"id":4,`)
		s.want("boss", "POST", "/tag-groups", `{"name":{"zh":"industry"}}`, 409, "tag.group_taken")
		s.want("boss", "DELETE", "/tag-groups/4", "", 204, "")
		var told []string
		for _, c := range s.records.changes {
			before, after := c.History()
			told = append(told, before+">"+after)
		}
		if got := strings.Join(told, " "); got != ">摄影 摄影> >零售 零售>" {
			t.Errorf("history %s", got)
		}
	})
}

// TestNamesThatDiffer: digits tell tags and groups apart.
func TestNamesThatDiffer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		ctx := auth.With(context.Background(), actors["boss"])
		for _, c := range []struct{ zh, en, path string }{
			{"预算1", "Budget 1", ""}, {"预算2", "Budget 2", ""}, {"预算11", "", ""}, {"预算１", "", "name.zh"}, {"另一预算", "BUDGET 2", "name.en"},
		} {
			g, err := s.s.CreateGroup(ctx, GroupIn{Name: field.Label{ZH: c.zh, EN: c.en}})
			path := ""
			if err != nil {
				path = errs.From(err).Fields[0].Path
			}
			if path != c.path {
				t.Errorf("group %s / %s: %q, want %q", c.zh, c.en, path, c.path)
			}
			if err != nil {
				continue
			}
			if _, err := s.s.Create(ctx, In{GroupID: g.ID, Name: "档位" + c.zh[len(c.zh)-1:] + c.zh}); err != nil {
				t.Errorf("tag %s: %v", c.zh, err)
			}
		}
	})
}
