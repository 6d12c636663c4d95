package audience

import (
	"context"
	"net/http"
	"time"

	"zhike/internal/platform/web"
)

type idInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type listInput struct {
	web.ListQuery
	Text     string `query:"q" maxLength:"200" doc:"Part of the name or description"`
	Kind     string `query:"kind" enum:"dynamic,static,"`
	Archived string `query:"archived" enum:"no,yes,all," doc:"no where left out"`
	Owner    int64  `query:"owner" minimum:"0" doc:"Id of a member of staff"`
}

type createInput struct{ Body In }

type patchInput struct {
	ID      int64  `path:"id" minimum:"1"`
	IfMatch string `header:"If-Match" maxLength:"40" doc:"ETag of the audience that was edited, \"v12\"; required"`
	Body    Patch
}

type countInput struct{ Body CountIn }

type explainInput struct{ Body ExplainIn }

type impactInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body ImpactIn
}

type versionsInput struct {
	ID     int64  `path:"id" minimum:"1"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Entries a page"`
	Cursor string `query:"cursor" maxLength:"2048" doc:"next_cursor of the page before"`
}

type versionInput struct {
	ID      int64 `path:"id" minimum:"1"`
	Version int64 `path:"version" minimum:"1"`
}

type restoreInput struct {
	ID      int64  `path:"id" minimum:"1"`
	Version int64  `path:"version" minimum:"1"`
	IfMatch string `header:"If-Match" maxLength:"40" doc:"ETag of the audience, \"v12\"; required"`
}

type membersInput struct {
	ID     int64  `path:"id" minimum:"1"`
	AsOf   string `query:"as_of" maxLength:"10" doc:"A past day, 2026-01-31; the present as-of day where left out"`
	Limit  int    `query:"limit" minimum:"1" maximum:"10000" default:"100" doc:"Entries a page"`
	Cursor string `query:"cursor" maxLength:"2048" doc:"next_cursor of the page before"`
}

type memberInput struct {
	ID         int64  `path:"id" minimum:"1"`
	CustomerID int64  `path:"customer_id" minimum:"1"`
	AsOf       string `query:"as_of" maxLength:"10"`
}

type profileInput struct {
	ID   int64  `path:"id" minimum:"1"`
	AsOf string `query:"as_of" maxLength:"10"`
}

type overlapInput struct{ Body OverlapIn }

type combineInput struct{ Body CombineIn }

type entriesInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body EntriesIn
}

type importInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body EntriesImport
}

const (
	// askTime bounds a question whose answer a person waits for; when the time
	// is over, audience.too_slow says what to do.
	askTime = 20 * time.Second
	// pageTime bounds the whole of a request that asks several of them.
	pageTime = 90 * time.Second
	// importBody bounds a file of numbers, base64, in bytes.
	importBody = 24 << 20
)

const tagName = "audiences"

// Routes registers the endpoints.
func (s *Service) Routes(api *web.API) {
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/audiences", ID: "listAudiences", Tag: tagName,
		Permission: PermView, Summary: "Audiences with size and freshness"}, s.List)
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/audiences", ID: "createAudience", Tag: tagName, MaxBody: maxBody,
		Status: http.StatusCreated, Permission: PermEdit, Summary: "Save a rule or begin a static list"},
		func(ctx context.Context, in *createInput) (Full, error) { return tagged(ctx)(s.Create(ctx, in.Body)) })
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/audiences/{id}", ID: "getAudience", Tag: tagName,
		Permission: PermView, Summary: "One audience with its rule, and the version as ETag"},
		func(ctx context.Context, in *idInput) (Full, error) { return tagged(ctx)(s.Get(ctx, in.ID)) })
	web.Register(api, web.Route{Method: http.MethodPatch, Path: "/audiences/{id}", ID: "updateAudience", Tag: tagName, MaxBody: maxBody,
		Permission: PermEdit, Summary: "Change what is sent; makes a version"},
		func(ctx context.Context, in *patchInput) (Full, error) {
			v, err := web.IfMatch(in.IfMatch, true)
			if err != nil {
				return Full{}, err
			}
			return tagged(ctx)(s.Update(ctx, in.ID, v, in.Body))
		})
	web.Register(api, web.Route{Method: http.MethodDelete, Path: "/audiences/{id}", ID: "deleteAudience", Tag: tagName,
		Permission: PermEdit, Summary: "Delete an audience that nothing uses"},
		func(ctx context.Context, in *idInput) (struct{}, error) { return struct{}{}, s.Delete(ctx, in.ID) })
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/audiences/{id}/archive", ID: "archiveAudience", Tag: tagName,
		Permission: PermEdit, Summary: "Take an audience out of use; what names it goes on working"},
		func(ctx context.Context, in *idInput) (Full, error) { return tagged(ctx)(s.Archive(ctx, in.ID, true)) })
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/audiences/{id}/restore", ID: "restoreAudience", Tag: tagName,
		Permission: PermEdit, Summary: "Take an archived audience into use again"},
		func(ctx context.Context, in *idInput) (Full, error) { return tagged(ctx)(s.Archive(ctx, in.ID, false)) })
	s.shippedRoutes(api)
	s.historyRoutes(api)
	s.askRoutes(api)
	s.entryRoutes(api)
}

