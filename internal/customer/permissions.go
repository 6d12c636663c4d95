package customer

import "zhike/internal/platform/auth"

// The permissions of this package.
const (
	PermView   auth.Permission = "customer.view"
	PermReveal auth.Permission = "customer.reveal" // contacts in clear, one by one or in an export
	PermExport auth.Permission = "customer.export"
)

// Permissions lists them for the role editor.
var Permissions = []auth.Permission{PermView, PermReveal, PermExport}
