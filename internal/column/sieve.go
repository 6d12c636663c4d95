package column

import (
	"encoding/binary"
	"math/bits"
)

// sieve is a test of the facts of a stretch.
type sieve struct {
	p      *packed
	table  []uint8 // by code
	ranged bool
	lo, hi uint64
	turn   uint64 // of bits: all ones where 0 passes
	test   *boundTest
	not    uint8
}

// sieves binds tests to a stretch. none says that nothing passes; ok is false
// where the values are not kept by day.
func (s *sweep) sieves(st *stretch, lists ...[]boundTest) (out []sieve, none, ok bool) {
	for _, list := range lists {
		for i := range list {
			t := &list[i]
			p := st.ordered(t.col)
			if p == nil {
				return nil, false, false
			}
			v := sieve{p: p, test: t}
			if t.not {
				v.not = 1
			}
			switch {
			case p.width <= 1:
				zero := t.holds(p.base, p.bias == 0)
				one := zero
				if p.width == 1 {
					one = t.holds(p.base+p.scale, true)
				}
				if !zero && !one {
					return nil, true, true
				}
				if zero == one {
					continue
				}
				if zero {
					v.turn = ^uint64(0)
				}
			case t.ranged:
				var some bool
				if v.lo, v.hi, some = p.bounds(t.from, t.to); !some {
					if !t.not {
						return nil, true, true
					}
					continue
				}
				v.ranged = true
			case p.width <= 16:
				v.table = s.table(p, t)
			}
			out = append(out, v)
		}
	}
	return out, false, true
}

// codes is room for something about each code.
func (s *sweep) codes(p *packed) []uint8 {
	if s.used++; s.used > len(s.tables) {
		s.tables = append(s.tables, make([]uint8, 1<<16))
	}
	return s.tables[s.used-1][:1<<p.width]
}

// table has a 1 for each code that passes.
func (s *sweep) table(p *packed, t *boundTest) []uint8 {
	codes := s.codes(p)
	most := int(p.code(p.max))
	if t.keys.list != nil {
		for u := range codes[:most+1] {
			codes[u] = 0
			if uint64(u) >= p.bias && t.keys.has(p.value(uint64(u))) {
				codes[u] = 1
			}
		}
	} else {
		clear(codes[:most+1])
		for w, m := range t.keys.bits {
			for ; m != 0; m &= m - 1 {
				if v := t.keys.least + int64(w<<6|bits.TrailingZeros64(m)); v >= p.min && v <= p.max && p.fits(v) {
					codes[p.code(v)] = 1
				}
			}
		}
	}
	if t.not {
		for u := range codes[:most+1] {
			codes[u] ^= 1
		}
	}
	return codes
}

// pass leaves the facts of a list that pass.
func (v *sieve) pass(list []uint32) []uint32 {
	p := v.p
	switch {
	case p.width == 1:
		n := 0
		for _, j := range list {
			list[n] = j
			n += int((p.u1[j>>6] ^ v.turn) >> (j & 63) & 1)
		}
		return list[:n]
	case v.table != nil && p.width == 8:
		return passTable(p.u8, v.table, list)
	case v.table != nil:
		return passTable(p.u16, v.table, list)
	case v.ranged && p.width == 8:
		return passRange(p.u8, v, list)
	case v.ranged && p.width == 16:
		return passRange(p.u16, v, list)
	case v.ranged && p.width == 32:
		return passRange(p.u32, v, list)
	case v.ranged:
		return passRange(p.u64, v, list)
	}
	n := 0
	for _, j := range list {
		if v.test.holds(p.at(int(j))) {
			list[n] = j
			n++
		}
	}
	return list[:n]
}

func passTable[T uint8 | uint16](u []T, is []uint8, list []uint32) []uint32 {
	n := 0
	for _, j := range list {
		list[n] = j
		n += int(is[u[j]])
	}
	return list[:n]
}

func passRange[T unsigned](u []T, v *sieve, list []uint32) []uint32 {
	lo, far := T(v.lo), T(v.hi-v.lo)
	n := 0
	for _, j := range list {
		list[n] = j
		is := v.not ^ 1
		if u[j]-lo > far {
			is = v.not
		}
		n += int(is)
	}
	return list[:n]
}

// firstRange is passRange of all facts from lo on.
func firstRange(u []uint8, lo uint32, v *sieve, list []uint32) []uint32 {
	from, far := uint8(v.lo), uint8(v.hi-v.lo)
	n := 0
	list = list[:len(u)]
	for i, x := range u {
		list[n] = lo + uint32(i)
		is := v.not ^ 1
		if x-from > far {
			is = v.not
		}
		n += int(is)
	}
	return list[:n]
}

// dense says that most facts pass, as far as one can tell: what is counted.
func (st *stretch) dense(tests []sieve) bool {
	return st.only == nil && (len(tests) == 0 || len(tests) == 1 && tests[0].p.width == 1)
}

// markAll marks the facts from lo on that pass.
func markAll(marks []uint8, lo int, tests []sieve) {
	for at := 0; at < len(marks); {
		at += copy(marks[at:], yes[:])
	}
	for i := range tests {
		tests[i].mark(marks, lo)
	}
}

// mark takes the mark away from those facts from lo on that do not pass.
func (v *sieve) mark(marks []uint8, lo int) {
	p, hi := v.p, lo+len(marks)
	switch {
	case p.width == 1:
		v.markBits(marks, lo)
	case v.table != nil && p.width == 8:
		markTable(p.u8[lo:hi], v.table, marks)
	case v.table != nil:
		markTable(p.u16[lo:hi], v.table, marks)
	case v.ranged && p.width == 8:
		markRange(p.u8[lo:hi], v, marks)
	case v.ranged && p.width == 16:
		markRange(p.u16[lo:hi], v, marks)
	case v.ranged && p.width == 32:
		markRange(p.u32[lo:hi], v, marks)
	case v.ranged:
		markRange(p.u64[lo:hi], v, marks)
	default:
		for i := range marks {
			if !v.test.holds(p.at(lo + i)) {
				marks[i] = 0
			}
		}
	}
}

func markTable[T uint8 | uint16](u []T, is, marks []uint8) {
	marks = marks[:len(u)]
	for i, x := range u {
		marks[i] &= is[x]
	}
}

func markRange[T unsigned](u []T, v *sieve, marks []uint8) {
	lo, far := T(v.lo), T(v.hi-v.lo)
	marks = marks[:len(u)]
	for i, x := range u {
		is := v.not ^ 1
		if x-lo > far {
			is = v.not
		}
		marks[i] &= is
	}
}

// markBits is mark for single bits, eight at a time.
func (v *sieve) markBits(marks []uint8, lo int) {
	bit := func(j int) uint64 { return (v.p.u1[j>>6] ^ v.turn) >> (j & 63) }
	i := 0
	for ; i < len(marks) && (lo+i)&7 != 0; i++ {
		marks[i] &= uint8(bit(lo + i))
	}
	for ; i+8 <= len(marks); i += 8 {
		// The bits of a byte become the lowest ones of eight bytes.
		m := bit(lo+i) & 0xff * 0x0101010101010101 & 0x8040201008040201
		m = (m + 0x7f7f7f7f7f7f7f7f) >> 7
		binary.LittleEndian.PutUint64(marks[i:], binary.LittleEndian.Uint64(marks[i:])&m)
	}
	for ; i < len(marks); i++ {
		marks[i] &= uint8(bit(lo + i))
	}
}
