// Package tag knows the tags of customers: short words in groups, such as
// industry, pain point and interest, by which people and rules find those who
// belong together.
//
// Invariants:
//
//   - a name is a tag's own over all groups, whatever its width and case, so
//     that a file needs no group to name one;
//   - a retired tag keeps its members and is not given anew;
//   - of an exclusive group a customer is given one tag at most: a new one
//     takes the place of the old one;
//   - a merge moves members and loses none; the merged tag stays as another
//     name of the one it went into, until somebody uses the name anew;
//   - every write to tags and groups raises tag_state.version; what a process
//     keeps in memory about them holds for one version.
//
// Customers are known here as ids only; their records come in by the interface
// [Records].
package tag

import "zhike/internal/platform/auth"

// The permissions of this package.
const (
	PermManage auth.Permission = "tag.manage" // groups and tags
	PermAssign auth.Permission = "tag.assign" // tags of customers
)

// Permissions lists them for the role editor.
var Permissions = []auth.Permission{PermManage, PermAssign}

// permView is a permission that package customer owns.
const permView auth.Permission = "customer.view"
