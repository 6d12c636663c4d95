package app

import (
	"context"
	"testing"

	"zhike/internal/audience"
	"zhike/internal/customer"
)

// TestFurnishAudiences: the sample company gets audiences that can be counted,
// with a second version, a use and a list; a second time nothing is added.
func TestFurnishAudiences(t *testing.T) {
	eachApp(t, func(t *testing.T, ctx context.Context, a *App) {
		day, err := a.Customer.Today(ctx)
		if err != nil {
			t.Fatal(err)
		}
		bought(t, a, day)
		best, err := a.Customer.List(ctx, customer.Filter{}, 5, "", "-net_365")
		if err != nil {
			t.Fatal(err)
		}
		var ids []int64
		for _, it := range best.Items {
			ids = append(ids, it.ID)
		}
		made, err := a.furnishAudiences(ctx, ids)
		if err != nil {
			t.Fatal(err)
		}
		again, err := a.furnishAudiences(ctx, ids)
		if err != nil || again != 0 {
			t.Errorf("again: %d, %v", again, err)
		}
		list, err := a.Audiences.InUse(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) != made || made != len(shownShipped)+2 {
			t.Fatalf("%d audiences, told of %d", len(list), made)
		}
		used, changed := 0, 0
		for _, it := range list {
			n, err := a.Audiences.Count(ctx, audience.CountIn{AudienceID: it.ID})
			if err != nil {
				t.Errorf("%s: %v", it.Name, err)
			}
			if it.Kind == audience.Static && n.Count != int64(len(ids)) {
				t.Errorf("%s has %d customers, want %d", it.Name, n.Count, len(ids))
			}
			if it.UsedBy > 0 {
				used++
			}
			if it.Version > 1 && it.Kind == audience.Dynamic {
				changed++
			}
		}
		if used != 2 || changed != 1 {
			t.Errorf("%d are used, %d have a second version", used, changed)
		}
	})
}
