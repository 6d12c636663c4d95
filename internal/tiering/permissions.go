package tiering

import "zhike/internal/platform/auth"

// The permissions of this package.
const (
	PermView         auth.Permission = "tier.view"
	PermRun          auth.Permission = "tier.run"
	PermScheme       auth.Permission = "tier.scheme"
	PermReport       auth.Permission = "report.view"
	PermReportExport auth.Permission = "report.export"
)

// Permissions lists them for the role editor.
var Permissions = []auth.Permission{PermView, PermRun, PermScheme, PermReport, PermReportExport}
