package org

import (
	"context"
	"net/http"
	"strings"
	"time"

	"zhike/internal/platform/i18n"
	"zhike/internal/platform/sheet"
	"zhike/internal/platform/web"
)

// exportBatch is how many people an export reads at once.
const exportBatch = 500

// staffExport asks for the list of people as a file.
type staffExport struct {
	Q            string `query:"q" maxLength:"100" doc:"Part of a name or login"`
	DepartmentID int64  `query:"department_id" minimum:"0" doc:"In this department or below it"`
	RoleID       int64  `query:"role_id" minimum:"0"`
	Disabled     string `query:"disabled" enum:"true,false"`
	Sort         string `query:"sort" maxLength:"64" doc:"As in the list"`
	Format       string `query:"format" enum:"csv,xlsx" default:"csv"`
	Columns      string `query:"columns" maxLength:"1000" doc:"Not used: the file is always whole"`
}

type roleExport struct {
	Format  string `query:"format" enum:"csv,xlsx" default:"csv"`
	Columns string `query:"columns" maxLength:"1000" doc:"Not used: the file is always whole"`
}

func (s *Service) exportRoutes(api *web.API) {
	web.RegisterDownload(api, web.Route{Method: http.MethodGet, Path: "/staff/export", ID: "exportStaff", Tag: "staff",
		Permission: PermStaffView, Produces: "text/csv", Summary: "Download the people within one's scope as CSV or XLSX; recorded"}, s.exportStaff)
	web.RegisterDownload(api, web.Route{Method: http.MethodGet, Path: "/roles/export", ID: "exportRoles", Tag: "roles",
		Permission: PermStaffView, Produces: "text/csv", Summary: "Download all roles with their permissions as CSV or XLSX; recorded"}, s.exportRoles)
}

// exportFile is one export on its way.
type exportFile struct {
	s       *Service
	locale  string
	zone    *time.Location
	out     sheet.Writer
	rows    int64
	about   map[string]any
	action  string
	object  string
	columns []sheet.Column
	format  string
	name    string // key of the text
}

func (x *exportFile) t(key string) string { return i18n.T(x.locale, key, nil) }

// column adds a column with the text of a key as its title.
func (x *exportFile) column(key string, width float64) {
	x.columns = append(x.columns, sheet.Column{Title: x.t(key), Width: width})
}

// write records that the export begins, sends the rows that each gives to it,
// and records how it ended, also where that was early.
func (x *exportFile) write(ctx context.Context, w http.ResponseWriter, each func() error) error {
	if err := x.s.record(ctx, x.action, x.object, 0, nil, x.about); err != nil {
		return err
	}
	day := x.s.Clock.Now().In(x.zone).Format(time.DateOnly)
	web.Attachment(w.Header(), x.t(x.name)+"-"+day+"."+x.format, "")
	err := func() (err error) {
		if x.out, err = sheet.NewWriter(w, x.format, x.t(x.name), x.columns); err != nil {
			return err
		}
		if err := each(); err != nil {
			return err
		}
		return x.out.Close()
	}()
	// Written even where the caller went away in the middle.
	ended := map[string]any{"rows": x.rows, "format": x.format, "complete": err == nil}
	if e := x.s.record(context.WithoutCancel(ctx), x.action+"_ended", x.object, 0, nil, ended); err == nil {
		err = e
	}
	return err
}

func (x *exportFile) row(cells ...sheet.Cell) error {
	x.rows++
	return x.out.Write(cells...)
}

// at is an instant in company time; an empty cell for none.
func (x *exportFile) at(ms *int64) sheet.Cell {
	if ms == nil || *ms == 0 {
		return sheet.Cell{}
	}
	return sheet.DateTime(time.UnixMilli(*ms).In(x.zone))
}

// i18n-keys: staff.*, roles.*, common.*, scope.*, permission.*, org.export.*

func (s *Service) exportStaff(ctx context.Context, in *staffExport, w http.ResponseWriter) error {
	query := &StaffQuery{Q: in.Q, DepartmentID: in.DepartmentID, RoleID: in.RoleID, Disabled: in.Disabled}
	query.Sort = in.Sort
	q, err := s.searchStaff(ctx, query)
	if err != nil {
		return err
	}
	x := &exportFile{
		s: s, locale: web.Locale(ctx), zone: s.Zone(), format: in.Format, name: "org.export.staff", action: "staff.export", object: "staff",
		// Not the text searched for, which may be a person: only that there was one.
		about: map[string]any{"format": in.Format, "department_id": in.DepartmentID, "role_id": in.RoleID, "disabled": in.Disabled, "text": in.Q != ""},
	}
	for _, c := range []struct {
		key   string
		width float64
	}{
		{"staff.name", 16}, {"staff.login", 20}, {"staff.department", 18}, {"staff.roles", 28}, {"common.status", 10},
		{"staff.last_login", 20}, {"common.created_at", 20},
	} {
		x.column(c.key, c.width)
	}
	return x.write(ctx, w, func() error {
		var after []any
		for {
			items, last, err := s.staffPage(ctx, q, after, exportBatch)
			if err != nil {
				return err
			}
			for i := range items {
				st := &items[i]
				err := x.row(sheet.Text(st.Name), sheet.Text(st.Login), sheet.Text(st.DepartmentName), sheet.Text(roleNames(st.Roles)),
					sheet.Text(x.t("staff.state."+st.state())), x.at(st.LastLoginAt), x.at(&st.CreatedAt))
				if err != nil {
					return err
				}
			}
			if last == nil {
				return nil
			}
			after = last
		}
	})
}

func roleNames(roles []RoleRef) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = r.Name
	}
	return strings.Join(names, "、")
}

// state is the word that lists show for a person.
func (st *Staff) state() string {
	switch {
	case st.Disabled:
		return "disabled"
	case st.LockedUntil != nil:
		return "locked"
	case st.MustChange:
		return "must_change"
	}
	return "active"
}

func (s *Service) exportRoles(ctx context.Context, in *roleExport, w http.ResponseWriter) error {
	roles, err := s.Roles(ctx)
	if err != nil {
		return err
	}
	x := &exportFile{
		s: s, locale: web.Locale(ctx), zone: s.Zone(), format: in.Format, name: "org.export.roles", action: "role.export", object: "role",
		about: map[string]any{"format": in.Format},
	}
	x.column("org.export.role", 16)
	x.column("common.code", 16)
	x.column("roles.scope", 24)
	x.column("org.export.people", 8)
	for _, p := range s.Permissions {
		x.column("permission."+string(p), 0)
	}
	return x.write(ctx, w, func() error {
		for i := range roles {
			r := &roles[i]
			held := make(map[string]bool, len(r.Permissions))
			for _, p := range r.Permissions {
				held[string(p)] = true
			}
			cells := []sheet.Cell{sheet.Text(r.Name), sheet.Text(r.Code), sheet.Text(x.t("scope." + r.Scope)), sheet.Int(r.StaffCount)}
			for _, p := range s.Permissions {
				word := "common.no"
				if held[string(p)] {
					word = "common.yes"
				}
				cells = append(cells, sheet.Text(x.t(word)))
			}
			if err := x.row(cells...); err != nil {
				return err
			}
		}
		return nil
	})
}
