package tiering

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"zhike/internal/platform/i18n"
	"zhike/internal/platform/web"
)

func (s *site) nameOf(customer int64) string {
	var name string
	row := s.s.DB.Q(context.Background()).QueryRowContext(context.Background(), `SELECT name FROM customers WHERE id = $1`, customer)
	if err := row.Scan(&name); err != nil {
		s.t.Fatal(err)
	}
	return name
}

// authorsAndStates: who made runs and versions is told by name, and runs are
// narrowed by their state.
func (s *site) authorsAndStates() {
	var page web.Page[RunView]
	for status, want := range map[Status]int{StatusFinished: 2, StatusFailed: 0, StatusWaiting: 0, "": 2} {
		s.call("viewer", "GET", "/tiering/runs?scheme=value-rules&status="+string(status), "", 200, &page)
		if len(page.Items) != want {
			s.t.Errorf("%d runs are %q, want %d", len(page.Items), status, want)
		}
		for _, r := range page.Items {
			if r.CreatedName != "老板" {
				s.t.Errorf("run %d was made by %q", r.ID, r.CreatedName)
			}
		}
	}
	s.call("viewer", "GET", "/tiering/runs?status=lost", "", 422, nil)
	var v SchemeView
	s.call("boss", "POST", "/tiering/schemes", `{"from": "rfm", "code": "by-boss", "name": "老板的"}`, 201, &v)
	if v.CreatedBy != 1 || v.Author != "老板" {
		s.t.Errorf("the copy was made by %d %q", v.CreatedBy, v.Author)
	}
	var list web.List[SchemeView]
	s.call("viewer", "GET", "/tiering/schemes/by-boss/versions", "", 200, &list)
	if len(list.Items) != 1 || list.Items[0].Author != "老板" {
		s.t.Errorf("versions %+v", list.Items)
	}
}

// inEnglish sends a request of somebody who reads English.
func (s *site) inEnglish(who, method, path string, body, out any) {
	s.t.Helper()
	var b bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&b).Encode(body); err != nil {
			s.t.Fatal(err)
		}
	}
	req, err := http.NewRequest(method, s.url+path, &b)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("X-Who", who)
	req.Header.Set("Accept-Language", "en")
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 200 {
		s.t.Fatalf("%s %s: %d", method, path, res.StatusCode)
	}
	if err := json.NewDecoder(res.Body).Decode(out); err != nil {
		s.t.Fatal(err)
	}
}

// otherLanguage: what came with the program is told in the reader's language,
// what a company wrote is not; and saving what was read changes nothing.
func (s *site) otherLanguage() {
	var list web.List[SchemeView]
	s.inEnglish("viewer", "GET", "/tiering/schemes", nil, &list)
	seen := map[string]string{}
	for _, v := range list.Items {
		seen[v.Scheme.Code] = v.Scheme.Name + " / " + v.Scheme.Levels[0].Name
		if v.LastRun != nil && v.LastRun.SchemeName != v.Scheme.Name {
			s.t.Errorf("the last run of %s is called %s", v.Scheme.Name, v.LastRun.SchemeName)
		}
	}
	want := map[string]string{
		"value-rules": "Customer value (rules) / High value", "value-score": "Customer value (score) / High value",
		"loyalty-rules": "Loyalty (rules) / Loyal", "need-rules": "Need (rules) / Personalised",
		"rfm": "RFM, eight groups / Important: champions", "by-boss": "老板的 / Important: champions",
	}
	if d := cmp.Diff(want, seen); d != "" {
		s.t.Error(d)
	}
	var runs web.Page[RunView]
	s.inEnglish("viewer", "GET", "/tiering/runs?scheme=value-rules", nil, &runs)
	if runs.Items[0].SchemeName != "Customer value (rules)" {
		s.t.Errorf("a run is called %s", runs.Items[0].SchemeName)
	}
	var v SchemeView
	s.inEnglish("boss", "GET", "/tiering/schemes/rfm", nil, &v)
	body := map[string]any{"scheme": v.Scheme, "base_version": v.Version}
	s.inEnglish("boss", "PUT", "/tiering/schemes/rfm", body, &v)
	if v.Version != 1 {
		s.t.Errorf("saving what was read made version %d", v.Version)
	}
	v.Scheme.Levels[1].Name = "Rising stars"
	s.inEnglish("boss", "PUT", "/tiering/schemes/rfm", map[string]any{"scheme": v.Scheme, "base_version": 1}, &v)
	var stored SchemeView
	s.call("viewer", "GET", "/tiering/schemes/rfm", "", 200, &stored)
	own := shippedRFM()
	own.Levels[1].Name = "Rising stars"
	if d := cmp.Diff(own, stored.Scheme); d != "" || stored.Version != 2 {
		s.t.Errorf("version %d: %s", stored.Version, d)
	}
	var moves web.List[Change]
	s.inEnglish("viewer", "GET", "/tiering/schemes/rfm/compare?from=1&to=2", nil, &moves)
	if len(moves.Items) != 1 || fmt.Sprint(moves.Items[0].Before, moves.Items[0].After) != "Important: to developRising stars" {
		s.t.Errorf("changes %+v", moves.Items)
	}
	// The levels that lists of customers show.
	run, err := s.s.Levels().CurrentRun(context.Background(), DimensionValue)
	if err != nil || run == nil || run.Levels[0].Name != zh("level.high") {
		s.t.Errorf("levels outside of a request: %+v, %v", run, err)
	}
}

func TestCanonicalIsTheWayBack(t *testing.T) {
	for _, sch := range Shipped() {
		if d := cmp.Diff(sch, sch.Localized(i18n.En).canonical(i18n.En)); d != "" {
			t.Errorf("%s: %s", sch.Code, d)
		}
	}
	own := shippedRules()
	own.Levels[0].Name = "High value"
	if got := own.canonical(i18n.ZhCN).Levels[0].Name; got != "High value" {
		t.Errorf("somebody who reads Chinese wrote it so, and it became %s", got)
	}
}
