package sheet

import (
	"bytes"
	"io"
	"os"

	"zhike/internal/platform/errs"
)

// Source is where a file comes from. It can be opened more than once: Open
// looks at its beginning first, and an import may read it in two passes.
type Source interface {
	// Open starts reading at the first byte.
	Open() (io.ReadCloser, error)
	// Size is the length in bytes, −1 where it is not known.
	Size() int64
}

// RandomSource is a Source that can also be read at any place. An XLSX from a
// Source that is not random is copied into memory (at most Options.MaxXLSX).
type RandomSource interface {
	Source
	OpenAt() (ReaderAtCloser, error)
}

// ReaderAtCloser is an io.ReaderAt to be closed.
type ReaderAtCloser interface {
	io.ReaderAt
	io.Closer
}

// FromFile is the Source of a file on disk.
func FromFile(path string) (RandomSource, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if st.IsDir() {
		return nil, errs.New(errs.Invalid, "sheet.not_table")
	}
	return fileSource{path, st.Size()}, nil
}

type fileSource struct {
	path string
	size int64
}

func (f fileSource) Open() (io.ReadCloser, error)    { return os.Open(f.path) }
func (f fileSource) OpenAt() (ReaderAtCloser, error) { return os.Open(f.path) }
func (f fileSource) Size() int64                     { return f.size }

// FromBytes is the Source of what is already in memory.
func FromBytes(b []byte) RandomSource { return bytesSource(b) }

type bytesSource []byte

func (b bytesSource) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
func (b bytesSource) OpenAt() (ReaderAtCloser, error) {
	return nopAtCloser{bytes.NewReader(b)}, nil
}
func (b bytesSource) Size() int64 { return int64(len(b)) }

type nopAtCloser struct{ io.ReaderAt }

func (nopAtCloser) Close() error { return nil }

// openAt gives random access to src and its length; buffered says how many
// bytes of memory the copy takes (0 for a random source).
func openAt(src Source, maxSize int64) (r ReaderAtCloser, size, buffered int64, err error) {
	tooLarge := func() error {
		return errs.New(errs.TooLarge, "sheet.file_too_large", "max_mb", maxSize>>20)
	}
	if src.Size() > maxSize {
		return nil, 0, 0, tooLarge()
	}
	if rs, ok := src.(RandomSource); ok && src.Size() >= 0 {
		r, err = rs.OpenAt()
		return r, src.Size(), 0, err
	}
	in, err := src.Open()
	if err != nil {
		return nil, 0, 0, err
	}
	defer in.Close()
	var buf bytes.Buffer
	if n := src.Size(); n > 0 {
		buf.Grow(int(n) + bytes.MinRead)
	}
	n, err := buf.ReadFrom(io.LimitReader(in, maxSize+1))
	if err != nil {
		return nil, 0, 0, err
	}
	if n > maxSize {
		return nil, 0, 0, tooLarge()
	}
	return nopAtCloser{bytes.NewReader(buf.Bytes())}, n, n, nil
}
