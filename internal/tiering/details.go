package tiering

import (
	"slices"
	"strconv"
	"strings"
)

// detailer writes the figures of a reason that have no column of their own in
// an assignment, and only those the scheme uses: "m3 o12 r4.5 f.budget=120" for
// rules, the points of the parts "72.1 30.5 55.0" for a score. parseDetails reads it.
type detailer struct {
	keys   []byte
	fields []Metric
}

// detailKeys are the letters of figures in details.
var detailKeys = map[Metric]byte{
	MetricMonths: 'm', MetricCarts: 'c', MetricRating: 'r', MetricGrowth: 'g',
	MetricOrdersAll: 'o', MetricSpendAll: 's', MetricTenure: 't', MetricRhythm: 'y',
	MetricIndustryGrowth: 'i', MetricReferrals: 'f',
	MetricAlive: 'a', MetricExpected: 'e', MetricCLV: 'v', MetricChurn: 'h',
}

var detailMetrics = func() map[byte]Metric {
	m := map[byte]Metric{}
	for k, v := range detailKeys {
		m[v] = k
	}
	return m
}()

func (s *Scheme) detailer() detailer {
	var d detailer
	if s.Method == MethodModel { // the figure, and what it rests on
		d.keys = []byte{detailKeys[s.Model.Figure], detailKeys[MetricOrdersAll], detailKeys[MetricTenure]}
		slices.Sort(d.keys)
		return d
	}
	if s.Method != MethodRules {
		return d
	}
	for _, m := range s.metrics() {
		if _, ok := m.field(); ok {
			d.fields = append(d.fields, m)
		}
	}
	for _, c := range s.Conditions() {
		if k, ok := detailKeys[c.Metric]; ok && !c.Off && !slices.Contains(d.keys, k) {
			d.keys = append(d.keys, k)
		}
	}
	slices.Sort(d.keys)
	return d
}

// appendTo writes the details of customer i to b. A figure that is 0 or not
// there is left out.
func (d detailer) appendTo(b []byte, f *Facts, g *Grades, i int) []byte {
	start := len(b)
	for _, part := range g.PartScores {
		if len(b) > start {
			b = append(b, ' ')
		}
		b = strconv.AppendFloat(b, float64(part[i]), 'f', 1, 32)
	}
	for _, k := range d.keys {
		m := detailMetrics[k]
		v, ok := f.value(m, i)
		if !ok || (v == 0 && m != MetricGrowth && m != MetricIndustryGrowth && !m.byModel()) {
			continue
		}
		if len(b) > start {
			b = append(b, ' ')
		}
		b = append(b, k)
		switch m {
		case MetricGrowth, MetricIndustryGrowth, MetricRating, MetricRhythm, MetricAlive, MetricExpected, MetricChurn:
			b = strconv.AppendFloat(b, v, 'f', 4, 64)
		default:
			b = strconv.AppendInt(b, int64(v), 10)
		}
	}
	for _, m := range d.fields {
		v, ok := f.value(m, i)
		if !ok {
			continue
		}
		if len(b) > start {
			b = append(b, ' ')
		}
		b = append(append(b, m...), '=')
		b = strconv.AppendFloat(b, v, 'f', -1, 64)
	}
	return b
}

// parseDetails reads what a detailer wrote: figures by their metric (money in
// 分) and the points of the parts.
func parseDetails(s string) (figures map[Metric]float64, parts []float64) {
	for w := range strings.FieldsSeq(s) {
		m, ok := detailMetrics[w[0]]
		if name, value, custom := strings.Cut(w, "="); custom {
			m, ok, w = Metric(name), true, value
		} else if ok {
			w = w[1:]
		}
		v, err := strconv.ParseFloat(w, 64)
		switch {
		case err != nil:
		case !ok:
			parts = append(parts, v)
		default:
			if figures == nil {
				figures = map[Metric]float64{}
			}
			figures[m] = v
		}
	}
	return figures, parts
}

// signals are the bits of the conditions and, above them, that of a customer
// who has been silent for long.
func (f *Facts) signals(g *Grades, i int) int64 {
	var bits int64
	if g.Signals != nil {
		bits = g.Signals[i]
	}
	if f.overdue(i) {
		bits |= 1 << overdueBit
	}
	return bits
}

// storedScore is the score of an assignment: hundredths, or the classes of RFM.
func storedScore(g *Grades, i int) int64 {
	if g.R != nil {
		return int64(g.R[i])*10_000 + int64(g.F[i])*100 + int64(g.M[i])
	}
	return int64(g.Score[i])
}
