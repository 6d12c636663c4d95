package app

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"zhike/internal/customer"
	"zhike/internal/importer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
)

// TestSavedMappings: kept, changed, taken by another file as far as it fits, and
// written so that the command line reads it.
func TestSavedMappings(t *testing.T) {
	eachApp(t, func(t *testing.T, ctx context.Context, a *App) {
		importBase(t, ctx, a)
		in := importer.SavedMappingIn{Name: " 市集  名单 ", Mapping: importer.Mapping{Kind: importer.KindCustomers, Columns: map[string]importer.Meaning{
			"号": importer.BuyerID, "级": "field.grade", "不要": importer.Ignore,
		}}}
		v, err := a.Importer.SaveMapping(ctx, in)
		if err != nil || v.Name != "市集 名单" || len(v.Mapping.Columns) != 2 {
			t.Fatalf("%+v, %v", v, err)
		}
		if _, err := a.Importer.SaveMapping(ctx, in); !errs.Is(err, "import.mapping_name_taken") {
			t.Errorf("a name twice: %v", err)
		}
		bad := in
		bad.Name, bad.Mapping.Columns = "另一个", map[string]importer.Meaning{"号": importer.BuyerID, "级": "field.none"}
		if _, err := a.Importer.SaveMapping(ctx, bad); !errs.Is(err, "import.bad_mapping") {
			t.Errorf("a field that is not there: %v", err)
		}
		change := importer.SavedMappingIn{Name: "市集", Mapping: v.Mapping, UpdatedAt: v.UpdatedAt}
		w, err := a.Importer.ChangeMapping(ctx, v.ID, change)
		if err != nil || w.Name != "市集" || w.UpdatedAt == v.UpdatedAt {
			t.Fatalf("%+v, %v", w, err)
		}
		if _, err := a.Importer.ChangeMapping(ctx, v.ID, change); !errs.Is(err, "import.mapping_changed") {
			t.Errorf("a change of what was changed: %v", err)
		}
		m, err := a.Importer.MappingNamed(ctx, "市集")
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := m.WriteYAML(&b); err != nil {
			t.Fatal(err)
		}
		again, err := importer.ReadMapping(strings.NewReader(b.String()))
		x, _ := json.Marshal(again)
		y, _ := json.Marshal(m)
		if err != nil || string(x) != string(y) {
			t.Errorf("%s, not %s: %v", x, y, err)
		}
		res, err := a.Importer.Run(ctx, importer.RunInput{Kind: m.Kind, Path: writeFile(t, "c.csv", "号,级\n1,重点\n"), Mapping: m})
		if err != nil || res.Accepted != 1 || !strings.HasSuffix(held(t, ctx, a), ": grade=重点") {
			t.Errorf("%+v, %v", res, err)
		}
		if err := a.Importer.DropMapping(ctx, v.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Importer.SavedMapping(ctx, v.ID); !errs.Is(err, "import.no_saved_mapping") {
			t.Errorf("after it was dropped: %v", err)
		}
		nobody := auth.With(t.Context(), &auth.Actor{StaffID: 9, Permissions: map[auth.Permission]bool{customer.PermEdit: true}})
		if _, err := a.Importer.SaveMapping(nobody, in); !errs.Is(err, "forbidden") {
			t.Errorf("without import.run: %v", err)
		}
	})
}
