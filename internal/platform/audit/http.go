package audit

import (
	"context"
	"net/http"
	"time"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/web"
)

// PermView lets a person read, verify and export the record.
const PermView auth.Permission = "audit.view"

// Permissions are those of this package.
var Permissions = []auth.Permission{PermView}

// verifyTimeout bounds a verification by HTTP; beyond it the command line
// does it without a limit.
const verifyTimeout = time.Minute

type listInput struct {
	web.ListQuery
	Filter
}

type exportInput struct {
	Filter
	Format  string   `query:"format" enum:"csv,xlsx" default:"csv"`
	Sort    string   `query:"sort" maxLength:"64" doc:"Not used: an export is newest first"`
	Columns []string `query:"columns" maxItems:"50" doc:"Not used: an export of the record is always whole"`
}

// HTTP is what the endpoints need beside the log itself.
type HTTP struct {
	// Title gives the text of a catalogue key in a language.
	Title func(locale, key string) string
	// Zone is the company's time zone.
	Zone func() *time.Location
	// People resolves a typed name; nil compares with recorded names only.
	People People
}

// Routes registers the audit endpoints.
func (l *Log) Routes(api *web.API, h HTTP) {
	web.Register(api, web.Route{
		Method: "GET", Path: "/audit", ID: "listAudit", Tag: "audit", Permission: PermView,
		Summary: "Entries of the audit record, newest first",
	}, func(ctx context.Context, in *listInput) (web.Page[View], error) { return l.httpList(ctx, in, h) })
	web.Register(api, web.Route{
		Method: "GET", Path: "/audit/verify", ID: "verifyAudit", Tag: "audit", Permission: PermView, Timeout: verifyTimeout,
		Summary: "Walk the hash chain and name the first entry that does not hold",
	}, func(ctx context.Context, _ *struct{}) (Verification, error) { return l.Verify(ctx, nil) })
	web.RegisterDownload(api, web.Route{
		Method: "GET", Path: "/audit/export", ID: "exportAudit", Tag: "audit", Permission: PermView, Produces: "text/csv",
		Summary: "Entries as CSV or XLSX; the export itself is recorded",
	}, func(ctx context.Context, in *exportInput, w http.ResponseWriter) error {
		return l.httpExport(ctx, in, w, h)
	})
}

func (l *Log) httpList(ctx context.Context, in *listInput, h HTTP) (web.Page[View], error) {
	var before int64
	if err := web.DecodeCursor(in.Cursor, &before); err != nil {
		return web.Page[View]{}, err
	}
	s, err := l.prepare(ctx, in.Filter, h.People, h.Zone())
	if err != nil {
		return web.Page[View]{}, err
	}
	items, err := l.list(ctx, s, before, in.Limit+1)
	if err != nil {
		return web.Page[View]{}, err
	}
	next := ""
	if len(items) > in.Limit {
		items = items[:in.Limit]
		next = web.EncodeCursor(items[in.Limit-1].ID)
	}
	return web.NewPage(items, next, nil), nil
}

func (l *Log) httpExport(ctx context.Context, in *exportInput, w http.ResponseWriter, h HTTP) error {
	zone := h.Zone()
	s, err := l.prepare(ctx, in.Filter, h.People, zone)
	if err != nil {
		return err
	}
	web.Attachment(w.Header(), "audit-"+l.clk.Now().In(zone).Format("20060102-150405")+"."+in.Format, "")
	locale := web.Locale(ctx)
	out, err := sheetWriter(w, in.Format, func(key string) string { return h.Title(locale, key) })
	if err != nil {
		return err
	}
	return l.export(ctx, s, out, zone)
}
