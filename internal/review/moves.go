package review

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"zhike/internal/tiering"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

// MoveView is a proposed move as pages show it.
type MoveView struct {
	CustomerID   int64          `json:"customer_id"`
	Name         string         `json:"name"`
	From         *tiering.Level `json:"from" doc:"Null for who had no level"`
	To           tiering.Level  `json:"to" doc:"What the run proposes"`
	Direction    string         `json:"direction" enum:"up,down,new,changed"`
	Steps        int            `json:"steps" doc:"Ranks moved"`
	Margin       int            `json:"margin" doc:"How far from the threshold, 0 to 100"`
	OwnerID      int64          `json:"owner_id" doc:"0 for nobody"`
	OwnerName    string         `json:"owner_name"`
	DepartmentID int64          `json:"department_id" doc:"0 for none"`
	SpendFen     int64          `json:"spend_fen"`
	Reason       string         `json:"reason" doc:"Why the run proposes this, in one sentence"`
	State        MoveState      `json:"state" enum:"open,agreed,overruled,disputed"`
	Decided      *tiering.Level `json:"decided" doc:"The level that an overruled move ends with; null otherwise"`
	Why          string         `json:"why" doc:"Reason that was given"`
	How          string         `json:"how" enum:"person,vote,deadline,rest," doc:"How it came to its state"`
	DecidedBy    string         `json:"decided_by_name"`
	DecidedAt    int64          `json:"decided_at" doc:"Unix milliseconds; 0 where nobody decided"`
	Mine         bool           `json:"mine" doc:"The caller decides about it"`
}

// FacetValue is how many moves choosing a value would show.
type FacetValue struct {
	Value string `json:"value" doc:"What the filter takes"`
	Name  string `json:"name"`
	Moves int64  `json:"moves"`
}

// MoveFacets are counts under all filters but the own one.
type MoveFacets struct {
	Total       int64        `json:"total" doc:"Moves that pass all filters"`
	Token       int64        `json:"token" doc:"Names the moves that pass and their states; give it with a decision about them"`
	State       []FacetValue `json:"state"`
	From        []FacetValue `json:"from"`
	To          []FacetValue `json:"to"`
	Direction   []FacetValue `json:"direction"`
	Steps       []FacetValue `json:"steps"`
	Margin      []FacetValue `json:"margin" doc:"By the least margin of the group"`
	Departments []FacetValue `json:"departments" doc:"The 50 with the most moves; 0 for none"`
	Owners      []FacetValue `json:"owners" doc:"The 50 with the most moves; 0 for nobody"`
}

