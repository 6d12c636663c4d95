package timeline

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
	"time"

	"zhike/internal/order"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/money"
	"zhike/internal/platform/vault"
)

// fill gives customer 1 n entries of every source, many at the same instant.
func (f *fixture) fill(t testing.TB, n int) (want map[string]int) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(1, 2))
	at := func() time.Time {
		return (today - clock.Day(rnd.IntN(700))).Start(shanghai).Add(time.Duration(rnd.IntN(24)) * time.Hour)
	}
	want = map[string]int{}
	s := order.NewStore(f.db)
	cipher, err := f.s.Vault.Seal(vault.KindNote, `{"subject":"回访","text":"满意"}`)
	must(t, err)
	must(t, f.db.InTx(context.Background(), func(ctx context.Context) error {
		var orders []order.Order
		var behaviours []order.Behaviour
		var changes, notes []time.Time
		for i := range n {
			switch at := at(); i % 5 {
			case 0, 1:
				o := order.Order{SourceID: 1, ExternalID: fmt.Sprint("O", i), CustomerID: 1, Kind: order.KindSale, Status: order.StatusPaid,
					PaidAt: clock.Millis(at), Day: clock.DayOf(at, shanghai), Sales: money.Exact{Fen: 100}, Net: money.Exact{Fen: 100}}
				want["order"]++
				if i%10 == 0 {
					o.Kind, o.Sales, o.Net = order.KindReturn, money.Exact{}, money.Exact{Fen: -100}
					want["order"]--
					want["return"]++
				}
				orders = append(orders, o)
			case 2:
				k := order.BehaviourKind(i/5%4 + 1)
				behaviours = append(behaviours, order.Behaviour{SourceID: 1, ExternalID: fmt.Sprint("B", i), CustomerID: 1, Kind: k,
					At: clock.Millis(at), Day: clock.DayOf(at, shanghai), ProductID: 1})
				want[k.Code()]++
			case 3:
				changes = append(changes, at)
				want["edit"]++
			default:
				notes = append(notes, at)
				want["call"]++
			}
		}
		if err := s.InsertOrders(ctx, orders); err != nil {
			return err
		}
		if err := s.InsertBehaviours(ctx, behaviours); err != nil {
			return err
		}
		// Two fields each: an entry tells both.
		if err := f.db.BulkInsert(ctx, "customer_changes", []string{"id", "customer_id", "at", "actor_id", "actor_name", "origin", "change_set", "version",
			"field", "before_text", "after_text"}, 2*len(changes), func(i int, v []any) {
			v[0], v[1], v[2], v[3], v[4], v[5] = int64(i+1), int64(1), clock.Millis(changes[i/2]), int64(3), "小李", "edit"
			v[6], v[7], v[8], v[9], v[10] = int64(i/2+1), int64(i/2+2), []string{"name", "company"}[i%2], "旧", "新"
		}); err != nil {
			return err
		}
		return f.db.BulkInsert(ctx, "customer_notes", []string{"id", "customer_id", "kind", "at", "day", "direction", "outcome", "body_cipher",
			"author_id", "author_name", "version", "created_at", "updated_at"}, len(notes), func(i int, v []any) {
			v[0], v[1], v[2], v[3], v[4], v[5], v[6] = int64(i+1), int64(1), "call", clock.Millis(notes[i]), int64(clock.DayOf(notes[i], shanghai)), "out", "reached"
			v[7], v[8], v[9], v[10], v[11], v[12] = cipher, int64(3), "小李", int64(1), int64(0), int64(0)
		})
	}))
	f.levels(t)
	want["level"] = 2
	if f.db.Engine() == db.Postgres {
		_, err := f.db.Pool().Exec(context.Background(), "ANALYZE")
		must(t, err)
	}
	return want
}

