package column

import (
	"math"
	"unsafe"
)

// packed is numbers in as few bits as they need: value = base + scale·(u − bias),
// with u of width bits. Where some are missing bias is 1 and u 0 is none.
type packed struct {
	n           int
	width       int // 0, 1, 8, 16, 32 or 64
	bias        uint64
	base, scale int64
	// min and max bound the values; min > max where there are none.
	min, max int64
	u1       []uint64
	u8       []uint8
	u16      []uint16
	u32      []uint32
	u64      []uint64
}

type unsigned interface {
	uint8 | uint16 | uint32 | uint64
}

// Values lie between these, so that a missing one and the distance of any two
// have room.
const (
	leastValue = null + 1
	mostValue  = -null - 1
)

// pack packs values, null among them. It does not keep the slice.
func pack(values []int64) packed {
	p := packed{n: len(values), scale: 1, min: math.MaxInt64, max: math.MinInt64}
	for _, v := range values {
		if v == null {
			p.bias = 1
			continue
		}
		p.min, p.max = min(p.min, v), max(p.max, v)
	}
	if p.min > p.max { // nothing, or nothing but missing ones
		return p
	}
	p.base = p.min
	var step uint64
	for _, v := range values {
		if step == 1 {
			break
		}
		if d := uint64(v) - uint64(p.base); v != null && (step == 0 || d%step != 0) {
			step = gcd(step, d)
		}
	}
	p.scale = int64(max(step, 1))
	if p.scale <= 0 { // further apart than an int64 tells
		p.scale = 1
	}
	p.take(p.code(p.max))
	p.write(0, values)
	return p
}

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// take makes room for n codes up to most.
func (p *packed) take(most uint64) {
	switch {
	case most == 0:
		p.width = 0
	case most == 1 && p.bias == 0:
		p.width, p.u1 = 1, make([]uint64, (p.n+63)/64)
	case most <= math.MaxUint8:
		p.width, p.u8 = 8, make([]uint8, p.n)
	case most <= math.MaxUint16:
		p.width, p.u16 = 16, make([]uint16, p.n)
	case most <= math.MaxUint32:
		p.width, p.u32 = 32, make([]uint32, p.n)
	default:
		p.width, p.u64 = 64, make([]uint64, p.n)
	}
}

// code is what stands for a value; value is the opposite, of a code that is no
// missing one.
func (p *packed) code(v int64) uint64 {
	return (uint64(v)-uint64(p.base))/uint64(p.scale) + p.bias
}
func (p *packed) value(u uint64) int64 {
	return p.base + p.scale*int64(u-p.bias)
}

// fits says whether a value has a code in this form.
func (p *packed) fits(v int64) bool {
	if v == null {
		return p.bias == 1
	}
	if v < p.base {
		return false
	}
	d := uint64(v) - uint64(p.base)
	if d%uint64(p.scale) != 0 {
		return false
	}
	most := uint64(1)<<p.width - 1
	if p.width == 64 {
		most = math.MaxUint64
	}
	return d/uint64(p.scale) <= most-p.bias && (p.width > 0 || p.bias == 0)
}

// write puts values from a place on; each must fit.
func (p *packed) write(at int, values []int64) {
	switch p.width {
	case 1:
		for i, v := range values {
			if v != p.base {
				p.u1[(at+i)>>6] |= 1 << ((at + i) & 63)
			}
		}
	case 8:
		encode(p, p.u8[at:], values)
	case 16:
		encode(p, p.u16[at:], values)
	case 32:
		encode(p, p.u32[at:], values)
	case 64:
		encode(p, p.u64[at:], values)
	}
}

func encode[T unsigned](p *packed, to []T, values []int64) {
	for i, v := range values {
		if v == null {
			to[i] = 0
		} else {
			to[i] = T(p.code(v))
		}
	}
}

