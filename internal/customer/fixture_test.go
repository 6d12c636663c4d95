package customer_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"zhike/internal/clean"
	"zhike/internal/customer"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/vault"
	"zhike/internal/platform/web"
)

const today = clock.Day(20_000) // 2024-10-04

// person is a customer of a test, with figures and contacts in clear.
type person struct {
	c        customer.Customer
	phone    string
	email    string
	address  string
	number   string // in source 1
	net365   int64
	orders   int64
	last     clock.Day // 0 = no purchase
	category string
	level    int64 // 0 = not graded
}

// sensitivity is the price sensitivity of who bought three times, nil of others.
func (p *person) sensitivity() *int64 {
	if p.orders < 3 {
		return nil
	}
	share := 50 + p.net365/100
	return &share
}

type fixture struct {
	db      *db.DB
	vault   *vault.Vault
	service *customer.Service
	api     *web.API
	clock   *clock.Fixed
	ids     []int64
}

// fakeLevels stands in for package tiering.
type fakeLevels struct{}

func (fakeLevels) Dimensions(context.Context) ([]customer.LevelDimension, error) {
	return []customer.LevelDimension{{Code: customer.ValueDimension, Name: "客户价值"}}, nil
}

func (fakeLevels) CurrentRun(context.Context, string) (*customer.LevelRun, error) {
	return &customer.LevelRun{RunID: 7, Levels: map[int64]customer.Level{
		1: {Code: "high", Name: "高价值", Rank: 1}, 2: {Code: "mid", Name: "中价值", Rank: 2},
	}}, nil
}
func (fakeLevels) Explain(context.Context, string, int64) (*customer.LevelReason, error) {
	return nil, nil
}

type fakeAsOf struct{}

func (fakeAsOf) AsOf(context.Context) (clock.Day, bool, error) { return today, true, nil }

// fakeOrders knows order number "D-1001" of customer 1.
type fakeOrders struct{}

func (fakeOrders) CustomersByOrderNumber(_ context.Context, number string) ([]int64, error) {
	if number == "D-1001" {
		return []int64{1}, nil
	}
	return nil, nil
}

var actors = map[string]*auth.Actor{
	"boss":   actor(1, auth.ScopeAll, customer.PermView, customer.PermExport, customer.PermReveal),
	"viewer": actor(2, auth.ScopeAll, customer.PermView),
	"seller": actor(3, auth.ScopeOwn, customer.PermView, customer.PermExport, customer.PermReveal),
	"head":   {StaffID: 4, Name: "head", Scope: auth.ScopeDepartment, DepartmentID: 10, DepartmentIDs: []int64{10, 11}, Permissions: perms(customer.PermView, customer.PermExport)},
	"nobody": actor(5, auth.ScopeAll),
}

func perms(p ...auth.Permission) map[auth.Permission]bool {
	m := map[auth.Permission]bool{}
	for _, x := range p {
		m[x] = true
	}
	return m
}

func actor(id int64, scope auth.Scope, p ...auth.Permission) *auth.Actor {
	return &auth.Actor{StaffID: id, Name: "staff", Scope: scope, Permissions: perms(p...)}
}

