package org

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

const (
	maxDepartmentName  = 50   // characters
	maxDepartments     = 5000 // all are held in memory
	maxDepartmentDepth = 12
)

// Department is a department as it is shown.
type Department struct {
	ID         int64  `json:"id"`
	ParentID   *int64 `json:"parent_id" doc:"null at the top"`
	Name       string `json:"name"`
	HeadID     *int64 `json:"head_id" doc:"Who leads it, and is told where its people are late; null for nobody"`
	StaffCount int64  `json:"staff_count" doc:"People directly in it"`
}

// DepartmentIn makes a department.
type DepartmentIn struct {
	Name     string `json:"name" minLength:"1" maxLength:"50"`
	ParentID *int64 `json:"parent_id,omitempty" minimum:"1" nullable:"true" doc:"null or left out for the top"`
	HeadID   *int64 `json:"head_id,omitempty" minimum:"1" nullable:"true" doc:"Who leads it; null or left out for nobody"`
}

// DepartmentPatch changes the fields that are sent.
type DepartmentPatch struct {
	Name     *string             `json:"name,omitempty" minLength:"1" maxLength:"50"`
	ParentID web.Optional[int64] `json:"parent_id,omitempty" doc:"null moves it to the top"`
	HeadID   web.Optional[int64] `json:"head_id,omitempty" doc:"null: nobody leads it"`
}

func (d *departmentRow) view(staff int64) Department {
	out := Department{ID: d.id, Name: d.name, StaffCount: staff}
	if d.parentID != 0 {
		parent := d.parentID
		out.ParentID = &parent
	}
	if d.headID != 0 {
		head := d.headID
		out.HeadID = &head
	}
	return out
}

// departmentRecord is what the audit log says of a department.
type departmentRecord struct {
	Name     string `json:"name"`
	ParentID int64  `json:"parent_id,omitempty"`
	HeadID   int64  `json:"head_id,omitempty"`
}

func (d *departmentRow) record() departmentRecord {
	return departmentRecord{Name: d.name, ParentID: d.parentID, HeadID: d.headID}
}

// Departments gives all departments, parents before children.
func (s *Service) Departments(ctx context.Context) ([]Department, error) {
	p, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	load, err := s.staffPerDepartment(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Department, 0, len(p.departments))
	for _, d := range p.departments {
		out = append(out, d.view(load[d.id]))
	}
	slices.SortFunc(out, func(a, b Department) int {
		da, db := p.departments[a.ID], p.departments[b.ID]
		if c := strings.Count(da.path, "/") - strings.Count(db.path, "/"); c != 0 {
			return c
		}
		return int(a.ID - b.ID)
	})
	return out, nil
}

// CreateDepartment makes one below a parent or at the top. Errors:
// org.no_department, org.department_taken, org.department_deep,
// org.outside_scope, org.head_gone.
func (s *Service) CreateDepartment(ctx context.Context, in DepartmentIn) (out Department, err error) {
	var parent int64
	if in.ParentID != nil {
		parent = *in.ParentID
	}
	if err := mayPlace(ctx, parent); err != nil {
		return out, err
	}
	err = s.change(ctx, func(ctx context.Context) error {
		out, err = s.addDepartment(ctx, in.Name, parent, in.HeadID)
		return err
	})
	return out, err
}

// addDepartment makes a department inside a change; parent 0 is the top.
func (s *Service) addDepartment(ctx context.Context, name string, parent int64, head *int64) (Department, error) {
	name, err := checkName("name", name, maxDepartmentName)
	if err != nil {
		return Department{}, err
	}
	all, err := s.allDepartments(ctx)
	if err != nil {
		return Department{}, err
	}
	if len(all) >= maxDepartments {
		return Department{}, errs.New(errs.TooLarge, "org.too_many_departments", "max", maxDepartments)
	}
	id, err := s.DB.NextID(ctx, "department")
	if err != nil {
		return Department{}, err
	}
	d := &departmentRow{id: id, name: name, createdAt: s.now(), updatedAt: s.now()}
	if err := s.placeHead(ctx, d, head); err != nil {
		return Department{}, err
	}
	above := "/"
	if parent != 0 {
		p, err := s.parent(ctx, parent)
		if err != nil {
			return Department{}, err
		}
		above, d.parentID = p.path, p.id
	}
	d.path = above + idText(id) + "/"
	if err := checkDepth(d.path); err != nil {
		return Department{}, err
	}
	if err := s.uniqueSibling(ctx, d); err != nil {
		return Department{}, err
	}
	if err := s.insertDepartment(ctx, d); err != nil {
		return Department{}, err
	}
	return d.view(0), s.record(ctx, "department.create", "department", id, nil, d.record())
}

// parent gives a department that something is put under; its absence is a
// wrong field of the input.
func (s *Service) parent(ctx context.Context, id int64) (*departmentRow, error) {
	p, err := s.departmentByID(ctx, id)
	if errs.Is(err, "org.no_department") {
		return nil, errs.New(errs.Invalid, "invalid").WithField("parent_id", "org.no_department")
	}
	return p, err
}

