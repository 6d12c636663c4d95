package customer

import (
	"context"
	"slices"
	"strings"

	mem "zhike/internal/column"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/rule"
)

// Conditions on what levels and stages were, and on how stages changed; changes
// of levels are in store_filter_moved.go.

// stageCondition compares the stage, the present one or that of a day. Of a
// customer whose stage was never changed since then it is the present one, also
// before the customer was known: customer_stages has changes only.
func stageCondition(c *compiler, n *Node) (expr, error) {
	codes := []string{string(StageProspect), string(StageCustomer)}
	if n.Op == "changed" {
		return stageChanged(c, n, codes)
	}
	day, now, err := c.dayOf(n)
	if err != nil {
		return expr{}, err
	}
	if now {
		return codeCondition(n, "c.stage", codes)
	}
	list, err := n.OneOf(codes)
	if err != nil {
		return expr{}, err
	}
	end := num(clock.Millis((day + 1).Start(c.s.Zone())))
	e := lookup("(COALESCE((SELECT x.before_stage FROM customer_stages x WHERE x.customer_id = {id} AND x.at >= " + end +
		" ORDER BY x.at, x.id LIMIT 1), c.stage) IN (" + quoted(list) + "))")
	e.c = true
	first := memSet(mem.Words, "customer_stages", "before_stage", "at >= "+end+` AND NOT EXISTS (SELECT 1 FROM customer_stages y
 WHERE y.customer_id = customer_stages.customer_id AND y.at >= `+end+` AND (y.at, y.id) < (customer_stages.at, customer_stages.id))`)
	e = e.inMemory(mem.Any(mem.HasWord(first, list...),
		mem.All(mem.Not(mem.Has(first)), mem.HasWord(memCol(mem.Words, "c.stage"), list...))))
	return flip(e, n.Op, "not_in"), nil
}

// levelOn compares the level that customers had on the day run.Changed: what the
// first decision behind it says was there before, -1 for none, else the level of
// the run. levels are the numbers that is means.
func levelOn(run *LevelRun, is string, levels []int64) expr {
	of, behind := "run_id = "+num(run.RunID), "from_day > "+num(int64(*run.Changed))
	e := lookup("COALESCE((SELECT x.before_level FROM tier_decision_items x WHERE x." + of + " AND x.customer_id = {id} AND x." + behind +
		" ORDER BY x.from_day, x.decision_id LIMIT 1), (SELECT x.level FROM tier_assignments x WHERE x." + of + " AND x.customer_id = {id}), -1) " + is)
	first := memSet(mem.Keys, "tier_decision_items", "before_level", of+" AND "+behind+` AND NOT EXISTS (SELECT 1 FROM tier_decision_items y
 WHERE y.run_id = tier_decision_items.run_id AND y.customer_id = tier_decision_items.customer_id AND y.`+behind+`
 AND (y.from_day, y.decision_id) < (tier_decision_items.from_day, tier_decision_items.decision_id))`)
	return e.inMemory(mem.Any(mem.HasKey(first, levels...), mem.All(mem.Not(mem.Has(first)), mem.HasKey(LevelsInMemory(run.RunID), levels...))))
}

func levelNos(run *LevelRun) []int64 {
	out := make([]int64, 0, len(run.Levels))
	for no := range run.Levels {
		out = append(out, no)
	}
	slices.Sort(out)
	return out
}

func stageChanged(c *compiler, n *Node, codes []string) (expr, error) {
	v, first, err := c.readChanged(n, func(code string) bool { return slices.Contains(codes, code) })
	if err != nil {
		return expr{}, err
	}
	if v.From == nil {
		v.From = codes
	}
	if v.To == nil {
		v.To = codes
	}
	between := "at >= " + num(clock.Millis(first.Start(c.s.Zone()))) + " AND {x}at < " + num(clock.Millis((c.asOf + 1).Start(c.s.Zone())))
	var words []string
	for _, from := range v.From {
		for _, to := range v.To {
			words = append(words, from+">"+to)
		}
	}
	return member("customer_stages", "customer_id", "x."+strings.ReplaceAll(between, "{x}", "x.")+
		" AND x.before_stage IN ("+quoted(v.From)+") AND x.after_stage IN ("+quoted(v.To)+")", true).
		inMemory(mem.HasWord(memSet(mem.Words, "customer_stages", "before_stage || '>' || after_stage", strings.ReplaceAll(between, "{x}", "")), words...)), nil
}

// insertStages keeps what changes of the stage say, in rows of their own: the
// history of a record moves with a merge, and this one stays.
func (s *Store) insertStages(ctx context.Context, rows []changeRow) error {
	var list []*changeRow
	for i := range rows {
		if rows[i].field == "stage" && rows[i].before != rows[i].after {
			list = append(list, &rows[i])
		}
	}
	return s.db.BulkInsert(ctx, "customer_stages", []string{"customer_id", "at", "id", "before_stage", "after_stage"}, len(list), func(i int, v []any) {
		r := list[i]
		v[0], v[1], v[2], v[3], v[4] = r.customerID, r.at, r.id, r.before, r.after
	})
}

// levelCodes gives the numbers of levels of a run by their codes. A level that
// the scheme has or had, and the run does not, nobody had. Error:
// customer.unknown_level.
func (c *compiler) levelNumbers(dimension string, run *LevelRun, list []string) ([]int64, error) {
	var levels []int64
	for _, code := range list {
		found := false
		for no, l := range run.Levels {
			if l.Code == code {
				levels, found = append(levels, no), true
			}
		}
		if found {
			continue
		}
		unknown := errs.New(errs.Invalid, "customer.unknown_level", "level", rule.Shortened(code))
		past, ok := c.s.Levels.(PastLevels)
		if !ok || run == c.run {
			return nil, unknown
		}
		known, err := past.LevelCodes(c.ctx, dimension)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(known, code) {
			return nil, unknown
		}
	}
	slices.Sort(levels)
	return slices.Compact(levels), nil
}
