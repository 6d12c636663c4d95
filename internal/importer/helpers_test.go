package importer

import (
	"context"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"zhike/internal/customer"
	"zhike/internal/order"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/events"
	"zhike/internal/platform/vault"
)

var shanghai = time.FixedZone("UTC+8", 8*3600)

// testNow is when the tests happen.
var testNow = time.Date(2026, 7, 1, 10, 0, 0, 0, shanghai)

// rig is a service on a database, with what surrounds it.
type rig struct {
	t   testing.TB
	db  *db.DB
	s   *Service
	v   *vault.Vault
	dir string
	ctx context.Context
	bus *sink
}

// sink is where events go in tests.
type sink struct{ got []events.Event }

func (s *sink) Publish(_ context.Context, e events.Event) error {
	s.got = append(s.got, e)
	return nil
}

func newRig(t testing.TB, d *db.DB) *rig {
	t.Helper()
	return rigIn(t, d, t.TempDir())
}

// rigIn is a rig whose keys and files are in dir.
func rigIn(t testing.TB, d *db.DB, dir string) *rig {
	t.Helper()
	ctx := auth.With(context.Background(), auth.System("test"))
	s, v, bus, err := serviceIn(ctx, d, dir)
	if err != nil {
		t.Fatal(err)
	}
	return &rig{t: t, db: d, s: s, v: v, dir: dir, ctx: ctx, bus: bus}
}

// serviceIn is a service whose keys and files are in dir, for programs that
// start again.
func serviceIn(ctx context.Context, d *db.DB, dir string) (*Service, *vault.Vault, *sink, error) {
	clk := clock.NewFixed(testNow)
	v, err := vault.New(ctx, vault.Options{DB: d, Clock: clk, KeyFile: filepath.Join(dir, "master.key")})
	bus := &sink{}
	orders := order.NewStore(d)
	s := NewService(Deps{
		DB: d, Clock: clk, Vault: v, Events: bus, Audit: audit.New(d, clk), Zone: clock.In(shanghai),
		Customers: customer.NewStore(d), Orders: orders, Metrics: order.NewRefresher(orders, clk), Files: filepath.Join(dir, "files"),
	})
	return s, v, bus, err
}

// file writes a file for a test.
func (r *rig) file(name, content string) string {
	r.t.Helper()
	path := filepath.Join(r.dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		r.t.Fatal(err)
	}
	return path
}

// run imports and fails the test on an error.
func (r *rig) run(in RunInput) Result {
	r.t.Helper()
	res, err := r.s.Run(r.ctx, in)
	if err != nil {
		r.t.Fatalf("import of %s: %v", filepath.Base(in.Path), err)
	}
	if res.Accepted+res.Rejected+res.Unchanged != res.RowsRead {
		r.t.Errorf("accepted %d + rejected %d + unchanged %d ≠ read %d", res.Accepted, res.Rejected, res.Unchanged, res.RowsRead)
	}
	return res
}

// orders imports orders of a text.
func (r *rig) orders(name, content string) Result {
	r.t.Helper()
	return r.run(RunInput{Kind: KindOrders, Path: r.file(name, content), Source: "shop"})
}

// one reads one number.
func (r *rig) one(q string, args ...any) (n int64) {
	r.t.Helper()
	if err := r.db.Q(r.ctx).QueryRowContext(r.ctx, q, args...).Scan(&n); err != nil {
		r.t.Fatalf("%s: %v", q, err)
	}
	return n
}

// lines reads rows as texts.
func (r *rig) lines(q string, args ...any) []string {
	r.t.Helper()
	rows, err := r.db.Q(r.ctx).QueryContext(r.ctx, q, args...)
	if err != nil {
		r.t.Fatalf("%s: %v", q, err)
	}
	defer rows.Close()
	cols, _ := rows.Columns()
	var out []string
	for rows.Next() {
		vals := make([]any, len(cols))
		for i := range vals {
			vals[i] = new(any)
		}
		if err := rows.Scan(vals...); err != nil {
			r.t.Fatal(err)
		}
		parts := make([]string, len(cols))
		for i := range vals {
			v := *vals[i].(*any)
			if b, ok := v.([]byte); ok {
				v = fmt.Sprintf("%x", b)
			}
			parts[i] = fmt.Sprint(v)
		}
		out = append(out, strings.Join(parts, "|"))
	}
	if err := rows.Err(); err != nil {
		r.t.Fatal(err)
	}
	return out
}

