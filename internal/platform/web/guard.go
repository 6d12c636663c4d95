package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	zlog "zhike/internal/platform/log"
)

// slow is from when on a request is told at level info whatever its outcome.
const slow = time.Second

func (s *state) pattern() string {
	if s.route == nil {
		return "-"
	}
	return s.route.Method + " " + Prefix + s.route.Path
}

// outer is the layer around everything: request id, headers, cross-origin
// check, recover, log and metrics.
func (a *API) outer(w http.ResponseWriter, r *http.Request) {
	st := &state{api: a, start: a.clk.Now(), req: r, accept: r.Header.Get("Accept-Language")}
	var trusted bool
	st.ip, trusted = a.client(r)
	st.https = r.TLS != nil || a.hsts || trusted && r.Header.Get("X-Forwarded-Proto") == "https"
	if id := r.Header.Get("X-Request-Id"); trusted && validRequestID(id) {
		st.id = id
	} else {
		st.id = newRequestID()
	}
	st.writer = &responseWriter{ResponseWriter: w, gzipOK: !a.opts.NoCompression && acceptsGzip(r)}
	ctx := zlog.WithRequestID(context.WithValue(r.Context(), stateKey{}, st), st.id)
	r = r.WithContext(ctx)
	a.boundBody(st, r)
	api := strings.HasPrefix(r.URL.Path, "/api/")
	a.setHeaders(w.Header(), st, api)
	defer a.end(st, r)
	if err := a.origin.Check(r); err != nil {
		a.writeError(st.writer, r, errs.New(errs.Forbidden, "web.cross_origin"))
		return
	}
	if api {
		a.mux.ServeHTTP(st.writer, r)
		return
	}
	if a.bare == nil {
		a.writeError(st.writer, r, errs.New(errs.NotFound, "web.no_route"))
		return
	}
	a.bare.ServeHTTP(st.writer, r)
}

func acceptsGzip(r *http.Request) bool {
	for _, v := range r.Header["Accept-Encoding"] {
		if strings.Contains(v, "gzip") && !strings.Contains(v, "gzip;q=0") {
			return true
		}
	}
	return false
}

// end answers a panic, closes the answer, counts it and writes the log line.
func (a *API) end(st *state, r *http.Request) {
	ctx := r.Context()
	p := recover()
	if p != nil && p != http.ErrAbortHandler {
		// huma panics when the answer cannot be written: where the caller is
		// gone, that is no news.
		if _, ok := p.(error); !ok || ctx.Err() == nil {
			a.log.ErrorContext(ctx, "request panicked", slog.String("route", st.pattern()),
				slog.String("panic", fmt.Sprint(p)), slog.String("stack", string(debug.Stack())))
		}
		if !st.writer.started() {
			st.writer.status = 0
			a.writeProblem(st.writer, a.newProblem(ctx, http.StatusInternalServerError, errs.New(errs.Internal, "internal")))
			p = nil
		}
	}
	if p == nil {
		st.writer.finish()
	}
	took := a.clk.Now().Sub(st.start)
	var m *meter
	if st.route != nil {
		m = st.route.meter
	} else {
		m = a.opts.Metrics.other()
	}
	m.observe(st.writer.status, took)
	a.access(ctx, st, r, took)
	if p != nil {
		panic(http.ErrAbortHandler)
	}
}

// access writes the log line: the pattern of the route, never the address
// itself, which may carry what somebody searched for. Reads that went well
// are told at level debug; at thousands a second they would be the log.
func (a *API) access(ctx context.Context, st *state, r *http.Request, took time.Duration) {
	level := slog.LevelInfo
	quiet := r.Method == http.MethodGet || r.Method == http.MethodHead
	if quiet && st.writer.status < 400 && took < slow {
		level = slog.LevelDebug
	}
	if !a.log.Enabled(ctx, level) {
		return
	}
	a.log.LogAttrs(ctx, level, "request",
		slog.String("method", r.Method),
		slog.String("route", st.pattern()),
		slog.Int("status", st.writer.status),
		slog.Duration("took", took),
		slog.Int64("bytes", st.writer.bytes),
	)
}

// guard stands before every route: who, may they, is it within bounds.
func (a *API) guard(rt *Route, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		st := stateOf(ctx)
		st.route = rt
		if rt.Permission != auth.Public {
			actor, err := a.admit(ctx, rt, r)
			if err != nil {
				a.writeError(w, r, err)
				return
			}
			ctx = auth.With(ctx, actor)
		}
		if err := a.bounds(rt, st, r); err != nil {
			a.writeError(w, r, err)
			return
		}
		done, err := a.wait(rt, st, r)
		if err != nil {
			a.writeError(w, r, err)
			return
		}
		defer done()
		if rt.Timeout > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, rt.Timeout)
			defer cancel()
		}
		next(w, r.WithContext(ctx))
	}
}

// admit finds the actor and checks the permission.
func (a *API) admit(ctx context.Context, rt *Route, r *http.Request) (*auth.Actor, error) {
	if a.opts.Authenticate == nil {
		return nil, errs.New(errs.Unauthenticated, "unauthenticated")
	}
	actor, err := a.opts.Authenticate(ctx, r)
	switch {
	case err != nil:
		return nil, err
	case actor == nil:
		return nil, errs.New(errs.Unauthenticated, "unauthenticated")
	case actor.MustChangePass && !rt.AllowMustChange:
		return nil, errs.New(errs.Forbidden, "org.must_change_password")
	case !actor.Can(rt.Permission):
		return nil, errs.New(errs.Forbidden, "forbidden", "permission", string(rt.Permission))
	case rt.Also != "" && !actor.Can(rt.Also):
		return nil, errs.New(errs.Forbidden, "forbidden", "permission", string(rt.Also))
	}
	return actor, nil
}

// maxQuery bounds a query string in bytes.
const maxQuery = 16 << 10

// bounds checks the query and limits the body.
func (a *API) bounds(rt *Route, st *state, r *http.Request) error {
	if q := r.URL.RawQuery; q != "" {
		if len(q) > maxQuery {
			return errs.New(errs.TooLarge, "web.query_too_large", "max", maxQuery)
		}
		if strings.IndexByte(q, '%') >= 0 || !utf8.ValidString(q) {
			plain, err := url.QueryUnescape(q)
			if err != nil || !utf8.ValidString(plain) || strings.IndexByte(plain, 0) >= 0 {
				return errs.New(errs.Invalid, "web.bad_text")
			}
		}
	}
	if p := r.URL.Path; !utf8.ValidString(p) || strings.IndexByte(p, 0) >= 0 {
		return errs.New(errs.Invalid, "web.bad_text")
	}
	if r.Body != nil && r.Body != http.NoBody {
		if r.ContentLength > rt.MaxBody {
			return errs.New(errs.TooLarge, "web.body_too_large", "max", rt.MaxBody)
		}
		r.Body = http.MaxBytesReader(st.writer.ResponseWriter, r.Body, rt.MaxBody)
		if rt.raw {
			st.body.stall = a.limits.stall
		}
	}
	if rt.raw || rt.stream {
		control := http.NewResponseController(st.writer.ResponseWriter)
		st.writer.deadline = func() { _ = control.SetWriteDeadline(time.Now().Add(a.limits.stall)) }
	}
	return nil
}
