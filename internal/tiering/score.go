package tiering

import "slices"

// percentiles gives each customer 0–100: the share of the others whose figure
// is strictly worse, so that equal figures get equal marks. A customer without
// the figure gets 0. Fewer days since the last purchase are better.
func (f *Facts) percentiles(m Metric) []float32 {
	n := f.Len()
	out := make([]float32, n)
	if n < 2 {
		return out
	}
	vals := make([]float64, n)
	sorted := make([]float64, 0, n)
	const none = -1e300
	for i := range n {
		v, ok := f.value(m, i)
		switch {
		case !ok:
			v = none
		case m == MetricRecency:
			v = -v
		}
		vals[i] = v
		sorted = append(sorted, v)
	}
	slices.Sort(sorted)
	for i, v := range vals {
		if v == none {
			continue
		}
		less, _ := slices.BinarySearch(sorted, v)
		out[i] = float32(100 * float64(less) / float64(n-1))
	}
	return out
}

func (s *Scheme) gradeScore(f *Facts, g *Grades) {
	n := f.Len()
	total := make([]float64, n)
	var weights float64
	for _, p := range s.Score.Parts {
		weights += p.Weight
	}
	for _, p := range s.Score.Parts {
		part := s.partScores(f, p)
		g.PartScores = append(g.PartScores, part)
		for i, v := range part {
			total[i] += float64(v) * p.Weight / weights
		}
	}
	for i, t := range total {
		g.Score[i] = int32(t*100 + 0.5)
		level := len(s.Score.Cuts)
		for k, cut := range s.Score.Cuts {
			if g.Score[i] >= int32(cut*100+0.5) {
				level = k
				break
			}
		}
		g.Level[i] = uint8(level)
		best, at := -1.0, 0
		for k, p := range s.Score.Parts {
			if w := float64(g.PartScores[k][i]) * p.Weight; w > best {
				best, at = w, k
			}
		}
		g.Reason[i] = int16(at)
	}
}

func (s *Scheme) partScores(f *Facts, p ScorePart) []float32 {
	out := make([]float32, f.Len())
	var weights float64
	for _, t := range p.Terms {
		weights += t.Weight
	}
	for _, t := range p.Terms {
		w := float32(t.Weight / weights)
		if t.Scale == "percentile" {
			for i, v := range f.percentiles(t.Metric) {
				out[i] += v * w
			}
			continue
		}
		from, to := t.From, t.To
		if f.isMoney(t.Metric) {
			from, to = yuanToFen(from), yuanToFen(to)
		}
		for i := range out {
			if v, ok := f.value(t.Metric, i); ok {
				out[i] += float32(min(100, max(0, 100*(v-from)/(to-from)))) * w
			}
		}
	}
	return out
}