func as(name string) context.Context { return auth.With(context.Background(), actors[name]) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func setup(t testing.TB, d *db.DB, people []person) *fixture {
	t.Helper()
	v, err := vault.Ephemeral()
	must(t, err)
	f := &fixture{db: d, vault: v, clock: clock.NewFixed(today.Start(time.UTC).Add(12 * time.Hour))}
	f.service = customer.NewService(customer.Deps{
		DB: d, Clock: f.clock, Vault: v, Audit: audit.New(d, f.clock), Levels: fakeLevels{}, AsOf: fakeAsOf{}, Orders: fakeOrders{},
		Texts: i18n.Default(), Zone: clock.In(time.UTC),
	})
	f.api = web.New(web.Options{
		Texts: i18n.Default(), Match: i18n.Match, Clock: f.clock,
		Authenticate: func(_ context.Context, r *http.Request) (*auth.Actor, error) {
			return actors[r.Header.Get("X-Test-Actor")], nil
		},
	})
	f.service.Routes(f.api)
	must(t, d.InTx(context.Background(), func(ctx context.Context) error {
		for _, q := range []string{
			`INSERT INTO sources (id, code, name, created_at) VALUES (1, 'tmall', '天猫店', 0), (2, 'pos', '门店', 0)`,
			`INSERT INTO departments (id, name, path, created_at, updated_at) VALUES (10, 'a', '/10/', 0, 0)`,
			`INSERT INTO staff (id, login, name, department_id, password_hash, must_change, disabled, auth_version, created_at, updated_at)
			 VALUES (3, 'seller', '小李', 10, '', FALSE, FALSE, 1, 0, 0), (4, 'head', '老王', 10, '', FALSE, FALSE, 1, 0, 0)`,
		} {
			if _, err := d.Q(ctx).ExecContext(ctx, q); err != nil {
				return err
			}
		}
		return nil
	}))
	f.add(t, people)
	return f
}

// add writes people the way an import does, with figures and levels.
func (f *fixture) add(t testing.TB, people []person) {
	t.Helper()
	s := f.service.Store()
	must(t, f.db.InTx(context.Background(), func(ctx context.Context) error {
		var all []customer.Customer
		for _, p := range people {
			if p.c.Kind == "" {
				p.c.Kind = customer.KindPerson
			}
			if p.c.SourceID == 0 {
				p.c.SourceID = 1
			}
			all = append(all, p.c)
		}
		if err := s.InsertCustomers(ctx, all); err != nil {
			return err
		}
		var contacts []customer.Contact
		var keys []customer.Key
		var terms []customer.Terms
		for i, p := range people {
			id := all[i].ID
			f.ids = append(f.ids, id)
			seal := func(kind customer.ContactKind, text, key string, tail []byte) {
				if text == "" {
					return
				}
				cipher, err := f.vault.Seal(vault.Kind(kind), text)
				must(t, err)
				contacts = append(contacts, customer.Contact{
					CustomerID: id, Kind: kind, Cipher: cipher, Blind: f.vault.Blind(vault.Kind(kind), key), TailBlind: tail, SourceID: 1,
				})
			}
			var tail []byte
			if len(p.phone) > 4 {
				tail = f.vault.BlindTail(vault.KindPhone, p.phone[len(p.phone)-4:])
			}
			seal(customer.ContactPhone, p.phone, p.phone, tail)
			seal(customer.ContactEmail, p.email, clean.EmailKey(p.email), nil)
			seal(customer.ContactAddress, p.address, p.address, nil)
			if p.number != "" {
				cipher, err := f.vault.Seal(vault.KindExternalID, p.number)
				must(t, err)
				keys = append(keys, customer.Key{SourceID: 1, Blind: f.vault.Blind(vault.KindExternalID, p.number), Cipher: cipher, CustomerID: id})
			}
			terms = append(terms, customer.Terms{CustomerID: id, Terms: clean.FoldSearch(p.c.Name)})
		}
		if err := s.InsertContacts(ctx, contacts); err != nil {
			return err
		}
		if err := s.InsertKeys(ctx, keys); err != nil {
			return err
		}
		if err := s.InsertTerms(ctx, terms); err != nil {
			return err
		}
		for i, p := range people {
			var last any
			if p.last != 0 {
				last = int64(p.last)
			}
			if _, err := f.db.Q(ctx).ExecContext(ctx, `UPDATE customer_metrics SET net_365_fen = $1, net_all_fen = $2, orders_365 = $3, orders_all = $4,
 last_day = $5, favourite_category = $6, price_sensitivity = $7 WHERE customer_id = $8`, p.net365, p.net365*2, p.orders, p.orders, last, p.category, p.sensitivity(), all[i].ID); err != nil {
				return err
			}
			if p.level == 0 {
				continue
			}
			if _, err := f.db.Q(ctx).ExecContext(ctx, `INSERT INTO tier_assignments (run_id, customer_id, level) VALUES (7, $1, $2)`, all[i].ID, p.level); err != nil {
				return err
			}
		}
		return nil
	}))
}

// call sends a request and decodes a JSON answer into out, where that is not nil.
func (f *fixture) call(t testing.TB, actor, method, target, body string, out any) *httptest.ResponseRecorder {
	t.Helper()
	var r *http.Request
	if body == "" {
		r = httptest.NewRequest(method, web.Prefix+target, http.NoBody)
	} else {
		r = httptest.NewRequest(method, web.Prefix+target, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("X-Test-Actor", actor)
	r.Header.Set("Accept-Language", "zh-CN")
	w := httptest.NewRecorder()
	f.api.ServeHTTP(w, r)
	if out != nil && w.Code == http.StatusOK {
		if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
			t.Fatalf("%s: %v in %s", target, err, w.Body)
		}
	}
	return w
}
