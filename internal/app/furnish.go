package app

import (
	"context"

	"zhike/internal/org"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/web"
)

// FurnishedDemo is what FurnishDemo made; login and password are of the first
// administrator where there was nobody, else empty.
type FurnishedDemo struct {
	Furnished
	Login    string `json:"login,omitempty"`
	Password string `json:"password,omitempty"`
}

// FurnishDemo furnishes the imported sample company, see furnish. Notes
// need somebody who wrote them: where nobody is there the first administrator
// is made.
func (a *App) FurnishDemo(ctx context.Context, dir string) (out FurnishedDemo, err error) {
	login, password, made, err := a.Org.EnsureAdmin(ctx)
	if err != nil {
		return out, err
	}
	if made {
		out.Login, out.Password = login, password
	}
	people, err := a.Org.ListStaff(ctx, &org.StaffQuery{ListQuery: web.ListQuery{Limit: 1, Sort: "name"}, Disabled: "false"})
	if err != nil {
		return out, err
	}
	author := auth.From(ctx)
	if len(people.Items) > 0 {
		if author, err = a.Org.ActorOf(ctx, people.Items[0].ID); err != nil {
			return out, err
		}
	}
	out.Furnished, err = a.furnish(ctx, dir, author)
	return out, err
}
