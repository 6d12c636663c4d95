package tiering

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"zhike/internal/field"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
)

// fieldCompany has four customers and the custom fields of a technology firm:
// size (choice, its second option out of use), budget (money), nps (number with one
// decimal), note (text) and old (retired). Customer 4 has none of them.
func fieldCompany(t *testing.T, d *db.DB) (*Service, context.Context, map[string]*field.Definition) {
	t.Helper()
	c := &company{created: map[int64]clock.Day{}}
	day := mustDay("2024-02-20")
	for id := int64(1); id <= 4; id++ {
		c.created[id] = day - 100
		c.orders = append(c.orders, fixOrder{customer: id, day: day - 10, net: 100_000, sales: 100_000, paidAt: 1})
	}
	c.store(t, d)
	s, ctx := newTestService(t, d)
	s.Fields = field.NewService(field.Deps{DB: d, Clock: s.Clock, Audit: audit.New(d, s.Clock), Users: s.FieldUsers})
	option := func(code, zh, en string, retired bool) field.Option {
		return field.Option{Code: code, Label: field.Label{ZH: zh, EN: en}, Retired: retired}
	}
	defs := map[string]*field.Definition{}
	for _, in := range []field.In{
		{Code: "size", Kind: field.Choice, Name: field.Label{ZH: "企业规模", EN: "Company size"}, Options: []field.Option{
			option("small", "小型", "Small", false), option("middle", "中型", "Middle", true), option("large", "大型", "Large", false)}},
		{Code: "budget", Kind: field.Money, Name: field.Label{ZH: "年度信息化预算", EN: "Annual IT budget"}},
		{Code: "nps", Kind: field.Number, Scale: 1, Unit: "分", Name: field.Label{ZH: "最近推荐分", EN: "Recommendation score"}},
		{Code: "note", Kind: field.Text, Name: field.Label{ZH: "说明"}},
		{Code: "old", Kind: field.Number, Name: field.Label{ZH: "旧分数"}},
	} {
		def, err := s.Fields.Create(ctx, in)
		if err != nil {
			t.Fatal(err)
		}
		defs[in.Code] = def
	}
	yes := true
	if _, err := s.Fields.Update(ctx, defs["old"].ID, field.Patch{Retired: &yes}); err != nil {
		t.Fatal(err)
	}
	values := []struct {
		customer int64
		code     string
		num      any
		text     any
	}{
		{1, "size", nil, "large"}, {1, "budget", int64(120_000_050), nil}, {1, "nps", int64(95), nil},
		{2, "size", nil, "middle"}, {2, "budget", int64(5_000_000), nil}, {2, "nps", int64(0), nil},
		{3, "size", nil, "small"}, {3, "nps", int64(-15), nil},
	}
	if err := d.InTx(ctx, func(ctx context.Context) error {
		return d.BulkInsert(ctx, "customer_values", []string{"customer_id", "field_id", "item", "num", "text"}, len(values), func(i int, v []any) {
			v[0], v[1], v[2], v[3], v[4] = values[i].customer, defs[values[i].code].ID, int64(0), values[i].num, values[i].text
		})
	}); err != nil {
		t.Fatal(err)
	}
	return s, ctx, defs
}

func fieldRules() *Scheme {
	return &Scheme{
		Code: "potential", Name: "潜力", Method: MethodRules, WindowDays: 365, Measure: MeasureNet,
		Levels: []Level{{Code: "big", Name: "大客户"}, {Code: "middle", Name: "中客户"}, {Code: "rest", Name: "其余"}},
		Rules: []Rule{
			{Level: "big", Name: "预算足", All: []Condition{
				{Metric: "f.size", Op: OpAtLeast, Value: 3}, {Metric: "f.budget", Op: OpAtLeast, Value: 1_200_000.5}, {Metric: "f.nps", Op: OpAtLeast, Value: 9.5}}},
			{Level: "middle", Name: "规模够", All: []Condition{{Metric: "f.size", Op: OpAtLeast, Value: 2}, {Metric: "f.nps", Op: OpAtMost, Value: 0}}},
		},
	}
}

