package tiering

import (
	"zhike/internal/platform/db"
	"zhike/internal/platform/vault"
)

// store is the SQL of this package, in the files store*.go.
type store struct {
	db     *db.DB
	orders Orders
	vault  *vault.Vault
}
