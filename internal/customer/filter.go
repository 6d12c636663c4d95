package customer

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"

	"zhike/internal/platform/errs"
)

// Bounds of a nested filter.
const (
	maxFilterDepth  = 5
	maxConditions   = 50
	maxFilterValues = 200
	maxFilterText   = 200    // characters of one text
	maxFilterBytes  = 60_000 // of the JSON
)

// Node is a nested filter: all, any or not of others, or one condition.
//
//	{"all":[{"field":"stage","op":"in","value":["customer"]},
//	        {"not":{"field":"tags","op":"any","value":[3,4]}},
//	        {"any":[{"field":"net_365","op":"gte","value":100000},
//	                {"field":"f.contract_end","op":"next_days","value":30}]}]}
//
// Fields, their operators and values are those of the catalogue (see
// Service.ListFields). A comparison with what is not there does not hold; "ne",
// "not_in" and "none" are the opposite of "eq", "in" and "any", so they hold there.
type Node struct {
	All   []Node          `json:"all,omitempty"`
	Any   []Node          `json:"any,omitempty"`
	Not   *Node           `json:"not,omitempty"`
	Field string          `json:"field,omitempty"`
	Op    string          `json:"op,omitempty"`
	Value json.RawMessage `json:"value,omitempty"`
}

// empty says whether the node asks for nothing.
func (n *Node) empty() bool {
	return n == nil || n.All == nil && n.Any == nil && n.Not == nil && n.Field == "" && n.Op == "" && n.Value == nil
}

// i18n-keys: errors.list.* errors.tag.* errors.field.* errors.customer.*
func badFilter(path, code string, kv ...any) error {
	return errs.New(errs.Invalid, "invalid").WithField(path, code, kv...)
}

// ParseFilter reads a nested filter and checks its shape; "" and {} are none.
// What the fields and values mean is checked where it is used. Errors at
// "filter…": list.bad_filter, list.filter_too_large, list.filter_too_deep,
// list.too_many_conditions.
func ParseFilter(text []byte) (*Node, error) {
	text = bytes.TrimSpace(text)
	if len(text) == 0 || string(text) == "null" {
		return nil, nil
	}
	if len(text) > maxFilterBytes {
		return nil, badFilter("filter", "list.filter_too_large", "max", maxFilterBytes)
	}
	if deep(text) {
		return nil, badFilter("filter", "list.filter_too_deep", "max", maxFilterDepth)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var n Node
	if d.Decode(&n) != nil {
		return nil, badFilter("filter", "list.bad_filter")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, badFilter("filter", "list.bad_filter")
	}
	if n.empty() {
		return nil, nil
	}
	left := maxConditions
	if err := n.check("filter", 1, &left); err != nil {
		return nil, err
	}
	return &n, nil
}

// deep says whether brackets nest more than any filter needs, before anything
// is decoded.
func deep(text []byte) bool {
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
			if depth++; depth > 2*maxFilterDepth+4 {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}

// check looks at the shape of a node; left counts the conditions down.
func (n *Node) check(path string, depth int, left *int) error {
	if depth > maxFilterDepth {
		return badFilter(path, "list.filter_too_deep", "max", maxFilterDepth)
	}
	kinds := 0
	for _, has := range []bool{n.All != nil, n.Any != nil, n.Not != nil, n.Field != "" || n.Op != "" || n.Value != nil} {
		if has {
			kinds++
		}
	}
	if kinds != 1 {
		return badFilter(path, "list.bad_filter")
	}
	if n.Field != "" || n.Op != "" || n.Value != nil {
		if *left--; *left < 0 {
			return badFilter(path, "list.too_many_conditions", "max", maxConditions)
		}
		return nil
	}
	if n.Not != nil {
		return n.Not.check(path+".not", depth+1, left)
	}
	list, name := n.All, ".all["
	if n.Any != nil {
		list, name = n.Any, ".any["
	}
	if len(list) == 0 || len(list) > maxConditions {
		return badFilter(path, "list.bad_filter")
	}
	for i := range list {
		if err := list[i].check(path+name+strconv.Itoa(i)+"]", depth+1, left); err != nil {
			return err
		}
	}
	return nil
}

// and joins two filters.
func and(a, b *Node) *Node {
	if a.empty() {
		return b
	}
	if b.empty() {
		return a
	}
	return &Node{All: []Node{*a, *b}}
}

// condition makes one condition.
func condition(field, op string, value any) *Node {
	n := &Node{Field: field, Op: op}
	if value != nil {
		n.Value, _ = json.Marshal(value) // texts, numbers and lists of them
	}
	return n
}
