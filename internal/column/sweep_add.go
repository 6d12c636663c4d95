package column

import (
	"math"
	"math/bits"
)

// count adds sign for each fact that passes.
func (s *sweep) count(st *stretch, tests []sieve, to *[blockRows]int64, sign int64) {
	row := st.cal.row
	switch {
	case st.dense(tests) && len(tests) == 0:
		for _, r := range row[st.lo:st.hi] {
			to[r&(blockRows-1)] += sign
		}
	case st.dense(tests):
		u, turn := tests[0].p.u1, tests[0].turn
		for lo := st.lo; lo < st.hi; {
			n := min(64-lo&63, st.hi-lo)
			m := (u[lo>>6] ^ turn) >> (lo & 63)
			for _, r := range row[lo : lo+n] {
				to[r&(blockRows-1)] += int64(m&1) * sign
				m >>= 1
			}
			lo += n
		}
	default:
		s.each(st, tests, func(list []uint32) {
			for _, j := range list {
				to[row[j]&(blockRows-1)] += sign
			}
		})
	}
}

// present marks whose facts pass.
func (s *sweep) present(st *stretch, tests []sieve, to *rows) {
	row := st.cal.row
	switch {
	case st.dense(tests) && len(tests) == 0:
		for _, r := range row[st.lo:st.hi] {
			to[r>>6&(blockWords-1)] |= 1 << (r & 63)
		}
	case st.dense(tests):
		u, turn := tests[0].p.u1, tests[0].turn
		for lo := st.lo; lo < st.hi; {
			n := min(64-lo&63, st.hi-lo)
			m := (u[lo>>6] ^ turn) >> (lo & 63)
			for _, r := range row[lo : lo+n] {
				to[r>>6&(blockWords-1)] |= m & 1 << (r & 63)
				m >>= 1
			}
			lo += n
		}
	default:
		s.each(st, tests, func(list []uint32) {
			for _, j := range list {
				r := row[j]
				to[r>>6&(blockWords-1)] |= 1 << (r & 63)
			}
		})
	}
}

// sum adds up the values of the facts that pass, times sign.
func (s *sweep) sum(st *stretch, tests []sieve, p *packed, to *[blockRows]int64, sign int64) {
	switch p.width {
	case 8:
		sumOf(s, st, tests, p, p.u8, to, sign)
	case 16:
		sumOf(s, st, tests, p, p.u16, to, sign)
	case 32:
		sumOf(s, st, tests, p, p.u32, to, sign)
	case 64:
		sumOf(s, st, tests, p, p.u64, to, sign)
	default:
		s.each(st, tests, func(list []uint32) {
			for _, j := range list {
				if x, has := p.at(int(j)); has {
					to[st.cal.row[j]&(blockRows-1)] += x * sign
				}
			}
		})
	}
}

func sumOf[T unsigned](s *sweep, st *stretch, tests []sieve, p *packed, u []T, to *[blockRows]int64, sign int64) {
	row, base, scale := st.cal.row, sign*(p.base-p.scale*int64(p.bias)), sign*p.scale
	switch {
	case p.bias == 1:
		none := int64(0) // what stands for a missing one comes to nothing
		s.each(st, tests, func(list []uint32) {
			for _, j := range list {
				x := base + scale*int64(u[j])
				if u[j] == 0 {
					x = none
				}
				to[row[j]&(blockRows-1)] += x
			}
		})
	case st.only == nil && len(tests) == 0:
		u := u[st.lo:st.hi]
		for i, r := range row[st.lo:st.hi] {
			to[r&(blockRows-1)] += base + scale*int64(u[i])
		}
	default:
		s.each(st, tests, func(list []uint32) {
			for _, j := range list {
				to[row[j]&(blockRows-1)] += base + scale*int64(u[j])
			}
		})
	}
}

// hasAbove says that those have a value whose number is above least.
func (s *sweep) hasAbove(val *[blockRows]int64, least int64) {
	for w := range s.has {
		s.has[w] = mask((*[64]int64)(val[w<<6:]), least+1, math.MaxInt64)
	}
}

