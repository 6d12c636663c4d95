//go:build unix

package app

import (
	"os"
	"path/filepath"
	"syscall"

	"zhike/internal/platform/errs"
)

// lockFolder takes the data folder for this server alone until the process
// ends, however it ends: the lock is the kernel's, not a file left behind.
func lockFolder(dir string) (release func(), err error) {
	f, err := os.OpenFile(filepath.Join(dir, "serve.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, errs.Wrap(err, errs.Unavailable, "db.cannot_open", "path", dir)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, errs.Wrap(err, errs.Conflict, "app.folder_in_use", "path", dir)
	}
	return func() { _ = f.Close() }, nil
}
