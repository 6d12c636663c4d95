package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// NoncePlaceholder stands in index.html where the nonce of the answer goes.
const NoncePlaceholder = "__CSP_NONCE__"

const indexFile = "index.html"

// Static serves a built single-page UI: files as they are, and index.html for
// every other path, so that a reload inside the UI works. Files below assets/
// carry a hash in their name and are kept for ever; index.html is asked for
// each time.
type Static struct {
	fsys  fs.FS
	mu    sync.RWMutex
	files map[string]*asset
}

// asset is a file as it is served, read at first use: at start nothing is.
type asset struct {
	body, gz []byte
	mime     string
	etag     string
}

// NewStatic serves fsys, with index.html at its root.
func NewStatic(fsys fs.FS) *Static { return &Static{fsys: fsys, files: map[string]*asset{}} }

// ServeHTTP answers GET and HEAD.
func (s *Static) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	if name == "" {
		name = indexFile
	}
	if name != indexFile {
		if f := s.open(name); f != nil {
			s.file(w, r, name, f)
			return
		}
		// A missing script must not be answered with a page.
		if strings.HasPrefix(name, "assets/") || path.Ext(name) != "" {
			http.Error(w, "404", http.StatusNotFound)
			return
		}
	}
	s.index(w)
}

func (s *Static) open(name string) *asset {
	if !fs.ValidPath(name) {
		return nil
	}
	s.mu.RLock()
	f := s.files[name]
	s.mu.RUnlock()
	if f != nil {
		return f
	}
	// Only files that exist are remembered, so the map is bounded by them. The
	// build keeps most of them squeezed only.
	body, err := fs.ReadFile(s.fsys, name)
	var gz []byte
	if errors.Is(err, fs.ErrNotExist) {
		if gz, err = fs.ReadFile(s.fsys, name+".gz"); err == nil {
			body, err = unsqueezed(gz)
		}
	}
	if err != nil {
		return nil
	}
	sum := sha256.Sum256(body)
	f = &asset{body: body, gz: gz, mime: typeOf(name), etag: `"` + hex.EncodeToString(sum[:12]) + `"`}
	if gz == nil && len(body) >= compressFrom && squeezable(f.mime) {
		var b bytes.Buffer
		z, _ := gzip.NewWriterLevel(&b, 6)
		_, _ = z.Write(body)
		if z.Close() == nil && b.Len() < len(body)*9/10 {
			f.gz = b.Bytes()
		}
	}
	s.mu.Lock()
	s.files[name] = f
	s.mu.Unlock()
	return f
}

func unsqueezed(gz []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(gz))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// typeOf gives the media type by the end of a name. The machine's own table may
// differ or be missing, so ours comes first.
func typeOf(name string) string {
	if t, ok := types[path.Ext(name)]; ok {
		return t
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

var types = map[string]string{
	".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8", ".html": "text/html; charset=utf-8",
	".svg": "image/svg+xml", ".json": "application/json", ".woff2": "font/woff2", ".woff": "font/woff",
	".png": "image/png", ".ico": "image/x-icon", ".webmanifest": "application/manifest+json", ".txt": "text/plain; charset=utf-8",
	".csv": "text/csv; charset=utf-8", ".zip": "application/zip", ".gz": "application/gzip", ".yaml": "application/yaml",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".wasm": "application/wasm", ".webp": "image/webp", ".map": "application/json",
}

func squeezable(t string) bool {
	return strings.HasPrefix(t, "text/") || t == "image/svg+xml" || t == "application/json" ||
		t == "application/manifest+json" || t == "application/wasm"
}

func (s *Static) file(w http.ResponseWriter, r *http.Request, name string, f *asset) {
	h := w.Header()
	h.Set("Content-Type", f.mime)
	h.Set("ETag", f.etag)
	if strings.HasPrefix(name, "assets/") {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	body := f.body
	if f.gz != nil {
		h.Add("Vary", "Accept-Encoding")
		if acceptsGzip(r) {
			h.Set("Content-Encoding", "gzip")
			body = f.gz
		}
	}
	if matches(r.Header.Get("If-None-Match"), f.etag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodGet {
		_, _ = w.Write(body)
	}
}

func matches(header, etag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimPrefix(strings.TrimSpace(part), "W/")
		if part == etag || part == "*" {
			return true
		}
	}
	return false
}

func (s *Static) index(w http.ResponseWriter) {
	f := s.open(indexFile)
	h := w.Header()
	if f == nil {
		// A program built without its UI still serves the API.
		h.Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte("The user interface is not part of this build. Run make build.\n"))
		return
	}
	nonce := PageNonce(h)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(bytes.ReplaceAll(f.body, []byte(NoncePlaceholder), []byte(nonce)))
}
