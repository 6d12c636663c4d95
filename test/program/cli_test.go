package program

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhike/test/realdata"
)

type imported struct {
	RowsRead         int64   `json:"rows_read"`
	Accepted         int64   `json:"accepted"`
	Rejected         int64   `json:"rejected"`
	Unchanged        int64   `json:"unchanged"`
	CustomersCreated int64   `json:"customers_created"`
	CustomersMatched int64   `json:"customers_matched"`
	OrdersCreated    int64   `json:"orders_created"`
	OrdersUpdated    int64   `json:"orders_updated"`
	ErrorFile        *string `json:"error_file"`
}

type graded struct {
	Scheme    string `json:"scheme"`
	AsOf      string `json:"as_of"`
	Customers int64  `json:"customers"`
	Levels    []struct {
		Code      string  `json:"code"`
		Name      string  `json:"name"`
		Customers int64   `json:"customers"`
		Revenue   int64   `json:"revenue_fen"`
		Share     float64 `json:"share"`
	} `json:"levels"`
}

// The whole way on the command line with a Chinese shop's real export: no
// mapping given, figures as the data's own description has them.
func TestCommandLineOnRealOrders(t *testing.T) {
	file := realdata.Path(t, "cn_orders/cn_orders.xlsx")
	onBoth(t, func(t *testing.T, in *install) {
		var r imported
		in.must(&r, "import", "orders", file, "--json")
		if r.RowsRead != 28_832 || r.Accepted+r.Rejected+r.Unchanged != r.RowsRead || r.Rejected != 0 {
			t.Fatalf("first import %+v", r)
		}
		if r.CustomersCreated != 25_948 {
			t.Errorf("%d buyers, want 25,948", r.CustomersCreated)
		}
		in.must(&r, "import", "orders", file, "--json")
		if r.Unchanged != 28_832 || r.CustomersCreated+r.OrdersCreated+r.OrdersUpdated != 0 {
			t.Fatalf("the same file again %+v", r)
		}
		var g graded
		in.must(&g, "tier", "run", "--scheme", "value-rules", "--as-of", "2019-06-30", "--json")
		var people, revenue int64
		var share float64
		for _, l := range g.Levels {
			people += l.Customers
			revenue += l.Revenue
			share += l.Share
		}
		// 1,501,873.785 yuan, rounded half to even once.
		if g.Customers != 25_948 || people != g.Customers || revenue != 150_187_378 || share < 0.999999 || share > 1.000001 {
			t.Errorf("grading %+v: %d people, %d fen, share %v", g, people, revenue, share)
		}
		for _, scheme := range []string{"value-score", "rfm"} {
			in.must(&g, "tier", "run", "--scheme", scheme, "--as-of", "2019-06-30", "--json")
			if g.Scheme != scheme || g.Customers != 25_948 {
				t.Errorf("%s: %+v", scheme, g)
			}
		}
		reports(t, in)
		exports(t, in)
		schemes(t, in)
		in.must(nil, "doctor")
		if out := in.must(nil, "audit", "verify"); !strings.Contains(out, "whole") {
			t.Errorf("audit verify said %q", out)
		}
	})
}

func reports(t *testing.T, in *install) {
	t.Helper()
	var rep map[string]any
	in.must(&rep, "report", "tiering", "--format", "json")
	if rep["headline"] == "" || rep["summary"] == nil {
		t.Errorf("report %v", rep)
	}
	html := in.must(nil, "report", "tiering", "--format", "html")
	if !strings.Contains(html, "<svg") || strings.Contains(html, "<script") || strings.Contains(html, "http://") && !strings.Contains(html, "http://www.w3.org/2000/svg") {
		t.Errorf("the printed report has no charts, or something it must not have")
	}
	xlsx := filepath.Join(in.dir, "report.xlsx")
	in.must(nil, "report", "tiering", "--format", "xlsx", "--out", xlsx)
	if st, err := os.Stat(xlsx); err != nil || st.Size() < 10_000 {
		t.Errorf("XLSX: %v %v", st, err)
	}
	if _, _, code := in.run("report", "tiering", "--format", "pdf"); code != 2 {
		t.Errorf("an unknown format ended with %d", code)
	}
	if _, _, code := in.run("report", "tiering", "--run", "999999"); code != 3 {
		t.Errorf("a run that is not there ended with %d", code)
	}
}

