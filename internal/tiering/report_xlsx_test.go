package tiering

import (
	"archive/zip"
	"bytes"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"zhike/internal/document"
	"zhike/internal/platform/i18n"
)

func workbook(t *testing.T, r *Report) (*excelize.File, []byte) {
	t.Helper()
	var b bytes.Buffer
	if err := WriteXLSX(&b, r, reportZone); err != nil {
		t.Fatal(err)
	}
	data := b.Bytes()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f, data
}

// cell gives the number or text of a cell as it is stored, how it is shown,
// and its number format.
func cell(t *testing.T, f *excelize.File, sheet, at string) (raw, shown, format string) {
	t.Helper()
	raw, err := f.GetCellValue(sheet, at, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	shown, err = f.GetCellValue(sheet, at)
	if err != nil {
		t.Fatal(err)
	}
	id, err := f.GetCellStyle(sheet, at)
	if err != nil {
		t.Fatal(err)
	}
	st, err := f.GetStyle(id)
	if err != nil {
		t.Fatal(err)
	}
	if st.CustomNumFmt != nil {
		format = *st.CustomNumFmt
	}
	return raw, shown, format
}

func parts(t *testing.T, data []byte, prefix string) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, p := range z.File {
		if !strings.HasPrefix(p.Name, prefix) {
			continue
		}
		r, err := p.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[p.Name] = string(b)
	}
	return out
}

