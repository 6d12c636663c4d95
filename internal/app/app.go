// Package app puts the program together: it opens the database and the vault,
// makes every service with what it stands on, and starts and stops them.
// Wiring is by hand, in the order in which the parts need each other.
package app

import (
	"context"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"zhike/internal/affinity"
	"zhike/internal/audience"
	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/duplicate"
	"zhike/internal/field"
	"zhike/internal/forecast"
	"zhike/internal/importer"
	"zhike/internal/insight"
	"zhike/internal/lifecycle"
	"zhike/internal/order"
	"zhike/internal/org"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/config"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/events"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/log"
	"zhike/internal/platform/vault"
	"zhike/internal/quality"
	"zhike/internal/review"
	"zhike/internal/rule"
	"zhike/internal/tag"
	"zhike/internal/tiering"
	"zhike/internal/timeline"
)

// Options vary how the program is put together.
type Options struct {
	// Stderr gets the log.
	Stderr io.Writer
	// Clock is the machine's where nil.
	Clock clock.Clock
	// Node is the stable name of this server among those that work jobs; ""
	// for the command line, which works none.
	Node string
}

// App is the program, ready to be used by a command or to serve.
type App struct {
	Config     *config.Config
	Log        *slog.Logger
	Clock      clock.Clock
	DB         *db.DB
	Vault      *vault.Vault
	Audit      *audit.Log
	Jobs       *jobs.Client
	Events     *events.Bus
	Org        *org.Service
	Orders     *order.Service
	Metrics    *order.Refresher
	Fields     *field.Service
	Tags       *tag.Service
	Columns    *column.Set
	Customer   *customer.Service
	Streams    rule.Streams
	Audiences  *audience.Service
	Follower   *audience.Follower
	Importer   *importer.Service
	Tiering    *tiering.Service
	Review     *review.Service
	Forecast   *forecast.Service
	Affinity   *affinity.Service
	Lifecycle  *lifecycle.Service
	Stages     *lifecycle.Engine
	Timeline   *timeline.Service
	Duplicates *duplicate.Service
	Quality    *quality.Service
	Insight    *insight.Service

	started time.Time
	node    string
	serving atomic.Bool
	release func() // the lock on the data folder
}

// SystemView lets a person see how the program itself is doing.
const SystemView auth.Permission = "system.view"

// Permissions are those of all domains, in the order the role editor shows them.
func Permissions() []auth.Permission {
	var all []auth.Permission
	for _, list := range [][]auth.Permission{
		customer.Permissions, field.Permissions, tag.Permissions, audience.Permissions, timeline.Permissions, duplicate.Permissions, quality.Permissions, importer.Permissions, tiering.Permissions, lifecycle.Permissions, jobs.Permissions,
		org.Permissions, {audit.PermView, SystemView},
	} {
		all = append(all, list...)
	}
	return all
}

// Open opens the database, brings its schema up to date where that is safe,
// and makes every service. Errors: app.migrate_first on a PostgreSQL that an
// older version has used, and those of db.Open and vault.New.
func Open(ctx context.Context, cfg *config.Config, o Options) (a *App, err error) {
	if o.Stderr == nil {
		o.Stderr = os.Stderr
	}
	if o.Clock == nil {
		o.Clock = clock.System{}
	}
	a = &App{Config: cfg, Clock: o.Clock, started: o.Clock.Now(), node: o.Node}
	a.Log = log.New(o.Stderr, log.Options{Level: cfg.Level(), Format: log.Format(cfg.LogFormat)})
	a.DB, err = db.Open(ctx, db.Config{URL: cfg.DB.Reveal(), Dir: cfg.Data, MaxConns: cfg.DBConns})
	if err != nil {
		return nil, err
	}
	if err := a.assemble(ctx, o); err != nil {
		_ = a.DB.Close()
		return nil, err
	}
	return a, nil
}

