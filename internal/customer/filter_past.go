package customer

import (
	"encoding/json"
	"strconv"
	"strings"

	"zhike/internal/platform/errs"
	"zhike/internal/rule"
)

// Figures are kept for the present as-of day. On another one they are what the
// facts up to that day come to: the same numbers, told by the streams, and where
// no aggregate is the figure, by SQL that a stream's package gives (rule.Past).
// What models say is worked out where somebody asks (PastModels).

// pastFigure is the aggregate that a figure is. Error without a path:
// rule.not_as_of, for what no stream tells.
func pastFigure(code string) (*rule.Facts, error) {
	window := func(text string) (w rule.Window) {
		w.Last, _ = strconv.Atoi(text) // "all" is none
		return w
	}
	for prefix, f := range map[string]rule.Facts{
		"net_": {Stream: "orders", Agg: "sum", Of: "net"}, "orders_": {Stream: "orders", Agg: "count"}, "aov_": {Stream: "orders", Agg: "avg", Of: "net"},
	} {
		if w, ok := strings.CutPrefix(code, prefix); ok {
			f.Window = window(w)
			return &f, nil
		}
	}
	switch code {
	case "last_day":
		return &rule.Facts{Stream: "orders", Agg: "last"}, nil
	case "first_day":
		return &rule.Facts{Stream: "orders", Agg: "first"}, nil
	case "days_since":
		return &rule.Facts{Stream: "orders", Agg: "days_since"}, nil
	case "next_order_day":
		return &rule.Facts{Stream: "orders", Agg: "next"}, nil
	case "last_behaviour_day":
		return &rule.Facts{Stream: "behaviours", Agg: "last"}, nil
	case "views_90":
		return &rule.Facts{Stream: "behaviours", Agg: "count", Window: window("90"),
			Where: []rule.Test{{Field: "kind", Op: "in", Value: json.RawMessage(`["view"]`)}}}, nil
	}
	return nil, errs.New(errs.Invalid, "rule.not_as_of")
}

// figureThen compiles a condition on a figure for a past as-of day.
func (c *compiler) figureThen(f *listField, n *Node, path string) (expr, error) {
	if m := modelFigureOf(f.code); m != nil {
		return c.modelThen(m, n, path)
	}
	facts, err := pastFigure(f.code)
	if p := c.streams().Past(f.code); err != nil && p != nil {
		tell := c.numberThen
		if f.typ == "text" {
			tell = c.textThen
		}
		e, err := tell(p, n)
		if err != nil {
			err = at(path+".value", err)
		}
		return e, err
	}
	if err != nil {
		return expr{}, at(path+".field", err)
	}
	then := Node{Facts: facts, Op: n.Op, Value: n.Value}
	switch n.Op {
	case "empty", "not_empty": // there is one where something is counted
		if facts.Agg == "next" { // three facts may have none, all of one day
			then.Op, then.Value = "gte", json.RawMessage(`"`+rule.FirstDay.String()+`"`)
			e, err := c.foreign(&then, path)
			return flip(e, n.Op, "empty"), err
		}
		count := *facts
		count.Agg, count.Of = "count", ""
		e, err := c.foreign(&Node{Facts: &count, Op: "gte", Value: json.RawMessage("1")}, path)
		return flip(e, n.Op, "empty"), err
	case "ne":
		then.Op = "eq"
	case "anniversary_days": // of the first day alone, which is kept and moves no more
		e, err := f.compile(c, n)
		if err != nil {
			err = at(path+".value", err)
		}
		return e, err
	}
	e, err := c.foreign(&then, path)
	return flip(e, n.Op, "ne"), err
}

// figureValueThen tells what a figure was on a past as-of day, and how it reads;
// nil where nothing tells it.
func (c *compiler) figureValueThen(f *listField, path string) (value func(add rule.Add, id string), typ string, err error) {
	if m := modelFigureOf(f.code); m != nil {
		of, err := c.modelRows(m, path+".field")
		return numberOf(of.table, m.column, of.where), m.typ, err
	}
	facts, err := pastFigure(f.code)
	if p := c.streams().Past(f.code); err != nil && p != nil {
		return func(add rule.Add, id string) { add(p.Expr(c.asOf, id)) }, f.typ, nil
	}
	if err != nil {
		return nil, "", nil
	}
	any := Node{Facts: facts, Op: "gte", Value: json.RawMessage("0")}
	if f.typ == "date" {
		any.Value = json.RawMessage(`"` + rule.FirstDay.String() + `"`)
	}
	e, err := c.env().Compile(&any, path)
	return e.Value, e.Type, err
}

// relativeThen puts the facts in the place of a figure that is compared with
// those of others on a past as-of day, and of an average always: the figures do
// not have its parts.
func (c *compiler) relativeThen(n *Node, path string) (*Node, error) {
	if n.Relative == nil || n.Relative.Facts != nil || !c.past && !strings.HasPrefix(n.Relative.Field, "aov_") {
		return n, nil
	}
	f, err := c.listField(n.Relative.Field)
	if err != nil {
		return nil, atField(path+".relative.field", err)
	}
	if f == nil || f.group != "figures" {
		return n, nil
	}
	facts, err := pastFigure(f.code)
	if err != nil && (c.streams().Past(f.code) != nil || modelFigureOf(f.code) != nil) {
		return n, nil // see number
	}
	if err != nil {
		return nil, at(path+".relative.field", err)
	}
	out, r := *n, *n.Relative
	r.Facts, r.Field = facts, ""
	out.Relative = &r
	return &out, nil
}
