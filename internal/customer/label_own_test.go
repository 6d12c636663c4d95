package customer_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"zhike/internal/customer"
	"zhike/internal/field"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/web"
)

// known gives the names of references: customer 1 is known, nobody else.
type known struct{}

func (known) Names(_ context.Context, target string, ids []int64) (map[int64]string, error) {
	out := map[int64]string{}
	for _, id := range ids {
		if id == 1 {
			out[id] = target + "一"
		}
	}
	return out, nil
}

func (known) Find(context.Context, string, string, int) ([]field.Candidate, error) { return nil, nil }

// TestHistoryInWords: titles and values of custom fields are told in the
// reader's language; the bare values stand beside them.
func TestHistoryInWords(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := ownSite(t, d)
		ctx := s.as("boss")
		s.fields.People = known{}
		for _, in := range []field.In{
			{Code: "budget", Kind: field.Money, Name: field.Label{ZH: "预算", EN: "Budget"}},
			{Code: "staffed", Kind: field.Number, Unit: "人", Name: field.Label{ZH: "人数"}},
			{Code: "friend", Kind: field.Reference, Target: field.TargetCustomer, Name: field.Label{ZH: "介绍人"}},
			{Code: "wants", Kind: field.MultiChoice, Name: field.Label{ZH: "意向", EN: "Wants"}, Options: []field.Option{
				{Code: "a", Label: field.Label{ZH: "甲", EN: "First"}}, {Code: "b", Label: field.Label{ZH: "乙", EN: "Second"}}}},
		} {
			if _, err := s.fields.Create(ctx, in); err != nil {
				t.Fatal(err)
			}
		}
		r := s.record(t, "boss", "POST", "/customers", "", `{"name":"顾一","fields":{"plan":"gold"}}`)
		s.record(t, "boss", "PATCH", fmt.Sprintf("/customers/%d/record", r.ID), `"v1"`,
			`{"fields":{"plan":"basic","budget":123456,"staffed":12,"ends":"2026-09-25","friend":1,"wants":["b","a"]}}`)
		told := func(lang string) map[string]string {
			q := httptest.NewRequest("GET", web.Prefix+fmt.Sprintf("/customers/%d/changes", r.ID), http.NoBody)
			q.Header.Set("X-Test-Actor", "boss")
			q.Header.Set("Accept-Language", lang)
			w := httptest.NewRecorder()
			s.api.ServeHTTP(w, q)
			var page web.Page[customer.ChangeItem]
			decode(t, w.Body.Bytes(), &page)
			out := map[string]string{}
			for _, c := range page.Items {
				out[c.Field] = fmt.Sprintf("%s: %s (%s) > %s (%s)", c.FieldLabel, c.BeforeLabel, c.Before, c.AfterLabel, c.After)
			}
			return out
		}
		for lang, want := range map[string]map[string]string{
			"zh-CN": {
				"f.plan": "套餐: 金 (gold) > 基础 (basic)", "f.budget": "预算:  () > ¥1,234.56 (1234.56)", "f.staffed": "人数:  () > 12 人 (12)",
				"f.ends": "到期:  () > 2026-09-25 (2026-09-25)", "f.friend": "介绍人:  () > customer一 (1)", "f.wants": "意向:  () > 甲、乙 (a;b)",
			},
			"en": {"f.budget": "Budget:  () > ¥1,234.56 (1234.56)", "f.wants": "Wants:  () > First; Second (a;b)"},
		} {
			got := told(lang)
			for name, text := range want {
				if got[name] != text {
					t.Errorf("%s %s: %q, want %q", lang, name, got[name], text)
				}
			}
		}
	})
}
