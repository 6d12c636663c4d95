package customer

import (
	"math"
	"strings"

	"zhike/internal/clean"
	mem "zhike/internal/column"
	"zhike/internal/platform/clock"
	"zhike/internal/region"
	"zhike/internal/rule"
)

// The conditions of the fields of the record and of the figures.

// flip turns a condition into its opposite where the operator is one of not.
func flip(e expr, op string, not ...string) expr {
	for _, n := range not {
		if op == n {
			return negate(e)
		}
	}
	return e
}

func codeCondition(n *Node, column string, known []string) (expr, error) {
	switch n.Op {
	case "empty":
		return plain('c', column+" = ''").inMemory(mem.Not(mem.Has(memCol(mem.Words, column)))), nil
	case "not_empty":
		return plain('c', column+" <> ''").inMemory(mem.Has(memCol(mem.Words, column))), nil
	}
	list, err := n.OneOf(known)
	if err != nil {
		return expr{}, err
	}
	cond := column + " IN (" + quoted(list) + ")"
	if len(list) == 1 {
		cond = column + " = " + quoted(list)
	}
	has := mem.HasWord(memCol(mem.Words, column), list...)
	return flip(plain('c', cond).inMemory(has), n.Op, "not_in"), nil
}

// textCondition is for texts that are never null.
func textCondition(n *Node, table byte, column string, byIndex bool) (expr, error) {
	switch n.Op {
	case "empty":
		return plain(table, column+" = ''").inMemory(mem.Not(memTexts(column))), nil
	case "not_empty":
		return plain(table, column+" <> ''").inMemory(memTexts(column)), nil
	case "in", "not_in", "eq", "ne":
		list, err := n.Texts()
		if err != nil {
			return expr{}, err
		}
		cond, args := inTexts(column, list)
		return flip(onTable(table, byIndex, cond, args...).inMemory(memTexts(column, list...)), n.Op, "not_in", "ne"), nil
	}
	t, err := n.Text()
	if err != nil {
		return expr{}, err
	}
	low := strings.ToLower(t)
	if n.Op == "begins" {
		return onTable(table, false, textBegins(column, len([]rune(low))), low), nil
	}
	return onTable(table, false, textHas(column), low), nil
}

func onTable(table byte, byIndex bool, cond string, args ...any) expr {
	e := withArgs(byIndex, cond, args...)
	e.c, e.m = table == 'c', table == 'm'
	return e
}

// maxTermRunes is how much of a name its search terms cover (clean.FoldSearch).
const maxTermRunes = 64

// nameCondition is textCondition with the search terms as an index: a name with
// two Han characters beside each other has the pair as a term.
func nameCondition(c *compiler, n *Node) (expr, error) {
	e, err := textCondition(n, 'c', "c.name", false)
	if err != nil || n.Op == "empty" || n.Op == "not_empty" || n.Op == "ne" || n.Op == "not_in" {
		return e, err
	}
	list, err := n.Texts()
	if err != nil || len(list) != 1 {
		return e, err
	}
	for _, t := range clean.FoldQuery(list[0]) {
		if r := []rune(t); len(r) == 2 && allHan(t) {
			e.drive = func(q *query) {
				// A name longer than its terms is looked at itself.
				q.add("SELECT x.customer_id AS id FROM "+InEveryPart("customer_terms")+"x.term = ?", t)
			}
			break
		}
	}
	return e, nil
}

func staffCondition(c *compiler, n *Node, column string) (expr, error) {
	switch n.Op {
	case "empty":
		return plain('c', column+" IS NULL").inMemory(mem.Not(mem.Has(memCol(mem.Keys, column)))), nil
	case "not_empty":
		return plain('c', column+" IS NOT NULL").inMemory(mem.Has(memCol(mem.Keys, column))), nil
	}
	ids, err := n.IDs(c.me())
	if err != nil {
		return expr{}, err
	}
	return flip(indexed('c', column+" IS NOT NULL AND "+column+" IN ("+numbers(ids)+")").
		inMemory(mem.HasKey(memCol(mem.Keys, column), ids...)), n.Op, "not_in"), nil
}

// me lets "me" stand for whoever asks.
func (c *compiler) me() map[string]int64 {
	if c.actor == nil || c.actor.StaffID == 0 {
		return nil
	}
	return map[string]int64{"me": c.actor.StaffID}
}

func teamCondition(c *compiler, n *Node) (expr, error) {
	if n.Op == "empty" || n.Op == "not_empty" {
		return flip(lookup("EXISTS (SELECT 1 FROM customer_team x WHERE x.customer_id = {id})").
			inMemory(mem.Has(memTeam)), n.Op, "empty"), nil
	}
	ids, err := n.IDs(c.me())
	if err != nil {
		return expr{}, err
	}
	return flip(member("customer_team", "customer_id", "x.staff_id IN ("+numbers(ids)+")", true).
		inMemory(mem.HasKey(memTeam, ids...)), n.Op, "none"), nil
}

