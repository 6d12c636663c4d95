package customer

import (
	"strings"

	"zhike/internal/rule"
)

// Figures of a past day that are no aggregate of a stream: SQL tells them, of
// one customer at a time (rule.Past).

// toldThen is the figure as an expression of the customer.
func (c *compiler) toldThen(p *rule.Past, missing string) string {
	return "COALESCE(" + p.Expr(c.asOf, "{id}") + ", " + missing + ")"
}

// numberThen is numberCondition of it: who has none has 0.
func (c *compiler) numberThen(p *rule.Past, n *Node) (expr, error) {
	cond, err := comparison(c.toldThen(p, "0"), n, rule.MaxFigure)
	if err != nil {
		return expr{}, err
	}
	return flip(lookup("("+cond+")"), n.Op, "ne"), nil
}

// textThen is textCondition of it.
func (c *compiler) textThen(p *rule.Past, n *Node) (expr, error) {
	told := c.toldThen(p, "''")
	switch n.Op {
	case "empty", "not_empty":
		return flip(lookup(told+" <> ''"), n.Op, "empty"), nil
	case "in", "not_in", "eq", "ne":
		list, err := n.Texts()
		if err != nil {
			return expr{}, err
		}
		cond, args := inTexts(told, list)
		return flip(lookup(cond, args...), n.Op, "not_in", "ne"), nil
	}
	t, err := n.Text()
	if err != nil {
		return expr{}, err
	}
	low := strings.ToLower(t)
	if n.Op == "begins" {
		return lookup(textBegins(told, len([]rune(low))), low), nil
	}
	return lookup(textHas(told), low), nil
}

// relativeNumberThen is the figure for comparisons with others: as of today, 0 is
// none, but of price sensitivity.
func relativeNumberThen(p *rule.Past, c *compiler) func(add rule.Add, id string) {
	return func(add rule.Add, id string) {
		if v := p.Expr(c.asOf, id); p.Code == PriceField {
			add(v)
		} else {
			add("NULLIF(" + v + ", 0)")
		}
	}
}
