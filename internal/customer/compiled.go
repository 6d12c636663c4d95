package customer

import (
	"sync"

	"zhike/internal/platform/clock"
	"zhike/internal/rule"
)

// Compiled remembers what the conditions of rules came to that are asked for
// again and again, such as those of all audiences for one customer. It is for
// rules that stay as they are: a condition is known by its place in memory.
//
// Kept are conditions that depend on nothing but themselves and the as-of day
// (rule.Node.Lasting). What looks anything up while it is compiled, such as a
// place in the tree of departments, is compiled for every question. The zero
// value is ready, and safe for concurrent use.
type Compiled struct {
	mu   sync.Mutex
	day  clock.Day
	kept map[*rule.Node]rule.Expr
}

func (k *Compiled) get(n *rule.Node, day clock.Day) (e rule.Expr, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.day != day {
		return e, false
	}
	e, ok = k.kept[n]
	return e, ok
}

func (k *Compiled) put(n *rule.Node, day clock.Day, e rule.Expr) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept == nil || k.day != day {
		k.day, k.kept = day, map[*rule.Node]rule.Expr{}
	}
	k.kept[n] = e
}

// remembered is foreign, of a rule that stays from what it came to before. Who
// may not see everything has it compiled: that is where it is refused.
func (c *compiler) remembered(n *Node, path string) (expr, error) {
	if c.known == nil || len(c.open) > 0 || !n.Lasting() || c.actor.HidesAny() {
		return c.foreign(n, path)
	}
	e, ok := c.known.get(n, c.asOf)
	if !ok {
		var err error
		if e, err = c.env().Compile(n, path); err != nil {
			return expr{}, err
		}
		c.known.put(n, c.asOf, e)
	}
	return expr{write: func(q *query, id string) { e.Write(q.add, id) }, mem: e.Mem}, nil
}
