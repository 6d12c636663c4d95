package tiering

import (
	"fmt"
	"math"
	"time"

	"zhike/internal/document"
	"zhike/internal/platform/clock"
)

var reportZone = time.FixedZone("Asia/Shanghai", 8*60*60)

// sampleReport is a report as a run of the shipped rules would give it.
func sampleReport(locale string) *Report {
	names := []string{"高价值", "中价值", "潜在价值"}
	rules := shippedRules()
	rules.Name = "客户价值(规则)"
	rules.Rules[0].Name = "消费、复购、客单价俱高"
	advice := []string{"安排专属顾问每月回访一次，优先供货与服务", "指定跟进人，按购买偏好推荐搭配", "以首单体验促成下一次购买"}
	for i := range rules.Levels {
		rules.Levels[i].Name, rules.Levels[i].Advice = names[i], advice[i]
	}
	asOf := clock.DateDay(2026, 9, 25)
	s := &Summary{
		Scheme: rules, Version: 3, AsOf: asOf, From: asOf - 364,
		ComputedAt: time.Date(2026, 9, 26, 2, 5, 7, 0, reportZone).UnixMilli(),
		Customers:  20_000, Buyers: 15_803, Orders: 48_120, RevenueFen: 1_234_567_890, RevenueSub: -345,
		AOVFen: 25_656, Repurchase: 0.4523,
		Top20:     Concentration{Customers: 3_160, ThresholdFen: 98_700, RevenueFen: 856_790_115, Share: 0.69400},
		Revenue80: Concentration{Customers: 4_134, ThresholdFen: 61_250, RevenueFen: 987_656_320, Share: 0.80001},
		Overlap:   3_160, Gini: 0.6283,
		RFM: &RFMStats{
			Customers: 15_803,
			Recency:   Quartile{0, 35, 92, 201, 364, 121.37}, Frequency: Quartile{1, 1, 2, 4, 61, 3.0451},
			Monetary: Quartile{9.9, 199, 458.5, 1021.25, 86_400, 781.2241},
			MeanR:    3.01, MeanF: 2.61, MeanM: 3,
			CutsR: []float64{240, 120, 60, 25}, CutsF: []float64{2, 3, 5}, CutsM: []float64{150, 330, 700, 1500},
		},
		Missing: []Missing{{Metric: MetricRating, Customers: 11_204}, {Metric: MetricAOV, Customers: 4_197}},
	}
	s.Levels = []LevelSummary{
		{"high", names[0], rules.Levels[0].Advice, 412, 412, 5_231, 493_827_156, 0.4, 1_198_610, 12.697, 94_404, 21.44},
		{"mid", names[1], rules.Levels[1].Advice, 7_391, 7_391, 32_089, 617_283_945, 0.5, 83_518, 4.3416, 19_237, 74.02},
		{"potential", names[2], rules.Levels[2].Advice, 12_197, 8_000, 10_800, 123_456_789, 0.1, 10_122, 0.8855, 11_431, 288.5},
	}
	s.Thresholds = make([]*float64, len(rules.Conditions()))
	s.Thresholds[0], s.Thresholds[1], s.Thresholds[2] = document.PtrTo(98_700.0), document.PtrTo(0.5), document.PtrTo(38_484.5)
	for k := range 101 {
		x := float64(k) / 100
		s.Lorenz = append(s.Lorenz, LorenzPoint{x, math.Pow(x, 5.306)})
	}
	for r := 5; r >= 1; r-- {
		for f := 1; f <= 5; f++ {
			n := max(3, int64(80+2400/(1+(r-f)*(r-f))-90*f))
			if r == 1 && f == 5 {
				n = 0
			}
			s.Heat = append(s.Heat, HeatCell{r, f, n, n * int64(21_000*f)})
		}
	}
	for k := range 13 {
		d := clock.DateDay(2025, time.Month(9+k), 1).String()
		rev := int64(70_000_000 + 31_000_000*math.Sin(float64(k)*1.1))
		s.Months = append(s.Months, MonthRow{d[:7], 2_900 + int64(800*math.Sin(float64(k)*1.1+0.3)), 3_700, rev, 0})
	}
	m := &Moves{
		PreviousRunID: 11, PreviousAsOf: asOf - 30, Up: 402, Down: 211, New: 318, Unchanged: 19_069,
		Codes: []string{"high", "mid", "potential"}, Names: names,
		Matrix: [][]int64{{363, 34, 3}, {45, 6_941, 174}, {4, 353, 11_765}},
	}
	r := &Report{RunID: 12, Company: "杭州示例家居有限公司", Locale: locale, Summary: s, Moves: m}
	for k := range 20 {
		r.KeyCustomers = append(r.KeyCustomers, samplePerson(k, "high", names[0]))
	}
	for k := range 8 {
		c := samplePerson(k+30, "mid", names[1])
		if k%3 == 2 {
			c.Level, c.LevelName = "high", names[0]
		}
		c.PreviousLevel, c.PreviousName = "high", names[0]
		c.Reason = fmt.Sprintf("已 %d 天未购买，平时约 %d 天购买一次；近 365 天净消费由前 20%% 降至前 34%%", 90+k, 21+k)
		c.NextStep = "主动联系，了解近期使用情况，送上专属回归礼遇"
		r.Slipping = append(r.Slipping, c)
	}
	return r
}

