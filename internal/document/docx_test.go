package document

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/i18n"
)

// sample has every kind of block.
func sample(locale string) *Document {
	people := &Table{Caption: "人数", Cols: []Column{Col("等级", KindLevel), Col("客户", KindInt), Col("金额", KindMoney), Col("占比", KindShare), Col("日期", KindDay)},
		Foot: []any{"合计", int64(5), int64(12_345_60), 1.0, nil}}
	for range 12 {
		people.Add(Level{1, "高价值"}, int64(2), int64(100_05), 0.4, clock.Day(20_000))
	}
	level := Level{6, "流失预警"}
	return &Document{Locale: locale, Title: "客户手册", Company: "甲 & 乙 <公司>", Headline: []string{"第一句；", "第二句"}, Long: true, Draft: "草稿",
		Facts: []Term{{"版本", "第 3 版"}}, Figures: []Figure{{"客户", KindInt, int64(1234), "全部"}}, MadeAt: 1_790_000_000_000,
		Running: Running{Left: "左", Right: "右", Foot: "脚", Pages: "第 &P 页"},
		Sections: []Section{
			{ID: "one", Title: "一", Blocks: []Block{Lead("概述"), Text("第一行\n第二行"), Heading{"head", "小节"}, List{Items: []string{"甲", "乙"}},
				List{Items: []string{"先", "后"}, Ordered: true}, Callout{Warn: true, Title: "注意", Text: "缺少责任人"}, Terms{{"责任人", "市场部"}}, Empty("还没有"), people}},
			{ID: "two", Title: "二", Blocks: []Block{
				&Pair{Chart: &Chart{Title: "图", Plot: &Plot{Kind: Bars, Value: KindShare, Categories: []string{"甲", "乙"}, Series: []Series{{Name: "占比", Values: []float64{0.25, 0.75}, Tones: []int{1, 6}}}}},
					Advice: []Advice{{level, "回访"}}, Side: []*Table{people}},
				&Pair{Chart: &Chart{Title: "线", Plot: &Plot{Kind: Lines, Scatter: true, Value: KindShare, Series: []Series{{Name: "累计", X: []float64{0, 1}, Values: []float64{0, 1}}}}}},
				&Pair{Chart: &Chart{Title: "月", Plot: &Plot{Kind: Columns, Value: KindMoney, Categories: []string{"2026-01"}, Series: []Series{{Name: "净消费", Values: []float64{5}}}}}},
				&Pair{Chart: &Chart{Title: "格", Grid: &Table{Cols: []Column{Col("从", KindText), Col("到", KindInt)}, Rows: [][]any{{"甲", Shaded{int64(3), "u9"}}, {"乙", Shaded{int64(0), "same"}}}}}},
				&People{Caption: "名单", Who: "客户", Spend: "消费", Orders: "订单", Last: "最近", Reason: "依据", NextStep: "建议",
					List: []Person{{Name: "王芳 <script>", Level: &level, Before: &Level{1, "高价值"}, SpendFen: 5, Orders: 2, Last: "2026-01-01", Since: "3 天前", Reason: "沉默", Next: "回访"}}},
			}},
		}}
}

func partsOf(t *testing.T, d *Document) map[string]string {
	t.Helper()
	var b, again bytes.Buffer
	if err := WriteDOCX(&b, d); err != nil {
		t.Fatal(err)
	}
	if err := WriteDOCX(&again, d); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Errorf("the same document gave other bytes (%v)", err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(body)
		wellFormed(t, f.Name, body)
	}
	if z.File[0].Name != "[Content_Types].xml" {
		t.Errorf("begins with %s", z.File[0].Name)
	}
	return out
}

func wellFormed(t *testing.T, name string, body []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(body))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
}

