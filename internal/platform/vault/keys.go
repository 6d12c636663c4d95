package vault

import (
	"bytes"
	"context"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/streamingaead"
	"github.com/tink-crypto/tink-go/v2/tink"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// purpose is what a data keyset is for; it is the name of its row.
type purpose string

const (
	purposeFields purpose = "aead"
	purposeBlind  purpose = "prf"
	purposeFiles  purpose = "stream"
)

// purposes in the order of their rows' ids, 1, 2, 3: never reorder.
var purposes = []purpose{purposeFields, purposeBlind, purposeFiles}

func (p purpose) id() int64 {
	for i, q := range purposes {
		if p == q {
			return int64(i + 1)
		}
	}
	return 0
}

func (p purpose) template() *tinkpb.KeyTemplate {
	switch p {
	case purposeFields:
		return aead.AES256GCMKeyTemplate()
	case purposeBlind:
		return prf.HMACSHA256PRFKeyTemplate()
	}
	return streamingaead.AES256GCMHKDF1MBKeyTemplate()
}

func (p purpose) newKeyset() (*keyset.Handle, error) {
	h, err := keyset.NewHandle(p.template())
	if err != nil {
		return nil, broken(err)
	}
	return h, nil
}

// masterKey wraps data keysets. where tells an operator which key it is.
type masterKey struct {
	aead  tink.AEAD
	where string
}

func newMaster(key []byte, where string) (*masterKey, error) {
	a, err := subtle.NewAESGCM(key)
	if err != nil {
		return nil, broken(err)
	}
	return &masterKey{aead: a, where: where}, nil
}

// wrapAD binds a wrapped keyset to its purpose: rows cannot be exchanged.
func wrapAD(p purpose) []byte { return []byte("zhike/vault/v1/" + string(p)) }

func (m *masterKey) wrap(p purpose, h *keyset.Handle) ([]byte, error) {
	var b bytes.Buffer
	if err := h.WriteWithAssociatedData(keyset.NewBinaryWriter(&b), m.aead, wrapAD(p)); err != nil {
		return nil, broken(err)
	}
	return b.Bytes(), nil
}

// unwrapAll opens every known keyset; purposes of a newer program are left alone.
func (m *masterKey) unwrapAll(wrapped map[purpose][]byte) (map[purpose]*keyset.Handle, error) {
	out := map[purpose]*keyset.Handle{}
	for _, p := range purposes {
		w, ok := wrapped[p]
		if !ok {
			continue
		}
		h, err := keyset.ReadWithAssociatedData(keyset.NewBinaryReader(bytes.NewReader(w)), m.aead, wrapAD(p))
		if err != nil {
			return nil, errs.Wrap(err, errs.Invalid, "vault.wrong_key", "where", m.where)
		}
		out[p] = h
	}
	return out, nil
}

// createKeys makes the keysets that have lacks and gives back what the database
// holds in the end, whoever wrote it first.
func createKeys(ctx context.Context, d *db.DB, c clock.Clock, m *masterKey, have map[purpose]*keyset.Handle) (map[purpose][]byte, error) {
	fresh := map[purpose][]byte{}
	for _, p := range purposes {
		if have[p] != nil {
			continue
		}
		h, err := p.newKeyset()
		if err != nil {
			return nil, err
		}
		if fresh[p], err = m.wrap(p, h); err != nil {
			return nil, err
		}
	}
	var stored map[purpose][]byte
	err := d.InTx(ctx, func(ctx context.Context) (err error) {
		for _, p := range purposes { // one order for all processes: no deadlock
			if w := fresh[p]; w != nil {
				if err := insertKey(ctx, d, p, w, clock.Millis(c.Now())); err != nil {
					return err
				}
			}
		}
		stored, err = loadKeys(ctx, d)
		return err
	})
	return stored, err
}

// Rewrap changes the master key: the data keys stay and are wrapped by newKey (32
// bytes in base64) in one transaction, so nothing sealed is written anew. Processes
// that run keep working; the next start needs newKey. Errors: vault.bad_key and
// those of the database.
func (v *Vault) Rewrap(ctx context.Context, newKey string) error {
	raw, err := DecodeKey(newKey)
	if err != nil {
		return errs.New(errs.Invalid, "vault.bad_key", "where", "new master key")
	}
	m, err := newMaster(raw, "")
	if err != nil {
		return err
	}
	return v.opts.DB.InTx(ctx, func(ctx context.Context) error {
		for _, p := range purposes {
			w, err := m.wrap(p, v.ring.Load().handles[p])
			if err != nil {
				return err
			}
			if err := replaceKey(ctx, v.opts.DB, p, w); err != nil {
				return err
			}
		}
		return nil
	})
}
