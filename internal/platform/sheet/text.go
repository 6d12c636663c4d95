package sheet

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"

	"zhike/internal/platform/errs"
)

const (
	sampleBytes = 1 << 20
	blockBytes  = 256 << 10
)

// textReader turns a byte stream into verified UTF-8 in a window of buf.
type textReader struct {
	ctx  context.Context
	src  io.Reader
	raw  []byte // bytes read and not yet decoded
	enc  string // "" = nothing but ASCII so far
	dec  decoder
	bom  bool
	base int64 // offset of raw[0] in the decompressed file

	buf  []byte
	r    int   // start of what the row scanner has not consumed
	line int64 // line breaks before buf[r]
	eol  byte  // '\n', or '\r' in files that have no '\n'

	srcEOF bool
	err    error // final; io.EOF at the end
}

// open reads the first sample, decides the encoding and decodes the sample.
// size is that of the file, −1 if unknown; packed that it says little.
func (t *textReader) open(enc string, packed bool, size int64) error {
	hold := int64(sampleBytes)
	if !packed && size >= 0 && size < hold {
		hold = size + 64 // a small file needs small buffers
	}
	t.raw = make([]byte, 0, hold)
	t.buf = make([]byte, 0, hold+hold/4)
	t.eol = '\n'
	if err := t.readRaw(sampleBytes); err != nil {
		return err
	}
	if err := refusePacked(t.raw[:min(len(t.raw), 4096)]); err != nil {
		return err
	}
	skip := 0
	switch {
	case bytes.HasPrefix(t.raw, []byte("\xef\xbb\xbf")) && (enc == "" || enc == UTF8):
		skip, t.enc = 3, UTF8
	case bytes.HasPrefix(t.raw, []byte("\xff\xfe")) && (enc == "" || enc == UTF16LE):
		skip, t.enc = 2, UTF16LE
	case bytes.HasPrefix(t.raw, []byte("\xfe\xff")) && (enc == "" || enc == UTF16BE):
		skip, t.enc = 2, UTF16BE
	case bytes.HasPrefix(t.raw, []byte("\x84\x31\x95\x33")) && (enc == "" || enc == GB18030):
		skip, t.enc = 4, GB18030
	default:
		t.enc = enc
	}
	t.bom = skip > 0
	t.raw, t.base = t.raw[skip:], int64(skip)
	if t.enc != "" {
		t.dec = newDecoder(t.enc)
	}
	err := t.decodeRaw()
	if t.enc == UTF16LE || t.enc == UTF16BE {
		if e := refuseText(t.buf[:min(len(t.buf), 4096)]); e != nil {
			return e
		}
	}
	head := t.buf[:min(len(t.buf), sampleBytes)]
	if bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0 {
		t.eol = '\r'
	}
	if !t.srcEOF {
		t.raw = append(make([]byte, 0, blockBytes), t.raw...)
	}
	return err // trouble within the sample is told at once
}

// readRaw fills raw up to want bytes, or to the end of the source.
func (t *textReader) readRaw(want int) error {
	for idle := 0; len(t.raw) < want && !t.srcEOF; idle++ {
		if idle > 100_000 {
			return io.ErrNoProgress
		}
		if err := t.ctx.Err(); err != nil {
			return errs.From(err)
		}
		if len(t.raw) == cap(t.raw) || want == blockBytes && cap(t.raw) < want {
			t.raw = append(make([]byte, 0, want), t.raw...)
		}
		n, err := t.src.Read(t.raw[len(t.raw):min(want, cap(t.raw))])
		t.raw = t.raw[:len(t.raw)+n]
		if err == io.EOF {
			t.srcEOF = true
		} else if err != nil {
			return err
		}
		if n > 0 {
			idle = 0
			if want == blockBytes {
				return nil
			}
		}
	}
	return nil
}

