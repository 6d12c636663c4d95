package rule_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/rule"
)

// testStreams are two streams, one of them hidden by the key "spend".
func testStreams() *rule.Streams {
	var s rule.Streams
	s.Register(rule.Stream{
		Code: "orders", Table: "orders", Customer: "customer_id", Day: "day", Instant: "paid_at", ID: "id", Counted: "net > 0",
		Measures: []rule.Measure{{Code: "net", Type: "money", Expr: "net", Access: "money"}, {Code: "quantity", Type: "milli", Expr: "quantity"},
			{Code: "lines", Type: "number", Expr: "lines"}},
		Dimensions: []rule.Dimension{{Code: "channel", Expr: "channel"}, {Code: "status", Expr: "status", Codes: map[int64]string{1: "paid", 2: "sent"}},
			{Code: "category", Expr: "product_id", Via: &rule.Lookup{Table: "products", ID: "id", Expr: "category"}}},
	})
	s.Register(rule.Stream{Code: "secret", Access: "spend", Table: "secrets", Customer: "customer_id", Day: "day", Instant: "at", ID: "id"})
	return &s
}

// testEnv compiles conditions without a database; hidden are keys of field access.
func testEnv(hidden ...string) *rule.Env {
	return &rule.Env{
		AsOf: clock.DateDay(2024, 10, 4), Streams: testStreams(),
		Hidden: func(key string) bool { return strings.Contains(strings.Join(hidden, " "), key) },
		Label:  func(key string) string { return "the " + key },
		Audience: func(id int64, path string) (rule.Expr, error) {
			if id != 7 {
				return rule.Expr{}, rule.Bad(path, "rule.unknown_audience")
			}
			return rule.Expr{Write: func(add rule.Add, id string) { add("("+id+" > ?)", 5) }}, nil
		},
		Number: func(field, path string) (rule.NumberField, error) {
			if field != "net_all" {
				return rule.NumberField{}, rule.Bad(path, "rule.not_numeric")
			}
			return rule.NumberField{Write: func(add rule.Add, id string) { add("(SELECT net FROM m WHERE customer_id = " + id + ")") }, Type: "money"}, nil
		},
	}
}

// compiled gives the texts and arguments that a rule becomes, one condition
// after the other, and the first error, as code and path.
func compiled(env *rule.Env, n *rule.Node) (text string, args []any, problem string) {
	add := func(t string, a ...any) { text += t; args = append(args, a...) }
	err := n.Walk("rule", func(n *rule.Node, path string) error {
		if !n.Foreign() {
			return nil
		}
		e, err := env.Compile(n, path)
		if err != nil {
			return err
		}
		e.Write(add, "c.id")
		add(";")
		if e.Value != nil {
			e.Value(add, "c.id")
			add(";")
		}
		return nil
	})
	return text, args, problemOf(err)
}

func problemOf(err error) string {
	var e *errs.Error
	if !errors.As(err, &e) {
		return ""
	}
	for _, f := range e.Fields {
		return f.Code + " at " + f.Path
	}
	return e.Code
}

func parsed(t testing.TB, text string) *rule.Node {
	t.Helper()
	n, err := rule.Parse([]byte(text), "rule", rule.RuleLimits)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return n
}

