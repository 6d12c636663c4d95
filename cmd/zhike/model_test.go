package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"zhike/internal/platform/sheet"
	"zhike/test/realdata"
)

// keys gives the names of a JSON object's members, also of inner objects.
func keys(t *testing.T, text string) map[string]bool {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err, text)
	}
	out := map[string]bool{}
	for k, inner := range v {
		out[k] = true
		if m, ok := inner.(map[string]any); ok {
			for i := range m {
				out[k+"."+i] = true
			}
		}
	}
	return out
}

// The file as published (blanks, no titles) and the same orders as a CSV give
// the published parameters, in the form that other programs rely on.
func TestModelFitCDNOW(t *testing.T) {
	path := realdata.Path(t, "cdnow_sample/CDNOW_sample.txt")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var csv strings.Builder
	csv.WriteString("\ufeff买家;日期;金额\r\n")
	for _, line := range strings.Split(string(text), "\n") {
		if c := strings.Fields(line); len(c) == 5 {
			fmt.Fprintf(&csv, "%s;%s/%s/%s;¥%s\r\n", c[0], c[2][:4], c[2][4:6], c[2][6:], c[4])
		}
	}
	for name, a := range map[string][]string{
		"as published": {"--orders", path, "--customer", "1", "--date", "3", "--amount", "5"},
		"a CSV":        {"--orders", write(t, "a.csv", csv.String()), "--customer", "买家", "--date", "日期", "--amount", "金额"},
		"by number":    {"--orders", write(t, "a.csv", csv.String()), "--customer", "1", "--date", "2", "--amount", "3"},
	} {
		t.Run(name, func(t *testing.T) {
			a = append([]string{"model", "fit", "--calibrate-until", "1997-09-30", "--unit", "week"}, a...)
			code, out, errOut := run(t, append(a, "--json")...)
			if code != 0 || errOut != "" {
				t.Fatal(code, errOut)
			}
			got := keys(t, out)
			for _, k := range []string{"customers", "bgnbd", "bgnbd.r", "bgnbd.alpha", "bgnbd.a", "bgnbd.b", "bgnbd.log_likelihood", "gamma_gamma",
				"gamma_gamma.p", "gamma_gamma.q", "gamma_gamma.v", "gamma_gamma.log_likelihood", "holdout", "holdout.actual", "holdout.expected"} {
				if !got[k] {
					t.Errorf("%s is missing", k)
				}
				delete(got, k)
			}
			if len(got) > 0 {
				t.Errorf("too much: %v", got)
			}
			var m modelOutcome
			if err := json.Unmarshal([]byte(out), &m); err != nil {
				t.Fatal(err)
			}
			text := fmt.Sprintf("%d %.3f %.3f %.3f %.3f %.1f %.2f %.2f %.2f %d %.1f", m.Customers, m.BGNBD.R, m.BGNBD.Alpha, m.BGNBD.A, m.BGNBD.B, m.BGNBD.LogLikelihood,
				m.GammaGamma.P, m.GammaGamma.Q, m.GammaGamma.V, m.Holdout.Actual, m.Holdout.Expected)
			if text != "2357 0.243 4.414 0.793 2.426 -9582.4 6.25 3.74 15.44 1882 1653.4" {
				t.Error(text)
			}
			code, out, _ = run(t, a...)
			if code != 0 || !strings.Contains(out, "2,357 customers") || !strings.Contains(out, "6 of 6 starts converged") || strings.Contains(out, "{{") {
				t.Errorf("%d %s", code, out)
			}
		})
	}
}

