package column

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// fact is a fact of the tests below, as a plain reading knows it; nil is missing.
type fact struct {
	at, day        *int64
	counted        int64
	money, product *int64
	channel        string
	seq            int64
}

func streamCol(stream, expr string, kind Kind) Col {
	return Col{Table: stream, ID: "customer_id", Expr: expr, Kind: kind, Order: "at, seq", Source: stream + "_source"}
}

// streamCols are the columns of one stream of the tests.
type streamCols struct{ day, at, counted, money, channel, product Col }

func newStreamCols(name string) streamCols {
	return streamCols{streamCol(name, "day", Series), streamCol(name, "at", Series), streamCol(name, "counted", Series),
		streamCol(name, "money", Series), streamCol(name, "channel", SeriesWords), streamCol(name, "product", Series)}
}

func (s *streamCols) list() []Col {
	return []Col{s.day, s.at, s.counted, s.money, s.channel, s.product}
}

var (
	buysCols  = newStreamCols("buys")
	looksCols = newStreamCols("looks")
	lookupCol = Col{Table: "products", ID: "id", Expr: "category", Kind: Words, Apart: true}
	scoreCol  = Col{Table: "t", ID: "id", Expr: "score", Kind: Number}
	// The category of each product of the tests; product 4 has none, 7 is not there.
	categories = map[int64]string{0: "茶", 1: "咖啡", 2: "咖啡", 3: "酒", 4: "", 5: "茶", 30000: "糖"}
)

// streamBench keeps facts of customers plainly and in columns.
type streamBench struct {
	facts map[string]map[int64][]fact // stream → customer → facts in order
	score map[int64]int64
	who   map[int64]bool
	cols  map[Col]data
	kept  *leaves
	at    place
	wild  bool // days do not follow instants, numbers are far apart
	// dayless: one day in so many is missing then.
	dayless int
	// amounts, where not nil, are all that there are.
	amounts []*int64
}