// openBoard gives a review with its board for somebody who may see customers'
// levels and figures.
func (s *Service) openBoard(ctx context.Context, id int64) (*review, *board, error) {
	if err := tiering.Shown(ctx); err != nil {
		return nil, nil, err
	}
	r, err := s.store.review(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	b, err := s.board(ctx, r)
	return r, b, err
}

// moveQuery makes the filter of a caller over a board.
func (s *Service) moveQuery(ctx context.Context, r *review, f MoveFilter) (*moveQuery, error) {
	after, err := s.Grading.SchemeOfRun(ctx, r.RunID)
	if err != nil {
		return nil, err
	}
	var before *tiering.Scheme
	if r.BaseRunID != 0 {
		if before, err = s.Grading.SchemeOfRun(ctx, r.BaseRunID); err != nil {
			return nil, err
		}
	}
	q, err := f.query(before, after)
	if err != nil {
		return nil, err
	}
	q.see = seenBy(auth.From(ctx))
	if f.Mine {
		if q.mine, err = s.reach(ctx, r); err != nil {
			return nil, err
		}
	}
	if f.Text != "" {
		if s.Find == nil {
			return nil, errs.New(errs.Unavailable, "tier.no_search")
		}
		ids, err := s.Find(ctx, f.Text)
		if err != nil {
			return nil, err
		}
		q.customers = map[int64]bool{}
		for _, id := range ids {
			q.customers[id] = true
		}
	}
	return q, nil
}

// reach says about whom the caller decides in a review: about nobody where he
// or she has no seat.
func (s *Service) reach(ctx context.Context, r *review) (func(p *proposal) bool, error) {
	away, err := s.store.away(ctx)
	if err != nil {
		return nil, err
	}
	seats := r.Panel.seats(auth.StaffID(ctx), away)
	if len(seats) == 0 {
		return func(*proposal) bool { return false }, nil
	}
	everybody := r.Panel.Reach == ReachAll
	of := map[int64]bool{}
	for _, m := range seats {
		everybody = everybody || m.DepartmentID == 0
		of[m.DepartmentID] = true
	}
	if everybody {
		return func(*proposal) bool { return true }, nil
	}
	var parents map[int64]int64
	if s.Departments != nil {
		if parents, err = s.Departments(ctx); err != nil {
			return nil, err
		}
	}
	// A department is within reach where it or one above it has a seat.
	within := map[int64]bool{}
	reaches := func(id int64) bool {
		if in, known := within[id]; known {
			return in
		}
		at := id
		for range 100 {
			if at == 0 || of[at] {
				break
			}
			at = parents[at]
		}
		within[id] = at != 0
		return at != 0
	}
	return func(p *proposal) bool { return p.department != 0 && reaches(p.department) }, nil
}

// Moves lists proposed moves by falling spend, of those the caller may see.
// Errors: tier.no_such_decision, tier.review_opening, customer.field_hidden,
// tier.no_such_level, tier.bad_move, web.bad_cursor.
func (s *Service) Moves(ctx context.Context, id int64, f MoveFilter, cursor string, n int) (web.Page[MoveView], error) {
	none := web.NewPage[MoveView](nil, "", nil)
	var from int32
	if err := web.DecodeCursor(cursor, &from); err != nil {
		return none, err
	}
	if from < 0 {
		return none, errs.New(errs.Invalid, "invalid").WithField("cursor", "web.bad_cursor")
	}
	r, b, err := s.openBoard(ctx, id)
	if err != nil {
		return none, err
	}
	q, err := s.moveQuery(ctx, r, f)
	if err != nil {
		return none, err
	}
	b.mu.RLock()
	places := b.find(q, from, n+1)
	b.mu.RUnlock()
	next := ""
	if len(places) > n {
		next = web.EncodeCursor(places[n])
		places = places[:n]
	}
	list, err := s.moveViews(ctx, r, b, places)
	return web.NewPage(list, next, nil), err
}

// moveViews tells moves by their places; whom the caller may not see any more
// is left out.
func (s *Service) moveViews(ctx context.Context, r *review, b *board, places []int32) ([]MoveView, error) {
	list := make([]tiering.ProposedLevel, len(places))
	for i, p := range places {
		list[i] = tiering.ProposedLevel{CustomerID: b.moves[p].customer, Level: int(b.moves[p].proposed)}
	}
	told, err := s.Grading.Proposals(ctx, r.RunID, list)
	if err != nil {
		return nil, err
	}
	after, err := s.Grading.LocalScheme(ctx, r.RunID)
	if err != nil {
		return nil, err
	}
	var before *tiering.Scheme
	if r.BaseRunID != 0 {
		if before, err = s.Grading.LocalScheme(ctx, r.BaseRunID); err != nil {
			return nil, err
		}
	}
	mine, err := s.reach(ctx, r)
	if err != nil {
		return nil, err
	}
	out := make([]MoveView, 0, len(places))
	var people []auth.Author
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, p := range places {
		m := &b.moves[p]
		t, ok := told[m.customer]
		if !ok {
			continue
		}
		v := MoveView{CustomerID: m.customer, Name: t.Name, To: after.Levels[m.proposed], Direction: m.move.Code(), Steps: int(m.steps), Margin: int(m.margin),
			OwnerID: m.owner, DepartmentID: m.department, SpendFen: m.spendFen, Reason: t.Reason, State: moveStates[b.state[p]], Mine: mine(m)}
		if before != nil && m.before >= 0 {
			v.From = &before.Levels[m.before]
		}
		var by int64
		if k := b.last[p]; k >= 0 {
			act := &b.acts[k]
			v.How, v.Why, v.DecidedAt, by = act.how, act.reason, act.at, act.staff
		}
		if b.state[p] == stateOverruled {
			v.Decided = &after.Levels[b.decided(p)]
		}
		out = append(out, v)
		people = append(people, auth.By(m.owner, &out[len(out)-1].OwnerName), auth.By(by, &out[len(out)-1].DecidedBy))
	}
	return out, s.Names.Sign(ctx, people...)
}

// Facets counts moves under a filter. Errors as Moves.
func (s *Service) Facets(ctx context.Context, id int64, f MoveFilter) (MoveFacets, error) {
	r, b, err := s.openBoard(ctx, id)
	if err != nil {
		return MoveFacets{}, err
	}
	q, err := s.moveQuery(ctx, r, f)
	if err != nil {
		return MoveFacets{}, err
	}
	b.mu.RLock()
	t := b.tally(q)
	token := b.fingerprint(b.find(q, 0, -1))
	b.mu.RUnlock()
	out := MoveFacets{Total: t.total, Token: int64(token), Steps: []FacetValue{}, Margin: []FacetValue{}}
	after, err := s.Grading.LocalScheme(ctx, r.RunID)
	if err != nil {
		return out, err
	}
	before := &tiering.Scheme{}
	if r.BaseRunID != 0 {
		if before, err = s.Grading.LocalScheme(ctx, r.BaseRunID); err != nil {
			return out, err
		}
	}
	for i, st := range moveStates {
		out.State = append(out.State, FacetValue{Value: string(st), Moves: t.counts[facetState][int64(i)]})
	}
	out.From = levelFacet(before.Levels, t.counts[facetFrom])
	if n := t.counts[facetFrom][-1]; n > 0 {
		out.From = append(out.From, FacetValue{Value: "none", Moves: n})
	}
	out.To = levelFacet(after.Levels, t.counts[facetTo])
	for _, m := range []tiering.Move{tiering.MoveUp, tiering.MoveDown, tiering.MoveNew, tiering.MoveChanged} {
		out.Direction = append(out.Direction, FacetValue{Value: m.Code(), Moves: t.counts[facetDirection][int64(m)]})
	}
	for _, k := range sorted(t.counts[facetSteps]) {
		if k > 0 {
			out.Steps = append(out.Steps, FacetValue{Value: decimal(k), Moves: t.counts[facetSteps][k]})
		}
	}
	for _, k := range sorted(t.counts[facetMargin]) {
		out.Margin = append(out.Margin, FacetValue{Value: decimal(k), Moves: t.counts[facetMargin][k]})
	}
	out.Departments, out.Owners = most(t.counts[facetDepartment]), most(t.counts[facetOwner])
	return out, s.nameFacets(ctx, &out)
}

func (s *Service) nameFacets(ctx context.Context, f *MoveFacets) error {
	var people []auth.Author
	for i := range f.Owners {
		id, _ := strconv.ParseInt(f.Owners[i].Value, 10, 64) // written by most
		people = append(people, auth.By(id, &f.Owners[i].Name))
	}
	if s.DepartmentName != nil {
		for i := range f.Departments {
			id, _ := strconv.ParseInt(f.Departments[i].Value, 10, 64)
			name, err := s.DepartmentName(ctx, id)
			if err != nil {
				return err
			}
			f.Departments[i].Name = name
		}
	}
	return s.Names.Sign(ctx, people...)
}

func levelFacet(levels []tiering.Level, counts map[int64]int64) []FacetValue {
	out := make([]FacetValue, len(levels))
	for i, l := range levels {
		out[i] = FacetValue{Value: l.Code, Name: l.Name, Moves: counts[int64(i)]}
	}
	return out
}

// maxFacet is how many values a facet without a fixed list shows.
const maxFacet = 50

func most(counts map[int64]int64) []FacetValue {
	ids := sorted(counts)
	slices.SortStableFunc(ids, func(a, b int64) int { return cmp.Compare(counts[b], counts[a]) })
	out := []FacetValue{}
	for _, id := range ids[:min(len(ids), maxFacet)] {
		out = append(out, FacetValue{Value: decimal(id), Moves: counts[id]})
	}
	return out
}
