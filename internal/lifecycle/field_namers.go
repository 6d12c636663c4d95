package lifecycle

import (
	"context"

	"zhike/internal/platform/i18n"
	"zhike/internal/platform/web"
	"zhike/internal/rule"
)

// FieldNamers names the configuration in force where a rule of it names a field.
func (s *Service) FieldNamers(ctx context.Context, names func(n *rule.Node) bool) ([]string, error) {
	c, _, err := s.config(ctx, 0)
	if err != nil {
		return nil, err
	}
	for _, r := range c.rules() {
		if names(r.node) {
			return []string{i18n.T(web.Locale(ctx), "lifecycle.as_namer", nil)}, nil
		}
	}
	return nil, nil
}