func newStreamBench(t *testing.T, wild bool) *streamBench {
	b := &streamBench{facts: map[string]map[int64][]fact{"buys": {}, "looks": {}}, score: map[int64]int64{}, who: map[int64]bool{}, cols: map[Col]data{},
		kept: newLeaves(64 << 20), wild: wild}
	b.kept.every = 16 // of 60 days
	for _, c := range slices.Concat([]Col{everybody, lookupCol, scoreCol}, buysCols.list(), looksCols.list()) {
		b.cols[c] = newData(c.Kind)
	}
	for id, word := range categories {
		if err := b.cols[lookupCol].addText(id, []byte(word)); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func some(r *rand.Rand, missing int, v int64) *int64 {
	if missing > 0 && r.IntN(missing) == 0 {
		return nil
	}
	return &v
}

func (b *streamBench) draw(r *rand.Rand) (out []fact) {
	if r.IntN(3) == 0 {
		return nil
	}
	n := r.IntN(8)
	if r.IntN(200) == 0 {
		n = 300
	}
	for i := range n {
		day := 20_000 + r.Int64N(60)
		at := day*86_400_000 + r.Int64N(4)*3_600_000
		f := fact{at: &at, day: &day, counted: r.Int64N(2), seq: int64(i), money: some(r, 9, (r.Int64N(200)-60)*1000),
			channel: []string{"", "店", "网", "会"}[r.IntN(4)], product: some(r, 6, []int64{0, 1, 2, 3, 4, 5, 7, 30000}[r.IntN(8)])}
		if b.wild {
			other := 20_000 + r.Int64N(60)
			f.day = some(r, b.dayless, other)
			f.money = some(r, 9, []int64{r.Int64N(5), -r.Int64N(1 << 50), r.Int64N(1 << 50), r.Int64N(70_000)}[r.IntN(4)])
			f.product = some(r, 6, []int64{0, 1, -5, 1 << 40, 4, 5, 7, 30000}[r.IntN(8)])
		}
		if b.amounts != nil {
			f.money, f.product = b.amounts[r.IntN(len(b.amounts))], b.amounts[r.IntN(len(b.amounts))]
		}
		out = append(out, f)
	}
	slices.SortFunc(out, func(x, y fact) int { return cmp.Or(cmp.Compare(*x.at, *y.at), cmp.Compare(x.seq, y.seq)) })
	return out
}

// values are those of a column of facts, on their way from the database.
func valuesOf(id int64, facts []fact, s *streamCols, c Col) (out []value) {
	num := func(p *int64) value {
		if p == nil {
			return value{id: id, num: null}
		}
		return value{id: id, num: *p}
	}
	for i := range facts {
		f := &facts[i]
		switch c {
		case s.day:
			out = append(out, num(f.day))
		case s.at:
			out = append(out, num(f.at))
		case s.counted:
			out = append(out, value{id: id, num: f.counted})
		case s.money:
			out = append(out, num(f.money))
		case s.product:
			out = append(out, num(f.product))
		case s.channel:
			v := value{id: id}
			if f.channel != "" {
				v.text = []byte(f.channel)
			}
			out = append(out, v)
		}
	}
	return out
}

// set gives customers other facts, as following changes does.
func (b *streamBench) set(t *testing.T, r *rand.Rand, ids []int64) {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	ch := changes{of: map[string][]int64{}}
	var patches []patch
	for name, s := range map[string]*streamCols{"buys": &buysCols, "looks": &looksCols} {
		if r.IntN(3) == 0 {
			continue // only the other one changes
		}
		ch.of[name+"_source"] = ids
		p := patch{ids: ids, col: s.list(), values: make([][]value, 6)}
		for _, id := range ids {
			b.facts[name][id] = b.draw(r)
			for i, c := range s.list() {
				p.values[i] = append(p.values[i], valuesOf(id, b.facts[name][id], s, c)...)
			}
		}
		patches = append(patches, p)
	}
	b.kept.changed(&ch)
	b.at.marks++
	if err := into(patches, b.cols); err != nil {
		t.Fatal(err)
	}
}

// build makes columns of facts as a load does.
func (b *streamBench) build(t *testing.T, cols map[Col]data) {
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, s := range map[string]*streamCols{"buys": &buysCols, "looks": &looksCols} {
		ids := []int64{}
		for id := range b.facts[name] {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		for _, id := range ids {
			for _, c := range s.list() {
				for _, v := range valuesOf(id, b.facts[name][id], s, c) {
					check(put(cols[c], c, v))
				}
			}
		}
		for _, c := range s.list() {
			cols[c].tidy()
		}
	}
	check(alignAll(cols, false))
}

// TestFactsAgainstPlainReading: every condition on facts over values in several
// blocks, with writes in between that go through overlays and fold them, with
// and without what is kept of earlier answers, against a plain reading.
func TestFactsAgainstPlainReading(t *testing.T) {
	seed := rand.Uint64()
	for _, mode := range []string{"tame", "wild", "tame, then wild", "all missing", "all missing, then tame", "all alike", "two of them", "one or missing"} {
		wild := mode == "wild"
		r := rand.New(rand.NewPCG(seed, 2))
		b := newStreamBench(t, wild)
		if wild {
			b.dayless = 12
		}
		zero, one := int64(0), int64(1)
		switch {
		case strings.HasPrefix(mode, "all missing"):
			b.amounts = []*int64{nil}
		case mode == "all alike":
			b.amounts = []*int64{&one}
		case mode == "two of them":
			b.amounts = []*int64{&zero, &one}
		case mode == "one or missing":
			b.amounts = []*int64{nil, &one}
		}
		id := func() int64 {
			switch r.IntN(10) {
			case 0:
				return 3*blockRows + r.Int64N(blockRows)
			case 1:
				return blockRows + r.Int64N(700)
			}
			return blockRows - 700 + r.Int64N(700)
		}
		for range 2500 {
			k := id()
			if !b.who[k] {
				b.who[k] = true
				_ = b.cols[everybody].addNumber(k, 1)
				if r.IntN(3) > 0 {
					b.score[k] = r.Int64N(20)
					_ = b.cols[scoreCol].addNumber(k, b.score[k])
				}
			}
			if r.IntN(3) > 0 {
				b.facts["buys"][k], b.facts["looks"][k] = b.draw(r), b.draw(r)
			}
		}
		b.build(t, b.cols)
		everyone := []int64{}
		for k := range b.who {
			everyone = append(everyone, k)
		}
		folds, before := 0, b.cols[buysCols.day].(*series).block(0).off
		var again []asked
		for n := range 200 {
			var ids []int64
			for range r.IntN(30) {
				ids = append(ids, everyone[r.IntN(len(everyone))])
			}
			if mode == "tame, then wild" && n > 100 {
				wild, b.wild = true, true
			}
			if mode == "all missing, then tame" && n > 100 {
				b.amounts = nil
			}
			b.set(t, r, ids)
			if now := b.cols[buysCols.day].(*series).block(0).off; now != before {
				before = now
				folds++
			}
			q := b.drawAsked(r, true)
			if !strings.Contains(q.name, "ranked") && !strings.Contains(q.name, "averaged") { // whose plain form remembers
				again = append(again, q)
			}
			if n%3 == 0 && len(again) > 0 {
				q = again[r.IntN(len(again))]
			}
			v := &view{ctx: t.Context(), get: func(c Col) data { return b.cols[c] }, kept: b.kept, at: b.at}
			for try := range 3 {
				// By customer, by day, without room for that, or as it would be.
				v.left = []*spare{{never: true}, {always: true}, {always: true}, nil}[r.IntN(4)]
				if v.left != nil && r.IntN(4) > 0 {
					v.left.Store(1 << 40)
				}
				switch try {
				case 1: // what was kept
				case 2:
					v.kept = nil
				}
				at, found, err := v.matching(q.cond)
				v.giveBack()
				if err != nil {
					t.Fatal(err)
				}
				m := NewMatches()
				for i, k := range at {
					if found[i] != nil {
						m.blocks[k] = found[i]
					}
				}
				one := q.cond.bind(&view{ctx: v.ctx, get: v.get, kept: v.kept, at: v.at, one: true})
				for i, k := range everyone {
					want := q.is(k)
					if m.Has(k) != want {
						t.Fatalf("seed %d, wild %v, round %d, try %d: %s: customer %d: want %v\nbuys %s\nlooks %s", seed, wild, n, try, q.name, k, want, b.told("buys", k), b.told("looks", k))
					}
					if i%40 == 0 {
						var in, out rows
						block, row := split(k)
						in.set(row)
						if one.eval(block, &in, &out); out.has(row) != want {
							t.Fatalf("seed %d: %s: asked alone, customer %d: want %v", seed, q.name, k, want)
						}
						if is := one.word(block, int(row>>6), 1<<(row&63), &cursor{}) != 0; is != want {
							t.Fatalf("seed %d: %s: a word of one, customer %d: want %v", seed, q.name, k, want)
						}
					}
				}
			}
		}
		if folds < 2 {
			t.Errorf("folded %d times", folds)
		}
		// What was written piece by piece is what a fresh reading gives.
		fresh := newStreamBench(t, wild)
		fresh.facts = b.facts
		fresh.build(t, fresh.cols)
		for _, c := range slices.Concat(buysCols.list(), looksCols.list()) {
			for block := range 5 {
				if !b.cols[c].equal(fresh.cols[c], block, &everyRow) {
					t.Errorf("%s of %s differs in block %d", c.Expr, c.Table, block)
				}
			}
			k := everyone[0]
			block, _ := split(k)
			fresh.cols[c].(*series).replace(k, make([]int64, 999))
			if b.cols[c].equal(fresh.cols[c], block, &everyRow) {
				t.Errorf("%s of %s: a difference is not seen", c.Expr, c.Table)
			}
		}
		if err := alignAll(map[Col]data{buysCols.day: b.cols[buysCols.day], buysCols.money: fresh.cols[buysCols.money]}, true); err != errUneven {
			t.Errorf("series that disagree: %v", err)
		}
	}
}

func (b *streamBench) told(name string, id int64) (out string) {
	show := func(p *int64) string {
		if p == nil {
			return "-"
		}
		return fmt.Sprint(*p)
	}
	for _, f := range b.facts[name][id] {
		out += fmt.Sprintf("[day %s counted %d money %s product %s %q]", show(f.day), f.counted, show(f.money), show(f.product), f.channel)
	}
	return out
}
