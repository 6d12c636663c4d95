package app

import (
	"context"
	"encoding/json"
	"fmt"

	"zhike/internal/audience"
	"zhike/internal/platform/web"
)

// shownShipped are the shipped audiences that the sample company uses: two of
// value, two of care, two of warning. The ones that change from day to day are
// followed.
var shownShipped = []struct {
	code     string
	followed bool
}{
	{"value_high", true},
	{"lifetime_promising", true},
	{"birthday_month", true},
	{"purchase_anniversary", false},
	{"lapsing", true},
	{"review_bad", false},
}

// furnishAudiences gives the sample company audiences: shipped ones, one of its
// own that names two of them and has a second version, and a static list of
// customers. It adds nothing where audiences are already.
func (a *App) furnishAudiences(ctx context.Context, customers []int64) (made int, err error) {
	if there, err := a.Audiences.InUse(ctx); err != nil || len(there) > 0 {
		return 0, err
	}
	// The sample company speaks Chinese, whoever makes it.
	ctx = web.WithLocale(ctx, "zh-CN")
	ids := map[string]int64{}
	for _, s := range shownShipped {
		one, err := a.Audiences.CopyShipped(ctx, s.code, audience.ShippedIn{Industry: "retail", Followed: &s.followed})
		if err != nil {
			return made, err
		}
		ids[s.code] = one.ID
		made++
	}
	slipping := fmt.Sprintf(`{"field":"audience","op":"all","value":[%d,%d]}`, ids["value_high"], ids["lapsing"])
	own, err := a.Audiences.Create(ctx, audience.In{
		Name: "高价值、快要流失", Description: "门店店长每周一看一遍，先打电话，再发券",
		Kind: audience.Dynamic, Rule: json.RawMessage(slipping), Note: "周会定的口径",
	})
	if err != nil {
		return made, err
	}
	note := "打不了电话的先不跟"
	if _, err := a.Audiences.Update(ctx, own.ID, own.Version, audience.Patch{
		Rule: json.RawMessage(`{"all":[` + slipping + `,{"field":"has_phone","op":"is","value":true}]}`), Note: note,
	}); err != nil {
		return made, err
	}
	list, err := a.Audiences.Create(ctx, audience.In{Name: "品鉴会邀请名单", Description: "店长挑的老客，年底品鉴会", Kind: audience.Static})
	if err != nil {
		return made, err
	}
	if _, err := a.Audiences.ChangeEntries(ctx, list.ID, audience.EntriesIn{CustomerIDs: customers}, true); err != nil {
		return made, err
	}
	return made + 2, nil
}
