// Package idempotency makes a repeated request harmless: what a caller sends
// twice under one key is done once, and answered twice the same.
//
// The key, the request's fingerprint and the answer commit in the transaction
// of the write itself. A write that failed leaves no key behind and may be sent
// again; one that committed is never done again, whatever happened to its
// answer on the way. The form of the header follows the IETF draft "The
// Idempotency-Key HTTP Header Field".
package idempotency

import (
	"bytes"
	"context"
	"time"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/vault"
)

// Keep is how long an answer is remembered.
const Keep = 24 * time.Hour

// MaxKey is the longest key, in bytes.
const MaxKey = 200

// Keys remembers answers. It is safe for concurrent use, in several processes.
type Keys struct {
	DB    *db.DB
	Clock clock.Clock
	Vault *vault.Vault
}

// Do runs fn once for the key of an actor and gives its answer; a later call
// with the same fingerprint gives the answer of the first (replayed). Both run
// in one transaction, which fn's own transactions join; an error of fn rolls
// all of it back. A call beside one that is still running waits for it.
// Errors: idempotency.bad_key, idempotency.other_request, those of fn.
func (k *Keys) Do(ctx context.Context, actorID int64, key string, fingerprint []byte, fn func(ctx context.Context) ([]byte, error)) (answer []byte, replayed bool, err error) {
	if !valid(key) {
		return nil, false, errs.New(errs.Invalid, "idempotency.bad_key", "max", MaxKey)
	}
	err = k.DB.InTx(ctx, func(ctx context.Context) error {
		fresh, err := k.claim(ctx, actorID, key, fingerprint, clock.Millis(k.Clock.Now()))
		if err != nil {
			return err
		}
		if !fresh {
			replayed = true
			answer, err = k.recall(ctx, actorID, key, fingerprint)
			return err
		}
		if answer, err = fn(ctx); err != nil {
			return err
		}
		cipher, err := k.Vault.Seal(vault.KindAnswer, string(answer))
		if err != nil {
			return err
		}
		return k.remember(ctx, actorID, key, cipher)
	})
	if err != nil {
		return nil, false, err
	}
	return answer, replayed, nil
}

func (k *Keys) recall(ctx context.Context, actorID int64, key string, fingerprint []byte) ([]byte, error) {
	was, cipher, err := k.read(ctx, actorID, key)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(was, fingerprint) {
		return nil, errs.New(errs.Invalid, "idempotency.other_request")
	}
	text, err := k.Vault.Open(vault.KindAnswer, cipher)
	return []byte(text), err
}

// Forget removes answers older than Keep and says how many.
func (k *Keys) Forget(ctx context.Context) (n int64, err error) {
	err = k.DB.InTx(ctx, func(ctx context.Context) error {
		n, err = k.forget(ctx, clock.Millis(k.Clock.Now().Add(-Keep)))
		return err
	})
	return n, err
}

// valid says whether a key is 1–MaxKey visible ASCII characters.
func valid(key string) bool {
	if key == "" || len(key) > MaxKey {
		return false
	}
	for i := range len(key) {
		if key[i] < 0x21 || key[i] > 0x7e {
			return false
		}
	}
	return true
}
