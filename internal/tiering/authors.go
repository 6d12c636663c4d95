package tiering

import (
	"context"
	"slices"
)

// author is a place for the name of whoever made something.
type author struct {
	id   int64 // of a member of staff; 0 is the program
	name *string
}

// sign fills in the names, all by one question.
func (s *Service) sign(ctx context.Context, list ...author) error {
	var ids []int64
	for _, a := range list {
		if a.id != 0 && !slices.Contains(ids, a.id) {
			ids = append(ids, a.id)
		}
	}
	if s.Names == nil || len(ids) == 0 {
		return nil
	}
	names, err := s.Names(ctx, ids)
	if err != nil {
		return err
	}
	for _, a := range list {
		*a.name = names[a.id]
	}
	return nil
}

func (s *Service) named(ctx context.Context, v RunView) (RunView, error) {
	err := s.sign(ctx, author{v.CreatedBy, &v.CreatedName})
	return v, err
}

// signSchemes fills in who wrote the versions, and who made their last runs.
func (s *Service) signSchemes(ctx context.Context, list []SchemeView) error {
	var made []author
	for i := range list {
		v := &list[i]
		made = append(made, author{v.CreatedBy, &v.Author})
		if v.LastRun != nil {
			made = append(made, author{v.LastRun.CreatedBy, &v.LastRun.CreatedName})
		}
	}
	return s.sign(ctx, made...)
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
