package main

import (
	"strings"
	"testing"
)

// Commands about the models that the program keeps, where it cannot be opened:
// a sentence that says what is wrong, the code of bad input, and no stack.
func TestModelsOfAWrongConfiguration(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, c := range map[string]struct{ key, value, says string }{
		"a value":    {"ZHIKE_TIME_ZONE", "Mars/Olympus", "Mars/Olympus"},
		"a file":     {"ZHIKE_CONFIG", "missing.yaml", "missing.yaml"},
		"a database": {"ZHIKE_DB", "mysql://root@localhost/crm", "ZHIKE_DB"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("ZHIKE_DATA", t.TempDir())
			t.Setenv(c.key, c.value)
			for _, command := range [][]string{{"list"}, {"refit"}, {"use", "1"}} {
				code, out, errOut := run(t, append([]string{"model"}, command...)...)
				if code != 2 || out != "" {
					t.Errorf("%v: exit %d, %q", command, code, out)
				}
				if !strings.Contains(errOut, c.says) || strings.Contains(errOut, "goroutine") || strings.Contains(errOut, "panic") {
					t.Errorf("%v says %q", command, errOut)
				}
			}
		})
	}
}
