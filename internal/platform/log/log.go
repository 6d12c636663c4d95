// Package log sets up structured logging that cannot carry personal data.
//
// Two guards stand between a log call and the output. The first goes by the name
// of an attribute: what is called phone, name, token and the like is replaced,
// whatever it holds. The second goes by looks: phone numbers, e-mail addresses,
// identity numbers and credentials inside messages and values are replaced, so
// that a foreign error text cannot leak them. Values that are neither plain nor
// an error (structs, maps) are not written at all.
package log

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// Format names one of the two output forms.
type Format string

// The output forms: text for people, json for collectors.
const (
	Text Format = "text"
	JSON Format = "json"
)

// Options say how to log. The zero value logs text at info level.
type Options struct {
	Level  slog.Level
	Format Format
}

// New makes a logger that writes to w, one record a line, safe for concurrent use.
func New(w io.Writer, o Options) *slog.Logger {
	h := &slog.HandlerOptions{Level: o.Level}
	if o.Format == JSON {
		return slog.New(Guard(slog.NewJSONHandler(w, h)))
	}
	return slog.New(Guard(slog.NewTextHandler(w, h)))
}

// Discard is a logger that writes nothing: for tests and for quiet commands.
func Discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// ParseLevel reads debug, info, warn or error.
func ParseLevel(s string) (slog.Level, error) {
	switch strings.ToLower(s) {
	case "debug":
		return slog.LevelDebug, nil
	case "info":
		return slog.LevelInfo, nil
	case "warn":
		return slog.LevelWarn, nil
	case "error":
		return slog.LevelError, nil
	}
	return 0, fmt.Errorf("level %q is none of debug, info, warn, error", s)
}

type attrsKey struct{}

// With gives a context whose every record carries the attributes, after those
// that the context already carries. They pass the same guards.
func With(ctx context.Context, attrs ...slog.Attr) context.Context {
	old, _ := ctx.Value(attrsKey{}).([]slog.Attr)
	return context.WithValue(ctx, attrsKey{}, append(old[:len(old):len(old)], attrs...))
}

type requestIDKey struct{}

// WithRequestID puts the id of the request into the context; every record made
// with that context has it as request_id.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// RequestID is the id that WithRequestID put there, or "".
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// Guard wraps a handler so that everything passes the guards first.
func Guard(h slog.Handler) slog.Handler { return &guard{next: h} }

type guard struct{ next slog.Handler }

func (g *guard) Enabled(ctx context.Context, l slog.Level) bool { return g.next.Enabled(ctx, l) }

func (g *guard) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, Scrub(r.Message), r.PC)
	if id := RequestID(ctx); id != "" {
		clean.AddAttrs(slog.String("request_id", Scrub(id)))
	}
	if attrs, ok := ctx.Value(attrsKey{}).([]slog.Attr); ok {
		for _, a := range attrs {
			clean.AddAttrs(redact(a))
		}
	}
	r.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(redact(a))
		return true
	})
	return g.next.Handle(ctx, clean)
}

func (g *guard) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = redact(a)
	}
	return &guard{next: g.next.WithAttrs(clean)}
}

func (g *guard) WithGroup(name string) slog.Handler { return &guard{next: g.next.WithGroup(name)} }
