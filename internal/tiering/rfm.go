package tiering

import (
	"math"
	"slices"

	"zhike/internal/platform/money"
)

// rfmGroups is the number of classical groups; the level after them takes
// customers without a purchase in the window.
const rfmGroups = 8

// RFMStats describes the three figures over the customers graded, and the
// averages the groups were split at.
type RFMStats struct {
	Customers int      `json:"customers"`
	Recency   Quartile `json:"recency"`   // days
	Frequency Quartile `json:"frequency"` // orders
	Monetary  Quartile `json:"monetary"`  // yuan
	// What "above average" was: of the classes or of the figures, by Split.
	MeanR float64 `json:"mean_r"`
	MeanF float64 `json:"mean_f"`
	MeanM float64 `json:"mean_m"`
	// Least figure of each class from 2 up (for recency: the greatest).
	CutsR []float64 `json:"cuts_r"`
	CutsF []float64 `json:"cuts_f"`
	CutsM []float64 `json:"cuts_m"`
}

// Quartile sums a distribution up; quartiles by linear interpolation
// (Hyndman & Fan 1996, type 7, as spreadsheets and numpy do).
type Quartile struct {
	Min  float64 `json:"min"`
	Q1   float64 `json:"q1"`
	Q2   float64 `json:"q2"`
	Q3   float64 `json:"q3"`
	Max  float64 `json:"max"`
	Mean float64 `json:"mean"`
}

// quartiles sorts v.
func quartiles(v []float64) Quartile {
	if len(v) == 0 {
		return Quartile{}
	}
	slices.Sort(v)
	at := func(p float64) float64 {
		h := p * float64(len(v)-1)
		i := int(h)
		if i+1 >= len(v) {
			return v[len(v)-1]
		}
		return v[i] + (h-float64(i))*(v[i+1]-v[i])
	}
	var sum float64
	for _, x := range v {
		sum += x
	}
	return Quartile{Min: v[0], Q1: at(.25), Q2: at(.5), Q3: at(.75), Max: v[len(v)-1], Mean: sum / float64(len(v))}
}

// gradeRFM classes customers with a purchase in the window. Without fixed
// boundaries class = 1 + ⌊bins · (how many are strictly worse) ÷ n⌋, so equal
// figures share a class and the classes do not depend on the order of rows.
func (s *Scheme) gradeRFM(f *Facts, g *Grades) {
	n := f.Len()
	g.R, g.F, g.M = make([]uint8, n), make([]uint8, n), make([]uint8, n)
	buyers := make([]int, 0, n)
	for i := range n {
		if f.Orders[i] > 0 {
			buyers = append(buyers, i)
		}
	}
	r, fr, m := make([]float64, len(buyers)), make([]float64, len(buyers)), make([]float64, len(buyers))
	for k, i := range buyers {
		// Negated, so that more is better in all three.
		r[k] = -float64(f.AsOf - f.LastDay[i])
		fr[k] = float64(f.Orders[i])
		m[k] = float64(f.SpendMilli[i])
	}
	st := &RFMStats{Customers: len(buyers)}
	g.RFM = st
	cr, cutsR := s.RFM.classes(r, negated(s.RFM.Recency))
	cf, cutsF := s.RFM.classes(fr, s.RFM.Frequency)
	cm, cutsM := s.RFM.classes(m, milliOf(s.RFM.Monetary))
	st.CutsR, st.CutsF, st.CutsM = divided(cutsR, -1), cutsF, divided(cutsM, milliPerYuan)

	if s.RFM.Split == "value" {
		st.MeanR, st.MeanF, st.MeanM = mean(r), mean(fr), mean(m)
	} else {
		st.MeanR, st.MeanF, st.MeanM = meanClass(cr), meanClass(cf), meanClass(cm)
	}
	for i := range n {
		g.Level[i], g.Reason[i] = rfmGroups, NoReason
	}
	for k, i := range buyers {
		g.R[i], g.F[i], g.M[i] = cr[k], cf[k], cm[k]
		above := [3]bool{float64(cr[k]) >= st.MeanR, float64(cf[k]) >= st.MeanF, float64(cm[k]) >= st.MeanM}
		if s.RFM.Split == "value" {
			above = [3]bool{r[k] >= st.MeanR, fr[k] >= st.MeanF, m[k] >= st.MeanM}
		}
		group := rfmGroup(above[0], above[1], above[2])
		g.Level[i], g.Reason[i] = uint8(group), int16(group)
		g.Score[i] = 100 * int32(int(cr[k])+int(cf[k])+int(cm[k]))
	}
	if s.RFM.Split == "value" {
		st.MeanR, st.MeanM = -st.MeanR, st.MeanM/milliPerYuan
	}
	st.Recency = quartiles(divided(r, -1))
	st.Frequency = quartiles(fr)
	st.Monetary = quartiles(divided(m, milliPerYuan))
}

// rfmGroup numbers the eight groups as the levels of the shipped scheme list
// them: 重要价值, 重要发展, 重要保持, 重要挽留, 一般价值, 一般发展, 一般保持, 一般挽留.
// "Important" is monetary above average; 价值 has recency and frequency,
// 发展 recency only, 保持 frequency only, 挽留 neither.
func rfmGroup(r, f, m bool) int {
	g := 0
	if !m {
		g = 4
	}
	switch {
	case r && f:
	case r:
		g++
	case f:
		g += 2
	default:
		g += 3
	}
	return g
}

// classes gives each value 1…bins, more being better, and the least value of
// each class from 2 up as it came out.
func (c *RFM) classes(v []float64, fixed []float64) (class []uint8, cuts []float64) {
	class = make([]uint8, len(v))
	bins := c.Bins
	sorted := slices.Clone(v)
	slices.Sort(sorted)
	if len(fixed) > 0 {
		bins = len(fixed) + 1
	}
	least := make([]float64, bins+1)
	seen := make([]bool, bins+1)
	for i, x := range v {
		k := 1
		if len(fixed) > 0 {
			for _, b := range fixed {
				if x >= b {
					k++
				}
			}
		} else {
			less, _ := slices.BinarySearch(sorted, x)
			k = 1 + bins*less/len(v)
		}
		class[i] = uint8(k)
		if !seen[k] || x < least[k] {
			least[k], seen[k] = x, true
		}
	}
	for k := 2; k <= bins; k++ {
		if seen[k] {
			cuts = append(cuts, least[k])
		}
	}
	return class, cuts
}

// negated turns rising boundaries of days into rising boundaries of −days. A
// figure equal to a boundary belongs to the class of more days, so that the
// boundary of −days is the next number above −b.
func negated(v []float64) []float64 {
	out := make([]float64, 0, len(v))
	for i := len(v) - 1; i >= 0; i-- {
		out = append(out, math.Nextafter(-v[i], math.Inf(1)))
	}
	return out
}

// milliPerYuan is how many thousandths of a 分 make a yuan.
const milliPerYuan = 100 * money.SubPerFen

// milliOf turns boundaries in yuan into thousandths of a 分.
func milliOf(yuan []float64) []float64 {
	out := make([]float64, len(yuan))
	for i, x := range yuan {
		out[i] = math.Round(x * milliPerYuan)
	}
	return out
}

func divided(v []float64, by float64) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = x/by + 0 // no negative zero
	}
	return out
}

func mean(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	var s float64
	for _, x := range v {
		s += x
	}
	return s / float64(len(v))
}

func meanClass(c []uint8) float64 {
	if len(c) == 0 {
		return 0
	}
	s := 0
	for _, x := range c {
		s += int(x)
	}
	return float64(s) / float64(len(c))
}
