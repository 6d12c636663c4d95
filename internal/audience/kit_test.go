package audience_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"zhike/internal/audience"
	"zhike/internal/clean"
	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/field"
	"zhike/internal/order"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/vault"
	"zhike/internal/platform/web"
	"zhike/internal/rule"
	"zhike/internal/tag"
)

const today = clock.Day(20_000) // 2024-10-04

type asOf struct{}

func (asOf) AsOf(context.Context) (clock.Day, bool, error) { return today, true, nil }

// queue keeps jobs; the test runs them.
type queue struct{ args []jobs.Args }

func (q *queue) Enqueue(_ context.Context, a jobs.Args, _ jobs.EnqueueOpts) (int64, error) {
	q.args = append(q.args, a)
	return int64(len(q.args)), nil
}

// site is audiences behind the real HTTP layer: 60 customers, of whom the first
// 20 belong to the seller, staff 3.
type site struct {
	t         testing.TB
	db        *db.DB
	clock     *clock.Fixed
	vault     *vault.Vault
	customers *customer.Service
	audiences *audience.Service
	columns   *column.Set
	fields    *field.Service
	registry  *jobs.Registry
	queue     *queue
	streams   rule.Streams
	api       *web.API
	who       map[string]*auth.Actor
	ids       []int64
}

// Audience and Streams make the site the rules of its customers.
func (s *site) Audience(ctx context.Context, id int64) (*rule.Audience, error) {
	return s.audiences.Audience(ctx, id)
}
func (s *site) Streams() *rule.Streams { return &s.streams }

// onEach runs a test with SQL on both engines, and with columns in memory.
func onEach(t *testing.T, fn func(t *testing.T, s *site)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, newSite(t, d, false)) })
	// Columns are read in the background, beside open transactions.
	t.Run("columns", func(t *testing.T) { fn(t, newSite(t, dbtest.SQLite(t), true)) })
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func permissions(list ...auth.Permission) map[auth.Permission]bool {
	m := map[auth.Permission]bool{}
	for _, p := range list {
		m[p] = true
	}
	return m
}

func newSite(t testing.TB, d *db.DB, mem bool) *site {
	t.Helper()
	v, err := vault.Ephemeral()
	must(t, err)
	s := &site{t: t, db: d, vault: v, clock: clock.NewFixed(today.Start(time.UTC).Add(12 * time.Hour)), queue: &queue{}, registry: jobs.NewRegistry()}
	all := permissions(append(append([]auth.Permission{tag.PermAssign, field.PermManage}, customer.Permissions...), audience.Permissions...)...)
	s.who = map[string]*auth.Actor{
		"boss":   {StaffID: 1, Name: "boss", Scope: auth.ScopeAll, Permissions: all},
		"seller": {StaffID: 3, Name: "seller", Scope: auth.ScopeOwn, Permissions: all},
		"reader": {StaffID: 4, Name: "reader", Scope: auth.ScopeAll, Permissions: permissions(customer.PermView, audience.PermView)},
		"veiled": {StaffID: 5, Name: "veiled", Scope: auth.ScopeAll, Permissions: all, Fields: auth.FieldAccess{"spend": auth.AccessHidden, "phone": auth.AccessHidden}},
		"blind":  {StaffID: 6, Name: "blind", Scope: auth.ScopeAll, Permissions: permissions(audience.PermView)},
	}
	for _, st := range order.Streams() {
		s.streams.Register(st)
	}
	log := audit.New(d, s.clock)
	if mem {
		s.columns = column.New(column.Options{DB: d, Clock: s.clock, MaxBytes: 64 << 20})
		t.Cleanup(s.columns.Close)
	}
	actor := func(_ context.Context, id int64) (*auth.Actor, error) {
		for _, a := range s.who {
			if a.StaffID == id {
				return a, nil
			}
		}
		return nil, nil
	}
	s.fields = field.NewService(field.Deps{DB: d, Clock: s.clock, Audit: log})
	tags := tag.NewService(tag.Deps{DB: d, Clock: s.clock, Audit: log})
	s.customers = customer.NewService(customer.Deps{
		DB: d, Clock: s.clock, Vault: v, Audit: log, AsOf: asOf{}, Texts: i18n.Default(), Zone: clock.In(time.UTC), Fields: s.fields, Tags: tags,
		Rules: s, Columns: s.columns, Jobs: s.queue, Files: t.TempDir(), Actor: actor,
	})
	s.audiences = audience.NewService(audience.Deps{
		DB: d, Clock: s.clock, Vault: v, Audit: log, Jobs: s.queue, Customers: s.customers, Columns: s.columns, Texts: i18n.Default(), Streams: &s.streams,
		Zone: clock.In(time.UTC), Actor: actor,
		Names: func(_ context.Context, ids []int64) (map[int64]string, error) {
			out := map[int64]string{}
			for _, id := range ids {
				if a, _ := actor(context.Background(), id); a != nil {
					out[id] = a.Name
				}
			}
			return out, nil
		},
	})
	s.audiences.Register(s.registry)
	s.api = web.New(web.Options{Texts: i18n.Default(), Match: i18n.Match, Clock: s.clock,
		Authenticate: func(_ context.Context, r *http.Request) (*auth.Actor, error) {
			return s.who[r.Header.Get("X-Test-Actor")], nil
		}})
	s.customers.Routes(s.api)
	s.audiences.Routes(s.api)
	s.fill()
	return s
}

