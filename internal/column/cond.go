package column

import (
	"bytes"
	"cmp"
	"math"
	"math/bits"
	"slices"
	"sort"
)

// Cond is a condition on a customer. It holds or does not hold, never neither:
// a comparison with a missing value does not hold.
type Cond struct {
	op       op
	kids     []*Cond
	col, by  Col
	keys     []int64
	words    []string
	fits     func(word string) bool
	from, to int64
	pair     func(a, b int64) bool
	byID     func(first int64, of uint64) uint64
	facts    *factCond
}

type op int

const (
	opTrue op = iota
	opFalse
	opAll
	opAny
	opNot
	opKeys
	opWords
	opHas
	opBetween
	opPair
	opTexts
	opID
	opCompare
	opAverage
	opEnds
	opFollows
	opRanked
	opAveraged
)

// Const holds for everybody or for nobody.
func Const(yes bool) *Cond {
	if yes {
		return &Cond{op: opTrue}
	}
	return &Cond{op: opFalse}
}

// All holds where every one of kids does; nil kids are not known here, and
// neither is the whole then: it is nil. The same goes for Any and Not.
func All(kids ...*Cond) *Cond {
	if slices.Contains(kids, nil) {
		return nil
	}
	return &Cond{op: opAll, kids: cheapFirst(kids)}
}

func cheapFirst(kids []*Cond) []*Cond {
	kids = slices.Clone(kids)
	slices.SortStableFunc(kids, func(a, b *Cond) int { return cmp.Compare(a.cost(), b.cost()) })
	return kids
}

// Any holds where one of kids does.
func Any(kids ...*Cond) *Cond {
	if slices.Contains(kids, nil) {
		return nil
	}
	return &Cond{op: opAny, kids: cheapFirst(kids)}
}

// Not holds where c does not.
func Not(c *Cond) *Cond {
	if c == nil {
		return nil
	}
	return &Cond{op: opNot, kids: []*Cond{c}}
}

// HasKey holds where a customer has one of keys, in a column of Keys.
func HasKey(c Col, keys ...int64) *Cond { return &Cond{op: opKeys, col: c, keys: keys} }

// HasWord holds where a customer has one of words, in a column of Words.
func HasWord(c Col, words ...string) *Cond { return &Cond{op: opWords, col: c, words: words} }

// HasWordLike holds where a customer has a word that fits, in a column of Words.
func HasWordLike(c Col, fits func(word string) bool) *Cond {
	return &Cond{op: opWords, col: c, fits: fits}
}

// Has holds where there is a value; of Words and Text, one that is not "".
func Has(c Col) *Cond { return &Cond{op: opHas, col: c} }

// Between holds where a number is from from to to, both included.
func Between(c Col, from, to int64) *Cond {
	return &Cond{op: opBetween, col: c, from: from, to: to}
}

// Pair holds where fn does of two numbers, both of which are there.
func Pair(a, b Col, fn func(a, b int64) bool) *Cond {
	return &Cond{op: opPair, col: a, by: b, pair: fn}
}

// ByID holds of customers by their ids: fn gives those of 64 customers, of of
// them, the first of whom has the id first, for whom it does.
func ByID(fn func(first int64, of uint64) uint64) *Cond { return &Cond{op: opID, byID: fn} }

// IsText holds where a text is one of list, in a column of Text.
func IsText(c Col, list ...string) *Cond { return &Cond{op: opTexts, col: c, words: list} }

// cost says what is to be looked at first: sets before numbers, numbers before texts.
func (c *Cond) cost() (n int) {
	switch c.op {
	case opAll, opAny, opNot:
		for _, k := range c.kids {
			n = max(n, k.cost()+1)
		}
	case opBetween:
		n = 10
	case opPair:
		n = 20
	case opID: // worked out for each
		n = 30
	case opTexts:
		n = 40
	case opCompare, opAverage:
		n = 100 + 30*len(c.facts.value.Facts.Tests)
		if a := c.facts.value.Agg; a == First || a == Last {
			n -= 20
		} else if a != Count {
			n += 20
		}
	case opEnds:
		n = 80 + 30*len(c.facts.a.Tests)
	case opFollows:
		n = 300
	case opRanked, opAveraged:
		n = 60
	}
	return n
}

// cols calls fn with every column that the condition reads.
func (c *Cond) cols(fn func(Col)) {
	switch c.op {
	case opKeys, opWords, opHas, opBetween, opTexts:
		fn(c.col)
	case opPair:
		fn(c.col)
		fn(c.by)
	}
	if c.facts != nil {
		c.facts.cols(c.op, fn)
	}
	for _, k := range c.kids {
		k.cols(fn)
	}
}

// test is a condition bound to the columns as they are.
type test struct {
	op       op
	kids     []test
	sets     *sets
	num, by  data
	keys     []int64
	texts    [][]byte
	from, to int64
	pair     func(a, b int64) bool
	byID     func(first int64, of uint64) uint64
	find     finder // of facts
	leaf     *leaf  // where what it came to is kept
	besides  *besides
}

