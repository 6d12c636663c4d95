package review

import (
	"context"
	"maps"
	"slices"
	"strings"

	"zhike/internal/tiering"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
)

func sorted(m map[int64]int64) []int64 { return slices.Sorted(maps.Keys(m)) }

func can(ctx context.Context, p auth.Permission) bool { return auth.From(ctx).Can(p) }

// MoveDecision is what a member of the panel decides about one move or, by
// filter, about many.
type MoveDecision struct {
	Act        string      `json:"act" enum:"agree,overrule,dispute,take_back"`
	CustomerID int64       `json:"customer_id,omitempty" minimum:"0" doc:"About one; 0 for those of filter"`
	Filter     *MoveFilter `json:"filter,omitempty" doc:"About all moves that pass"`
	Level      string      `json:"level,omitempty" maxLength:"40" doc:"Of overruling: code of the level; left out for the level before"`
	Reason     string      `json:"reason,omitempty" maxLength:"1000" doc:"Overruling and disputing need one"`
	Preview    bool        `json:"preview,omitempty" doc:"Count only"`
	Token      int64       `json:"token,omitempty" minimum:"0" doc:"That of the preview or of the counts: nothing is done where the moves or their states are others since"`
}

// MoveDecided says what a decision did, or would do.
type MoveDecided struct {
	Matched int64               `json:"matched" doc:"Moves that were meant"`
	Changed int64               `json:"changed"`
	Already int64               `json:"already" doc:"Were decided so before"`
	Refused []LeftMoves         `json:"refused" doc:"Left as they are, and why"`
	Token   int64               `json:"token" doc:"Names the moves that were meant and their states before"`
	Counts  tiering.StateCounts `json:"counts"`
}

// LeftMoves are moves that a decision left as they are.
type LeftMoves struct {
	Reason string `json:"reason" doc:"A code whose text is errors.<code>"`
	Moves  int64  `json:"moves"`
}

var actKinds = map[string]int{"agree": actAgree, "overrule": actOverrule, "dispute": actDispute, "take_back": actTakeBack}

// DecideMoves carries out what a member decides. Done again it changes nothing.
// Errors: tier.no_such_decision, tier.decision_closed, tier.not_on_panel,
// tier.moves_changed where a token is given and the moves are others,
// tier.token_needed for many without one, tier.no_such_move, tier.reason_needed,
// tier.no_such_level, and for one move those that Refused counts for many:
// tier.not_yours, tier.move_disputed, tier.no_level_before, tier.same_level.
func (s *Service) DecideMoves(ctx context.Context, id int64, in MoveDecision) (MoveDecided, error) {
	r, b, err := s.openBoard(ctx, id)
	if err != nil {
		return MoveDecided{}, err
	}
	act, err := s.readAct(ctx, r, in)
	if err != nil {
		return MoveDecided{}, err
	}
	if in.Preview {
		return s.judge(ctx, r, b, in, act)
	}
	if in.CustomerID == 0 && in.Token == 0 {
		return MoveDecided{}, errs.New(errs.Invalid, "invalid").WithField("token", "tier.token_needed")
	}
	var out MoveDecided
	err = s.acting(ctx, id, func(ctx context.Context, r *review, b *board) (err error) {
		act.places = nil
		if out, err = s.judge(ctx, r, b, in, act); err != nil || len(act.places) == 0 {
			return err
		}
		if in.Token != 0 && in.Token != out.Token {
			return errs.New(errs.Conflict, "tier.moves_changed", "moves", out.Matched)
		}
		return s.insertAct(ctx, r, b, act)
	})
	if err != nil {
		return out, err
	}
	if r, err = s.store.review(ctx, id); err != nil {
		return out, err
	}
	if b, err = s.board(ctx, r); err != nil {
		return out, err
	}
	out.Counts = b.counts()
	return out, nil
}

// acting calls fn inside InTx with an open review that nobody else acts on
// meanwhile, its board up to date.
func (s *Service) acting(ctx context.Context, id int64, fn func(ctx context.Context, r *review, b *board) error) error {
	return s.DB.InTx(ctx, func(ctx context.Context) error {
		if _, err := s.store.lockReview(ctx, id); err != nil {
			return err
		}
		r, err := s.store.review(ctx, id)
		if err != nil {
			return err
		}
		b, err := s.board(ctx, r)
		if err != nil {
			return err
		}
		return fn(ctx, r, b)
	})
}

