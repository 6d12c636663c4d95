package importer

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/sheet"
)

// goodRows is the beginning of a sound file, long enough that a fault behind
// it is found after many rows.
func goodRows(n int) string {
	var b strings.Builder
	b.WriteString(header)
	for i := range n {
		b.WriteString("G" + strings.Repeat("0", 3) + idText10(int64(i)) + ",M1,王芳,13800000001,2026-01-02 10:00:00,已付款,拿铁,1,30.00,\n")
	}
	return b.String()
}

func gb18030(t testing.TB, s string) string {
	t.Helper()
	out, err := simplifiedchinese.GB18030.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func zipped(t testing.TB, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func workbook(t testing.TB, titles []string, rows ...[]string) string {
	t.Helper()
	var b bytes.Buffer
	var cols []sheet.Column
	for _, c := range titles {
		cols = append(cols, sheet.Column{Title: c})
	}
	w, err := sheet.NewXLSX(&b, cols, sheet.XLSXOptions{Sheet: "订单"})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		cells := make([]sheet.Cell, len(r))
		for i, c := range r {
			cells[i] = sheet.Text(c)
		}
		if err := w.Write(cells...); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Each file is refused with a code that has a text, and nothing of it is stored.
func TestBadFilesAreRefusedWhole(t *testing.T) {
	xlsx := workbook(t, []string{"订单编号", "会员编号", "付款时间", "实付金额"}, []string{"A1", "M1", "2026-01-02", "10"})
	var bomb bytes.Buffer
	gz, _ := gzip.NewWriterLevel(&bomb, 9)
	_, _ = gz.Write([]byte(header))
	line := []byte("A1,M1,王芳,13800000001,2026-01-02 10:00:00,已付款,拿铁,1,30.00,\nA2,M1,王芳,13800000001,2026-01-02 10:00:00,已付款,拿铁,1,30.00,\n")
	for range 130 << 20 / len(line) {
		_, _ = gz.Write(line)
	}
	_ = gz.Close()
	wide := strings.Repeat("列,", 199) + "列"
	var narrow bytes.Buffer
	g2 := gzip.NewWriter(&narrow)
	_, _ = g2.Write([]byte(goodRows(5000)))
	_ = g2.Close()

	cases := []struct {
		name, file, content, code string
	}{
		{"nothing", "a.csv", "", "sheet.empty"},
		{"blanks", "a.csv", "\n \n,,,\n", "sheet.empty"},
		{"a header only", "a.csv", header, "sheet.header_only"},
		{"a picture", "a.csv", "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR", "sheet.not_table"},
		{"a PDF named xlsx", "a.xlsx", "%PDF-1.7\n1 0 obj", "sheet.not_table"},
		{"a web page", "a.xls", "<html><table><tr><td>订单编号</td></tr></table></html>", "sheet.other_format"},
		{"an encrypted workbook", "a.xlsx", encryptedWorkbook(), "sheet.encrypted"},
		{"an archive", "a.xlsx", zipped(t, map[string]string{"readme.txt": "hello"}), "sheet.zip_archive"},
		{"a damaged workbook", "a.xlsx", xlsx[:len(xlsx)*2/3], "sheet.damaged"},
		{"a cut gzip", "a.csv.gz", narrow.String()[:narrow.Len()/2], "sheet.damaged"},
		{"a bomb", "a.csv.gz", bomb.String(), "sheet.bomb"},
		{"200 columns", "a.csv", wide + "\n" + wide + "\n", "sheet.too_many_columns"},
		{"a cell of 5 MB", "a.csv", goodRows(3000) + "A9,M1," + strings.Repeat("王", 5<<20/3) + ",,2026-01-02,,拿铁,1,1,\n", "sheet.cell_too_large"},
		{"a NUL far down", "a.csv", goodRows(9000) + "A9,M1,王\x00芳,,2026-01-02,,拿铁,1,1,\n", "sheet.nul_bytes"},
		{"two encodings", "a.csv", goodRows(9000) + gb18030(t, "A9,M1,王芳,,2026-01-02,,拿铁,1,1,\n"), "sheet.mixed_encoding"},
		{"two encodings, the other way", "a.csv", gb18030(t, goodRows(9000)) + "A9,M1,王芳王芳王芳,,2026-01-02,,拿铁,1,1,\n", "sheet.mixed_encoding"},
		{"a quote that never closes", "a.csv", goodRows(9000) + "A9,M1,\"王芳,,2026-01-02,,拿铁,1,1,\n", "sheet.unterminated_quote"},
		{"no buyer column", "a.csv", "订单编号,付款时间,实付金额\nA1,2026-01-02,1\n", "import.bad_mapping"},
		{"no amount column", "a.csv", "订单编号,会员编号,付款时间\nA1,M1,2026-01-02\n", "import.bad_mapping"},
		{"one order of too many rows", "a.csv", "订单编号,会员编号,付款时间,实付金额\n" + strings.Repeat("A1,M1,2026-01-02,1\n", maxUnitRows+1), "import.unit_too_large"},
	}
	r := newRig(t, dbtest.SQLite(t))
	clean := r.stamps()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), c.file)
			if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := r.s.Run(r.ctx, RunInput{Kind: KindOrders, Path: path, Source: "shop"})
			if errs.CodeOf(err) != c.code {
				t.Fatalf("got %v, want %s", err, c.code)
			}
			for _, locale := range []string{"zh-CN", "en"} {
				text := i18n.ErrorText(locale, err)
				if strings.Contains(text, "errors.") || strings.Contains(text, "{{") {
					t.Errorf("no text for a person in %s: %s", locale, text)
				}
			}
			sameDump(t, clean, r.stamps())
			for _, table := range []string{"import_pending", "import_rejects", "import_customers", "import_mappings"} {
				if n := r.one(`SELECT count(*) FROM ` + table); n != 0 {
					t.Errorf("%d rows in %s", n, table)
				}
			}
		})
	}
	if n := r.one(`SELECT count(*) FROM imports WHERE status NOT IN ('failed', 'finished')`); n != 0 {
		t.Errorf("%d imports hang", n)
	}
	r.s.maxRows = 9
	if _, err := r.s.Run(r.ctx, RunInput{Path: r.file("many.csv", goodRows(10)), Source: "shop"}); errs.CodeOf(err) != "import.too_many_rows" {
		t.Errorf("more rows than allowed: %v", err)
	}
	r.s.maxRows = 10
	if _, err := r.s.Run(r.ctx, RunInput{Path: filepath.Join(r.dir, "nowhere.csv")}); errs.CodeOf(err) != "import.file_not_found" {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := r.s.Run(r.ctx, RunInput{Path: r.dir}); err == nil {
		t.Error("a folder was imported")
	}
	// The service is unharmed.
	if res := r.orders("good.csv", goodRows(10)); res.Accepted != 10 {
		t.Errorf("afterwards: %+v", res)
	}
}

