package app

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"zhike/internal/customer"
	"zhike/internal/dedupe"
	"zhike/internal/duplicate"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
)

const (
	benchSurnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万"
	benchGiven    = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉玲红建国华志海燕梅鑫波斌宇浩凯健俊帆雪琴云莉欣怡梓涵子轩雨泽晨思佳宁博琪瑶婷嘉颖悦彤馨诗昊然睿航成家豪天翔小春秋冬松柏林森鹏飞龙虎"
)

// steward makes pairs and decides them.
type steward struct {
	t   *testing.T
	ctx context.Context
	a   *App
	r   *rand.Rand
}

func (s *steward) ok(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("%v (%s)", err, errs.CodeOf(err))
	}
}

// pairs writes n pairs: the even ones are one customer who moved and has a new
// phone, the odd ones two with the same name in one town, one day apart in age.
func (s *steward) pairs(n int) [][2]int64 {
	s.t.Helper()
	surnames, given := []rune(benchSurnames), []rune(benchGiven)
	in := customer.UpsertInput{Source: "steward"}
	for i := range n {
		name := string([]rune{surnames[s.r.IntN(len(surnames))], given[s.r.IntN(len(given))], given[s.r.IntN(len(given))]})
		city, birthday := "杭州市", fmt.Sprintf("19%02d-%02d-%02d", 50+s.r.IntN(50), 1+s.r.IntN(12), 1+s.r.IntN(28))
		phone := fmt.Sprintf("13%09d", s.r.IntN(1_000_000_000))
		for twin := range 2 {
			u := customer.Upsert{Number: fmt.Sprint(i, "-", twin), Patch: customer.Patch{Name: &name, City: &city}}
			day := birthday
			if i%2 == 0 {
				u.Contacts = []customer.ContactIn{{Kind: customer.ContactPhone, Value: phone}}
				if twin == 1 { // typed wrongly
					day = fmt.Sprintf("19%02d-%02d-%02d", 50+s.r.IntN(50), 1+s.r.IntN(12), 1+s.r.IntN(28))
				}
			} else if twin == 1 {
				u.Contacts = []customer.ContactIn{{Kind: customer.ContactPhone, Value: fmt.Sprintf("13%09d", s.r.IntN(1_000_000_000))}}
			}
			u.Birthday = &day
			in.Items = append(in.Items, u)
		}
	}
	got, err := s.a.Customer.Upsert(s.ctx, in)
	s.ok(err)
	if got.Failed > 0 {
		s.t.Fatalf("%+v", got.Results)
	}
	out := make([][2]int64, n)
	for i := range out {
		out[i] = [2]int64{*got.Results[2*i].ID, *got.Results[2*i+1].ID}
	}
	return out
}

func (s *steward) scan() { s.ok(s.a.Duplicates.Scan(s.ctx, func(int64, int64, string) {})) }

// open gives the open pairs by their two customers.
func (s *steward) open() map[[2]int64]duplicate.Pair {
	s.t.Helper()
	out := map[[2]int64]duplicate.Pair{}
	for cursor := ""; ; {
		p, err := s.a.Duplicates.List(s.ctx, duplicate.PairQuery{Status: "open", MinScore: 0, Limit: 100, Cursor: cursor})
		s.ok(err)
		for _, pair := range p.Items {
			out[[2]int64{pair.A.ID, pair.B.ID}] = pair
		}
		if p.NextCursor == nil || *p.NextCursor == "" {
			return out
		}
		cursor = *p.NextCursor
	}
}

// decide says what is true of a pair: even ones are one customer.
func (s *steward) decide(i int, two [2]int64) {
	s.t.Helper()
	if i%2 == 0 {
		_, err := s.a.Duplicates.Merge(s.ctx, duplicate.MergeInput{WinnerID: two[0], LoserID: two[1]}, "page")
		s.ok(err)
		return
	}
	if p, ok := s.open()[two]; ok {
		_, err := s.a.Duplicates.Decide(s.ctx, p.ID, "different")
		s.ok(err)
	}
}

