package sheet

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"testing"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"zhike/internal/platform/errs"
)

// readAll opens b and copies all rows.
func readAll(b []byte, opt Options) (*File, []Row, error) {
	f, err := Open(context.Background(), FromBytes(b), opt)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	var rows []Row
	for {
		r, err := f.Next()
		if err == io.EOF {
			return f, rows, nil
		}
		if err != nil {
			return f, rows, err
		}
		c := cloneRow(r)
		c.Extra = append([]string(nil), r.Extra...)
		c.Number = 0 // the tests of dedupe files look at it
		rows = append(rows, c)
	}
}

func mustRead(t *testing.T, b []byte, opt Options) (*File, []Row) {
	t.Helper()
	f, rows, err := readAll(b, opt)
	if err != nil {
		t.Fatalf("read: %v %v", err, errs.From(err).Params)
	}
	return f, rows
}

func cellsOf(rows []Row) [][]string {
	out := make([][]string, len(rows))
	for i, r := range rows {
		out[i] = r.Cells
	}
	return out
}

// wantErr checks the code and the given parameters of err.
func wantErr(t *testing.T, err error, code string, kv ...any) {
	t.Helper()
	var e *errs.Error
	if !errors.As(err, &e) || e.Code != code {
		t.Fatalf("error %v, want %s", err, code)
	}
	for i := 0; i < len(kv); i += 2 {
		if got := e.Params[kv[i].(string)]; got != kv[i+1] {
			t.Errorf("%s: param %v = %v, want %v", code, kv[i], got, kv[i+1])
		}
	}
}

func gb(t testing.TB, s string) []byte {
	t.Helper()
	b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func utf16Bytes(s string, big bool) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune("\ufeff" + s)) {
		if big {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return b
}

func gzBytes(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// workbookBytes makes an XLSX with excelize, so that the reader is tested
// against a writer that is not ours.
func workbookBytes(t testing.TB, fill func(f *excelize.File) error) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := fill(f); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