func (s *sweep) extreme(st *stretch, tests []sieve, p *packed, val *[blockRows]int64, most bool) {
	switch p.width {
	case 8:
		extremeOf(s, st, tests, p.u8, val, most)
	case 16:
		extremeOf(s, st, tests, p.u16, val, most)
	case 32:
		extremeOf(s, st, tests, p.u32, val, most)
	}
	for w, m := range s.has {
		for ; m != 0; m &= m - 1 {
			i := w<<6 | bits.TrailingZeros64(m)
			if !most {
				val[i] = -1 - val[i]
			}
			val[i] = p.value(uint64(val[i]))
		}
	}
}

// extremeOf leaves the greatest code of each customer, or −1 − the least one:
// the greatest of these.
func extremeOf[T unsigned](s *sweep, st *stretch, tests []sieve, u []T, val *[blockRows]int64, most bool) {
	row, turn := st.cal.row, int64(-1)
	if most {
		turn = 0
	}
	for i := range val {
		val[i] = math.MinInt64
	}
	s.each(st, tests, func(list []uint32) {
		for _, j := range list {
			at := &val[row[j]&(blockRows-1)]
			*at = max(*at, int64(u[j])^turn)
		}
	})
	s.hasAbove(val, math.MinInt64)
}

// ends leaves the day of each customer's first or last fact.
func (s *sweep) ends(st *stretch, tests []sieve, val *[blockRows]int64, last bool) {
	row, none := st.cal.row, int64(math.MinInt64)
	for i := range val {
		val[i] = none
	}
	at := 0 // the day
	start := st.cal.start
	if st.dense(tests) && last {
		s.eachMark(st, tests, func(lo int, marks []uint8) {
			for len(marks) > 0 {
				for int(start[at+1]) <= lo {
					at++
				}
				n := min(len(marks), int(start[at+1])-lo)
				day := st.cal.first + int64(at)
				for i, r := range row[lo : lo+n] {
					to := &val[r&(blockRows-1)]
					*to ^= (*to ^ day) & -int64(marks[i])
				}
				lo, marks = lo+n, marks[n:]
			}
		})
		s.hasAbove(val, none)
		return
	}
	s.each(st, tests, func(list []uint32) {
		for len(list) > 0 {
			for start[at+1] <= list[0] {
				at++
			}
			n := len(list)
			if list[n-1] >= start[at+1] {
				for n = 1; list[n] < start[at+1]; n++ {
				}
			}
			day := st.cal.first + int64(at)
			if last {
				for _, j := range list[:n] {
					val[row[j]&(blockRows-1)] = day
				}
			} else {
				for _, j := range list[:n] {
					if to := &val[row[j]&(blockRows-1)]; *to == none {
						*to = day
					}
				}
			}
			list = list[n:]
		}
	})
	s.hasAbove(val, none)
}

// different counts different values, or words, where they are fewer than 64.
func (v *boundValue) different(st *stretch, s *sweep, tests []sieve, p *packed, val *[blockRows]int64) bool {
	bit := s.codes(p)
	for u := range bit[:p.code(p.max)+1] {
		bit[u] = 64
		if uint64(u) < p.bias {
			continue
		}
		x := p.value(uint64(u))
		if v.via != nil {
			if x < 0 || x >= int64(len(v.via)) || v.via[x] < 0 {
				continue
			}
			x = int64(v.via[x])
		}
		if x < 0 || x > 63 {
			return false
		}
		bit[u] = uint8(x)
	}
	clear(val[:])
	if p.width == 8 {
		bitsOf(s, st, tests, p.u8, bit, val)
	} else {
		bitsOf(s, st, tests, p.u16, bit, val)
	}
	for i := range val {
		val[i] = int64(bits.OnesCount64(uint64(val[i])))
	}
	return true
}

func bitsOf[T uint8 | uint16](s *sweep, st *stretch, tests []sieve, u []T, bit []uint8, val *[blockRows]int64) {
	row := st.cal.row
	if st.dense(tests) {
		s.eachMark(st, tests, func(lo int, marks []uint8) {
			u := u[lo : lo+len(marks)]
			for i, r := range row[lo : lo+len(marks)] {
				val[r&(blockRows-1)] |= int64(marks[i]) << bit[u[i]]
			}
		})
		return
	}
	s.each(st, tests, func(list []uint32) {
		for _, j := range list {
			val[row[j]&(blockRows-1)] |= 1 << bit[u[j]]
		}
	})
}