// encryptedWorkbook is the beginning of an OLE container with the streams of
// an encrypted package ([MS-OFFCRYPTO] 1.3.1).
func encryptedWorkbook() string {
	const sector = 512
	b := make([]byte, sector*4)
	copy(b, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	put := func(at int, v ...byte) { copy(b[at:], v) }
	put(24, 0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0)
	put(44, 1, 0, 0, 0) // one FAT sector
	put(48, 1, 0, 0, 0) // directory at sector 1
	put(56, 0, 16, 0, 0)
	put(60, 0xfe, 0xff, 0xff, 0xff)
	put(68, 0xfe, 0xff, 0xff, 0xff)
	for i := 76; i < sector; i++ {
		b[i] = 0xff
	}
	put(76, 0, 0, 0, 0) // FAT in sector 0
	for i := sector; i < 2*sector; i++ {
		b[i] = 0xff
	}
	put(sector, 0xfd, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff)
	for k, name := range []string{"Root Entry", "EncryptionInfo", "EncryptedPackage"} {
		at := 2*sector + k*128
		for i, c := range []byte(name) {
			b[at+2*i] = c
		}
		b[at+64] = byte(2*len(name) + 2)
		b[at+66] = 2
	}
	b[2*sector+66] = 5
	return string(b)
}

// What is wrong with single rows refuses those, each with its own reason.
func TestBadRowsAreNamed(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t))
	row := func(s string) string { return s + "\n" }
	res := r.orders("a.csv", header+
		row("A1,M1,王芳,13800000001,1900-01-01,已付款,拿铁,1,30,")+
		row("A2,M1,王芳,13800000001,2999-01-01,已付款,拿铁,1,30,")+
		row("A3,M1,王芳,13800000001,2026-01-02,已付款,拿铁,1,-30,")+
		row("A4,M1,王芳,138,2026-01-02,已付款,拿铁,1,30,")+
		row("A5,M1,王芳,13800000001,2026-01-02,谁知道,拿铁,1,30,")+
		row("A6,M1,王芳,13800000001,,已付款,拿铁,1,30,")+
		row("A7,M1,王芳,13800000001,2026-01-02,已付款,拿铁,一,30,")+
		row("A8,M1,王芳,13800000001,2026-01-02,已付款,拿铁,1,,")+
		row("A9,M1,王芳,13800000001,2026-01-02,已付款,拿铁,1,99999999999,")+
		row("1.23E+15,M1,王芳,13800000001,2026-01-02,已付款,拿铁,1,30,")+
		row("B1,M1,王芳,13800000001,2026-01-02,已付款,拿铁,1,30,,,溢出")+
		row("B2,M1,王芳,13800000001,2026-01-02,已付款,拿铁,1,30,")+row("B2,M2,王芳,13800000001,2026-01-02,已付款,拿铁,1,30,"))
	want := map[string]int64{
		"clean.date_range": 2, "import.negative_amount": 1, "clean.bad_phone": 1, "clean.bad_status": 1, "import.no_date": 1,
		"clean.bad_quantity": 1, "import.no_amount": 1, "import.amount_range": 1, "clean.scientific": 1, "import.extra_cells": 1,
		"import.several_buyers": 1, "import.with_order": 1,
	}
	for code, n := range want {
		if res.Reasons[code] != n {
			t.Errorf("%s: %d rows, want %d (%v)", code, res.Reasons[code], n, res.Reasons)
		}
	}
	if res.Accepted != 0 || r.one(`SELECT count(*) FROM orders`) != 0 || r.one(`SELECT count(*) FROM customers`) != 0 {
		t.Errorf("something of refused rows was stored: %+v", res)
	}
	rejects, more, total, err := r.s.Rejects(r.ctx, RejectsInput{ID: res.ImportID, Limit: 5}, "en")
	if err != nil || total != res.Rejected || len(rejects) != 5 || !more || rejects[3].Line != 5 || rejects[3].Value != "138" || rejects[3].Cells[0] != "A4" {
		t.Errorf("rejects: %+v %v %v", rejects, more, err)
	}
	for _, rj := range rejects {
		if strings.Contains(rj.Reason, "{{") || strings.Contains(rj.Reason, "errors.") {
			t.Errorf("reason without a text: %q", rj.Reason)
		}
	}
}