func departmentCondition(c *compiler, n *Node) (expr, error) {
	switch n.Op {
	case "empty":
		return plain('c', "c.department_id IS NULL").inMemory(mem.Not(mem.Has(memDepartment))), nil
	case "not_empty":
		return plain('c', "c.department_id IS NOT NULL").inMemory(mem.Has(memDepartment)), nil
	}
	ids, err := n.IDs(nil)
	if err != nil {
		return expr{}, err
	}
	if n.Op == "within" {
		if ids, err = c.s.store.departmentsBelow(c.ctx, ids); err != nil {
			return expr{}, err
		}
		if len(ids) == 0 {
			return plain('c', "1 = 0").inMemory(mem.Const(false)), nil
		}
	}
	return flip(indexed('c', "c.department_id IS NOT NULL AND c.department_id IN ("+numbers(ids)+")").
		inMemory(mem.HasKey(memDepartment, ids...)), n.Op, "not_in"), nil
}

func sourceCondition(_ *compiler, n *Node) (expr, error) {
	ids, err := n.IDs(nil)
	if err != nil {
		return expr{}, err
	}
	return flip(plain('c', "c.source_id IN ("+numbers(ids)+")").
		inMemory(mem.HasKey(memCol(mem.Keys, "c.source_id"), ids...)), n.Op, "not_in"), nil
}

// regionCondition finds by the code, and where there is none by the names that
// stand there instead.
func regionCondition(_ *compiler, n *Node) (expr, error) {
	switch n.Op {
	case "empty":
		return plain('c', "c.region_code = '' AND c.province = '' AND c.city = ''").inMemory(mem.Not(memPlace)), nil
	case "not_empty":
		return plain('c', "NOT (c.region_code = '' AND c.province = '' AND c.city = '')").inMemory(memPlace), nil
	}
	list, err := n.Texts()
	if err != nil {
		return expr{}, err
	}
	var kids []expr
	// Names count where there is no code.
	named := func(names ...*mem.Cond) *mem.Cond { return mem.All(append(names, mem.Not(mem.Has(memRegion)))...) }
	for _, code := range list {
		place, ok := region.Current(code, 0)
		if !ok {
			return expr{}, customerBadRegion()
		}
		province, city, district := region.Names(place.Code)
		if place.Level == region.Province {
			kids = append(kids,
				indexed('c', "c.region_code >= '"+place.Code[:2]+"0000' AND c.region_code <= '"+place.Code[:2]+"9999'").
					inMemory(mem.HasWordLike(memRegion, func(w string) bool { return w >= place.Code[:2]+"0000" && w <= place.Code[:2]+"9999" })),
				withArgs(true, "c.region_code = '' AND c.province = ?", province).inMemory(named(mem.HasWord(memProvince, province))))
			continue
		}
		below := regionsBelow(place.Code)
		kids = append(kids, indexed('c', "c.region_code IN ("+quoted(below)+")").inMemory(mem.HasWord(memRegion, below...)))
		is := []*mem.Cond{memNamed(memCity, city), memNamed(memProvince, province)}
		if district == "" {
			kids = append(kids, withArgs(true, "c.region_code = '' AND c.city = ? AND c.province = ?", city, province).inMemory(named(is...)))
		} else {
			is = append(is, memNamed(memDistrict, district))
			kids = append(kids, withArgs(true, "c.region_code = '' AND c.city = ? AND c.province = ? AND c.district = ?", city, province, district).
				inMemory(named(is...)))
		}
	}
	return flip(anyOf(kids), n.Op, "not_within"), nil
}

func regionsBelow(code string) []string {
	out := []string{code}
	for _, r := range region.Children(code) {
		out = append(out, regionsBelow(r.Code)...)
	}
	return out
}

func hasContact(kind string) func(*compiler, *Node) (expr, error) {
	return func(_ *compiler, n *Node) (expr, error) {
		yes, err := n.Bool()
		e := lookup("EXISTS (SELECT 1 FROM contacts x WHERE x.customer_id = {id} AND x.kind = '" + kind + "')").
			inMemory(mem.HasWord(memContacts, kind))
		if !yes {
			e = negate(e)
		}
		return e, err
	}
}

func instantCondition(c *compiler, n *Node, column string, optional bool) (expr, error) {
	at := memNumber(column)
	switch n.Op {
	case "empty":
		return indexed('c', column+" = 0").inMemory(mem.Between(at, 0, 0)), nil
	case "not_empty":
		return plain('c', column+" > 0").inMemory(mem.Between(at, 1, math.MaxInt64)), nil
	}
	from, to, err := n.Days(c.today)
	if err != nil {
		return expr{}, err
	}
	var parts []string
	low, high := int64(math.MinInt64), int64(math.MaxInt64)
	if from != rule.NoDay {
		low = clock.Millis(from.Start(c.s.Zone()))
		parts = append(parts, column+" >= "+num(low))
	} else if optional {
		low = 1
		parts = append(parts, column+" > 0")
	}
	if to != rule.EverDay {
		end := clock.Millis((to + 1).Start(c.s.Zone()))
		high = end - 1
		parts = append(parts, column+" < "+num(end))
	}
	return indexed('c', strings.Join(parts, " AND ")).inMemory(mem.Between(at, low, high)), nil
}

