package app

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"runtime"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/config"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/log"
	"zhike/internal/platform/memory"
	"zhike/internal/platform/web"
	webui "zhike/web"
)

// Started tells the command what to print once the program serves.
type Started struct {
	URL string
	// AdminPassword is set the first time only, with AdminLogin.
	AdminLogin, AdminPassword string
	// UI says whether the web UI is inside this program.
	UI bool
}

// OpenServer takes the data folder for this process and opens the program on
// it. A folder that another server uses gives app.folder_in_use.
func OpenServer(ctx context.Context, cfg *config.Config, o Options) (*App, error) {
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return nil, errs.Wrap(err, errs.Unavailable, "db.cannot_open", "path", cfg.Data)
	}
	release, err := lockFolder(cfg.Data)
	if err != nil {
		return nil, err
	}
	host, err := os.Hostname()
	if err != nil {
		host = "node"
	}
	// The same at every start on this folder, so that jobs of a killed
	// predecessor are taken back at once.
	o.Node = host + ":" + cfg.Data
	a, err := Open(ctx, cfg, o)
	if err != nil {
		release()
		return nil, err
	}
	a.release = release
	return a, nil
}

// servePercent is how much garbage may pile up beside what is in use while the
// program serves, in percent of it. Little is in use, some twenty megabytes, and
// each request leaves much behind: collecting at every doubling took a
// twentieth of the CPU.
const servePercent = 300

// Serve serves until ctx ends: pages, API, background work. started is called
// once requests are answered.
func (a *App) Serve(ctx context.Context, started func(Started)) error {
	a.serving.Store(true)
	if os.Getenv("GOGC") == "" {
		memory.Garbage(servePercent)
	}
	if os.Getenv("GOMAXPROCS") == "" {
		// One more than evaluate columns at a time (column.slots): with all of them
		// at work nobody looks at the network, and a request waits up to 10 ms for
		// each of its steps.
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
	}
	listener, err := web.Listen(ctx, a.Config.Addr)
	if err != nil {
		return err
	}
	a.Columns.Restore()
	metrics := web.NewMetrics("")
	metrics.Register(a.Jobs.Collector())
	a.poolMetrics(metrics)
	a.columnMetrics(metrics)
	a.followMetrics(metrics)
	metrics.Register(a.Stages.Collectors()...)
	health := web.NewHealth()
	health.Check("database", a.DB.Ping)
	api := a.api(metrics)
	api.HandleRest(web.Rest(health, metrics, web.NewStatic(webui.FS())))

	s := Started{URL: a.url(listener.Addr()), UI: webui.Built()}
	login, password, made, err := a.Org.EnsureAdmin(ctx)
	if err != nil {
		return err
	}
	if made {
		s.AdminLogin, s.AdminPassword = login, password
	}
	go a.Vault.Watch(ctx)
	// Not ctx: its end is the wish to stop, which Stop carries out in order.
	if err := a.Jobs.Start(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	defer a.stopJobs(ctx)
	if err := a.Importer.Recover(ctx); err != nil {
		return err
	}
	follow, stop := context.WithCancel(ctx)
	followed := make(chan struct{})
	go func() { defer close(followed); a.Org.Follow(follow) }()
	defer func() { stop(); <-followed }()
	members := make(chan struct{})
	go func() { defer close(members); a.Follower.Run(follow) }()
	defer func() { stop(); <-members }()
	moved := make(chan struct{})
	go func() { defer close(moved); a.Stages.Run(follow) }()
	defer func() { stop(); <-moved }()
	health.Ready()
	started(s)
	return web.Serve(ctx, web.Server{
		API: api, Health: health, Listener: listener, CertFile: a.Config.TLSCert, KeyFile: a.Config.TLSKey,
		ShutdownTimeout: a.Config.ShutdownTimeout, Log: a.Log,
	})
}

func (a *App) stopJobs(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.Config.ShutdownTimeout)
	defer cancel()
	if err := a.Jobs.Stop(ctx); err != nil {
		a.Log.Warn("stopping the jobs", slog.Any("error", err))
	}
}

func (a *App) url(addr net.Addr) string {
	if a.Config.PublicURL != "" {
		return a.Config.PublicURL
	}
	scheme := "http"
	if a.Config.TLSCert != "" {
		scheme = "https"
	}
	host, _, err := net.SplitHostPort(a.Config.Addr)
	if tcp, ok := addr.(*net.TCPAddr); ok && err == nil {
		return fmt.Sprintf("%s://%s", scheme, net.JoinHostPort(host, strconv.Itoa(tcp.Port)))
	}
	return scheme + "://" + addr.String()
}

// api makes the route table of the whole program.
func (a *App) api(m *web.Metrics) *web.API {
	api := web.New(web.Options{
		Texts: texts{}, Match: i18n.Match, Authenticate: a.Org.Authenticate, Log: a.Log, Clock: a.Clock,
		Version: Version, PublicURL: a.Config.PublicURL, TrustedProxies: a.Config.TrustedProxies,
		MaxBody: a.Config.RequestMaxBytes, Metrics: m, Replay: a.keys(),
		// Clients knew the types of reviews before these had a package of their own.
		SchemaPackages: map[string]string{"review": "tiering"},
	})
	a.Org.Routes(api)
	a.Fields.Routes(api)
	a.Tags.Routes(api)
	a.Customer.Routes(api)
	a.Audiences.Routes(api)
	a.Follower.Routes(api)
	a.Orders.Routes(api)
	a.Importer.Routes(api)
	a.Tiering.Routes(api)
	a.Review.Routes(api)
	a.Forecast.Routes(api)
	a.Affinity.Routes(api)
	a.Lifecycle.Routes(api)
	a.Timeline.Routes(api)
	a.Duplicates.Routes(api)
	a.Quality.Routes(api)
	a.Insight.Routes(api)
	a.Jobs.Routes(api)
	// i18n-keys: audit.*
	a.Audit.Routes(api, audit.HTTP{
		Title: func(locale, key string) string { return i18n.T(locale, key, nil) },
		Zone:  a.Org.Zone, People: a.Org.People,
	})
	a.systemRoutes(api)
	return api
}

// OpenAPI prints the description of the API. The services it is made from
// stand on a database in a temporary folder, which nothing is written to.
func OpenAPI(ctx context.Context) (b []byte, err error) {
	dir, err := os.MkdirTemp("", "zhike-openapi")
	if err != nil {
		return nil, errs.Wrap(err, errs.Unavailable, "db.cannot_open", "path", os.TempDir())
	}
	defer os.RemoveAll(dir)
	a := &App{Config: &config.Config{Data: dir, TimeZone: "Asia/Shanghai"}, Log: log.Discard(), Clock: clock.System{}}
	if a.DB, err = db.Open(ctx, db.Config{Dir: dir}); err != nil {
		return nil, err
	}
	defer func() { _ = a.DB.Close() }()
	if err := a.background(Options{}); err != nil {
		return nil, err
	}
	a.Audit = audit.New(a.DB, a.Clock)
	a.identity()
	defer a.Org.Close()
	a.domains()
	return a.api(nil).OpenAPI()
}

func (a *App) poolMetrics(m *web.Metrics) {
	stats := a.DB.Stats
	m.Register(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "zhike_db_connections_in_use", Help: "Database connections busy."}, func() float64 { return float64(stats().InUse) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "zhike_db_connections_open", Help: "Database connections open."}, func() float64 { return float64(stats().OpenConnections) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "zhike_db_wait_seconds_total", Help: "Time spent waiting for a database connection."}, func() float64 { return stats().WaitDuration.Seconds() }),
	)
}
