package sheet

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"zhike/internal/platform/errs"
)

func TestCSVForms(t *testing.T) {
	const plain = "姓名,手机,城市\n张三,13800138000,北京\n李四,13900139000,上海\n"
	want := [][]string{{"张三", "13800138000", "北京"}, {"李四", "13900139000", "上海"}}
	semicolon, tab, pipe := strings.ReplaceAll(plain, ",", ";"), strings.ReplaceAll(plain, ",", "\t"), strings.ReplaceAll(plain, ",", "|")
	for _, c := range []struct {
		name, format, enc, delim string
		in                       []byte
		bom                      bool
	}{
		{"utf-8", FormatCSV, UTF8, ",", []byte(plain), false},
		{"utf-8 bom", FormatCSV, UTF8, ",", []byte("\ufeff" + plain), true},
		{"crlf", FormatCSV, UTF8, ",", []byte(strings.ReplaceAll(plain, "\n", "\r\n")), false},
		{"cr", FormatCSV, UTF8, ",", []byte(strings.ReplaceAll(plain, "\n", "\r")), false},
		{"no last newline", FormatCSV, UTF8, ",", []byte(strings.TrimSpace(plain)), false},
		{"gb18030", FormatCSV, GB18030, ",", gb(t, plain), false},
		{"gb18030 semicolon", FormatCSV, GB18030, ";", gb(t, semicolon), false},
		{"tab", FormatCSV, UTF8, "\t", []byte(tab), false},
		{"pipe", FormatCSV, UTF8, "|", []byte(pipe), false},
		{"sep=", FormatCSV, UTF8, ";", []byte("sep=;\r\n" + semicolon), false},
		{"utf-16le", FormatCSV, UTF16LE, "\t", utf16Bytes(tab, false), true},
		{"utf-16be", FormatCSV, UTF16BE, ",", utf16Bytes(plain, true), true},
		{"gz", FormatCSVGz, UTF8, ",", gzBytes(t, []byte(plain)), false},
		{"gz gb18030", FormatCSVGz, GB18030, ",", gzBytes(t, gb(t, plain)), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, rows := mustRead(t, c.in, Options{})
			if diff := cmp.Diff(want, cellsOf(rows)); diff != "" {
				t.Error(diff)
			}
			i := f.Info
			if i.Format != c.format || i.Encoding != c.enc || i.Delimiter != c.delim || i.BOM != c.bom {
				t.Errorf("info %+v", i)
			}
			if diff := cmp.Diff([]string{"姓名", "手机", "城市"}, i.Header); diff != "" {
				t.Error(diff)
			}
			if f.Offset() != int64(len(c.in)) {
				t.Errorf("offset %d of %d", f.Offset(), len(c.in))
			}
		})
	}
}

func TestCSVQuotesLinesAndWidths(t *testing.T) {
	in := "a,b,c\n" + // 1
		"\"x, y\",\"say \"\"hi\"\"\",\"line\r\nbreak\"\r\n" + // 2–3
		"\n , ,\n" + // 4, 5 blank
		"1,2\n" + // 6 short
		"1,2,3,4,,5,,\n" + // 7 extra
		"5\" pipe,plain,z\n" + // 8 quote inside
		"\"bad\"tail,1,2\n" + // 9
		"'=1+1,'plain,''-x\n" // 10
	f, rows := mustRead(t, []byte(in), Options{})
	want := []Row{
		{Line: 2, Cells: []string{"x, y", `say "hi"`, "line\r\nbreak"}},
		{Line: 6, Cells: []string{"1", "2", ""}, Short: true},
		{Line: 7, Cells: []string{"1", "2", "3"}, Extra: []string{"4", "", "5"}},
		{Line: 8, Cells: []string{`5" pipe`, "plain", "z"}},
		{Line: 9, Cells: []string{"badtail", "1", "2"}, BadQuote: true},
		{Line: 10, Cells: []string{"=1+1", "'plain", "'-x"}},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	if f.Blank() != 2 {
		t.Errorf("blank %d", f.Blank())
	}
}

func TestHeader(t *testing.T) {
	for _, c := range []struct {
		name    string
		in      string
		opt     Options
		header  []string
		line    int64
		skipped int
		rows    int
	}{
		{"title row", "2026年订单,,\n\n姓名,手机,城市\n张三,1,2\n", Options{}, []string{"姓名", "手机", "城市"}, 3, 1, 1},
		{"trailing empty titles", "a,b,,,\n1,2,,,\n", Options{}, []string{"a", "b"}, 1, 0, 1},
		{"empty title inside", "a,,c\n1,2,3\n", Options{}, []string{"a", "", "c"}, 1, 0, 1},
		{"group titles", "买家,,订单,\n姓名,手机,编号,金额\n张三,1,2,3\n", Options{}, []string{"姓名", "手机", "编号", "金额"}, 2, 1, 1},
		{"one column", "手机\n13800138000\n13900139000\n", Options{}, []string{"手机"}, 1, 0, 2},
		{"explicit", "a,b\nc,d\n1,2\n", Options{HeaderLine: 2}, []string{"c", "d"}, 2, 1, 1},
		{"none", "1,2,3\n4,5,6\n", Options{NoHeader: true}, []string{"A", "B", "C"}, 0, 0, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, rows := mustRead(t, []byte(c.in), c.opt)
			if diff := cmp.Diff(c.header, f.Info.Header); diff != "" {
				t.Error(diff)
			}
			if f.Info.HeaderLine != c.line || len(f.Info.Skipped) != c.skipped || len(rows) != c.rows {
				t.Errorf("line %d skipped %v rows %d", f.Info.HeaderLine, f.Info.Skipped, len(rows))
			}
		})
	}
}

