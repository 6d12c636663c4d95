package customer

import (
	"context"
	"slices"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
)

// TeamRole says what somebody does for a customer.
type TeamRole string

// The roles in a service team. The adviser of the record is in the team as such.
const (
	TeamAdviser TeamRole = "adviser"
	TeamService TeamRole = "service"
	TeamSales   TeamRole = "sales"
	TeamSupport TeamRole = "support"
	TeamViewer  TeamRole = "viewer"
)

// teamRoles are those that can be given; adviser comes with the record's field.
var teamRoles = []TeamRole{TeamService, TeamSales, TeamSupport, TeamViewer}

// TeamMember is somebody of a customer's service team.
type TeamMember struct {
	ID      int64    `json:"id" doc:"Of the member of staff"`
	Name    string   `json:"name"`
	Role    TeamRole `json:"role" enum:"adviser,service,sales,support,viewer"`
	AddedAt int64    `json:"added_at" doc:"unix ms"`
}

// maxTeam bounds the team of a customer.
const maxTeam = 30

// team gives the customers in whose team the actor is, as far as lists need them.
func (s *Service) team(ctx context.Context) ([]int64, error) {
	a := auth.From(ctx)
	if a == nil || seesAll(a) || a.StaffID == 0 {
		return nil, nil
	}
	return s.teams.get(idText(a.StaffID), func() ([]int64, error) { return s.store.teamOf(ctx, a.StaffID) })
}

// SetTeam puts somebody into the service team of a customer, or gives another
// role. Errors: forbidden without customer.assign, customer.no_staff,
// customer.bad_value, customer.too_many, and those of Change.
func (s *Service) SetTeam(ctx context.Context, id, version, staffID int64, role TeamRole) (*Record, error) {
	if err := auth.Require(ctx, PermAssign); err != nil {
		return nil, err
	}
	if !slices.Contains(teamRoles, role) {
		return nil, badValue("role")
	}
	err := s.editOne(ctx, id, version, WriteOptions{Action: "customer.team_set"}, func(ctx context.Context, r *Stored) ([]Change, error) {
		people, err := s.store.people(ctx, []int64{staffID})
		if err != nil {
			return nil, err
		}
		if p, ok := people[staffID]; !ok || p.disabled {
			return nil, errs.New(errs.Invalid, "invalid").WithField("staff_id", "customer.no_staff")
		}
		team, err := s.store.team(ctx, id)
		if err != nil {
			return nil, err
		}
		before := ""
		for _, m := range team {
			if m.ID != staffID {
				continue
			}
			if m.Role == role {
				return nil, errUnchanged
			}
			if m.Role == TeamAdviser {
				return nil, errs.New(errs.Conflict, "customer.adviser_in_team")
			}
			before = teamText(staffID, m.Role)
		}
		if before == "" && len(team) >= maxTeam {
			return nil, errs.New(errs.Invalid, "invalid").WithField("staff_id", "customer.too_many", "max", maxTeam)
		}
		if err := s.store.putTeam(ctx, id, staffID, role, s.now()); err != nil {
			return nil, err
		}
		return []Change{{CustomerID: id, Field: fieldTeam, Before: before, After: teamText(staffID, role)}}, nil
	})
	if err != nil {
		return nil, err
	}
	return s.Read(ctx, id)
}

// LeaveTeam takes somebody out of the service team of a customer. Errors:
// forbidden without customer.assign, customer.not_in_team,
// customer.adviser_in_team, and those of Change.
func (s *Service) LeaveTeam(ctx context.Context, id, version, staffID int64) (*Record, error) {
	if err := auth.Require(ctx, PermAssign); err != nil {
		return nil, err
	}
	err := s.editOne(ctx, id, version, WriteOptions{Action: "customer.team_leave"}, func(ctx context.Context, r *Stored) ([]Change, error) {
		team, err := s.store.team(ctx, id)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(team, func(m TeamMember) bool { return m.ID == staffID })
		if i < 0 {
			return nil, errs.New(errs.NotFound, "customer.not_in_team")
		}
		if team[i].Role == TeamAdviser {
			return nil, errs.New(errs.Conflict, "customer.adviser_in_team")
		}
		if err := s.store.dropTeam(ctx, id, staffID); err != nil {
			return nil, err
		}
		return []Change{{CustomerID: id, Field: fieldTeam, Before: teamText(staffID, team[i].Role)}}, nil
	})
	if err != nil {
		return nil, err
	}
	return s.Read(ctx, id)
}

// teamText is a member of a team as the history writes it.
func teamText(staffID int64, role TeamRole) string { return string(role) + ":" + idText(staffID) }

// HandOver gives a customer to another owner, and with the owner to the owner's
// department ([departmentWith]). With keep the one before stays in the service team. The owner may hand over what is his or hers, others need
// customer.assign. Errors: forbidden, customer.no_staff, customer.bad_value
// without a new owner, and those of Change.
func (s *Service) HandOver(ctx context.Context, id, version, ownerID int64, keep bool) (*Record, error) {
	a := auth.From(ctx)
	err := s.editOne(ctx, id, version, WriteOptions{Action: "customer.hand_over"}, func(ctx context.Context, r *Stored) ([]Change, error) {
		if !a.Can(PermAssign) && (!a.Can(PermEdit) || r.OwnerID != a.StaffID) {
			return nil, errs.New(errs.Forbidden, "forbidden", "permission", string(PermAssign))
		}
		people, err := s.store.people(ctx, unique(withoutZero([]int64{ownerID, r.OwnerID})))
		if err != nil {
			return nil, err
		}
		next, ok := people[ownerID]
		if !ok || next.disabled {
			return nil, errs.New(errs.Invalid, "invalid").WithField(fieldOwner, "customer.no_staff")
		}
		if r.OwnerID == ownerID {
			return nil, errUnchanged
		}
		changes := []Change{{CustomerID: id, Field: fieldOwner, Before: idText(r.OwnerID), After: idText(ownerID)}}
		department := departmentWith(r, people[r.OwnerID], next)
		if department != r.DepartmentID {
			changes = append(changes, Change{CustomerID: id, Field: fieldDepartment, Before: idText(r.DepartmentID), After: idText(department)})
		}
		if err := s.store.setOwner(ctx, id, ownerID, department, s.now()); err != nil {
			return nil, err
		}
		if keep && r.OwnerID != 0 {
			team, err := s.store.team(ctx, id)
			if err != nil {
				return nil, err
			}
			if !slices.ContainsFunc(team, func(m TeamMember) bool { return m.ID == r.OwnerID }) {
				if err := s.store.putTeam(ctx, id, r.OwnerID, TeamService, s.now()); err != nil {
					return nil, err
				}
				changes = append(changes, Change{CustomerID: id, Field: fieldTeam, After: teamText(r.OwnerID, TeamService)})
			}
		}
		return changes, nil
	})
	if err != nil {
		return nil, err
	}
	out, err := s.Read(ctx, id)
	if errs.Is(err, "customer.not_found") {
		// Given away for good: the actor no longer sees it.
		return nil, nil
	}
	return out, err
}
