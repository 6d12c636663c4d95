package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"zhike/internal/demo"
	"zhike/internal/platform/clock"
)

const (
	editors       = 8 // who count at the same time
	followedCount = 200
	firstMembers  = 100_000
	membersPage   = 10_000
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

// counted is the answer to a count.
type counted struct {
	Count  int64   `json:"count"`
	Engine string  `json:"engine"`
	Took   float64 `json:"took_ms"`
}

func (s *server) count(ctx context.Context, rule string) (c counted, err error) {
	err = s.send(ctx, http.MethodPost, "/audiences/count", map[string]any{"rule": json.RawMessage(rule)}, &c)
	return c, err
}

// measureAudiences starts the program on the base as it is, with columns and
// without, and fills in the figures of audiences.
func (p *program) measureAudiences(ctx context.Context, o options, e engine, t *table, note func(string, ...any)) error {
	s, err := p.serve()
	if err != nil {
		return err
	}
	if err := s.audiences(ctx, o, e, t, note); err != nil {
		s.stop()
		return err
	}
	s.stop()
	if err := p.snapshot(ctx, e, t, note); err != nil {
		return err
	}
	return p.bySQL(ctx, o, e, t, note)
}

func (s *server) audiences(ctx context.Context, o options, e engine, t *table, note func(string, ...any)) error {
	if err := s.login(); err != nil {
		return err
	}
	list, err := s.questions(ctx)
	if err != nil {
		return err
	}
	note("columns are read")
	started := time.Now()
	if err := s.warmCounts(ctx, list); err != nil {
		return err
	}
	t.add("columns of audiences read from the database, s", e, "%.1f", time.Since(started).Seconds())
	worst := time.Duration(0)
	for _, q := range list {
		note("count: %s", q.name)
		p95, err := s.editing(ctx, o, q, 1)
		if err != nil {
			return fmt.Errorf("%s: %w", q.name, err)
		}
		t.add("count p95, ms: "+q.name, e, "%.1f", millis(p95))
		worst = max(worst, p95)
	}
	t.add("count p95, ms: the slowest single condition, all of them ≤ 20", e, "%.1f", millis(worst))
	note("count: nested")
	p95, err := s.editing(ctx, o, mixed(list), editors)
	if err != nil {
		return err
	}
	t.add("count p95, ms: three nested conditions, 8 editors (≤ 50)", e, "%.1f", millis(p95))
	note("members")
	if err := s.members(ctx, e, t); err != nil {
		return err
	}
	note("%d audiences", followedCount)
	if err := s.following(ctx, e, t, list); err != nil {
		return err
	}
	note("changes at 1,000 a second")
	if err := s.fresh(ctx, o, e, t); err != nil {
		return err
	}
	bytes, err := s.metric(ctx, "zhike_columns_bytes")
	if err != nil {
		return err
	}
	t.add("memory of the columns, MiB (≤ 250)", e, "%.0f", bytes/(1<<20))
	t.add("memory of the server with columns, MiB", e, "%.0f", s.memoryMiB())
	return nil
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// questions are the single conditions over what the base has.
func (s *server) questions(ctx context.Context) ([]question, error) {
	options, err := s.options(ctx)
	if err != nil {
		return nil, err
	}
	var values struct {
		Items []struct {
			Value string `json:"value"`
		} `json:"items"`
	}
	if err := s.get(ctx, "/audiences/values?stream=lines&dimension=category&limit=20", &values); err != nil {
		return nil, err
	}
	var categories []string
	for _, v := range values.Items {
		categories = append(categories, v.Value)
	}
	if len(categories) == 0 || len(options.provinces) == 0 {
		return nil, errors.New("the base has no categories or no provinces")
	}
	return conditions(categories, options.provinces), nil
}

// warmCounts asks everything until columns answer. Nobody waits for an answer by
// SQL meanwhile: it is given up, so that it does not slow the reading down.
func (s *server) warmCounts(ctx context.Context, list []question) error {
	r := rand.New(rand.NewPCG(3, 3))
	for range 600 {
		waits := false
		for _, q := range list {
			short, cancel := context.WithTimeout(ctx, 250*time.Millisecond)
			c, err := s.count(short, q.rule(r))
			late := short.Err() != nil
			cancel()
			switch {
			case late:
				waits = true
			case err != nil:
				return fmt.Errorf("%s: %w", q.name, err)
			default:
				waits = waits || c.Engine != "columns"
			}
		}
		if !waits {
			return nil
		}
		time.Sleep(500 * time.Millisecond)
	}
	return errors.New("counts are not answered from columns")
}

// editing counts with so many editors at once and gives the 95th percentile.
func (s *server) editing(ctx context.Context, o options, q question, people int) (time.Duration, error) {
	until := time.Now().Add(time.Duration(o.seconds) * time.Second / 2)
	var mu sync.Mutex
	var all []time.Duration
	var failed error
	var wg sync.WaitGroup
	for k := range people {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(5, uint64(k)))
			for time.Now().Before(until) {
				began := time.Now()
				c, err := s.count(ctx, q.rule(r))
				took := time.Since(began)
				if err == nil && c.Engine != "columns" {
					err = errors.New("answered by " + c.Engine)
				}
				mu.Lock()
				if err != nil && failed == nil {
					failed = err
				}
				all = append(all, took)
				stop := failed != nil
				mu.Unlock()
				if stop {
					return
				}
				// Somebody types: a few changes a second.
				time.Sleep(time.Duration(100+r.IntN(200)) * time.Millisecond)
			}
		})
	}
	wg.Wait()
	if failed != nil {
		return 0, failed
	}
	slices.Sort(all)
	return all[min(len(all)-1, len(all)*95/100)], nil
}

