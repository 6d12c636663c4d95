// Package locales holds the catalogues of every text that a person reads, one
// folder a language and one file a domain. Server and web UI share them; package
// i18n merges and reads them.
package locales

import "embed"

// FS contains <language>/<domain>.json, each a flat object of key → text.
//
//go:embed zh-CN/*.json en/*.json
var FS embed.FS
