package tiering

import (
	"context"
	"math"

	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

// Member is a customer of a run.
type Member struct {
	CustomerID    int64      `json:"customer_id"`
	Name          string     `json:"name"`
	Level         string     `json:"level" doc:"Code of the level as people left it"`
	LevelName     string     `json:"level_name"`
	Proposed      *string    `json:"proposed" doc:"Code of the level that the run found, where people decided otherwise; null where they did not, and of whom the run did not grade"`
	ProposedName  *string    `json:"proposed_name"`
	Move          string     `json:"move" enum:"same,up,down,new,changed,gone"`
	PreviousLevel *string    `json:"previous_level" doc:"Name of the level in the run before"`
	SpendFen      int64      `json:"spend_fen"`
	Orders        int64      `json:"orders"`
	LastDay       *clock.Day `json:"last_day"`
	Days          *int64     `json:"days_since"`
	Score         *float64   `json:"score"`
	Overdue       bool       `json:"overdue"`
	Reason        string     `json:"reason" doc:"Why this level, in one sentence"`
}

// MemberFilter narrows the customers of a run.
type MemberFilter struct {
	Level string // code, "" = any
	Move  string // up, down, new, changed, gone, overdue; "" = any
	Text  string // name and what else customers are searched by
	// Levels says by which levels and moves Level and Move choose: LevelsDecided,
	// also for "", or LevelsProposed.
	Levels string
}

// Members lists customers of a finished run by falling spend, of those the
// actor may see. Customers who are gone are shown as the run before had them.
// cursor is that of the page before; next is "" on the last page; total is nil
// where the actor does not see everybody. Errors: tier.no_such_run,
// tier.run_unfinished, customer.field_hidden, tier.no_such_level, tier.bad_move,
// tier.bad_choice, web.bad_cursor.
func (s *Service) Members(ctx context.Context, run int64, f MemberFilter, cursor string, n int, locale string) (web.Page[Member], error) {
	none := web.Page[Member]{}
	if err := Shown(ctx); err != nil {
		return none, err
	}
	r, err := s.finished(ctx, run)
	if err != nil {
		return none, err
	}
	key, err := s.listOf(ctx, r, f)
	if err != nil {
		return none, err
	}
	shown := r
	if key.move == listGone {
		if r.PreviousID == 0 {
			return web.NewPage[Member](nil, "", nil), nil
		}
		if shown, err = s.finished(ctx, r.PreviousID); err != nil {
			return none, err
		}
	}
	actor := auth.From(ctx)
	var (
		list  []assignment
		next  string
		total *int64
	)
	switch {
	case f.Text != "":
		list, err = s.found(ctx, actor, shown, key, f)
	case actor != nil && actor.Scope == auth.ScopeAll || key.move > int16(MoveChanged):
		var decided *DecidedLevels
		if !r.byProposal(key, f.Levels) {
			if decided, err = s.decided(ctx, r.runRow); err != nil {
				return none, err
			}
		}
		if decided == nil { // nobody decided otherwise than the run
			list, next, err = s.listed(ctx, actor, r.ID, shown.ID, key, cursor, n)
			total = r.count(key)
		} else {
			list, next, err = s.decidedList(ctx, actor, r.ID, key, cursor, n)
			total = decided.count(key)
		}
		if actor == nil || actor.Scope != auth.ScopeAll {
			total = nil
		}
	default:
		list, next, err = s.scoped(ctx, actor, r.ID, key, f.Levels == LevelsProposed, cursor, n)
	}
	if err != nil {
		return none, err
	}
	x, err := s.explainer(ctx, shown, locale)
	if err != nil {
		return none, err
	}
	found := make([]*assignment, len(list))
	for i := range list {
		found[i] = &list[i]
	}
	if err := s.withItems(ctx, shown.ID, found...); err != nil {
		return none, err
	}
	out := make([]Member, len(list))
	for i := range list {
		out[i] = x.member(&list[i])
		if key.move == listGone {
			out[i].Move = "gone"
			continue
		}
		if was := proposed(&list[i], key, f.Levels); was >= 0 && was != list[i].Level {
			l := x.s.Levels[was]
			out[i].Proposed, out[i].ProposedName = &l.Code, &l.Name
		}
	}
	return web.NewPage(out, next, total), nil
}

// Shown refuses what tells of single customers of a run to whom level, spend or
// purchases are hidden: its order and its sentences are made of these.
func Shown(ctx context.Context) error {
	return customer.Shows(ctx, customer.AccessLevel, customer.AccessSpend, customer.AccessOrders)
}

func (x *explainer) member(a *assignment) Member {
	e := x.explain(a)
	return Member{
		CustomerID: a.CustomerID, Name: a.Name, Level: e.Level, LevelName: e.LevelName, Move: e.Move, PreviousLevel: e.PreviousLevel,
		SpendFen: a.SpendFen, Orders: a.Orders, LastDay: a.LastDay, Days: e.Days, Score: e.Score, Overdue: e.Overdue, Reason: e.Text,
	}
}

// listOf turns a filter into the list it names.
func (s *Service) listOf(ctx context.Context, r *finishedRun, f MemberFilter) (listKey, error) {
	k := listKey{listAll, listAll}
	if f.Levels != "" && f.Levels != LevelsDecided && f.Levels != LevelsProposed {
		return k, errs.New(errs.Invalid, "invalid").WithField("levels", "tier.bad_choice", "value", errs.Clip(f.Levels))
	}
	if f.Level != "" {
		sch, err := s.schemeByID(ctx, r.SchemeID)
		if err != nil {
			return k, err
		}
		level := sch.LevelIndex(f.Level)
		if level < 0 {
			return k, errs.New(errs.Invalid, "invalid").WithField("level", "tier.no_such_level", "value", errs.Clip(f.Level))
		}
		k.level = int16(level)
	}
	switch f.Move {
	case "":
	case "gone":
		k = listKey{listAll, listGone}
	case "overdue":
		k = listKey{0, listOverdue}
	case "fell":
		k = listKey{listAll, listFell}
	default:
		m, ok := moveCodes[f.Move]
		if !ok || m == MoveNone {
			return k, errs.New(errs.Invalid, "invalid").WithField("move", "tier.bad_move", "value", errs.Clip(f.Move))
		}
		k.move = int16(m)
	}
	return k, nil
}

// count is how many customers a list of the run has, nil where the summary
// does not say.
func (r *finishedRun) count(k listKey) *int64 {
	var n int64
	switch {
	case k.move == listAll && k.level == listAll:
		n = r.Customers
	case k.move == listAll:
		n = r.stored.Summary.Levels[k.level].Customers
	case k.level != listAll:
		return nil
	case r.Moves == nil:
	case k.move == int16(MoveUp):
		n = r.Moves.Up
	case k.move == int16(MoveDown):
		n = r.Moves.Down
	case k.move == int16(MoveNew):
		n = r.Moves.New
	case k.move == listGone:
		n = r.Moves.Gone
	case k.move == int16(MoveChanged):
		n = r.Moves.Changed
	default:
		return nil
	}
	return &n
}

// listed pages through a list as the run stored it. The cursor is a place in
// it; customers the actor may not see are passed over.
func (s *Service) listed(ctx context.Context, actor *auth.Actor, run, shown int64, k listKey, cursor string, n int) ([]assignment, string, error) {
	pos := 0
	if err := web.DecodeCursor(cursor, &pos); err != nil {
		return nil, "", err
	}
	if pos < 0 {
		return nil, "", errs.New(errs.Invalid, "invalid").WithField("cursor", "web.bad_cursor")
	}
	var out []assignment
	for {
		ids, err := s.store.listPart(ctx, run, k, pos/packedIDs)
		if err != nil {
			return nil, "", err
		}
		at := pos % packedIDs
		if at >= len(ids) {
			return out, "", nil
		}
		take := min(len(ids)-at, n-len(out))
		if actor == nil || actor.Scope != auth.ScopeAll {
			take = min(len(ids)-at, 200) // most will not be seen
		}
		rows, err := s.store.assignmentsOf(ctx, actor, shown, ids[at:at+take])
		if err != nil {
			return nil, "", err
		}
		out = append(out, rows...)
		pos += take
		if len(out) >= n {
			break
		}
	}
	if len(out) > n { // a page of a narrow scope may read more than it shows
		last := out[n-1].CustomerID
		out = out[:n]
		back, err := s.placeOf(ctx, run, k, pos, last)
		if err != nil {
			return nil, "", err
		}
		pos = back
	}
	ids, err := s.store.listPart(ctx, run, k, pos/packedIDs)
	if err != nil || pos%packedIDs >= len(ids) {
		return out, "", err
	}
	return out, web.EncodeCursor(pos), nil
}

// placeOf is the place behind a customer in a list, at or before pos.
func (s *Service) placeOf(ctx context.Context, run int64, k listKey, pos int, customer int64) (int, error) {
	for part := (pos - 1) / packedIDs; part >= 0; part-- {
		ids, err := s.store.listPart(ctx, run, k, part)
		if err != nil {
			return 0, err
		}
		for i, id := range ids {
			if id == customer {
				return part*packedIDs + i + 1, nil
			}
		}
	}
	return pos, nil
}

// scoped pages through what a narrow scope sees.
func (s *Service) scoped(ctx context.Context, actor *auth.Actor, run int64, k listKey, proposed bool, cursor string, n int) ([]assignment, string, error) {
	spend, id := int64(math.MaxInt64), int64(0)
	if err := web.DecodeCursor(cursor, &spend, &id); err != nil {
		return nil, "", err
	}
	list, err := s.store.scopedAssignments(ctx, actor, run, assignmentFilter{k.level, k.move, nil, proposed}, spend, id, n+1)
	if err != nil || len(list) <= n {
		return list, "", err
	}
	list = list[:n]
	last := list[n-1]
	return list, web.EncodeCursor(last.SpendFen, last.CustomerID), nil
}

// found finds customers of a run by what people search by.
func (s *Service) found(ctx context.Context, actor *auth.Actor, r *finishedRun, k listKey, f MemberFilter) ([]assignment, error) {
	if s.Find == nil {
		return nil, errs.New(errs.Unavailable, "tier.no_search")
	}
	ids, err := s.Find(ctx, f.Text)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	ids = ids[:min(len(ids), 200)]
	if k.move > int16(MoveChanged) {
		k.move = listAll
	}
	return s.store.scopedAssignments(ctx, actor, r.ID, assignmentFilter{k.level, k.move, ids, f.Levels == LevelsProposed}, math.MaxInt64, 0, len(ids))
}
