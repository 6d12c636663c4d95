package tiering

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
)

func TestShippedSchemesAreValidAndGoThroughYAML(t *testing.T) {
	for _, s := range Shipped() {
		roundTrip(t, s)
	}
	if got := []string{Shipped()[0].Code, Shipped()[1].Code, Shipped()[2].Code}; !slices.Equal(got, []string{"value-rules", "value-score", "rfm"}) {
		t.Errorf("codes %v", got)
	}
}

type fataler interface {
	Helper()
	Fatal(args ...any)
}

func roundTrip(t fataler, s *Scheme) {
	t.Helper()
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := s.WriteYAML(&b); err != nil {
		t.Fatal(err)
	}
	again, err := ParseYAML(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err, b.String())
	}
	if d := cmp.Diff(s, again); d != "" {
		t.Fatal(d)
	}
	// The database keeps JSON.
	j, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	fromJSON := &Scheme{}
	if err := json.Unmarshal(j, fromJSON); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(s, fromJSON); d != "" {
		t.Fatal(d)
	}
}

func TestAnySchemeGoesThroughYAML(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := []func(*rapid.T) *Scheme{drawRules, drawScore, drawRFM}[rapid.IntRange(0, 2).Draw(t, "method")](t)
		// Texts that YAML could take for something else.
		texts := rapid.SampledFrom([]string{"yes", "0.20", "~", "a: b", "- x", "'quoted'", `"q"`, "# no", "高价值", "null", "=1+1", "&a", "*a", "1e3"})
		s.Name, s.Levels[0].Name, s.Levels[0].Advice = texts.Draw(t, "name"), texts.Draw(t, "level"), texts.Draw(t, "advice")
		for i := range s.Rules { // empty and missing lists are the same in YAML
			if len(s.Rules[i].All) == 0 {
				s.Rules[i].All = nil
			}
			if len(s.Rules[i].Any) == 0 {
				s.Rules[i].Any = nil
			}
		}
		roundTrip(t, s)
	})
}