func TestCSVRefusals(t *testing.T) {
	many := strings.Repeat("c,", 199) + "c\n" + strings.Repeat("1,", 199) + "1\n"
	rows := strings.Repeat("张三,13800138000\n", 100_000)
	jpeg := append([]byte("\xff\xd8\xff\xe0"), bytes.Repeat([]byte{0, 1, 2, 3, 200}, 500)...)
	for _, c := range []struct {
		name string
		in   []byte
		code string
		kv   []any
	}{
		{"empty", nil, "sheet.empty", nil},
		{"bom only", []byte("\ufeff"), "sheet.empty", nil},
		{"blank", []byte("\n \n,,\n"), "sheet.empty", nil},
		{"header only", []byte("a,b\n"), "sheet.header_only", []any{"columns", 2}},
		{"header and blanks", []byte("a,b\n,\n\n"), "sheet.header_only", nil},
		{"200 columns", []byte(many), "sheet.too_many_columns", []any{"columns", 200, "max", 150, "line", int64(1)}},
		{"200 columns later", []byte("a,b\n" + strings.Repeat("1,", 199) + "1\n"), "sheet.too_many_columns", []any{"line", int64(2)}},
		{"large cell", []byte("a,b\n1,\n2," + strings.Repeat("x", 5<<20) + "\n"), "sheet.cell_too_large", []any{"line", int64(3), "column", 2, "max_kb", 1024}},
		{"large quoted cell", []byte("a,b\n1,\n2,\"\n" + strings.Repeat("x", 5<<20) + "\"\n"), "sheet.cell_too_large", []any{"line", int64(3), "column", 2}},
		{"nul", []byte("a,b\n1,2\n3,\x004\n"), "sheet.nul_bytes", []any{"line", int64(3), "offset", int64(10)}},
		{"nul late", []byte("姓名,手机\n" + rows + "张\x00三,1\n"), "sheet.nul_bytes", []any{"line", int64(100_002)}},
		{"nul gb", append(gb(t, "姓名,手机\n张三,"), 0), "sheet.nul_bytes", []any{"line", int64(2)}},
		{"gb in utf-8", append([]byte("姓名,手机\n"+rows), gb(t, "李四,1\n")...), "sheet.mixed_encoding", []any{"line", int64(100_002), "encoding", UTF8}},
		{"gb in utf-8 early", append([]byte("姓名,手机\n张三,1\n"), gb(t, "李四,1\n")...), "sheet.mixed_encoding", []any{"line", int64(3)}},
		{"utf-8 in gb", append(gb(t, "姓名,手机\n"+rows), "欧阳修文,1\n"...), "sheet.mixed_encoding", []any{"line", int64(100_002), "encoding", GB18030}},
		{"utf-8 short names in gb", append(gb(t, "姓名,手机\n"+strings.Repeat("王五,1\n", 200_000)), strings.Repeat("张三,1\n", 20000)...), "sheet.mixed_encoding", nil},
		{"neither", []byte("nome;cidade\nJo\xe3o;S\xe3o Paulo\nAndr\xe9;Bras\xedlia\nJos\xe9;Bel\xe9m\n"), "sheet.unknown_encoding", nil},
		{"unterminated", []byte("a,b\n1,2\n\"3\n,4\n5,6\n"), "sheet.unterminated_quote", []any{"line", int64(3), "column", 1}},
		{"odd utf-16", append(utf16Bytes("a\tb\n1\t2\n", false), 'x'), "sheet.mixed_encoding", nil},
		{"pdf", []byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"), "sheet.not_table", nil},
		{"jpeg", jpeg, "sheet.not_table", nil},
		{"random", bytes.Repeat([]byte{1, 2, 3, 0x90, 0xff, 0, 7}, 400), "sheet.not_table", nil},
		{"json", []byte("[{\"a\":1},\n{\"a\":2}]\n"), "sheet.not_table", nil},
		{"html", []byte("<html><table><tr><td>1</td></tr></table></html>"), "sheet.other_format", []any{"format", "HTML"}},
		{"xml 2003", []byte("<?xml version=\"1.0\"?>\n<Workbook xmlns=\"x\"></Workbook>"), "sheet.other_format", []any{"format", "XML 2003"}},
		{"gz damaged", gzBytes(t, []byte("a,b\n"+strings.Repeat("1,2\n", 1000)))[:40], "sheet.damaged", []any{"part", "gzip"}},
		{"gz header only", []byte("\x1f\x8b\x08"), "sheet.damaged", nil},
		{"gz of zip", gzBytes(t, []byte("PK\x03\x04 and so on\n")), "sheet.not_table", nil},
		{"gz of png", gzBytes(t, []byte("\x89PNG\r\n\x1a\nabc")), "sheet.not_table", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := readAll(c.in, Options{})
			wantErr(t, err, c.code, c.kv...)
		})
	}
	_, _, err := readAll([]byte("a,b\n1,2\n"), Options{HeaderLine: 9})
	wantErr(t, err, "sheet.no_such_header")
	_, _, err = readAll([]byte("a,b\n1,2\n"), Options{Encoding: "klingon"})
	wantErr(t, err, "sheet.bad_option", "option", "encoding")
}

