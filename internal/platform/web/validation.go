package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"zhike/internal/platform/errs"
)

// humaMessages maps the beginning of huma's English sentences to codes; what
// follows the beginning is the parameter. Longer beginnings come first.
var humaMessages = []struct{ begin, code, param string }{
	{"expected required property ", "web.required", ""},
	{"required ", "web.required", ""},
	{"unexpected property", "web.unknown_field", ""},
	{"unknown query parameter", "web.unknown_field", ""},
	{"expected length >= ", "web.min_length", "min"},
	{"expected length <= ", "web.max_length", "max"},
	{"expected array length >= ", "web.min_items", "min"},
	{"expected array length <= ", "web.max_items", "max"},
	{"expected number >= ", "web.minimum", "min"},
	{"expected number > ", "web.above", "min"},
	{"expected number <= ", "web.maximum", "max"},
	{"expected number < ", "web.below", "max"},
	{"expected value to be one of ", "web.one_of", "choices"},
	{"expected string to be RFC 3339 date", "web.date", ""},
	{"expected string to", "web.format", ""},
	{"expected string", "web.type_text", ""},
	{"expected integer", "web.type_integer", ""},
	{"invalid integer", "web.type_integer", ""},
	{"expected number", "web.type_number", ""},
	{"invalid float", "web.type_number", ""},
	{"expected boolean", "web.type_boolean", ""},
	{"invalid boolean", "web.type_boolean", ""},
	{"expected array items to be unique", "web.unique", ""},
	{"expected array", "web.type_list", ""},
	{"expected object", "web.type_object", ""},
	{"invalid date", "web.date", ""},
}

// locations are what huma puts before the name of a field.
var locations = []string{"body.", "query.", "path.", "header.", "cookie."}

// humaProblem turns huma's own failures into our form. The values that huma
// quotes are never passed on: they may be passwords.
// i18n-keys: errors.web.*
func (a *API) humaProblem(ctx context.Context, status int, msg string, list []error) *Problem {
	if a == nil {
		return &Problem{Type: "about:blank", Status: status}
	}
	var tooLarge *http.MaxBytesError
	for _, err := range list {
		if errors.As(err, &tooLarge) {
			return a.problem(ctx, err)
		}
	}
	switch status {
	case http.StatusRequestEntityTooLarge:
		return a.problem(ctx, errs.New(errs.TooLarge, "web.body_too_large", "max", a.opts.MaxBody))
	case http.StatusUnsupportedMediaType:
		return a.statusProblem(ctx, status, "web.content_type")
	case http.StatusRequestTimeout:
		return a.statusProblem(ctx, status, "web.read_timeout")
	case http.StatusBadRequest:
		if len(list) == 0 {
			return a.statusProblem(ctx, status, "web.no_body")
		}
		for _, err := range list {
			if d, ok := err.(*huma.ErrorDetail); ok && d.Message == errNUL.Error() {
				return a.statusProblem(ctx, http.StatusUnprocessableEntity, "web.bad_text")
			}
		}
		return a.statusProblem(ctx, status, "web.bad_json")
	case http.StatusUnprocessableEntity:
		e := errs.New(errs.Invalid, "invalid")
		for _, err := range list {
			addField(e, err)
		}
		return a.newProblem(ctx, status, e)
	}
	if ctx.Err() != nil {
		return a.statusProblem(ctx, statusClientClosed, "canceled")
	}
	return a.problem(ctx, errs.Wrap(errors.Join(append(list, errors.New(msg))...), errs.Internal, "internal"))
}

func addField(e *errs.Error, err error) {
	var own *errs.Error
	if errors.As(err, &own) {
		e.Fields = append(e.Fields, own.Fields...)
		return
	}
	d, ok := err.(*huma.ErrorDetail)
	if !ok {
		e.WithField("", "web.validation")
		return
	}
	path := d.Location
	for _, l := range locations {
		if rest, ok := strings.CutPrefix(path, l); ok {
			path = rest
			break
		}
	}
	if path == "body" {
		path = ""
	}
	for _, m := range humaMessages {
		rest, ok := strings.CutPrefix(d.Message, m.begin)
		if !ok {
			continue
		}
		if m.code == "web.required" && strings.HasSuffix(rest, " to be present") {
			// huma names the object; the reader wants the missing field.
			name := strings.TrimSuffix(rest, " to be present")
			if path != "" && path != name && !strings.HasSuffix(path, "."+name) {
				path += "."
			}
			if path != name && !strings.HasSuffix(path, "."+name) {
				path += name
			}
		}
		if m.param == "" {
			e.WithField(path, m.code)
		} else {
			e.WithField(path, m.code, m.param, strings.Trim(rest, `"`))
		}
		return
	}
	e.WithField(path, "web.validation")
}
