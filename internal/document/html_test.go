package document

import (
	"strings"
	"testing"
)

func TestCSSString(t *testing.T) {
	cases := []struct{ in, want string }{
		{"甲 A1", `"甲 A1"`},
		{`a"b\c`, `"a\000022b\00005cc"`},
		{"a: b; }\n</style>", `"a\00003a b\00003b \00007d \00003c\00002fstyle\00003e"`},
		{strings.Repeat("长", 99), `"` + strings.Repeat("长", 34) + `\002026"`},
	}
	for _, c := range cases {
		if got := cssString(c.in); got != c.want {
			t.Errorf("cssString(%q) = %s, want %s", c.in, got, c.want)
		}
	}
}

// A level has one colour, in the page and in the workbook.
func TestLevelColours(t *testing.T) {
	for i, tone := range levelTones {
		n := ToneClass(i)
		want := "." + n + " { color: #" + tone.text + "; background: #" + tone.soft + "; } .solid." + n + " { fill: #" + tone.solid + "; }"
		if !strings.Contains(pageCSS, want) {
			t.Errorf("page.css lacks %s", want)
		}
	}
}

func TestWrapText(t *testing.T) {
	cases := []struct {
		in    string
		width float64
		n     int
		want  []string
	}{
		{"高价值", 60, 2, []string{"高价值"}},
		{"第十级会员客户", 60, 2, []string{"第十级会", "员客户"}},
		{"Very important customers", 80, 2, []string{"Very important", "customers"}},
		{"一二三四五六七八九十", 30, 2, []string{"一二三", "四五…"}},
		{"", 30, 2, nil},
	}
	for _, c := range cases {
		got := WrapText(c.in, c.width, 10, c.n)
		if strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("WrapText(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}