// TestBadConditions: what is wrong is told where it is, in words that say what
// to do.
func TestBadConditions(t *testing.T) {
	texts := map[string]map[string]string{}
	for _, locale := range []string{"zh-CN", "en"} {
		texts[locale] = map[string]string{}
		for _, file := range []string{"rule", "list", "customer", "access"} {
			b, err := os.ReadFile("../../locales/" + locale + "/" + file + ".json")
			if err != nil {
				t.Fatal(err)
			}
			into := texts[locale]
			if err := json.Unmarshal(b, &into); err != nil {
				t.Fatal(err)
			}
		}
	}
	manyTests := `{"field":"channel","op":"in","value":"x"}` + strings.Repeat(`,{"field":"channel","op":"in","value":"x"}`, 10)
	facts := func(inside, rest string) string { return `{"facts":{"stream":"orders"` + inside + `}` + rest + `}` }
	for _, c := range []struct{ rule, want string }{
		{`{"facts":{"stream":"visits"},"op":"gte","value":1}`, "rule.unknown_stream at rule.facts.stream"},
		{`{"all":[{"facts":{"stream":"orders"},"op":"gte","value":1},{"facts":{"stream":"secret"},"op":"gte","value":1}]}`, "customer.field_hidden at rule.all[1].facts.stream"},
		{facts(`,"agg":"sum","of":"net"`, `,"op":"gte","value":1`), "customer.field_hidden at rule.facts.of"},
		{facts(`,"where":[{"field":"net","op":"gt","value":1}]`, `,"op":"gte","value":1`), "customer.field_hidden at rule.facts.where[0].field"},
		{facts(`,"agg":"median","of":"lines"`, `,"op":"gte","value":1`), "rule.unknown_agg at rule.facts.agg"},
		{facts(`,"agg":"sum"`, `,"op":"gte","value":1`), "rule.unknown_measure at rule.facts.of"},
		{facts(`,"agg":"sum","of":"channel"`, `,"op":"gte","value":1`), "rule.unknown_measure at rule.facts.of"},
		{facts(`,"agg":"distinct","of":"lines"`, `,"op":"gte","value":1`), "rule.unknown_dimension at rule.facts.of"},
		{facts(`,"agg":"distinct"`, `,"op":"gte","value":1`), "rule.unknown_dimension at rule.facts.of"},
		{facts(`,"agg":"count","of":"lines"`, `,"op":"gte","value":1`), "rule.no_of at rule.facts.of"},
		{facts(``, `,"op":"contains","value":1`), "list.unknown_op at rule.op"},
		{facts(``, `,"op":"gte","value":"many"`), "list.bad_number at rule.value"},
		{facts(``, `,"op":"gte","value":1.5`), "list.bad_number at rule.value"},
		{facts(``, `,"op":"gte","value":9999999999999999`), "list.bad_number at rule.value"},
		{facts(``, `,"op":"gte"`), "list.bad_number at rule.value"},
		{facts(``, `,"op":"between","value":3`), "list.bad_pair at rule.value"},
		{facts(``, `,"op":"gte","value":1,"at":"2024-01-01"`), "rule.no_at at rule.at"},
		{facts(`,"agg":"sum","of":"quantity"`, `,"op":"gte","value":1.5`), "list.bad_number at rule.value"},
		{facts(`,"agg":"avg","of":"lines"`, `,"op":"gte","value":1.2345`), "rule.bad_decimal at rule.value"},
		{facts(`,"agg":"avg","of":"lines"`, `,"op":"gte","value":"1e3"`), "rule.bad_decimal at rule.value"},
		{facts(`,"agg":"last"`, `,"op":"gte","value":7`), "customer.bad_day at rule.value"},
		{facts(`,"agg":"last"`, `,"op":"gte","value":"2024-02-30"`), "customer.bad_day at rule.value"},
		{facts(`,"agg":"last"`, `,"op":"last_days","value":0`), "list.bad_days at rule.value"},
		{facts(`,"agg":"last"`, `,"op":"in","value":["x"]`), "list.unknown_op at rule.op"},
		{facts(`,"agg":"last","of":"status"`, `,"op":"in","value":["lost"]`), "list.unknown_option at rule.value"},
		{facts(`,"agg":"first","of":"channel"`, `,"op":"gte","value":1`), "list.unknown_op at rule.op"},
		{facts(`,"where":[{"field":"colour","op":"in","value":["x"]}]`, `,"op":"gte","value":1`), "rule.unknown_fact_field at rule.facts.where[0].field"},
		{facts(`,"where":[{"field":"channel","op":"in","value":["x"]},{"field":"channel","op":"eq","value":"x"}]`, `,"op":"gte","value":1`), "list.unknown_op at rule.facts.where[1].op"},
		{facts(`,"where":[{"field":"lines","op":"in","value":[1]}]`, `,"op":"gte","value":1`), "list.unknown_op at rule.facts.where[0].op"},
		{facts(`,"where":[{"field":"lines","op":"gt","value":"x"}]`, `,"op":"gte","value":1`), "list.bad_number at rule.facts.where[0].value"},
		{facts(`,"where":[{"field":"status","op":"in","value":[1]}]`, `,"op":"gte","value":1`), "list.bad_value at rule.facts.where[0].value"},
		{facts(`,"where":[{"field":"status","op":"in","value":["lost"]}]`, `,"op":"gte","value":1`), "list.unknown_option at rule.facts.where[0].value"},
		{facts(`,"where":[{"field":"channel","op":"in","value":[]}]`, `,"op":"gte","value":1`), "list.bad_list at rule.facts.where[0].value"},
		{facts(`,"where":[{"field":"channel","op":"in","value":["`+strings.Repeat("长", 201)+`"]}]`, `,"op":"gte","value":1`), "list.bad_text at rule.facts.where[0].value"},
		{facts(`,"where":[`+manyTests+`]`, `,"op":"gte","value":1`), "rule.too_many_tests at rule.facts.where"},
		{facts(`,"window":{"last":7,"unit":"month"}`, `,"op":"gte","value":1`), "rule.window_forms at rule.facts.window"},
		{facts(`,"window":{"last":7,"from":"2024-01-01"}`, `,"op":"gte","value":1`), "rule.window_forms at rule.facts.window"},
		{facts(`,"window":{"last":36601}`, `,"op":"gte","value":1`), "list.bad_days at rule.facts.window.last"},
		{facts(`,"window":{"last":-1}`, `,"op":"gte","value":1`), "list.bad_days at rule.facts.window.last"},
		{facts(`,"window":{"unit":"decade"}`, `,"op":"gte","value":1`), "rule.window_unit at rule.facts.window.unit"},
		{facts(`,"window":{"back":1}`, `,"op":"gte","value":1`), "rule.window_unit at rule.facts.window.unit"},
		{facts(`,"window":{"unit":"day","back":-1}`, `,"op":"gte","value":1`), "rule.window_back at rule.facts.window.back"},
		{facts(`,"window":{"unit":"year","years":101}`, `,"op":"gte","value":1`), "rule.window_back at rule.facts.window.years"},
		{facts(`,"window":{"from":"2024-1-1"}`, `,"op":"gte","value":1`), "customer.bad_day at rule.facts.window.from"},
		{facts(`,"window":{"to":"0001-01-01"}`, `,"op":"gte","value":1`), "customer.bad_day at rule.facts.window.to"},
		{facts(`,"window":{"from":"2024-02-01","to":"2024-01-01"}`, `,"op":"gte","value":1`), "rule.window_order at rule.facts.window.to"},
		{`{"sequence":{"first":{"stream":"orders"},"then":{"stream":"x"},"within":3}}`, "rule.unknown_stream at rule.sequence.then.stream"},
		{`{"sequence":{"first":{"stream":"orders","agg":"count"},"then":{"stream":"orders"},"within":3}}`, "rule.sequence_agg at rule.sequence.first.agg"},
		{`{"sequence":{"first":{"stream":"orders"},"then":{"stream":"orders","window":{"last":3}},"within":3}}`, "rule.sequence_window at rule.sequence.then.window"},
		{`{"sequence":{"first":{"stream":"orders"},"then":{"stream":"orders"},"within":-1}}`, "rule.bad_within at rule.sequence.within"},
		{`{"sequence":{"first":{"stream":"orders"},"then":{"stream":"orders"}}}`, "rule.within_missing at rule.sequence.within"},
		{`{"any":[{"field":"net_all","op":"gte","value":1},{"sequence":{"first":{"stream":"orders"},"then":{"stream":"orders"},"within":null}}]}`, "rule.within_missing at rule.any[1].sequence.within"},
		{`{"sequence":{"first":{"stream":"orders"},"then":{"stream":"orders"},"within":1},"op":"is","value":true}`, "rule.no_op at rule.op"},
		{`{"not":{"relative":{"facts":{"stream":"orders"},"field":"net_all"},"op":"top","value":3}}`, "rule.relative_of at rule.not.relative"},
		{`{"relative":{},"op":"top","value":3}`, "rule.relative_of at rule.relative"},
		{`{"relative":{"field":"name"},"op":"top","value":3}`, "rule.not_numeric at rule.relative.field"},
		{`{"relative":{"facts":{"stream":"orders","agg":"last"}},"op":"top","value":3}`, "rule.not_numeric at rule.relative.facts.agg"},
		{`{"relative":{"field":"net_all","audience":8},"op":"top","value":3}`, "rule.unknown_audience at rule.relative.audience"},
		{`{"relative":{"field":"net_all"},"op":"eq","value":3}`, "list.unknown_op at rule.op"},
		{`{"relative":{"field":"net_all"},"op":"top","value":0}`, "rule.bad_top at rule.value"},
		{`{"relative":{"field":"net_all"},"op":"top_percent","value":100.01}`, "rule.bad_percent at rule.value"},
		{`{"relative":{"field":"net_all"},"op":"top_percent","value":0.001}`, "rule.bad_percent at rule.value"},
		{`{"relative":{"field":"net_all"},"op":"gt","value":0}`, "rule.bad_factor at rule.value"},
		{`{"relative":{"field":"net_all"},"op":"gt","value":"1,5"}`, "rule.bad_factor at rule.value"},
		{`{"sample":{"percent":101}}`, "rule.bad_percent at rule.sample.percent"},
	} {
		_, _, got := compiled(testEnv("spend", "money"), parsed(t, c.rule))
		if got != c.want {
			t.Errorf("%.200s: %q, want %q", c.rule, got, c.want)
		}
		code, _, _ := strings.Cut(c.want, " ")
		for locale, of := range texts {
			if of["errors."+code] == "" {
				t.Errorf("%s has no text for %s", locale, code)
			}
		}
	}
}

