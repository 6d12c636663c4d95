package customer

import (
	"context"
	"strconv"
	"strings"
	"time"

	"zhike/internal/column"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/money"
	"zhike/internal/rule"
)

// Why is a node of a rule with what came of it for one customer.
type Why struct {
	Path  string
	Node  *Node
	Holds bool
	// Value is what the customer has where the condition looks, as lists give it;
	// nil where there is nothing or where it cannot be shown. Type says how it
	// reads: money (分), number, day, time (unix ms), text, bool, list. Text is the
	// same in the reader's language.
	Value any
	Type  string
	Text  string
	// Audience, of a node below a condition on audiences, is the one that is
	// meant; its rule is below.
	Audience *rule.Audience
	Children []*Why
}

// leaf is a condition that is asked for.
type leaf struct {
	why   *Why
	e     expr
	value func(add rule.Add, id string)
	field *listField
	shift *shifted
	scale int // decimals that value has as a whole number
}

// whyTree collects the conditions of a rule.
type whyTree struct {
	c      *compiler
	leaves []*leaf
}

// Explain says of every part of a rule whether it holds of a customer, with the
// values behind. Errors: customer.not_found outside of the actor's scope, and
// those of [Service.Find].
func (s *Service) Explain(ctx context.Context, w Who, id int64) (*Why, clock.Day, error) {
	card, err := s.Card(ctx, id)
	if err != nil {
		return nil, 0, err
	}
	_, c, err := s.who(ctx, w)
	if err != nil {
		return nil, 0, err
	}
	n := w.Rule
	if n.Empty() {
		n = &Node{All: []Node{}}
	}
	t := &whyTree{c: c}
	why, err := t.add(n, "rule")
	if err == nil {
		err = s.answer(ctx, t.leaves, id)
	}
	if err == nil {
		err = s.showValues(ctx, t, &card)
	}
	if err != nil {
		return nil, 0, err
	}
	why.settle()
	return why, c.asOf, nil
}

// add puts a node and what is below it into the tree.
func (t *whyTree) add(n *Node, path string) (*Why, error) {
	y := &Why{Path: path, Node: n}
	list, group := n.All, "all"
	switch {
	case n.Not != nil:
		k, err := t.add(n.Not, path+".not")
		y.Children = []*Why{k}
		return y, err
	case n.All == nil && n.Any == nil:
		return y, t.condition(y)
	case n.Any != nil:
		list, group = n.Any, "any"
	}
	for i := range list {
		k, err := t.add(&list[i], rule.At(path, group, i))
		if err != nil {
			return nil, err
		}
		y.Children = append(y.Children, k)
	}
	return y, nil
}

func (t *whyTree) condition(y *Why) (err error) {
	n, c := y.Node, t.c
	if n.Field == audienceField {
		return t.audiences(y)
	}
	l := &leaf{why: y}
	if n.Foreign() {
		then, err := c.relativeThen(n, y.Path)
		if err != nil {
			return err
		}
		e, err := c.env().Compile(then, y.Path)
		if err != nil {
			return err
		}
		l.e = expr{write: func(q *query, id string) { e.Write(q.add, id) }, mem: e.Mem}
		l.value, y.Type = e.Value, e.Type
		if n.Relative != nil {
			l.scale = modelScale(n.Relative.Field)
		}
	} else {
		if l.e, err = c.compile(n, y.Path); err != nil {
			return err
		}
		if l.field, err = c.listField(n.Field); err != nil {
			return err
		}
		l.shift = c.shiftOf(l.field, n)
		// What a list shows is of today.
		if l.shift != nil || n.At != "" || c.past && (l.field.group == "figures" || l.field.kept()) {
			if l.shift == nil && n.At == "" && l.field.group == "figures" {
				if l.value, y.Type, err = c.figureValueThen(l.field, y.Path); err != nil {
					return err
				}
				l.scale = modelScale(n.Field)
			}
			l.field = nil
		}
	}
	t.leaves = append(t.leaves, l)
	return nil
}

// audiences puts a part for each audience that a condition names.
func (t *whyTree) audiences(y *Why) error {
	ids, err := y.Node.IDs(nil)
	if err != nil {
		return at(y.Path+".value", err)
	}
	for i, id := range ids {
		a, err := t.c.s.Rules.Audience(t.c.ctx, id)
		if err != nil {
			return at(y.Path+".value", err)
		}
		path := y.Path + ".value[" + num(int64(i)) + "]"
		k := &Why{Path: path, Node: condition(audienceField, "any", []int64{id}), Audience: a}
		y.Children = append(y.Children, k)
		if a.Static == nil {
			below, err := t.add(a.Rule, path+".rule")
			if err != nil {
				return err
			}
			k.Children = []*Why{below}
			continue
		}
		e, err := t.c.audience(id, path)
		if err != nil {
			return err
		}
		t.leaves = append(t.leaves, &leaf{why: k, e: e})
	}
	return nil
}

