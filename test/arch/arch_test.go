// Package arch holds the rules of the house that the compiler does not know.
package arch

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// order lists the rooms from the ground up: a package may import packages of
// rooms before its own, never of rooms after it.
var order = []string{
	"locales", "migrations", "web",
	"internal/platform",
	"internal/region",
	"internal/clean",
	"internal/dedupe",
	"internal/model",
	"internal/document",
	"internal/org",
	"internal/field",
	"internal/tag",
	"internal/column",
	"internal/rule",
	"internal/customer",
	"internal/order",
	"internal/audience",
	"internal/importer",
	"internal/tiering",
	"internal/review",
	"internal/forecast",
	"internal/affinity",
	"internal/lifecycle",
	"internal/timeline",
	"internal/duplicate",
	"internal/quality",
	"internal/insight",
	"internal/demo",
	"internal/app",
	"cmd",
}

// platformOrder is the same inside the platform: leaves first.
var platformOrder = []string{
	"errs", "clock", "memory", "calendar", "money", "auth", "i18n", "log", "config", "db", "sheet", "vault", "idempotency", "web", "audit", "jobs", "events",
}

type file struct {
	path    string // slash-separated, from the project's root
	imports []string
	test    bool
}

const root = "../.."

func files(t *testing.T) []file {
	t.Helper()
	var out []file
	fset := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == "data") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		ast, err := parser.ParseFile(fset, path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		f := file{path: filepath.ToSlash(rel), test: strings.HasSuffix(path, "_test.go")}
		for _, i := range ast.Imports {
			p, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			f.imports = append(f.imports, p)
		}
		out = append(out, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 50 {
		t.Fatalf("only %d Go files found: the walk is wrong", len(out))
	}
	return out
}

func rank(order []string, path, prefix string) int {
	best := -1
	for i, room := range order {
		full := prefix + room
		if path == full || strings.HasPrefix(path, full+"/") {
			best = i
		}
	}
	return best
}

func TestImportsGoDownward(t *testing.T) {
	for _, f := range files(t) {
		if f.test || strings.HasPrefix(f.path, "test/") {
			continue
		}
		from := rank(order, f.path, "")
		if from < 0 {
			t.Errorf("%s stands in no room; add its folder to the order in this test", f.path)
			continue
		}
		for _, imp := range f.imports {
			imp, ours := strings.CutPrefix(imp, "zhike/")
			if !ours {
				continue
			}
			to := rank(order, imp, "")
			if to > from {
				t.Errorf("%s imports %s, which is above it: declare an interface or use an event", f.path, imp)
			}
			if a, b := rank(platformOrder, f.path, "internal/platform/"), rank(platformOrder, imp, "internal/platform/"); a >= 0 && b > a {
				t.Errorf("%s imports %s, which is above it inside the platform", f.path, imp)
			}
		}
	}
}

// Only these know SQL packages, so that queries stay in stores.
var sqlFile = regexp.MustCompile(`^internal/platform/(db|jobs|events|audit|vault)/|/(store|bench)[a-z_]*\.go$|/sessions?\.go$`)

func TestOnlyStoresKnowSQL(t *testing.T) {
	for _, f := range files(t) {
		if f.test || strings.HasPrefix(f.path, "test/") || sqlFile.MatchString(f.path) {
			continue
		}
		for _, imp := range f.imports {
			if imp == "database/sql" || strings.HasPrefix(imp, "github.com/jackc/pgx") || strings.HasPrefix(imp, "modernc.org/sqlite") {
				t.Errorf("%s imports %s: SQL belongs into a store file", f.path, imp)
			}
		}
	}
}

func TestNoPackagesNamedUtil(t *testing.T) {
	for _, f := range files(t) {
		for _, part := range strings.Split(filepath.ToSlash(filepath.Dir(f.path)), "/") {
			if part == "util" || part == "utils" || part == "common" || part == "helpers" {
				t.Errorf("%s: name the package by what it knows", f.path)
			}
		}
	}
}