// comparison writes a comparison of an expression with numbers.
func comparison(column string, n *Node, limit int64) (string, error) {
	from, to, err := n.Wholes(limit)
	if err != nil {
		return "", err
	}
	if n.Op == "between" {
		return column + " >= " + num(from) + " AND " + column + " <= " + num(to), nil
	}
	op := map[string]string{"eq": " = ", "ne": " = ", "gt": " > ", "gte": " >= ", "lt": " < ", "lte": " <= "}[n.Op]
	return column + op + num(from), nil
}

// numberCondition compares a figure. has, where it is not "", says when there
// is one.
func numberCondition(n *Node, column, has string, byIndex bool) (expr, error) {
	switch {
	case n.Op == "empty":
		return negate(plain('m', has)), nil
	case n.Op == "not_empty":
		return plain('m', has), nil
	}
	cond, err := comparison(column, n, rule.MaxFigure)
	if err != nil {
		return expr{}, err
	}
	if has != "" {
		cond = has + " AND " + cond
	}
	from, to, err := n.Wholes(rule.MaxFigure)
	if err != nil {
		return expr{}, err
	}
	is := memCompare(memNumber(column), n.Op, from, to)
	if has != "" {
		is = nil
	}
	if byIndex {
		return flip(indexed('m', cond).inMemory(is), n.Op, "ne"), nil
	}
	return flip(plain('m', cond).inMemory(is), n.Op, "ne"), nil
}

// maxAverage bounds an average in 分: times the most orders it stays in 64 bits.
const maxAverage = 1_000_000_000

// averageCondition compares net spend by purchase, without rounding it.
func averageCondition(window string) func(*compiler, *Node) (expr, error) {
	net, orders := "m.net_"+window+"_fen", "m.orders_"+window
	return func(_ *compiler, n *Node) (expr, error) {
		switch n.Op {
		case "empty":
			return plain('m', orders+" <= 0").inMemory(mem.Between(memNumber(orders), math.MinInt64, 0)), nil
		case "not_empty":
			return plain('m', orders+" > 0").inMemory(mem.Between(memNumber(orders), 1, math.MaxInt64)), nil
		}
		from, to, err := n.Wholes(maxAverage)
		if err != nil {
			return expr{}, err
		}
		times := func(v int64) string { return "CAST(" + orders + " AS BIGINT) * " + num(v) }
		cond := net + " >= " + times(from) + " AND " + net + " <= " + times(to)
		if n.Op != "between" {
			op := map[string]string{"eq": " = ", "ne": " = ", "gt": " > ", "gte": " >= ", "lt": " < ", "lte": " <= "}[n.Op]
			cond = net + op + times(from)
		}
		is := mem.Pair(memNumber(net), memNumber(orders), func(net, orders int64) bool {
			return orders > 0 && averageIs(n.Op, net, orders, from, to)
		})
		return flip(plain('m', orders+" > 0 AND "+cond).inMemory(is), n.Op, "ne"), nil
	}
}

func dayCondition(c *compiler, n *Node, column string) (expr, error) {
	switch n.Op {
	case "empty":
		return plain('m', column+" IS NULL").inMemory(mem.Not(mem.Has(memNumber(column)))), nil
	case "not_empty":
		return plain('m', column+" IS NOT NULL").inMemory(mem.Has(memNumber(column))), nil
	}
	from, to, err := n.Days(c.asOf)
	if err != nil {
		return expr{}, err
	}
	return daysBetween(column, from, to), nil
}

// daysBetween compares a day of the figures, which is null where there is none.
func daysBetween(column string, from, to clock.Day) expr {
	key := "COALESCE(" + column + ", -1000000)"
	cond := key + " >= " + num(int64(max(from, rule.NoDay))) + " AND " + key + " <= " + num(int64(to))
	is := mem.Between(memNumber(column), int64(max(from, rule.NoDay)), int64(to))
	if column == "m.last_day" { // the one that an index has
		return indexed('m', cond).inMemory(is)
	}
	return plain('m', cond).inMemory(is)
}

// daysSinceCondition asks for the days from the last purchase to the as-of day.
func daysSinceCondition(c *compiler, n *Node) (expr, error) {
	switch n.Op {
	case "empty":
		return plain('m', "m.last_day IS NULL").inMemory(mem.Not(mem.Has(memNumber("m.last_day")))), nil
	case "not_empty":
		return plain('m', "m.last_day IS NOT NULL").inMemory(mem.Has(memNumber("m.last_day"))), nil
	}
	from, to, err := n.Wholes(rule.MaxDays)
	if err != nil {
		return expr{}, err
	}
	day := func(since int64) clock.Day { return c.asOf - clock.Day(since) }
	switch n.Op {
	case "gt":
		return daysBetween("m.last_day", rule.NoDay, day(from+1)), nil
	case "gte":
		return daysBetween("m.last_day", rule.NoDay, day(from)), nil
	case "lt":
		return daysBetween("m.last_day", day(from-1), rule.EverDay), nil
	case "lte":
		return daysBetween("m.last_day", day(from), rule.EverDay), nil
	}
	return flip(daysBetween("m.last_day", day(to), day(from)), n.Op, "ne"), nil
}
