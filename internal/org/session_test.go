package org

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

func TestSignInAndOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		c := k.client()
		c.do("GET", "/session", nil).want(t, 401, "unauthenticated")
		c.login(AdminLogin, "wrong-password").want(t, 401, "org.bad_credentials")
		c.login("nobody", "wrong-password").want(t, 401, "org.bad_credentials")
		if c.cookie != nil {
			t.Fatal("a failed sign-in set a cookie")
		}
		a := c.login("  ADMIN ", k.first).want(t, 200)
		if a.sub("staff")["must_change_password"] != true || a.sub("company")["time_zone"] != "Asia/Shanghai" || a.sub("company")["currency"] != "CNY" {
			t.Fatalf("me: %s", a.raw)
		}
		ck := c.cookie
		if ck.Name != "zhike_session" || !ck.HttpOnly || ck.Secure || ck.SameSite != http.SameSiteLaxMode || ck.Path != "/" || ck.MaxAge < 3600 {
			t.Fatalf("cookie: %+v", ck)
		}
		if strings.Contains(k.stored(), ck.Value) {
			t.Fatal("the token stands in the database as it is")
		}
		// Nothing but the password until it is changed.
		c.do("GET", "/customers", nil).want(t, 403, "org.must_change_password")
		c.do("GET", "/staff", nil).want(t, 403, "org.must_change_password")
		c.do("GET", "/session", nil).want(t, 200)
		for _, bad := range []struct{ current, next, code string }{
			{"wrong", adminPassword, "org.password_wrong"},
			{k.first, k.first, "org.password_same"},
			{k.first, "short", "org.password_short"},
			{k.first, "my-admin-Passw0rt", "org.password_login"},
		} {
			c.do("POST", "/session/password", map[string]string{"current": bad.current, "new": bad.next}).want(t, 422, bad.code)
		}
		other := k.client()
		other.login(AdminLogin, k.first).want(t, 200)
		old := c.cookie.Value
		c.do("POST", "/session/password", map[string]string{"current": k.first, "new": adminPassword}).want(t, 200)
		if c.cookie.Value == old {
			t.Fatal("the token stayed the same")
		}
		c.do("GET", "/customers", nil).want(t, 200)
		// All other sessions died, the replaced one too.
		other.do("GET", "/session", nil).want(t, 401)
		(&client{k: k, ip: c.ip, cookie: &http.Cookie{Name: "zhike_session", Value: old}}).do("GET", "/session", nil).want(t, 401)
		k.client().login(AdminLogin, k.first).want(t, 401, "org.bad_credentials")

		me := c.do("GET", "/session", nil).want(t, 200)
		if n := len(me.body["permissions"].([]any)); n != len(catalogue) || me.body["scope"] != "all" {
			t.Fatalf("the admin holds %d permissions, scope %v", n, me.body["scope"])
		}
		kept := c.cookie
		c.do("DELETE", "/session", nil).want(t, 204)
		if c.cookie != nil {
			t.Fatal("the cookie was not cleared")
		}
		c.cookie = kept
		c.do("GET", "/session", nil).want(t, 401)
		c.do("DELETE", "/session", nil).want(t, 204)
	})
}

// stored is every text of the table sessions.
func (k *kit) stored() (all string) {
	rows, err := k.d.Q(context.Background()).QueryContext(context.Background(), "SELECT token, data FROM sessions")
	if err != nil {
		k.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var token string
		var data []byte
		if err := rows.Scan(&token, &data); err != nil {
			k.t.Fatal(err)
		}
		all += token + string(data) + "\n"
	}
	return all
}

func TestSecureCookie(t *testing.T) {
	k := newKit(t, dbtest.SQLite(t), func(d *Deps) { d.Secure = true })
	c := k.client()
	c.login(AdminLogin, k.first).want(t, 200)
	if ck := c.cookie; ck.Name != "__Host-zhike_session" || !ck.Secure || ck.Domain != "" || ck.Path != "/" {
		t.Fatalf("cookie: %+v", ck)
	}
	c.do("GET", "/session", nil).want(t, 200)
	c.cookie.Name = "zhike_session"
	c.do("GET", "/session", nil).want(t, 401)
}

