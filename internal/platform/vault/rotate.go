package vault

import (
	"context"
	"log/slog"
	"time"

	"github.com/tink-crypto/tink-go/v2/keyset"

	"zhike/internal/platform/errs"
)

// Column is where sealed values of one kind, or of the kind that another
// column of the row names, stand. The domains list theirs, so that a change of
// keys finds every value.
type Column struct {
	Table string
	// Key is the primary key of the table, in its order.
	Key  []string
	Name string
	Kind Kind
	// KindColumn holds the kind of each value, where Kind is "".
	KindColumn string
}

// WatchEvery is how often a running process looks whether keys were changed.
const WatchEvery = 5 * time.Second

// reload takes over the keys that the database holds now.
func (v *Vault) reload(ctx context.Context) error {
	wrapped, err := loadKeys(ctx, v.opts.DB)
	if err != nil {
		return err
	}
	_, handles, err := v.opts.unwrap(wrapped)
	if err != nil {
		return err
	}
	for _, p := range purposes {
		if handles[p] == nil {
			return errs.New(errs.Internal, "vault.missing_key", "where", string(p))
		}
	}
	r, err := newRing(handles)
	if err != nil {
		return err
	}
	v.ring.Store(r)
	return nil
}

// Watch follows changes of keys by other processes until ctx ends. A look that
// fails is told and tried again: the keys in memory go on working.
func (v *Vault) Watch(ctx context.Context) {
	tick := time.NewTicker(WatchEvery)
	defer tick.Stop()
	last := int64(-1)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		n, err := keysChanged(ctx, v.opts.DB)
		if err == nil && n != last {
			if err = v.reload(ctx); err == nil {
				last = n
			}
		}
		if err != nil && ctx.Err() == nil && v.opts.Log != nil {
			v.opts.Log.Warn("looking for changed keys", slog.Any("error", err))
		}
	}
}

// Rotation says what a change of the data keys did.
type Rotation struct {
	Values  int64 `json:"values_resealed"`
	Retired int   `json:"keys_retired"`
}

// RotateOptions say what Rotate seals anew.
type RotateOptions struct {
	Columns []Column
	// Settle is how long other processes are given to learn of a change of
	// keys: twice WatchEvery, 0 where no other process runs.
	Settle time.Duration
	// Progress hears of each step; nil is silent.
	Progress func(step string, values int64)
}

// The steps of a change of keys.
const (
	StepAdd    = "add"    // a new key is there, nobody seals with it yet
	StepUse    = "use"    // everybody seals with it from now on
	StepReseal = "reseal" // what older keys sealed is sealed anew
	StepRetire = "retire" // the older keys are gone
)

// batch is how many values one transaction seals anew.
const batch = 500

// Rotate changes the key that seals fields and the key for new files, while
// other processes read and write. Nothing is unreadable at any moment: every
// process knows the new key before any seals with it, and the old field key
// goes only when nothing it sealed is left. Files keep the key they were
// written with. Ended in the middle, the next call goes on from there.
// NIST SP 800-57 part 1 calls the span before that the key's cryptoperiod.
func (v *Vault) Rotate(ctx context.Context, o RotateOptions) (Rotation, error) {
	var done Rotation
	tell := func(step string) {
		if o.Progress != nil {
			o.Progress(step, done.Values)
		}
	}
	if err := v.reload(ctx); err != nil {
		return done, err
	}
	if n, newest := v.fieldKeys(); n == 1 {
		tell(StepAdd)
		if err := v.changeKeys(ctx, addKey, purposeFields, purposeFiles); err != nil {
			return done, err
		}
		if err := settle(ctx, o.Settle); err != nil {
			return done, err
		}
		newest = false
		tell(StepUse)
		if err := v.useNewest(ctx, o.Settle, newest); err != nil {
			return done, err
		}
	} else if !newest {
		tell(StepUse)
		if err := settle(ctx, o.Settle); err != nil {
			return done, err
		}
		if err := v.useNewest(ctx, o.Settle, newest); err != nil {
			return done, err
		}
	}
	// Twice: what a slow process sealed with the old key during the first pass
	// is found by the second.
	for pass := 0; ; pass++ {
		before := done.Values
		for _, c := range o.Columns {
			if err := v.reseal(ctx, c, func(n int64) { done.Values += n; tell(StepReseal) }); err != nil {
				return done, err
			}
		}
		if pass > 0 && done.Values == before {
			break
		}
	}
	tell(StepRetire)
	n, _ := v.fieldKeys()
	if err := v.changeKeys(ctx, retireKeys, purposeFields); err != nil {
		return done, err
	}
	done.Retired = n - 1
	return done, nil
}

func (v *Vault) useNewest(ctx context.Context, wait time.Duration, already bool) error {
	if already {
		return nil
	}
	if err := v.changeKeys(ctx, usePrimary, purposeFields, purposeFiles); err != nil {
		return err
	}
	return settle(ctx, wait)
}

func settle(ctx context.Context, d time.Duration) error {
	if d == 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// fieldKeys counts the keys that open fields; newest says whether the one made
// last is the one that seals.
func (v *Vault) fieldKeys() (n int, newest bool) {
	info := v.ring.Load().handles[purposeFields].KeysetInfo()
	keys := info.GetKeyInfo()
	return len(keys), keys[len(keys)-1].GetKeyId() == info.GetPrimaryKeyId()
}

// Sealer tells the keys apart that seal fields. Who seals before a transaction
// and writes in it asks again there: what another key sealed may have been
// looked for already, and is sealed anew.
func (v *Vault) Sealer() uint32 { return v.primary() }

// primary is the id of the key that seals fields, as its ciphertexts begin.
func (v *Vault) primary() uint32 {
	return v.ring.Load().handles[purposeFields].KeysetInfo().GetPrimaryKeyId()
}

func addKey(p purpose, m *keyset.Manager, _ *keyset.Handle) error {
	_, err := m.Add(p.template())
	return err
}

func usePrimary(_ purpose, m *keyset.Manager, h *keyset.Handle) error {
	keys := h.KeysetInfo().GetKeyInfo()
	return m.SetPrimary(keys[len(keys)-1].GetKeyId())
}

func retireKeys(_ purpose, m *keyset.Manager, h *keyset.Handle) error {
	info := h.KeysetInfo()
	for _, k := range info.GetKeyInfo() {
		if k.GetKeyId() != info.GetPrimaryKeyId() {
			if err := m.Delete(k.GetKeyId()); err != nil {
				return err
			}
		}
	}
	return nil
}

// changeKeys changes keysets as they stand in the database now, in one
// transaction, and takes the result over.
func (v *Vault) changeKeys(ctx context.Context, change func(purpose, *keyset.Manager, *keyset.Handle) error, which ...purpose) error {
	err := v.opts.DB.InTx(ctx, func(ctx context.Context) error {
		wrapped, err := lockKeys(ctx, v.opts.DB)
		if err != nil {
			return err
		}
		master, handles, err := v.opts.unwrap(wrapped)
		if err != nil {
			return err
		}
		for _, p := range which {
			m := keyset.NewManagerFromHandle(handles[p])
			if err := change(p, m, handles[p]); err != nil {
				return broken(err)
			}
			h, err := m.Handle()
			if err != nil {
				return broken(err)
			}
			w, err := master.wrap(p, h)
			if err != nil {
				return err
			}
			if err := replaceKey(ctx, v.opts.DB, p, w); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.reload(ctx)
}
