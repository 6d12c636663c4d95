package importer

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/log"
	"zhike/internal/platform/web"
)

// site is the service behind HTTP, with workers.
type site struct {
	*rig
	url  string
	jobs *jobs.Client
}

var people = map[string]*auth.Actor{
	"runner": {StaffID: 1, Name: "runner", Scope: auth.ScopeAll, Permissions: map[auth.Permission]bool{PermView: true, PermRun: true}},
	"other":  {StaffID: 2, Name: "other", Scope: auth.ScopeAll, Permissions: map[auth.Permission]bool{PermView: true, PermRun: true}},
	"viewer": {StaffID: 3, Name: "viewer", Scope: auth.ScopeAll, Permissions: map[auth.Permission]bool{PermView: true}},
}

func newSite(t *testing.T, d *db.DB) *site {
	t.Helper()
	r := newRig(t, d)
	reg := jobs.NewRegistry()
	c, err := jobs.New(d, clock.System{}, log.Discard(), reg, jobs.Options{Poll: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	r.s.jobs = c
	r.s.Register(reg)
	if err := c.Start(r.ctx); err != nil {
		t.Fatal(err)
	}
	api := web.New(web.Options{
		Texts: i18n.Default(), Match: i18n.Match,
		Authenticate: func(_ context.Context, req *http.Request) (*auth.Actor, error) {
			return people[req.Header.Get("X-Who")], nil
		},
	})
	r.s.Routes(api)
	srv := httptest.NewServer(api)
	t.Cleanup(func() {
		srv.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = c.Stop(ctx)
	})
	return &site{r, srv.URL + "/api/v1", c}
}

// call sends a request and decodes the answer into out.
func (s *site) call(who, method, path string, body any, out any) int {
	s.t.Helper()
	var in io.Reader
	switch b := body.(type) {
	case nil:
	case []byte:
		in = bytes.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			s.t.Fatal(err)
		}
		in = bytes.NewReader(text)
	}
	req, err := http.NewRequest(method, s.url+path, in)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("X-Who", who)
	req.Header.Set("Content-Type", "application/json")
	if _, raw := body.([]byte); raw {
		req.Header.Set("Content-Type", "application/octet-stream")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	switch o := out.(type) {
	case nil:
	case *string:
		*o = string(text)
	default:
		if err := json.Unmarshal(text, out); err != nil {
			s.t.Fatalf("%s %s: %v in %.300s", method, path, err, text)
		}
	}
	return res.StatusCode
}

type problem struct {
	Code   string         `json:"code"`
	Params map[string]any `json:"params"`
}

// upload sends a file in pieces.
func (s *site) upload(name string, content []byte, piece int) int64 {
	s.t.Helper()
	var u Upload
	if st := s.call("runner", "POST", "/uploads", map[string]any{"file_name": name, "size": len(content)}, &u); st != http.StatusCreated {
		s.t.Fatalf("upload: %d", st)
	}
	for at := 0; at < len(content); at += piece {
		part := content[at:min(at+piece, len(content))]
		if st := s.call("runner", "PUT", fmt.Sprintf("/uploads/%d?offset=%d", u.ID, at), part, &u); st != http.StatusOK {
			s.t.Fatalf("piece at %d: %d", at, st)
		}
	}
	return u.ID
}

// await waits until an import has a status for which ok is true.
func (s *site) await(id int64, ok func(View) bool) View {
	s.t.Helper()
	var v View
	for range 600 {
		if st := s.call("viewer", "GET", fmt.Sprintf("/imports/%d", id), nil, &v); st != http.StatusOK {
			s.t.Fatalf("import %d: status %d", id, st)
		}
		if ok(v) {
			return v
		}
		time.Sleep(25 * time.Millisecond)
	}
	s.t.Fatalf("import %d stays %s", id, v.Status)
	return v
}

func over(v View) bool { return v.Status.Over() }

func TestUploadPreviewImport(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		text := []byte(header + "A1,M1,王芳,13800000001,2026-01-02 10:00:00,已付款,拿铁,1,30.00,\nA2,M2,李雷,1.38E+10,2026-01-03 10:00:00,已付款,拿铁,1,30.00,\n")
		id := s.upload("天猫订单.csv", text, 50)

		var p Preview
		if st := s.call("runner", "POST", "/imports/preview", map[string]any{"upload_id": id, "source": "tmall"}, &p); st != 200 {
			t.Fatalf("preview: %d", st)
		}
		if p.Kind != KindOrders || p.Format != "csv" || p.Encoding != "utf-8" || len(p.Rows) != 2 || len(p.Problems) != 0 || p.Saved ||
			p.Columns[3].Meaning != BuyerPhone || p.Mapping.Columns["实付金额"] != Amount {
			t.Errorf("preview: %+v", p)
		}
		var v View
		if st := s.call("runner", "POST", "/imports", map[string]any{"upload_id": id, "kind": "orders", "source": "tmall", "mapping": p.Mapping}, &v); st != http.StatusCreated {
			t.Fatalf("start: %d", st)
		}
		v = s.await(v.ID, over)
		if v.Status != StatusFinished || v.Accepted != 1 || v.Rejected != 1 || v.Orders != 1 || v.FileName != "天猫订单.csv" || v.CreatedBy != 1 || v.JobID == nil {
			t.Fatalf("import: %+v", v)
		}
		if len(v.Reasons) != 1 || v.Reasons[0].Code != "clean.phone_scientific" || v.Reasons[0].Text == "" {
			t.Errorf("reasons: %+v", v.Reasons)
		}
		var page struct {
			Items []Reject `json:"items"`
		}
		if st := s.call("runner", "GET", fmt.Sprintf("/imports/%d/rejects", v.ID), nil, &page); st != 200 || len(page.Items) != 1 || page.Items[0].Value != "1.38E+10" {
			t.Errorf("rejects: %+v", page)
		}
		var csv string
		if st := s.call("runner", "GET", fmt.Sprintf("/imports/%d/errors.csv", v.ID), nil, &csv); st != 200 || !strings.Contains(csv, "A2,M2,李雷,1.38E+10") {
			t.Errorf("error file: %s", csv)
		}
		if n := s.one(`SELECT count(*) FROM audit_log WHERE action = 'import.export_errors' AND actor_id = 1`); n != 1 {
			t.Error("fetching the error file is not in the audit log")
		}
		// The pieces are gone, and so is the upload.
		left := inDir(t, s.s.uploadDir(id))
		for deadline := time.Now().Add(10 * time.Second); len(left) != 0 && time.Now().Before(deadline); left = inDir(t, s.s.uploadDir(id)) {
			time.Sleep(10 * time.Millisecond) // they go after the import has ended
		}
		if len(left) != 0 {
			t.Errorf("pieces left: %v", left)
		}
		// The mapping is remembered.
		again := s.upload("b.csv", append(text, "A3,M3,韩梅,13800000003,2026-01-04,已付款,拿铁,1,30,\n"...), 1<<20)
		if s.call("runner", "POST", "/imports/preview", map[string]any{"upload_id": again, "source": "tmall"}, &p); !p.Saved {
			t.Error("the mapping is not remembered")
		}
		var list struct {
			Items []View `json:"items"`
			Total int64  `json:"total"`
		}
		if st := s.call("viewer", "GET", "/imports", nil, &list); st != 200 || list.Total != 1 || list.Items[0].ID != v.ID {
			t.Errorf("list: %+v", list)
		}
		var sources web.List[Source]
		if s.call("viewer", "GET", "/sources", nil, &sources); len(sources.Items) != 1 || sources.Items[0].Code != "tmall" {
			t.Errorf("sources: %+v", sources)
		}
	})
}

