// Package org knows who works with the program: departments, staff, roles,
// sessions and the company's settings.
//
// Departments form trees; the path "/1/4/9/" of ids makes "and below" a
// prefix. A role is a set of permissions with a scope; a person with several
// roles has the union of the permissions and the widest scope. Invariants:
//
//   - there is always an active person with the role admin, and that role
//     always holds every permission over everything;
//   - nobody gives, takes or touches rights beyond the own: neither by a role,
//     nor by putting somebody into one, nor by resetting a password;
//   - a change of password, roles or status raises staff.auth_version, and a
//     session with another number has ended;
//   - every write raises org_state.version first. That row is the lock that
//     orders the writes of all processes, and what a process keeps in memory
//     about people holds for one version. A session is looked up with that
//     version at most once a second: what another process changes holds
//     within a second, what the own process changes at once.
//
// Passwords are kept as argon2id in PHC form, session tokens as SHA-256.
package org

import "zhike/internal/platform/auth"

// The permissions of this package. Departments and their names may be read by
// anybody who is signed in.
const (
	PermStaffView        auth.Permission = "staff.view" // and roles
	PermStaffManage      auth.Permission = "staff.manage"
	PermRoleManage       auth.Permission = "role.manage"
	PermDepartmentManage auth.Permission = "department.manage"
	PermSettingsView     auth.Permission = "settings.view"
	PermSettingsManage   auth.Permission = "settings.manage"
)

// Permissions are those of this package, in the order they are shown.
var Permissions = []auth.Permission{
	PermStaffView, PermStaffManage, PermRoleManage, PermDepartmentManage, PermSettingsView, PermSettingsManage,
}
