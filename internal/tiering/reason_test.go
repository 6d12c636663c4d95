package tiering

import (
	"strings"
	"testing"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/i18n"
)

// reasonCompany: 1 is high, 2 misses the order value, 3 bought once, 4 never,
// 5 has not come for long, 6 … 11 are the rest of the buyers.
func reasonCompany() *company {
	c := &company{created: map[int64]clock.Day{}}
	asOf := mustDay("2024-02-29")
	buy := func(id int64, ago int, yuan int64) {
		day := asOf - clock.Day(ago)
		c.orders = append(c.orders, fixOrder{customer: id, day: day, net: yuan * milliPerYuan, sales: yuan * milliPerYuan, paidAt: clock.Millis(day.Start(shanghai))})
	}
	for id := int64(1); id <= 11; id++ {
		c.created[id] = asOf - 400
	}
	buy(1, 20, 900)
	buy(1, 10, 1100)
	for k := range 10 {
		buy(2, 3*k, 200)
	}
	buy(3, 5, 80)
	buy(5, 100, 700)
	buy(5, 90, 700)
	buy(5, 80, 700)
	for id := int64(6); id <= 11; id++ {
		buy(id, 7, 50)
	}
	return c
}

func TestReasons(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		reasonCompany().store(t, d)
		s, ctx := newTestService(t, d)
		// Three of ten buyers may be high here, so that the reasons differ.
		sch := shippedRules()
		sch.Rules[0].All[0].Value = 0.35
		if _, err := s.SaveScheme(ctx, sch, 0); err != nil {
			t.Fatal(err)
		}
		rules := runNow(t, ctx, s, "value-rules", "2024-02-29")
		score := runNow(t, ctx, s, "value-score", "2024-02-29")
		rfm := runNow(t, ctx, s, "rfm", "2024-02-29")
		// All spend 6,480 over 22 orders: mean order value 294.55, × 1.5 = 441.82.
		for _, tt := range []struct {
			run, customer int64
			locale        string
			text, whyNot  string
		}{
			{rules.ID, 1, i18n.ZhCN, "符合规则「消费、复购、客单价俱高」；消费金额 ¥2,000.00，位列购买客户前 35%（门槛 ¥2,000.00）；复购率 50.0%，不低于 50.0%；客单价 ¥1,000.00，达到均值的 1.5 倍（¥441.82）", ""},
			{rules.ID, 2, i18n.En, "Meets the rule “Buys steadily”; Orders 10, at least 2", "Not yet “High value”: Average order value ¥200.00, below 1.5 × the mean (¥441.82)"},
			{rules.ID, 3, i18n.ZhCN, "符合规则「首次购买」；订单数 1，不低于 1；历史订单数 1，不高于 1", "未达「中价值」：订单数 1，低于 2"},
			{rules.ID, 4, i18n.ZhCN, "没有符合的规则，归入「潜在价值」", "未达「中价值」：订单数 0，低于 2"},
			{rules.ID, 5, i18n.En, "No purchase for 80 days, more than twice the customer's own mean gap; Meets the rule “Spends much, buys again, large orders”; Spend ¥2,100.00, among the top 35% of buyers (threshold ¥2,000.00); Repurchase rate 66.7%, at least 50.0%; Average order value ¥700.00, at least 1.5 × the mean (¥441.82)", ""},
			{rfm.ID, 4, i18n.En, "No purchase in the window", ""},
			{rfm.ID, 3, i18n.ZhCN, "5 天前最近一次购买（R5），1 单（F1），消费 ¥80.00（M4）；平均档位：R 2.40、F 2.10、M 2.30", ""},
		} {
			e, err := s.Explain(ctx, tt.run, tt.customer, tt.locale)
			if err != nil {
				t.Fatal(err)
			}
			if e.Text != tt.text {
				t.Errorf("customer %d:\n%s\nwant\n%s", tt.customer, e.Text, tt.text)
			}
			if e.WhyNot != tt.whyNot {
				t.Errorf("customer %d, why not higher:\n%s\nwant\n%s", tt.customer, e.WhyNot, tt.whyNot)
			}
		}
		e, err := s.Explain(ctx, score.ID, 3, i18n.En)
		if err != nil || e.Score == nil || len(e.Parts) != 3 || e.Rank != 2 {
			t.Fatalf("%+v, %v", e, err)
		}
		if !strings.HasPrefix(e.WhyNot, i18n.Decimal(65-*e.Score, 2)+" points short of 65.0 for “High value”") {
			t.Errorf("score %v: %s", *e.Score, e.WhyNot)
		}
		if e, err := s.Explain(ctx, rules.ID, 5, i18n.En); err != nil || !e.Overdue || e.Rule == nil || len(e.Rule.Conditions) != 3 || e.NextRule != nil {
			t.Errorf("customer 5: %+v, %v", e, err)
		}
		// The customer page hears the same through package customer's interface.
		l, err := s.Levels().Explain(ctx, DimensionValue, 1)
		if err != nil || l == nil || l.Code != "high" || l.Rank != 1 || len(l.Reasons) != 4 {
			t.Fatalf("%+v, %v", l, err)
		}
		run, err := s.Levels().CurrentRun(ctx, DimensionValue)
		if err != nil || run.RunID != rules.ID || run.Levels[2].Code != "potential" {
			t.Errorf("%+v, %v", run, err)
		}
	})
}

func TestReportOfARun(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		smallCompany().store(t, d)
		s, ctx := newTestService(t, d)
		runNow(t, ctx, s, "value-rules", "2024-01-31")
		run := runNow(t, ctx, s, "value-rules", "2024-02-29")
		for _, locale := range []string{i18n.ZhCN, i18n.En} {
			r, err := s.Report(ctx, 0, locale)
			if err != nil || r.RunID != run.ID || r.Moves == nil || r.Headline == "" {
				t.Fatalf("%+v, %v", r, err)
			}
			if len(r.KeyCustomers) == 0 || r.KeyCustomers[0].ID != 1 || r.KeyCustomers[0].SpendFen != 4_001_000 {
				t.Errorf("key customers %+v", r.KeyCustomers)
			}
			if len(r.Slipping) != 1 || r.Slipping[0].ID != 9 || r.Slipping[0].PreviousLevel != "high" {
				t.Errorf("slipping %+v", r.Slipping)
			}
			// Why they slip comes before why they have the level they have.
			first := i18n.T(locale, "tier.why.fell", i18n.Params{"before": r.Slipping[0].PreviousName, "level": r.Slipping[0].LevelName})
			if !strings.HasPrefix(r.Slipping[0].Reason, first) {
				t.Errorf("the reason of a slipping customer begins otherwise: %s", r.Slipping[0].Reason)
			}
			for _, k := range append(r.KeyCustomers, r.Slipping...) {
				if k.Name == "" || k.Reason == "" || k.NextStep == "" || strings.Contains(k.Reason+k.NextStep, "{{") {
					t.Errorf("%+v", k)
				}
			}
			if locale == i18n.En && (r.Summary.Levels[0].Name != "High value" || r.Moves.Names[0] != "High value" || r.Summary.Scheme.Name != "Customer value (rules)") {
				t.Errorf("not in English: %+v", r.Summary.Levels[0])
			}
		}
	})
}
