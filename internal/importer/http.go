package importer

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"zhike/internal/platform/errs"
	"zhike/internal/platform/sheet"
	"zhike/internal/platform/web"
)

type idInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type createUploadInput struct {
	Body struct {
		FileName string `json:"file_name" maxLength:"1000"`
		Size     int64  `json:"size" minimum:"1" doc:"bytes of the whole file"`
	}
}

type previewInput struct {
	Body struct {
		UploadID int64    `json:"upload_id" minimum:"1"`
		Kind     Kind     `json:"kind,omitempty" enum:"orders,customers,behaviours" doc:"guessed where left out"`
		Source   string   `json:"source,omitempty" maxLength:"120"`
		Mapping  *Mapping `json:"mapping,omitempty" doc:"corrections; without columns only the way of reading"`
		SavedID  int64    `json:"saved_id,omitempty" minimum:"0" doc:"the saved mapping to begin with"`
		Guess    bool     `json:"guess,omitempty" doc:"guess, whatever was used the last time"`
	}
}

type startInput struct {
	Body struct {
		UploadID int64   `json:"upload_id" minimum:"1"`
		Kind     Kind    `json:"kind" enum:"orders,customers,behaviours"`
		Source   string  `json:"source" maxLength:"120" doc:"code or name; it is made where it is new"`
		Mapping  Mapping `json:"mapping"`
		DryRun   bool    `json:"dry_run,omitempty"`
	}
}

type listInput struct {
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Entries a page"`
	Cursor   string `query:"cursor" maxLength:"2048" doc:"next_cursor of the page before"`
	SourceID int64  `query:"source_id" minimum:"0" doc:"Only imports into this source"`
	Kind     Kind   `query:"kind" enum:"orders,customers,behaviours"`
	Status   string `query:"status" maxLength:"200" doc:"Statuses, separated by commas"`
	Mine     string `query:"mine" enum:"true,false" doc:"true: only those that the caller began"`
}

type rejectsInput struct {
	ID     int64  `path:"id" minimum:"1"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Entries a page"`
	Cursor string `query:"cursor" maxLength:"2048" doc:"next_cursor of the page before, with the same code"`
	Code   string `query:"code" maxLength:"100" doc:"Only rows refused for this reason"`
}

