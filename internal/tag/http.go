package tag

import (
	"context"
	"net/http"
	"strings"

	"zhike/internal/clean"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/web"
)

type idInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type createInput struct{ Body In }

type updateInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body Patch
}

type groupInput struct{ Body GroupIn }

type groupUpdate struct {
	ID   int64 `path:"id" minimum:"1"`
	Body GroupPatch
}

type mergeInput struct {
	ID   int64 `path:"id" minimum:"1" doc:"The tag that goes"`
	Body struct {
		IntoID int64 `json:"into_id" minimum:"1" doc:"The tag that stays"`
	}
}

type listInput struct {
	Text    string `query:"q" maxLength:"100" doc:"Beginning of the name, its pinyin or initials"`
	Group   int64  `query:"group" minimum:"0" doc:"Id of a group"`
	Retired string `query:"retired" enum:"yes,no," doc:"Only retired ones, or none of them"`
	Counts  bool   `query:"counts" doc:"Count the members"`
}

type setInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		TagIDs []int64 `json:"tag_ids" maxItems:"100" doc:"All tags of the customer from now on"`
	}
}

type oneInput struct {
	ID    int64 `path:"id" minimum:"1"`
	TagID int64 `path:"tag_id" minimum:"1"`
}

// GroupView is a group with how many tags it has.
type GroupView struct {
	Group
	Tags int `json:"tags" doc:"Tags in it, retired ones too"`
}

// TagView is a tag in a list.
type TagView struct {
	Tag
	Members *int64 `json:"members" doc:"Customers that have it; null where not counted"`
}

// TagsOf is the tags of one customer.
type TagsOf struct {
	CustomerID int64 `json:"customer_id"`
	Version    int64 `json:"version" doc:"Of the customer's record"`
	Items      []Tag `json:"items" doc:"By group and name"`
}

// Routes registers the endpoints.
func (s *Service) Routes(api *web.API) {
	const tag = "tags"
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/tag-groups", ID: "listTagGroups", Tag: tag,
		Permission: auth.SignedIn, Summary: "All groups of tags in their order"},
		func(ctx context.Context, _ *struct{}) (web.List[GroupView], error) { return s.GroupViews(ctx) })
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/tag-groups", ID: "createTagGroup", Tag: tag,
		Status: http.StatusCreated, Permission: PermManage, Summary: "Add a group"},
		func(ctx context.Context, in *groupInput) (Group, error) { return s.CreateGroup(ctx, in.Body) })
	web.Register(api, web.Route{Method: http.MethodPatch, Path: "/tag-groups/{id}", ID: "updateTagGroup", Tag: tag,
		Permission: PermManage, Summary: "Rename or move a group, or make it exclusive"},
		func(ctx context.Context, in *groupUpdate) (Group, error) { return s.UpdateGroup(ctx, in.ID, in.Body) })
	web.Register(api, web.Route{Method: http.MethodDelete, Path: "/tag-groups/{id}", ID: "deleteTagGroup", Tag: tag,
		Permission: PermManage, Summary: "Delete a group without tags"},
		func(ctx context.Context, in *idInput) (struct{}, error) { return struct{}{}, s.DeleteGroup(ctx, in.ID) })
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/tags", ID: "listTags", Tag: tag,
		Permission: auth.SignedIn, Summary: "All tags that match, by group and name"}, s.List)
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/tags", ID: "createTag", Tag: tag,
		Status: http.StatusCreated, Permission: PermManage, Summary: "Add a tag"},
		func(ctx context.Context, in *createInput) (Tag, error) { return s.Create(ctx, in.Body) })
	web.Register(api, web.Route{Method: http.MethodPatch, Path: "/tags/{id}", ID: "updateTag", Tag: tag,
		Permission: PermManage, Summary: "Rename, move, colour, retire or restore a tag"},
		func(ctx context.Context, in *updateInput) (Tag, error) { return s.Update(ctx, in.ID, in.Body) })
	web.Register(api, web.Route{Method: http.MethodDelete, Path: "/tags/{id}", ID: "deleteTag", Tag: tag,
		Permission: PermManage, Summary: "Delete a tag without members"},
		func(ctx context.Context, in *idInput) (struct{}, error) { return struct{}{}, s.Delete(ctx, in.ID) })
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/tags/{id}/merge", ID: "mergeTag", Tag: tag,
		Permission: PermManage, Summary: "Make a tag part of another; members move"},
		func(ctx context.Context, in *mergeInput) (Merged, error) { return s.Merge(ctx, in.ID, in.Body.IntoID) })
	s.customerRoutes(api, tag)
}

