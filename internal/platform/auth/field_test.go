package auth

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Of several roles the most generous wins, field by field.
func TestGenerous(t *testing.T) {
	strict := FieldAccess{"phone": AccessHidden, "remark": AccessHidden, "email": AccessRead}
	for name, c := range map[string]struct {
		roles []FieldAccess
		want  FieldAccess
	}{
		"no role":            {nil, nil},
		"one role":           {[]FieldAccess{strict}, strict},
		"one is free":        {[]FieldAccess{strict, nil}, nil},
		"free first":         {[]FieldAccess{nil, strict}, nil},
		"each gives its own": {[]FieldAccess{strict, {"phone": AccessRead, "remark": AccessHidden, "gender": AccessHidden}}, FieldAccess{"phone": AccessRead, "remark": AccessHidden}},
	} {
		if d := cmp.Diff(c.want, Generous(c.roles...)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestHides(t *testing.T) {
	a := &Actor{StaffID: 1, Fields: FieldAccess{"phone": AccessHidden, "remark": AccessRead}}
	if !a.Hides("email", "phone") || a.Hides("remark") || a.Hides("email") || !a.HidesAny() || !a.Restricted() {
		t.Fatal("an actor does not know what is hidden")
	}
	own := &Actor{StaffID: 1, Fields: FieldAccess{"f.income": AccessHidden, "phone": AccessRead}}
	if !own.Hides("f.*") || own.Hides("f.other") || own.Hides("ph*") || a.Hides("f.*") {
		t.Fatal("a star does not mean what begins so")
	}
	sys := System("job:x")
	sys.Fields = a.Fields
	for _, free := range []*Actor{nil, sys, {StaffID: 2}} {
		if free.Hides("phone") || free.Restricted() || free.HidesAny() || free.Field("phone") != AccessEdit {
			t.Fatal("somebody without restrictions is restricted")
		}
	}
}