type createSourceInput struct {
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"120"`
	}
}

// Routes puts imports into the table.
func (s *Service) Routes(api *web.API) {
	view := func(method, path, id, summary string) web.Route {
		return web.Route{Method: method, Path: path, ID: id, Summary: summary, Tag: "imports", Permission: PermView}
	}
	run := func(method, path, id, summary string) web.Route {
		r := view(method, path, id, summary)
		r.Permission = PermRun
		return r
	}
	created := func(r web.Route) web.Route {
		r.Status = http.StatusCreated
		return r
	}
	web.Register(api, created(run(http.MethodPost, "/uploads", "createUpload", "Open an upload")),
		func(ctx context.Context, in *createUploadInput) (Upload, error) {
			return s.CreateUpload(ctx, in.Body.FileName, in.Body.Size)
		})
	web.Register(api, run(http.MethodGet, "/uploads/{id}", "getUpload", "How much of an upload is here"),
		func(ctx context.Context, in *idInput) (Upload, error) { return s.ownUpload(ctx, in.ID) })
	web.RegisterRaw(api, web.Route{
		Method: http.MethodPut, Path: "/uploads/{id}", ID: "putUploadPiece", Tag: "imports", Permission: PermRun,
		Summary: "Send the bytes from offset on, at most 8 MiB; answers with the upload",
		MaxBody: MaxPiece, Consumes: "application/octet-stream", Produces: "application/json",
		Query: map[string]string{"offset": "Where the piece begins: received of the upload"},
	}, s.putPiece)
	web.Register(api, run(http.MethodDelete, "/uploads/{id}", "deleteUpload", "Remove an upload"),
		func(ctx context.Context, in *idInput) (struct{}, error) {
			return struct{}{}, s.DeleteUpload(ctx, in.ID)
		})

	web.Register(api, run(http.MethodPost, "/imports/preview", "previewImport", "What an import would make of an upload"),
		func(ctx context.Context, in *previewInput) (Preview, error) {
			b := &in.Body
			return s.Preview(ctx, PreviewInput{UploadID: b.UploadID, Kind: b.Kind, Source: b.Source, Mapping: b.Mapping, SavedID: b.SavedID, Guess: b.Guess})
		})
	web.Register(api, created(run(http.MethodPost, "/imports", "startImport", "Import an upload in the background")),
		func(ctx context.Context, in *startInput) (View, error) {
			b := &in.Body
			return s.Start(ctx, StartInput{b.UploadID, b.Kind, b.Source, b.Mapping, b.DryRun}, web.Locale(ctx))
		})
	web.Register(api, view(http.MethodGet, "/imports", "listImports", "List imports, the newest first"), s.list)
	web.Register(api, view(http.MethodGet, "/imports/limits", "importLimits", "How large a file may be"),
		func(context.Context, *struct{}) (Limits, error) { return s.Limits(), nil })
	s.savedRoutes(api)
	web.Register(api, view(http.MethodGet, "/imports/{id}", "getImport", "One import with its counts and reasons"),
		func(ctx context.Context, in *idInput) (View, error) { return s.Get(ctx, in.ID, web.Locale(ctx)) })
	web.Register(api, run(http.MethodGet, "/imports/{id}/rejects", "listRejects", "Refused rows in file order"), s.listRejects)
	web.RegisterDownload(api, web.Route{
		Method: http.MethodGet, Path: "/imports/{id}/errors.csv", ID: "downloadErrors", Tag: "imports", Permission: PermRun,
		Summary: "The refused rows as a file that can be corrected and imported again", Produces: "text/csv",
	}, s.downloadErrors)
	web.Register(api, run(http.MethodPost, "/imports/{id}/cancel", "cancelImport", "Stop an import; what was committed stays"),
		func(ctx context.Context, in *idInput) (View, error) { return s.Cancel(ctx, in.ID, web.Locale(ctx)) })

	web.Register(api, view(http.MethodGet, "/sources", "listSources", "Where data comes from"),
		func(ctx context.Context, _ *struct{}) (web.List[Source], error) {
			list, err := s.Sources(ctx)
			return web.NewList(list), err
		})
	web.Register(api, created(run(http.MethodPost, "/sources", "createSource", "Add a source, or get the one of that name")),
		func(ctx context.Context, in *createSourceInput) (Source, error) {
			return s.CreateSource(ctx, in.Body.Name)
		})
}

func (s *Service) list(ctx context.Context, in *listInput) (web.Page[View], error) {
	var before int64
	if err := web.DecodeCursor(in.Cursor, &before); err != nil {
		return web.Page[View]{}, err
	}
	states, err := statuses(in.Status)
	if err != nil {
		return web.Page[View]{}, err
	}
	views, more, total, err := s.List(ctx, ListInput{
		SourceID: in.SourceID, Kind: in.Kind, Status: states, Mine: in.Mine == "true", Before: before, Limit: in.Limit,
	}, web.Locale(ctx))
	if err != nil {
		return web.Page[View]{}, err
	}
	next := ""
	if more {
		next = web.EncodeCursor(views[len(views)-1].ID)
	}
	return web.NewPage(views, next, &total), nil
}

// statuses reads a list of statuses, "" for all of them.
func statuses(text string) (out []Status, err error) {
	for word := range strings.SplitSeq(text, ",") {
		if word == "" {
			continue
		}
		if !slices.Contains(allStatuses, Status(word)) {
			return nil, errs.New(errs.Invalid, "invalid").WithField("status", "import.unknown_status")
		}
		if !slices.Contains(out, Status(word)) {
			out = append(out, Status(word))
		}
	}
	return out, nil
}

func (s *Service) listRejects(ctx context.Context, in *rejectsInput) (web.Page[Reject], error) {
	var after int64
	if err := web.DecodeCursor(in.Cursor, &after); err != nil {
		return web.Page[Reject]{}, err
	}
	rows, more, total, err := s.Rejects(ctx, RejectsInput{ID: in.ID, Code: in.Code, After: after, Limit: in.Limit}, web.Locale(ctx))
	if err != nil {
		return web.Page[Reject]{}, err
	}
	next := ""
	if more {
		next = web.EncodeCursor(rows[len(rows)-1].RowNo)
	}
	return web.NewPage(rows, next, &total), nil
}

func (s *Service) putPiece(w http.ResponseWriter, req *http.Request) error {
	id, err := strconv.ParseInt(chi.URLParam(req, "id"), 10, 64)
	if err != nil || id < 1 {
		return errs.New(errs.NotFound, "import.upload_not_found", "id", 0)
	}
	offset, err := strconv.ParseInt(req.URL.Query().Get("offset"), 10, 64)
	if err != nil || offset < 0 {
		return errs.New(errs.Invalid, "import.bad_offset")
	}
	u, err := s.PutPiece(req.Context(), id, offset, req.Body)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(u)
}

func (s *Service) downloadErrors(ctx context.Context, in *idInput, w http.ResponseWriter) error {
	r, err := s.errorsOf(ctx, in.ID)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+idText10(in.ID)+`-errors.csv"`)
	w.Header().Set("Cache-Control", "no-store")
	return s.WriteErrors(ctx, w, r, web.Locale(ctx))
}

// checkHeader opens the file and fits the mapping to its titles.
func (s *Service) checkHeader(ctx context.Context, src sheet.Source, m *Mapping) error {
	f, err := sheet.Open(ctx, src, s.sheetOptions(m))
	if err != nil {
		return err
	}
	defer f.Close()
	if err := s.fit(ctx, m, f.Info.Header); err != nil {
		return err
	}
	if _, err := m.columnsFor(f.Info.Header); err != nil {
		return err
	}
	return m.mayWrite(ctx)
}
