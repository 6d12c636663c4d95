package timeline

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// The folder of attachments holds a file for each under the first two letters
// of its key. What is still being written is named .part-….
const (
	fileFolder = "attachments"
	keyBytes   = 16
	partPrefix = ".part-"
)

func newKey() string {
	var b [keyBytes]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return hex.EncodeToString(b[:])
}

func (s *Service) folder() string { return filepath.Join(s.Files, fileFolder) }

func (s *Service) filePath(key string) string { return filepath.Join(s.folder(), key[:2], key) }

// sealedName is what binds the content to its key.
func sealedName(key string) string { return "attachment/" + key }

func diskError(err error) error { return errs.Wrap(err, errs.Unavailable, "attachment.disk") }

// written is a file that lies sealed on the disk, and not yet in its place.
type written struct {
	key, tmp, sha256 string
	size             int64
	kind             *fileType // nil: none of ours
}

// writeFile seals what comes, up to most bytes, and tells what it is. Errors:
// attachment.too_large, attachment.empty, attachment.cut, attachment.disk.
func (s *Service) writeFile(name string, body io.Reader, most int64) (w written, err error) {
	w.key = newKey()
	dir := filepath.Dir(s.filePath(w.key))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return w, diskError(err)
	}
	f, err := os.CreateTemp(dir, partPrefix+"*") // mode 0600
	if err != nil {
		return w, diskError(err)
	}
	w.tmp = f.Name()
	defer func() {
		_ = f.Close()
		if err != nil {
			_ = os.Remove(w.tmp)
		}
	}()
	out, err := s.Vault.SealWriter(f, sealedName(w.key))
	if err != nil {
		return w, err
	}
	sum, look, in := sha256.New(), &sniffer{}, &source{r: io.LimitReader(body, most+1)}
	w.size, err = io.Copy(io.MultiWriter(out, sum, look), in)
	switch {
	case in.err != nil:
		return w, errs.Wrap(in.err, errs.Invalid, "attachment.cut")
	case err != nil:
		return w, diskError(err)
	case w.size > most:
		return w, errs.New(errs.TooLarge, "attachment.too_large", "max_mb", most>>20)
	case w.size == 0:
		return w, errs.New(errs.Invalid, "attachment.empty")
	}
	if err := out.Close(); err != nil {
		return w, diskError(err)
	}
	if err := f.Sync(); err != nil {
		return w, diskError(err)
	}
	w.sha256, w.kind = hex.EncodeToString(sum.Sum(nil)), look.found(name)
	return w, nil
}

// source tells errors of the sender from those of the disk.
type source struct {
	r   io.Reader
	err error
}

func (c *source) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}

// place gives a written file its name, for good: the folder is synced too.
func (s *Service) place(w *written) error {
	to := s.filePath(w.key)
	if err := os.Rename(w.tmp, to); err != nil {
		return diskError(err)
	}
	if d, err := os.Open(filepath.Dir(to)); err == nil {
		_ = d.Sync() // not every system can
		_ = d.Close()
	}
	return nil
}

// dropFiles removes files once the transaction has committed. A crash before
// that leaves them to the sweep.
func (s *Service) dropFiles(ctx context.Context, keys []string) {
	if len(keys) == 0 {
		return
	}
	db.AfterCommit(ctx, func() {
		for _, key := range keys {
			if err := os.Remove(s.filePath(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				s.Log.WarnContext(ctx, "a file was not removed; the sweep will try again", "error", err)
			}
		}
	})
}

// orphanAge is how old a file without a row must be: an upload writes the file
// first.
const orphanAge = time.Hour

// sweepFiles removes files that no row names: an upload was killed between
// file and row, or a delete between row and file.
func (s *Service) sweepFiles(ctx context.Context) (removed int, err error) {
	shards, err := os.ReadDir(s.folder())
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, diskError(err)
	}
	for _, shard := range shards {
		if !shard.IsDir() {
			continue
		}
		n, err := s.sweepFolder(ctx, filepath.Join(s.folder(), shard.Name()))
		removed += n
		if err != nil {
			return removed, err
		}
	}
	return removed, nil
}

func (s *Service) sweepFolder(ctx context.Context, dir string) (removed int, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, diskError(err)
	}
	before := s.Clock.Now().Add(-orphanAge)
	var old []string
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || info.ModTime().After(before) {
			continue
		}
		old = append(old, e.Name())
	}
	return removed, db.InChunks(old, func(names []string) error {
		if err := ctx.Err(); err != nil {
			return db.MapError(err)
		}
		known, err := s.st.knownFiles(ctx, names)
		if err != nil {
			return err
		}
		for _, name := range names {
			if known[name] || !strings.HasPrefix(name, partPrefix) && len(name) != 2*keyBytes {
				continue // not ours
			}
			if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return diskError(err)
			}
			removed++
		}
		return nil
	})
}
