package model

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"zhike/internal/platform/i18n"
)

// Every note and every effect has its text in both languages.
func TestNotesHaveTexts(t *testing.T) {
	has := func(key string) {
		t.Helper()
		for _, locale := range i18n.Default().Locales() {
			if !i18n.Default().Has(locale, key) {
				t.Errorf("%s has no %s", locale, key)
			}
		}
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	notes := regexp.MustCompile(`\bnote\("([a-z_]+)"`)
	n := 0
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range notes.FindAllStringSubmatch(string(text), -1) {
			n++
			has("model.note." + m[1])
		}
	}
	if n < 12 {
		t.Errorf("only %d notes found", n)
	}
	for _, kind := range []string{"number", "word", "missing", "others"} {
		for _, e := range []Effect{{Low: 2, High: 3}, {Low: 0.1, High: 0.5}, {Low: 0.5, High: 2}} {
			e.Kind = kind
			has("model.effect." + e.Phrase().Code)
		}
	}
}
