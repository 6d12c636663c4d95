package importer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/sheet"
)

const (
	// MaxPiece bounds a piece of an upload, in bytes.
	MaxPiece = 8 << 20
	// uploadKept is how long an upload waits for its import.
	uploadKept   = 7 * 24 * time.Hour
	maxFileName  = 255
	pieceSuffix  = ".piece"
	pieceDigits  = 16
	expirePieces = 100
)

// CreateUpload opens an upload of size bytes.
// Errors: import.upload_too_large, import.empty_upload.
func (s *Service) CreateUpload(ctx context.Context, fileName string, size int64) (Upload, error) {
	u := Upload{FileName: cleanFileName(fileName), Size: size, CreatedAt: s.now()}
	switch {
	case size <= 0:
		return u, errs.New(errs.Invalid, "import.empty_upload")
	case size > s.maxUpload:
		return u, errs.New(errs.TooLarge, "import.upload_too_large", "max_mb", s.maxUpload>>20)
	}
	u.ExpiresAt = u.CreatedAt + uploadKept.Milliseconds()
	if a := auth.From(ctx); a != nil {
		u.CreatedBy = a.StaffID
	}
	err := s.db.InTx(ctx, func(ctx context.Context) error { return s.st.insertUpload(ctx, &u) })
	return u, err
}

// cleanFileName is the last part of a path, in printable characters.
func cleanFileName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\ufffd' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	if name = cutText(strings.TrimSpace(name), maxFileName); name == "" {
		return "upload"
	}
	return name
}

// ownUpload reads an upload of the person who acts: nobody sees another's.
func (s *Service) ownUpload(ctx context.Context, id int64) (Upload, error) {
	u, err := s.st.upload(ctx, id)
	if err != nil {
		return u, err
	}
	if a := auth.From(ctx); a != nil && !a.IsSystem() && a.StaffID != u.CreatedBy {
		return Upload{}, errs.New(errs.NotFound, "import.upload_not_found", "id", id)
	}
	return u, nil
}

// PutPiece stores the bytes of an upload from offset on, at most MaxPiece of
// them, encrypted. Pieces come in order; one that came before is passed over,
// so that a piece whose answer was lost can be sent again. Errors:
// import.upload_gap and import.upload_overlap with received, import.piece_too_large,
// import.upload_too_long for bytes beyond the size announced.
func (s *Service) PutPiece(ctx context.Context, id, offset int64, body io.Reader) (Upload, error) {
	u, err := s.ownUpload(ctx, id)
	if err != nil {
		return u, err
	}
	dir := s.uploadDir(id)
	switch {
	case offset < 0 || offset > u.Received:
		return u, errs.New(errs.Conflict, "import.upload_gap", "received", u.Received)
	case offset < u.Received:
		// Sent again. It counts as the same piece if it has the same place and length.
		n, err := io.Copy(io.Discard, io.LimitReader(body, MaxPiece+1))
		if err != nil {
			return u, errs.Wrap(err, errs.Invalid, "import.upload_cut")
		}
		if _, err := os.Stat(piecePath(dir, offset, n)); err != nil {
			return u, errs.New(errs.Conflict, "import.upload_overlap", "received", u.Received)
		}
		return u, nil
	}
	n, tmp, err := s.writePiece(dir, id, offset, body)
	if err != nil {
		return u, err
	}
	defer os.Remove(tmp)
	if offset+n > u.Size {
		return u, errs.New(errs.Invalid, "import.upload_too_long", "size", u.Size)
	}
	if n == 0 {
		return u, nil
	}
	if err := os.Rename(tmp, piecePath(dir, offset, n)); err != nil {
		return u, diskError(err)
	}
	var ok bool
	err = s.db.InTx(ctx, func(ctx context.Context) (err error) {
		ok, err = s.st.received(ctx, id, offset, offset+n)
		return err
	})
	if err != nil {
		return u, err
	}
	if !ok { // the same piece came twice at the same time
		return s.ownUpload(ctx, id)
	}
	u.Received = offset + n
	return u, nil
}

// writePiece encrypts a piece into a file that is not yet part of the upload.
func (s *Service) writePiece(dir string, id, offset int64, body io.Reader) (n int64, tmp string, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return 0, "", diskError(err)
	}
	f, err := os.CreateTemp(dir, ".part-*") // mode 0600
	if err != nil {
		return 0, "", diskError(err)
	}
	fail := func(err error) (int64, string, error) {
		f.Close()
		os.Remove(f.Name())
		return 0, "", err
	}
	out, err := s.vault.SealWriter(f, pieceName(id, offset))
	if err != nil {
		return fail(err)
	}
	in := &countReader{r: io.LimitReader(body, MaxPiece+1)}
	if _, err := io.Copy(out, in); err != nil {
		if in.err != nil {
			return fail(errs.Wrap(err, errs.Invalid, "import.upload_cut"))
		}
		return fail(diskError(err))
	}
	if in.n > MaxPiece {
		return fail(errs.New(errs.TooLarge, "import.piece_too_large", "max_mb", MaxPiece>>20))
	}
	if err := out.Close(); err != nil {
		return fail(diskError(err))
	}
	if err := f.Sync(); err != nil {
		return fail(diskError(err))
	}
	if err := f.Close(); err != nil {
		return fail(diskError(err))
	}
	return in.n, f.Name(), nil
}

// countReader tells errors of the sender from those of the disk.
type countReader struct {
	r   io.Reader
	n   int64
	err error
}

