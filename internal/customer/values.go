package customer

import (
	"context"
	"errors"
	"time"

	"zhike/internal/column"
	custom "zhike/internal/field"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
	"zhike/internal/rule"
)

// valuesTime is how long SQL may count values; a person types meanwhile.
const valuesTime = 3 * time.Second

// ValueCounts says how many customers of the actor's scope have which value of a
// field, as conditions name values: codes, ids as digits, words. counted is
// false where that would take too long; there are no values then. Fields that
// name people or are written freely give none. Errors: list.unknown_field,
// customer.field_hidden, rule.no_values.
func (s *Service) ValueCounts(ctx context.Context, code string) (counts map[string]int64, counted bool, err error) {
	parts, c, err := s.who(ctx, Who{})
	if err != nil {
		return nil, false, err
	}
	f, err := c.listField(code)
	if err != nil {
		return nil, false, err
	}
	if f == nil {
		return nil, false, errs.New(errs.Invalid, "list.unknown_field", "field", rule.Shortened(code))
	}
	var run *LevelRun
	if f.typ == "level" {
		if run, err = c.runOf(dimensionOf(f.code)); err != nil {
			return nil, false, err
		}
	}
	col, ok := c.valuesOf(f, run)
	if !ok {
		return nil, false, errs.New(errs.Invalid, "rule.no_values", "field", s.title(f, web.Locale(ctx)))
	}
	by := []column.Split{{Col: col}}
	tallies, ok, err := s.Columns.Tally(ctx, column.All(mems(parts)...), by)
	if err != nil {
		return nil, false, err
	}
	if !ok {
		key := "values " + code + " " + scopeKey(auth.From(ctx))
		if kept, found := s.valued.peek(key); found {
			return kept, kept != nil, nil
		}
		limited, cancel := context.WithTimeout(ctx, valuesTime)
		defer cancel()
		if tallies, err = s.store.tallies(limited, parts, by); err != nil {
			if errors.Is(limited.Err(), context.DeadlineExceeded) && ctx.Err() == nil {
				s.valued.put(key, nil) // not again for a while
				return nil, false, nil
			}
			return nil, false, err
		}
		defer func() { s.valued.put(key, counts) }()
	}
	counts = map[string]int64{}
	for word, n := range tallies[0].Words {
		counts[word] = n
	}
	for key, n := range tallies[0].Keys {
		name := num(key)
		if f.typ == "level" {
			name = run.Levels[key].Code
		}
		counts[name] += n
	}
	return counts, true, nil
}

// valuesOf is the column that has the values of a field; run is that of a level.
func (c *compiler) valuesOf(f *listField, run *LevelRun) (column.Col, bool) {
	if f.typ == "level" {
		return LevelsInMemory(run.RunID), true
	}
	switch f.code {
	case LifecycleField:
		return memLifecycle, true
	case "tags":
		return memTags, true
	case "source":
		return memCol(column.Keys, "c.source_id"), true
	case "industry", "province", "city":
		return memText("c." + f.code)
	case "favourite_category", "favourite_brand":
		return memText("m." + f.code)
	case SimilarField:
		return memSimilar, true
	}
	switch {
	case f.def == nil && f.typ == "choice":
		return memCol(column.Words, "c."+f.code), true
	case f.def != nil && (f.def.Kind == custom.Choice || f.def.Kind == custom.MultiChoice):
		return memCustom(f.def)
	}
	return column.Col{}, false
}
