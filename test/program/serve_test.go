package program

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestFirstStartMakesOneAdministrator(t *testing.T) {
	onBoth(t, func(t *testing.T, in *install) {
		s := in.serve()
		if s.login == "" || len(s.secret) < 12 {
			t.Fatalf("first start said login %q, password of %d characters", s.login, len(s.secret))
		}
		if strings.Contains(s.out.String(), s.secret) {
			t.Error("the password is in the log")
		}
		for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
			resp, err := http.Get(s.url + path)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			if resp.StatusCode != 200 {
				t.Errorf("%s answered %s", path, resp.Status)
			}
		}
		p := s.signIn(s.login, s.secret)
		if status, body := p.do("GET", "/customers", nil, nil); status != 403 || !strings.Contains(string(body), "must_change_password") {
			t.Errorf("before the password was changed: %d %s", status, body)
		}
		p.must("POST", "/session/password", map[string]string{"current": s.secret, "new": password}, nil)
		p.must("GET", "/customers", nil, nil)

		if _, errOut, code := in.run("serve", "--addr", "127.0.0.1:0"); code != 4 {
			t.Errorf("a second server on the folder ended with %d: %s", code, errOut)
		}
		s.stop()
		again := in.serve()
		if again.secret != "" {
			t.Error("the second start made another administrator")
		}
		again.signIn(s.login, password).must("GET", "/overview", nil, nil)
		again.stop()
	})
}

// An import in the background, its process killed without warning: the next
// start goes on with it, and the outcome is that of an undisturbed import.
func TestKilledServerGoesOnWithItsImport(t *testing.T) {
	const orders = 60_000
	var csv strings.Builder
	csv.WriteString("订单编号,会员编号,手机号,付款时间,实付金额,商品名称\n")
	for i := range orders {
		fmt.Fprintf(&csv, "K%06d,M%05d,1541%07d,2026-03-%02d 10:00:00,%d.%02d,商品%d\n", i, i%7000, i%7000, 1+i%28, 1+i%900, i%100, i%50)
	}
	onBoth(t, func(t *testing.T, in *install) {
		s := in.serve()
		p := s.signIn(s.login, s.secret)
		p.must("POST", "/session/password", map[string]string{"current": s.secret, "new": password}, nil)
		id := p.upload("k.csv", []byte(csv.String()))
		var imp struct {
			ID       int64  `json:"id"`
			Status   string `json:"status"`
			RowsRead int64  `json:"rows_read"`
			Accepted int64  `json:"accepted"`
			Created  int64  `json:"customers_created"`
			Orders   int64  `json:"orders_created"`
		}
		p.startImport(id, &imp)
		for range 3 {
			deadline := time.Now().Add(60 * time.Second)
			seen := imp.RowsRead
			for imp.RowsRead == seen && imp.Status != "finished" && time.Now().Before(deadline) {
				time.Sleep(15 * time.Millisecond)
				p.must("GET", fmt.Sprintf("/imports/%d", imp.ID), nil, &imp)
			}
			s.kill()
			s = in.serve()
			p = s.signIn("admin", password)
		}
		deadline := time.Now().Add(120 * time.Second)
		for imp.Status != "finished" && time.Now().Before(deadline) {
			time.Sleep(200 * time.Millisecond)
			p.must("GET", fmt.Sprintf("/imports/%d", imp.ID), nil, &imp)
		}
		if imp.Status != "finished" || imp.RowsRead != orders || imp.Accepted != orders || imp.Orders != orders || imp.Created != 7000 {
			t.Fatalf("after three kills: %+v", imp)
		}
		s.stop()
		// The same rows again change nothing: what is there is what the file says.
		file := filepath.Join(in.dir, "k.csv")
		if err := os.WriteFile(file, []byte(csv.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		var r imported
		in.must(&r, "import", "orders", file, "--source", "shop", "--json")
		if r.Unchanged != orders {
			t.Fatalf("the same file again: %+v", r)
		}
	})
}

// upload sends a file as the browser does, in pieces, and gives its id.
func (p *person) upload(name string, content []byte) int64 {
	p.s.t.Helper()
	var up struct {
		ID int64 `json:"id"`
	}
	p.must("POST", "/uploads", map[string]any{"file_name": name, "size": len(content)}, &up)
	const piece = 1 << 20
	for at := 0; at < len(content); at += piece {
		p.must("PUT", fmt.Sprintf("/uploads/%d?offset=%d", up.ID, at), content[at:min(at+piece, len(content))], nil)
	}
	return up.ID
}

func (p *person) startImport(upload int64, out any) {
	p.s.t.Helper()
	var pre struct {
		Mapping any `json:"mapping"`
	}
	p.must("POST", "/imports/preview", map[string]any{"upload_id": upload, "kind": "orders", "source": "shop"}, &pre)
	p.must("POST", "/imports", map[string]any{"upload_id": upload, "kind": "orders", "source": "shop", "mapping": pre.Mapping}, out)
}
