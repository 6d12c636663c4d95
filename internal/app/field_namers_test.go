package app

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"zhike/internal/audience"
	"zhike/internal/field"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/rule"
	"zhike/internal/tiering"
)

// A field without values that a rule names is not deleted, and the answer says
// whose rule: of an audience, in use or archived, and of a scheme. Others go.
func TestFieldsThatRulesNameStay(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			a := columned(t, engine)
			ctx := auth.With(t.Context(), auth.System("test"))
			must := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err, errs.From(err).Fields)
				}
			}
			ids := map[string]int64{}
			for _, code := range []string{"plan", "plan2", "seats", "free"} {
				d, err := a.Fields.Create(ctx, field.In{Code: code, Kind: field.Number, Name: field.Label{ZH: code}})
				must(err)
				ids[code] = d.ID
			}
			made, err := a.Audiences.Create(ctx, audience.In{Name: "大客户", Kind: audience.Dynamic,
				Rule: json.RawMessage(`{"any":[{"field":"stage","op":"in","value":["customer"]},{"not":{"field":"f.plan","op":"gte","value":3}}]}`)})
			must(err)
			_, err = a.Audiences.Create(ctx, audience.In{Name: "席位最多", Kind: audience.Dynamic,
				Rule: json.RawMessage(`{"relative":{"field":"f.seats"},"op":"top_percent","value":10}`)})
			must(err)
			sch, err := a.Tiering.Scheme(ctx, "need-rules", 0)
			must(err)
			own := *sch.Scheme
			own.Code, own.Name = "need-own", "自定需求"
			own.Rules = append([]tiering.Rule{{Level: own.Levels[0].Code, Name: "套餐", All: []tiering.Condition{
				{Who: map[string]any{"field": "f.plan2", "op": "gte", "value": 1}}}}}, own.Rules...)
			_, err = a.Tiering.CreateScheme(ctx, &own)
			must(err)
			refused := func(code, name string) {
				t.Helper()
				err := a.Fields.Delete(ctx, ids[code])
				if !errs.Is(err, "field.named") || fmt.Sprint(errs.From(err).Params["names"]) != name {
					t.Errorf("%s: %v %v", code, err, errs.From(err).Params)
				}
			}
			refused("plan", "大客户")
			refused("seats", "席位最多")
			refused("plan2", "自定需求")
			must(a.Fields.Delete(ctx, ids["free"]))
			// Retiring is not deleting: it is said where the field is used.
			yes := true
			_, err = a.Fields.Update(ctx, ids["plan"], field.Patch{Retired: &yes})
			must(err)
			refused("plan", "大客户")
			_, err = a.Audiences.Archive(ctx, made.ID, true)
			must(err)
			refused("plan", "大客户")
		})
	}
}

// A scheme that was stored with a sequence without "within" goes on meaning the
// same day; a new one is refused at its place.
func TestSequencesStoredWithoutDays(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			a := columned(t, engine)
			ctx := auth.With(t.Context(), auth.System("test"))
			sch, err := a.Tiering.Scheme(ctx, "need-rules", 0)
			if err != nil {
				t.Fatal(err)
			}
			own := *sch.Scheme
			own.Code, own.Name = "need-own", "自定需求"
			with := func(more string) tiering.Scheme {
				s := own
				var who any
				_ = json.Unmarshal([]byte(`{"sequence":{"first":{"stream":"behaviours"},"then":{"stream":"orders"}`+more+`}}`), &who)
				s.Rules = append([]tiering.Rule{{Level: s.Levels[0].Code, Name: "先看后买", All: []tiering.Condition{{Who: who}}}}, s.Rules...)
				return s
			}
			open := with("")
			_, err = a.Tiering.CreateScheme(ctx, &open)
			if f := errs.From(err).Fields; len(f) != 1 || f[0].Code != "rule.within_missing" || !strings.HasSuffix(f[0].Path, ".sequence.within") {
				t.Fatalf("%v %+v", err, f)
			}
			closed := with(`,"within":0`)
			if _, err := a.Tiering.CreateScheme(ctx, &closed); err != nil {
				t.Fatal(err)
			}
			old, _ := json.Marshal(open)
			if err := a.DB.InTx(ctx, func(ctx context.Context) error {
				_, err := a.DB.Q(ctx).ExecContext(ctx, `UPDATE tier_schemes SET body = $1 WHERE code = 'need-own'`, string(old))
				return err
			}); err != nil {
				t.Fatal(err)
			}
			kept, err := a.Tiering.Scheme(ctx, "need-own", 0)
			if err != nil {
				t.Fatal(err)
			}
			text, _ := json.Marshal(kept.Scheme.Rules[0].All[0].Who)
			if n, err := rule.Parse(text, "who", rule.RuleLimits); err != nil || n.Sequence.Within != 0 || !strings.Contains(string(text), `"within":0`) {
				t.Fatalf("%s %v", text, err)
			}
			// It can be saved again as it is.
			if _, err := a.Tiering.SaveScheme(ctx, kept.Scheme, kept.Version); err != nil {
				t.Fatal(err)
			}
		})
	}
}
