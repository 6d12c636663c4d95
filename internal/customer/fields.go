package customer

import (
	"strconv"

	"zhike/internal/platform/clock"
)

// Stage says how far somebody has come.
type Stage string

// The stages.
const (
	StageProspect Stage = "prospect"
	StageCustomer Stage = "customer"
)

// Stored is a customer with everything that stands in the customer's own row.
type Stored struct {
	Customer
	Stage            Stage
	Education        string
	BirthdayLunar    bool
	Industry         string
	RegisteredAt     clock.Day // 0 = unknown
	PreferredChannel string
	Favourites       string // a JSON list of words
	Remark           string
	AdviserID        int64
	OwnedAt          int64 // unix ms; 0 = nobody owns the customer
	LastContactAt    int64 // unix ms; 0 = never
	InvoiceCipher    []byte
}

// Names of fields in histories that the program itself looks at.
const (
	fieldName       = "name"
	fieldCompany    = "company"
	fieldRegistered = "registered_at"
	fieldRemark     = "remark"
	fieldOwner      = "owner_id"
	fieldAdviser    = "adviser_id"
	fieldDepartment = "department_id"
	fieldInvoice    = "invoice"
	fieldRelation   = "relation"
	fieldTeam       = "team"
	fieldReason     = "release_reason"
)

// field is one field of the row: what the history calls it and how it is kept.
type field struct {
	name, column string
	typ          string // SQL type, "" = TEXT
	value        func(*Stored) any
	text         func(*Stored) string // as Patch.Set takes it
}

func (f *field) sqlType() string {
	if f.typ == "" {
		return "TEXT"
	}
	return f.typ
}

func textField(name, column string, at func(*Stored) string) field {
	return field{name: name, column: column, value: func(r *Stored) any { return at(r) }, text: at}
}

// refField is the id of a row elsewhere, NULL and "" for none.
func refField(name string, at func(*Stored) int64) field {
	return field{
		name: name, column: name, typ: "BIGINT",
		value: func(r *Stored) any { return orNull(at(r)) },
		text:  func(r *Stored) string { return idText(at(r)) },
	}
}

// dayText is a day as the history writes it, "" for none.
func dayText(d clock.Day) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

// parseDay reads it back.
func parseDay(text string) (clock.Day, error) {
	if text == "" {
		return 0, nil
	}
	return clock.ParseDay(text)
}

func idText(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

// recordFields are the fields that an edit compares, in the order of the form.
var recordFields = []field{
	textField("kind", "kind", func(r *Stored) string { return string(r.Kind) }),
	textField("stage", "stage", func(r *Stored) string { return string(r.Stage) }),
	textField(fieldName, "name", func(r *Stored) string { return r.Name }),
	textField("gender", "gender", func(r *Stored) string { return string(r.Gender) }),
	textField("birthday", "birthday", func(r *Stored) string { return r.Birthday }),
	{
		name: "birthday_lunar", column: "birthday_lunar", typ: "BOOLEAN",
		value: func(r *Stored) any { return r.BirthdayLunar },
		text:  func(r *Stored) string { return strconv.FormatBool(r.BirthdayLunar) },
	},
	textField("education", "education", func(r *Stored) string { return r.Education }),
	textField(fieldCompany, "company", func(r *Stored) string { return r.Company }),
	textField("industry", "industry", func(r *Stored) string { return r.Industry }),
	textField("region_code", "region_code", func(r *Stored) string { return r.RegionCode }),
	textField("province", "province", func(r *Stored) string { return r.Province }),
	textField("city", "city", func(r *Stored) string { return r.City }),
	textField("district", "district", func(r *Stored) string { return r.District }),
	{
		name: fieldRegistered, column: "registered_at", typ: "INTEGER",
		value: func(r *Stored) any { return orNull(int64(r.RegisteredAt)) },
		text:  func(r *Stored) string { return dayText(r.RegisteredAt) },
	},
	textField("preferred_channel", "preferred_channel", func(r *Stored) string { return r.PreferredChannel }),
	textField("favourite_categories", "favourite_categories", func(r *Stored) string { return r.Favourites }),
	textField(fieldRemark, "remark", func(r *Stored) string { return r.Remark }),
	refField(fieldOwner, func(r *Stored) int64 { return r.OwnerID }),
	refField(fieldAdviser, func(r *Stored) int64 { return r.AdviserID }),
	refField(fieldDepartment, func(r *Stored) int64 { return r.DepartmentID }),
}

// ownedAtField goes with the owner and is not told apart in the history.
var ownedAtField = field{name: "owned_at", column: "owned_at", typ: "BIGINT", value: func(r *Stored) any { return r.OwnedAt }}

// Fields are the names of the fields of the row, as changes and patches call them.
func Fields() []string {
	names := make([]string, 0, len(recordFields)+1)
	for i := range recordFields {
		names = append(names, recordFields[i].name)
	}
	return append(names, fieldInvoice)
}

// FieldText gives a field of a customer as the history writes it and
// [Patch.Set] takes it; false for a name that is none of [Fields] or for
// invoice, which is sealed.
func (r *Stored) FieldText(name string) (string, bool) {
	for i := range recordFields {
		if recordFields[i].name == name {
			return recordFields[i].text(r), true
		}
	}
	return "", false
}
