package audience

import (
	"context"

	"zhike/internal/customer"
	"zhike/internal/field"
	"zhike/internal/platform/auth"
	"zhike/internal/rule"
)

// NamesField gives the names of the audiences and saved views whose rules name a
// custom field, archived audiences too: a rule that names them goes on working.
// Views of others that are not shared go by whose they are.
func (s *Service) NamesField(ctx context.Context, code string) ([]string, error) {
	rows, err := s.store.ruled(ctx)
	if err != nil {
		return nil, err
	}
	var out []string
	for i := range rows {
		n, err := rows[i].read()
		if err != nil {
			continue // a rule of a newer program; its field is reported there
		}
		if NamesCustom(n, code) {
			out = append(out, rows[i].name)
		}
	}
	err = s.Customers.EachViewFilter(ctx, func(v customer.ViewFilter) {
		switch {
		case !NamesCustom(v.Filter, code):
		case v.Shared || v.OwnerID == auth.StaffID(ctx) || auth.From(ctx).IsSystem():
			out = append(out, v.Name)
		default:
			out = append(out, s.t(ctx, "audience.view_of", params{"name": v.OwnerName}))
		}
	})
	return out, err
}

// NamesCustom says whether a rule names a custom field.
func NamesCustom(n *rule.Node, code string) bool {
	for _, m := range n.Mentions("") {
		if m.Kind == rule.NamesField && m.Name == field.Prefix+code {
			return true
		}
	}
	return false
}
