package customer

import (
	"context"
	"math"
	"slices"
	"strings"

	"zhike/internal/column"
	custom "zhike/internal/field"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/web"
)

// The columns in memory that conditions and orders read: the same values that
// their SQL names. A condition without such a form leaves the whole list to SQL.

// memCol names a column by its SQL, "c.city" or "m.orders_30".
func memCol(kind column.Kind, sql string) column.Col {
	c := column.Col{Table: "customers", ID: "id", Kind: kind, Expr: strings.TrimPrefix(sql, "c.")}
	if expr, ok := strings.CutPrefix(sql, "m."); ok {
		c.Table, c.ID, c.Expr = "customer_metrics", "customer_id", expr
	}
	return c
}

// memSet names the values that a customer has in rows of another table.
func memSet(kind column.Kind, table, expr, where string) column.Col {
	return column.Col{Table: table, ID: "customer_id", Expr: expr, Where: where, Kind: kind}
}

var (
	memOwner      = memCol(column.Keys, "c.owner_id")
	memDepartment = memCol(column.Keys, "c.department_id")
	memTeam       = memSet(column.Keys, "customer_team", "staff_id", "")
	memTags       = memSet(column.Keys, "customer_tags", "tag_id", "")
	memIssues     = memSet(column.Keys, "quality_issues", "rule", "")
	memContacts   = memSet(column.Words, "contacts", "kind", "")
	memRegion     = memCol(column.Words, "c.region_code")
	memProvince   = memCol(column.Words, "c.province")
	memCity       = memCol(column.Words, "c.city")
	memDistrict   = memCol(column.Words, "c.district")
	// memBirthday is the day of the year, with a sign behind days of the lunar
	// calendar.
	memBirthday = memCol(column.Words, "c.CASE WHEN birthday = '' THEN '' ELSE "+strings.ReplaceAll(birthDay, "c.", "")+
		" || CASE WHEN birthday_lunar = TRUE THEN '"+lunarSign+"' ELSE '' END END")
	memRelations = [2]column.Col{
		{Table: "customer_relations", ID: "from_id", Expr: "kind", Kind: column.Words},
		{Table: "customer_relations", ID: "to_id", Expr: "kind", Kind: column.Words},
	}
)

const lunarSign = "L"

// inMemory gives the condition its form in memory.
func (e expr) inMemory(c *column.Cond) expr {
	e.mem = c
	return e
}

// memText is how a text that is never null is kept; ok is false for texts that
// are long and searched for words.
func memText(sql string) (c column.Col, ok bool) {
	switch sql {
	case "c.industry", "c.province", "c.city", "m.favourite_category", "m.favourite_brand":
		return memCol(column.Words, sql), true
	case "c.company":
		return memCol(column.Text, sql), true
	}
	return c, false
}

// memTexts is "is one of list", and for a list of none "is not empty".
func memTexts(sql string, list ...string) *column.Cond {
	c, ok := memText(sql)
	switch {
	case !ok:
		return nil
	case len(list) == 0:
		return column.Has(c)
	case c.Kind == column.Text:
		return column.IsText(c, list...)
	}
	return column.HasWord(c, list...)
}

// memNumber is how a number is kept: amounts and instants in 64 bits.
func memNumber(sql string) column.Col {
	if strings.HasSuffix(sql, "_fen") || strings.HasSuffix(sql, "_at") {
		return memCol(column.Number, sql)
	}
	return memCol(column.Small, sql)
}

// memCompare is comparison in memory, for the operators of numbers; "ne" is
// the opposite of what it gives.
func memCompare(c column.Col, op string, from, to int64) *column.Cond {
	least, most := rangeOf(op, from, to)
	return column.Between(c, least, most)
}

// rangeOf is what an operator of numbers asks for, both ends included; that of "ne"
// is what it does not ask for.
func rangeOf(op string, from, to int64) (least, most int64) {
	switch op {
	case "gt":
		return from + 1, math.MaxInt64
	case "gte":
		return from, math.MaxInt64
	case "lt":
		return math.MinInt64, from - 1
	case "lte":
		return math.MinInt64, from
	}
	return from, to
}

// memCustom is how the values of a custom field are kept; ok is false for
// references to customers, which a merge moves without a word.
func memCustom(d *custom.Definition) (c column.Col, ok bool) {
	col := d.Column()
	kind := column.Words
	switch d.Kind {
	case custom.Number, custom.Money, custom.Date:
		kind = column.Number
	case custom.Text:
		kind = column.Text
	case custom.Reference:
		if d.Target != custom.TargetStaff {
			return c, false
		}
		kind = column.Keys
	}
	return memSet(kind, col.Table, col.Name, "field_id = "+num(col.FieldID)+" AND "+col.Name+" IS NOT NULL"), true
}

