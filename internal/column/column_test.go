package column

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// person is a customer of the tests below, as a plain reading knows it.
type person struct {
	keys   []int64
	word   string
	number *int64
	small  *int64
	text   string
}

var (
	keysCol   = Col{Table: "t", Expr: "keys", Kind: Keys}
	wordsCol  = Col{Table: "t", Expr: "words", Kind: Words}
	numberCol = Col{Table: "t", Expr: "number", Kind: Number}
	smallCol  = Col{Table: "t", Expr: "small", Kind: Small}
	textCol   = Col{Table: "t", Expr: "text", Kind: Text}
)

type bench struct {
	people map[int64]*person
	cols   map[Col]data
}

func (b *bench) set(t testing.TB, id int64, p *person) {
	for _, d := range b.cols {
		d.clear(id)
	}
	delete(b.people, id)
	if p == nil {
		return
	}
	b.people[id] = p
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	check(b.cols[everybody].addNumber(id, 1))
	for _, k := range p.keys {
		check(b.cols[keysCol].addNumber(id, k))
	}
	check(b.cols[wordsCol].addText(id, []byte(p.word)))
	check(b.cols[textCol].addText(id, []byte(p.text)))
	if p.number != nil {
		check(b.cols[numberCol].addNumber(id, *p.number))
	}
	if p.small != nil {
		check(b.cols[smallCol].addNumber(id, *p.small))
	}
}

func drawPerson(r *rand.Rand) *person {
	p := &person{word: []string{"", "a", "b", "杭州市"}[r.IntN(4)], text: []string{"", "x", "xy", "z"}[r.IntN(4)] + strings.Repeat("q", r.IntN(3))}
	if r.IntN(3) == 0 {
		p.text = []string{"beginning ", "beginning", "Ā", "\xff\xff\xff\xff\xff\xff\xff\xff"}[r.IntN(4)] + p.text
	}
	for k := range int64(5) {
		if r.IntN(3) == 0 {
			p.keys = append(p.keys, k)
		}
	}
	if r.IntN(4) > 0 {
		n := r.Int64N(2000) - 1000
		if r.IntN(20) == 0 {
			n = []int64{1 << 40, -(1 << 40)}[r.IntN(2)]
		}
		p.number = &n
	}
	if r.IntN(4) > 0 {
		n := r.Int64N(20) - 10
		if r.IntN(20) == 0 {
			n = []int64{1<<31 - 1, -(1<<31 - 1)}[r.IntN(2)]
		}
		p.small = &n
	}
	return p
}

type rule struct {
	cond *Cond
	is   func(p *person) bool
}

func drawRule(r *rand.Rand, depth int) rule {
	if depth > 0 && r.IntN(2) == 0 {
		var kids []rule
		var conds []*Cond
		for range r.IntN(4) {
			k := drawRule(r, depth-1)
			kids, conds = append(kids, k), append(conds, k.cond)
		}
		switch r.IntN(3) {
		case 0:
			k := drawRule(r, depth-1)
			return rule{Not(k.cond), func(p *person) bool { return !k.is(p) }}
		case 1:
			return rule{All(conds...), func(p *person) bool { return !slices.ContainsFunc(kids, func(k rule) bool { return !k.is(p) }) }}
		}
		return rule{Any(conds...), func(p *person) bool { return slices.ContainsFunc(kids, func(k rule) bool { return k.is(p) }) }}
	}
	between := func(c Col, get func(p *person) *int64) rule {
		bound := func() int64 {
			return []int64{r.Int64N(30) - 15, r.Int64N(2000) - 1000, 1<<31 - 1, -(1 << 31), 1 << 40, -(1 << 62), 1 << 62}[r.IntN(7)]
		}
		from, to := bound(), bound()
		return rule{Between(c, from, to), func(p *person) bool { v := get(p); return v != nil && *v >= from && *v <= to }}
	}
	switch r.IntN(10) {
	case 0:
		k := []int64{r.Int64N(5), r.Int64N(7)}
		return rule{HasKey(keysCol, k...), func(p *person) bool { return slices.Contains(p.keys, k[0]) || slices.Contains(p.keys, k[1]) }}
	case 1:
		return rule{Has(keysCol), func(p *person) bool { return len(p.keys) > 0 }}
	case 2:
		return rule{HasWord(wordsCol, "a", "none"), func(p *person) bool { return p.word == "a" }}
	case 3:
		return rule{HasWordLike(wordsCol, func(w string) bool { return w >= "b" }), func(p *person) bool { return p.word >= "b" }}
	case 4:
		return between(numberCol, func(p *person) *int64 { return p.number })
	case 5:
		return between(smallCol, func(p *person) *int64 { return p.small })
	case 6:
		return rule{Pair(numberCol, smallCol, func(a, b int64) bool { return a > b }), func(p *person) bool { return p.number != nil && p.small != nil && *p.number > *p.small }}
	case 7:
		return rule{IsText(textCol, "x", "zq"), func(p *person) bool { return p.text == "x" || p.text == "zq" }}
	case 8:
		return rule{Has(textCol), func(p *person) bool { return p.text != "" }}
	}
	c, get := numberCol, func(p *person) *int64 { return p.number }
	if r.IntN(2) == 0 {
		c, get = smallCol, func(p *person) *int64 { return p.small }
	}
	return rule{Has(c), func(p *person) bool { return get(p) != nil }}
}