func TestUploadPieces(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	content := []byte(goodRows(2000))
	var u Upload
	s.call("runner", "POST", "/uploads", map[string]any{"file_name": `..\..\a.csv`, "size": len(content)}, &u)
	if u.FileName != "a.csv" {
		t.Errorf("file name %q", u.FileName)
	}
	put := func(who string, offset int, part []byte) (int, problem) {
		var p problem
		return s.call(who, "PUT", fmt.Sprintf("/uploads/%d?offset=%d", u.ID, offset), part, &p), p
	}
	half := len(content) / 2
	if st, p := put("runner", half, content[half:]); st != http.StatusConflict || p.Code != "import.upload_gap" {
		t.Errorf("a gap: %d %+v", st, p)
	}
	if st, _ := put("runner", 0, content[:half]); st != 200 {
		t.Errorf("first piece: %d", st)
	}
	if st, _ := put("runner", 0, content[:half]); st != 200 {
		t.Errorf("the same piece again: %d", st)
	}
	if st, p := put("runner", 0, content[:half-1]); st != http.StatusConflict || p.Code != "import.upload_overlap" {
		t.Errorf("another piece at the same place: %d %+v", st, p)
	}
	if st, p := put("other", half, content[half:]); st != http.StatusNotFound || p.Code != "import.upload_not_found" {
		t.Errorf("somebody else's upload: %d %+v", st, p)
	}
	var p problem
	if st := s.call("runner", "POST", "/imports/preview", map[string]any{"upload_id": u.ID}, &p); st != http.StatusConflict || p.Code != "import.upload_incomplete" {
		t.Errorf("preview of a part: %d %+v", st, p)
	}
	if st, p := put("runner", half, append(content[half:len(content):len(content)], 'x')); st != http.StatusUnprocessableEntity && st != http.StatusBadRequest || p.Code != "import.upload_too_long" {
		t.Errorf("more than announced: %d %+v", st, p)
	}
	if st, _ := put("runner", half, content[half:]); st != 200 {
		t.Errorf("second piece: %d", st)
	}
	for _, f := range inDir(t, s.s.uploadDir(u.ID)) {
		if bytes.Contains(read(t, f), []byte("13800000001")) {
			t.Errorf("%s holds a phone in clear", f)
		}
	}
	// What nobody comes back for goes after a week.
	if err := s.s.expireUploads(s.ctx); err != nil || len(inDir(t, s.s.uploadDir(u.ID))) == 0 {
		t.Errorf("an upload went too early: %v", err)
	}
	s.s.clock.(*clock.Fixed).Advance(8 * 24 * time.Hour)
	if err := s.s.expireUploads(s.ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.s.uploadDir(u.ID)); !os.IsNotExist(err) {
		t.Error("an old upload stays")
	}
	if st := s.call("runner", "GET", fmt.Sprintf("/uploads/%d", u.ID), nil, &p); st != http.StatusNotFound {
		t.Errorf("an old upload: %d", st)
	}
	if st := s.call("runner", "POST", "/uploads", map[string]any{"file_name": "a", "size": int64(1) << 50}, &p); p.Code != "import.upload_too_large" {
		t.Errorf("a huge upload: %d %+v", st, p)
	}
}

