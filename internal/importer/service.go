package importer

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode"

	"zhike/internal/field"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/events"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/sheet"
	"zhike/internal/platform/vault"
	"zhike/internal/tag"
)

// Metrics is what an import needs of the figures per customer.
type Metrics interface {
	AsOf(ctx context.Context) (day clock.Day, ok bool, err error)
	RefreshMetrics(ctx context.Context, asOf clock.Day, customerIDs []int64) error
	RefreshAll(ctx context.Context, asOf clock.Day, progress func(done, total int64)) error
}

// Auditor is what an import needs of the audit log.
type Auditor interface {
	Append(ctx context.Context, e audit.Entry) error
}

// Deps are what the service is built from. Jobs may be nil where imports are
// run by the caller only; Log nil is silent.
type Deps struct {
	DB        *db.DB
	Clock     clock.Clock
	Vault     *vault.Vault
	Jobs      jobs.Enqueuer
	Events    events.Publisher
	Audit     Auditor
	Zone      clock.Zone // company time
	Log       *slog.Logger
	Customers CustomerStore
	Orders    OrderStore
	Metrics   Metrics
	// Fields and Tags write custom fields and tags; nil where there are none.
	Fields *field.Service
	Tags   *tag.Service
	// Find gives whom a reference names; nil takes ids only. Actor gives a
	// member of staff as he or she may act now.
	Find Finder
	// Lookalikes compares new customers with others; nil compares none. Seen
	// gives the names of those customers that the actor may open.
	Lookalikes Lookalikes
	Seen       func(ctx context.Context, ids []int64) (map[int64]string, error)
	Actor      func(ctx context.Context, staffID int64) (*auth.Actor, error)
	// Names gives the names of members of staff by id; nil knows nobody.
	Names auth.Names
	// Files is the folder for uploads and error files.
	Files string
	// Bounds; 0 takes the default in brackets.
	MaxUpload   int64 // bytes of an uploaded file (20 GiB)
	MaxUnpacked int64 // bytes of the same unpacked (16 GiB)
	MaxRows     int64 // rows of a file (20 million)
}

// Service imports files.
type Service struct {
	db          *db.DB
	st          *store
	clock       clock.Clock
	vault       *vault.Vault
	jobs        jobs.Enqueuer
	events      events.Publisher
	audit       Auditor
	zone        clock.Zone
	log         *slog.Logger
	customers   CustomerStore
	orders      OrderStore
	metrics     Metrics
	fields      *field.Service
	tags        *tag.Service
	find        Finder
	lookalikes  Lookalikes
	seen        func(ctx context.Context, ids []int64) (map[int64]string, error)
	actor       func(ctx context.Context, staffID int64) (*auth.Actor, error)
	names       func(ctx context.Context, ids []int64) (map[int64]string, error)
	files       string
	maxUpload   int64
	maxUnpacked int64
	maxRows     int64
	batch       int   // rows of a batch
	deferRows   int64 // rows from which a first import takes indexes away
}

