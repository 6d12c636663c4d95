package audience

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"zhike/internal/customer"
	custom "zhike/internal/field"
	"zhike/internal/platform/i18n"
	"zhike/internal/region"
	"zhike/internal/rule"
)

// label is the name of a field inside a sentence.
func (w *teller) label(code string) string {
	for _, prefix := range []string{"net_", "orders_", "aov_"} {
		if days, ok := strings.CutPrefix(code, prefix); ok {
			var window rule.Window
			window.Last, _ = strconv.Atoi(days)
			return w.t("figure."+strings.TrimSuffix(prefix, "_"), params{"window": w.windowOr(&window, "window.all")})
		}
	}
	f := w.fields[code]
	if f.Definition != 0 {
		return f.Label
	}
	if figure := "rule_words.figure." + code; w.text(figure, nil) != figure {
		return w.text(figure, nil)
	}
	if w.locale == i18n.ZhCN {
		return f.Label
	}
	r, size := utf8.DecodeRuneInString(f.Label)
	return string(unicode.ToLower(r)) + f.Label[size:]
}

// field is a condition on a field, "" where the field is not known.
func (w *teller) field(n *rule.Node) string {
	f := w.fields[n.Field]
	if f == nil {
		return ""
	}
	label := w.label(n.Field)
	if n.At != "" {
		label = w.t("on_day", params{"field": label, "day": n.At})
	}
	p := params{"field": label, "value": w.values(n, "or")}
	switch n.Op {
	case "empty", "not_empty":
		switch f.Type {
		case "tags", "relation", "issue":
			return w.t(f.Type+"."+n.Op, p)
		case "level":
			return w.t(without[n.Op], p)
		}
		if f.Group == "figures" {
			return w.t(without[n.Op], p)
		}
		return w.t(n.Op, p)
	case "changed":
		return w.changed(n, label)
	case "fell", "rose":
		return w.shifted(n, f, label)
	case "anniversary_days", "within_days":
		count, _ := rule.Whole(n.Value, rule.MaxDays)
		p["count"] = count
		key := map[string]string{"anniversary_days": "anniversary", "within_days": "birthday"}[n.Op]
		if count == 0 {
			key += "_today"
		}
		return w.t(key, p)
	}
	switch f.Type {
	case "number", "money":
		return w.compare(label, n, func(raw json.RawMessage) string { return w.withUnit(raw, f) })
	case "date", "time":
		return w.days(label, n)
	case "bool":
		if b, _ := n.Bool(); !b {
			return w.t("no."+n.Field, p)
		}
		return w.t("yes."+n.Field, p)
	case "birthday":
		return w.t("birthday_month", p)
	case "tags", "issue", "relation", "audience":
		if n.Op == "all" {
			p["value"] = w.values(n, "and")
		}
		return w.t(f.Type+"."+n.Op, p)
	case "multi_choice":
		if n.Op == "all" {
			p["value"] = w.values(n, "and")
		}
		return w.t("choices."+n.Op, p)
	}
	switch n.Op {
	case "contains", "begins", "within", "not_within":
		if f.Type == "department" {
			return w.t("department."+n.Op, p)
		}
		return w.t(n.Op, p)
	case "any":
		return w.t("includes", p)
	case "none":
		return w.t("includes_not", p)
	case "ne", "not_in":
		return w.t("is_not", p)
	}
	return w.t("is", p)
}

// without are the texts of what the program works out: it is there or is not.
var without = map[string]string{"empty": "none", "not_empty": "some"}

// changed is a change of a level or a stage.
func (w *teller) changed(n *rule.Node, label string) string {
	var v struct {
		From, To json.RawMessage
		Days     json.RawMessage
	}
	_ = json.Unmarshal(n.Value, &v)
	count, _ := rule.Whole(v.Days, rule.MaxDays)
	part := func(raw json.RawMessage) string {
		return w.values(&rule.Node{Field: n.Field, Value: raw}, "or")
	}
	p := params{"field": label, "count": count, "from": part(v.From), "to": part(v.To)}
	switch {
	case p["from"] != "" && p["to"] != "":
		return w.t("changed.both", p)
	case p["from"] != "":
		return w.t("changed.from", p)
	case p["to"] != "":
		return w.t("changed.to", p)
	}
	return w.t("changed.any", p)
}

// shifted is a number that is less or more than it was some days before.
func (w *teller) shifted(n *rule.Node, f *customer.FieldInfo, label string) string {
	var v struct{ By, Days json.RawMessage }
	_ = json.Unmarshal(n.Value, &v)
	count, _ := rule.Whole(v.Days, rule.MaxDays)
	// i18n-keys: rule_words.fell, rule_words.rose
	return w.t(n.Op, params{"field": label, "count": count, "value": w.by(v.By, f)})
}

