package org

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
)

func TestPasswordPolicy(t *testing.T) {
	for _, c := range []struct{ password, login, name, code string }{
		{"river-Lamp-7-tree", "li.na", "李娜", ""},
		{"紫气东来 1234 八方", "li.na", "李娜", ""},
		{"这是一句没有数字的很长的口令话", "li.na", "李娜", "org.password_kinds"},
		{"这是一句没有数字但是足够长的中文口令", "li.na", "李娜", ""},
		{"Ab3$Ab3x", "li.na", "李娜", "org.password_short"},
		{"１２３ab", "li.na", "李娜", "org.password_short"},
		{"９ａＢｃｄｑ７ｚｘ", "li.na", "李娜", "org.password_short"}, // nine after NFKC too
		{strings.Repeat("长句子", 70), "li.na", "李娜", "org.password_long"},
		{"hqkzvbwmxj", "li.na", "李娜", "org.password_kinds"},
		{"my-LI.NA-secret", "li.na", "李娜", "org.password_login"},
		{"zz-ｌｉ.ｎａ-zz9", "li.na", "李娜", "org.password_login"},
		{"wang.wei-2026!", "wang.wei@shop.cn", "王伟", "org.password_login"},
		{"我是李娜呀20261", "li.na", "李娜", "org.password_name"},
		{"Robert-2026-x", "bob", "Robert", "org.password_name"},
		{"xx-Al-2026-yy", "bob", "Al", ""}, // two letters are in everything
		{"password123", "li.na", "李娜", "org.password_common"},
		{"Password2026!", "li.na", "李娜", "org.password_common"},
		{"P@ssw0rd2026", "li.na", "李娜", "org.password_common"},
		{"abcdef123456", "li.na", "李娜", "org.password_common"},
		{"1qaz2wsx3edc", "li.na", "李娜", "org.password_common"},
		{"Qwertyuiop12", "li.na", "李娜", "org.password_common"},
		{"a1a1a1a1a1a1", "li.na", "李娜", "org.password_common"},
		{"aaaaaaaaaaaaaaaaaaaa", "li.na", "李娜", "org.password_common"},
		{"woaini1314520", "li.na", "李娜", "org.password_common"},
		{"line\nbreak-99", "li.na", "李娜", "org.password_characters"},
		{"bad\xff-utf8-12345", "li.na", "李娜", "org.password_characters"},
	} {
		err := checkPassword("new", c.password, c.login, c.name)
		got := ""
		if err != nil {
			f := errs.From(err).Fields[0]
			if got = f.Code; f.Path != "new" || strings.Contains(err.Error(), c.password) {
				t.Errorf("%q: %v", c.password, err)
			}
		}
		if got != c.code {
			t.Errorf("%q: %q, want %q", c.password, got, c.code)
		}
	}
}

// One-time passwords must pass the policy that their owner will be held to.
func TestOneTimePassword(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		p := oneTimePassword()
		if seen[p] || len(p) != 19 {
			t.Fatalf("%q", p)
		}
		seen[p] = true
		if err := checkPassword("new", p, "li.na", "李娜"); err != nil {
			t.Fatalf("%q: %v", p, err)
		}
	}
}

