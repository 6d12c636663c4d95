package customer_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"zhike/internal/customer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

// TestFeedOrder: with writers of all sorts at once, a reader that goes on from
// its cursor meets every write once and in order; none comes up behind it.
func TestFeedOrder(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		f := setupRecord(t, d)
		people := make([]person, 20)
		for i := range people {
			people[i].c.Name = fmt.Sprintf("客户%d", i)
		}
		f.add(t, people)
		const writers, rounds = 6, 25
		var wg sync.WaitGroup
		var writes atomic.Int64
		for w := range writers {
			wg.Add(1)
			go func() {
				defer wg.Done()
				rnd := rand.New(rand.NewPCG(uint64(w), 1))
				for i := range rounds {
					var err error
					n := int64(1)
					switch rnd.IntN(3) {
					case 0: // one edit
						e := customer.Edit{ID: f.ids[rnd.IntN(len(f.ids))]}
						must(t, e.Patch.Set("industry", fmt.Sprintf("%d-%d", w, i)))
						_, err = f.service.Change(as("ops"), e, customer.WriteOptions{})
					case 1: // an import's batch: ids in a row
						first := int64(1_000_000 + w*10_000 + i*100)
						n = 1 + rnd.Int64N(50)
						ids := make([]int64, n)
						for k := range ids {
							ids[k] = first + int64(k)
						}
						err = d.InTx(context.Background(), func(ctx context.Context) error {
							_, _, err := f.service.Store().Feed(ctx, customer.FeedCreated, 0, 1, ids)
							time.Sleep(time.Duration(rnd.IntN(3)) * time.Millisecond)
							return err
						})
					case 2: // one that fails after it took numbers
						err = d.InTx(context.Background(), func(ctx context.Context) error {
							if _, _, err := f.service.Store().Feed(ctx, customer.FeedCreated, 0, 1, []int64{5, 6, 7}); err != nil {
								return err
							}
							return errs.New(errs.Conflict, "stop")
						})
						if errs.Is(err, "stop") {
							err, n = nil, 0
						}
					}
					if err != nil {
						t.Errorf("writer %d: %v", w, err)
						return
					}
					writes.Add(n)
				}
			}()
		}
		done := make(chan struct{})
		go func() { wg.Wait(); close(done) }()
		cursor, met, last := int64(0), int64(0), false
		for {
			p, err := f.service.Feed(as("ops"), cursor, 7)
			must(t, err)
			for _, e := range p.Items {
				if e.Seq != cursor+1 {
					t.Fatalf("entry %d behind cursor %d", e.Seq, cursor)
				}
				cursor = e.Seq
				met++
			}
			if p.NextCursor != cursor {
				t.Fatalf("cursor %d, told %d", cursor, p.NextCursor)
			}
			if len(p.Items) == 0 {
				if last {
					break
				}
				select {
				case <-done:
					last = true
				default:
				}
			}
		}
		if met != writes.Load() {
			t.Errorf("met %d of %d", met, writes.Load())
		}
	})
}

func TestFeedKeepsNinetyDays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setupRecord(t, d)
		now := clock.Millis(f.clock.Now())
		tell := func(at int64, kind customer.FeedKind, other int64, ids ...int64) {
			must(t, d.InTx(t.Context(), func(ctx context.Context) error {
				_, _, err := f.service.Store().Feed(ctx, kind, other, at, ids)
				return err
			}))
		}
		tell(1, customer.FeedCreated, 0, 1, 2, 3)
		tell(now, customer.FeedMerged, 9, 2, 3)
		tell(now, customer.FeedUpdated, 0, 7, 5, 6, 6, 9)
		read := func(cursor int64) (out []string) {
			p, err := f.service.Feed(as("ops"), cursor, 100)
			must(t, err)
			for _, e := range p.Items {
				s := fmt.Sprintf("%d %s %d", e.Seq, e.Kind, e.CustomerID)
				if e.OtherID != nil {
					s += fmt.Sprintf(">%d", *e.OtherID)
				}
				out = append(out, s)
			}
			return out
		}
		all := []string{"1 created 1", "2 created 2", "3 created 3", "4 merged 2>9", "5 merged 3>9", "6 updated 5", "7 updated 6", "8 updated 7", "9 updated 9"}
		for cursor := range len(all) {
			if diff := gocmp.Diff(all[cursor:], read(int64(cursor))); diff != "" {
				t.Errorf("from %d: %s", cursor, diff)
			}
		}
		must(t, f.service.CleanFeed(t.Context()))
		if diff := gocmp.Diff(all[3:], read(0)); diff != "" {
			t.Error(diff)
		}
		if diff := gocmp.Diff(all[3:], read(3)); diff != "" {
			t.Error(diff)
		}
		if _, err := f.service.Feed(as("ops"), 2, 10); !errs.Is(err, "customer.cursor_expired") {
			t.Errorf("an old cursor: %v", err)
		}
		if got := read(9); got != nil {
			t.Errorf("behind the end: %v", got)
		}
	})
}

