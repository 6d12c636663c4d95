package web

import (
	"net/http"
	"time"

	"zhike/internal/platform/errs"
)

// wait gives a request of a route with [Route.AtOnce] its turn and the way to
// end it. Its body is not read before: what waits takes no memory.
func (a *API) wait(rt *Route, st *state, r *http.Request) (done func(), err error) {
	if rt.turns == nil {
		return func() {}, nil
	}
	timeout := time.NewTimer(rt.Timeout)
	defer timeout.Stop()
	select {
	case rt.turns <- struct{}{}:
	case <-r.Context().Done():
		return nil, r.Context().Err()
	case <-timeout.C:
		return nil, errs.New(errs.RateLimited, "web.busy", RetryAfter, 5)
	}
	if st.body != nil { // the time of its body begins now
		_ = st.body.control.SetReadDeadline(time.Now().Add(a.limits.body))
	}
	return func() { <-rt.turns }, nil
}