// TestBounds: what is too much is refused before anything is compiled.
func TestBounds(t *testing.T) {
	leaf := `{"facts":{"stream":"orders","where":[{"field":"channel","op":"in","value":["x"]}]},"op":"gte","value":1}`
	list := `{"facts":{"stream":"orders","where":[{"field":"channel","op":"in","value":[1` + strings.Repeat(",1", 999) + `]}]},"op":"gte","value":1}`
	for _, c := range []struct{ rule, want string }{
		{`{"all":[` + leaf + strings.Repeat(","+leaf, 499) + `]}`, ""},
		{`{"all":[` + leaf + strings.Repeat(","+leaf, 500) + `]}`, "list.too_many_conditions at rule"},
		{`{"all":[{"any":[` + leaf + strings.Repeat(","+leaf, 300) + `]},{"any":[` + leaf + strings.Repeat(","+leaf, 300) + `]}]}`, "list.too_many_conditions at rule.all[1].any[199]"},
		{`{"all":[` + list + strings.Repeat(","+list, 20) + `]}`, "rule.too_many_values at rule"},
		{strings.Repeat(`{"not":`, 9) + leaf + strings.Repeat(`}`, 9), ""},
		{strings.Repeat(`{"not":`, 10) + leaf + strings.Repeat(`}`, 10), "list.filter_too_deep at rule.not.not.not.not.not.not.not.not.not.not"},
		{strings.Repeat(`{"not":`, 200) + leaf + strings.Repeat(`}`, 200), "list.filter_too_deep at rule" + strings.Repeat(".not", 10)},
		{`{"any":[` + leaf + `,` + strings.Repeat(`{"all":[`, 200) + leaf + strings.Repeat(`]}`, 200) + `]}`, "list.filter_too_deep at rule.any[1]" + strings.Repeat(".all[0]", 9)},
		{`{"field":"city","op":"in","value":` + strings.Repeat(`[`, 200) + strings.Repeat(`]`, 200) + `}`, "list.filter_too_deep at rule"},
		{`{"all":[` + strings.Repeat(leaf+",", 10_000) + leaf + `]}`, "list.too_many_conditions at rule"},
		{`{"field":"x","op":"in","value":[` + strings.Repeat(`"y",`, 1<<18) + `"y"]}`, "list.bad_list at rule.value"},
	} {
		if _, err := rule.Parse([]byte(c.rule), "rule", rule.RuleLimits); problemOf(err) != c.want {
			t.Errorf("%.60s…: %q, want %q", c.rule, problemOf(err), c.want)
		}
	}
}

// TestHiddenIsNotTold: who may see everything compiles what others may not.
func TestHiddenIsNotTold(t *testing.T) {
	n := parsed(t, `{"facts":{"stream":"orders","agg":"sum","of":"net","where":[{"field":"net","op":"gt","value":1}]},"op":"gte","value":1}`)
	if _, _, problem := compiled(testEnv(), n); problem != "" {
		t.Error(problem)
	}
	if _, _, problem := compiled(testEnv("money"), n); problem == "" {
		t.Error("a hidden measure compiles")
	}
}
