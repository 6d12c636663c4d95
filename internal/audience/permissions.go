package audience

import "zhike/internal/platform/auth"

// The permissions of this package. Whatever shows customers needs customer.view
// beside them, and a file of members customer.export.
const (
	PermView auth.Permission = "audience.view"
	PermEdit auth.Permission = "audience.edit"
)

// Permissions lists them for the role editor.
var Permissions = []auth.Permission{PermView, PermEdit}
