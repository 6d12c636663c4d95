package jobs_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/web"
)

func TestExportJobs(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		r := jobs.NewRegistry()
		jobs.Handle(r, func(context.Context, jobs.Job[work]) error { return nil })
		jobs.Handle(r, func(context.Context, jobs.Job[other]) error { return nil })
		log := &recorder{}
		shanghai := time.FixedZone("UTC+8", 8*3600)
		c := newClient(t, d, r, jobs.Options{Audit: log, Zone: clock.In(shanghai), Names: func(context.Context, []int64) (map[int64]string, error) {
			return map[int64]string{7: "=1+1"}, nil // a name that a spreadsheet would compute
		}})
		at := time.Date(2031, 5, 1, 22, 0, 0, 0, time.UTC)
		for i := range 3 {
			if _, err := c.Enqueue(staff(7), work{fmt.Sprint("secret ", i)}, jobs.EnqueueOpts{At: at}); err != nil {
				t.Fatal(err)
			}
		}
		enqueue(t, c, other{}, jobs.EnqueueOpts{At: at})
		api := web.New(web.Options{Texts: i18n.Default(), Match: i18n.Match,
			Authenticate: func(_ context.Context, r *http.Request) (*auth.Actor, error) {
				a := &auth.Actor{StaffID: 7, Permissions: map[auth.Permission]bool{}}
				if r.Header.Get("X-Who") == "viewer" {
					a.Permissions[jobs.PermView] = true
				}
				return a, nil
			}})
		c.Routes(api)
		get := func(who, query string) *httptest.ResponseRecorder {
			req := httptest.NewRequest("GET", web.Prefix+"/jobs/export"+query, nil)
			req.Header.Set("X-Who", who)
			w := httptest.NewRecorder()
			api.ServeHTTP(w, req)
			return w
		}
		// Who sees only the own jobs on the page does not take the list away.
		if w := get("owner", ""); w.Code != http.StatusForbidden {
			t.Errorf("without job.view: %d", w.Code)
		}
		if len(log.entries) != 0 {
			t.Errorf("a refused export is in the log: %+v", log.entries)
		}
		for query, want := range map[string]int{"": 4, "?kind=test.work": 3, "?state=scheduled&kind=test.other": 1, "?state=failed": 0} {
			log.entries = nil
			w := get("viewer", query)
			if w.Code != http.StatusOK || strings.Contains(w.Body.String(), "secret") {
				t.Fatalf("%s: %d %s", query, w.Code, w.Body)
			}
			rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\ufeff"))).ReadAll()
			if err != nil || len(rows) != want+1 {
				t.Fatalf("%s: %d rows, %v", query, len(rows), err)
			}
			for _, row := range rows[1:] {
				if strings.HasPrefix(row[3], "=") || row[5] != "2031-05-02 06:00:00" {
					t.Errorf("%v", row)
				}
			}
			if len(log.entries) != 2 || log.entries[0].Action != "job.export" || log.entries[1].Action != "job.export_ended" ||
				fmt.Sprint(log.entries[1].After) != fmt.Sprintf("map[complete:true format:csv rows:%d]", want) {
				t.Errorf("%s: log %+v", query, log.entries)
			}
		}
	})
}