// exports: a file in the layout of another system, masked unless asked for in clear.
func exports(t *testing.T, in *install) {
	t.Helper()
	file := filepath.Join(in.dir, "contacts.csv")
	in.must(nil, "export", "customers", "--layout", "zoho_contacts", "--out", file)
	b, err := os.ReadFile(file)
	if head, _, _ := strings.Cut(string(b), "\n"); err != nil || !strings.Contains(head, "Contact Owner,") || !strings.Contains(head, ",Mailing Zip,") {
		t.Errorf("%v, first line %q", err, head)
	}
	for _, wrong := range [][]string{{"--layout", "sap"}, {"--format", "pdf"}, {"--format", "xlsx"}, {"--out", filepath.Join(in.dir, "customers.txt")}, {"--layout", "zoho_contacts", "--columns", "id"}, {"--filter", "{"}} {
		if _, _, code := in.run(append([]string{"export", "customers"}, wrong...)...); code != 2 {
			t.Errorf("%v ended with %d", wrong, code)
		}
	}
}

func schemes(t *testing.T, in *install) {
	t.Helper()
	text := in.must(nil, "tier", "scheme", "export", "value-rules")
	if !strings.Contains(text, "0.2") {
		t.Errorf("exported scheme:\n%s", text)
	}
	changed := strings.Replace(text, "value: 0.2\n", "value: 0.1\n", 1)
	if changed == text {
		t.Fatalf("no share of 0.2 in\n%s", text)
	}
	file := filepath.Join(in.dir, "scheme.yaml")
	if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	var v struct {
		Version int `json:"version"`
	}
	for range 2 { // the second time nothing differs
		in.must(&v, "tier", "scheme", "import", file, "--json")
		if v.Version != 2 {
			t.Errorf("version %d", v.Version)
		}
	}
	bad := filepath.Join(in.dir, "bad.yaml")
	if err := os.WriteFile(bad, []byte(strings.Replace(text, "method: rules", "method: magic", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, errOut, code := in.run("tier", "scheme", "import", bad); code != 2 || !strings.Contains(out+errOut, "magic") {
		t.Errorf("a bad scheme ended with %d: %s%s", code, out, errOut)
	}
}

// A file of which rows are refused ends with an exit code of its own; a dry run
// leaves their file only where it was told to.
func TestImportThatRefusesRows(t *testing.T) {
	in := newInstall(t, "")
	file, errors := filepath.Join(in.dir, "in.csv"), filepath.Join(in.dir, "refused", "rows.csv")
	good := "订单编号,会员编号,付款时间,实付金额\nA1,M1,2026-03-01 10:00:00,12.50\n"
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	left := func() (n int) {
		list, err := filepath.Glob(filepath.Join(in.dir, "*", "imports", "*-errors.csv"))
		more, err2 := filepath.Glob(filepath.Join(in.dir, "imports", "*-errors.csv"))
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		return len(list) + len(more)
	}
	write(good + "A2,M2,2026-03-02 10:00:00,much\n")
	if out, errOut, code := in.run("import", "orders", file, "--dry-run"); code != exitRefused || strings.Contains(errOut, "errors.") || !strings.Contains(out, "--errors") || left() != 0 {
		t.Errorf("dry: %d, %d files, %s%s", code, left(), out, errOut)
	}
	var r imported
	out, _, code := in.run("import", "orders", file, "--dry-run", "--json", "--errors", errors)
	b, err := os.ReadFile(errors)
	if json.Unmarshal([]byte(out), &r) != nil || code != exitRefused || r.ErrorFile == nil || *r.ErrorFile != errors || err != nil || !strings.Contains(string(b), "much") || left() != 0 {
		t.Errorf("dry, told where: %d %v %s %s", code, err, out, b)
	}
	if out, errOut, code := in.run("import", "orders", file); code != exitRefused || strings.Contains(errOut, "errors.") || left() != 1 {
		t.Errorf("%d, %d files, %s%s", code, left(), out, errOut)
	}
	write(good)
	in.must(nil, "import", "orders", file)
}

// Exit codes and messages of wrong calls.
func TestWrongCalls(t *testing.T) {
	in := newInstall(t, "")
	notes := filepath.Join(in.dir, "notes.bin")
	if err := os.WriteFile(notes, []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), 0o600); err != nil {
		t.Fatal(err)
	}
	columns := filepath.Join(in.dir, "columns.yaml")
	if err := os.WriteFile(columns, []byte("columns:\n  name: name.full\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
	}{
		{[]string{"frobnicate"}, 2},
		{[]string{"import", "orders"}, 2},
		{[]string{"import", "orders", "nowhere.csv"}, 3},
		{[]string{"import", "orders", notes}, 2},
		{[]string{"import", "orders", in.dir}, 2},
		{[]string{"import", "orders", notes, "--map", "nowhere.yaml"}, 3},
		{[]string{"dedupe", "nowhere.csv", "--map", columns}, 3},
		{[]string{"dedupe", notes, "--map", "nowhere.yaml"}, 3},
		{[]string{"dedupe", in.dir, "--map", columns}, 2},
		{[]string{"model", "fit", "--orders", "nowhere.csv", "--customer", "a", "--date", "b", "--amount", "c"}, 3},
		{[]string{"tier", "scheme", "import", "nowhere.json"}, 3},
		{[]string{"audience", "count", "--rule", "nowhere.json"}, 3},
		{[]string{"user", "add", "li.na", "--role", "operations", "--password-file", "nowhere"}, 3},
		{[]string{"tier", "run", "--scheme", "no-such"}, 3},
		{[]string{"tier", "run", "--as-of", "30.9.2026"}, 2},
		{[]string{"serve", "--addr", "nonsense"}, 2},
		{[]string{"backup", filepath.Join(in.dir, "no", "such", "folder", "x.db")}, 5},
	} {
		out, errOut, code := in.run(c.args...)
		if code != c.code {
			t.Errorf("%v ended with %d, want %d: %s%s", c.args, code, c.code, out, errOut)
		}
		if strings.TrimSpace(errOut) == "" || strings.Contains(errOut, "{{") || strings.Contains(errOut, "errors.") {
			t.Errorf("%v said %q", c.args, errOut)
		}
		_, errOut, _ = in.run(append(c.args, "--json")...)
		var e struct {
			Error struct{ Code, Message string } `json:"error"`
		}
		if err := json.Unmarshal([]byte(errOut), &e); err != nil || e.Error.Code == "" || e.Error.Message == "" {
			t.Errorf("%v --json said %q", c.args, errOut)
		}
	}
}

// Nothing of the buyers' contacts is readable in the database, its log, a
// backup or what the program writes beside them.
func TestContactsAreNowhereInClear(t *testing.T) {
	in := newInstall(t, "")
	file := filepath.Join(in.dir, "in.csv")
	csv := "订单编号,会员编号,买家姓名,手机号,邮箱,收货地址,付款时间,实付金额\n" +
		"A1,15412345678,王小明,154 1234 5678,Ming.Wang@example.com,文三路478号华星时代广场,2026-03-01 10:00:00,12.50\n" +
		"A2,M2,15487654321,+86-15487654321,li@example.org,,2026-03-02 10:00:00,19.90\n" +
		"A3,M3,李四,1.54E+10,bad@example.net,,2026-03-02 10:00:00,19.90\n"
	if err := os.WriteFile(file, []byte(csv), 0o600); err != nil {
		t.Fatal(err)
	}
	var r imported
	out, errOut, code := in.run("import", "orders", file, "--json")
	if err := json.Unmarshal([]byte(out), &r); err != nil || code != exitRefused {
		t.Fatalf("%d %v: %s%s", code, err, out, errOut)
	}
	if r.Accepted != 2 || r.Rejected != 1 || r.ErrorFile == nil || *r.ErrorFile == "" {
		t.Fatalf("%+v", r)
	}
	in.must(nil, "backup", filepath.Join(in.dir, "copy.db"))
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	// The error file is meant to be read and corrected by a person.
	if err := os.Remove(*r.ErrorFile); err != nil {
		t.Fatal(err)
	}
	secrets := []string{"15412345678", "154 1234 5678", "15487654321", "ing.Wang@", "ing.wang@", "li@example.org", "bad@example.net", "华星时代", "文三路478"}
	err := filepath.WalkDir(in.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, s := range secrets {
			if strings.Contains(string(b), s) {
				t.Errorf("%s holds %q in clear", filepath.Base(path), s)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