func samplePerson(k int, level, name string) KeyCustomer {
	people := []string{"王芳", "李娜", "欧阳静怡", "张伟", "上海悦居家居用品有限公司", "陈思远", "Alice Zhang"}
	last := clock.DateDay(2026, 9, 24) - clock.Day(k*3)
	return KeyCustomer{
		ID: int64(1000 + k), Name: people[k%len(people)], Level: level, LevelName: name,
		SpendFen: 8_640_012 - int64(k)*173_311, Orders: int64(41 - k), LastDay: document.PtrTo(last.String()), DaysSince: document.PtrTo(int64(1 + k*3)),
		Reason:   "近 365 天净消费 ¥86,400.12，位于前 20%（门槛 ¥987.00）；复购率 97.6%；客单价为平均的 8.2 倍",
		NextStep: "安排专属顾问每月回访一次，优先供货与服务，邀请参与新品试用",
	}
}

// emptyReport is a company without a customer.
func emptyReport(locale string) *Report {
	s := &Summary{Scheme: shippedRules(), Version: 1, AsOf: clock.DateDay(2026, 9, 25), From: clock.DateDay(2025, 9, 26)}
	for _, l := range s.Scheme.Levels {
		s.Levels = append(s.Levels, LevelSummary{Code: l.Code, Name: l.Name})
	}
	return &Report{RunID: 1, Locale: locale, Summary: s}
}

// manyLevels is a report with n levels, all of them moving.
func manyLevels(locale string, n int) *Report {
	r := sampleReport(locale)
	s := r.Summary
	s.Levels, s.Scheme.Levels = nil, nil
	m := r.Moves
	m.Codes, m.Names, m.Matrix = nil, nil, nil
	for i := range n {
		code, name := fmt.Sprintf("l%02d", i), fmt.Sprintf("第%d级会员客户", i+1)
		s.Scheme.Levels = append(s.Scheme.Levels, Level{Code: code, Name: name, Advice: "按等级安排跟进"})
		s.Levels = append(s.Levels, LevelSummary{Code: code, Name: name, Customers: int64(1000 / n), Share: 1 / float64(n), RevenueFen: s.RevenueFen / int64(n)})
		m.Codes, m.Names = append(m.Codes, code), append(m.Names, name)
		row := make([]int64, n)
		for j := range row {
			row[j] = int64(9000 / (1 + (i-j)*(i-j)*7))
		}
		m.Matrix = append(m.Matrix, row)
	}
	return r
}

// hostile is text that some format could take for its own code.
const hostile = `=cmd|'/C calc'!A0 <script>alert(1)</script> "><img src=x onerror=alert(1)> </style> {{.}} &amp; 'q' \" ]]> javascript:x`

