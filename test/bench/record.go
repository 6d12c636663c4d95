package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"sync"
	"time"
)

const (
	upsertRows = 10_000  // a call carries no more
	knownRows  = 300_000 // customers that get custom fields and tags, where so many are there
	newRows    = 100_000 // customers that one caller of another system brings
	copyEvery  = 20      // of the new ones, so many are somebody who is there already
	scoreMax   = 10_000  // the custom number lies below it
)

// plans are the choices of a custom field; see planOf for how many have each.
var plans = [...]string{"plain", "gold", "silver", "trial"}

// records is the base with custom fields and tags.
type records struct {
	*server
	tags   []string
	tagIDs []int64
}

// planOf and tagOf spread values over customers so that they are not in step
// with ids, levels or cities.
func planOf(id int64) string {
	switch h := mix(id); {
	case h%10 == 0:
		return plans[1]
	case h%10 < 3:
		return plans[2]
	case h%100 == 99:
		return plans[3]
	}
	return plans[0]
}

func mix(id int64) uint64 {
	h := uint64(id) * 0x9E3779B97F4A7C15
	return (h ^ h>>29) >> 7
}

// measureRecords gives the base custom fields and tags through the API and
// measures lists by them, bulk edits, exports and duplicates.
func (s *server) measureRecords(ctx context.Context, m measuring) error {
	r := &records{server: s}
	if err := r.give(ctx, m); err != nil {
		return err
	}
	if err := r.measureLists(ctx, m); err != nil {
		return err
	}
	m.note("bulk edit")
	if err := r.bulk(ctx, m); err != nil {
		return fmt.Errorf("bulk edit: %w", err)
	}
	if err := r.settle(ctx); err != nil {
		return err
	}
	m.note("export")
	if err := r.export(ctx, m, ""); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	m.note("bulk upsert of new customers")
	fresh := newcomers(m.options, 'N', newRows)
	took, err := r.upsert(ctx, 1, len(fresh), func(i int) map[string]any { return fresh[i] })
	if err != nil {
		return err
	}
	m.add("bulk upsert of new customers, one caller, customers/s", "%.0f", float64(len(fresh))/took.Seconds())
	if err := r.settle(ctx); err != nil {
		return err
	}
	if err := r.upserts(ctx, m, ", behind edits and an export"); err != nil {
		return err
	}
	m.note("duplicates")
	if err := r.duplicates(ctx, m); err != nil {
		return fmt.Errorf("duplicates: %w", err)
	}
	return nil
}

// give makes the custom fields and tags and gives them to customers.
func (r *records) give(ctx context.Context, m measuring) error {
	if err := r.define(ctx); err != nil {
		return err
	}
	m.note("bulk upsert of known customers")
	known := min(m.customers, knownRows)
	took, err := r.upsert(ctx, 1, known, func(i int) map[string]any {
		id := int64(i + 1)
		row := map[string]any{"id": id, "fields": map[string]any{"plan": planOf(id), "score": mix(id+7) % scoreMax}}
		if k := mix(id+13) % 10; k < uint64(len(r.tags)) {
			row["tags"] = []string{r.tags[k]}
		}
		return row
	})
	if err != nil {
		return err
	}
	m.add("bulk upsert of custom fields and tags, customers/s", "%.0f", float64(known)/took.Seconds())
	return r.settle(ctx)
}

// define makes two custom fields and three tags.
func (r *records) define(ctx context.Context) error {
	label := func(text string) map[string]any { return map[string]any{"zh": text, "en": text} }
	var options []map[string]any
	for _, p := range plans {
		options = append(options, map[string]any{"code": p, "label": label(p)})
	}
	for _, body := range []map[string]any{
		{"code": "plan", "kind": "choice", "name": label("plan"), "options": options},
		{"code": "score", "kind": "number", "name": label("score")},
	} {
		if err := r.send(ctx, "POST", "/custom-fields", body, nil); err != nil {
			return err
		}
	}
	var group struct {
		ID int64 `json:"id"`
	}
	if err := r.send(ctx, "POST", "/tag-groups", map[string]any{"name": label("bench")}, &group); err != nil {
		return err
	}
	for _, name := range []string{"爱咖啡", "常团购", "怕打扰"} {
		var tag struct {
			ID int64 `json:"id"`
		}
		if err := r.send(ctx, "POST", "/tags", map[string]any{"group_id": group.ID, "name": name}, &tag); err != nil {
			return err
		}
		r.tags, r.tagIDs = append(r.tags, name), append(r.tagIDs, tag.ID)
	}
	return nil
}