// place is where somebody stands in an order of the tests.
func order(name string, p *person, id int64) Hit {
	h := Hit{ID: id}
	switch name {
	case "number", "small":
		v := p.number
		if name == "small" {
			v = p.small
		}
		if h.Num = -7; v != nil {
			h.Num = *v
		}
	case "text":
		h.Text = p.text
	case "words":
		h.Seg = map[string]int{"b": 0, "a": 1, "杭州市": 2, "": 3}[p.word]
	}
	return h
}

// TestAgainstPlainReading: conditions, counts, orders and pages over values in
// several blocks, with writes in between, against a plain reading of them.
func TestAgainstPlainReading(t *testing.T) {
	r := rand.New(rand.NewPCG(rand.Uint64(), 1))
	b := &bench{people: map[int64]*person{}, cols: map[Col]data{everybody: newData(Keys)}}
	for _, c := range []Col{keysCol, wordsCol, numberCol, smallCol, textCol} {
		b.cols[c] = newData(c.Kind)
	}
	id := func() int64 { // dense in two blocks, thin in a third, none between
		switch r.IntN(10) {
		case 0:
			return 5*blockRows + r.Int64N(blockRows)
		case 1:
			return blockRows + r.Int64N(3000)
		}
		return blockRows - 2000 + r.Int64N(2000)
	}
	for range 6000 {
		b.set(t, id(), drawPerson(r))
	}
	orders := map[string][]Segment{
		"id": {{}}, "number": {{By: numberCol, Sorted: true, Missing: -7}}, "small": {{By: smallCol, Sorted: true, Missing: -7}},
		"text":  {{By: textCol, Sorted: true}},
		"words": {{Where: HasWord(wordsCol, "b")}, {Where: HasWord(wordsCol, "a")}, {Where: HasWord(wordsCol, "杭州市")}, {Where: Not(Has(wordsCol))}},
	}
	get := func(c Col) data { return b.cols[c] }
	for n := range 400 {
		for range 20 {
			if p := drawPerson(r); r.IntN(5) == 0 {
				b.set(t, id(), nil)
			} else {
				b.set(t, id(), p)
			}
		}
		for _, d := range b.cols {
			if n%50 == 0 {
				d.tidy()
			}
		}
		rule := drawRule(r, 3)
		if rule.cond == nil {
			continue
		}
		name := []string{"id", "number", "small", "text", "words"}[r.IntN(5)]
		desc, back := r.IntN(2) == 0, r.IntN(2) == 0
		var want []Hit
		for id, p := range b.people {
			if rule.is(p) {
				want = append(want, order(name, p, id))
			}
		}
		compare := func(x, y Hit) int {
			k := cmp.Or(cmp.Compare(x.Num, y.Num), strings.Compare(x.Text, y.Text), cmp.Compare(x.ID, y.ID))
			if desc {
				k = -k
			}
			return cmp.Or(cmp.Compare(x.Seg, y.Seg), k)
		}
		byWord := map[string]int64{}
		for _, p := range b.people {
			if rule.is(p) && p.word != "" {
				byWord[p.word]++
			}
		}
		counts, err := (&view{ctx: t.Context(), get: get}).countBy(rule.cond, wordsCol)
		if err != nil || !maps.Equal(counts, byWord) {
			t.Fatalf("by words: %v, %v, want %v", counts, err, byWord)
		}
		slices.SortFunc(want, compare)
		q := Query{Where: rule.cond, Segments: orders[name], Desc: desc, Back: back, N: 1 + r.IntN(60)}
		total := len(want)
		if total > 0 && r.IntN(3) > 0 {
			at := r.IntN(total)
			q.From = &want[at]
			if back {
				want = want[:at]
			} else {
				want = want[at+1:]
			}
		}
		more := len(want) > q.N
		switch {
		case more && back:
			want = want[len(want)-q.N:]
		case more:
			want = want[:q.N]
		}
		got, err := q.answer(&view{ctx: t.Context(), get: get})
		if err != nil {
			t.Fatal(err)
		}
		if got.Total != int64(total) || got.More != more || fmt.Sprint(got.Hits) != fmt.Sprint(want) {
			t.Fatalf("by %s, desc %v, back %v, from %v: total %d of %d, more %v\n got %v\nwant %v", name, desc, back, q.From, got.Total, total, got.More, got.Hits, want)
		}
	}
	// What was written piece by piece is what a fresh reading gives.
	fresh := &bench{people: map[int64]*person{}, cols: map[Col]data{everybody: newData(Keys)}}
	for _, c := range []Col{keysCol, wordsCol, numberCol, smallCol, textCol} {
		fresh.cols[c] = newData(c.Kind)
	}
	for id, p := range b.people {
		fresh.set(t, id, p)
	}
	for c, d := range b.cols {
		for block := range 7 {
			if !d.equal(fresh.cols[c], block, &everyRow) {
				t.Errorf("%s differs in block %d", c.Expr, block)
			}
		}
	}
	// And a difference is seen: nobody has these numbers.
	number, small := int64(987_654_321), int64(87_654_321)
	for id := range fresh.people {
		fresh.set(t, id, &person{keys: []int64{99}, word: "other", text: "other", number: &number, small: &small})
		at, _ := split(id)
		for c, d := range b.cols {
			if c != everybody && d.equal(fresh.cols[c], at, &everyRow) {
				t.Errorf("%s: a difference in block %d is not seen", c.Expr, at)
			}
		}
		break
	}
}
