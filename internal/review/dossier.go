package review

import (
	"context"
	"time"

	"zhike/internal/tiering"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

// Dossier is what a panel reads about one customer before it decides.
type Dossier struct {
	Move      MoveView             `json:"move"`
	Now       tiering.Explanation  `json:"now" doc:"Why the run proposes the level"`
	Before    *tiering.Explanation `json:"before" doc:"Why the customer has the level in force; null for who has none"`
	Months    []MonthFigures       `json:"months" doc:"The twelve months up to that of the run, the oldest first"`
	Events    []DossierEvent       `json:"events" doc:"Complaints, what is promised and what was written down lately, newest first"`
	Team      []DossierPerson      `json:"team" doc:"Who looks after the customer, the owner first"`
	History   []tiering.LevelStep  `json:"history" doc:"Levels of the customer, newest first"`
	Decisions []DecisionOnMove     `json:"decisions" doc:"What was decided in this review, oldest first"`
	Comments  []Comment            `json:"comments"`
	Votes     []Vote               `json:"votes"`
	HandOnly  tiering.HandOnly     `json:"hand_only"`
}

// MonthFigures are those of one calendar month.
type MonthFigures struct {
	Month    string `json:"month" doc:"2026-01"`
	SpendFen int64  `json:"spend_fen" doc:"By the measure of the run's scheme"`
	Orders   int64  `json:"orders"`
}

// DossierEvent is something from the customer's timeline.
type DossierEvent struct {
	Kind    string `json:"kind"`
	At      int64  `json:"at" doc:"Unix milliseconds"`
	Subject string `json:"subject"`
	Open    bool   `json:"open" doc:"Something is promised and not done"`
	Name    string `json:"name" doc:"Who wrote it"`
	NoteID  int64  `json:"note_id"`
}

// DossierPerson looks after a customer.
type DossierPerson struct {
	StaffID int64  `json:"staff_id"`
	Name    string `json:"name"`
	Role    string `json:"role" doc:"owner, adviser, or the role in the team"`
}

// DecisionOnMove is one act about a move.
type DecisionOnMove struct {
	Act    string `json:"act" enum:"agree,overrule,dispute,take_back"`
	How    string `json:"how" enum:"person,vote,deadline,rest"`
	Level  string `json:"level" doc:"Of overruling: name of the level"`
	Reason string `json:"reason"`
	By     string `json:"by"`
	At     int64  `json:"at" doc:"Unix milliseconds"`
}

const (
	dossierMonths = 12
	dossierEvents = 20
	dossierSteps  = 20
)

// Dossier tells all that a panel should know of one move. Errors:
// tier.no_such_decision, tier.no_such_move, tier.review_opening, customer.field_hidden.
func (s *Service) Dossier(ctx context.Context, id, customer int64) (Dossier, error) {
	d := Dossier{Months: []MonthFigures{}, Events: []DossierEvent{}, Decisions: []DecisionOnMove{}, Votes: []Vote{}}
	r, b, err := s.openBoard(ctx, id)
	if err != nil {
		return d, err
	}
	p, err := s.visibleMove(ctx, b, customer)
	if err != nil {
		return d, err
	}
	list, err := s.moveViews(ctx, r, b, []int32{p})
	if err != nil {
		return d, err
	}
	if len(list) == 0 {
		return d, errs.New(errs.NotFound, "tier.no_such_move")
	}
	d.Move = list[0]
	locale := web.Locale(ctx)
	if d.Now, err = s.Grading.Explain(ctx, r.RunID, customer, locale); err != nil {
		return d, err
	}
	if b.moves[p].before >= 0 {
		e, err := s.Grading.Explain(ctx, r.BaseRunID, customer, locale)
		if err == nil {
			d.Before = &e
		} else if !errs.Is(err, "tier.not_graded") {
			return d, err
		}
	}
	if d.Months, err = s.monthsOf(ctx, r, customer); err != nil {
		return d, err
	}
	if s.Past != nil {
		if d.Events, err = s.Past(ctx, customer, dossierEvents); err != nil {
			return d, err
		}
	}
	if d.Team, err = s.teamOf(ctx, customer); err != nil {
		return d, err
	}
	if d.History, err = s.Grading.LevelHistory(ctx, customer, dossierSteps); err != nil {
		return d, err
	}
	if d.HandOnly, err = s.Grading.HandOnlyOf(ctx, customer); err != nil {
		return d, err
	}
	return d, s.discussion(ctx, r, b, p, &d)
}

func (s *Service) monthsOf(ctx context.Context, r *review, customer int64) ([]MonthFigures, error) {
	run, err := s.Grading.FinishedRun(ctx, r.RunID)
	if err != nil {
		return nil, err
	}
	sch, err := s.Grading.SchemeOfRun(ctx, r.RunID)
	if err != nil {
		return nil, err
	}
	y, m, _ := run.AsOf.Date()
	first := clock.DateDay(y, m-time.Month(dossierMonths-1), 1)
	sums, err := s.store.monthFigures(ctx, customer, sch.Measure, first, run.AsOf)
	if err != nil {
		return nil, err
	}
	out := make([]MonthFigures, dossierMonths)
	for i := range out {
		day := clock.DateDay(y, m-time.Month(dossierMonths-1-i), 1)
		out[i] = sums[day.Month()]
		out[i].Month = day.String()[:7]
	}
	return out, nil
}

func (s *Service) teamOf(ctx context.Context, customer int64) ([]DossierPerson, error) {
	team, err := s.store.lookingAfter(ctx, customer)
	if err != nil {
		return nil, err
	}
	people := make([]auth.Author, len(team))
	for i := range team {
		people[i] = auth.By(team[i].StaffID, &team[i].Name)
	}
	return team, s.Names.Sign(ctx, people...)
}

// discussion fills in what was decided, said and voted about a move.
func (s *Service) discussion(ctx context.Context, r *review, b *board, p int32, d *Dossier) error {
	sch, err := s.Grading.LocalScheme(ctx, r.RunID)
	if err != nil {
		return err
	}
	var people []auth.Author
	b.mu.RLock()
	acts := b.actsOn(p)
	kept, proposed := int16(b.kept(p)), int16(b.moves[p].proposed)
	b.mu.RUnlock()
	d.Decisions = make([]DecisionOnMove, len(acts))
	for i, a := range acts {
		v := DecisionOnMove{Act: actName(a.kind), How: a.how, Reason: a.reason, At: a.at}
		if a.kind == actOverrule {
			level := a.level
			if level == keepBefore {
				level = kept
			}
			v.Level = sch.LevelName(int64(level))
		}
		d.Decisions[i] = v
		people = append(people, auth.By(a.staff, &d.Decisions[i].By))
	}
	customer := b.moves[p].customer
	if d.Comments, err = s.store.comments(ctx, r.ID, customer); err != nil {
		return err
	}
	for i := range d.Comments {
		people = append(people, auth.By(d.Comments[i].StaffID, &d.Comments[i].Name))
	}
	votes, err := s.store.votesOn(ctx, r.ID, customer)
	if err != nil {
		return err
	}
	d.Votes = make([]Vote, len(votes))
	for i, v := range votes {
		choice := sch.LevelCode(v.level)
		switch v.level {
		case proposed:
			choice = "proposed"
		case kept:
			choice = "keep"
		}
		d.Votes[i] = Vote{MemberID: v.member, StaffID: v.staff, Choice: choice, At: v.at}
		people = append(people, auth.By(v.member, &d.Votes[i].MemberName), auth.By(v.staff, &d.Votes[i].StaffName))
	}
	return s.Names.Sign(ctx, people...)
}

func actName(kind int) string {
	for name, k := range actKinds {
		if k == kind {
			return name
		}
	}
	return ""
}
