package web

import "time"

// SetLimits shortens the times of connections for a test.
func SetLimits(a *API, body, stall, beat time.Duration) {
	a.limits = limits{body: body, stall: stall, beat: beat}
}