// bind looks the columns up and the words in them.
func (c *Cond) bind(v *view) test {
	get := v.get
	t := test{op: c.op, keys: c.keys, from: c.from, to: c.to, pair: c.pair, byID: c.byID}
	for _, k := range c.kids {
		t.kids = append(t.kids, k.bind(v))
	}
	switch c.op {
	case opKeys, opHas:
		t.num = get(c.col)
		var of bool
		if t.sets, of = t.num.(*sets); !of && c.op == opHas {
			if _, text := t.num.(*texts); !text { // any number
				t.op, t.from, t.to = opBetween, math.MinInt64, math.MaxInt64
			}
		}
	case opWords:
		t.op, t.sets = opKeys, get(c.col).(*sets)
		for _, w := range c.words {
			if key, ok := t.sets.words[w]; ok {
				t.keys = append(t.keys, key)
			}
		}
		if c.fits != nil {
			for w, key := range t.sets.words {
				if c.fits(w) {
					t.keys = append(t.keys, key)
				}
			}
		}
		slices.Sort(t.keys)
		t.keys = slices.Compact(t.keys)
	case opBetween:
		t.num = get(c.col)
	case opPair:
		t.num, t.by = get(c.col), get(c.by)
	case opTexts:
		t.num = get(c.col)
		for _, w := range c.words {
			t.texts = append(t.texts, []byte(w))
		}
		sort.Slice(t.texts, func(i, j int) bool { return bytes.Compare(t.texts[i], t.texts[j]) < 0 })
	case opCompare, opAverage, opEnds, opFollows:
		t.find = c.facts.bind(v, c)
		if !v.one {
			t.leaf = v.kept.get(c.key(), c.cols, len(get(everybody).(*sets).blocks), 0)
		}
	case opRanked, opAveraged:
		t.besides = v.others(c)
	}
	return t
}

// eval gives those of in for which the test holds.
func (t *test) eval(b int, in, out *rows) {
	switch t.op {
	case opTrue:
		*out = *in
		return
	case opAll:
		*out = *in
		t.narrow(b, out)
		return
	case opAny:
		*out = rows{}
		rest := *in
		var found rows
		for i := range t.kids {
			if rest.none() {
				return
			}
			t.kids[i].eval(b, &rest, &found)
			for w := range out {
				out[w] |= found[w]
				rest[w] &^= found[w]
			}
		}
		return
	case opNot:
		var found rows
		t.kids[0].eval(b, in, &found)
		for w := range out {
			out[w] = in[w] &^ found[w]
		}
		return
	}
	*out = rows{}
	switch t.op {
	case opCompare, opAverage, opEnds, opFollows:
		if t.leaf != nil {
			t.leaf.eval(b, in, out, &t.find)
		} else {
			t.find.rows(b, in, out)
		}
	case opRanked, opAveraged:
		t.besides.eval(b, in, out)
	case opKeys:
		if k := t.sets.block(b); k != nil {
			for _, key := range t.keys {
				if c := k.cells[key]; c != nil {
					c.or(in, out)
				}
			}
		}
	case opHas:
		if d, ok := t.num.(*texts); ok {
			filter(in, out, func(row uint16) bool { _, has := d.get(b, row); return has })
		} else if k := t.sets.block(b); k != nil {
			for w := range out {
				out[w] = in[w] & k.any[w]
			}
		}
	case opBetween:
		switch d := t.num.(type) {
		case *numbers[int64]:
			d.between(b, t.from, t.to, in, out)
		case *numbers[int32]:
			d.between(b, t.from, t.to, in, out)
		}
	case opPair:
		filter(in, out, func(row uint16) bool {
			x, has := numberAt(t.num, b, row)
			y, also := numberAt(t.by, b, row)
			return has && also && t.pair(x, y)
		})
	case opID:
		for w, m := range in {
			if m != 0 {
				out[w] = t.byID(int64(b)<<blockBits|int64(w<<6), m)
			}
		}
	case opTexts:
		d := t.num.(*texts)
		filter(in, out, func(row uint16) bool {
			v, has := d.get(b, row)
			if !has {
				return false
			}
			_, found := slices.BinarySearchFunc(t.texts, v, bytes.Compare)
			return found
		})
	}
}

// narrow is eval in place: it leaves in r those for which the test holds, and
// says whether there are any.
func (t *test) narrow(b int, r *rows) bool {
	switch t.op {
	case opTrue:
		return !r.none()
	case opAll:
		for i := range t.kids {
			if !t.kids[i].narrow(b, r) {
				return false
			}
		}
		return len(t.kids) > 0 || !r.none()
	case opKeys:
		if len(t.keys) == 1 {
			return t.sets.block(b).cell(t.keys[0]).and(r)
		}
	case opHas:
		if t.sets != nil {
			if k := t.sets.block(b); k != nil {
				return k.any.and(r)
			}
		}
	}
	var out rows
	t.eval(b, r, &out)
	*r = out
	return !r.none()
}

// filter adds to out those of in for whom is holds; what it says decides no branch.
func filter(in, out *rows, is func(row uint16) bool) {
	for w, word := range in {
		found := uint64(0)
		for ; word != 0; word &= word - 1 {
			i := bits.TrailingZeros64(word)
			bit := uint64(0)
			if is(uint16(w<<6 | i)) {
				bit = 1
			}
			found |= bit << i
		}
		out[w] |= found
	}
}

func numberAt(d data, b int, row uint16) (int64, bool) {
	switch d := d.(type) {
	case *numbers[int64]:
		return d.at(b, row)
	case *numbers[int32]:
		return d.at(b, row)
	}
	return 0, false
}
