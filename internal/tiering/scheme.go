package tiering

import (
	"bytes"
	"errors"
	"io"

	"go.yaml.in/yaml/v3"

	"zhike/internal/platform/errs"
)

// Method is the way a scheme grades.
type Method string

// The methods.
const (
	MethodRules Method = "rules" // the first rule that holds decides
	MethodScore Method = "score" // a weighted score 0–100, cut into levels
	MethodRFM   Method = "rfm"   // recency, frequency, monetary: eight groups
	MethodModel Method = "model" // bands of a figure that a model of the company gives
)

// Measure says which money counts as spend.
type Measure string

// The measures: net of refunds and returns, or sales before them.
const (
	MeasureNet   Measure = "net"
	MeasureSales Measure = "sales"
)

// Scheme is the content of one version. It is what `zhike tier scheme export`
// writes as YAML and what the editor in the browser changes.
type Scheme struct {
	Code string `yaml:"code" json:"code"`
	Name string `yaml:"name" json:"name"`
	// Dimension is the code of what the levels are of; "" is value.
	Dimension string `yaml:"dimension,omitempty" json:"dimension,omitempty"`
	Method    Method `yaml:"method" json:"method"`
	// WindowDays is how far back spend and orders count, the day itself
	// included; 0 counts everything up to the day.
	WindowDays int     `yaml:"window_days" json:"window_days"`
	Measure    Measure `yaml:"measure" json:"measure"`
	// Levels from best to least; the last one takes whom nothing else takes.
	Levels []Level `yaml:"levels" json:"levels"`
	Rules  []Rule  `yaml:"rules,omitempty" json:"rules,omitempty"`
	Score  *Score  `yaml:"score,omitempty" json:"score,omitempty"`
	RFM    *RFM    `yaml:"rfm,omitempty" json:"rfm,omitempty"`
	Model  *Bands  `yaml:"model,omitempty" json:"model,omitempty"`
	// Horizon is of figures by models; nil is a year at 10 %.
	Horizon *Horizon `yaml:"horizon,omitempty" json:"horizon,omitempty"`
}

// Level is one grade: Code is stable, Name and Advice are what people read.
type Level struct {
	Code string `yaml:"code" json:"code"`
	Name string `yaml:"name" json:"name"`
	// Advice is the suggested next step for a customer of this level.
	Advice string `yaml:"advice,omitempty" json:"advice,omitempty"`
}

// Rule gives Level to customers for whom its conditions hold: all of All that
// are switched on, and, where Any is not empty, at least one of Any. A rule
// without a switched-on condition never holds.
type Rule struct {
	Level string      `yaml:"level" json:"level"`
	Name  string      `yaml:"name" json:"name"`
	All   []Condition `yaml:"all,omitempty" json:"all,omitempty"`
	Any   []Condition `yaml:"any,omitempty" json:"any,omitempty"`
}

// Op compares a figure of the customer with a number or with all customers.
type Op string

// The operators. "Buyers" are the customers with spend above zero in the
// window. Where there is none, the last three hold for nobody.
const (
	OpAtLeast  Op = "at_least"  // figure ≥ value
	OpAtMost   Op = "at_most"   // figure ≤ value
	OpMeanMul  Op = "mean_mul"  // figure ≥ value × mean over buyers
	OpTopShare Op = "top_share" // a buyer among the top value (0.2 = 20 %) of buyers; ties are in; of days since, fewer are better
	OpRevShare Op = "rev_share" // among the biggest buyers that together make value (0.8 = 80 %) of spend; ties are in
)

// Condition is one test on one figure, or a rule of audiences; Off switches it
// off and keeps what it says.
type Condition struct {
	Metric Metric  `yaml:"metric,omitempty" json:"metric,omitempty"`
	Op     Op      `yaml:"op,omitempty" json:"op,omitempty"`
	Value  float64 `yaml:"value" json:"value"`
	// Who is a rule as audiences have it (package rule), in place of metric, op
	// and value; it holds for those whom it means.
	Who any  `yaml:"who,omitempty" json:"who,omitempty" doc:"A rule as audiences have it, in place of metric, op and value"`
	Off bool `yaml:"off,omitempty" json:"off,omitempty"`
}

// Score weighs parts into 0–100. Weights need not add up to 1: they are taken
// relative to their sum.
type Score struct {
	Parts []ScorePart `yaml:"parts" json:"parts"`
	// Cuts are the least scores of the levels but the last, falling: with
	// three levels [70, 40].
	Cuts []float64 `yaml:"cuts" json:"cuts"`
}

