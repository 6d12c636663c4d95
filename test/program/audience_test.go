package program

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Audiences made in the browser and asked for on the command line, while the
// server runs and after it: count, members by cursor, one customer and why.
func TestAudiencesOnTheCommandLine(t *testing.T) {
	onBoth(t, func(t *testing.T, in *install) {
		s := in.serve()
		admin := s.signIn(s.login, s.secret)
		admin.must("POST", "/session/password", map[string]string{"current": s.secret, "new": password}, nil)
		var ids []int64
		for i := range 5 {
			var made struct {
				ID int64 `json:"id"`
			}
			admin.must("POST", "/customers", map[string]any{"name": fmt.Sprintf("=客户%d", i), "stage": []string{"customer", "prospect"}[i%2]}, &made)
			ids = append(ids, made.ID)
		}
		rule := `{"field":"stage","op":"in","value":["customer"]}`
		var a struct {
			ID int64 `json:"id"`
		}
		admin.must("POST", "/audiences", map[string]any{"name": "现有客户", "kind": "dynamic", "rule": json.RawMessage(rule)}, &a)
		id := fmt.Sprint(a.ID)

		var n struct {
			Count, Total int64
			Sentence     string
		}
		in.must(&n, "audience", "count", id, "--json")
		if n.Count != 3 || n.Total != 5 {
			t.Errorf("count %+v", n)
		}
		if out := in.must(nil, "audience", "count", id); !strings.Contains(out, "3 of 5 customers") || !strings.Contains(out, "Stage") {
			t.Errorf("count said %q", out)
		}
		file := filepath.Join(t.TempDir(), "rule.json")
		if err := os.WriteFile(file, []byte(`{"not":`+rule+`}`), 0o600); err != nil {
			t.Fatal(err)
		}
		in.must(&n, "audience", "count", "--rule", file, "--json")
		if n.Count != 2 {
			t.Errorf("of the file %+v", n)
		}
		out, errOut, code := in.run("audience", "members", id, "--limit", "2")
		if want := fmt.Sprintf("id,name\n%d,'=客户0\n%d,'=客户2\n", ids[0], ids[2]); out != want || code != 0 || !strings.Contains(errOut, fmt.Sprintf("--after %d", ids[2])) {
			t.Errorf("members %d %q, want %q; %q", code, out, want, errOut)
		}
		if out := in.must(nil, "audience", "members", id, "--after", fmt.Sprint(ids[2])); out != fmt.Sprintf("id,name\n%d,'=客户4\n", ids[4]) {
			t.Errorf("the rest %q", out)
		}
		var page struct {
			Items []struct {
				ID   int64
				Name string
			}
			Total, After int64
		}
		in.must(&page, "audience", "members", id, "--limit", "2", "--json")
		if len(page.Items) != 2 || page.Items[1].ID != ids[2] || page.Total != 3 || page.After != ids[2] {
			t.Errorf("members as JSON %+v", page)
		}
		in.must(&page, "audience", "members", id, "--after", fmt.Sprint(ids[4]), "--json")
		if len(page.Items) != 0 || page.Total != 3 {
			t.Errorf("nobody is left as JSON %+v", page)
		}
		out = in.must(nil, "audience", "explain", id, "--customer", fmt.Sprint(ids[1]))
		if !strings.Contains(out, "does not belong") || !strings.Contains(out, "✗") || !strings.Contains(out, "here: Prospect") {
			t.Errorf("explain said %q", out)
		}
		if out := in.must(nil, "audience", "list"); !strings.Contains(out, "现有客户") {
			t.Errorf("list said %q", out)
		}
		for want, args := range map[int][]string{
			exitUsage:    {"audience", "count"},
			exitNotFound: {"audience", "count", "99"},
		} {
			if _, errOut, code := in.run(args...); code != want || errOut == "" {
				t.Errorf("%v ended with %d, want %d: %q", args, code, want, errOut)
			}
		}
		if err := os.WriteFile(file, []byte(`{"all":[`+rule+`,{"field":"moon","op":"eq","value":1},{"any":[{"field":"sun","op":"eq","value":1}]}]}`), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, errOut, code := in.run("audience", "count", "--rule", file); code != exitUsage || !strings.Contains(errOut, "rule.all[1].field") || !strings.Contains(errOut, "rule.all[2].any[0].field") {
			t.Errorf("two fields that there are not: %d %q", code, errOut)
		}
		// With --json the place is told, too.
		var told struct {
			Error struct {
				Fields []struct{ Path, Code, Message string }
			}
		}
		_, errOut, code = in.run("audience", "count", "--rule", file, "--json")
		if err := json.Unmarshal([]byte(errOut), &told); err != nil || code != exitUsage || len(told.Error.Fields) != 2 ||
			told.Error.Fields[0].Path != "rule.all[1].field" || !strings.Contains(told.Error.Fields[0].Message, "moon") {
			t.Errorf("as JSON: %d %q", code, errOut)
		}
		// Neither an empty file nor a slip in a number is everybody.
		if err := os.WriteFile(file, []byte("\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"audience", "members", "--rule", file}, {"audience", "members", id, "--limit", "-1"}} {
			if out, errOut, code := in.run(args...); code != exitUsage || out != "" || errOut == "" {
				t.Errorf("%v: %d %q %q", args, code, out, errOut)
			}
		}
		s.stop()
	})
}

const (
	exitUsage    = 2
	exitNotFound = 3
	exitRefused  = 7
)
