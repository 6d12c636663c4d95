package column

import (
	"math/bits"
	"slices"
	"sync"
)

// leaves keep what conditions on facts came to, so that only customers who
// changed are looked at again. Those that were not asked for the longest make
// room.
type leaves struct {
	mu    sync.Mutex
	most  int64
	bytes int64
	clock int64
	list  map[string]*leaf
	seen  map[string]bool
	// gone is when great ones made room for others.
	gone map[string]int64
	// every is totalsEvery, but for tests.
	every int64
	// bounds are those of comparisons with others, by their keys, as of a place.
	at     place
	bounds map[string]Fits
}

// leaf is what one condition came to, or one value of customers.
type leaf struct {
	cols  []Col
	bytes int64
	used  int64
	again bool // was asked for more than once
	lent  bool // room for values is of valueRoom and goes back there

	mu     sync.Mutex
	blocks []*leafBlock
}

type leafBlock struct {
	mu sync.Mutex
	// known are the customers for whom it is known; holds those for whom it
	// holds or who have a value.
	known, holds rows
	val, cnt     *[blockRows]int64
	totals       blockTotals
	gaps         blockGaps
	lists        blockLists
}

// leafShare of the memory of all columns may be taken by leaves. What is kept in
// the order of days, which every question on facts is answered from, may take of
// it down to leafLeast.
const (
	leafShare = 5
	leafLeast = 16
)

func newLeaves(most int64) *leaves {
	return &leaves{most: most, list: map[string]*leaf{}, every: totalsEvery}
}

// get gives the leaf of a key, a new one where there is none; nil where it does
// not fit. blocks is how many it will have, and perRow what it keeps of each
// customer beside bits, in bytes.
func (l *leaves) get(key string, cols func(fn func(Col)), blocks int, perRow int64) *leaf {
	if l == nil || key == "" {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.clock++
	k := l.list[key]
	if k == nil {
		bytes := int64(blocks+1) * (2*blockRows/8 + perRow*blockRows)
		if bytes > l.most/2 { // most of the others would have to go
			return nil
		}
		if went, ok := l.gone[key]; ok && l.clock-went < lately {
			return nil // it would go again before it is of use
		}
		if l.room(bytes, false); l.bytes+bytes > l.most {
			return nil
		}
		k = &leaf{bytes: bytes}
		cols(func(c Col) { k.cols = append(k.cols, c) })
		l.list[key] = k
		l.bytes += bytes
	} else {
		k.again = true
	}
	k.used = l.clock
	return k
}

// maxSeen bounds what again remembers.
const maxSeen = 1000

// again says whether a key was asked for before, lately.
func (l *leaves) again(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen[key] {
		return true
	}
	if len(l.seen) >= maxSeen || l.seen == nil {
		l.seen = map[string]bool{}
	}
	l.seen[key] = true
	return false
}

// lately: what was asked for again within so many questions makes no room for what
// is asked for once. Where more is in use than fits, some of it stays known then;
// otherwise all of it would be forgotten just before it is asked for.
const lately = 300

// room drops leaves until bytes more fit, those first that were asked for once, and
// the oldest of them; the caller holds mu.
func (l *leaves) room(bytes int64, all bool) {
	for l.bytes+bytes > l.most && len(l.list) > 0 {
		var oldest string
		var of *leaf
		for key, k := range l.list {
			if of == nil || k.again == of.again && k.used < of.used || of.again && !k.again {
				oldest, of = key, k
			}
		}
		if of.again && l.clock-of.used < lately && !all {
			return
		}
		l.bytes -= of.bytes
		delete(l.list, oldest)
		if of.bytes > l.most/leafGreat {
			l.went(oldest)
		}
	}
}

// leafGreat is which part of all room a leaf takes that is not made again at once
// where there was no room for it: the lists of a million customers take a tenth of
// a second to make, and save a hundredth of one.
const leafGreat = 8

func (l *leaves) went(key string) {
	if l.gone == nil || len(l.gone) >= maxSeen {
		l.gone = map[string]int64{}
	}
	l.gone[key] = l.clock
}

// limit sets how much leaves may take.
func (l *leaves) limit(most int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.most = max(most, 0)
	l.room(0, true)
}

// yield gives up so many bytes for good, as long as least stay, of what was asked
// for once or long ago. It says whether it did.
func (l *leaves) yield(bytes, least int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.most-bytes < least {
		return false
	}
	l.most -= bytes
	if l.room(0, false); l.bytes > l.most {
		l.most += bytes
		return false
	}
	return true
}

func (l *leaves) size() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.bytes
}

// drop forgets everything.
func (l *leaves) drop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.list)
	l.bytes, l.bounds = 0, nil
}

