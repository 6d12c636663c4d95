package customer

import (
	"context"
	"slices"
	"strings"

	mem "zhike/internal/column"
	custom "zhike/internal/field"
	"zhike/internal/platform/calendar"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/rule"
)

// Conditions over tables beside the record: levels, tags, custom values, rules
// of quality, relations; and birthdays, which are sets of days.

func customerBadRegion() error { return errs.New(errs.Invalid, "customer.bad_region") }

func levelCondition(c *compiler, n *Node) (expr, error) {
	if n.Op == "changed" {
		return levelChanged(c, n)
	}
	run, err := c.levelRun(dimensionOf(n.Field), n)
	if err != nil {
		return expr{}, err
	}
	if n.Op == "empty" || n.Op == "not_empty" {
		if run.Changed != nil {
			return flip(levelOn(run, "<> -1", levelNos(run)), n.Op, "empty"), nil
		}
		e := lookup("EXISTS (SELECT 1 FROM tier_assignments x WHERE x.run_id = " + num(run.RunID) + " AND x.customer_id = {id})").
			inMemory(mem.Has(LevelsInMemory(run.RunID)))
		return flip(e, n.Op, "empty"), nil
	}
	list, err := n.Texts()
	if err != nil {
		return expr{}, err
	}
	levels, err := c.levelNumbers(dimensionOf(n.Field), run, list)
	if err != nil {
		return expr{}, err
	}
	if len(levels) == 0 { // levels that the scheme did not have then
		return flip(plain('c', "1 = 0").inMemory(mem.Const(false)), n.Op, "not_in"), nil
	}
	if run.Changed != nil {
		return flip(levelOn(run, "IN ("+numbers(levels)+")", levels), n.Op, "not_in"), nil
	}
	e := member("tier_assignments", "customer_id", "x.run_id = "+num(run.RunID)+" AND x.level IN ("+numbers(levels)+")", false).
		inMemory(mem.HasKey(LevelsInMemory(run.RunID), levels...))
	return flip(e, n.Op, "not_in"), nil
}

// levelsOf are the numbers of the levels of customers in a run.
func (s *Store) levelsOf(ctx context.Context, run int64, ids []int64) (map[int64]int64, error) {
	out := make(map[int64]int64, len(ids))
	err := db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(2, chunk)
		return db.Each(ctx, s.db.Q(ctx), `SELECT customer_id, level FROM tier_assignments WHERE run_id = $1 AND customer_id IN (`+in+`)`,
			func(r db.Scanner) error {
				var id, level int64
				err := r.Scan(&id, &level)
				out[id] = level
				return err
			}, append([]any{run}, args...)...)
	})
	return out, err
}

// LevelsInMemory are the levels of a run. Every row has a move of at least 0; naming it
// keeps PostgreSQL from reading the index by level from end to end for each range of
// customers.
func LevelsInMemory(run int64) mem.Col {
	return memSet(mem.Keys, "tier_assignments", "level", "run_id = "+num(run)+" AND move >= 0")
}

func tagCondition(c *compiler, n *Node) (expr, error) {
	if n.Op == "empty" || n.Op == "not_empty" {
		return flip(lookup("EXISTS (SELECT 1 FROM customer_tags x WHERE x.customer_id = {id})").inMemory(mem.Has(memTags)), n.Op, "empty"), nil
	}
	ids, err := n.IDs(nil)
	if err != nil {
		return expr{}, err
	}
	cat, err := c.catalogue()
	if err != nil {
		return expr{}, err
	}
	all := n.Op == "all"
	var kids []expr
	var some []int64
	for _, id := range ids {
		t := cat.Tag(id)
		if t == nil {
			return expr{}, errs.New(errs.Invalid, "tag.not_found")
		}
		// Members that a merge has not moved yet count.
		same := []int64{t.ID}
		for i := range cat.Tags {
			if o := &cat.Tags[i]; o.MergedInto != 0 && cat.Tag(o.ID) == t {
				same = append(same, o.ID)
			}
		}
		if all {
			kids = append(kids, member("customer_tags", "customer_id", "x.tag_id IN ("+numbers(same)+")", len(same) > 1).
				inMemory(mem.HasKey(memTags, same...)))
		}
		some = append(some, same...)
	}
	if all {
		return allOf(kids), nil
	}
	return flip(member("customer_tags", "customer_id", "x.tag_id IN ("+numbers(some)+")", len(some) > 1).
		inMemory(mem.HasKey(memTags, some...)), n.Op, "none"), nil
}

