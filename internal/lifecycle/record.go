package lifecycle

import (
	"context"
	"encoding/json"

	"zhike/internal/audience"
	"zhike/internal/customer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/vault"
	"zhike/internal/platform/web"
)

// StageRef names a stage. Of one that the configuration no longer has the name
// is its code.
type StageRef struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Tone int    `json:"tone"`
}

func (c *Config) ref(code, locale string) StageRef {
	if st := c.Stage(code); st != nil {
		return StageRef{code, localText(locale, st.Name), st.Tone}
	}
	return StageRef{Code: code, Name: code}
}

// OfCustomer is where a customer is in the lifecycle.
type OfCustomer struct {
	CustomerID int64     `json:"customer_id"`
	Day        clock.Day `json:"day" doc:"The open day: what happened on it may still change"`
	Stage      *StageRef `json:"stage" doc:"Null: not in the lifecycle yet"`
	Advice     string    `json:"advice" doc:"What to do with customers of this stage"`
	Since      string    `json:"since" doc:"Day on which the customer came to the stage; empty without one"`
	Days       int       `json:"days" doc:"Days in the stage"`
	Cause      string    `json:"cause" enum:"begin,rule,hand,gone,"`
	Reason     string    `json:"reason" doc:"Why, in words"`
	// Final is false for a stage that the customer came to on the open day.
	Final      bool       `json:"final" doc:"False: came to the stage on the open day, which may still change"`
	Until      string     `json:"until" doc:"Rules do not move the customer up to this day; empty: they do"`
	ByHandOnly bool       `json:"by_hand_only" doc:"Rules do not move the customer"`
	Next       []NextMove `json:"next" doc:"The moves that leave the stage, in order of precedence"`
	Tools      []ToolRef  `json:"tools" doc:"What is offered for the stage"`
}

// ToolRef names a tool.
type ToolRef struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Kind string `json:"kind" enum:"steps,diagnosis,survey"`
}

// NextMove is a move that a customer may make, and what is lacking.
type NextMove struct {
	Code     string           `json:"code"`
	Name     string           `json:"name"`
	To       StageRef         `json:"to"`
	Holds    bool             `json:"holds" doc:"The rule holds today"`
	HeldDays int              `json:"held_days" doc:"Days in a row on which the rule held, today included"`
	HoldDays int              `json:"hold_days" doc:"Days in a row that it must hold"`
	StayLeft int              `json:"stay_left" doc:"Days that the customer still stays at least"`
	Rule     *audience.Reason `json:"rule" doc:"Which conditions hold, with the values behind; null where the reader may not see what they ask for"`
}

// Of tells where a customer is, why, and what would come next. Error:
// customer.not_found, customer.field_hidden.
func (s *Service) Of(ctx context.Context, customerID int64) (out OfCustomer, err error) {
	out = OfCustomer{CustomerID: customerID, Next: []NextMove{}, Tools: []ToolRef{}}
	if err := s.mayRead(ctx, customerID); err != nil {
		return out, err
	}
	c, _, err := s.config(ctx, 0)
	if err != nil {
		return out, err
	}
	h, err := s.store.head(ctx)
	if err != nil {
		return out, err
	}
	out.Day = h.day
	rows, err := s.store.states(ctx, []int64{customerID})
	if err != nil {
		return out, err
	}
	r, ok := rows[customerID]
	if !ok {
		return out, nil
	}
	locale := web.Locale(ctx)
	stage := c.ref(r.Stage, locale)
	out.Stage, out.Since, out.Days, out.Final = &stage, r.Since.String(), int(h.day-r.Since), r.Since < h.day
	if st := c.Stage(r.Stage); st != nil {
		out.Advice = localText(locale, st.Advice)
	}
	out.Cause = r.why.cause.String()
	if r.hand.Until >= h.day {
		if out.ByHandOnly = r.hand.Until == ByHandOnly; !out.ByHandOnly {
			out.Until = r.hand.Until.String()
		}
	}
	last, err := s.store.history(ctx, customerID, r.Since+1, 1)
	if err != nil {
		return out, err
	}
	if len(last) > 0 {
		if out.Reason, err = s.words(ctx, c, &last[0]); err != nil {
			return out, err
		}
	}
	for i := range c.Tools {
		if t := &c.Tools[i]; t.offered(r.Stage) {
			out.Tools = append(out.Tools, ToolRef{t.Code, localText(locale, t.Name), t.Kind})
		}
	}
	out.Next, err = s.next(ctx, c, customerID, r, h.day)
	return out, err
}