// Custom fields are figures of rules and scores; who has no value fails the
// condition, gets no points and is counted, and the run names the fields.
func TestFieldsAreFigures(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ctx, _ := fieldCompany(t, d)
		if _, err := s.CreateScheme(ctx, fieldRules()); err != nil {
			t.Fatal(err)
		}
		run := runNow(t, ctx, s, "potential", "2024-02-20")
		if got := fmt.Sprint(run.Summary.Missing); got != "[{f.budget 2  <nil>} {f.nps 1  <nil>} {f.size 1  <nil>}]" {
			t.Errorf("missing: %s", got)
		}
		for _, tt := range []struct {
			customer int64
			locale   string
			text     string
			whyNot   string
		}{
			{1, i18n.ZhCN, "符合规则「预算足」；企业规模 大型，不低于 大型；年度信息化预算 ¥1,200,000.50，不低于 ¥1,200,000.50；最近推荐分 9.5 分，不低于 9.5 分", ""},
			{2, i18n.En, "Meets the rule “规模够”; Company size Middle, at least Middle; Recommendation score 0 分, at most 0 分",
				"Not yet “大客户”: Company size Middle, below Large; Annual IT budget ¥50,000.00, below ¥1,200,000.50; Recommendation score 0 分, below 9.5 分"},
			{4, i18n.ZhCN, "没有符合的规则，归入「其余」", "未达「中客户」：企业规模 无记录，低于 中型；最近推荐分 无记录，高于 0 分"},
		} {
			e, err := s.Explain(ctx, run.ID, tt.customer, tt.locale)
			if err != nil {
				t.Fatal(err)
			}
			if e.Text != tt.text || e.WhyNot != tt.whyNot {
				t.Errorf("customer %d\n got %s\n     %s\nwant %s\n     %s", tt.customer, e.Text, e.WhyNot, tt.text, tt.whyNot)
			}
		}
		for locale, want := range map[string][]string{
			i18n.ZhCN: {"2 位没有「年度信息化预算」", "企业规模 ≥ 大型", "年度信息化预算 ≥ ¥1,200,000.50", "最近推荐分 ≥ 9.5 分", "字段不留历史"},
			i18n.En:   {"2 customers have no Annual IT budget", "Company size ≥ Middle", "Recommendation score ≤ 0 分", "fields keep no history"},
		} {
			r, err := s.Report(ctx, run.ID, locale)
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := WriteHTML(&b, r, s.Zone()); err != nil {
				t.Fatal(err)
			}
			for _, text := range want {
				if !strings.Contains(b.String(), text) {
					t.Errorf("%s: the report lacks %q", locale, text)
				}
			}
		}

		// Budget from 0 to 1,000,000 yuan; the percentile counts who has no figure as worse.
		score := &Scheme{
			Code: "axes", Name: "两轴", Method: MethodScore, WindowDays: 365, Measure: MeasureNet,
			Levels: []Level{{Code: "first", Name: "甲"}, {Code: "last", Name: "乙"}},
			Score: &Score{Cuts: []float64{40}, Parts: []ScorePart{
				{Name: "潜力", Weight: 0.5, Terms: []ScoreTerm{{Metric: "f.budget", Weight: 0.5, Scale: "linear", From: 0, To: 1_000_000}, {Metric: "f.size", Weight: 0.5, Scale: "linear", From: 1, To: 3}}},
				{Name: "忠诚", Weight: 0.5, Terms: []ScoreTerm{{Metric: "f.nps", Weight: 1, Scale: "percentile"}}},
			}},
		}
		if _, err := s.CreateScheme(ctx, score); err != nil {
			t.Fatal(err)
		}
		graded := runNow(t, ctx, s, "axes", "2024-02-20")
		for id, want := range map[int64]string{1: "[{潜力 100 0.5} {忠诚 100 0.5}]", 2: "[{潜力 27.5 0.5} {忠诚 66.7 0.5}]", 3: "[{潜力 0 0.5} {忠诚 33.3 0.5}]", 4: "[{潜力 0 0.5} {忠诚 0 0.5}]"} {
			e, err := s.Explain(ctx, graded.ID, id, i18n.ZhCN)
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(e.Parts); got != want {
				t.Errorf("customer %d: parts %s, want %s", id, got, want)
			}
		}
	})
}

