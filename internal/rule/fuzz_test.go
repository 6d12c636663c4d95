package rule_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"zhike/internal/rule"
)

// seeds are rules of every form.
var seeds = []string{
	``, `{}`, `null`, `[]`, `{"all":[]}`, `{"all":[{"any":[{"not":{"field":"name","op":"eq","value":"x"}}]}]}`,
	`{"field":"stage","at":"2024-01-31","op":"in","value":["customer"]}`,
	`{"facts":{"stream":"orders","agg":"sum","of":"net","window":{"last":90},"where":[{"field":"channel","op":"in","value":["天猫","京东"]},{"field":"net","op":"between","value":[1,2]}]},"op":"gte","value":100000}`,
	`{"facts":{"stream":"orders","agg":"avg","of":"lines","window":{"unit":"month","back":1,"years":1,"to_date":true}},"op":"between","value":["0.5",1.25]}`,
	`{"facts":{"stream":"orders","agg":"distinct","of":"category","window":{"from":"2024-01-01","to":"2024-02-29"}},"op":"ne","value":2}`,
	`{"facts":{"stream":"orders","agg":"last","of":"category"},"op":"not_in","value":["咖啡","' OR 1=1 --","?","$1"]}`,
	`{"facts":{"stream":"orders","agg":"first","of":"status"},"op":"in","value":"paid"}`,
	`{"facts":{"stream":"orders","agg":"first"},"op":"last_days","value":30}`,
	`{"facts":{"stream":"orders","agg":"days_since"},"op":"gt","value":30}`,
	`{"facts":{"stream":"orders","agg":"max","of":"lines"},"op":"lt","value":3}`,
	`{"sequence":{"first":{"stream":"orders","window":{"last":180},"where":[{"field":"category","op":"in","value":["x"]}]},"then":{"stream":"orders","where":[{"field":"channel","op":"not_in","value":["y"]}]},"within":30,"without":true}}`,
	`{"relative":{"facts":{"stream":"orders","agg":"sum","of":"net"},"audience":7},"op":"top_percent","value":20}`,
	`{"relative":{"facts":{"stream":"orders","agg":"avg","of":"net"}},"op":"gte","value":1.5}`,
	`{"relative":{"field":"net_all"},"op":"bottom","value":10}`,
	`{"sample":{"percent":12.5,"seed":"秋季 '--"}}`,
	strings.Repeat(`{"not":`, 300) + `{}` + strings.Repeat(`}`, 300),
	`{"all":[` + strings.Repeat(`{"field":"a","op":"b"},`, 600) + `{"field":"a","op":"b"}]}`,
	`{"field":"a","op":"b","value":{"deep":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}}`,
	"{\"field\":\"\\u0000\",\"op\":\"\xff\"}",
}

// FuzzParse: whatever comes in, nothing panics; what is read is bounded, is read
// the same again, and becomes SQL with a place for each argument.
func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	env := testEnv()
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := rule.Parse(data, "rule", rule.RuleLimits)
		if err != nil || n == nil {
			return
		}
		if n.Count() > rule.RuleLimits.Conditions {
			t.Fatalf("%d conditions", n.Count())
		}
		text, err := json.Marshal(n)
		if err != nil {
			t.Fatal(err)
		}
		again, err := rule.Parse(text, "rule", rule.Limits{Depth: 10, Conditions: 500, Bytes: 4 << 20, Values: 20_000})
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if twice, _ := json.Marshal(again); string(twice) != string(text) {
			t.Fatalf("%s\n%s", text, twice)
		}
		n.Mentions("rule")
		sql, args, problem := compiled(env, n)
		if problem == "" && strings.Count(sql, "?") != len(args) {
			t.Fatalf("%d arguments for %s", len(args), sql)
		}
	})
}

// places are conditions with a text of a person in each place that takes one;
// known are texts that are accepted there, whatever else is not.
var places = []struct {
	rule  string // with % for the text
	known string
}{
	{`{"facts":{"stream":%},"op":"gte","value":1}`, "orders"},
	{`{"facts":{"stream":"orders","agg":%},"op":"gte","value":1}`, "count"},
	{`{"facts":{"stream":"orders","agg":"sum","of":%},"op":"gte","value":1}`, "net"},
	{`{"facts":{"stream":"orders","agg":"distinct","of":%},"op":"gte","value":1}`, "channel"},
	{`{"facts":{"stream":"orders"},"op":%,"value":1}`, "gte"},
	{`{"facts":{"stream":"orders"},"op":"gte","value":%}`, "1"},
	{`{"facts":{"stream":"orders","agg":"avg","of":"net"},"op":"gte","value":%}`, "1"},
	{`{"facts":{"stream":"orders","agg":"avg","of":"lines"},"op":"between","value":[0,%]}`, "1.5"},
	{`{"facts":{"stream":"orders","agg":"last"},"op":"gte","value":%}`, "2024-01-31"},
	{`{"facts":{"stream":"orders","agg":"last","of":"channel"},"op":"in","value":%}`, ""},
	{`{"facts":{"stream":"orders","agg":"last","of":"category"},"op":"in","value":["x",%]}`, ""},
	{`{"facts":{"stream":"orders","agg":"last","of":"status"},"op":"in","value":[%]}`, "paid"},
	{`{"facts":{"stream":"orders","where":[{"field":%,"op":"in","value":["x"]}]},"op":"gte","value":1}`, "channel"},
	{`{"facts":{"stream":"orders","where":[{"field":"channel","op":%,"value":["x"]}]},"op":"gte","value":1}`, "in"},
	{`{"facts":{"stream":"orders","where":[{"field":"channel","op":"in","value":[%,"x"]}]},"op":"gte","value":1}`, ""},
	{`{"facts":{"stream":"orders","where":[{"field":"category","op":"not_in","value":%}]},"op":"gte","value":1}`, ""},
	{`{"facts":{"stream":"orders","where":[{"field":"net","op":"gt","value":%}]},"op":"gte","value":1}`, "1"},
	{`{"facts":{"stream":"orders","window":{"unit":%}},"op":"gte","value":1}`, "month"},
	{`{"facts":{"stream":"orders","window":{"from":%}},"op":"gte","value":1}`, "2024-01-31"},
	{`{"facts":{"stream":"orders","window":{"to":%}},"op":"gte","value":1}`, "2024-01-31"},
	{`{"sequence":{"first":{"stream":"orders"},"then":{"stream":"orders","where":[{"field":"channel","op":"in","value":[%]}]},"within":1}}`, ""},
	{`{"relative":{"field":%},"op":"top","value":1}`, "net_all"},
	{`{"relative":{"facts":{"stream":"orders","where":[{"field":"category","op":"in","value":[%]}]}},"op":"gt","value":1}`, ""},
	{`{"relative":{"facts":{"stream":"orders"}},"op":%,"value":1}`, "top"},
	{`{"relative":{"facts":{"stream":"orders"}},"op":"gt","value":%}`, "1.5"},
	{`{"sample":{"percent":"1","seed":%}}`, ""},
	{`{"sample":{"percent":%}}`, "1"},
}

