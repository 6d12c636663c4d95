package importer

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
)

// A mapping writes nothing that its owner may not edit; a guess leaves it out.
func TestMappingOfRestrictedFields(t *testing.T) {
	ctx := auth.With(t.Context(), &auth.Actor{StaffID: 7, Fields: auth.FieldAccess{
		"phone": auth.AccessHidden, "remark": auth.AccessRead, "spend": auth.AccessHidden,
	}})
	m := Mapping{Kind: KindCustomers, Columns: map[string]Meaning{"姓名": BuyerName, "会员": BuyerID, "手机": BuyerPhone, "手机2": BuyerPhone2, "备注": Remark}}
	e := errs.From(m.mayWrite(ctx))
	var paths []string
	for _, f := range e.Fields {
		paths = append(paths, f.Path)
	}
	if diff := cmp.Diff([]string{"columns.备注", "columns.手机", "columns.手机2"}, paths); diff != "" || e.Code != "import.field_forbidden" || e.Kind != errs.Forbidden {
		t.Fatal(e, diff)
	}
	if err := m.mayWrite(t.Context()); err != nil {
		t.Fatal(err)
	}
	guess := m
	guess.leaveOut(ctx)
	want := map[string]Meaning{"姓名": BuyerName, "会员": BuyerID, "手机": Ignore, "手机2": Ignore, "备注": Ignore}
	if diff := cmp.Diff(want, guess.Columns); diff != "" || guess.mayWrite(ctx) != nil {
		t.Fatal(diff)
	}
	if m.Columns["手机"] != BuyerPhone {
		t.Error("the mapping that was remembered is changed")
	}
	for _, what := range writable(ctx, Meanings(KindCustomers)) {
		if what == BuyerPhone || what == BuyerPhone3 || what == Remark {
			t.Errorf("%s can be chosen", what)
		}
	}
	// Rows of somebody else's file are not shown to whom something is hidden.
	for _, c := range []struct {
		by   int64
		want string
	}{{7, ""}, {8, "import.rows_hidden"}} {
		if got := errs.CodeOf((&Record{CreatedBy: c.by}).mayRead(ctx)); got != c.want {
			t.Errorf("rows of %d: %q", c.by, got)
		}
	}
	if err := (&Record{CreatedBy: 8}).mayRead(auth.With(t.Context(), &auth.Actor{StaffID: 7, Fields: auth.FieldAccess{"remark": auth.AccessRead}})); err != nil {
		t.Error("rows are kept from somebody from whom nothing is hidden")
	}
	// Every meaning that tells of a customer is in the table of field access, or is
	// not restricted: who looks after whom, relations, and tags.
	free := []Meaning{OwnerName, ParentName, ContactTitle, ContactPrimary, Tags}
	blind := auth.FieldAccess{}
	for _, key := range []string{"name", "kind", "company", "gender", "birthday", "phone", "email", "code", "address", "region", "industry", "remark", "stage", "number", "education", "preferred_channel", "favourite_categories", "registered_at"} {
		blind[key] = auth.AccessHidden
	}
	if diff := cmp.Diff(free, writable(auth.With(t.Context(), &auth.Actor{StaffID: 7, Fields: blind}), Meanings(KindCustomers))); diff != "" {
		t.Errorf("meanings without a field: %s", diff)
	}
	ctx = auth.With(t.Context(), &auth.Actor{StaffID: 7, Fields: auth.FieldAccess{"f.plan": auth.AccessRead}})
	fields := writableFields(ctx, []FieldTarget{{Meaning: FieldMeaning("plan")}, {Meaning: FieldMeaning("score")}})
	if len(fields) != 1 || fields[0].Meaning != FieldMeaning("score") {
		t.Errorf("custom fields that may be written: %v", fields)
	}
}
