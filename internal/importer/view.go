package importer

import (
	"context"
	"slices"
	"strings"

	"zhike/internal/customer"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/web"
)

// ReasonCount is how many rows were refused for one reason.
type ReasonCount struct {
	Code string `json:"code"`
	Text string `json:"text"`
	Rows int64  `json:"rows"`
}

// View is an import as people see it.
type View struct {
	ID         int64    `json:"id"`
	Kind       Kind     `json:"kind" enum:"orders,customers,behaviours"`
	SourceID   int64    `json:"source_id"`
	SourceCode string   `json:"source_code"`
	SourceName string   `json:"source_name"`
	Status     Status   `json:"status" enum:"waiting,checking,running,finishing,finished,failed,cancelling,cancelled"`
	DryRun     bool     `json:"dry_run"`
	FileName   string   `json:"file_name"`
	FileSize   int64    `json:"file_size"`
	RowsTotal  int64    `json:"rows_total" doc:"0 until the file is checked"`
	RowsRead   int64    `json:"rows_read"`
	Accepted   int64    `json:"accepted"`
	Rejected   int64    `json:"rejected"`
	Unchanged  int64    `json:"unchanged"`
	Created    int64    `json:"customers_created"`
	Matched    int64    `json:"customers_matched"`
	Orders     int64    `json:"orders_created"`
	Updated    int64    `json:"orders_updated"`
	Counts     Counts   `json:"counts"`
	Rounding   Rounding `json:"rounding"`

	Reasons     []ReasonCount `json:"reasons"`
	LeftTags    []LeftTag     `json:"left_tags" doc:"names of tags that were left out, the most frequent; in a list of imports empty"`
	Alike       []Alike       `json:"alike" doc:"of a dry run: new customers that look like others, the likeliest; in a list of imports empty"`
	Mapping     Mapping       `json:"mapping"`
	ErrorCode   *string       `json:"error_code"`
	ErrorDetail *string       `json:"error_detail"`
	JobID       *int64        `json:"job_id"`
	UploadID    *int64        `json:"upload_id" doc:"the upload it was made of, where it has ended and the caller can use that upload again; else null"`
	CreatedBy   int64         `json:"created_by" doc:"staff id; 0 for the command line"`
	CreatedName string        `json:"created_by_name" doc:"\"\" where nobody of that id is known"`
	CreatedAt   int64         `json:"created_at" doc:"unix milliseconds"`
	StartedAt   *int64        `json:"started_at" doc:"unix milliseconds"`
	FinishedAt  *int64        `json:"finished_at" doc:"unix milliseconds"`
}

// ReasonKey is the key of a short text for a reason, without the values that
// the full sentence names.
func ReasonKey(code string) string {
	if key := "import.reason." + code; i18n.Default().Has(i18n.Fallback, key) {
		return key
	}
	return "errors." + code
}

// i18n-keys: import.reason.*, errors.import.*
func viewOf(r *Record, locale string) View {
	orNil := func(n int64) *int64 {
		if n == 0 {
			return nil
		}
		return &n
	}
	v := View{
		ID: r.ID, Kind: r.Kind, SourceID: r.SourceID, SourceCode: r.SourceCode, SourceName: customer.SourceName(locale, r.SourceCode, r.SourceName), Status: r.Status,
		DryRun: r.DryRun, FileName: r.FileName, FileSize: r.FileSize, RowsTotal: r.RowsTotal, RowsRead: r.RowsRead,
		Accepted: r.Accepted, Rejected: r.Rejected, Unchanged: r.Unchanged, Created: r.CustomersCreated, Matched: r.CustomersMatched,
		Orders: r.OrdersCreated, Updated: r.OrdersUpdated, Counts: r.Counts, Rounding: r.Counts.rounding(), Mapping: r.Mapping,
		Reasons: []ReasonCount{}, LeftTags: []LeftTag{}, Alike: []Alike{}, JobID: orNil(r.JobID), CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt,
		StartedAt: orNil(r.StartedAt), FinishedAt: orNil(r.FinishedAt),
	}
	for code, n := range r.Counts.Reasons {
		v.Reasons = append(v.Reasons, ReasonCount{code, i18n.T(locale, ReasonKey(code), nil), n})
	}
	slices.SortFunc(v.Reasons, func(a, b ReasonCount) int {
		if a.Rows != b.Rows {
			return int(b.Rows - a.Rows)
		}
		return strings.Compare(a.Code, b.Code)
	})
	v.Counts.Reasons = nil
	if r.ErrorCode != "" {
		code, text := r.ErrorCode, reason(locale, r.ErrorCode, r.ErrorParams)
		v.ErrorCode, v.ErrorDetail = &code, &text
	}
	return v
}

