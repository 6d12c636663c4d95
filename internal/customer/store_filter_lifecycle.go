package customer

import (
	"context"
	"slices"

	mem "zhike/internal/column"
	"zhike/internal/platform/db"
)

// Conditions on the stage of the lifecycle: now, on a day, and how it changed.
// Package lifecycle writes the tables together, and tells of both by the name of
// the first.

var memLifecycle = memSet(mem.Words, "lifecycle_states", "stage", "")

func memPassages(expr, where string) mem.Col {
	c := memSet(mem.Words, "lifecycle_history", expr, where)
	c.Source = memLifecycle.Table
	return c
}

func lifecycleCondition(c *compiler, n *Node) (expr, error) {
	if n.Op == "changed" {
		return lifecycleChanged(c, n)
	}
	day, now, err := c.lifecycleThen(n)
	if err != nil {
		return expr{}, err
	}
	table, where, col := "lifecycle_states", "", memLifecycle
	if !now {
		// The last row up to the day.
		last := func(alias string) string {
			return alias + "day <= " + num(day) + ` AND NOT EXISTS (SELECT 1 FROM lifecycle_history y
 WHERE y.customer_id = ` + alias + "customer_id AND y.day > " + alias + "day AND y.day <= " + num(day) + ")"
		}
		table, where, col = "lifecycle_history", last("x."), memPassages("stage", last("lifecycle_history."))
	}
	switch n.Op {
	case "empty", "not_empty":
		if where == "" {
			where = "x.stage <> ''"
		}
		return flip(member(table, "customer_id", where, false).inMemory(mem.Has(col)), n.Op, "empty"), nil
	}
	list, err := c.lifecycleCodes(n)
	if err != nil {
		return expr{}, err
	}
	if where != "" {
		where = " AND " + where
	}
	e := member(table, "customer_id", "x.stage IN ("+quoted(list)+")"+where, false).inMemory(mem.HasWord(col, list...))
	return flip(e, n.Op, "not_in"), nil
}

// lifecycleChanged finds who came from one stage to another in the last days.
// Who came new counts where any stage before will do; the day on which the
// lifecycle began changes nobody.
func lifecycleChanged(c *compiler, n *Node) (expr, error) {
	known, err := c.lifecycleKnown()
	if err != nil {
		return expr{}, err
	}
	v, first, err := c.readChanged(n, func(code string) bool { return slices.Contains(known, code) })
	if err != nil {
		return expr{}, err
	}
	if v.To == nil {
		v.To = known
	}
	from := v.From
	if from == nil {
		from = append([]string{""}, known...)
	}
	if len(v.To) == 0 {
		return plain('c', "1 = 0").inMemory(mem.Const(false)), nil
	}
	between := func(alias string) string {
		return alias + "day >= " + num(int64(first)) + " AND " + alias + "day <= " + num(int64(c.asOf)) + " AND (" + alias + "before_stage <> '' OR " +
			alias + "day <> (SELECT h.begun_day FROM lifecycle_head h WHERE h.id = 1))"
	}
	var words []string
	for _, f := range from {
		for _, to := range v.To {
			words = append(words, f+">"+to)
		}
	}
	return member("lifecycle_history", "customer_id", between("x.")+" AND x.before_stage IN ("+quoted(from)+") AND x.stage IN ("+quoted(v.To)+")", true).
		inMemory(mem.HasWord(memPassages("before_stage || '>' || stage", between("")), words...)), nil
}

// lifecycleOf gives the present stages of customers.
func (s *Store) lifecycleOf(ctx context.Context, ids []int64) (map[int64]string, error) {
	out := make(map[int64]string, len(ids))
	err := db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		return db.Each(ctx, s.db.Q(ctx), `SELECT customer_id, stage FROM lifecycle_states WHERE customer_id IN (`+in+`)`, func(r db.Scanner) error {
			var id int64
			var stage string
			err := r.Scan(&id, &stage)
			out[id] = stage
			return err
		}, args...)
	})
	return out, err
}
