package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"zhike/internal/demo"
)

// gradedBefore is how long before the end of the bench data customers are graded
// first, so that the next run moves some hundred thousand of them.
const gradedBefore = 120

// stagesBound is how long the stages of everybody may take on a base that has none.
const stagesBound = 10 * time.Minute

// measureGrading starts the program on the base as it is and fills in the figures of
// grading by dimensions, of a review and of the lifecycle.
func (p *program) measureGrading(ctx context.Context, m measuring) error {
	return m.run(ctx, part{"grading", p.grading}, part{"review", p.review}, part{"stages", p.stages})
}

// gradedLog keeps what the program says about runs.
type gradedLog struct {
	mu   sync.Mutex
	rest []byte
	last struct {
		Msg   string  `json:"msg"`
		Read  float64 `json:"read_ms"`
		Grade float64 `json:"grade_ms"`
	}
}

func (l *gradedLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, b...)
	for {
		line, rest, ok := bytes.Cut(l.rest, []byte("\n"))
		if !ok {
			return len(b), nil
		}
		l.rest = rest
		switch {
		case bytes.Contains(line, []byte("customers were graded")):
			_ = json.Unmarshal(line, &l.last)
		case !bytes.Contains(line, []byte(`"INFO"`)):
			_, _ = os.Stderr.Write(append(line, '\n'))
		}
	}
}

// beforeWriting is what the last act took before it wrote anything.
func (l *gradedLog) beforeWriting() float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return (l.last.Read + l.last.Grade) / 1000
}

// gradedRules are what the schemes that ship ask of columns, and the orders that all
// of them add up.
var gradedRules = []question{
	fixed("orders", `{"facts":{"stream":"orders","agg":"sum","of":"net","window":{"last":365}},"op":"gte","value":100000}`),
	fixed("categories", `{"facts":{"stream":"lines","agg":"distinct","of":"category","window":{"last":365}},"op":"gte","value":4}`),
	fixed("prices", `{"facts":{"stream":"orders","agg":"count","window":{"last":365},"where":[{"field":"price","op":"in","value":["reduced"]}]},"op":"gte","value":3}`),
	fixed("ratings", `{"facts":{"stream":"behaviours","agg":"count","window":{"last":90},"where":[{"field":"kind","op":"in","value":["review"]},`+
		`{"field":"rating","op":"lte","value":2}]},"op":"gte","value":1}`),
}

func fixed(name, rule string) question {
	return question{name, func(*rand.Rand) string { return rule }}
}

// graded starts the program with the columns that grading asks.
func (p *program) graded(ctx context.Context) (*server, *gradedLog, error) {
	log := &gradedLog{}
	talking := &program{path: p.path, env: append(slices.Clone(p.env), "ZHIKE_LOG_LEVEL=info", "ZHIKE_LOG_FORMAT=json"), log: log}
	s, err := talking.start()
	if err != nil {
		return nil, nil, err
	}
	if err := s.login(); err != nil {
		s.stop()
		return nil, nil, err
	}
	if err := s.warmCounts(ctx, gradedRules); err != nil {
		s.stop()
		return nil, nil, err
	}
	if err := s.rest(ctx); err != nil {
		s.stop()
		return nil, nil, err
	}
	return s, log, nil
}

// rest waits until nothing is overdue: the first start on a base has work to do, for
// the lifecycle above all.
func (s *server) rest(ctx context.Context) error {
	if err := s.staged(ctx, time.Now()); err != nil {
		return err
	}
	return (&records{server: s}).settle(ctx)
}

// grading runs the three dimensions together: first on a base without levels (on a
// fresh one), and again, compared with those; then value alone.
func (p *program) grading(ctx context.Context, m measuring) error {
	s, log, err := p.graded(ctx)
	if err != nil {
		return err
	}
	defer s.stop()
	for _, what := range []string{"three dimensions", "three dimensions again, with moves"} {
		began, cpu := time.Now(), s.cpuTime()
		if err := s.gradeAll(ctx); err != nil {
			return err
		}
		took := time.Since(began).Seconds()
		m.add(what+": before writing, s (≤ 2)", "%.2f", log.beforeWriting())
		m.add(what+": all written, s (≤ 15)", "%.1f", took)
		m.add(what+": CPU s of the program", "%.1f", (s.cpuTime() - cpu).Seconds())
	}
	m.add("three dimensions: memory of the server, MiB", "%.0f", s.memoryMiB())
	return s.valueAlone(ctx, log, m)
}

