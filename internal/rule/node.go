package rule

import (
	"encoding/json"
	"iter"
	"slices"
)

// Node is a rule: all, any or not of others, or one condition.
//
//	{"all":[{"field":"stage","op":"in","value":["customer"]},
//	        {"not":{"field":"tags","op":"any","value":[3,4]}},
//	        {"any":[{"field":"f.contract_end","op":"next_days","value":30},
//	                {"facts":{"stream":"lines","agg":"count","window":{"last":180},
//	                          "where":[{"field":"category","op":"in","value":["咖啡"]}]},
//	                 "op":"gte","value":2}]}]}
//
// Fields, their operators and values are those of the catalogue. A comparison
// with what is not there does not hold; "ne", "not_in" and "none" are the
// opposite of "eq", "in" and "any", so they hold there.
type Node struct {
	All []Node `json:"all,omitempty"`
	Any []Node `json:"any,omitempty"`
	Not *Node  `json:"not,omitempty"`

	// Field is a scalar or a set of the customer; At, where a history is kept, is
	// the day (2026-01-31) whose value is meant, "" the as-of day.
	Field string `json:"field,omitempty"`
	At    string `json:"at,omitempty"`
	// Facts is an aggregate over a stream.
	Facts *Facts `json:"facts,omitempty"`
	// Sequence is one fact and then another, or not another.
	Sequence *Sequence `json:"sequence,omitempty"`
	// Relative compares with other customers.
	Relative *Relative `json:"relative,omitempty"`
	// Sample is a part of all customers, drawn once for ever.
	Sample *Sample `json:"sample,omitempty"`

	Op    string          `json:"op,omitempty"`
	Value json.RawMessage `json:"value,omitempty"`
}

// Facts chooses facts of a stream and says what to make of them. The operators
// of the condition are those of numbers, of days, or of the dimension.
type Facts struct {
	Stream string `json:"stream"`
	Where  []Test `json:"where,omitempty"` // all of them
	Window Window `json:"window,omitzero"`
	// Agg is count, sum, avg, min, max, distinct, first, last (the day; with a
	// dimension in Of: its value then), days_since (days since the last one),
	// days_since_first, or next (the day of the next one by the own rhythm: the
	// mean gap of days behind the last one, from the third on).
	Agg string `json:"agg,omitempty"`
	// Of is the measure of sum, avg, min and max, or the dimension of distinct,
	// first and last.
	Of string `json:"of,omitempty"`
}

// Test is a condition on one fact. Not_in holds of a fact that does not tell the
// dimension, too; money is compared in 分, rounded.
type Test struct {
	Field string          `json:"field"` // a dimension or a measure
	Op    string          `json:"op"`    // in, not_in; of measures eq, gt, gte, lt, lte, between
	Value json.RawMessage `json:"value,omitempty"`
}

// Sequence holds where a fact of First, in its window, is followed by one of
// Then: later than it, and at most Within days behind its day. With Without it
// holds where some fact of First is not followed so. The window of Then is not
// used.
type Sequence struct {
	First   Facts `json:"first"`
	Then    Facts `json:"then"`
	Within  int   `json:"within"` // days
	Without bool  `json:"without,omitempty"`

	open bool // see UnmarshalJSON
}

// Relative compares a number of the customer, an aggregate or a field, with
// those of the customers that have one, all of them or those of an audience.
// Whoever has no fact that is counted has no aggregate here, a count neither, and
// of a figure, whoever bought nothing; customers outside the audience are held
// against the same bound.
// Op and value of the condition: "top_percent" and "bottom_percent" with a
// percentage, "top" and "bottom" with a number of customers (whoever equals the
// last of them is in, too), and "gt", "gte", "lt", "lte" with a factor of the
// average, such as 1.5.
type Relative struct {
	Facts    *Facts `json:"facts,omitempty"`
	Field    string `json:"field,omitempty"`
	Audience int64  `json:"audience,omitempty"` // 0: all customers
}

// Sample is a percentage of all customers, with up to two decimals. The same
// seed gives the same customers for ever, and with a greater percentage those
// and others.
type Sample struct {
	Percent json.Number `json:"percent"`
	Seed    string      `json:"seed,omitempty"`
}