// level finds what a field's degree of agreement is worth.
func level(m *duplicate.Model, f dedupe.Field, l dedupe.Level) duplicate.ModelLevel {
	for _, field := range m.Fields {
		for _, at := range field.Levels {
			if field.Field == f && at.Level == l {
				return at
			}
		}
	}
	return duplicate.ModelLevel{}
}

func TestLearningFromDecisions(t *testing.T) {
	eachApp(t, func(t *testing.T, ctx context.Context, a *App) {
		s := &steward{t: t, ctx: ctx, a: a, r: rand.New(rand.NewPCG(1, 2))}
		two := s.pairs(160)
		s.scan()
		if _, err := a.Duplicates.StartLearn(ctx); !errs.Is(err, "duplicate.too_few_decisions") {
			t.Fatalf("without decisions: %v", err)
		}
		// One kind only teaches nothing that could be checked.
		for i := 0; i < 120; i += 2 {
			s.decide(i, two[i])
		}
		if err := a.Duplicates.Learn(ctx, 0); !errs.Is(err, "duplicate.too_few_decisions") {
			t.Fatalf("of one kind only: %v", err)
		}
		for i := 1; i < 120; i += 2 {
			s.decide(i, two[i])
		}
		m, err := a.Duplicates.Model(ctx)
		s.ok(err)
		if m.Same != 60 || m.Different < 10 || m.Active != nil || m.Proposed != nil || m.Stale {
			t.Fatalf("before learning: %d same, %d different, %+v", m.Same, m.Different, m)
		}
		wrong := level(&m, dedupe.Birthday, dedupe.Differ).Bits

		s.ok(a.Duplicates.Learn(ctx, 0))
		m, err = a.Duplicates.Model(ctx)
		s.ok(err)
		if m.Proposed == nil || !m.Proposed.Report.Better || m.Proposed.Report.Effect.Open == 0 {
			t.Fatalf("the proposal: %+v", m.Proposed)
		}
		now := level(&m, dedupe.Birthday, dedupe.Differ)
		if now.Bits != wrong || now.Proposed == nil || *now.Proposed < wrong+0.5 {
			t.Errorf("another birthday: %v bits, before %v, proposed %v", now.Bits, wrong, now.Proposed)
		}
		before := s.open()

		applied, err := a.Duplicates.Apply(ctx, m.Proposed.ID)
		s.ok(err)
		if _, err := a.Duplicates.Apply(ctx, m.Proposed.ID); !errs.Is(err, "duplicate.lesson_active") {
			t.Errorf("applied twice: %v", err)
		}
		if m, err = a.Duplicates.Model(ctx); err != nil || !m.Stale || m.Active == nil || m.Active.ID != applied.LessonID {
			t.Errorf("applied: %+v, %v", m, err)
		}
		s.scan()
		if m, err = a.Duplicates.Model(ctx); err != nil || m.Stale {
			t.Errorf("after the scan: %v, %v", m.Stale, err)
		}
		at := level(&m, dedupe.Birthday, dedupe.Differ)
		if at.Bits < wrong+0.5 || at.Same == 0 || at.Base > wrong+0.2 {
			t.Errorf("after the scan: %+v", at)
		}
		// The pairs that were never decided: those of one customer became likelier.
		after := s.open()
		up, all := 0, 0
		for i := 120; i < 160; i += 2 {
			was, is := before[two[i]], after[two[i]]
			all++
			if is.Score > was.Score {
				up++
			}
		}
		if up < all*3/4 {
			t.Errorf("of %d undecided pairs of one customer %d became likelier", all, up)
		}

		// Taken back, the base speaks for itself again; and it can be put to use anew.
		back, err := a.Duplicates.TakeBack(ctx, applied.LessonID)
		s.ok(err)
		if back.LessonID != 0 {
			t.Errorf("taken back to %d", back.LessonID)
		}
		if _, err := a.Duplicates.TakeBack(ctx, applied.LessonID); !errs.Is(err, "duplicate.lesson_not_active") {
			t.Errorf("taken back twice: %v", err)
		}
		s.scan()
		if m, err = a.Duplicates.Model(ctx); err != nil || m.Active != nil || level(&m, dedupe.Birthday, dedupe.Differ).Bits > wrong+0.2 {
			t.Errorf("taken back: %+v, %v", level(&m, dedupe.Birthday, dedupe.Differ), err)
		}
		if _, err := a.Duplicates.Apply(ctx, applied.LessonID); err != nil {
			t.Error(err)
		}
		if list, err := a.Duplicates.Lessons(ctx); err != nil || len(list.Items) != 1 || list.Items[0].Status != "active" {
			t.Errorf("versions: %+v, %v", list, err)
		}

		// Who sees few customers neither teaches nor applies.
		narrow := auth.With(context.Background(), &auth.Actor{StaffID: 9, Scope: auth.ScopeOwn, Permissions: map[auth.Permission]bool{duplicate.PermMerge: true}})
		for name, err := range map[string]error{
			"learn":     second(a.Duplicates.StartLearn(narrow)),
			"apply":     second(a.Duplicates.Apply(narrow, applied.LessonID)),
			"take back": second(a.Duplicates.TakeBack(narrow, applied.LessonID)),
			"drop":      a.Duplicates.Drop(narrow, applied.LessonID),
		} {
			if !errs.Is(err, "duplicate.model_scope") {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := a.Duplicates.Drop(ctx, applied.LessonID); !errs.Is(err, "duplicate.no_lesson") {
			t.Errorf("dropped what is in use: %v", err)
		}
	})
}

func second[T any](_ T, err error) error { return err }

// A decision that is taken back teaches nothing, and one that is changed
// teaches what was said last.
func TestDecisionsFollowThePerson(t *testing.T) {
	eachApp(t, func(t *testing.T, ctx context.Context, a *App) {
		s := &steward{t: t, ctx: ctx, a: a, r: rand.New(rand.NewPCG(1, 2))}
		two := s.pairs(3)
		s.scan()
		pair, ok := s.open()[two[0]]
		if !ok {
			t.Fatal("not found")
		}
		expect := func(step string, same, different int64) {
			t.Helper()
			m, err := a.Duplicates.Model(ctx)
			s.ok(err)
			if m.Same != same || m.Different != different {
				t.Errorf("%s: %d same, %d different; want %d and %d", step, m.Same, m.Different, same, different)
			}
		}
		for _, d := range []struct {
			say       string
			different int64
		}{{"different", 1}, {"later", 0}, {"different", 1}, {"open", 0}} {
			_, err := a.Duplicates.Decide(ctx, pair.ID, d.say)
			s.ok(err)
			expect(d.say, 0, d.different)
		}
		_, err := a.Duplicates.Decide(ctx, pair.ID, "different")
		s.ok(err)
		m, err := a.Duplicates.Merge(ctx, duplicate.MergeInput{WinnerID: two[0][0], LoserID: two[0][1]}, "page")
		s.ok(err)
		expect("merged after all", 1, 0)
		_, err = a.Duplicates.Undo(ctx, m.ID, duplicate.UndoInput{})
		s.ok(err)
		expect("undone", 0, 0)
		// What is kept holds no value of anybody.
		s.ok(a.DB.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM duplicate_decisions`).Scan(new(int)))
		_, err = a.Duplicates.Merge(ctx, duplicate.MergeInput{WinnerID: two[0][0], LoserID: two[0][1]}, "page")
		s.ok(err)
		var agreement string
		s.ok(a.DB.Q(ctx).QueryRowContext(ctx, `SELECT agreement FROM duplicate_decisions`).Scan(&agreement))
		if !strings.Contains(agreement, "name.full=exact") || !strings.Contains(agreement, "phone=exact") {
			t.Errorf("kept %q", agreement)
		}
	})
}
