package lifecycle

import "zhike/internal/platform/auth"

// The permissions of this package. Whatever shows customers needs customer.view
// beside them.
const (
	PermView   auth.Permission = "lifecycle.view"
	PermEdit   auth.Permission = "lifecycle.edit"   // decide by hand, work with tools
	PermConfig auth.Permission = "lifecycle.config" // stages, moves, tools

	PermApprove auth.Permission = "lifecycle.approve" // handbook and SOP
)

// Permissions lists them for the role editor.
var Permissions = []auth.Permission{PermView, PermEdit, PermConfig, PermApprove}