func (a *App) assemble(ctx context.Context, o Options) (err error) {
	if err := a.migrate(ctx); err != nil {
		return err
	}
	a.Vault, err = vault.New(ctx, vault.Options{
		DB: a.DB, Clock: a.Clock, MasterKey: a.Config.MasterKey.Reveal(), KeyFile: a.Config.MasterKeyFile(), Log: a.Log,
	})
	if err != nil {
		return err
	}
	a.Audit = audit.New(a.DB, a.Clock)
	if err := a.background(o); err != nil {
		return err
	}
	a.identity()
	if err := a.Org.Seed(ctx); err != nil {
		return err
	}
	a.domains()
	return a.Tiering.EnsureShipped(ctx)
}

// migrate brings the schema up to date. A PostgreSQL that serves already is
// left to `zhike migrate`: other nodes may still run the older version.
func (a *App) migrate(ctx context.Context) error {
	pending, fresh, err := a.DB.Pending(ctx)
	if err != nil || pending == 0 {
		return err
	}
	if a.DB.Engine() == db.Postgres && !fresh {
		return errs.New(errs.Conflict, "app.migrate_first", "steps", pending)
	}
	_, err = a.DB.Migrate(ctx)
	return err
}

func (a *App) background(o Options) (err error) {
	a.Jobs, err = jobs.New(a.DB, a.Clock, a.Log, jobs.NewRegistry(), jobs.Options{
		Node: o.Node, Workers: a.Config.JobWorkers, Audit: a.Audit,
		Names: func(ctx context.Context, ids []int64) (map[int64]string, error) { return a.Org.Names(ctx, ids) },
		Zone:  func() *time.Location { return a.Org.Zone() },
	})
	if err != nil {
		return err
	}
	a.Events = events.New(a.DB, a.Clock, a.Log, a.Jobs)
	return nil
}

// identity makes the service of people and settings, which the rest needs:
// the company's time zone is a setting.
func (a *App) identity() {
	secure := a.Config.TLSCert != "" || strings.HasPrefix(a.Config.PublicURL, "https://")
	a.Org = org.NewService(org.Deps{
		DB: a.DB, Clock: a.Clock, Audit: a.Audit, Log: a.Log, Permissions: Permissions(), Secure: secure,
		SessionLifetime: a.Config.SessionLifetime, SessionIdle: a.Config.SessionIdle,
		Defaults:        org.Settings{TimeZone: a.Config.TimeZone, Locale: a.Config.Locale},
		AccessFields:    a.accessFields,
		DepartmentInUse: func(ctx context.Context, id int64) (bool, error) { return a.Customer.Store().InDepartment(ctx, id) },
	})
}

