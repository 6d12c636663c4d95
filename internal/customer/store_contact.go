package customer

import (
	"context"
)

// insertContacts adds contacts with all that is known of them, inside InTx.
func (s *Store) insertContacts(ctx context.Context, contacts []*sealedContact) error {
	if err := s.db.AssignIDs(ctx, "contact", len(contacts), func(i int) *int64 { return &contacts[i].ID }); err != nil {
		return err
	}
	cols := []string{"id", "customer_id", "kind", "cipher", "blind", "tail_blind", "source_id", "created_at",
		"label", "is_primary", "validity", "verified_at", "region_code", "updated_at"}
	return s.db.BulkInsert(ctx, "contacts", cols, len(contacts), func(i int, v []any) {
		c := contacts[i]
		v[0], v[1], v[2], v[3], v[4], v[5] = c.ID, c.CustomerID, string(c.Kind), c.Cipher, c.Blind, bytesOrNull(c.TailBlind)
		v[6], v[7], v[8], v[9], v[10] = c.SourceID, c.CreatedAt, c.Label, c.Primary, string(c.Validity)
		v[11], v[12], v[13] = c.VerifiedAt, c.RegionCode, c.UpdatedAt
	})
}

// setContactValue writes another sealed value.
func (s *Store) setContactValue(ctx context.Context, c *Contact) error {
	return s.exec(ctx, `UPDATE contacts SET cipher = $1, blind = $2, tail_blind = $3 WHERE customer_id = $4 AND id = $5`,
		c.Cipher, c.Blind, bytesOrNull(c.TailBlind), c.CustomerID, c.ID)
}

// setContact writes what stands around the value.
func (s *Store) setContact(ctx context.Context, c *Contact) error {
	return s.exec(ctx, `UPDATE contacts SET label = $1, is_primary = $2, validity = $3, verified_at = $4, region_code = $5, updated_at = $6
WHERE customer_id = $7 AND id = $8`, c.Label, c.Primary, string(c.Validity), c.VerifiedAt, c.RegionCode, c.UpdatedAt, c.CustomerID, c.ID)
}

func (s *Store) clearPrimary(ctx context.Context, id int64, kind ContactKind) error {
	return s.exec(ctx, `UPDATE contacts SET is_primary = FALSE WHERE customer_id = $1 AND kind = $2`, id, string(kind))
}

func (s *Store) dropContact(ctx context.Context, id, contactID int64) error {
	return s.exec(ctx, `DELETE FROM contacts WHERE customer_id = $1 AND id = $2`, id, contactID)
}