func (s *site) exec(ctx context.Context, q string, args ...any) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, q, args...)
	return err
}

// fill writes customer i (from 0): 浙江省 where i is even, female where i%3 is 0,
// net of the last year i×100 yuan, owner 3 of the first 20, phone 138000000ii.
func (s *site) fill() {
	t := s.t
	must(t, s.db.InTx(context.Background(), func(ctx context.Context) error {
		if err := s.exec(ctx, `INSERT INTO sources (id, code, name, created_at) VALUES (1, 'pos', '门店', 0), (2, 'tmall', '天猫店', 0)`); err != nil {
			return err
		}
		var list []customer.Customer
		for i := range 60 {
			c := customer.Customer{Kind: customer.KindPerson, Name: fmt.Sprintf("客户%02d", i), SourceID: 1, Province: []string{"浙江省", "江苏省"}[i%2]}
			if i%3 == 0 {
				c.Gender = "female"
			}
			if c.OwnerID = 9; i < 20 {
				c.OwnerID = 3
			}
			list = append(list, c)
		}
		st := s.customers.Store()
		if err := st.InsertCustomers(ctx, list); err != nil {
			return err
		}
		var contacts []customer.Contact
		var keys []customer.Key
		var terms []customer.Terms
		for i := range list {
			id := list[i].ID
			s.ids = append(s.ids, id)
			phone, number := fmt.Sprintf("138000000%02d", i), fmt.Sprintf("M%03d", i)
			cipher, err := s.vault.Seal(vault.KindPhone, phone)
			must(t, err)
			contacts = append(contacts, customer.Contact{CustomerID: id, Kind: customer.ContactPhone, Cipher: cipher, Blind: s.vault.Blind(vault.KindPhone, phone), SourceID: 1})
			if cipher, err = s.vault.Seal(vault.KindExternalID, number); err != nil {
				return err
			}
			keys = append(keys, customer.Key{SourceID: 1, Blind: s.vault.Blind(vault.KindExternalID, number), Cipher: cipher, CustomerID: id})
			terms = append(terms, customer.Terms{CustomerID: id, Terms: clean.FoldSearch(list[i].Name)})
		}
		if err := st.InsertContacts(ctx, contacts); err != nil {
			return err
		}
		if err := st.InsertKeys(ctx, keys); err != nil {
			return err
		}
		if err := st.InsertTerms(ctx, terms); err != nil {
			return err
		}
		for i, id := range s.ids {
			if err := s.exec(ctx, `UPDATE customer_metrics SET net_365_fen = $1 WHERE customer_id = $2`, i*10_000, id); err != nil {
				return err
			}
		}
		return nil
	}))
}

func (s *site) as(who string) context.Context { return auth.With(context.Background(), s.who[who]) }

