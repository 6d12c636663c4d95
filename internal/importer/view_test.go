package importer

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

type rejectsAnswer struct {
	Items      []Reject `json:"items"`
	NextCursor *string  `json:"next_cursor"`
	Total      int64    `json:"total"`
}

func TestRejectsOfOneReason(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		var b strings.Builder
		b.WriteString(header)
		for i := range 30 { // every third phone is none, and one date
			phone, day := fmt.Sprintf("138%08d", i), "2026-01-02"
			if i%3 == 0 {
				phone = "138"
			}
			if i == 16 {
				day = "2026-13-99"
			}
			fmt.Fprintf(&b, "A%d,M%d,王芳,%s,%s,已付款,拿铁,1,30,\n", i, i, phone, day)
		}
		res := s.orders("a.csv", b.String())
		path := fmt.Sprintf("/imports/%d/rejects?limit=4", res.ImportID)
		var all rejectsAnswer
		if st := s.call("runner", "GET", path, nil, &all); st != 200 || all.Total != 11 || res.Rejected != 11 || len(all.Items) != 4 {
			t.Fatalf("all: %d, total %d of %d", st, all.Total, res.Rejected)
		}
		var code string
		for c, n := range res.Reasons {
			if n == 10 {
				code = c
			}
		}
		var lines []int64
		next := path + "&code=" + code
		for range 4 {
			var p rejectsAnswer
			if st := s.call("runner", "GET", next, nil, &p); st != 200 || p.Total != 10 {
				t.Fatalf("of %s: %d, total %d", code, st, p.Total)
			}
			for _, r := range p.Items {
				if r.Code != code {
					t.Errorf("line %d was refused for %s", r.Line, r.Code)
				}
				lines = append(lines, r.Line)
			}
			if p.NextCursor == nil {
				break
			}
			next = path + "&code=" + code + "&cursor=" + *p.NextCursor
		}
		if fmt.Sprint(lines) != "[2 5 8 11 14 17 20 23 26 29]" {
			t.Errorf("lines of %s: %v", code, lines)
		}
		var none rejectsAnswer
		if st := s.call("runner", "GET", path+"&code=import.no_date", nil, &none); st != 200 || none.Total != 0 || len(none.Items) != 0 {
			t.Errorf("a reason nothing was refused for: %d %+v", st, none)
		}
	})
}

func TestImportListIsFiltered(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		s.s.names = func(_ context.Context, ids []int64) (map[int64]string, error) {
			return map[int64]string{1: "王经理"}, nil
		}
		ids := map[string]int64{}
		for _, im := range []struct {
			name   string
			kind   Kind
			source string
			status Status
			by     int64
		}{
			{"a", KindOrders, "tmall", StatusFinished, 1},
			{"b", KindOrders, "jd", StatusFailed, 1},
			{"c", KindCustomers, "jd", StatusCancelled, 2},
			{"d", KindOrders, "jd", StatusFinished, 0},
		} {
			rec := &Record{Kind: im.kind, SourceCode: im.source, SourceName: im.source, FileName: im.name, FileRef: "path:/" + im.name, Status: im.status, CreatedBy: im.by}
			err := s.db.InTx(s.ctx, func(ctx context.Context) error {
				src, err := s.s.ensureSource(ctx, im.source, im.source)
				if err != nil {
					return err
				}
				rec.SourceID = src.ID
				return s.s.st.insert(ctx, rec)
			})
			if err != nil {
				t.Fatal(err)
			}
			ids[im.source] = rec.SourceID
		}
		for query, want := range map[string]string{
			"":                                     "d c b a",
			"status=failed":                        "b",
			"status=failed,cancelled":              "c b",
			"kind=customers":                       "c",
			"mine=true":                            "b a",
			"mine=false":                           "d c b a",
			"mine=true&status=finished":            "a",
			fmt.Sprintf("source_id=%d", ids["jd"]): "d c b",
			fmt.Sprintf("source_id=%d&kind=orders&status=finished", ids["jd"]): "d",
			"kind=behaviours": "",
		} {
			var page struct {
				Items []View `json:"items"`
				Total int64  `json:"total"`
			}
			if st := s.call("runner", "GET", "/imports?"+query, nil, &page); st != 200 {
				t.Fatalf("%s: %d", query, st)
			}
			var names []string
			for _, v := range page.Items {
				names = append(names, v.FileName)
				if who := map[int64]string{1: "王经理"}[v.CreatedBy]; v.CreatedName != who {
					t.Errorf("%s was begun by %q, want %q", v.FileName, v.CreatedName, who)
				}
			}
			if got := strings.Join(names, " "); got != want || page.Total != int64(len(names)) {
				t.Errorf("%s: %s, total %d; want %s", query, got, page.Total, want)
			}
		}
		var p problem
		if st := s.call("runner", "GET", "/imports?status=lost", nil, &p); st != http.StatusUnprocessableEntity {
			t.Errorf("an unknown status: %d %+v", st, p)
		}
	})
}

