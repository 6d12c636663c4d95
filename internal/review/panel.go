package review

import (
	"context"
	"slices"
	"strconv"

	"zhike/internal/tiering"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// Panel is who decides about the runs of a dimension, and by which rules. A
// review works by the panel as it was when the review was opened.
type Panel struct {
	Dimension string        `json:"dimension"`
	Members   []PanelMember `json:"members" maxItems:"50"`
	// Reach says about whom a member decides alone; votes are everybody's.
	Reach Reach `json:"reach" enum:"department,all" doc:"department: a member with a department decides about customers of it and of those below it; all: about everybody"`
	// Rule and Quorum settle disputed moves.
	Rule       VoteRule   `json:"rule" enum:"majority,unanimity" doc:"majority: more than half of the votes given; unanimity: all of them"`
	Quorum     int        `json:"quorum" minimum:"1" maximum:"50" doc:"How many must have voted"`
	Days       int        `json:"days" minimum:"1" maximum:"365" doc:"Days to decide, from the opening of a review"`
	OnDeadline OnDeadline `json:"on_deadline" enum:"keep,agree" doc:"What becomes of disputed moves that no vote settled in time: the level before, or what the run proposed"`
	Version    int        `json:"version" minimum:"0" doc:"Version the change is made on; 0 before the first"`
	UpdatedAt  int64      `json:"updated_at" doc:"Unix milliseconds"`
}

// Reach says about whom a member of a panel decides.
type Reach string

// VoteRule says which votes settle a disputed move.
type VoteRule string

// OnDeadline says what becomes of what no vote settled in time.
type OnDeadline string

// The rules of procedure.
const (
	ReachDepartment Reach      = "department"
	ReachAll        Reach      = "all"
	Majority        VoteRule   = "majority"
	Unanimity       VoteRule   = "unanimity"
	DeadlineKeep    OnDeadline = "keep"
	DeadlineAgree   OnDeadline = "agree"
)

// PanelMember is a seat of a panel.
type PanelMember struct {
	StaffID      int64  `json:"staff_id" minimum:"1"`
	Name         string `json:"name" readOnly:"true"`
	DepartmentID int64  `json:"department_id" minimum:"0" doc:"For which department; 0 for the whole company"`
	DeputyID     int64  `json:"deputy_id" minimum:"0" doc:"Acts while the member is away; 0 for nobody"`
	DeputyName   string `json:"deputy_name" readOnly:"true"`
	Away         bool   `json:"away" readOnly:"true"`
}

// maxPanel bounds the members of a panel.
const maxPanel = 50

// Panel reads that of a dimension; one without members and at version 0 where
// none was set. Error: tier.no_such_dimension.
func (s *Service) Panel(ctx context.Context, dimension string) (Panel, error) {
	if _, err := s.Grading.Dimension(ctx, dimension); err != nil {
		return Panel{}, err
	}
	p, err := s.store.panel(ctx, dimension)
	if db.IsNoRow(err) {
		p, err = Panel{Dimension: dimension, Members: []PanelMember{}, Reach: ReachDepartment, Rule: Majority, Quorum: 1, Days: 14, OnDeadline: DeadlineKeep}, nil
	}
	if err != nil {
		return p, err
	}
	return p, s.namePanel(ctx, &p)
}

func (s *Service) namePanel(ctx context.Context, p *Panel) error {
	away, err := s.store.away(ctx)
	if err != nil {
		return err
	}
	var people []auth.Author
	for i := range p.Members {
		m := &p.Members[i]
		m.Away = away[m.StaffID]
		people = append(people, auth.By(m.StaffID, &m.Name), auth.By(m.DeputyID, &m.DeputyName))
	}
	return s.Names.Sign(ctx, people...)
}

// SavePanel sets the panel of a dimension. Reviews that are open go on by the
// panel they were opened with. Errors: tier.no_such_dimension,
// tier.panel_changed, tier.panel_invalid with its fields.
func (s *Service) SavePanel(ctx context.Context, dimension string, p Panel) (Panel, error) {
	p.Dimension = dimension
	if err := s.checkPanel(ctx, &p); err != nil {
		return p, err
	}
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		before, err := s.Panel(ctx, dimension)
		if err != nil {
			return err
		}
		if before.Version != p.Version {
			return errs.New(errs.Conflict, "tier.panel_changed", "version", before.Version)
		}
		p.Version++
		p.UpdatedAt = s.now()
		if err := s.store.savePanel(ctx, &p, auth.StaffID(ctx)); err != nil {
			return err
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "tier.panel_update", ObjectType: "tier_dimension", ObjectID: dimension, Before: before, After: p})
	})
	if err != nil {
		return p, err
	}
	return s.Panel(ctx, dimension)
}

