package customer_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// TestExportJobInLayouts: the file of the job has the titles of the other
// system, the customers of the filter of one kind only, and contacts masked
// unless the maker may reveal.
func TestExportJobInLayouts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := listSetup(t, d, 60)
		masked := &auth.Actor{StaffID: 7, Name: "masked", Scope: auth.ScopeAll, Permissions: perms(customer.PermView, customer.PermExport)}
		s.who["masked"] = masked
		fetch := func(who, layout string) [][]string {
			w := s.call(t, who, "POST", "/customers/exports", fmt.Sprintf(`{"layout":%q,"filter":{"field":"stage","op":"in","value":["prospect"]}}`, layout), nil)
			if w.Code != 202 {
				t.Fatalf("%s: %d %s", layout, w.Code, w.Body)
			}
			var r customer.ExportRun
			decode(t, w.Body.Bytes(), &r)
			must(t, s.service.RunExport(context.Background(), r.ID))
			w = s.call(t, who, "GET", fmt.Sprintf("/customers/exports/%d/file", r.ID), "", nil)
			if w.Code != 200 || !strings.Contains(w.Header().Get("Content-Disposition"), layout) {
				t.Fatalf("%s: %d %s", layout, w.Code, w.Header().Get("Content-Disposition"))
			}
			return exported(t, w.Body.Bytes())
		}
		for _, l := range customer.Layouts() {
			person := l.Kind == customer.KindPerson
			want := s.matching(func(p *listed) bool {
				return p.stage == "prospect" && (p.c.Kind == customer.KindPerson || p.c.Kind == "") == person
			})
			clearly, hidden := fetch("boss", l.Name), fetch("masked", l.Name)
			if len(clearly) != len(want)+1 || len(hidden) != len(want)+1 {
				t.Errorf("%s: %d and %d rows of %d", l.Name, len(clearly)-1, len(hidden)-1, len(want))
			}
			phones := 0
			for i, c := range l.Columns {
				if clearly[0][i] != c.Title {
					t.Errorf("%s: column %d is %q, want %q", l.Name, i, clearly[0][i], c.Title)
				}
				if c.Meaning != "buyer.phone" {
					continue
				}
				for k := range clearly[1:] {
					if full, shown := clearly[k+1][i], hidden[k+1][i]; full != "" {
						phones++
						if strings.Contains(full, "*") || !strings.Contains(shown, "****") {
							t.Errorf("%s: %s is shown as %s", l.Name, full, shown)
						}
					}
				}
			}
			if person && phones == 0 {
				t.Errorf("%s: no phone to look at", l.Name)
			}
		}
		if status, got := s.problem(t, "boss", "POST", "/customers/exports", `{"layout":"sap"}`); status != 422 || !strings.Contains(got, "layout.unknown at layout") {
			t.Errorf("unknown layout: %d %s", status, got)
		}
	})
}
