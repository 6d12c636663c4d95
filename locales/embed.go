// Package locales holds the catalogues of every text that a person reads, one
// folder a language and one file a domain. Server and web UI share them; package
// i18n merges and reads them.
package locales

import "embed"

// FS contains <language>/<domain>.json, each a flat object of key → text, but
// for the files that begin with "ui": those only the web UI reads, and it is
// built with them. The program would carry them twice.
//
//go:embed zh-CN/[^u]*.json en/[^u]*.json
var FS embed.FS
