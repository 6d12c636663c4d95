package tiering

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"zhike/internal/platform/i18n"
)

func page(t *testing.T, r *Report) string {
	t.Helper()
	var b strings.Builder
	if err := WriteHTML(&b, r, reportZone); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWriteHTML(t *testing.T) {
	got := page(t, sampleReport(i18n.ZhCN))
	for _, want := range []string{
		`<html lang="zh-CN">`, "<title>杭州示例家居有限公司 · 客户价值分层报告</title>",
		"<span>前 20% 的客户（3,160 位）贡献了 69.4% 的净消费；</span><span>高价值客户 412 位，较上次 &#43;12；</span>",
		"<dt>统计期</dt><dd>近 365 天（2025-09-26 至 2026-09-25）</dd>", "<dt>计算时间</dt><dd>2026-09-26 02:05 (Asia/Shanghai)</dd>",
		"<dt>分层方案</dt><dd>客户价值(规则) 第 3 版 · 规则分层</dd>",
		`<span class="chip v1">高价值</span>`, `data-label="净消费">¥4,938,271.56</td>`, `>¥12,345,678.90</td>`,
		"前 20% 的客户占 69.4%", "两者重合 3,160 位",
		"规则 1 → 高价值（消费、复购、客单价俱高）：净消费位于前 20%（本次 ≥ ¥987.00），且复购率 ≥ 50.0%，且客单价达到平均值的 1.5 倍（本次 ≥ ¥384.84）",
		"四舍六入五成双（GB/T 8170）。本次合计取整差为 -¥0.00345", "11,204 位没有「平均评分」",
		"@top-left { content: \"杭州示例家居有限公司", "@bottom-right",
		`<td class="last" data-label="最近购买"><span>2026-09-24</span> <small>1 天前</small></td>`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %s", want)
		}
	}
	if n := strings.Count(got, "<svg "); n != 5 {
		t.Errorf("%d charts, want 5", n)
	}
	// Complete in itself: nothing to run, nothing to fetch, no inline style
	// that a strict policy would refuse.
	for _, never := range []string{"<script", "<link", "<img", "src=", "http:", "https:", "@import", "url(", " style=", "ZgotmplZ", "NaN"} {
		if strings.Contains(got, never) {
			t.Errorf("holds %s", never)
		}
	}
	if !strings.Contains(page(t, sampleReport(i18n.En)), `<html lang="en">`) {
		t.Error("the English page does not say so")
	}
}

var svgElement = regexp.MustCompile(`(?s)<svg .*?</svg>`)

// Every variant in both languages comes out whole: no key without a text, no
// placeholder left, drawings that are well-formed and finite.
func TestEveryReportIsWhole(t *testing.T) {
	number := regexp.MustCompile(`(?i)nan|inf|e\+`)
	for _, locale := range []string{i18n.ZhCN, i18n.En} {
		for name, r := range allReports(locale) {
			t.Run(locale+" "+name, func(t *testing.T) {
				got := page(t, r)
				plain := text(t, r)
				for _, s := range []string{got, plain} {
					if i := strings.Index(strings.ReplaceAll(s, "{{.}}", ""), "{{"); i >= 0 {
						t.Errorf("a placeholder is left: %.80s", s[i:])
					}
					if m := regexp.MustCompile(`report\.[a-z]+[._a-z]*`).FindString(s); m != "" {
						t.Errorf("%s has no text", m)
					}
				}
				if locale == i18n.En && name == "bare" {
					body := regexp.MustCompile(`(?s)<style>.*?</style>`).ReplaceAllString(got, "")
					for _, level := range append(r.Summary.Scheme.Levels, Level{Name: r.Summary.Scheme.Name}) {
						body = strings.NewReplacer(level.Name, "", level.Advice, "").Replace(body)
					}
					for _, rule := range r.Summary.Scheme.Rules {
						body = strings.ReplaceAll(body, rule.Name, "")
					}
					if m := regexp.MustCompile(`\p{Han}+`).FindString(body); m != "" {
						t.Errorf("%s is not English", m)
					}
				}
				for _, chart := range svgElement.FindAllString(got, -1) {
					d := xml.NewDecoder(strings.NewReader(chart))
					for {
						tok, err := d.Token()
						if errors.Is(err, io.EOF) {
							break
						}
						if err != nil {
							t.Fatalf("%v in %.200s", err, chart)
						}
						e, ok := tok.(xml.StartElement)
						if !ok {
							continue
						}
						for _, a := range e.Attr {
							switch a.Name.Local {
							case "x", "y", "x1", "y1", "x2", "y2", "width", "height", "points", "d", "cx", "cy", "viewBox":
								if number.MatchString(a.Value) || a.Value == "" {
									t.Errorf("%s %s=%q", e.Name.Local, a.Name.Local, a.Value)
								}
							}
						}
					}
				}
			})
		}
	}
}

func TestHTMLEscapes(t *testing.T) {
	got := page(t, hostileReport(i18n.ZhCN))
	if strings.Count(got, "</style>") != 1 || strings.Count(got, "<style>") != 1 {
		t.Error("the style sheet can be left")
	}
	for _, never := range []string{"<script", "<img", "<b>", "\x00"} {
		if strings.Contains(got, never) {
			t.Errorf("holds %s", never)
		}
	}
	if !strings.Contains(got, "&lt;script&gt;alert(1)&lt;/script&gt;") {
		t.Error("the name is not shown as it is")
	}
	// In the margin of printed pages the name is a string, whatever it holds.
	margin := regexp.MustCompile(`@top-left \{ content: "([^"\n]*)"; \}`).FindStringSubmatch(got)
	if margin == nil || strings.ContainsAny(margin[1], `<>{};:`) {
		t.Errorf("margin %q", margin)
	}
}

func TestNiceSteps(t *testing.T) {
	cases := []struct {
		low, high float64
		n         int
		want      []float64
	}{
		{0, 0, 3, []float64{0, 1}},
		{0, 9, 3, []float64{0, 5, 10}},
		{5, 100, 4, []float64{0, 25, 50, 75, 100}},
		{-40, 100, 3, []float64{-50, 0, 50, 100}},
		{0, 3e17, 3, []float64{0, 1e17, 2e17, 3e17}},
	}
	for _, c := range cases {
		got := niceSteps(c.low, c.high, c.n)
		if len(got) != len(c.want) {
			t.Errorf("niceSteps(%v, %v) = %v, want %v", c.low, c.high, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("niceSteps(%v, %v) = %v, want %v", c.low, c.high, got, c.want)
			}
		}
	}
}

func TestLorenzAt(t *testing.T) {
	curve := []LorenzPoint{{0, 0}, {0.5, 0.1}, {1, 1}}
	for _, c := range []struct{ x, want float64 }{{0, 0}, {0.25, 0.05}, {0.5, 0.1}, {0.75, 0.55}, {1, 1}, {2, 1}} {
		if got := lorenzAt(curve, c.x); got < c.want-1e-12 || got > c.want+1e-12 {
			t.Errorf("lorenzAt(%v) = %v, want %v", c.x, got, c.want)
		}
	}
}

func TestTonesOfLevels(t *testing.T) {
	p, err := newProse(manyLevels(i18n.ZhCN, 20), nil)
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string]int{"l00": 1, "l07": 8, "l08": 1, "l19": 4, "high": 1, "potential": 3, "none": 0, "gone": 0} {
		if got := p.tone(code); got != want {
			t.Errorf("level %s has tone %d, want %d", code, got, want)
		}
	}
}
