package tiering

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
)

// reasonHand marks the row of a customer whom no scheme graded: a person did, or
// only people do.
const reasonHand = -2

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

func actorOf(ctx context.Context) *auth.Actor { return auth.From(ctx) }

// HandInput gives a customer a level of a dimension.
type HandInput struct {
	CustomerID int64  `json:"customer_id" minimum:"1"`
	Level      string `json:"level" maxLength:"40" doc:"Code"`
	Reason     string `json:"reason" maxLength:"1000"`
}

// GradeByHand gives a customer another level from today on: a grading by hand, or
// the correction of a published decision. Errors: tier.no_such_dimension,
// tier.no_such_customer, tier.no_levels_yet before anything is in force,
// tier.no_such_level, tier.level_same, tier.reason_needed.
func (s *Service) GradeByHand(ctx context.Context, dimension string, in HandInput) (d Decision, err error) {
	reason, err := ReasonAt("reason", in.Reason)
	if err != nil {
		return d, err
	}
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		if err := s.Seen(ctx, in.CustomerID); err != nil {
			return err
		}
		d, err = s.grade(ctx, dimension, in.CustomerID, in.Level, reason)
		return err
	})
	return d, err
}

// maxReason bounds reasons and comments in characters.
const maxReason = 1000

// ReasonAt trims the reason that a request gives at a field; errors
// tier.reason_needed, tier.text_too_long.
func ReasonAt(field, text string) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return "", errs.New(errs.Invalid, "invalid").WithField(field, "tier.reason_needed")
	case len([]rune(text)) > maxReason:
		return "", errs.New(errs.Invalid, "invalid").WithField(field, "tier.text_too_long", "max", maxReason)
	}
	return text, nil
}

// grade changes the level of a customer inside InTx, in the run in force and in
// those that are published and come into force later: the newest decision holds.
func (s *Service) grade(ctx context.Context, dimension string, customer int64, code, reason string) (Decision, error) {
	if _, err := s.store.dimension(ctx, dimension); err != nil {
		return Decision{}, err
	}
	now := s.now()
	run, err := s.store.runInForce(ctx, dimension, now)
	if noRun(err) {
		return Decision{}, errs.New(errs.Conflict, "tier.no_levels_yet")
	}
	if err != nil {
		return Decision{}, err
	}
	sch, err := s.SchemeOfRun(ctx, run)
	if err != nil {
		return Decision{}, err
	}
	level := sch.LevelIndex(code)
	if level < 0 {
		return Decision{}, errs.New(errs.Invalid, "invalid").WithField("level", "tier.no_such_level", "value", errs.Clip(code))
	}
	before, err := s.LevelIn(ctx, run, customer)
	if err != nil {
		return Decision{}, err
	}
	if before == level {
		return Decision{}, errs.New(errs.Conflict, "tier.level_same")
	}
	d := Decision{Dimension: dimension, Kind: DecisionHand, RunID: run, FromDay: s.today()}
	if err := s.Publish(ctx, &d); err != nil {
		return d, err
	}
	ahead, err := s.store.runsAhead(ctx, dimension, now)
	if err != nil {
		return d, err
	}
	for _, to := range append([]scheduled{{run, d.FromDay}}, ahead...) {
		if err := s.regrade(ctx, &d, to, customer, code, reason); err != nil {
			return d, err
		}
	}
	if err := s.tellLevels(ctx, customer); err != nil {
		return d, err
	}
	if err := s.store.insertChanges(ctx, &d, run, 1, customer, []levelChange{{customer, int16(before), int16(level)}}); err != nil {
		return d, err
	}
	return d, s.Audit.Append(ctx, audit.Entry{Action: "tier.hand", ObjectType: "customer", ObjectID: decimal(customer),
		Before: map[string]any{"level": sch.LevelCode(int16(before))}, After: map[string]any{"dimension": dimension, "level": code, "decision_id": d.ID}})
}

// scheduled is a run with the day from which its levels count.
type scheduled struct {
	run  int64
	from clock.Day
}

// regrade writes a decision about a customer into one run, where its scheme has
// the level.
func (s *Service) regrade(ctx context.Context, d *Decision, to scheduled, customer int64, code, reason string) error {
	sch, err := s.SchemeOfRun(ctx, to.run)
	if err != nil {
		return err
	}
	level := sch.LevelIndex(code)
	before, err := s.LevelIn(ctx, to.run, customer)
	if err != nil || level < 0 || level == before {
		return err
	}
	if before < 0 {
		err = s.store.insertHand(ctx, to.run, customer, level)
	} else {
		var move Move
		if move, err = s.moveIn(ctx, to.run, customer, level); err == nil {
			err = s.store.setLevels(ctx, to.run, levelSet{level, move}, []int64{customer})
		}
	}
	if err != nil {
		return err
	}
	return s.store.insertItems(ctx, []itemRow{{run: to.run, customer: customer, decision: d.ID, from: max(to.from, d.FromDay), before: before, after: level,
		reason: reason, by: d.DecidedBy, at: d.DecidedAt}})
}