// mayRead fails unless the actor may see the customer and the stage.
func (s *Service) mayRead(ctx context.Context, customerID int64) error {
	if err := customer.Shows(ctx, customer.LifecycleField); err != nil {
		return err
	}
	return s.Customers.Visible(ctx, customerID)
}

// words say why a customer came to a stage. i18n-keys: lifecycle.why.*
func (s *Service) words(ctx context.Context, now *Config, p *past) (string, error) {
	locale := web.Locale(ctx)
	c, _, err := s.config(ctx, p.why.version)
	if errs.Is(err, "lifecycle.no_version") {
		c, err = now, nil
	}
	if err != nil {
		return "", err
	}
	params := map[string]any{"day": p.day.String(), "stage": c.ref(p.stage, locale).Name, "before": c.ref(p.before.Stage, locale).Name, "move": p.why.move}
	if m := c.Move(p.why.move); m != nil {
		params["move"] = localText(locale, m.Name)
	}
	key := "lifecycle.why." + p.why.cause.String()
	if p.why.cause == CauseHand && p.before.Stage == "" {
		key += "_first"
	}
	return s.Texts.T(locale, key, params), nil
}

// next tells of each move that leaves the stage what is lacking.
func (s *Service) next(ctx context.Context, c *Config, id int64, r row, open clock.Day) ([]NextMove, error) {
	out := []NextMove{}
	locale := web.Locale(ctx)
	base := r.base(open)
	if base.Stage == "" || c.stage(r.Stage) >= 0 && r.Since == open {
		base = r.State // came today: what counts from tomorrow on
	}
	var moves []*Move
	var rules []customer.Who
	for i := range c.Moves {
		if m := &c.Moves[i]; m.leaves(base.Stage) {
			moves, rules = append(moves, m), append(rules, customer.Who{Rule: m.node})
		}
	}
	if len(moves) == 0 {
		return out, nil
	}
	holds, problems, err := s.Customers.Holds(ctx, id, rules)
	if err != nil {
		return nil, err
	}
	for i, m := range moves {
		n := NextMove{Code: m.Code, Name: localText(locale, m.Name), To: c.ref(m.To, locale), HoldDays: m.HoldDays,
			StayLeft: max(0, m.MinStayDays-int(open-base.Since))}
		// A rule that cannot be asked, or not by the reader, is shown without its conditions.
		if p := problems[i]; p == nil {
			n.Holds = holds[i]
			if n.Rule, err = s.tree(ctx, m.Rule, id); err != nil {
				return nil, err
			}
		} else if kind := errs.KindOf(p); kind != errs.Invalid && kind != errs.Forbidden {
			return nil, p
		}
		if n.Holds {
			n.HeldDays = 1
			if m.HoldDays > 1 {
				before, err := s.store.heldDays(ctx, ruleKey(m.Rule), id, open, m.HoldDays-1)
				if err != nil {
					return nil, err
				}
				n.HeldDays += before
			}
		}
		out = append(out, n)
	}
	return out, nil
}

// tree tells which conditions hold; nil where the reader may not see them.
func (s *Service) tree(ctx context.Context, rule json.RawMessage, id int64) (*audience.Reason, error) {
	if s.Audiences == nil {
		return nil, nil
	}
	y, err := s.Audiences.Explain(ctx, audience.ExplainIn{Rule: rule, CustomerID: id})
	if err == nil {
		return &y.Tree, nil
	}
	if kind := errs.KindOf(err); kind == errs.Invalid || kind == errs.Forbidden {
		return nil, nil
	}
	return nil, err
}

// Passage is one change of the stage of a customer.
type Passage struct {
	Day    clock.Day `json:"day"`
	Stage  StageRef  `json:"stage"`
	Before *StageRef `json:"before" doc:"Null for the first"`
	Days   int       `json:"days" doc:"Days in the stage before"`
	Cause  string    `json:"cause" enum:"begin,rule,hand,gone"`
	Text   string    `json:"text" doc:"Why, in words"`
	// Of a decision.
	By    string `json:"by" doc:"Who decided; empty of rules"`
	Note  string `json:"note" doc:"Why he or she did"`
	At    int64  `json:"at" doc:"unix ms"`
	Final bool   `json:"final" doc:"False on the open day, which may still change"`
}

