package audience

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"zhike/internal/rule"
)

// worded says of which streams there are sentences of their own; others are told
// by their label.
var worded = []string{"orders", "lines", "behaviours"}

// stream gives a stream that may be told of, nil otherwise.
func (w *teller) stream(f *rule.Facts) *rule.Stream {
	st := w.streams.Get(f.Stream)
	if st == nil || st.Access != "" && w.hidden(st.Access) {
		return nil
	}
	return st
}

// phrase is what facts are called in a sentence: the noun, the verb, and what
// else was asked of them.
type phrase struct {
	stream *rule.Stream
	kind   string // of the texts
	noun   string
	verb   string
	what   string // of lines: what was bought
	where  string // in brackets, or ""
	nouns  string
	tests  string // all of them, without brackets
}

func (w *teller) phrase(f *rule.Facts) *phrase {
	st := w.stream(f)
	if st == nil {
		return nil
	}
	p := &phrase{stream: st, kind: st.Code}
	if !slices.Contains(worded, st.Code) {
		p.kind = "other"
	}
	label := w.text(st.Label, nil)
	q := params{"stream": label}
	p.noun, p.nouns, p.verb = w.t("noun."+p.kind, q), w.t("nouns."+p.kind, q), w.t("verb."+p.kind, q)
	var tests, kinds []string
	for i := range f.Where {
		t := &f.Where[i]
		if st.Code == "behaviours" && t.Field == "kind" && t.Op == "in" {
			p.verb = w.words(st, t.Field, t.Value)
			p.noun, p.nouns = w.t("noun.named", params{"name": p.verb}), w.t("nouns.named", params{"name": p.verb})
			kinds = []string{p.verb}
			continue
		}
		text := w.test(st, t)
		if text == "" {
			return nil
		}
		tests = append(tests, text)
	}
	comma := w.text("rule_words.list_comma", nil)
	all := strings.Join(tests, comma)
	p.tests = strings.Join(append(kinds, tests...), comma)
	if p.kind == "lines" {
		if p.what = w.t("what_any", nil); all != "" {
			p.what = w.t("what", params{"tests": all})
		}
		p.verb = w.t("verb.lines", params{"what": p.what})
		p.noun, p.nouns = w.t("noun.lines", params{"what": p.what}), w.t("nouns.lines", params{"what": p.what})
	} else if all != "" {
		p.where = w.t("where", params{"tests": all})
	}
	return p
}

// words names words of a dimension.
func (w *teller) words(st *rule.Stream, dimension string, raw json.RawMessage) string {
	d := st.Dimension(dimension)
	names := []string{}
	for _, r := range raws(raw) {
		name := plainText(r)
		if d != nil && d.Codes != nil {
			names = append(names, w.lower(w.text(d.Words+name, nil)))
			continue
		}
		names = append(names, w.quote(name))
	}
	return w.list(names, "or")
}

// lower is a word of the catalogue inside a sentence; names in capitals stay.
func (w *teller) lower(text string) string {
	r := []rune(text)
	if strings.ContainsFunc(string(r[min(len(r), 1):]), unicode.IsUpper) { // WeCom
		return text
	}
	return strings.ToLower(text)
}

// test is a condition on one fact, "" where it may not be told.
func (w *teller) test(st *rule.Stream, t *rule.Test) string {
	if d := st.Dimension(t.Field); d != nil {
		key := "test.in"
		if t.Op == "not_in" {
			key = "test.not_in"
		}
		return w.t(key, params{"field": w.lower(w.text(d.Label, nil)), "value": w.words(st, t.Field, t.Value)})
	}
	m := st.Measure(t.Field)
	if m == nil || m.Access != "" && w.hidden(m.Access) {
		return ""
	}
	return w.compare(w.lower(w.text(m.Label, nil)), &rule.Node{Op: t.Op, Value: t.Value},
		func(raw json.RawMessage) string { return w.number(raw, m.Type) })
}

// window says which days count; "" is all time.
func (w *teller) window(d *rule.Window) string {
	switch {
	case d.Last == 1:
		return w.t("window.today", nil)
	case d.Last > 1:
		return w.t("window.last", params{"count": d.Last})
	case d.Unit != "":
		text := ""
		switch d.Back {
		case 0:
			text = w.t("window.this."+d.Unit, nil)
		case 1:
			text = w.t("window.before."+d.Unit, nil)
		default:
			text = w.t("window.back."+d.Unit, params{"count": d.Back})
		}
		if d.Years == 1 {
			text = w.t("window.year_before", params{"window": text})
		} else if d.Years != 0 {
			text = w.t("window.years", params{"window": text, "count": d.Years})
		}
		if d.ToDate {
			text = w.t("window.to_date", params{"window": text})
		}
		return text
	case d.From != "" && d.To != "":
		return w.t("window.from_to", params{"from": d.From, "to": d.To})
	case d.From != "":
		return w.t("window.from", params{"from": d.From})
	case d.To != "":
		return w.t("window.to", params{"to": d.To})
	}
	return ""
}

