package rule_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"zhike/internal/rule"
)

// fits checks a value against a schema, as far as ours goes.
func fits(t testing.TB, root, s map[string]any, v any) error {
	for key := range s {
		if !slices.Contains([]string{"$schema", "$id", "title", "description", "$defs", "$ref", "oneOf", "type", "enum", "properties", "required",
			"additionalProperties", "items", "minItems", "maxItems", "minimum", "maximum", "minLength", "maxLength", "pattern"}, key) {
			t.Fatalf("the test does not know %s", key)
		}
	}
	if ref, ok := s["$ref"].(string); ok {
		return fits(t, root, root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any), v)
	}
	if list, ok := s["oneOf"].([]any); ok {
		var why []string
		for _, one := range list {
			if err := fits(t, root, one.(map[string]any), v); err != nil {
				why = append(why, err.Error())
			}
		}
		if len(list)-len(why) != 1 {
			return fmt.Errorf("%v fits %d of them: %s", v, len(list)-len(why), strings.Join(why, "; "))
		}
		return nil
	}
	if list, ok := s["enum"].([]any); ok && !slices.Contains(list, v) {
		return fmt.Errorf("%v is none of %v", v, list)
	}
	kinds := []any{s["type"]}
	if list, ok := s["type"].([]any); ok {
		kinds = list
	}
	limit := func(key string, n float64, over bool) error {
		if l, ok := s[key].(json.Number); ok {
			if m, _ := l.Float64(); over && n > m || !over && n < m {
				return fmt.Errorf("%v: %s %v", v, key, l)
			}
		}
		return nil
	}
	var is string
	var first error
	note := func(err error) {
		if first == nil {
			first = err
		}
	}
	switch x := v.(type) {
	case map[string]any:
		is = "object"
		props, _ := s["properties"].(map[string]any)
		for key, value := range x {
			if p, ok := props[key].(map[string]any); ok {
				note(fits(t, root, p, value))
			} else if s["additionalProperties"] == false {
				note(fmt.Errorf("no %s here", key))
			}
		}
		for _, key := range slices.Concat([]any{}, listOf(s["required"])) {
			if _, ok := x[key.(string)]; !ok {
				note(fmt.Errorf("%s is missing", key))
			}
		}
	case []any:
		is = "array"
		note(limit("minItems", float64(len(x)), false))
		note(limit("maxItems", float64(len(x)), true))
		for _, e := range x {
			if p, ok := s["items"].(map[string]any); ok {
				note(fits(t, root, p, e))
			}
		}
	case string:
		is = "string"
		note(limit("minLength", float64(utf8.RuneCountInString(x)), false))
		note(limit("maxLength", float64(utf8.RuneCountInString(x)), true))
		if p, ok := s["pattern"].(string); ok && !regexp.MustCompile(p).MatchString(x) {
			note(fmt.Errorf("%s is not like %s", x, p))
		}
	case json.Number:
		is = "number"
		f, _ := x.Float64()
		note(limit("minimum", f, false))
		note(limit("maximum", f, true))
		if f == float64(int64(f)) && slices.Contains(kinds, any("integer")) {
			is = "integer"
		}
	case bool:
		is = "boolean"
	}
	if s["type"] != nil && !slices.Contains(kinds, any(is)) {
		return fmt.Errorf("%v is %s, not %v", v, is, s["type"])
	}
	return first
}

func listOf(v any) []any { l, _ := v.([]any); return l }

