package customer

import "context"

// Selected gives the ids, ascending, that a selection names; of a filter those
// within the actor's scope, at most a million. Errors: those of Query,
// list.nobody_selected, list.too_many_selected.
func (s *Service) Selected(ctx context.Context, sel Selection) ([]int64, error) {
	return s.members(ctx, sel)
}

// ByNumbers finds customers by the blind indexes of their numbers in any source.
func (s *Service) ByNumbers(ctx context.Context, blinds [][]byte) (map[string][]int64, error) {
	out := map[string][]int64{}
	if len(blinds) == 0 {
		return out, nil
	}
	sources, err := s.store.sources(ctx)
	if err != nil {
		return nil, err
	}
	for _, src := range sources {
		found, err := s.store.KeysByExternal(ctx, src.ID, blinds)
		if err != nil {
			return nil, err
		}
		for blind, id := range found {
			out[blind] = append(out[blind], id)
		}
	}
	return out, nil
}