// fill decodes a further block behind the window. It may move the window to
// the front of buf, so callers keep positions relative to r. The error is
// io.EOF at the end of the text.
func (t *textReader) fill() error {
	if t.err != nil {
		return t.err
	}
	if t.r > 0 && t.r >= len(t.buf)/2 {
		n := copy(t.buf, t.buf[t.r:])
		t.buf, t.r = t.buf[:n], 0
	}
	if len(t.buf)-t.r > maxRowBytes {
		t.err = errs.New(errs.TooLarge, "sheet.row_too_large", "line", t.line+1, "max_mb", maxRowBytes>>20)
		return t.err
	}
	if err := t.readRaw(blockBytes); err != nil {
		t.err = err
		return err
	}
	if len(t.raw) == 0 && t.srcEOF {
		t.err = io.EOF
		return t.err
	}
	t.err = t.decodeRaw()
	return nil // what was decoded comes first, then the error
}

// decodeRaw decodes raw onto buf; an error is at the line it names.
func (t *textReader) decodeRaw() error {
	if t.dec == nil {
		n := asciiPrefix(t.raw)
		if nul := bytes.IndexByte(t.raw[:n], 0); nul >= 0 {
			t.take(nul)
			return t.trouble(nulByte)
		}
		t.take(n)
		if len(t.raw) == 0 {
			return nil
		}
		if err := t.readRaw(sampleBytes); err != nil {
			return err
		}
		enc, line, ok := sniff(t.raw, t.srcEOF)
		if !ok {
			if binaryLike(t.raw[:min(len(t.raw), 4096)]) {
				return errs.New(errs.Invalid, "sheet.not_table")
			}
			return errs.New(errs.Invalid, "sheet.unknown_encoding", "line", t.atLine()+line-1)
		}
		if enc == "" { // a sample cut right before its only wide character
			enc = UTF8
		}
		t.enc, t.dec = enc, newDecoder(enc)
	}
	out, n, why := t.dec.decode(t.buf, t.raw, t.srcEOF)
	t.buf = out
	t.drop(n)
	if why != fine {
		return t.trouble(why)
	}
	if n == 0 && t.srcEOF && len(t.raw) > 0 {
		return t.trouble(invalidBytes)
	}
	return nil
}

// take passes n bytes of raw on as they are.
func (t *textReader) take(n int) {
	t.buf = append(t.buf, t.raw[:n]...)
	t.drop(n)
}

func (t *textReader) drop(n int) {
	t.base += int64(n)
	t.raw = t.raw[:copy(t.raw, t.raw[n:])]
}

// atLine is the 1-based line of the end of buf.
func (t *textReader) atLine() int64 {
	return t.line + int64(bytes.Count(t.buf[t.r:], []byte{t.eol})) + 1
}

func (t *textReader) trouble(why trouble) error {
	if why == nulByte {
		return errs.New(errs.Invalid, "sheet.nul_bytes", "line", t.atLine(), "offset", t.base)
	}
	return errs.New(errs.Invalid, "sheet.mixed_encoding", "line", t.atLine(), "offset", t.base, "encoding", t.enc)
}

// asciiPrefix is how many bytes at the start of b are ASCII.
func asciiPrefix(b []byte) int {
	i := 0
	for ; i+64 <= len(b) && isASCII(b[i:i+64]); i += 64 {
	}
	for i < len(b) && b[i] < 0x80 {
		i++
	}
	return i
}

// counter counts the bytes read from the file, for progress.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// gunzip unpacks in and stops a bomb by size and by ratio.
type gunzip struct {
	in  *counter
	gz  *gzip.Reader
	out int64
	max int64
}

func newGunzip(in *counter, maxOut int64) (*gunzip, error) {
	gz, err := gzip.NewReader(in)
	if err != nil {
		return nil, damagedGz(err)
	}
	return &gunzip{in: in, gz: gz, max: maxOut}, nil
}

func (g *gunzip) Read(p []byte) (int, error) {
	n, err := g.gz.Read(p)
	g.out += int64(n)
	if g.out > g.max {
		return n, errs.New(errs.TooLarge, "sheet.file_too_large", "max_mb", g.max>>20)
	}
	if g.out > bombAfter && g.out > bombRatio*max(g.in.n, 1) {
		return n, errs.New(errs.TooLarge, "sheet.bomb")
	}
	if err != nil && err != io.EOF {
		err = damagedGz(err)
	}
	return n, err
}

func damagedGz(err error) error {
	var e *errs.Error
	if errors.As(err, &e) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return errs.Wrap(err, errs.Invalid, "sheet.damaged", "part", "gzip")
}