// levels grades customer 1 in three runs: first without a run before, then up,
// then down. A failed run does not count.
func (f *fixture) levels(t testing.TB) {
	t.Helper()
	f.exec(t, `INSERT INTO tier_schemes (id, code, version, name, method, body, created_by, created_at) VALUES (1, 'x', 1, '价值分层', 'rules', $1, 0, 0)`,
		`{"code":"x","name":"价值分层","method":"rules","levels":[{"code":"high","name":"高价值"},{"code":"low","name":"低价值"}]}`)
	for i, r := range []struct {
		status           string
		move, level, prv any
	}{{"finished", 0, 1, nil}, {"finished", 1, 0, 1}, {"failed", 2, 1, 0}, {"finished", 2, 1, 0}} {
		id := int64(i + 1)
		at := clock.Millis((today - clock.Day(100-i)).Start(shanghai))
		f.exec(t, `INSERT INTO tier_runs (id, scheme_id, scheme_code, as_of_day, status, customers, summary, previous_run_id, error_code, lease_until, created_by, created_at, started_at, finished_at)
VALUES ($1, 1, 'x', 1, $2, 1, '', $3, '', 0, 0, 0, 0, $4)`, id, r.status, id-1, at)
		f.exec(t, `INSERT INTO tier_assignments (run_id, customer_id, level, move, prev_level) VALUES ($1, 1, $2, $3, $4)`, id, r.level, r.move, r.prv)
	}
}

// walk reads all pages; between goes between two of them.
func (f *fixture) walk(t testing.TB, kinds string, limit int, between func(page int)) (all []Entry) {
	t.Helper()
	cursor := ""
	for page := 0; ; page++ {
		var h History
		w := f.call(t, "seller", "GET", fmt.Sprintf("/customers/1/timeline?limit=%d&kind=%s&cursor=%s", limit, kinds, url.QueryEscape(cursor)), "", &h)
		if w.Code != 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if len(h.Items) > limit {
			t.Fatalf("%d items", len(h.Items))
		}
		all = append(all, h.Items...)
		if h.NextCursor == nil {
			return all
		}
		cursor = *h.NextCursor
		if between != nil {
			between(page)
		}
	}
}

func TestTimelineOfTenThousand(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d)
		want := f.fill(t, 10_000)
		extra := int64(0)
		all := f.walk(t, "", 100, func(page int) {
			if page%20 != 3 {
				return
			}
			// Newer and at once: it must not move what is still to come.
			extra++
			f.exec(t, `INSERT INTO customer_notes (id, customer_id, kind, at, day, direction, outcome, body_cipher, author_id, author_name, version, created_at, updated_at)
SELECT $1, 1, 'visit', $2, $3, '', '', body_cipher, 3, '小李', 1, 0, 0 FROM customer_notes WHERE id = 1`, 100_000+extra, clock.Millis(f.clock.Now()), int64(today))
		})
		got, seen := map[string]int{}, map[string]bool{}
		for i := range all {
			e := &all[i]
			got[e.Kind]++
			id := fmt.Sprint(e.Source, e.ID)
			if seen[id] {
				t.Fatalf("%s twice", id)
			}
			seen[id] = true
			if i > 0 && newer(&all[i-1], e) >= 0 {
				t.Fatalf("entry %d is out of order", i)
			}
			if e.Kind == "edit" && (len(e.Facts) != 3 || e.Actor == nil || e.Actor.Name != "小李") {
				t.Fatalf("an edit of two fields: %+v", e)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got %v, want %v", got, want)
		}
		for _, kinds := range []string{"return", "cart,review", "edit", "level", "call,order"} {
			n := 0
			for k := range strings.SplitSeq(kinds, ",") {
				n += want[k]
			}
			some := f.walk(t, kinds, 90, nil)
			for i := range some {
				if !strings.Contains(kinds, some[i].Kind) {
					t.Errorf("%s among %s", some[i].Kind, kinds)
				}
			}
			if len(some) != n {
				t.Errorf("%d of %s, want %d", len(some), kinds, n)
			}
		}
		// Fast: the first page, and one in the middle.
		for _, from := range []string{"", cursorOf(&all[len(all)/2])} {
			best := time.Hour
			for range 5 {
				begin := time.Now()
				f.call(t, "seller", "GET", "/customers/1/timeline?cursor="+from, "", nil)
				best = min(best, time.Since(begin))
			}
			t.Logf("a page of 30 among 10,000: %v", best)
			if best > 250*time.Millisecond {
				t.Errorf("a page takes %v", best)
			}
		}
	})
}

