// Package field knows what a company keeps about its customers beyond the
// record that is shipped: the definitions of custom fields and their values.
//
// A definition has a code that never changes, by which files, filters and the
// API name it, and a kind:
//
//	text          up to 500 characters on one line
//	number        a decimal with a fixed number of decimals (scale)
//	money         分
//	date          a day in company time
//	choice        one of the options
//	multi_choice  several of the options
//	reference     a customer or a member of staff
//
// Invariants:
//
//   - from the first value on a field keeps its kind, scale and target, and it
//     can be retired but not deleted; options that customers have stay too;
//   - the bounds of a number or an amount bind what is written from then on; values
//     that were there before stay, and may be written again as they are;
//   - a retired field or option keeps its values, shows them, and takes no new
//     ones;
//   - every write to definitions raises field_state.version; what a process
//     keeps in memory about them holds for one version.
//
// Customers are known here as ids only. Who may see or edit one, its version
// and its history are the business of package customer, which comes in by the
// interface [Records].
package field

import "zhike/internal/platform/auth"

// PermManage lets a person define fields. Their values are written with the
// customer, by whoever may edit it.
const PermManage auth.Permission = "field.manage"

// Permissions lists them for the role editor.
var Permissions = []auth.Permission{PermManage}

// Names of permissions that package customer owns.
const (
	permView auth.Permission = auth.ViewCustomers
	permEdit auth.Permission = "customer.edit"
)
