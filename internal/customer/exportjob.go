package customer

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/memory"
	"zhike/internal/platform/vault"
	"zhike/internal/platform/web"
)

const (
	// exportTTL is how long a finished file can be fetched, in ms.
	exportTTL = 24 * 3_600_000
	// maxWaiting bounds the exports of one person that are not finished.
	maxWaiting = 3
	// exportFolder lies below the folder of files.
	exportFolder = "exports"
)

// ExportBody asks for a file of a list.
type ExportBody struct {
	Text    string          `json:"q,omitempty" maxLength:"400"`
	Filter  json.RawMessage `json:"filter,omitempty" doc:"As in POST /customers/query"`
	Sort    string          `json:"sort,omitempty" maxLength:"64" doc:"id where left out, which is the fastest"`
	Columns []string        `json:"columns,omitempty" maxItems:"60" doc:"Codes of fields; none for the usual ones"`
	Format  string          `json:"format,omitempty" enum:"csv,xlsx," doc:"csv where left out"`
	Layout  string          `json:"layout,omitempty" maxLength:"64" doc:"As another system lays it out, instead of columns: fxiaoke_accounts, fxiaoke_contacts, zoho_accounts, zoho_contacts. Accounts are the companies and organisations of the list, contacts its persons"`
}

// ExportRun is an export and how far it is.
type ExportRun struct {
	ID         int64  `json:"id"`
	Status     string `json:"status" enum:"waiting,running,finished,failed,cancelled"`
	Format     string `json:"format" enum:"csv,xlsx"`
	Rows       int64  `json:"rows"`
	FileName   string `json:"file_name" doc:"Empty until it is finished"`
	FileSize   int64  `json:"file_size" doc:"Bytes"`
	JobID      *int64 `json:"job_id"`
	ErrorCode  string `json:"error_code"`
	CreatedAt  int64  `json:"created_at" doc:"unix ms"`
	FinishedAt *int64 `json:"finished_at"`
	ExpiresAt  int64  `json:"expires_at" doc:"The file is removed then"`
}

func (r *exportRow) run() ExportRun {
	out := ExportRun{ID: r.id, Status: r.status, Format: r.format, Rows: r.rows, FileName: r.fileName, FileSize: r.fileSize, JobID: r.jobID,
		ErrorCode: r.errorCode, CreatedAt: r.createdAt, ExpiresAt: r.expiresAt}
	if r.finishedAt != 0 {
		out.FinishedAt = &r.finishedAt
	}
	return out
}

// exportQuery is what an export was asked for, kept sealed.
type exportQuery struct {
	Body   ExportBody `json:"body"`
	Locale string     `json:"locale"`
	// Hidden are fields of the layout that its owner was not shown.
	Hidden []string `json:"hidden,omitempty"`
}

// asked makes the list of a body.
func (b *ExportBody) asked() (ListQuery, error) {
	lq := ListQuery{Filter: Filter{Text: b.Text}, Sort: b.Sort, Columns: b.Columns}
	if lq.Sort == "" {
		lq.Sort = "id"
	}
	var err error
	lq.Filter.Tree, err = ParseFilter(b.Filter)
	return lq, err
}

// StartExport makes a file of a list in the background. Contacts are masked
// unless the actor holds customer.reveal. Errors: forbidden, those of Query,
// list.too_many_exports.
func (s *Service) StartExport(ctx context.Context, body ExportBody) (ExportRun, error) {
	if err := auth.Require(ctx, PermExport); err != nil {
		return ExportRun{}, err
	}
	if body.Format == "" {
		body.Format = "csv"
	}
	if len(body.Columns) == 0 {
		// Written down: what the person may see when the file is made or fetched
		// is compared with what it was to hold.
		body.Columns = without(auth.From(ctx), usualColumns)
	}
	lq, err := body.asked()
	if err != nil {
		return ExportRun{}, err
	}
	if _, _, err := (&listExport{s: s, layout: body.Layout}).heads(ctx, lq.Columns); err != nil {
		return ExportRun{}, err
	}
	f := lq.Filter
	_, c, err := s.search(ctx, &f)
	if err != nil {
		return ExportRun{}, err
	}
	bare, desc := strings.CutPrefix(lq.Sort, "-")
	if _, err := c.orderOf(bare, desc); err != nil {
		return ExportRun{}, err
	}
	text, err := marshalText(exportQuery{body, localeOf(ctx), hiddenIn(ctx, body.Layout)})
	if err != nil {
		return ExportRun{}, err
	}
	a := auth.From(ctx)
	r := &exportRow{actorID: a.StaffID, status: bulkWaiting, format: body.Format, createdAt: s.now(), expiresAt: s.now() + exportTTL}
	if r.query, err = s.Vault.Seal(vault.KindRow, text); err != nil {
		return ExportRun{}, err
	}
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		n, err := s.store.waitingExports(ctx, a.StaffID)
		if err != nil {
			return err
		}
		if n >= maxWaiting {
			return errs.New(errs.Conflict, "list.too_many_exports", "max", maxWaiting)
		}
		if r.id, err = s.DB.NextID(ctx, "export"); err != nil {
			return err
		}
		job, err := s.Jobs.Enqueue(ctx, exportArgs{r.id}, jobs.EnqueueOpts{})
		if err != nil {
			return err
		}
		r.jobID = &job
		if err := s.store.insertExport(ctx, r); err != nil {
			return err
		}
		about := map[string]any{"fields": lq.Filter.Tree.Names(), "text": body.Text != "", "sort": lq.Sort, "format": body.Format,
			"columns": lq.Columns, "layout": body.Layout, "contacts_clear": a.Can(PermReveal)}
		return s.Audit.Append(ctx, audit.Entry{Action: "customer.export", ObjectType: "export", ObjectID: num(r.id), After: about})
	})
	return r.run(), err
}