// History gives up to limit passages of a customer on days before one, newest
// first. Error: customer.not_found, customer.field_hidden.
func (s *Service) History(ctx context.Context, customerID int64, before clock.Day, limit int) ([]Passage, error) {
	if err := s.mayRead(ctx, customerID); err != nil {
		return nil, err
	}
	return s.passages(ctx, customerID, before, limit)
}

func (s *Service) passages(ctx context.Context, customerID int64, before clock.Day, limit int) ([]Passage, error) {
	c, _, err := s.config(ctx, 0)
	if err != nil {
		return nil, err
	}
	h, err := s.store.head(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := s.store.history(ctx, customerID, before, limit)
	if err != nil {
		return nil, err
	}
	decided, err := s.decidedBy(ctx, rows)
	if err != nil {
		return nil, err
	}
	locale := web.Locale(ctx)
	out := make([]Passage, len(rows))
	for i := range rows {
		p := &rows[i]
		out[i] = Passage{Day: p.day, Stage: c.ref(p.stage, locale), Cause: p.why.cause.String(), At: p.at, Final: p.day < h.day}
		if p.before.Stage != "" {
			ref := c.ref(p.before.Stage, locale)
			out[i].Before, out[i].Days = &ref, int(p.day-p.before.Since)
		}
		if out[i].Text, err = s.words(ctx, c, p); err != nil {
			return nil, err
		}
		d := decided[p.why.decision]
		out[i].By, out[i].Note = d.by, d.reason
	}
	return out, nil
}

// told is a decision as people read it.
type told struct{ by, reason string }

func (s *Service) decidedBy(ctx context.Context, rows []past) (map[int64]told, error) {
	out := map[int64]told{}
	var ids []int64
	for i := range rows {
		if id := rows[i].why.decision; id != 0 {
			ids = append(ids, id)
		}
	}
	list, err := s.store.decisionsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	staff := make([]int64, len(list))
	for i := range list {
		staff[i] = list[i].staff
	}
	names, err := s.people(ctx, staff)
	if err != nil {
		return nil, err
	}
	for _, d := range list {
		reason, err := s.Vault.Open(vault.KindNote, d.reason)
		if err != nil {
			return nil, err
		}
		out[d.id] = told{names[d.staff], reason}
	}
	return out, nil
}

// Decision is what somebody decided about a customer.
type Decision struct {
	ID         int64     `json:"id"`
	Day        clock.Day `json:"day" doc:"From which day on it counts"`
	Stage      *StageRef `json:"stage" doc:"Null: the stage stayed"`
	Until      string    `json:"until" doc:"Rules do not move the customer up to this day"`
	ByHandOnly bool      `json:"by_hand_only"`
	Reason     string    `json:"reason"`
	StaffID    int64     `json:"staff_id"`
	By         string    `json:"by"`
	At         int64     `json:"at" doc:"unix ms"`
}

// Decisions lists up to limit decisions about a customer, newest first. Error:
// customer.not_found, customer.field_hidden.
func (s *Service) Decisions(ctx context.Context, customerID int64, limit int) ([]Decision, error) {
	if err := s.mayRead(ctx, customerID); err != nil {
		return nil, err
	}
	c, _, err := s.config(ctx, 0)
	if err != nil {
		return nil, err
	}
	list, err := s.store.decisions(ctx, customerID, limit)
	if err != nil {
		return nil, err
	}
	staff := make([]int64, len(list))
	for i := range list {
		staff[i] = list[i].staff
	}
	names, err := s.people(ctx, staff)
	if err != nil {
		return nil, err
	}
	out := make([]Decision, len(list))
	for i, d := range list {
		out[i] = Decision{ID: d.id, Day: d.day, ByHandOnly: d.until == ByHandOnly, StaffID: d.staff, By: names[d.staff], At: d.at}
		if d.stage != "" {
			ref := c.ref(d.stage, web.Locale(ctx))
			out[i].Stage = &ref
		}
		if d.until != 0 && d.until != ByHandOnly {
			out[i].Until = d.until.String()
		}
		if out[i].Reason, err = s.Vault.Open(vault.KindNote, d.reason); err != nil {
			return nil, err
		}
	}
	return out, nil
}
