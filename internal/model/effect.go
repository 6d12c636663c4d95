package model

import (
	"cmp"
	"math"
	"slices"
)

// Effect is a weight of a Logistic, to be told in words.
type Effect struct {
	Field string `json:"field"`
	// Kind is "number", "word" (Word against Base), "missing" (of a number) or
	// "others" (words too rare to be told apart, against Base).
	Kind string `json:"kind"`
	Word string `json:"word,omitempty"`
	Base string `json:"base,omitempty"`
	// OddsRatio is what the odds of the label are multiplied with by one unit
	// more of a number, or by having the word; Low and High bound 95 %.
	OddsRatio float64 `json:"odds_ratio"`
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
	// Step is a change of a number that is usual (its spread, rounded), and
	// StepRatio what that does. For words 1 and OddsRatio.
	Step      float64 `json:"step"`
	StepRatio float64 `json:"step_ratio"`
	StepLow   float64 `json:"step_low"`
	StepHigh  float64 `json:"step_high"`
	// Strength is the spread of the score that the column makes over the
	// customers, by which effects are sorted.
	Strength float64 `json:"strength"`
}

// Direction is "up" where the label becomes likelier, "down" where less likely
// and "unclear" where 95 % have room for both.
func (e Effect) Direction() string {
	switch {
	case e.Low > 1:
		return "up"
	case e.High < 1:
		return "down"
	}
	return "unclear"
}

// Phrase is the effect as a text of the catalogue: "model.effect.<code>", with
// the code of kind and direction.
func (e Effect) Phrase() Note {
	code := e.Kind + "_" + e.Direction()
	ratio, low, high := e.StepRatio, e.StepLow, e.StepHigh
	n := note(code, "field", e.Field, "ratio", ratio, "low", low, "high", high)
	switch e.Kind {
	case "number":
		n.Params["step"] = e.Step
	case "word":
		n.Params["word"], n.Params["base"] = e.Word, e.Base
	case "others":
		n.Params["base"] = e.Base
	}
	return n
}

// Effects tells all weights of the fields, the strongest first.
func (m *Logistic) Effects() []Effect {
	out := []Effect{}
	for i := range m.Fields {
		f := &m.Fields[i]
		for c := range f.width() {
			e := m.effect(f, c)
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b Effect) int { return cmp.Compare(b.Strength, a.Strength) })
	return out
}

func (m *Logistic) effect(f *Field, c int) Effect {
	b, se := m.Weights[f.First+c], m.StdErr[f.First+c]
	e := Effect{Field: f.Name, Step: 1}
	unit := 1.0
	share := f.Shares[c]
	e.Strength = math.Abs(b) * math.Sqrt(max(0, share*(1-share)))
	switch {
	case f.Number && c == 0:
		e.Kind, unit, e.Step = "number", 1/f.SD, roundStep(f.SD)
		e.Strength = math.Abs(b) * math.Sqrt(float64(f.Known)/float64(f.Known+f.Missing))
	case f.Number:
		e.Kind = "missing"
	case c == len(f.Words):
		e.Kind, e.Base = "others", f.Base
	default:
		e.Kind, e.Word, e.Base = "word", f.Words[c], f.Base
	}
	ratio := func(by float64) (mid, low, high float64) {
		return math.Exp(b * by), math.Exp((b - 1.959964*se) * by), math.Exp((b + 1.959964*se) * by)
	}
	e.OddsRatio, e.Low, e.High = ratio(unit)
	e.StepRatio, e.StepLow, e.StepHigh = ratio(unit * e.Step)
	return e
}

// roundStep is 1, 2 or 5 times a power of ten, at or below v.
func roundStep(v float64) float64 {
	p := math.Pow(10, math.Floor(math.Log10(v)))
	for _, n := range []float64{5, 2} {
		if n*p <= v {
			return n * p
		}
	}
	return p
}

// Reason is what one field does to the score of one customer, against a usual
// one: above nought it speaks for the label. A score is a logarithm of odds.
type Reason struct {
	Field string  `json:"field"`
	Score float64 `json:"score"`
}

// Reasons tells why a row has its probability: the fields by what they weigh,
// the heaviest first, at most n.
func (o *Over) Reasons(row, n int) []Reason {
	o.cells = o.code.row(int32(row), o.cells)
	out := make([]Reason, 0, len(o.m.Fields))
	next := 1 // of the cells, which stand in the order of the columns
	for i := range o.m.Fields {
		f := &o.m.Fields[i]
		if f.width() == 0 {
			continue
		}
		r := Reason{Field: f.Name}
		for c := range f.width() {
			r.Score -= o.m.Weights[f.First+c] * f.Shares[c]
		}
		for ; next < len(o.cells) && int(o.cells[next].column) < f.First+f.width(); next++ {
			r.Score += o.m.Weights[o.cells[next].column] * o.cells[next].value
		}
		out = append(out, r)
	}
	slices.SortStableFunc(out, func(a, b Reason) int { return cmp.Compare(math.Abs(b.Score), math.Abs(a.Score)) })
	return out[:min(n, len(out))]
}
