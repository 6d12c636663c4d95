package vault

import (
	"context"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/keyset"

	"zhike/internal/platform/errs"
)

// nextSuffix names the file of a master key that is about to take over.
const nextSuffix = ".next"

// unwrap opens the keysets with the master key. Where that fails and a change
// of the master key was ended between the database and the file, it carries the
// file's part out.
func (o Options) unwrap(wrapped map[purpose][]byte) (*masterKey, map[purpose]*keyset.Handle, error) {
	m, err := o.master(len(wrapped) > 0)
	if err != nil {
		return nil, nil, err
	}
	handles, err := m.unwrapAll(wrapped)
	if err == nil || o.MasterKey != "" {
		return m, handles, err
	}
	raw, errNext := readKeyFile(o.KeyFile + nextSuffix)
	if errNext != nil {
		return nil, nil, err
	}
	next, errNext := newMaster(raw, o.KeyFile)
	if errNext != nil {
		return nil, nil, err
	}
	handles, errNext = next.unwrapAll(wrapped)
	if errNext != nil {
		return nil, nil, err
	}
	if err := o.promote(); err != nil {
		return nil, nil, err
	}
	return next, handles, nil
}

func (o Options) promote() error {
	if err := os.Rename(o.KeyFile+nextSuffix, o.KeyFile); err != nil {
		return errs.Wrap(err, errs.Invalid, "vault.key_file", "where", o.KeyFile)
	}
	if d, err := os.Open(filepath.Dir(o.KeyFile)); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
	return nil
}

// RotateMaster makes a new master key, wraps the data keys with it and puts it
// into the key file. The new key is on the disk before the database needs it:
// ended in the middle, the next start finds what it needs. Error:
// vault.key_given where the key comes from the configuration, which this
// program cannot change; those of Rewrap and of the file.
func (v *Vault) RotateMaster(ctx context.Context) error {
	if v.opts.MasterKey != "" {
		return errs.New(errs.Conflict, "vault.key_given")
	}
	next := v.opts.KeyFile + nextSuffix
	if err := os.Remove(next); err != nil && !os.IsNotExist(err) {
		return errs.Wrap(err, errs.Invalid, "vault.key_file", "where", next)
	}
	if _, err := createKeyFile(next); err != nil {
		return err
	}
	text, err := os.ReadFile(next)
	if err != nil {
		return errs.Wrap(err, errs.Invalid, "vault.key_file", "where", next)
	}
	if err := v.Rewrap(ctx, string(text)); err != nil {
		return err
	}
	return v.opts.promote()
}
