package program

import (
	"testing"
	"time"
)

// The company's day follows its time zone without a restart: the two zones are
// 25 hours apart, so that it is never the same day in both.
func TestZoneTakesEffectAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, in *install) {
		s := in.serve()
		defer s.stop()
		p := s.signIn(s.login, s.secret)
		p.must("POST", "/session/password", map[string]string{"current": s.secret, "new": password}, nil)
		asOf := func(zone, scheme string) time.Time {
			p.must("PUT", "/settings", map[string]string{"time_zone": zone}, nil)
			var run struct {
				AsOf string `json:"as_of"`
			}
			p.must("POST", "/tiering/runs", map[string]string{"scheme": scheme}, &run)
			day, err := time.Parse(time.DateOnly, run.AsOf)
			if err != nil {
				t.Fatal(err)
			}
			return day
		}
		east := asOf("Pacific/Kiritimati", "value-rules")
		west := asOf("Pacific/Pago_Pago", "value-score")
		if !west.Before(east) {
			t.Errorf("a run of today is as of %s in the east and of %s in the west", east, west)
		}
	})
}