func (s *Service) customerRoutes(api *web.API, tag string) {
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/customers/{id}/tags", ID: "getCustomerTags", Tag: tag,
		Permission: permView, Summary: "The tags of one customer"},
		func(ctx context.Context, in *idInput) (TagsOf, error) { return s.CustomerTags(ctx, in.ID) })
	web.Register(api, web.Route{Method: http.MethodPut, Path: "/customers/{id}/tags", ID: "setCustomerTags", Tag: tag,
		Permission: PermAssign, Summary: "Make the tags of one customer exactly these"},
		func(ctx context.Context, in *setInput) (TagsOf, error) {
			return s.edit(ctx, in.ID, func(ctx context.Context) ([]Change, error) { return s.SetOf(ctx, in.ID, in.Body.TagIDs) })
		})
	web.Register(api, web.Route{Method: http.MethodPut, Path: "/customers/{id}/tags/{tag_id}", ID: "addCustomerTag", Tag: tag,
		Permission: PermAssign, Summary: "Give one customer a tag"},
		func(ctx context.Context, in *oneInput) (TagsOf, error) {
			return s.edit(ctx, in.ID, func(ctx context.Context) ([]Change, error) {
				return s.AddMany(ctx, []int64{in.ID}, []int64{in.TagID})
			})
		})
	web.Register(api, web.Route{Method: http.MethodDelete, Path: "/customers/{id}/tags/{tag_id}", ID: "removeCustomerTag", Tag: tag,
		Permission: PermAssign, Summary: "Take a tag from one customer"},
		func(ctx context.Context, in *oneInput) (TagsOf, error) {
			return s.edit(ctx, in.ID, func(ctx context.Context) ([]Change, error) {
				return s.RemoveMany(ctx, []int64{in.ID}, []int64{in.TagID})
			})
		})
}

// GroupViews gives all groups.
func (s *Service) GroupViews(ctx context.Context) (web.List[GroupView], error) {
	c, err := s.Catalogue(ctx)
	if err != nil {
		return web.List[GroupView]{}, err
	}
	out := make([]GroupView, len(c.Groups))
	at := map[int64]int{}
	for i, g := range c.Groups {
		out[i].Group, at[g.ID] = g, i
	}
	for i := range c.Tags {
		if t := &c.Tags[i]; t.MergedInto == 0 {
			out[at[t.GroupID]].Tags++
		}
	}
	return web.NewList(out), nil
}

// List gives the tags that match; merged ones are left out.
func (s *Service) List(ctx context.Context, in *listInput) (web.List[TagView], error) {
	c, err := s.Catalogue(ctx)
	if err != nil {
		return web.List[TagView]{}, err
	}
	var members map[int64]int64
	if in.Counts {
		if members, err = s.Counts(ctx); err != nil {
			return web.List[TagView]{}, err
		}
	}
	query := clean.FoldQuery(in.Text)
	if strings.TrimSpace(in.Text) != "" && len(query) == 0 {
		return web.NewList[TagView](nil), nil
	}
	found := []*Tag{}
	for i := range c.Tags {
		t := &c.Tags[i]
		if t.MergedInto != 0 || in.Group != 0 && t.GroupID != in.Group || in.Retired == "yes" && !t.Retired ||
			in.Retired == "no" && t.Retired || len(query) > 0 && !t.matches(query) {
			continue
		}
		found = append(found, t)
	}
	c.sort(found)
	out := make([]TagView, len(found))
	for i, t := range found {
		out[i].Tag = *t
		if members != nil {
			n := members[t.ID]
			out[i].Members = &n
		}
	}
	return web.NewList(out), nil
}

// CustomerTags gives the tags of a customer that the actor may see.
func (s *Service) CustomerTags(ctx context.Context, id int64) (TagsOf, error) {
	version, err := s.Records.Version(ctx, id)
	if err != nil {
		return TagsOf{}, err
	}
	return s.View(ctx, id, version)
}

// View is the tags of a customer in the form of the API, for those who have
// checked that the actor may see it and know the version.
func (s *Service) View(ctx context.Context, id, version int64) (TagsOf, error) {
	all, err := s.Of(ctx, []int64{id})
	out := TagsOf{CustomerID: id, Version: version, Items: []Tag{}}
	for _, t := range all[id] {
		out.Items = append(out.Items, *t)
	}
	return out, err
}

// edit changes the tags of a customer that the actor may see.
func (s *Service) edit(ctx context.Context, id int64, fn func(ctx context.Context) ([]Change, error)) (TagsOf, error) {
	version, err := s.Records.Edit(ctx, id, fn)
	if err != nil {
		return TagsOf{}, err
	}
	return s.View(ctx, id, version)
}
