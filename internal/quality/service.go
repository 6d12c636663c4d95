package quality

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/vault"
)

// The permissions of this package.
const (
	PermView   auth.Permission = "quality.view"
	PermManage auth.Permission = "quality.manage" // switch rules, look through everything now
)

// Permissions lists them for the role editor.
var Permissions = []auth.Permission{PermView, PermManage}

// Customers shows records within the actor's scope.
type Customers interface {
	Seen(ctx context.Context, ids []int64) (map[int64]string, error)
	Card(ctx context.Context, id int64) (customer.Item, error)
}

// Deps are what a Service needs.
type Deps struct {
	DB        *db.DB
	Clock     clock.Clock
	Zone      clock.Zone // company time
	Vault     *vault.Vault
	Audit     *audit.Log
	Jobs      *jobs.Client
	Customers Customers
	Log       *slog.Logger
}

// Service is the use cases over quality.
type Service struct {
	Deps
	store *Store
	rush  rush
}

// NewService makes the service.
func NewService(d Deps) *Service { return &Service{Deps: d, store: &Store{db: d.DB}} }

func (s *Service) today() clock.Day { return clock.DayOf(s.Clock.Now(), s.Zone()) }
func (s *Service) now() int64       { return clock.Millis(s.Clock.Now()) }

// settingOff names the setting that holds the bits of rules switched off.
const settingOff = "quality.off"

func (s *Service) off(ctx context.Context) (int64, error) {
	v, err := s.store.setting(ctx, settingOff)
	if err != nil || v == "" {
		return 0, err
	}
	return strconv.ParseInt(v, 10, 64)
}

// page is how many records are looked at in one transaction: on SQLite each
// commit of it keeps those waiting who write customers.
const page = 4000

// ScanArgs looks through all records.
type ScanArgs struct{}

// Kind names the job.
func (ScanArgs) Kind() string { return "quality.scan" }

// WrittenArgs looks at the records that a stretch of the feed names.
type WrittenArgs struct {
	First int64 `json:"first"`
	Last  int64 `json:"last"`
	// Waits is how often the end of a bulk write was waited for.
	Waits int `json:"waits,omitempty"`
}

// Kind names the job.
func (WrittenArgs) Kind() string { return "quality.written" }

// Register registers the jobs: all records each night, written ones at once.
func (s *Service) Register(r *jobs.Registry) {
	jobs.Handle(r, func(ctx context.Context, _ jobs.Job[ScanArgs]) error {
		return s.Scan(ctx, func(done, total int64) { jobs.Report(ctx, done, total, "customers", "") })
	}, jobs.Unique(), jobs.Timeout(0))
	jobs.Handle(r, func(ctx context.Context, j jobs.Job[WrittenArgs]) error {
		if a := j.Args; a.Waits < maxWaits && s.rush.on(a.Last, s.Clock.Now()) {
			a.Waits++
			_, err := s.Jobs.Enqueue(ctx, a, jobs.EnqueueOpts{Priority: 3, At: s.Clock.Now().Add(column.RushCalm)})
			return err
		}
		return s.Written(ctx, j.Args.First, j.Args.Last)
	},
		jobs.Timeout(time.Hour))
	r.Every("quality.scan.daily", jobs.Daily(1, 30, s.Zone), func() jobs.Args { return ScanArgs{} })
}

// Changed hears of written customers; it joins the delivery's transaction.
func (s *Service) Changed(ctx context.Context, e customer.Changed) error {
	if e.Kind == customer.FeedDeleted || e.Kind == customer.FeedMerged {
		return nil
	}
	if e.CustomerID != 0 {
		return s.look(ctx, []int64{e.CustomerID})
	}
	o := jobs.EnqueueOpts{Priority: 3}
	if s.rush.heard(e.LastSeq, s.Clock.Now()) {
		o.At = s.Clock.Now().Add(column.RushCalm)
	}
	_, err := s.Jobs.Enqueue(ctx, WrittenArgs{First: e.FirstSeq, Last: e.LastSeq}, o)
	return err
}

// Written looks at the records a stretch of the feed names. A row of the feed
// may name a run of customers; its number is that of the last of them, so the
// rows of the stretch are those behind the number before its first.
func (s *Service) Written(ctx context.Context, first, last int64) error {
	for after := first - 1; ; {
		spans, err := s.store.written(ctx, after, last, page)
		if err != nil || len(spans) == 0 {
			return err
		}
		ids := make([]int64, 0, page)
		for _, v := range spans {
			for id := v.from; id <= v.to; id++ {
				if ids = append(ids, id); len(ids) == page {
					if err := s.look(ctx, ids); err != nil {
						return err
					}
					ids = ids[:0]
				}
			}
		}
		if err := s.look(ctx, ids); err != nil {
			return err
		}
		after = spans[len(spans)-1].seq
	}
}

// look applies the rules to records and keeps what changed; up to page ids.
func (s *Service) look(ctx context.Context, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	off, err := s.off(ctx)
	if err != nil {
		return err
	}
	see := func(rows []stored, err error) error {
		if err != nil || len(rows) == 0 {
			return err
		}
		_, err = s.judge(ctx, rows, off, nil)
		return err
	}
	ids = slices.Clone(ids)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if first, last := ids[0], ids[len(ids)-1]; last-first == int64(len(ids))-1 { // what was made in one go
		return see(s.store.between(ctx, first, last))
	}
	return db.InChunks(ids, func(chunk []int64) error { return see(s.store.byIDs(ctx, chunk)) })
}

