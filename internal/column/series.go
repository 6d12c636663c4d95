package column

import (
	"errors"
	"math"
	"slices"
	"sync"
	"sync/atomic"
)

// series has any number of numbers per customer, in order. The values of a
// block lie end to end; a customer whose facts changed since is beside them, in
// the overlay, until the block is written anew.
//
// All series of one stream have the same facts at the same places. They are
// always read of one state of the database, and [align] looks that they agree.
type series struct {
	text   bool
	words  map[string]int64 // of SeriesWords: word → value
	blocks []*seriesBlock
	// While it is being read: the values of the block that was come to.
	build *builder
}

type seriesBlock struct {
	off *offsets
	// borrowed says that off is counted with another series.
	borrowed bool
	main     packed
	asc      bool // no customer's values fall, none is missing
	changed  rows // who is in the overlay
	over     overlay

	// What is kept in the order of days: of a series of days when they are, of
	// others the values.
	making sync.Mutex
	cal    atomic.Pointer[calendar]
	byDay  atomic.Pointer[ordered]
}

// offsets say where the values of each customer begin.
type offsets [blockRows + 1]uint32

// overlay is the values of customers that changed: of rows[i] they are those
// from off[i] to off[i+1].
type overlay struct {
	rows   []uint16 // ascending
	off    []uint32
	values packed
}

type builder struct {
	block  int
	row    uint16
	off    *offsets
	values []int64
}

// A block is written anew when so many customers, or facts, are in its overlay.
const (
	overMost      = 256
	overFactsMost = 4096
)

// overForm is the form of overlays: every value fits.
func overForm() packed {
	return packed{width: 64, bias: 1, base: leastValue, scale: 1, min: leastValue, max: mostValue}
}

var errUneven = errors.New("column: series of one stream do not have the same facts")

// facts counts the facts, without those in overlays, which are few.
func (d *series) facts() (n int64) {
	for _, k := range d.blocks {
		if k != nil {
			n += int64(k.off[blockRows])
		}
	}
	return n
}

// perRow is how many facts come to one of so many blocks' rows, rounded up.
func (d *series) perRow(blocks int) int64 { return d.facts()/int64(blocks*blockRows) + 1 }

func (d *series) block(b int) *seriesBlock {
	if b < 0 || b >= len(d.blocks) {
		return nil
	}
	return d.blocks[b]
}

// addNumber takes a value while the series is being read: customers ascending,
// and each one's values in order.
func (d *series) addNumber(id, v int64) error {
	if v != null && (v < leastValue || v > mostValue) {
		return errTooMany
	}
	b, row := split(id)
	k := d.build
	if k == nil || k.block != b {
		d.tidy()
		if d.block(b) != nil {
			return errUneven
		}
		k = &builder{block: b, off: &offsets{}}
		d.build = k
	}
	if row < k.row || len(k.values) >= math.MaxInt32 {
		return errUneven
	}
	for k.row < row {
		k.row++
		k.off[k.row] = uint32(len(k.values))
	}
	k.values = append(k.values, v)
	return nil
}

func (d *series) addText(id int64, v []byte) error {
	n, err := d.word(v)
	if err != nil {
		return err
	}
	return d.addNumber(id, n)
}

// word is the number of a word; "" is none.
func (d *series) word(v []byte) (int64, error) {
	if len(v) == 0 {
		return null, nil
	}
	n, ok := d.words[string(v)]
	if !ok {
		if len(d.words) >= maxWords {
			return 0, errTooMany
		}
		n = int64(len(d.words))
		d.words[string(v)] = n
	}
	return n, nil
}

// tidy packs the block that was read last.
func (d *series) tidy() {
	k := d.build
	if k == nil {
		return
	}
	for r := int(k.row) + 1; r <= blockRows; r++ {
		k.off[r] = uint32(len(k.values))
	}
	d.blocks = grown(d.blocks, k.block)
	d.blocks[k.block] = &seriesBlock{off: k.off, main: pack(k.values), asc: ascending(k.off[:], k.values)}
	d.build = nil
}

// ascending says whether the values between any two neighbouring offsets rise
// or stay, and none is missing.
func ascending(off []uint32, values []int64) bool {
	for i := range len(off) - 1 {
		part := values[off[i]:off[i+1]]
		if slices.Contains(part, null) || !slices.IsSorted(part) {
			return false
		}
	}
	return true
}

func (d *series) clear(id int64) { d.replace(id, nil) }

// replace gives a customer other values, null for missing ones.
func (d *series) replace(id int64, values []int64) {
	d.tidy()
	b, row := split(id)
	k := d.block(b)
	if k == nil {
		if len(values) == 0 {
			return
		}
		d.blocks = grown(d.blocks, b)
		k = &seriesBlock{off: &offsets{}, main: pack(nil), asc: true}
		d.blocks[b] = k
	}
	o := &k.over
	at, found := slices.BinarySearch(o.rows, row)
	if !found {
		if len(values) == 0 && k.off[row] == k.off[row+1] {
			return
		}
		if len(o.rows) == 0 {
			o.off, o.values = []uint32{0}, overForm()
		}
		o.rows = slices.Insert(o.rows, at, row)
		o.off = slices.Insert(o.off, at+1, o.off[at])
		k.changed.set(row)
	}
	first, last := int(o.off[at]), int(o.off[at+1])
	codes := make([]uint64, len(values))
	encode(&o.values, codes, values)
	o.values.u64 = slices.Replace(o.values.u64, first, last, codes...)
	o.values.n = len(o.values.u64)
	if more := len(codes) - (last - first); more != 0 {
		for i := at + 1; i < len(o.off); i++ {
			o.off[i] = uint32(int(o.off[i]) + more)
		}
	}
}