// Exports lists the actor's own exports, the newest first.
func (s *Service) Exports(ctx context.Context) (web.List[ExportRun], error) {
	rows, err := s.store.exports(ctx, auth.From(ctx).StaffID)
	out := make([]ExportRun, len(rows))
	for i := range rows {
		out[i] = rows[i].run()
	}
	return web.NewList(out), err
}

// ExportOf gives one export of the actor's own. Error: list.export_not_found.
func (s *Service) ExportOf(ctx context.Context, id int64) (ExportRun, error) {
	r, err := s.ownExport(ctx, id)
	if err != nil {
		return ExportRun{}, err
	}
	return r.run(), nil
}

func (s *Service) ownExport(ctx context.Context, id int64) (*exportRow, error) {
	r, err := s.store.export(ctx, id)
	if err == nil && (r == nil || r.actorID != auth.From(ctx).StaffID) {
		err = errs.New(errs.NotFound, "list.export_not_found")
	}
	return r, err
}

// FetchExport writes the file of a finished export to the writer that begin
// gives. Who fetched it is in the audit log first. Errors: forbidden,
// list.export_not_found, list.export_not_ready, list.export_gone,
// customer.field_hidden.
func (s *Service) FetchExport(ctx context.Context, id int64, begin func(name string) io.Writer) error {
	if err := auth.Require(ctx, PermExport); err != nil {
		return err
	}
	r, err := s.ownExport(ctx, id)
	if err != nil {
		return err
	}
	if r.status != bulkFinished {
		return errs.New(errs.Conflict, "list.export_not_ready")
	}
	f, err := os.Open(s.exportPath(r.fileKey))
	if err != nil || r.expiresAt < s.now() {
		if f != nil {
			_ = f.Close()
		}
		return errs.New(errs.NotFound, "list.export_gone")
	}
	defer f.Close()
	if err := s.stillShown(ctx, r); err != nil {
		return err
	}
	in, err := s.Vault.OpenReader(f, exportName(r.fileKey))
	if err != nil {
		return err
	}
	if err := s.Audit.Append(ctx, audit.Entry{Action: "customer.export_fetched", ObjectType: "export", ObjectID: num(id), After: map[string]any{"rows": r.rows}}); err != nil {
		return err
	}
	_, err = io.Copy(begin(r.fileName), in)
	return err
}

func (s *Service) exportPath(key string) string { return filepath.Join(s.Files, exportFolder, key) }

func exportName(key string) string { return "export/" + key }

type exportArgs struct {
	ID int64 `json:"id"`
}

// Kind names the job.
func (exportArgs) Kind() string { return "customer.export" }

// runExport makes the file of an export, from the beginning each time it is
// started: what a killed run left is removed.
func (s *Service) runExport(ctx context.Context, id int64) error {
	r, err := s.store.export(ctx, id)
	if err != nil || r == nil || r.status != bulkWaiting && r.status != bulkRunning {
		return err
	}
	s.Columns.Spare()
	defer memory.Frugal()()
	defer s.DB.GiveBack(ctx)()
	err = s.makeExport(ctx, r)
	switch {
	case err == nil:
		return nil
	case errors.Is(context.Cause(ctx), jobs.ErrCancelled):
		r.status = bulkCancelled
	case ctx.Err() == nil && jobs.Permanent(err):
		r.status, r.errorCode = bulkFailed, firstCode(errs.From(err))
	default:
		return err
	}
	r.finishedAt = s.now()
	return cmpErr(err, s.endExport(context.WithoutCancel(ctx), r))
}

func (s *Service) endExport(ctx context.Context, r *exportRow) error {
	return s.DB.InTx(ctx, func(ctx context.Context) error {
		if err := s.store.updateExport(ctx, r); err != nil {
			return err
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "customer.export_ended", ObjectType: "export", ObjectID: num(r.id),
			After: map[string]any{"rows": r.rows, "format": r.format, "complete": r.status == bulkFinished}})
	})
}

