package customer

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"zhike/internal/clean"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
	"zhike/internal/rule"
)

// Bounds of saved views.
const (
	maxViews    = 100 // of one person
	maxViewName = 60  // characters
)

// ViewBody is what a view shows, and how.
type ViewBody struct {
	Filter  json.RawMessage `json:"filter,omitempty" doc:"As in POST /customers/query; null for everybody"`
	Columns []string        `json:"columns,omitempty" maxItems:"60" doc:"Codes of fields, in their order"`
	Sort    string          `json:"sort,omitempty" maxLength:"64"`
	Layout  string          `json:"layout,omitempty" enum:"table,board,cards," doc:"table where left out"`
	GroupBy string          `json:"group_by,omitempty" maxLength:"64" doc:"Of a board"`
}

// View is a saved view.
type View struct {
	ID        int64    `json:"id"`
	Version   int64    `json:"version"`
	OwnerID   int64    `json:"owner_id"`
	OwnerName string   `json:"owner_name"`
	Mine      bool     `json:"mine"`
	Name      string   `json:"name"`
	Shared    bool     `json:"shared" doc:"Everybody sees it"`
	RoleID    *int64   `json:"role_id" doc:"Whoever has the role begins with it"`
	Default   bool     `json:"default" doc:"The reader begins with it"`
	Body      ViewBody `json:"body"`
	UpdatedAt int64    `json:"updated_at" doc:"unix ms"`
}

// ViewIn makes a view or replaces it whole.
type ViewIn struct {
	Name    string   `json:"name" maxLength:"200"`
	Shared  bool     `json:"shared,omitempty" doc:"Needs view.share"`
	RoleID  *int64   `json:"role_id,omitempty" doc:"Makes it the default of a role, and shared; needs view.share"`
	Body    ViewBody `json:"body"`
	Version int64    `json:"version,omitempty" minimum:"0" doc:"The one that was seen; for changes"`
}

// check cleans a view. A view holds no searched text: that may be a phone.
func (s *Service) checkView(ctx context.Context, in *ViewIn) (string, error) {
	bad := errs.New(errs.Invalid, "invalid")
	name, err := clean.Text(in.Name)
	if err != nil || name == "" || utf8.RuneCountInString(name) > maxViewName {
		_ = bad.WithField("name", "list.view_name", "max", maxViewName)
	}
	in.Name = name
	if in.Body.Layout == "" {
		in.Body.Layout = "table"
	}
	if err := bad.OrNil(); err != nil {
		return "", err
	}
	tree, err := ParseFilter(in.Body.Filter)
	if err != nil {
		return "", inBody(err)
	}
	c, err := s.compiler(ctx)
	if err != nil {
		return "", err
	}
	if tree != nil {
		if _, err := c.compile(tree, "filter"); err != nil {
			return "", inBody(err)
		}
	} else {
		in.Body.Filter = nil
	}
	if _, err := s.listColumns(ctx, in.Body.Columns); err != nil {
		return "", inBody(err)
	}
	if in.Body.Sort != "" {
		bare, desc := strings.CutPrefix(in.Body.Sort, "-")
		if _, err := c.orderOf(bare, desc); err != nil {
			return "", inBody(err)
		}
	}
	if in.Body.Layout == "board" {
		if _, _, err := s.groups(ctx, in.Body.GroupBy); err != nil {
			return "", inBody(err)
		}
	}
	if in.Shared || in.RoleID != nil {
		in.Shared = true
		if err := auth.Require(ctx, PermShareView); err != nil {
			return "", err
		}
	}
	if in.RoleID != nil {
		ok, err := s.store.roleThere(ctx, *in.RoleID)
		if err != nil {
			return "", err
		}
		if !ok {
			return "", badFilter("role_id", "list.no_role")
		}
	}
	b, err := json.Marshal(in.Body)
	return string(b), err
}

// inBody puts the places of an error below "body".
func inBody(err error) error {
	e := errs.From(err)
	out := *e
	out.Fields = slices.Clone(e.Fields)
	for i := range out.Fields {
		out.Fields[i].Path = "body." + out.Fields[i].Path
	}
	return &out
}

// Views gives the views that the actor may use: own, shared, and those of the
// actor's roles; the defaults first, then by name.
func (s *Service) Views(ctx context.Context) (web.List[View], error) {
	a := auth.From(ctx)
	rows, err := s.store.views(ctx, a.StaffID)
	if err != nil {
		return web.NewList[View](nil), err
	}
	out := make([]View, len(rows))
	for i := range rows {
		out[i] = rows[i].view(a)
	}
	return web.NewList(out), nil
}

func (r *viewRow) view(a *auth.Actor) View {
	v := View{ID: r.id, Version: r.version, OwnerID: r.ownerID, OwnerName: r.ownerName, Mine: r.ownerID == a.StaffID, Name: r.name,
		Shared: r.shared, RoleID: r.roleID, Default: r.mine, UpdatedAt: r.updatedAt}
	if json.Unmarshal(rule.CompleteSequences([]byte(r.body)), &v.Body) != nil {
		v.Body = ViewBody{Layout: "table"}
	}
	return v
}

// ViewOf gives one view. Error: list.view_not_found, also for views of others
// that are not shared.
func (s *Service) ViewOf(ctx context.Context, id int64) (View, error) {
	a := auth.From(ctx)
	r, err := s.store.view(ctx, id, a.StaffID)
	if err != nil {
		return View{}, err
	}
	if r == nil || r.ownerID != a.StaffID && !r.shared {
		return View{}, errs.New(errs.NotFound, "list.view_not_found")
	}
	return r.view(a), nil
}

