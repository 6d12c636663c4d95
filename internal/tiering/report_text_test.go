package tiering

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"zhike/internal/document"
	"zhike/internal/platform/i18n"
	"zhike/locales"
)

func TestHeadline(t *testing.T) {
	with := func(change func(*Summary, *Moves)) (*Summary, *Moves) {
		r := sampleReport(i18n.ZhCN)
		if change != nil {
			change(r.Summary, r.Moves)
		}
		return r.Summary, r.Moves
	}
	cases := []struct {
		name, locale string
		first        bool
		change       func(*Summary, *Moves)
		want         string
	}{
		{"zh", i18n.ZhCN, false, nil, "前 20% 的客户（3,160 位）贡献了 69.4% 的净消费；高价值客户 412 位，较上次 +12；37 位从高价值下滑"},
		{"en", i18n.En, false, nil, "The top 20% of buyers (3,160 customers) made 69.4% of net spend; 412 customers are at level 高价值, +12 since last time; 37 slipped from 高价值"},
		{"first run", i18n.ZhCN, true, nil, "前 20% 的客户（3,160 位）贡献了 69.4% 的净消费；高价值客户 412 位"},
		{"sales, name ends in 客户", i18n.ZhCN, true, func(s *Summary, _ *Moves) {
			s.Scheme.Measure, s.Levels[0].Name = MeasureSales, "钻石客户"
		}, "前 20% 的客户（3,160 位）贡献了 69.4% 的销售额；钻石客户 412 位"},
		{"same, nobody fell", i18n.ZhCN, false, func(_ *Summary, m *Moves) { m.Matrix[0] = []int64{412, 0, 0} }, "前 20% 的客户（3,160 位）贡献了 69.4% 的净消费；高价值客户 412 位，与上次持平"},
		{"fewer", i18n.ZhCN, false, func(s *Summary, _ *Moves) { s.Levels[0].Customers = 1 }, "前 20% 的客户（3,160 位）贡献了 69.4% 的净消费；高价值客户 1 位，较上次 −399；37 位从高价值下滑"},
		{"whoever is gone had a level nobody knows", i18n.ZhCN, false, func(_ *Summary, m *Moves) { m.Gone = 5 }, "前 20% 的客户（3,160 位）贡献了 69.4% 的净消费；高价值客户 412 位；37 位从高价值下滑"},
		{"a level the run before did not have", i18n.ZhCN, false, func(_ *Summary, m *Moves) { m.Codes[0] = "top" }, "前 20% 的客户（3,160 位）贡献了 69.4% 的净消费；高价值客户 412 位"},
		{"one", i18n.En, true, func(s *Summary, _ *Moves) { s.Top20.Customers, s.Levels[0].Customers = 1, 1 }, "The top 20% of buyers (1 customer) made 69.4% of net spend; 1 customer is at level 高价值"},
		{"no revenue", i18n.ZhCN, false, func(s *Summary, _ *Moves) { s.RevenueFen = -1 }, "20,000 位客户在统计期内没有净消费，暂时分不出价值高低"},
		{"no customer", i18n.En, false, func(s *Summary, _ *Moves) { s.Customers = 0 }, "No customers yet. Import orders to see who is worth most"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, m := with(c.change)
			if c.first {
				m = nil
			}
			if got := Headline(c.locale, s, m); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
	if got := Headline(i18n.ZhCN, nil, nil); !strings.Contains(got, "还没有客户数据") {
		t.Errorf("without a summary: %s", got)
	}
}

func text(t *testing.T, r *Report) string {
	t.Helper()
	var b strings.Builder
	if err := WriteText(&b, r, reportZone); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWriteText(t *testing.T) {
	got := text(t, sampleReport(i18n.ZhCN))
	for _, want := range []string{
		"杭州示例家居有限公司 · 客户价值分层报告\n前 20% 的客户（3,160 位）贡献了 69.4% 的净消费；",
		"截至 2026-09-25 · 近 365 天（2025-09-26 至 2026-09-25） · 净消费 · 客户价值(规则) 第 3 版\n",
		"净消费 ¥12,345,678.90   客单价 ¥256.56   复购率 45.2%\n",
		"等级      客户数  客户占比          净消费  净消费占比    人均消费   客单价\n",
		"高价值       412      2.1%   ¥4,938,271.56       40.0%  ¥11,986.10  ¥944.04\n",
		"合计      20,000    100.0%  ¥12,345,678.90      100.0%     ¥617.28  ¥256.56\n",
		"两者重合 3,160 位；基尼系数 0.628\n",
		"较上次（2026-08-26）：上升 402、下降 211、新增 318、离开 0、不变 19,069\n",
		"重点客户：20 位\n", "欧阳静怡                  ¥82,933.90  近 365 天", "流失预警：8 位\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q in\n%s", want, got)
		}
	}
	if n := strings.Count(got, "\n"); n > 45 {
		t.Errorf("%d lines are no compact text", n)
	}
	en := text(t, sampleReport(i18n.En))
	for _, want := range []string{"Customer value report", "Share of net spend", "Since the last run (2026-08-26): up 402", "Key customers: 20 customers"} {
		if !strings.Contains(en, want) {
			t.Errorf("lacks %q in\n%s", want, en)
		}
	}
}

func TestTextIsSafeForTerminals(t *testing.T) {
	r := sampleReport(i18n.ZhCN)
	r.Company = "A\x1b[2Jb\r\nc\u202e"
	r.Headline = "x\x07\x9b"
	r.Summary.Levels[0].Name = "高\x1b]0;t\x07价值\n" + strings.Repeat("长", 80)
	r.KeyCustomers[0].Name = "a\tb\x00"
	r.KeyCustomers[0].Reason = "c\u200b\x85"
	got := text(t, r)
	for _, c := range got {
		if c != '\n' && (c < ' ' || c == 0x7f || c >= 0x80 && c < 0xa0 || c == '\u202e' || c == '\u200b') {
			t.Fatalf("control character %U in\n%s", c, got)
		}
	}
	for line := range strings.SplitSeq(got, "\n") {
		if document.TextColumns(line) > 200 {
			t.Errorf("%d columns: %s", document.TextColumns(line), line)
		}
	}
}

func TestNothingToWrite(t *testing.T) {
	for _, r := range []*Report{nil, {}} {
		var b strings.Builder
		if WriteText(&b, r, nil) == nil || WriteHTML(&b, r, nil) == nil || WriteXLSX(&b, r, nil) == nil || b.Len() > 0 {
			t.Errorf("a report without a summary was written: %q", b.String())
		}
	}
	r := sampleReport(i18n.ZhCN)
	r.Summary.Scheme = nil // a run of a version that can no longer be read
	if got := text(t, r); !strings.Contains(got, "净消费") || strings.Contains(got, "report.") {
		t.Error(got)
	}
}

// Every key the sources name is in the catalogue, and the catalogue holds no
// text that nobody shows.
func TestReportTexts(t *testing.T) {
	files, err := filepath.Glob("report_*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	call := regexp.MustCompile(`\b(?:t|n|count|reportText)\((?:locale, )?"([a-z_0-9.]+)"`)
	// A key that stands in a table of cases or goes through a function.
	literal := regexp.MustCompile(`"((?:sheet|section|key|slipping|metric|rfm|empty)\.[a-z_0-9]*)"`)
	used := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, re := range []*regexp.Regexp{call, literal} {
			for _, m := range re.FindAllStringSubmatch(string(src), -1) {
				used["report."+m[1]] = true
			}
		}
	}
	for _, m := range Metrics {
		used["report.metric."+string(m)] = true
		if m.byModel() {
			used["report.model.figure."+string(m)] = true
		}
	}
	b, err := i18n.Load(locales.FS)
	if err != nil {
		t.Fatal(err)
	}
	for key := range used {
		for _, l := range []string{i18n.ZhCN, i18n.En} {
			if !strings.HasSuffix(key, ".") && !b.Has(l, key) {
				t.Errorf("%s is not in %s", key, l)
			}
		}
	}
	for _, l := range []string{i18n.ZhCN, i18n.En} {
		for _, key := range b.Keys(l) {
			base := strings.TrimSuffix(strings.TrimSuffix(key, "_one"), "_other")
			if strings.HasPrefix(key, "report.") && !used[key] && !used[base] {
				t.Errorf("%s (%s) is shown nowhere", key, l)
			}
		}
	}
	if len(used) < 150 {
		t.Errorf("only %d keys found: the scan is broken", len(used))
	}
}

// A sentence within another begins small, but for names in capitals.
func TestSentencesWithinSentencesBeginSmall(t *testing.T) {
	for text, want := range map[string]string{
		"Notes at least 3 times": "notes at least 3 times", "NPS ≥ 9": "NPS ≥ 9", "R&D spend ≥ 5": "R&D spend ≥ 5",
		"近 90 天有投诉": "近 90 天有投诉", "": "", "A note was written": "a note was written",
	} {
		if got := inSentence(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