func TestValidate(t *testing.T) {
	long := strings.Repeat("长", 301)
	rules := func(change func(*Scheme)) *Scheme { s := shippedRules(); change(s); return s }
	score := func(change func(*Scheme)) *Scheme { s := shippedScore(); change(s); return s }
	rfm := func(change func(*Scheme)) *Scheme { s := shippedRFM(); change(s); return s }
	tests := []struct {
		path, code string
		s          *Scheme
	}{
		{"code", "tier.bad_code", rules(func(s *Scheme) { s.Code = "Value Rules" })},
		{"code", "tier.bad_code", rules(func(s *Scheme) { s.Code = "" })},
		{"name", "tier.bad_name", rules(func(s *Scheme) { s.Name = "  " })},
		{"name", "tier.bad_name", rules(func(s *Scheme) { s.Name = strings.Repeat("名", 61) })},
		{"name", "tier.bad_name", rules(func(s *Scheme) { s.Name = "a\nb" })},
		{"window_days", "tier.bad_window", rules(func(s *Scheme) { s.WindowDays = -1 })},
		{"window_days", "tier.bad_window", rules(func(s *Scheme) { s.WindowDays = 3661 })},
		{"measure", "tier.bad_measure", rules(func(s *Scheme) { s.Measure = "gross" })},
		{"method", "tier.bad_method", rules(func(s *Scheme) { s.Method = "magic" })},
		{"levels", "tier.level_count", rules(func(s *Scheme) { s.Levels = s.Levels[:1] })},
		{"levels", "tier.level_count", rules(func(s *Scheme) { s.Levels = make([]Level, 21) })},
		{"levels[1].code", "tier.level_twice", rules(func(s *Scheme) { s.Levels[1].Code = "high" })},
		{"levels[0].code", "tier.bad_code", rules(func(s *Scheme) { s.Levels[0].Code = "高" })},
		{"levels[0].name", "tier.bad_name", rules(func(s *Scheme) { s.Levels[0].Name = "" })},
		{"levels[2].advice", "tier.advice_long", rules(func(s *Scheme) { s.Levels[2].Advice = long })},
		{"rules", "tier.rule_count", rules(func(s *Scheme) { s.Rules = nil })},
		{"rules", "tier.rule_count", rules(func(s *Scheme) { s.Rules = slices.Repeat(s.Rules[1:2], 51) })},
		{"rules", "tier.condition_count", rules(func(s *Scheme) { s.Rules = slices.Repeat(s.Rules[:1], 21) })},
		{"rules[0].level", "tier.no_such_level", rules(func(s *Scheme) { s.Rules[0].Level = "top" })},
		{"rules[0].name", "tier.bad_name", rules(func(s *Scheme) { s.Rules[0].Name = "" })},
		{"rules[1]", "tier.condition_count", rules(func(s *Scheme) { s.Rules[1].All = nil })},
		{"rules[1]", "tier.condition_count", rules(func(s *Scheme) { s.Rules[1].Any = slices.Repeat(s.Rules[1].All, 20) })},
		{"rules[0].all[0].metric", "tier.no_such_metric", rules(func(s *Scheme) { s.Rules[0].All[0].Metric = "profit" })},
		{"rules[0].all[1].op", "tier.no_such_op", rules(func(s *Scheme) { s.Rules[0].All[1].Op = ">=" })},
		{"rules[0].all[0].value", "tier.bad_value", rules(func(s *Scheme) { s.Rules[0].All[0].Value = 20 })},
		{"rules[0].all[1].value", "tier.bad_value", rules(func(s *Scheme) { s.Rules[0].All[1].Value = math.NaN() })},
		{"rules[0].all[1].value", "tier.bad_value", rules(func(s *Scheme) { s.Rules[0].All[1].Value = 2e12 })},
		{"rules[0].all[2].value", "tier.bad_value", rules(func(s *Scheme) { s.Rules[0].All[2].Value = 0 })},
		{"rules[1].any[0].value", "tier.bad_value", rules(func(s *Scheme) {
			s.Rules[1].Any = []Condition{{Metric: MetricOrders, Op: OpRevShare, Value: .8}}
		})},
		{"score.parts", "tier.part_count", score(func(s *Scheme) { s.Score = nil })},
		{"score.parts", "tier.part_count", score(func(s *Scheme) { s.Score.Parts = slices.Repeat(s.Score.Parts, 4) })},
		{"score.parts[0].weight", "tier.bad_weight", score(func(s *Scheme) { s.Score.Parts[0].Weight = -1 })},
		{"score.parts", "tier.bad_weight", score(func(s *Scheme) {
			for i := range s.Score.Parts {
				s.Score.Parts[i].Weight = 0
			}
		})},
		{"score.parts[0].name", "tier.bad_name", score(func(s *Scheme) { s.Score.Parts[0].Name = "" })},
		{"score.parts[0].terms", "tier.condition_count", score(func(s *Scheme) { s.Score.Parts[0].Terms = nil })},
		{"score.parts[0].terms", "tier.bad_weight", score(func(s *Scheme) {
			s.Score.Parts[0].Terms = []ScoreTerm{{Metric: MetricSpend, Scale: "percentile"}}
		})},
		{"score.parts[0].terms[0].metric", "tier.no_such_metric", score(func(s *Scheme) { s.Score.Parts[0].Terms[0].Metric = "x" })},
		{"score.parts[0].terms[0].weight", "tier.bad_weight", score(func(s *Scheme) { s.Score.Parts[0].Terms[0].Weight = math.Inf(1) })},
		{"score.parts[0].terms[0].scale", "tier.bad_scale", score(func(s *Scheme) { s.Score.Parts[0].Terms[0].Scale = "log" })},
		{"score.parts[1].terms[0].from", "tier.bad_range", score(func(s *Scheme) { s.Score.Parts[1].Terms[0].To = -1 })},
		{"score.cuts", "tier.cut_count", score(func(s *Scheme) { s.Score.Cuts = []float64{50} })},
		{"score.cuts[1]", "tier.bad_cut", score(func(s *Scheme) { s.Score.Cuts = []float64{50, 50} })},
		{"score.cuts[0]", "tier.bad_cut", score(func(s *Scheme) { s.Score.Cuts = []float64{101, 50} })},
		{"rfm", "tier.part_count", rfm(func(s *Scheme) { s.RFM = nil })},
		{"rfm.bins", "tier.bad_bins", rfm(func(s *Scheme) { s.RFM.Bins = 1 })},
		{"rfm.split", "tier.bad_split", rfm(func(s *Scheme) { s.RFM.Split = "median" })},
		{"levels", "tier.rfm_levels", rfm(func(s *Scheme) { s.Levels = s.Levels[:8] })},
		{"rfm.monetary[1]", "tier.bad_cut", rfm(func(s *Scheme) { s.RFM.Monetary = []float64{5, 5} })},
		{"rfm.recency", "tier.bad_cut", rfm(func(s *Scheme) { s.RFM.Recency = make([]float64, 10) })},
		{"rfm.frequency[0]", "tier.bad_cut", rfm(func(s *Scheme) { s.RFM.Frequency = []float64{1e300} })},
	}
	for _, tt := range tests {
		t.Run(tt.path+" "+tt.code, func(t *testing.T) {
			err := tt.s.Validate()
			if !errs.Is(err, "tier.scheme_invalid") {
				t.Fatalf("error %v", err)
			}
			fields := errs.From(err).Fields
			if !slices.ContainsFunc(fields, func(f errs.Field) bool { return f.Path == tt.path && f.Code == tt.code }) {
				t.Errorf("no %s at %s in %v", tt.code, tt.path, err)
			}
			for _, locale := range i18n.Default().Locales() {
				if text := i18n.ErrorText(locale, err); strings.Contains(text, "errors.") || strings.Contains(text, "{{") {
					t.Errorf("%s: %s", locale, text)
				}
			}
		})
	}
}

