package model

import (
	"context"
	"math/rand/v2"
	"syscall"
	"testing"

	"zhike/internal/platform/clock"
)

// The company of the measurements: a million customers over three years.
var (
	benchOrders = BGNBD{R: 0.9, Alpha: 60, A: 0.25, B: 4}
	benchValues = GammaGamma{P: 6.25, Q: 3.74, V: 200}
)

// BenchmarkFit measures BG/NBD on a million customers: from (x, t_x, T) and
// from ten million orders in no order, and what follows the fit.
// go test -run - -bench Fit -benchtime 1x ./internal/model/
func BenchmarkFit(b *testing.B) {
	const customers = 1_000_000
	s := drawSample(3, customers, benchOrders, benchValues, Daily, 1095, 90)
	b.Logf("%d rows of the process", s.rows)
	ctx := context.Background()
	b.Run("histories", func(b *testing.B) {
		before := cpu()
		for b.Loop() {
			table, err := NewTable(s.histories, s.period)
			if err != nil {
				b.Fatal(err)
			}
			m, fit, err := FitBGNBD(ctx, table)
			if err != nil {
				b.Fatal(err)
			}
			b.Logf("%d distinct of %d, %+v ± %v, %d of %d starts, %d evaluations", table.Rows(), table.Customers(), m, fit.StdErr, fit.Converged, len(fit.Starts), fit.Evaluations)
			b.ReportMetric(cpu()-before, "cpu-s/op")
		}
	})
	b.Run("orders", func(b *testing.B) {
		before := cpu()
		for b.Loop() {
			r := rand.New(rand.NewPCG(1, 2))
			l := NewLedger(s.period.End)
			for range 10_000_000 {
				if err := l.Add(int(r.Uint32N(customers)), simulated+clock.Day(r.Uint32N(1185)), 5_000_000); err != nil {
					b.Fatal(err)
				}
			}
			if _, err := NewTable(l.Histories(s.period), s.period); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(cpu()-before, "cpu-s/op")
		}
	})
	b.Run("alike", func(b *testing.B) {
		// Everybody buys at the same rate and nobody leaves: the maximum lies at
		// the edge, where the search is slowest.
		r := rand.New(rand.NewPCG(1, 2))
		l := NewLedger(s.period.End)
		for range 10_000_000 {
			if err := l.Add(int(r.Uint32N(customers)), simulated+clock.Day(r.Uint32N(1185)), 5_000_000); err != nil {
				b.Fatal(err)
			}
		}
		table, err := NewTable(l.Histories(s.period), s.period)
		if err != nil {
			b.Fatal(err)
		}
		before := cpu()
		for b.Loop() {
			m, fit, err := FitBGNBD(ctx, table)
			if err != nil {
				b.Fatal(err)
			}
			b.Logf("%d distinct, %+v, %d of %d starts, %d evaluations, %v", table.Rows(), m, fit.Converged, len(fit.Starts), fit.Evaluations, fit.Warnings)
			b.ReportMetric(cpu()-before, "cpu-s/op")
		}
	})
	b.Run("values", func(b *testing.B) {
		before := cpu()
		for b.Loop() {
			v, err := NewValues(s.histories, s.period)
			if err != nil {
				b.Fatal(err)
			}
			if _, _, err := FitGammaGamma(ctx, v); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(cpu()-before, "cpu-s/op")
		}
	})
	b.Run("forecasts", func(b *testing.B) {
		study := &Study{Period: s.period, Orders: benchOrders, Values: &benchValues}
		before := cpu()
		for b.Loop() {
			if _, err := study.Forecasts(ctx, s.histories, Horizon{Months: 12, Discount: 0.1}); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(cpu()-before, "cpu-s/op")
		}
	})
	b.Run("holdout", func(b *testing.B) {
		for b.Loop() {
			NewHoldout(s.histories, s.period, benchOrders)
		}
	})
}

// cpu is the processor time of the process in seconds: the machine may have
// other work.
func cpu() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}

// BenchmarkLearn measures the churn model on the public data set, 142 times
// over: a million customers with 19 fields.
func BenchmarkLearn(b *testing.B) {
	f, churned := telco(b)
	big := &Frame{}
	for _, c := range f.Columns {
		d := Column{Name: c.Name, Levels: c.Levels}
		for range 142 {
			d.Numbers, d.Words = append(d.Numbers, c.Numbers...), append(d.Words, c.Words...)
		}
		if c.Numbers == nil {
			d.Numbers = nil
		} else {
			d.Words = nil
		}
		big.Columns = append(big.Columns, d)
	}
	var labels []bool
	for range 142 {
		labels = append(labels, churned...)
	}
	before := cpu()
	for b.Loop() {
		m, err := Learn(context.Background(), big, "Churn", labels, 0)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(cpu()-before, "cpu-s/learn")
		before = cpu()
		m.Predict(big)
		b.ReportMetric(cpu()-before, "cpu-s/predict")
	}
}
