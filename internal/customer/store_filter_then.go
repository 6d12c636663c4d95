package customer

import (
	"cmp"
	"strings"

	"zhike/internal/column"
	"zhike/internal/platform/errs"
)

// A list is sorted by up to two keys, as "-net_all,name" says it: the second
// parts those whom the first leaves equal, then the id does. No index holds two
// keys: the columns in memory sort by them, see store_filter_sort.go.

// maxKeys is how many keys a list is sorted by.
const maxKeys = 2

// thenBy is the second key of an order.
type thenBy struct {
	by   *order
	desc bool
}

// sortKeys are the codes of the fields that a sort names.
func sortKeys(sort string) []string {
	list := strings.Split(sort, ",")
	for i := range list {
		list[i] = strings.TrimPrefix(list[i], "-")
	}
	return list
}

// orderOf is orderBy for a name with further keys; desc is of the first. The second
// key is a field of the record or a figure: choices part a list, and do so first.
func (c *compiler) orderOf(name string, desc bool) (*order, error) {
	first, rest, more := strings.Cut(name, ",")
	by, err := c.orderBy(first, desc)
	if err != nil || !more {
		return by, err
	}
	bare, down := strings.CutPrefix(rest, "-")
	if strings.Contains(bare, ",") {
		return nil, errs.New(errs.Invalid, "invalid").WithField("sort", "list.too_many_keys", "max", maxKeys)
	}
	second, err := c.orderBy(bare, down)
	if err != nil {
		return nil, err
	}
	if second.custom != nil || second.levels != nil || bare == first {
		return nil, errs.New(errs.Invalid, "invalid").WithField("sort", "list.no_second_key", "field", bare)
	}
	if by.plainID { // nobody has the id of another
		return by, nil
	}
	out := *by
	out.then, out.scan = &thenBy{second, down}, true
	return &out, nil
}

// alias names the table of the second key k2.
func (t *thenBy) alias(sql string) string {
	sql = strings.ReplaceAll(sql, "k.", "k2.")
	sql = strings.Replace(sql, " k ON ", " k2 ON ", 1)
	if bare, ok := strings.CutSuffix(sql, " k"); ok {
		sql = bare + " k2"
	}
	return sql
}

// keyed is order.keyed of the second key: a number and a text.
func (t *thenBy) keyed() (columns, join, where string) {
	columns, join, where = t.by.keyed()
	if t.by.plainID {
		columns, join, where = "k.id, '', 1", " CROSS JOIN customers k", " AND k.id = {id}"
	}
	return t.alias(strings.TrimSuffix(columns, ", 1")), t.alias(join), t.alias(where)
}

// key is what the database sorts by.
func (t *thenBy) key(postgres bool) string {
	key := t.alias(t.by.key)
	if t.by.bytewise && postgres {
		key += ` COLLATE "C"`
	}
	return key
}

func (t *thenBy) value(h *hit) any {
	if t.by.text {
		return h.text2
	}
	return h.num2
}

// compare is the order of two hits that the first key leaves equal.
func (t *thenBy) compare(a, b hit) int {
	if t == nil {
		return 0
	}
	k := cmp.Or(cmp.Compare(a.num2, b.num2), strings.Compare(a.text2, b.text2))
	if t.desc {
		return -k
	}
	return k
}

// inMemory gives segments in memory the second key.
func (t *thenBy) inMemory(list []column.Segment) []column.Segment {
	if t == nil || list == nil {
		return list
	}
	second := t.by.inMemory(false)
	if len(second) != 1 {
		return nil
	}
	then := &column.Then{By: second[0].By, Missing: second[0].Missing, Desc: t.desc}
	if t.by.plainID {
		return nil
	}
	for i := range list {
		list[i].Then = then
	}
	return list
}

// after adds " AND …" for what is behind a place in a stretch with two keys, and
// orderBy the order of it. by is the first key, "" where the second comes first;
// desc is the direction of the walk, back whether it goes against the list.
func (t *thenBy) after(q *query, g *segment, by string, from *hit, value any, desc, back, postgres bool) {
	op, op2 := way(desc), way(t.desc != back)
	second := t.key(postgres)
	inner := "(" + second + " " + op2 + " ? OR " + second + " = ? AND " + g.id + " " + op + " ?)"
	v := t.value(from)
	if g.key == "" {
		q.add(" AND "+inner, v, v, from.id)
		return
	}
	q.add(" AND "+by+" "+op+"= ? AND ("+by+" "+op+" ? OR "+inner+")", value, value, v, v, from.id)
}

func (t *thenBy) orderBy(desc, back, postgres bool) string {
	dir := ""
	if t.desc != back {
		dir = " DESC"
	}
	return t.key(postgres) + dir + ", "
}

func way(desc bool) string {
	if desc {
		return "<"
	}
	return ">"
}
