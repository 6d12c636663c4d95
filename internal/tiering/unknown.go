package tiering

import (
	"context"
	"slices"
	"strings"

	"zhike/internal/customer"
	"zhike/internal/field"
	"zhike/internal/platform/i18n"
	"zhike/internal/rule"
)

// findUnknown counts, for the numbers and days of customers that rules of audiences
// in a scheme compare, of how many graded customers they are not known. It asks as
// those rules are asked, of the day of the facts and where it can from memory.
func (s *Service) findUnknown(ctx context.Context, sch *Scheme, f *Facts) error {
	codes, err := sch.comparedFields()
	if err != nil || len(codes) == 0 {
		return err
	}
	defs, err := s.definitions(ctx)
	if err != nil {
		return err
	}
	f.unknown = nil
	for _, code := range codes {
		name, ok := fieldName(defs, code)
		if !ok {
			continue
		}
		found, err := s.find(ctx, f, &rule.Node{Field: code, Op: "empty"})
		if err != nil {
			return err
		}
		n := int64(0)
		for _, id := range f.CustomerID {
			if found.Members.Has(id) {
				n++
			}
		}
		if n > 0 {
			f.unknown = append(f.unknown, Missing{Field: code, Name: &name, Customers: n})
		}
	}
	return nil
}

// comparedFields are the fields that rules of audiences in a scheme compare, each
// once, in their order; those that a rule only asks whether they are known are not.
func (s *Scheme) comparedFields() (codes []string, err error) {
	conds := s.Conditions()
	for k := range conds {
		n, err := conds[k].people()
		if err != nil {
			return nil, err
		}
		if n == nil || conds[k].Off {
			continue
		}
		_ = n.Walk("who", func(n *rule.Node, _ string) error {
			code := n.Field
			if n.Relative != nil {
				code = n.Relative.Field
			}
			if code != "" && n.Op != "empty" && n.Op != "not_empty" && !slices.Contains(codes, code) {
				codes = append(codes, code)
			}
			return nil
		})
	}
	return codes, nil
}

// fieldName is what a number or a day of customers is called that may be unknown;
// false of other fields. i18n-keys: list.field.*
func fieldName(defs func(code string) *field.Definition, code string) (name field.Label, ok bool) {
	if own, isOwn := strings.CutPrefix(code, field.Prefix); isOwn {
		d := defs(own)
		if d == nil || d.Kind != field.Number && d.Kind != field.Money && d.Kind != field.Date {
			return name, false
		}
		return d.Name, true
	}
	key, ok := customer.MayBeUnknown(code)
	if !ok {
		return name, false
	}
	return field.Label{ZH: i18n.T(i18n.ZhCN, key, nil), EN: i18n.T(i18n.En, key, nil)}, true
}
