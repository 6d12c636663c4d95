package model

import (
	"bufio"
	"context"
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/money"
	"zhike/test/realdata"
)

// cdnow reads the transactions of the 1/10 sample, calibrated as published.
func cdnow(t testing.TB) ([]History, Period) {
	t.Helper()
	f, err := os.Open(realdata.Path(t, "cdnow_sample/CDNOW_sample.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	l := NewLedger(clock.DateDay(1997, 9, 30))
	numbers := map[string]int{}
	for s := bufio.NewScanner(f); s.Scan(); {
		cells := strings.Fields(s.Text())
		n, known := numbers[cells[0]]
		if !known {
			n = len(numbers)
			numbers[cells[0]] = n
		}
		at, err := time.Parse("20060102", cells[2])
		if err != nil {
			t.Fatal(err)
		}
		v, err := money.ParseDecimal(cells[4])
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Add(n, clock.DayOf(at, time.UTC), v.Milli()); err != nil {
			t.Fatal(err)
		}
	}
	p, err := l.Period(Weekly, 0)
	if err != nil {
		t.Fatal(err)
	}
	if p.Until != clock.DateDay(1998, 6, 30) || p.Holdout() != 39 {
		t.Fatalf("period %+v", p)
	}
	return l.Histories(p), p
}

// digits fails unless got shows as want at the digits that want has.
func digits(t testing.TB, what string, got float64, want string) {
	t.Helper()
	_, frac, _ := strings.Cut(want, ".")
	if s := strconv.FormatFloat(got, 'f', len(frac), 64); s != want {
		t.Errorf("%s is %s (%v), want %s", what, s, got, want)
	}
}

// The figures of shared/data/cdnow_sample/SOURCE.txt.
func TestCDNOW(t *testing.T) {
	histories, p := cdnow(t)
	table, err := NewTable(histories, p)
	if err != nil {
		t.Fatal(err)
	}
	repeats, holdout, active := 0, 0, 0
	for _, h := range histories {
		repeats += int(h.Repeat)
		holdout += int(h.Holdout)
		if h.Holdout > 0 {
			active++
		}
	}
	if table.Customers() != 2357 || table.Repeaters() != 946 || repeats != 2457 || holdout != 1882 || active != 684 {
		t.Fatal(table.Customers(), table.Repeaters(), repeats, holdout, active)
	}
	ctx := context.Background()
	m, fit, err := FitBGNBD(ctx, table)
	if err != nil {
		t.Fatal(err)
	}
	digits(t, "r", m.R, "0.243")
	digits(t, "alpha", m.Alpha, "4.414")
	digits(t, "a", m.A, "0.793")
	digits(t, "b", m.B, "2.426")
	digits(t, "log-likelihood", fit.LogLikelihood, "-9582.4")
	if fit.Converged != len(fit.Starts) || fit.Spread > 1e-6 || len(fit.Warnings) != 0 {
		t.Errorf("%+v", fit)
	}

	h := NewHoldout(histories, p, m)
	digits(t, "expected in the holdout", h.Expected, "1653.4")
	digits(t, "correlation", h.Correlation, "0.6256")
	digits(t, "mean absolute error", h.MAE, "0.7855")
	digits(t, "mean P(alive)", h.Alive, "0.8134")
	if h.Actual != 1882 || h.Buyers != 684 || len(h.ByDecile) != 10 {
		t.Errorf("%+v", h)
	}
	for x, want := range []struct {
		n                int64
		actual, expected float64
	}{
		{1411, 0.2367, 0.2251}, {439, 0.6970, 0.5231}, {214, 1.3925, 1.0441}, {100, 1.5600, 1.5203},
		{62, 2.5323, 2.1639}, {38, 2.9474, 2.6539}, {29, 3.8621, 3.5041}, {64, 6.3594, 6.1574},
	} {
		// SOURCE.txt was computed from times rounded to a hundredth of a week.
		b := h.ByRepeat[x]
		if b.Customers != want.n || math.Abs(b.Actual-want.actual) > 0.00005001 || math.Abs(b.Expected-want.expected) > 0.0003 {
			t.Errorf("x = %d: %+v, want %+v", x, b, want)
		}
	}
}

func TestCDNOWValues(t *testing.T) {
	histories, p := cdnow(t)
	v, err := NewValues(histories, p)
	if err != nil {
		t.Fatal(err)
	}
	if v.Repeaters() != 946 || v.Free() != 0 {
		t.Error(v.Repeaters(), v.Free())
	}
	digits(t, "mean of the averages", v.Mean(), "35.08")
	digits(t, "correlation of x and average", v.Independence(), "0.11")
	m, fit, err := FitGammaGamma(context.Background(), v)
	if err != nil {
		t.Fatal(err)
	}
	digits(t, "p", m.P, "6.25")
	digits(t, "q", m.Q, "3.74")
	digits(t, "v", m.V, "15.44")
	digits(t, "E[M]", m.Mean(), "35.17")
	if fit.Converged != len(fit.Starts) || fit.Spread > 1e-6 || len(fit.Warnings) != 0 || math.Abs(fit.LogLikelihood+4055.92) > 0.5 {
		t.Errorf("%+v", fit)
	}
}

// The summaries as published have rounded times and averages: with them the
// parameters come out as published, to all the digits of SOURCE.txt.
func TestCDNOWSummary(t *testing.T) {
	f, err := os.Open(realdata.Path(t, "cdnow_sample/cdnow_customers_summary_with_transactions.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	num := func(s string) float64 {
		v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	var keys []uint64
	var xs, averages []float64
	for _, r := range rows[1:] {
		x := num(r[1])
		keys = append(keys, packRow(int32(x), int32(math.Round(num(r[2])*100)), int32(math.Round(num(r[3])*100))))
		if x > 0 {
			xs, averages = append(xs, x), append(averages, num(r[4]))
		}
	}
	table, err := newTable(keys, 100)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	m, fit, err := FitBGNBD(ctx, table)
	if err != nil {
		t.Fatal(err)
	}
	digits(t, "r", m.R, "0.24259")
	digits(t, "alpha", m.Alpha, "4.41353")
	digits(t, "a", m.A, "0.79289")
	digits(t, "b", m.B, "2.42575")
	digits(t, "log-likelihood", fit.LogLikelihood, "-9582.4256")
	expected := 0.0
	for _, r := range rows[1:] {
		expected += m.Expected(int(num(r[1])), num(r[2]), num(r[3]), 39)
	}
	digits(t, "expected in the holdout", expected, "1653.42") // 1653.41 with times that are not rounded

	v := &Values{}
	v.take(xs, averages)
	g, fit, err := FitGammaGamma(ctx, v)
	if err != nil {
		t.Fatal(err)
	}
	digits(t, "p", g.P, "6.24880")
	digits(t, "q", g.Q, "3.74459")
	digits(t, "v", g.V, "15.44775")
	digits(t, "log-likelihood", fit.LogLikelihood, "-4055.9232")
	digits(t, "E[M]", g.Mean(), "35.17100")

	published := BGNBD{R: 0.243, Alpha: 4.414, A: 0.793, B: 2.426}
	digits(t, "log-likelihood of the published", published.LogLikelihood(table), "-9582.4268")
}

// The single figures of SOURCE.txt need no data.
func TestPublishedFigures(t *testing.T) {
	m := BGNBD{R: 0.243, Alpha: 4.414, A: 0.793, B: 2.426}
	digits(t, "E[Y(39)]", m.Expected(2, 30.43, 38.86, 39), "1.226028")
	digits(t, "P(alive)", m.Alive(2, 30.43, 38.86), "0.726579")
	for at, want := range map[float64]string{1: "0.053268", 26: "0.902637", 39: "1.196723", 52: "1.446051", 78: "1.860519"} {
		digits(t, "E[X(t)]", m.New(at), want)
	}
	digits(t, "E[M | x = 2]", GammaGamma{P: 6.25, Q: 3.74, V: 15.44}.Expected(2, 22.35), "24.663714")
}