// full says that the block of a customer is to be written anew.
func (k *seriesBlock) full() bool {
	return len(k.over.rows) > overMost || k.over.values.n > overFactsMost+k.main.n/8
}

// fold writes the block anew, with what is in the overlay.
func (k *seriesBlock) fold() {
	o := &k.over
	if len(o.rows) == 0 {
		return
	}
	off := &offsets{}
	at, n := 0, uint32(0)
	for row := range blockRows {
		off[row] = n
		if at < len(o.rows) && int(o.rows[at]) == row {
			n += o.off[at+1] - o.off[at]
			at++
		} else {
			n += k.off[row+1] - k.off[row]
		}
	}
	off[blockRows] = n
	fresh := o.values.append(nil, 0, o.values.n)
	whole := k.main.width >= 8
	for _, v := range fresh {
		if whole = whole && k.main.fits(v); !whole {
			break
		}
	}
	if whole { // what did not change is copied as it is
		next := k.main.like(int(n))
		k.runs(func(from, first, last int) { next.copy(from, &k.main, first, last) },
			func(to, first, last int) { next.write(to, fresh[first:last]) }, off)
		for _, v := range fresh {
			if v != null {
				next.min, next.max = min(next.min, v), max(next.max, v)
			}
		}
		k.main, k.asc = next, k.asc && ascending(o.off, fresh)
	} else {
		all, old := make([]int64, n), k.main.append(make([]int64, 0, k.main.n), 0, k.main.n)
		k.runs(func(to, first, last int) { copy(all[to:], old[first:last]) },
			func(to, first, last int) { copy(all[to:], fresh[first:last]) }, off)
		k.main, k.asc = pack(all), ascending(off[:], all)
	}
	k.off, k.borrowed = off, false
	k.forgetOrder()
	k.over, k.changed = overlay{}, rows{}
}

// runs calls kept with stretches of the block and over with those of the
// overlay, and with where they stand by off.
func (k *seriesBlock) runs(kept, over func(to, first, last int), off *offsets) {
	row := 0
	for i, r := range k.over.rows {
		kept(int(off[row]), int(k.off[row]), int(k.off[r]))
		over(int(off[r]), int(k.over.off[i]), int(k.over.off[i+1]))
		row = int(r) + 1
	}
	kept(int(off[row]), int(k.off[row]), int(k.off[blockRows]))
}

// of says from where to where the values of a customer stand who is in the overlay.
func (o *overlay) of(row uint16) (from, to int) {
	at, _ := slices.BinarySearch(o.rows, row)
	return int(o.off[at]), int(o.off[at+1])
}

// of appends the values of a customer to a list.
func (d *series) of(list []int64, b int, row uint16) []int64 {
	k := d.block(b)
	if k == nil {
		return list
	}
	if k.changed.has(row) {
		from, to := k.over.of(row)
		return k.over.values.append(list, from, to)
	}
	return k.main.append(list, int(k.off[row]), int(k.off[row+1]))
}

func (d *series) equal(other data, b int, in *rows) bool {
	o := other.(*series)
	o.tidy()
	if d.block(b) == nil && o.block(b) == nil {
		return true
	}
	same := map[int64]int64{null: null} // o's words in ours
	for w, n := range o.words {
		if of, ok := d.words[w]; ok {
			same[n] = of
		}
	}
	var x, y []int64
	for row := range blockRows {
		if !in.has(uint16(row)) {
			continue
		}
		x, y = d.of(x[:0], b, uint16(row)), o.of(y[:0], b, uint16(row))
		if len(x) != len(y) {
			return false
		}
		for i := range x {
			v, ok := y[i], true
			if d.text {
				v, ok = same[v]
			}
			if !ok || x[i] != v {
				return false
			}
		}
	}
	return true
}

func (d *series) size() (n int64) {
	for w := range d.words {
		n += int64(len(w)) + cellBytes
	}
	for _, k := range d.blocks {
		if k == nil {
			continue
		}
		n += k.main.size() + k.orderSize() + blockRows/8 + int64(2*cap(k.over.rows)+4*cap(k.over.off)+8*cap(k.over.values.u64))
		if !k.borrowed {
			n += 4 * (blockRows + 1)
		}
	}
	if d.build != nil {
		n += 8 * int64(cap(d.build.values))
	}
	return n
}

func (k *seriesBlock) facts() int {
	if k == nil {
		return 0
	}
	n := k.main.n + k.over.values.n
	for _, r := range k.over.rows {
		n -= int(k.off[r+1] - k.off[r])
	}
	return n
}

// align looks whether the series of one stream have the same facts in a block,
// and lets them share where these are; folded says that they are to have no
// overlays first. Error: errUneven.
func align(list []*series, b int, folded bool) error {
	full := folded
	for _, d := range list {
		if k := d.block(b); k != nil && k.facts() == 0 {
			d.blocks[b] = nil
		} else if k != nil {
			full = full || k.full()
		}
	}
	var lead *seriesBlock
	for i, d := range list {
		k := d.block(b)
		if i == 0 {
			lead = k
		}
		if (k == nil) != (lead == nil) {
			return errUneven
		}
		if k == nil {
			continue
		}
		if full {
			k.fold()
		}
		if i == 0 {
			k.borrowed = false
			continue
		}
		if k.off != lead.off && *k.off != *lead.off || !slices.Equal(k.over.rows, lead.over.rows) || !slices.Equal(k.over.off, lead.over.off) {
			return errUneven
		}
		k.off, k.borrowed = lead.off, true
	}
	return nil
}
