package customer

import (
	"reflect"
	"strconv"
	"testing"
)

// What the description of a request promises is what is taken.
func TestReasonsAreAsLongAsDescribed(t *testing.T) {
	for _, x := range []struct {
		in    any
		field string
	}{{ReleaseIn{}, "Reason"}, {BulkActions{}, "Release"}, {RelationIn{}, "Note"}, {RelationPatch{}, "Note"}} {
		of := reflect.TypeOf(x.in)
		f, ok := of.FieldByName(x.field)
		if most := f.Tag.Get("maxLength"); !ok || most != strconv.Itoa(maxReason) {
			t.Errorf("%s.%s: %s characters are described, %d are taken", of.Name(), x.field, most, maxReason)
		}
	}
}
