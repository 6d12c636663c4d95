package review

import (
	"errors"
	"strings"
	"testing"
	"time"

	"zhike/internal/tiering"

	"github.com/google/go-cmp/cmp"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
)

// The whole procedure: open, decide by filter and one by one, dispute, vote, pass
// a deadline, publish from a later day.
func TestReviewFromOpeningToForce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newReviewed(t, d, 16)
		// 4, 8, 12, 16 had no order and 1, 5, 9, 13 one.
		r.buy(t, 3, 4, 8) // d → a
		r.buy(t, 1, 1, 5) // c → b
		r.buy(t, 2, 9)    // c → a
		run := r.run(t)
		if now := r.levels(t, r.first); now[4] != 3 {
			t.Fatal(now)
		}
		v := r.open(t, run)
		if v.Step != StepOpen || v.Moves != 5 || *v.Counts != (tiering.StateCounts{Open: 5}) || v.BaseRunID == nil || *v.BaseRunID != r.first {
			t.Fatalf("%+v %+v", v, v.Counts)
		}
		if _, err := r.OpenReview(person(9), OpenReviewInput{RunID: run}); !errs.Is(err, "tier.review_in_progress") {
			t.Errorf("two reviews of a dimension: %v", err)
		}
		if len(r.told) != 4 || r.told[0].Kind != "review_opened" {
			t.Errorf("told %+v", r.told)
		}
		list := r.moves(t, v.ID, MoveFilter{})
		if len(list) != 5 || list[0].SpendFen < list[4].SpendFen || list[0].From == nil || list[0].Reason == "" {
			t.Fatalf("%+v", list)
		}
		for _, m := range list {
			want := map[int64]int{4: 3, 8: 3, 1: 1, 5: 1, 9: 2}[m.CustomerID]
			if m.Steps != want || m.Direction != "up" || m.State != MoveOpen {
				t.Errorf("%+v", m)
			}
		}
		if two := r.moves(t, v.ID, MoveFilter{From: "cc", Steps: 2}); len(two) != 1 || two[0].CustomerID != 9 {
			t.Errorf("%+v", two)
		}
		f, err := r.Facets(person(3), v.ID, MoveFilter{From: "cc"})
		if err != nil || f.Total != 3 || f.From[3].Moves != 2 || f.To[0].Moves != 1 || f.To[1].Moves != 2 || f.State[0].Moves != 3 {
			t.Errorf("counts under all other filters: %+v, %v", f, err)
		}

		// Odd customers are of department 20, which is 2's; 3 decides about all.
		if err := r.decide(1, v.ID, 9, "agree", "", ""); !errs.Is(err, "tier.not_yours") {
			t.Error(err)
		}
		if err := r.decide(9, v.ID, 9, "agree", "", ""); !errs.Is(err, "tier.not_on_panel") {
			t.Error(err)
		}
		if err := r.decide(4, v.ID, 4, "agree", "", ""); !errs.Is(err, "tier.deputy_waits") {
			t.Error("a deputy acts only while the member is away:", err)
		}
		if err := r.SetAway(person(1), 0, true); err != nil {
			t.Fatal(err)
		}
		if err := r.decide(4, v.ID, 4, "overrule", "", ""); err == nil {
			t.Error("overruling needs a reason")
		}
		if err := r.decide(4, v.ID, 4, "overrule", "bb", "刚起步"); err != nil {
			t.Fatal(err)
		}
		// One level in bulk, by what the preview showed.
		one := MoveDecision{Act: "agree", Filter: &MoveFilter{Steps: 1, MarginMin: 0}, Preview: true}
		pre, err := r.DecideMoves(person(2), v.ID, one)
		if err != nil || pre.Matched != 2 || pre.Changed != 2 || pre.Counts.Agreed != 0 {
			t.Fatalf("%+v, %v", pre, err)
		}
		one.Preview = false
		if _, err = r.DecideMoves(person(2), v.ID, one); len(errs.From(err).Fields) != 1 {
			t.Errorf("many without a token: %v", err)
		}
		one.Token = pre.Token
		if err := r.decide(3, v.ID, 5, "agree", "", ""); err != nil {
			t.Fatal(err)
		}
		if _, err = r.DecideMoves(person(2), v.ID, one); !errs.Is(err, "tier.moves_changed") {
			t.Errorf("others than the preview showed: %v", err)
		}
		one.Preview = true
		if pre, err = r.DecideMoves(person(2), v.ID, one); err != nil {
			t.Fatal(err)
		}
		one.Preview, one.Token = false, pre.Token
		done, err := r.DecideMoves(person(2), v.ID, one)
		if err != nil || done.Changed != 1 || done.Already != 1 || done.Counts != (tiering.StateCounts{Open: 2, Agreed: 2, Overruled: 1}) {
			t.Fatalf("%+v, %v", done, err)
		}
		// 8 and 9 are disputed; 9 is voted down, on 8 nobody votes in time.
		for _, id := range []int64{8, 9} {
			if err := r.decide(3, v.ID, id, "dispute", "", "看不准"); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.decide(3, v.ID, 9, "agree", "", ""); !errs.Is(err, "tier.move_disputed") {
			t.Error(err)
		}
		if err := r.CastVote(person(9), v.ID, 9, 0, "keep"); !errs.Is(err, "tier.not_on_panel") {
			t.Error(err)
		}
		for staff, choice := range map[int64]string{4: "keep", 2: "bb", 3: "bb"} {
			if err := r.CastVote(person(staff), v.ID, 9, 0, choice); err != nil {
				t.Fatal(staff, err)
			}
		}
		_, err = r.AddComment(person(2), v.ID, 9, " ")
		if e := errs.From(err); e == nil || len(e.Fields) != 1 || e.Fields[0].Path != "text" || e.Fields[0].Code != "tier.comment_empty" {
			t.Errorf("a comment of blanks: %v", err)
		}
		if _, err := r.AddComment(person(2), v.ID, 9, " 先到乙 "); err != nil {
			t.Fatal(err)
		}
		voting, err := r.VotingOf(person(3), v.ID)
		if err != nil || voting.Disputed != 2 || voting.Decidable != 1 || voting.Members[0].Missing != 1 {
			t.Fatalf("%+v, %v", voting, err)
		}
		r.told = nil
		if n, err := r.Remind(person(3), v.ID); n != 3 || err != nil || r.told[0].Params["missing"] != int64(1) {
			t.Errorf("%d %v %+v", n, err, r.told)
		}
		if _, err := r.PublishReview(person(9), v.ID, PublishInput{}); !errs.Is(err, "tier.review_undecided") {
			t.Fatal(err)
		}
		dossier, err := r.Dossier(person(3), v.ID, 9)
		if err != nil || len(dossier.Months) != 12 || len(dossier.Comments) != 1 || dossier.Comments[0].Text != "先到乙" || dossier.Before == nil ||
			dossier.Before.Level != "cc" || dossier.Now.Level != "aa" || len(dossier.Team) != 1 || len(dossier.Votes) != 3 || dossier.Move.State != MoveOverruled {
			t.Fatalf("%+v, %v", dossier, err)
		}
		r.clk.Advance(8 * 24 * time.Hour)
		if err := r.PassDeadlines(person(0)); err != nil {
			t.Fatal(err)
		}
		r.told = nil
		tomorrow := clock.In(shanghai).Today(r.clk) + 1
		v, err = r.PublishReview(person(9), v.ID, PublishInput{FromDay: &tomorrow})
		if err != nil || v.Step != StepClosed || v.Status != tiering.DecisionPublished || v.DecidedBy != 9 {
			t.Fatalf("%+v, %v", v, err)
		}
		if _, err := r.PublishReview(person(9), v.ID, PublishInput{}); !errs.Is(err, "tier.decision_closed") {
			t.Errorf("published twice: %v", err)
		}
		if got := r.inForce(t); got != r.first {
			t.Errorf("in force before its day: %d, %v", got, err)
		}
		r.clk.Advance(24 * time.Hour)
		if got := r.inForce(t); got != run {
			t.Errorf("%d, %v", got, err)
		}
		now := r.levels(t, run)
		for id, want := range map[int64]int{4: 1, 8: 3, 1: 1, 5: 1, 9: 1, 2: 1, 3: 0} {
			if now[id] != want {
				t.Errorf("customer %d has level %d, want %d", id, now[id], want)
			}
		}
		kinds := map[string]int{}
		for _, n := range r.told {
			kinds[n.Kind]++
			if n.StaffID == 101 && n.Params["up"] != int64(2) {
				t.Errorf("%+v", n)
			}
		}
		// One notice per owner and member, whoever many customers they have.
		if diff := cmp.Diff(map[string]int{"levels_mine": 3, "levels_published": 3}, kinds); diff != "" {
			t.Error(diff)
		}
		e, err := r.Explain(person(3), run, 4, i18n.ZhCN)
		if err != nil || e.Reasons[0].Key != "tier.why.panel" || !strings.Contains(e.Text, "刚起步") || e.Level != "bb" {
			t.Errorf("%+v, %v", e, err)
		}
		steps, err := r.LevelHistory(person(3), 4, 10)
		if err != nil || len(steps) < 2 || steps[0].By != "panel" && steps[1].By != "panel" {
			t.Errorf("%+v, %v", steps, err)
		}
	})
}

