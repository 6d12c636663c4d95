package lifecycle

import (
	"context"
	"slices"

	"zhike/internal/customer"
	"zhike/internal/platform/web"
)

// Stages are those in force, in their order, in the language of the request:
// what lists know of the lifecycle.
func (s *Service) Stages(ctx context.Context) ([]customer.LifecycleStage, error) {
	c, _, err := s.config(ctx, 0)
	if err != nil {
		return nil, err
	}
	out := make([]customer.LifecycleStage, len(c.Stages))
	for i, st := range c.Localized(web.Locale(ctx)).Stages {
		out[i] = customer.LifecycleStage{Code: st.Code, Name: st.Name, Tone: st.Tone}
	}
	return out, nil
}

// Now tells where a customer is, nil where the customer is not in the lifecycle
// yet. The caller has checked the scope; [Service.Of] tells more.
func (s *Service) Now(ctx context.Context, customerID int64) (*customer.LifecycleNow, error) {
	rows, err := s.store.states(ctx, []int64{customerID})
	if err != nil {
		return nil, err
	}
	r, ok := rows[customerID]
	if !ok {
		return nil, nil
	}
	c, _, err := s.config(ctx, 0)
	if err != nil {
		return nil, err
	}
	h, err := s.store.head(ctx)
	if err != nil {
		return nil, err
	}
	ref := c.ref(r.Stage, web.Locale(ctx))
	out := &customer.LifecycleNow{LifecycleStage: customer.LifecycleStage(ref), Since: r.Since.String(), Days: int(h.day - r.Since)}
	if st := c.Stage(r.Stage); st != nil {
		out.Advice = localText(web.Locale(ctx), st.Advice)
	}
	last, err := s.store.history(ctx, customerID, r.Since+1, 1)
	if err == nil && len(last) > 0 {
		out.Reason, err = s.words(ctx, c, &last[0])
	}
	return out, err
}

// StageCodes are those of all stages that there are or were, each once.
func (s *Service) StageCodes(ctx context.Context) ([]string, error) {
	c, row, err := s.config(ctx, 0)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	codes, of := s.codes, s.codesOf
	s.mu.Unlock()
	if codes == nil || of != row.version {
		codes = nil
		for _, st := range c.Stages {
			codes = append(codes, st.Code)
		}
		for before := row.version; before > 1; {
			rows, err := s.store.configs(ctx, before, 100)
			if err != nil {
				return nil, err
			}
			for _, r := range rows {
				old, err := s.parsed(r)
				if err != nil {
					return nil, err
				}
				for _, st := range old.Stages {
					if !slices.Contains(codes, st.Code) {
						codes = append(codes, st.Code)
					}
				}
				before = r.version
			}
			if len(rows) == 0 {
				break
			}
		}
		s.mu.Lock()
		s.codes, s.codesOf = codes, row.version
		s.mu.Unlock()
	}
	return slices.Clone(codes), nil
}
