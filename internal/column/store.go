package column

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"

	"zhike/internal/platform/db"
)

// place is how far changes are known: the numbers of the feed and of the marks.
type place struct{ feed, marks int64 }

func (p place) reached(q place) bool { return p.feed >= q.feed && p.marks >= q.marks }

type store struct{ db *db.DB }

func (s store) head(ctx context.Context) (p place, err error) {
	err = s.db.Prepared(ctx).QueryRowContext(ctx,
		`SELECT (SELECT seq FROM feed_head WHERE id = 1), (SELECT seq FROM column_head WHERE id = 1)`).Scan(&p.feed, &p.marks)
	return p, db.MapError(err)
}

// span is a run of ids without a gap.
type span struct{ first, last int64 }

// spans sorts ids, drops repeats and joins neighbours.
func spans(ids []int64) (out []span) {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	for _, id := range ids {
		switch k := len(out) - 1; {
		case k >= 0 && out[k].last == id:
		case k >= 0 && out[k].last+1 == id:
			out[k].last = id
		default:
			out = append(out, span{id, id})
		}
	}
	return out
}

// markMost is the longest run of one mark; longer ones are cut, so that they
// can be followed in parts.
const markMost = 4096

// Tell says, inside InTx, that values of customers in table were written, where
// the change feed does not say so; table "" stands for every table. It costs
// two statements, and those run when the transaction is about to commit:
// numbers are taken last, because whoever has taken one is waited for. Where
// columns have a source of another name (Col.Source), table is that name; of
// what stands apart (Col.Apart) ids are its own.
func Tell(ctx context.Context, d *db.DB, table string, at int64, ids ...int64) error {
	cut := marksOf(ids)
	if len(cut) == 0 {
		return nil
	}
	return d.BeforeCommit(ctx, func(ctx context.Context) error {
		var last int64
		err := d.Q(ctx).QueryRowContext(ctx, `UPDATE column_head SET seq = seq + $1 WHERE id = 1 RETURNING seq`, len(cut)).Scan(&last)
		if err != nil {
			return db.MapError(err)
		}
		seq := last - int64(len(cut))
		return d.BulkInsert(ctx, "column_marks", []string{"seq", "source", "first_id", "last_id", "at", "ids"}, len(cut), func(i int, v []any) {
			v[0], v[1], v[2], v[3], v[4], v[5] = seq+int64(i)+1, table, cut[i].first, cut[i].last, at, nil
			if cut[i].packed != nil {
				v[5] = cut[i].packed
			}
		})
	})
}

// DropMarks removes up to n marks from before an instant (unix ms), oldest first.
func DropMarks(ctx context.Context, d *db.DB, before int64, n int) (int64, error) {
	res, err := d.Q(ctx).ExecContext(ctx, `DELETE FROM column_marks WHERE seq IN
  (SELECT seq FROM (SELECT seq, at FROM column_marks ORDER BY seq LIMIT $1) oldest WHERE at < $2)`, n, before)
	if err != nil {
		return 0, db.MapError(err)
	}
	gone, err := res.RowsAffected()
	return gone, db.MapError(err)
}

// changes is what happened between two places.
type changes struct {
	upTo place
	all  []int64 // customers of whom anything may have changed
	// records are customers of whom a record was made or written, and not facts:
	// who writes those tells of them.
	records []int64
	of      map[string][]int64 // source → customers, or ids of its own
	n       int
}

// ids are the customers, or whatever the ids of a column are, that changed,
// each once.
func (c *changes) ids(of Col) []int64 {
	some := slices.Clone(c.of[of.source()])
	if !of.Apart {
		some = append(some, c.all...)
	}
	if of.recorded() {
		some = append(some, c.records...)
	}
	slices.Sort(some)
	return slices.Compact(some)
}

// errGap says that changes in between are no longer kept.
var errGap = errors.New("column: changes are gone")

// changes reads what happened behind from, at most up to to, and stops where
// more than most customers have come together.
func (s store) changes(ctx context.Context, from, to place, most int) (changes, error) {
	c := changes{upTo: from, of: map[string][]int64{}}
	if from.feed < to.feed {
		type entry struct {
			seq, id, other int64
			kind           string
		}
		list, err := db.Select(ctx, s.db.Q(ctx), `SELECT seq, customer_id, other_id, kind FROM customer_feed WHERE seq > $1 ORDER BY seq LIMIT $2`,
			func(e *entry, r db.Scanner) error { return r.Scan(&e.seq, &e.id, &e.other, &e.kind) }, from.feed, most+1)
		if err != nil {
			return c, err
		}
		for _, e := range list {
			if c.upTo.feed >= to.feed {
				break // written since
			}
			first, last := e.id, max(e.id, e.other)
			if e.kind == "merged" { // other is the one that stays; a row for itself
				last = first
				c.all = append(c.all, e.other)
			}
			begin := e.seq - (last - first)
			if begin > c.upTo.feed+1 {
				return c, errGap
			}
			first += c.upTo.feed + 1 - begin // where a part was followed already
			for id := first; id <= last && c.upTo.feed < to.feed; id++ {
				if c.n++; c.n > most {
					return c, nil
				}
				if e.kind == "created" || e.kind == "updated" {
					c.records = append(c.records, id)
				} else {
					c.all = append(c.all, id)
				}
				c.upTo.feed++
			}
		}
		if c.upTo.feed < to.feed && len(list) <= most {
			return c, errGap
		}
	}
	if from.marks < to.marks {
		list, err := db.Select(ctx, s.db.Q(ctx), `SELECT seq, first_id, last_id, source, ids FROM column_marks WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3`,
			func(m *mark, r db.Scanner) error { return r.Scan(&m.seq, &m.first, &m.last, &m.source, &m.packed) }, from.marks, to.marks, most+1)
		if err != nil {
			return c, err
		}
		for _, m := range list {
			if m.seq != c.upTo.marks+1 {
				return c, errGap
			}
			ids, ok := m.ids()
			if !ok {
				return c, errGap // all is read anew
			}
			if c.n += len(ids); c.n > most && c.n > len(ids) {
				return c, nil
			}
			if m.source == "" {
				c.all = append(c.all, ids...)
			} else {
				c.of[m.source] = append(c.of[m.source], ids...)
			}
			c.upTo.marks = m.seq
		}
		if c.upTo.marks < to.marks && len(list) <= most {
			return c, errGap
		}
	}
	return c, nil
}

