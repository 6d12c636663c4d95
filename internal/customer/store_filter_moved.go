package customer

import (
	"slices"
	"strings"

	mem "zhike/internal/column"
	"zhike/internal/platform/clock"
)

// levelChanged finds whose level at the end of one of the last days was another
// one than at the end of the day before, from one and to one of those that are
// asked for. Whoever was not graded before counts as changed where any level
// before will do; the first run of all changes nobody. A level changes where
// another run comes into force, and where people change single ones of the run
// that is in force.
func levelChanged(c *compiler, n *Node) (expr, error) {
	never := plain('c', "1 = 0").inMemory(mem.Const(false))
	past, ok := c.s.Levels.(PastLevels)
	if !ok {
		return never, nil
	}
	dimension := dimensionOf(n.Field)
	known, err := past.LevelCodes(c.ctx, dimension)
	if err != nil {
		return expr{}, err
	}
	v, first, err := c.readChanged(n, func(code string) bool { return slices.Contains(known, code) })
	if err != nil {
		return expr{}, err
	}
	runs, err := past.RunsBetween(c.ctx, dimension, first, c.asOf, maxRuns)
	if err != nil {
		return expr{}, err
	}
	if len(runs) < maxRuns {
		before, err := past.RunAsOf(c.ctx, dimension, first-1)
		if err != nil {
			return expr{}, err
		}
		if before != nil {
			runs = append(runs, *before)
		}
	}
	// Of one day the newest was in force at its end.
	runs = slices.CompactFunc(runs, func(a, b PastRun) bool { return a.From == b.From })
	var found runMoves
	var byHand []string
	var kids []expr
	until := c.asOf
	for i := range runs {
		r := &runs[i]
		if rows := handChanges(r, max(first, r.From+1), until, v); rows != "" {
			byHand = append(byHand, rows)
		}
		until = r.From - 1
		if i+1 < len(runs) {
			if rest, ok := found.add(&runs[i+1], r, v); ok {
				kids = append(kids, rest)
			}
		}
	}
	if len(found.moves) > 0 {
		kids = append(kids, found.expr())
	}
	if len(byHand) > 0 {
		rows := "(" + strings.Join(byHand, " OR ") + ")"
		kids = append(kids, member("tier_decision_items", "customer_id", aliased(rows, "x"), true).
			inMemory(mem.Has(memSet(mem.Keys, "tier_decision_items", "run_id", aliased(rows, "tier_decision_items")))))
	}
	if len(kids) == 0 {
		return never, nil
	}
	return anyOf(kids), nil
}

// maxChangeKeys bounds what is looked up in memory.
const maxChangeKeys = 20_000

func changeKey(level, before int64) int64 { return level*1000 + before + 1 }

// wanted are the changes between levels of two runs that a condition asks for, as
// keys; sorted.
func (v *changed) wanted(before, after *LevelRun) (keys []int64) {
	for to, l := range after.Levels {
		if v.To != nil && !slices.Contains(v.To, l.Code) {
			continue
		}
		for from, was := range before.Levels {
			if was.Code != l.Code && (v.From == nil || slices.Contains(v.From, was.Code)) {
				keys = append(keys, changeKey(to, from))
			}
		}
		if v.From == nil {
			keys = append(keys, changeKey(to, -1))
		}
	}
	slices.Sort(keys)
	return keys
}

// runMoves are changes that rows of runs tell by themselves: what each found
// against the one that was in force before.
type runMoves struct {
	rows  []string // conditions on rows of the alias {x}
	moves []string // those of them that are wanted
	keys  []int64  // with the run
}

// moveKey is changeKey of a row of the alias {x}.
const moveKey = "{x}.level * 1000 + COALESCE({x}.prev_level, -1) + 1"

// add takes the change from one run to the next. Where the rows do not tell all of
// it, because the run was compared with another one, or people changed levels of
// one of the two, what they do not tell is a condition of its own.
func (q *runMoves) add(before, after *PastRun, v changed) (rest expr, ok bool) {
	keys := v.wanted(&before.LevelRun, &after.LevelRun)
	if len(keys) == 0 {
		return expr{}, false
	}
	was, run := num(before.RunID), num(after.RunID)
	where := "{x}.run_id = " + run
	if after.Previous == before.RunID {
		items := " EXISTS (SELECT 1 FROM tier_decision_items i WHERE i.run_id IN (" + was + ", " + run + ") AND i.customer_id = {x}.customer_id)"
		byHand := before.ByHand || after.ByHand
		row := where + " AND {x}.move <> 0"
		if byHand {
			row += " AND NOT" + items
		}
		q.rows, q.moves = append(q.rows, "("+row+")"), append(q.moves, "("+row+" AND "+moveKey+" IN ("+numbers(keys)+"))")
		for _, k := range keys {
			q.keys = append(q.keys, after.RunID*1_000_000+k)
		}
		if !byHand {
			return expr{}, false
		}
		where += " AND" + items
	}
	first := func(run, day string) string {
		return "(SELECT i.before_level FROM tier_decision_items i WHERE i.run_id = " + run + " AND i.customer_id = {x}.customer_id AND i.from_day > " + day +
			" ORDER BY i.from_day, i.decision_id LIMIT 1)"
	}
	change := "COALESCE(" + first(run, num(int64(after.From))) + ", {x}.level) * 1000 + COALESCE(" + first(was, num(int64(after.From)-1)) +
		", (SELECT y.level FROM tier_assignments y WHERE y.run_id = " + was + " AND y.customer_id = {x}.customer_id), -1) + 1"
	return member("tier_assignments", "customer_id", aliased(where+" AND "+change, "x")+" IN ("+numbers(keys)+")", false).
		inMemory(mem.HasKey(memSet(mem.Keys, "tier_assignments", aliased(change, "tier_assignments"), aliased(where, "tier_assignments")), keys...)), true
}

// expr is the condition over all runs whose rows tell their changes.
func (q *runMoves) expr() expr {
	e := member("tier_assignments", "customer_id", aliased("("+strings.Join(q.moves, " OR ")+")", "x"), len(q.moves) > 1)
	if len(q.keys) <= maxChangeKeys {
		col := memSet(mem.Keys, "tier_assignments", aliased("{x}.run_id * 1000000 + "+moveKey, "tier_assignments"),
			aliased("("+strings.Join(q.rows, " OR ")+")", "tier_assignments"))
		e = e.inMemory(mem.HasKey(col, q.keys...))
	}
	return e
}

func aliased(text, alias string) string { return strings.ReplaceAll(text, "{x}", alias) }

// handChanges are the rows, of the alias {x}, of levels that people changed while a
// run was in force, from one day to another: of each day the first says what was
// there before, and the last what came of it.
func handChanges(r *PastRun, from, to clock.Day, v changed) string {
	keys := v.wanted(&r.LevelRun, &r.LevelRun)
	if !r.ByHand || from > to || len(keys) == 0 {
		return ""
	}
	const sameDay = "i.run_id = {x}.run_id AND i.customer_id = {x}.customer_id AND i.from_day = {x}.from_day"
	return "({x}.run_id = " + num(r.RunID) + " AND {x}.from_day >= " + num(int64(from)) + " AND {x}.from_day <= " + num(int64(to)) +
		" AND NOT EXISTS (SELECT 1 FROM tier_decision_items i WHERE " + sameDay + " AND i.decision_id < {x}.decision_id)" +
		" AND (SELECT i.after_level FROM tier_decision_items i WHERE " + sameDay + " ORDER BY i.decision_id DESC LIMIT 1) * 1000 + {x}.before_level + 1 IN (" +
		numbers(keys) + "))"
}
