package customer

import (
	"strings"

	mem "zhike/internal/column"
)

// Conditions on anniversaries and ages.

// keptDay is "anniversary_days" of a day; column is a day or null.
func keptDay(k *keptDays, column string) string {
	parts := make([]string, len(k.places))
	place := "(" + column + " - " + num(int64(firstKept)) + ") % " + num(fourYears)
	for i, p := range k.places {
		parts[i] = place + " BETWEEN " + num(p[0]) + " AND " + num(p[1])
	}
	return column + " >= " + num(int64(firstKept)) + " AND " + column + " <= " + num(min(int64(k.today)-1, int64(lastKept))) +
		" AND (" + strings.Join(parts, " OR ") + ")"
}

// keptMem is the same of a column of days.
func keptMem(k *keptDays, col mem.Col) *mem.Cond {
	return mem.Pair(col, col, func(day, _ int64) bool { return k.has(day) })
}

// keptFigure is "anniversary_days" of a day of the figures.
func keptFigure(c *compiler, n *Node, column string) (expr, error) {
	k, err := keptWithin(n, c.today)
	if err != nil {
		return expr{}, err
	}
	return plain('m', keptDay(&k, "COALESCE("+column+", -1000000)")).inMemory(keptMem(&k, memNumber(column))), nil
}

// keptInstant is "anniversary_days" of an instant of the record.
func keptInstant(c *compiler, n *Node, column string) (expr, error) {
	k, err := keptWithin(n, c.today)
	if err != nil {
		return expr{}, err
	}
	zone := c.s.Zone()
	list := k.instants(zone)
	if len(list) == 0 {
		return plain('c', "1 = 0").inMemory(mem.Const(false)), nil
	}
	parts := make([]string, len(list))
	conds := make([]*mem.Cond, len(list))
	for i, p := range list {
		parts[i] = column + " BETWEEN " + num(p[0]) + " AND " + num(p[1])
		conds[i] = mem.Between(memNumber(column), p[0], p[1])
	}
	return plain('c', strings.Join(parts, " OR ")).inMemory(mem.Any(conds...)), nil
}

// ageCondition compares the age, in whole years as birthdays are kept, on the
// as-of day. Without a year of birth there is none.
func ageCondition(c *compiler, n *Node) (expr, error) {
	col := memCol(mem.Small, "c."+strings.ReplaceAll(bornNumber(""), "c.", "")+" * 2 + CASE WHEN birthday_lunar = TRUE THEN 1 ELSE 0 END")
	born := bornNumber("c.")
	on := agesOn(c.today)
	if n.Op == "empty" || n.Op == "not_empty" {
		return flip(aged(&on, born, col, 0, 9999), n.Op, "empty"), nil
	}
	from, to, err := n.Wholes(maxAge)
	if err != nil {
		return expr{}, err
	}
	switch n.Op {
	case "gt":
		from, to = from+1, 9999
	case "gte":
		to = 9999
	case "lt":
		from, to = 0, to-1
	case "lte":
		from = 0
	}
	return flip(aged(&on, born, col, max(from, 0), to), n.Op, "ne"), nil
}

// aged is "is from so old to so old".
func aged(on *ages, born string, col mem.Col, from, to int64) expr {
	if from > to {
		return plain('c', "1 = 0").inMemory(mem.Const(false))
	}
	a, b := on.between(from, to, false)
	x, y := on.between(from, to, true)
	cond := "c.birthday <> '' AND COALESCE(" + born + ", 0) > 0 AND (CASE WHEN c.birthday_lunar = TRUE THEN " +
		born + " BETWEEN " + num(x) + " AND " + num(y) + " ELSE " + born + " BETWEEN " + num(a) + " AND " + num(b) + " END)"
	return plain('c', cond).inMemory(mem.Pair(col, col, func(v, _ int64) bool {
		if v&1 == 1 {
			return v>>1 >= x && v>>1 <= y
		}
		return v>>1 >= a && v>>1 <= b
	}))
}
