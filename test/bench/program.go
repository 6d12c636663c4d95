package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"zhike/internal/platform/db"
)

// program is the built binary on one engine.
type program struct {
	path string
	env  []string
	log  io.Writer // gets what a server says; nil is the standard error
}

const (
	benchLogin    = "bench"
	benchPassword = "measure-9-times-cut-once"
)

func newProgram(ctx context.Context, o options, e engine) (*program, error) {
	if err := e.create(ctx, "program"); err != nil {
		return nil, err
	}
	data := filepath.Join(e.dir, "program")
	p := e.program(o.program, "program")
	if _, err := p.run("migrate"); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, err
	}
	pass := filepath.Join(data, "bench-password")
	if err := os.WriteFile(pass, []byte(benchPassword), 0o600); err != nil {
		return nil, err
	}
	_, err := p.run("user", "add", benchLogin, "--role", "admin", "--name", "Bench", "--password-file", pass)
	return p, err
}

// program runs the binary on the database called name.
func (e engine) program(path, name string) *program {
	p := &program{path: path, env: append(os.Environ(), "ZHIKE_DATA="+filepath.Join(e.dir, name), "ZHIKE_LOG_LEVEL=warn", "ZHIKE_DB=")}
	if e.server != "" {
		p.env = append(p.env, "ZHIKE_DB="+e.url(name))
	}
	return p
}

// onCopy has work done on a copy of the base, which is dropped after it.
func (p *program) onCopy(ctx context.Context, e engine, work func(*program) error) (err error) {
	if err := e.copy(ctx, "program", "copy"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.drop(ctx, "copy")) }()
	return work(e.program(p.path, "copy"))
}

type outcome struct {
	wall    time.Duration
	peakMiB float64
	out     []byte
}

func (p *program) run(args ...string) (outcome, error) {
	cmd := exec.Command(p.path, args...)
	cmd.Env = p.env
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	started := time.Now()
	err := cmd.Start()
	if err != nil {
		return outcome{}, err
	}
	peak, ended := make(chan float64), make(chan struct{})
	go func() { peak <- peakOf(cmd.Process.Pid, ended) }()
	err = cmd.Wait()
	close(ended)
	r := outcome{wall: time.Since(started), out: out.Bytes(), peakMiB: <-peak}
	if err != nil {
		return r, fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, errOut.String())
	}
	return r, nil
}

// peakOf looks every few milliseconds how much memory a process has taken at most,
// until it ended. What the system tells when it waits for it (ru_maxrss) begins with
// the size of this one, which forked it.
func peakOf(pid int, ended <-chan struct{}) (mib float64) {
	for {
		select {
		case <-ended:
			return mib
		case <-time.After(10 * time.Millisecond):
			mib = max(mib, statusMiB(pid, "VmHWM:"))
		}
	}
}

// server is the program serving.
type server struct {
	cmd     *exec.Cmd // nil where the server runs already
	pid     int
	addr    string
	base    string
	ready   time.Duration
	idleMiB float64
	client  *http.Client
	cookie  string
}

// start starts the server and waits until it is ready.
func (p *program) start() (*server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := l.Addr().String()
	_ = l.Close()
	s := newServer(addr)
	s.cmd = exec.Command(p.path, "serve", "--addr", addr)
	s.cmd.Env = p.env
	s.cmd.Stderr = os.Stderr
	if p.log != nil {
		s.cmd.Stderr = p.log
	}
	started := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	s.pid = s.cmd.Process.Pid
	for {
		if r, err := s.client.Get(s.base + "/readyz"); err == nil {
			_ = r.Body.Close()
			if r.StatusCode == http.StatusOK {
				break
			}
		}
		if time.Since(started) > 30*time.Second {
			s.stop()
			return nil, errors.New("not ready within 30 s")
		}
		time.Sleep(2 * time.Millisecond)
	}
	s.ready = time.Since(started)
	return s, nil
}

// serve is start, signed in as [benchLogin], and what the server takes when it has
// nothing to do.
func (p *program) serve(ctx context.Context) (*server, error) {
	s, err := p.start()
	if err != nil {
		return nil, err
	}
	err = s.login()
	if err == nil {
		err = s.rest(ctx)
	}
	if err != nil {
		s.stop()
		return nil, err
	}
	time.Sleep(20 * time.Second)
	s.idleMiB = s.memoryMiB()
	return s, nil
}