// Get gives one import. Error: import.not_found.
func (s *Service) Get(ctx context.Context, id int64, locale string) (View, error) {
	if err := auth.Require(ctx, PermView); err != nil {
		return View{}, err
	}
	r, err := s.st.byID(ctx, id)
	if err != nil {
		return View{}, err
	}
	views, err := s.views(ctx, []*Record{r}, locale)
	if err != nil {
		return View{}, err
	}
	views[0].LeftTags, views[0].Alike, err = s.notesOf(ctx, r)
	return views[0], err
}

// views shapes records for the actor of ctx: with the names of those who began
// them, and with the uploads that can be used again.
func (s *Service) views(ctx context.Context, rs []*Record, locale string) ([]View, error) {
	views := make([]View, len(rs))
	var people, uploads []int64
	for i, r := range rs {
		views[i] = viewOf(r, locale)
		if r.CreatedBy != 0 && !slices.Contains(people, r.CreatedBy) {
			people = append(people, r.CreatedBy)
		}
		// The upload of a finished import is about to go.
		if id, ok := uploadID(r.FileRef); ok && r.Status.Over() && (r.Status != StatusFinished || r.DryRun) {
			views[i].UploadID = &id
			uploads = append(uploads, id)
		}
	}
	if s.names != nil && len(people) > 0 {
		names, err := s.names(ctx, people)
		if err != nil {
			return nil, err
		}
		for i := range views {
			views[i].CreatedName = names[views[i].CreatedBy]
		}
	}
	var here map[int64]bool
	if a := auth.From(ctx); a != nil && len(uploads) > 0 {
		var err error
		if here, err = s.st.uploadsHere(ctx, uploads, a.StaffID); err != nil {
			return nil, err
		}
	}
	for i := range views {
		if id := views[i].UploadID; id != nil && !here[*id] {
			views[i].UploadID = nil
		}
	}
	return views, nil
}

// ListInput pages through imports, the newest first; a field at zero does not
// narrow the list.
type ListInput struct {
	SourceID int64
	Kind     Kind
	Status   []Status
	Mine     bool  // begun by the actor
	Before   int64 // ids below; 0 = from the newest
	Limit    int
}

// List gives a page of imports, whether there are more, and how many in all.
func (s *Service) List(ctx context.Context, in ListInput, locale string) (views []View, more bool, total int64, err error) {
	if err := auth.Require(ctx, PermView); err != nil {
		return nil, false, 0, err
	}
	limit := min(max(in.Limit, 1), 200)
	f := filter{SourceID: in.SourceID, Kind: in.Kind, Status: in.Status}
	if in.Mine {
		f.CreatedBy = auth.From(ctx).StaffID
	}
	rs, err := s.st.list(ctx, f, in.Before, limit+1)
	if err != nil {
		return nil, false, 0, err
	}
	if more = len(rs) > limit; more {
		rs = rs[:limit]
	}
	if views, err = s.views(ctx, rs, locale); err != nil {
		return nil, false, 0, err
	}
	total, err = s.st.count(ctx, f)
	return views, more, total, err
}

// errorsOf checks and records that the error file of an import is fetched.
func (s *Service) errorsOf(ctx context.Context, id int64) (*Record, error) {
	if err := auth.Require(ctx, PermRun); err != nil {
		return nil, err
	}
	r, err := s.st.byID(ctx, id)
	if err == nil {
		err = r.mayRead(ctx)
	}
	if err != nil {
		return nil, err
	}
	return r, s.db.InTx(ctx, func(ctx context.Context) error {
		return s.audit.Append(ctx, audit.Entry{
			Action: "import.export_errors", ObjectType: "import", ObjectID: idText10(id), After: map[string]any{"rows": r.Rejected},
		})
	})
}

// StartInput begins an import of an uploaded file in the background.
type StartInput struct {
	UploadID int64
	Kind     Kind
	Source   string
	Mapping  Mapping
	DryRun   bool
}

