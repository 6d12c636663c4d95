package app

import (
	"context"
	"time"

	"zhike/internal/platform/i18n"
)

// lifecycle tells how the stages of customers follow. A code of what is wrong with
// a rule is an error's: i18n-keys: errors.*
func (d *doctor) lifecycle(ctx context.Context, a *App) {
	s, err := a.Lifecycle.Status(ctx)
	lag := time.Duration(s.LagMS) * time.Millisecond
	switch {
	case err != nil:
		d.failed("lifecycle", err, "doctor.database.fix")
	case s.Problem != "":
		d.add("lifecycle", StatusWarning, "doctor.lifecycle.troubled", "doctor.lifecycle.troubled_fix",
			"problem", i18n.T(d.locale, "errors."+s.Problem, nil), "at", s.At)
	case s.Day == 0:
		d.add("lifecycle", StatusOK, "doctor.lifecycle.none", "")
	case !s.Working:
		// Of a server that is not running; `zhike doctor` may ask then.
		d.add("lifecycle", StatusOK, "doctor.lifecycle.idle", "", "day", s.Day.String())
	case lag > lagging:
		d.add("lifecycle", StatusWarning, "doctor.lifecycle.behind", "doctor.lifecycle.behind_fix", "seconds", i18n.Decimal(lag.Seconds(), 0))
	default:
		d.add("lifecycle", StatusOK, "doctor.lifecycle.ok", "", "day", s.Day.String(), "seconds", i18n.Decimal(lag.Seconds(), 0))
	}
}
