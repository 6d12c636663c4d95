package org

import (
	"context"
	"testing"
	"time"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
)

func TestLock(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		admin := k.admin()
		_, password := k.person(admin, "li.na", "agent", k.root())
		for _, login := range []string{"li.na", "not.there"} {
			c := k.client()
			fail := func(want time.Duration) {
				t.Helper()
				for range failuresToLock - 1 {
					c.login(login, "not the password").want(t, 401, "org.bad_credentials")
				}
				a := c.login(login, "not the password").want(t, 429, "org.locked")
				until := int64(a.sub("params")["until"].(float64))
				if got := time.Duration(until-k.s.now()) * time.Millisecond; got != want || a.header.Get("Retry-After") == "" {
					t.Fatalf("%s is locked for %s, want %s: %v", login, got, want, a.header)
				}
				c.login(login, password).want(t, 429, "org.locked")
				k.clk.Advance(want - time.Second)
				c.login(login, password).want(t, 429, "org.locked")
				k.clk.Advance(time.Second)
			}
			for _, want := range []time.Duration{15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour} {
				fail(want)
			}
		}
		c := k.client()
		c.login("li.na", password).want(t, 200)
		// A good sign-in begins the count anew.
		for range failuresToLock - 1 {
			c.login("li.na", "not the password").want(t, 401)
		}
		c.login("li.na", "not the password").want(t, 429)
		admin = k.admin() // the clock has moved far
		list := admin.do("GET", "/staff?q=li.na", nil).want(t, 200)
		row := list.body["items"].([]any)[0].(map[string]any)
		if row["locked_until"] == nil {
			t.Fatalf("the lock is not shown: %s", list.raw)
		}
		// A reset lifts it.
		id := int64(row["id"].(float64))
		reset := admin.do("POST", "/staff/"+idText(id)+"/password-reset", nil).want(t, 200)
		c.login("li.na", reset.body["password"].(string)).want(t, 200)
	})
}

func TestLockFor(t *testing.T) {
	for failures, want := range map[int64]time.Duration{
		0: 0, 1: 0, 4: 0, 5: 15 * time.Minute, 6: 0, 10: 30 * time.Minute, 15: time.Hour,
		35: 16 * time.Hour, 40: 24 * time.Hour, 45: 24 * time.Hour, 5_000_000: 24 * time.Hour,
	} {
		if got := lockFor(failures); got != want {
			t.Errorf("%d failures: %s, want %s", failures, got, want)
		}
	}
}

func TestRateLimit(t *testing.T) {
	k := newKit(t, dbtest.SQLite(t))
	c := k.client()
	limited := 0
	for i := range 70 {
		// Each another login, so that only the limit by address counts.
		a := c.login("nobody-"+idText(int64(i)), "not the password")
		if a.status == 429 {
			a.want(t, 429, "org.too_many_logins")
			if a.header.Get("Retry-After") == "" {
				t.Fatal("no Retry-After")
			}
			limited++
		}
	}
	if limited != 10 {
		t.Fatalf("%d of 70 refused, want 10", limited)
	}
	// Another address is not concerned, and the same one is let in again.
	other := k.client()
	other.ip = "203.0.113.8"
	other.login("nobody-x", "not the password").want(t, 401)
	k.clk.Advance(2 * time.Second)
	c.login("nobody-y", "not the password").want(t, 401)
	// The limit by login holds across addresses.
	limited = 0
	for i := range 30 {
		c := k.client()
		c.ip = "198.51.100." + idText(int64(i+1))
		if a := c.login(AdminLogin, k.first); a.status == 429 {
			limited++
		}
	}
	if limited != 10 {
		t.Fatalf("%d of 30 refused, want 10", limited)
	}
}

// Guesses that were let in before the lock fell do not get past it.
func TestGuessingTogether(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		st, err := k.s.staffByLogin(context.Background(), AdminLogin)
		if err != nil {
			t.Fatal(err)
		}
		// The right password was computed on the row as it was before five others failed.
		for range failuresToLock {
			k.client().login(AdminLogin, "not the password")
		}
		if _, err := k.s.admit(context.Background(), st, ""); !errs.Is(err, "org.locked") {
			t.Fatalf("let in: %v", err)
		}
		k.clk.Advance(firstLock)
		st.passwordHash = "another"
		if _, err := k.s.admit(context.Background(), st, ""); !errs.Is(err, "org.bad_credentials") {
			t.Fatalf("let in with a password that is no more: %v", err)
		}
	})
}