// SaveView makes a view (id 0) or replaces one. Shared ones are changed by
// their owner and whoever has view.share. Errors: invalid, forbidden,
// list.view_not_found, list.view_changed, list.too_many_views, list.role_taken.
func (s *Service) SaveView(ctx context.Context, id int64, in ViewIn) (View, error) {
	a := auth.From(ctx)
	body, err := s.checkView(ctx, &in)
	if err != nil {
		return View{}, err
	}
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		action, before := "view.create", any(nil)
		r := &viewRow{id: id, ownerID: a.StaffID, name: in.Name, shared: in.Shared, roleID: in.RoleID, body: body, version: 1, updatedAt: s.now()}
		if in.RoleID != nil {
			other, err := s.store.viewOfRole(ctx, *in.RoleID)
			if err != nil {
				return err
			}
			if other != 0 && other != id {
				return errs.New(errs.Conflict, "list.role_taken").WithField("role_id", "list.role_taken")
			}
		}
		if id == 0 {
			n, err := s.store.countViews(ctx, a.StaffID)
			if err != nil {
				return err
			}
			if n >= maxViews {
				return errs.New(errs.TooLarge, "list.too_many_views", "max", maxViews)
			}
			if r.id, err = s.DB.NextID(ctx, "view"); err != nil {
				return err
			}
			id = r.id
			if err := s.store.insertView(ctx, r); err != nil {
				return err
			}
		} else {
			old, err := s.ownView(ctx, id, in.Version)
			if err != nil {
				return err
			}
			action, before = "view.update", old.audited()
			r.ownerID = old.ownerID
			if ok, err := s.store.updateView(ctx, r, old.version); err != nil || !ok {
				return cmpErr(errs.New(errs.Conflict, "list.view_changed"), err)
			}
		}
		return s.Audit.Append(ctx, audit.Entry{Action: action, ObjectType: "view", ObjectID: strconv.FormatInt(id, 10), Before: before, After: r.audited()})
	})
	if err != nil {
		return View{}, err
	}
	return s.ViewOf(ctx, id)
}

// audited is what the audit log keeps of a view: not its filter, which may name people.
func (r *viewRow) audited() map[string]any {
	out := map[string]any{"name": r.name, "shared": r.shared}
	if r.roleID != nil {
		out["role_id"] = *r.roleID
	}
	return out
}

// ownView reads a view that the actor may change.
func (s *Service) ownView(ctx context.Context, id, version int64) (*viewRow, error) {
	a := auth.From(ctx)
	r, err := s.store.view(ctx, id, a.StaffID)
	if err != nil {
		return nil, err
	}
	switch {
	case r == nil || r.ownerID != a.StaffID && !r.shared:
		return nil, errs.New(errs.NotFound, "list.view_not_found")
	case r.ownerID != a.StaffID && !a.Can(PermShareView):
		return nil, errs.New(errs.Forbidden, "forbidden", "permission", string(PermShareView))
	case version != 0 && r.version != version:
		return nil, errs.New(errs.Conflict, "list.view_changed")
	}
	return r, nil
}

// DeleteView removes a view. Errors as in SaveView.
func (s *Service) DeleteView(ctx context.Context, id int64) error {
	return s.DB.InTx(ctx, func(ctx context.Context) error {
		r, err := s.ownView(ctx, id, 0)
		if err != nil {
			return err
		}
		if err := s.store.deleteView(ctx, id); err != nil {
			return err
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "view.delete", ObjectType: "view", ObjectID: strconv.FormatInt(id, 10), Before: r.audited()})
	})
}

type viewInput struct{ Body ViewIn }

type viewChangeInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body ViewIn
}

func (s *Service) viewRoutes(api *web.API) {
	web.Register(api, web.Route{
		Method: http.MethodGet, Path: "/views", ID: "listViews", Tag: "views",
		Summary: "Saved views: own, shared, and the default of one's roles", Permission: PermView,
	}, func(ctx context.Context, _ *none) (web.List[View], error) { return s.Views(ctx) })
	web.Register(api, web.Route{
		Method: http.MethodGet, Path: "/views/{id}", ID: "getView", Tag: "views", Summary: "One saved view", Permission: PermView,
	}, func(ctx context.Context, in *idInput) (View, error) { return s.ViewOf(ctx, in.ID) })
	web.Register(api, web.Route{
		Method: http.MethodPost, Path: "/views", ID: "createView", Tag: "views", Status: http.StatusCreated, MaxBody: maxQueryBody,
		Summary: "Save a view", Permission: PermView,
	}, func(ctx context.Context, in *viewInput) (View, error) { return s.SaveView(ctx, 0, in.Body) })
	web.Register(api, web.Route{
		Method: http.MethodPut, Path: "/views/{id}", ID: "updateView", Tag: "views", MaxBody: maxQueryBody,
		Summary: "Replace a view; version is the one that was seen", Permission: PermView,
	}, func(ctx context.Context, in *viewChangeInput) (View, error) {
		if in.Body.Version == 0 {
			return View{}, badFilter("version", "list.version_missing")
		}
		return s.SaveView(ctx, in.ID, in.Body)
	})
	web.Register(api, web.Route{
		Method: http.MethodDelete, Path: "/views/{id}", ID: "deleteView", Tag: "views", Summary: "Delete a view", Permission: PermView,
	}, func(ctx context.Context, in *idInput) (struct{}, error) { return struct{}{}, s.DeleteView(ctx, in.ID) })
}
