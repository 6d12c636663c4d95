package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"zhike/internal/platform/errs"
)

// statusClientClosed is what the log shows for a caller that went away.
const statusClientClosed = 499

// Problem is the answer to every failed call (RFC 9457). Detail and the
// messages of Errors are in the caller's language; Code is stable.
type Problem struct {
	Type      string         `json:"type" doc:"about:blank: what happened is said by code"`
	Title     string         `json:"title" doc:"The kind of failure in a few words"`
	Status    int            `json:"status" doc:"HTTP status"`
	Detail    string         `json:"detail" doc:"What happened and what to do"`
	Code      string         `json:"code" doc:"Stable code, key of the text errors.<code>"`
	Params    map[string]any `json:"params" doc:"Values inside the text"`
	Errors    []ProblemField `json:"errors" doc:"Wrong fields"`
	RequestID string         `json:"request_id" doc:"Id to look for in the server's log"`

	retryAfter time.Duration
}

// ProblemField is one wrong field of the input.
type ProblemField struct {
	Path    string `json:"path" doc:"Where, rows[3].phone"`
	Code    string `json:"code" doc:"Stable code"`
	Message string `json:"message" doc:"Text in the caller's language"`
}

// Error gives the code, for the log.
func (p *Problem) Error() string { return p.Code }

// GetStatus gives huma the status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType gives huma the media type.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders gives huma the headers of the answer.
func (p *Problem) GetHeaders() http.Header {
	if p.retryAfter <= 0 {
		return nil
	}
	return http.Header{"Retry-After": {strconv.Itoa(int((p.retryAfter + time.Second - 1) / time.Second))}}
}

var kindStatus = map[errs.Kind]int{
	errs.Internal:        http.StatusInternalServerError,
	errs.Invalid:         http.StatusUnprocessableEntity,
	errs.Unauthenticated: http.StatusUnauthorized,
	errs.Forbidden:       http.StatusForbidden,
	errs.NotFound:        http.StatusNotFound,
	errs.Conflict:        http.StatusConflict,
	errs.TooLarge:        http.StatusRequestEntityTooLarge,
	errs.RateLimited:     http.StatusTooManyRequests,
	errs.Unavailable:     http.StatusServiceUnavailable,
	errs.Canceled:        http.StatusServiceUnavailable,
	errs.Precondition:    http.StatusPreconditionRequired,
}

// RetryAfter is the parameter of a RateLimited or Unavailable error that says
// how many seconds to wait; it becomes the header of that name.
const RetryAfter = "seconds"

// problem turns an error of a service into the answer and logs its cause.
func (a *API) problem(ctx context.Context, err error) *Problem {
	var done *Problem
	if errors.As(err, &done) {
		return done
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		err = errs.Wrap(err, errs.TooLarge, "web.body_too_large", "max", tooLarge.Limit)
	}
	e := errs.From(err)
	// Errors that stand for "the caller is gone" or "it took too long".
	if e.Kind == errs.Canceled || e.Kind == errs.Internal {
		switch {
		case errors.Is(context.Cause(ctx), context.DeadlineExceeded):
			e = errs.Wrap(err, errs.Unavailable, "web.timeout")
		case ctx.Err() != nil:
			p := a.statusProblem(ctx, statusClientClosed, "canceled")
			return p
		}
	}
	p := a.newProblem(ctx, kindStatus[e.Kind], e)
	switch e.Kind {
	case errs.Internal:
		a.log.ErrorContext(ctx, "request failed", slog.String("route", stateOf(ctx).pattern()), slog.Any("error", err))
	case errs.Unavailable:
		a.log.WarnContext(ctx, "request refused", slog.String("route", stateOf(ctx).pattern()), slog.Any("error", err))
	}
	if e.Kind == errs.RateLimited || e.Kind == errs.Unavailable {
		p.retryAfter = seconds(e.Params[RetryAfter])
	}
	return p
}

func seconds(v any) time.Duration {
	switch n := v.(type) {
	case int:
		return time.Duration(n) * time.Second
	case int64:
		return time.Duration(n) * time.Second
	case float64:
		return time.Duration(n * float64(time.Second))
	}
	return time.Second
}

// newProblem writes the texts. Of an internal error nothing but the request id
// gets out.
// i18n-keys: errors.* web.title.*
func (a *API) newProblem(ctx context.Context, status int, e *errs.Error) *Problem {
	code, params, fields := e.Code, e.Params, e.Fields
	if e.Kind == errs.Internal && status == http.StatusInternalServerError {
		code, params, fields = "internal", nil, nil
	}
	locale := Locale(ctx)
	p := &Problem{
		Type: "about:blank", Status: status, Code: code, Params: params,
		Title:     a.opts.Texts.T(locale, "web.title."+e.Kind.String(), nil),
		Detail:    a.opts.Texts.T(locale, "errors."+code, params),
		Errors:    make([]ProblemField, 0, len(fields)),
		RequestID: ID(ctx),
	}
	if p.Params == nil {
		p.Params = map[string]any{}
	}
	for _, f := range fields {
		p.Errors = append(p.Errors, ProblemField{
			Path: f.Path, Code: f.Code, Message: a.opts.Texts.T(locale, "errors."+f.Code, f.Params),
		})
	}
	return p
}

// statusProblem is a problem with a status that no kind has.
func (a *API) statusProblem(ctx context.Context, status int, code string, kv ...any) *Problem {
	kind := errs.Invalid
	if status == statusClientClosed {
		kind = errs.Canceled
	}
	return a.newProblem(ctx, status, errs.New(kind, code, kv...))
}

// writeError answers with the problem of err.
func (a *API) writeError(w http.ResponseWriter, r *http.Request, err error) {
	a.writeProblem(w, a.problem(r.Context(), err))
}

func (a *API) writeProblem(w http.ResponseWriter, p *Problem) {
	h := w.Header()
	// Whatever the handler had prepared does not describe this answer.
	h.Del("Content-Disposition")
	h.Del("Content-Length")
	h.Del("ETag")
	h["Content-Type"] = problemType
	h["Cache-Control"] = noStore
	for k, v := range p.GetHeaders() {
		h[k] = v
	}
	w.WriteHeader(p.Status)
	_ = marshal(w, p)
}

// finishRaw ends a raw answer: with a problem where nothing was sent, by
// cutting the connection where a part was.
func (a *API) finishRaw(ctx context.Context, w *responseWriter, err error) {
	if err == nil {
		return
	}
	p := a.problem(ctx, err)
	if !w.started() {
		a.writeProblem(w, p)
		return
	}
	panic(http.ErrAbortHandler)
}

func init() {
	// huma has these two as variables of the package; both answer in our form.
	huma.NewError = func(status int, _ string, _ ...error) huma.StatusError {
		return &Problem{Type: "about:blank", Status: status}
	}
	huma.NewErrorWithContext = func(hc huma.Context, status int, msg string, list ...error) huma.StatusError {
		ctx := hc.Context()
		return stateOf(ctx).api.humaProblem(ctx, status, msg, list)
	}
}