// A number is a column also where a cell of the first row looks like it.
func TestModelFitByNumber(t *testing.T) {
	var b strings.Builder
	for i := range 60 {
		fmt.Fprintf(&b, "%d,2026-01-%02d,2,3\n%d,2026-03-%02d,2,4\n", i/2+1, i%28+1, i/2+1, i%28+1)
	}
	code, out, errOut := run(t, "model", "fit", "--orders", write(t, "a.csv", b.String()), "--customer", "1", "--date", "2", "--amount", "3", "--json", "--details")
	var m modelOutcome
	if err := json.Unmarshal([]byte(out), &m); err != nil || code != 0 {
		t.Fatal(code, err, errOut)
	}
	if m.Customers != 30 || m.Details.Rows != 120 || m.GammaGamma == nil {
		t.Error(out)
	}
}

// What is left out is counted; no value and no holdout are said.
func TestModelFitCounts(t *testing.T) {
	var b strings.Builder
	b.WriteString("客户,日期,金额\n,2026-01-01,5\n甲,2026-01-02,-3\n")
	for i := range 40 {
		fmt.Fprintf(&b, "c%d,2026-01-%02d,0\n", i, i%20+1)
		if i%2 == 0 {
			fmt.Fprintf(&b, "c%d,2026-02-%02d,0\nc%d,2026-02-%02d,0\n", i, i%20+1, i, i%20+1)
		}
	}
	path := write(t, "a.csv", b.String())
	a := []string{"model", "fit", "--orders", path, "--customer", "客户", "--date", "日期", "--amount", "金额"}
	code, out, errOut := run(t, append(a, "--json", "--details")...)
	var m modelOutcome
	if err := json.Unmarshal([]byte(out), &m); err != nil || code != 0 {
		t.Fatal(code, err, errOut)
	}
	if m.Customers != 40 || m.GammaGamma != nil || m.Details.Guests != 1 || m.Details.Returns != 1 || m.Details.Study.Repeaters != 20 || m.Details.Rows != 82 {
		t.Errorf("%s", out)
	}
	found := map[string]bool{}
	for _, n := range m.Warnings {
		found[n.Code] = true
	}
	if !found["few_repeaters"] || !found["no_values"] || !found["no_holdout"] {
		t.Errorf("%+v", m.Warnings)
	}
	if code, out, _ = run(t, a...); code != 0 || !strings.Contains(out, "no customer: 1 rows") || !strings.Contains(out, "Only 20 customers bought again") || strings.Contains(out, "{{") {
		t.Errorf("%d %s", code, out)
	}
}

