package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

func TestXLSXCells(t *testing.T) {
	in := workbookBytes(t, func(f *excelize.File) error {
		set := func(cell string, v any) {
			if err := f.SetCellValue("Sheet1", cell, v); err != nil {
				t.Fatal(err)
			}
		}
		style := func(cell string, s excelize.Style) {
			id, err := f.NewStyle(&s)
			if err == nil {
				err = f.SetCellStyle("Sheet1", cell, cell, id)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		custom := func(code string) excelize.Style { return excelize.Style{CustomNumFmt: &code} }
		set("A1", "2026年9月订单")
		if err := f.MergeCell("Sheet1", "A1", "C1"); err != nil {
			return err
		}
		for i, h := range []string{"编号", "日期", "金额"} {
			set(fmt.Sprintf("%c3", 'A'+i), h)
		}
		set("A4", 13800138000)
		set("B4", time.Date(2026, 9, 25, 14, 5, 6, 0, time.UTC))
		set("C4", 97.66)
		set("A5", "1.38E+10") // text stays what it is
		set("B5", 46290)
		style("B5", custom("yyyy\"年\"m\"月\"d\"日\";@"))
		set("C5", -0.3)
		set("B6", 46290.5)
		style("B6", excelize.Style{NumFmt: 14})
		set("C6", 1e21)
		set("A7", "  前后 & <tag> \"q\"\n第二行 ")
		set("B7", 0.75)
		style("B7", custom("h:mm:ss"))
		set("C7", true)
		set("B8", 26.5)
		style("B8", custom("[h]:mm")) // elapsed time is no date
		set("C8", 12)
		style("C8", custom(`[Red]"day" 0.00`))
		set("A10", "张三")
		set("C10", 1.23456789012345)
		if err := f.SetCellFormula("Sheet1", "B10", "1+1"); err != nil {
			return err
		}
		if err := f.SetCellRichText("Sheet1", "A11", []excelize.RichTextRun{{Text: "富"}, {Text: "文本", Font: &excelize.Font{Bold: true}}}); err != nil {
			return err
		}
		return nil
	})
	f, rows := mustRead(t, in, Options{})
	want := []Row{
		{Line: 4, Cells: []string{"13800138000", "2026-09-25 14:05:06", "97.66"}, Kinds: []Kind{KindNumber, KindDate, KindNumber}},
		{Line: 5, Cells: []string{"1.38E+10", "2026-09-25", "-0.3"}, Kinds: []Kind{KindText, KindDate, KindNumber}},
		{Line: 6, Cells: []string{"", "2026-09-25 12:00:00", "1000000000000000000000"}, Kinds: []Kind{KindText, KindDate, KindNumber}},
		{Line: 7, Cells: []string{"  前后 & <tag> \"q\"\n第二行 ", "18:00:00", "TRUE"}, Kinds: []Kind{KindText, KindTime, KindBool}},
		{Line: 8, Cells: []string{"", "26.5", "12"}, Kinds: []Kind{KindText, KindNumber, KindNumber}},
		{Line: 10, Cells: []string{"张三", "", "1.23456789012345"}, Kinds: []Kind{KindText, KindNoValue, KindNumber}},
		{Line: 11, Cells: []string{"富文本", "", ""}, Kinds: []Kind{KindText, KindText, KindText}},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	if f.Info.HeaderLine != 3 || len(f.Info.Skipped) != 1 || f.Info.Skipped[0].Text != "2026年9月订单" {
		t.Errorf("info %+v", f.Info)
	}
}

func TestXLSXSheets(t *testing.T) {
	in := workbookBytes(t, func(f *excelize.File) error {
		for _, n := range []string{"隐藏", "数据", "更多 & 多"} {
			if _, err := f.NewSheet(n); err != nil {
				return err
			}
			if err := f.SetSheetRow(n, "A1", &[]any{"甲", n}); err != nil {
				return err
			}
			if err := f.SetSheetRow(n, "A2", &[]any{1, 2}); err != nil {
				return err
			}
		}
		return f.SetSheetVisible("隐藏", false)
	})
	f, rows := mustRead(t, in, Options{})
	if f.Info.Sheet != "数据" || len(rows) != 1 {
		t.Errorf("sheet %q, rows %d", f.Info.Sheet, len(rows))
	}
	if diff := cmp.Diff([]string{"Sheet1", "隐藏", "数据", "更多 & 多"}, f.Info.Sheets); diff != "" {
		t.Error(diff)
	}
	f, _ = mustRead(t, in, Options{Sheet: "更多 & 多"})
	if f.Info.Header[1] != "更多 & 多" {
		t.Errorf("header %q", f.Info.Header)
	}
	_, _, err := readAll(in, Options{Sheet: "没有"})
	wantErr(t, err, "sheet.no_such_sheet", "sheet", "没有")
	_, _, err = readAll(in, Options{Sheet: "Sheet1"})
	wantErr(t, err, "sheet.empty")
}

// handMade is an XLSX of the given parts.
func handMade(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	base := map[string]string{
		"[Content_Types].xml":        `<Types/>`,
		"_rels/.rels":                `<Relationships><Relationship Id="a" Type="x/officeDocument" Target="/xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<x:workbook xmlns:x="m" xmlns:r="r"><x:workbookPr date1904="1"/><x:sheets><x:sheet name="S" sheetId="1" r:id="r1"/></x:sheets></x:workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets\sheet1.xml"/><Relationship Id="r2" Type="x/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r3" Type="x/styles" Target="styles.xml"/></Relationships>`,
		"xl/sharedStrings.xml":       `<sst><si><t>甲</t></si><si><r><t>乙</t></r><rPh><t>yi</t></rPh><r><t xml:space="preserve"> 丙</t></r></si><si><t/></si></sst>`,
		"xl/styles.xml":              `<styleSheet><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>`,
		"xl/worksheets/sheet1.xml":   `<x:worksheet xmlns:x="m"><x:sheetData><x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="s"><x:v>1</x:v></x:c></x:row><x:row r="5"><x:c r="B5" s="1"><x:v>1.5</x:v></x:c><x:c r="A5" t="str"><x:v><![CDATA[a<b]]></x:v></x:c></x:row></x:sheetData></x:worksheet>`,
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range base {
		if p, ok := parts[name]; ok {
			text = p
		}
		if text == "-" {
			continue
		}
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestXLSXFromOtherPrograms(t *testing.T) {
	f, rows := mustRead(t, handMade(t, nil), Options{})
	if diff := cmp.Diff([]string{"甲", "乙 丙"}, f.Info.Header); diff != "" {
		t.Error(diff)
	}
	want := []Row{{Line: 5, Cells: []string{"a<b", "1904-01-02 12:00:00"}, Kinds: []Kind{KindText, KindDate}}}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	seq, err := readSequential(handMade(t, nil))
	if err != nil || len(seq) != 1 {
		t.Errorf("without random access: %v, %d rows", err, len(seq))
	}
}

func readSequential(b []byte) ([]Row, error) {
	f, err := Open(t0, onlySequential{b}, Options{})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := f.Next()
	if err != nil {
		return nil, err
	}
	return []Row{cloneRow(r)}, nil
}

// ole is a minimal compound file whose directory has the given entries.
func ole(names ...string) []byte {
	b := make([]byte, 512*4)
	copy(b, oleMagic)
	le := binary.LittleEndian
	le.PutUint16(b[30:], 9)
	le.PutUint32(b[48:], 1) // directory in sector 1
	for i := range 109 {
		le.PutUint32(b[76+4*i:], 0xffffffff)
	}
	le.PutUint32(b[76:], 0) // FAT in sector 0
	for i := range 128 {
		le.PutUint32(b[512+4*i:], 0xffffffff)
	}
	le.PutUint32(b[512+4:], 2) // the directory goes on in sector 2
	le.PutUint32(b[512+8:], 0xfffffffe)
	for i, n := range names {
		e := b[1024+128*i:]
		for k, u := range utf16.Encode([]rune(n)) {
			le.PutUint16(e[2*k:], u)
		}
		le.PutUint16(e[64:], uint16(2*len(n)+2))
	}
	return b
}

func TestXLSXRefusals(t *testing.T) {
	good := workbookBytes(t, func(f *excelize.File) error {
		for r := 1; r <= 2000; r++ {
			if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", r), &[]any{"a", "b", r}); err != nil {
				return err
			}
		}
		return nil
	})
	wide := workbookBytes(t, func(f *excelize.File) error {
		row := make([]any, 200)
		for i := range row {
			row[i] = fmt.Sprintf("列%d", i)
		}
		return f.SetSheetRow("Sheet1", "A1", &row)
	})
	flipped := bytes.Clone(good)
	i := bytes.Index(flipped, []byte("xl/worksheets/sheet1.xml"))
	copy(flipped[i+300:], bytes.Repeat([]byte{0xaa}, 60))
	const ns = "<worksheet><sheetData>"
	sheetXML := func(s string) []byte { return handMade(t, map[string]string{"xl/worksheets/sheet1.xml": s}) }
	zipOf := func(names ...string) []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for _, n := range names {
			if _, err := w.Create(n); err != nil {
				t.Fatal(err)
			}
		}
		_ = w.Close()
		return b.Bytes()
	}
	manyFiles := make([]string, 60_000)
	for i := range manyFiles {
		manyFiles[i] = fmt.Sprintf("f%d", i)
	}
	for _, c := range []struct {
		name string
		in   []byte
		opt  Options
		code string
		kv   []any
	}{
		{"encrypted", ole("Root Entry", "a", "b", "c", "EncryptedPackage"), Options{}, "sheet.encrypted", nil},
		{"old xls", ole("Root Entry", "Workbook"), Options{}, "sheet.old_xls", nil},
		{"word", ole("Root Entry", "WordDocument"), Options{}, "sheet.not_table", nil},
		{"cut ole", oleMagic, Options{}, "sheet.damaged", nil},
		{"cut", good[:len(good)/2], Options{}, "sheet.damaged", []any{"part", "zip"}},
		{"flipped", flipped, Options{}, "sheet.damaged", []any{"part", "sheet1.xml"}},
		{"empty workbook", workbookBytes(t, func(*excelize.File) error { return nil }), Options{}, "sheet.empty", nil},
		{"header only", workbookBytes(t, func(f *excelize.File) error { return f.SetSheetRow("Sheet1", "A1", &[]any{"a", "b"}) }), Options{}, "sheet.header_only", nil},
		{"200 columns", wide, Options{}, "sheet.too_many_columns", []any{"max", 150, "line", int64(1)}},
		{"too large a file", good, Options{MaxXLSX: 1000}, "sheet.file_too_large", nil},
		{"zip", zipOf("a.csv", "b.csv"), Options{}, "sheet.zip_archive", nil},
		{"ods", zipOf("mimetype", "content.xml"), Options{}, "sheet.other_format", []any{"format", "ODS"}},
		{"xlsb", zipOf("[Content_Types].xml", "xl/workbook.bin"), Options{}, "sheet.other_format", []any{"format", "XLSB"}},
		{"word", zipOf("[Content_Types].xml", "word/document.xml"), Options{}, "sheet.not_table", nil},
		{"60,000 files", zipOf(manyFiles...), Options{}, "sheet.bomb", nil},
		{"zip bomb", sheetXML(ns + strings.Repeat(" ", 80<<20)), Options{}, "sheet.bomb", nil},
		{"cut XML", sheetXML(ns + `<row r="1"><c t="s"><v>0</v></c><c t="s">`), Options{}, "sheet.damaged", nil},
		{"entity", sheetXML(`<!DOCTYPE x [<!ENTITY a "b">]>` + ns + `</sheetData></worksheet>`), Options{}, "sheet.damaged", nil},
		{"unknown entity", sheetXML(ns + `<row><c t="str"><v>&lol;</v></c></row></sheetData></worksheet>`), Options{}, "sheet.damaged", nil},
		{"row number", sheetXML(ns + `<row r="99999999"><c><v>1</v></c></row></sheetData></worksheet>`), Options{}, "sheet.damaged", nil},
		{"column number", sheetXML(ns + `<row r="1"><c r="ZZZZZ1"><v>1</v></c></row></sheetData></worksheet>`), Options{}, "sheet.damaged", nil},
		{"far column", sheetXML(ns + `<row r="1"><c r="XFD1"><v>1</v></c></row></sheetData></worksheet>`), Options{}, "sheet.too_many_columns", nil},
		{"no such text", sheetXML(ns + `<row r="1"><c t="s"><v>77</v></c></row></sheetData></worksheet>`), Options{}, "sheet.damaged", []any{"part", "sharedStrings.xml"}},
		{"5 MB cell", sheetXML(ns + `<row r="1"><c t="str"><v>a</v></c><c t="str"><v>b</v></c></row><row r="2"><c r="B2" t="inlineStr"><is><t>` + noise(5<<20) + `</t></is></c></row></sheetData></worksheet>`), Options{}, "sheet.cell_too_large", []any{"line", int64(2), "column", 2}},
		{"much text", handMade(t, map[string]string{"xl/sharedStrings.xml": "<sst>" + strings.Repeat("<si><t>"+noise(1000)+"</t></si>", 2000) + "</sst>"}), Options{MaxMemory: 1 << 20}, "sheet.too_much_text", nil},
		{"no sheet part", handMade(t, map[string]string{"xl/worksheets/sheet1.xml": "-"}), Options{}, "sheet.damaged", []any{"part", "sheet1.xml"}},
		{"no workbook", handMade(t, map[string]string{"xl/workbook.xml": "-"}), Options{}, "sheet.damaged", []any{"part", "workbook.xml"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := readAll(c.in, c.opt)
			wantErr(t, err, c.code, c.kv...)
		})
	}
}

// noise is text that does not pack well.
func noise(n int) string {
	b := make([]byte, n)
	x := uint32(2463534242)
	for i := range b {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		b[i] = 'a' + byte(x%26)
	}
	return string(b)
}

func TestFormatStyle(t *testing.T) {
	for code, want := range map[string]dateStyle{
		"General": notDate, "0.00": notDate, "#,##0;[Red]-#,##0": notDate, `0.00"d"`: notDate,
		"yyyy-mm-dd": datePart, "YYYY-MM-DD HH:MM:SS": datePart | timePart, "yyyy-mm-dd h:mm:ss": datePart | timePart,
		`yyyy"年"m"月"d"日";@`: datePart, "h:mm AM/PM": timePart, "mm:ss.0": timePart, "mmm": datePart,
		"[h]:mm:ss": notDate, "[$-804]yyyy/m/d": datePart, `\d0`: notDate, "_-* #,##0.00": notDate, "@": notDate,
		"0.00E+00": notDate, `[DBNum1][$-804]m"月"d"日"`: datePart, `"`: notDate, "": notDate,
	} {
		if got := formatStyle(code); got != want {
			t.Errorf("%q: %d, want %d", code, got, want)
		}
	}
}

func TestCellNumber(t *testing.T) {
	for in, want := range map[string]string{
		"13800138000": "13800138000", "1.3800138E+10": "13800138000", "97.659999999999997": "97.66",
		"0.30000000000000004": "0.3", "1234567890123456789": "1234567890123456789", "-5": "-5",
		"1.0000000000000001E-5": "0.00001", "22.320": "22.320", "6.2284800000000003E+17": "622848000000000000",
		"abc": "abc", "": "", "NaN": "NaN", "1e999": "1e999", "43573.00208333333": "43573.0020833333",
	} {
		if got, _ := cellNumber([]byte(in)); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestSerialText(t *testing.T) {
	for _, c := range []struct {
		in   string
		st   dateStyle
		want string
		ok   bool
	}{
		{"43573.00208333333", datePart | timePart, "2019-04-18 00:03:00", true},
		{"43646.9488716551", datePart, "2019-06-30 22:46:22.511", true},
		{"1", datePart, "1900-01-01", true}, {"59", datePart, "1900-02-28", true}, {"60", datePart, "", false},
		{"61", datePart, "1900-03-01", true}, {"2958465", datePart, "9999-12-31", true}, {"2958466", datePart, "", false},
		{"-1", datePart, "", false}, {"0", datePart, "", false}, {"0.5", timePart, "12:00:00", true},
		{"45658", datePart | timePart, "2025-01-01 00:00:00", true}, {"x", datePart, "", false},
	} {
		got, _, ok := serialText(c.in, c.st, false)
		if got != c.want || ok != c.ok {
			t.Errorf("%s: %q %v, want %q", c.in, got, ok, c.want)
		}
	}
}
