package tiering

import (
	"testing"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// A run says how many levels people decided otherwise, and how many customers each
// level has since; its summary stays what the scheme found.
func TestARunSaysWhatWasDecided(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newReviewed(t, d, 12)
		r.buy(t, 3, 1, 5)
		v := r.open(t, r.run(t))
		now := func() RunDetail {
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
		if _, err := r.GradeByHand(person(9), DimensionValue, HandInput{CustomerID: 6, Level: "aa", Reason: "大客户"}); err != nil {
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
