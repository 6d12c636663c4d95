package jobs

import (
	"context"
	"net/http"
	"regexp"
	"strconv"

	"github.com/go-chi/chi/v5"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/web"
)

type listInput struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Entries a page"`
	Cursor string `query:"cursor" maxLength:"2048" doc:"next_cursor of the page before"`
	State  string `query:"state" enum:"running,scheduled,failed,finished" doc:"Which tab; all jobs where left out"`
	Kind   string `query:"kind" maxLength:"100" doc:"Only jobs of this kind"`
}

type idInput struct {
	ID int64 `path:"id" minimum:"1"`
}

// Routes puts the pages of jobs into the table. All routes but the
// export are open to anybody signed in: without job.view a person sees the jobs
// that he or she started.
func (c *Client) Routes(api *web.API) {
	route := func(method, path, id, summary string) web.Route {
		return web.Route{Method: method, Path: path, ID: id, Summary: summary, Tag: "jobs", Permission: auth.SignedIn}
	}
	web.Register(api, route(http.MethodGet, "/jobs", "listJobs", "List jobs, the newest first"),
		func(ctx context.Context, in *listInput) (web.Page[View], error) {
			var before int64
			if err := web.DecodeCursor(in.Cursor, &before); err != nil {
				return web.Page[View]{}, err
			}
			list, more, total, err := c.List(ctx, ListInput{Group: Group(in.State), Kind: in.Kind, Before: before, Limit: in.Limit})
			if err != nil {
				return web.Page[View]{}, err
			}
			for i := range list {
				explain(ctx, &list[i])
			}
			next := ""
			if more {
				next = web.EncodeCursor(list[len(list)-1].ID)
			}
			return web.NewPage(list, next, &total), nil
		})
	export := route(http.MethodGet, "/jobs/export", "exportJobs", "Download all jobs as CSV or XLSX; recorded")
	export.Permission, export.Produces = PermView, "text/csv"
	web.RegisterDownload(api, export, c.export)
	web.Register(api, route(http.MethodGet, "/jobs/counts", "countJobs", "Count jobs by tab"),
		func(ctx context.Context, _ *struct{}) (Counts, error) { return c.Count(ctx) })
	web.Register(api, route(http.MethodGet, "/jobs/kinds", "listJobKinds", "List the kinds of jobs"),
		func(context.Context, *struct{}) (web.List[string], error) { return web.NewList(c.reg.Kinds()), nil })
	web.Register(api, route(http.MethodGet, "/jobs/{id}", "getJob", "One job with its failed attempts"),
		func(ctx context.Context, in *idInput) (Detail, error) { return explained(ctx)(c.Get(ctx, in.ID)) })
	web.Register(api, route(http.MethodPost, "/jobs/{id}/retry", "retryJob", "Start a job again (job.manage)"),
		func(ctx context.Context, in *idInput) (Detail, error) { return explained(ctx)(c.Retry(ctx, in.ID)) })
	web.Register(api, route(http.MethodPost, "/jobs/{id}/cancel", "cancelJob", "Cancel a job (job.manage, or one's own)"),
		func(ctx context.Context, in *idInput) (Detail, error) { return explained(ctx)(c.Cancel(ctx, in.ID)) })
	web.RegisterStream(api, route(http.MethodGet, "/jobs/stream", "streamJobs", "Event \"job\" for each job that runs or waits, whenever it changes"),
		func(ctx context.Context, _ *http.Request, send func(string, any) error) error {
			return c.Stream(ctx, send)
		})
	web.RegisterStream(api, route(http.MethodGet, "/jobs/{id}/stream", "streamJob", "Event \"job\" with one job, until it has ended"),
		func(ctx context.Context, in *http.Request, send func(string, any) error) error {
			id, err := strconv.ParseInt(chi.URLParam(in, "id"), 10, 64)
			if err != nil {
				return errs.New(errs.NotFound, "jobs.not_found")
			}
			return c.StreamOne(ctx, id, explainSent(ctx, send))
		})
}

var placeholder = regexp.MustCompile(`\{\{[^}]*\}\}`)

// explain puts the sentence of the error into a view. The values that belong
// into the sentence are not stored with the job, so an ellipsis stands there.
func explain(ctx context.Context, v *View) {
	if v.ErrorCode == nil {
		return
	}
	text := placeholder.ReplaceAllString(i18n.T(web.Locale(ctx), "errors."+*v.ErrorCode, nil), "…")
	v.ErrorDetail = &text
}

func explained(ctx context.Context) func(Detail, error) (Detail, error) {
	return func(d Detail, err error) (Detail, error) {
		explain(ctx, &d.View)
		return d, err
	}
}

func explainSent(ctx context.Context, send func(string, any) error) func(string, any) error {
	return func(event string, data any) error {
		if v, ok := data.(View); ok {
			explain(ctx, &v)
			data = v
		}
		return send(event, data)
	}
}
