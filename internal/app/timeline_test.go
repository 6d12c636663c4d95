package app

import (
	"testing"

	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/i18n"
)

// Every source of the timeline and every kind it has is named in both languages:
// the page makes the keys from what the server says.
func TestTimelineSourcesAreNamed(t *testing.T) {
	a := openApp(t, "sqlite")
	ctx := auth.With(t.Context(), auth.System("test"))
	name := "某人"
	made, err := a.Customer.Create(ctx, customer.New{Patch: customer.Patch{Name: &name}}, customer.WriteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	page, err := a.Timeline.History(ctx, made.ID, nil, 10, "")
	if err != nil {
		t.Fatal(err)
	}
	kinds := page.Kinds
	if len(kinds) < 6 {
		t.Fatalf("only %d kinds", len(kinds))
	}
	for _, k := range kinds {
		for _, key := range []string{"timeline.source." + k.Source, "timeline.kind." + k.Kind} {
			for _, l := range []string{"zh-CN", "en"} {
				if i18n.T(l, key, nil) == key {
					t.Errorf("%s has no %s", l, key)
				}
			}
		}
	}
}
