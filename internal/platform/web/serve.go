package web

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"zhike/internal/platform/errs"
)

// Server says how to serve.
type Server struct {
	API      *API
	Health   *Health
	Listener net.Listener
	// CertFile and KeyFile turn TLS on.
	CertFile, KeyFile string
	// ShutdownTimeout is how long a stop waits for running requests.
	ShutdownTimeout time.Duration
	Log             *slog.Logger
}

// Listen opens the address; a taken one gives web.address_in_use.
func Listen(ctx context.Context, addr string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, errs.Wrap(err, errs.Unavailable, "web.cannot_listen", "addr", addr)
	}
	return l, nil
}

// Serve serves until ctx ends, then stops gracefully: readiness turns to 503,
// no new connection is taken, streams end, running requests finish or are cut
// after ShutdownTimeout.
func Serve(ctx context.Context, s Server) error {
	// No ReadTimeout: see timedBody.
	srv := &http.Server{
		Handler:           s.API,
		ReadHeaderTimeout: 10 * time.Second,
		WriteTimeout:      2 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
		TLSConfig:         &tls.Config{MinVersion: tls.VersionTLS12},
	}
	failed := make(chan error, 1)
	go func() {
		if s.CertFile != "" {
			failed <- srv.ServeTLS(s.Listener, s.CertFile, s.KeyFile)
			return
		}
		failed <- srv.Serve(s.Listener)
	}()
	select {
	case err := <-failed:
		return errs.Wrap(err, errs.Unavailable, "web.cannot_serve")
	case <-ctx.Done():
	}
	s.Health.Stop()
	s.API.CloseStreams()
	// Not ctx: it has ended, and that is why we stop.
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.ShutdownTimeout)
	defer cancel()
	err := srv.Shutdown(stop)
	if errors.Is(err, context.DeadlineExceeded) {
		s.Log.Warn("requests were cut at shutdown", slog.Duration("waited", s.ShutdownTimeout))
		return srv.Close()
	}
	return err
}
