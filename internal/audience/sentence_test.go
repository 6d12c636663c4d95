package audience

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhike/internal/customer"
	"zhike/internal/order"
	"zhike/internal/platform/i18n"
	"zhike/internal/rule"
)

// tellerFor knows some fields, options and names.
func tellerFor(locale string) *teller {
	w := &teller{locale: locale, fields: map[string]*customer.FieldInfo{}, streams: &rule.Streams{},
		text:   func(key string, p map[string]any) string { return i18n.T(locale, key, p) },
		hidden: func(key string) bool { return key == "secret" },
		tags:   map[int64]string{1: "VIP", 2: "母婴"}, audiences: map[int64]string{7: "沉睡客户"}, staff: map[int64]string{3: "小李"},
		departments: map[int64]string{10: "华东"}, customers: map[int64]string{5: "张三"}}
	for _, st := range order.Streams() {
		w.streams.Register(st)
	}
	w.streams.Register(rule.Stream{Code: "visits", Label: "stream.store"})
	w.streams.Register(rule.Stream{Code: "hidden", Label: "stream.store", Access: "secret"})
	add := func(code, typ string, options ...string) {
		f := &customer.FieldInfo{Code: code, Type: typ, Label: i18n.T(locale, "list.field."+code, nil)}
		if strings.HasPrefix(code, "f.") {
			f.Definition, f.Label = 1, map[string]string{"f.plan": "套餐", "f.ends": "到期日", "f.likes": "喜好", "f.by": "推荐人", "f.score": "评分", "f.share": "采购占比", "f.budget": "预算"}[code]
		}
		for i := 0; i+1 < len(options); i += 2 {
			f.Options = append(f.Options, customer.FieldOption{Value: options[i], Label: options[i+1]})
		}
		w.fields[code] = f
	}
	tr := func(key string) string { return i18n.T(locale, key, nil) }
	for _, code := range []string{"name", "company", "city"} {
		add(code, "text")
	}
	add("gender", "choice", "male", tr("customer.gender.male"), "female", tr("customer.gender.female"))
	add("stage", "choice", "prospect", tr("customer.stage.prospect"), "customer", tr("customer.stage.customer"))
	add("level", "level", "high", "高价值", "mid", "中价值")
	add("age", "number")
	for _, code := range []string{"net_365", "aov_all", "net_all"} {
		add(code, "money")
		w.fields[code].Group = "figures"
	}
	for _, code := range []string{"orders_90", "days_since", "carts_90"} {
		add(code, "number")
	}
	for _, code := range []string{"first_day", "last_day"} {
		add(code, "date")
		w.fields[code].Group = "figures"
	}
	add("created", "time")
	add("birthday", "birthday")
	add("has_phone", "bool")
	add("region", "region")
	add("owner", "staff")
	add("team", "staff")
	add("department", "department")
	add("source", "source", "1", "天猫店")
	add("tags", "tags")
	add("audience", "audience")
	add("issue", "issue", "bad_phone", tr("quality.rule.bad_phone"))
	add("relation", "relation", "household", tr("list.relation.household"))
	add("f.plan", "choice", "gold", "金")
	add("f.ends", "date")
	add("f.likes", "multi_choice", "tea", "茶", "wine", "酒")
	add("f.by", "reference")
	w.fields["f.by"].Target = "customer"
	add("f.score", "number")
	add("f.share", "number")
	w.fields["f.share"].Unit = "%"
	add("f.seats", "number")
	w.fields["f.seats"].Unit, w.fields["f.seats"].Label = "席", "席位"
	add("f.budget", "money")
	return w
}

// TestSentences compares with testdata/sentences.txt: a rule, then its sentence
// in Chinese and in English. ZHIKE_GOLDEN=1 writes what it is.
func TestSentences(t *testing.T) {
	path := filepath.Join("testdata", "sentences.txt")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	zh, en := tellerFor(i18n.ZhCN), tellerFor(i18n.En)
	var out strings.Builder
	for _, block := range strings.Split(strings.TrimSpace(string(b)), "\n\n") {
		text, _, _ := strings.Cut(block, "\n")
		n, err := rule.Parse([]byte(text), "rule", rule.RuleLimits)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got := text + "\n" + zh.sentence(n) + "\n" + en.sentence(n)
		if got != block && os.Getenv("ZHIKE_GOLDEN") == "" {
			t.Errorf("%s\nis told as\n%s", block, got)
		}
		if strings.Contains(got, "rule_words.") || strings.Contains(got, "{{") || strings.Contains(got, "  ") {
			t.Errorf("a hole in\n%s", got)
		}
		out.WriteString(got + "\n\n")
	}
	if os.Getenv("ZHIKE_GOLDEN") != "" {
		if err := os.WriteFile(path, []byte(strings.TrimSpace(out.String())+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// A sentence never fails, whatever stands in a rule.
func FuzzSentence(f *testing.F) {
	b, err := os.ReadFile(filepath.Join("testdata", "sentences.txt"))
	if err != nil {
		f.Fatal(err)
	}
	for _, line := range strings.Split(string(b), "\n") {
		if strings.HasPrefix(line, "{") {
			f.Add(line)
		}
	}
	w := tellerFor(i18n.En)
	f.Fuzz(func(t *testing.T, text string) {
		if n, err := rule.Parse([]byte(text), "rule", rule.RuleLimits); err == nil && w.sentence(n) == "" {
			t.Errorf("%s is told as nothing", text)
		}
	})
}