func TestWriteXLSX(t *testing.T) {
	f, data := workbook(t, sampleReport(i18n.ZhCN))
	want := []string{"概览", "等级", "重点客户", "流失预警", "变动", "集中度", "RFM", "月度"}
	if diff := cmp.Diff(want, f.GetSheetList()); diff != "" {
		t.Fatal(diff)
	}
	cases := []struct{ sheet, at, raw, shown, format string }{
		{"概览", "A1", "杭州示例家居有限公司 · 客户价值分层报告", "", ""},
		{"概览", "B4", "46290", "2026-09-25", "yyyy-mm-dd"},
		{"概览", "B8", "46291.086886574", "2026-09-26 02:05", "yyyy-mm-dd hh:mm"},
		{"概览", "B11", "20000", "20,000", "#,##0"},
		{"概览", "B14", "12345678.9", "¥12,345,678.90", "¥#,##0.00"},
		{"概览", "B16", "0.4523", "45.2%", "0.0%"},
		{"等级", "A2", "高价值", "高价值", "@"},
		{"等级", "C2", "0.0206", "2.1%", "0.0%"},
		{"等级", "F2", "4938271.56", "¥4,938,271.56", "¥#,##0.00"},
		{"等级", "G2", "0.4", "40.0%", "0.0%"},
		{"等级", "I2", "12.697", "12.7", "#,##0.0"},
		{"等级", "F5", "12345678.9", "¥12,345,678.90", "¥#,##0.00"},
		{"重点客户", "A2", "1000", "1000", "0"},
		{"重点客户", "B2", "王芳", "王芳", "@"},
		{"重点客户", "E2", "86400.12", "¥86,400.12", "¥#,##0.00"},
		{"重点客户", "G2", "46289", "2026-09-24", "yyyy-mm-dd"},
		{"重点客户", "H2", "1", "1", "#,##0"},
		{"流失预警", "D2", "高价值", "高价值", "@"},
		{"变动", "B2", "363", "363", "#,##0"},
		{"变动", "D3", "174", "174", "#,##0"},
		{"变动", "E5", "19682", "19,682", "#,##0"},
		{"集中度", "A82", "0.8", "80.0%", "0.0%"},
		{"集中度", "D82", "0.306000000000000", "30.6%", "0.0%"},
		{"集中度", "G2", "3160", "3,160", "#,##0"},
		{"集中度", "K2", "0.694", "69.4%", "0.0%"},
		{"集中度", "G5", "0.6283", "0.6283", "0.0000"},
		{"RFM", "F2", "2030", "2,030", "#,##0"},
		{"RFM", "F9", "2131500", "¥2,131,500.00", "¥#,##0.00"},
		{"RFM", "D16", "92", "92", "General"},
		{"RFM", "D18", "458.5", "¥458.50", "¥#,##0.00"},
		{"月度", "A2", "45901", "2025-09", "yyyy-mm"},
		{"月度", "D15", "12345678.9", "¥12,345,678.90", "¥#,##0.00"},
	}
	for _, c := range cases {
		raw, shown, format := cell(t, f, c.sheet, c.at)
		if raw != c.raw || (c.shown != "" && shown != c.shown) || (c.format != "" && format != c.format) {
			t.Errorf("%s!%s is %q, shown %q, format %q; want %q, %q, %q", c.sheet, c.at, raw, shown, format, c.raw, c.shown, c.format)
		}
	}
	if _, shown, format := cell(t, f, "RFM", "G16"); format != "#,##0.0" || !strings.Contains(shown, ".") {
		t.Errorf("a mean is shown as %q by %q", shown, format)
	}
	for _, at := range []string{"C10", "C11"} {
		if st := alignment(t, f, "概览", at); st.Horizontal != "left" || st.Indent != 1 {
			t.Errorf("%s touches the number before it: %+v", at, st)
		}
	}
	// A sentence is seen whole: its row is as high as it needs.
	if st := alignment(t, f, "重点客户", "I2"); !st.WrapText {
		t.Errorf("a reason is cut off: %+v", st)
	}
	one, err := f.GetRowHeight("重点客户", 2)
	if w, _ := f.GetColWidth("重点客户", "I"); err != nil || one < 15*math.Ceil(float64(document.TextColumns(sampleReport(i18n.ZhCN).KeyCustomers[0].Reason))/w) {
		t.Errorf("a row of %v points for a reason in a column of %v", one, w)
	}
	for _, sheet := range want {
		panes, err := f.GetPanes(sheet)
		if err != nil || !panes.Freeze || panes.YSplit < 1 {
			t.Errorf("%s has no frozen header: %+v %v", sheet, panes, err)
		}
		w, err := f.GetColWidth(sheet, "A")
		if err != nil || w < document.MinColumn || w > document.MaxColumn {
			t.Errorf("%s: column A is %v wide: %v", sheet, w, err)
		}
	}
	if w, _ := f.GetColWidth("概览", "B"); w < 24 {
		t.Errorf("the period does not fit a column of %v", w)
	}
	props, err := f.GetDocProps()
	if err != nil {
		t.Fatal(err)
	}
	if props.Creator != "Zhike" || props.Title != "杭州示例家居有限公司 · 客户价值分层报告" || props.Created != "2026-09-25T18:05:07Z" {
		t.Errorf("properties %+v", props)
	}

	charts := parts(t, data, "xl/charts/chart")
	if len(charts) != 3 {
		t.Fatalf("%d charts, want 3", len(charts))
	}
	all := strings.Join([]string{charts["xl/charts/chart1.xml"], charts["xl/charts/chart2.xml"], charts["xl/charts/chart3.xml"]}, "\n")
	for _, ref := range []string{
		"&#39;等级&#39;!$C$2:$C$4", "&#39;等级&#39;!$G$2:$G$4", "&#39;集中度&#39;!$B$2:$B$102", "&#39;集中度&#39;!$D$2:$D$102",
		"&#39;月度&#39;!$D$2:$D$14", "&#39;月度&#39;!$B$2:$B$14",
	} {
		if !strings.Contains(strings.ReplaceAll(all, "'", "&#39;"), ref) {
			t.Errorf("no chart shows %s", ref)
		}
	}
	if !strings.Contains(charts["xl/charts/chart2.xml"], "scatterChart") || strings.Contains(charts["xl/charts/chart2.xml"], "lineChart") {
		t.Error("the curve of concentration has categories in place of a scale")
	}
	if scales, err := f.GetConditionalFormats("RFM"); err != nil || len(scales) != 2 {
		t.Errorf("%d colour scales on the heat map: %v", len(scales), err)
	}
	_, again := workbook(t, sampleReport(i18n.ZhCN))
	if !bytes.Equal(data, again) {
		t.Error("the same report gives other bytes")
	}
}

