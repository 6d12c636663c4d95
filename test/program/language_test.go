package program

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Levels that came with the program are named in the reader's language, also
// right after somebody else read them in another one; what a company renames
// keeps its name.
func TestLevelsAreNamedInTheReadersLanguage(t *testing.T) {
	in := newInstall(t, "")
	file := filepath.Join(in.dir, "a.csv")
	text := "订单编号,会员编号,手机号,付款时间,实付金额,商品名称\nA1,M1,15412345671,2026-03-02 10:00:00,30.00,拿铁\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	in.must(nil, "import", "orders", file, "--source", "shop")
	in.must(nil, "tier", "run", "--scheme", "value-rules", "--as-of", "2026-03-31")
	s := in.serve()
	p := s.signIn(s.login, s.secret)
	p.must("POST", "/session/password", map[string]string{"current": s.secret, "new": password}, nil)
	names := func(lang string) string {
		req, err := http.NewRequest("GET", s.url+"/api/v1/customers/options", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept-Language", lang)
		res, err := p.c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var out struct {
			Levels []struct {
				Name string `json:"name"`
			} `json:"levels"`
		}
		if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
			t.Fatal(err)
		}
		var list []string
		for _, l := range out.Levels {
			list = append(list, l.Name)
		}
		return strings.Join(list, "/")
	}
	for range 2 {
		if got := names("zh-CN"); got != "高价值/中价值/潜在价值" {
			t.Errorf("in Chinese: %s", got)
		}
		if got := names("en"); got != "High value/Mid value/Potential" {
			t.Errorf("in English: %s", got)
		}
	}
	var scheme struct {
		Scheme  map[string]any `json:"scheme"`
		Version int            `json:"version"`
	}
	p.must("GET", "/tiering/schemes/value-rules", nil, &scheme)
	scheme.Scheme["levels"].([]any)[0].(map[string]any)["name"] = "钻石会员"
	p.must("PUT", "/tiering/schemes/value-rules", map[string]any{"scheme": scheme.Scheme, "base_version": 1}, &scheme)
	s.stop()
	in.must(nil, "tier", "run", "--scheme", "value-rules", "--as-of", "2026-03-31")
	s = in.serve()
	defer s.stop()
	p = s.signIn("admin", password)
	if got := names("en"); got != "钻石会员/Mid value/Potential" {
		t.Errorf("renamed: %s", got)
	}
}
