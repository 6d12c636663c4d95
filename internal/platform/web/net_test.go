package web_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/web"
)

func TestLateErrorCutsTheConnection(t *testing.T) {
	srv := httptest.NewServer(newAPI(t))
	defer srv.Close()
	req, _ := http.NewRequestWithContext(t.Context(), "GET", srv.URL+web.Prefix+"/export?q=late", nil)
	req.Header.Set("X-Test-Actor", "full")
	res, err := srv.Client().Do(req)
	if err == nil {
		_, err = io.ReadAll(res.Body)
		_ = res.Body.Close()
	}
	if err == nil {
		t.Fatal("a half file looked whole")
	}
}

func TestStream(t *testing.T) {
	srv := httptest.NewServer(newAPI(t))
	defer srv.Close()
	req, _ := http.NewRequestWithContext(t.Context(), "GET", srv.URL+web.Prefix+"/events", nil)
	req.Header.Set("X-Test-Actor", "full")
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := srv.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.Header.Get("Content-Type") != "text/event-stream; charset=utf-8" || res.Header.Get("Content-Encoding") != "" {
		t.Fatal(res.Header)
	}
	var lines []string
	for s := bufio.NewScanner(res.Body); s.Scan(); {
		lines = append(lines, s.Text())
	}
	if len(lines) < 5 || lines[0] != "event: tick" || lines[1] != `data: {"n":1}` || lines[3] != "event: error" || !strings.Contains(lines[4], `"code":"conflict"`) {
		t.Fatalf("%q", lines)
	}
}

func TestStreamEndsWithTheServer(t *testing.T) {
	api := web.New(testOptions())
	open := make(chan struct{})
	web.RegisterStream(api, web.Route{Method: "GET", Path: "/forever", ID: "forever", Permission: "thing.view"},
		func(ctx context.Context, _ *http.Request, _ func(string, any) error) error {
			close(open)
			<-ctx.Done()
			return ctx.Err()
		})
	done := make(chan struct{})
	go func() { call(t, api, "full", "GET", web.Prefix+"/forever", ""); close(done) }()
	<-open
	api.CloseStreams()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatal("the stream stayed open")
	}
}

// server serves an API with shortened times on a real connection.
func server(t *testing.T, api *web.API) string {
	t.Helper()
	srv := httptest.NewServer(api)
	t.Cleanup(srv.Close)
	return srv.URL + web.Prefix
}

// dripping is a body of n bytes that come one by one.
type dripping struct {
	n     int
	pause time.Duration
}

func (d *dripping) Read(p []byte) (int, error) {
	if d.n == 0 {
		return 0, io.EOF
	}
	d.n--
	time.Sleep(d.pause)
	p[0] = ' '
	return 1, nil
}

func post(t *testing.T, url string, body io.Reader) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "POST", url, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Test-Actor", "full")
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(b)
}

func TestBodyTimes(t *testing.T) {
	api := newAPI(t)
	web.SetLimits(api, 150*time.Millisecond, 100*time.Millisecond, time.Hour)
	type create struct{ Body thingInput }
	web.Register(api, web.Route{Method: "POST", Path: "/work", ID: "work", Permission: "thing.edit"},
		func(ctx context.Context, _ *create) (thing, error) {
			// Longer than the body may take: its deadline must be gone by now.
			select {
			case <-ctx.Done():
				return thing{}, ctx.Err()
			case <-time.After(300 * time.Millisecond):
				return thing{Name: "done"}, nil
			}
		})
	url := server(t, api)
	if status, body := post(t, url+"/work", strings.NewReader(`{"name":"ab"}`)); status != 200 {
		t.Errorf("long work: %d %s", status, body)
	}
	if status, body := post(t, url+"/things", &dripping{n: 50, pause: 20 * time.Millisecond}); status != 408 || !strings.Contains(body, "web.read_timeout") {
		t.Errorf("a dripping body: %d %s", status, body)
	}
	if status, body := post(t, url+"/files", &dripping{n: 15, pause: 20 * time.Millisecond}); status != 200 || len(body) != 15 {
		t.Errorf("a slow but living upload: %d %q", status, body)
	}
	if status, body := post(t, url+"/files", &dripping{n: 3, pause: 250 * time.Millisecond}); status == 200 {
		t.Errorf("a dead upload: %d %s", status, body)
	}
}

