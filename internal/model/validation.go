package model

import (
	"context"
	"math"
	"slices"

	"zhike/internal/platform/errs"
)

// Validation says how good a model is on customers that it has not seen: the
// customers are dealt into folds, each of which is predicted by a model learned
// from the others alone, what the fields look like included.
type Validation struct {
	Folds       int       `json:"folds"`
	Seed        uint64    `json:"seed"`
	Customers   int       `json:"customers"`
	Positives   int       `json:"positives"`
	AUC         float64   `json:"auc"`      // of all predictions together
	AUCLow      float64   `json:"auc_low"`  // 95 % of DeLong, DeLong and Clarke-Pearson 1988
	AUCHigh     float64   `json:"auc_high"` //
	FoldAUC     []float64 `json:"fold_auc"`
	Brier       float64   `json:"brier"`       // mean squared error of the probabilities
	BrierBase   float64   `json:"brier_base"`  // that of saying the share for everybody
	ECE         float64   `json:"ece"`         // expected calibration error over the deciles
	Calibration []Decile  `json:"calibration"` // lowest probabilities first
	Predictions []float64 `json:"-"`           // by row
}

// Decile is a tenth of the customers by probability.
type Decile struct {
	Customers int     `json:"customers"`
	Predicted float64 `json:"predicted"` // mean probability
	Actual    float64 `json:"actual"`    // share that has the label
}

// Validate deals the customers into folds (2 to 20), those with the label and
// those without evenly, by their keys and the seed. Errors as of Learn, for
// every fold; invalid with the field folds.
func Validate(ctx context.Context, f *Frame, label string, positive []bool, ridge float64, folds int, seed uint64) (*Validation, error) {
	if folds < 2 || folds > 20 {
		return nil, errs.New(errs.Invalid, "invalid").WithField("folds", "model.folds", "min", 2, "max", 20)
	}
	v := &Validation{Folds: folds, Seed: seed, Customers: f.Rows(), Predictions: make([]float64, f.Rows())}
	fold := dealFolds(f, positive, folds, seed)
	for k := range folds {
		var learned, tested []int32
		for r, at := range fold {
			if int(at) == k {
				tested = append(tested, int32(r))
			} else {
				learned = append(learned, int32(r))
			}
		}
		m, err := learn(ctx, f, label, positive, ridge, learned)
		if err != nil {
			return nil, err
		}
		over := m.Over(f)
		p, y := make([]float64, len(tested)), make([]bool, len(tested))
		for i, r := range tested {
			p[i], y[i] = over.Probability(int(r)), positive[r]
			v.Predictions[r] = p[i]
		}
		auc, _ := AUC(p, y)
		v.FoldAUC = append(v.FoldAUC, auc)
	}
	v.score(positive)
	return v, nil
}

// dealFolds gives each row its fold.
func dealFolds(f *Frame, positive []bool, folds int, seed uint64) []uint8 {
	n := f.Rows()
	type entry struct {
		key uint64
		row int
	}
	out := make([]uint8, n)
	for _, kind := range []bool{true, false} {
		var stratum []entry
		for i := range n {
			if positive[i] == kind {
				key := uint64(i)
				if f.Keys != nil {
					key = f.Keys[i]
				}
				stratum = append(stratum, entry{mix(key ^ mix(seed)), i})
			}
		}
		slices.SortFunc(stratum, func(a, b entry) int {
			switch {
			case a.key < b.key:
				return -1
			case a.key > b.key:
				return 1
			}
			return a.row - b.row
		})
		for i, e := range stratum {
			out[e.row] = uint8(i % folds)
		}
	}
	return out
}

// mix is the finaliser of SplitMix64 (Steele, Lea, Flood 2014): the same on
// every machine and in every version.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (v *Validation) score(positive []bool) {
	n := float64(v.Customers)
	for i, p := range v.Predictions {
		y := 0.0
		if positive[i] {
			v.Positives++
			y = 1
		}
		v.Brier += (p - y) * (p - y) / n
	}
	share := float64(v.Positives) / n
	v.BrierBase = share * (1 - share)
	var se float64
	v.AUC, se = AUC(v.Predictions, positive)
	v.AUCLow, v.AUCHigh = max(0, v.AUC-1.959964*se), min(1, v.AUC+1.959964*se)

	order := make([]int, v.Customers)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		switch pa, pb := v.Predictions[a], v.Predictions[b]; {
		case pa < pb:
			return -1
		case pa > pb:
			return 1
		}
		return a - b
	})
	for d := range 10 {
		part := order[d*len(order)/10 : (d+1)*len(order)/10]
		if len(part) == 0 {
			continue
		}
		c := Decile{Customers: len(part)}
		for _, i := range part {
			c.Predicted += v.Predictions[i] / float64(len(part))
			if positive[i] {
				c.Actual += 1 / float64(len(part))
			}
		}
		v.Calibration = append(v.Calibration, c)
		v.ECE += math.Abs(c.Predicted-c.Actual) * float64(len(part)) / n
	}
}

// AUC is the probability that of two customers, one with the label and one
// without, the first has the higher score, ties half; se is its standard error
// by DeLong's method, computed from midranks (Sun, Xu, "Fast Implementation of
// DeLong's Algorithm", 2014). NaN where one kind is missing.
func AUC(scores []float64, positive []bool) (auc, se float64) {
	var with, without []float64
	for i, s := range scores {
		if positive[i] {
			with = append(with, s)
		} else {
			without = append(without, s)
		}
	}
	m, n := float64(len(with)), float64(len(without))
	if m == 0 || n == 0 {
		return math.NaN(), math.NaN()
	}
	all := append(slices.Clone(with), without...)
	rank, rankWith, rankWithout := midranks(all), midranks(with), midranks(without)
	var varWith, varWithout float64
	for i := range with {
		auc += (rank[i] - (m+1)/2) / (m * n)
	}
	for i := range with {
		d := (rank[i]-rankWith[i])/n - auc
		varWith += d * d
	}
	for i := range without {
		d := 1 - (rank[len(with)+i]-rankWithout[i])/m - auc
		varWithout += d * d
	}
	if m > 1 && n > 1 {
		se = math.Sqrt(varWith/(m-1)/m + varWithout/(n-1)/n)
	}
	return auc, se
}

// midranks are ranks from 1; equal values share the mean of theirs.
func midranks(v []float64) []float64 {
	order := make([]int, len(v))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case v[a] < v[b]:
			return -1
		case v[a] > v[b]:
			return 1
		}
		return 0
	})
	out := make([]float64, len(v))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && v[order[j]] == v[order[i]] {
			j++
		}
		for k := i; k < j; k++ {
			out[order[k]] = float64(i+j+1) / 2
		}
		i = j
	}
	return out
}
