// Package web holds the built user interface. `npm run build` fills dist; in
// a fresh checkout the folder has only a placeholder, so that the program
// compiles before the UI is built.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// FS gives the files of the built UI with index.html at its root.
func FS() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the folder is embedded by name: it cannot be missing
	}
	return sub
}

// Built says whether a UI is inside, or only the placeholder.
func Built() bool {
	_, err := fs.Stat(dist, "dist/index.html")
	return err == nil
}

// NoncePlaceholder stands in index.html where the server writes the nonce of
// the Content-Security-Policy, once per answer.
const NoncePlaceholder = "__CSP_NONCE__"
