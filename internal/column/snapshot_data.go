package column

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"unsafe"
)

// How columns stand in a snapshot. Lists of numbers are as they lie in memory:
// a file is of the machine that wrote it.

var errDamaged = errors.New("column: not a column")

type encoder struct{ b []byte }

func (e *encoder) num(list ...int64) {
	for _, v := range list {
		e.b = binary.AppendVarint(e.b, v)
	}
}

func (e *encoder) bytes(v []byte) {
	e.num(int64(len(v)))
	e.b = append(e.b, v...)
}

type whole interface {
	uint8 | uint16 | uint32 | uint64 | int32 | int64
}

// raw are the bytes of a list.
func raw[T whole](list []T) []byte {
	if len(list) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&list[0])), len(list)*int(unsafe.Sizeof(list[0])))
}

// decoder reads what an encoder wrote. After the first thing that cannot be,
// bad is set and everything is 0.
type decoder struct {
	b   []byte
	bad bool
}

func (d *decoder) num() int64 {
	v, n := binary.Varint(d.b)
	if n <= 0 || d.bad {
		d.bad = true
		return 0
	}
	d.b = d.b[n:]
	return v
}

// below is a number from 0 to below n.
func (d *decoder) below(n int) int {
	v := d.num()
	if v < 0 || v >= int64(n) {
		d.bad = true
		return 0
	}
	return int(v)
}

func (d *decoder) bytes() []byte {
	n := d.below(len(d.b) + 1)
	if d.bad || n > len(d.b) {
		d.bad = true
		return nil
	}
	v := d.b[:n]
	d.b = d.b[n:]
	return v
}

// list reads a list of its own; n is its length, below 0 for any.
func list[T whole](d *decoder, n int) []T {
	b := d.bytes()
	var zero T
	size := int(unsafe.Sizeof(zero))
	if len(b)%size != 0 || n >= 0 && len(b) != n*size {
		d.bad = true
	}
	if d.bad {
		return make([]T, max(n, 0))
	}
	out := make([]T, len(b)/size)
	copy(raw(out), b)
	return out
}

func encodeWords(e *encoder, words map[string]int64) {
	e.num(int64(len(words)))
	for w, n := range words {
		e.bytes([]byte(w))
		e.num(n)
	}
}

func decodeWords(d *decoder) map[string]int64 {
	words := map[string]int64{}
	for range d.below(maxWords + 1) {
		w := string(d.bytes())
		if words[w] = int64(d.below(maxWords)); d.bad {
			break
		}
	}
	return words
}

// encodeBlocks writes those blocks that are there, with their numbers.
func encodeBlocks[B any](e *encoder, blocks []*B, fn func(k *B)) {
	for b, k := range blocks {
		if k != nil {
			e.num(int64(b))
			fn(k)
		}
	}
	e.num(-1)
}

func decodeBlocks[B any](d *decoder, fn func() *B) (blocks []*B) {
	for !d.bad {
		b := d.num()
		if b == -1 {
			return blocks
		}
		if b < int64(len(blocks)) || b > maxID>>blockBits {
			d.bad = true
			return nil
		}
		blocks = grown(blocks, int(b))
		blocks[b] = fn()
	}
	return nil
}

// encodeData writes a column down.
func encodeData(e *encoder, d data) {
	switch d := d.(type) {
	case *sets:
		encodeWords(e, d.words)
		encodeBlocks(e, d.blocks, func(k *setBlock) {
			e.bytes(raw(k.any[:]))
			e.num(int64(len(k.cells)))
			for key, c := range k.cells {
				if e.num(key); c.bits != nil {
					e.num(1)
					e.bytes(raw(c.bits[:]))
				} else {
					e.num(0)
					e.bytes(raw(c.list))
				}
			}
		})
	case *numbers[int64]:
		encodeBlocks(e, d.blocks, func(k *[blockRows]int64) { e.bytes(raw(k[:])) })
	case *numbers[int32]:
		encodeBlocks(e, d.blocks, func(k *[blockRows]int32) { e.bytes(raw(k[:])) })
	case *texts:
		encodeBlocks(e, d.blocks, func(k *textBlock) {
			e.bytes(raw(k.head[:]))
			e.bytes(raw(k.at[:]))
			e.bytes(raw(k.long[:]))
			e.bytes(k.buf)
		})
	case *series:
		encodeWords(e, d.words)
		encodeBlocks(e, d.blocks, func(k *seriesBlock) {
			// Lengths instead of offsets: most take a byte.
			lengths, short := make([]uint32, blockRows), true
			for row := range lengths {
				lengths[row] = k.off[row+1] - k.off[row]
				short = short && lengths[row] <= math.MaxUint8
			}
			if short {
				e.num(1)
				small := make([]uint8, blockRows)
				for row, n := range lengths {
					small[row] = uint8(n)
				}
				e.bytes(small)
			} else {
				e.num(4)
				e.bytes(raw(lengths))
			}
			e.packed(&k.main)
			asc := int64(0)
			if k.asc {
				asc = 1
			}
			e.num(asc)
			e.bytes(raw(k.over.rows))
			if len(k.over.rows) > 0 {
				e.bytes(raw(k.over.off))
				e.bytes(raw(k.over.values.u64))
			}
		})
	}
}

