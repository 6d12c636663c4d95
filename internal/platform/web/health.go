package web

import (
	"context"
	"encoding/json"
	"net/http"
	"sync/atomic"
	"time"
)

// checkTimeout bounds one look at readiness.
const checkTimeout = 3 * time.Second

// Health answers /healthz and /readyz. It is ready once [Health.Ready] was
// called, until [Health.Stop], and only while all checks pass.
type Health struct {
	state  atomic.Int32 // 0 starting, 1 ready, 2 stopping
	checks []healthCheck
}

type healthCheck struct {
	name string
	run  func(context.Context) error
}

// NewHealth makes one that is not ready yet.
func NewHealth() *Health { return &Health{} }

// Check adds a condition of readiness, before Ready is called.
func (h *Health) Check(name string, run func(context.Context) error) {
	h.checks = append(h.checks, healthCheck{name, run})
}

// Ready says that the start is done.
func (h *Health) Ready() { h.state.CompareAndSwap(0, 1) }

// Stop says that the server is going down: balancers send nothing more.
func (h *Health) Stop() { h.state.Store(2) }

type healthAnswer struct {
	Status string            `json:"status"`
	Checks map[string]string `json:"checks,omitempty"`
}

// Live answers 200 as long as the process serves at all.
func (h *Health) Live(w http.ResponseWriter, _ *http.Request) {
	writeHealth(w, http.StatusOK, healthAnswer{Status: "ok"})
}

// ReadyHandler answers 200 when requests can be served, else 503 with the name
// of what fails, never its error text.
func (h *Health) ReadyHandler(w http.ResponseWriter, r *http.Request) {
	switch h.state.Load() {
	case 0:
		writeHealth(w, http.StatusServiceUnavailable, healthAnswer{Status: "starting"})
		return
	case 2:
		writeHealth(w, http.StatusServiceUnavailable, healthAnswer{Status: "stopping"})
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), checkTimeout)
	defer cancel()
	a := healthAnswer{Status: "ok", Checks: map[string]string{}}
	status := http.StatusOK
	for _, c := range h.checks {
		a.Checks[c.name] = "ok"
		if c.run(ctx) != nil {
			a.Checks[c.name] = "failed"
			a.Status, status = "failed", http.StatusServiceUnavailable
		}
	}
	writeHealth(w, status, a)
}

func writeHealth(w http.ResponseWriter, status int, a healthAnswer) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(a)
}

// Rest is everything outside of /api/: health, metrics (nil for none) and the pages.
func Rest(h *Health, m *Metrics, pages http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", h.Live)
	mux.HandleFunc("GET /readyz", h.ReadyHandler)
	if m != nil {
		mux.Handle("GET /metrics", m.Handler())
	}
	mux.Handle("/", pages)
	return mux
}
