package forecast_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhike/internal/app"
	"zhike/internal/forecast"
	"zhike/internal/importer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/config"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
	"zhike/test/realdata"
)

// firm is the whole program on a day that tests set.
type firm struct {
	t     *testing.T
	a     *app.App
	ctx   context.Context
	clock *clock.Fixed
}

// each runs a test on both databases.
func each(t *testing.T, columns int64, fn func(w *firm)) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			w := &firm{t: t, clock: clock.NewFixed(time.Date(1998, 7, 15, 4, 0, 0, 0, time.UTC)), ctx: auth.With(t.Context(), auth.System("test"))}
			cfg := &config.Config{Data: t.TempDir(), TimeZone: "Asia/Shanghai", Locale: "zh-CN", DBConns: 8, ColumnsMaxBytes: columns}
			if engine == "postgres" {
				cfg.DB = config.NewSecret(dbtest.PostgresURL(t))
			}
			var err error
			w.a, err = app.Open(t.Context(), cfg, app.Options{Stderr: io.Discard, Clock: w.clock})
			w.must(err)
			t.Cleanup(w.a.Close)
			fn(w)
		})
	}
}

func (w *firm) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("%v (%s) %+v", err, errs.CodeOf(err), errs.From(err).Fields)
	}
}

// fails wants an error of a code.
func (w *firm) fails(err error, code string) {
	w.t.Helper()
	if !errs.Is(err, code) {
		w.t.Fatalf("%v (%s), want %s", err, errs.CodeOf(err), code)
	}
}

// cdnow imports the 1/10 sample as orders of the company.
func (w *firm) cdnow() {
	w.t.Helper()
	text, err := os.ReadFile(realdata.Path(w.t, "cdnow_sample/CDNOW_sample.txt"))
	w.must(err)
	var csv strings.Builder
	csv.WriteString("订单编号,会员编号,付款时间,实付金额\n")
	for i, line := range strings.Split(string(text), "\n") {
		if c := strings.Fields(line); len(c) == 5 {
			fmt.Fprintf(&csv, "A%d,%s,%s-%s-%s 12:00:00,%s\n", i, c[0], c[2][:4], c[2][4:6], c[2][6:], c[4])
		}
	}
	path := filepath.Join(w.t.TempDir(), "cdnow.csv")
	w.must(os.WriteFile(path, []byte(csv.String()), 0o600))
	out, err := w.a.Importer.Run(w.ctx, importer.RunInput{Kind: importer.KindOrders, Path: path, Source: "cdnow"})
	w.must(err)
	_ = out
}

// settle changes the settings of a kind.
func (w *firm) settle(k forecast.Kind, change func(s *forecast.Settings)) {
	w.t.Helper()
	list, err := w.a.Forecast.States(w.ctx)
	w.must(err)
	for _, st := range list {
		if st.Kind == k {
			change(&st.Settings)
			_, err = w.a.Forecast.SaveSettings(w.ctx, k, st.Settings, st.SettingsVersion)
			w.must(err)
		}
	}
}