func issueCondition(c *compiler, n *Node) (expr, error) {
	if n.Op == "empty" || n.Op == "not_empty" {
		return flip(lookup("EXISTS (SELECT 1 FROM quality_issues x WHERE x.customer_id = {id})").inMemory(mem.Has(memIssues)), n.Op, "empty"), nil
	}
	known := make([]string, len(c.s.Issues))
	for i, is := range c.s.Issues {
		known[i] = is.Code
	}
	list, err := n.OneOf(known)
	if err != nil {
		return expr{}, err
	}
	var bits []int64
	for _, is := range c.s.Issues {
		if slices.Contains(list, is.Code) {
			if err := Shows(c.ctx, is.Fields...); err != nil {
				return expr{}, err
			}
			bits = append(bits, is.Bit)
		}
	}
	return flip(member("quality_issues", "customer_id", "x.rule IN ("+numbers(bits)+")", len(bits) > 1).
		inMemory(mem.HasKey(memIssues, bits...)), n.Op, "none"), nil
}

func relationCondition(_ *compiler, n *Node) (expr, error) {
	const has = "(EXISTS (SELECT 1 FROM customer_relations x WHERE x.from_id = {id}) OR EXISTS (SELECT 1 FROM customer_relations x WHERE x.to_id = {id}))"
	if n.Op == "empty" || n.Op == "not_empty" {
		return flip(lookup(has).inMemory(memRelation()), n.Op, "empty"), nil
	}
	list, err := n.OneOf(relationCodes)
	if err != nil {
		return expr{}, err
	}
	kinds := " AND x.kind IN (" + quoted(list) + "))"
	return flip(lookup(strings.ReplaceAll(has, "{id})", "{id}"+kinds)).inMemory(memRelation(list...)), n.Op, "none"), nil
}

// birthdays are the days of the year, as records have them, on which a
// birthday falls into some time.
type birthdays struct{ civil, lunar []string }

// fallingOn keeps those days of both calendars for which is holds.
func fallingOn(is func(b calendar.Birthday) bool) birthdays {
	var out birthdays
	for month := 1; month <= 12; month++ {
		for day := 1; day <= 31; day++ {
			for _, lunar := range []bool{false, true} {
				b := calendar.Birthday{Month: month, Day: day, Lunar: lunar}
				if _, err := calendar.ParseBirthday(b.String(), lunar); err != nil || !is(b) {
					continue
				}
				if lunar {
					out.lunar = append(out.lunar, b.String())
				} else {
					out.civil = append(out.civil, b.String())
				}
			}
		}
	}
	return out
}

// birthdayCondition finds birthdays that are kept in months of this year, or
// within some days from today.
func birthdayCondition(c *compiler, n *Node) (expr, error) {
	switch n.Op {
	case "empty":
		return plain('c', "c.birthday = ''").inMemory(mem.Not(mem.Has(memBirthday))), nil
	case "not_empty":
		return plain('c', "c.birthday <> ''").inMemory(mem.Has(memBirthday)), nil
	case "month":
		months, err := n.IDs(nil)
		if err != nil || months[len(months)-1] > 12 {
			return expr{}, errs.New(errs.Invalid, "list.bad_month")
		}
		first, _, _ := c.today.Date()
		start, end := clock.DateDay(first, 1, 1), clock.DateDay(first, 12, 31)
		days := fallingOn(func(b calendar.Birthday) bool {
			on, ok := b.Next(start)
			_, month, _ := on.Date()
			return ok && on <= end && slices.Contains(months, int64(month))
		})
		return indexed('c', bornOn(days.civil, days.lunar)).inMemory(memBorn(days)), nil
	}
	within, err := rule.Whole(n.Value, 366)
	if err != nil || within < 0 {
		return expr{}, errs.New(errs.Invalid, "list.bad_days", "max", 366)
	}
	days := fallingOn(func(b calendar.Birthday) bool {
		on, ok := b.Next(c.today)
		return ok && on <= c.today+clock.Day(within)
	})
	return indexed('c', bornOn(days.civil, days.lunar)).inMemory(memBorn(days)), nil
}

// customField makes a list field of a custom field.
func customField(d *custom.Definition) *listField {
	f := &listField{code: custom.Prefix + d.Code, typ: string(d.Kind), group: "custom", column: true, bulk: !d.Retired, width: 130, def: d}
	switch d.Kind {
	case custom.Text:
		f.ops, f.width = opsText, 160
	case custom.Number, custom.Money:
		f.ops = opsShift(opsNumber)
	case custom.Date:
		f.ops, f.width = opsDate, 110
	case custom.Choice:
		f.ops, f.grouped = opsChoice, true
	case custom.MultiChoice:
		f.ops, f.width = opsSet, 180
	case custom.Reference:
		f.ops = opsChoice
	}
	f.compile = func(c *compiler, n *Node) (expr, error) { return c.customCondition(d, n) }
	if d.Kind != custom.MultiChoice && d.Kind != custom.Reference {
		f.sortBy = &order{custom: d}
	}
	return f
}

