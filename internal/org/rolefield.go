package org

import (
	"context"
	"slices"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
)

// AccessField is a field of customers that a role can restrict.
type AccessField struct {
	Key   string `json:"key" doc:"Of a custom field f.<code>"`
	Group string `json:"group" enum:"record,contacts,figures,custom"`
	Label string `json:"label"`
	// Choices are what a role may have, the default first.
	Choices []string `json:"choices" doc:"edit, read, hidden, as far as they make sense; the first is the default"`
}

func (s *Service) accessFields(ctx context.Context) ([]AccessField, error) {
	if s.AccessFields == nil {
		return nil, nil
	}
	return s.AccessFields(ctx)
}

// fillFields checks and sets the field access of a role; nil leaves it. What is
// the default is not kept. Errors: org.unknown_field, org.unknown_access.
func (s *Service) fillFields(ctx context.Context, r *roleRow, in *map[string]string) error {
	if in == nil {
		return nil
	}
	known, err := s.accessFields(ctx)
	if err != nil {
		return err
	}
	bad := errs.New(errs.Invalid, "invalid")
	r.fields = nil
	left := len(*in)
	for i := range known {
		f := &known[i]
		word, sent := (*in)[f.Key]
		if !sent {
			continue
		}
		left--
		access, ok := auth.ParseAccess(word)
		if !ok || !slices.Contains(f.Choices, word) {
			_ = bad.WithField("field_access."+f.Key, "org.unknown_access", "field", f.Label)
			continue
		}
		if word == f.Choices[0] {
			continue
		}
		if r.fields == nil {
			r.fields = auth.FieldAccess{}
		}
		r.fields[f.Key] = access
	}
	if left > 0 {
		_ = bad.WithField("field_access", "org.unknown_field")
	}
	return bad.OrNil()
}

// restrict sets what a role restricts. The role admin restricts nothing.
func (r *roleRow) restrict(fields auth.FieldAccess) {
	if r.code != RoleAdmin {
		r.fields = fields
	}
}

// fieldNames is what a role restricts as it is shown; never nil.
func (r *roleRow) fieldNames() map[string]string { return accessNames(r.fields) }

func accessNames(fields auth.FieldAccess) map[string]string {
	out := make(map[string]string, len(fields))
	for key, access := range fields {
		out[key] = access.String()
	}
	return out
}
