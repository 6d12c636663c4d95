// Package program tests the built binary as its users meet it: the command
// line, the server, both engines, kill −9 included.
package program

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"zhike/internal/platform/db/dbtest"
)

const (
	root     = "../.."
	password = "correct-horse-battery-9"
)

var binary string

// TestMain builds the program once, or takes the one of ZHIKE_TEST_BIN.
func TestMain(m *testing.M) {
	os.Exit(func() int {
		binary = os.Getenv("ZHIKE_TEST_BIN")
		if binary == "" {
			dir, err := os.MkdirTemp("", "zhike-program")
			if err != nil {
				panic(err)
			}
			defer os.RemoveAll(dir)
			binary = filepath.Join(dir, "zhike")
			build := exec.Command("go", "build", "-o", binary, "./cmd/zhike")
			build.Dir = root
			build.Env = append(os.Environ(), "CGO_ENABLED=0")
			if out, err := build.CombinedOutput(); err != nil {
				fmt.Fprintf(os.Stderr, "building: %v\n%s", err, out)
				return 1
			}
		}
		return m.Run()
	}())
}

// install is a folder and a database of its own.
type install struct {
	t   *testing.T
	dir string
	env []string
}

// onBoth runs fn on a fresh installation on each engine.
func onBoth(t *testing.T, fn func(t *testing.T, in *install)) {
	t.Run("sqlite", func(t *testing.T) { fn(t, newInstall(t, "")) })
	t.Run("postgres", func(t *testing.T) { fn(t, newInstall(t, dbtest.PostgresURL(t))) })
}

func newInstall(t *testing.T, url string) *install {
	dir := t.TempDir()
	var env []string
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "ZHIKE_") && !strings.HasPrefix(kv, "LC_") && !strings.HasPrefix(kv, "LANG") {
			env = append(env, kv)
		}
	}
	return &install{t: t, dir: dir, env: append(env, "ZHIKE_DATA="+dir, "ZHIKE_DB="+url, "ZHIKE_LOCALE=en")}
}

// run runs a command and gives what it printed and its exit code.
func (in *install) run(args ...string) (stdout, stderr string, code int) {
	in.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = in.env
	cmd.Dir = in.dir
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		in.t.Fatalf("%v: %v", args, err)
	}
	return out.String(), errOut.String(), cmd.ProcessState.ExitCode()
}

// must is run for a command that has to succeed; the output is decoded into v
// unless v is nil.
func (in *install) must(v any, args ...string) string {
	in.t.Helper()
	out, errOut, code := in.run(args...)
	if code != 0 {
		in.t.Fatalf("%v ended with %d\n%s\n%s", args, code, out, errOut)
	}
	if v != nil {
		if err := json.Unmarshal([]byte(out), v); err != nil {
			in.t.Fatalf("%v printed no JSON: %v\n%s", args, err, out)
		}
	}
	return out
}

// server is `zhike serve` on a free port.
type server struct {
	t      *testing.T
	cmd    *exec.Cmd
	out    *bytes.Buffer
	url    string
	login  string
	secret string
	done   chan error
}

func (in *install) serve() *server {
	in.t.Helper()
	s := &server{t: in.t, out: &bytes.Buffer{}, done: make(chan error, 1)}
	s.cmd = exec.Command(binary, "serve", "--json", "--addr", "127.0.0.1:0")
	s.cmd.Env = in.env
	s.cmd.Dir = in.dir
	s.cmd.Stderr = s.out
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		in.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		in.t.Fatal(err)
	}
	in.t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		if in.t.Failed() {
			in.t.Logf("server's log:\n%s", s.out)
		}
	})
	var said struct {
		URL   string `json:"url"`
		Login string `json:"admin_login"`
		Pass  string `json:"admin_password"`
	}
	if err := json.NewDecoder(stdout).Decode(&said); err != nil {
		_ = s.cmd.Wait()
		in.t.Fatalf("the server said nothing: %v\n%s", err, s.out)
	}
	go func() {
		_, _ = io.Copy(io.Discard, stdout)
		s.done <- s.cmd.Wait()
	}()
	s.url, s.login, s.secret = said.URL, said.Login, said.Pass
	return s
}

// stop ends the server politely and wants exit code 0.
func (s *server) stop() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	select {
	case err := <-s.done:
		if err != nil {
			s.t.Fatalf("the server ended with %v\n%s", err, s.out)
		}
	case <-time.After(30 * time.Second):
		s.t.Fatal("the server did not stop")
	}
}

// kill ends it as a power cut would.
func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	<-s.done
}

// person is a signed-in browser.
type person struct {
	s *server
	c *http.Client
}

func (s *server) signIn(login, pass string) *person {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	p := &person{s: s, c: &http.Client{Jar: jar, Timeout: time.Minute}}
	if status, body := p.do("POST", "/session", map[string]string{"login": login, "password": pass}, nil); status != 200 && status != 201 {
		s.t.Fatalf("sign-in answered %d %s", status, body)
	}
	return p
}

// do sends a JSON request, or raw bytes, and decodes the answer into v.
func (p *person) do(method, path string, in, v any) (int, []byte) {
	p.s.t.Helper()
	return p.doWith(func(*http.Request) {}, method, path, in, v)
}

// doWith is do with a change to the request before it is sent.
func (p *person) doWith(change func(*http.Request), method, path string, in, v any) (int, []byte) {
	p.s.t.Helper()
	var body io.Reader
	contentType := "application/json"
	switch b := in.(type) {
	case nil:
	case []byte:
		body, contentType = bytes.NewReader(b), "application/octet-stream"
	default:
		j, err := json.Marshal(in)
		if err != nil {
			p.s.t.Fatal(err)
		}
		body = bytes.NewReader(j)
	}
	req, err := http.NewRequest(method, p.s.url+"/api/v1"+path, body)
	if err != nil {
		p.s.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", contentType)
	}
	change(req)
	resp, err := p.c.Do(req)
	if err != nil {
		p.s.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		p.s.t.Fatal(err)
	}
	if v != nil && resp.StatusCode < 300 {
		if err := json.Unmarshal(answer, v); err != nil {
			p.s.t.Fatalf("%s %s: %v\n%s", method, path, err, answer)
		}
	}
	return resp.StatusCode, answer
}

// must is do for a request that has to succeed.
func (p *person) must(method, path string, in, v any) {
	p.s.t.Helper()
	if status, body := p.do(method, path, in, v); status >= 300 {
		p.s.t.Fatalf("%s %s answered %d %s", method, path, status, body)
	}
}