func TestSessionEnds(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		admin := k.admin()
		set := func(id int64, body map[string]any) {
			t.Helper()
			admin.do("PATCH", "/staff/"+idText(id), body).want(t, 200)
		}
		t.Run("disable", func(t *testing.T) {
			c, id := k.signedIn(admin, "dis.able", "agent", k.root())
			set(id, map[string]any{"disabled": true})
			c.do("GET", "/session", nil).want(t, 401)
			k.client().login("dis.able", ownPassword).want(t, 403, "org.disabled")
			k.client().login("dis.able", "not the password").want(t, 401, "org.bad_credentials")
			set(id, map[string]any{"disabled": false})
			c.do("GET", "/session", nil).want(t, 401)
			c.login("dis.able", ownPassword).want(t, 200)
		})
		t.Run("role of a person", func(t *testing.T) {
			c, id := k.signedIn(admin, "role.change", "agent", k.root())
			set(id, map[string]any{"name": "新名字", "role_ids": []int64{k.role("agent")}})
			if a := c.do("GET", "/session", nil).want(t, 200); a.sub("staff")["name"] != "新名字" {
				t.Fatal(a.raw)
			}
			set(id, map[string]any{"role_ids": []int64{k.role("auditor")}})
			c.do("GET", "/session", nil).want(t, 401)
			c.login("role.change", ownPassword).want(t, 200)
			c.do("GET", "/customers", nil).want(t, 403, "forbidden")
		})
		t.Run("rights of a role", func(t *testing.T) {
			c, _ := k.signedIn(admin, "rights.change", "marketer", k.root())
			c.do("GET", "/customers", nil).want(t, 200)
			admin.do("PATCH", "/roles/"+idText(k.role("marketer")), map[string]any{"permissions": []string{"report.view"}}).want(t, 200)
			c.do("GET", "/session", nil).want(t, 401)
			c.login("rights.change", ownPassword).want(t, 200)
			c.do("GET", "/customers", nil).want(t, 403, "forbidden")
		})
		t.Run("password reset", func(t *testing.T) {
			c, id := k.signedIn(admin, "pass.reset", "agent", k.root())
			a := admin.do("POST", "/staff/"+idText(id)+"/password-reset", nil).want(t, 200)
			c.do("GET", "/session", nil).want(t, 401)
			k.client().login("pass.reset", ownPassword).want(t, 401)
			c.login("pass.reset", a.body["password"].(string)).want(t, 200)
			c.do("GET", "/customers", nil).want(t, 403, "org.must_change_password")
		})
		t.Run("idle", func(t *testing.T) {
			c, _ := k.signedIn(admin, "idle.one", "agent", k.root())
			for range 3 {
				k.clk.Advance(11 * time.Hour)
				c.do("GET", "/session", nil).want(t, 200)
			}
			k.clk.Advance(12 * time.Hour)
			c.do("GET", "/session", nil).want(t, 401)
		})
		t.Run("absolute", func(t *testing.T) {
			admin := k.admin()
			c, _ := k.signedIn(admin, "absolute.one", "agent", k.root())
			for range 7*24/8 - 1 {
				k.clk.Advance(8 * time.Hour)
				c.do("GET", "/session", nil).want(t, 200)
			}
			k.clk.Advance(8*time.Hour - time.Second)
			c.do("GET", "/session", nil).want(t, 200)
			k.clk.Advance(time.Second)
			c.do("GET", "/session", nil).want(t, 401)
			if n, err := k.s.SweepSessions(context.Background()); err != nil || n == 0 || k.stored() != "" {
				t.Fatalf("swept %d: %v, left %q", n, err, k.stored())
			}
		})
	})
}

// A session is written once a minute at most, however many requests it has.
func TestLastUse(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		c := k.admin()
		seen := func() int64 {
			row, err := k.s.find.session(context.Background(), d, hashToken(c.cookie.Value))
			if err != nil {
				t.Fatal(err)
			}
			return row.seenAt
		}
		start := seen()
		k.clk.Advance(59 * time.Second)
		c.do("GET", "/session", nil).want(t, 200)
		if seen() != start {
			t.Fatal("written within the minute")
		}
		k.clk.Advance(time.Second)
		c.do("GET", "/session", nil).want(t, 200)
		if got := seen() - start; got != 60_000 {
			t.Fatalf("last use moved by %d ms", got)
		}
	})
}

// What one process changes another one sees within a second, and itself at once.
func TestTwoProcesses(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		one := newKit(t, d)
		admin := one.admin()
		two := newKit(t, d, func(deps *Deps) { deps.Clock = one.clk })
		two.clk = one.clk
		c, id := one.signedIn(admin, "both.here", "agent", one.root())
		there := &client{k: two, ip: c.ip, cookie: c.cookie}
		there.do("GET", "/customers", nil).want(t, 200)
		below := one.department(admin, "华东", one.root())
		second := func() { one.clk.Advance(sessionTTL * time.Millisecond) }
		second()
		a := there.do("GET", "/customers", nil).want(t, 200)
		if ids := a.body["department_ids"].([]any); len(ids) != 2 || int64(ids[1].(float64)) != below {
			t.Fatalf("the other process sees %v", ids)
		}
		admin.do("PUT", "/settings", map[string]any{"company_name": "晨光贸易"}).want(t, 200)
		second()
		if a := there.do("GET", "/session", nil).want(t, 200); a.sub("company")["name"] != "晨光贸易" {
			t.Fatal(a.raw)
		}
		admin.do("PATCH", "/staff/"+idText(id), map[string]any{"disabled": true}).want(t, 200)
		c.do("GET", "/customers", nil).want(t, 401)
		second()
		there.do("GET", "/customers", nil).want(t, 401)
	})
}

