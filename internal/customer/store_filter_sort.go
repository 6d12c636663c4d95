package customer

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"

	mem "zhike/internal/column"
	"zhike/internal/region"
)

// Orders by what no index holds. The columns in memory sort by it, everybody
// too; without them the database looks at everybody for each page.

// byFigure sorts by a whole number of the figures that is never null.
func byFigure(column string) *order {
	return &order{table: "customer_metrics", key: "k." + strings.TrimPrefix(column, "m."), id: "customer_id", scan: true}
}

// byPlace sorts by the name of a place in the official order, that of the codes:
// 北京, 天津, 河北 …, cities by province. Customers without one come first, names
// that no division of the level has last, byte by byte. The name tells, not the
// region code of the record: it is what lists show, and the code may be unknown.
func byPlace(column string, level region.Level) *order {
	column = strings.TrimPrefix(column, "c.")
	return &order{made: sync.OnceValue(func() *order {
		codes := region.Codes(level)
		col := memCol(mem.Text, placeKey(column, codes))
		return &order{table: "customers", key: placeKey("k."+column, codes), id: "id", text: true, bytewise: true, scan: true,
			held: &mem.Segment{By: col, Sorted: true}}
	})}
}

// placeKey gives the code of a name in SQL: by its first character, then as a
// whole, for some hundred names in a row take long to compare.
func placeKey(column string, codes map[string]string) string {
	var b strings.Builder
	b.WriteString("CASE WHEN " + column + " = '' THEN '' ELSE COALESCE(CASE SUBSTR(" + column + ", 1, 1)")
	last := ""
	for _, name := range slices.Sorted(maps.Keys(codes)) {
		if first := string([]rune(name)[:1]); first != last {
			if last != "" {
				b.WriteString(" END")
			}
			b.WriteString(" WHEN '" + first + "' THEN CASE " + column)
			last = first
		}
		b.WriteString(" WHEN '" + name + "' THEN '" + codes[name] + "'")
	}
	b.WriteString(" END END, '~' || " + column + ") END")
	return b.String()
}

// noAverage stands for a missing average where lists sort by one: below all others.
const noAverage = -1 << 60

// byAverage sorts by the average order of a window in hundredths of 分, so that
// no two that are shown unlike are taken for the same.
func byAverage(window string) *order {
	net, orders := "k.net_"+window+"_fen", "k.orders_"+window
	average := "CASE WHEN " + orders + " > 0 THEN " + net + " * 100 / " + orders + " END"
	col := memCol(mem.Number, "m."+strings.ReplaceAll(average, "k.", ""))
	return &order{table: "customer_metrics", key: "COALESCE(" + average + ", " + num(noAverage) + ")", id: "customer_id", scan: true,
		held: &mem.Segment{By: col, Sorted: true, Missing: noAverage}}
}

// noForecast stands for a figure that no model gives where lists sort by one: it
// is behind all others, and with a minus below them.
const noForecast = 1 << 60

// byModel sorts by a figure of the company's models. Customers without one come
// last either way, so that the two directions differ in their key.
func byModel(f *modelFigure) *order {
	way := func(missing int64) *order {
		return &order{table: ForecastTable, key: "COALESCE(k." + f.column + ", " + num(missing) + ")", id: "customer_id", scan: true, some: true,
			held: &mem.Segment{By: f.col(presentModels), Sorted: true, Missing: missing}}
	}
	by := way(noForecast)
	by.down = way(-noForecast)
	return by
}

// levelOrder sorts by the levels of a run, ascending from the best; customers
// without one come last either way.
type levelOrder struct {
	run  int64
	list []int64 // numbers of the levels
}

// levelOrder gives the order of a field of levels.
func (c *compiler) levelOrder(f *listField) (*order, error) {
	run, err := c.runOf(dimensionOf(f.code))
	if err != nil {
		return nil, err
	}
	list := slices.SortedFunc(maps.Keys(run.Levels), func(a, b int64) int {
		return cmp.Or(cmp.Compare(run.Levels[a].Rank, run.Levels[b].Rank), cmp.Compare(a, b))
	})
	return &order{levels: &levelOrder{run: run.RunID, list: list}}, nil
}

func (o *levelOrder) inOrder(desc bool) []int64 {
	list := slices.Clone(o.list)
	if desc {
		slices.Reverse(list)
	}
	return list
}

func (o *levelOrder) segments(desc bool) (out []segment) {
	of := " AND k.run_id = " + num(o.run)
	for _, no := range o.inOrder(desc) {
		out = append(out, segment{from: "tier_assignments k", id: "k.customer_id", where: of + " AND k.level = " + num(no)})
	}
	none := segment{from: "customers k", id: "k.id"}
	if len(o.list) > 0 {
		none.where = " AND NOT EXISTS (SELECT 1 FROM tier_assignments x WHERE x.run_id = " + num(o.run) +
			" AND x.customer_id = k.id AND x.level IN (" + numbers(o.list) + "))"
	}
	return append(out, none)
}

func (o *levelOrder) inMemory(desc bool) (out []mem.Segment) {
	col := LevelsInMemory(o.run)
	for _, no := range o.inOrder(desc) {
		out = append(out, mem.Segment{Where: mem.HasKey(col, no)})
	}
	return append(out, mem.Segment{Where: mem.Not(mem.HasKey(col, o.list...))})
}

// keyed is order.keyed: the number is the level.
func (o *levelOrder) keyed() (columns, join string) {
	return "COALESCE(k.level, -1), '', 1", " LEFT JOIN tier_assignments k ON k.run_id = " + num(o.run) + " AND k.customer_id = {id}"
}

// place is the segment of a level, ascending.
func (o *levelOrder) place(no int64) int {
	if i := slices.Index(o.list, no); i >= 0 {
		return i
	}
	return len(o.list)
}

// choices says that segments are choices, of which those who have none come last
// in either direction.
func (o *order) choices() bool {
	return o.levels != nil || o.custom != nil && o.custom.HasOptions()
}