// upsert sends n rows, as many a call as it takes, by so many callers at once.
// The calls are bytes before the clock runs: the server is measured.
func (r *records) upsert(ctx context.Context, callers, n int, row func(i int) map[string]any) (time.Duration, error) {
	calls := make(chan json.RawMessage, n/upsertRows+1)
	for at := 0; at < n; at += upsertRows {
		items := make([]map[string]any, 0, upsertRows)
		for i := at; i < min(n, at+upsertRows); i++ {
			items = append(items, row(i))
		}
		body, err := json.Marshal(map[string]any{"source": "bench", "items": items})
		if err != nil {
			return 0, err
		}
		calls <- body
	}
	close(calls)
	failed := make([]error, callers)
	var wg sync.WaitGroup
	started := time.Now()
	for c := range callers {
		wg.Go(func() {
			for body := range calls {
				if failed[c] = r.upsertOnce(ctx, body); failed[c] != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	return time.Since(started), errors.Join(failed...)
}

func (r *records) upsertOnce(ctx context.Context, body json.RawMessage) error {
	var answer struct {
		Failed  int `json:"failed"`
		Results []struct {
			Error *struct {
				Detail string `json:"detail"`
			} `json:"error"`
		} `json:"results"`
	}
	if err := r.send(ctx, "POST", "/customers/upsert", body, &answer); err != nil {
		return err
	}
	for _, res := range answer.Results {
		if res.Error != nil {
			return fmt.Errorf("%d rows of an upsert were refused: %s", answer.Failed, res.Error.Detail)
		}
	}
	return nil
}

// lists are pages of lists with three filters over every kind of field.
func (r *records) lists(ctx context.Context) ([]load, error) {
	v, err := r.options(ctx)
	if err != nil {
		return nil, err
	}
	query := func(filter, rest string, a ...any) string {
		return "/customers?limit=50&filter=" + url.QueryEscape(fmt.Sprintf(filter, a...)) + rest
	}
	city := func(g *rand.Rand) string { return v.cities[g.IntN(len(v.cities))] }
	return []load{
		{"list by level, city and spend", "", func(g *rand.Rand) string {
			return query(`{"all":[{"field":"level","op":"in","value":[%q]},{"field":"city","op":"eq","value":%q},{"field":"net_365","op":"gte","value":%d}]}`, "",
				v.levels[g.IntN(len(v.levels))], city(g), 10_000*g.IntN(30))
		}},
		{"list by tag, choice and last order", "", func(g *rand.Rand) string {
			return query(`{"all":[{"field":"tags","op":"any","value":[%d]},{"field":"f.plan","op":"in","value":[%q]},{"field":"last_day","op":"last_days","value":%d}]}`, "",
				r.tagIDs[g.IntN(len(r.tagIDs))], plans[g.IntN(len(plans))], 180+g.IntN(360))
		}},
		{"list by custom number, city and kind", "", func(g *rand.Rand) string {
			low := g.IntN(scoreMax * 9 / 10)
			return query(`{"all":[{"field":"f.score","op":"between","value":[%d,%d]},{"field":"city","op":"eq","value":%q},{"field":"kind","op":"in","value":["person"]}]}`, "",
				low, low+scoreMax/10, city(g))
		}},
		{"list by city or tag, not level, orders", "", func(g *rand.Rand) string {
			return query(`{"all":[{"any":[{"field":"city","op":"eq","value":%q},{"field":"tags","op":"any","value":[%d]}]},{"not":{"field":"level","op":"in","value":[%q]}},{"field":"orders_365","op":"gte","value":2}]}`,
				"&sort=-net_all", city(g), r.tagIDs[1], v.levels[g.IntN(len(v.levels))])
		}},
		{"list by kind, stage and phone, in order of a custom number", "", func(*rand.Rand) string {
			return query(`{"all":[{"field":"kind","op":"in","value":["person"]},{"field":"stage","op":"in","value":["customer"]},{"field":"has_phone","op":"is","value":true}]}`,
				"&sort=-f.score&columns=tags,owner,f.score,f.plan")
		}},
	}, nil
}

// warmLists are the lists when the columns they go by are in memory.
func (r *records) warmLists(ctx context.Context) ([]load, error) {
	lists, err := r.lists(ctx)
	if err != nil {
		return nil, err
	}
	return lists, r.warm(ctx, lists)
}

// measureLists measures lists with three filters.
func (r *records) measureLists(ctx context.Context, m measuring) error {
	m.note("lists with three filters")
	lists, err := r.warmLists(ctx)
	if err != nil {
		return err
	}
	for _, l := range lists {
		if err := r.measureLoad(ctx, m, l); err != nil {
			return err
		}
	}
	return nil
}

// listsOnly measures lists with three filters on a base that may have the
// custom fields and tags already.
func (s *server) listsOnly(ctx context.Context, m measuring) error {
	r := &records{server: s}
	if err := r.unlessKnown(ctx, func() error { return r.give(ctx, m) }); err != nil {
		return err
	}
	if err := r.settle(ctx); err != nil {
		return err
	}
	return r.measureLists(ctx, m)
}

// bulkOnly measures a bulk edit and its undo on such a base, once what a start
// makes the program do is done.
func (s *server) bulkOnly(ctx context.Context, m measuring) error {
	r := &records{server: s}
	if err := r.unlessKnown(ctx, func() error { return r.give(ctx, m) }); err != nil {
		return err
	}
	if _, err := r.warmLists(ctx); err != nil {
		return err
	}
	if err := r.settle(ctx); err != nil {
		return err
	}
	return r.bulk(ctx, m)
}

// unlessKnown makes custom fields and tags where the base has none yet.
func (r *records) unlessKnown(ctx context.Context, define func() error) error {
	var known struct {
		Items []struct {
			ID   int64  `json:"id"`
			Name string `json:"name"`
		} `json:"items"`
	}
	if err := r.get(ctx, "/tags", &known); err != nil {
		return err
	}
	for _, t := range known.Items {
		r.tags, r.tagIDs = append(r.tags, t.Name), append(r.tagIDs, t.ID)
	}
	if len(r.tags) > 0 {
		return nil
	}
	return define()
}
