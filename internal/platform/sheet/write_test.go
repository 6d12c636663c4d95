package sheet

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

var t0 = context.Background()

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "abc": "abc", "=1+1": "'=1+1", "+86": "'+86", "-5": "'-5", "@a": "'@a", "\tx": "'\tx", "\rx": "'\rx",
		"'=1": "''=1", "'a": "'a", "'": "'", "''": "''", "=": "'=", "张三": "张三", " =1": " =1",
	} {
		if got := Escape(in); got != want {
			t.Errorf("Escape(%q) = %q, want %q", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.SampledFrom([]rune("'=+-@\t\rab中 "))).Draw(t, "s")
		if got := Unescape(Escape(s)); got != s {
			t.Fatalf("%q came back as %q", s, got)
		}
		if e := Escape(s); e != "" && strings.IndexByte("=+-@\t\r", e[0]) >= 0 {
			t.Fatalf("%q is a formula", e)
		}
	})
}

// Whatever text is written is read back, by both formats.
func TestWriteReadIdentity(t *testing.T) {
	text := rapid.OneOf(
		rapid.String(),
		rapid.StringOf(rapid.SampledFrom([]rune("'=+-@\t\r\n\",; a中_x0041é😀&<>]\ufffe\x01"))),
	)
	writers := map[string]func(b *bytes.Buffer, cols []Column) (Writer, error){
		"csv": func(b *bytes.Buffer, cols []Column) (Writer, error) { return NewCSV(b, cols, CSVOptions{}) },
		"gb18030": func(b *bytes.Buffer, cols []Column) (Writer, error) {
			return NewCSV(b, cols, CSVOptions{GB18030: true})
		},
		"xlsx": func(b *bytes.Buffer, cols []Column) (Writer, error) { return NewXLSX(b, cols, XLSXOptions{}) },
	}
	for name, open := range writers {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				cols := []Column{{Title: "编号"}, {Title: "甲"}, {Title: "=乙"}}
				var b bytes.Buffer
				w, err := open(&b, cols)
				if err != nil {
					t.Fatal(err)
				}
				var want [][]string
				for i := range rapid.IntRange(1, 6).Draw(t, "rows") {
					row := []string{fmt.Sprintf("N%d", i), text.Draw(t, "a"), text.Draw(t, "b")}
					for k := range row {
						row[k] = strings.Map(func(r rune) rune {
							if r == 0 || name == "gb18030" && r >= 0xe766 && r <= 0xe864 {
								return 0xfffd
							}
							return r
						}, row[k])
					}
					want = append(want, row)
					if err := w.Write(Text(row[0]), Text(row[1]), Text(row[2])); err != nil {
						t.Fatal(err)
					}
				}
				if err := w.Close(); err != nil {
					t.Fatal(err)
				}
				opt := Options{Delimiter: ",", HeaderLine: 1}
				if name == "gb18030" {
					opt.Encoding = GB18030
				}
				f, rows, err := readAll(b.Bytes(), opt)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff([]string{"编号", "甲", "=乙"}, f.Info.Header); diff != "" {
					t.Fatal(diff)
				}
				if diff := cmp.Diff(want, cellsOf(rows)); diff != "" {
					t.Fatal(diff)
				}
			})
		})
	}
}

func sampleCells() []Cell {
	at := time.Date(2026, 9, 25, 14, 5, 6, 0, time.FixedZone("CST", 8*3600))
	return []Cell{Text("=SUM(A1)"), Int(42), Int(1234567890123456789), Fen(-123456), Percent(0.7459), Date(at), DateTime(at), Float(1.5), Float(math.NaN()), {}}
}

func sampleColumns() []Column {
	var cols []Column
	for _, t := range []string{"文本", "整数", "大整数", "金额", "占比", "日期", "时间", "小数", "非数", "空"} {
		cols = append(cols, Column{Title: t})
	}
	return cols
}

func TestWriteCSV(t *testing.T) {
	var b bytes.Buffer
	w, err := NewCSV(&b, sampleColumns(), CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(sampleCells()...); err != nil {
		t.Fatal(err)
	}
	if err := w.Write(Text("a,b"), Text("say \"hi\"\r\n")); err != nil {
		t.Fatal(err)
	}
	if err := w.Write(make([]Cell, 11)...); err == nil {
		t.Error("more cells than columns were taken")
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	want := "\ufeff文本,整数,大整数,金额,占比,日期,时间,小数,非数,空\r\n" +
		"'=SUM(A1),42,1234567890123456789,-1234.56,74.59%,2026-09-25,2026-09-25 14:05:06,1.5,,\r\n" +
		"\"a,b\",\"say \"\"hi\"\"\r\n\",,,,,,,,\r\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

// Another library reads what we write, with types, formats, frozen header and
// widths.
func TestWriteXLSX(t *testing.T) {
	var b bytes.Buffer
	cols := sampleColumns()
	cols[0].Width = 33
	w, err := NewXLSX(&b, cols, XLSXOptions{Sheet: "导出[1]"})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(sampleCells()...); err != nil {
		t.Fatal(err)
	}
	wantErr(t, w.Write(Text(strings.Repeat("长", MaxXLSXCellText+1))), "sheet.cell_too_long")
	if err := w.Write(Text("后")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const name = "导出1"
	rows, err := f.GetRows(name)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"文本", "整数", "大整数", "金额", "占比", "日期", "时间", "小数", "非数", "空"},
		{"'=SUM(A1)", "42", "1234567890123456789", "-¥1,234.56", "74.59%", "2026-09-25", "2026-09-25 14:05:06", "1.5"},
		{"后"},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	for cell, typ := range map[string]excelize.CellType{"A2": excelize.CellTypeInlineString, "B2": excelize.CellTypeUnset, "D2": excelize.CellTypeUnset} {
		if got, _ := f.GetCellType(name, cell); got != typ {
			t.Errorf("%s has type %d", cell, got)
		}
	}
	if p, _ := f.GetPanes(name); !p.Freeze || p.YSplit != 1 {
		t.Errorf("panes %+v", p)
	}
	if wd, _ := f.GetColWidth(name, "A"); wd != 33 {
		t.Errorf("width %v", wd)
	}
	id, _ := f.GetCellStyle(name, "A1")
	if st, err := f.GetStyle(id); err != nil || st.Font == nil || !st.Font.Bold {
		t.Errorf("header style %+v %v", st, err)
	}
}

func TestWriteXLSXFullSheet(t *testing.T) {
	var b bytes.Buffer
	w, err := NewXLSX(&b, []Column{{Title: "a"}, {Title: "b"}}, XLSXOptions{})
	if err != nil {
		t.Fatal(err)
	}
	w.(*xlsxWriter).maxRows = 100
	for i := range 250 {
		if err := w.Write(Int(int64(i)), Text("x")); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, s := range []string{"Sheet1", "Sheet1 (2)", "Sheet1 (3)"} {
		f, rows := mustRead(t, b.Bytes(), Options{Sheet: s})
		total += len(rows)
		if f.Info.Header[1] != "b" {
			t.Errorf("%s: header %q", s, f.Info.Header)
		}
	}
	if total != 250 {
		t.Errorf("%d rows", total)
	}
}
