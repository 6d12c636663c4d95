package audience

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/web"
	"zhike/internal/rule"
)

// teller says rules back in one language. What is not known to it, or hidden
// from whoever reads, it calls so and does not name.
type teller struct {
	locale  string
	text    func(key string, params map[string]any) string
	fields  map[string]*customer.FieldInfo
	streams *rule.Streams
	hidden  func(key string) bool // by field access; of streams and measures
	// Names by id; those of audiences only where the reader may see them.
	tags, audiences, staff, departments, customers map[int64]string
}

// params of a text.
type params = map[string]any

// t is a text of the catalogue. i18n-keys: rule_words.*
func (w *teller) t(key string, p params) string {
	return strings.Join(strings.Fields(w.text("rule_words."+key, p)), " ")
}

// sentence is a whole rule; "" of none is everybody.
func (w *teller) sentence(n *rule.Node) string {
	if n.Empty() {
		return w.t("everybody", nil)
	}
	return w.capital(w.spaced(w.node(n, alone)))
}

// capital begins a sentence, in languages that have such letters.
func (w *teller) capital(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[size:]
}

// spaced sets numbers off from Chinese words beside them, but not in what people
// wrote, which stands between quotation marks.
func (w *teller) spaced(text string) string {
	if w.locale != i18n.ZhCN {
		return text
	}
	var b strings.Builder
	var last rune
	quoted := 0
	for _, r := range text {
		switch {
		case r == '“':
			quoted++
		case r == '”':
			quoted--
		case quoted == 0 && (unicode.Is(unicode.Han, last) && unicode.IsDigit(r) || unicode.IsDigit(last) && unicode.Is(unicode.Han, r)):
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

// The places where a part stands, by how its parts hang together.
const (
	alone = iota // the whole rule, or within brackets
	inAll
	inAny
)

func (w *teller) node(n *rule.Node, place int) string {
	switch {
	case n == nil:
		return ""
	case n.Not != nil:
		if turned := opposite(n.Not); turned != nil {
			return w.node(turned, place)
		}
		return w.t("not", params{"text": w.node(n.Not, alone)})
	case n.All != nil:
		return w.group(n.All, inAll, place)
	case n.Any != nil:
		return w.group(n.Any, inAny, place)
	}
	return w.condition(n)
}

// group joins parts; where it stands in a group of the other kind, in brackets.
func (w *teller) group(list []rule.Node, kind, place int) string {
	if len(list) == 1 {
		return w.node(&list[0], place)
	}
	join := "and"
	if kind == inAny {
		join = "or"
	}
	parts := make([]string, len(list))
	for i := range list {
		parts[i] = w.node(&list[i], kind)
	}
	text := strings.Join(parts, w.text("rule_words."+join, nil))
	if place != alone && place != kind {
		return w.t("group", params{"text": text})
	}
	return text
}

// opposites are operators of which one holds exactly where the other does not.
var opposites = func() map[string]string {
	m := map[string]string{}
	for _, p := range [][2]string{{"in", "not_in"}, {"eq", "ne"}, {"any", "none"}, {"empty", "not_empty"}, {"within", "not_within"}} {
		m[p[0]], m[p[1]] = p[1], p[0]
	}
	return m
}()

// opposite gives a condition that holds where n does not, nil where no single
// one does.
func opposite(n *rule.Node) *rule.Node {
	turned := *n
	switch {
	case n.Not != nil:
		return n.Not
	case n.Field != "":
		turned.Op = opposites[n.Op]
	case n.Facts != nil:
		switch n.Facts.Agg {
		case "count", "distinct", "sum": // there always is one
			turned.Op = map[string]string{"gte": "lt", "lt": "gte", "gt": "lte", "lte": "gt", "eq": "ne", "ne": "eq"}[n.Op]
		default:
			turned.Op = map[string]string{"eq": "ne", "ne": "eq", "in": "not_in", "not_in": "in"}[n.Op]
		}
	default:
		return nil
	}
	if turned.Op == "" {
		return nil
	}
	return &turned
}

// condition is one condition.
func (w *teller) condition(n *rule.Node) string {
	var text string
	switch {
	case n.Field != "":
		text = w.field(n)
	case n.Facts != nil:
		text = w.factsCondition(n)
	case n.Sequence != nil:
		text = w.sequence(n.Sequence)
	case n.Relative != nil:
		text = w.relative(n)
	case n.Sample != nil:
		text = w.t("sample", params{"percent": n.Sample.Percent.String()})
		if n.Sample.Seed != "" {
			text = w.t("sample_seed", params{"percent": n.Sample.Percent.String(), "seed": w.quote(n.Sample.Seed)})
		}
	}
	if text == "" {
		return w.t("hidden", nil)
	}
	return text
}

// quote puts what people wrote between quotation marks.
func (w *teller) quote(text string) string {
	return w.text("rule_words.quote", params{"text": rule.Shortened(text)})
}

// maxNamed is how many values of a list are named.
const maxNamed = 8

// list joins names: "A, B or C", with how many more there are.
func (w *teller) list(names []string, join string) string {
	if len(names) > maxNamed {
		return w.t("list_more", params{"list": strings.Join(names[:maxNamed], w.text("rule_words.list_comma", nil)), "count": len(names) - maxNamed})
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return w.t("list_"+join, params{"list": strings.Join(names[:last], w.text("rule_words.list_comma", nil)), "last": names[last]})
}

// Say gives a rule as a sentence in a language, with every name in it: for what
// the program itself tells, of rules that are not the reader's to see in parts.
func (s *Service) Say(ctx context.Context, n *rule.Node, locale string) (string, error) {
	return s.say(web.WithLocale(auth.With(ctx, nil), locale), n)
}

// say gives a rule as a sentence in the reader's language.
func (s *Service) say(ctx context.Context, n *rule.Node) (string, error) {
	w, err := s.teller(ctx, n)
	if err != nil {
		return "", err
	}
	return w.sentence(n), nil
}

// yuan writes money without cents where there are none.
func yuan(fen int64) string { return strings.TrimSuffix(i18n.Money(fen), ".00") }
