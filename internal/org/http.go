package org

import (
	"context"
	"net/http"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/web"
)

type idInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type body[T any] struct {
	Body T
}

type idBody[T any] struct {
	ID   int64 `path:"id" minimum:"1"`
	Body T
}

// Routes registers the endpoints.
func (s *Service) Routes(api *web.API) {
	s.sessionRoutes(api)
	s.staffRoutes(api)
	s.departmentRoutes(api)
	s.roleRoutes(api)
	s.noticeRoutes(api)
	s.exportRoutes(api)
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/settings", ID: "getSettings", Tag: "settings",
		Permission: PermSettingsView, Summary: "The company's settings"},
		func(ctx context.Context, _ *struct{}) (Settings, error) { return s.Settings(ctx) })
	web.Register(api, web.Route{Method: http.MethodPut, Path: "/settings", ID: "putSettings", Tag: "settings",
		Permission: PermSettingsManage, Summary: "Change the settings that are sent"},
		func(ctx context.Context, in *body[SettingsIn]) (Settings, error) { return s.SaveSettings(ctx, in.Body) })
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/settings/hours", ID: "getWorkHours", Tag: "settings",
		Permission: PermSettingsView, Summary: "When the company works"},
		func(ctx context.Context, _ *struct{}) (WorkHoursOut, error) { return s.WorkHours(ctx) })
	web.Register(api, web.Route{Method: http.MethodPut, Path: "/settings/hours", ID: "putWorkHours", Tag: "settings",
		Permission: PermSettingsManage, Summary: "Change when the company works"},
		func(ctx context.Context, in *body[WorkHours]) (WorkHoursOut, error) {
			return s.SaveWorkHours(ctx, in.Body)
		})
}

// maxLoginBody bounds what anybody may send who is not signed in, in bytes.
const maxLoginBody = 16 << 10

func (s *Service) sessionRoutes(api *web.API) {
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/session", ID: "login", Tag: "session",
		Permission: auth.Public, MaxBody: maxLoginBody, Summary: "Sign in; sets the session cookie"},
		func(ctx context.Context, in *body[LoginIn]) (Me, error) { return s.Login(ctx, in.Body) })
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/session", ID: "getSession", Tag: "session",
		Permission: auth.SignedIn, AllowMustChange: true, Summary: "Who is signed in"},
		func(ctx context.Context, _ *struct{}) (Me, error) { return s.Me(ctx) })
	web.Register(api, web.Route{Method: http.MethodDelete, Path: "/session", ID: "logout", Tag: "session",
		Permission: auth.Public, Summary: "Sign out; succeeds where nobody is signed in"},
		func(ctx context.Context, _ *struct{}) (struct{}, error) { return struct{}{}, s.Logout(ctx) })
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/session/password", ID: "changePassword", Tag: "session", NoReplay: true,
		Permission: auth.SignedIn, AllowMustChange: true, MaxBody: maxLoginBody,
		Summary: "Change one's own password; all other sessions of the person end"},
		func(ctx context.Context, in *body[PasswordIn]) (Me, error) { return s.ChangePassword(ctx, in.Body) })
}

func (s *Service) staffRoutes(api *web.API) {
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/staff", ID: "listStaff", Tag: "staff",
		Permission: PermStaffView, Summary: "People within one's scope"}, s.ListStaff)
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/staff", ID: "createStaff", Tag: "staff", NoReplay: true, Status: http.StatusCreated,
		Permission: PermStaffManage, Summary: "Add a person; the answer shows the first password once"},
		func(ctx context.Context, in *body[StaffIn]) (StaffSecret, error) { return s.CreateStaff(ctx, in.Body) })
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/staff/{id}", ID: "getStaff", Tag: "staff",
		Permission: PermStaffView, Summary: "One person"},
		func(ctx context.Context, in *idInput) (Staff, error) { return s.GetStaff(ctx, in.ID) })
	web.Register(api, web.Route{Method: http.MethodPatch, Path: "/staff/{id}", ID: "updateStaff", Tag: "staff",
		Permission: PermStaffManage, Summary: "Change, disable or enable a person"},
		func(ctx context.Context, in *idBody[StaffPatch]) (Staff, error) {
			return s.UpdateStaff(ctx, in.ID, in.Body)
		})
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/staff/{id}/password-reset", ID: "resetPassword", Tag: "staff", NoReplay: true,
		Permission: PermStaffManage, Summary: "Give a person a one-time password, shown once; ends the person's sessions"},
		func(ctx context.Context, in *idInput) (StaffSecret, error) { return s.ResetPassword(ctx, in.ID) })
}