func memBorn(days birthdays) *column.Cond {
	words := slices.Clone(days.civil)
	for _, d := range days.lunar {
		words = append(words, d+lunarSign)
	}
	return column.HasWord(memBirthday, words...)
}

func memRelation(kinds ...string) *column.Cond {
	var both []*column.Cond
	for _, c := range memRelations {
		if len(kinds) == 0 {
			both = append(both, column.Has(c))
		} else {
			both = append(both, column.HasWord(c, kinds...))
		}
	}
	return column.Any(both...)
}

func mems(kids []expr) []*column.Cond {
	out := make([]*column.Cond, len(kids))
	for i := range kids {
		out[i] = kids[i].mem
	}
	return out
}

// scopedMem is scoped in memory.
func (f *Filter) scopedMem(a *auth.Actor) *column.Cond {
	if a == nil {
		return column.Const(false)
	}
	team := column.HasKey(memTeam, a.StaffID)
	in := column.HasKey(memDepartment, a.DepartmentIDs...)
	if f.pool && f.OwnerID < 0 && a.Can(PermPool) {
		return column.Any(column.All(column.Not(column.Has(memOwner)), column.Any(column.Not(column.Has(memDepartment)), in)), team)
	}
	list := []*column.Cond{column.HasKey(memOwner, a.StaffID), team}
	if a.Scope == auth.ScopeDepartment {
		list = append(list, in)
	}
	return column.Any(list...)
}

// inMemory gives the order its form in memory; its segments are those of
// order.segments.
func (o *order) inMemory(desc bool) []column.Segment {
	switch {
	case o.levels != nil:
		return o.levels.inMemory(desc)
	case o.held != nil:
		return []column.Segment{*o.held}
	}
	if o.custom == nil {
		if o.plainID {
			return []column.Segment{{}}
		}
		key := strings.TrimPrefix(o.key, "k.")
		switch {
		case o.text:
			return []column.Segment{{By: memCol(column.Text, "c."+key), Sorted: true}}
		case o.day:
			return []column.Segment{{By: memNumber("m.last_day"), Sorted: true, Missing: withoutDay}}
		case o.table == "customer_metrics":
			key = "m." + key
		}
		return []column.Segment{{By: memNumber(key), Sorted: true}}
	}
	c, ok := memCustom(o.custom)
	if !ok {
		return nil
	}
	none := column.Segment{Where: column.Not(column.Has(c))}
	if !o.custom.HasOptions() {
		return []column.Segment{{Where: column.Has(c), By: c, Sorted: true}, none}
	}
	var out []column.Segment
	for i := range o.custom.Options {
		out = append(out, column.Segment{Where: column.HasWord(c, o.custom.Options[i].Code)})
	}
	if desc {
		slices.Reverse(out)
	}
	return append(out, none)
}

// withoutDay stands for a missing day where lists sort by one.
const withoutDay = -1_000_000

// recall answers a page from the columns in memory. ok is false where they
// cannot; SQL is to be asked then. place, backward and the hits are those of
// finder.page.
func (s *Service) recall(ctx context.Context, where *column.Cond, by *order, desc bool, place *hit, backward bool, n int) (hits []hit, more bool, total int64, ok bool, err error) {
	if s.Columns == nil || where == nil {
		return nil, false, 0, false, nil
	}
	q := column.Query{Where: where, Segments: by.then.inMemory(by.inMemory(desc)), Desc: desc, Back: backward, N: n}
	if q.Segments == nil || place != nil && place.seg >= len(q.Segments) {
		return nil, false, 0, false, nil
	}
	if place != nil {
		q.From = &column.Hit{ID: place.id, Seg: place.seg, Num: place.num, Text: place.text, Num2: place.num2, Text2: place.text2}
	}
	found, ok, err := s.Columns.Find(ctx, &q)
	if err != nil || !ok {
		return nil, false, 0, false, err
	}
	hits = make([]hit, len(found.Hits))
	for i, h := range found.Hits {
		hits[i] = hit{id: h.ID, seg: h.Seg, num: h.Num, text: h.Text, num2: h.Num2, text2: h.Text2}
	}
	return hits, found.More, found.Total, true, nil
}

// holdEvery is of how many pages from memory one has its conditions tested in
// the database too.
const holdEvery = 16

