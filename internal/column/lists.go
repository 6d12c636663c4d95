package column

import "slices"

// A word of what facts point to, a category say, is mostly one of many: a question
// about it would look at ten facts to find one. So the places of the facts of each
// word are kept, two bytes a fact, in the order of days.

// listsWords bounds the words of what facts point to: with more no lists are kept.
const listsWords = 1024

// lists are the facts of words.
type lists struct {
	leaf  *leaf
	col   *series // what facts point to
	via   []int32 // the word of each, below 0 for none
	words int
	of    []int // the words that are asked for
}

// blockLists are those of a block. They belong to its calendar, as totals do.
type blockLists struct {
	of    int64
	low   []uint16 // the places by word and then ascending, less what pages stand for
	start []uint32 // where those of each word and page begin, and the end
	pages int      // of 65,536 places
}

// lists gives those of a test; nil where none are kept.
func (v *view) lists(t *FactTest, day Col) *lists {
	if v.kept == nil || v.one || t.Not || t.Range || t.Via == nil {
		return nil
	}
	via, blocks := v.get(*t.Via).(*sets), len(v.get(everybody).(*sets).blocks)
	if len(via.words) > listsWords {
		return nil
	}
	k := &lists{col: v.series(t.Col), via: via.wordOf(), words: len(via.words)}
	for _, w := range t.Words {
		if key, ok := via.words[w]; ok {
			k.of = append(k.of, int(key))
		}
	}
	slices.Sort(k.of)
	k.of = slices.Compact(k.of)
	var h keyed
	h.text("lists")
	h.col(&t.Col)
	h.col(t.Via)
	k.leaf = v.kept.get(h.key(), func(fn func(Col)) { fn(day); t.cols(fn) }, blocks, 2*v.series(day).perRow(blocks))
	if k.leaf == nil {
		return nil
	}
	return k
}

// picked is facts of a stretch: those of some words.
type picked struct {
	lists []page
	n     int
}

// page is places in 65,536 of them.
type page struct {
	base uint32
	low  []uint16
}

// pick gives the facts of the words in a stretch; nil where most facts are.
func (k *lists) pick(st *stretch) *picked {
	at := k.leaf.block(st.b)
	at.mu.Lock()
	defer at.mu.Unlock()
	if at.lists.of != st.cal.number {
		if !at.lists.fill(k, st) {
			return nil
		}
		at.lists.of = st.cal.number
	}
	l, out := &at.lists, &picked{}
	for _, w := range k.of {
		for p := range l.pages {
			base := p << 16
			low := l.low[l.start[w*l.pages+p]:l.start[w*l.pages+p+1]]
			if st.hi < base+1<<16 {
				n, _ := slices.BinarySearch(low, uint16(max(st.hi-base, 0)))
				low = low[:n]
			}
			switch {
			case st.lo >= base+1<<16:
				low = nil
			case st.lo > base:
				n, _ := slices.BinarySearch(low, uint16(st.lo-base))
				low = low[n:]
			}
			if len(low) > 0 {
				out.lists = append(out.lists, page{uint32(base), low})
				out.n += len(low)
			}
		}
	}
	if 3*out.n > st.hi-st.lo {
		return nil
	}
	return out
}

// fill finds the facts of each word of a block; it says whether it did.
func (l *blockLists) fill(k *lists, st *stretch) bool {
	b := k.col.block(st.b)
	if b == nil || b.main.n > 0 && b.main.width > 16 {
		return false
	}
	// The words by codes; behind the last one is that of facts without one.
	none, p := uint16(k.words), &b.main
	words := make([]uint16, 1<<max(p.width, 1))
	for u := range words {
		words[u] = none
		if uint64(u) >= p.bias {
			if x := p.value(uint64(u)); x >= 0 && x < int64(len(k.via)) && k.via[x] >= 0 {
				words[u] = uint16(k.via[x])
			}
		}
	}
	word := func(i int) uint16 {
		switch p.width {
		case 8:
			return words[p.u8[i]]
		case 16:
			return words[p.u16[i]]
		case 1:
			return words[p.u1[i>>6]>>(i&63)&1]
		}
		return words[0]
	}
	s := sweeps.Get().(*sweep)
	defer sweeps.Put(s)
	n := len(st.cal.row)
	byDay, next := make([]uint16, n), slices.Clone(st.cal.start)
	l.pages = n>>16 + 1
	l.start = make([]uint32, k.words*l.pages+1)
	for i, d := range s.daysOf(&st.days.main) {
		if d == noDay {
			continue
		}
		at := next[d]
		next[d]++
		w := word(i)
		if byDay[at] = w; w != none {
			l.start[int(w)*l.pages+int(at>>16)+1]++
		}
	}
	for i := range len(l.start) - 1 {
		l.start[i+1] += l.start[i]
	}
	l.low = make([]uint16, l.start[len(l.start)-1])
	next = slices.Clone(l.start)
	for at, w := range byDay {
		if w != none {
			to := &next[int(w)*l.pages+at>>16]
			l.low[*to] = uint16(at)
			*to++
		}
	}
	return true
}

// each calls fn with the places, some at a time; those of one word ascend.
func (k *picked) each(s *sweep, tests []sieve, fn func(list []uint32)) {
	for _, p := range k.lists {
		for part := range slices.Chunk(p.low, sweepStep) {
			list := s.list[:len(part)]
			for i, low := range part {
				list[i] = p.base | uint32(low)
			}
			for i := range tests {
				list = tests[i].pass(list)
			}
			if len(list) > 0 {
				fn(list)
			}
		}
	}
}
