package vault

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"zhike/internal/platform/errs"
)

func sealFile(t testing.TB, v *Vault, w io.Writer, id string, content []byte) {
	t.Helper()
	out, err := v.SealWriter(w, id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := out.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

func openFile(v *Vault, r io.Reader, id string) ([]byte, error) {
	in, err := v.OpenReader(r, id)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(in)
}

func content(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * 31 >> 3)
	}
	return b
}

func TestFileComesBack(t *testing.T) {
	v := ephemeral(t)
	for _, n := range []int{0, 1, 1000, 1<<20 - 60, 1 << 20, 3<<20 + 7} {
		plain := content(n)
		var sealed bytes.Buffer
		sealFile(t, v, &sealed, "upload/7", plain)
		if n >= 1000 && bytes.Contains(sealed.Bytes(), plain[:64]) {
			t.Errorf("%d bytes: the content is readable", n)
		}
		got, err := openFile(v, iotest.HalfReader(&sealed), "upload/7")
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d bytes: %d came back, %v", n, len(got), err)
		}
	}
}

// Whatever is done to a file, its reader never ends as if it were whole, and never
// gives a byte that was not there.
func TestDamagedFileIsNoticed(t *testing.T) {
	v := ephemeral(t)
	plain := content(2<<20 + 100)
	var sealed bytes.Buffer
	sealFile(t, v, &sealed, "7", plain)
	rapid.Check(t, func(rt *rapid.T) {
		bad := bytes.Clone(sealed.Bytes())
		at := rapid.IntRange(0, len(bad)-1).Draw(rt, "at")
		if rapid.Bool().Draw(rt, "cut") {
			bad = bad[:at]
		} else {
			bad[at] ^= 0x40
		}
		got, err := openFile(v, bytes.NewReader(bad), "7")
		if !errs.Is(err, "vault.damaged") {
			rt.Fatalf("err = %v", err)
		}
		if !bytes.HasPrefix(plain, got) {
			rt.Fatal("bytes that were not in the file")
		}
	})
}

func TestFileOfAnotherName(t *testing.T) {
	v := ephemeral(t)
	var sealed bytes.Buffer
	sealFile(t, v, &sealed, "7", []byte("x"))
	for name, try := range map[string]func() ([]byte, error){
		"another id":    func() ([]byte, error) { return openFile(v, bytes.NewReader(sealed.Bytes()), "8") },
		"another vault": func() ([]byte, error) { return openFile(ephemeral(t), bytes.NewReader(sealed.Bytes()), "7") },
		"nothing":       func() ([]byte, error) { return openFile(v, bytes.NewReader(nil), "7") },
		"not sealed":    func() ([]byte, error) { return openFile(v, bytes.NewReader(content(5000)), "7") },
		"no end": func() ([]byte, error) {
			var b bytes.Buffer
			w, err := v.SealWriter(&b, "7")
			if err != nil {
				return nil, err
			}
			if _, err := w.Write(content(1 << 21)); err != nil {
				return nil, err
			}
			return openFile(v, &b, "7") // never closed: the last segment is missing
		},
	} {
		if got, err := try(); !errs.Is(err, "vault.damaged") {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}

func TestReadErrorPassesUnchanged(t *testing.T) {
	v := ephemeral(t)
	var sealed bytes.Buffer
	sealFile(t, v, &sealed, "7", content(3<<20))
	broken := errors.New("disk on fire")
	r := io.MultiReader(bytes.NewReader(sealed.Bytes()[:1<<20+5]), iotest.ErrReader(broken))
	if _, err := openFile(v, r, "7"); !errors.Is(err, broken) {
		t.Errorf("err = %v", err)
	}
}