// What is named is there, and what is there is named: a program that opens the
// file says of anything else that it is damaged.
func TestDOCXHoldsTogether(t *testing.T) {
	parts := partsOf(t, sample(i18n.ZhCN))
	for _, m := range regexp.MustCompile(`PartName="/([^"]+)"`).FindAllStringSubmatch(parts["[Content_Types].xml"], -1) {
		if parts[m[1]] == "" {
			t.Errorf("%s has a type and is not there", m[1])
		}
	}
	rels := parts["word/_rels/document.xml.rels"]
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(`Id="([^"]+)"[^>]*Target="([^"]+)"`).FindAllStringSubmatch(rels, -1) {
		ids[m[1]] = true
		if parts["word/"+m[2]] == "" {
			t.Errorf("%s leads to %s, which is not there", m[1], m[2])
		}
	}
	body := parts["word/document.xml"]
	for _, m := range regexp.MustCompile(`r:id="([^"]+)"`).FindAllStringSubmatch(body, -1) {
		if !ids[m[1]] {
			t.Errorf("%s is not in the relations", m[1])
		}
	}
	if len(regexp.MustCompile(`word/charts/`).FindAllString(strings.Join(keys(parts), " "), -1)) != 3 {
		t.Error("three charts were asked for")
	}
	entries := 0
	for _, m := range regexp.MustCompile(`w:anchor="([^"]+)"`).FindAllStringSubmatch(body, -1) {
		if strings.Count(body, `w:name="`+m[1]+`"`) != 1 {
			t.Errorf("the table of contents leads to %s", m[1])
		}
		if strings.Count(body, ` PAGEREF `+m[1]+` `) != 1 {
			t.Errorf("the entry of %s has no page", m[1])
		}
		entries++
	}
	for _, m := range regexp.MustCompile(`w:pStyle w:val="([^"]+)"`).FindAllStringSubmatch(body, -1) {
		if !strings.Contains(parts["word/styles.xml"], `w:styleId="`+m[1]+`"`) {
			t.Errorf("style %s is not defined", m[1])
		}
	}
	if begin, end := strings.Count(body, `fldCharType="begin"`), strings.Count(body, `fldCharType="end"`); begin != entries || end != begin || entries != 3 {
		t.Errorf("%d fields begin, %d end, %d entries", begin, end, entries)
	}
	if !strings.Contains(parts["word/settings.xml"], "<w:updateFields ") {
		t.Error("nobody counts the pages of the contents")
	}
}

func keys(m map[string]string) (out []string) {
	for k := range m {
		out = append(out, k)
	}
	return out
}

func TestDOCXSays(t *testing.T) {
	parts := partsOf(t, sample(i18n.ZhCN))
	body := parts["word/document.xml"]
	for _, want := range []string{
		"甲 &amp; 乙 &lt;公司&gt;", "王芳 &lt;script&gt;", `<w:pStyle w:val="Heading1"/>`, `<w:pStyle w:val="Heading2"/>`,
		`<w:tblHeader/>`, "¥12,345.60", "40.0%", "第一行</w:t></w:r><w:r><w:br/>", `w:fill="0D5029"`, `w:fill="` + levelTones[6].soft + `"`, "1,234",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("lacks %s", want)
		}
	}
	if !strings.Contains(parts["word/styles.xml"], `w:eastAsia="黑体"`) || !strings.Contains(parts["word/styles.xml"], `w:eastAsia="宋体"`) || !strings.Contains(parts["word/fontTable.xml"], "SimSun") {
		t.Error("fonts of Chinese are not named")
	}
	foot := parts["word/footer1.xml"]
	if !strings.Contains(foot, " PAGE ") || !strings.Contains(foot, " NUMPAGES ") || !strings.Contains(foot, "第 ") {
		t.Errorf("footer %s", foot)
	}
	if !strings.Contains(parts["word/header1.xml"], "草稿") {
		t.Error("a draft does not say so on its pages")
	}
	if !strings.Contains(parts["word/charts/chart1.xml"], "<c:v>0.75</c:v>") || !strings.Contains(parts["word/charts/chart3.xml"], "<c:v>0.05</c:v>") {
		t.Error("charts do not have their values, money in yuan")
	}
	if en := partsOf(t, sample(i18n.En)); !strings.Contains(en["word/footer1.xml"], "Page ") || !strings.Contains(en["word/document.xml"], "Contents") {
		t.Error("the words of the form are not English")
	}
}

