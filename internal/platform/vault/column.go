package vault

import (
	"database/sql"
	"fmt"

	"zhike/internal/platform/errs"
)

// Column gives what to write into a sealed column for a text, NULL for "".
func (v *Vault) Column(k Kind, text string) (any, error) {
	if text == "" {
		return nil, nil
	}
	return v.Seal(k, text)
}

// Into scans a sealed column that Column wrote into a text.
func (v *Vault) Into(k Kind, to *string) sql.Scanner { return &opener{v, k, to} }

type opener struct {
	vault *Vault
	kind  Kind
	to    *string
}

// Scan implements sql.Scanner.
func (o *opener) Scan(src any) (err error) {
	switch b := src.(type) {
	case nil:
		*o.to = ""
	case []byte:
		*o.to, err = o.vault.Open(o.kind, b)
	default:
		err = errs.New(errs.Internal, "internal", "detail", fmt.Sprintf("sealed text as %T", src))
	}
	return err
}
