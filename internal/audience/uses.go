package audience

import (
	"context"

	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/web"
)

// user tells what of one kind names an audience.
type user struct {
	kind string
	find func(ctx context.Context, ids []int64) (map[int64][]Use, error)
}

// Uses registers a kind of thing that names audiences: find gives those that
// name each of some (a page of a list asks for all its rows at once), of those
// the actor may not see a Use without id and name. It is called while the
// program is put together.
func (s *Service) Uses(kind string, find func(ctx context.Context, ids []int64) (map[int64][]Use, error)) {
	for _, u := range s.users {
		if u.kind == kind {
			panic("audience: " + kind + " is registered already")
		}
	}
	s.users = append(s.users, user{kind, find})
}

// UsesOf gives what names an audience. Error: audience.not_found.
func (s *Service) UsesOf(ctx context.Context, id int64) (web.List[Use], error) {
	if _, _, err := s.open(ctx, id); err != nil {
		return web.NewList[Use](nil), err
	}
	all, err := s.uses(ctx, []int64{id})
	return web.NewList(all[id]), err
}

// uses gives what names each of some audiences.
func (s *Service) uses(ctx context.Context, ids []int64) (map[int64][]Use, error) {
	out := make(map[int64][]Use, len(ids))
	for _, u := range s.users {
		found, err := u.find(ctx, ids)
		if err != nil {
			return nil, err
		}
		for id, list := range found {
			for _, use := range list {
				use.Kind = u.kind
				out[id] = append(out[id], use)
			}
		}
	}
	return out, nil
}

func (s *Service) usedByAudiences(ctx context.Context, ids []int64) (map[int64][]Use, error) {
	found, err := s.store.usedBy(ctx, ids)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	owners := make([]int64, len(found))
	for i := range found {
		owners[i] = found[i].ownerID
	}
	names, err := s.people(ctx, owners)
	out := make(map[int64][]Use, len(found))
	for _, u := range found {
		out[u.used] = append(out[u.used], Use{ID: u.by, Name: u.name, By: names[u.ownerID]})
	}
	return out, err
}

// usedByViews looks through the filters of saved views. Views of others that
// are not shared count, and are not named.
func (s *Service) usedByViews(ctx context.Context, ids []int64) (map[int64][]Use, error) {
	asked, out := make(map[int64]bool, len(ids)), map[int64][]Use{}
	for _, id := range ids {
		asked[id] = true
	}
	err := s.Customers.EachViewFilter(ctx, func(v customer.ViewFilter) {
		u := Use{By: v.OwnerName}
		if v.Shared || v.OwnerID == auth.StaffID(ctx) || auth.From(ctx).IsSystem() {
			u.ID, u.Name = v.ID, v.Name
		}
		for _, id := range used(v.Filter) {
			if asked[id] {
				out[id] = append(out[id], u)
			}
		}
	})
	return out, err
}
