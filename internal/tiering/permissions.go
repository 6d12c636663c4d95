package tiering

import "zhike/internal/platform/auth"

// The permissions of this package.
const (
	PermView         auth.Permission = "tier.view"
	PermRun          auth.Permission = "tier.run"
	PermScheme       auth.Permission = "tier.scheme"
	PermReport       auth.Permission = "report.view"
	PermReportExport auth.Permission = "report.export"

	// The procedure: to decide in reviews (beside a seat in the panel), to open and
	// end them, to object, to grade by hand and answer objections, to assess.
	PermReview  auth.Permission = "tier.review"
	PermPublish auth.Permission = "tier.publish"
	PermAppeal  auth.Permission = "tier.appeal"
	PermHand    auth.Permission = "tier.hand"
	PermAssess  auth.Permission = "tier.assess"
)

// Permissions lists them for the role editor.
var Permissions = []auth.Permission{PermView, PermRun, PermScheme, PermReview, PermPublish, PermAppeal, PermHand, PermAssess, PermReport, PermReportExport}
