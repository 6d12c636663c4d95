package audience

import (
	"context"
	"net/http"
	"time"

	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

type freshInput struct {
	IDs []int64 `query:"ids" maxItems:"200" doc:"Up to 200 audiences, separated by commas"`
}

type changesInput struct {
	ID     int64  `path:"id" minimum:"1"`
	Cursor int64  `query:"cursor" minimum:"0" doc:"next_cursor of the page before; 0 for the beginning of what is kept, or the newest"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"Entries a page"`
	Order  string `query:"order" enum:"oldest,newest," doc:"oldest, in the order in which they happened, where left out"`
}

type sizesInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Days int   `query:"days" minimum:"1" maximum:"730" default:"90" doc:"So many days up to today"`
}

// Fresh is how the members of an audience stand.
type Fresh struct {
	ID int64 `json:"id"`
	Freshness
}

// NamedChange is a change with the customer's name.
type NamedChange struct {
	Change
	Name string `json:"name" doc:"Of the customer; empty where there is none any more"`
}

// NamedChanges is a piece of the changes.
type NamedChanges struct {
	Items      []NamedChange `json:"items"`
	NextCursor int64         `json:"next_cursor" doc:"Give it as cursor the next time; kept by the reader"`
	More       bool          `json:"more" doc:"There are further changes already"`
}

// Routes registers the endpoints of what follows.
func (f *Follower) Routes(api *web.API) {
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/audiences/freshness", ID: "audienceFreshness", Tag: tagName,
		Permission: PermView, Summary: "How fresh the kept members of audiences are"}, f.fresh)
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/audiences/{id}/changes", ID: "audienceChanges", Tag: tagName,
		Permission: PermView, Summary: "Who entered and left a followed audience, kept for a year"}, f.changes)
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/audiences/{id}/sizes", ID: "audienceSizes", Tag: tagName,
		Permission: PermView, Summary: "Size of a followed audience by day"}, f.sizes)
}

func (f *Follower) fresh(ctx context.Context, in *freshInput) (web.List[Fresh], error) {
	out := web.List[Fresh]{Items: []Fresh{}}
	if len(in.IDs) == 0 {
		return out, errs.New(errs.Invalid, "invalid").WithField("ids", "audience.no_ids")
	}
	all, err := f.Fresh(ctx, in.IDs)
	if err != nil {
		return out, err
	}
	for _, id := range in.IDs {
		v, ok := all[id]
		if !ok {
			continue
		}
		if a := auth.From(ctx); a.Scope != auth.ScopeAll {
			v.Size = -1 // counts customers whom the reader does not see
		}
		out.Items = append(out.Items, Fresh{ID: id, Freshness: v})
		delete(all, id)
	}
	return out, nil
}

// allowed says whether the actor may know who belongs to an audience: not where
// its rule asks for what the actor's roles hide.
func (f *Follower) allowed(ctx context.Context, id int64) error {
	a, err := f.store.ruleOf(ctx, id)
	if db.IsNoRow(err) {
		return notFound()
	}
	if err != nil {
		return err
	}
	n, err := a.read()
	if err != nil {
		return nil // a rule of long ago: its changes are of when it could be read
	}
	p, err := f.Customers.Planner(ctx)
	if err != nil {
		return err
	}
	if _, err := p.Plan(n); err != nil && errs.KindOf(err) == errs.Forbidden {
		return err
	}
	return nil
}

func (f *Follower) changes(ctx context.Context, in *changesInput) (out NamedChanges, err error) {
	out.Items = []NamedChange{}
	if err := auth.Require(ctx, customer.PermView); err != nil {
		return out, err
	}
	if err := f.allowed(ctx, in.ID); err != nil {
		return out, err
	}
	var p ChangePage
	if in.Order == "newest" {
		p, err = f.Recent(ctx, in.ID, in.Cursor, in.Limit)
	} else {
		p, err = f.Changes(ctx, in.Cursor, []int64{in.ID}, in.Limit)
	}
	if err != nil {
		return out, err
	}
	ids := make([]int64, 0, len(p.Items))
	for _, c := range p.Items {
		ids = append(ids, c.CustomerID)
	}
	names, err := f.Customers.NamesOf(ctx, ids)
	if err != nil {
		return out, err
	}
	for _, c := range p.Items {
		out.Items = append(out.Items, NamedChange{Change: c, Name: names[c.CustomerID]})
	}
	out.NextCursor, out.More = p.NextCursor, p.More
	return out, nil
}

func (f *Follower) sizes(ctx context.Context, in *sizesInput) (web.List[SizeDay], error) {
	out := web.List[SizeDay]{Items: []SizeDay{}}
	if a := auth.From(ctx); a.Scope != auth.ScopeAll {
		return out, errs.New(errs.Forbidden, "audience.sizes_scope")
	}
	err := f.allowed(ctx, in.ID)
	if err != nil {
		return out, err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	out.Items, err = f.Sizes(ctx, in.ID, in.Days)
	return out, err
}