// NewService makes the service.
func NewService(d Deps) *Service {
	or := func(v, def int64) int64 {
		if v > 0 {
			return v
		}
		return def
	}
	s := &Service{
		db: d.DB, st: &store{d.DB}, clock: d.Clock, vault: d.Vault, jobs: d.Jobs, events: d.Events, audit: d.Audit,
		zone: d.Zone, log: d.Log, customers: d.Customers, orders: d.Orders, metrics: d.Metrics,
		fields: d.Fields, tags: d.Tags, find: d.Find, lookalikes: d.Lookalikes, seen: d.Seen, actor: d.Actor, names: d.Names, files: d.Files,
		batch: defaultBatch, deferRows: firstLarge, maxUpload: or(d.MaxUpload, 20<<30), maxUnpacked: or(d.MaxUnpacked, 16<<30), maxRows: or(d.MaxRows, 20_000_000),
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.zone == nil {
		s.zone = clock.In(time.FixedZone("UTC+8", 8*3600))
	}
	return s
}

// sheetOptions are the mapping's with the bounds of the configuration.
func (s *Service) sheetOptions(m *Mapping) sheet.Options {
	o := m.options()
	o.MaxUnpacked = s.maxUnpacked
	return o
}

// RunInput says what to import, for a caller that waits.
type RunInput struct {
	Kind   Kind
	Path   string
	Source string // code or name; "" takes the one named "default"
	// Mapping nil takes the one remembered for the source and these titles,
	// else the guess.
	Mapping *Mapping
	DryRun  bool
	// Errors is where the error file goes; "" is the folder of files, and
	// nowhere for a dry run, which leaves nothing behind unasked.
	Errors   string
	Locale   string // of the error file
	Progress Progress
}

// DefaultSource is the source of files whose source was not named.
const DefaultSource = "default"

// Run imports a file and returns when it is done. The same call after a crash
// goes on with the unfinished import of the same content into the same source.
// Besides what package sheet refuses, errors are import.file_not_found,
// import.file_unreadable, import.bad_mapping with fields, import.missing_columns,
// import.source_busy and import.running (wait and try again), and those of the
// database. On an error that is not about waiting nothing of the file is stored,
// unless the first pass was over: then what was committed stays, and the same
// call again is safe.
func (s *Service) Run(ctx context.Context, in RunInput) (Result, error) {
	if err := auth.Require(ctx, PermRun); err != nil {
		return Result{}, err
	}
	if in.Kind == "" {
		in.Kind = KindOrders
	}
	if !in.Kind.Valid() {
		return Result{}, errs.New(errs.Invalid, "import.bad_kind", "choices", "orders, customers, behaviours")
	}
	if in.Progress == nil {
		in.Progress = func(Phase, int64, int64) {}
	}
	path, err := filepath.Abs(in.Path)
	if err != nil {
		return Result{}, errs.Wrap(err, errs.Invalid, "import.file_unreadable", "path", in.Path)
	}
	src, err := sheet.FromFile(path)
	if err != nil {
		return Result{}, fileError(err, in.Path)
	}
	code, name, err := sourceCode(in.Source)
	if err != nil {
		return Result{}, err
	}
	m, err := s.mappingFor(ctx, in, code, src)
	if err != nil {
		return Result{}, fileError(err, in.Path)
	}
	sum, err := digest(ctx, src, func(done, total int64) { in.Progress(PhaseHash, done, total) })
	if err != nil {
		return Result{}, fileError(err, in.Path)
	}
	rec, err := s.open(ctx, &Record{
		Kind: in.Kind, SourceCode: code, SourceName: name, FileName: filepath.Base(path), FileRef: "path:" + path,
		FileSize: src.Size(), FileSHA256: sum, Mapping: *m, DryRun: in.DryRun,
	})
	if err != nil {
		return Result{}, err
	}
	if err := s.execute(ctx, rec, src, in.Progress); err != nil {
		res := rec.Result()
		return res, fileError(err, in.Path)
	}
	res := rec.Result()
	if to := s.errorsTo(rec.ID, &in); res.Rejected > 0 && to != "" {
		if res.ErrorFile, err = s.writeErrorFile(ctx, rec, to, in.Locale); err != nil {
			return res, err
		}
	}
	return res, nil
}

// fileError names what the operating system says of a file.
func fileError(err error, path string) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errs.Wrap(err, errs.NotFound, "import.file_not_found", "path", path)
	case errors.Is(err, fs.ErrPermission):
		return errs.Wrap(err, errs.Forbidden, "import.file_unreadable", "path", path)
	}
	var pe *os.PathError
	if errors.As(err, &pe) {
		return errs.Wrap(err, errs.Invalid, "import.file_unreadable", "path", path)
	}
	return err
}

// mappingFor is the mapping given, else the one remembered, else the guess;
// and it fits the file.
func (s *Service) mappingFor(ctx context.Context, in RunInput, code string, src sheet.Source) (*Mapping, error) {
	var given Mapping
	if in.Mapping != nil {
		given = *in.Mapping
		given.Kind = in.Kind
	}
	f, err := sheet.Open(ctx, src, s.sheetOptions(&given))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	m := &given
	if in.Mapping == nil {
		if m, err = s.remembered(ctx, code, in.Kind, f.Info.Header); err != nil {
			return nil, err
		}
		if m == nil {
			rows, err := sample(f)
			if err != nil {
				return nil, err
			}
			g, err := s.guess(ctx, f.Info.Header, rows, in.Kind)
			if err != nil {
				return nil, err
			}
			m = &g.Mapping
		}
	}
	if err := s.fit(ctx, m, f.Info.Header); err != nil {
		return nil, err
	}
	_, err = m.columnsFor(f.Info.Header)
	return m, err
}

