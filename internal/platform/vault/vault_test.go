package vault

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
)

var now = clock.NewFixed(time.Date(2026, 9, 25, 6, 5, 0, 0, time.UTC))

const phone = "13812345678"

func options(t testing.TB, d *db.DB) Options {
	return Options{DB: d, Clock: now, KeyFile: filepath.Join(t.TempDir(), "data", "master.key")}
}

func open(t testing.TB, o Options) *Vault {
	t.Helper()
	v, err := New(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func ephemeral(t testing.TB) *Vault {
	t.Helper()
	v, err := Ephemeral()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func seal(t testing.TB, v *Vault, k Kind, s string) []byte {
	t.Helper()
	c, err := v.Seal(k, s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestFirstStartAndRestart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := options(t, d)
		var out bytes.Buffer
		o.Log = slog.New(slog.NewTextHandler(&out, nil))
		v := open(t, o)
		if n := strings.Count(out.String(), o.KeyFile); n != 1 {
			t.Errorf("the place of the key was said %d times: %s", n, out.String())
		}
		key, err := os.ReadFile(o.KeyFile)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out.String(), strings.TrimSpace(string(key))) {
			t.Error("the key itself was logged")
		}
		if st, _ := os.Stat(o.KeyFile); runtime.GOOS != "windows" && st.Mode().Perm() != 0o600 {
			t.Errorf("mode %v", st.Mode())
		}
		cipher, blind, tail := seal(t, v, KindPhone, phone), v.Blind(KindPhone, phone), v.BlindTail(KindPhone, "5678")
		var file bytes.Buffer
		sealFile(t, v, &file, "7", []byte("file content"))

		out.Reset()
		again := open(t, o)
		if out.Len() != 0 {
			t.Errorf("the second start logged %s", out.String())
		}
		if got, err := again.Open(KindPhone, cipher); err != nil || got != phone {
			t.Errorf("after a restart: %q, %v", got, err)
		}
		if !bytes.Equal(again.Blind(KindPhone, phone), blind) || !bytes.Equal(again.BlindTail(KindPhone, "5678"), tail) {
			t.Error("blind indexes change with a restart")
		}
		if got, err := openFile(again, &file, "7"); err != nil || string(got) != "file content" {
			t.Errorf("file after a restart: %q, %v", got, err)
		}
		// The key from the configuration is the same key.
		o.MasterKey, o.KeyFile = string(key), "/no/such/file"
		if got, err := open(t, o).Open(KindPhone, cipher); err != nil || got != phone {
			t.Errorf("with the configured key: %q, %v", got, err)
		}
		if n := countKeys(t, d); n != len(purposes) {
			t.Errorf("%d rows of keys", n)
		}
	})
}

func countKeys(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	keys, err := loadKeys(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	return len(keys)
}

func TestKeysRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := options(t, d)
		open(t, o)
		good, err := os.ReadFile(o.KeyFile)
		if err != nil {
			t.Fatal(err)
		}
		write := func(text string, mode os.FileMode) func() {
			return func() {
				_ = os.Remove(o.KeyFile)
				if err := os.WriteFile(o.KeyFile, []byte(text), mode); err != nil {
					t.Fatal(err)
				}
				if err := os.Chmod(o.KeyFile, mode); err != nil {
					t.Fatal(err)
				}
			}
		}
		cases := []struct {
			name   string
			before func()
			key    string
			want   string
		}{
			{"another key in the file", write(NewKey(), 0o600), "", "vault.wrong_key"},
			{"another key configured", func() {}, NewKey(), "vault.wrong_key"},
			{"lost", func() { _ = os.Remove(o.KeyFile) }, "", "vault.missing_key"},
			{"short", write("c2hvcnQ=", 0o600), "", "vault.bad_key"},
			{"empty", write("", 0o600), "", "vault.bad_key"},
			{"long", write(strings.Repeat("A", 1<<20), 0o600), "", "vault.bad_key"},
			{"short configured", func() {}, "c2hvcnQ=", "vault.bad_key"},
			{"group readable", write(string(good), 0o640), "", "vault.key_open"},
			{"world readable", write(string(good), 0o604), "", "vault.key_open"},
			{"good again", write(string(good), 0o400), "", ""},
		}
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				c.before()
				o := o
				o.MasterKey = c.key
				_, err := New(context.Background(), o)
				if got := errs.CodeOf(err); got != c.want {
					t.Fatalf("code %q, want %q (%v)", got, c.want, err)
				}
				if err == nil {
					return
				}
				for _, locale := range []string{i18n.ZhCN, i18n.En} {
					text := i18n.ErrorText(locale, err)
					if strings.Contains(text, "{{") || strings.HasPrefix(text, "errors.") {
						t.Errorf("unfinished text: %s", text)
					}
					if c.key != "" && strings.Contains(text+err.Error(), c.key) {
						t.Errorf("the key came out: %s", text)
					}
				}
			})
		}
		if _, err := os.Stat(o.KeyFile); err != nil {
			t.Error(err)
		}
	})
}

