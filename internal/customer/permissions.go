package customer

import "zhike/internal/platform/auth"

// The permissions of this package.
const (
	PermView      auth.Permission = auth.ViewCustomers
	PermReveal    auth.Permission = "customer.reveal" // contacts in clear, one by one or in an export
	PermExport    auth.Permission = "customer.export"
	PermCreate    auth.Permission = "customer.create"
	PermEdit      auth.Permission = "customer.edit"
	PermDelete    auth.Permission = "customer.delete"
	PermAssign    auth.Permission = "customer.assign" // owner, adviser, team, department, and the rules of the pool
	PermPool      auth.Permission = "customer.pool"   // see the public pool, claim and release
	PermBulk      auth.Permission = "customer.bulk"   // edit all that a list shows at once
	PermShareView auth.Permission = "view.share"      // views for everybody, and the first view of a role
	PermFeed      auth.Permission = "api.feed"        // what changed, for other systems
)

// Permissions lists them for the role editor.
var Permissions = []auth.Permission{
	PermView, PermReveal, PermExport, PermCreate, PermEdit, PermDelete, PermAssign, PermPool, PermBulk, PermShareView, PermFeed, PermUpsert,
}