func (s *Service) departmentRoutes(api *web.API) {
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/departments", ID: "listDepartments", Tag: "departments",
		Permission: auth.SignedIn, Summary: "All departments, parents before children"},
		func(ctx context.Context, _ *struct{}) (web.List[Department], error) {
			list, err := s.Departments(ctx)
			return web.NewList(list), err
		})
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/departments", ID: "createDepartment", Tag: "departments",
		Status: http.StatusCreated, Permission: PermDepartmentManage, Summary: "Add a department"},
		func(ctx context.Context, in *body[DepartmentIn]) (Department, error) {
			return s.CreateDepartment(ctx, in.Body)
		})
	web.Register(api, web.Route{Method: http.MethodPatch, Path: "/departments/{id}", ID: "updateDepartment", Tag: "departments",
		Permission: PermDepartmentManage, Summary: "Rename or move a department with all below it"},
		func(ctx context.Context, in *idBody[DepartmentPatch]) (Department, error) {
			return s.UpdateDepartment(ctx, in.ID, in.Body)
		})
	web.Register(api, web.Route{Method: http.MethodDelete, Path: "/departments/{id}", ID: "deleteDepartment", Tag: "departments",
		Permission: PermDepartmentManage, Summary: "Delete a department without people, departments and customers"},
		func(ctx context.Context, in *idInput) (struct{}, error) {
			return struct{}{}, s.DeleteDepartment(ctx, in.ID)
		})
}

func (s *Service) roleRoutes(api *web.API) {
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/roles", ID: "listRoles", Tag: "roles",
		Permission: PermStaffView, Summary: "All roles"},
		func(ctx context.Context, _ *struct{}) (web.List[Role], error) {
			list, err := s.Roles(ctx)
			return web.NewList(list), err
		})
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/roles", ID: "createRole", Tag: "roles",
		Status: http.StatusCreated, Permission: PermRoleManage, Summary: "Add a role within one's own rights"},
		func(ctx context.Context, in *body[RoleIn]) (Role, error) { return s.CreateRole(ctx, in.Body) })
	web.Register(api, web.Route{Method: http.MethodPatch, Path: "/roles/{id}", ID: "updateRole", Tag: "roles",
		Permission: PermRoleManage, Summary: "Change a role; those who have it sign in again"},
		func(ctx context.Context, in *idBody[RolePatch]) (Role, error) {
			return s.UpdateRole(ctx, in.ID, in.Body)
		})
	web.Register(api, web.Route{Method: http.MethodDelete, Path: "/roles/{id}", ID: "deleteRole", Tag: "roles",
		Permission: PermRoleManage, Summary: "Delete a role that nobody has"},
		func(ctx context.Context, in *idInput) (struct{}, error) {
			return struct{}{}, s.DeleteRole(ctx, in.ID)
		})
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/roles/fields", ID: "listRoleFields", Tag: "roles",
		Permission: PermStaffView, Summary: "Fields of customers that a role can hide or make read-only"},
		func(ctx context.Context, _ *struct{}) (web.List[AccessField], error) {
			list, err := s.accessFields(ctx)
			return web.NewList(list), err
		})
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/permissions", ID: "listPermissions", Tag: "roles",
		Permission: PermStaffView, Summary: "All permissions that a role may have"},
		func(context.Context, *struct{}) (web.List[PermissionView], error) {
			return web.NewList(s.PermissionList()), nil
		})
}