// domains makes the services from the ground up; what a lower one needs of a
// higher one it gets as a function that looks it up when called.
func (a *App) domains() {
	zone := clock.Zone(a.Org.Zone)
	a.parts()
	orders := order.NewStore(a.DB)
	a.Metrics = order.NewRefresher(orders, a.Clock)
	a.Columns = column.New(column.Options{DB: a.DB, Clock: a.Clock, Log: a.Log, MaxBytes: a.Config.ColumnsMaxBytes, Sized: a.columnsSized,
		File: a.Config.ColumnsFile()})
	a.streams()
	a.Tiering = tiering.NewService(tiering.Deps{
		DB: a.DB, Vault: a.Vault, Clock: a.Clock, Audit: a.Audit, Jobs: a.Jobs, Events: a.Events, Zone: zone, Log: a.Log,
		Names: a.Org.Names, Company: a.companyName, JobAlive: a.Jobs.Alive,
		Find: a.findCustomers, Orders: a.gradedOrders(), People: gradedPeople{a}, Models: models{a}, Fields: a.Fields,
		Say: func(ctx context.Context, n *rule.Node, locale string) (string, error) {
			return a.Audiences.Say(ctx, n, locale)
		},
	})
	a.review(zone)
	a.Customer = customer.NewService(customer.Deps{
		DB: a.DB, Clock: a.Clock, Vault: a.Vault, Audit: a.Audit, Levels: a.Tiering.Levels(), Lifecycle: stages{a}, AsOf: a.Metrics, Orders: orders,
		Texts: texts{}, Zone: zone, Log: a.Log, Events: a.Events, Parts: rowParts{a},
		Fields: a.Fields, Tags: a.Tags, Rules: rules{a}, PastModels: pastModels{a}, Columns: a.Columns, Jobs: a.Jobs, Files: a.Config.FilesDir(), Actor: a.Org.ActorOf, Issues: issues(),
	})
	a.Customer.Register(a.Jobs.Registry())
	a.Customer.OnDelete("field", func(ctx context.Context, id int64) error { return a.Fields.Forget(ctx, []int64{id}) })
	a.Customer.OnDelete("tag", func(ctx context.Context, id int64) error { return a.Tags.Forget(ctx, []int64{id}) })
	a.Customer.OnDelete("tiering", a.Tiering.Forget)
	a.Customer.OnDelete("review", a.Review.Forget)
	a.Orders = order.NewService(order.Deps{DB: a.DB, Clock: a.Clock, Customers: a.Customer, Levels: a.Tiering.Levels()})
	a.audiences(zone)
	a.lifecycle(zone)
	a.forecast(zone)
	a.affinity(zone)
	a.Audiences.Register(a.Jobs.Registry())
	a.Importer = importer.NewService(importer.Deps{
		DB: a.DB, Clock: a.Clock, Vault: a.Vault, Audit: a.Audit, Jobs: a.Jobs, Events: a.Events, Zone: zone, Log: a.Log,
		Customers: a.Customer.Store(), Orders: orders, Metrics: a.Metrics, Files: a.Config.FilesDir(),
		Fields: a.Fields, Tags: a.Tags, Find: referenced{a}.One, Actor: a.Org.ActorOf,
		Lookalikes: lookalikes{a}, Seen: a.Customer.Seen,
		Names: a.Org.Names, MaxUpload: a.Config.UploadMaxBytes, MaxUnpacked: a.Config.UnpackedMaxBytes, MaxRows: a.Config.UploadMaxRows,
	})
	a.history(zone)
	a.clean(zone)
	a.Insight = insight.NewService(insight.Deps{DB: a.DB, Clock: a.Clock, Zone: zone, Grading: grading{a.Tiering}, Jobs: a.Jobs})
	order.RegisterJobs(a.Jobs.Registry(), a.Metrics, a.Clock, zone)
	a.Importer.Register(a.Jobs.Registry())
	a.Tiering.RegisterJobs(a.Jobs.Registry())
	a.Review.RegisterJobs(a.Jobs.Registry())
	a.Forecast.Register(a.Jobs.Registry())
	a.Affinity.Register(a.Jobs.Registry())
	a.Insight.Register(a.Jobs.Registry())
	a.registerForget(a.Jobs.Registry())
	a.subscribe()
}

// subscribe connects news with who wants to hear it.
func (a *App) subscribe() {
	events.Subscribe(a.Events, "insight.import_finished", func(ctx context.Context, _ events.Delivery[importer.Finished]) error {
		return a.Insight.Wake(ctx)
	})
}

func (a *App) companyName(ctx context.Context) string {
	s, err := a.Org.Settings(ctx)
	if err != nil {
		return ""
	}
	return s.CompanyName
}

// findCustomers gives the customers that a typed text means, best first.
func (a *App) findCustomers(ctx context.Context, text string) ([]int64, error) {
	hits, err := a.Customer.Search(ctx, text)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, 0, len(hits.Items))
	for _, h := range hits.Items {
		if h.Kind == customer.HitCustomer {
			ids = append(ids, h.ID)
		}
	}
	return ids, nil
}

// texts gives the catalogue to packages that ask for an interface.
type texts struct{}

// T is i18n.T. i18n-keys: errors.* customers.*
func (texts) T(locale, key string, params map[string]any) string { return i18n.T(locale, key, params) }

// Close ends what Open began.
func (a *App) Close() {
	a.Org.Close()
	a.Columns.Close()
	if err := a.DB.Close(); err != nil {
		a.Log.Warn("closing the database", slog.Any("error", err))
	}
	if a.release != nil {
		a.release()
	}
}
