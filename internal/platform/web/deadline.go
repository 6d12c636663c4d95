package web

import (
	"io"
	"net/http"
	"time"
)

// limits are the times of the connection; tests shorten them.
type limits struct {
	// body is how long an ordinary body may take to arrive.
	body time.Duration
	// stall is how long a raw upload or download may stand still.
	stall time.Duration
	// beat is the time between two signs of life of a stream; with each the
	// session is looked at again.
	beat time.Duration
}

var defaultLimits = limits{body: 20 * time.Second, stall: time.Minute, beat: 15 * time.Second}

// timedBody bounds how long a body takes to arrive: an ordinary one as a
// whole, a raw one from piece to piece. The server itself has no read timeout,
// because its deadline stays on the connection after the body is read, and the
// context of a request that works longer would be cancelled by it.
type timedBody struct {
	io.ReadCloser
	control *http.ResponseController
	stall   time.Duration // 0 = the deadline set at the start is the only one
	done    bool
}

func (b *timedBody) Read(p []byte) (int, error) {
	if b.stall > 0 && !b.done {
		_ = b.control.SetReadDeadline(time.Now().Add(b.stall))
	}
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF && !b.done {
		b.done = true
		_ = b.control.SetReadDeadline(time.Time{})
	}
	return n, err
}

// boundBody sets the deadline of a body before anything of the request is
// looked at: a body that nobody reads is bounded by it, too.
func (a *API) boundBody(st *state, r *http.Request) {
	if r.Body == nil || r.Body == http.NoBody {
		return
	}
	control := http.NewResponseController(st.writer.ResponseWriter)
	_ = control.SetReadDeadline(time.Now().Add(a.limits.body))
	st.body = &timedBody{ReadCloser: r.Body, control: control}
	r.Body = st.body
}

// SetReadDeadline does nothing: the deadline of the body is ours, and huma
// would set one of its own that stays on the connection.
func (w *responseWriter) SetReadDeadline(time.Time) error { return nil }