// open finds the unfinished import that rec describes, or begins it.
func (s *Service) open(ctx context.Context, rec *Record) (*Record, error) {
	err := s.db.InTx(ctx, func(ctx context.Context) error {
		src, err := s.ensureSource(ctx, rec.SourceCode, rec.SourceName)
		if err != nil {
			return err
		}
		rec.SourceID, rec.SourceName = src.ID, src.Name
		old, err := s.st.unfinished(ctx, rec.FileSHA256, src.ID, rec.Kind, rec.DryRun)
		if err != nil {
			return err
		}
		if old != nil && sameMapping(&old.Mapping, &rec.Mapping) {
			rec = old
			return nil
		}
		// Another mapping is another import; the old one would never go on.
		if old != nil && (old.Runner == "" || old.LeaseUntil < s.now() || gone(old.Runner)) {
			if err := s.st.supersede(ctx, old.ID, s.now()); err != nil {
				return err
			}
		}
		rec.Status, rec.CreatedAt = StatusChecking, s.now()
		if a := auth.From(ctx); a != nil {
			rec.CreatedBy = a.StaffID
		}
		return s.st.insert(ctx, rec)
	})
	return rec, err
}

func sameMapping(a, b *Mapping) bool {
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && string(x) == string(y)
}

// remembered finds the mapping kept for a source and titles; nil without one.
func (s *Service) remembered(ctx context.Context, code string, kind Kind, header []string) (*Mapping, error) {
	src, err := s.st.sourceByCode(ctx, code)
	if isNoRow(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	text, err := s.st.savedMapping(ctx, src.ID, kind, headerHash(header))
	if err != nil || text == "" {
		return nil, err
	}
	var m Mapping
	if json.Unmarshal([]byte(text), &m) != nil || m.Validate() != nil {
		return nil, nil // of an older version: guessed anew
	}
	return &m, s.prune(ctx, &m)
}

// rememberMapping keeps the mapping of an import for the next file like it.
func (s *Service) rememberMapping(ctx context.Context, rec *Record, header []string) error {
	if rec.DryRun {
		return nil
	}
	b, err := json.Marshal(rec.Mapping)
	if err != nil {
		return errs.Wrap(err, errs.Internal, "internal")
	}
	return s.st.saveMapping(ctx, rec.SourceID, rec.Kind, headerHash(header), string(b), s.now())
}

// maxSourceName bounds the name of a source, in bytes.
const maxSourceName = 120

// sourceCode makes the code of a source of what a person calls it: the text
// itself in lower case, with blanks as hyphens. Error: import.bad_source.
func sourceCode(name string) (code, shown string, err error) {
	shown = strings.Join(strings.Fields(name), " ")
	if shown == "" {
		return DefaultSource, DefaultSource, nil
	}
	if len(shown) > maxSourceName {
		return "", "", errs.New(errs.Invalid, "import.bad_source", "max", maxSourceName)
	}
	for _, r := range shown {
		if !unicode.IsPrint(r) || r == '/' || r == '\\' {
			return "", "", errs.New(errs.Invalid, "import.bad_source", "max", maxSourceName)
		}
	}
	return strings.ReplaceAll(strings.ToLower(shown), " ", "-"), shown, nil
}

// ensureSource finds a source by its code or adds it, inside InTx.
func (s *Service) ensureSource(ctx context.Context, code, name string) (Source, error) {
	src, err := s.st.sourceByCode(ctx, code)
	if !isNoRow(err) {
		return src, err
	}
	n, err := s.st.countSources(ctx)
	if err != nil {
		return src, err
	}
	if n >= maxSources {
		return src, errs.New(errs.TooLarge, "import.too_many_sources", "max", maxSources)
	}
	src = Source{Code: code, Name: name, CreatedAt: s.now()}
	if err := s.st.addSource(ctx, &src); err != nil {
		return src, err
	}
	return src, s.audit.Append(ctx, audit.Entry{Action: "source.create", ObjectType: "source", ObjectID: idText10(src.ID), After: src})
}

func idText10(id int64) string { return strconv.FormatInt(id, 10) }