// answer asks which conditions hold, and for the values of those that have one.
func (s *Service) answer(ctx context.Context, leaves []*leaf, id int64) error {
	conditions, conds := make([][]expr, len(leaves)), make([]*column.Cond, len(leaves))
	for i, l := range leaves {
		conditions[i], conds[i] = []expr{l.e}, l.e.mem
	}
	var holds []bool
	var ok bool
	var err error
	if len(conds) > 0 {
		holds, ok, err = s.Columns.Holds(ctx, id, conds)
	}
	if err == nil && !ok {
		holds, err = s.store.holdsOf(ctx, conditions, id)
	}
	if err != nil {
		return err
	}
	for i, l := range leaves {
		l.why.Holds = holds[i]
		if l.shift != nil {
			if l.why.Text, err = s.tellShift(ctx, l.shift, id); err != nil {
				return err
			}
			l.why.Value, l.why.Type = l.why.Text, "text"
			continue
		}
		if l.value == nil {
			continue
		}
		if l.why.Value, err = s.store.valueOf(ctx, l.value, id); err != nil {
			return err
		}
		if n, ok := l.why.Value.(int64); ok && l.scale > 0 {
			l.why.Value = scaled(n, l.scale)
		}
		l.why.translate(l.why.Value, l.why.Type, itself, s)
	}
	return nil
}

// showValues puts what lists show of fields beside the conditions on them.
func (s *Service) showValues(ctx context.Context, t *whyTree, card *Item) error {
	var columns []*listField
	for _, l := range t.leaves {
		if l.field != nil && l.field.column {
			columns = append(columns, l.field)
		}
	}
	x, err := s.extras(ctx, []int64{card.ID}, columns)
	if err != nil {
		return err
	}
	locale := localeOf(ctx)
	for _, l := range t.leaves {
		f := l.field
		switch {
		case f == nil:
		case f.code == "has_phone":
			l.why.Value, l.why.Type = card.Phone != nil, "bool"
		case f.code == "has_email":
			l.why.Value, l.why.Type = card.Email != nil, "bool"
		case f.typ == "level":
			has := card.Level
			if f.code != "level" {
				has = x.levels[f.code][card.ID]
			}
			if has != nil {
				l.why.translate(has.Name, "text", itself, s)
			}
		case !f.column || auth.Hides(ctx, keyOfCode(f.code)):
		case f.def != nil:
			v := x.values[card.ID][f.def.Code]
			names := x.others
			if f.def.Target == "staff" {
				names = x.staff
			}
			if v.Set {
				l.why.Value, l.why.Type, l.why.Text = x.value(f, card), typeOf(f.typ), inWords(f.def, v, locale, names)
			}
		default:
			word := itself
			if f.code == LifecycleField {
				word = x.stageName
			}
			if f.words != "" {
				word = func(code string) string { return s.Texts.T(locale, f.words+code, nil) }
			}
			l.why.translate(x.value(f, card), typeOf(f.typ), word, s)
		}
	}
	return nil
}

// typeOf says how the values of a field read.
func typeOf(typ string) string {
	switch typ {
	case "money", "number", "time", "bool":
		return typ
	case "date":
		return "day"
	case "tags", "multi_choice":
		return "list"
	}
	return "text"
}

func itself(code string) string { return code }

// translate takes a value and writes it as people read it.
func (y *Why) translate(v any, typ string, word func(code string) string, s *Service) {
	if v == nil {
		y.Value, y.Type = nil, ""
		return
	}
	y.Value, y.Type = v, typ
	switch v := v.(type) {
	case Named:
		y.Value, y.Text = v.Name, v.Name
	case []string:
		y.Text = strings.Join(v, "; ")
	case []TagChip:
		names := make([]string, len(v))
		for i := range v {
			names[i] = v[i].Name
		}
		y.Value, y.Text = names, strings.Join(names, "; ")
	case *int64:
		if v == nil {
			y.Value, y.Type = nil, ""
			return
		}
		y.translate(*v, typ, word, s)
	case int64:
		switch typ {
		case "money":
			y.Text = money.Format(v)
		case "time":
			y.Text = time.UnixMilli(v).In(s.Zone()).Format("2006-01-02 15:04")
		case "day":
			y.Text = clock.Day(v).String()
			y.Value = y.Text
		default:
			y.Text = i18n.Number(v)
		}
	case float64:
		y.Text = strconv.FormatFloat(v, 'f', -1, 64)
	default:
		code := textOf(v)
		if code == "" {
			if t, ok := v.(string); ok && t == "" {
				y.Value, y.Type = nil, ""
			}
			return
		}
		y.Text = word(code)
	}
}

// settle works out groups from what is below them.
func (y *Why) settle() {
	for _, k := range y.Children {
		k.settle()
	}
	n, some, every := y.Node, false, true
	for _, k := range y.Children {
		some, every = some || k.Holds, every && k.Holds
	}
	switch {
	case y.Audience != nil:
		if y.Audience.Static == nil {
			y.Holds = every
		}
	case n.Not != nil:
		y.Holds = !every
	case n.Any != nil:
		y.Holds = some
	case n.All != nil:
		y.Holds = every
	case n.Field == audienceField:
		switch n.Op {
		case "all":
			y.Holds = every
		case "none":
			y.Holds = !some
		default:
			y.Holds = some
		}
	}
}