func TestHash(t *testing.T) {
	ctx := context.Background()
	h := newHasher(cheap)
	rapid.Check(t, func(t *rapid.T) {
		password := rapid.StringN(1, 40, 200).Draw(t, "password")
		other := rapid.StringN(1, 40, 200).Draw(t, "other")
		enc, err := h.hash(ctx, password)
		if err != nil {
			t.Fatal(err)
		}
		if ok, old, err := h.verify(ctx, password, enc); !ok || old || err != nil {
			t.Fatal(ok, old, err)
		}
		if ok, _, _ := h.verify(ctx, other, enc); ok && other != password && len(other) == len(password) {
			t.Fatalf("%q opens the hash of %q", other, password)
		}
	})
	enc, _ := h.hash(ctx, "ｆｕｌｌ－ｗｉｄｔｈ　pass")
	if ok, _, _ := h.verify(ctx, "full-width pass", enc); !ok {
		t.Error("NFKC forms differ")
	}
	if !strings.HasPrefix(enc, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Errorf("not PHC: %s", enc)
	}
	if _, old, _ := newHasher(Cost{MemoryKiB: 128, Passes: 1, Lanes: 1}).verify(ctx, "x", enc); !old {
		t.Error("another cost is not noticed")
	}
	if ok, _, err := h.verify(ctx, "", h.dummy); ok || err != nil {
		t.Error("the dummy opens", err)
	}
	for _, bad := range []string{"", "x", "$argon2i$v=19$m=64,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=99999999,t=1,p=1$AAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAA", "$argon2id$v=19$m=64,t=1,p=1$!$!",
		"$argon2id$v=19$m=64,t=0,p=1$AAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAA", "$argon2id$v=19$m=64,t=1,p=1$$"} {
		if _, _, err := h.verify(ctx, "x", bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

// More than a few at once wait, more than a crowd are sent away.
func TestHashIsBounded(t *testing.T) {
	h := newHasher(cheap)
	for range cap(h.slots) {
		if err := h.enter(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wait sync.WaitGroup
	for range maxWaiting {
		wait.Go(func() {
			if err := h.enter(ctx); !errs.Is(err, "canceled") {
				t.Errorf("not cancelled: %v", err)
			}
		})
	}
	for h.waiting.Load() < maxWaiting {
		time.Sleep(time.Millisecond)
	}
	if err := h.enter(ctx); !errs.Is(err, "org.busy") {
		t.Fatalf("one more is let wait: %v", err)
	}
	cancel()
	wait.Wait()
	h.leave()
	if err := h.enter(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// A hash made with another cost is renewed at the next sign-in.
func TestRehash(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		k.admin()
		dear := newKit(t, d, func(deps *Deps) { deps.Cost = Cost{MemoryKiB: 96, Passes: 2, Lanes: 1} })
		hash := func() string {
			st, err := k.s.staffByLogin(context.Background(), AdminLogin)
			if err != nil {
				t.Fatal(err)
			}
			return st.passwordHash
		}
		c := dear.client()
		c.login(AdminLogin, "wrong-password").want(t, 401)
		if !strings.Contains(hash(), "m=64,") {
			t.Fatal("renewed without the password")
		}
		c.login(AdminLogin, adminPassword).want(t, 200)
		now := hash()
		if !strings.Contains(now, "m=96,t=2") {
			t.Fatalf("not renewed: %s", now)
		}
		c.login(AdminLogin, adminPassword).want(t, 200)
		if hash() != now {
			t.Fatal("renewed though it is today's")
		}
	})
}

// No password, token or hash in the audit log, the log or the settings.
func TestNoSecretsAnywhere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		first := k.first
		admin := k.admin()
		c, id := k.signedIn(admin, "se.cret", "agent", k.root())
		reset := admin.do("POST", "/staff/"+idText(id)+"/password-reset", nil).want(t, 200).body["password"].(string)
		c.login("se.cret", "guess-guess-guess-1").want(t, 401)
		c.login("typed-Password-as-login", "guess-guess-guess-2").want(t, 401)
		c.login("se.cret", reset).want(t, 200)
		_, _, audited := k.audited(0)
		logs := k.logs.String()
		if !strings.Contains(logs, "sign-in failed") || !strings.Contains(audited, "session.fail") {
			t.Fatal("failures are not told")
		}
		for _, secret := range []string{first, adminPassword, ownPassword, reset, "guess-guess", "typed-password", "argon2id",
			admin.cookie.Value, c.cookie.Value, hashToken(c.cookie.Value)} {
			if strings.Contains(audited, secret) {
				t.Errorf("%q stands in the audit log", secret)
			}
			if bytes.Contains(k.logs.Bytes(), []byte(secret)) {
				t.Errorf("%q stands in the log", secret)
			}
		}
	})
}

// BenchmarkHash is what one sign-in costs with the default.
func BenchmarkHash(b *testing.B) {
	h := newHasher(DefaultCost)
	for b.Loop() {
		if _, err := h.hash(context.Background(), adminPassword); err != nil {
			b.Fatal(err)
		}
	}
}