func decoded(t testing.TB, text []byte) (v any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

// TestSchema: what the program reads and compiles, its schema allows; of what is
// wrong in shape it allows nothing.
func TestSchema(t *testing.T) {
	root := decoded(t, rule.Schema()).(map[string]any)
	read := 0
	for _, s := range seeds {
		n, err := rule.Parse([]byte(s), "rule", rule.RuleLimits)
		if err != nil || n == nil {
			continue
		}
		if _, _, problem := compiled(testEnv(), n); problem != "" {
			t.Errorf("%s: %s", s, problem)
		}
		if strings.Contains(s, "\\u0000") {
			continue
		}
		read++
		if err := fits(t, root, root, decoded(t, []byte(s))); err != nil {
			t.Errorf("%.300s: %v", s, err)
		}
		text, _ := json.Marshal(n) // also as the program writes it
		if err := fits(t, root, root, decoded(t, text)); err != nil {
			t.Errorf("%.300s: %v", text, err)
		}
	}
	if read < 14 {
		t.Errorf("only %d rules were looked at", read)
	}
	for _, s := range []string{
		`{}`, `[]`, `{"all":[]}`, `{"all":[{"field":"a","op":"b"}],"any":[{"field":"a","op":"b"}]}`, `{"field":"a"}`, `{"field":"a","op":"b","facts":{"stream":"x"}}`,
		`{"facts":{"stream":"orders"},"op":"contains","value":1}`, `{"facts":{"stream":"orders","agg":"median"},"op":"gt","value":1}`, `{"facts":{},"op":"gt","value":1}`,
		`{"facts":{"stream":"orders","window":{"unit":"decade"}},"op":"gt","value":1}`, `{"facts":{"stream":"orders","window":{"last":1.5}},"op":"gt","value":1}`,
		`{"facts":{"stream":"orders","window":{"from":"1.1.2024"}},"op":"gt","value":1}`, `{"sequence":{"first":{"stream":"x"},"within":1}}`,
		`{"relative":{"field":"x"},"op":"eq","value":1}`, `{"sample":{"seed":"x"}}`, `{"sample":{"percent":1,"more":1}}`, `{"not":[]}`,
	} {
		if fits(t, root, root, decoded(t, []byte(s))) == nil {
			t.Errorf("the schema allows %s", s)
		}
	}
}

// TestSchemaNames: the schema has the names of the types, no more and no less.
func TestSchemaNames(t *testing.T) {
	defs := decoded(t, rule.Schema()).(map[string]any)["$defs"].(map[string]any)
	named := func(of ...string) []string {
		var out []string
		for _, d := range of {
			for key := range defs[d].(map[string]any)["properties"].(map[string]any) {
				if !slices.Contains(out, key) {
					out = append(out, key)
				}
			}
		}
		slices.Sort(out)
		return out
	}
	for typ, of := range map[reflect.Type][]string{
		reflect.TypeFor[rule.Node](): {"all", "any", "not", "field", "aggregate", "follows", "compared", "drawn"}, reflect.TypeFor[rule.Facts](): {"facts"},
		reflect.TypeFor[rule.Test](): {"test"}, reflect.TypeFor[rule.Sequence](): {"sequence"}, reflect.TypeFor[rule.Relative](): {"relative"},
		reflect.TypeFor[rule.Sample](): {"sample"}, reflect.TypeFor[rule.Window](): {"window"},
	} {
		var want []string
		for f := range typ.Fields() {
			if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
				want = append(want, name)
			}
		}
		slices.Sort(want)
		if got := named(of...); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", typ, got, want)
		}
	}
}

// TestUpgrade: a rule of this format stays as it is; of others it is told.
func TestUpgrade(t *testing.T) {
	text := []byte(`{"field":"a","op":"b"}`)
	if got, err := rule.Upgrade(text, rule.Format); err != nil || string(got) != string(text) {
		t.Errorf("%s %v", got, err)
	}
	for _, format := range []int{0, -1, rule.Format + 1} {
		if _, err := rule.Upgrade(text, format); problemOf(err) != "rule.newer_format" {
			t.Errorf("%d: %v", format, err)
		}
	}
}

// TestMissing: what a rule names and is gone is told where it stands.
func TestMissing(t *testing.T) {
	n := parsed(t, `{"all":[{"field":"f.gone","op":"eq","value":1},{"not":{"field":"name","op":"eq","value":"x"}},
 {"facts":{"stream":"orders","agg":"sum","of":"tax","where":[{"field":"channel","op":"in","value":["x"]},{"field":"colour","op":"in","value":["x"]}]},"op":"gt","value":1},
 {"sequence":{"first":{"stream":"visits","where":[{"field":"page","op":"in","value":["x"]}]},"then":{"stream":"orders"},"within":1}},
 {"relative":{"field":"f.gone","audience":9},"op":"top","value":1},{"field":"audience","op":"any","value":[7,8]}]}`)
	var got []string
	for _, m := range n.Missing("rule", testStreams(), func(m rule.Mention) bool {
		return m.Kind == rule.NamesField && m.Name != "f.gone" || m.Kind == rule.NamesAudience && m.Audience == 7
	}) {
		got = append(got, fmt.Sprint(m.Path, " ", m.Kind, " ", m.Name, m.Audience))
	}
	want := []string{"rule.all[0].field field f.gone0", "rule.all[2].facts.where[1].field fact_field orders.colour0", "rule.all[2].facts.of fact_field orders.tax0",
		"rule.all[3].sequence.first.stream stream visits0", "rule.all[4].relative.field field f.gone0", "rule.all[4].relative.audience audience 9",
		"rule.all[5].value audience 8"}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if (*rule.Node)(nil).Missing("rule", nil, nil) != nil {
		t.Error("nothing misses something")
	}
}
