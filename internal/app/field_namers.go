package app

import (
	"context"

	"zhike/internal/audience"
	"zhike/internal/rule"
)

// fieldNamers names what has a rule about a custom field: audiences and saved
// views, schemes, the lifecycle.
func (a *App) fieldNamers(ctx context.Context, code string) ([]string, error) {
	out, err := a.Audiences.NamesField(ctx, code)
	if err != nil {
		return nil, err
	}
	names := func(n *rule.Node) bool { return audience.NamesCustom(n, code) }
	schemes, err := a.Tiering.FieldNamers(ctx, names)
	if err != nil {
		return nil, err
	}
	out = append(out, schemes...)
	stages, err := a.Lifecycle.FieldNamers(ctx, names)
	return append(out, stages...), err
}