// hostileReport has it wherever a person or a file could have put it.
func hostileReport(locale string) *Report {
	r := sampleReport(locale)
	r.Company = `"; } body { display: none } /* ` + hostile
	s := r.Summary
	s.Scheme.Name, s.Scheme.Rules[0].Name = hostile, hostile
	for i := range s.Levels {
		s.Levels[i].Name += hostile
		s.Levels[i].Advice = hostile
		s.Scheme.Levels[i].Name += hostile
		r.Moves.Names[i] += hostile
	}
	for i := range r.KeyCustomers {
		c := &r.KeyCustomers[i]
		c.Name, c.Reason, c.NextStep, c.LevelName = hostile, hostile, "+1\t"+hostile, "@"+hostile
	}
	r.Slipping[0].Name, r.Slipping[0].PreviousName = "-2+3\x00\ufffe", hostile
	r.Slipping[0].LastDay = document.PtrTo("<b>")
	return r
}

// hugeReport goes to the ends of what can be counted, and below zero.
func hugeReport(locale string) *Report {
	r := sampleReport(locale)
	s := r.Summary
	s.Customers, s.RevenueFen, s.RevenueSub = math.MaxInt64, 900_719_925_474_099, 500
	s.Levels[0].RevenueFen, s.Levels[0].Share, s.Levels[0].AvgRecency = 900_719_925_474_100, 1.5, 20_000
	s.Levels[1].RevenueFen, s.Levels[1].Share = -1, -0.5
	s.Levels[2].AOVFen = math.MinInt64
	s.Heat[0].Customers, s.Heat[1].RevenueFen = math.MaxInt64, math.MinInt64
	s.Heat = append(s.Heat, HeatCell{R: 1 << 30, F: -1, Customers: 1})
	s.Months = nil
	for k := range 120 {
		d := clock.DateDay(2016, time.Month(10+k), 1).String()
		s.Months = append(s.Months, MonthRow{d[:7], math.MaxInt64, 1, int64(k-60) * 1_000_000_000_000_000, 0})
	}
	s.Thresholds[0] = document.PtrTo(math.Inf(1))
	s.Top20.ThresholdFen = math.MaxInt64
	r.Moves.Matrix[0][1] = math.MaxInt32
	return r
}

// scored and grouped are reports of the other two methods.
func scored(locale string) *Report {
	r := sampleReport(locale)
	r.Summary.Scheme = shippedScore()
	r.Summary.Scheme.Measure, r.Summary.Scheme.WindowDays = MeasureSales, 0
	return r
}

func grouped(locale, split string, fixed bool) *Report {
	r := manyLevels(locale, 9)
	rfm := shippedRFM()
	rfm.RFM.Split = split
	if fixed {
		rfm.RFM.Recency, rfm.RFM.Frequency, rfm.RFM.Monetary = []float64{30, 90}, []float64{2, 4}, []float64{199.5, 1000}
	}
	r.Summary.Scheme = rfm
	return r
}

// bare has no RFM figures, no moves and no lists.
func bare(locale string) *Report {
	r := sampleReport(locale)
	r.Summary.RFM, r.Summary.Heat, r.Summary.Months, r.Summary.Missing, r.Summary.Thresholds = nil, nil, nil, nil, nil
	r.Moves, r.KeyCustomers, r.Slipping, r.Company = nil, nil, nil, ""
	return r
}

// oneBuyer has a curve of two points.
func oneBuyer(locale string) *Report {
	r := bare(locale)
	s := r.Summary
	s.Customers, s.Buyers, s.Gini = 1, 1, 0
	s.Lorenz = []LorenzPoint{{0, 0}, {1, 1}}
	s.Top20 = Concentration{1, s.RevenueFen, s.RevenueFen, 1}
	s.Revenue80, s.Overlap = s.Top20, 1
	return r
}

func allReports(locale string) map[string]*Report {
	return map[string]*Report{
		"sample": sampleReport(locale), "empty": emptyReport(locale), "20 levels": manyLevels(locale, 20), "hostile": hostileReport(locale),
		"huge": hugeReport(locale), "score": scored(locale), "rfm": grouped(locale, "score", false),
		"rfm fixed": grouped(locale, "value", true), "bare": bare(locale), "one buyer": oneBuyer(locale),
	}
}