// A failed import and a trial can be begun again from the upload that is still
// here, by whoever sent it.
func TestUploadCanBeUsedAgain(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	good := header + "A1,M1,王芳,13800000001,2026-01-02,已付款,拿铁,1,30,\n"
	begin := func(name, text string, dry bool) View {
		t.Helper()
		id := s.upload(name, []byte(text), MaxPiece)
		var p Preview
		s.call("runner", "POST", "/imports/preview", map[string]any{"upload_id": id}, &p)
		var v View
		if st := s.call("runner", "POST", "/imports", map[string]any{
			"upload_id": id, "kind": "orders", "source": name, "mapping": p.Mapping, "dry_run": dry,
		}, &v); st != http.StatusCreated {
			t.Fatalf("start: %d", st)
		}
		v = s.await(v.ID, over)
		s.call("runner", "GET", fmt.Sprintf("/imports/%d", v.ID), nil, &v)
		return v
	}
	if v := begin("done", good, false); v.Status != StatusFinished || v.UploadID != nil {
		t.Errorf("finished: %s with upload %v", v.Status, v.UploadID)
	}
	failed := begin("bad", goodRows(30_000)+"A9,M1,王\x00芳,,2026-01-02,,拿铁,1,1,\n", false)
	if failed.Status != StatusFailed || failed.UploadID == nil {
		t.Fatalf("failed: %s with upload %v", failed.Status, failed.UploadID)
	}
	trial := begin("trial", good, true)
	if trial.UploadID == nil {
		t.Fatal("the upload of a trial is not told")
	}
	var other View
	if s.call("other", "GET", fmt.Sprintf("/imports/%d", failed.ID), nil, &other); other.UploadID != nil {
		t.Error("somebody else's upload is offered")
	}
	var v View
	body := map[string]any{"upload_id": *trial.UploadID, "kind": "orders", "source": "trial", "mapping": trial.Mapping}
	if st := s.call("runner", "POST", "/imports", body, &v); st != http.StatusCreated {
		t.Fatalf("begun again: %d", st)
	}
	if v = s.await(v.ID, over); v.Status != StatusFinished || v.Orders+v.Unchanged == 0 {
		t.Errorf("begun again: %+v", v)
	}
	var list struct {
		Items []View `json:"items"`
	}
	s.call("runner", "GET", "/imports", nil, &list)
	for _, v := range list.Items {
		if (v.UploadID != nil) != (v.ID == failed.ID) {
			t.Errorf("in the list, %s has upload %v", v.FileName, v.UploadID)
		}
	}
}

func TestLimitsAreTold(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	s.s.maxUpload = 40 << 20
	var l Limits
	if st := s.call("viewer", "GET", "/imports/limits", nil, &l); st != 200 {
		t.Fatal(st)
	}
	if l.MaxFile != 40<<20 || l.MaxXLSX != 40<<20 || l.MaxPiece != MaxPiece || l.MaxRows != s.s.maxRows || l.KeptDays != 7 {
		t.Errorf("%+v", l)
	}
	var p problem
	body := map[string]any{"file_name": "a.csv", "size": l.MaxFile + 1}
	if s.call("runner", "POST", "/uploads", body, &p); p.Code != "import.upload_too_large" {
		t.Errorf("one byte more: %+v", p)
	}
}
