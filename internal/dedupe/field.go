package dedupe

import (
	"strings"

	"zhike/internal/platform/errs"
)

// Field is the meaning of a value.
type Field uint8

// The fields. Their numbers are not stored anywhere; their names are.
const (
	GivenName Field = iota
	FamilyName
	FullName // of a person, or of a company
	AddressNumber
	AddressLine1
	AddressLine2
	City
	Postcode
	Region
	Birthday
	IDNumber
	Phone
	Email
	Code

	numFields = 14

	// NoField is in a Reason that is not about one field.
	NoField Field = 255
)

var fieldNames = [numFields]string{
	"name.given", "name.family", "name.full",
	"address.number", "address.line1", "address.line2", "address.city", "address.postcode", "address.region",
	"birthday", "id_number", "phone", "email", "code",
}

// String is the stable name of the field, such as "name.given".
func (f Field) String() string {
	if int(f) < numFields {
		return fieldNames[f]
	}
	return ""
}

// MarshalText writes the field by name.
func (f Field) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads the field by name, "" as NoField. Error: dedupe.unknown_meaning.
func (f *Field) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*f = NoField
		return nil
	}
	v, err := ParseField(string(b))
	*f = v
	return err
}

// FieldNames are the names of all fields, in order.
func FieldNames() []string { return fieldNames[:] }

// ParseField reads the name of a field.
// Error: dedupe.unknown_meaning with column (""), meaning and known.
func ParseField(s string) (Field, error) {
	for i, n := range fieldNames {
		if n == s {
			return Field(i), nil
		}
	}
	return 0, errs.New(errs.Invalid, "dedupe.unknown_meaning", "column", "", "meaning", shorten(s, 60), "known", strings.Join(fieldNames[:], ", "))
}

// identifying says that two customers do not share a value of this field
// unless somebody gave the wrong one, a family shares it or it is a dummy.
func (f Field) identifying() bool {
	return f == IDNumber || f == Phone || f == Email || f == Code
}

// Value is one value of a field: Text as it was written, or Opaque, a keyed
// hash of 8 to 32 bytes that is compared for equality only. A value with
// neither is ignored.
type Value struct {
	Field  Field
	Text   string
	Opaque []byte
}

// Record is what is known of one customer. Where two sets are linked, Set is 0
// for a record of the first and 1 for one of the second; otherwise it is 0.
type Record struct {
	ID     int64
	Set    uint8
	Values []Value
}

// Bounds of a record. What is beyond them is not compared.
const (
	maxValues = 64  // values of a record
	maxText   = 240 // bytes of a normalised value
)

// Pair is two records that may be the same customer. Score is the probability
// that they are, 0 to 1. Within one set A is the record that was added first;
// between two sets A is of the first.
type Pair struct {
	A     int64   `json:"a"`
	B     int64   `json:"b"`
	Score float64 `json:"score"`
}

// shorten cuts s after n bytes, between characters.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xc0 == 0x80 {
		n--
	}
	return s[:n]
}
