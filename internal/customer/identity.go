package customer

import (
	"context"

	"zhike/internal/platform/auth"
)

// ContactItem is a contact as it is shown.
type ContactItem struct {
	ID         int64       `json:"id"`
	Kind       ContactKind `json:"kind" enum:"phone,email,address,code,wecom,app"`
	Masked     string      `json:"masked"`
	Label      string      `json:"label" doc:"Home, office …; as it was typed"`
	Primary    bool        `json:"is_primary" doc:"The one of its kind to be used first"`
	Validity   Validity    `json:"validity" enum:"unknown,valid,invalid"`
	VerifiedAt *int64      `json:"verified_at" doc:"unix ms; null where nobody has checked it"`
	RegionCode string      `json:"region_code" doc:"GB/T 2260 code of an address; empty where unknown"`
	SourceID   int64       `json:"source_id" doc:"Where it came from"`
	CreatedAt  int64       `json:"created_at" doc:"unix ms"`
}

// SourceKey is a customer's number in a source.
type SourceKey struct {
	Source
	// Number is masked where it is a phone number, an address or a citizen's
	// number; empty where the source has none.
	Number string `json:"number" access:"number"`
	Hidden bool   `json:"hidden" doc:"The number is masked and can be revealed" access:"number"`
}

// Identity is who a customer is, without figures.
type Identity struct {
	ID           int64         `json:"id"`
	Kind         Kind          `json:"kind" enum:"person,company,org"`
	Name         string        `json:"name"`
	Gender       Gender        `json:"gender" access:"gender"`
	Birthday     string        `json:"birthday" doc:"1990-02-28 or 02-28; empty where unknown" access:"birthday"`
	Company      string        `json:"company"`
	Province     string        `json:"province" access:"region"`
	City         string        `json:"city" access:"region"`
	Owner        *Owner        `json:"owner"`
	DepartmentID *int64        `json:"department_id"`
	Source       *Source       `json:"source" doc:"Where the customer was first seen"`
	Contacts     []ContactItem `json:"contacts" doc:"Masked"`
	Sources      []SourceKey   `json:"sources"`
	Version      int64         `json:"version"`
	CreatedAt    int64         `json:"created_at"`
	UpdatedAt    int64         `json:"updated_at"`
}

// Identity reads who a customer is; customer.not_found also where the actor
// may not see the customer.
func (s *Service) Identity(ctx context.Context, id int64) (*Identity, error) {
	c, err := s.store.get(ctx, auth.From(ctx), id)
	if err != nil {
		return nil, err
	}
	out := &Identity{
		ID: c.ID, Kind: c.Kind, Name: c.Name, Gender: c.Gender, Birthday: c.Birthday, Company: c.Company,
		Province: c.Province, City: c.City, Version: c.Version, CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
		Contacts: []ContactItem{}, Sources: []SourceKey{},
	}
	if c.DepartmentID != 0 {
		out.DepartmentID = &c.DepartmentID
	}
	if c.OwnerID != 0 {
		name, err := s.store.ownerName(ctx, c.OwnerID)
		if err != nil {
			return nil, err
		}
		out.Owner = &Owner{c.OwnerID, name}
	}
	if out.Sources, out.Source, err = s.sourceKeys(ctx, id, c.SourceID); err != nil {
		return nil, err
	}
	contacts, err := s.store.contacts(ctx, id)
	if err != nil {
		return nil, err
	}
	out.Contacts, err = s.contactItems(contacts)
	return out, err
}

// contactItems masks contacts.
func (s *Service) contactItems(contacts []Contact) ([]ContactItem, error) {
	out := make([]ContactItem, 0, len(contacts))
	for i := range contacts {
		c := &contacts[i]
		masked, err := s.masked(c)
		if err != nil {
			return nil, err
		}
		it := ContactItem{
			ID: c.ID, Kind: c.Kind, Masked: masked, Label: c.Label, Primary: c.Primary, Validity: c.Validity,
			RegionCode: c.RegionCode, SourceID: c.SourceID, CreatedAt: c.CreatedAt,
		}
		if c.VerifiedAt != 0 {
			it.VerifiedAt = &c.VerifiedAt
		}
		out = append(out, it)
	}
	return out, nil
}

// Visible fails with customer.not_found unless the actor may see the customer.
func (s *Service) Visible(ctx context.Context, id int64) error {
	_, err := s.store.get(ctx, auth.From(ctx), id)
	return err
}