// at gives one value.
func (p *packed) at(i int) (v int64, has bool) {
	var u uint64
	switch p.width {
	case 0:
		return p.base, p.bias == 0
	case 1:
		u = p.u1[i>>6] >> (i & 63) & 1
	case 8:
		u = uint64(p.u8[i])
	case 16:
		u = uint64(p.u16[i])
	case 32:
		u = uint64(p.u32[i])
	case 64:
		u = p.u64[i]
	}
	return p.value(u), u >= p.bias
}

// distance is how much more the value at j is than that at i; both are there.
func (p *packed) distance(i, j int) int64 {
	if p.width == 16 {
		return p.scale * (int64(p.u16[j]) - int64(p.u16[i]))
	}
	x, _ := p.at(i)
	y, _ := p.at(j)
	return y - x
}

// divide makes every value a part of itself, where that leaves nothing over.
func (p *packed) divide(by int64) bool {
	if p.base%by != 0 || p.scale%by != 0 && p.width > 0 {
		return false
	}
	p.base, p.scale = p.base/by, p.scale/by
	return true
}

// unit is a number above 0 that divides every value.
func (p *packed) unit() int64 {
	base := uint64(max(p.base, -p.base))
	if p.width > 0 {
		base = gcd(base, uint64(p.scale))
	}
	return max(int64(base), 1)
}

// append adds values from first to last (not included) to a list, null for
// missing ones.
func (p *packed) append(list []int64, first, last int) []int64 {
	switch p.width {
	case 8:
		return decode(p, list, p.u8[first:last])
	case 16:
		return decode(p, list, p.u16[first:last])
	case 32:
		return decode(p, list, p.u32[first:last])
	case 64:
		return decode(p, list, p.u64[first:last])
	}
	for i := first; i < last; i++ {
		v, has := p.at(i)
		if !has {
			v = null
		}
		list = append(list, v)
	}
	return list
}

func decode[T unsigned](p *packed, list []int64, from []T) []int64 {
	for _, u := range from {
		v := p.value(uint64(u))
		if uint64(u) < p.bias {
			v = null
		}
		list = append(list, v)
	}
	return list
}

// like is an empty one of the same form, with room for n.
func (p *packed) like(n int) packed {
	q := *p
	q.n = n
	q.u1, q.u8, q.u16, q.u32, q.u64 = nil, nil, nil, nil, nil
	switch p.width {
	case 1:
		q.u1 = make([]uint64, (n+63)/64)
	case 8:
		q.u8 = make([]uint8, n)
	case 16:
		q.u16 = make([]uint16, n)
	case 32:
		q.u32 = make([]uint32, n)
	case 64:
		q.u64 = make([]uint64, n)
	}
	return q
}

// copy takes codes of one of the same form, of whole bytes.
func (p *packed) copy(at int, from *packed, first, last int) {
	switch p.width {
	case 8:
		copy(p.u8[at:], from.u8[first:last])
	case 16:
		copy(p.u16[at:], from.u16[first:last])
	case 32:
		copy(p.u32[at:], from.u32[first:last])
	case 64:
		copy(p.u64[at:], from.u64[first:last])
	}
}

func (p *packed) size() int64 {
	return int64(8*len(p.u1) + len(p.u8) + 2*len(p.u16) + 4*len(p.u32) + 8*len(p.u64) + int(unsafe.Sizeof(*p)))
}

// bounds are the codes of the values from lo to hi; ok is false where there can be none.
func (p *packed) bounds(lo, hi int64) (from, to uint64, ok bool) {
	lo, hi = max(lo, p.min), min(hi, p.max)
	if lo > hi {
		return 0, 0, false
	}
	scale := uint64(p.scale)
	from = (uint64(lo) - uint64(p.base))
	from = from/scale + p.bias
	if (uint64(lo)-uint64(p.base))%scale != 0 {
		from++
	}
	to = (uint64(hi)-uint64(p.base))/scale + p.bias
	return from, to, from <= to
}