func (s *Service) historyRoutes(api *web.API) {
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/audiences/{id}/versions", ID: "listAudienceVersions", Tag: tagName,
		Permission: PermView, Summary: "What it was before, the newest first"},
		func(ctx context.Context, in *versionsInput) (web.Page[Version], error) {
			return s.Versions(ctx, in.ID, in.Limit, in.Cursor)
		})
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/audiences/{id}/versions/{version}", ID: "getAudienceVersion", Tag: tagName,
		Permission: PermView, Summary: "One version, and what it changed"},
		func(ctx context.Context, in *versionInput) (FullVersion, error) {
			return s.Version(ctx, in.ID, in.Version)
		})
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/audiences/{id}/versions/{version}/restore", ID: "restoreAudienceVersion", Tag: tagName,
		Permission: PermEdit, Summary: "Make rule, name and description what they were; makes a version"},
		func(ctx context.Context, in *restoreInput) (Full, error) {
			v, err := web.IfMatch(in.IfMatch, true)
			if err != nil {
				return Full{}, err
			}
			return tagged(ctx)(s.RestoreVersion(ctx, in.ID, v, in.Version))
		})
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/audiences/{id}/uses", ID: "audienceUses", Tag: tagName,
		Permission: PermView, Summary: "What names the audience"},
		func(ctx context.Context, in *idInput) (web.List[Use], error) { return s.UsesOf(ctx, in.ID) })
}

// askRoutes are those that ask who belongs. Nothing is written.
func (s *Service) askRoutes(api *web.API) {
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/audiences/catalogue", ID: "audienceCatalogue", Tag: tagName,
		Permission: PermView, Summary: "What rules can ask for: fields, streams of facts, aggregates, limits"},
		func(ctx context.Context, _ *struct{}) (Catalogue, error) { return s.Catalogue(ctx) })
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/audiences/values", ID: "audienceValues", Tag: tagName,
		Permission: PermView, Summary: "Values that a field or a dimension of facts has, with counts"},
		func(ctx context.Context, in *ValuesIn) (web.List[Suggestion], error) { return s.Values(ctx, *in) })
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/audiences/count", ID: "countAudience", Tag: tagName, MaxBody: maxBody, NoReplay: true,
		Permission: PermView, Summary: "How many a rule means, and who the first are; writes nothing"},
		func(ctx context.Context, in *countInput) (Count, error) { return s.Count(ctx, in.Body) })
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/audiences/explain", ID: "explainAudience", Tag: tagName, MaxBody: maxBody, NoReplay: true,
		Permission: PermView, Summary: "Which conditions hold of a customer, and the values behind them; writes nothing"},
		func(ctx context.Context, in *explainInput) (Explained, error) { return s.Explain(ctx, in.Body) })
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/audiences/{id}/impact", ID: "audienceImpact", Tag: tagName, MaxBody: maxBody, NoReplay: true,
		Timeout: pageTime, Permission: PermView, Summary: "Who would enter and leave if the rule were saved; writes nothing"},
		func(ctx context.Context, in *impactInput) (Impact, error) { return s.Impact(ctx, in.ID, in.Body) })
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/audiences/{id}/members", ID: "audienceMembers", Tag: tagName,
		Permission: PermView, Summary: "Members by id"},
		func(ctx context.Context, in *membersInput) (Members, error) {
			return s.Members(ctx, in.ID, in.AsOf, in.Cursor, in.Limit)
		})
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/audiences/{id}/customers/{customer_id}", ID: "audienceMember", Tag: tagName,
		Permission: PermView, Summary: "Does a customer belong"},
		func(ctx context.Context, in *memberInput) (Membership, error) {
			return s.Membership(ctx, in.ID, in.CustomerID, in.AsOf)
		})
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/customers/{id}/audiences", ID: "customerAudiences", Tag: tagName,
		Permission: PermView, Summary: "The audiences in use that a customer belongs to"},
		func(ctx context.Context, in *idInput) (OfCustomer, error) { return s.OfCustomer(ctx, in.ID) })
	web.Register(api, web.Route{Method: http.MethodGet, Path: "/audiences/{id}/profile", ID: "audienceProfile", Tag: tagName, Timeout: pageTime,
		Permission: PermView, Summary: "Members compared with all customers"},
		func(ctx context.Context, in *profileInput) (Profile, error) { return s.Profile(ctx, in.ID, in.AsOf) })
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/audiences/overlap", ID: "overlapAudiences", Tag: tagName, NoReplay: true, Timeout: pageTime,
		Permission: PermView, Summary: "How many are in which of two to five audiences; writes nothing"},
		func(ctx context.Context, in *overlapInput) (Overlap, error) { return s.Overlap(ctx, in.Body.IDs) })
}

// entryRoutes are those of static lists.
func (s *Service) entryRoutes(api *web.API) {
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/audiences/combine", ID: "combineAudiences", Tag: tagName, Timeout: pageTime,
		Status: http.StatusCreated, Permission: PermEdit, Summary: "Make an audience of others: union, intersection or difference"},
		func(ctx context.Context, in *combineInput) (Full, error) { return tagged(ctx)(s.Combine(ctx, in.Body)) })
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/audiences/{id}/entries", ID: "addAudienceEntries", Tag: tagName,
		Permission: PermEdit, Summary: "Put customers into a static list, by id or all that a list shows"},
		func(ctx context.Context, in *entriesInput) (EntriesOut, error) {
			return s.ChangeEntries(ctx, in.ID, in.Body, true)
		})
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/audiences/{id}/entries/remove", ID: "removeAudienceEntries", Tag: tagName,
		Permission: PermEdit, Summary: "Take customers out of a static list"},
		func(ctx context.Context, in *entriesInput) (EntriesOut, error) {
			return s.ChangeEntries(ctx, in.ID, in.Body, false)
		})
	web.Register(api, web.Route{Method: http.MethodPost, Path: "/audiences/{id}/entries/import", ID: "importAudienceEntries", Tag: tagName,
		MaxBody: importBody, Timeout: pageTime, Permission: PermEdit,
		Summary: "Put customers into a static list by number, phone, e-mail or member number, at most 100,000 rows"},
		func(ctx context.Context, in *importInput) (EntriesImported, error) {
			return s.ImportEntries(ctx, in.ID, in.Body)
		})
}
