package tiering

import (
	"math"
)

// margins says how far customers stand from the threshold that their move
// crossed, 0 (on it) to 100, so that a panel sees first what could as well have
// gone the other way.
//
// Of a score it is the distance in points from the cut between the level and
// the next one towards the level before. Of rules it is relative, |figure −
// threshold| ÷ the greater of the two, in percent: of a customer who went up,
// or came new, the least over the conditions that the rule holds by (of "any"
// the greatest: all of them would have to fail); of one who went down, the least
// over the rules of better levels of the greatest among the conditions that
// fail: all of them would have to be met. A rule of audiences has no distance
// and counts as 100. Of RFM it is the distance of the nearest class from the
// mean class, in percent of the range of classes.
type margins struct {
	s   *Scheme
	sum *Summary
	x   explainer // for the figures alone
}

func (s *Scheme) margins(row *runRow, sum *Summary) *margins {
	return &margins{s: s, sum: sum, x: explainer{row: row, s: s, sum: sum}}
}

// of gives the margin of a customer whose level before was before, in the
// numbers of the scheme; -1 for none.
func (m *margins) of(a *assignment, before int) int {
	down := before >= 0 && before < a.Level
	v := 100.0
	switch m.s.Method {
	case MethodScore:
		v = m.score(a, before, down)
	case MethodRules:
		v = m.rules(a, before, down)
	case MethodRFM:
		v = m.rfm(a)
	case MethodModel:
		v = m.model(a, before, down)
	}
	return int(math.Floor(min(100, max(0, v))))
}

func (m *margins) score(a *assignment, before int, down bool) float64 {
	total, cuts := float64(a.Score)/100, m.s.Score.Cuts
	below, above := 100.0, 100.0 // down to the next worse level, up to the next better
	if a.Level < len(cuts) {
		below = total - cuts[a.Level]
	}
	if a.Level > 0 && a.Level <= len(cuts) {
		above = cuts[a.Level-1] - total
	}
	switch {
	case down:
		return above
	case before >= 0 && before > a.Level:
		return below
	}
	return min(below, above)
}

func (m *margins) rules(a *assignment, before int, down bool) float64 {
	figures, _ := parseDetails(a.Details)
	bit, least := 0, 100.0
	for k, r := range m.s.Rules {
		level := m.s.LevelIndex(r.Level)
		switch {
		case k == a.Reason && !down:
			least = min(least, m.slack(r, bit, a, figures))
		case down && level < a.Level && level >= before:
			least = min(least, m.lack(r, bit, a, figures))
		}
		bit += len(r.All) + len(r.Any)
	}
	return least
}

// slack is how far the nearest condition is from failing the rule.
func (m *margins) slack(r Rule, bit int, a *assignment, figures map[Metric]float64) float64 {
	least, anyOf := 100.0, -1.0
	for i, c := range r.All {
		if !c.Off {
			least = min(least, m.distance(c, bit+i, a, figures))
		}
	}
	for i, c := range r.Any {
		if at := bit + len(r.All) + i; !c.Off && a.Signals&(1<<at) != 0 {
			anyOf = max(anyOf, m.distance(c, at, a, figures))
		}
	}
	if anyOf >= 0 {
		least = min(least, anyOf)
	}
	return least
}

// lack is how far the customer is from meeting the rule.
func (m *margins) lack(r Rule, bit int, a *assignment, figures map[Metric]float64) float64 {
	most, anyOf, holds, on := 0.0, 100.0, false, false
	for i, c := range r.All {
		if !c.Off && a.Signals&(1<<(bit+i)) == 0 {
			most = max(most, m.distance(c, bit+i, a, figures))
		}
	}
	for i, c := range r.Any {
		if c.Off {
			continue
		}
		at := bit + len(r.All) + i
		on, holds = true, holds || a.Signals&(1<<at) != 0
		anyOf = min(anyOf, m.distance(c, at, a, figures))
	}
	if on && !holds {
		most = max(most, anyOf)
	}
	return most
}

func (m *margins) distance(c Condition, bit int, a *assignment, figures map[Metric]float64) float64 {
	if c.Who != nil || bit >= len(m.sum.Thresholds) || m.sum.Thresholds[bit] == nil {
		return 100
	}
	v := m.x.figure(c.Metric, a, figures)
	if v == nil {
		return 100
	}
	t := *m.sum.Thresholds[bit]
	scale := max(math.Abs(t), math.Abs(*v))
	if scale == 0 {
		return 0
	}
	return 100 * math.Abs(*v-t) / scale
}

func (m *margins) rfm(a *assignment) float64 {
	st := m.sum.RFM
	if st == nil || a.Score < 10_000 {
		return 100
	}
	classes := []float64{float64(a.Score / 10_000), float64(a.Score / 100 % 100), float64(a.Score % 100)}
	means := []float64{st.MeanR, st.MeanF, st.MeanM}
	if m.s.RFM.Split == "value" {
		// The means are those of the figures.
		spend, orders, days := float64(a.SpendFen)/100, float64(a.Orders), 0.0
		if a.LastDay != nil {
			days = float64(m.x.row.AsOf - *a.LastDay)
		}
		least := 100.0
		for i, v := range []float64{days, orders, spend} {
			if scale := max(math.Abs(v), math.Abs(means[i])); scale > 0 {
				least = min(least, 100*math.Abs(v-means[i])/scale)
			}
		}
		return least
	}
	span := float64(max(1, m.s.RFM.Bins-1))
	least := 100.0
	for i, c := range classes {
		least = min(least, 100*math.Abs(c-means[i])/span)
	}
	return least
}
