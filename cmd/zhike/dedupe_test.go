package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"zhike/internal/platform/sheet"
)

// run calls the program and gives exit code and outputs.
func run(t *testing.T, args ...string) (int, string, string) {
	t.Helper()
	t.Setenv("ZHIKE_LOCALE", "en")
	var out, errOut bytes.Buffer
	code := execute(context.Background(), args, console{in: os.Stdin, out: &out, err: &errOut})
	return code, out.String(), errOut.String()
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const dedupeMap = "columns:\n  姓名: name.full\n  手机: phone\n"

func TestDedupeFiles(t *testing.T) {
	m := write(t, "map.yaml", dedupeMap)
	one := write(t, "a.csv", "编号, 姓名, 手机\n1, 张三丰, 13900139001\n2, 欧阳锋, 13700137000\n3, 张 三丰, 139 0013 9001\n4, 李四光, 13612345678\n")
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte("手机,姓名\n13611112222,王五一\n13700137000,欧阳峰\n"))
	_ = z.Close()
	two := write(t, "b.csv.gz", packed.String())

	code, out, errOut := run(t, "dedupe", one, "--map", m, "--json")
	var got dedupeOutcome
	if err := json.Unmarshal([]byte(out), &got); err != nil || code != 0 {
		t.Fatal(code, err, errOut)
	}
	if len(got.Pairs) != 1 || got.Pairs[0].A != 1 || got.Pairs[0].B != 3 || got.Pairs[0].Score < 0.9 {
		t.Errorf("one file: %s", out)
	}
	// b counts in the second file.
	code, out, errOut = run(t, "dedupe", one, two, "--map", m, "--json")
	if err := json.Unmarshal([]byte(out), &got); err != nil || code != 0 {
		t.Fatal(code, err, errOut)
	}
	if len(got.Pairs) != 1 || got.Pairs[0].A != 2 || got.Pairs[0].B != 2 {
		t.Errorf("two files: %s", out)
	}
	// For people: a table with reasons.
	code, out, _ = run(t, "dedupe", one, two, "--map", m)
	if code != 0 || !strings.Contains(out, "phone equal") || !strings.Contains(out, "name nearly equal") {
		t.Errorf("%d %s", code, out)
	}
	// Nothing found is an empty list, not null.
	none := write(t, "c.csv", "姓名,手机\n赵大宝,13512345672\n钱小丽,13588887777\n")
	if code, out, _ = run(t, "dedupe", none, "--map", m, "--json"); code != 0 || strings.Join(strings.Fields(out), "") != `{"pairs":[]}` {
		t.Errorf("%d %s", code, out)
	}
}

// Row numbers are those that other programs give: lines of commas count, empty
// lines do not, and in a workbook the sheet has the numbers.
func TestDedupeRowNumbers(t *testing.T) {
	m := write(t, "map.yaml", dedupeMap)
	for name, c := range map[string]struct {
		file string
		a, b int64
	}{
		"a line of commas":    {write(t, "a.csv", "姓名,手机\n,\n张三丰,13900139001\n , \n,\n张三丰,13900139001\n"), 2, 5},
		"an empty first line": {write(t, "a.csv", "\n姓名,手机\n张三丰,13900139001\n,\n张三丰,13900139001\n"), 1, 3},
		"an empty line":       {write(t, "a.csv", "姓名,手机\n张三丰,13900139001\n\n张三丰,13900139001\n"), 1, 2},
		"a line in a cell":    {write(t, "a.csv", "姓名,手机\n\"张三\n丰\",13900139001\n张三丰,13900139001\n"), 1, 2},
		"a workbook":          {workbook(t, [][]string{{"姓名", "手机"}, {"李四光", "13612345678"}, {"张三丰", "13900139001"}, {"张三丰", "13900139001"}}), 2, 3},
		"a workbook's gaps":   {workbook(t, [][]string{{"姓名", "手机"}, {"张三丰", "13900139001"}, {"", ""}, {"", ""}, {"张三丰", "13900139001"}}), 1, 4},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errOut := run(t, "dedupe", c.file, "--map", m, "--json")
			var got dedupeOutcome
			if err := json.Unmarshal([]byte(out), &got); err != nil || code != 0 {
				t.Fatal(code, err, errOut)
			}
			if len(got.Pairs) != 1 || got.Pairs[0].A != c.a || got.Pairs[0].B != c.b {
				t.Errorf("%s, want %d and %d", out, c.a, c.b)
			}
			if code, out, _ := run(t, "dedupe", c.file, "--map", m); code != 0 || !strings.Contains(out, "phone equal") {
				t.Errorf("for people: %d %s", code, out)
			}
		})
	}
}

func workbook(t *testing.T, rows [][]string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.xlsx")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	heads := make([]sheet.Column, len(rows[0]))
	for i, h := range rows[0] {
		heads[i].Title = h
	}
	w, err := sheet.NewXLSX(f, heads, sheet.XLSXOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows[1:] {
		if err := w.Write(sheet.Text(r[0]), sheet.Text(r[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDedupeRefusals(t *testing.T) {
	file := write(t, "a.csv", "姓名,手机\n张三丰,13900139001\n")
	good := write(t, "map.yaml", dedupeMap)
	for name, c := range map[string]struct {
		args []string
		code string
	}{
		"no map":          {[]string{file}, "dedupe.no_map"},
		"no file":         {[]string{"--map", good}, "cli.usage"},
		"missing file":    {[]string{file + "x", "--map", good}, "cli.file_missing"},
		"missing map":     {[]string{file, "--map", good + "x"}, "cli.file_missing"},
		"unknown meaning": {[]string{file, "--map", write(t, "m.yaml", "columns:\n  姓名: name.nick\n")}, "dedupe.unknown_meaning"},
		"empty map":       {[]string{file, "--map", write(t, "m.yaml", "")}, "dedupe.map_empty"},
		"broken map":      {[]string{file, "--map", write(t, "m.yaml", "columns: [\n")}, "dedupe.map_unreadable"},
		"other key":       {[]string{file, "--map", write(t, "m.yaml", "colums:\n  姓名: name.full\n")}, "dedupe.map_unreadable"},
		"no such column":  {[]string{file, "--map", write(t, "m.yaml", "columns:\n  姓名: name.full\n  生日: birthday\n")}, "dedupe.no_such_column"},
		"none of them":    {[]string{file, "--map", write(t, "m.yaml", "columns:\n  生日: birthday\n")}, "dedupe.no_mapped_column"},
		"threshold":       {[]string{file, "--map", good, "--threshold", "1.5"}, "dedupe.bad_threshold"},
		"not a table":     {[]string{write(t, "x.csv", "\x89PNG\r\n\x1a\n\x00\x00"), "--map", good}, "sheet.not_table"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errOut := run(t, append([]string{"dedupe", "--json"}, c.args...)...)
			want := exitUsage
			if c.code == "cli.file_missing" {
				want = exitNotFound
			}
			if code != want || out != "" || !strings.Contains(errOut, strconv.Quote(c.code)) {
				t.Errorf("exit %d, %q, %s; want %s", code, out, errOut, c.code)
			}
			if strings.Contains(errOut, "struct") {
				t.Errorf("%s tells of the program's own types", errOut)
			}
		})
	}
}