// clear opens the second column of rows, "id|cipher", with the vault.
func (r *rig) clear(kind func(l []string) vault.Kind, q string) (out [][]string) {
	r.t.Helper()
	for _, l := range r.lines(q) {
		parts := strings.Split(l, "|")
		cipher, err := hex.DecodeString(parts[1])
		if err != nil {
			r.t.Fatal(err)
		}
		if parts[1], err = r.v.Open(kind(parts), cipher); err != nil {
			r.t.Fatal(err)
		}
		out = append(out, parts)
	}
	return out
}

// dump is everything that imports write, without ids, instants, keyed hashes
// and nonces: equal dumps are equal contents, also of two databases. Customers
// are named by what they are known by.
func (r *rig) dump() map[string][]string {
	r.t.Helper()
	out := map[string][]string{}
	names := map[string]string{}
	name := func(id, text string) {
		if old := names[id]; old == "" || text < old {
			names[id] = text
		}
	}
	keys := r.clear(func([]string) vault.Kind { return vault.KindExternalID }, `SELECT customer_id, external_cipher, source_id FROM customer_keys`)
	contacts := r.clear(func(l []string) vault.Kind { return vault.Kind(l[2]) }, `SELECT customer_id, cipher, kind, source_id, length(tail_blind) FROM contacts`)
	for _, k := range keys {
		name(k[0], k[1])
	}
	for _, c := range contacts {
		name(c[0], c[1])
	}
	for _, k := range keys {
		out["keys"] = append(out["keys"], strings.Join(append([]string{names[k[0]]}, k[1:]...), "|"))
	}
	for _, c := range contacts {
		out["contacts"] = append(out["contacts"], strings.Join(append([]string{names[c[0]]}, c[1:]...), "|"))
	}
	sort.Strings(out["keys"])
	sort.Strings(out["contacts"])
	queries := map[string]string{
		"customers": `SELECT id, kind, name, gender, birthday, company, province, city, source_id, version FROM customers`,
		"terms":     `SELECT customer_id, term FROM customer_terms`,
		"products":  `SELECT 0, source_id, code, name, category, brand FROM products`,
		"orders": `SELECT customer_id, source_id, external_id, kind, status, paid_at, day, gross_fen, gross_sub, sales_fen, sales_sub,
			net_fen, net_sub, freight_fen, quantity_milli, line_count, channel, store, province, city, discount_fen FROM orders`,
		"lines": `SELECT 0, o.external_id, l.line_no, p.code, l.quantity_milli, l.amount_fen, l.amount_sub
			FROM order_lines l JOIN orders o ON o.id = l.order_id LEFT JOIN products p ON p.id = l.product_id`,
		"behaviours": `SELECT customer_id, b.source_id, external_id, kind, at, day, p.code, quantity_milli, rating
			FROM behaviours b LEFT JOIN products p ON p.id = b.product_id`,
		"metrics": `SELECT customer_id, as_of_day, first_day, last_day, orders_365, orders_all, sales_all_fen, net_365_fen, net_all_fen,
			months_all, carts_90, favourite_category, price_sensitivity FROM customer_metrics`,
	}
	for k, q := range queries {
		lines := r.lines(q)
		for i, l := range lines {
			id, rest, _ := strings.Cut(l, "|")
			lines[i] = names[id] + "|" + rest
		}
		sort.Strings(lines)
		out[k] = lines
	}
	return out
}

// stamps adds what dump leaves out: which rows there are and when they changed.
func (r *rig) stamps() map[string][]string {
	out := r.dump()
	for _, t := range []string{"customers", "orders", "products"} {
		out[t+"_at"] = r.lines(`SELECT id, created_at, updated_at FROM ` + t + ` ORDER BY id`)
	}
	out["contacts_at"] = r.lines(`SELECT id, cipher FROM contacts ORDER BY id`)
	out["hashes"] = r.lines(`SELECT external_id, content_hash FROM orders ORDER BY id`)
	return out
}

// inDir lists the files under a folder.
func inDir(t testing.TB, dir string) (out []string) {
	t.Helper()
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, path)
		}
		return nil
	})
	return out
}

// sameDump compares two dumps and names the first difference of each part.
func sameDump(t testing.TB, want, got map[string][]string) {
	t.Helper()
	for k, w := range want {
		g := got[k]
		if len(w) != len(g) {
			t.Errorf("%s: %d rows, want %d", k, len(g), len(w))
			continue
		}
		for i := range w {
			if w[i] != g[i] {
				t.Errorf("%s:\n got %s\nwant %s", k, g[i], w[i])
				break
			}
		}
	}
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func privateFile(t testing.TB, path string) {
	t.Helper()
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if st.Mode().Perm() != 0o600 {
		t.Errorf("%s has mode %v, want 0600", filepath.Base(path), st.Mode().Perm())
	}
}