func TestModelFitRefusals(t *testing.T) {
	good := write(t, "a.csv", "客户,日期,金额\na,2026-01-01,5\na,2026-01-05,5\nb,2026-02-01,1\n")
	columns := []string{"--customer", "客户", "--date", "日期", "--amount", "金额"}
	with := func(path string, more ...string) []string {
		return append(append([]string{"--orders", path}, columns...), more...)
	}
	for name, c := range map[string]struct {
		args []string
		code string
		say  string
	}{
		"no flags":        {nil, "model.flags", "--orders: is required"},
		"missing file":    {with(good + "x"), "cli.file_missing", ""},
		"no such column":  {[]string{"--orders", good, "--customer", "买家", "--date", "日期", "--amount", "金额"}, "model.no_such_column", "客户, 日期, 金额"},
		"no such number":  {[]string{"--orders", good, "--customer", "1", "--date", "2", "--amount", "4"}, "model.no_such_number", "has 3"},
		"unit":            {with(good, "--unit", "month"), "model.unit", "month"},
		"until":           {with(good, "--calibrate-until", "30.6.2026"), "cli.as_of", ""},
		"too early":       {with(good, "--calibrate-until", "2025-12-31"), "model.calibration_early", "2026-01-01 to 2026-02-01"},
		"too late":        {with(good, "--calibrate-until", "2026-02-02"), "model.calibration_late", "2026-01-01 to 2026-02-01"},
		"bad date":        {with(write(t, "b.csv", "客户,日期,金额\na,2026-01-01,5\n\na,2026-02-30,5\n")), "model.bad_cell", "Line 4"},
		"no date":         {with(write(t, "b.csv", "客户,日期,金额\na,,5\n")), "model.bad_cell", "Line 2"},
		"ambiguous date":  {with(write(t, "b.csv", "客户,日期,金额\na,3/4/2026,5\n")), "model.bad_cell", "日期"},
		"future date":     {with(write(t, "b.csv", "客户,日期,金额\na,2999-01-01,5\n")), "model.bad_cell", "日期"},
		"bad amount":      {with(write(t, "b.csv", "客户,日期,金额\na,2026-01-01,five\n")), "model.bad_cell", "金额"},
		"empty":           {with(write(t, "b.csv", "")), "sheet.empty", ""},
		"titles only":     {with(write(t, "b.csv", "客户,日期,金额\n")), "sheet.header_only", ""},
		"no repeaters":    {with(good, "--calibrate-until", "2026-01-04"), "model.no_repeaters", "second day"},
		"no customers":    {with(write(t, "b.csv", "客户,日期,金额\n,2026-01-01,5\n")), "model.no_orders", ""},
		"returns only":    {with(write(t, "b.csv", "客户,日期,金额\na,2026-01-01,-5\n")), "model.no_orders", ""},
		"not a table":     {with(write(t, "x.csv", "\x89PNG\r\n\x1a\n\x00\x00")), "sheet.not_table", ""},
		"an argument":     {[]string{"x"}, "cli.usage", ""},
		"unknown command": {[]string{"--no-such-flag"}, "cli.usage", ""},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errOut := run(t, append([]string{"model", "fit", "--json"}, c.args...)...)
			want := exitUsage
			if c.code == "cli.file_missing" {
				want = exitNotFound
			}
			if code != want || out != "" || !strings.Contains(errOut, strconv.Quote(c.code)) {
				t.Errorf("exit %d, %q, %s; want %s", code, out, errOut, c.code)
			}
			if _, _, errOut = run(t, append([]string{"model", "fit"}, c.args...)...); !strings.Contains(errOut, c.say) || strings.Contains(errOut, "{{") {
				t.Errorf("%s does not say %q", errOut, c.say)
			}
		})
	}
}

