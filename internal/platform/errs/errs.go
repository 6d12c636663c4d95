// Package errs is the one error type of the program.
//
// An [Error] carries what a caller may know (kind, stable code, parameters and
// field errors) and, apart from that, the cause that only the log may see.
// The text a person reads is the catalogue entry "errors.<code>"; services
// never build sentences and never know HTTP.
package errs

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Kind says what sort of failure it is; the web layer maps it to a status and
// the command line to an exit code.
type Kind uint8

// The kinds, from the caller's mistake to ours.
const (
	Internal        Kind = iota // ours: a bug or a broken machine
	Invalid                     // the input is wrong; Fields say where
	Unauthenticated             // nobody is signed in
	Forbidden                   // signed in, but not allowed
	NotFound                    // no such thing, or none this actor may know of
	Conflict                    // it clashes with what is there
	TooLarge                    // a bound was passed
	RateLimited                 // too often; try later
	Unavailable                 // temporarily not possible
	Canceled                    // the caller went away or stopped it
	Precondition                // the call must name the version it was made from
)

var kindNames = [...]string{
	"internal", "invalid", "unauthenticated", "forbidden", "not_found",
	"conflict", "too_large", "rate_limited", "unavailable", "canceled", "precondition",
}

// String gives the stable lower-case name of the kind.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "internal"
}

// Field is one wrong input: Path in the form "staff.login" or "rows[3].phone".
type Field struct {
	Path   string
	Code   string
	Params map[string]any
}

// Error is the error of every service. It is safe to show except for Cause.
type Error struct {
	Kind   Kind
	Code   string
	Params map[string]any
	Fields []Field
	Cause  error
}

// New makes an error with a stable code such as "import.no_buyer"; kv are
// pairs of parameter name and value for the catalogue text.
func New(kind Kind, code string, kv ...any) *Error {
	return &Error{Kind: kind, Code: code, Params: params(kv)}
}

// Wrap is New with the cause kept for the log.
func Wrap(cause error, kind Kind, code string, kv ...any) *Error {
	return &Error{Kind: kind, Code: code, Params: params(kv), Cause: cause}
}

// WithField adds a wrong field and returns the same error, so that calls chain.
func (e *Error) WithField(path, code string, kv ...any) *Error {
	e.Fields = append(e.Fields, Field{Path: path, Code: code, Params: params(kv)})
	return e
}

// OrNil is nil when no field was reported: for validators that collect.
func (e *Error) OrNil() error {
	if e == nil || len(e.Fields) == 0 {
		return nil
	}
	return e
}

// Error is the text for the log: code, fields and cause, without parameters,
// because those may hold what a person typed.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Code)
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " [%s: %s]", f.Path, f.Code)
	}
	if e.Cause != nil {
		b.WriteString(": ")
		b.WriteString(e.Cause.Error())
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Is makes errors.Is(err, errs.New(kind, code)) compare by code.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// From gives the *Error inside err; anything else becomes Internal, a
// cancelled context Canceled. nil stays nil.
func From(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return Wrap(err, Canceled, "canceled")
	}
	return Wrap(err, Internal, "internal")
}

// KindOf gives the kind of err; Internal where it is not ours.
func KindOf(err error) Kind { return From(err).Kind }

// CodeOf gives the stable code of err, "" for nil.
func CodeOf(err error) string {
	if err == nil {
		return ""
	}
	return From(err).Code
}

// Is says whether err has the given code.
func Is(err error, code string) bool { return CodeOf(err) == code }

func params(kv []any) map[string]any {
	if len(kv) == 0 {
		return nil
	}
	if len(kv)%2 != 0 {
		panic("errs: parameters come in pairs of name and value")
	}
	m := make(map[string]any, len(kv)/2)
	for i := 0; i < len(kv); i += 2 {
		m[kv[i].(string)] = kv[i+1]
	}
	return m
}
