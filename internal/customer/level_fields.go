package customer

import (
	"context"
	"strings"

	"zhike/internal/platform/web"
)

// levelPrefix begins the codes of levels of dimensions other than value:
// "level.loyalty".
const levelPrefix = "level."

// levelField makes a list field of a dimension other than value, which is
// built in as "level".
func levelField(d LevelDimension) *listField {
	return &listField{code: levelPrefix + d.Code, name: d.Name, typ: "level", group: "level", ops: opsPast(opsChoice),
		compile: levelCondition, grouped: true, column: true, width: 110}
}

// dimensionOf is the dimension that a field of type level is about.
func dimensionOf(code string) string {
	if d, ok := strings.CutPrefix(code, levelPrefix); ok {
		return d
	}
	return ValueDimension
}

// dimensions are those in use but value.
func (s *Service) dimensions(ctx context.Context) ([]LevelDimension, error) {
	return s.dims.get(web.Locale(ctx), func() (out []LevelDimension, err error) {
		all, err := s.Levels.Dimensions(ctx)
		for _, d := range all {
			if d.Code != ValueDimension {
				out = append(out, d)
			}
		}
		return out, err
	})
}

// levelFieldOf is the field of a code; nil where no dimension in use has it.
func (s *Service) levelFieldOf(ctx context.Context, code string) (*listField, error) {
	dimension, ok := strings.CutPrefix(code, levelPrefix)
	if !ok {
		return nil, nil
	}
	list, err := s.dimensions(ctx)
	for _, d := range list {
		if d.Code == dimension {
			return levelField(d), nil
		}
	}
	return nil, err
}

// levelsOf are the levels of customers in the dimensions that columns show, by
// the code of the field.
func (s *Service) levelsOf(ctx context.Context, ids []int64, columns []*listField) (map[string]map[int64]*Level, error) {
	var out map[string]map[int64]*Level
	for _, f := range columns {
		if f.typ != "level" || f.code == "level" { // value comes with the row
			continue
		}
		run, err := s.runOf(ctx, dimensionOf(f.code))
		if err != nil {
			return nil, err
		}
		numbers, err := s.store.levelsOf(ctx, run.RunID, ids)
		if err != nil {
			return nil, err
		}
		if out == nil {
			out = map[string]map[int64]*Level{}
		}
		out[f.code] = make(map[int64]*Level, len(numbers))
		for id, no := range numbers {
			if l, ok := run.Levels[no]; ok {
				out[f.code][id] = &l
			}
		}
	}
	return out, nil
}

// levelRuns names the runs of all dimensions that are in force.
func (c *compiler) levelRuns() ([]int64, error) {
	list, err := c.s.dimensions(c.ctx)
	if err != nil {
		return nil, err
	}
	ids := []int64{c.run.RunID}
	for _, d := range list {
		r, err := c.runOf(d.Code)
		if err != nil {
			return nil, err
		}
		ids = append(ids, r.RunID)
	}
	return ids, nil
}
