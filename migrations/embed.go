// Package migrations holds the one stream of schema changes for both engines.
package migrations

import "embed"

// FS holds the SQL files in goose's format.
//
//go:embed *.sql
var FS embed.FS