// A lost key must not be replaced by a new one silently.
func TestLostKeyIsNotMadeAnew(t *testing.T) {
	d := dbtest.SQLite(t)
	o := options(t, d)
	open(t, o)
	if err := os.Remove(o.KeyFile); err != nil {
		t.Fatal(err)
	}
	if _, err := New(context.Background(), o); !errs.Is(err, "vault.missing_key") {
		t.Fatalf("err = %v", err)
	}
	if _, err := os.Stat(o.KeyFile); !os.IsNotExist(err) {
		t.Errorf("a key file was made: %v", err)
	}
}

// Many first starts at once agree on one set of keys.
func TestConcurrentFirstStart(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		o := options(t, d)
		const n = 8
		vaults, errors := make([]*Vault, n), make([]error, n)
		var wg sync.WaitGroup
		for i := range n {
			wg.Go(func() { vaults[i], errors[i] = New(context.Background(), o) })
		}
		wg.Wait()
		for i := range n {
			if errors[i] != nil {
				t.Fatal(errors[i])
			}
		}
		cipher := seal(t, vaults[0], KindEmail, "a@b.cn")
		for i := range n {
			if got, err := vaults[i].Open(KindEmail, cipher); err != nil || got != "a@b.cn" {
				t.Errorf("vault %d: %q, %v", i, got, err)
			}
			if !bytes.Equal(vaults[i].Blind(KindEmail, "a@b.cn"), vaults[0].Blind(KindEmail, "a@b.cn")) {
				t.Errorf("vault %d blinds differently", i)
			}
		}
		left, err := filepath.Glob(filepath.Join(filepath.Dir(o.KeyFile), ".master-*"))
		if err != nil || len(left) != 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	})
}

// A purpose that a later release adds is made beside the keys that are there.
func TestMissingPurposeIsAdded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := options(t, d)
		cipher := seal(t, open(t, o), KindPhone, phone)
		err := d.InTx(context.Background(), func(ctx context.Context) error {
			_, err := d.Q(ctx).ExecContext(ctx, `DELETE FROM vault_keys WHERE purpose = $1`, string(purposeFiles))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := open(t, o).Open(KindPhone, cipher); err != nil || got != phone {
			t.Errorf("%q, %v", got, err)
		}
		if n := countKeys(t, d); n != len(purposes) {
			t.Errorf("%d rows of keys", n)
		}
	})
}

// Wrapped keysets are bound to their purpose: exchanging rows is noticed.
func TestExchangedRowsAreRefused(t *testing.T) {
	d := dbtest.SQLite(t)
	o := options(t, d)
	open(t, o)
	ctx := context.Background()
	keys, err := loadKeys(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	err = d.InTx(ctx, func(ctx context.Context) error {
		return replaceKey(ctx, d, purposeFields, keys[purposeFiles])
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(ctx, o); !errs.Is(err, "vault.wrong_key") {
		t.Errorf("err = %v", err)
	}
}

func TestRewrap(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		o := options(t, d)
		v := open(t, o)
		cipher, blind := seal(t, v, KindPhone, phone), v.Blind(KindPhone, phone)
		if err := v.Rewrap(ctx, "c2hvcnQ="); !errs.Is(err, "vault.bad_key") {
			t.Errorf("short key: %v", err)
		}
		next := NewKey()
		if err := v.Rewrap(ctx, next); err != nil {
			t.Fatal(err)
		}
		if _, err := New(ctx, o); !errs.Is(err, "vault.wrong_key") {
			t.Errorf("the old key still opens: %v", err)
		}
		o.MasterKey = next
		v = open(t, o)
		if got, err := v.Open(KindPhone, cipher); err != nil || got != phone {
			t.Errorf("%q, %v", got, err)
		}
		if !bytes.Equal(v.Blind(KindPhone, phone), blind) {
			t.Error("the blind index changed")
		}
	})
}

// A dump of the database without the master key shows no phone number, in no usual
// form and as no hash that needs no key. The control row shows that the search works.
func TestDumpShowsNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		v := open(t, options(t, d))
		const control = "13900001111"
		ctx := context.Background()
		err := d.InTx(ctx, func(ctx context.Context) error {
			if _, err := d.Q(ctx).ExecContext(ctx, `CREATE TABLE vault_probe (id BIGINT PRIMARY KEY, cipher BYTEA, blind BYTEA, tail BYTEA)`); err != nil {
				return err
			}
			for i, k := range Kinds {
				if _, err := d.Q(ctx).ExecContext(ctx, `INSERT INTO vault_probe (id, cipher, blind, tail) VALUES ($1, $2, $3, $4)`,
					i, seal(t, v, k, phone), v.Blind(k, phone), v.BlindTail(k, "5678")); err != nil {
					return err
				}
			}
			_, err := d.Q(ctx).ExecContext(ctx, `INSERT INTO vault_probe (id, cipher) VALUES ($1, $2)`, 1000, []byte(control))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		dump := dumpOf(t, d)
		if !bytes.Contains(dump, []byte(control)) {
			t.Fatal("the control row is not in the dump: the search finds nothing")
		}
		forms := map[string][]byte{"plain": []byte(phone), "hex": []byte(hex.EncodeToString([]byte(phone))), "base64": []byte(base64.RawStdEncoding.EncodeToString([]byte(phone)))[:14]}
		for _, text := range []string{phone, "5678"} {
			h := sha256.Sum256([]byte(text))
			forms["sha256 of "+text] = h[:BlindSize]
		}
		for name, form := range forms {
			if bytes.Contains(dump, form) {
				t.Errorf("the %s form is in the dump", name)
			}
		}
	})
}