// nasty are texts that would do harm in SQL.
var nasty = []string{"x", "' OR '1'='1", `"; DROP TABLE orders; --`, "?", "$1", "??", "a?b$2", "\x00", "x\x00y", "\xff", `\`, "/*", "');", "1", "1.5", "-0",
	"咖啡", "\u202e", "2024-01-31", strings.Repeat("长", 200), "%", "_", "{}", "NULL", "1 OR 1=1", "net", "gte", "month"}

// noTextBecomesSQL puts a text into every place: it is refused, or the SQL is
// what it is with another text, and an argument has it.
func noTextBecomesSQL(t *testing.T, text string) {
	env := testEnv()
	quoted, err := json.Marshal(text)
	if err != nil {
		return
	}
	for _, p := range places {
		n, err := rule.Parse([]byte(strings.ReplaceAll(p.rule, "%", string(quoted))), "rule", rule.RuleLimits)
		if err != nil {
			continue
		}
		sql, args, problem := compiled(env, n)
		if problem != "" {
			continue
		}
		if strings.Count(sql, "?") != len(args) {
			t.Fatalf("%q in %s: %d arguments for %s", text, p.rule, len(args), sql)
		}
		if p.known != "" {
			continue // codes, days and numbers of the program's own are written into the text; others were refused
		}
		plain, usual, _ := compiled(env, parsed(t, strings.ReplaceAll(p.rule, "%", `"usual"`)))
		if strings.Contains(p.rule, "seed") { // a seed is a number in the text
			plain, sql = digits.Replace(plain), digits.Replace(sql)
		}
		if sql != plain || len(args) != len(usual) {
			t.Fatalf("%q in %s changes the SQL:\n%s\n%s", text, p.rule, sql, plain)
		}
	}
}

var digits = strings.NewReplacer("0", "", "1", "", "2", "", "3", "", "4", "", "5", "", "6", "", "7", "", "8", "", "9", "")

func FuzzNoTextBecomesSQL(f *testing.F) {
	for _, s := range nasty {
		f.Add(s)
	}
	f.Fuzz(noTextBecomesSQL)
}

// TestPlacesTakeTexts: each place is reached, else the fuzz test shows nothing;
// what is not the program's own is refused there.
func TestPlacesTakeTexts(t *testing.T) {
	for _, p := range places {
		known := p.known
		if known == "" {
			known = "a text"
		}
		quoted, _ := json.Marshal(known)
		sql, args, problem := compiled(testEnv(), parsed(t, strings.ReplaceAll(p.rule, "%", string(quoted))))
		if problem != "" || sql == "" {
			t.Errorf("%s with %q: %s", p.rule, known, problem)
		}
		if p.known == "" && !strings.Contains(p.rule, "seed") && !slices.Contains(args, any("a text")) {
			t.Errorf("%s: no argument has the text: %v", p.rule, args)
		}
		if p.known != "" {
			n, err := rule.Parse([]byte(strings.ReplaceAll(p.rule, "%", `"' OR 1=1 --"`)), "rule", rule.RuleLimits)
			if err != nil {
				continue
			}
			if _, _, problem := compiled(testEnv(), n); problem == "" {
				t.Errorf("%s takes anything", p.rule)
			}
		}
	}
}

// TestNames: the id that a condition is about is never taken for one of its own.
func TestNames(t *testing.T) {
	for _, s := range seeds {
		n, err := rule.Parse([]byte(s), "rule", rule.RuleLimits)
		if err != nil || n == nil || !n.Foreign() || n.Sample != nil {
			continue
		}
		e, err := testEnv().Compile(n, "rule")
		if err != nil {
			t.Fatal(err)
		}
		for _, alias := range []string{"f", "g", "fx", "gx"} {
			var sql string
			e.Write(func(text string, _ ...any) { sql += text }, alias+".id")
			if strings.Contains(sql, alias+".who = "+alias+".id") {
				t.Errorf("%s: %s stands for something else in %s", s, alias, sql)
			}
		}
	}
}
