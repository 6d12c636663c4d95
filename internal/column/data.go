package column

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"sync/atomic"
)

// null stands for a missing number on the way from the database.
const null = -9_000_000_000_000_000_000

// maxWords bounds the different words of a column; with more, it is no column
// of words.
const maxWords = 200_000

var errTooMany = errors.New("column: too many different words, or a value out of bounds")

// data is the values of one column.
type data interface {
	// clear takes the values of a customer away.
	clear(id int64)
	// addNumber and addText give a customer a value, which must not be null.
	addNumber(id, v int64) error
	addText(id int64, v []byte) error
	// equal compares the values that those of in have, of a block.
	equal(o data, block int, in *rows) bool
	size() int64
	// tidy gives back what growing left over.
	tidy()
}

func newData(k Kind) data {
	switch k {
	case Keys, Words:
		return &sets{words: map[string]int64{}}
	case Number:
		return &numbers[int64]{none: math.MinInt64}
	case Small:
		return &numbers[int32]{none: math.MinInt32}
	case Series, SeriesWords:
		return &series{text: k == SeriesWords, words: map[string]int64{}}
	}
	return &texts{}
}

func split(id int64) (block int, row uint16) {
	return int(id >> blockBits), uint16(id & (blockRows - 1))
}

// grown makes room for a block.
func grown[T any](list []T, block int) []T {
	for len(list) <= block {
		var zero T
		list = append(list, zero)
	}
	return list
}

// sets has, for every key, the customers that have it.
type sets struct {
	words  map[string]int64 // word → key
	blocks []*setBlock
	byID   atomic.Pointer[[]int32] // what wordOf gave, until it changes
}

type setBlock struct {
	cells map[int64]*cell
	any   rows // who has a key
}

func (d *sets) block(b int) *setBlock {
	if b < 0 || b >= len(d.blocks) {
		return nil
	}
	return d.blocks[b]
}

func (d *sets) clear(id int64) {
	b, row := split(id)
	k := d.block(b)
	if k == nil || !k.any.has(row) {
		return
	}
	k.any.unset(row)
	d.byID.Store(nil)
	for key, c := range k.cells {
		if c.remove(row); c.empty() {
			delete(k.cells, key)
		}
	}
}

func (d *sets) addNumber(id, v int64) error {
	b, row := split(id)
	d.blocks = grown(d.blocks, b)
	if d.blocks[b] == nil {
		d.blocks[b] = &setBlock{cells: map[int64]*cell{}}
	}
	k := d.blocks[b]
	c := k.cells[v]
	if c == nil {
		c = &cell{}
		k.cells[v] = c
	}
	c.add(row)
	k.any.set(row)
	if d.byID.Load() != nil {
		d.byID.Store(nil)
	}
	return nil
}

func (d *sets) addText(id int64, v []byte) error {
	if len(v) == 0 {
		return nil
	}
	key, ok := d.words[string(v)]
	if !ok {
		if len(d.words) >= maxWords {
			return errTooMany
		}
		key = int64(len(d.words))
		d.words[string(v)] = key
	}
	return d.addNumber(id, key)
}

func (d *sets) equal(other data, b int, in *rows) bool {
	o := other.(*sets)
	x, y := d.block(b), o.block(b)
	if x == nil {
		x = &setBlock{}
	}
	if y == nil {
		y = &setBlock{}
	}
	same := func(key, of int64) bool {
		var ours, theirs rows
		if c := x.cells[key]; c != nil {
			c.or(in, &ours)
		}
		if c := y.cells[of]; c != nil {
			c.or(in, &theirs)
		}
		return ours == theirs
	}
	keyOf := map[int64]int64{} // o's key of each of ours
	for key := range x.cells {
		keyOf[key] = key
		if len(d.words) > 0 {
			keyOf[key] = noKey
		}
	}
	for word, of := range o.words {
		if key, ok := d.words[word]; ok {
			keyOf[key] = of
		} else if !same(noKey, of) {
			return false
		}
	}
	if len(o.words) == 0 {
		for key := range y.cells {
			keyOf[key] = key
		}
	}
	for key, of := range keyOf {
		if !same(key, of) {
			return false
		}
	}
	return true
}

// noKey is no key of a word.
const noKey = -1

func (d *sets) size() (n int64) {
	for w := range d.words {
		n += int64(len(w)) + cellBytes
	}
	for _, b := range d.blocks {
		if b == nil {
			continue
		}
		n += blockRows / 8
		for _, c := range b.cells {
			n += c.size()
		}
	}
	return n
}

func (d *sets) tidy() {
	for _, b := range d.blocks {
		if b == nil {
			continue
		}
		for _, c := range b.cells {
			if cap(c.list)-len(c.list) > 16 {
				c.list = append(make([]uint16, 0, len(c.list)), c.list...)
			}
		}
	}
}

// numbers has one number per customer.
type numbers[T int32 | int64] struct {
	none   T
	blocks []*[blockRows]T
	bounds []*bounds[T] // of the blocks
}