// by is a difference of two values of a field. That of shares is in points: 10 %
// less than 40 % is another share than 10 points less.
func (w *teller) by(raw json.RawMessage, f *customer.FieldInfo) string {
	if f.Unit != "%" || f.Type == "money" {
		return w.withUnit(raw, f)
	}
	text, count := w.number(raw, f.Type), 2
	if text == "1" {
		count = 1
	}
	return w.t("points", params{"value": text, "count": count})
}

// raws takes a value or a list of values apart.
func raws(raw json.RawMessage) []json.RawMessage {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil {
		return list
	}
	return []json.RawMessage{raw}
}

// plainText is a value as it was written: a text, or the digits of a number.
func plainText(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return rule.Shortened(string(raw))
}

// values names the values of a condition on a field.
func (w *teller) values(n *rule.Node, join string) string {
	if len(n.Value) == 0 || n.Op == "between" {
		return ""
	}
	names := []string{}
	for _, raw := range raws(n.Value) {
		names = append(names, w.value(n.Field, plainText(raw)))
	}
	return w.list(names, join)
}

// value names one value of a field.
func (w *teller) value(field, text string) string {
	f := w.fields[field]
	for i := range f.Options {
		if f.Options[i].Value == text {
			name := f.Options[i].Label
			if f.Definition == 0 && (f.Type == "choice" || f.Type == "relation" || f.Type == "issue") {
				name = w.lower(name) // a word of the catalogue
			}
			return w.quoteName(f.Type, name)
		}
	}
	id, _ := rule.WholeNumber(text)
	named := func(names map[int64]string) string {
		if name := names[id]; name != "" {
			return w.quoteName(f.Type, name)
		}
		return w.t("unknown", params{"id": text})
	}
	switch {
	case f.Type == "tags":
		return named(w.tags)
	case f.Type == "audience":
		return named(w.audiences)
	case f.Type == "staff", f.Type == "reference" && f.Target == "staff":
		if text == "me" {
			return w.t("me", nil)
		}
		return named(w.staff)
	case f.Type == "reference":
		return named(w.customers)
	case f.Type == "department":
		return named(w.departments)
	case f.Type == "region":
		province, city, district := region.Names(text)
		if name := province + strings.TrimPrefix(city, province) + district; name != "" {
			return name
		}
	case f.Type == "birthday":
		month, _ := strconv.Atoi(text)
		if w.locale != i18n.ZhCN && month >= 1 && month <= 12 {
			return time.Month(month).String()
		}
		return w.t("month", params{"month": text})
	}
	return w.quote(text)
}

// quoteName quotes names that people gave; options of the program read as words.
func (w *teller) quoteName(typ, name string) string {
	switch typ {
	case "staff", "department", "source", "level", "choice", "multi_choice", "relation", "reference":
		return name
	}
	return w.quote(name)
}

// withUnit writes a number of a condition on a field as the field's values read.
func (w *teller) withUnit(raw json.RawMessage, f *customer.FieldInfo) string {
	text := w.number(raw, f.Type)
	if f.Type == "money" {
		return text // has its sign
	}
	return custom.WithUnit(text, f.Unit)
}

// number writes a number of a condition. Of facts, milli is in thousandths.
func (w *teller) number(raw json.RawMessage, typ string) string {
	text := strings.Trim(string(raw), `"`)
	v, ok := rule.WholeNumber(text)
	switch {
	case ok && typ == "money":
		return yuan(v)
	case ok && typ == "milli":
		return strings.TrimSuffix(strings.TrimRight(i18n.Decimal(float64(v)/1000, 3), "0"), ".")
	case ok:
		return i18n.Number(v)
	}
	return rule.Shortened(text)
}

var signs = map[string]string{"eq": "=", "ne": "≠", "gt": ">", "gte": "≥", "lt": "<", "lte": "≤"}

// compare is a comparison of a number.
func (w *teller) compare(what string, n *rule.Node, number func(raw json.RawMessage) string) string {
	if list := raws(n.Value); n.Op == "between" && len(list) == 2 {
		return w.t("between", params{"field": what, "from": number(list[0]), "to": number(list[1])})
	}
	return w.t("compare", params{"field": what, "sign": signs[n.Op], "value": number(n.Value)})
}

// days is a comparison of a day.
func (w *teller) days(what string, n *rule.Node) string {
	p := params{"field": what, "value": plainText(n.Value)}
	switch n.Op {
	case "between":
		if list := raws(n.Value); len(list) == 2 {
			p["from"], p["to"] = plainText(list[0]), plainText(list[1])
		}
	case "last_days", "before_days", "next_days":
		p["count"], _ = rule.Whole(n.Value, rule.MaxDays)
	}
	return w.t("day."+n.Op, p)
}