// A session that was read before a write is not kept after it.
func TestKeptSessions(t *testing.T) {
	var k keptSessions
	row := sessionRow{staffID: 7}
	_, ok, round := k.get("a", 0)
	if ok {
		t.Fatal("kept from nowhere")
	}
	k.drop() // somebody signs out while the query runs
	k.put("a", row, 0, round)
	if _, ok, round = k.get("a", 0); ok {
		t.Fatal("kept what was read before the write")
	}
	k.put("a", row, 5000, round)
	for _, c := range []struct {
		now  int64
		want bool
	}{{5000, true}, {5999, true}, {6000, false}, {4999, false}} {
		if got, ok, _ := k.get("a", c.now); ok != c.want || ok && got.staffID != 7 {
			t.Errorf("at %d: %v", c.now, ok)
		}
	}
	for i := range maxKeptSessions {
		k.put(idText(int64(i)), row, 0, round)
	}
	if len(k.rows) > maxKeptSessions {
		t.Errorf("%d kept", len(k.rows))
	}
}

// A session that ends while requests run is not brought back by them.
func TestSessionEndsUnderLoad(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		admin := k.admin()
		for round := range 5 {
			c, id := k.signedIn(admin, "busy."+idText(int64(round)), "agent", k.root())
			stop := make(chan struct{})
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					for {
						select {
						case <-stop:
							return
						default:
							(&client{k: k, ip: c.ip, cookie: c.cookie}).do("GET", "/customers", nil)
						}
					}
				})
			}
			admin.do("PATCH", "/staff/"+idText(id), map[string]any{"disabled": true}).want(t, 200)
			c.do("GET", "/customers", nil).want(t, 401)
			close(stop)
			wg.Wait()
			c.do("GET", "/customers", nil).want(t, 401)
		}
	})
}

// A change of the time zone holds at once where it was made, and soon in a
// process that nobody sends requests.
func TestZoneFollows(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		one := newKit(t, d)
		two := newKit(t, d)
		ctx, stop := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() { defer close(done); two.s.follow(ctx, 10*time.Millisecond) }()
		defer func() { stop(); <-done }()
		at := time.Date(2026, 11, 21, 23, 30, 0, 0, time.UTC)
		zone, clk := clock.Zone(one.s.Zone), clock.NewFixed(at)
		if day := zone.Today(clk).String(); day != "2026-11-22" {
			t.Fatalf("in Shanghai it is %s", day)
		}
		to := "America/New_York"
		actor := auth.With(context.Background(), auth.System("test"))
		if _, err := one.s.SaveSettings(actor, SettingsIn{TimeZone: &to}); err != nil {
			t.Fatal(err)
		}
		if day := zone.Today(clk).String(); day != "2026-11-21" {
			t.Errorf("in New York it is %s", day)
		}
		for wait := 0; two.s.Zone().String() != to; wait++ {
			if wait > 500 {
				t.Fatalf("the other process stays in %s", two.s.Zone())
			}
			time.Sleep(10 * time.Millisecond)
		}
	})
}

func TestManySessions(t *testing.T) {
	k := newKit(t, dbtest.SQLite(t))
	first := k.client()
	first.login(AdminLogin, k.first).want(t, 200)
	var last *client
	for range maxSessions {
		k.clk.Advance(10 * time.Second)
		last = k.client()
		last.login(AdminLogin, k.first).want(t, 200)
	}
	first.do("GET", "/session", nil).want(t, 401)
	last.do("GET", "/session", nil).want(t, 200)
	if n, err := k.s.count(context.Background(), "SELECT count(*) FROM sessions"); n != maxSessions || err != nil {
		t.Fatalf("%d sessions kept: %v", n, err)
	}
}

func TestCookieValue(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"zhike_session=abc", "abc"},
		{"a=1; zhike_session=abc; b=2", "abc"},
		{"a=1;zhike_session=abc", "abc"},
		{"zhike_session2=x; zhike_session=abc", "abc"},
		{"x_zhike_session=x", ""},
		{"zhike_session", ""},
		{"zhike_session=", ""},
		{"=;;; ;", ""},
	} {
		if got := cookieValue([]string{c.line}, "zhike_session"); got != c.want {
			t.Errorf("%q: %q", c.line, got)
		}
	}
}

// scs reads and ends sessions through the same store.
func TestSessionStore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		c := k.admin()
		ctx, err := k.s.sessions.Load(context.Background(), c.cookie.Value)
		if err != nil || k.s.sessions.GetInt64(ctx, keyStaff) != 1 {
			t.Fatalf("%v: %d", err, k.s.sessions.GetInt64(ctx, keyStaff))
		}
		if err := d.InTx(ctx, k.s.sessions.Destroy); err != nil {
			t.Fatal(err)
		}
		c.do("GET", "/session", nil).want(t, 401)
		if _, found, err := (&sessionStore{k.s}).FindCtx(ctx, hashToken(c.cookie.Value)); found || err != nil {
			t.Fatal(found, err)
		}
	})
}