// windowOr is window with a text for all time.
func (w *teller) windowOr(d *rule.Window, all string) string {
	if text := w.window(d); text != "" {
		return text
	}
	return w.t(all, nil)
}

// factsCondition is a condition on facts, "" where they may not be told.
func (w *teller) factsCondition(n *rule.Node) string {
	f := n.Facts
	p := w.phrase(f)
	if p == nil {
		return ""
	}
	if f.Agg == "count" {
		return w.counted(n, p)
	}
	what, typ := w.aggregate(f, p)
	if what == "" {
		return ""
	}
	switch typ {
	case "day":
		return w.days(what, n)
	case "word":
		key := "is"
		if n.Op == "not_in" {
			key = "is_not"
		}
		return w.t(key, params{"field": what, "value": w.words(p.stream, f.Of, n.Value)})
	}
	return w.compare(what, n, func(raw json.RawMessage) string { return w.number(raw, typ) })
}

// counted says how often: that it happened, that it did not, or a number.
func (w *teller) counted(n *rule.Node, p *phrase) string {
	v, _ := rule.Whole(n.Value, rule.MaxFigure)
	q := params{"window": w.window(&n.Facts.Window), "where": p.where, "what": p.what, "verb": p.verb}
	switch {
	case n.Op == "gte" && v == 1, n.Op == "gt" && v == 0:
		return w.t("count."+p.kind+".some", q)
	case n.Op == "lt" && v == 1, n.Op == "lte" && v == 0, n.Op == "eq" && v == 0:
		return w.t("count."+p.kind+".none", q)
	}
	q["times"] = w.t("times."+n.Op, params{"count": v})
	if list := raws(n.Value); n.Op == "between" && len(list) == 2 {
		q["times"] = w.t("times.between", params{"from": w.number(list[0], ""), "to": w.number(list[1], "")})
	}
	return w.t("count."+p.kind+".times", q)
}

// aggregate names what is compared, and says how its values read.
func (w *teller) aggregate(f *rule.Facts, p *phrase) (what, typ string) {
	q := params{"window": w.windowOr(&f.Window, "window.all"), "where": p.where, "noun": p.noun, "nouns": p.nouns}
	switch f.Agg {
	case "count":
		return w.t("value.count", q), "number"
	case "sum", "avg", "min", "max":
		m := p.stream.Measure(f.Of)
		if m == nil || m.Access != "" && w.hidden(m.Access) {
			return "", ""
		}
		q["measure"] = w.lower(w.text(m.Label, nil))
		if p.tests != "" {
			q["where"] = w.t("where", params{"tests": p.tests})
		}
		return w.t("value."+f.Agg, q), m.Type
	case "days_since", "days_since_first":
		return w.t("value."+f.Agg, q), "number"
	}
	if q["window"] = w.window(&f.Window); f.Agg == "distinct" || f.Of != "" {
		d := p.stream.Dimension(f.Of)
		if d == nil {
			return "", ""
		}
		q["dimension"] = w.lower(w.text(d.Label, nil))
		if f.Agg == "distinct" {
			return w.t("value.distinct", q), "number"
		}
		return w.t("value."+f.Agg+"_of", q), "word"
	}
	return w.t("value."+f.Agg, q), "day"
}

// sequence is one thing and then another, or not.
func (w *teller) sequence(q *rule.Sequence) string {
	first, then := w.phrase(&q.First), w.phrase(&q.Then)
	if first == nil || then == nil {
		return ""
	}
	key := "sequence"
	if q.Without {
		key = "sequence_without"
	}
	if q.Within == 0 {
		key += "_same_day"
	}
	return w.t(key, params{"window": w.window(&q.First.Window), "first": first.verb, "where": first.where,
		"then": then.verb, "then_where": then.where, "count": q.Within})
}

// relative is a comparison with others.
func (w *teller) relative(n *rule.Node) string {
	what := ""
	if f := n.Relative.Facts; f != nil {
		if p := w.phrase(f); p != nil {
			what, _ = w.aggregate(f, p)
		}
	} else if w.fields[n.Relative.Field] != nil {
		what = w.label(n.Relative.Field)
	}
	if what == "" {
		return ""
	}
	among := w.t("among_all", nil)
	if id := n.Relative.Audience; id != 0 {
		name := w.t("unknown", params{"id": id})
		if known := w.audiences[id]; known != "" {
			name = w.quote(known)
		}
		among = w.t("among", params{"audience": name})
	}
	return w.t("relative."+n.Op, params{"field": what, "among": among, "value": plainText(n.Value)})
}
