package i18n

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"zhike/locales"
)

// Every key that the sources name must be in both catalogues. Of a key made at run
// time, what stands before the first variable must begin some key; where nothing
// stands there, a comment in the same file declares it, "i18n-keys: tiering.level.*".

const root = "../../.."

var declared = regexp.MustCompile(`i18n-keys:([^\n]*)`)

// declaredPrefixes reads the comments of a file: prefixes without the star.
func declaredPrefixes(src string) (out []string) {
	for _, m := range declared.FindAllStringSubmatch(src, -1) {
		for _, p := range strings.FieldsFunc(m[1], func(r rune) bool { return r == ' ' || r == ',' || r == '\t' }) {
			if p, ok := strings.CutSuffix(p, "*"); ok {
				out = append(out, p)
			}
		}
	}
	return out
}

func hasPrefix(b *Bundle, locale, prefix string) bool {
	for _, k := range b.Keys(locale) {
		if strings.HasPrefix(k, prefix) {
			return true
		}
	}
	return false
}

// use is one key, or one prefix of keys, that a source file names.
type use struct {
	pos, key string
	prefix   bool // key is a prefix
	open     bool // made at run time without a declaration
}

// every has the files of the web UI too, which the program does not carry.
var every = os.DirFS(filepath.Join(root, "locales"))

// report tells the keys that texts do not have.
func report(t *testing.T, texts fs.FS, uses []use) {
	t.Helper()
	b, err := Load(texts)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range uses {
		for _, locale := range b.Locales() {
			switch {
			case u.open:
				t.Errorf("%s: the key %s is made at run time; declare it by a comment, i18n-keys: some.prefix.*", u.pos, u.key)
			case u.prefix && !hasPrefix(b, locale, u.key):
				t.Errorf("%s: no key %s* in locales/%s", u.pos, u.key, locale)
			case !u.prefix && !b.Has(locale, u.key):
				t.Errorf("%s: no key %s in locales/%s", u.pos, u.key, locale)
			}
			if u.open {
				break
			}
		}
	}
	t.Logf("%d uses of keys", len(uses))
}

func TestKeysInGoSources(t *testing.T) {
	var uses []use
	for _, dir := range []string{"internal", "cmd"} {
		walk(t, filepath.Join(root, dir), func(path string) {
			if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return
			}
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			found, err := goUses(path, string(src))
			if err != nil {
				t.Fatal(err)
			}
			uses = append(uses, found...)
		})
	}
	if len(uses) == 0 {
		t.Fatal("no use of a key found: the walk is broken")
	}
	report(t, locales.FS, uses)
	notOfTheWebUI(t, uses)
}

// notOfTheWebUI tells what the program makes at run time of keys in the files that
// only the web UI has.
func notOfTheWebUI(t *testing.T, uses []use) {
	t.Helper()
	shipped, err := Load(locales.FS)
	if err != nil {
		t.Fatal(err)
	}
	all, err := Load(every)
	if err != nil {
		t.Fatal(err)
	}
	left := 0
	for _, key := range all.Keys(ZhCN) {
		if shipped.Has(ZhCN, key) {
			continue
		}
		left++
		for _, u := range uses {
			if u.prefix && strings.HasPrefix(key, u.key) {
				t.Errorf("%s: %s is in a file of the web UI (locales/*/ui*.json), which the program does not carry", u.pos, key)
			}
		}
	}
	if left == 0 {
		t.Fatal("no file of the web UI was found")
	}
}

func TestKeysInWebSources(t *testing.T) {
	dir := filepath.Join(root, "web", "src")
	var uses []use
	walk(t, dir, func(path string) {
		if !isWebSource(path) {
			return
		}
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		uses = append(uses, webUses(path, string(src))...)
	})
	report(t, every, uses)
}

func isWebSource(path string) bool {
	if strings.HasSuffix(path, ".d.ts") || strings.Contains(path, ".test.") {
		return false
	}
	return strings.HasSuffix(path, ".ts") || strings.HasSuffix(path, ".tsx")
}

func walk(t *testing.T, dir string, each func(path string)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !d.IsDir() {
			each(path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// goUses finds the codes given to errs.New, errs.Wrap and WithField and the keys
// given to i18n.T. Constants of the same file count as literals.
func goUses(path, src string) ([]use, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, path, src, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	prefixes := declaredPrefixes(src)
	consts := fileConsts(f)
	var uses []use
	for _, p := range prefixes {
		uses = append(uses, use{pos: path, key: p, prefix: true})
	}
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		arg, prefix := keyArgument(call)
		if arg == nil {
			return true
		}
		pos := fmt.Sprintf("%s:%d", path, fset.Position(arg.Pos()).Line)
		if s, ok := constant(arg, consts); ok {
			uses = append(uses, use{pos: pos, key: prefix + s})
		} else if head, ok := constantHead(arg, consts); ok && strings.Contains(head, ".") {
			uses = append(uses, use{pos: pos, key: prefix + head, prefix: true})
		} else if len(prefixes) == 0 {
			uses = append(uses, use{pos: pos, key: src[fset.Position(arg.Pos()).Offset:fset.Position(arg.End()).Offset], open: true})
		}
		return true
	})
	return uses, nil
}

// keyArgument gives the argument that is a key, and what stands before it in the
// catalogue; nil when the call has nothing to do with texts.
func keyArgument(call *ast.CallExpr) (ast.Expr, string) {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return nil, ""
	}
	pkg := ""
	if id, ok := sel.X.(*ast.Ident); ok {
		pkg = id.Name
	}
	at, prefix := -1, "errors."
	switch {
	case pkg == "errs" && sel.Sel.Name == "New":
		at = 1
	case pkg == "errs" && sel.Sel.Name == "Wrap":
		at = 2
	case sel.Sel.Name == "WithField":
		at = 1
	case pkg == "i18n" && sel.Sel.Name == "T":
		at, prefix = 1, ""
	}
	if at < 0 || at >= len(call.Args) {
		return nil, ""
	}
	return call.Args[at], prefix
}

