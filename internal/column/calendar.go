package column

import (
	"math"
	"sync/atomic"
	"unsafe"
)

// calendar is the facts of a block in the order of their days, and of customers
// within a day, beside the packed series, which have them by customer. The facts
// of a window are one stretch of it, so that a question looks at those and at no
// others, and adds up without asking where the facts of each customer end.
// Customers in the overlay are in it as they were; facts without a day are not.
//
// It is made when a question first has use for it, and again when the block was
// written anew.
type calendar struct {
	first int64    // the first day
	start []uint32 // where each day begins, and the end of the last
	row   []uint16 // whose fact it is
	of    *spare   // whose memory it takes
	// number tells it from others, of the same block, too.
	number int64
}

// ordered is the values of a block in the order of a calendar.
type ordered struct {
	by     *calendar
	values packed
	of     *spare
}

// calendarDays bounds the days of a calendar. With more there is none.
const calendarDays = 1<<15 - 1

// window is the stretch of the days from from to to.
func (c *calendar) window(from, to int64) (lo, hi int) {
	from, to = max(from, c.first), min(to, c.first+int64(len(c.start))-2)
	if from > to {
		return 0, 0
	}
	return int(c.start[from-c.first]), int(c.start[to-c.first+1])
}

func (c *calendar) size() int64 {
	return int64(len(c.row)*2 + len(c.start)*4 + int(unsafe.Sizeof(*c)))
}

// spare is how many more bytes what is kept in the order of days may take; nil
// is no bound.
type spare struct {
	atomic.Int64
	// more, where not nil, frees so many bytes elsewhere and says whether it did;
	// lent is what it freed.
	more func(bytes int64) bool
	lent atomic.Int64
	// always and never are for tests: everything is swept, or nothing.
	always, never bool
}

func (s *spare) take(bytes int64) bool {
	if s == nil {
		return true
	}
	if s.Add(-bytes) >= 0 {
		return true
	}
	s.Add(bytes)
	if s.more == nil || !s.more(bytes) {
		return false
	}
	s.lent.Add(bytes)
	return true
}

// noCalendar says of a block that it can have none.
var noCalendar = &calendar{}

// calendar gives that of a block of days; nil where there can be none, or no
// memory is left for it.
func (k *seriesBlock) calendar(left *spare) *calendar {
	c := k.cal.Load()
	if c == nil {
		k.making.Lock()
		defer k.making.Unlock()
		if c = k.cal.Load(); c == nil {
			if c = k.newCalendar(left); c == nil {
				return nil
			}
			k.cal.Store(c)
		}
	}
	if c == noCalendar {
		return nil
	}
	return c
}

func (k *seriesBlock) newCalendar(left *spare) *calendar {
	p := &k.main
	if p.min > p.max || p.width == 64 || uint64(p.max-p.min) >= calendarDays {
		return noCalendar
	}
	days := int(p.max-p.min) + 1
	c := &calendar{first: p.min, start: make([]uint32, days+1), of: left, number: calendars.Add(1)}
	if !left.take(c.size() + 2*int64(p.n)) {
		return nil
	}
	s := sweeps.Get().(*sweep)
	defer sweeps.Put(s)
	list := s.daysOf(p)
	none := uint32(0) // facts without a day
	for _, d := range list {
		if d == noDay {
			none++
		} else {
			c.start[d+1]++
		}
	}
	for i := range days {
		c.start[i+1] += c.start[i]
	}
	c.row = make([]uint16, c.start[days])
	if left != nil {
		left.Add(2 * int64(none))
	}
	next := append([]uint32(nil), c.start...)
	for row := range blockRows {
		for _, d := range list[k.off[row]:k.off[row+1]] {
			if d != noDay {
				c.row[next[d]] = uint16(row)
				next[d]++
			}
		}
	}
	return c
}

// noDay stands for a missing day among those that are counted from the first one.
const noDay = math.MaxUint16

// daysOf gives the days of a block, counted from the first one.
func (s *sweep) daysOf(p *packed) []uint16 {
	if p.width == 16 && p.bias == 0 && p.scale == 1 && p.base == p.min {
		return p.u16
	}
	all := p.append(nil, 0, p.n)
	s.days = s.days[:0]
	for _, d := range all {
		at := uint16(noDay)
		if d != null {
			at = uint16(d - p.min)
		}
		s.days = append(s.days, at)
	}
	return s.days
}

// ordered gives the values in the order of the calendar of the days, nil where
// no memory is left for them.
func (k *seriesBlock) ordered(c *calendar, days *seriesBlock, left *spare) *packed {
	if o := k.byDay.Load(); o != nil && o.by == c {
		return &o.values
	}
	k.making.Lock()
	defer k.making.Unlock()
	if o := k.byDay.Load(); o != nil && o.by == c {
		return &o.values
	}
	o := &ordered{by: c, values: k.main.like(len(c.row)), of: left}
	if !left.take(o.values.size()) {
		return nil
	}
	s := sweeps.Get().(*sweep)
	defer sweeps.Put(s)
	list, next, p := s.daysOf(&days.main), append([]uint32(nil), c.start...), &k.main
	switch p.width {
	case 1:
		for j, d := range list {
			if d != noDay {
				at := next[d]
				next[d]++
				o.values.u1[at>>6] |= p.u1[j>>6] >> (j & 63) & 1 << (at & 63)
			}
		}
	case 8:
		reorder(o.values.u8, p.u8, list, next)
	case 16:
		reorder(o.values.u16, p.u16, list, next)
	case 32:
		reorder(o.values.u32, p.u32, list, next)
	case 64:
		reorder(o.values.u64, p.u64, list, next)
	}
	k.byDay.Store(o)
	return &o.values
}

func reorder[T unsigned](to, from []T, days []uint16, next []uint32) {
	for j, d := range days {
		if d != noDay {
			at := &next[d]
			to[*at] = from[j]
			*at++
		}
	}
}

// forgetOrder drops what is kept in the order of days, and says how much it was.
// Nobody evaluates meanwhile.
func (k *seriesBlock) forgetOrder() (freed int64) {
	if k == nil {
		return 0
	}
	freed = k.orderSize()
	if c := k.cal.Swap(nil); c != nil && c.of != nil {
		c.of.Add(c.size())
	}
	if o := k.byDay.Swap(nil); o != nil && o.of != nil {
		o.of.Add(o.values.size())
	}
	return freed
}

func (d *series) forgetOrder() {
	for _, k := range d.blocks {
		k.forgetOrder()
	}
}

// orderSize is what is kept in the order of days.
func (k *seriesBlock) orderSize() (n int64) {
	if c := k.cal.Load(); c != nil && c != noCalendar {
		n += c.size()
	}
	if o := k.byDay.Load(); o != nil {
		n += o.values.size()
	}
	return n
}

// calendars numbers them.
var calendars atomic.Int64

// begin is where the facts from a day on begin.
func (c *calendar) begin(day int64) int {
	switch n := int64(len(c.start)) - 1; {
	case day <= c.first:
		return 0
	case day >= c.first+n:
		return len(c.row)
	default:
		return int(c.start[day-c.first])
	}
}
