package review

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"zhike/internal/tiering"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
)

func TestWhatCanBeReviewed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newReviewed(t, d, 8)
		r.buy(t, 1, 4)
		old, run := r.run(t), r.run(t)
		day := mustDay(reviewDay)
		other, err := r.RunNow(person(9), tiering.RunInput{Scheme: tiering.DefaultScheme, AsOf: &day})
		if err != nil {
			t.Fatal(err)
		}
		for id, code := range map[int64]string{r.first: "tier.run_decided", other.ID: "tier.not_in_use", 99: "tier.no_such_run"} {
			if _, err := r.OpenReview(person(9), OpenReviewInput{RunID: id}); !errs.Is(err, code) {
				t.Errorf("run %d: %v, want %s", id, err, code)
			}
		}
		r.sql(t, `UPDATE orders SET day = $1 WHERE id = 1`, int64(mustDay(reviewDay))+1)
		if _, err := r.OpenReview(person(9), OpenReviewInput{RunID: run}); !errs.Is(err, "tier.run_older") {
			t.Fatal(err)
		}
		v, err := r.OpenReview(person(9), OpenReviewInput{RunID: run, Anyway: true})
		if err != nil || !v.Older {
			t.Fatal(v, err)
		}
		if _, err := r.WithdrawReview(person(9), v.ID, " "); len(errs.From(err).Fields) != 1 {
			t.Error(err)
		}
		if v, err = r.WithdrawReview(person(9), v.ID, "数据旧"); err != nil || v.Status != tiering.DecisionWithdrawn {
			t.Fatal(v.Status, err)
		}
		if err := r.decide(3, v.ID, 4, "agree", "", ""); !errs.Is(err, "tier.decision_closed") {
			t.Error(err)
		}
		if v, err = r.OpenReview(person(9), OpenReviewInput{RunID: run, Anyway: true}); err != nil {
			t.Fatal("withdrawn, it can be reviewed again:", err)
		}
		if v, err = r.PublishReview(person(9), v.ID, PublishInput{Rest: "agree"}); err != nil || v.Status != tiering.DecisionPublished {
			t.Fatal(v.Status, err)
		}
		if _, err := r.OpenReview(person(9), OpenReviewInput{RunID: old, Anyway: true}); !errs.Is(err, "tier.review_base") {
			t.Errorf("a run compared with levels that are not in force any more: %v", err)
		}
		if err := r.NoteChanges(person(9), v.ID, r.first); err != nil {
			t.Fatal(err)
		}
		if err := r.NoteChanges(person(9), v.ID, r.first); err != nil { // killed behind the last part
			t.Fatal(err)
		}
		parts, err := r.LevelChangesAfter(person(9), 0, 10)
		if err != nil || len(parts) != 1 || !slices.Equal(parts[0].Customers, []tiering.CustomerLevel{{CustomerID: 4, Before: "dd", After: "cc"}}) {
			t.Errorf("%+v, %v", parts, err)
		}
	})
}

