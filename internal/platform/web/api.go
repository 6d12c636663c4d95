package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
)

// Prefix is where the API lives; route paths are relative to it.
const Prefix = "/api/v1"

// DefaultMaxBody is the largest request body in bytes where neither the route
// nor the options say otherwise.
const DefaultMaxBody = 1 << 20

// DefaultTimeout bounds the work for one ordinary request.
const DefaultTimeout = 30 * time.Second

// rawTimeout bounds an upload or a download; within it each read and each
// write must make progress, see limits.
const rawTimeout = 2 * time.Hour

// Texts gives the sentence of a catalogue key in a language.
type Texts interface {
	T(locale, key string, params map[string]any) string
}

// Authenticate finds who sent the request: nil without an error where nobody
// is signed in. It must check the session against the store each time.
type Authenticate func(ctx context.Context, r *http.Request) (*auth.Actor, error)

// Options say how an API is built. Texts, Match and Authenticate are needed
// to serve; none is needed to print the OpenAPI document.
type Options struct {
	Texts Texts
	// Match chooses the language for an Accept-Language header.
	Match        func(acceptLanguage string) string
	Authenticate Authenticate
	// Replay, where set, makes writes with an Idempotency-Key happen once.
	Replay Replayer
	Log    *slog.Logger
	Clock  clock.Clock
	// SchemaPackages names packages in the names of schemas otherwise than they are
	// called, so that clients see no difference where code moved.
	SchemaPackages map[string]string
	// Version goes into the OpenAPI document.
	Version string
	// PublicURL is what people type, "https://crm.example.com"; https turns
	// HSTS on. Requests from its origin pass the cross-origin check.
	PublicURL string
	// TrustedProxies are believed about X-Forwarded-For and X-Request-Id.
	TrustedProxies []netip.Prefix
	// MaxBody is the default bound of request bodies in bytes, 0 for DefaultMaxBody.
	MaxBody int64
	// Metrics, where set, counts requests; see [NewMetrics].
	Metrics *Metrics
	// NoCompression turns gzip off, for servers behind a compressing proxy.
	NoCompression bool
}

// API is the table of routes and the handler that serves them.
type API struct {
	opts    Options
	huma    huma.API
	mux     *chi.Mux
	routes  []Route
	ids     map[string]bool
	origin  *http.CrossOriginProtection
	hsts    bool
	log     *slog.Logger
	clk     clock.Clock
	limits  limits
	streams streamLimit
	closing chan struct{}
	closed  atomic.Bool
	bare    http.Handler // what is not the API: pages, health, metrics
}

// New makes an API without routes.
func New(o Options) *API {
	if o.Clock == nil {
		o.Clock = clock.System{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.MaxBody == 0 {
		o.MaxBody = DefaultMaxBody
	}
	if o.Match == nil {
		o.Match = func(string) string { return "zh-CN" }
	}
	if o.Texts == nil {
		o.Texts = noTexts{}
	}
	a := &API{
		opts: o, log: o.Log, clk: o.Clock, ids: map[string]bool{},
		origin:  http.NewCrossOriginProtection(),
		hsts:    strings.HasPrefix(o.PublicURL, "https://"),
		closing: make(chan struct{}),
		limits:  defaultLimits,
		mux:     chi.NewMux(),
	}
	a.streams.init()
	if o.PublicURL != "" {
		// A wrong address was refused when the configuration was read.
		_ = a.origin.AddTrustedOrigin(strings.TrimRight(o.PublicURL, "/"))
	}
	a.mux.NotFound(func(w http.ResponseWriter, r *http.Request) {
		a.writeError(w, r, errs.New(errs.NotFound, "web.no_route"))
	})
	a.mux.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) {
		a.writeProblem(w, a.statusProblem(r.Context(), http.StatusMethodNotAllowed, "web.method_not_allowed"))
	})
	a.huma = huma.NewAPI(humaConfig(o), &adapter{a})
	a.describe()
	return a
}

// adapter puts huma's operations behind the guard of their route.
type adapter struct{ api *API }

// Handle registers one operation; Register has put its route into the metadata.
func (ad *adapter) Handle(op *huma.Operation, handler func(huma.Context)) {
	rt := op.Metadata[routeKey].(*Route)
	ad.api.handle(rt, func(w http.ResponseWriter, r *http.Request) {
		handler(humachi.NewContext(op, r, w))
	})
}

// ServeHTTP is part of huma's interface.
func (ad *adapter) ServeHTTP(w http.ResponseWriter, r *http.Request) { ad.api.ServeHTTP(w, r) }

// handle puts a handler behind the guard of its route.
func (a *API) handle(rt *Route, next http.HandlerFunc) {
	a.mux.MethodFunc(rt.Method, Prefix+rt.Path, a.guard(rt, next))
}

// Routes is the table of all routes, in the order they were registered.
func (a *API) Routes() []Route { return append([]Route(nil), a.routes...) }

// HandleRest gives everything outside of /api/ to h: the pages, health and
// metrics. It passes the same outer layer (request id, headers, log, recover).
func (a *API) HandleRest(h http.Handler) { a.bare = h }

// ServeHTTP serves the whole program.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.outer(w, r) }

// noTexts shows keys; it stands where only the OpenAPI document is wanted.
type noTexts struct{}

func (noTexts) T(_, key string, _ map[string]any) string { return key }