func TestRelations(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		f := setupRecord(t, d)
		f.add(t, []person{
			{c: customer.Customer{Name: "甲公司", Kind: "company"}}, {c: customer.Customer{Name: "乙公司", Kind: "company"}},
			{c: customer.Customer{Name: "丙公司", Kind: "company"}}, {c: customer.Customer{Name: "王明", OwnerID: 32}}, {c: customer.Customer{Name: "李芳", OwnerID: 33}},
		})
		a, b, c, wang, li := f.ids[0], f.ids[1], f.ids[2], f.ids[3], f.ids[4]
		path := func(id int64) string { return fmt.Sprintf("/customers/%d/relations", id) }
		add := func(id int64, kind string, other int64) customer.Record {
			return f.record(t, "ops", "POST", path(id), "", fmt.Sprintf(`{"kind":"%s","other_id":%d,"title":"采购总监","role":"decider","is_primary":true}`, kind, other))
		}
		add(wang, "contact", a)
		add(li, "contact", a)
		add(a, "parent", b)
		add(b, "parent", c)
		f.refuse(t, "ops", "POST", path(c), "", fmt.Sprintf(`{"kind":"parent","other_id":%d}`, a), 409, "customer.relation_cycle", "")
		f.refuse(t, "ops", "POST", path(a), "", fmt.Sprintf(`{"kind":"parent","other_id":%d}`, c), 409, "customer.second_parent", "")
		f.refuse(t, "ops", "POST", path(a), "", fmt.Sprintf(`{"kind":"contact","other_id":%d,"reverse":true}`, wang), 409, "customer.relation_exists", "")
		add(wang, "household", li)
		f.refuse(t, "ops", "POST", path(li), "", fmt.Sprintf(`{"kind":"household","other_id":%d}`, wang), 409, "customer.relation_exists", "")

		company := f.record(t, "ops", "GET", fmt.Sprintf("/customers/%d/record", a), "", "")
		var got []string
		for _, r := range company.Relations {
			got = append(got, fmt.Sprintf("%s %v %s %s %v", r.Kind, r.Reverse, r.Other.Name, r.Title, r.Primary))
		}
		want := []string{"contact true 王明 采购总监 false", "contact true 李芳 采购总监 true", "parent false 乙公司 采购总监 true"}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		// ann owns 王明 only: of the others she learns the names.
		r := f.record(t, "ann", "GET", fmt.Sprintf("/customers/%d/record", wang), "", "")
		if len(r.Relations) != 2 || r.Relations[1].Other != (customer.RelationEnd{Name: "李芳"}) {
			t.Errorf("%+v", r.Relations)
		}
		version := company.Version
		f.record(t, "ops", "DELETE", fmt.Sprintf("%s/%d", path(wang), r.Relations[0].ID), "", "")
		if after := f.record(t, "ops", "GET", fmt.Sprintf("/customers/%d/record", a), "", ""); after.Version != version+1 || len(after.Relations) != 2 {
			t.Errorf("the other end: version %d, %+v", after.Version, after.Relations)
		}

		// Three at once that would close a circle: one of them is refused.
		f.add(t, []person{{c: customer.Customer{Name: "x", Kind: "company"}}, {c: customer.Customer{Name: "y", Kind: "company"}}, {c: customer.Customer{Name: "z", Kind: "company"}}})
		ring := f.ids[5:]
		var wg sync.WaitGroup
		results := make([]error, 3)
		for i := range ring {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for range 20 { // two may wait for each other's rows; then one is told to try again
					_, results[i] = f.service.AddRelation(as("ops"), ring[i], 0, customer.RelationIn{Kind: "parent", OtherID: ring[(i+1)%3]})
					if !errs.Is(results[i], "db.busy") {
						return
					}
				}
			}()
		}
		wg.Wait()
		var codes []string
		for _, err := range results {
			codes = append(codes, errs.CodeOf(err))
		}
		slices.Sort(codes)
		if diff := gocmp.Diff([]string{"", "", "customer.relation_cycle"}, codes); diff != "" {
			t.Error(diff, errors.Join(results...))
		}
	})
}

