package i18n

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"zhike/internal/platform/errs"
)

func bundle(t *testing.T, files map[string]string) *Bundle {
	t.Helper()
	b, err := Load(mapFS(files))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func mapFS(files map[string]string) fstest.MapFS {
	m := fstest.MapFS{}
	for name, data := range files {
		m[name] = &fstest.MapFile{Data: []byte(data)}
	}
	return m
}

func TestText(t *testing.T) {
	b := bundle(t, map[string]string{
		"zh-CN/a.json": `{"a.hello":"你好，{{name}}","a.n_other":"{{count}} 位","a.zh":"只有中文","a.plain":"原样"}`,
		"en/a.json":    `{"a.hello":"Hello {{ name }}","a.n_one":"{{count}} person","a.n_other":"{{count}} people","a.plain":"plain"}`,
	})
	cases := []struct {
		name, locale, key string
		params            Params
		want              string
	}{
		{"zh", ZhCN, "a.hello", Params{"name": "王芳"}, "你好，王芳"},
		{"spaces in the placeholder", En, "a.hello", Params{"name": "Fang"}, "Hello Fang"},
		{"placeholder text is not expanded again", En, "a.hello", Params{"name": "{{name}}"}, "Hello {{name}}"},
		{"missing parameter stays visible", En, "a.hello", nil, "Hello {{ name }}"},
		{"one", En, "a.n", Params{"count": 1}, "1 person"},
		{"many", En, "a.n", Params{"count": int64(2)}, "2 people"},
		{"none", En, "a.n", Params{"count": 0}, "0 people"},
		{"fraction", En, "a.n", Params{"count": 1.5}, "1.5 people"},
		{"zh has one form", ZhCN, "a.n", Params{"count": 1}, "1 位"},
		{"count on a key without plural", En, "a.plain", Params{"count": 3}, "plain"},
		{"plural without count", En, "a.n", nil, "{{count}} people"},
		{"fallback to zh-CN", En, "a.zh", nil, "只有中文"},
		{"unknown language", "fr", "a.zh", nil, "只有中文"},
		{"unknown key", En, "a.nothing", nil, "a.nothing"},
		{"large number without exponent", ZhCN, "a.hello", Params{"name": 1e9}, "你好，1000000000"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := b.T(c.locale, c.key, c.params); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestLoadRefuses(t *testing.T) {
	cases := []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"nothing", map[string]string{}, "no catalogue"},
		{"twice in a file", map[string]string{"en/a.json": `{"a.b":"x","a.b":"y"}`}, `"a.b" is already in en/a.json`},
		{"twice across files", map[string]string{"en/a.json": `{"a.b":"x"}`, "en/b.json": `{"a.b":"x"}`}, `"a.b" is already in en/a.json`},
		{"nested", map[string]string{"en/a.json": `{"a":{"b":"x"}}`}, "not a text"},
		{"number", map[string]string{"en/a.json": `{"a.b":1}`}, "not a text"},
		{"array", map[string]string{"en/a.json": `["a.b"]`}, "not a JSON object"},
		{"cut off", map[string]string{"en/a.json": `{"a.b":"x"`}, "en/a.json"},
		{"trailing", map[string]string{"en/a.json": `{"a.b":"x"} {}`}, "follows"},
		{"empty text", map[string]string{"en/a.json": `{"a.b":" "}`}, "empty text"},
		{"bad key", map[string]string{"en/a.json": `{"save":"x"}`}, "domain.name"},
		{"open placeholder", map[string]string{"en/a.json": `{"a.b":"{{name"}`}, "{{name}}"},
		{"formatted placeholder", map[string]string{"en/a.json": `{"a.b":"{{n, number}}"}`}, "{{name}}"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load(mapFS(c.files))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("err = %v, want it to say %q", err, c.want)
			}
		})
	}
}

func TestSameKeyInTwoLanguagesIsNoDuplicate(t *testing.T) {
	b := bundle(t, map[string]string{"zh-CN/a.json": `{"a.b":"甲"}`, "en/a.json": `{"a.b":"A"}`})
	if diff := cmp.Diff([]string{"en", "zh-CN"}, b.Locales()); diff != "" {
		t.Error(diff)
	}
	if zh, en := b.T(ZhCN, "a.b", nil), b.T(En, "a.b", nil); zh != "甲" || en != "A" {
		t.Errorf("%s and %s", zh, en)
	}
}

