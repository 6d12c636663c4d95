package tiering

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestQuartilesType7(t *testing.T) {
	for _, tt := range []struct {
		in   []float64
		want Quartile
	}{
		{nil, Quartile{}},
		{[]float64{7}, Quartile{7, 7, 7, 7, 7, 7}},
		{[]float64{2, 1}, Quartile{1, 1.25, 1.5, 1.75, 2, 1.5}},
		{[]float64{4, 1, 3, 2}, Quartile{1, 1.75, 2.5, 3.25, 4, 2.5}},
		{[]float64{1, 2, 3, 4, 5}, Quartile{1, 2, 3, 4, 5, 3}},
	} {
		if d := cmp.Diff(tt.want, quartiles(tt.in)); d != "" {
			t.Errorf("%v: %s", tt.in, d)
		}
	}
}

func TestEightGroupsFollowTheShippedLevels(t *testing.T) {
	s := shippedRFM()
	for _, tt := range []struct {
		r, f, m bool
		want    string
	}{
		{true, true, true, "important-value"}, {true, false, true, "important-develop"},
		{false, true, true, "important-keep"}, {false, false, true, "important-winback"},
		{true, true, false, "general-value"}, {true, false, false, "general-develop"},
		{false, true, false, "general-keep"}, {false, false, false, "general-winback"},
	} {
		if got := s.Levels[rfmGroup(tt.r, tt.f, tt.m)].Code; got != tt.want {
			t.Errorf("r %v f %v m %v: %s, want %s", tt.r, tt.f, tt.m, got, tt.want)
		}
	}
}

func TestFixedBoundaries(t *testing.T) {
	s := shippedRFM()
	// 0–29, 30–89, 90 days and more; 1, 2–4, 5 orders and more; yuan by hundreds.
	s.RFM.Recency, s.RFM.Frequency, s.RFM.Monetary = []float64{30, 90.2}, []float64{2, 5}, []float64{100, 307.415, 1000}
	f := spends(99.999, 100, 307.415, 307.41499, 1000, 0)
	days := []int32{0, 29, 30, 90, 91, 0}
	for i, d := range days {
		f.LastDay[i] = f.AsOf - d
		f.Orders[i] = []int32{1, 2, 4, 5, 9, 0}[i]
	}
	g := s.Grade(f)
	got := fmt.Sprint(g.R, g.F, g.M)
	if want := "[3 3 2 2 1 0] [1 2 2 3 3 0] [1 2 3 2 4 0]"; got != want {
		t.Errorf("classes %s, want %s", got, want)
	}
	if d := cmp.Diff([]float64{90, 29}, g.RFM.CutsR); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]float64{100, 307.415, 1000}, g.RFM.CutsM); d != "" {
		t.Error(d)
	}
	if g.RFM.Customers != 5 || g.Level[5] != rfmGroups {
		t.Errorf("%d customers, last level %d", g.RFM.Customers, g.Level[5])
	}
}

func TestQuintilesWithTies(t *testing.T) {
	// Seven customers with one order, one with 2, one with 3, one with 9.
	f := spends(1, 1, 1, 1, 1, 1, 1, 1, 1, 1)
	f.Orders = []int32{1, 1, 1, 1, 1, 1, 1, 2, 3, 9}
	g := shippedRFM().Grade(f)
	if got := fmt.Sprint(g.F); got != "[1 1 1 1 1 1 1 4 5 5]" {
		t.Errorf("classes %s", got)
	}
	if got := fmt.Sprint(g.M); got != "[1 1 1 1 1 1 1 1 1 1]" {
		t.Errorf("all alike: classes %s", got)
	}
}
