package tiering

import (
	"bytes"
	"testing"

	"zhike/internal/platform/i18n"
)

// Every preset is a valid scheme under a code of its own, in both languages, and
// comes back from its file as it was; three dimensions of every industry.
func TestPresets(t *testing.T) {
	list := Presets(i18n.ZhCN)
	seen, of := map[string]bool{}, map[string]map[string]bool{}
	for i, p := range list {
		if err := p.Scheme.Validate(); err != nil {
			t.Errorf("%s: %v", p.Scheme.Code, err)
		}
		if seen[p.Scheme.Code] {
			t.Errorf("%s is there twice", p.Scheme.Code)
		}
		seen[p.Scheme.Code] = true
		if of[p.Industry] == nil {
			of[p.Industry] = map[string]bool{}
		}
		of[p.Industry][p.Scheme.dimension()] = true
		var b bytes.Buffer
		if err := p.Scheme.WriteYAML(&b); err != nil {
			t.Fatal(err)
		}
		back, err := ParseYAML(&b)
		if err != nil || !sameScheme(back, p.Scheme) {
			t.Errorf("%s comes back another: %v", p.Scheme.Code, err)
		}
		english := Presets("en")[i]
		if p.Industry != "" && english.IndustryName == p.IndustryName || english.Scheme.Name == p.Scheme.Name || english.Scheme.Levels[0].Name == p.Scheme.Levels[0].Name {
			t.Errorf("%s has no English", p.Scheme.Code)
		}
	}
	for _, industry := range Industries {
		if len(of[industry]) != 3 {
			t.Errorf("%s has presets of %v", industry, of[industry])
		}
	}
	if preset("value-hotel").Rules[0].All[0].Value != 0.15 || preset("value-rules") != nil {
		t.Error("numbers of another industry")
	}
}