func (c *compiler) customCondition(d *custom.Definition, n *Node) (expr, error) {
	if n.Op == opFell || n.Op == opRose {
		return valueShifted(c, d, n)
	}
	col := d.Column()
	base := "x.field_id = " + num(col.FieldID)
	value := func(cond string, several bool, args ...any) expr {
		e := member(col.Table, "customer_id", base+" AND "+cond, several, args...)
		if !c.s.store.plansItself() {
			// SQLite would go through all customers with such a value for each
			// customer that it looks at; the sign keeps it from that index.
			e.write = member(col.Table, "customer_id", base+" AND "+strings.ReplaceAll(cond, "x."+col.Name, "+x."+col.Name), several, args...).write
		}
		return e
	}
	// in gives a condition its form in memory, where the values are kept there.
	kept, isKept := memCustom(d)
	in := func(e expr, is *mem.Cond) expr {
		if isKept {
			e.mem = is
		}
		return e
	}
	if n.Op == "empty" || n.Op == "not_empty" {
		return flip(in(value("x."+col.Name+" IS NOT NULL", col.Multi), mem.Has(kept)), n.Op, "empty"), nil
	}
	switch d.Kind {
	case custom.Number, custom.Money:
		e, is, err := customNumber(d, n, value, kept)
		return flip(in(e, is), n.Op, "ne"), err
	case custom.Date:
		if n.Op == "anniversary_days" {
			k, err := keptWithin(n, c.today)
			return in(value(keptDay(&k, "x.num"), false), keptMem(&k, kept)), err
		}
		from, to, err := n.Days(c.today)
		return in(value("x.num >= "+num(int64(from))+" AND x.num <= "+num(int64(to)), false), mem.Between(kept, int64(from), int64(to))), err
	case custom.Reference:
		var words map[string]int64
		if d.Target == custom.TargetStaff {
			words = c.me()
		}
		ids, err := n.IDs(words)
		if err != nil {
			return expr{}, err
		}
		return flip(in(value("x.num IN ("+numbers(ids)+")", false), mem.HasKey(kept, ids...)), n.Op, "not_in"), nil
	case custom.Choice, custom.MultiChoice:
		list, err := n.Texts()
		if err != nil {
			return expr{}, err
		}
		var kids []expr
		for _, code := range list {
			if d.Option(code) == nil {
				return expr{}, errs.New(errs.Invalid, "field.unknown_option")
			}
			kids = append(kids, in(value("x.text = '"+code+"'", false), mem.HasWord(kept, code)))
		}
		if n.Op == "all" {
			return allOf(kids), nil
		}
		return flip(in(value("x.text IN ("+quoted(list)+")", col.Multi && len(list) > 1), mem.HasWord(kept, list...)), n.Op, "not_in", "none"), nil
	}
	if n.Op == "contains" || n.Op == "begins" {
		t, err := n.Text()
		if err != nil {
			return expr{}, err
		}
		low := strings.ToLower(t)
		if n.Op == "begins" {
			return value(textBegins("x.text", len([]rune(low))), false, low), nil
		}
		return value(textHas("x.text"), false, low), nil
	}
	list, err := n.Texts()
	if err != nil {
		return expr{}, err
	}
	cond, args := inTexts("x.text", list)
	return flip(in(value(cond, false, args...), mem.IsText(kept, list...)), n.Op, "not_in", "ne"), nil
}

// customNumber reads the value as the field does, with its decimals.
func customNumber(d *custom.Definition, n *Node, value func(string, bool, ...any) expr, kept mem.Col) (expr, *mem.Cond, error) {
	raw := []any{}
	if n.Op == "between" {
		if rule.DecodeNumbers(n.Value, &raw) != nil || len(raw) != 2 {
			return expr{}, nil, errs.New(errs.Invalid, "list.bad_pair")
		}
	} else {
		var one any
		if rule.DecodeNumbers(n.Value, &one) != nil || one == nil {
			return expr{}, nil, rule.BadValue()
		}
		raw = []any{one}
	}
	nums := make([]int64, len(raw))
	for i, r := range raw {
		v, err := d.Parse(r)
		if err != nil {
			return expr{}, nil, err
		}
		if v.IsEmpty() {
			return expr{}, nil, rule.BadValue()
		}
		nums[i] = v.Num
	}
	if n.Op == "between" {
		return value("x.num >= "+num(nums[0])+" AND x.num <= "+num(nums[1]), false), mem.Between(kept, nums[0], nums[1]), nil
	}
	op := map[string]string{"eq": " = ", "ne": " = ", "gt": " > ", "gte": " >= ", "lt": " < ", "lte": " <= "}[n.Op]
	return value("x.num"+op+num(nums[0]), false), memCompare(kept, n.Op, nums[0], nums[0]), nil
}

// departmentsBelow gives departments and all below them.
func (s *Store) departmentsBelow(ctx context.Context, ids []int64) ([]int64, error) {
	rows, err := s.db.Q(ctx).QueryContext(ctx, `SELECT d.id FROM departments d WHERE EXISTS
  (SELECT 1 FROM departments top WHERE top.id IN (`+numbers(ids)+`) AND SUBSTR(d.path, 1, LENGTH(top.path)) = top.path) ORDER BY d.id LIMIT 5000`)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, id)
	}
	return out, db.MapError(rows.Err())
}
