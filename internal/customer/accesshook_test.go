package customer

import (
	"slices"
	"testing"

	"zhike/internal/platform/auth"
)

// unrestricted are fields that no role restricts, with the reason in the comment
// of accessRules: who looks after a customer, where it came from, when its row
// was written, tags, relations, rules of quality and audiences, whose conditions are
// refused one by one.
var unrestricted = []string{
	fieldOwner, fieldAdviser, fieldDepartment,
	"id", "source", "owner", "adviser", "team", "department", "created", "updated", "last_contact", "tags", "issue", "relation", "audience",
}

// A new field of the record or of lists says whether roles can hide it.
func TestEveryFieldHasAnAccess(t *testing.T) {
	for i := range recordFields {
		if name := recordFields[i].name; keyOfName(name) == "" && !slices.Contains(unrestricted, name) {
			t.Errorf("the field %s of the record is in no line of accessRules", name)
		}
	}
	for i := range builtinFields {
		if code := builtinFields[i].code; keyOfCode(code) == "" && !slices.Contains(unrestricted, code) {
			t.Errorf("the field %s of lists is in no line of accessRules", code)
		}
	}
	for _, c := range exportColumns {
		if keyOfCode(c.key) == "" && keyOfCode(c.key+"_365") == "" && !slices.Contains(unrestricted, c.key) {
			t.Errorf("the column %s of exports is in no line of accessRules", c.key)
		}
	}
	for _, l := range layouts {
		for _, c := range l.Columns {
			what := c.Meaning
			if what == "" {
				what = c.Write
			}
			if key := MeaningKey(what); key == "" && what != "" && !slices.Contains([]string{
				"owner", "department", "source", "created_at", "updated_at", "parent.name", "contact.title", "contact.primary",
			}, what) {
				t.Errorf("the meaning %s of %s tells of no field", what, l.Name)
			}
		}
	}
	all := auth.FieldAccess{}
	for i := range accessRules {
		all[accessRules[i].key] = auth.AccessHidden
	}
	hidden := HiddenNames(&auth.Actor{StaffID: 1, Fields: all})
	for i := range recordFields {
		if name := recordFields[i].name; !slices.Contains(unrestricted, name) && !slices.Contains(hidden, name) {
			t.Errorf("the history shows %s where all is hidden", name)
		}
	}
	if HiddenNames(&auth.Actor{StaffID: 1}) != nil {
		t.Error("nothing restricted hides something")
	}
	// Every field of a patch is named.
	var p Patch
	for _, name := range Fields() {
		if name == fieldInvoice || slices.Contains(unrestricted, name) {
			continue
		}
		text := map[string]string{"birthday_lunar": "true", "favourite_categories": "[]"}[name]
		if err := p.Set(name, text); err != nil {
			t.Fatal(name, err)
		}
	}
	p.Invoice.Sent = true
	if got := len(p.names()); got != len(Fields())-3 {
		t.Errorf("a patch of all fields names %d: %v", got, p.names())
	}
}
