package tiering

import (
	"context"
	"slices"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
)

// DimensionsInput says which dimensions to grade together, each by its scheme in
// use, on the facts of one day.
type DimensionsInput struct {
	Dimensions []string   `json:"dimensions,omitempty" maxItems:"12" uniqueItems:"true" doc:"Codes; left out, all that have a scheme in use"`
	AsOf       *clock.Day `json:"as_of,omitempty" format:"date" doc:"Default is today in company time"`
}

// StartRuns queues a run for each of several dimensions. One job makes them
// together: the facts are read once. Each stays a run of its own, with its review
// and its decision. Errors: tier.no_such_dimension, tier.dimension_unused where one
// has no scheme in use or is archived, tier.no_dimension_used where none has, and
// those of StartRun; then nothing is queued.
func (s *Service) StartRuns(ctx context.Context, in DimensionsInput) ([]RunView, error) {
	list, err := s.inUse(ctx, in)
	if err != nil {
		return nil, err
	}
	return s.start(ctx, list)
}

// RunDimensions is StartRuns in this process, which it waits for: the command line.
func (s *Service) RunDimensions(ctx context.Context, in DimensionsInput) ([]RunDetail, error) {
	list, err := s.inUse(ctx, in)
	if err != nil {
		return nil, err
	}
	return s.runNow(ctx, list)
}

// inUse are the runs of the schemes in use.
func (s *Service) inUse(ctx context.Context, in DimensionsInput) ([]RunInput, error) {
	dims, err := s.store.dimensions(ctx, true)
	if err != nil {
		return nil, err
	}
	byCode := map[string]Dimension{}
	var all []string
	for _, d := range dims {
		byCode[d.Code] = d
		if !d.Archived && d.Scheme != "" {
			all = append(all, d.Code)
		}
	}
	codes := in.Dimensions
	if len(codes) == 0 {
		codes = all
	}
	var out []RunInput
	for i, code := range codes {
		d, ok := byCode[code]
		switch {
		case slices.Contains(codes[:i], code):
			continue
		case !ok:
			return nil, errs.New(errs.NotFound, "tier.no_such_dimension", "code", errs.Clip(code))
		case d.Archived || d.Scheme == "":
			return nil, errs.New(errs.Conflict, "tier.dimension_unused", "code", code)
		}
		out = append(out, RunInput{Scheme: d.Scheme, AsOf: in.AsOf})
	}
	if len(out) == 0 {
		return nil, errs.New(errs.Conflict, "tier.no_dimension_used")
	}
	return out, nil
}