func fileConsts(f *ast.File) map[string]string {
	out := map[string]string{}
	ast.Inspect(f, func(n ast.Node) bool {
		if d, ok := n.(*ast.GenDecl); ok && d.Tok == token.CONST {
			for _, s := range d.Specs {
				v := s.(*ast.ValueSpec)
				for i, name := range v.Names {
					if i < len(v.Values) {
						if text, ok := constant(v.Values[i], out); ok {
							out[name.Name] = text
						}
					}
				}
			}
		}
		return true
	})
	return out
}

// constant evaluates string literals, known constants and their sums.
func constant(e ast.Expr, consts map[string]string) (string, bool) {
	switch x := e.(type) {
	case *ast.BasicLit:
		if x.Kind == token.STRING {
			s, err := strconv.Unquote(x.Value)
			return s, err == nil
		}
	case *ast.Ident:
		s, ok := consts[x.Name]
		return s, ok
	case *ast.ParenExpr:
		return constant(x.X, consts)
	case *ast.BinaryExpr:
		a, okA := constant(x.X, consts)
		b, okB := constant(x.Y, consts)
		return a + b, okA && okB && x.Op == token.ADD
	}
	return "", false
}

// constantHead gives what a sum begins with: "x." of "x." + v.
func constantHead(e ast.Expr, consts map[string]string) (string, bool) {
	if x, ok := e.(*ast.BinaryExpr); ok && x.Op == token.ADD {
		if s, ok := constant(x.X, consts); ok {
			return s, true
		}
		return constantHead(x.X, consts)
	}
	return "", false
}

var (
	webLiteral   = regexp.MustCompile("\\bt\\(\\s*(?:'([^'\\n]+)'|\"([^\"\\n]+)\"|`([^`\\n]+)`)")
	webComponent = regexp.MustCompile(`\bi18nKey=(?:"([^"\n]+)"|\{'([^'\n]+)'\})`)
)

// webUses finds t('…'), t("…"), t(`…`) and i18nKey="…". Of a template with ${}, the
// part before it must hold a dot and begin a key, or the file declares it.
func webUses(path, src string) (uses []use) {
	prefixes := declaredPrefixes(src)
	for _, p := range prefixes {
		uses = append(uses, use{pos: path, key: p, prefix: true})
	}
	for _, re := range []*regexp.Regexp{webLiteral, webComponent} {
		for _, m := range re.FindAllStringSubmatchIndex(src, -1) {
			for g := 2; g < len(m); g += 2 {
				if m[g] < 0 {
					continue
				}
				key := src[m[g]:m[g+1]]
				pos := fmt.Sprintf("%s:%d", path, 1+strings.Count(src[:m[g]], "\n"))
				if !strings.Contains(key, "${") {
					uses = append(uses, use{pos: pos, key: key})
				} else if head, _, _ := strings.Cut(key, "${"); strings.Contains(head, ".") {
					uses = append(uses, use{pos: pos, key: head, prefix: true})
				} else if len(prefixes) == 0 {
					uses = append(uses, use{pos: pos, key: key, open: true})
				}
			}
		}
	}
	return uses
}

// The scanners must find what they claim to: otherwise the tests above pass by
// looking away.
func TestScanners(t *testing.T) {
	goSrc := `package x
const code = "x.b"
// i18n-keys: errors.x.dyn.*
func f() error {
	_ = i18n.T(l, "x.title", nil)
	_ = errs.Wrap(err, errs.Invalid, code)
	return errs.New(errs.Invalid, "x.a").WithField("p", "x."+"c").WithField("q", v).WithField("r", "x.d."+v+".e")
}`
	got, err := goUses("f.go", goSrc)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{"errors.x.dyn.": true, "x.title": true, "errors.x.b": true, "errors.x.a": true, "errors.x.c": true, "errors.x.d.": true}
	compare(t, got, want)
	got, err = goUses("f.go", strings.Replace(goSrc, "i18n-keys", "", 1))
	if err != nil {
		t.Fatal(err)
	}
	if n := countOpen(got); n != 1 {
		t.Errorf("%d undeclared, want 1: %v", n, got)
	}
	web := "t('a.b'); i18n.t(\"a.c\", {x: 1}); format('a.no'); t(`a.d`); // i18n-keys: z.*, y.q.*\n" +
		"<Trans i18nKey=\"a.e\"/> t(`w.${k}.v`); t(`${k}`); t(k)"
	compare(t, webUses("w.tsx", web), map[string]bool{"a.b": true, "a.c": true, "a.d": true, "a.e": true, "z.": true, "y.q.": true, "w.": true})
	if n := countOpen(webUses("w.tsx", "t(`${k}`)")); n != 1 {
		t.Errorf("%d undeclared, want 1", n)
	}
}

func countOpen(uses []use) (n int) {
	for _, u := range uses {
		if u.open {
			n++
		}
	}
	return n
}

func compare(t *testing.T, uses []use, want map[string]bool) {
	t.Helper()
	got := map[string]bool{}
	for _, u := range uses {
		if u.open {
			t.Errorf("undeclared %s", u.key)
		}
		got[u.key] = true
	}
	for k := range want {
		if !got[k] {
			t.Errorf("%s was not found", k)
		}
	}
	for k := range got {
		if !want[k] {
			t.Errorf("%s was found but is none", k)
		}
	}
}