func alignment(t *testing.T, f *excelize.File, sheet, at string) *excelize.Alignment {
	t.Helper()
	id, err := f.GetCellStyle(sheet, at)
	if err != nil {
		t.Fatal(err)
	}
	st, err := f.GetStyle(id)
	if err != nil || st.Alignment == nil {
		t.Fatalf("%s!%s has no alignment: %v", sheet, at, err)
	}
	return st.Alignment
}

func TestXLSXEnglish(t *testing.T) {
	f, _ := workbook(t, sampleReport(i18n.En))
	want := []string{"Overview", "Levels", "Key customers", "Slipping away", "Moves", "Concentration", "RFM", "Months"}
	if diff := cmp.Diff(want, f.GetSheetList()); diff != "" {
		t.Fatal(diff)
	}
	if _, shown, _ := cell(t, f, "Levels", "G1"); shown != "Share of net spend" {
		t.Error(shown)
	}
}

// Text from outside stays text, whatever it begins with.
func TestXLSXHoldsNoFormula(t *testing.T) {
	f, data := workbook(t, hostileReport(i18n.ZhCN))
	for name, part := range parts(t, data, "xl/worksheets/sheet") {
		if strings.Contains(part, "<f>") || strings.Contains(part, "<f ") {
			t.Errorf("%s holds a formula", name)
		}
	}
	for _, at := range []string{"B2", "I2", "J2", "C2"} {
		kind, err := f.GetCellType("重点客户", at)
		if err != nil || kind != excelize.CellTypeSharedString && kind != excelize.CellTypeInlineString {
			t.Errorf("%s is of type %v: %v", at, kind, err)
		}
	}
	if _, shown, _ := cell(t, f, "重点客户", "B2"); shown != hostile {
		t.Errorf("the name became %q", shown)
	}
	if _, shown, _ := cell(t, f, "流失预警", "B2"); shown != "-2+3" {
		t.Errorf("the name became %q", shown)
	}
}

func TestXLSXOfEveryReport(t *testing.T) {
	for _, locale := range []string{i18n.ZhCN, i18n.En} {
		for name, r := range allReports(locale) {
			t.Run(locale+" "+name, func(t *testing.T) {
				f, data := workbook(t, r)
				if n := len(f.GetSheetList()); n != 8 {
					t.Errorf("%d sheets", n)
				}
				for _, sheet := range f.GetSheetList() {
					if n := len([]rune(sheet)); n > 31 || strings.ContainsAny(sheet, `[]:*?/\'`) {
						t.Errorf("sheet name %q", sheet)
					}
					rows, err := f.GetRows(sheet)
					if err != nil {
						t.Fatal(err)
					}
					if len(rows) == 0 {
						t.Errorf("%s is empty and does not say why", sheet)
					}
					for _, row := range rows {
						for _, s := range row {
							if strings.HasPrefix(s, "report.") || strings.Contains(strings.ReplaceAll(s, "{{.}}", ""), "{{") || s == "NaN" || s == "+Inf" {
								t.Errorf("%s holds %q", sheet, s)
							}
						}
					}
				}
				for part, xml := range parts(t, data, "xl/charts/") {
					if strings.Contains(xml, "$0") || strings.Contains(xml, "#REF") {
						t.Errorf("%s points nowhere", part)
					}
				}
			})
		}
	}
}

// Amounts stay exact to the fen as far as a spreadsheet counts: 15 digits.
func TestXLSXLargeAmounts(t *testing.T) {
	r := sampleReport(i18n.ZhCN)
	r.Summary.Levels[0].RevenueFen = 900_719_925_474_099
	r.Summary.Levels[1].RevenueFen = -123_456_789_012_345
	f, _ := workbook(t, r)
	for at, want := range map[string]string{"F2": "9007199254740.99", "F3": "-1234567890123.45"} {
		raw, _, _ := cell(t, f, "等级", at)
		v, err := strconv.ParseFloat(raw, 64)
		if err != nil || strconv.FormatFloat(v, 'f', 2, 64) != want {
			t.Errorf("%s is %q, want %s", at, raw, want)
		}
	}
}