// Start checks an import, stores it and its job, and returns at once. Errors:
// import.bad_mapping with fields, import.missing_columns, import.upload_incomplete,
// and what package sheet says of the file's beginning.
func (s *Service) Start(ctx context.Context, in StartInput, locale string) (View, error) {
	if err := auth.Require(ctx, PermRun); err != nil {
		return View{}, err
	}
	in.Mapping.Kind = in.Kind
	if err := in.Mapping.Validate(); err != nil {
		return View{}, err
	}
	u, err := s.ownUpload(ctx, in.UploadID)
	if err != nil {
		return View{}, err
	}
	src, err := s.uploadSource(u)
	if err != nil {
		return View{}, err
	}
	code, name, err := sourceCode(in.Source)
	if err != nil {
		return View{}, err
	}
	if err := s.checkHeader(ctx, src, &in.Mapping); err != nil {
		return View{}, err
	}
	rec := &Record{
		Kind: in.Kind, Status: StatusWaiting, FileName: u.FileName, FileRef: "upload:" + idText10(u.ID), FileSize: u.Size,
		Mapping: in.Mapping, DryRun: in.DryRun, CreatedAt: s.now(),
	}
	if a := auth.From(ctx); a != nil {
		rec.CreatedBy = a.StaffID
	}
	err = s.db.InTx(ctx, func(ctx context.Context) error {
		source, err := s.ensureSource(ctx, code, name)
		if err != nil {
			return err
		}
		rec.SourceID = source.ID
		if err := s.st.insert(ctx, rec); err != nil {
			return err
		}
		job, err := s.jobs.Enqueue(ctx, RunArgs{rec.ID}, jobs.EnqueueOpts{UniqueKey: idText10(rec.ID)})
		if err != nil {
			return err
		}
		if err := s.st.setJob(ctx, rec.ID, job); err != nil {
			return err
		}
		return s.st.keepUpload(ctx, u.ID, rec.CreatedAt+uploadKept.Milliseconds())
	})
	if err != nil {
		return View{}, err
	}
	return s.Get(ctx, rec.ID, locale)
}

// Cancel stops an import. What was committed stays: importing the file again is
// safe. Errors: import.not_found, import.over.
func (s *Service) Cancel(ctx context.Context, id int64, locale string) (View, error) {
	if err := auth.Require(ctx, PermRun); err != nil {
		return View{}, err
	}
	r, err := s.st.byID(ctx, id)
	if err != nil {
		return View{}, err
	}
	if r.Status.Over() || r.Status == StatusFinishing {
		return View{}, errs.New(errs.Conflict, "import.over", "id", id)
	}
	err = s.db.InTx(ctx, func(ctx context.Context) error {
		ok, err := s.st.requestCancel(ctx, id, s.now())
		if err != nil || !ok {
			return err
		}
		return s.audit.Append(ctx, audit.Entry{Action: "import.cancel", ObjectType: "import", ObjectID: idText10(id)})
	})
	if err != nil {
		return View{}, err
	}
	// Where nobody works on it, nobody else would end it.
	if r.Status != StatusWaiting && (r.Runner == "" || r.LeaseUntil < s.now() || gone(r.Runner)) {
		if err := s.abandon(ctx, id); err != nil {
			return View{}, err
		}
	}
	return s.Get(ctx, id, locale)
}

// Sources lists where data comes from.
func (s *Service) Sources(ctx context.Context) ([]Source, error) {
	if err := auth.Require(ctx, PermView); err != nil {
		return nil, err
	}
	list, err := s.st.sources(ctx)
	for i := range list {
		list[i].Name = customer.SourceName(web.Locale(ctx), list[i].Code, list[i].Name)
	}
	return list, err
}

// CreateSource adds a source, or gives the one of that name. Error: import.bad_source.
func (s *Service) CreateSource(ctx context.Context, name string) (Source, error) {
	if err := auth.Require(ctx, PermRun); err != nil {
		return Source{}, err
	}
	code, shown, err := sourceCode(name)
	if err != nil {
		return Source{}, err
	}
	var out Source
	err = s.db.InTx(ctx, func(ctx context.Context) (err error) {
		out, err = s.ensureSource(ctx, code, shown)
		return err
	})
	return out, err
}