// ScorePart is an axis (current value, potential, loyalty).
type ScorePart struct {
	Name   string      `yaml:"name" json:"name"`
	Weight float64     `yaml:"weight" json:"weight"`
	Terms  []ScoreTerm `yaml:"terms" json:"terms"`
}

// ScoreTerm turns a figure into 0–100: by its percentile among all customers
// (Scale "percentile"), or linearly between From (0) and To (100) (Scale
// "linear"; From may be above To for figures where less is better).
type ScoreTerm struct {
	Metric Metric  `yaml:"metric" json:"metric"`
	Weight float64 `yaml:"weight" json:"weight"`
	Scale  string  `yaml:"scale" json:"scale"`
	From   float64 `yaml:"from,omitempty" json:"from,omitempty"`
	To     float64 `yaml:"to,omitempty" json:"to,omitempty"`
}

// RFM scores the three figures and groups by above or below average.
type RFM struct {
	// Bins is the number of classes (5 = quintiles), used where no fixed
	// boundaries are given.
	Bins int `yaml:"bins" json:"bins"`
	// Fixed boundaries, rising, one fewer than the classes. Recency in days,
	// frequency in orders, monetary in yuan. A figure equal to a boundary
	// belongs to the class above it.
	Recency   []float64 `yaml:"recency,omitempty" json:"recency,omitempty"`
	Frequency []float64 `yaml:"frequency,omitempty" json:"frequency,omitempty"`
	Monetary  []float64 `yaml:"monetary,omitempty" json:"monetary,omitempty"`
	// Split says what is compared with its average to make the eight groups:
	// "score" (the classes) or "value" (the figures themselves).
	Split string `yaml:"split" json:"split"`
}

// dimension is the code of the scheme's dimension.
func (s *Scheme) dimension() string {
	if s.Dimension == "" {
		return DimensionValue
	}
	return s.Dimension
}

// LevelCode is the code of a level by its number; "" where there is none.
func (s *Scheme) LevelCode(k int16) string {
	if k < 0 || int(k) >= len(s.Levels) {
		return ""
	}
	return s.Levels[k].Code
}

// LevelName is the name of a level by its number; "" where there is none.
func (s *Scheme) LevelName(no int64) string {
	if no < 0 || no >= int64(len(s.Levels)) {
		return ""
	}
	return s.Levels[no].Name
}

// LevelIndex is the number of a level by its code, -1 where there is none.
func (s *Scheme) LevelIndex(code string) int {
	for i, l := range s.Levels {
		if l.Code == code {
			return i
		}
	}
	return -1
}

// ParseYAML reads and validates a scheme file of at most 256 KiB; unknown keys
// are refused (tier.bad_yaml), so that a misspelt number is not lost.
func ParseYAML(r io.Reader) (*Scheme, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxYAML+1))
	if err != nil {
		return nil, errs.Wrap(err, errs.Unavailable, "tier.cannot_read")
	}
	if len(b) > maxYAML {
		return nil, errs.New(errs.TooLarge, "tier.file_too_large", "max_kib", maxYAML>>10)
	}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	dec.KnownFields(true)
	s := &Scheme{}
	if err := dec.Decode(s); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, errs.New(errs.Invalid, "tier.bad_yaml", "detail", "empty")
		}
		return nil, errs.New(errs.Invalid, "tier.bad_yaml", "detail", errs.Clip(err.Error()))
	}
	// A second document would be lost without a word.
	if err := dec.Decode(&Scheme{}); !errors.Is(err, io.EOF) {
		return nil, errs.New(errs.Invalid, "tier.bad_yaml", "detail", "more than one document")
	}
	for i := range s.Rules {
		for _, list := range [][]Condition{s.Rules[i].All, s.Rules[i].Any} {
			for k := range list {
				if list[k].Who != nil {
					list[k].Who = plain(list[k].Who)
				}
			}
		}
	}
	if err := s.Validate(); err != nil {
		return nil, err
	}
	return s, nil
}

// WriteYAML writes the scheme in the form ParseYAML reads.
func (s *Scheme) WriteYAML(w io.Writer) error {
	enc := yaml.NewEncoder(w)
	enc.SetIndent(2)
	if err := enc.Encode(s); err != nil {
		return errs.Wrap(err, errs.Internal, "internal")
	}
	return enc.Close()
}
