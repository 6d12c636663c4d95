// Package realdata finds the public data sets that tests compare with.
package realdata

import (
	"os"
	"path/filepath"
	"testing"
)

// Path gives a file of ../shared/data beside the project's root, by its name
// there. Where it is missing the test is skipped, and fails in CI, where a
// skipped comparison would look like one that was made.
func Path(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	path := filepath.Join(dir, "..", "shared", "data", filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("data set %s is missing", name)
		}
		t.Skipf("data set %s is not here", name)
	}
	return path
}