// known reads what a list shows of customers that were found in memory, as far
// as the database says that the actor may see them. Of some pages it asks
// whether the conditions hold, too. ok is false where that leaves a customer
// out: it was written meanwhile, or the columns are wrong. The list is left to
// SQL then, and the columns are compared with the database.
func (s *Service) known(ctx context.Context, actor *auth.Actor, run int64, parts []expr, hits []hit) (rows []listRow, ok bool, err error) {
	if len(hits) == 0 {
		return []listRow{}, true, nil
	}
	if rows, err = s.rowsSeen(ctx, actor, run, hits); err != nil {
		return nil, false, err
	}
	if len(rows) < len(hits) {
		s.Columns.Doubt()
		return nil, false, nil
	}
	if s.recalls.Add(1)%holdEvery != 0 {
		return rows, true, nil
	}
	ids := make([]int64, len(hits))
	for i := range hits {
		ids[i] = hits[i].id
	}
	n, err := s.store.holding(ctx, parts, ids)
	if err == nil && n < int64(len(hits)) {
		s.Columns.Doubt()
		return nil, false, nil
	}
	return rows, err == nil, err
}

// remembered is finder.page from memory, with the rows of the hits; these are
// nil where SQL is to be asked.
func (s *Service) remembered(ctx context.Context, fd *finder, c *compiler, place *hit, backward bool, n int) (hits []hit, more bool, rows []listRow, err error) {
	if len(fd.search.parts) == 0 && !fd.by.scan {
		return nil, false, nil, nil // an index gives everybody in order
	}
	where := column.All(mems(fd.search.parts)...)
	hits, more, total, ok, err := s.recall(ctx, where, fd.by, fd.desc, place, backward, n)
	if err != nil || !ok {
		return nil, false, nil, err
	}
	rows, ok, err = s.known(ctx, c.actor, c.run.RunID, fd.search.parts, hits)
	if err != nil || !ok {
		return nil, false, nil, err
	}
	fd.total = &total
	return hits, more, rows, nil
}

// recalled fills a page of [Service.List] from memory; done is false where SQL
// is to be asked.
func (s *Service) recalled(ctx context.Context, actor *auth.Actor, f *Filter, p *Page, limit int, later bool, from position, sort string) (done bool, err error) {
	if s.Columns == nil || f.empty() || f.Text != "" || f.Tree != nil {
		return false, nil
	}
	c, err := s.compiler(ctx)
	if err != nil {
		return false, err
	}
	name := sortName(sort)
	bare, desc := strings.CutPrefix(name, "-")
	by, err := c.orderBy(bare, desc)
	if err != nil {
		return false, err
	}
	flat, err := c.compile(f.flat(), "filter")
	if err != nil { // List has ways of its own to refuse
		return false, nil
	}
	parts := conjuncts(nil, flat)
	if !seesAll(actor) {
		parts = append(parts, f.scoped(actor))
	}
	var place *hit
	if later {
		if place = (&hit{id: from.id, num: from.key}); by.plainID {
			place.num = 0
		}
	}
	hits, more, total, ok, err := s.recall(ctx, column.All(mems(parts)...), by, desc, place, false, limit)
	if err != nil || !ok {
		return false, err
	}
	rows, ok, err := s.known(ctx, actor, c.run.RunID, parts, hits)
	if err != nil || !ok {
		return false, err
	}
	p.Total = &total
	if more {
		last := &hits[len(hits)-1]
		key := last.num
		if by.plainID {
			key = last.id
		}
		next := web.EncodeCursor(name, key, last.id)
		p.NextCursor = &next
	}
	p.Items, err = s.items(ctx, rows, p.AsOf, s.masked)
	return err == nil, err
}

// memNamed is a name of a place, which may be none: of a district there is none
// in some cities.
func memNamed(c column.Col, name string) *column.Cond {
	if name == "" {
		return column.Not(column.Has(c))
	}
	return column.HasWord(c, name)
}

// memPlace says that it is known where a customer lives.
var memPlace = column.Any(column.Has(memRegion), column.Has(memProvince), column.Has(memCity))

// averageIs compares net spend by purchase with whole 分, without rounding;
// the products fit, see maxAverage.
func averageIs(op string, net, orders, from, to int64) bool {
	switch op {
	case "gt":
		return net > from*orders
	case "gte":
		return net >= from*orders
	case "lt":
		return net < from*orders
	case "lte":
		return net <= from*orders
	}
	return net >= from*orders && net <= to*orders
}
