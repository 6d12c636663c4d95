package review

import (
	"context"
	"strings"
	"testing"

	"zhike/internal/tiering"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/i18n"
)

// What people write about customers is nowhere in the clear, and what an older
// version left in the clear is sealed at the next start.
func TestWhatPeopleWriteIsSealed(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		written := []struct{ table, column string }{
			{"tier_decision_items", "reason"}, {"tier_review_acts", "reason"}, {"tier_review_comments", "body"},
			{"tier_appeals", "evidence"}, {"tier_appeals", "answer"}, {"tier_hand_only", "reason"},
		}
		const secret = "他说电话13800138000"
		r := newReviewed(t, d, 12)
		ctx := person(9)
		r.buy(t, 3, 1, 5)
		v := r.open(t, r.run(t))
		if err := r.decide(2, v.ID, 1, "overrule", "dd", secret); err != nil {
			t.Fatal(err)
		}
		if _, err := r.AddComment(person(2), v.ID, 1, secret); err != nil {
			t.Fatal(err)
		}
		if _, err := r.PublishReview(ctx, v.ID, PublishInput{Rest: "agree"}); err != nil {
			t.Fatal(err)
		}
		a, err := r.MakeAppeal(person(9), tiering.DimensionValue, AppealInput{CustomerID: 5, Wanted: "bb", Evidence: secret})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.SetHandOnly(ctx, 3, true, secret); err != nil {
			t.Fatal(err)
		}
		sealed := func(when string) {
			t.Helper()
			for _, c := range written {
				var plain, cipher int
				if err := d.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(CASE WHEN `+c.column+` <> '' THEN 1 END), COUNT(`+c.column+`_cipher) FROM `+c.table).Scan(&plain, &cipher); err != nil {
					t.Fatal(err)
				}
				if plain != 0 || (cipher == 0) != (c.column == "answer") {
					t.Errorf("%s: %s.%s: %d in the clear, %d sealed", when, c.table, c.column, plain, cipher)
				}
			}
			list, err := r.Appeals(ctx, AppealFilter{}, 0, 5)
			if err != nil || len(list) != 1 || list[0].ID != a.ID || list[0].Evidence != secret {
				t.Errorf("%s: %+v, %v", when, list, err)
			}
			e, err := r.Explain(ctx, v.RunID, 1, i18n.ZhCN)
			if err != nil || !strings.Contains(e.Text, secret) {
				t.Errorf("%s: %q, %v", when, e.Text, err)
			}
		}
		sealed("written")
		for _, c := range written {
			if c.column != "answer" {
				r.sql(t, `UPDATE `+c.table+` SET `+c.column+` = $1, `+c.column+`_cipher = NULL`, secret)
			}
		}
		if err := r.EnsureShipped(context.Background()); err != nil {
			t.Fatal(err)
		}
		sealed("written by an older version")
	})
}