func (e *encoder) packed(p *packed) {
	e.num(int64(p.n), int64(p.width), int64(p.bias), p.base, p.scale, p.min, p.max)
	switch p.width {
	case 1:
		e.bytes(raw(p.u1))
	case 8:
		e.bytes(p.u8)
	case 16:
		e.bytes(raw(p.u16))
	case 32:
		e.bytes(raw(p.u32))
	case 64:
		e.bytes(raw(p.u64))
	}
}

func (d *decoder) packed(n int) (p packed) {
	p.n = d.below(math.MaxInt32)
	p.width, p.bias = d.below(65), uint64(d.below(2))
	p.base, p.scale, p.min, p.max = d.num(), d.num(), d.num(), d.num()
	if p.n != n || p.scale < 1 {
		d.bad = true
		return p
	}
	switch p.width {
	case 0:
	case 1:
		p.u1 = list[uint64](d, (n+63)/64)
	case 8:
		p.u8 = list[uint8](d, n)
	case 16:
		p.u16 = list[uint16](d, n)
	case 32:
		p.u32 = list[uint32](d, n)
	case 64:
		p.u64 = list[uint64](d, n)
	default:
		d.bad = true
	}
	return p
}

// decodeData reads a column. Error: errDamaged.
func decodeData(kind Kind, b []byte) (data, error) {
	d := &decoder{b: b}
	out := newData(kind)
	switch k := out.(type) {
	case *sets:
		k.words = decodeWords(d)
		k.blocks = decodeBlocks(d, d.setBlock)
	case *numbers[int64]:
		k.blocks = decodeBlocks(d, func() *[blockRows]int64 { return (*[blockRows]int64)(list[int64](d, blockRows)) })
		k.bind()
	case *numbers[int32]:
		k.blocks = decodeBlocks(d, func() *[blockRows]int32 { return (*[blockRows]int32)(list[int32](d, blockRows)) })
		k.bind()
	case *texts:
		k.blocks = decodeBlocks(d, d.textBlock)
	case *series:
		k.words = decodeWords(d)
		k.blocks = decodeBlocks(d, d.seriesBlock)
	}
	if d.bad || len(d.b) > 0 {
		return nil, errDamaged
	}
	return out, nil
}

func (d *decoder) setBlock() *setBlock {
	k := &setBlock{cells: map[int64]*cell{}, any: rows(list[uint64](d, blockWords))}
	for range d.below(math.MaxInt32) {
		key, c := d.num(), &cell{}
		if d.num() == 1 {
			c.bits = (*rows)(list[uint64](d, blockWords))
		} else {
			c.list = list[uint16](d, -1)
			d.ascending(c.list)
		}
		if k.cells[key] = c; d.bad {
			break
		}
	}
	return k
}

// ascending looks that a list is one of rows of a block.
func (d *decoder) ascending(list []uint16) {
	for i, row := range list {
		if row >= blockRows || i > 0 && list[i-1] >= row {
			d.bad = true
			return
		}
	}
}

func (d *decoder) textBlock() *textBlock {
	k := &textBlock{head: [blockRows]uint64(list[uint64](d, blockRows)), at: [blockRows]uint32(list[uint32](d, blockRows)),
		long: [blockRows]uint16(list[uint16](d, blockRows)), buf: slices.Clone(d.bytes())}
	for row, at := range k.at {
		if at == 0 {
			continue
		}
		if k.live += int(k.long[row]); int(at)+int(k.long[row]) > len(k.buf) {
			d.bad = true
			break
		}
	}
	return k
}

func (d *decoder) seriesBlock() *seriesBlock {
	k := &seriesBlock{off: &offsets{}}
	n := uint64(0)
	sum := func(row int, length uint32) {
		if n += uint64(length); n >= math.MaxInt32 {
			d.bad = true
			n = 0
		}
		k.off[row+1] = uint32(n)
	}
	if d.num() == 1 {
		for row, length := range list[uint8](d, blockRows) {
			sum(row, uint32(length))
		}
	} else {
		for row, length := range list[uint32](d, blockRows) {
			sum(row, length)
		}
	}
	if k.main = d.packed(int(n)); d.bad {
		return k
	}
	k.asc = d.below(2) == 1
	k.over.rows = list[uint16](d, -1)
	if d.ascending(k.over.rows); len(k.over.rows) == 0 || d.bad {
		k.over = overlay{}
		return k
	}
	k.over.off = list[uint32](d, len(k.over.rows)+1)
	k.over.values = overForm()
	k.over.values.u64 = list[uint64](d, -1)
	k.over.values.n = len(k.over.values.u64)
	if d.bad || k.over.off[0] != 0 || !slices.IsSorted(k.over.off) || int(k.over.off[len(k.over.rows)]) != k.over.values.n {
		d.bad = true
		return k
	}
	for _, row := range k.over.rows {
		k.changed.set(row)
	}
	return k
}
