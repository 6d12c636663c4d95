package lifecycle

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"zhike/internal/column"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/vault"
	"zhike/internal/rule"
)

// DecisionIn is a decision about the stage of a customer.
type DecisionIn struct {
	Stage string `json:"stage,omitempty" maxLength:"40" doc:"Code of a stage; left out: the stage stays"`
	// Until is the last day on which rules do not move the customer.
	Until string `json:"until,omitempty" maxLength:"10" doc:"Rules do not move the customer up to this day, 2026-12-31; left out: they go on tomorrow"`
	// ByHandOnly keeps rules off until another decision.
	ByHandOnly bool   `json:"by_hand_only,omitempty" doc:"Rules do not move the customer until somebody decides otherwise"`
	Reason     string `json:"reason" maxLength:"500" doc:"Why; kept encrypted"`
}

const maxReason = 500

// maxUntil bounds how far ahead rules are kept off, in days.
const maxUntil = 3660

// Decide decides about the stage of a customer: it counts from the open day on, in
// place of whatever rules say of that day. A decision without a stage changes how
// long rules are kept off. Errors: customer.not_found, lifecycle.not_begun,
// lifecycle.reason_missing, lifecycle.no_stage, lifecycle.bad_until,
// lifecycle.decides_nothing.
func (s *Service) Decide(ctx context.Context, customerID int64, in DecisionIn) error {
	if err := s.Customers.Writable(ctx, customerID); err != nil {
		return err
	}
	in.Reason = strings.TrimSpace(in.Reason)
	c, cfg, err := s.config(ctx, 0)
	if err != nil {
		return err
	}
	bad := errs.New(errs.Invalid, "invalid")
	if in.Reason == "" || utf8.RuneCountInString(in.Reason) > maxReason {
		_ = bad.WithField("reason", "lifecycle.reason_missing", "max", maxReason)
	}
	if in.Stage != "" && c.stage(in.Stage) < 0 {
		_ = bad.WithField("stage", "lifecycle.no_stage", "code", rule.Shortened(in.Stage))
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	cipher, err := s.Vault.Seal(vault.KindNote, in.Reason)
	if err != nil {
		return err
	}
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		h, err := s.store.enter(ctx)
		if err != nil {
			return err
		}
		if h.day == 0 {
			return notBegun()
		}
		until, err := in.until(h.day)
		if err != nil {
			return err
		}
		rows, err := s.store.states(ctx, []int64{customerID})
		if err != nil {
			return err
		}
		old, was := rows[customerID]
		if !was && in.Stage == "" {
			return errs.New(errs.Invalid, "invalid").WithField("stage", "lifecycle.stage_missing")
		}
		d := decision{customer: customerID, day: h.day, stage: in.Stage, until: until, reason: cipher, staff: auth.StaffID(ctx), at: s.now()}
		if d.id, err = s.DB.NextID(ctx, "lifecycle_decision"); err != nil {
			return err
		}
		if err := s.store.insertDecision(ctx, &d); err != nil {
			return err
		}
		// Rules may move the customer from now on, who were kept off before.
		if err := column.Tell(ctx, s.DB, toldDecisions, d.at, customerID); err != nil {
			return err
		}
		r := old
		r.hand.Until = until
		out := Outcome{State: old.State}
		if in.Stage != "" {
			r.hand.Day, r.hand.Stage, r.handID = h.day, in.Stage, d.id
			base := old.base(h.day)
			if out = (Outcome{State: base}); base.Stage != in.Stage {
				out = Outcome{State: State{in.Stage, h.day}, Moved: true, Cause: CauseHand}
			}
		} else if old.Since == h.day { // what happened on this day stays
			out = Outcome{State: old.State, Moved: true, Cause: old.why.cause, Move: old.why.move}
		}
		change, changed := settle(customerID, r, was, out, h.day, cfg.version)
		if change.new.Since == h.day && in.Stage == "" {
			change.new.why = old.why
		}
		if changed = changed || change.new != old; changed {
			list := []diff{change}
			if err := s.store.write(ctx, list, h.day, s.now()); err != nil {
				return err
			}
			if err := s.staged(ctx, list, h.day); err != nil {
				return err
			}
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "lifecycle.decide", ObjectType: "customer", ObjectID: strconv.FormatInt(customerID, 10),
			Before: map[string]any{"stage": old.Stage, "until": untilText(old.hand.Until)},
			After:  map[string]any{"stage": change.new.Stage, "until": untilText(until)}})
	})
	if err == nil {
		s.wake()
	}
	return err
}

// until reads how long rules are kept off; 0 for not at all.
// i18n-keys: errors.lifecycle.*
func (in *DecisionIn) until(open clock.Day) (clock.Day, error) {
	bad := func(code string, kv ...any) error {
		return errs.New(errs.Invalid, "invalid").WithField("until", code, kv...)
	}
	switch {
	case in.ByHandOnly && in.Until != "":
		return 0, bad("lifecycle.until_or_only")
	case in.ByHandOnly:
		return ByHandOnly, nil
	case in.Until == "":
		return 0, nil
	}
	day, err := clock.ParseDay(in.Until)
	if err != nil || day < open || day > open+maxUntil {
		return 0, bad("lifecycle.bad_until", "from", open.String(), "to", (open + maxUntil).String())
	}
	return day, nil
}

// Forget removes what is kept about a customer who is deleted; inside InTx.
func (s *Service) Forget(ctx context.Context, id int64) error { return s.store.forget(ctx, id) }

func untilText(day clock.Day) string {
	switch day {
	case 0:
		return ""
	case ByHandOnly:
		return "by_hand_only"
	}
	return day.String()
}
