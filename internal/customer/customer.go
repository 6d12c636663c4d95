package customer

import "zhike/internal/platform/vault"

// Kind says what a customer is.
type Kind string

// The kinds.
const (
	KindPerson  Kind = "person"
	KindCompany Kind = "company"
	KindOrg     Kind = "org" // an organisation that is no company
)

// Valid says whether k is one of the kinds.
func (k Kind) Valid() bool {
	return k == KindPerson || k == KindCompany || k == KindOrg
}

// Gender of a person; "" where unknown.
type Gender string

// The genders.
const (
	GenderUnknown Gender = ""
	GenderMale    Gender = "male"
	GenderFemale  Gender = "female"
)

// Customer is the identity of a customer without contacts and figures.
type Customer struct {
	ID           int64
	Kind         Kind
	Name         string
	Gender       Gender
	Birthday     string // "1990-02-28" or "02-28"; "" = unknown
	Company      string
	Province     string
	City         string
	District     string
	RegionCode   string // GB/T 2260, "" where unknown
	SourceID     int64  // where the customer was first seen
	OwnerID      int64  // staff; 0 = nobody
	DepartmentID int64  // 0 = none
	Version      int64  // 1 when new, +1 with each change
	CreatedAt    int64  // unix ms
	UpdatedAt    int64
}

// Key is the number of a customer in a source: Blind and Cipher of
// vault.KindExternalID.
type Key struct {
	SourceID   int64
	Blind      []byte
	Cipher     []byte
	CustomerID int64
}

// ContactKind says what a contact is; the texts are those of the vault's kinds.
type ContactKind string

// The kinds of contact.
const (
	ContactPhone   = ContactKind(vault.KindPhone)
	ContactEmail   = ContactKind(vault.KindEmail)
	ContactAddress = ContactKind(vault.KindAddress)
	ContactCode    = ContactKind(vault.KindCode) // unified social credit code
	ContactWeCom   = ContactKind(vault.KindWeCom)
	ContactApp     = ContactKind(vault.KindApp)
)

// Validity says whether a contact reaches the customer.
type Validity string

// The validities.
const (
	ValidityUnknown Validity = "unknown"
	ValidityValid   Validity = "valid"
	ValidityInvalid Validity = "invalid"
)

// Contact is one sealed contact. TailBlind, by the last four digits, is for
// phones only; nil elsewhere.
type Contact struct {
	ID         int64
	CustomerID int64
	Kind       ContactKind
	Cipher     []byte
	Blind      []byte
	TailBlind  []byte
	SourceID   int64
	CreatedAt  int64  // unix ms
	RegionCode string // of an address
	// What follows is not written by InsertContacts.
	Label      string
	Primary    bool
	Validity   Validity
	VerifiedAt int64 // unix ms; 0 = never
	UpdatedAt  int64
}

// Terms are the search terms of a customer's name (package clean folds them).
type Terms struct {
	CustomerID int64
	Terms      []string
}