// make saves an audience and gives its id.
func (s *server) make(ctx context.Context, name, rule string, followed bool) (int64, error) {
	var made struct {
		ID int64 `json:"id"`
	}
	err := s.send(ctx, http.MethodPost, "/audiences",
		map[string]any{"name": name, "kind": "dynamic", "rule": json.RawMessage(rule), "followed": followed}, &made)
	return made.ID, err
}

// members reads the first 100,000 of an audience.
func (s *server) members(ctx context.Context, e engine, t *table) error {
	id, err := s.make(ctx, fmt.Sprint("members ", time.Now().UnixNano()), `{"facts":{"stream":"orders","agg":"count","window":{"last":`+strconv.Itoa(since()+365)+`}},"op":"gte","value":1}`, false)
	if err != nil {
		return err
	}
	var best time.Duration
	for range 5 {
		began, n, cursor := time.Now(), 0, ""
		for n < firstMembers {
			var page struct {
				Items      []json.RawMessage `json:"items"`
				NextCursor *string           `json:"next_cursor"`
			}
			if err := s.get(ctx, fmt.Sprintf("/audiences/%d/members?limit=%d&cursor=%s", id, membersPage, cursor), &page); err != nil {
				return err
			}
			if n += len(page.Items); page.NextCursor == nil {
				break
			}
			cursor = *page.NextCursor
		}
		if took := time.Since(began); best == 0 || took < best {
			best = took
		}
	}
	t.add("first 100,000 members, ms (≤ 300)", e, "%.0f", millis(best))
	return nil
}

// following has 200 audiences followed, and asks in which of them customers are.
func (s *server) following(ctx context.Context, e engine, t *table, list []question) error {
	r := rand.New(rand.NewPCG(9, 9))
	stamp := time.Now().UnixNano()
	for i := range followedCount {
		rule := list[i%len(list)].rule(r)
		if i%3 == 0 {
			rule = mixed(list).rule(r)
		}
		if _, err := s.make(ctx, fmt.Sprint("followed ", stamp, " ", i), rule, true); err != nil {
			return err
		}
	}
	began := time.Now()
	for {
		lag, err := s.metric(ctx, "zhike_audience_lag_seconds")
		if err != nil {
			return err
		}
		if lag == 0 && time.Since(began) > 5*time.Second {
			break
		}
		if time.Since(began) > 10*time.Minute {
			return errors.New("the followed audiences did not come up to date")
		}
		time.Sleep(200 * time.Millisecond)
	}
	t.add("200 new audiences, first membership written, s", e, "%.1f", time.Since(began).Seconds())
	sum, err := s.metric(ctx, "zhike_audience_round_seconds_sum")
	if err != nil {
		return err
	}
	rounds, err := s.metric(ctx, "zhike_audience_round_seconds_count")
	if err != nil {
		return err
	}
	t.add("a round over the followed audiences, mean, s (200 in full ≤ 4)", e, "%.2f", sum/max(rounds, 1))
	var all []time.Duration
	for range 300 {
		began := time.Now()
		if err := s.get(ctx, fmt.Sprintf("/customers/%d/audiences", 1+r.Int64N(100_000)), nil); err != nil {
			return err
		}
		all = append(all, time.Since(began))
	}
	slices.Sort(all)
	t.add("one customer against 200 audiences, p50, ms (≤ 2)", e, "%.2f", millis(all[len(all)/2]))
	t.add("one customer against 200 audiences, p95, ms", e, "%.2f", millis(all[len(all)*95/100]))
	return nil
}

