package column

// bounds has for each 64 numbers of a block between which they lie: those that
// cannot be meant are passed by without a look. A number that goes leaves them
// as they are, so that they may be wider than need be and never too narrow.
type bounds[T int32 | int64] struct{ least, most [blockWords]T }

// boundsOf are the bounds of a block of numbers; none is the lowest of T.
func boundsOf[T int32 | int64](k *[blockRows]T, none T) *bounds[T] {
	s := &bounds[T]{}
	for w := range s.least {
		s.least[w], s.most[w] = ^none, none
	}
	for row, v := range k {
		if v != none {
			s.add(uint16(row), v)
		}
	}
	return s
}

func (s *bounds[T]) add(row uint16, v T) {
	w := row >> 6
	s.least[w], s.most[w] = min(s.least[w], v), max(s.most[w], v)
}

// outside says that none of 64 numbers lies from lo to hi.
func (s *bounds[T]) outside(w int, lo, hi T) bool { return s.most[w] < lo || s.least[w] > hi }

// bind makes the bounds of blocks that were read at once.
func (d *numbers[T]) bind() {
	d.bounds = make([]*bounds[T], len(d.blocks))
	for b, k := range d.blocks {
		if k != nil {
			d.bounds[b] = boundsOf(k, d.none)
		}
	}
}
