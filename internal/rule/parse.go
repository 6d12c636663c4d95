package rule

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"strconv"

	"zhike/internal/platform/errs"
)

// Limits bound a rule.
type Limits struct {
	Depth      int // of groups in each other
	Conditions int
	Bytes      int // of the JSON; of more, up to eight times as much, the place is told
	Values     int // of all conditions together; each may be an argument of SQL
}

// The limits of rules and of the filters of lists, which stand in addresses.
var (
	RuleLimits = Limits{Depth: 10, Conditions: 500, Bytes: 256 << 10, Values: 20_000}
	ListLimits = Limits{Depth: 5, Conditions: 50, Bytes: 60_000, Values: 20_000}
)

// Bad is an error at a place in a rule.
// i18n-keys: errors.list.* errors.rule.* errors.tag.* errors.field.* errors.customer.*
func Bad(path, code string, kv ...any) error {
	return errs.New(errs.Invalid, "invalid").WithField(path, code, kv...)
}

// At is the path of a part of a group.
func At(path, group string, i int) string { return path + "." + group + "[" + strconv.Itoa(i) + "]" }

// Parse reads a rule and checks its shape; "" and {} are none, nil. What fields
// and values mean is checked where the rule is compiled. Errors, at paths that
// begin with root: list.bad_filter and those of misfit, list.filter_too_large,
// list.filter_too_deep, list.too_many_conditions, list.bad_list,
// rule.too_many_values.
func Parse(text []byte, root string, l Limits) (*Node, error) {
	text = bytes.TrimSpace(text)
	if len(text) == 0 || string(text) == "null" {
		return nil, nil
	}
	if len(text) > MaxTimes*l.Bytes {
		return nil, Bad(root, "list.filter_too_large", "max", l.Bytes)
	}
	if deep(text, l) { // in groups, or in a value
		return nil, Bad(cmp.Or(tooDeep(text, root, l.Depth), root), "list.filter_too_deep", "max", l.Depth)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var n Node
	if d.Decode(&n) != nil {
		return nil, misfit(text, root)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, misfit(text, root)
	}
	if n.Empty() {
		return nil, nil
	}
	left := l.Conditions
	if err := n.check(root, 1, &left, l); err != nil {
		return nil, err
	}
	if err := n.checkValues(root, l); err != nil {
		return nil, err
	}
	if len(text) > l.Bytes {
		return nil, Bad(root, "list.filter_too_large", "max", l.Bytes)
	}
	return &n, nil
}

// MaxTimes is how many times as large as its limit a rule may be to be told what
// makes it so large; beyond it is not looked at.
const MaxTimes = 8

// checkValues bounds the values that the rule compares with: of each condition,
// and of all together.
func (n *Node) checkValues(root string, l Limits) error {
	all := 0
	count := func(raw json.RawMessage, path string, most int) error {
		var list []json.RawMessage
		_ = json.Unmarshal(raw, &list)
		if all += max(len(list), 1); len(list) > most {
			return Bad(path+".value", "list.bad_list", "max", most)
		}
		return nil
	}
	err := n.Walk(root, func(n *Node, path string) error {
		most := maxFactValues
		if n.Field != "" {
			most = MaxValues
		}
		if err := count(n.Value, path, most); err != nil {
			return err
		}
		for place, f := range n.facts() {
			for i := range f.Where {
				if err := count(f.Where[i].Value, At(path+place, "where", i), maxFactValues); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err == nil && all > l.Values {
		err = Bad(root, "rule.too_many_values", "max", l.Values)
	}
	return err
}

// deep says whether brackets nest more than any rule needs, before anything is
// decoded.
func deep(text []byte, l Limits) bool {
	depth, inText := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inText:
			if c == '\\' {
				i++
			} else if c == '"' {
				inText = false
			}
		case c == '"':
			inText = true
		case c == '{' || c == '[':
			// A group is two of them; a condition on facts has four inside.
			if depth++; depth > 2*l.Depth+8 {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}

// tooDeep is the path of the first part of a rule below so many levels of groups,
// "" where there is none. Only these levels are read, each once.
func tooDeep(text json.RawMessage, path string, levels int) string {
	if levels == 0 {
		return path
	}
	var n struct {
		All, Any []json.RawMessage
		Not      json.RawMessage
	}
	if json.Unmarshal(text, &n) != nil {
		return ""
	}
	if n.Not != nil {
		return tooDeep(n.Not, path+".not", levels-1)
	}
	for name, kids := range map[string][]json.RawMessage{"all": n.All, "any": n.Any} {
		for i, kid := range kids {
			if place := tooDeep(kid, At(path, name, i), levels-1); place != "" {
				return place
			}
		}
	}
	return ""
}

// check looks at the shape of a node; left counts the conditions down.
func (n *Node) check(path string, depth int, left *int, l Limits) error {
	if depth > l.Depth {
		return Bad(path, "list.filter_too_deep", "max", l.Depth)
	}
	kinds := 0
	for _, has := range []bool{n.All != nil, n.Any != nil, n.Not != nil, n.Leaf()} {
		if has {
			kinds++
		}
	}
	if kinds != 1 {
		return Bad(path, "list.bad_filter")
	}
	if n.Leaf() {
		if n.forms() != 1 {
			return Bad(path, "list.bad_filter")
		}
		n.countFacts()
		if *left--; *left < 0 {
			return Bad(path, "list.too_many_conditions", "max", l.Conditions)
		}
		return nil
	}
	if n.Not != nil {
		return n.Not.check(path+".not", depth+1, left, l)
	}
	list, name := n.All, "all"
	if n.Any != nil {
		list, name = n.Any, "any"
	}
	if len(list) == 0 {
		return Bad(path, "list.bad_filter")
	}
	if len(list) > l.Conditions {
		return Bad(path, "list.too_many_conditions", "max", l.Conditions)
	}
	for i := range list {
		if err := list[i].check(At(path, name, i), depth+1, left, l); err != nil {
			return err
		}
	}
	return nil
}