// What is no figure is refused at its place, whoever brings the scheme.
func TestFieldsOfASchemeAreChecked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ctx, _ := fieldCompany(t, d)
		for _, tt := range []struct {
			change     func(*Scheme)
			path, code string
		}{
			{func(x *Scheme) { x.Rules[0].All[1].Metric = "f.absent" }, "rules[0].all[1].metric", "tier.field_unknown"},
			{func(x *Scheme) { x.Rules[0].All[2].Metric = "f.old" }, "rules[0].all[2].metric", "tier.field_retired"},
			{func(x *Scheme) { x.Rules[1].Any = []Condition{{Metric: "f.note", Op: OpAtLeast, Value: 1}} }, "rules[1].any[0].metric", "tier.field_kind"},
			{func(x *Scheme) { x.Rules[0].All[0].Value = 4 }, "rules[0].all[0].value", "tier.field_choice_value"},
			{func(x *Scheme) { x.Rules[0].All[0].Op, x.Rules[0].All[0].Value = OpTopShare, 0.2 }, "rules[0].all[0].op", "tier.field_choice_op"},
			{func(x *Scheme) { x.Rules[0].All[0].Metric = "f.Not a code" }, "rules[0].all[0].metric", "tier.no_such_metric"},
		} {
			sch := fieldRules()
			tt.change(sch)
			var file bytes.Buffer
			if err := sch.WriteYAML(&file); err != nil {
				t.Fatal(err)
			}
			_, saved := s.SaveScheme(ctx, sch, 0)
			_, shown := s.PreviewScheme(ctx, sch, nil, i18n.ZhCN)
			_, read := s.ImportScheme(ctx, &file)
			for way, err := range map[string]error{"saved": saved, "previewed": shown, "imported": read} {
				if e := errs.From(err); err == nil || len(e.Fields) != 1 || e.Fields[0].Path != tt.path || e.Fields[0].Code != tt.code {
					t.Errorf("%s with %s at %s: %v", way, tt.code, tt.path, err)
				}
			}
		}
		sch := fieldRules()
		sch.Rules[0].All[2] = Condition{Metric: "f.old", Op: OpAtLeast, Value: 1, Off: true}
		if _, err := s.SaveScheme(ctx, sch, 0); err != nil {
			t.Errorf("a condition that is switched off: %v", err)
		}
		if _, err := s.SaveScheme(ctx, fieldRules(), 0); err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		if err := s.ExportScheme(ctx, "potential", 0, &file); err != nil {
			t.Fatal(err)
		}
		back, err := ParseYAML(bytes.NewReader(file.Bytes()))
		if err != nil || !sameScheme(back, fieldRules()) {
			t.Errorf("read back (%v):\n%s", err, file.String())
		}
	})
}

