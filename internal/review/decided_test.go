package review

import (
	"context"
	"maps"
	"slices"
	"testing"

	"zhike/internal/tiering"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
)

// A run says how many levels people decided otherwise, and how many customers each
// level has since; its summary stays what the scheme found.
func TestARunSaysWhatWasDecided(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newReviewed(t, d, 12)
		r.buy(t, 3, 1, 5)
		v := r.open(t, r.run(t))
		now := func() tiering.RunDetail {
			t.Helper()
			run, err := r.Run(person(9), v.RunID)
			if err != nil {
				t.Fatal(err)
			}
			return run
		}
		if run := now(); run.Decided != nil {
			t.Errorf("before anybody decided: %+v", run.Decided)
		}
		if err := r.decide(2, v.ID, 1, "overrule", "dd", "不活跃"); err != nil {
			t.Fatal(err)
		}
		if _, err := r.PublishReview(person(9), v.ID, PublishInput{Rest: "agree"}); err != nil {
			t.Fatal(err)
		}
		if _, err := r.GradeByHand(person(9), tiering.DimensionValue, tiering.HandInput{CustomerID: 6, Level: "aa", Reason: "大客户"}); err != nil {
			t.Fatal(err)
		}
		run := now()
		if run.Decided == nil || run.Decided.Customers != 2 || len(run.Decided.Levels) != 4 {
			t.Fatalf("%+v", run.Decided)
		}
		want := map[int]int64{}
		for _, level := range r.levels(t, v.RunID) {
			want[level]++
		}
		found := run.Summary.Levels
		for i, l := range run.Decided.Levels {
			if l.Code != found[i].Code || l.Customers != want[i] {
				t.Errorf("%+v, want %d of %s", l, want[i], found[i].Code)
			}
		}
		if found[3].Customers != want[3]-1 || found[0].Customers != want[0] {
			t.Errorf("the summary is the scheme's: %+v, now %v", found, want)
		}
	})
}

// A list of a run by level is of those who have it, or of those whom the run found
// for it, whoever asks and however the pages are cut; the report names those who
// have it.
func TestListsOfARunAreAsDecidedOrAsProposed(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		const customers = 40
		r := newReviewed(t, d, customers)
		if _, err := r.SetHandOnly(person(9), 8, true, "本人要求"); err != nil {
			t.Fatal(err)
		}
		r.buy(t, 3, 1, 5, 8, 20, 36)
		v := r.open(t, r.run(t))
		found := r.levels(t, v.RunID)
		for id, level := range map[int64]string{1: "dd", 5: "cc", 20: "bb"} {
			if err := r.decide(3, v.ID, id, "overrule", level, "另定"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := r.PublishReview(person(9), v.ID, PublishInput{Rest: "agree"}); err != nil {
			t.Fatal(err)
		}
		for id, level := range map[int64]string{6: "aa", 3: "dd", 7: "dd", 20: "aa", 39: "bb"} {
			if _, err := r.GradeByHand(person(9), tiering.DimensionValue, tiering.HandInput{CustomerID: id, Level: level, Reason: "看过了"}); err != nil {
				t.Fatal(err)
			}
		}
		decided := r.levels(t, v.RunID)
		narrow := person(100)
		auth.From(narrow).Scope = auth.ScopeOwn
		for name, ctx := range map[string]context.Context{"all": person(9), "own": narrow} {
			for levels, have := range map[string]map[int64]int{"": decided, tiering.LevelsDecided: decided, tiering.LevelsProposed: found} {
				for k, code := range []string{"aa", "bb", "cc", "dd"} {
					for _, n := range []int{1, 3, 100} {
						list := r.members(t, ctx, v.RunID, tiering.MemberFilter{Level: code, Levels: levels}, n)
						got := map[int64]bool{}
						for i, m := range list {
							got[m.CustomerID] = true
							if i > 0 && m.SpendFen > list[i-1].SpendFen {
								t.Errorf("%s, %s of %s: not by falling spend", name, levels, code)
							}
							names := []string{"aa", "bb", "cc", "dd"}
							if was := names[found[m.CustomerID]]; m.Level != names[decided[m.CustomerID]] || m.CustomerID != 8 && (m.Proposed == nil) != (was == m.Level) ||
								m.Proposed != nil && *m.Proposed != was {
								t.Errorf("%s, %s: %+v, found %s", name, levels, m, was)
							}
						}
						want := map[int64]bool{}
						for id, level := range have {
							if level == k && (name == "all" || 100+id%3 == 100) && (name == "all" || levels != tiering.LevelsProposed || id != 8) {
								want[id] = true
							}
						}
						if name == "own" && levels == tiering.LevelsProposed {
							delete(got, 8) // what the run found of a customer only people grade is in its lists alone
						}
						if len(list) < len(want) || !maps.Equal(got, want) {
							t.Errorf("%s, %s of %s by %d: %v, want %v", name, levels, code, n, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
						}
					}
				}
			}
		}
		report, err := r.Report(person(9), v.RunID, "zh-CN")
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range report.KeyCustomers {
			if decided[k.ID] != 0 {
				t.Errorf("a key customer of level %d: %+v", decided[k.ID], k)
			}
		}
		for _, k := range report.Slipping {
			if k.NextStep == "" || k.Level == "aa" && found[k.ID] != 0 {
				t.Errorf("%+v", k)
			}
		}
		if _, err := r.Members(person(9), v.RunID, tiering.MemberFilter{Levels: "both"}, "", 10, "en"); !errs.Is(err, "invalid") {
			t.Error(err)
		}
	})
}

// Whom only people graded when a run came into force is in its lists by the level
// that was kept, also when programs may decide about the customer again.
func TestKeptLevelsStayDecided(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newReviewed(t, d, 12)
		if _, err := r.SetHandOnly(person(9), 8, true, "本人要求"); err != nil {
			t.Fatal(err)
		}
		r.buy(t, 3, 8)
		v := r.open(t, r.run(t))
		found := r.levels(t, v.RunID)[8]
		if _, err := r.PublishReview(person(9), v.ID, PublishInput{Rest: "agree"}); err != nil {
			t.Fatal(err)
		}
		if _, err := r.SetHandOnly(person(9), 8, false, ""); err != nil {
			t.Fatal(err)
		}
		kept := r.levels(t, v.RunID)[8]
		if kept == found {
			t.Fatalf("the run moves the customer nowhere: %d", kept)
		}
		for level, code := range []string{"aa", "bb", "cc", "dd"} {
			listed := false
			for _, m := range r.members(t, person(9), v.RunID, tiering.MemberFilter{Level: code}, 5) {
				listed = listed || m.CustomerID == 8
			}
			if listed != (level == kept) {
				t.Errorf("in the list of %s: %v, the level kept is %d", code, listed, kept)
			}
		}
		run, err := r.Run(person(9), v.RunID)
		if err != nil {
			t.Fatal(err)
		}
		if run.Decided == nil || run.Decided.Customers != 1 {
			t.Errorf("%+v", run.Decided)
		}
	})
}