// moveIn names the move of a customer of a run to a level, against the run that
// it was compared with.
func (s *Service) moveIn(ctx context.Context, run, customer int64, level int) (Move, error) {
	r, err := s.finished(ctx, run)
	if err != nil || r.PreviousID == 0 {
		return MoveNone, err
	}
	a, err := s.store.assignment(ctx, run, customer)
	if err != nil {
		return MoveNone, err
	}
	if a.PrevLevel == nil {
		return a.Move, nil
	}
	keep, err := s.LevelMap(ctx, r.PreviousID, run)
	if err != nil {
		return MoveNone, err
	}
	return MoveBetween(true, int(keep[*a.PrevLevel+1]), level), nil
}

// HandOnly says that no program decides about a customer (PIPL art. 24): the level
// stays that a person gave, or was in force when this was switched on.
type HandOnly struct {
	CustomerID int64  `json:"customer_id"`
	On         bool   `json:"on"`
	Reason     string `json:"reason"`
	By         int64  `json:"by"`
	ByName     string `json:"by_name"`
	Since      int64  `json:"since" doc:"Unix milliseconds; 0 where it is off"`
}

// HandOnlyOf reads the switch of a customer. Error: tier.no_such_customer.
func (s *Service) HandOnlyOf(ctx context.Context, customer int64) (HandOnly, error) {
	if err := s.Seen(ctx, customer); err != nil {
		return HandOnly{}, err
	}
	h, err := s.store.handOnly(ctx, customer)
	if err != nil {
		return h, err
	}
	return h, s.Names.Sign(ctx, auth.By(h.By, &h.ByName))
}

// SetHandOnly switches it on, with a reason, or off. Runs that are published and
// not yet in force keep the customer's level, too. Errors: tier.no_such_customer,
// tier.reason_needed.
func (s *Service) SetHandOnly(ctx context.Context, customer int64, on bool, reason string) (HandOnly, error) {
	if on {
		var err error
		if reason, err = ReasonAt("reason", reason); err != nil {
			return HandOnly{}, err
		}
	}
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		if err := s.Seen(ctx, customer); err != nil {
			return err
		}
		before, err := s.store.handOnly(ctx, customer)
		if err != nil || before.On == on {
			return err
		}
		now := s.now()
		if err := s.store.setHandOnly(ctx, customer, on, reason, auth.StaffID(ctx), now); err != nil {
			return err
		}
		if on {
			if err := s.keepAhead(ctx, customer, now); err != nil {
				return err
			}
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "tier.hand_only", ObjectType: "customer", ObjectID: decimal(customer), After: map[string]any{"on": on}})
	})
	if err != nil {
		return HandOnly{}, err
	}
	return s.HandOnlyOf(ctx, customer)
}

func (s *Service) keepAhead(ctx context.Context, customer, now int64) error {
	list, err := s.store.dimensions(ctx, false)
	if err != nil {
		return err
	}
	for _, d := range list {
		base, err := s.store.runInForce(ctx, d.Code, now)
		if err != nil && !noRun(err) {
			return err
		}
		ahead, err := s.store.runsAhead(ctx, d.Code, now)
		if err != nil {
			return err
		}
		for _, r := range ahead {
			if err := s.keepHandOnly(ctx, r.run, base, customer); err != nil {
				return err
			}
		}
	}
	return nil
}

// Forget removes what people decided about a customer who is deleted.
func (s *Service) Forget(ctx context.Context, customer int64) error {
	return s.store.forgetCustomer(ctx, customer)
}

// keepHandOnly gives the customers whom only people grade, or one of them, the
// level in a run that they have in the base: whoever has none there, or one that
// the run's scheme has not, is taken out. It runs inside InTx before the run is
// in force.
func (s *Service) keepHandOnly(ctx context.Context, run, base, only int64) error {
	keep, err := s.LevelMap(ctx, base, run)
	if err != nil {
		return err
	}
	list, err := s.store.handOnlyIn(ctx, run, base, only)
	if err != nil {
		return err
	}
	var out, told []int64
	to := map[int][]int64{}
	for _, h := range list {
		want := int(keep[h.before+1])
		switch {
		case want < 0 && h.after >= 0:
			out = append(out, h.customer)
		case want >= 0 && h.after < 0:
			if err := s.store.insertHand(ctx, run, h.customer, want); err != nil {
				return err
			}
		case want >= 0:
			to[want] = append(to[want], h.customer)
		default:
			continue
		}
		told = append(told, h.customer)
	}
	for _, level := range sortedKeys(to, func(k int) string { return decimal(int64(k)) }) {
		if err := s.store.keepLevels(ctx, run, level, to[level]); err != nil {
			return err
		}
	}
	if err := s.store.removeLevels(ctx, run, out); err != nil || len(told) == 0 {
		return err
	}
	return s.tellLevels(ctx, told...)
}

func sortedKeys[K comparable, V any](m map[K]V, by func(K) string) []K {
	out := make([]K, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b K) int { return strings.Compare(by(a), by(b)) })
	return out
}