// changed forgets what is no longer known. Nobody evaluates meanwhile.
func (l *leaves) changed(ch *changes) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, k := range l.list {
		k.forget(ch.all)
		if slices.ContainsFunc(k.cols, Col.recorded) {
			k.forget(ch.records)
		}
		seen := map[string]bool{}
		for _, c := range k.cols {
			ids := ch.of[c.source()]
			if len(ids) == 0 {
				continue
			}
			if c.Apart {
				k.blocks = nil
			} else if !seen[c.source()] {
				seen[c.source()] = true
				k.forget(ids)
			}
		}
	}
}

func (k *leaf) forget(ids []int64) {
	for _, id := range ids {
		b, row := split(id)
		if b < len(k.blocks) && k.blocks[b] != nil {
			k.blocks[b].known.unset(row)
		}
	}
}

func (k *leaf) block(b int) *leafBlock {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.blocks = grown(k.blocks, b)
	if k.blocks[b] == nil {
		k.blocks[b] = &leafBlock{}
	}
	return k.blocks[b]
}

// eval gives those of in for whom the leaf holds; find finds it out for those
// for whom it is not known.
func (k *leaf) eval(b int, in, out *rows, find *finder) {
	at := k.block(b)
	at.mu.Lock()
	defer at.mu.Unlock()
	at.learn(b, in, find)
	for w := range out {
		out[w] = in[w] & at.holds[w]
	}
}

// learn makes known what find finds of in, or of everybody.
func (at *leafBlock) learn(b int, in *rows, find *finder) {
	var new, out rows
	for w := range in {
		new[w] = in[w] &^ at.known[w]
	}
	if new.none() {
		return
	}
	if find.everybody(b, &new, &out) {
		at.holds, at.known = out, everyRow
		return
	}
	find.words(b, &new, &out)
	for w, m := range new {
		at.holds[w] = at.holds[w]&^m | out[w]
		at.known[w] |= m
	}
}

// valueRoom is room for the values of a block: a ranking of a million customers
// would leave eight megabytes of garbage each time.
var valueRoom = sync.Pool{New: func() any { return new([blockRows]int64) }}

func (k *leaf) room() *[blockRows]int64 {
	if k.lent {
		return valueRoom.Get().(*[blockRows]int64)
	}
	return new([blockRows]int64)
}

// giveBack ends a question: nobody looks at the values it borrowed room for.
func (v *view) giveBack() {
	for _, k := range v.lent {
		for _, at := range k.blocks {
			if at == nil {
				continue
			}
			for _, room := range [2]*[blockRows]int64{at.val, at.cnt} {
				if room != nil {
					valueRoom.Put(room)
				}
			}
		}
	}
	v.lent = nil
}

// values makes the values of in known and calls fn with the block, which
// nobody else writes meanwhile.
func (k *leaf) values(b int, in *rows, v *boundValue, fn func(at *leafBlock)) {
	at := k.block(b)
	at.mu.Lock()
	defer at.mu.Unlock()
	if at.val == nil {
		at.val = k.room()
		if v.agg == Average {
			at.cnt = k.room()
		}
	}
	at.learn(b, in, &finder{func(b, w int, m uint64, c *cursor) uint64 {
		v.word(b, w, m, c)
		copyBits(at.val[w<<6:], &c.val, c.has)
		if at.cnt != nil {
			copyBits(at.cnt[w<<6:], &c.cnt, c.has)
		}
		return c.has
	}, func(b int, want, out *rows, s *sweep) bool {
		if !v.values(b, want, s) {
			return false
		}
		fresh := at.known.none()
		if fresh {
			at.val, s.val = s.val, at.val
		}
		// What is known may be being read.
		for w, known := range at.known {
			if !fresh {
				copyBits(at.val[w<<6:], (*[64]int64)(s.val[w<<6:]), s.has[w]&^known)
			}
			if at.cnt != nil {
				copyBits(at.cnt[w<<6:], (*[64]int64)(s.cnt[w<<6:]), s.has[w]&^known)
			}
		}
		*out = s.has
		return true
	}})
	fn(at)
}

// count is the number of the facts of an average, 1 of other values.
func (at *leafBlock) count(row uint16) int64 {
	if at.cnt == nil {
		return 1
	}
	return at.cnt[row]
}

// maxBounds is how many comparisons with others are remembered.
const maxBounds = 1000

// stamp is a comparison with others that is still good at a place. It outlives
// the values that it was found from, which may not fit.
func (l *leaves) stamp(at place, key string) (f Fits, known bool) {
	if l == nil {
		return f, false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.at != at {
		return f, false
	}
	f, known = l.bounds[key]
	return f, known
}

func (l *leaves) setStamp(at place, key string, f Fits) {
	if l == nil || key == "" {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.at != at || l.bounds == nil || len(l.bounds) >= maxBounds {
		l.at, l.bounds = at, map[string]Fits{}
	}
	l.bounds[key] = f
}

func copyBits(to []int64, from *[64]int64, has uint64) {
	if has == ^uint64(0) {
		copy(to, from[:])
		return
	}
	for ; has != 0; has &= has - 1 {
		i := bits.TrailingZeros64(has)
		to[i] = from[i]
	}
}