// Words of a table stay whole, those of its head and of levels too: a reader does
// not put "Custo" and "mers" together.
func TestDOCXTablesKeepWordsWhole(t *testing.T) {
	heads := []string{"Customers", "Share of customers", "Buyers", "Orders", "Net spend", "Share of net spend", "Spend per customer",
		"Orders per customer", "Order value", "Mean days since last purchase"}
	tab := &Table{Cols: []Column{Col("Level", KindLevel)}}
	row := []any{Level{1, "Potential"}}
	for i, head := range heads {
		kind, v := KindInt, any(int64(38_145))
		if i == 4 {
			kind, v = KindMoney, int64(9_664_566_58)
		}
		tab.Cols, row = append(tab.Cols, Col(head, kind)), append(row, v)
	}
	tab.Add(row...)
	shared := &Table{Cols: []Column{WideCol("Stage", 0.4), WideCol("Responsible", 0.4), WideCol("What to do", 9)}}
	shared.Add("Recovery", "Marketing", strings.Repeat("Strengthen what is there. ", 9))
	stages := &Table{Cols: []Column{WideCol("阶段", 0.4), WideCol("服务要求", 9), WideCol("成功标准", 9)}}
	stages.Add(Level{1, "流失预警"}, strings.Repeat("用问题诊断清单找到原因，", 5), strings.Repeat("客户重新购买，", 9))
	for name, tab := range map[string]*Table{"many": tab, "shared": shared, "stages": stages} {
		widths, size := tab.widths()
		if l, ok := tab.Rows[0][0].(Level); ok && widths[0] < TextColumns(l.Name)*charWidth*size/18+cellAir {
			t.Errorf("%s: %q breaks within %d at size %d", name, l.Name, widths[0], size)
		}
		if sum := sumOf(widths); sum > textWidth {
			t.Errorf("%s: %v leave the page", name, widths)
		}
		for i, w := range widths {
			value := tab.Cols[i].Kind.Text(tab.Rows[0][i])
			if need := max(longestWord(tab.Cols[i].Head), longestWord(value))*charWidth*size/18 + cellAir; w < need {
				t.Errorf("%s: column %q has %d at size %d, its longest word needs %d", name, tab.Cols[i].Head, w, size, need)
			}
		}
	}
	for text, want := range map[string]int{"Share of customers": 9, "高价值客户": 2, "R5 近期客户": 2, "¥9,664,566.58": 13, "": 0} {
		if got := longestWord(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

// The name of a sheet that is cut ends with a word.
func TestSheetNamesEndWithAWord(t *testing.T) {
	used := map[string]bool{}
	for _, want := range []string{"Customer lifecycle standard", "Customer lifecycle standard 2"} {
		if got := SheetName(used, "Customer lifecycle standard operating procedures"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := SheetName(used, "Key customers"); got != "Key customers" {
		t.Error(got)
	}
}

// Columns fill the page and never leave it, whatever stands in them.
func TestDOCXTablesFitThePage(t *testing.T) {
	long := strings.Repeat("很长的规则说明", 40)
	for name, tab := range map[string]*Table{
		"numbers": {Cols: []Column{Col("甲", KindMoney), Col("乙", KindInt)}, Rows: [][]any{{int64(5), int64(6)}}},
		"text":    {Cols: []Column{Col("序号", KindID), WideCol("规则", 4), Col("级", KindLevel)}, Rows: [][]any{{int64(1), long, Level{1, "高"}}}},
		"many": func() *Table {
			x := &Table{Cols: []Column{Col("级", KindLevel)}}
			row := []any{Level{1, "高价值客户"}}
			for range 14 {
				x.Cols, row = append(x.Cols, Col("金额", KindMoney)), append(row, int64(12_345_678_901))
			}
			x.Add(row...)
			return x
		}(),
	} {
		widths, size := tab.widths()
		if sum := sumOf(widths); sum > textWidth || sum < textWidth-len(widths) {
			t.Errorf("%s: %v make %d of %d", name, widths, sum, textWidth)
		}
		for _, w := range widths {
			if w < 200 {
				t.Errorf("%s: %v", name, widths)
			}
		}
		if size < 12 || size > 18 {
			t.Errorf("%s: type of %d", name, size)
		}
	}
}

func TestHostileText(t *testing.T) {
	d := sample(i18n.ZhCN)
	d.Title = "a\x00\x01b\uFFFE</w:t>"
	d.Sections[0].Blocks = append(d.Sections[0].Blocks, Text("=HYPERLINK(\"http://x\")\x02"))
	parts := partsOf(t, d)
	if strings.Contains(parts["word/document.xml"], "\x02") || !strings.Contains(parts["word/document.xml"], "ab&lt;/w:t&gt;") {
		t.Error("text is not only text")
	}
	var page strings.Builder
	if err := WriteHTML(&page, d); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(page.String(), "<script") || strings.Contains(page.String(), " style=") {
		t.Error("the page holds mark-up of others")
	}
}

// The workbook has the tables with numbers as numbers.
func TestWriteXLSX(t *testing.T) {
	var b bytes.Buffer
	if err := WriteXLSX(&b, sample(i18n.ZhCN)); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if diff := cmp.Diff([]string{"客户手册", "一", "二"}, f.GetSheetList()); diff != "" {
		t.Error(diff)
	}
	rows, err := f.GetRows("一", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, r := range rows {
		found = found || len(r) > 3 && r[0] == "高价值" && r[1] == "2" && r[2] == "100.05" && r[3] == "0.4"
	}
	if !found {
		t.Errorf("no row of numbers in %v", rows)
	}
}

func TestSheetName(t *testing.T) {
	used := map[string]bool{}
	for _, c := range []struct{ in, want string }{
		{"需求", "需求"}, {"需求", "需求 2"}, {"a/b:c", "a b c"}, {"", Dash}, {strings.Repeat("长", 40), strings.Repeat("长", 31)}, {strings.Repeat("长", 40), strings.Repeat("长", 29) + " 2"},
	} {
		if got := SheetName(used, c.in); got != c.want {
			t.Errorf("SheetName(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestView(t *testing.T) {
	v := sample(i18n.ZhCN).View()
	if v.Sections[0].Number != "1" || v.Sections[0].Blocks[2].Number != "1.1" || v.Figures[0].Value != "1,234" {
		t.Errorf("%+v", v.Sections[0])
	}
	if g := v.Sections[1].Blocks[3].Grid; g == nil || g.Rows[0][1].Class != "u9" || g.Rows[0][1].Text != "3" {
		t.Errorf("grid %+v", g)
	}
}
