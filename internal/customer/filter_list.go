package customer

import (
	"context"
	"fmt"
	"strings"
	"time"

	"zhike/internal/column"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

// ListQuery asks for a page of a list.
type ListQuery struct {
	Filter  Filter
	Sort    string // "" for defaultSort
	Cursor  string
	Limit   int
	Columns []string // codes of fields whose values are wanted
}

// Query gives a page of the customers that match and that the actor may see,
// with the values of the wanted columns. A list without a nested filter and
// with one of the first sorts takes the way of [Service.List]. Errors: those of
// List, and invalid at "filter…" and "columns" with codes list.….
func (s *Service) Query(ctx context.Context, lq ListQuery) (Page, error) {
	lq.Sort = usualSort(ctx, lq.Sort)
	if err := s.mayList(ctx, &lq.Filter, lq.Sort); err != nil {
		return Page{}, err
	}
	columns, err := s.listColumns(ctx, lq.Columns)
	if err != nil {
		return Page{}, err
	}
	_, simple := sorts[sortName(lq.Sort)]
	place, backward, err := readPlace(lq.Cursor, sortName(lq.Sort))
	if err != nil {
		return Page{}, err
	}
	var p Page
	if lq.Filter.Tree == nil && simple && place == nil {
		p, err = s.List(ctx, lq.Filter, lq.Limit, lq.Cursor, lq.Sort)
		if err == nil && lq.Cursor != "" && len(p.Items) > 0 {
			err = s.before(ctx, &p, sortName(lq.Sort))
		}
	} else {
		p, err = s.tree(ctx, lq, place, backward)
	}
	if err != nil {
		return Page{}, err
	}
	return p, s.fillColumns(ctx, p.Items, columns)
}

// before puts the cursor of the page before onto one that List made.
func (s *Service) before(ctx context.Context, p *Page, sort string) error {
	first := p.Items[0]
	h := hit{id: first.ID}
	switch strings.TrimPrefix(sort, "-") {
	case "net_365":
		h.num = first.Net365
	case "net_all":
		h.num = first.NetAll
	case "last_day":
		if h.num = -1000000; first.LastDay != nil {
			h.num = int64(*first.LastDay)
		}
	}
	p.PrevCursor = cursorAt(sort, "b", &h)
	return nil
}

// cursorAt names a place in a list; way is "f" for what is behind it and "b"
// for what is before it.
func cursorAt(sort, way string, h *hit) *string {
	c := web.EncodeCursor(sort, way, h.seg, h.num, h.text, h.id, h.num2, h.text2)
	return &c
}

// readPlace reads a cursor of cursorAt; nil for none and for one of List.
func readPlace(cursor, sort string) (place *hit, backward bool, err error) {
	if cursor == "" {
		return nil, false, nil
	}
	var of, way string
	h := &hit{}
	if web.DecodeCursor(cursor, &of, &way, &h.seg, &h.num, &h.text, &h.id, &h.num2, &h.text2) != nil {
		return nil, false, nil // List tells whether it is one of its own
	}
	if of != sort || way != "f" && way != "b" || h.seg < 0 {
		return nil, false, errs.New(errs.Invalid, "invalid").WithField("cursor", "web.bad_cursor")
	}
	return h, way == "b", nil
}

// search is a filter made ready for one actor.
type search struct {
	parts  []expr
	driver int   // the part to begin with, -1 for none
	fewest int64 // what it finds, about
	nobody bool
	filter *Filter
}

// estimateMax is up to where the hits of a part are counted.
const estimateMax = 60_000

// broadTime is how long a count may take where every part finds very many.
const broadTime = 60 * time.Millisecond

// driveMax: a part with so few hits is where PostgreSQL, too, is told to begin.
const driveMax = 4_000

// search compiles a filter, flat and nested parts and scope, and chooses the
// part to begin with: the one that finds the fewest.
func (s *Service) search(ctx context.Context, f *Filter) (*search, *compiler, error) {
	out, c, err := s.compiled(ctx, f)
	if err == nil {
		err = s.weighParts(ctx, out)
	}
	if err != nil {
		return nil, nil, err
	}
	return out, c, nil
}

// compiled is search without the part to begin with.
func (s *Service) compiled(ctx context.Context, f *Filter) (*search, *compiler, error) {
	c, err := s.compiler(ctx)
	if err != nil {
		return nil, nil, err
	}
	if err := s.resolve(ctx, f); err != nil {
		return nil, nil, err
	}
	out := &search{driver: -1, fewest: estimateMax + 1, nobody: f.nobody, filter: f}
	if n := f.flat(); n != nil {
		e, err := c.compile(n, "filter")
		if err != nil {
			return nil, nil, err
		}
		out.parts = conjuncts(out.parts, e)
	}
	if f.Tree != nil {
		e, err := c.compile(f.Tree, "filter")
		if err != nil {
			return nil, nil, err
		}
		out.parts = conjuncts(out.parts, e)
		f.ownerless(f.Tree)
	}
	out.parts = append(out.parts, f.byText()...)
	if !seesAll(c.actor) {
		out.parts = append(out.parts, f.scoped(c.actor))
	}
	return out, c, nil
}

// weighParts chooses the part of a search to begin with.
func (s *Service) weighParts(ctx context.Context, out *search) error {
	for i := range out.parts {
		e := &out.parts[i]
		if e.drive == nil {
			continue
		}
		// Beyond the fewest so far nobody needs to count.
		limit := estimateMax
		for _, l := range [...]int{1000, 4000, 16_000} {
			if int64(l) >= out.fewest {
				limit = l
				break
			}
		}
		n, err := s.estimated(ctx, e, limit)
		if err != nil {
			return err
		}
		if n < out.fewest && n < int64(limit) {
			out.driver, out.fewest = i, n
		}
	}
	return nil
}

// estimated is Store.estimate kept for a while: it chooses a plan and decides
// nothing else. Of an "any" the sum of its parts is enough.
func (s *Service) estimated(ctx context.Context, e *expr, limit int) (int64, error) {
	if e.any {
		sum := int64(0)
		for i := range e.kids {
			n, err := s.estimated(ctx, &e.kids[i], limit)
			if err != nil {
				return 0, err
			}
			sum += n
		}
		return sum, nil
	}
	var q query
	e.drive(&q)
	return s.broad.get(fmt.Sprint("part ", limit, q.text(), q.args), func() (int64, error) { return s.store.estimate(ctx, e, limit) })
}

// flat gives the flat part of the filter as a node; text and scope are apart.
func (f *Filter) flat() *Node {
	var all []Node
	add := func(n *Node) { all = append(all, *n) }
	if len(f.Levels) > 0 {
		add(condition("level", "in", f.Levels))
	}
	if f.Kind != "" {
		add(condition("kind", "in", []Kind{f.Kind}))
	}
	if f.SourceID != 0 {
		add(condition("source", "in", []int64{f.SourceID}))
	}
	for field, value := range map[string]string{"province": f.Province, "city": f.City} {
		if value != "" {
			add(condition(field, "eq", value))
		}
	}
	switch {
	case f.OwnerID > 0:
		add(condition(ownerField, "in", []int64{f.OwnerID}))
	case f.OwnerID < 0:
		add(condition(ownerField, "empty", nil))
	}
	if f.LastFrom != nil {
		add(condition("last_day", "gte", f.LastFrom.String()))
	}
	if f.LastTo != nil {
		add(condition("last_day", "lte", f.LastTo.String()))
	}
	for _, b := range []struct {
		field, op string
		value     *int64
	}{
		{"net_365", "gte", f.NetMinFen}, {"net_365", "lte", f.NetMaxFen},
		{"orders_365", "gte", f.OrdersMin}, {"orders_365", "lte", f.OrdersMax},
	} {
		if b.value != nil {
			add(condition(b.field, b.op, *b.value))
		}
	}
	if len(all) == 0 {
		return nil
	}
	return &Node{All: all}
}

// ownerField is the code of the owner among the fields of lists.
const ownerField = "owner"

// ownerless notes that the list is one of customers without an owner, which
// shows the pool.
func (f *Filter) ownerless(n *Node) {
	if n.Field == ownerField && n.Op == "empty" && f.OwnerID == 0 {
		f.OwnerID = -1
	}
	for i := range n.All {
		f.ownerless(&n.All[i])
	}
}

// scoped is what the actor may see, as a part.
func (f *Filter) scoped(a *auth.Actor) expr {
	write := func(q *query) {
		q.b.WriteString("1 = 1")
		f.scope(q, a)
	}
	return expr{
		c: true, exact: true,
		write: func(q *query, _ string) { q.b.WriteByte('('); write(q); q.b.WriteByte(')') },
		drive: func(q *query) { q.b.WriteString("SELECT c.id AS id FROM customers c WHERE "); write(q) },
		mem:   f.scopedMem(a),
	}
}

// tree gives a page of a list with a nested filter or another sort. Up to some
// thousand matches are read whole and sorted here; of more the index of the
// order is followed until the page is full.
func (s *Service) tree(ctx context.Context, lq ListQuery, place *hit, backward bool) (Page, error) {
	name := sortName(lq.Sort)
	bare, desc := strings.CutPrefix(name, "-")
	f := lq.Filter
	f.pool = true
	se, c, err := s.compiled(ctx, &f)
	if err != nil {
		return Page{}, err
	}
	by, err := c.orderOf(bare, desc)
	if err != nil {
		return Page{}, err
	}
	p := Page{Items: []Item{}, AsOf: c.asOf}
	if se.nobody {
		p.Total = new(int64)
		return p, nil
	}
	fd := &finder{s: s, search: se, name: name, by: by, desc: desc, segments: by.segments(desc)}
	if place != nil && place.seg >= len(fd.segments) {
		return Page{}, errs.New(errs.Invalid, "invalid").WithField("cursor", "web.bad_cursor")
	}
	hits, more, rows, err := s.remembered(ctx, fd, c, place, backward, lq.Limit)
	if err != nil {
		return Page{}, err
	}
	if rows == nil && (len(se.parts) > 0 || by.scan) && column.All(mems(se.parts)...) != nil {
		leave, again, err := s.Columns.Beside(ctx)
		if err != nil {
			return Page{}, err
		}
		defer leave()
		if again {
			if hits, more, rows, err = s.remembered(ctx, fd, c, place, backward, lq.Limit); err != nil {
				return Page{}, err
			}
		}
	}
	if rows == nil {
		if err := s.weighParts(ctx, se); err != nil {
			return Page{}, err
		}
		if hits, more, err = fd.page(ctx, place, backward, lq.Limit); err != nil {
			return Page{}, err
		}
		if rows, err = s.rowsOf(ctx, c.run.RunID, hits); err != nil {
			return Page{}, err
		}
	}
	p.Total, p.TotalCapped = fd.total, fd.capped
	if len(hits) > 0 {
		if more || backward {
			p.NextCursor = cursorAt(name, "f", &hits[len(hits)-1])
		}
		if place != nil && (!backward || more) {
			p.PrevCursor = cursorAt(name, "b", &hits[0])
		}
	}
	p.Items, err = s.items(ctx, rows, c.asOf, s.masked)
	return p, err
}

// orderBy gives a way to sort by its name and direction.
func (c *compiler) orderBy(name string, desc bool) (*order, error) {
	f, err := c.listField(name)
	if err != nil {
		return nil, err
	}
	if f == nil || !f.sortable() {
		return nil, errs.New(errs.Invalid, "invalid").WithField("sort", "customer.unknown_sort")
	}
	if f.typ == "level" {
		return c.levelOrder(f)
	}
	switch by := f.sortBy; {
	case by.made != nil:
		return by.made(), nil
	case desc && by.down != nil:
		return by.down, nil
	}
	return f.sortBy, nil
}

// rowsOf reads what a list shows of customers, in their order.
func (s *Service) rowsOf(ctx context.Context, run int64, hits []hit) ([]listRow, error) {
	return s.rowsSeen(ctx, auth.System("list"), run, hits)
}

// rowsSeen is rowsOf for those that an actor may see.
func (s *Service) rowsSeen(ctx context.Context, actor *auth.Actor, run int64, hits []hit) ([]listRow, error) {
	if len(hits) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(hits))
	for i := range hits {
		ids[i] = hits[i].id
	}
	rows, err := s.store.rowsOf(ctx, actor, run, ids)
	if err != nil {
		return nil, err
	}
	out := make([]listRow, 0, len(rows))
	for i := range hits {
		if r := rows[hits[i].id]; r != nil { // not deleted meanwhile
			out = append(out, *r)
		}
	}
	return out, nil
}
