package customer_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"zhike/internal/platform/db"
)

// BenchmarkRecord measures records at 16 clients through the HTTP stack: read,
// history, edit, the warning while typing, and lists of somebody with 300
// customers of the own and 40 by the team.
//
//	ZHIKE_BENCH_CUSTOMERS=1000000 go test -run xx -bench Record -benchtime 1x -timeout 60m ./internal/customer
func BenchmarkRecord(b *testing.B) {
	eachBench(b, func(b *testing.B, d *db.DB, n int) {
		f := setupRecord(b, d)
		f.fillBench(b, n)
		must(b, d.InTx(context.Background(), func(ctx context.Context) error {
			for _, text := range []string{
				`UPDATE customers SET owner_id = 1000 + id % ` + strconv.Itoa(n/300),
				`UPDATE customers SET owner_id = 32 WHERE owner_id = 1001`,
				`UPDATE customers SET owner_id = NULL WHERE owner_id = 1002`,
				`INSERT INTO customer_team (customer_id, staff_id, role, added_at) SELECT id, 32, 'service', 0 FROM customers WHERE id % ` + strconv.Itoa(n/40) + ` = 2`,
			} {
				if _, err := d.Q(ctx).ExecContext(ctx, text); err != nil {
					return err
				}
			}
			return nil
		}))
		if d.Engine() == db.Postgres {
			_, err := d.Writer().Exec(`ANALYZE`)
			must(b, err)
		}
		id := func(r *rand.Rand) int64 { return 1 + r.Int64N(int64(n)) }
		for _, c := range []struct {
			name, actor, method string
			target              func(r *rand.Rand) (path, body string)
		}{
			{"read", "ops", "GET", func(r *rand.Rand) (string, string) { return fmt.Sprintf("/customers/%d/record", id(r)), "" }},
			{"edit", "ops", "PATCH", func(r *rand.Rand) (string, string) {
				return fmt.Sprintf("/customers/%d/record?merge=true", id(r)), fmt.Sprintf(`{"industry":"%d","remark":"x"}`, r.Int64())
			}},
			{"history", "ops", "GET", func(r *rand.Rand) (string, string) { return fmt.Sprintf("/customers/%d/changes", id(r)), "" }},
			{"similar", "ops", "POST", func(r *rand.Rand) (string, string) {
				return "/customers/similar", fmt.Sprintf(`{"name":"%s","phone":"%s"}`, benchName(r), benchPhone(id(r)))
			}},
			{"own_list", "ann", "GET", func(*rand.Rand) (string, string) { return "/customers", "" }},
			{"own_name", "ann", "GET", func(r *rand.Rand) (string, string) { return "/customers?q=" + url.QueryEscape(benchName(r)), "" }},
			{"pool_list", "ann", "GET", func(*rand.Rand) (string, string) { return "/customers?owner=-1", "" }},
		} {
			b.Run(c.name, func(b *testing.B) { f.pound(b, c.actor, c.method, c.target) })
		}
	})
}

// pound sends requests of 16 clients for a while and reports the 95th percentile.
func (f *fixture) pound(b *testing.B, actor, method string, target func(r *rand.Rand) (path, body string)) {
	b.Helper()
	var mu sync.Mutex
	var all []time.Duration
	var wg sync.WaitGroup
	for c := range 16 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			r := rand.New(rand.NewPCG(uint64(c), 7))
			for i := range 60 {
				path, body := target(r)
				etag := ""
				if method == http.MethodPatch {
					etag = `"v1"`
				}
				begin := time.Now()
				w := f.send(actor, method, path, etag, body)
				took := time.Since(begin)
				if w.Code != http.StatusOK && !strings.Contains(w.Body.String(), "version_conflict") {
					b.Errorf("%s: %d %s", path, w.Code, w.Body)
					return
				}
				if i >= 10 { // plans and caches are warm by then
					mu.Lock()
					all = append(all, took)
					mu.Unlock()
				}
			}
		}()
	}
	wg.Wait()
	if len(all) == 0 {
		return
	}
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)*95/100].Microseconds())/1000, "p95_ms")
	b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "p50_ms")
	b.ReportMetric(0, "ns/op")
}