// What people typed is nowhere in clear: not in the tables of imports, not in
// the audit log.
func TestNothingTypedIsStoredInClear(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t))
	r.orders("a.csv", header+
		"A1,15512345678,王芳,13812345678,2026-01-02,已付款,拿铁,1,30,\nF1,M2,王芳,13912345678,2026-01-02,已付款,拿铁,1,30,\n"+
		"A2,M1,王芳,1.38E+10,2026-01-02,已付款,拿铁,1,30,\nA3,M1,王芳,137123456789999,2026-01-02,已付款,拿铁,1,30,\n"+
		"F1,M2,王芳,13912345678,2026-01-02,已付款,拿铁,1,30,\n")
	for _, table := range r.lines(`SELECT name FROM sqlite_master WHERE type = 'table'`) {
		for _, l := range r.lines(`SELECT * FROM ` + table) {
			for _, secret := range []string{"13812345678", "13912345678", "15512345678", "137123456789999"} {
				if strings.Contains(l, secret) {
					t.Errorf("%s holds %s: %s", table, secret, l)
				}
			}
		}
	}
	raw := read(t, r.db.Path())
	if _, err := r.db.Writer().ExecContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	raw = append(raw, read(t, r.db.Path())...)
	for _, secret := range []string{"13812345678", "13912345678", "15512345678", "137123456789999"} {
		if bytes.Contains(raw, []byte(secret)) {
			t.Errorf("the file of the database holds %s", secret)
		}
	}
	var audited []string
	for _, l := range r.lines(`SELECT action, after_data FROM audit_log ORDER BY id`) {
		audited = append(audited, l)
	}
	if b, _ := json.Marshal(audited); !strings.Contains(string(b), "import.start") || !strings.Contains(string(b), "import.finished") {
		t.Errorf("audit log: %s", b)
	}
}
