package column

import (
	"math"
	"slices"
)

// A window that reaches to the newest fact is mostly asked for again and again
// with another first day: somebody types it, and a day later all of them move.
// So totals from one day in so many on are kept, and a question adds the facts
// between that day and its own, or takes them away. It looks at a month of
// facts where it would look at a year of them.

// totalsEvery is how many days lie between those from which totals are kept.
const totalsEvery = 192

// totals is what the facts of each customer come to from a day on: how many
// pass, or their sum. They belong to the calendar of a block, and are found anew
// with the next one; customers in the overlay are in them as they were.
type totals struct {
	leaf *leaf
	from int64
}

// blockTotals are those of a block: numbers in units of unit.
type blockTotals struct {
	of    int64 // the calendar
	unit  int64
	sums  *[blockRows]int32
	ns    *[blockRows]uint16
	wider bool // a number has no room
}

// totals gives those from the day next to the beginning of the window, of how
// many facts count (agg Count) or of their sum; nil where none are kept.
func (v *view) totals(x *Value, agg Agg, of *chosen) *totals {
	f, newest := *x.Facts, of.day.newest()
	if v.kept == nil || v.one || f.To < newest || slices.ContainsFunc(of.tests, func(t boundTest) bool { return t.lists != nil }) {
		return nil
	}
	if f.From > FirstDay {
		every := v.kept.every
		f.From = max(f.From, 0) + every/2
		if f.From -= f.From % every; f.From > newest {
			return nil
		}
	}
	f.To = LastDay
	k, perRow := Value{Facts: &f, Agg: agg}, int64(2)
	if agg == Sum {
		f.Counted, k.Of, perRow = nil, x.Of, 4
	}
	var h keyed
	h.text("totals")
	h.value(&k)
	key := h.key()
	if len(f.Tests) > 0 && !v.kept.again(key) { // one of very many
		return nil
	}
	leaf := v.kept.get(key, k.cols, len(v.get(everybody).(*sets).blocks), perRow)
	if leaf == nil {
		return nil
	}
	return &totals{leaf, f.From}
}

// newest is the last day of a series of days, without what is in overlays.
func (d *series) newest() int64 {
	last := int64(math.MinInt64)
	for _, k := range d.blocks {
		if k != nil {
			last = max(last, k.main.max)
		}
	}
	return last
}

// usable says whether totals of the facts of a window are kept: where it reaches
// to the end.
func (t *totals) usable(st *stretch) bool { return t != nil && st.hi == len(st.cal.row) }

// size is how many facts a question looks at.
func (t *totals) size(st *stretch) int {
	if !t.usable(st) {
		return st.facts()
	}
	at := t.leaf.block(st.b)
	at.mu.Lock()
	defer at.mu.Unlock()
	from := st.cal.begin(t.from)
	switch {
	case at.totals.of != st.cal.number:
		return st.hi - min(from, st.lo)
	case at.totals.wider:
		return st.hi - st.lo
	case from < st.lo:
		return st.lo - from
	}
	return from - st.lo
}

// begin puts totals ÷ per into val, and gives the facts that are to be added
// still, times a sign. unit is what every number can be divided by, also after
// having been divided by per. Where there are no totals val is 0 and all facts
// are to be added. learn adds up facts of a stretch, undivided.
func (t *totals) begin(st *stretch, val *[blockRows]int64, unit, per int64, learn func(st *stretch)) (rest stretch, sign int64) {
	rest = *st
	if !t.usable(st) {
		clear(val[:])
		return rest, 1
	}
	at := t.leaf.block(st.b)
	at.mu.Lock()
	defer at.mu.Unlock()
	k := &at.totals
	kept := *st
	kept.lo = st.cal.begin(t.from)
	if k.of != st.cal.number {
		clear(val[:])
		learn(&kept)
		k.keep(val, unit)
		k.of = st.cal.number
	}
	if k.wider {
		clear(val[:])
		return rest, 1
	}
	k.load(val, per)
	if rest.hi = kept.lo; kept.lo < st.lo {
		rest.lo, rest.hi = kept.lo, st.lo
		return rest, -1
	}
	return rest, 1
}

func (k *blockTotals) keep(val *[blockRows]int64, unit int64) {
	k.unit, k.wider = unit, false
	if unit == 0 { // of numbers of facts
		if k.ns == nil {
			k.ns = new([blockRows]uint16)
		}
		most := int64(0)
		for i, n := range val {
			most |= n
			k.ns[i] = uint16(n)
		}
		k.wider = most > math.MaxUint16
		return
	}
	if k.sums == nil {
		k.sums = new([blockRows]int32)
	}
	for i, n := range val {
		n /= unit
		if k.sums[i] = int32(n); int64(int32(n)) != n {
			k.wider = true
			return
		}
	}
}

func (k *blockTotals) load(val *[blockRows]int64, per int64) {
	if k.unit == 0 {
		for i, n := range k.ns {
			val[i] = int64(n)
		}
		return
	}
	unit := k.unit / per
	for i, n := range k.sums {
		val[i] = int64(n) * unit
	}
}