func TestMatch(t *testing.T) {
	cases := []struct{ in, want string }{
		{"", ZhCN},
		{"zh-CN,zh;q=0.9,en;q=0.8", ZhCN},
		{"en-US,en;q=0.9,zh-CN;q=0.8", En},
		{"zh-TW", ZhCN},
		{"zh-Hant-HK,en;q=0.5", ZhCN},
		{"fr-FR,en;q=0.5", En},
		{"fr-FR,de", ZhCN},
		{"en;q=0,zh", ZhCN},
		{"en;q=0.2,zh;q=0.3", ZhCN},
		{"*", ZhCN},
		{"en_GB.UTF-8", En},
		{"zh_CN.UTF-8", ZhCN},
		{"C", ZhCN},
		{"C.UTF-8", ZhCN},
		{";;;,,,q=", ZhCN},
		{"en," + strings.Repeat("x-y,", 400), ZhCN},
	}
	for _, c := range cases {
		if got := Match(c.in); got != c.want {
			t.Errorf("Match(%.40q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("en-US,zh;q=0.1")
	f.Fuzz(func(t *testing.T, s string) {
		if got := Match(s); got != ZhCN && got != En {
			t.Fatalf("Match(%q) = %q", s, got)
		}
	})
}

func TestErrorText(t *testing.T) {
	err := errs.New(errs.Invalid, "invalid").WithField("log_level", "config.choice",
		"value", "loud", "source", "ZHIKE_LOG_LEVEL", "choices", "debug, info")
	want := "Some of the input is wrong. Correct what is marked\n" +
		"  log_level: loud is not possible (from ZHIKE_LOG_LEVEL). Choose one of: debug, info"
	if got := ErrorText(En, err); got != want {
		t.Errorf("got %q", got)
	}
	if got := ErrorText(En, nil); got != "" {
		t.Errorf("nil gave %q", got)
	}
}

// The catalogues that ship must load and say the same things in both languages.
func TestShippedCatalogues(t *testing.T) {
	b, err := Load(every)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{En, ZhCN}, b.Locales()); diff != "" {
		t.Fatal(diff)
	}
	zh, en := forms(b, ZhCN), forms(b, En)
	for key, f := range zh {
		if en[key] == nil {
			t.Errorf("%s is missing in en", key)
			continue
		}
		if diff := cmp.Diff(f.names, en[key].names); diff != "" {
			t.Errorf("%s has other placeholders in en (-zh-CN +en):\n%s", key, diff)
		}
		if f.plural != en[key].plural {
			t.Errorf("%s is a plural in one language only", key)
		}
	}
	for key, f := range en {
		if zh[key] == nil {
			t.Errorf("%s is missing in zh-CN", key)
		}
		if f.plural && !f.one {
			t.Errorf("%s has en _other without _one", key)
		}
	}
	for _, l := range b.Locales() {
		for _, key := range b.Keys(l) {
			text, _ := b.Lookup(l, key)
			if strings.ContainsAny(text, "!！") {
				t.Errorf("%s (%s) has an exclamation mark", key, l)
			}
			if l == En && strings.ContainsFunc(text, isHan) && !namesItself(key) {
				t.Errorf("%s is not translated: %q", key, text)
			}
		}
	}
}

type form struct {
	names       []string
	plural, one bool
}

// forms folds key_one and key_other into key, because zh needs only one of them.
func forms(b *Bundle, locale string) map[string]*form {
	out := map[string]*form{}
	for _, key := range b.Keys(locale) {
		base, one := strings.CutSuffix(key, "_one")
		base, other := strings.CutSuffix(base, "_other")
		if _, ok := b.Lookup(locale, base+"_other"); !ok {
			base, one, other = key, false, false // a name that merely ends so
		}
		f := out[base]
		if f == nil {
			f = &form{}
			out[base] = f
		}
		f.plural = f.plural || other
		f.one = f.one || one
		text, _ := b.Lookup(locale, key)
		f.names = append(f.names, Placeholders(text)...)
		slices.Sort(f.names)
		f.names = slices.Compact(f.names)
		// "one customer" may leave the number out.
		if one || other {
			if !slices.Contains(f.names, "count") {
				f.names = append(f.names, "count")
				slices.Sort(f.names)
			}
		}
	}
	return out
}

func isHan(r rune) bool { return r >= 0x4E00 && r <= 0x9FFF }

// namesItself are texts that show a Chinese word in both languages: the name of a
// language, or a term quoted from a file or screen.
func namesItself(key string) bool {
	return strings.HasPrefix(key, "language.") || strings.HasSuffix(key, "_zh") || key == "common.app_name"
}
