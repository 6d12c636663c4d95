package app

import (
	"os"

	"github.com/prometheus/client_golang/prometheus"

	"zhike/internal/platform/i18n"
	"zhike/internal/platform/memory"
	"zhike/internal/platform/web"
)

// columnsSized keeps the garbage that may pile up while serving the same,
// however much the columns take: they are in use for long and leave none.
func (a *App) columnsSized(bytes int64) {
	if os.Getenv("GOGC") != "" || !a.serving.Load() {
		return
	}
	memory.Lasting(bytes)
}

func (a *App) columnMetrics(m *web.Metrics) {
	gauge := func(name, help string, value func() int64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return float64(value()) })
	}
	counter := func(name, help string, value func() int64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, func() float64 { return float64(value()) })
	}
	stats := a.Columns.Stats
	m.Register(
		gauge("zhike_columns_bytes", "Memory of the columns that lists are answered from.", func() int64 { return stats().Bytes }),
		gauge("zhike_columns_snapshot_bytes", "The file that columns were written to or read from last.", func() int64 { return stats().SnapshotBytes }),
		gauge("zhike_columns_customers", "Customers in the columns.", func() int64 { return stats().Customers }),
		counter("zhike_columns_answered_total", "Lists answered from the columns.", func() int64 { return stats().Answered }),
		counter("zhike_columns_passed_total", "Lists left to the database: columns were being read or were behind.", func() int64 { return stats().Passed }),
		counter("zhike_columns_broke_total", "Questions left to the database because of a fault of the columns.", func() int64 { return stats().Broke }),
		counter("zhike_columns_followed_total", "Customers read again after a write.", func() int64 { return stats().Followed }),
		counter("zhike_columns_rebuilt_total", "How often all columns were read anew.", func() int64 { return stats().Rebuilt }),
	)
}

// columns tells how the columns are.
func (d *doctor) columns(a *App) {
	s := a.Columns.Stats()
	switch {
	case s.MaxBytes == 0:
		d.add("columns", StatusOK, "doctor.columns.off", "")
	case s.Columns == 0:
		d.add("columns", StatusOK, "doctor.columns.empty", "", "max", s.MaxBytes>>20)
	case s.Broke > 0:
		d.add("columns", StatusWarning, "doctor.columns.broke", "doctor.columns.broke_fix", "times", s.Broke)
	case s.Differed > 0:
		d.add("columns", StatusWarning, "doctor.columns.differed", "doctor.columns.differed_fix", "times", s.Differed)
	default:
		d.add("columns", StatusOK, "doctor.columns.ok", "", "columns", s.Columns, "customers", s.Customers,
			"mib", s.Bytes>>20, "max", s.MaxBytes>>20, "kept", s.KeptBytes>>20, "snapshot", d.snapshot(s.SnapshotBytes, s.FromSnapshotMs),
			"ms", s.LoadMillis, "answered", s.Answered, "passed", s.Passed)
	}
}

// snapshot tells of the file of the columns: how large, and what reading it took
// where the program began with it. i18n-keys: doctor.columns.*
func (d *doctor) snapshot(bytes, readMs int64) string {
	key := "doctor.columns.snapshot"
	switch {
	case bytes == 0:
		key = "doctor.columns.no_snapshot"
	case readMs > 0:
		key = "doctor.columns.snapshot_read"
	}
	return i18n.T(d.locale, key, i18n.Params{"mib": bytes >> 20, "ms": readMs})
}
