package clean

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"zhike/locales"
)

// Every code of this package has a text in both languages, and no text is
// without a code. Codes are passed through bad(), where a search for errs.New
// does not see them.
func TestCatalogue(t *testing.T) {
	codes := map[string]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	call := regexp.MustCompile(`bad\("(clean\.[a-z_]+)"`)
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range call.FindAllStringSubmatch(string(src), -1) {
			codes["errors."+m[1]] = true
		}
	}
	for _, lang := range []string{"zh-CN", "en"} {
		b, err := fs.ReadFile(locales.FS, lang+"/clean.json")
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]string
		if err := json.Unmarshal(b, &texts); err != nil {
			t.Fatal(err)
		}
		for c := range codes {
			if texts[c] == "" {
				t.Errorf("%s: no text for %s", lang, c)
			}
		}
		for k := range texts {
			if !codes[k] {
				t.Errorf("%s: %s is not used", lang, k)
			}
		}
	}
}