func TestParseYAML(t *testing.T) {
	var good bytes.Buffer
	if err := shippedRules().WriteYAML(&good); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, in, code string }{
		{"empty", "", "tier.bad_yaml"},
		{"not YAML", "\t:", "tier.bad_yaml"},
		{"a list", "- 1", "tier.bad_yaml"},
		{"unknown key", good.String() + "windw_days: 30\n", "tier.bad_yaml"},
		{"key twice", good.String() + "name: again\n", "tier.bad_yaml"},
		{"two documents", good.String() + "---\n" + good.String(), "tier.bad_yaml"},
		{"text for a number", strings.Replace(good.String(), "window_days: 365", "window_days: a year", 1), "tier.bad_yaml"},
		{"wrong value", strings.Replace(good.String(), "window_days: 365", "window_days: -5", 1), "tier.scheme_invalid"},
		{"not a number", strings.Replace(good.String(), "value: 0.2", "value: .nan", 1), "tier.scheme_invalid"},
		{"too large", good.String() + "#" + strings.Repeat("x", maxYAML), "tier.file_too_large"},
		{"bomb", "a: &a [x,x,x,x,x,x,x,x,x]\n" + bomb(), "tier.bad_yaml"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := ParseYAML(strings.NewReader(tt.in))
			if s != nil || !errs.Is(err, tt.code) {
				t.Errorf("scheme %v, error %v, want %s", s, err, tt.code)
			}
		})
	}
}

func bomb() string {
	var b strings.Builder
	for c := 'b'; c <= 'k'; c++ {
		b.WriteString(string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+string(c-1)+",", 8) + "*" + string(c-1) + "]\n")
	}
	return b.String()
}

func FuzzParseYAML(f *testing.F) {
	for _, s := range Shipped() {
		var b bytes.Buffer
		if err := s.WriteYAML(&b); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Add([]byte("code: [1, 2]\nlevels: {}\n"))
	f.Add([]byte("%YAML 1.1\n--- !!binary |\n  aGVsbG8=\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		s, err := ParseYAML(bytes.NewReader(in))
		if err != nil {
			if s != nil {
				t.Fatal("a scheme beside an error")
			}
			return
		}
		// What was accepted grades without a panic and is written so that it
		// reads the same.
		f := newFacts(3, needs{true, true})
		f.Orders[0], f.SpendMilli[0] = 2, 5_000_000
		f.LastDay[1], f.FirstDay[1], f.LastDay[2], f.FirstDay[2] = NoDay, NoDay, NoDay, NoDay
		for _, l := range s.Grade(f).Level {
			if int(l) >= len(s.Levels) {
				t.Fatalf("level %d of %d", l, len(s.Levels))
			}
		}
		var b bytes.Buffer
		if err := s.WriteYAML(&b); err != nil {
			t.Fatal(err)
		}
		again, err := ParseYAML(&b)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(asJSON(t, s), asJSON(t, again)); d != "" {
			t.Fatal(d)
		}
	})
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
