package program

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// The way back in: from the command line, while the server serves.
func TestResetPasswordOnTheCommandLine(t *testing.T) {
	onBoth(t, func(t *testing.T, in *install) {
		s := in.serve()
		defer s.stop()
		p := s.signIn(s.login, s.secret)
		p.must("POST", "/session/password", map[string]string{"current": s.secret, "new": password}, nil)
		var out struct {
			Login      string `json:"login"`
			Password   string `json:"password"`
			MustChange bool   `json:"must_change_password"`
		}
		in.must(&out, "user", "reset-password", strings.ToUpper(s.login), "--json")
		if len(out.Password) < 12 || !out.MustChange {
			t.Fatalf("it said %+v", out)
		}
		// Sessions are looked up once a second.
		status := 0
		for range 30 {
			if status, _ = p.do("GET", "/customers", nil, nil); status == 401 {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		if status != 401 {
			t.Errorf("the session of before answers %d", status)
		}
		if status, _ := p.do("POST", "/session", map[string]string{"login": s.login, "password": password}, nil); status != 401 {
			t.Errorf("the password of before: %d", status)
		}
		again := s.signIn(s.login, out.Password)
		status, body := again.do("GET", "/customers", nil, nil)
		if status != 403 || !strings.Contains(string(body), "must_change_password") {
			t.Errorf("before it is changed: %d %s", status, body)
		}
		text := in.must(nil, "user", "reset-password", s.login)
		if n := strings.Count(text, "\n"); n != 2 || json.Valid([]byte(text)) {
			t.Errorf("for people it said %q", text)
		}
		if out, errOut, code := in.run("user", "reset-password", "nobody.here"); code == 0 || strings.Contains(out+errOut, "errors.") {
			t.Errorf("somebody who is not there: %d %s%s", code, out, errOut)
		}
		if strings.Contains(s.out.String(), out.Password) {
			t.Error("the password is in the log")
		}
	})
}
