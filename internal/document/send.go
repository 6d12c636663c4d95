package document

import (
	"net/http"
	"strconv"
)

// Send answers with a document. A page ("html") opens in the browser, under a
// policy of its own that lets its styles in; other files are to keep.
func Send(w http.ResponseWriter, ext, media, name string, body []byte) error {
	disposition := `attachment; filename="` + name + `"`
	if ext == "html" {
		w.Header().Set("Content-Security-Policy", PageCSP+"; frame-ancestors 'none'")
		disposition = `inline; filename="` + name + `"`
	}
	w.Header().Set("Content-Type", media)
	w.Header().Set("Content-Disposition", disposition)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, err := w.Write(body)
	return err
}