// Encodings, separators and formats are those of every other reader.
func TestModelFitFormats(t *testing.T) {
	rows := [][]string{{"客户", "日期", "金额"}}
	for i := range 60 {
		rows = append(rows, []string{fmt.Sprint("c", i), fmt.Sprintf("2026-01-%02d", i%28+1), "9.5"})
		if i%2 == 0 {
			rows = append(rows, []string{fmt.Sprint("c", i), fmt.Sprintf("2026-03-%02d", i%28+1), "20"}, []string{fmt.Sprint("c", i), fmt.Sprintf("2026-04-%02d", i%28+1), "8"})
		}
	}
	var gb, tabs bytes.Buffer
	w, err := sheet.NewCSV(&gb, []sheet.Column{{Title: "客户"}, {Title: "日期"}, {Title: "金额"}}, sheet.CSVOptions{GB18030: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows[1:] {
		if err := w.Write(sheet.Text(r[0]), sheet.Text(r[1]), sheet.Text(r[2])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		tabs.WriteString(strings.Join(r, "\t") + "\n")
	}
	want := 0.0
	for name, path := range map[string]string{
		"GB18030": write(t, "a.csv", gb.String()), "tabs": write(t, "a.txt", tabs.String()),
		"blanks": write(t, "a.dat", strings.ReplaceAll(tabs.String(), "\t", "  ")),
		"titles": write(t, "a.csv", "订单导出\n\n"+strings.ReplaceAll(tabs.String(), "\t", ",")),
	} {
		code, out, errOut := run(t, "model", "fit", "--orders", path, "--customer", "客户", "--date", "日期", "--amount", "金额", "--json")
		var m modelOutcome
		if err := json.Unmarshal([]byte(out), &m); err != nil || code != 0 {
			t.Fatal(name, code, err, errOut)
		}
		if want == 0 {
			want = m.BGNBD.LogLikelihood
		}
		if m.Customers != 60 || math.Abs(m.BGNBD.LogLikelihood-want) > 1e-9 {
			t.Errorf("%s: %s", name, out)
		}
	}
}

func TestModelChurnTelco(t *testing.T) {
	path := realdata.Path(t, "telco_churn/Telco-Customer-Churn.csv.gz")
	a := []string{"model", "churn", "--file", path, "--label", "Churn", "--id", "customerID"}
	code, out, errOut := run(t, append(a, "--json")...)
	var got churnOutcome
	if err := json.Unmarshal([]byte(out), &got); err != nil || code != 0 {
		t.Fatal(code, err, errOut)
	}
	v := got.Validation
	if got.Customers != 7043 || got.Positives != 1869 || got.Positive != "Yes" || v.Folds != 10 || v.AUC < 0.84 || v.AUC > 0.85 || v.ECE > 0.02 || len(v.Calibration) != 10 || len(got.Fields) != 19 {
		t.Errorf("%.600s", out)
	}
	code, text, _ := run(t, a...)
	if code != 0 || !strings.Contains(text, "tenure: 20 more lowers the odds") || !strings.Contains(text, "TotalCharges: 11 missing") || strings.Contains(text, "{{") {
		t.Errorf("%d %s", code, text)
	}
	t.Setenv("ZHIKE_LOCALE", "zh-CN")
	// The same call says the same twice.
	if _, again, _ := run(t, append(a, "--json")...); again != out {
		t.Error("two runs differ")
	}
	// A field that is left out is not learned from.
	if _, out, _ = run(t, append(a, "--json", "--ignore", "tenure,TotalCharges")...); strings.Contains(out, `"tenure"`) {
		t.Error("tenure was to be ignored")
	}
}

func TestModelChurnRefusals(t *testing.T) {
	labels := func(words ...string) string {
		var b strings.Builder
		b.WriteString("会员,消费,流失,空\n")
		for i := range 200 {
			fmt.Fprintf(&b, "m%d,%d,%s,\n", i, i*7%31, words[i%len(words)])
		}
		return write(t, "a.csv", b.String())
	}
	for name, c := range map[string]struct {
		args []string
		code string
	}{
		"no flags":       {nil, "model.flags"},
		"folds":          {[]string{"--file", "x", "--label", "y", "--folds", "1"}, "model.flags"},
		"no such column": {[]string{"--file", labels("是", "否"), "--label", "离开"}, "model.no_such_column"},
		"ignored column": {[]string{"--file", labels("是", "否"), "--label", "流失", "--ignore", "年龄"}, "model.no_such_column"},
		"three values":   {[]string{"--file", labels("是", "否", "不知道"), "--label", "流失"}, "model.label_values"},
		"one value":      {[]string{"--file", labels("否"), "--label", "流失"}, "model.label_single"},
		"which":          {[]string{"--file", labels("A", "B"), "--label", "流失"}, "model.which_label"},
		"not a value":    {[]string{"--file", labels("A", "B"), "--label", "流失", "--positive", "C"}, "model.which_label"},
		"nothing else":   {[]string{"--file", labels("是", "否"), "--label", "流失", "--id", "会员", "--ignore", "消费"}, "model.no_fields"},
		"twice":          {[]string{"--file", write(t, "b.csv", "a,a,流失\n1,2,是\n"), "--label", "流失"}, "model.column_twice"},
		"few":            {[]string{"--file", write(t, "b.csv", "a,流失\n1,是\n2,否\n"), "--label", "流失"}, "model.few_labelled"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errOut := run(t, append([]string{"model", "churn", "--json"}, c.args...)...)
			if code != exitUsage || out != "" || !strings.Contains(errOut, strconv.Quote(c.code)) {
				t.Errorf("exit %d, %q, %s; want %s", code, out, errOut, c.code)
			}
		})
	}
}
