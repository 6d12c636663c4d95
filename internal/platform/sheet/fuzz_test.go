package sheet

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"zhike/internal/platform/errs"
)

// FuzzCSV compares the splitter with encoding/csv on everything that the
// latter accepts under its strict rules.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{
		"a,b\n1,2\n", "a,\"b\"\"c\"\r\n\"x\ny\",z", "\"\"\n\"\",\"\"\n", "a\r\nb\r", "\r", "\"a\"\r", ",,\n\n,", "a\"b,c\n", "\"a\"b,c\n", "\"\r\n\"",
		"\"a\r\"\r\n", "中,文\n\"引,号\"\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) || !strings.Contains(s, "\n") {
			return
		}
		got, bad, err := splitAll(s)
		std := csv.NewReader(strings.NewReader(s))
		std.FieldsPerRecord = -1
		want, stdErr := std.ReadAll()
		if stdErr != nil {
			if err == nil && !bad && !strings.Contains(stdErr.Error(), `bare "`) {
				t.Fatalf("encoding/csv refuses %q (%v), the splitter says nothing", s, stdErr)
			}
			return
		}
		if err != nil || bad {
			t.Fatalf("%q: %v, doubtful %v", s, err, bad)
		}
		// encoding/csv drops empty lines and turns CRLF inside quotes into LF.
		var kept [][]string
		for _, row := range got {
			for i := range row {
				row[i] = strings.ReplaceAll(row[i], "\r\n", "\n")
			}
			if len(row) != 1 || row[0] != "" {
				kept = append(kept, row)
			}
		}
		var wanted [][]string
		for _, row := range want {
			if len(row) != 1 || row[0] != "" {
				wanted = append(wanted, row)
			}
		}
		if diff := cmp.Diff(wanted, kept); diff != "" {
			t.Fatalf("%q: %s", s, diff)
		}
	})
}

// splitAll splits s without header, trimming or detection.
func splitAll(s string) (rows [][]string, bad bool, err error) {
	c := &csvReader{delim: ',', maxCell: 1 << 20, maxCols: 1 << 20}
	c.t = &textReader{ctx: context.Background(), src: onlyBytes(s), eol: '\n', enc: UTF8, dec: utf8Decoder{}}
	c.special[','], c.special['\n'] = true, true
	for {
		var row Row
		err := c.next(&row)
		if err == io.EOF {
			return rows, bad, nil
		}
		if err != nil {
			return rows, bad, err
		}
		bad = bad || row.BadQuote
		rows = append(rows, row.Cells)
	}
}

// onlyBytes reads a few bytes at a time, so that every state meets the end of
// a block.
func onlyBytes(s string) io.Reader { return &dribble{strings.NewReader(s)} }

type dribble struct{ r *strings.Reader }

func (d *dribble) Read(p []byte) (int, error) { return d.r.Read(p[:min(len(p), 3)]) }

// FuzzOpen feeds anything at all: no panic, no hang, only errors with a code.
func FuzzOpen(f *testing.F) {
	good := workbookBytes(f, func(x *excelize.File) error {
		if err := x.SetSheetRow("Sheet1", "A1", &[]any{"甲", "乙"}); err != nil {
			return err
		}
		return x.SetSheetRow("Sheet1", "A2", &[]any{1, time.Unix(0, 0)})
	})
	f.Add(good)
	f.Add(handMade(f, nil))
	f.Add(ole("Root Entry", "EncryptedPackage"))
	f.Add(gzBytes(f, []byte("a,b\n1,2\n")))
	f.Add(gb(f, "姓名,手机\n张三,1\n"))
	f.Add(utf16Bytes("a\tb\n1\t2\n", true))
	f.Add([]byte("\ufeffa,b\n\"1\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		start := time.Now()
		file, rows, err := readAll(b, Options{MaxUnpacked: 8 << 20, MaxMemory: 8 << 20})
		if err != nil {
			var e *errs.Error
			if !errors.As(err, &e) || !strings.HasPrefix(e.Code, "sheet.") {
				t.Fatalf("error without a code: %v", err)
			}
		}
		if file != nil {
			for _, r := range rows {
				if len(r.Cells) != len(file.Info.Header) {
					t.Fatalf("line %d has %d cells, the header %d", r.Line, len(r.Cells), len(file.Info.Header))
				}
			}
		}
		if d := time.Since(start); d > 10*time.Second {
			t.Fatalf("took %s", d)
		}
	})
}

// FuzzSheetXML goes past the ZIP checksum, into the XML of a sheet.
func FuzzSheetXML(f *testing.F) {
	f.Add(`<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c t="inlineStr"><is><t>x&amp;</t></is></c></row></sheetData></worksheet>`)
	f.Add(`<?xml version="1.0"?><!-- c --><worksheet><cols/><sheetData><row><c s="1"><f>a</f><v>1.5</v></c></row><row r='3'/></sheetData>`)
	f.Add(`<x:worksheet><x:sheetData/><x:y a="/>"/></x:worksheet>`)
	f.Fuzz(func(t *testing.T, s string) {
		_, _, err := readAll(handMade(t, map[string]string{"xl/worksheets/sheet1.xml": s}), Options{})
		var e *errs.Error
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("error without a code: %v", err)
		}
	})
}

// FuzzGB checks the table decoder against the encoder and against cuts at
// every place.
func FuzzGB(f *testing.F) {
	f.Add([]byte("\xd6\xd0\xce\xc4,\x81\x30\x81\x30\n"), 3)
	f.Add([]byte("a\x80\xff"), 1)
	f.Fuzz(func(t *testing.T, b []byte, cut int) {
		if cut < 0 || cut > len(b) {
			return
		}
		whole, n, why := newDecoder(GB18030).decode(nil, b, true)
		if !utf8.Valid(whole) || n > len(b) || why == fine && n != len(b) {
			t.Fatalf("%q: %q %d %d", b, whole, n, why)
		}
		// The watch for UTF-8 lines looks at pieces, so compare without it.
		d := newDecoder(GB18030).(*gbDecoder)
		part, k, w1 := d.decode(nil, b[:cut], false)
		if w1 == fine && why == fine {
			part, m, w2 := d.decode(part, b[k:], true)
			if w2 == fine && (!bytes.Equal(part, whole) || k+m != len(b)) {
				t.Fatalf("%q cut at %d: %q, whole %q", b, cut, part, whole)
			}
		}
	})
}
