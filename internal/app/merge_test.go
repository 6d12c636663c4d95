package app

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"zhike/internal/customer"
	"zhike/internal/duplicate"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/config"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
)

// eachApp runs a test on the whole program, on both engines.
func eachApp(t *testing.T, fn func(t *testing.T, ctx context.Context, a *App)) {
	t.Helper()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			fn(t, auth.With(t.Context(), auth.System("test")), openApp(t, engine))
		})
	}
}

// openApp opens the program on a fresh base.
func openApp(t testing.TB, engine string) *App {
	t.Helper()
	cfg := &config.Config{Data: t.TempDir(), TimeZone: "Asia/Shanghai", Locale: "zh-CN", DBConns: 8}
	if engine == "postgres" {
		cfg.DB = config.NewSecret(dbtest.PostgresURL(t))
	}
	a, err := Open(t.Context(), cfg, Options{Stderr: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

// world is what must be true whatever was merged and undone since.
type world struct {
	t      *rapid.T
	a      *App
	ctx    context.Context
	ids    []int64            // every customer that was ever made
	gone   map[int64]bool     // merged into another now
	remark map[int64]string   // as last typed
	orders map[int64]int64    // order → customer it was written for
	phones map[string]int64   // phone → customer it was given to
	merges []duplicate.Merged // that hold, oldest first
	n      int
}

func (w *world) fail(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("%v (%s)", err, errs.CodeOf(err))
	}
}

func (w *world) alive() []int64 {
	return slices.DeleteFunc(slices.Clone(w.ids), func(id int64) bool { return w.gone[id] })
}

func (w *world) any() int64 { return rapid.SampledFrom(w.alive()).Draw(w.t, "customer") }

func (w *world) create() {
	w.n++
	name := fmt.Sprint("客户", w.n)
	kind := customer.KindPerson
	in := customer.New{Patch: customer.Patch{Name: &name, Kind: &kind}}
	r, err := w.a.Customer.Create(w.ctx, in, customer.WriteOptions{})
	w.fail(err)
	w.ids = append(w.ids, r.ID)
	w.remark[r.ID] = ""
}

func (w *world) edit() {
	w.n++
	id, text := w.any(), fmt.Sprint("备注", w.n)
	_, err := w.a.Customer.Change(w.ctx, customer.Edit{ID: id, Patch: customer.Patch{Remark: &text}}, customer.WriteOptions{})
	w.fail(err)
	w.remark[id] = text
}

func (w *world) phone() {
	w.n++
	id, phone := w.any(), fmt.Sprintf("138%08d", w.n)
	_, err := w.a.Customer.AddContact(w.ctx, id, 0, customer.ContactIn{Kind: customer.ContactPhone, Value: phone}, customer.WriteOptions{})
	w.fail(err)
	w.phones[phone] = id
}

func (w *world) order() {
	w.n++
	id, order := w.any(), int64(w.n)
	w.fail(w.a.DB.InTx(w.ctx, func(ctx context.Context) error {
		_, err := w.a.DB.Q(ctx).ExecContext(ctx, `INSERT INTO orders (id, source_id, external_id, customer_id, kind, status, paid_at, day, gross_fen, gross_sub,
sales_fen, sales_sub, net_fen, net_sub, freight_fen, quantity_milli, line_count, channel, store, province, city, content_hash, import_id, created_at, updated_at)
VALUES ($1, 1, $2, $3, 0, 0, 0, 20000, 100, 0, 100, 0, 100, 0, 0, 1000, 1, '', '', '', '', 0, 0, 0, 0)`, order, fmt.Sprint(order), id)
		return err
	}))
	w.orders[order] = id
}

func (w *world) merge() {
	alive := w.alive()
	if len(alive) < 2 {
		return
	}
	two := rapid.Permutation(alive).Draw(w.t, "pair")
	m, err := w.a.Duplicates.Merge(w.ctx, duplicate.MergeInput{WinnerID: two[0], LoserID: two[1]}, "page")
	w.fail(err)
	w.gone[two[1]] = true
	w.merges = append(w.merges, m)
}

func (w *world) undo() {
	if len(w.merges) == 0 {
		return
	}
	i := rapid.IntRange(0, len(w.merges)-1).Draw(w.t, "merge")
	_, err := w.a.Duplicates.Undo(w.ctx, w.merges[i].ID, duplicate.UndoInput{})
	if errs.Is(err, "duplicate.winner_merged") || errs.Is(err, "duplicate.edited_since") {
		return
	}
	w.fail(err)
	w.gone[w.merges[i].LoserID] = false
	w.merges = slices.Delete(w.merges, i, i+1)
}

// onePrimary checks that of a customer's contacts of a kind one is to be used first.
func (w *world) onePrimary() {
	var n int64
	w.fail(w.a.DB.Q(w.ctx).QueryRowContext(w.ctx, `SELECT COUNT(*) FROM (SELECT customer_id FROM contacts WHERE is_primary
GROUP BY customer_id, kind HAVING COUNT(*) > 1) twice`).Scan(&n))
	if n > 0 {
		w.t.Errorf("%d customers have two phones to be used first", n)
	}
}

// undone undoes what still holds, the newest first, and compares everything.
func (w *world) undone() {
	for _, m := range slices.Backward(w.merges) {
		_, err := w.a.Duplicates.Undo(w.ctx, m.ID, duplicate.UndoInput{KeepEdited: true})
		w.fail(err)
	}
	for _, id := range w.ids {
		r, err := w.a.Customer.Read(w.ctx, id)
		w.fail(err)
		if r.Remark != w.remark[id] {
			w.t.Errorf("remark of %d: %q, want %q", id, r.Remark, w.remark[id])
		}
		phones := 0
		for _, c := range r.Contacts {
			shown, err := w.a.Customer.Reveal(w.ctx, id, c.ID, 0)
			w.fail(err)
			if w.phones[shown.Text] != id {
				w.t.Errorf("phone %s is at %d, was given to %d", shown.Text, id, w.phones[shown.Text])
			}
			phones++
		}
		for _, owner := range w.phones {
			if owner == id {
				phones--
			}
		}
		if phones != 0 {
			w.t.Errorf("customer %d has %d phones too many", id, phones)
		}
		hits, err := w.a.Customer.Search(w.ctx, r.Name)
		w.fail(err)
		if len(hits.Items) == 0 || !slices.ContainsFunc(hits.Items, func(h customer.Hit) bool { return h.ID == id }) {
			w.t.Errorf("%s is not found by name", r.Name)
		}
	}
	w.onePrimary()
	got := map[int64]int64{}
	w.fail(db.Each(w.ctx, w.a.DB.Q(w.ctx), `SELECT id, customer_id FROM orders ORDER BY id`, func(r db.Scanner) error {
		var id, c int64
		err := r.Scan(&id, &c)
		got[id] = c
		return err
	}))
	if d := cmp.Diff(w.orders, got); d != "" {
		w.t.Errorf("orders: %s", d)
	}
}

// Any sequence of edits, merges and undos loses nothing.
func TestMergesLoseNothing(t *testing.T) {
	eachApp(t, func(t *testing.T, ctx context.Context, a *App) {
		rapid.Check(t, func(rt *rapid.T) {
			w := &world{t: rt, a: a, ctx: ctx, gone: map[int64]bool{}, remark: map[int64]string{}, orders: map[int64]int64{}, phones: map[string]int64{}}
			w.clear()
			for range 4 {
				w.create()
			}
			steps := map[string]func(){"create": w.create, "edit": w.edit, "phone": w.phone, "order": w.order, "merge": w.merge, "undo": w.undo}
			names := slices.Sorted(maps.Keys(steps))
			for range rapid.IntRange(1, 25).Draw(rt, "steps") {
				steps[rapid.SampledFrom(names).Draw(rt, "step")]()
				w.onePrimary()
			}
			w.undone()
		})
	})
}

// clear empties what an earlier sequence left.
func (w *world) clear() {
	w.fail(w.a.DB.InTx(w.ctx, func(ctx context.Context) error {
		for _, table := range []string{"orders", "merges", "merge_rows", "customers", "contacts", "customer_terms", "customer_metrics", "customer_keys", "customer_changes"} {
			if _, err := w.a.DB.Q(ctx).ExecContext(ctx, `DELETE FROM `+table); err != nil {
				return err
			}
		}
		return nil
	}))
}
