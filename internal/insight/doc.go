// Package insight sums the company up for the first page people see.
//
// The figures are computed in the background, after an import and once a day,
// and kept as one document: a page that everybody opens each morning must not
// scan ten million orders each time. They are of orders and customers alone; a
// grading changes none of them, and its levels are read as they are. The
// document says the day and the moment it is from.
package insight

import "zhike/internal/platform/auth"

// PermView lets a person see company-wide totals. Who lacks it gets the page
// without figures.
const PermView auth.Permission = "report.view"
