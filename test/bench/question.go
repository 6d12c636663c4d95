package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"zhike/internal/demo"
	"zhike/internal/platform/clock"
)

// question is a rule with numbers drawn anew each time, as somebody who edits
// it would type them.
type question struct {
	name string
	rule func(r *rand.Rand) string
}

// conditions are single ones of every kind that the base has data for.
func conditions(categories, provinces []string) []question {
	category := func(r *rand.Rand) string { return quote(categories[r.IntN(len(categories))]) }
	// The facts end on a day in the past; windows reach back from today.
	days := func(r *rand.Rand) int { return since() + 30 + r.IntN(300) }
	return []question{
		{"attribute", func(r *rand.Rand) string {
			return `{"field":"province","op":"in","value":[` + quote(provinces[r.IntN(len(provinces))]) + `]}`
		}},
		{"figure", func(r *rand.Rand) string {
			return fmt.Sprintf(`{"field":"net_365","op":"gte","value":%d}`, r.IntN(500_000))
		}},
		{"spend in a window", func(r *rand.Rand) string {
			return fmt.Sprintf(`{"facts":{"stream":"orders","agg":"sum","of":"net","window":{"last":%d}},"op":"gte","value":%d}`, days(r), 10_000+r.IntN(200_000))
		}},
		{"bought a category twice", func(r *rand.Rand) string {
			return fmt.Sprintf(`{"facts":{"stream":"lines","agg":"count","window":{"last":%d},"where":[{"field":"category","op":"in","value":[%s]}]},"op":"gte","value":2}`, days(r), category(r))
		}},
		{"no order for days", func(r *rand.Rand) string {
			return fmt.Sprintf(`{"facts":{"stream":"orders","agg":"count","window":{"last":%d}},"op":"eq","value":0}`, days(r))
		}},
		{"average order", func(r *rand.Rand) string {
			return fmt.Sprintf(`{"facts":{"stream":"orders","agg":"avg","of":"net","window":{"last":%d}},"op":"gte","value":%d}`, days(r), 5_000+r.IntN(50_000))
		}},
		{"one order soon after another", func(r *rand.Rand) string {
			return fmt.Sprintf(`{"sequence":{"first":{"stream":"orders","window":{"last":%d}},"then":{"stream":"orders"},"within":%d}}`, days(r), 1+r.IntN(14))
		}},
		{"top by spend", func(r *rand.Rand) string {
			return fmt.Sprintf(`{"relative":{"facts":{"stream":"orders","agg":"sum","of":"net","window":{"last":%d}}},"op":"top_percent","value":%d}`, days(r), 1+r.IntN(40))
		}},
		{"sample", func(r *rand.Rand) string {
			return fmt.Sprintf(`{"sample":{"percent":%d,"seed":"s%d"}}`, 1+r.IntN(50), r.IntN(1000))
		}},
	}
}

// since is how many days lie between the last facts and today.
func since() int {
	return int(clock.DayOf(time.Now(), time.FixedZone("", 8*3600)) - demo.BenchAsOf)
}

// mixed nests three conditions of different kinds.
func mixed(list []question) question {
	return question{"three nested conditions", func(r *rand.Rand) string {
		k := r.Perm(len(list))
		a, b, c := list[k[0]].rule(r), list[k[1]].rule(r), list[k[2]].rule(r)
		return `{"all":[` + a + `,{"any":[` + b + `,{"not":` + c + `}]}]}`
	}}
}

func quote(text string) string {
	b, _ := json.Marshal(text)
	return string(b)
}

// questions are the single conditions over what the base has.
func (s *server) questions(ctx context.Context) ([]question, error) {
	categories, provinces, err := s.has(ctx)
	return conditions(categories, provinces), err
}

// has gives categories of articles and provinces of the base.
func (s *server) has(ctx context.Context) (categories, provinces []string, err error) {
	options, err := s.options(ctx)
	if err != nil {
		return nil, nil, err
	}
	var values struct {
		Items []struct {
			Value string `json:"value"`
		} `json:"items"`
	}
	if err := s.get(ctx, "/audiences/values?stream=lines&dimension=category&limit=20", &values); err != nil {
		return nil, nil, err
	}
	for _, v := range values.Items {
		categories = append(categories, v.Value)
	}
	if len(categories) == 0 || len(options.provinces) == 0 {
		return nil, nil, errors.New("the base has no categories or no provinces")
	}
	return categories, options.provinces, nil
}