// A row scope shows and counts one's own only, and nobody decides about others.
func TestReviewWithinAScope(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newReviewed(t, d, 12)
		r.buy(t, 1, 1, 2, 4, 5, 6)
		v := r.open(t, r.run(t))
		own := auth.With(context.Background(), &auth.Actor{StaffID: 101, Scope: auth.ScopeOwn, Permissions: auth.From(person(9)).Permissions})
		p, err := r.Moves(own, v.ID, MoveFilter{}, "", 50)
		if err != nil || len(p.Items) != 2 { // 1 and 4
			t.Fatalf("%+v, %v", p.Items, err)
		}
		f, err := r.Facets(own, v.ID, MoveFilter{})
		if err != nil || f.Total != 2 || len(f.Owners) != 1 {
			t.Errorf("%+v, %v", f, err)
		}
		if _, err := r.Dossier(own, v.ID, 2); !errs.Is(err, "tier.no_such_move") {
			t.Error(err)
		}
		if view, err := r.Review(own, v.ID); err != nil || view.Counts != nil {
			t.Error(view.Counts, err)
		}
		for _, err := range []error{
			second(r.MakeAppeal(own, tiering.DimensionValue, AppealInput{CustomerID: 2, Wanted: "aa", Evidence: "x"})),
			second(r.GradeByHand(own, tiering.DimensionValue, tiering.HandInput{CustomerID: 2, Level: "aa", Reason: "x"})),
			second(r.HandOnlyOf(own, 2)), second(r.SetHandOnly(own, 2, true, "x")), second(r.LevelHistory(own, 2, 5)),
		} {
			if !errs.Is(err, "tier.no_such_customer") {
				t.Error(err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestAppealsAndHandOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newReviewed(t, d, 8)
		manager := auth.With(context.Background(), &auth.Actor{StaffID: 101, Scope: auth.ScopeOwn, Permissions: auth.From(person(9)).Permissions})
		r.told = nil
		for _, file := range []int64{999, 51} { // of nobody, and of another customer
			_, err := r.MakeAppeal(manager, tiering.DimensionValue, AppealInput{CustomerID: 4, Wanted: "aa", Evidence: "年框已签", AttachmentID: file})
			if e := errs.From(err); e == nil || len(e.Fields) != 1 || e.Fields[0].Path != "attachment_id" || e.Fields[0].Code != "tier.no_such_file" {
				t.Errorf("file %d: %v", file, err)
			}
		}
		a, err := r.MakeAppeal(manager, tiering.DimensionValue, AppealInput{CustomerID: 4, Wanted: "aa", Evidence: "年框已签", AttachmentID: 47})
		if err != nil || a.Level != "dd" || a.Status != AppealOpen || a.CustomerName == "" || a.LevelName != "丁" || a.WantedName != "甲" {
			t.Fatalf("%+v, %v", a, err)
		}
		if len(r.told) != 4 || r.told[0].Kind != "appeal_made" { // three members and a deputy
			t.Errorf("%+v", r.told)
		}
		if _, err := r.MakeAppeal(manager, tiering.DimensionValue, AppealInput{CustomerID: 4, Wanted: "bb", Evidence: "x"}); !errs.Is(err, "tier.appeal_open") {
			t.Error(err)
		}
		r.told = nil
		if a, err = r.AnswerAppeal(person(2), a.ID, true, "证据充分"); err != nil || a.Status != AppealUpheld || a.DecisionID == 0 {
			t.Fatalf("%+v, %v", a, err)
		}
		if len(r.told) != 1 || r.told[0].StaffID != 101 || r.told[0].Kind != "appeal_upheld" {
			t.Errorf("%+v", r.told)
		}
		if _, err := r.AnswerAppeal(person(2), a.ID, false, "x"); !errs.Is(err, "tier.appeal_closed") {
			t.Error(err)
		}
		e, err := r.Explain(person(3), r.first, 4, i18n.ZhCN)
		if err != nil || e.Level != "aa" || e.Reasons[0].Key != "tier.why.hand" || e.WhyNot != "" {
			t.Errorf("%+v, %v", e, err)
		}
		l, err := r.Levels().Explain(person(3), tiering.DimensionValue, 4)
		if err != nil || l.Code != "aa" || l.Reasons[0].Key != "tier.why.hand" {
			t.Errorf("%+v, %v", l, err)
		}
		parts, err := r.LevelChangesAfter(person(9), 0, 10)
		if err != nil || len(parts) != 1 || parts[0].Customers[0] != (tiering.CustomerLevel{CustomerID: 4, Before: "dd", After: "aa"}) {
			t.Errorf("%+v, %v", parts, err)
		}
		// Only people grade 4 from now on: a run without a panel leaves the level.
		if h, err := r.SetHandOnly(person(2), 4, true, "本人要求"); err != nil || !h.On || h.By != 2 {
			t.Fatal(h, err)
		}
		v := r.open(t, r.run(t))
		if len(r.moves(t, v.ID, MoveFilter{})) != 0 {
			t.Error("what only people grade is not proposed")
		}
		if v, err = r.PublishReview(person(9), v.ID, PublishInput{}); err != nil {
			t.Fatal(err)
		}
		if got := r.levels(t, v.RunID)[4]; got != 0 {
			t.Errorf("level %d", got)
		}
		if e, err = r.Explain(person(3), v.RunID, 4, i18n.ZhCN); err != nil || len(e.Reasons) != 1 || e.Reasons[0].Key != "tier.why.hand_only" {
			t.Errorf("%+v, %v", e, err)
		}
		b, err := r.MakeAppeal(manager, tiering.DimensionValue, AppealInput{CustomerID: 1, Wanted: "aa", Evidence: "x"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.WithdrawAppeal(person(2), b.ID); !errs.Is(err, "tier.not_your_appeal") {
			t.Error(err)
		}
		if b, err = r.WithdrawAppeal(manager, b.ID); err != nil || b.Status != AppealWithdrawn {
			t.Error(b.Status, err)
		}
		if list, err := r.Appeals(person(3), AppealFilter{Status: AppealUpheld}, 0, 10); err != nil || len(list) != 1 {
			t.Error(list, err)
		}
		// What people said goes with a customer who is deleted.
		if err := d.InTx(context.Background(), func(ctx context.Context) error { return errors.Join(r.Service.Forget(ctx, 4), r.grades.Forget(ctx, 4)) }); err != nil {
			t.Fatal(err)
		}
		if list, err := r.Appeals(person(3), AppealFilter{CustomerID: 4}, 0, 10); err != nil || len(list) != 0 {
			t.Error(list, err)
		}
	})
}

func TestAssessmentsAreKeptAndExported(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newReviewed(t, d, 4)
		if _, err := r.FileAssessment(person(2), AssessmentInput{Dimension: tiering.DimensionValue, Scheme: "by-orders"}); len(errs.From(err).Fields) != 4 {
			t.Error(err)
		}
		list, err := r.Assessments(person(2), tiering.DimensionValue, 0, 10)
		if err != nil || len(list) != 1 || time.UnixMilli(list[0].KeptUntil).Year() != 2027 {
			t.Fatalf("%+v, %v", list, err)
		}
		if a, err := r.Assessment(person(2), list[0].ID); err != nil || a.Purpose != list[0].Purpose {
			t.Errorf("%+v, %v", a, err)
		}
		if _, err := r.Assessment(person(2), list[0].ID+1); !errs.Is(err, "tier.no_such_assessment") {
			t.Error(err)
		}
		var b bytes.Buffer
		if err := r.ExportAssessments(person(2), "", i18n.ZhCN, &b); err != nil || !bytes.HasPrefix(b.Bytes(), []byte("PK")) {
			t.Error(b.Len(), err)
		}
		for locale, want := range map[string][]string{i18n.ZhCN: {"影响评估", "客户价值"}, i18n.En: {"Impact assessment", "Value"}} {
			b.Reset()
			if err := r.ExportAssessments(person(2), "", locale, &b); err != nil {
				t.Fatal(err)
			}
			f, err := excelize.OpenReader(&b)
			if err != nil {
				t.Fatal(err)
			}
			sheet := f.GetSheetName(0)
			dimension, _ := f.GetCellValue(sheet, "B2")
			purpose, _ := f.GetCellValue(sheet, "D2")
			kept, _ := f.GetCellValue(sheet, "J2")
			high, _ := f.GetRowHeight(sheet, 2)
			if high != lineHeight || linesOf(strings.Repeat("评", 50)+"\n估") != 4 {
				t.Errorf("%s: a row of %v", locale, high)
			}
			panes, err := f.GetPanes(sheet)
			if err != nil || !panes.Freeze || sheet != want[0] || dimension != want[1] || purpose != list[0].Purpose || !strings.HasPrefix(kept, "2027-") {
				t.Errorf("%s: %q %q %q %q %+v %v", locale, sheet, dimension, purpose, kept, panes, err)
			}
			_ = f.Close()
		}
		// One of more than three years ago does not count.
		r.sql(t, `UPDATE tier_assessments SET filed_at = filed_at - 1200 * CAST(86400000 AS BIGINT)`)
		dim, err := r.Dimension(person(2), tiering.DimensionValue)
		if err != nil {
			t.Fatal(err)
		}
		off, on := false, true
		if dim, err = r.ChangeDimension(person(2), dim.Code, tiering.DimensionPatch{Review: &off, Version: dim.Version}); err != nil {
			t.Fatal(err)
		}
		if _, err = r.ChangeDimension(person(2), dim.Code, tiering.DimensionPatch{Review: &on, Version: dim.Version}); !errs.Is(err, "tier.not_assessed") {
			t.Error(err)
		}
	})
}

func TestPanelIsChecked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newProcedure(t, d).Service
		s.Names = func(context.Context, []int64) (map[int64]string, error) {
			return map[int64]string{1: "甲", 2: "乙"}, nil
		}
		bad := testPanel
		bad.Quorum = 9
		_, err := s.SavePanel(person(9), tiering.DimensionNeed, bad)
		if f := errs.From(err).Fields; len(f) != 3 { // 3 and 4 do not exist
			t.Errorf("%+v", f)
		}
		good := Panel{Members: []PanelMember{{StaffID: 1, DeputyID: 2}}, Reach: ReachAll, Rule: Unanimity, Quorum: 1, Days: 3, OnDeadline: DeadlineAgree}
		p, err := s.SavePanel(person(9), tiering.DimensionNeed, good)
		if err != nil || p.Version != 1 || p.Members[0].Name != "甲" {
			t.Fatal(p, err)
		}
		if _, err := s.SavePanel(person(9), tiering.DimensionNeed, good); !errs.Is(err, "tier.panel_changed") {
			t.Error(err)
		}
		if err := s.SetAway(person(1), 0, true); err != nil {
			t.Fatal(err)
		}
		a, err := s.AbsenceOf(person(1), 1)
		if err != nil || !a.Away || len(a.Seats) != 1 || a.Seats[0].Dimension != tiering.DimensionNeed || a.Seats[0].DeputyName != "乙" {
			t.Errorf("%+v, %v", a, err)
		}
		// A deputy has no seat of his own.
		if a, err = s.AbsenceOf(person(2), 2); err != nil || a.Away || len(a.Seats) != 0 {
			t.Errorf("%+v, %v", a, err)
		}
	})
}

func TestTally(t *testing.T) {
	for _, c := range []struct {
		rule   VoteRule
		quorum int
		votes  []int16
		level  int16
		ok     bool
	}{
		{Majority, 2, []int16{1}, 0, false},
		{Majority, 2, []int16{1, 1}, 1, true},
		{Majority, 2, []int16{1, 2}, 0, false},
		{Majority, 3, []int16{1, 2, 2}, 2, true},
		{Unanimity, 3, []int16{1, 2, 2}, 0, false},
		{Unanimity, 2, []int16{2, 2}, 2, true},
		{Unanimity, 1, nil, 0, false},
	} {
		p := Panel{Rule: c.rule, Quorum: c.quorum}
		if level, ok := p.tally(c.votes); ok != c.ok || ok && level != c.level {
			t.Errorf("%+v: %d %v", c, level, ok)
		}
	}
}