// fresh changes 1,000 customers a second and looks how long a count takes to
// know of it: a mark is the industry that a batch gives its customers.
func (s *server) fresh(ctx context.Context, o options, e engine, t *table) error {
	if _, err := s.count(ctx, `{"field":"industry","op":"eq","value":"none yet"}`); err != nil {
		return err
	}
	time.Sleep(5 * time.Second) // the column is read
	var all []time.Duration
	r := rand.New(rand.NewPCG(11, 11))
	for round := range 10 {
		mark := fmt.Sprintf("批次%d-%d", time.Now().Unix(), round)
		began := time.Now()
		var rows []map[string]any
		for _, k := range r.Perm(min(o.customers, 500_000))[:1000] {
			rows = append(rows, map[string]any{"id": k + 1, "industry": mark})
		}
		if err := s.send(ctx, http.MethodPost, "/customers/upsert", map[string]any{"source": "bench", "items": rows}, nil); err != nil {
			return err
		}
		committed := time.Now()
		for {
			c, err := s.count(ctx, `{"field":"industry","op":"eq","value":`+quote(mark)+`}`)
			if err != nil {
				return err
			}
			if c.Count == int64(len(rows)) {
				break
			}
			if time.Since(committed) > 30*time.Second {
				return fmt.Errorf("%d of %d changes are seen", c.Count, len(rows))
			}
			time.Sleep(5 * time.Millisecond)
		}
		all = append(all, time.Since(committed))
		if rest := time.Second - time.Since(began); rest > 0 {
			time.Sleep(rest)
		}
	}
	t.add("a change is counted after its commit at 1,000 a second, worst, ms (≤ 2,000)", e, "%.0f", millis(slices.Max(all)))
	return nil
}

// metric reads one number of /metrics.
func (s *server) metric(ctx context.Context, name string) (float64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+"/metrics", nil)
	if err != nil {
		return 0, err
	}
	r, err := s.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer r.Body.Close()
	var text strings.Builder
	buf := make([]byte, 64<<10)
	for {
		n, err := r.Body.Read(buf)
		text.Write(buf[:n])
		if err != nil {
			break
		}
	}
	for line := range strings.Lines(text.String()) {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			return strconv.ParseFloat(strings.TrimSpace(rest), 64)
		}
	}
	return 0, fmt.Errorf("no metric %s", name)
}

// snapshot starts the program again and looks when counts come from columns.
func (p *program) snapshot(ctx context.Context, e engine, t *table, note func(string, ...any)) error {
	note("start from the snapshot")
	began := time.Now()
	s, err := p.start()
	if err != nil {
		return err
	}
	defer s.stop()
	if err := s.login(); err != nil {
		return err
	}
	rule := fmt.Sprintf(`{"facts":{"stream":"orders","agg":"sum","of":"net","window":{"last":%d}},"op":"gte","value":100000}`, since()+90)
	for {
		c, err := s.count(ctx, rule)
		if err != nil {
			return err
		}
		if c.Engine == "columns" {
			break
		}
		if time.Since(began) > time.Minute {
			return errors.New("counts are not answered from columns after a start")
		}
	}
	t.add("from the start to a count from the snapshot, ms (≤ 1,000)", e, "%.0f", millis(time.Since(began)))
	return nil
}
