package program

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The preset of the company's own fields is listed on the command line where the
// company has such a field, and what is written of it can be read in.
func TestPresetOfOwnFieldsOnTheCommandLine(t *testing.T) {
	onBoth(t, func(t *testing.T, in *install) {
		s := in.serve()
		admin := s.signIn(s.login, s.secret)
		admin.must("POST", "/session/password", map[string]string{"current": s.secret, "new": password}, nil)
		if out := in.must(nil, "tier", "scheme", "preset"); strings.Contains(out, "value-fields") || !strings.Contains(out, "value-axes") {
			t.Errorf("without fields:\n%s", out)
		}
		if _, errOut, code := in.run("tier", "scheme", "preset", "value-fields"); code != exitNotFound || errOut == "" {
			t.Errorf("ended with %d: %s", code, errOut)
		}
		admin.must("POST", "/custom-fields", map[string]any{"code": "nps", "kind": "number", "name": map[string]string{"zh": "推荐意愿"}}, nil)
		if out := in.must(nil, "tier", "scheme", "preset"); !strings.Contains(out, "value-fields") {
			t.Errorf("with a field of the kind:\n%s", out)
		}
		yaml := in.must(nil, "tier", "scheme", "preset", "value-fields")
		if !strings.Contains(yaml, "metric: f.nps") {
			t.Errorf("written as\n%s", yaml)
		}
		if out := in.must(nil, "tier", "scheme", "preset", "loyalty-technology"); strings.Contains(out, "f.wallet_share") {
			t.Errorf("asks for a share that is not kept:\n%s", out)
		}
		admin.must("POST", "/custom-fields", map[string]any{"code": "wallet_share", "kind": "number", "scale": 1, "name": map[string]string{"zh": "我司采购占比"}}, nil)
		share := in.must(nil, "tier", "scheme", "preset", "loyalty-technology")
		if !strings.Contains(share, "op: fell") {
			t.Errorf("with a share:\n%s", share)
		}
		file := filepath.Join(t.TempDir(), "preset.yaml")
		if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
			t.Fatal(err)
		}
		in.must(nil, "tier", "scheme", "import", file)
		if err := os.WriteFile(file, []byte(share), 0o600); err != nil {
			t.Fatal(err)
		}
		in.must(nil, "tier", "scheme", "import", file)
	})
}