// A field that a scheme in use goes by stays as it is; others may change.
func TestFieldsInUseStay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ctx, defs := fieldCompany(t, d)
		if _, err := s.CreateScheme(ctx, fieldRules()); err != nil {
			t.Fatal(err)
		}
		yes, turned := true, []field.Option{defs["size"].Options[2], defs["size"].Options[0], defs["size"].Options[1]}
		longer := append(defs["size"].Options[:3:3], field.Option{Code: "giant", Label: field.Label{ZH: "特大"}})
		if err := s.SetDefault(ctx, "potential"); err != nil {
			t.Fatal(err)
		}
		for name, err := range map[string]error{
			"retire": errOf(s.Fields.Update(ctx, defs["budget"].ID, field.Patch{Retired: &yes})),
			"turn":   errOf(s.Fields.Update(ctx, defs["size"].ID, field.Patch{Options: &turned})),
			"delete": s.Fields.Delete(ctx, defs["nps"].ID),
		} {
			if !errs.Is(err, "field.graded") || !strings.Contains(fmt.Sprint(errs.From(err).Params), "潜力") {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := s.Fields.Update(ctx, defs["size"].ID, field.Patch{Options: &longer}); err != nil {
			t.Errorf("an option at the end: %v", err)
		}
		if err := s.SetDefault(ctx, DefaultScheme); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Fields.Update(ctx, defs["budget"].ID, field.Patch{Retired: &yes}); err != nil {
			t.Errorf("retired after the scheme: %v", err)
		}
		// The scheme can neither run nor come into use then, and says which condition it is.
		day := mustDay("2024-02-20")
		_, ran := s.RunNow(ctx, RunInput{Scheme: "potential", AsOf: &day})
		for name, err := range map[string]error{"run": ran, "use": s.SetDefault(ctx, "potential")} {
			if e := errs.From(err); err == nil || len(e.Fields) != 1 || e.Fields[0].Path != "rules[0].all[1].metric" {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func errOf[T any](_ T, err error) error { return err }

// The score with custom fields is offered where the company has any of the shipped
// ones that tell potential or loyalty, and saves as it is offered.
func TestPresetWithFields(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ctx, _ := fieldCompany(t, d)
		offered := func() *Scheme {
			list, err := s.PresetsHere(ctx, i18n.ZhCN)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range list {
				if p.Scheme.Code == "value-fields" {
					return p.Scheme
				}
			}
			return nil
		}
		// The company's nps is of the shipped kind.
		sch := offered()
		if sch == nil || len(sch.Score.Parts[1].Terms) != 3 || sch.Score.Parts[2].Terms[4].Metric != "f.nps" {
			t.Fatalf("offered: %+v", sch)
		}
		if _, err := s.CreateScheme(ctx, sch); err != nil {
			t.Error(err)
		}
		if _, err := s.Fields.Create(ctx, field.In{Code: "it_budget", Kind: field.Text, Name: field.Label{ZH: "预算说明"}}); err != nil {
			t.Fatal(err)
		}
		if sch := offered(); len(sch.Score.Parts[1].Terms) != 3 {
			t.Error("a field of another kind under the same code")
		}
		s.Fields = nil
		if offered() != nil {
			t.Error("offered without fields")
		}
	})
}

// Where the company keeps its share of what customers buy, the loyalty schemes of
// industries ask for it, in the reader's language, and save as they are offered.
func TestPresetsWithShare(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ctx, _ := fieldCompany(t, d)
		with := func(locale, text string) (n int) {
			list, err := s.PresetsHere(ctx, locale)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range list {
				for i, r := range p.Scheme.Rules {
					if r.Name != text {
						continue
					}
					n++
					if p.Scheme.dimension() != DimensionLoyalty || i == 0 || p.Scheme.Rules[i-1].Level != r.Level || p.Scheme.Rules[i+1].Level == r.Level {
						t.Errorf("%s has %s at %d", p.Scheme.Code, text, i)
					}
				}
			}
			return n
		}
		if n := with(i18n.ZhCN, "份额明显下降"); n != 0 {
			t.Errorf("%d schemes without the field", n)
		}
		if _, err := s.Fields.Create(ctx, field.In{Code: "wallet_share", Kind: field.Number, Scale: 1, Name: field.Label{ZH: "我司采购占比"}}); err != nil {
			t.Fatal(err)
		}
		for text, locale := range map[string]string{"份额明显下降": i18n.ZhCN, "份额高且仍在购买": i18n.ZhCN, "Share of wallet fell clearly": i18n.En, "High share of wallet, still buying": i18n.En} {
			if n := with(locale, text); n != len(Industries) {
				t.Errorf("%s: %d schemes", text, n)
			}
		}
		list, err := s.PresetsHere(ctx, i18n.ZhCN)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range list {
			if p.Scheme.Code == "loyalty-services" {
				if _, err := s.CreateScheme(ctx, p.Scheme); err != nil {
					t.Error(err)
				}
			}
		}
	})
}

// Who may not see a field neither learns it from a level nor grades by it; the
// level itself stays.
func TestHiddenFieldsAreNotTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ctx, _ := fieldCompany(t, d)
		if _, err := s.CreateScheme(ctx, fieldRules()); err != nil {
			t.Fatal(err)
		}
		if err := s.SetDefault(ctx, "potential"); err != nil {
			t.Fatal(err)
		}
		run := runNow(t, ctx, s, "potential", "2024-02-20")
		less := auth.With(context.Background(), &auth.Actor{StaffID: 7, Scope: auth.ScopeAll, Fields: auth.FieldAccess{"f.budget": auth.AccessHidden}})
		_, explained := s.Explain(less, run.ID, 1, i18n.ZhCN)
		_, listed := s.Members(less, run.ID, MemberFilter{}, "", 10, i18n.ZhCN)
		_, reported := s.Report(less, run.ID, i18n.ZhCN)
		for way, err := range map[string]error{"explained": explained, "listed": listed, "reported": reported} {
			if !errs.Is(err, "customer.field_hidden") {
				t.Errorf("%s: %v", way, err)
			}
		}
		for _, c := range []context.Context{ctx, less} {
			if l, err := s.Levels().Explain(c, DimensionValue, 1); err != nil || l == nil || l.Code != "big" || (len(l.Reasons) == 0) != (c == less) {
				t.Errorf("the record: %+v, %v", l, err)
			}
		}
		if _, err := s.PreviewScheme(less, fieldRules(), nil, i18n.ZhCN); err == nil || errs.From(err).Fields[0].Code != "tier.field_unknown" {
			t.Errorf("previewed: %v", err)
		}
		list, err := s.companyMetrics(less)
		if err != nil || len(list) != 3 { // size, nps and the retired one
			t.Errorf("offered: %+v, %v", list, err)
		}
	})
}
