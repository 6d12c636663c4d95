package vault

import (
	"errors"
	"io"

	"zhike/internal/platform/errs"
)

// SealWriter encrypts a file while it is written to w: AES-256-GCM in segments of
// 1 MiB under a key of the file's own. id names the file; only OpenReader with the
// same id reads it. Close writes the last segment but does not close w: without
// it the file counts as cut.
func (v *Vault) SealWriter(w io.Writer, id string) (io.WriteCloser, error) {
	out, err := v.ring.Load().stream.NewEncryptingWriter(w, fileAD(id))
	if err != nil {
		return nil, broken(err)
	}
	return out, nil
}

// OpenReader decrypts what SealWriter wrote under the same id, in order. Every byte
// it gives has been authenticated; a file that was changed, cut or exchanged ends
// with vault.damaged instead of io.EOF. Errors of r pass unchanged.
func (v *Vault) OpenReader(r io.Reader, id string) (io.Reader, error) {
	src := &source{r: r}
	in, err := v.ring.Load().stream.NewDecryptingReader(src, fileAD(id))
	if err != nil {
		return nil, src.explain(err)
	}
	return &opened{in: in, src: src}, nil
}

func fileAD(id string) []byte { return []byte("zhike/file/v1/" + id) }

// source remembers the error of the underlying reader, which the decrypting reader
// does not tell from a damaged file.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

func (s *source) explain(err error) error {
	if s.err != nil {
		return s.err
	}
	return errs.Wrap(err, errs.Internal, "vault.damaged")
}

type opened struct {
	in  io.Reader
	src *source
	err error // sticky: after a damaged segment nothing more is read
}

func (o *opened) Read(p []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
	n, err := o.in.Read(p)
	if err != nil && err != io.EOF {
		err = o.src.explain(err)
	}
	o.err = err
	return n, err
}