func TestCallerGone(t *testing.T) {
	api := web.New(testOptions())
	entered, left := make(chan struct{}), make(chan error, 1)
	web.Register(api, web.Route{Method: "GET", Path: "/wait", ID: "wait", Permission: auth.Public},
		func(ctx context.Context, _ *struct{}) (thing, error) {
			close(entered)
			<-ctx.Done()
			left <- ctx.Err()
			return thing{}, ctx.Err()
		})
	ctx, cancel := context.WithCancel(t.Context())
	w := httptest.NewRecorder()
	go func() { <-entered; cancel() }()
	api.ServeHTTP(w, httptest.NewRequest("GET", web.Prefix+"/wait", http.NoBody).WithContext(ctx))
	if err := <-left; !errors.Is(err, context.Canceled) || w.Code != 499 {
		t.Fatalf("%v, status %d", err, w.Code)
	}
}

// A stream ends when its session does.
func TestStreamEndsWithTheSession(t *testing.T) {
	var signedIn atomic.Bool
	signedIn.Store(true)
	o := testOptions()
	o.Authenticate = func(context.Context, *http.Request) (*auth.Actor, error) {
		if signedIn.Load() {
			return actors["full"], nil
		}
		return nil, nil
	}
	api := web.New(o)
	web.SetLimits(api, time.Second, time.Second, 20*time.Millisecond)
	web.RegisterStream(api, web.Route{Method: "GET", Path: "/forever", ID: "forever", Permission: "thing.view"},
		func(ctx context.Context, _ *http.Request, send func(string, any) error) error {
			if err := send("hello", 1); err != nil {
				return err
			}
			<-ctx.Done()
			return ctx.Err()
		})
	res, err := http.Get(server(t, api) + "/forever")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	beats := 0
	for lines.Scan() {
		if lines.Text() == ": " {
			if beats++; beats == 3 {
				signedIn.Store(false)
			}
		}
	}
	if beats < 3 || beats > 10 {
		t.Fatalf("%d signs of life", beats)
	}
}

func TestStreamsOfOnePersonAreBounded(t *testing.T) {
	api := web.New(testOptions())
	opened := make(chan struct{}, 64)
	web.RegisterStream(api, web.Route{Method: "GET", Path: "/forever", ID: "forever", Permission: "thing.view"},
		func(ctx context.Context, _ *http.Request, _ func(string, any) error) error {
			opened <- struct{}{}
			<-ctx.Done()
			return nil
		})
	for range 20 {
		go call(t, api, "full", "GET", web.Prefix+"/forever", "")
		<-opened
	}
	w := call(t, api, "full", "GET", web.Prefix+"/forever", "")
	if p := problemOf(t, w); w.Code != 429 || p.Code != "web.too_many_streams" || w.Header().Get("Retry-After") != "5" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	api.CloseStreams()
}

// Of a route with AtOnce the others wait: none is refused, and no body is read
// before its turn.
func TestRequestsWaitForTheirTurn(t *testing.T) {
	api := web.New(testOptions())
	var now, most, read atomic.Int32
	leave := make(chan struct{})
	web.Register(api, web.Route{Method: "POST", Path: "/heavy", ID: "heavy", Permission: "thing.view", AtOnce: 2},
		func(context.Context, *struct{ Body struct{ A int } }) (struct{}, error) {
			most.Store(max(most.Load(), now.Add(1)))
			<-leave
			now.Add(-1)
			return struct{}{}, nil
		})
	answers := make(chan int, 6)
	for range 6 {
		go func() {
			first, text := true, strings.NewReader(`{"A":1}`)
			body := readerFunc(func(p []byte) (int, error) {
				if first {
					first = false
					read.Add(1)
				}
				return text.Read(p)
			})
			r := httptest.NewRequest("POST", web.Prefix+"/heavy", body)
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("X-Test-Actor", "full")
			w := httptest.NewRecorder()
			api.ServeHTTP(w, r)
			answers <- w.Code
		}()
	}
	for tries := 0; now.Load() < 2 && tries < 5000; tries++ {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(20 * time.Millisecond)
	if n := read.Load(); n != 2 {
		t.Errorf("%d bodies were read while two were worked on", n)
	}
	close(leave)
	for range 6 {
		if code := <-answers; code != 204 {
			t.Errorf("answered %d", code)
		}
	}
	if most.Load() != 2 {
		t.Errorf("%d at once", most.Load())
	}
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
