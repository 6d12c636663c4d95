package rule_test

import (
	"strings"
	"testing"

	"zhike/internal/platform/errs"
	"zhike/internal/rule"
)

// TestMisfits: what is wrong with the form of a rule is told at its place.
func TestMisfits(t *testing.T) {
	facts := func(of string) string {
		return `{"all":[{"field":"a","op":"eq"},{"facts":{"stream":"orders",` + of + `},"op":"gte","value":1}]}`
	}
	list := func(n int) string { return "[1" + strings.Repeat(",1", n-1) + "]" }
	for text, want := range map[string]string{
		"{\"all\":\n [}":                "rule.bad_json at rule",
		`{"all":[`:                      "rule.bad_json at rule",
		`{"field":"a"} {}`:              "rule.bad_json at rule",
		`"moon"`:                        "list.bad_filter at rule",
		`{"all":[3]}`:                   "list.bad_filter at rule.all[0]",
		`{"any":{"field":"a"}}`:         "rule.not_list at rule.any",
		`{"not":{"feild":"a"}}`:         "rule.unknown_key at rule.not.feild",
		`{"field":1,"op":"eq"}`:         "rule.not_text at rule.field",
		`{"sample":{"percent":"much"}}`: "rule.not_number at rule.sample.percent",
		`{"sequence":{"first":{"stream":"a"},"then":{"stream":"b"},"within":"7"}}`: "rule.not_whole at rule.sequence.within",
		`{"sequence":{"first":{"stream":"a"},"then":7,"within":7}}`:                "rule.not_object at rule.sequence.then",
		facts(`"window":{"from":20260101}`):                                        "customer.bad_day at rule.all[1].facts.window.from",
		facts(`"window":{"last":"90"}`):                                            "rule.not_whole at rule.all[1].facts.window.last",
		facts(`"window":{"lasts":90}`):                                             "rule.unknown_key at rule.all[1].facts.window.lasts",
		facts(`"window":{"to_date":1}`):                                            "rule.not_bool at rule.all[1].facts.window.to_date",
		facts(`"where":[{"field":"city","op":"in","value":["a"]},{"field":[]}]`):   "rule.not_text at rule.all[1].facts.where[1].field",
		facts(`"where":[{"field":"city","op":"in","value":` + list(1001) + `}]`):   "list.bad_list at rule.all[1].facts.where[0].value",
		`{"not":{"field":"tags","op":"any","value":` + list(400_000) + `}}`:        "list.bad_list at rule.not.value",
		`{"field":"a","op":"eq","value":"` + strings.Repeat("x", 300_000) + `"}`:   "list.filter_too_large at rule",
		`{"field":"a","op":"eq","value":"` + strings.Repeat("x", 3_000_000) + `"}`: "list.filter_too_large at rule",
	} {
		n, err := rule.Parse([]byte(text), "rule", rule.RuleLimits)
		if got := problemOf(err); got != want || n != nil {
			t.Errorf("%.80s: %q, want %q", text, got, want)
		}
	}
	_, err := rule.Parse([]byte("{\"all\":\n [}"), "rule", rule.RuleLimits)
	if p := errs.From(err).Fields[0].Params; p["line"] != 2 || p["column"] != 3 {
		t.Errorf("the place in the text: %v", p)
	}
}

// TestBlankWindows: a part of a window that says nothing is refused, and not
// taken for all time; an empty window is all time.
func TestBlankWindows(t *testing.T) {
	for window, want := range map[string]string{
		`{"last":0}`:                    "list.bad_days at rule.facts.window.last",
		`{"LAST":0}`:                    "list.bad_days at rule.facts.window.last",
		`{"unit":""}`:                   "rule.window_unit at rule.facts.window.unit",
		`{"from":""}`:                   "customer.bad_day at rule.facts.window.from",
		`{"from":"","to":"2026-01-01"}`: "customer.bad_day at rule.facts.window.from",
		`{"to":""}`:                     "customer.bad_day at rule.facts.window.to",
		`{}`:                            "",
	} {
		n, err := rule.Parse([]byte(`{"facts":{"stream":"orders","window":`+window+`},"op":"gte","value":1}`), "rule", rule.RuleLimits)
		if err != nil {
			t.Fatal(window, err)
		}
		if _, err = testEnv().Compile(n, "rule"); problemOf(err) != want {
			t.Errorf("%s: %q, want %q", window, problemOf(err), want)
		}
	}
}

// TestNegativeCounts: what is counted is never below 0; money may be.
func TestNegativeCounts(t *testing.T) {
	for _, c := range []struct{ facts, op, value, want string }{
		{`{"stream":"orders"}`, "gte", "-1", "rule.negative at rule.value"},
		{`{"stream":"orders","agg":"count"}`, "between", "[-1,3]", "rule.negative at rule.value"},
		{`{"stream":"orders","agg":"days_since"}`, "lte", `"-5"`, "rule.negative at rule.value"},
		{`{"stream":"orders","agg":"count"}`, "gte", "0", ""},
		{`{"stream":"orders","agg":"count"}`, "", "0", "rule.op_missing at rule.op"},
		{`{"stream":"orders","agg":"sum","of":"net"}`, "lt", "-1", ""},
	} {
		n, err := rule.Parse([]byte(`{"facts":`+c.facts+`,"op":"`+c.op+`","value":`+c.value+`}`), "rule", rule.RuleLimits)
		if err != nil {
			t.Fatal(err)
		}
		if n.Facts.Agg == "" {
			t.Errorf("%s: the aggregate is not written out", c.facts)
		}
		if _, err = testEnv().Compile(n, "rule"); problemOf(err) != c.want {
			t.Errorf("%s %s %s: %q, want %q", c.facts, c.op, c.value, problemOf(err), c.want)
		}
	}
}
