package web

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
)

const (
	// maxStreams and maxStreamsEach bound open streams of all and of one person.
	maxStreams     = 2000
	maxStreamsEach = 20
)

type streamLimit struct {
	mu    sync.Mutex
	all   int
	actor map[int64]int
}

func (l *streamLimit) init() { l.actor = map[int64]int{} }

func (l *streamLimit) enter(id int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all >= maxStreams || l.actor[id] >= maxStreamsEach {
		return false
	}
	l.all++
	l.actor[id]++
	return true
}

func (l *streamLimit) leave(id int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all--
	if l.actor[id]--; l.actor[id] == 0 {
		delete(l.actor, id)
	}
}

// RegisterStream serves server-sent events. fn runs until it returns, the
// caller goes away, the session ends or the server stops, which it sees by
// ctx; send writes one event with data as JSON and may be called from several
// goroutines. An error before the first event is answered as a problem, later
// as an event "error" with the problem as its data.
func RegisterStream(api *API, r Route, fn func(ctx context.Context, in *http.Request, send func(event string, data any) error) error) {
	r.stream = true
	r.Produces = "text/event-stream"
	op := api.operation(&r)
	api.documentRaw(&op, &r)
	rt := op.Metadata[routeKey].(*Route)
	api.handle(rt, func(_ http.ResponseWriter, req *http.Request) { api.stream(rt, req, fn) })
}

func (a *API) stream(rt *Route, req *http.Request, fn func(context.Context, *http.Request, func(string, any) error) error) {
	ctx, cancel := context.WithCancel(req.Context())
	defer cancel()
	w := stateOf(ctx).writer
	var id int64
	if actor := auth.From(ctx); actor != nil {
		id = actor.StaffID
	}
	if !a.streams.enter(id) {
		a.writeError(w, req, errs.New(errs.RateLimited, "web.too_many_streams", RetryAfter, 5))
		return
	}
	defer a.streams.leave(id)
	s := &sseWriter{w: w}
	stopped := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() { a.watch(ctx, cancel, rt, req, s, stopped) })
	err := fn(ctx, req.WithContext(ctx), s.send)
	close(stopped)
	watch.Wait()
	if err == nil || req.Context().Err() != nil || ctx.Err() != nil {
		s.open()
		return
	}
	p := a.problem(ctx, err)
	if !w.started() {
		a.writeProblem(w, p)
		return
	}
	_ = s.send("error", p)
}

// watch beats, looks after the session and ends the stream when the server stops.
func (a *API) watch(ctx context.Context, cancel func(), rt *Route, req *http.Request, s *sseWriter, stopped <-chan struct{}) {
	t := time.NewTicker(a.limits.beat)
	defer t.Stop()
	for {
		select {
		case <-stopped:
			return
		case <-ctx.Done():
			return
		case <-a.closing:
			cancel()
			return
		case <-t.C:
			if rt.Permission != auth.Public {
				if _, err := a.admit(ctx, rt, req); err != nil {
					cancel()
					return
				}
			}
			if s.comment() != nil {
				cancel()
				return
			}
		}
	}
}

// CloseStreams ends all streams; [Serve] calls it when the server stops.
func (a *API) CloseStreams() {
	if a.closed.CompareAndSwap(false, true) {
		close(a.closing)
	}
}

type sseWriter struct {
	mu     sync.Mutex
	w      *responseWriter
	opened bool
}

// open sends the header, so that the caller knows that the stream stands.
func (s *sseWriter) open() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.header()
	_ = s.w.FlushError()
}

func (s *sseWriter) header() {
	if s.opened {
		return
	}
	s.opened = true
	h := s.w.Header()
	h["Content-Type"] = []string{"text/event-stream; charset=utf-8"}
	h["Cache-Control"] = []string{"no-store"}
	h["X-Accel-Buffering"] = []string{"no"} // nginx would hold events back
}

func (s *sseWriter) send(event string, data any) error {
	var b bytes.Buffer
	if event != "" {
		b.WriteString("event: ")
		b.WriteString(strings.NewReplacer("\n", "", "\r", "").Replace(event))
		b.WriteByte('\n')
	}
	b.WriteString("data: ")
	raw, err := json.Marshal(data)
	if err != nil {
		return errs.Wrap(err, errs.Internal, "internal")
	}
	b.Write(raw)
	b.WriteString("\n\n")
	return s.write(b.Bytes())
}

func (s *sseWriter) comment() error { return s.write([]byte(": \n\n")) }

func (s *sseWriter) write(b []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.header()
	if _, err := s.w.Write(b); err != nil {
		return errs.Wrap(err, errs.Canceled, "canceled")
	}
	if err := s.w.FlushError(); err != nil {
		return errs.Wrap(err, errs.Canceled, "canceled")
	}
	return nil
}