// The plans of the five sources go along an index of the customer.
func TestTimelinePlans(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d)
		f.fill(t, 5000)
		// Others, so that the customer is a small part.
		f.exec(t, `INSERT INTO orders (id, source_id, external_id, customer_id, kind, status, paid_at, day, gross_fen, gross_sub, sales_fen, sales_sub, net_fen, net_sub,
 freight_fen, quantity_milli, line_count, channel, store, province, city, content_hash, import_id, created_at, updated_at)
SELECT id + 1000000, source_id, 'z' || external_id, id + 1000, kind, status, paid_at, day, gross_fen, gross_sub, sales_fen, sales_sub, net_fen, net_sub,
 freight_fen, quantity_milli, line_count, channel, store, province, city, content_hash, import_id, created_at, updated_at FROM orders`)
		if d.Engine() == db.Postgres {
			_, err := d.Pool().Exec(context.Background(), "ANALYZE")
			must(t, err)
		}
		for name, q := range map[string]struct{ index, query string }{
			"orders": {"orders_customer", `SELECT o.id FROM orders o WHERE o.customer_id = 1 AND o.day <= 20000 AND (o.day, o.paid_at, o.id) < (20000, 9999999999999, 5)
 AND o.kind >= 1 AND o.kind <= 2 ORDER BY o.day DESC, o.paid_at DESC, o.id DESC LIMIT 31`},
			"behaviours": {"behaviours_", `SELECT b.id FROM behaviours b WHERE b.customer_id = 1 AND b.day <= 20000 AND (b.day, b.at, b.id) < (20000, 9999999999999, 5)
 AND b.kind IN (1, 2, 3, 4) ORDER BY b.day DESC, b.at DESC, b.id DESC LIMIT 31`},
			"notes": {"customer_notes_customer", `SELECT n.id FROM customer_notes n WHERE n.customer_id = 1 AND n.day <= 20000 AND (n.day, n.at, n.id) < (20000, 9999999999999, 5)
 AND n.kind IN ('call', 'visit') ORDER BY n.day DESC, n.at DESC, n.id DESC LIMIT 31`},
			"edits": {"customer_changes_customer", `SELECT id FROM customer_changes WHERE customer_id = 1 AND (at, id) < (9999999999999, 5) ORDER BY at DESC, id DESC LIMIT 400`},
		} {
			explain := "EXPLAIN QUERY PLAN "
			if d.Engine() == db.Postgres {
				explain = "EXPLAIN "
			}
			plan := ""
			rows, err := d.Q(context.Background()).QueryContext(context.Background(), explain+q.query)
			must(t, err)
			for rows.Next() {
				var line string
				if d.Engine() == db.Postgres {
					must(t, rows.Scan(&line))
				} else {
					var a, b, c int
					must(t, rows.Scan(&a, &b, &c, &line))
				}
				plan += line + "\n"
			}
			rows.Close()
			if !strings.Contains(plan, q.index) || strings.Contains(plan, "Seq Scan") || strings.Contains(plan, "SCAN") {
				t.Errorf("%s:\n%s", name, plan)
			}
		}
	})
}

// A source of a later part: it is registered, and nothing else is touched.
type extraSource struct{ entries []Entry }

func (extraSource) Name() string    { return "ticket" }
func (extraSource) Kinds() []string { return []string{"ticket"} }
func (x extraSource) Entries(_ context.Context, _ int64, p Position, limit int, _ []string) (out []Entry, err error) {
	for _, e := range x.entries {
		below := newer(&Entry{Day: p.Day, At: p.At, ID: p.ID}, &Entry{Day: e.Day, At: e.At, ID: e.ID}) < 0
		if below && len(out) < limit {
			out = append(out, e)
		}
	}
	return out, nil
}

