package review

import (
	"bytes"
	"strings"
	"testing"

	"zhike/internal/tiering"

	"github.com/google/go-cmp/cmp"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
)

// What the report says of dimensions is counted here once more from the levels of
// single customers, as people left them.
func TestReportOfDimensions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newReviewed(t, d, 40)
		ctx := person(9)
		need := byOrders()
		need.Code, need.Name, need.Dimension = "need-orders", "按单数看需求", tiering.DimensionNeed
		need.Levels, need.Rules = []tiering.Level{{Code: "much", Name: "多"}, {Code: "little", Name: "少"}}, []tiering.Rule{{Level: "much", Name: "两单", All: []tiering.Condition{{Metric: tiering.MetricOrders, Op: tiering.OpAtLeast, Value: 2}}}}
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		_, err := r.SaveScheme(ctx, need, 0)
		must(err)
		dim, err := r.Dimension(ctx, tiering.DimensionNeed)
		must(err)
		_, err = r.ChangeDimension(ctx, tiering.DimensionNeed, tiering.DimensionPatch{Scheme: &need.Code, Version: dim.Version})
		must(err)
		r.buy(t, 3, 4, 8)
		r.buy(t, 1, 1, 5)
		r.buy(t, 2, 9)
		day := mustDay(reviewDay)
		needRun, err := r.RunNow(ctx, tiering.RunInput{Scheme: need.Code, AsOf: &day})
		must(err)
		run := r.run(t)

		v := r.open(t, run)
		must(r.decide(3, v.ID, 4, "overrule", "bb", "刚起步 <b>"))
		must(r.decide(3, v.ID, 8, "overrule", "", "刚起步 <b>"))
		must(r.decide(3, v.ID, 5, "agree", "", ""))
		must(r.decide(3, v.ID, 1, "agree", "", ""))
		must(r.decide(3, v.ID, 9, "dispute", "", "看不准"))
		for _, staff := range []int64{2, 3} {
			must(r.CastVote(person(staff), v.ID, 9, 0, "bb"))
		}
		if open, err := r.FullReport(ctx, run, nil, i18n.ZhCN); err != nil || open.Dimensions[0].Outcome.Decision != nil {
			t.Errorf("a run that is under review: %v", err)
		}
		_, err = r.SettleVotes(ctx, v.ID)
		must(err)
		_, err = r.PublishReview(ctx, v.ID, PublishInput{})
		must(err)

		rep, err := r.FullReport(ctx, run, nil, i18n.ZhCN)
		must(err)
		if len(rep.Dimensions) != 2 || !rep.Dimensions[0].Own || rep.Dimensions[1].Code != tiering.DimensionNeed {
			t.Fatalf("%+v", rep.Dimensions)
		}
		own, other := &rep.Dimensions[0], &rep.Dimensions[1]
		now, was, needs := r.levels(t, run), r.levels(t, r.first), r.levels(t, needRun.ID)
		force, matrix, cross := make([]int64, 4), make([][]int64, 4), make([][]int64, 4)
		for i := range 4 {
			matrix[i], cross[i] = make([]int64, 4), make([]int64, 3)
		}
		for id, l := range now {
			force[l]++
			matrix[was[id]][l]++
			cross[l][needs[id]]++
		}
		for i, l := range own.Levels {
			if l.Customers != force[i] || l.Found != rep.Summary.Levels[i].Customers {
				t.Errorf("level %s: %+v, want %d in force", l.Code, l, force[i])
			}
		}
		if diff := cmp.Diff(matrix, own.Moves.Matrix); diff != "" {
			t.Errorf("moves: %s", diff)
		}
		if m := own.Moves; m.Up != 4 || m.Down != 0 || m.New != 0 || m.Gone != 0 || m.Unchanged != 36 {
			t.Errorf("%+v", m)
		}
		got := make([][]int64, 4)
		for i, row := range other.Cross {
			for _, c := range row {
				got[i] = append(got[i], c.Customers)
			}
		}
		if diff := cmp.Diff(cross, got); diff != "" {
			t.Errorf("value and need: %s", diff)
		}
		o := own.Outcome
		if o.Review == nil || o.Review.StateCounts != (tiering.StateCounts{Agreed: 2, Overruled: 3}) || o.Review.EverArgued != 1 || o.Review.ByVote != 1 || o.Review.Votes != 2 || o.Review.Members != 3 {
			t.Errorf("%+v", o.Review)
		}
		if diff := cmp.Diff([]tiering.ReasonCount{{Reason: "刚起步 <b>", Customers: 2}}, o.Review.Reasons); diff != "" {
			t.Errorf("reasons: %s", diff)
		}
		if other.Outcome.Review != nil || other.Moves != nil || other.Outcome.Decision == nil {
			t.Errorf("need: %+v", other.Outcome)
		}
		for _, locale := range []string{i18n.ZhCN, i18n.En} {
			rep.Locale = locale
			var page, docx, xlsx bytes.Buffer
			must(tiering.WriteHTML(&page, rep, shanghai))
			must(tiering.WriteDOCX(&docx, rep, shanghai))
			must(tiering.WriteXLSX(&xlsx, rep, shanghai))
			if s := page.String(); !strings.Contains(s, "刚起步 &lt;b&gt;") || strings.Contains(s, "report.") || strings.Contains(s, "{{") {
				t.Errorf("%s: a reason is not told, or a text is missing", locale)
			}
		}
		if none, err := r.FullReport(ctx, run, []string{}, i18n.ZhCN); err != nil || len(none.Dimensions) != 0 {
			t.Errorf("%v %v", none, err)
		}
		if _, err := r.FullReport(ctx, run, []string{"mood"}, i18n.ZhCN); !errs.Is(err, "tier.no_such_dimension") {
			t.Error(err)
		}
		page, err := r.ReportDimensions(ctx, run, []string{tiering.DimensionNeed}, i18n.En)
		must(err)
		if len(page.Available) != 2 || len(page.Sections) != 1 || page.Sections[0].ID != "dimension-need" {
			t.Errorf("%+v", page)
		}
	})
}