// database opens what the program writes to.
func (p *program) database(ctx context.Context) (*db.DB, error) {
	var c db.Config
	for _, v := range p.env {
		if dir, ok := strings.CutPrefix(v, "ZHIKE_DATA="); ok {
			c.Dir = dir
		}
		if url, ok := strings.CutPrefix(v, "ZHIKE_DB="); ok {
			c.URL = url
		}
	}
	if c.URL != "" {
		c.Dir = ""
	}
	return db.Open(ctx, c)
}

func newServer(addr string) *server {
	return &server{
		addr: addr, base: "http://" + addr,
		client: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{DisableCompression: true}},
	}
}

// tick is the unit of CPU times in /proc, the same on every Linux.
const tick = 10 * time.Millisecond

// cpuTime is what the server's process has used so far, 0 where that is not known.
func (s *server) cpuTime() time.Duration {
	_, used, _ := processCPU(strconv.Itoa(s.pid))
	return used
}

// familyCPU is what a process, its children and those of them that have ended
// have used so far, 0 where that is not known.
func familyCPU(pid int) (sum time.Duration) {
	if pid == 0 {
		return 0
	}
	own := strconv.Itoa(pid)
	_, used, ended := processCPU(own)
	sum = used + ended
	all, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range all {
		if parent, used, _ := processCPU(filepath.Base(dir)); parent == own {
			sum += used
		}
	}
	return sum
}

// processCPU is the parent of a process, what it has used so far, and what those
// of its children have that have ended.
func processCPU(pid string) (parent string, used, ended time.Duration) {
	b, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return "", 0, 0
	}
	// The name of the program may hold spaces; the fields are counted behind it.
	_, after, _ := strings.Cut(string(b), ") ")
	f := strings.Fields(after)
	if len(f) < 15 {
		return "", 0, 0
	}
	ticks := func(i int) time.Duration {
		user, _ := strconv.ParseInt(f[i], 10, 64)
		system, _ := strconv.ParseInt(f[i+1], 10, 64)
		return time.Duration(user+system) * tick
	}
	return f[1], ticks(11), ticks(13)
}

func (s *server) stop() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
	s.cmd = nil
}

// memoryMiB is the resident memory of the server process.
func (s *server) memoryMiB() float64 { return statusMiB(s.pid, "VmRSS:") }

// statusMiB is a size that the system tells of a process.
func statusMiB(pid int, name string) float64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb / 1024
		}
	}
	return 0
}

func (s *server) login() error {
	body, err := json.Marshal(map[string]string{"login": benchLogin, "password": benchPassword})
	if err != nil {
		return err
	}
	r, err := s.client.Post(s.base+"/api/v1/session", "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer r.Body.Close()
	for _, c := range r.Cookies() {
		s.cookie = c.Name + "=" + c.Value
	}
	if r.StatusCode >= 300 || s.cookie == "" {
		return fmt.Errorf("login answered %s", r.Status)
	}
	return nil
}

func (s *server) get(ctx context.Context, path string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+"/api/v1"+path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Cookie", s.cookie)
	r, err := s.client.Do(req)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", path, r.Status)
	}
	if into != nil {
		return json.NewDecoder(r.Body).Decode(into)
	}
	var sink [4096]byte
	for {
		if _, err := r.Body.Read(sink[:]); err != nil {
			return nil
		}
	}
}

// metric reads one number of /metrics.
func (s *server) metric(ctx context.Context, name string) (float64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+"/metrics", nil)
	if err != nil {
		return 0, err
	}
	r, err := s.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer r.Body.Close()
	var text strings.Builder
	buf := make([]byte, 64<<10)
	for {
		n, err := r.Body.Read(buf)
		text.Write(buf[:n])
		if err != nil {
			break
		}
	}
	for line := range strings.Lines(text.String()) {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			return strconv.ParseFloat(strings.TrimSpace(rest), 64)
		}
	}
	return 0, fmt.Errorf("no metric %s", name)
}