func dumpOf(t *testing.T, d *db.DB) []byte {
	t.Helper()
	var out bytes.Buffer
	if d.Engine() == db.SQLite { // the file and its log, byte by byte
		for _, suffix := range []string{"", "-wal"} {
			b, err := os.ReadFile(d.Path() + suffix)
			if err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			out.Write(b)
		}
		return out.Bytes()
	}
	for _, q := range []string{`SELECT cipher, blind, tail FROM vault_probe ORDER BY id`, `SELECT wrapped, wrapped, wrapped FROM vault_keys ORDER BY id`} {
		rows, err := d.Q(context.Background()).QueryContext(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var c [3][]byte
			if err := rows.Scan(&c[0], &c[1], &c[2]); err != nil {
				t.Fatal(err)
			}
			for _, b := range c {
				out.Write(b)
				out.WriteByte('\n')
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

func TestSealAndOpen(t *testing.T) {
	v := ephemeral(t)
	rapid.Check(t, func(rt *rapid.T) {
		k := rapid.SampledFrom(Kinds).Draw(rt, "kind")
		s := rapid.String().Draw(rt, "text")
		c, err := v.Seal(k, s)
		if err != nil {
			rt.Fatal(err)
		}
		if len(c) != len(s)+33 {
			rt.Fatalf("%d bytes for %d", len(c), len(s))
		}
		if len(s) >= 4 && bytes.Contains(c, []byte(s)) {
			rt.Fatal("the text is in the ciphertext")
		}
		if got, err := v.Open(k, c); err != nil || got != s {
			rt.Fatalf("got %q, %v", got, err)
		}
		// One flipped bit anywhere is noticed.
		i := rapid.IntRange(0, len(c)*8-1).Draw(rt, "bit")
		c[i/8] ^= 1 << (i % 8)
		if _, err := v.Open(k, c); !errs.Is(err, "vault.damaged") {
			rt.Fatalf("a flipped bit %d: %v", i, err)
		}
	})
}

func TestFieldRules(t *testing.T) {
	v := ephemeral(t)
	c := seal(t, v, KindPhone, phone)
	if bytes.Equal(c, seal(t, v, KindPhone, phone)) {
		t.Error("two seals of one text are equal")
	}
	if got, err := v.Open(KindPhone, nil); got != "" || err != nil {
		t.Errorf("nothing opens as %q, %v", got, err)
	}
	cases := []struct {
		name string
		do   func() error
		want string
	}{
		{"cut", func() error { _, err := v.Open(KindPhone, c[:len(c)-1]); return err }, "vault.damaged"},
		{"another vault", func() error { _, err := ephemeral(t).Open(KindPhone, c); return err }, "vault.damaged"},
		{"unknown kind sealed", func() error { _, err := v.Seal("hat", "x"); return err }, "vault.unknown_kind"},
		{"unknown kind opened", func() error { _, err := v.Open("hat", c); return err }, "vault.unknown_kind"},
		{"too large", func() error { _, err := v.Seal(KindNote, strings.Repeat("x", MaxPlain+1)); return err }, "vault.too_large"},
		{"largest", func() error { _, err := v.Seal(KindNote, strings.Repeat("x", MaxPlain)); return err }, ""},
	}
	for _, tc := range cases {
		if got := errs.CodeOf(tc.do()); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestKindsAreNotInterchangeable(t *testing.T) {
	v := ephemeral(t)
	seen := map[string]string{}
	for _, a := range Kinds {
		c := seal(t, v, a, phone)
		for _, b := range Kinds {
			_, err := v.Open(b, c)
			if a == b && err != nil || a != b && !errs.Is(err, "vault.damaged") {
				t.Errorf("%s opened as %s: %v", a, b, err)
			}
		}
		for name, blind := range map[string][]byte{"whole": v.Blind(a, "5678"), "tail": v.BlindTail(a, "5678")} {
			if len(blind) != BlindSize {
				t.Errorf("%d bytes", len(blind))
			}
			if other, ok := seen[string(blind)]; ok {
				t.Errorf("%s %s equals %s", a, name, other)
			}
			seen[string(blind)] = fmt.Sprint(a, " ", name)
		}
	}
}

func TestBlind(t *testing.T) {
	v := ephemeral(t)
	rapid.Check(t, func(rt *rapid.T) {
		a, b := rapid.String().Draw(rt, "a"), rapid.String().Draw(rt, "b")
		k := rapid.SampledFrom(Kinds).Draw(rt, "kind")
		if (a == b) != bytes.Equal(v.Blind(k, a), v.Blind(k, b)) {
			rt.Fatalf("%q and %q", a, b)
		}
		if got := v.AppendBlind([]byte("x"), k, a); !bytes.Equal(got, append([]byte("x"), v.Blind(k, a)...)) {
			rt.Fatal("AppendBlind and Blind differ")
		}
	})
	if bytes.Equal(v.Blind(KindPhone, phone), ephemeral(t).Blind(KindPhone, phone)) {
		t.Error("the hash does not depend on the key")
	}
	long := strings.Repeat("长", 100_000)
	if !bytes.Equal(v.Blind(KindNote, long), v.Blind(KindNote, long)) {
		t.Error("long text")
	}
	defer func() {
		if recover() == nil {
			t.Error("an unknown kind has a blind index")
		}
	}()
	v.Blind("hat", "x")
}

func TestConcurrentUse(t *testing.T) {
	v := ephemeral(t)
	want := map[string][]byte{}
	for i := range 50 {
		s := fmt.Sprint(13800000000 + i)
		want[s] = v.Blind(KindPhone, s)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				for s, b := range want {
					if !bytes.Equal(v.Blind(KindPhone, s), b) {
						t.Error("a blind index changed under load")
						return
					}
					c, err := v.Seal(KindPhone, s)
					if err != nil {
						t.Error(err)
						return
					}
					if got, err := v.Open(KindPhone, c); err != nil || got != s {
						t.Errorf("%q, %v", got, err)
						return
					}
				}
			}
		})
	}
	wg.Wait()
}

func TestDecodeKey(t *testing.T) {
	raw := bytes.Repeat([]byte{0xfb, 0xff}, 16)
	for _, s := range []string{
		base64.StdEncoding.EncodeToString(raw), base64.URLEncoding.EncodeToString(raw),
		base64.RawStdEncoding.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw),
		"  " + base64.StdEncoding.EncodeToString(raw) + "\r\n",
	} {
		got, err := DecodeKey(s)
		if err != nil {
			t.Errorf("%q: %v", s, err)
		} else if diff := cmp.Diff(raw, got); diff != "" {
			t.Error(diff)
		}
	}
	for _, s := range []string{"", "AAAA", hex.EncodeToString(raw), base64.StdEncoding.EncodeToString(raw[:31])} {
		if _, err := DecodeKey(s); err == nil {
			t.Errorf("%q was taken", s)
		}
	}
	if NewKey() == NewKey() {
		t.Error("two new keys are equal")
	}
}

func FuzzOpen(f *testing.F) {
	v, err := Ephemeral()
	if err != nil {
		f.Fatal(err)
	}
	c, _ := v.Seal(KindPhone, phone)
	f.Add(c)
	f.Add([]byte{1, 2, 3})
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := v.Open(KindPhone, b); err == nil && s != phone && len(b) > 0 {
			t.Fatalf("forged %q", s)
		}
	})
}
