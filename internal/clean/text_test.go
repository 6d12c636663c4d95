package clean

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"zhike/internal/platform/errs"
)

// check compares a result with what is wanted; a wanted code stands for the error.
func check[T comparable](t *testing.T, name, in string, got T, err error, want T, code string) {
	t.Helper()
	if errs.CodeOf(err) != code {
		t.Errorf("%s(%q): error %q, want %q", name, in, errs.CodeOf(err), code)
		return
	}
	if got != want {
		t.Errorf("%s(%q) = %v, want %v", name, in, got, want)
	}
}

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"":                            "",
		"abc":                         "abc",
		"  a \t b\r\n c ":             "a b c",
		"ＡＢＣ１２３，（x）":                  "ABC123,(x)",
		"　张　三　":                       "张 三",
		"a\u200bb\ufeffc\u00a0d\x01e": "abc de",
		"\x00":                        "",
		"é":                           "é",
		"bad\xffbyte":                 "bad\ufffdbyte",
		"\u2028x\u2029":               "x",
		"👨\u200d👩\u200d👧 家":           "👨\u200d👩\u200d👧 家",
		`="00123"`:                    "00123",
		`="a"b"`:                      `="a"b"`,
		"付款以后用户退款成功，交易自动关闭": "付款以后用户退款成功,交易自动关闭",
		"viva la vida": "viva la vida",
		"①㎡":           "1m2",
		"a \x7f b":     "a b",
	} {
		got, err := Text(in)
		check(t, "Text", in, got, err, want, "")
	}
	_, err := Text(strings.Repeat("a", MaxText+1))
	if !errs.Is(err, "clean.too_long") {
		t.Error(err)
	}
	if _, err := Text(strings.Repeat("\ufdfa", MaxText/4)); !errs.Is(err, "clean.too_long") {
		t.Error("a text that grows by folding was taken", err)
	}
}

func TestName(t *testing.T) {
	for _, c := range []struct{ in, want, code string }{
		{" 张三 ", "张三", ""}, {"Ｔｏｍ", "Tom", ""}, {"", "", "clean.empty"}, {"NULL", "", "clean.empty"}, {"---", "", "clean.empty"},
		{"***", "", "clean.bad_name"}, {"张**", "张**", ""}, {strings.Repeat("张", 201), "", "clean.too_long"}, {"买家_138", "买家_138", ""},
	} {
		got, err := Name(c.in)
		check(t, "Name", c.in, got, err, c.want, c.code)
	}
}

func TestIsBlank(t *testing.T) {
	for in, want := range map[string]bool{
		"": true, " ": true, "　": true, "NULL": true, " null ": true, `\N`: true, "N/A": true, "无": true, "--": true,
		"0": false, "无锡": false, "nano": false, "-1": false,
	} {
		if got := IsBlank(in); got != want {
			t.Errorf("IsBlank(%q) = %v", in, got)
		}
	}
}

func TestScientific(t *testing.T) {
	for in, want := range map[string]bool{
		"1.38E+10": true, "1E+10": true, "6.22848e+17": true, "-1.5E+3": true,
		"1.38E10": false, "12E+5": false, "E+5": false, "1.38E+": false, "A1E+5": false, "13800138000": false, "": false,
	} {
		if got := Scientific(in); got != want {
			t.Errorf("Scientific(%q) = %v", in, got)
		}
	}
}

// Every character that the short way takes is folded as NFKC folds it.
func TestHalfWidth(t *testing.T) {
	for r := rune(0x20); r < 0x10000; r++ {
		if s := string(r); r != 0x7f {
			if stable, _ := simpleHan(s); stable && halfWidth(s) != norm.NFKC.String(s) {
				t.Errorf("%U: %q, NFKC %q", r, halfWidth(s), norm.NFKC.String(s))
			}
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"a  b", "　Ａ\u200d", "=\"x\"", "é\xff", "👨\u200d👩"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := Text(s)
		if err != nil {
			return
		}
		if !utf8.ValidString(got) || got != strings.TrimSpace(got) || strings.ContainsAny(got, "\x00\n\r\t\x7f") || strings.Contains(got, "  ") {
			t.Fatalf("Text(%q) = %q", s, got)
		}
		// The short way gives what NFKC gives.
		if stable, _ := simpleHan(s); stable && utf8.ValidString(s) && halfWidth(s) != norm.NFKC.String(s) {
			t.Fatalf("halfWidth(%q) = %q", s, halfWidth(s))
		}
		_, _ = Name(s)
		IsBlank(s)
		Scientific(s)
		MaskName(s)
		MaskPhone(s)
		MaskEmail(s)
		MaskTail(s, 2, 2)
	})
}