func checkDepth(path string) error {
	if strings.Count(path, "/")-1 > maxDepartmentDepth {
		return errs.New(errs.Invalid, "invalid").WithField("parent_id", "org.department_deep", "max", maxDepartmentDepth)
	}
	return nil
}

func (s *Service) uniqueSibling(ctx context.Context, d *departmentRow) error {
	n, err := s.siblings(ctx, d)
	if err == nil && n > 0 {
		return errs.New(errs.Conflict, "org.department_taken", "name", d.name).WithField("name", "org.department_taken", "name", d.name)
	}
	return err
}

// UpdateDepartment renames or moves one with all below it. Beside the errors
// of CreateDepartment: org.department_cycle where it would come to stand
// below itself.
func (s *Service) UpdateDepartment(ctx context.Context, id int64, in DepartmentPatch) (out Department, err error) {
	if err := mayPlace(ctx, id); err != nil {
		return out, err
	}
	err = s.change(ctx, func(ctx context.Context) error {
		d, err := s.departmentByID(ctx, id)
		if err != nil {
			return err
		}
		before := d.record()
		if in.Name != nil {
			if d.name, err = checkName("name", *in.Name, maxDepartmentName); err != nil {
				return err
			}
		}
		if in.ParentID.Sent {
			if err := s.moveDepartment(ctx, d, in.ParentID.Value); err != nil {
				return err
			}
		}
		if in.HeadID.Sent {
			if err := s.placeHead(ctx, d, in.HeadID.Value); err != nil {
				return err
			}
		}
		load, err := s.staffPerDepartment(ctx)
		if err != nil {
			return err
		}
		if out = d.view(load[id]); d.record() == before {
			return nil
		}
		if err := s.uniqueSibling(ctx, d); err != nil {
			return err
		}
		d.updatedAt = s.now()
		if err := s.updateDepartment(ctx, d); err != nil {
			return err
		}
		return s.record(ctx, "department.update", "department", id, before, d.record())
	})
	return out, err
}

// moveDepartment puts d below another parent (nil: the top) and corrects the
// paths of everything below it.
func (s *Service) moveDepartment(ctx context.Context, d *departmentRow, to *int64) error {
	parent, above := int64(0), "/"
	if to != nil {
		p, err := s.parent(ctx, *to)
		if err != nil {
			return err
		}
		if strings.HasPrefix(p.path, d.path) {
			return errs.New(errs.Invalid, "invalid").WithField("parent_id", "org.department_cycle")
		}
		parent, above = p.id, p.path
	}
	if parent == d.parentID {
		return nil
	}
	if err := mayPlace(ctx, parent); err != nil {
		return err
	}
	path := above + idText(d.id) + "/"
	all, err := s.allDepartments(ctx)
	if err != nil {
		return err
	}
	for i := range all {
		if rest, ok := strings.CutPrefix(all[i].path, d.path); ok {
			if err := checkDepth(path + rest); err != nil {
				return err
			}
		}
	}
	if err := s.movePaths(ctx, d.path, path); err != nil {
		return err
	}
	d.parentID, d.path = parent, path
	return nil
}

// DeleteDepartment removes an empty one. Errors: org.department_has_staff,
// org.department_has_children, org.department_in_use (customers).
func (s *Service) DeleteDepartment(ctx context.Context, id int64) error {
	if err := mayPlace(ctx, id); err != nil {
		return err
	}
	return s.change(ctx, func(ctx context.Context) error {
		d, err := s.departmentByID(ctx, id)
		if err != nil {
			return err
		}
		staff, children, err := s.departmentLoad(ctx, id)
		if err != nil {
			return err
		}
		switch {
		case staff > 0:
			return errs.New(errs.Conflict, "org.department_has_staff", "count", staff)
		case children > 0:
			return errs.New(errs.Conflict, "org.department_has_children", "count", children)
		}
		if s.DepartmentInUse != nil {
			if used, err := s.DepartmentInUse(ctx, id); err != nil {
				return err
			} else if used {
				return errs.New(errs.Conflict, "org.department_in_use")
			}
		}
		if err := s.deleteDepartment(ctx, id); err != nil {
			return err
		}
		return s.record(ctx, "department.delete", "department", id, d.record(), nil)
	})
}

// mayPlace says whether the actor's scope covers a department; 0 is the top.
func mayPlace(ctx context.Context, departmentID int64) error {
	a := auth.From(ctx)
	if a == nil {
		return errs.New(errs.Unauthenticated, "unauthenticated")
	}
	if a.Scope == auth.ScopeAll || a.Scope == auth.ScopeDepartment && slices.Contains(a.DepartmentIDs, departmentID) {
		return nil
	}
	return errs.New(errs.Forbidden, "org.outside_scope")
}

// checkName trims a name that people read and refuses one that is empty, too
// long or holds line breaks.
func checkName(path, name string, most int) (string, error) {
	name = strings.TrimSpace(name)
	e := errs.New(errs.Invalid, "invalid")
	switch {
	case name == "":
		return "", e.WithField(path, "org.name_empty")
	case utf8.RuneCountInString(name) > most:
		return "", e.WithField(path, "org.name_long", "max", most)
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return "", e.WithField(path, "org.name_characters")
	}
	return name, nil
}