func (s *Service) makeExport(ctx context.Context, r *exportRow) error {
	actor, err := s.actorOf(ctx, r.actorID)
	if err != nil {
		return err
	}
	ctx = auth.With(ctx, actor)
	if err := auth.Require(ctx, PermExport); err != nil {
		return err
	}
	text, err := s.Vault.Open(vault.KindRow, r.query)
	if err != nil {
		return err
	}
	var asked exportQuery
	if err := json.Unmarshal([]byte(text), &asked); err != nil {
		return errs.Wrap(err, errs.Internal, "internal")
	}
	if r.fileKey == "" {
		var b [16]byte
		_, _ = rand.Read(b[:]) // never fails
		r.fileKey = hex.EncodeToString(b[:])
	}
	r.status = bulkRunning
	if err := s.DB.InTx(ctx, func(ctx context.Context) error { return s.store.updateExport(ctx, r) }); err != nil {
		return err
	}
	path := s.exportPath(r.fileKey)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return errs.Wrap(err, errs.Unavailable, "list.disk")
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return errs.Wrap(err, errs.Unavailable, "list.disk")
	}
	defer f.Close()
	sealed, err := s.Vault.SealWriter(f, exportName(r.fileKey))
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(sealed, 256<<10)
	count := &counter{w: out}
	x := &listExport{s: s, locale: asked.Locale, format: r.format, layout: asked.Body.Layout, plain: actor.Can(PermReveal), told: func(n, total int64) {
		jobs.Report(ctx, n, total, "customers", "")
	}}
	lq, err := asked.Body.asked()
	if err != nil {
		return err
	}
	rows, err := x.write(ctx, lq, func(name string) io.Writer { r.fileName = name; return count })
	if err == nil {
		err = errors.Join(out.Flush(), sealed.Close(), f.Sync())
	}
	if err != nil {
		_ = os.Remove(path)
		return err
	}
	r.rows, r.fileSize, r.status, r.finishedAt, r.expiresAt = rows, count.n, bulkFinished, s.now(), s.now()+exportTTL
	return s.endExport(ctx, r)
}

// counter counts the bytes of a file.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// CleanLists removes what has expired: previews, bulk edits that are too old to
// be undone, and files of exports.
func (s *Service) CleanLists(ctx context.Context) error {
	for {
		var n int64
		err := s.DB.InTx(ctx, func(ctx context.Context) (err error) {
			n, err = s.store.dropBulks(ctx, s.now(), 20)
			return err
		})
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
	}
	rows, err := s.store.expiredExports(ctx, s.now())
	if err != nil {
		return err
	}
	for i := range rows {
		if key := rows[i].fileKey; key != "" {
			if err := os.Remove(s.exportPath(key)); err != nil && !errors.Is(err, os.ErrNotExist) {
				return errs.Wrap(err, errs.Unavailable, "list.disk")
			}
		}
		if err := s.DB.InTx(ctx, func(ctx context.Context) error { return s.store.dropExport(ctx, rows[i].id) }); err != nil {
			return err
		}
	}
	return nil
}

type exportStartInput struct{ Body ExportBody }

func (s *Service) exportRoutes(api *web.API) {
	web.Register(api, web.Route{
		Method: http.MethodPost, Path: "/customers/exports", ID: "startExport", Tag: "exports", Status: http.StatusAccepted, MaxBody: maxQueryBody,
		Summary: "Make a file of a list in the background", Permission: PermExport,
	}, func(ctx context.Context, in *exportStartInput) (ExportRun, error) { return s.StartExport(ctx, in.Body) })
	web.Register(api, web.Route{
		Method: http.MethodGet, Path: "/customers/exports", ID: "listExports", Tag: "exports",
		Summary: "One's own exports, the newest first", Permission: PermExport,
	}, func(ctx context.Context, _ *none) (web.List[ExportRun], error) { return s.Exports(ctx) })
	web.Register(api, web.Route{
		Method: http.MethodGet, Path: "/customers/exports/{id}", ID: "getExport", Tag: "exports", Summary: "One export: how far it is", Permission: PermExport,
	}, func(ctx context.Context, in *idInput) (ExportRun, error) { return s.ExportOf(ctx, in.ID) })
	web.RegisterDownload(api, web.Route{
		Method: http.MethodGet, Path: "/customers/exports/{id}/file", ID: "fetchExport", Tag: "exports",
		Summary: "The file of a finished export; recorded", Permission: PermExport, Produces: "text/csv",
	}, func(ctx context.Context, in *idInput, w http.ResponseWriter) error {
		return s.FetchExport(ctx, in.ID, func(name string) io.Writer {
			web.Attachment(w.Header(), name, "")
			return w
		})
	})
}