func (d *numbers[T]) block(b int) *[blockRows]T {
	if b < 0 || b >= len(d.blocks) {
		return nil
	}
	return d.blocks[b]
}

func (d *numbers[T]) at(b int, row uint16) (int64, bool) {
	k := d.block(b)
	if k == nil || k[row] == d.none {
		return 0, false
	}
	return int64(k[row]), true
}

func (d *numbers[T]) clear(id int64) {
	b, row := split(id)
	if k := d.block(b); k != nil {
		k[row] = d.none
	}
}

func (d *numbers[T]) addNumber(id, v int64) error {
	if int64(T(v)) != v || T(v) == d.none {
		return errTooMany
	}
	b, row := split(id)
	d.blocks = grown(d.blocks, b)
	if d.blocks[b] == nil {
		d.blocks[b] = new([blockRows]T)
		for i := range d.blocks[b] {
			d.blocks[b][i] = d.none
		}
		d.bounds = grown(d.bounds, b)
		d.bounds[b] = boundsOf(d.blocks[b], d.none)
	}
	d.blocks[b][row] = T(v)
	d.bounds[b].add(row, T(v))
	return nil
}

func (d *numbers[T]) addText(int64, []byte) error { return errTooMany }
func (d *numbers[T]) tidy()                       {}

func (d *numbers[T]) equal(other data, b int, in *rows) bool {
	o := other.(*numbers[T])
	for row := range blockRows {
		if !in.has(uint16(row)) {
			continue
		}
		x, has := d.at(b, uint16(row))
		y, had := o.at(b, uint16(row))
		if x != y || has != had {
			return false
		}
	}
	return true
}

func (d *numbers[T]) size() (n int64) {
	width := int64(8)
	if _, narrow := any(d.none).(int32); narrow {
		width = 4
	}
	for _, b := range d.blocks {
		if b != nil {
			n += (blockRows + 2*blockWords) * width
		}
	}
	return n
}

// texts has one text per customer.
type texts struct{ blocks []*textBlock }

type textBlock struct {
	head [blockRows]uint64 // the first eight bytes, to compare by; 0 = none
	at   [blockRows]uint32 // where the text begins in buf; 0 = none
	long [blockRows]uint16
	buf  []byte // begins with a byte of no meaning
	live int    // bytes of buf in use
}

func (d *texts) block(b int) *textBlock {
	if b < 0 || b >= len(d.blocks) {
		return nil
	}
	return d.blocks[b]
}

func (d *texts) get(b int, row uint16) (text []byte, has bool) {
	k := d.block(b)
	if k == nil || k.at[row] == 0 {
		return nil, false
	}
	return k.buf[k.at[row] : int(k.at[row])+int(k.long[row])], true
}

func (d *texts) clear(id int64) {
	b, row := split(id)
	if k := d.block(b); k != nil && k.at[row] != 0 {
		k.live -= int(k.long[row])
		k.head[row], k.at[row], k.long[row] = 0, 0, 0
		if len(k.buf) > 2*k.live+4096 {
			k.pack()
		}
	}
}

// headOf is the beginning of a text as a number: of two texts with unlike heads
// the one with the smaller comes first.
func headOf(v []byte) uint64 {
	var b [8]byte
	copy(b[:], v)
	return binary.BigEndian.Uint64(b[:])
}

func (k *textBlock) pack() {
	buf := make([]byte, 1, k.live+1)
	for row := range k.at {
		if at := int(k.at[row]); at != 0 {
			k.at[row] = uint32(len(buf))
			buf = append(buf, k.buf[at:at+int(k.long[row])]...)
		}
	}
	k.buf = buf
}

func (d *texts) addNumber(int64, int64) error { return errTooMany }

func (d *texts) addText(id int64, v []byte) error {
	if len(v) == 0 {
		return nil
	}
	b, row := split(id)
	d.blocks = grown(d.blocks, b)
	if d.blocks[b] == nil {
		d.blocks[b] = &textBlock{buf: make([]byte, 1)}
	}
	k := d.blocks[b]
	if len(v) > math.MaxUint16 || len(k.buf)+len(v) > math.MaxUint32 {
		return errTooMany
	}
	k.at[row], k.long[row] = uint32(len(k.buf)), uint16(len(v))
	k.head[row] = headOf(v)
	k.buf = append(k.buf, v...)
	k.live += len(v)
	return nil
}

func (d *texts) equal(other data, b int, in *rows) bool {
	o := other.(*texts)
	for row := range blockRows {
		if !in.has(uint16(row)) {
			continue
		}
		x, has := d.get(b, uint16(row))
		y, had := o.get(b, uint16(row))
		if has != had || !bytes.Equal(x, y) {
			return false
		}
	}
	return true
}

func (d *texts) size() (n int64) {
	for _, b := range d.blocks {
		if b != nil {
			n += 14*blockRows + int64(cap(b.buf))
		}
	}
	return n
}

func (d *texts) tidy() {
	for _, b := range d.blocks {
		if b != nil && cap(b.buf)-len(b.buf) > len(b.buf)/8 {
			b.pack()
		}
	}
}