func TestSimilar(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setupRecord(t, d)
		f.add(t, []person{
			{c: customer.Customer{Name: "张伟", OwnerID: 32, Birthday: "1990-02-28"}, phone: "13800138000"},
			{c: customer.Customer{Name: "章伟", OwnerID: 33}, phone: "13900139000", email: "zw@example.com"},
			{c: customer.Customer{Name: "张伟明", OwnerID: 32}, phone: "13700137000"},
			{c: customer.Customer{Name: "云杉科技有限公司", Kind: "company", OwnerID: 33}},
		})
		ask := func(body string) (out []string) {
			list, err := f.service.Similar(as("ann"), probeOf(t, body))
			must(t, err)
			for _, c := range list {
				s := fmt.Sprintf("%s %v %d", c.Name, c.Why, c.Score)
				if c.Item != nil {
					s += " " + fmt.Sprint(c.Item.ID)
				}
				out = append(out, s)
			}
			return out
		}
		for body, want := range map[string][]string{
			`{"phone":"+86 139 0013 9000"}`:                          {"章伟 [phone] 80"},
			`{"name":"张伟"}`:                                          {"张伟 [name] 40 1"},
			`{"name":"张伟","phone":"13900139000","birthday":"02-28"}`: {"章伟 [phone reading] 100", "张伟 [birthday name] 80 1"},
			`{"name":"张伟","phone":"13800138000","except":1}`:         nil,
			`{"email":"ZW@example.com","name":"李"}`:                  {"章伟 [email] 80"},
			`{"name":"云杉科技有限公司"}`:                                    {"云杉科技有限公司 [name] 40"},
			`{"phone":"138","email":"@","code":"1","birthday":"x"}`:  nil,
			`{}`: nil,
		} {
			if diff := gocmp.Diff(want, ask(body)); diff != "" {
				t.Errorf("%s: %s", body, diff)
			}
		}
		w := f.send("ann", "POST", "/customers/similar", "", `{"phone":"13900139000"}`)
		f.noSecrets(t, w.Body.String(), "139", "zw", "example")
	})
}

func TestDelete(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setupRecord(t, d)
		var gone []int64
		fail := error(nil)
		f.service.OnDelete("test", func(_ context.Context, id int64) error {
			gone = append(gone, id)
			return fail
		})
		r := f.record(t, "ops", "POST", "/customers", "", newPerson)
		c := f.record(t, "ops", "POST", "/customers", "", `{"kind":"company","name":"云杉"}`)
		f.record(t, "ops", "POST", fmt.Sprintf("/customers/%d/relations", r.ID), "", fmt.Sprintf(`{"kind":"contact","other_id":%d}`, c.ID))
		f.record(t, "ops", "PUT", fmt.Sprintf("/customers/%d/team/33", r.ID), "", `{"role":"sales"}`)
		at := fmt.Sprintf("/customers/%d", r.ID)
		must(t, d.InTx(t.Context(), func(ctx context.Context) error {
			_, err := d.Q(ctx).ExecContext(ctx, `INSERT INTO orders (id, source_id, external_id, customer_id, kind, status, paid_at, day, gross_fen, gross_sub, sales_fen, sales_sub,
 net_fen, net_sub, freight_fen, quantity_milli, line_count, channel, store, province, city, content_hash, import_id, created_at, updated_at)
 VALUES (1, 1, 'x', $1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, '', '', '', '', 1, 1, 1, 1)`, r.ID)
			return err
		}))
		before := f.dump(t, watched...)
		f.refuse(t, "ann", "DELETE", at, "", "", 403, "forbidden", "")
		f.refuse(t, "ops", "DELETE", at, "", "", 409, "customer.has_orders", "")
		f.refuse(t, "ops", "DELETE", at, `"v1"`, "", 409, "customer.version_conflict", "")
		must(t, d.InTx(t.Context(), func(ctx context.Context) error {
			_, err := d.Q(ctx).ExecContext(ctx, `DELETE FROM orders`)
			return err
		}))
		fail = errs.New(errs.Conflict, "customer.has_orders")
		f.refuse(t, "ops", "DELETE", at, "", "", 409, "customer.has_orders", "")
		if after := f.dump(t, watched...); after != before {
			t.Error(gocmp.Diff(before, after))
		}
		fail = nil
		if w := f.send("ops", "DELETE", at, web.ETag(3), ""); w.Code != 204 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if len(gone) != 2 || gone[1] != r.ID {
			t.Errorf("told of %v", gone)
		}
		for _, table := range []string{"contacts", "customer_terms", "customer_team", "customer_changes", "customer_metrics"} {
			if n := f.count(t, `SELECT COUNT(*) FROM `+table+` WHERE customer_id = $1`, r.ID); n != 0 {
				t.Errorf("%s has %d rows left", table, n)
			}
		}
		f.refuse(t, "ops", "GET", at+"/record", "", "", 404, "customer.not_found", "")
		if other := f.record(t, "ops", "GET", fmt.Sprintf("/customers/%d/record", c.ID), "", ""); len(other.Relations) != 0 || other.Version != 3 {
			t.Errorf("the company: %+v", other)
		}
		p, err := f.service.Feed(as("ops"), 0, 100)
		must(t, err)
		if e := p.Items[len(p.Items)-1]; e.Kind != customer.FeedDeleted || e.CustomerID != r.ID {
			t.Errorf("feed ends with %+v", e)
		}
	})
}