func TestWhoMayImport(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	res := s.orders("a.csv", header+"A1,M1,王芳,138,2026-01-02,已付款,拿铁,1,30,\n")
	for _, c := range []struct{ method, path string }{
		{"POST", "/uploads"}, {"GET", "/uploads/1"}, {"PUT", "/uploads/1?offset=0"}, {"DELETE", "/uploads/1"},
		{"POST", "/imports/preview"}, {"POST", "/imports"}, {"POST", fmt.Sprintf("/imports/%d/cancel", res.ImportID)},
		{"GET", fmt.Sprintf("/imports/%d/rejects", res.ImportID)}, {"GET", fmt.Sprintf("/imports/%d/errors.csv", res.ImportID)}, {"POST", "/sources"},
	} {
		if st := s.call("viewer", c.method, c.path, []byte("{}"), nil); st != http.StatusForbidden {
			t.Errorf("%s %s by a viewer: %d", c.method, c.path, st)
		}
		if st := s.call("", c.method, c.path, []byte("{}"), nil); st != http.StatusUnauthorized {
			t.Errorf("%s %s by nobody: %d", c.method, c.path, st)
		}
	}
}

func TestCancelKeepsWhatWasCommitted(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	s.s.batch = 20
	content := []byte(goodRows(20_000))
	id := s.upload("a.csv", content, MaxPiece)
	var p Preview
	s.call("runner", "POST", "/imports/preview", map[string]any{"upload_id": id}, &p)
	var v View
	s.call("runner", "POST", "/imports", map[string]any{"upload_id": id, "kind": "orders", "source": "shop", "mapping": p.Mapping}, &v)
	s.await(v.ID, func(v View) bool { return v.RowsRead > 0 || v.Status.Over() })
	if st := s.call("runner", "POST", fmt.Sprintf("/imports/%d/cancel", v.ID), nil, &v); st != 200 {
		t.Fatalf("cancel: %d", st)
	}
	v = s.await(v.ID, over)
	n := s.one(`SELECT count(*) FROM orders`)
	if v.Status != StatusCancelled || v.Orders != n || n == 0 || n == 20_000 {
		t.Fatalf("cancelled with %d orders: %+v", n, v)
	}
	if got := s.one(`SELECT sum(orders_all) FROM customer_metrics`); got != n {
		t.Errorf("figures count %d orders, want %d", got, n)
	}
	s.s.batch = defaultBatch
	if res := s.orders("a.csv", string(content)); res.Unchanged != n || res.OrdersCreated != 20_000-n {
		t.Errorf("imported again: %+v", res)
	}
	var pr problem
	if st := s.call("runner", "POST", fmt.Sprintf("/imports/%d/cancel", v.ID), nil, &pr); st != http.StatusConflict || pr.Code != "import.over" {
		t.Errorf("cancelled twice: %d %+v", st, pr)
	}
}

func TestImportOfABadUploadFails(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	content := []byte(goodRows(40_000) + "A9,M1,王\x00芳,,2026-01-02,,拿铁,1,1,\n")
	id := s.upload("a.csv", content, MaxPiece)
	var p Preview
	s.call("runner", "POST", "/imports/preview", map[string]any{"upload_id": id}, &p)
	var v View
	s.call("runner", "POST", "/imports", map[string]any{"upload_id": id, "kind": "orders", "source": "shop", "mapping": p.Mapping}, &v)
	v = s.await(v.ID, over)
	if v.Status != StatusFailed || v.ErrorCode == nil || *v.ErrorCode != "sheet.nul_bytes" || strings.Contains(*v.ErrorDetail, "{{") {
		t.Fatalf("%+v", v)
	}
	if n := s.one(`SELECT count(*) FROM orders`); n != 0 {
		t.Errorf("%d orders of a refused file", n)
	}
	if len(inDir(t, s.s.uploadDir(id))) == 0 {
		t.Error("the upload of a failed import is gone: it cannot be looked at")
	}
}
