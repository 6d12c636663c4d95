package vault

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
)

var contacts = Column{Table: "contacts", Key: []string{"customer_id", "id"}, Name: "cipher", KindColumn: "kind"}

func addContacts(t *testing.T, d *db.DB, v *Vault, from, n int) {
	t.Helper()
	err := d.InTx(t.Context(), func(ctx context.Context) error {
		for i := from; i < from+n; i++ {
			kind := []Kind{KindPhone, KindEmail}[i%2]
			if _, err := d.Q(ctx).ExecContext(ctx, `INSERT INTO contacts (id, customer_id, kind, cipher, blind, source_id, created_at)
VALUES ($1, $2, $3, $4, $5, 1, 1)`, i, i/3, string(kind), seal(t, v, kind, fmt.Sprint("value ", i)), []byte("b")); err != nil {
				return db.MapError(err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkContacts(t *testing.T, d *db.DB, v *Vault, n int) {
	t.Helper()
	rows, err := v.sealedRows(t.Context(), contacts, nil)
	var all []sealedRow
	for err == nil && len(rows) > 0 {
		all = append(all, rows...)
		rows, err = v.sealedRows(t.Context(), contacts, rows[len(rows)-1].key)
	}
	if err != nil || len(all) != n {
		t.Fatalf("%d of %d values, %v", len(all), n, err)
	}
	for _, r := range all {
		if got, err := v.Open(r.kind, r.cipher); err != nil || got != fmt.Sprint("value ", r.key[1]) {
			t.Fatalf("row %v: %q, %v", r.key, got, err)
		}
	}
}

// Rotation is ended in every step, as a killed process ends it, and goes on;
// another process seals with what it knows all the while.
func TestRotate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := options(t, d)
		mine, other := open(t, o), open(t, o)
		const before = 1203
		addContacts(t, d, mine, 0, before)
		n := before
		old := mine.primary()
		oldCipher := seal(t, mine, KindPhone, phone)
		stopped := errors.New("stopped")
		for _, at := range []string{StepAdd, StepUse, StepReseal, StepReseal, StepRetire} {
			ctx, stop := context.WithCancelCause(t.Context())
			_, err := open(t, o).Rotate(ctx, RotateOptions{Columns: []Column{contacts}, Progress: func(step string, _ int64) {
				if step == at {
					stop(stopped)
				}
			}})
			stop(nil)
			if err == nil {
				t.Fatalf("stopped in %s, and no error", at)
			}
			// A process that has not looked for new keys still seals with the old one.
			addContacts(t, d, other, n, 2)
			n += 2
			checkContacts(t, d, open(t, o), n)
		}
		if err := other.reload(t.Context()); err != nil {
			t.Fatal(err)
		}
		got, err := mine.Rotate(t.Context(), RotateOptions{Columns: []Column{contacts}})
		if err != nil {
			t.Fatal(err)
		}
		if got.Retired != 1 || mine.primary() == old {
			t.Errorf("retired %d, the sealing key changed: %v", got.Retired, mine.primary() != old)
		}
		fresh := open(t, o)
		checkContacts(t, d, fresh, n)
		checkContacts(t, d, other, n)
		if _, err := fresh.Open(KindPhone, oldCipher); err == nil {
			t.Error("the retired key still opens")
		}
		if k, _ := fresh.fieldKeys(); k != 1 {
			t.Errorf("%d keys are left", k)
		}
		again, err := fresh.Rotate(t.Context(), RotateOptions{Columns: []Column{contacts}})
		if err != nil || again.Values != int64(n) {
			t.Errorf("a second change: %+v of %d, %v", again, n, err)
		}
	})
}

// An edit between reading and sealing anew stays.
func TestResealKeepsEdits(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		v := open(t, options(t, d))
		addContacts(t, d, v, 0, 2)
		rows, err := v.sealedRows(t.Context(), contacts, nil)
		if err != nil {
			t.Fatal(err)
		}
		edited := seal(t, v, KindPhone, "edited")
		err = d.InTx(t.Context(), func(ctx context.Context) error {
			_, err := d.Q(ctx).ExecContext(ctx, `UPDATE contacts SET cipher = $1 WHERE id = 0`, edited)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, change := range []func() error{
			func() error { return v.changeKeys(t.Context(), addKey, purposeFields) },
			func() error { return v.changeKeys(t.Context(), usePrimary, purposeFields) },
		} {
			if err := change(); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := v.resealRows(t.Context(), contacts, rows); err != nil || n != 1 {
			t.Fatalf("%d written, %v", n, err)
		}
		rows, err = v.sealedRows(t.Context(), contacts, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := v.Open(KindPhone, rows[0].cipher); err != nil || got != "edited" {
			t.Errorf("%q, %v", got, err)
		}
	})
}

func TestRotateMaster(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := options(t, d)
		v := open(t, o)
		cipher := seal(t, v, KindPhone, phone)
		was, err := os.ReadFile(o.KeyFile)
		if err != nil {
			t.Fatal(err)
		}
		if err := v.RotateMaster(t.Context()); err != nil {
			t.Fatal(err)
		}
		if is, err := os.ReadFile(o.KeyFile); err != nil || string(is) == string(was) {
			t.Fatalf("the file holds the old key, %v", err)
		}
		// Ended after the database was written and before the file was: the
		// database has the new key, the file the old one.
		now, err := os.ReadFile(o.KeyFile)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(o.KeyFile+nextSuffix, now, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(o.KeyFile, was, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := open(t, o).Open(KindPhone, cipher); err != nil || got != phone {
			t.Errorf("%q, %v", got, err)
		}
		if _, err := os.Stat(o.KeyFile + nextSuffix); !os.IsNotExist(err) {
			t.Error("the next key still waits")
		}
		o.MasterKey = string(now)
		if err := open(t, o).RotateMaster(t.Context()); !errs.Is(err, "vault.key_given") {
			t.Errorf("a key of the configuration: %v", err)
		}
	})
}
