package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// compressFrom is the size in bytes from which an answer is worth compressing.
const compressFrom = 1 << 10

// maxPooled is the largest buffer that goes back to the pool, in bytes.
const maxPooled = 256 << 10

type encoder struct {
	buf bytes.Buffer
	enc *json.Encoder
}

var encoders = sync.Pool{New: func() any {
	e := &encoder{}
	e.enc = json.NewEncoder(&e.buf)
	e.enc.SetEscapeHTML(false) // the answers are never part of a page
	return e
}}

// marshal writes v as JSON in one piece: nothing is sent of what cannot be
// encoded, and short answers get a Content-Length.
func marshal(w io.Writer, v any) error {
	e := encoders.Get().(*encoder)
	e.buf.Reset()
	err := e.enc.Encode(v)
	if err == nil {
		_, err = w.Write(e.buf.Bytes())
	}
	if e.buf.Cap() <= maxPooled {
		encoders.Put(e)
	}
	return err
}

var errNUL = errors.New("a text holds U+0000")

var escapedNUL = []byte(`\u0000`)

// unmarshal reads a JSON body and refuses U+0000, which PostgreSQL cannot store.
func unmarshal(data []byte, v any) error {
	if err := decode(data, v); err != nil {
		return err
	}
	if bytes.Contains(data, escapedNUL) {
		var whole any
		if json.Unmarshal(data, &whole) == nil && hasNUL(whole) {
			return errNUL
		}
	}
	return nil
}

func hasNUL(v any) bool {
	switch x := v.(type) {
	case string:
		return strings.ContainsRune(x, 0)
	case []any:
		for _, e := range x {
			if hasNUL(e) {
				return true
			}
		}
	case map[string]any:
		for k, e := range x {
			if strings.ContainsRune(k, 0) || hasNUL(e) {
				return true
			}
		}
	}
	return false
}

// responseWriter counts what is sent and compresses JSON. It holds the status
// back until the first byte, when it is known whether to compress.
type responseWriter struct {
	http.ResponseWriter
	status   int
	bytes    int64
	sent     bool // the header is out
	gzipOK   bool // the caller takes gzip and the server may send it
	gz       *gzip.Writer
	deadline func() // called before each write of a raw answer
}

var gzips = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed)
	return z
}}

// Unwrap lets http.ResponseController reach the connection.
func (w *responseWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// started says whether a part of the answer is out.
func (w *responseWriter) started() bool { return w.sent }

// WriteHeader keeps the status for the first write.
func (w *responseWriter) WriteHeader(status int) {
	if status < 200 {
		w.ResponseWriter.WriteHeader(status)
		return
	}
	if !w.sent && w.status == 0 {
		w.status = status
	}
}

func (w *responseWriter) send(first []byte) {
	w.sent = true
	if w.status == 0 {
		w.status = http.StatusOK
	}
	h := w.ResponseWriter.Header()
	if len(first) >= compressFrom && compressible(h) {
		h.Add("Vary", "Accept-Encoding")
		if w.gzipOK && h.Get("Content-Encoding") == "" {
			h.Set("Content-Encoding", "gzip")
			h.Del("Content-Length")
			w.gz = gzips.Get().(*gzip.Writer)
			w.gz.Reset(w.ResponseWriter)
		}
	}
	w.ResponseWriter.WriteHeader(w.status)
}

// compressible says whether the answer is text that was not compressed before.
func compressible(h http.Header) bool {
	t := h.Get("Content-Type")
	return strings.HasPrefix(t, "application/json") || strings.HasPrefix(t, "application/problem+json")
}

// Write sends b.
func (w *responseWriter) Write(b []byte) (int, error) {
	if !w.sent {
		w.send(b)
	}
	if w.deadline != nil {
		w.deadline()
	}
	w.bytes += int64(len(b))
	if w.gz != nil {
		return w.gz.Write(b)
	}
	return w.ResponseWriter.Write(b)
}

// Flush sends what is buffered.
func (w *responseWriter) Flush() { _ = w.FlushError() }

// FlushError is Flush for http.ResponseController.
func (w *responseWriter) FlushError() error {
	if !w.sent {
		w.send(nil)
	}
	if w.gz != nil {
		if err := w.gz.Flush(); err != nil {
			return err
		}
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// finish sends what was held back. It is called once, after the handler.
func (w *responseWriter) finish() {
	if !w.sent {
		w.send(nil)
	}
	if w.gz != nil {
		_ = w.gz.Close()
		gzips.Put(w.gz)
		w.gz = nil
	}
}