// The rows before the trouble are still given, in their order.
func TestRowsBeforeTheError(t *testing.T) {
	in := "a,b\n" + strings.Repeat("1,2\n", 500_000) + "3,\xff\n"
	_, rows, err := readAll([]byte(in), Options{})
	wantErr(t, err, "sheet.unknown_encoding", "line", int64(500_002))
	if len(rows) != 500_000 {
		t.Errorf("%d rows", len(rows))
	}
}

func TestASCIIFirstThenGB(t *testing.T) {
	in := append([]byte("name,city\n"+strings.Repeat("bob,x\n", 400_000)), gb(t, "张三,北京\n李四,上海\n")...)
	f, rows := mustRead(t, in, Options{})
	if got := rows[400_001].Cells; got[0] != "李四" || got[1] != "上海" {
		t.Errorf("last row %q, encoding %s", got, f.Info.Encoding)
	}
}

func TestGzipBomb(t *testing.T) {
	line := append(append([]byte("0,"), bytes.Repeat([]byte("0"), 8000)...), '\n')
	bomb := gzBytes(t, append([]byte("a,b\n"), bytes.Repeat(line, 12_000)...))
	_, rows, err := readAll(bomb, Options{})
	wantErr(t, err, "sheet.bomb")
	if len(rows) > 10_000 {
		t.Errorf("%d rows before the bomb was seen", len(rows))
	}
	_, _, err = readAll(gzBytes(t, bytes.Repeat([]byte("1,2\n"), 1<<20)), Options{MaxUnpacked: 1 << 20})
	wantErr(t, err, "sheet.file_too_large")
}

// onlySequential is a source such as a decrypting stream: no random access, in
// small pieces.
type onlySequential struct{ b []byte }

func (s onlySequential) Open() (io.ReadCloser, error) {
	return io.NopCloser(iotest.HalfReader(bytes.NewReader(s.b))), nil
}
func (s onlySequential) Size() int64 { return -1 }

func TestSmallReads(t *testing.T) {
	var b strings.Builder
	b.WriteString("编号,内容\n")
	for i := range 3000 {
		fmt.Fprintf(&b, "%d,\"第%d行, 含\"\"引号\"\"\n换行\"\r\n", i, i)
	}
	for _, in := range [][]byte{[]byte(b.String()), gb(t, b.String()), utf16Bytes(b.String(), false)} {
		f, err := Open(context.Background(), onlySequential{in}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for ; ; n++ {
			r, err := f.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			want := []string{fmt.Sprint(n), fmt.Sprintf("第%d行, 含\"引号\"\n换行", n)}
			if diff := cmp.Diff(want, r.Cells); diff != "" || r.Line != int64(2*n+2) {
				t.Fatalf("line %d: %s", r.Line, diff)
			}
		}
		if n != 3000 {
			t.Errorf("%d rows in %s", n, f.Info.Encoding)
		}
		f.Close()
	}
}

type failing struct{ n int }

func (f *failing) Read(p []byte) (int, error) {
	if f.n -= len(p); f.n < 0 {
		return 0, io.ErrClosedPipe
	}
	for i := range p {
		p[i] = "1,2\n"[i%4]
	}
	return len(p), nil
}
func (f failing) Open() (io.ReadCloser, error) { return io.NopCloser(&f), nil }
func (f failing) Size() int64                  { return -1 }

func TestSourceErrorAndCancel(t *testing.T) {
	f, err := Open(context.Background(), failing{8 << 20}, Options{NoHeader: true})
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = f.Next()
	}
	if err != io.ErrClosedPipe {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	f, err = Open(ctx, failing{1 << 40}, Options{NoHeader: true})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	for err == nil {
		_, err = f.Next()
	}
	if errs.KindOf(err) != errs.Canceled {
		t.Errorf("error %v", err)
	}
}
