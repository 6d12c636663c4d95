package column

import (
	"math"
	"sync/atomic"
)

// factCond is what a condition on facts says.
type factCond struct {
	value      Value
	test       FactTest
	last       bool
	a, b       Facts
	atA, atB   Col
	within     int64
	without    bool
	population *Cond
	stat       Stat
	n          int64
	name       string // of a function
	average    AverageRange
	beside     func(sum float64, customers int64) Fits
	key        atomic.Pointer[string] // once it was asked for
}

// Compare holds where a value lies from from to to, both included. An average
// is compared as the fraction that it is. Per of the value counts.
func Compare(v Value, from, to int64) *Cond {
	if v.Facts != nil && v.Agg == Average {
		return CompareAverage(v, AverageRange{Times: 1, From: from, To: to})
	}
	if v.Per > 1 {
		from, to = unrounded(from, to, v.Per)
		v.Per = 0
	}
	if v.Facts == nil {
		return Between(v.Of, from, to)
	}
	// A last fact from a day on is the last one of a window that begins there.
	if narrow := *v.Facts; v.Agg == Last || v.Agg == First {
		if v.Agg == Last {
			narrow.From = max(narrow.From, from)
		} else {
			narrow.To = min(narrow.To, to)
		}
		v.Facts = &narrow
	}
	return &Cond{op: opCompare, from: from, to: to, facts: &factCond{value: v}}
}

// CompareAverage holds where an average, which may be a fraction, lies in a range.
func CompareAverage(v Value, r AverageRange) *Cond {
	v.Agg, v.Per = Average, 0
	return &Cond{op: opAverage, facts: &factCond{value: v, average: r}}
}

// Ends holds where the first of the facts that are counted, with last set the
// last one, passes a test. Without a fact it does not hold, whatever the test.
func Ends(f Facts, last bool, t FactTest) *Cond {
	return &Cond{op: opEnds, facts: &factCond{a: f, last: last, test: t}}
}

// Follows holds where a fact of a is followed by one of b: at a later instant,
// or at the same one and behind it where both are of one stream, and at most
// within days after its day. With without set it holds where some fact of a is
// not followed. atA and atB are the instants of both streams. Of both, facts
// that are counted are looked at.
func Follows(a, b Facts, atA, atB Col, within int64, without bool) *Cond {
	return &Cond{op: opFollows, facts: &factCond{a: a, b: b, atA: atA, atB: atB, within: within, without: without}}
}

// Stat says how a value is compared with those of others.
type Stat int

// The comparisons: with the first N of all by falling or by rising value, those
// who equal the last of them included; with Percent, N is in hundredths of a
// percent of all that have a value, rounded up to a whole customer. With N
// above their number, or 100 percent, everybody with a value is in.
const (
	Top Stat = iota
	Bottom
	TopPercent
	BottomPercent
)

// Ranked holds where a value is among the greatest or smallest of those that
// customers in population have; nil is everybody. Whoever is not in the
// population is compared with the same bound. Where nobody in it has a value,
// or n is not above 0, it does not hold. Averages are compared as fractions.
func Ranked(population *Cond, v Value, s Stat, n int64) *Cond {
	if population == nil {
		population = Const(true)
	}
	return &Cond{op: opRanked, facts: &factCond{value: v, population: population, stat: s, n: n}}
}

// Averaged holds where a customer's value fits what fn makes of the sum and the number
// of the values that customers in population have; the number is not 0. Of an
// Average the value is value ÷ count, and Is is asked; of others count is 1. nil is
// everybody. key tells fn from others: of two conditions with the same value and
// key, fn is the same.
func Averaged(population *Cond, v Value, key string, fn func(sum float64, customers int64) Fits) *Cond {
	if population == nil {
		population = Const(true)
	}
	return &Cond{op: opAveraged, facts: &factCond{value: v, population: population, name: key, beside: fn}}
}

// cols calls fn with the columns of facts. Sums do not look at what is counted,
// but whatever is asked next does: one reading has both.
func (f *Facts) cols(fn func(Col)) {
	fn(f.Day)
	if f.Counted != nil {
		fn(*f.Counted)
	}
	for i := range f.Tests {
		f.Tests[i].cols(fn)
	}
}

func (t *FactTest) cols(fn func(Col)) {
	fn(t.Col)
	if t.Via != nil {
		fn(*t.Via)
	}
}

// looks says whether the aggregate looks at a number of the facts.
func (a Agg) looks() bool { return a == Sum || a == Average || a == Min || a == Max || a == Distinct }

func (v *Value) cols(fn func(Col)) {
	if v.Facts == nil {
		fn(v.Of)
		return
	}
	v.Facts.cols(fn)
	if v.Agg.looks() {
		fn(v.Of)
	}
	if v.Via != nil {
		fn(*v.Via)
	}
}