// Killed between two chunks and started again, publishing comes to the same end.
func TestPublishingGoesOnWhereItWasKilled(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const n = 3*publishChunk/2 + 10
		r := newReviewed(t, d, n)
		r.sql(t, `UPDATE tier_assignments SET level = 3 WHERE run_id = $1 AND level < 3`, r.first)
		run := r.run(t)
		v := r.open(t, run)
		if v.Moves < publishChunk {
			t.Fatal(v.Moves)
		}
		f, err := r.Facets(person(3), v.ID, MoveFilter{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.DecideMoves(person(3), v.ID, MoveDecision{Act: "overrule", Filter: &MoveFilter{}, Reason: "先不动", Token: f.Token}); err != nil {
			t.Fatal(err)
		}
		killed := errors.New("killed")
		r.betweenChunks = func() error { return killed }
		if _, err := r.PublishReview(person(9), v.ID, PublishInput{}); !errors.Is(err, killed) {
			t.Fatal(err)
		}
		half, err := r.Review(person(3), v.ID)
		if err != nil || half.Step != StepPublishing {
			t.Fatal(half.Step, err)
		}
		if got := r.inForce(t); got != r.first {
			t.Fatalf("in force half written: %d %v", got, err)
		}
		r.betweenChunks = nil
		if err := r.decide(3, v.ID, 1, "agree", "", ""); !errs.Is(err, "tier.decision_closed") {
			t.Error(err)
		}
		// Another process, which knows nothing of the first.
		again := NewService(r.Service.Deps)
		if v, err = again.PublishReview(person(9), v.ID, PublishInput{}); err != nil || v.Step != StepClosed {
			t.Fatal(v.Step, err)
		}
		for id, level := range r.levels(t, run) {
			if level != 3 {
				t.Fatalf("customer %d has level %d", id, level)
			}
		}
		var items int64
		if err := d.Q(person(9)).QueryRowContext(person(9), `SELECT COUNT(*) FROM tier_decision_items WHERE run_id = $1`, run).Scan(&items); err != nil || items != v.Moves {
			t.Errorf("%d items for %d moves, %v", items, v.Moves, err)
		}
		if err := r.NoteChanges(person(9), v.ID, r.first); err != nil {
			t.Fatal(err)
		}
		parts, err := r.LevelChangesAfter(person(9), 0, 10)
		if err != nil || len(parts) != 0 {
			t.Errorf("nobody's level changed: %+v, %v", parts, err)
		}
	})
}