func (s *Service) checkPanel(ctx context.Context, p *Panel) error {
	e := errs.New(errs.Invalid, "tier.panel_invalid")
	if len(p.Members) == 0 || len(p.Members) > maxPanel {
		e.WithField("members", "tier.panel_size", "max", maxPanel)
	}
	ids := p.people()
	var names map[int64]string
	if s.Names != nil && len(ids) > 0 {
		var err error
		if names, err = s.Names(ctx, ids); err != nil {
			return err
		}
	}
	seen := map[int64]bool{}
	for i := range p.Members {
		m := &p.Members[i]
		m.Name, m.DeputyName, m.Away = "", "", false
		at := "members[" + strconv.Itoa(i) + "]."
		if seen[m.StaffID] {
			e.WithField(at+"staff_id", "tier.panel_twice")
		}
		seen[m.StaffID] = true
		if m.DeputyID == m.StaffID {
			e.WithField(at+"deputy_id", "tier.own_deputy")
		}
		for path, id := range map[string]int64{"staff_id": m.StaffID, "deputy_id": m.DeputyID} {
			if id != 0 && names != nil && names[id] == "" {
				e.WithField(at+path, "tier.no_such_staff")
			}
		}
	}
	if p.Quorum < 1 || p.Quorum > max(1, len(p.Members)) {
		e.WithField("quorum", "tier.bad_quorum", "max", len(p.Members))
	}
	if p.Days < 1 || p.Days > 365 {
		e.WithField("days", "tier.bad_days", "max", 365)
	}
	if p.Reach != ReachAll && p.Reach != ReachDepartment {
		e.WithField("reach", "tier.bad_choice")
	}
	if p.Rule != Majority && p.Rule != Unanimity {
		e.WithField("rule", "tier.bad_choice")
	}
	if p.OnDeadline != DeadlineKeep && p.OnDeadline != DeadlineAgree {
		e.WithField("on_deadline", "tier.bad_choice")
	}
	return e.OrNil()
}

// people are the members and deputies, each once.
func (p *Panel) people() []int64 {
	var ids []int64
	for _, m := range p.Members {
		for _, id := range []int64{m.StaffID, m.DeputyID} {
			if id != 0 && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// seats are the members for whom a person acts: for himself or herself, and as
// the deputy of whoever is away.
func (p *Panel) seats(staff int64, away map[int64]bool) []PanelMember {
	var out []PanelMember
	for _, m := range p.Members {
		if staff != 0 && (m.StaffID == staff || m.DeputyID == staff && away[m.StaffID]) {
			out = append(out, m)
		}
	}
	return out
}

// outside refuses who has no seat to act for: a deputy is told to wait.
func (p *Panel) outside(staff int64) error {
	if staff != 0 && slices.Contains(p.people(), staff) && !slices.ContainsFunc(p.Members, func(m PanelMember) bool { return m.StaffID == staff }) {
		return errs.New(errs.Forbidden, "tier.deputy_waits")
	}
	return errs.New(errs.Forbidden, "tier.not_on_panel")
}

// SetAway says that a member of panels is away or back: oneself, or, with the
// permission to edit schemes, anybody. Errors: forbidden, tier.no_such_staff.
func (s *Service) SetAway(ctx context.Context, staff int64, away bool) error {
	me := auth.StaffID(ctx)
	if staff == 0 {
		staff = me
	}
	if staff != me && !can(ctx, tiering.PermScheme) {
		return errs.New(errs.Forbidden, "forbidden", "permission", string(tiering.PermScheme))
	}
	if s.Names != nil {
		if names, err := s.Names(ctx, []int64{staff}); err != nil || names[staff] == "" {
			if err == nil {
				err = errs.New(errs.NotFound, "tier.no_such_staff")
			}
			return err
		}
	}
	return s.DB.InTx(ctx, func(ctx context.Context) error {
		changed, err := s.store.setAway(ctx, staff, me, away, s.now())
		if err != nil || !changed {
			return err
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "tier.away", ObjectType: "staff", ObjectID: strconv.FormatInt(staff, 10), After: map[string]any{"away": away}})
	})
}

// tally is what the votes on one move come to; ok is false while they settle
// nothing.
func (p *Panel) tally(votes []int16) (level int16, ok bool) {
	if len(votes) < p.Quorum {
		return 0, false
	}
	counts := map[int16]int{}
	for _, v := range votes {
		counts[v]++
	}
	for v, n := range counts {
		if n == len(votes) || p.Rule == Majority && 2*n > len(votes) {
			return v, true
		}
	}
	return 0, false
}
