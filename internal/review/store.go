package review

import (
	"context"
	"database/sql"

	"zhike/internal/platform/db"
	"zhike/internal/platform/vault"
)

// store is the SQL of this package, in the files store*.go.
type store struct {
	db    *db.DB
	vault *vault.Vault
}

func (s *store) exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := s.db.Q(ctx).ExecContext(ctx, query, args...)
	if err != nil {
		return 0, db.MapError(err)
	}
	n, err := res.RowsAffected()
	return n, db.MapError(err)
}

// Reasons, comments and evidence are about a person, so that they are sealed as
// notes are: column reason is written to reason_cipher, NULL for "".

// seal gives what to write for a text.
func (s *store) seal(text string) (any, error) { return s.vault.Column(vault.KindNote, text) }

// opened scans a sealed column into a text.
func (s *store) opened(to *string) sql.Scanner { return s.vault.Into(vault.KindNote, to) }

// forgetCustomer removes what people said about a customer.
func (s *store) forgetCustomer(ctx context.Context, id int64) error {
	for _, text := range []string{
		`DELETE FROM tier_review_comments WHERE customer_id = $1 AND decision_id IN (SELECT decision_id FROM tier_reviews)`,
		`DELETE FROM tier_review_votes WHERE customer_id = $1 AND decision_id IN (SELECT decision_id FROM tier_reviews)`,
		`DELETE FROM tier_appeals WHERE customer_id = $1`,
	} {
		if _, err := s.exec(ctx, text, id); err != nil {
			return err
		}
	}
	return nil
}
