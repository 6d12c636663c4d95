package timeline

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

type idInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type timelineInput struct {
	ID     int64  `path:"id" minimum:"1"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"30" doc:"Entries a page"`
	Cursor string `query:"cursor" maxLength:"2048" doc:"next_cursor of the page before"`
	Kind   string `query:"kind" maxLength:"1000" doc:"Only these kinds, separated by commas"`
}

type createNoteInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body NoteInput
}

// NoteEdit is a note as its author edits it.
type NoteEdit struct {
	NoteInput
	Version int64 `json:"version" minimum:"1" doc:"The version that was edited"`
}

type updateNoteInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body NoteEdit
}

type finishInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Done bool `json:"done"`
	}
}

type stepsInput struct {
	State  string `query:"state" enum:"due,open,done" default:"due" doc:"due: today or before; open: all open ones; done"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"Entries a page"`
	Cursor string `query:"cursor" maxLength:"2048" doc:"next_cursor of the page before, with the same state"`
}

// FileLimits are what a file of a note may be.
type FileLimits struct {
	MaxBytes int64    `json:"max_bytes"`
	MaxFiles int      `json:"max_files" doc:"Of a note"`
	Ends     []string `json:"ends" doc:"Ends of names, for a file chooser; what counts is the content"`
}

// multipartOverhead is what a form may add to the file it carries, in bytes.
const multipartOverhead = 64 << 10

// Routes puts the routes of the history, notes and portraits into the table.
func (s *Service) Routes(api *web.API) {
	route := func(method, path, id, summary string, p auth.Permission) web.Route {
		return web.Route{Method: method, Path: path, ID: id, Summary: summary, Tag: "timeline", Permission: p}
	}
	web.Register(api, route(http.MethodGet, "/customers/{id}/timeline", "getTimeline", "What happened to a customer, newest first", permView),
		func(ctx context.Context, in *timelineInput) (History, error) {
			return s.History(ctx, in.ID, kindsOf(in.Kind), in.Limit, in.Cursor)
		})
	web.Register(api, route(http.MethodGet, "/customers/{id}/portrait", "getPortrait", "How a customer buys, beside the averages", permView),
		func(ctx context.Context, in *idInput) (Portrait, error) {
			return s.Portrait(ctx, in.ID, web.Locale(ctx))
		})
	web.Register(api, route(http.MethodGet, "/customers/{id}/spend-by-month", "getSpendByMonth", "A customer's net spend by month", permView),
		func(ctx context.Context, in *idInput) (SpendByMonth, error) { return s.SpendByMonth(ctx, in.ID) })
	s.noteRoutes(api, route)
	s.fileRoutes(api, route)
}

func (s *Service) noteRoutes(api *web.API, route func(method, path, id, summary string, p auth.Permission) web.Route) {
	create := route(http.MethodPost, "/customers/{id}/notes", "createNote", "Write down a call, a visit or anything else", PermNoteWrite)
	create.Status = http.StatusCreated
	web.Register(api, create, func(ctx context.Context, in *createNoteInput) (Note, error) { return s.CreateNote(ctx, in.ID, in.Body) })
	web.Register(api, route(http.MethodGet, "/notes/{id}", "getNote", "One note", permView),
		func(ctx context.Context, in *idInput) (Note, error) { return s.Note(ctx, in.ID) })
	web.Register(api, route(http.MethodPut, "/notes/{id}", "updateNote", "Edit a note; its author may for 30 days", PermNoteWrite),
		func(ctx context.Context, in *updateNoteInput) (Note, error) {
			return s.UpdateNote(ctx, in.ID, in.Body.Version, in.Body.NoteInput)
		})
	web.Register(api, route(http.MethodDelete, "/notes/{id}", "deleteNote", "Delete a note with its files", PermNoteDelete),
		func(ctx context.Context, in *idInput) (struct{}, error) { return struct{}{}, s.DeleteNote(ctx, in.ID) })
	web.Register(api, route(http.MethodGet, "/notes/{id}/history", "getNoteHistory", "What a note said before each edit", permView),
		func(ctx context.Context, in *idInput) (web.List[Revision], error) {
			list, err := s.Revisions(ctx, in.ID)
			return web.NewList(list), err
		})
	web.Register(api, route(http.MethodPut, "/notes/{id}/next-step", "finishStep", "Mark the next step of a note as done, or as open again", permView),
		func(ctx context.Context, in *finishInput) (Note, error) {
			return s.FinishStep(ctx, in.ID, in.Body.Done)
		})
	web.Register(api, route(http.MethodGet, "/notes/next-steps", "listNextSteps", "My next steps", permView),
		func(ctx context.Context, in *stepsInput) (Steps, error) {
			return s.MySteps(ctx, in.State, in.Limit, in.Cursor)
		})
}

func (s *Service) fileRoutes(api *web.API, route func(method, path, id, summary string, p auth.Permission) web.Route) {
	web.Register(api, route(http.MethodGet, "/notes/files", "getFileLimits", "What a file of a note may be", PermNoteWrite),
		func(context.Context, *struct{}) (FileLimits, error) {
			return FileLimits{MaxBytes: s.MaxFile, MaxFiles: maxFiles, Ends: fileEnds()}, nil
		})
	upload := route(http.MethodPost, "/notes/{id}/attachments", "attachFile", "Add a file to a note: a form with one part named file", PermNoteWrite)
	upload.Status, upload.MaxBody = http.StatusCreated, s.MaxFile+multipartOverhead
	upload.Consumes, upload.Produces = "multipart/form-data", "application/json"
	web.RegisterRaw(api, upload, s.attach)
	get := route(http.MethodGet, "/attachments/{id}", "downloadAttachment", "Download a file of a note; recorded", permView)
	web.RegisterDownload(api, get, func(ctx context.Context, in *idInput, w http.ResponseWriter) error { return s.Download(ctx, in.ID, w) })
	web.Register(api, route(http.MethodDelete, "/attachments/{id}", "deleteAttachment", "Remove a file of a note", PermNoteWrite),
		func(ctx context.Context, in *idInput) (struct{}, error) { return struct{}{}, s.Detach(ctx, in.ID) })
}

func kindsOf(text string) []string {
	var out []string
	for k := range strings.SplitSeq(text, ",") {
		if k = strings.TrimSpace(k); k != "" {
			out = append(out, k)
		}
	}
	return out
}

// attach reads the part named file of a form. The name of the file stands in
// the form and not in the address, where logs would keep it.
func (s *Service) attach(w http.ResponseWriter, req *http.Request) error {
	id, err := strconv.ParseInt(chi.URLParam(req, "id"), 10, 64)
	if err != nil || id < 1 {
		return noNote(0)
	}
	form, err := req.MultipartReader()
	if err != nil {
		return errs.Wrap(err, errs.Invalid, "attachment.no_file")
	}
	part, err := form.NextPart()
	if err != nil || part.FormName() != "file" {
		return errs.Wrap(errors.Join(err, errors.New("the first part is not named file")), errs.Invalid, "attachment.no_file")
	}
	a, err := s.Attach(req.Context(), id, part.FileName(), part)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	return json.NewEncoder(w).Encode(a)
}