// inOne says that both facts of a sequence are of one stream, where the one
// that stands behind is the later.
func (f *factCond) inOne() bool { return f.a.Day.stream() == f.b.Day.stream() }

func (f *factCond) cols(op op, fn func(Col)) {
	switch op {
	case opCompare, opAverage:
		f.value.cols(fn)
	case opEnds:
		f.a.cols(fn)
		f.test.cols(fn)
	case opFollows:
		f.a.cols(fn)
		f.b.cols(fn)
		if !f.inOne() {
			fn(f.atA)
			fn(f.atB)
		}
	case opRanked, opAveraged:
		f.value.cols(fn)
		f.population.cols(fn)
	}
}

// bindFacts and the like look the columns up, and the words in them.
func (v *view) bindFacts(f *Facts, counted bool) *chosen {
	k := &chosen{day: v.series(f.Day), from: f.From, to: f.To}
	if counted && f.Counted != nil {
		k.counted = []boundTest{{col: v.series(*f.Counted), ranged: true, from: 1, to: math.MaxInt64}}
	}
	for i := range f.Tests {
		k.tests = append(k.tests, v.bindTest(&f.Tests[i]))
		k.tests[i].lists = v.lists(&f.Tests[i], f.Day)
	}
	return k
}

func (v *view) series(c Col) *series { return v.get(c).(*series) }

func (v *view) bindTest(t *FactTest) boundTest {
	k := boundTest{col: v.series(t.Col), ranged: t.Range, from: t.From, to: t.To, not: t.Not}
	switch {
	case t.Range:
	case t.Via != nil:
		k.keys.bits = v.get(*t.Via).(*sets).having(t.Words)
	case k.col.text:
		keys := []int64{}
		for _, w := range t.Words {
			if n, ok := k.col.words[w]; ok {
				keys = append(keys, n)
			}
		}
		k.keys = newKeySet(keys)
	default:
		k.keys = newKeySet(t.Keys)
	}
	return k
}

func (v *view) bindValue(x *Value) *boundValue {
	k := &boundValue{agg: x.Agg, per: x.Per, left: v.left}
	if x.Facts == nil {
		k.num, k.agg = v.get(x.Of), Sum
		return k
	}
	k.facts = v.bindFacts(x.Facts, x.Agg != Sum)
	if x.Agg.looks() {
		k.of = v.series(x.Of)
	}
	if x.Via != nil {
		k.via = v.get(*x.Via).(*sets).wordOf()
	}
	if x.Agg == Sum || x.Agg == Average {
		k.sums = v.totals(x, Sum, k.facts)
	}
	if x.Agg == Count || x.Agg == Average {
		k.counts = v.totals(x, Count, k.facts)
	}
	return k
}

func (f *factCond) bind(v *view, c *Cond) finder {
	switch c.op {
	case opCompare:
		return v.bindValue(&f.value).compare(c.from, c.to)
	case opAverage:
		return v.bindValue(&f.value).average(&f.average)
	case opEnds:
		k := &boundEnds{facts: v.bindFacts(&f.a, true), test: v.bindTest(&f.test), last: f.last}
		return finder{word: k.word}
	}
	k := &boundFollows{a: v.bindFacts(&f.a, true), b: v.bindFacts(&f.b, true), within: f.within, without: f.without, same: f.inOne(), left: v.left}
	if k.same && k.a.day == k.b.day {
		k.gaps = v.gaps(f, k.a.day)
	}
	if !k.same {
		k.atA, k.atB = v.series(f.atA), v.series(f.atB)
	}
	return finder{k.word, k.sweep}
}

// having are the ids that have one of some words, as bits.
func (d *sets) having(words []string) []uint64 {
	out := make([]uint64, len(d.blocks)*blockWords)
	for _, w := range words {
		key, ok := d.words[w]
		if !ok {
			continue
		}
		for b, k := range d.blocks {
			if k == nil || k.cells[key] == nil {
				continue
			}
			k.cells[key].or(&everyRow, (*rows)(out[b*blockWords:]))
		}
	}
	return out
}

// everyRow has everybody of a block.
var everyRow = func() (r rows) {
	for w := range r {
		r[w] = ^uint64(0)
	}
	return r
}()

// wordOf is the word of each id, as a number; -1 is none.
func (d *sets) wordOf() []int32 {
	if kept := d.byID.Load(); kept != nil {
		return *kept
	}
	out := make([]int32, len(d.blocks)*blockRows)
	for i := range out {
		out[i] = -1
	}
	var r rows
	for b, k := range d.blocks {
		if k == nil {
			continue
		}
		for key, c := range k.cells {
			r = rows{}
			c.or(&everyRow, &r)
			filter(&r, &rows{}, func(row uint16) bool {
				out[b<<blockBits|int(row)] = int32(key)
				return false
			})
		}
	}
	d.byID.Store(&out)
	return out
}