// judge applies the rules to records in the order of ids and writes what
// differs from the last look; each, if any, hears of every record.
func (s *Service) judge(ctx context.Context, rows []stored, off int64, each func(r *stored, issues int64, score int)) (int, error) {
	contacts, err := s.store.contacts(ctx, rows)
	if err != nil {
		return 0, err
	}
	if err := s.store.markOutside(ctx, rows); err != nil {
		return 0, err
	}
	today, loc := s.today(), s.Zone()
	var found []finding
	at := 0
	for i := range rows {
		r := &rows[i]
		for at < len(contacts) && contacts[at].customerID < r.ID {
			at++
		}
		for ; at < len(contacts) && contacts[at].customerID == r.ID; at++ {
			c := &contacts[at]
			text, err := s.Vault.Open(vault.Kind(c.kind), c.cipher)
			if err != nil {
				return 0, err
			}
			r.Contacts = append(r.Contacts, Contact{Kind: c.kind, Text: text, Validity: c.validity, Region: c.region})
		}
		if r.contactAt != 0 {
			r.LastContact = clock.DayOf(time.UnixMilli(r.contactAt), loc)
		}
		r.Created = clock.DayOf(time.UnixMilli(r.createdAt), loc)
		issues, score := Check(&r.Record, today, off)
		r.Contacts = nil
		if each != nil {
			each(r, issues, score)
		}
		if r.score < 0 || issues != r.was || int64(score) != r.score {
			found = append(found, finding{id: r.ID, version: r.Version, was: r.was, is: issues, score: score})
		}
	}
	if len(found) == 0 {
		return 0, nil
	}
	return len(found), s.DB.InTx(ctx, func(ctx context.Context) error { return s.store.write(ctx, found, s.now()) })
}

// group sums records for the trend.
type group struct {
	kind string
	id   int64
}

// Scan looks at every record and keeps the day's sums by department and
// source. Killed in the middle it begins anew, and finds less to write.
func (s *Service) Scan(ctx context.Context, progress func(done, total int64)) error {
	off, err := s.off(ctx)
	if err != nil {
		return err
	}
	total, err := s.store.total(ctx)
	if err != nil {
		return err
	}
	sums := map[group]*dayRow{}
	add := func(g group, issues int64, score int) {
		d := sums[g]
		if d == nil {
			d = &dayRow{Grouping: g.kind, GroupID: g.id, Counts: make([]int64, len(Rules))}
			sums[g] = d
		}
		d.Records++
		d.ScoreSum += int64(score)
		for i := range Rules {
			d.Counts[i] += issues >> Rules[i].Bit & 1
		}
	}
	done := int64(0)
	for after := int64(0); ; {
		rows, err := s.store.after(ctx, after, page)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			break
		}
		_, err = s.judge(ctx, rows, off, func(r *stored, issues int64, score int) {
			add(group{kind: "all"}, issues, score)
			add(group{"department", r.DepartmentID}, issues, score)
			add(group{"source", r.SourceID}, issues, score)
		})
		if err != nil {
			return err
		}
		after = rows[len(rows)-1].ID
		done += int64(len(rows))
		progress(done, max(total, done))
	}
	for n := int64(1); n > 0; {
		err := s.DB.InTx(ctx, func(ctx context.Context) (err error) {
			n, err = s.store.forget(ctx, page, s.now())
			return err
		})
		if err != nil {
			return err
		}
	}
	list := make([]dayRow, 0, len(sums))
	for _, d := range sums {
		list = append(list, *d)
	}
	slices.SortFunc(list, func(a, b dayRow) int {
		if c := strings.Compare(a.Grouping, b.Grouping); c != 0 {
			return c
		}
		return int(a.GroupID - b.GroupID)
	})
	return s.DB.InTx(ctx, func(ctx context.Context) error { return s.store.saveDay(ctx, s.today(), list) })
}

// Bounded hears that the bounds of a field with values changed, in the
// transaction of the change; it looks through all records in the background.
func (s *Service) Bounded(ctx context.Context) error {
	_, err := s.Jobs.Enqueue(ctx, ScanArgs{}, jobs.EnqueueOpts{})
	return err
}

// StartScan looks through all records now, in the background.
func (s *Service) StartScan(ctx context.Context) (Started, error) {
	var v Started
	err := s.DB.InTx(ctx, func(ctx context.Context) (err error) {
		if v.JobID, err = s.Jobs.Enqueue(ctx, ScanArgs{}, jobs.EnqueueOpts{}); err != nil {
			return err
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "quality.scan", ObjectType: "quality", ObjectID: "all"})
	})
	return v, err
}

// Switch switches a rule on or off for the whole company and looks through all
// records again in the background. Error: quality.no_rule.
func (s *Service) Switch(ctx context.Context, code string, on bool) (Started, error) {
	var v Started
	rule := ByCode(code)
	if rule == nil {
		return v, errs.New(errs.NotFound, "quality.no_rule", "rule", code)
	}
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		was, err := s.off(ctx)
		if err != nil {
			return err
		}
		is := was | 1<<rule.Bit
		if on {
			is = was &^ (1 << rule.Bit)
		}
		if is != was {
			if err := s.store.putSetting(ctx, settingOff, strconv.FormatInt(is, 10), s.now()); err != nil {
				return err
			}
			if err := s.Audit.Append(ctx, audit.Entry{Action: "quality.switch", ObjectType: "quality", ObjectID: code,
				Before: map[string]any{"on": was>>rule.Bit&1 == 0}, After: map[string]any{"on": on}}); err != nil {
				return err
			}
		}
		v.JobID, err = s.Jobs.Enqueue(ctx, ScanArgs{}, jobs.EnqueueOpts{})
		return err
	})
	return v, err
}

// Started is a job that works in the background.
type Started struct {
	JobID int64 `json:"job_id"`
}
