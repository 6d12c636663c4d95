package vault

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"zhike/internal/platform/errs"
)

// KeySize is the length of a master key, in bytes.
const KeySize = 32

// maxKeyFile bounds what is read from a key file, in bytes.
const maxKeyFile = 1024

// DecodeKey reads a master key: base64 of 32 bytes, standard or URL alphabet, with
// or without padding, white space around it ignored.
func DecodeKey(s string) ([]byte, error) {
	s = strings.TrimRight(strings.TrimSpace(s), "=")
	for _, e := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if b, err := e.DecodeString(s); err == nil && len(b) == KeySize {
			return b, nil
		}
	}
	return nil, errors.New("not 32 bytes in base64")
}

// NewKey makes a master key in the form DecodeKey reads.
func NewKey() string {
	var b [KeySize]byte
	_, _ = rand.Read(b[:]) // never fails: the program stops instead
	return base64.StdEncoding.EncodeToString(b[:])
}

// master finds the master key. A key is made only for a database that has no data
// keys yet: with some, a new key could open nothing and would hide the loss.
func (o Options) master(inUse bool) (*masterKey, error) {
	if o.MasterKey != "" {
		raw, err := DecodeKey(o.MasterKey)
		if err != nil {
			return nil, errs.New(errs.Invalid, "vault.bad_key", "where", "ZHIKE_MASTER_KEY")
		}
		return newMaster(raw, "ZHIKE_MASTER_KEY")
	}
	raw, err := readKeyFile(o.KeyFile)
	if errors.Is(err, fs.ErrNotExist) {
		if inUse {
			return nil, errs.New(errs.Invalid, "vault.missing_key", "where", o.KeyFile)
		}
		made, errMake := createKeyFile(o.KeyFile)
		if errMake != nil {
			return nil, errMake
		}
		if made && o.Log != nil {
			o.Log.Info("master key made; keep a copy of it apart from the database, without it nothing encrypted can be read", "path", o.KeyFile)
		}
		raw, err = readKeyFile(o.KeyFile)
	}
	if err != nil {
		return nil, errs.From(err)
	}
	return newMaster(raw, o.KeyFile)
}

// readKeyFile gives fs.ErrNotExist as it is and everything else with its code.
func readKeyFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fs.ErrNotExist
	}
	if err != nil {
		return nil, errs.Wrap(err, errs.Invalid, "vault.key_file", "where", path)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, errs.Wrap(err, errs.Invalid, "vault.key_file", "where", path)
	}
	if runtime.GOOS != "windows" && st.Mode().Perm()&0o077 != 0 {
		return nil, errs.New(errs.Invalid, "vault.key_open", "where", path)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFile))
	if err != nil {
		return nil, errs.Wrap(err, errs.Invalid, "vault.key_file", "where", path)
	}
	raw, err := DecodeKey(string(text))
	if err != nil {
		return nil, errs.New(errs.Invalid, "vault.bad_key", "where", path)
	}
	return raw, nil
}

// createKeyFile writes a new key, unless another process was faster. The file
// appears complete or not at all, and is on the disk before anything is sealed
// with it: a power cut must not leave data without its key.
func createKeyFile(path string) (made bool, err error) {
	fail := func(err error) (bool, error) {
		return false, errs.Wrap(err, errs.Invalid, "vault.key_file", "where", path)
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fail(err)
	}
	f, err := os.CreateTemp(dir, ".master-*") // mode 0600
	if err != nil {
		return fail(err)
	}
	defer os.Remove(f.Name())
	if err := writeKey(f); err != nil {
		return fail(err)
	}
	// A link does not replace what is there; a rename would.
	err = os.Link(f.Name(), path)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		// Some file systems have no links: then the file itself is made once only.
		if f, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err == nil {
			err = writeKey(f)
		}
	}
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err != nil {
		return fail(err)
	}
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync() // not every system can; the file itself is safe
		_ = d.Close()
	}
	return true, nil
}

func writeKey(f *os.File) error {
	_, err := f.WriteString(NewKey() + "\n")
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