// valueAlone grades by value three times, each when nothing else goes on and the levels
// before are in memory, and gives the middle one.
func (s *server) valueAlone(ctx context.Context, log *gradedLog, m measuring) error {
	var before, written []float64
	for range 3 {
		if err := s.warmCounts(ctx, append(slices.Clone(gradedRules), fixed("levels", `{"field":"level","op":"in","value":["high"]}`))); err != nil {
			return err
		}
		if err := s.rest(ctx); err != nil {
			return err
		}
		began := time.Now()
		if _, err := s.runValue(ctx, 0); err != nil {
			return err
		}
		before, written = append(before, log.beforeWriting()), append(written, time.Since(began).Seconds())
	}
	slices.Sort(before)
	slices.Sort(written)
	m.add("value alone: before writing, s (≤ 0.3)", "%.2f", before[1])
	m.add("value alone: all written, s", "%.1f", written[1])
	return nil
}

type gradedRun struct {
	ID     int64  `json:"id"`
	Status string `json:"status"`
}

func (s *server) gradeAll(ctx context.Context) error {
	var runs struct {
		Items []gradedRun `json:"items"`
	}
	if err := s.send(ctx, http.MethodPost, "/tiering/runs/together",
		map[string]any{"dimensions": []string{"value", "need", "loyalty"}, "as_of": demo.BenchAsOf.String()}, &runs); err != nil {
		return err
	}
	for i := range runs.Items {
		if err := s.waitRun(ctx, &runs.Items[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *server) waitRun(ctx context.Context, r *gradedRun) error {
	return (&records{server: s}).wait(ctx, fmt.Sprint("/tiering/runs/", r.ID), r, func() string { return r.Status })
}

// runValue grades by value as of so many days before the end of the data.
func (s *server) runValue(ctx context.Context, before int) (int64, error) {
	var r gradedRun
	day := demo.BenchAsOf
	for range before {
		day--
	}
	if err := s.send(ctx, http.MethodPost, "/tiering/runs", map[string]any{"scheme": "value-rules", "as_of": day.String()}, &r); err != nil {
		return 0, err
	}
	return r.ID, s.waitRun(ctx, &r)
}

// stages has new orders touch 50,000 customers and waits until their stages are
// those of afterwards.
func (p *program) stages(ctx context.Context, m measuring) error {
	s, _, err := p.graded(ctx)
	if err != nil {
		return err
	}
	defer s.stop()
	// The bench data ends years ago: the first order of today moves the day as of
	// which everybody is looked at, which is another matter than orders day by day.
	if _, err := p.touch(m, 1); err != nil {
		return err
	}
	moved := time.Now()
	if err := s.staged(ctx, moved); err != nil {
		return err
	}
	m.add("stages of everybody, when the day of the data moves by years, s", "%.1f", time.Since(moved).Seconds())
	if err := s.rest(ctx); err != nil {
		return err
	}
	cpu := s.cpuTime()
	took, err := p.touch(m, 50_000)
	if err != nil {
		return err
	}
	imported := time.Now()
	if err := s.staged(ctx, imported); err != nil {
		return err
	}
	m.add("import of an order each for 50,000 customers, s", "%.1f", took.Seconds())
	m.add("their stages are worked out after it, s (≤ 10)", "%.1f", time.Since(imported).Seconds())
	m.add("stages and columns meanwhile, CPU s of the server", "%.1f", (s.cpuTime() - cpu).Seconds())
	return nil
}

// staged waits until stages are right as of an instant.
func (s *server) staged(ctx context.Context, at time.Time) error {
	for until := time.Now().Add(stagesBound); time.Now().Before(until); time.Sleep(100 * time.Millisecond) {
		var o struct {
			EvaluatedAt int64  `json:"evaluated_at"`
			Problem     string `json:"problem"`
		}
		if err := s.get(ctx, "/lifecycle", &o); err != nil {
			return err
		}
		if o.Problem != "" {
			return errors.New(o.Problem)
		}
		if o.EvaluatedAt >= at.UnixMilli() {
			return nil
		}
	}
	return errors.New("the lifecycle does not come up")
}

// touch imports a new order of today for each of the first customers, and says what that took.
func (p *program) touch(m measuring, customers int) (time.Duration, error) {
	file, err := touching(m, customers)
	if err != nil {
		return 0, err
	}
	defer os.Remove(file)
	began := time.Now()
	_, err = p.run("import", "orders", file, "--json")
	return time.Since(began), err
}

// touching writes a file with a new order of today for each of the first customers.
func touching(m measuring, n int) (string, error) {
	f, err := os.CreateTemp("", "touching-*.csv")
	if err != nil {
		return "", err
	}
	defer f.Close()
	var b strings.Builder
	b.WriteString("订单编号,会员编号,买家姓名,手机号,付款时间,订单状态,实付金额,类目,商品名称,数量,省份,城市\n")
	stamp, now := time.Now().UnixMilli(), time.Now().Add(-time.Minute).In(time.FixedZone("", 8*3600)).Format(time.DateTime)
	for i := range min(n, m.customers) {
		fmt.Fprintf(&b, "T%d-%d,C%08d,,,%s,已完成,88.00,冷萃即饮,燕麦拿铁 250ml×6,1,,\n", stamp, i, i+1, now)
	}
	_, err = f.WriteString(b.String())
	return f.Name(), err
}