func (c *countReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}

func diskError(err error) error { return errs.Wrap(err, errs.Unavailable, "import.disk") }

func (s *Service) uploadDir(id int64) string {
	return filepath.Join(s.files, "uploads", idText10(id))
}

// piecePath names a piece by its place and length, both needed to read on.
func piecePath(dir string, offset, n int64) string {
	return filepath.Join(dir, fmt.Sprintf("%0*d-%d%s", pieceDigits, offset, n, pieceSuffix))
}

func pieceName(id, offset int64) string {
	return "upload/" + idText10(id) + "/" + idText10(offset)
}

// piece is one encrypted file of an upload.
type piece struct {
	offset, size int64
	path         string
}

// pieces lists the pieces of an upload in order. Error: import.upload_incomplete.
func (s *Service) pieces(u Upload) ([]piece, error) {
	dir := s.uploadDir(u.ID)
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, diskError(err)
	}
	var out []piece
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), pieceSuffix)
		at, size, dash := strings.Cut(name, "-")
		offset, err1 := strconv.ParseInt(at, 10, 64)
		n, err2 := strconv.ParseInt(size, 10, 64)
		if ok && dash && err1 == nil && err2 == nil {
			out = append(out, piece{offset, n, filepath.Join(dir, e.Name())})
		}
	}
	slices.SortFunc(out, func(a, b piece) int { return cmp.Compare(a.offset, b.offset) })
	at := int64(0)
	for _, p := range out {
		if p.offset != at {
			return nil, errs.New(errs.Conflict, "import.upload_incomplete", "received", at, "size", u.Size)
		}
		at += p.size
	}
	if at != u.Size {
		return nil, errs.New(errs.Conflict, "import.upload_incomplete", "received", at, "size", u.Size)
	}
	return out, nil
}

// uploadSource reads an upload as one file.
type uploadSource struct {
	s      *Service
	id     int64
	size   int64
	pieces []piece
}

func (s *Service) uploadSource(u Upload) (sheet.Source, error) {
	ps, err := s.pieces(u)
	if err != nil {
		return nil, err
	}
	return &uploadSource{s: s, id: u.ID, size: u.Size, pieces: ps}, nil
}

// Size is the length of the file.
func (u *uploadSource) Size() int64 { return u.size }

// Open reads from the first byte; pieces are decrypted one after the other.
func (u *uploadSource) Open() (io.ReadCloser, error) {
	return &uploadReader{u: u}, nil
}

type uploadReader struct {
	u    *uploadSource
	next int
	f    *os.File
	in   io.Reader
}

func (r *uploadReader) Read(p []byte) (int, error) {
	for {
		if r.in == nil {
			if r.next == len(r.u.pieces) {
				return 0, io.EOF
			}
			pc := r.u.pieces[r.next]
			r.next++
			f, err := os.Open(pc.path)
			if err != nil {
				return 0, diskError(err)
			}
			r.f = f
			if r.in, err = r.u.s.vault.OpenReader(f, pieceName(r.u.id, pc.offset)); err != nil {
				return 0, err
			}
		}
		n, err := r.in.Read(p)
		if errors.Is(err, io.EOF) {
			r.f.Close()
			r.f, r.in, err = nil, nil, nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// Close ends reading.
func (r *uploadReader) Close() error {
	if r.f != nil {
		return r.f.Close()
	}
	return nil
}

// uploadDone removes the upload of an import that has ended. That of a failed
// one, and of a dry run, stays until its day, to be used again.
func (s *Service) uploadDone(ctx context.Context, rec *Record) {
	id, ok := uploadID(rec.FileRef)
	if !ok || rec.DryRun || rec.Status != StatusFinished && rec.Status != StatusCancelled {
		return
	}
	if err := s.removeUpload(context.WithoutCancel(ctx), id); err != nil {
		s.log.WarnContext(ctx, "upload was not removed", "upload_id", id, "error", err)
	}
}

func uploadID(ref string) (int64, bool) {
	text, ok := strings.CutPrefix(ref, "upload:")
	if !ok {
		return 0, false
	}
	id, err := strconv.ParseInt(text, 10, 64)
	return id, err == nil
}

// DeleteUpload removes an upload that is not wanted. Errors:
// import.upload_not_found, import.upload_in_use.
func (s *Service) DeleteUpload(ctx context.Context, id int64) error {
	if _, err := s.ownUpload(ctx, id); err != nil {
		return err
	}
	busy, err := s.st.uploadInUse(ctx, "upload:"+idText10(id))
	if err != nil {
		return err
	}
	if busy {
		return errs.New(errs.Conflict, "import.upload_in_use", "id", id)
	}
	return s.removeUpload(ctx, id)
}

// removeUpload deletes the pieces, then the row.
func (s *Service) removeUpload(ctx context.Context, id int64) error {
	if err := os.RemoveAll(s.uploadDir(id)); err != nil {
		return diskError(err)
	}
	return s.db.InTx(ctx, func(ctx context.Context) error { return s.st.deleteUpload(ctx, id) })
}

// expireUploads removes what nobody came back for.
func (s *Service) expireUploads(ctx context.Context) error {
	for {
		ids, err := s.st.expiredUploads(ctx, s.now(), expirePieces)
		if err != nil || len(ids) == 0 {
			return err
		}
		for _, id := range ids {
			if err := s.removeUpload(ctx, id); err != nil {
				return err
			}
		}
	}
}
