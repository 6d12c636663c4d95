package tiering

import (
	"context"

	"zhike/internal/platform/auth"
)

func (s *Service) named(ctx context.Context, v RunView) (RunView, error) {
	err := s.Names.Sign(ctx, auth.By(v.CreatedBy, &v.CreatedName))
	return v, err
}

// signSchemes fills in who wrote the versions, and who made their last runs.
func (s *Service) signSchemes(ctx context.Context, list []SchemeView) error {
	var made []auth.Author
	for i := range list {
		v := &list[i]
		made = append(made, auth.By(v.CreatedBy, &v.Author))
		if v.LastRun != nil {
			made = append(made, auth.By(v.LastRun.CreatedBy, &v.LastRun.CreatedName))
		}
	}
	return s.Names.Sign(ctx, made...)
}

func (s *Service) signedScheme(ctx context.Context, r *schemeRow) (SchemeView, error) {
	v, err := s.schemeView(ctx, r)
	if err != nil {
		return v, err
	}
	list := []SchemeView{v}
	err = s.signSchemes(ctx, list)
	return list[0], err
}