// insertAct stores an act inside acting, with its audit entry. The board shows
// it when it is committed and read.
func (s *Service) insertAct(ctx context.Context, r *review, b *board, act *reviewAct) error {
	act.no, act.at = r.Acts+1, s.now()
	if act.how == "" {
		act.how = "person"
	}
	slices.Sort(act.places)
	if act.kind == actDispute && len(act.places) > maxDisputed {
		return errs.New(errs.TooLarge, "tier.too_many_disputed", "max", maxDisputed)
	}
	// What was voted before a move is disputed anew does not count.
	var voted []int64
	b.mu.RLock()
	for _, p := range act.places {
		if act.kind == actDispute || act.kind == actTakeBack && b.state[p] == stateDisputed {
			voted = append(voted, b.moves[p].customer)
		}
	}
	b.mu.RUnlock()
	if err := s.store.dropVotes(ctx, r.ID, voted); err != nil {
		return err
	}
	if err := s.store.insertAct(ctx, r.ID, act); err != nil {
		return err
	}
	r.Acts++
	after := map[string]any{"act": act.kind, "how": act.how, "moves": len(act.places), "no": act.no}
	if len(act.places) == 1 {
		after["customer_id"] = b.moves[act.places[0]].customer
	}
	return s.Audit.Append(ctx, audit.Entry{Action: "tier.review_decide", ObjectType: "tier_decision", ObjectID: decimal(r.ID), After: after})
}

// maxDisputed bounds the moves that are disputed at a time: each is discussed and
// voted on.
const maxDisputed = 2000

func (s *Service) readAct(ctx context.Context, r *review, in MoveDecision) (*reviewAct, error) {
	act := &reviewAct{kind: actKinds[in.Act], level: keepBefore, staff: auth.StaffID(ctx), reason: strings.TrimSpace(in.Reason)}
	if act.kind == 0 {
		return nil, errs.New(errs.Invalid, "invalid").WithField("act", "tier.bad_choice", "value", errs.Clip(in.Act))
	}
	if (in.CustomerID == 0) == (in.Filter == nil) {
		return nil, errs.New(errs.Invalid, "invalid").WithField("filter", "tier.one_or_filter")
	}
	if act.kind == actOverrule || act.kind == actDispute || act.reason != "" {
		var err error
		if act.reason, err = tiering.ReasonAt("reason", in.Reason); err != nil {
			return nil, err
		}
	}
	if act.kind == actOverrule && in.Level != "" {
		sch, err := s.Grading.SchemeOfRun(ctx, r.RunID)
		if err != nil {
			return nil, err
		}
		k := sch.LevelIndex(in.Level)
		if k < 0 {
			return nil, errs.New(errs.Invalid, "invalid").WithField("level", "tier.no_such_level", "value", errs.Clip(in.Level))
		}
		act.level = int16(k)
	}
	away, err := s.store.away(ctx)
	if err != nil {
		return nil, err
	}
	if len(r.Panel.seats(auth.StaffID(ctx), away)) == 0 {
		return nil, r.Panel.outside(auth.StaffID(ctx))
	}
	return act, nil
}

// judge finds the moves that a decision means and puts those that it changes
// into act.places.
//
// i18n-keys: errors.tier.*
func (s *Service) judge(ctx context.Context, r *review, b *board, in MoveDecision, act *reviewAct) (MoveDecided, error) {
	out := MoveDecided{Refused: []LeftMoves{}}
	filter := MoveFilter{}
	if in.Filter != nil {
		filter = *in.Filter
	}
	q, err := s.moveQuery(ctx, r, filter)
	if err != nil {
		return out, err
	}
	mine, err := s.reach(ctx, r)
	if err != nil {
		return out, err
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	var places []int32
	if in.CustomerID != 0 {
		p, ok := b.place(in.CustomerID)
		if !ok || q.see != nil && !q.see(&b.moves[p]) {
			return out, errs.New(errs.NotFound, "tier.no_such_move")
		}
		places = []int32{p}
	} else {
		places = b.find(q, 0, -1)
	}
	refused := map[string]int64{}
	for _, p := range places {
		code, already := b.judge(p, act)
		if !mine(&b.moves[p]) {
			code, already = "tier.not_yours", false
		}
		switch {
		case code != "":
			refused[code]++
		case already:
			out.Already++
		default:
			act.places = append(act.places, p)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(refused)) {
		if in.CustomerID != 0 {
			kind := errs.Conflict
			if code == "tier.not_yours" {
				kind = errs.Forbidden
			}
			return out, errs.New(kind, code)
		}
		out.Refused = append(out.Refused, LeftMoves{code, refused[code]})
	}
	out.Matched, out.Changed, out.Token = int64(len(places)), int64(len(act.places)), int64(b.fingerprint(places))
	out.Counts = b.tallyStates()
	return out, nil
}

// judge says whether an act can be done to a move: code says why not, already
// that it stands so.
func (b *board) judge(p int32, act *reviewAct) (code string, already bool) {
	state := b.state[p]
	switch act.kind {
	case actAgree:
		already = state == stateAgreed
	case actOverrule:
		level := int8(act.level)
		if act.level == keepBefore {
			if level = b.kept(p); level < 0 {
				return "tier.no_level_before", false
			}
		}
		if level == b.moves[p].proposed {
			return "tier.same_level", false
		}
		already = state == stateOverruled && b.decided(p) == level && b.acts[b.last[p]].reason == act.reason
	case actDispute:
		return "", state == stateDisputed
	case actTakeBack:
		return "", state == stateOpen
	}
	if state == stateDisputed && act.how == "" {
		return "tier.move_disputed", false // the votes decide
	}
	return "", already
}
