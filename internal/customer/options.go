package customer

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"zhike/internal/platform/web"
)

// Source is where data comes from.
type Source struct {
	ID   int64  `json:"id"`
	Code string `json:"code"`
	Name string `json:"name"`
}

// Region is a province with the cities customers live in.
type Region struct {
	Province string   `json:"province"`
	Cities   []string `json:"cities"`
}

// Options are the values that filters of the list can take.
type Options struct {
	Sources []Source `json:"sources"`
	Levels  []Level  `json:"levels" doc:"Of the current run, best first"`
	Regions []Region `json:"regions"`
}

// maxRegions bounds the pairs of province and city; China has some 340 cities.
const maxRegions = 600

// Options gives what the list can be filtered by.
func (s *Service) Options(ctx context.Context) (Options, error) {
	o := Options{Sources: []Source{}, Levels: []Level{}, Regions: []Region{}}
	run, err := s.run(ctx)
	if err != nil {
		return o, err
	}
	for _, l := range run.Levels {
		o.Levels = append(o.Levels, l)
	}
	slices.SortFunc(o.Levels, func(a, b Level) int { return cmp.Compare(a.Rank, b.Rank) })
	sources, err := s.store.sources(ctx)
	if err != nil {
		return o, err
	}
	for _, src := range sources {
		src.Name = SourceName(web.Locale(ctx), src.Code, src.Name)
		o.Sources = append(o.Sources, src)
	}
	regions, err := s.regions.get("", func() ([]Region, error) { return s.readRegions(ctx) })
	if err != nil {
		return o, err
	}
	o.Regions = append(o.Regions, regions...)
	return o, nil
}

func (s *Service) readRegions(ctx context.Context) ([]Region, error) {
	cities := map[string][]string{}
	city, province, ok, err := s.store.nextRegion(ctx, "", "")
	for n := 0; ok && err == nil && n < maxRegions; n++ {
		if province != "" && city != "" {
			cities[province] = append(cities[province], city)
		}
		city, province, ok, err = s.store.nextRegion(ctx, city, province)
	}
	out := make([]Region, 0, len(cities))
	for _, province := range slices.Sorted(maps.Keys(cities)) {
		slices.Sort(cities[province])
		out = append(out, Region{province, cities[province]})
	}
	return out, err
}
