package app

import (
	"context"
	"time"

	"zhike/internal/audience"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/web"
)

// follower makes what follows the members of audiences; it runs while the
// program serves.
func (a *App) follower(zone clock.Zone) {
	a.Follower = audience.NewFollower(audience.FollowDeps{
		DB: a.DB, Clock: a.Clock, Zone: zone, Log: a.Log, Customers: a.Customer, Node: a.node,
	})
	a.Follower.Register(a.Jobs.Registry())
}

func (a *App) followMetrics(m *web.Metrics) { m.Register(a.Follower.Collectors()...) }

// lagging is from how much on members that are behind are told as a trouble.
const lagging = 2 * time.Minute

// following tells how the members of audiences follow.
func (d *doctor) following(ctx context.Context, a *App) {
	s, err := a.Follower.Overview(ctx)
	lag := i18n.Decimal(float64(s.LagMS)/1000, 1)
	switch {
	case err != nil:
		d.failed("following", err, "doctor.database.fix")
	case s.Followed == 0:
		d.add("following", StatusOK, "doctor.following.none", "")
	case s.Troubled > 0:
		d.add("following", StatusWarning, "doctor.following.troubled", "doctor.following.troubled_fix", "followed", s.Followed, "troubled", s.Troubled)
	case s.LagMS > lagging.Milliseconds():
		d.add("following", StatusWarning, "doctor.following.behind", "doctor.following.behind_fix", "followed", s.Followed, "waiting", s.Waiting, "seconds", lag)
	default:
		d.add("following", StatusOK, "doctor.following.ok", "", "followed", s.Followed, "ms", s.TookMS, "seconds", lag)
	}
}