// Window says which days count, up to the as-of day D. At most one of its forms
// is given; none is all time up to D.
type Window struct {
	// Last is D and the days before it, so many in all.
	Last int `json:"last,omitempty"`
	// Unit is a calendar period: day, week (from Monday), month, quarter or
	// year. Back counts periods back from that of D: 0 this one up to D, 1 the
	// last one. Years moves the period so many years back, 29 February to 28;
	// ToDate ends it at the place that D has in its own period.
	Unit   string `json:"unit,omitempty"`
	Back   int    `json:"back,omitempty"`
	Years  int    `json:"years,omitempty"`
	ToDate bool   `json:"to_date,omitempty"`
	// From and To are fixed days, both included; either may be left out.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`

	blank string // see UnmarshalJSON
}

// Empty says whether the node asks for nothing.
func (n *Node) Empty() bool {
	return n == nil || n.All == nil && n.Any == nil && n.Not == nil && !n.Leaf()
}

// Leaf says whether the node is a condition, or a part of one.
func (n *Node) Leaf() bool {
	return n.forms() > 0 || n.At != "" || n.Op != "" || n.Value != nil
}

// Foreign says whether the condition is of a form that this package compiles.
func (n *Node) Foreign() bool {
	return n.Facts != nil || n.Sequence != nil || n.Relative != nil || n.Sample != nil
}

// Lasting says whether what the condition compiles to depends on the condition
// and the as-of day alone: it is about facts or a sample, and names neither an
// audience nor a field of the customer.
func (n *Node) Lasting() bool {
	if r := n.Relative; r != nil {
		return r.Facts != nil && r.Field == "" && r.Audience == 0
	}
	return n.Foreign()
}

func (n *Node) forms() (k int) {
	for _, has := range []bool{n.Field != "", n.Facts != nil, n.Sequence != nil, n.Relative != nil, n.Sample != nil} {
		if has {
			k++
		}
	}
	return k
}

// Walk calls fn with every node of the tree and its path, parents first.
func (n *Node) Walk(path string, fn func(n *Node, path string) error) error {
	if err := fn(n, path); err != nil {
		return err
	}
	if n.Not != nil {
		return n.Not.Walk(path+".not", fn)
	}
	for i := range n.All {
		if err := n.All[i].Walk(At(path, "all", i), fn); err != nil {
			return err
		}
	}
	for i := range n.Any {
		if err := n.Any[i].Walk(At(path, "any", i), fn); err != nil {
			return err
		}
	}
	return nil
}

// And joins two rules.
func And(a, b *Node) *Node {
	if a.Empty() {
		return b
	}
	if b.Empty() {
		return a
	}
	return &Node{All: []Node{*a, *b}}
}

// Condition makes a condition on a field; value is a text, a number or a list.
func Condition(field, op string, value any) *Node {
	n := &Node{Field: field, Op: op}
	if value != nil {
		n.Value, _ = json.Marshal(value)
	}
	return n
}

// Names are the fields and streams that the rule asks for, each once, for the
// audit log: values may name people. Nil gives none.
func (n *Node) Names() []string {
	out := []string{}
	if n == nil {
		return out
	}
	add := func(name string) {
		if name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	_ = n.Walk("", func(n *Node, _ string) error {
		add(n.Field)
		for _, f := range n.facts() {
			add(f.Stream)
		}
		if n.Relative != nil {
			add(n.Relative.Field)
		}
		return nil
	})
	return out
}

// facts gives the choices of facts in a condition, with their places below it.
func (n *Node) facts() iter.Seq2[string, *Facts] {
	return func(yield func(place string, f *Facts) bool) {
		switch {
		case n.Facts != nil:
			yield(".facts", n.Facts)
		case n.Sequence != nil:
			_ = yield(".sequence.first", &n.Sequence.First) && yield(".sequence.then", &n.Sequence.Then)
		case n.Relative != nil && n.Relative.Facts != nil:
			yield(".relative.facts", n.Relative.Facts)
		}
	}
}

// countFacts writes out the aggregate that is meant where none is given, so that
// whoever reads the rule finds one spelling of it.
func (n *Node) countFacts() {
	for _, f := range []*Facts{n.Facts, n.relativeFacts()} {
		if f != nil && f.Agg == "" {
			f.Agg = "count"
		}
	}
}

func (n *Node) relativeFacts() *Facts {
	if n.Relative == nil {
		return nil
	}
	return n.Relative.Facts
}

// Count is the number of conditions; 0 for nil.
func (n *Node) Count() (k int) {
	if n == nil {
		return 0
	}
	_ = n.Walk("", func(n *Node, _ string) error {
		if n.Leaf() {
			k++
		}
		return nil
	})
	return k
}
