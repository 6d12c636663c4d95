// Package i18n turns keys into sentences and values into the form a reader of a
// language expects.
//
// Catalogues are flat JSON objects, locales/<language>/<domain>.json, merged into
// one map a language. The rules are those of i18next with flat keys, so that
// server and web UI read the same files: "{{name}}" is replaced by a parameter,
// and a parameter "count" picks key_one or key_other. zh-CN is the first language
// and the fallback; a key that no catalogue has is shown as it is.
package i18n

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"zhike/internal/platform/errs"
	"zhike/locales"
)

// The languages that ship. Fallback is used where nothing is said or known.
const (
	ZhCN     = "zh-CN"
	En       = "en"
	Fallback = ZhCN
)

// Params are the values for the placeholders of a text.
type Params = map[string]any

// Bundle is a set of merged catalogues. It is read-only and safe for concurrent use.
type Bundle struct {
	texts map[string]map[string]string // locale → key → text
}

var (
	placeholder = regexp.MustCompile(`\{\{\s*([A-Za-z][A-Za-z0-9_]*)\s*\}\}`)
	keyForm     = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[A-Za-z0-9_-]+)+$`)
)

// Load reads <locale>/*.json of every folder at the root of fsys. It refuses, all
// at once: a file that is no flat object of strings, a key twice in a language
// (in one file or across files), a key that is not of the form domain.name, and
// "{{" that does not belong to a plain placeholder.
func Load(fsys fs.FS) (*Bundle, error) {
	files, err := fs.Glob(fsys, "*/*.json")
	if err != nil {
		return nil, fmt.Errorf("i18n: list catalogues: %w", err)
	}
	if len(files) == 0 {
		return nil, errors.New("i18n: no catalogue found")
	}
	b := &Bundle{texts: map[string]map[string]string{}}
	home := map[string]string{} // locale/key → file
	var bad []error
	for _, name := range files {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("i18n: read %s: %w", name, err)
		}
		pairs, err := decodeFlat(data)
		if err != nil {
			bad = append(bad, fmt.Errorf("%s: %w", name, err))
			continue
		}
		locale := path.Dir(name)
		if b.texts[locale] == nil {
			b.texts[locale] = map[string]string{}
		}
		for _, p := range pairs {
			if first, ok := home[locale+"/"+p.key]; ok {
				bad = append(bad, fmt.Errorf("%s: key %q is already in %s", name, p.key, first))
				continue
			}
			if err := checkPair(p); err != nil {
				bad = append(bad, fmt.Errorf("%s: %w", name, err))
			}
			home[locale+"/"+p.key] = name
			b.texts[locale][p.key] = p.text
		}
	}
	if len(bad) > 0 {
		return nil, fmt.Errorf("i18n: %w", errors.Join(bad...))
	}
	return b, nil
}

type pair struct{ key, text string }

// decodeFlat reads one JSON object token by token: encoding/json alone would let
// the second of two equal keys win without a word.
func decodeFlat(data []byte) ([]pair, error) {
	d := json.NewDecoder(strings.NewReader(string(data)))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("not a JSON object")
	}
	var out []pair
	for d.More() {
		k, err := d.Token()
		if err != nil {
			return nil, err
		}
		v, err := d.Token()
		if err != nil {
			return nil, err
		}
		text, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("key %q is not a text; catalogues are flat", k)
		}
		out = append(out, pair{k.(string), text})
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if d.More() {
		return nil, errors.New("something follows the object")
	}
	return out, nil
}

func checkPair(p pair) error {
	if !keyForm.MatchString(p.key) {
		return fmt.Errorf("key %q is not of the form domain.name", p.key)
	}
	if strings.TrimSpace(p.text) == "" {
		return fmt.Errorf("key %q has an empty text", p.key)
	}
	rest := placeholder.ReplaceAllString(p.text, "")
	if strings.Contains(rest, "{{") || strings.Contains(rest, "}}") {
		return fmt.Errorf("key %q has a placeholder that is not of the form {{name}}", p.key)
	}
	return nil
}

// Placeholders lists the names a text wants, sorted, each once.
func Placeholders(text string) []string {
	var out []string
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Locales lists the languages of the bundle, sorted.
func (b *Bundle) Locales() []string { return slices.Sorted(maps.Keys(b.texts)) }

// Keys lists the keys of a language, sorted.
func (b *Bundle) Keys(locale string) []string { return slices.Sorted(maps.Keys(b.texts[locale])) }

// Lookup gives the raw text of exactly this key in exactly this language.
func (b *Bundle) Lookup(locale, key string) (string, bool) {
	s, ok := b.texts[locale][key]
	return s, ok
}

// Has says whether T would find a text: the key itself or a plural form of it.
func (b *Bundle) Has(locale, key string) bool {
	for _, k := range []string{key, key + "_other", key + "_one"} {
		if _, ok := b.texts[locale][k]; ok {
			return true
		}
	}
	return false
}

// T gives the text of key in the language, or else in zh-CN, or else the key, with
// the parameters put in. A placeholder without a parameter stays visible, which
// is better than a hole in a sentence.
func (b *Bundle) T(locale, key string, params Params) string {
	for _, l := range []string{locale, Fallback} {
		if s, ok := b.pick(l, key, params); ok {
			return interpolate(s, params)
		}
		if l == Fallback {
			break
		}
	}
	return key
}

// pick chooses the plural form: zh has only "other", en has "one" for exactly 1.
func (b *Bundle) pick(locale, key string, params Params) (string, bool) {
	texts := b.texts[locale]
	if n, ok := count(params["count"]); ok {
		if n == 1 && locale != ZhCN {
			if s, ok := texts[key+"_one"]; ok {
				return s, true
			}
		}
		if s, ok := texts[key+"_other"]; ok {
			return s, true
		}
	}
	if s, ok := texts[key]; ok {
		return s, true
	}
	// A plural key asked for without a count still reads better than the key.
	s, ok := texts[key+"_other"]
	return s, ok
}

func count(v any) (float64, bool) {
	switch n := v.(type) {
	case int:
		return float64(n), true
	case int32:
		return float64(n), true
	case int64:
		return float64(n), true
	case uint64:
		return float64(n), true
	case float64:
		return n, true
	}
	return 0, false
}

func interpolate(text string, params Params) string {
	if !strings.Contains(text, "{{") {
		return text
	}
	return placeholder.ReplaceAllStringFunc(text, func(m string) string {
		name := strings.TrimSpace(m[2 : len(m)-2])
		v, ok := params[name]
		if !ok {
			return m
		}
		return plain(v)
	})
}

// plain writes a parameter as the UI would: no grouping, no exponent.
func plain(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case nil:
		return ""
	}
	return fmt.Sprint(v)
}

// Default is the bundle built into the program. A broken catalogue is a fault of
// the build, which the tests of this package find, so it panics.
var Default = sync.OnceValue(func() *Bundle {
	b, err := Load(locales.FS)
	if err != nil {
		panic(err)
	}
	return b
})

// T is Default().T.
func T(locale, key string, params Params) string { return Default().T(locale, key, params) }

// ErrorText is the sentence for err with a line for each wrong field, for the
// command line and for error files: "path: text". It shows no cause.
func ErrorText(locale string, err error) string {
	e := errs.From(err)
	if e == nil {
		return ""
	}
	var s strings.Builder
	s.WriteString(T(locale, "errors."+e.Code, e.Params))
	for _, f := range e.Fields {
		s.WriteString("\n  " + f.Path + ": " + T(locale, "errors."+f.Code, f.Params))
	}
	return s.String()
}