func TestSourcesAtOneInstant(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d)
		at := clock.Millis(f.clock.Now()) - 1000
		for range 3 {
			f.note(t, "seller", "1", fmt.Sprintf(`{"kind":"note","text":"x","at":%d}`, at))
		}
		f.addOrders(t, []buy{{customer: 1, at: time.UnixMilli(at), yuan: 1}, {customer: 1, at: time.UnixMilli(at), yuan: 2}})
		x := extraSource{}
		for id := int64(3); id > 0; id-- {
			x.entries = append(x.entries, Entry{Source: "ticket", ID: id, Kind: "ticket", At: at, Day: today})
		}
		f.s.Add(x)
		got := ""
		for _, e := range f.walk(t, "", 1, nil) {
			got += fmt.Sprint(e.Source[:1], e.ID, " ")
		}
		if got != "t3 t2 t1 o2 o1 n3 n2 n1 " {
			t.Errorf("got %s", got)
		}
		if only := f.walk(t, "ticket", 2, nil); len(only) != 3 {
			t.Errorf("%d tickets", len(only))
		}
		defer func() {
			if recover() == nil {
				t.Error("a kind was taken twice")
			}
		}()
		f.s.Add(extraSource{})
	})
}

func TestTimelineRefusals(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d)
		for target, want := range map[string]int{
			"/customers/1/timeline?kind=nonsense": 422, "/customers/1/timeline?cursor=bm8": 422, "/customers/1/timeline?limit=101": 422,
			"/customers/1/timeline?x=1": 422, "/customers/99/timeline": 404, "/customers/2/timeline": 404,
			"/customers/1/timeline?cursor=" + url.QueryEscape("WzIwMDAwLDEsIm5vdGUiLDFd"): 200,
		} {
			if w := f.call(t, "seller", "GET", target, "", nil); w.Code != want {
				t.Errorf("%s: %d %s", target, w.Code, w.Body)
			}
		}
	})
}

func TestPositionClamps(t *testing.T) {
	noon := clock.Millis(today.Start(shanghai).Add(12 * time.Hour))
	start, end := clock.Millis(today.Start(shanghai)), clock.Millis(today.End(shanghai))
	for _, c := range []struct{ p, want Position }{
		{Position{today, noon, 5}, Position{At: noon, ID: 5}},
		{Position{today, end + 5, 5}, Position{At: end}}, // an order of another zone
		{Position{today, start - 5, 5}, Position{At: start}},
	} {
		if at, id := c.p.Instant(shanghai); at != c.want.At || id != c.want.ID {
			t.Errorf("%+v: %d %d", c.p, at, id)
		}
	}
}

func TestEntriesAreTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d)
		f.levels(t)
		f.addOrders(t, []buy{{customer: 1, product: 1, at: f.clock.Now(), yuan: 300, pieces: 2, channel: "天猫"}})
		f.exec(t, `INSERT INTO customer_changes (id, customer_id, at, actor_id, actor_name, origin, change_set, version, field, before_text, after_text)
VALUES (1, 1, 5, 3, '小李', 'edit', 1, 2, 'owner_id', '3', '4')`)
		all := f.walk(t, "", 50, nil)
		b, err := json.Marshal(all)
		must(t, err)
		text := string(b)
		for _, want := range []string{
			`"key":"timeline.text.level_down","params":{"before":"高价值","level":"低价值"}`,
			`"key":"timeline.text.level_up","params":{"before":"低价值","level":"高价值"}`,
			`"key":"owner_id","type":"change","text":"老王","before":"小李"`, `"text":"羊毛衫"`, `"key":"timeline.fact.amount","type":"money","text":"","before":"","number":30000`, `"text":"order.status.completed"`, `"text":"天猫"`,
		} {
			if !strings.Contains(text, want) {
				t.Errorf("no %s in %s", want, text)
			}
		}
	})
}
