package customer

import (
	"context"
	"strconv"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/vault"
)

// Revealed is a contact or number in clear.
type Revealed struct {
	Kind string `json:"kind" doc:"phone, email, address, code or external_id"`
	Text string `json:"text"`
}

// Reveal gives one contact of a customer in clear, or, where contactID is 0,
// the customer's number in a source. Who saw which one is in the audit log
// before it is shown. Errors: forbidden without customer.reveal,
// customer.not_found, customer.contact_not_found.
func (s *Service) Reveal(ctx context.Context, customerID, contactID, sourceID int64) (Revealed, error) {
	if err := auth.Require(ctx, PermReveal); err != nil {
		return Revealed{}, err
	}
	var out Revealed
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		if _, err := s.writable(ctx, customerID); err != nil { // of the pool: claim first
			return err
		}
		kind, cipher, err := s.sealed(ctx, customerID, contactID, sourceID)
		if err != nil {
			return err
		}
		text, err := s.Vault.Open(kind, cipher)
		if err != nil {
			return err
		}
		out = Revealed{Kind: string(kind), Text: text}
		return s.Audit.Append(ctx, audit.Entry{
			Action: "customer.reveal", ObjectType: "customer", ObjectID: strconv.FormatInt(customerID, 10),
			After: map[string]any{"kind": string(kind), "contact_id": contactID, "source_id": sourceID},
		})
	})
	if err != nil {
		return Revealed{}, err
	}
	return out, nil
}

func (s *Service) sealed(ctx context.Context, customerID, contactID, sourceID int64) (vault.Kind, []byte, error) {
	if contactID != 0 {
		c, err := s.store.contact(ctx, customerID, contactID)
		if err == nil && auth.Hides(ctx, string(c.Kind)) {
			err = errs.New(errs.NotFound, "customer.contact_not_found", "id", contactID)
		}
		if err != nil {
			return "", nil, err
		}
		return vault.Kind(c.Kind), c.Cipher, nil
	}
	if err := Shows(ctx, AccessNumber); err != nil {
		return "", nil, err
	}
	keys, err := s.store.keys(ctx, customerID)
	if err != nil {
		return "", nil, err
	}
	for _, k := range keys {
		if k.sourceID == sourceID {
			return vault.KindExternalID, k.cipher, nil
		}
	}
	return "", nil, errs.New(errs.NotFound, "customer.contact_not_found", "id", sourceID)
}