// value is one value on its way from the database.
type value struct {
	id, num int64
	text    []byte // of a column that is not of numbers; reused
}

// group is columns that one query reads.
type group struct{ cols []Col }

// into gives fn of read: it puts values where they belong. What is looked up by Col
// is looked up once: for each of millions of values that was a fifth of the reading.
func (g group) into(fresh map[Col]data) func(col int, v value) error {
	to := make([]data, len(g.cols))
	for i, c := range g.cols {
		to[i] = fresh[c]
	}
	return func(col int, v value) error { return put(to[col], g.cols[col], v) }
}

// groups puts columns together by their rows.
func groups(cols []Col) (out []group) {
	for _, c := range cols {
		at := slices.IndexFunc(out, func(g group) bool {
			o := g.cols[0]
			return o.Table == c.Table && o.ID == c.ID && o.Where == c.Where && o.numeric() == c.numeric() &&
				o.series() == c.series() && o.Order == c.Order && o.source() == c.source() && o.Apart == c.Apart
		})
		if at < 0 {
			out = append(out, group{[]Col{c}})
		} else {
			out[at].cols = append(out[at].cols, c)
		}
	}
	return out
}

// text writes the query up to the condition on ids. A row has the customer, of
// series the keys of their order, and the values: keys says where each key
// stands, which may be among the values, and values where these begin.
func (g group) text() (text string, keys []int, values int) {
	c := g.cols[0]
	var b strings.Builder
	b.WriteString(`SELECT ` + c.ID)
	whole := func(expr string) { b.WriteString(`, COALESCE(CAST(` + expr + ` AS BIGINT), -9000000000000000000)`) }
	values = 1
	if c.series() {
		names := sortKeys(c.Order)
		at := make([]int, len(names)) // among the values
		for i, k := range names {
			if at[i] = slices.IndexFunc(g.cols, func(c Col) bool { return c.numeric() && c.Expr == k }); at[i] < 0 {
				whole(k)
				values++
			}
		}
		n := 0
		for _, i := range at {
			if i >= 0 {
				keys = append(keys, values+i)
			} else {
				n++
				keys = append(keys, n)
			}
		}
	}
	for _, k := range g.cols {
		if k.numeric() {
			whole(k.Expr)
		} else {
			b.WriteString(`, ` + k.Expr)
		}
	}
	b.WriteString(` FROM ` + c.Table + ` WHERE `)
	if c.Where != "" {
		b.WriteString(`(` + c.Where + `) AND `)
	}
	return b.String(), keys, values
}

// order sorts the rows of series as far as an index does; see inOrder.
func (g group) order() string {
	if c := g.cols[0]; c.series() {
		return ` ORDER BY ` + c.ID + `, ` + sortKeys(c.Order)[0]
	}
	return ""
}

// read calls put with each value of the columns of a group, of customers whose
// ids are in a run; of series also with the missing ones. It runs inside InReadTx.
func (s store) read(ctx context.Context, g group, r span, put func(col int, v value) error) error {
	id := g.cols[0].ID
	return s.rows(ctx, g, id+` >= $1 AND `+id+` <= $2`, []any{r.first, r.last}, put)
}

// rangeLeast is from what length on a run is read as such.
const rangeLeast = 32

// readOf is read for some customers.
func (s store) readOf(ctx context.Context, g group, ids []int64, put func(col int, v value) error) error {
	var single []int64
	for _, r := range spans(ids) {
		if r.last-r.first >= rangeLeast {
			if err := s.read(ctx, g, r, put); err != nil {
				return err
			}
			continue
		}
		for id := r.first; id <= r.last; id++ {
			single = append(single, id)
		}
	}
	return db.InChunks(single, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		return s.rows(ctx, g, g.cols[0].ID+` IN (`+in+`)`, args, put)
	})
}

// lastID is the highest id of a customer.
func (s store) lastID(ctx context.Context) (id int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) FROM customers`).Scan(&id)
	return id, db.MapError(err)
}

// count counts customers.
func (s store) count(ctx context.Context) (n int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM customers`).Scan(&n)
	return n, db.MapError(err)
}

// put gives a column a value.
func put(d data, c Col, v value) error {
	if v.id < 0 || v.id > maxID {
		return errTooMany
	}
	if c.numeric() {
		return d.addNumber(v.id, v.num)
	}
	return d.addText(v.id, v.text)
}

// maxID bounds ids: what lies beyond would take memory for empty blocks.
const maxID = math.MaxInt32