// send sends a request; version, where not 0, as If-Match.
func (s *site) send(who, method, target string, version int64, body any) *httptest.ResponseRecorder {
	s.t.Helper()
	var text []byte
	switch b := body.(type) {
	case nil:
	case string:
		text = []byte(b)
	default:
		var err error
		text, err = json.Marshal(b)
		must(s.t, err)
	}
	r := httptest.NewRequest(method, web.Prefix+target, strings.NewReader(string(text)))
	if len(text) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	if version != 0 {
		r.Header.Set("If-Match", fmt.Sprintf(`"v%d"`, version))
	}
	r.Header.Set("X-Test-Actor", who)
	r.Header.Set("Accept-Language", "en")
	w := httptest.NewRecorder()
	s.api.ServeHTTP(w, r)
	return w
}

// ok sends a request that must succeed and decodes the answer into out.
func (s *site) ok(who, method, target string, version int64, body, out any) {
	s.t.Helper()
	w := s.send(who, method, target, version, body)
	if w.Code >= 300 {
		s.t.Fatalf("%s %s as %s answered %d %s", method, target, who, w.Code, w.Body)
	}
	if out != nil {
		must(s.t, json.Unmarshal(w.Body.Bytes(), out))
	}
}

// refused sends a request that must fail, and gives "409 code code at path …".
func (s *site) refused(who, method, target string, version int64, body any) string {
	s.t.Helper()
	w := s.send(who, method, target, version, body)
	var p struct {
		Code   string
		Detail string
		Errors []struct{ Code, Path string }
	}
	if w.Code < 400 || json.Unmarshal(w.Body.Bytes(), &p) != nil {
		s.t.Fatalf("%s %s as %s was not refused: %d %s", method, target, who, w.Code, w.Body)
	}
	out := fmt.Sprint(w.Code, " ", p.Code)
	for _, e := range p.Errors {
		out += " " + e.Code + " at " + e.Path
	}
	return out
}

type object = map[string]any

// make makes an audience and gives its id.
func (s *site) make(who, name, rule string) int64 {
	s.t.Helper()
	body := object{"name": name, "kind": "static"}
	if rule != "" {
		body["kind"], body["rule"] = "dynamic", json.RawMessage(rule)
	}
	var full audience.Full
	s.ok(who, "POST", "/audiences", 0, body, &full)
	return full.ID
}

// count counts a rule; with columns it waits until they answer.
func (s *site) count(who string, body object) audience.Count {
	s.t.Helper()
	var c audience.Count
	for range 200 {
		s.ok(who, "POST", "/audiences/count", 0, body, &c)
		if s.columns == nil || c.Engine == "columns" {
			return c
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.t.Fatalf("columns do not answer %v", body)
	return c
}

const (
	zhejiang = `{"field":"province","op":"eq","value":"浙江省"}`
	women    = `{"field":"gender","op":"in","value":["female"]}`
	rich     = `{"field":"net_365","op":"gte","value":300000}`
)

func both(a, b string) string { return `{"all":[` + a + `,` + b + `]}` }
func of(id int64) string      { return fmt.Sprintf(`{"field":"audience","op":"any","value":[%d]}`, id) }

func sqlite(t *testing.T) *db.DB { return dbtest.SQLite(t) }

// crowd adds customers of no interest.
func (s *site) crowd(n int) {
	must(s.t, s.db.InTx(context.Background(), func(ctx context.Context) error {
		list := make([]customer.Customer, n)
		for i := range list {
			list[i] = customer.Customer{Kind: customer.KindPerson, Name: "x", SourceID: 1, OwnerID: 9}
		}
		return s.customers.Store().InsertCustomers(ctx, list)
	}))
}

// work runs the jobs that wait.
func (s *site) work() {
	for _, a := range s.queue.args {
		text, err := json.Marshal(a)
		must(s.t, err)
		var in struct{ Task int64 }
		must(s.t, json.Unmarshal(text, &in))
		if in.Task != 0 {
			must(s.t, s.audiences.RunEntries(auth.With(context.Background(), auth.System("job")), in.Task))
		}
	}
}
