package lifecycle

import (
	"zhike/internal/column"
	"zhike/internal/platform/clock"
)

// why is what brought a customer to a stage.
type why struct {
	cause    Cause
	move     string
	version  int64
	decision int64
}

// row is the state of a customer as it is stored.
type row struct {
	State
	// before is the state at the end of the day before, where Since is the open day.
	before State
	why    why
	hand   Hand
	handID int64
}

// base is the state at the end of the day before the open one.
func (r *row) base(open clock.Day) State {
	if r.Since == open {
		return r.before
	}
	return r.State
}

// diff is what a customer's row becomes.
type diff struct {
	id       int64
	old, new row
	was, is  bool // whether there is a row before and after
	// back says that what happened on the open day is taken back: why the stage
	// before began stands in the history.
	back bool
}

// settle compares what a customer has with what comes out; ok is false where
// nothing is to be written.
func settle(id int64, r row, was bool, out Outcome, open clock.Day, version int64) (d diff, ok bool) {
	d = diff{id: id, old: r, was: was, new: r, is: true}
	switch {
	case out.Stage == "":
		d.is = false
		return d, was
	case out.Moved:
		d.new.State, d.new.before = out.State, r.base(open)
		d.new.why = why{cause: out.Cause, move: out.Move, version: version}
		if out.Cause == CauseHand {
			d.new.why.decision = r.handID
		}
	case was && r.Since == open:
		d.new.State, d.new.before, d.back = r.before, State{}, true
	}
	return d, !was || d.new != r
}

// book has the rows of all customers in memory, 40 bytes each, while everybody
// is evaluated.
type book struct {
	words  []string
	places map[string]uint16
	blocks map[int]*[blockRows]cell
	seq    int64 // of the head when it was read, or written last
	feed   int64 // customers were as of then, at least
	// fresh are customers who came on the open day.
	fresh []int64
}

// blockRows is how many customers a block has, as in package column.
const blockRows = 16384

type cell struct {
	decision, handID                   int64
	since, beforeSince, handDay, until int32
	version                            int32
	stage, before, handStage, move     uint16
	cause                              uint8
	there                              bool
}

func newBook() *book {
	return &book{places: map[string]uint16{"": 0}, words: []string{""}, blocks: map[int]*[blockRows]cell{}}
}

func (b *book) word(text string) uint16 {
	at, ok := b.places[text]
	if !ok {
		at = uint16(len(b.words))
		b.words, b.places[text] = append(b.words, text), at
	}
	return at
}

func (b *book) put(id int64, r *row) {
	at := int(id / blockRows)
	k := b.blocks[at]
	if k == nil {
		k = new([blockRows]cell)
		b.blocks[at] = k
	}
	k[id%blockRows] = cell{
		decision: r.why.decision, handID: r.handID, since: int32(r.Since), beforeSince: int32(r.before.Since), handDay: int32(r.hand.Day),
		until: int32(r.hand.Until), version: int32(r.why.version), stage: b.word(r.Stage), before: b.word(r.before.Stage),
		handStage: b.word(r.hand.Stage), move: b.word(r.why.move), cause: uint8(r.why.cause), there: true,
	}
}

func (b *book) drop(id int64) {
	if k := b.blocks[int(id/blockRows)]; k != nil {
		k[id%blockRows] = cell{}
	}
}

func (b *book) get(id int64) (r row, ok bool) {
	k := b.blocks[int(id/blockRows)]
	if k == nil {
		return row{}, false
	}
	c := &k[id%blockRows]
	if !c.there {
		return row{}, false
	}
	return row{
		State:  State{b.words[c.stage], clock.Day(c.since)},
		before: State{b.words[c.before], clock.Day(c.beforeSince)},
		why:    why{Cause(c.cause), b.words[c.move], int64(c.version), c.decision},
		hand:   Hand{clock.Day(c.handDay), b.words[c.handStage], clock.Day(c.until)}, handID: c.handID,
	}, true
}

// apply puts what was written in.
func (b *book) apply(list []diff) {
	for i := range list {
		if d := &list[i]; d.is {
			b.put(d.id, &d.new)
		} else {
			b.drop(d.id)
		}
	}
}

// without gives the customers of the book who are not in a set.
func (b *book) without(m *column.Matches) (ids []int64) {
	for at, k := range b.blocks {
		for i := range k {
			if id := int64(at)*blockRows + int64(i); k[i].there && !m.Has(id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// counts are how many customers each stage has.
func (b *book) counts() map[string]int64 {
	n := make([]int64, len(b.words))
	for _, k := range b.blocks {
		for i := range k {
			if k[i].there {
				n[k[i].stage]++
			}
		}
	}
	out := map[string]int64{}
	for i, k := range n {
		if k > 0 {
			out[b.words[i]] = k
		}
	}
	return out
}
